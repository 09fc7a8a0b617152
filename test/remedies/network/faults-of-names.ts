import {type Account, type FirewallRule, itemsOf, type ResourceRecordSet} from '../../../src/model/account.ts'
import * as a from './account.ts'
import {ALL, type NetworkFault, natTables, SSM, withEndpoints, without} from './fault-accounts.ts'

const behindDnsFirewall = (...FirewallRules: readonly FirewallRule[]): Account => ({
  ...a.behindEndpoints,
  FirewallRuleGroupAssociations: [
    {
      Id: a.id('rslvr-frgassoc', 1),
      FirewallRuleGroupId: a.id('rslvr-frg', 1),
      VpcId: a.VPC,
      Priority: 101,
      FirewallRules,
    },
  ],
})

const withoutPrivateDns = withEndpoints((one) => ({
  ...one,
  PrivateDnsEnabled: false,
  DnsEntries: one.DnsEntries.slice(0, 1),
}))

/** A private zone that owns names of AWS and has one record. */
const shadowing = (Name: string, vpcIds: readonly string[], record: ResourceRecordSet): Account['HostedZones'] => [
  {Id: 'ZSHADOW', Name, VPCs: vpcIds.map((VPCId) => ({VPCId})), ResourceRecordSets: [record]},
]

export const faultsOfNames: readonly NetworkFault[] = [
  {name: 'no path to S3', account: a.withoutEgress, cause: 's3.unreachable', open: ['s3'], others: ['route.none']},
  {
    name: 'endpoint group that allows no inbound traffic',
    account: {...a.behindEndpoints, SecurityGroups: [a.group(a.GROUP), a.group(a.ENDPOINT_GROUP)]},
    cause: 'endpoint.sg-blocks',
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
      VpcEndpoints: withoutPrivateDns,
    },
    cause: 'dns.private-dns-off',
    open: ALL,
  },
  {
    name: 'private DNS of the interface endpoint for S3 off, and no gateway endpoint',
    account: {
      ...a.behindEndpoints,
      RouteTables: natTables([]),
      VpcEndpoints: withEndpoints((one) => one).flatMap((one) => {
        if (one.VpcEndpointType !== 'Interface') return []
        if (!one.ServiceName.endsWith('.ssm')) return [one]
        const ServiceName = one.ServiceName.replace('.ssm', '.s3')
        const VpcEndpointId = a.id('vpce', 105)
        return [one, {...one, VpcEndpointId, ServiceName, PrivateDnsEnabled: false, DnsEntries: []}]
      }),
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
    account: behindDnsFirewall({Name: 'no-aws', Priority: 100, Action: 'BLOCK', Domains: ['*.amazonaws.com']}),
    cause: 'dns.firewall-block',
    open: ALL,
  },
  {
    name: 'DNS Firewall without a free priority before the rule that blocks everything',
    account: behindDnsFirewall(
      {
        Name: 'allowed',
        Priority: 1,
        Action: 'ALLOW',
        FirewallDomainListId: a.id('rslvr-fdl', 1),
        Domains: ['amazonaws.com.'],
      },
      {Name: 'rest', Priority: 2, Action: 'BLOCK', FirewallDomainListId: a.id('rslvr-fdl', 2), Domains: ['*']},
    ),
    cause: 'dns.firewall-block',
    open: ALL,
  },
  {
    name: 'DNS Firewall whose first rule blocks everything of AWS',
    account: behindDnsFirewall({
      Name: 'no-aws',
      Priority: 1,
      Action: 'BLOCK',
      FirewallDomainListId: a.id('rslvr-fdl', 3),
      Domains: ['*.amazonaws.com'],
    }),
    cause: 'dns.firewall-block',
    open: ALL,
  },
  {
    name: 'private zone without the records, and endpoints that are known',
    account: {
      ...a.behindEndpoints,
      VpcEndpoints: withoutPrivateDns,
      HostedZones: shadowing('us-east-1.amazonaws.com.', [a.VPC], {
        Name: '*.s3.us-east-1.amazonaws.com.',
        Type: 'A',
        ResourceRecords: [{Value: '52.216.0.1'}],
      }),
    },
    cause: 'dns.phz-shadow',
    open: ALL,
  },
  {
    name: 'private zone of all AWS that two VPCs share, behind a NAT gateway',
    account: {
      ...a.behindNat,
      HostedZones: shadowing('amazonaws.com.', [a.VPC, a.HUB], {
        Name: '*.s3.us-east-1.amazonaws.com.',
        Type: 'A',
        ResourceRecords: [{Value: '52.216.0.1'}],
      }),
    },
    cause: 'dns.phz-shadow',
    open: ALL,
  },
  {
    name: 'private zone of one name in one VPC without a valid target',
    account: {
      ...a.behindNat,
      HostedZones: shadowing('ssm.us-east-1.amazonaws.com.', [a.VPC], {
        Name: 'ssm.us-east-1.amazonaws.com.',
        Type: 'A',
        ResourceRecords: [{Value: '10.0.2.99'}],
      }),
    },
    cause: 'dns.phz-shadow',
    open: ALL,
  },
  {
    name: 'private zone of one name in one VPC without records',
    account: {
      ...a.behindNat,
      HostedZones: shadowing('ssm.us-east-1.amazonaws.com.', [a.VPC], {
        Name: 'ssm.us-east-1.amazonaws.com.',
        Type: 'NS',
        ResourceRecords: [],
      }),
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
    name: 'zones of another account that are not associated with the VPC',
    account: {
      ...a.behindHubEndpoints,
      HostedZones: itemsOf(a.behindHubEndpoints.HostedZones).map((zone) => ({
        ...zone,
        Owner: {OwningAccount: '444455556666'},
        VPCs: [{VPCId: a.HUB}],
      })),
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
    name: 'endpoint group of the hub that allows no inbound traffic',
    account: {...a.behindHubEndpoints, SecurityGroups: [a.group(a.GROUP), a.group(a.ENDPOINT_GROUP, {VpcId: a.HUB})]},
    cause: 'endpoint.sg-blocks',
    open: ALL,
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
]
