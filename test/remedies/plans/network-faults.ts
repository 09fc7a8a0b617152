import type {
  Account,
  RouteTable,
  TransitGatewayRoute,
  TransitGatewayVpcAttachment,
  VpcEndpoint,
} from '../../../src/model/account.ts'
import {itemsOf} from '../../../src/model/account.ts'
import * as a from './account.ts'

export interface NetworkFault {
  readonly name: string
  readonly account: Account
  readonly cause: string
  /** What is reachable once the cause is resolved. */
  readonly open: readonly string[]
  /** Other causes that the account has, and keeps. */
  readonly others?: readonly string[]
}

const SSM = ['ssm', 'ssmmessages']
const ALL = ['ssm', 'ssmmessages', 'ec2messages', 's3']

const withEndpoints = (change: (endpoint: VpcEndpoint) => VpcEndpoint): readonly VpcEndpoint[] =>
  itemsOf(a.behindEndpoints.VpcEndpoints).map((endpoint) =>
    endpoint.VpcEndpointType === 'Interface' ? change(endpoint) : endpoint,
  )
const without = (...services: readonly string[]) =>
  itemsOf(a.behindEndpoints.VpcEndpoints).filter(
    ({ServiceName}) => !services.some((service) => ServiceName.endsWith(`.${service}`)),
  )
const natTables = (routes: Parameters<typeof a.table>[2], publicRoutes = [a.to('0.0.0.0/0', {GatewayId: a.IGW})]) => [
  a.table(a.PRIVATE_TABLE, [a.PRIVATE_A, a.PRIVATE_B], routes),
  a.table(a.PUBLIC_TABLE, [a.PUBLIC_A], publicRoutes),
]
const oneGroup = (change: Parameters<typeof a.group>[1]) => [
  a.group(a.GROUP, change),
  a.group(a.ENDPOINT_GROUP, {IpPermissions: a.HTTPS_FROM_VPC}),
]
const acls = (entries: Parameters<typeof a.acl>[2], publicEntries = a.OPEN) => [
  a.acl(a.ACL, [a.PRIVATE_A, a.PRIVATE_B], entries),
  a.acl(a.PUBLIC_ACL, [a.PUBLIC_A], publicEntries),
]

const transit = (account: Account, routes: Readonly<Record<string, readonly TransitGatewayRoute[]>>) =>
  itemsOf(account.TransitGatewayRouteTables).map((one) => ({
    ...one,
    Routes: routes[one.TransitGatewayRouteTableId] ?? one.Routes,
  }))

/** The account with another route table of that id. */
const withTable = (account: Account, table: RouteTable): Account => ({
  ...account,
  RouteTables: itemsOf(account.RouteTables).map((one) => (one.RouteTableId === table.RouteTableId ? table : one)),
})

/** Behind the hub, with the attachment of the instance's VPC changed. */
const withAttachment = (change: Partial<TransitGatewayVpcAttachment>): Account => ({
  ...a.behindHub,
  TransitGatewayVpcAttachments: itemsOf(a.behindHub.TransitGatewayVpcAttachments).map((one) =>
    one.VpcId === a.VPC ? {...one, ...change} : one,
  ),
})

export const networkFaults: readonly NetworkFault[] = [
  {name: 'no route and no endpoint', account: a.bare, cause: 'route.none', open: SSM, others: ['s3.unreachable']},
  {name: 'no path to S3', account: a.bare, cause: 's3.unreachable', open: ['s3'], others: ['route.none']},
  {
    name: 'no egress at all, behind endpoints',
    account: {...a.behindEndpoints, SecurityGroups: oneGroup({IpPermissionsEgress: []})},
    cause: 'sg.no-egress-443',
    open: ALL,
  },
  {
    name: 'no egress at all, behind a NAT gateway',
    account: {...a.behindNat, SecurityGroups: oneGroup({IpPermissionsEgress: []})},
    cause: 'sg.no-egress-443',
    open: ALL,
  },
  {
    name: 'egress to a prefix list only',
    account: {
      ...a.behindNat,
      SecurityGroups: oneGroup({
        IpPermissionsEgress: [
          {IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{PrefixListId: a.PL_S3}]},
        ],
      }),
    },
    cause: 'sg.egress-prefix-list-only',
    open: ALL,
  },
  {
    name: 'endpoint group that allows no inbound traffic',
    account: {...a.behindEndpoints, SecurityGroups: [a.group(a.GROUP), a.group(a.ENDPOINT_GROUP)]},
    cause: 'endpoint.sg-blocks',
    open: ALL,
  },
  {
    name: 'network ACL without the request',
    account: {...a.behindNat, NetworkAcls: acls([a.rule(false, 100, 'allow'), a.rule(true, 100, 'allow', [80, 80])])},
    cause: 'nacl.egress-443',
    open: ALL,
  },
  {
    name: 'network ACL that denies the request before allowing all',
    account: {
      ...a.behindNat,
      NetworkAcls: acls([...a.OPEN, a.rule(true, 50, 'deny', [443, 443]), a.rule(true, 49, 'allow', [80, 80])]),
    },
    cause: 'nacl.egress-443',
    open: ALL,
  },
  {
    name: 'network ACL without replies',
    account: {...a.behindNat, NetworkAcls: acls([a.rule(true, 100, 'allow'), a.rule(false, 100, 'allow', [443, 443])])},
    cause: 'nacl.ingress-ephemeral',
    open: ALL,
  },
  {
    name: 'network ACL with half of the replies',
    account: {
      ...a.behindNat,
      NetworkAcls: acls([a.rule(true, 100, 'allow'), a.rule(false, 100, 'allow', [1024, 49151])]),
    },
    cause: 'nacl.partial-ephemeral',
    open: ALL,
  },
  {
    name: 'network ACL of the NAT gateway that is closed in both directions',
    account: {...a.behindNat, NetworkAcls: acls(a.OPEN, [])},
    cause: 'nacl.nat-subnet',
    open: ALL,
  },
  {
    name: 'network ACL of the endpoints that sends no replies',
    account: {
      ...a.behindEndpoints,
      NetworkAcls: [
        a.acl(a.ACL, [a.PRIVATE_A], a.OPEN),
        a.acl(a.PUBLIC_ACL, [a.PRIVATE_B], [a.rule(false, 100, 'allow'), a.rule(true, 100, 'allow', [443, 443])]),
      ],
    },
    cause: 'nacl.endpoint-subnet',
    open: ALL,
  },
  {
    name: 'NAT gateway that is deleted',
    account: {
      ...a.behindNat,
      NatGateways: [],
      RouteTables: natTables([a.to('0.0.0.0/0', {NatGatewayId: a.NAT}, 'blackhole')]),
    },
    cause: 'route.blackhole',
    open: ALL,
  },
  {
    name: 'ssm endpoint missing',
    account: {...a.behindEndpoints, VpcEndpoints: without('ssm')},
    cause: 'endpoint.ssm-missing',
    open: ALL,
  },
  {
    name: 'ssmmessages endpoint missing',
    account: {...a.behindEndpoints, VpcEndpoints: without('ssmmessages')},
    cause: 'endpoint.ssmmessages-missing',
    open: ALL,
  },
  {
    name: 'ec2messages endpoint missing',
    account: {
      ...a.behindEndpoints,
      VpcEndpoints: without('ec2messages'),
      InstanceInformationList: [{InstanceId: a.WEB, AgentVersion: '3.2.2303.0', PingStatus: 'Online'}],
    },
    cause: 'endpoint.ec2messages-missing',
    open: SSM,
  },
  {
    name: 'endpoints that failed',
    account: {...a.behindEndpoints, VpcEndpoints: withEndpoints((one) => ({...one, State: 'failed'}))},
    cause: 'endpoint.not-available',
    open: ALL,
  },
  {
    name: 'private DNS off',
    account: {
      ...a.behindEndpoints,
      VpcEndpoints: withEndpoints((one) => ({
        ...one,
        PrivateDnsEnabled: false,
        DnsEntries: one.DnsEntries.slice(0, 1),
      })),
    },
    cause: 'dns.private-dns-off',
    open: ALL,
  },
  {
    name: 'DNS hostnames off',
    account: {
      ...a.behindEndpoints,
      VpcAttributes: [{VpcId: a.VPC, EnableDnsSupport: {Value: true}, EnableDnsHostnames: {Value: false}}],
    },
    cause: 'dns.hostnames-off',
    open: ALL,
  },
  {
    name: 'DNS support off',
    account: {
      ...a.behindEndpoints,
      VpcAttributes: [{VpcId: a.VPC, EnableDnsSupport: {Value: false}, EnableDnsHostnames: {Value: true}}],
    },
    cause: 'dns.support-off',
    open: ALL,
  },
  {
    name: 'no DHCP options on Xen',
    account: {
      ...a.behindNat,
      Instances: [{...a.web, InstanceType: 't2.micro'}],
      Vpcs: itemsOf(a.behindNat.Vpcs).map((vpc) => ({...vpc, DhcpOptionsId: 'default'})),
      DhcpOptions: [],
    },
    cause: 'dns.none',
    open: ALL,
  },
  {
    name: 'internet gateway and no public address',
    account: {...a.bare, RouteTables: natTables([a.to('0.0.0.0/0', {GatewayId: a.IGW})])},
    cause: 'igw.no-public-ip',
    open: ALL,
  },
  {
    name: 'internet gateway that is detached',
    account: {
      ...a.behindNat,
      InternetGateways: [{InternetGatewayId: a.IGW, Attachments: []}],
      RouteTables: natTables(
        [a.to('0.0.0.0/0', {NatGatewayId: a.NAT})],
        [a.to('0.0.0.0/0', {GatewayId: a.IGW}, 'blackhole')],
      ),
    },
    cause: 'igw.detached',
    open: ALL,
  },
  {
    name: 'NAT gateway that failed',
    account: {...a.behindNat, NatGateways: [{...a.natGateway(a.NAT, a.PUBLIC_A), State: 'failed'}]},
    cause: 'nat.not-available',
    open: ALL,
  },
  {
    name: 'private NAT gateway',
    account: {...a.behindNat, NatGateways: [{...a.natGateway(a.NAT, a.PUBLIC_A), ConnectivityType: 'private'}]},
    cause: 'nat.private',
    open: ALL,
  },
  {
    name: 'NAT gateway in a subnet without egress',
    account: {...a.behindNat, RouteTables: natTables([a.to('0.0.0.0/0', {NatGatewayId: a.NAT})], [])},
    cause: 'nat.subnet-no-igw',
    open: ALL,
  },
  {
    name: 'S3 gateway endpoint in another table',
    account: {
      ...a.behindEndpoints,
      RouteTables: natTables([]),
      VpcEndpoints: [
        ...withEndpoints((one) => one).filter(({VpcEndpointType}) => VpcEndpointType === 'Interface'),
        {...a.s3Gateway, RouteTableIds: []},
      ],
    },
    cause: 's3.gateway-not-routed',
    open: ALL,
  },

  {
    name: 'DNS Firewall that blocks everything of AWS',
    account: {
      ...a.behindEndpoints,
      FirewallRuleGroupAssociations: [
        {
          Id: a.id('rslvr-frgassoc', 1),
          FirewallRuleGroupId: a.id('rslvr-frg', 1),
          VpcId: a.VPC,
          Priority: 101,
          FirewallRules: [{Name: 'no-aws', Priority: 100, Action: 'BLOCK', Domains: ['*.amazonaws.com']}],
        },
      ],
    },
    cause: 'dns.firewall-block',
    open: ALL,
  },
  {
    name: 'private zone without the records, and endpoints that are known',
    account: {
      ...a.behindEndpoints,
      VpcEndpoints: withEndpoints((one) => ({
        ...one,
        PrivateDnsEnabled: false,
        DnsEntries: one.DnsEntries.slice(0, 1),
      })),
      HostedZones: [
        {
          Id: 'ZSHADOW',
          Name: 'us-east-1.amazonaws.com.',
          VPCs: [{VPCId: a.VPC}],
          ResourceRecordSets: [
            {Name: '*.s3.us-east-1.amazonaws.com.', Type: 'A', ResourceRecords: [{Value: '52.216.0.1'}]},
          ],
        },
      ],
    },
    cause: 'dns.phz-shadow',
    open: ALL,
  },
  {
    name: 'private zone of all AWS that two VPCs share, behind a NAT gateway',
    account: {
      ...a.behindNat,
      HostedZones: [
        {
          Id: 'ZSHADOW',
          Name: 'amazonaws.com.',
          VPCs: [{VPCId: a.VPC}, {VPCId: a.HUB}],
          ResourceRecordSets: [
            {Name: '*.s3.us-east-1.amazonaws.com.', Type: 'A', ResourceRecords: [{Value: '52.216.0.1'}]},
          ],
        },
      ],
    },
    cause: 'dns.phz-shadow',
    open: ALL,
  },
  {
    name: 'private zone of one name in one VPC without a valid target',
    account: {
      ...a.behindNat,
      HostedZones: [
        {
          Id: 'ZSHADOW',
          Name: 'ssm.us-east-1.amazonaws.com.',
          VPCs: [{VPCId: a.VPC}],
          ResourceRecordSets: [
            {Name: 'ssm.us-east-1.amazonaws.com.', Type: 'A', ResourceRecords: [{Value: '10.0.2.99'}]},
          ],
        },
      ],
    },
    cause: 'dns.phz-shadow',
    open: ALL,
  },
  {
    name: 'private zone of one name in one VPC without records',
    account: {
      ...a.behindNat,
      HostedZones: [
        {
          Id: 'ZSHADOW',
          Name: 'ssm.us-east-1.amazonaws.com.',
          VPCs: [{VPCId: a.VPC}],
          ResourceRecordSets: [{Name: 'ssm.us-east-1.amazonaws.com.', Type: 'NS', ResourceRecords: []}],
        },
      ],
    },
    cause: 'dns.phz-shadow',
    open: ALL,
  },
  {
    name: 'zones of the hub that are not associated with the VPC',
    account: {
      ...a.behindHubEndpoints,
      HostedZones: itemsOf(a.behindHubEndpoints.HostedZones).map((zone) => ({...zone, VPCs: [{VPCId: a.HUB}]})),
    },
    cause: 'dns.phz-not-associated',
    open: ALL,
  },
  {
    name: 'endpoints of the hub that no zone names',
    account: {...a.behindHubEndpoints, HostedZones: []},
    cause: 'dns.phz-not-associated',
    open: ALL,
  },
  {
    name: 'endpoints without an interface',
    account: {
      ...a.behindEndpoints,
      VpcEndpoints: withEndpoints((one) => ({...one, SubnetIds: [], NetworkInterfaceIds: []})),
    },
    cause: 'endpoint.no-network-interface',
    open: ALL,
  },
  {
    name: 'endpoints that answer with IPv6 only',
    account: {
      ...a.behindEndpoints,
      Subnets: itemsOf(a.behindEndpoints.Subnets).map((one, at) => ({
        ...one,
        Ipv6CidrBlockAssociationSet: [
          {Ipv6CidrBlock: `2001:db8:0:${at + 1}::/64`, Ipv6CidrBlockState: {State: 'associated' as const}},
        ],
      })),
      VpcEndpoints: withEndpoints((one) => ({...one, IpAddressType: 'ipv6', DnsOptions: {DnsRecordIpType: 'ipv6'}})),
    },
    cause: 'endpoint.ip-family',
    open: ALL,
  },
  {
    name: 'endpoints of another Region',
    account: {
      ...a.behindEndpoints,
      VpcEndpoints: withEndpoints((one) => ({
        ...one,
        ServiceName: one.ServiceName.replace('us-east-1', 'eu-west-1'),
        DnsEntries: one.DnsEntries.map(({DnsName}) => ({DnsName: DnsName?.replace('us-east-1', 'eu-west-1') ?? ''})),
      })),
    },
    cause: 'endpoint.cross-region',
    open: SSM,
  },
  {
    name: 'custom DNS servers that no security group allows',
    account: {
      ...a.behindNat,
      DhcpOptions: [
        {
          DhcpOptionsId: a.id('dopt', 61),
          DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: '10.0.2.53'}]}],
        },
      ],
      SecurityGroups: oneGroup({
        IpPermissionsEgress: [{IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{CidrIp: '0.0.0.0/0'}]}],
      }),
    },
    cause: 'sg.custom-dns-blocked',
    open: [],
    others: ['dns.custom-servers'],
  },
  {
    name: 'egress to a group of the hub',
    account: {
      ...a.behindHubEndpoints,
      SecurityGroups: [
        a.group(a.GROUP, {
          IpPermissionsEgress: [
            {
              IpProtocol: 'tcp',
              FromPort: 443,
              ToPort: 443,
              UserIdGroupPairs: [{GroupId: a.ENDPOINT_GROUP}],
              PrefixListIds: [{PrefixListId: a.PL_S3}],
            },
          ],
        }),
        a.group(a.ENDPOINT_GROUP, {VpcId: a.HUB, IpPermissions: a.HTTPS_FROM_VPC}),
      ],
    },
    cause: 'sg.ref-over-tgw-egress',
    open: ALL,
  },
  {
    name: 'endpoint group of the hub that allows no inbound traffic',
    account: {...a.behindHubEndpoints, SecurityGroups: [a.group(a.GROUP), a.group(a.ENDPOINT_GROUP, {VpcId: a.HUB})]},
    cause: 'endpoint.sg-blocks',
    open: ALL,
  },
  {
    name: 'route that sends the endpoints elsewhere',
    account: {
      ...a.behindEndpoints,
      RouteTables: natTables([
        {DestinationPrefixListId: a.PL_S3, GatewayId: a.S3_GATEWAY, State: 'active'},
        a.to('10.0.2.0/24', {TransitGatewayId: a.TGW}),
      ]),
    },
    cause: 'route.more-specific-hijack',
    open: ALL,
  },
  {
    name: 'endpoints whose replies are routed elsewhere',
    account: {
      ...a.behindEndpoints,
      RouteTables: [
        a.table(
          a.PRIVATE_TABLE,
          [a.PRIVATE_A],
          [{DestinationPrefixListId: a.PL_S3, GatewayId: a.S3_GATEWAY, State: 'active'}],
        ),
        a.table(a.PUBLIC_TABLE, [a.PRIVATE_B], [a.to('10.0.1.0/24', {TransitGatewayId: a.TGW})]),
      ],
    },
    cause: 'route.more-specific-hijack',
    open: ALL,
  },
  {
    name: 'egress-only gateway as the only egress',
    account: {
      ...a.bare,
      RouteTables: natTables([
        {DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: a.id('eigw', 1), State: 'active'},
      ]),
    },
    cause: 'ipv6.eigw-only',
    open: SSM,
    others: ['s3.unreachable'],
  },
  {
    name: 'Block Public Access over the NAT gateway',
    account: {
      ...a.behindNat,
      Subnets: itemsOf(a.behindNat.Subnets).map((one) => ({
        ...one,
        BlockPublicAccessStates: {InternetGatewayBlockMode: 'block-bidirectional'},
      })),
    },
    cause: 'bpa.bidirectional',
    open: ALL,
  },
  {
    name: 'Block Public Access over a public address',
    account: {
      ...a.bare,
      Instances: [
        {
          ...a.web,
          NetworkInterfaces: a.web.NetworkInterfaces.map((eni) => ({...eni, Association: {PublicIp: '203.0.113.7'}})),
        },
      ],
      RouteTables: natTables([a.to('0.0.0.0/0', {GatewayId: a.IGW})]),
      Subnets: itemsOf(a.bare.Subnets).map((one) => ({
        ...one,
        BlockPublicAccessStates: {InternetGatewayBlockMode: 'block-ingress'},
      })),
    },
    cause: 'bpa.ingress-direct-igw',
    open: ALL,
  },
  {
    name: 'Block Public Access by the organization',
    account: {
      ...a.behindNat,
      VpcBlockPublicAccessOptions: [
        {
          InternetGatewayBlockMode: 'block-bidirectional',
          ManagedBy: 'declarative-policy',
          ExclusionsAllowed: 'not-allowed',
        },
      ],
      Subnets: itemsOf(a.behindNat.Subnets).map((one) => ({
        ...one,
        BlockPublicAccessStates: {InternetGatewayBlockMode: 'block-bidirectional'},
      })),
    },
    cause: 'bpa.org-managed',
    open: ALL,
  },
  {
    name: 'no public subnet, and a NAT gateway in a separate subnet',
    account: {
      ...a.behindNat,
      InternetGateways: [],
      RouteTables: natTables([a.to('0.0.0.0/0', {NatGatewayId: a.NAT})], []),
    },
    cause: 'nat.subnet-no-igw',
    open: ALL,
  },
  {
    name: 'NAT gateway in the subnet that it serves',
    account: {...a.behindNat, NatGateways: [a.natGateway(a.NAT, a.PRIVATE_B)]},
    cause: 'nat.subnet-no-igw',
    open: ALL,
  },
  {
    name: 'NAT instance that is stopped',
    account: a.behindNatInstance({State: {Code: 80, Name: 'stopped'}}),
    cause: 'nat-instance.stopped',
    open: [],
    others: ['route.unfollowed'],
  },
  {
    name: 'NAT instance that checks sources',
    account: a.behindNatInstance({}, true),
    cause: 'nat-instance.src-dst-check',
    open: [],
    others: ['route.unfollowed'],
  },
  {
    name: 'NAT instance whose group allows nothing',
    account: {
      ...a.behindNatInstance({}),
      SecurityGroups: [a.group(a.GROUP), a.group(a.NAT_GROUP, {IpPermissions: [], IpPermissionsEgress: []})],
    },
    cause: 'nat-instance.sg',
    open: [],
    others: ['route.unfollowed'],
  },
  {
    name: 'attachment that waits to be accepted',
    account: withAttachment({State: 'pendingAcceptance'}),
    cause: 'tgw.attachment-state',
    open: ALL,
  },
  {
    name: 'attachment that failed',
    account: withAttachment({State: 'failed'}),
    cause: 'tgw.attachment-state',
    open: ALL,
  },
  {
    name: 'attachment without the zone',
    account: withAttachment({SubnetIds: [a.PRIVATE_B]}),
    cause: 'tgw.no-subnet-in-az',
    open: ALL,
  },
  {
    name: 'transit gateway without a route',
    account: {...a.behindHub, TransitGatewayRouteTables: transit(a.behindHub, {[a.SPOKE_ROUTES]: []})},
    cause: 'tgw.no-route',
    open: ALL,
  },
  {
    name: 'transit gateway with a blackhole route',
    account: {
      ...a.behindHub,
      TransitGatewayRouteTables: transit(a.behindHub, {
        [a.SPOKE_ROUTES]: [{DestinationCidrBlock: '0.0.0.0/0', Type: 'static', State: 'blackhole'}],
      }),
    },
    cause: 'tgw.no-route',
    open: ALL,
  },
  {
    name: 'transit gateway without a route to the endpoints of the hub',
    account: {
      ...a.behindHubEndpoints,
      TransitGatewayRouteTables: transit(a.behindHubEndpoints, {[a.SPOKE_ROUTES]: []}),
    },
    cause: 'tgw.no-route',
    open: ALL,
  },
  {
    name: 'attachment without a table',
    account: {
      ...a.behindHub,
      TransitGatewayRouteTables: itemsOf(a.behindHub.TransitGatewayRouteTables).map((one) =>
        one.TransitGatewayRouteTableId === a.SPOKE_ROUTES ? {...one, Associations: []} : one,
      ),
    },
    cause: 'tgw.no-route',
    open: ALL,
  },
  {
    name: 'transit gateway without a return route',
    account: {...a.behindHub, TransitGatewayRouteTables: transit(a.behindHub, {[a.HUB_ROUTES]: []})},
    cause: 'tgw.no-return',
    open: ALL,
  },
  {
    name: 'NAT subnet of the hub without a return route',
    account: withTable(
      a.behindHub,
      a.table(a.HUB_PUBLIC_TABLE, [a.HUB_PUBLIC], [a.to('0.0.0.0/0', {GatewayId: a.HUB_IGW})], a.HUB),
    ),
    cause: 'route.no-return',
    open: ALL,
  },
  {
    name: 'hub without a default route',
    account: withTable(
      a.behindHub,
      a.table(a.HUB_TABLE, [a.HUB_SUBNET], [a.to('10.0.0.0/16', {TransitGatewayId: a.TGW})], a.HUB),
    ),
    cause: 'route.none',
    open: ALL,
  },
  {
    name: 'hub that sends straight to its internet gateway',
    account: withTable(
      a.behindHub,
      a.table(
        a.HUB_TABLE,
        [a.HUB_SUBNET],
        [a.to('0.0.0.0/0', {GatewayId: a.HUB_IGW}), a.to('10.0.0.0/16', {TransitGatewayId: a.TGW})],
        a.HUB,
      ),
    ),
    cause: 'igw.no-public-ip',
    open: ALL,
  },
  {
    name: 'no route to the endpoints of the hub',
    account: withTable(
      a.behindHubEndpoints,
      a.table(
        a.PRIVATE_TABLE,
        [a.PRIVATE_A, a.PRIVATE_B],
        [{DestinationPrefixListId: a.PL_S3, GatewayId: a.S3_GATEWAY, State: 'active'}],
      ),
    ),
    cause: 'route.none',
    open: ALL,
  },
  {
    name: 'default route to a peer',
    account: {
      ...a.bare,
      RouteTables: natTables([a.to('0.0.0.0/0', {VpcPeeringConnectionId: a.PCX})]),
      VpcPeeringConnections: [a.peering('active')],
    },
    cause: 'pcx.edge-to-edge',
    open: ALL,
  },
  {
    name: 'peering with the hub that waits to be accepted',
    account: a.behindPeering('pending-acceptance'),
    cause: 'pcx.not-active',
    open: ALL,
  },
  {
    name: 'peering with the hub that expired',
    account: a.behindPeering('expired'),
    cause: 'pcx.not-active',
    open: ALL,
  },
  {
    name: 'IPv6-only subnet',
    account: a.ipv6Only,
    cause: 'ipv6.only-no-ipv4-path',
    open: SSM,
    others: ['ipv6.only-no-ipv4-path'],
  },
  {
    name: 'stopped NAT instance whose route is a blackhole route',
    account: {
      ...a.behindNatInstance({State: {Code: 80, Name: 'stopped'}}),
      RouteTables: natTables([
        a.to('0.0.0.0/0', {InstanceId: a.NAT_INSTANCE, NetworkInterfaceId: a.id('eni', 56)}, 'blackhole'),
      ]),
    },
    cause: 'nat-instance.stopped',
    open: [],
    others: ['route.unfollowed'],
  },
  {
    name: 'endpoints that allow no inbound traffic, next to a NAT gateway that works',
    account: {
      ...a.behindEndpoints,
      RouteTables: natTables([a.to('0.0.0.0/0', {NatGatewayId: a.NAT})]),
      NatGateways: [a.natGateway(a.NAT, a.PUBLIC_A)],
      VpcEndpoints: withEndpoints((one) => one).filter(({VpcEndpointType}) => VpcEndpointType === 'Interface'),
      SecurityGroups: [a.group(a.GROUP), a.group(a.ENDPOINT_GROUP)],
    },
    cause: 'endpoint.sg-blocks',
    open: ALL,
  },
  {
    name: 'default route to a peer, which only S3 takes',
    account: {
      ...a.behindEndpoints,
      VpcEndpoints: withEndpoints((one) => one).filter(({VpcEndpointType}) => VpcEndpointType === 'Interface'),
      RouteTables: natTables([a.to('0.0.0.0/0', {VpcPeeringConnectionId: a.PCX})], []),
      InternetGateways: [],
      VpcPeeringConnections: [a.peering('active')],
    },
    cause: 'pcx.edge-to-edge',
    open: ALL,
  },
  {
    name: 'NAT gateway that no longer exists, next to endpoints whose private DNS is off and a gateway endpoint in another table',
    account: {
      ...a.behindEndpoints,
      InternetGateways: [],
      RouteTables: natTables([a.to('0.0.0.0/0', {NatGatewayId: a.NAT}, 'blackhole')], []),
      VpcAttributes: [{VpcId: a.VPC, EnableDnsSupport: {Value: true}, EnableDnsHostnames: {Value: false}}],
      VpcEndpoints: withEndpoints((one) => ({
        ...one,
        PrivateDnsEnabled: false,
        DnsEntries: one.DnsEntries.slice(0, 1),
      })).map((one) => (one.VpcEndpointType === 'Gateway' ? {...one, RouteTableIds: []} : one)),
    },
    cause: 'route.blackhole',
    open: ALL,
  },
]
