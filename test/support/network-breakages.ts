import {type Account, type Instance, itemsOf, type RouteTable, type VpcEndpoint} from '../../src/model/account.ts'
import {
  ANYWHERE,
  acl,
  behindEndpoints,
  behindNat,
  behindTransitGateway,
  endpoint,
  eni,
  entry,
  group,
  HUB,
  IGW,
  id,
  inPublicSubnet,
  instance,
  local,
  NAT,
  natGateway,
  OPEN_ACL,
  OWNER,
  REGION,
  rule,
  s3Gateway,
  s3Route,
  subnet,
  TGW,
  table,
  to,
  VPC,
  vpc,
  withHubEndpoints,
} from './network.ts'

/** One healthy account with one fault, and what must be found. */
export interface Breakage {
  readonly name: string
  readonly account: Account
  readonly blocks?: readonly string[]
  readonly degrades?: readonly string[]
  readonly undecided?: readonly string[]
  readonly advises?: readonly string[]
  /** False if AWS's API cannot fix it. */
  readonly curable?: false
}

const endpoints = (account: Account, change: (endpoint: VpcEndpoint) => VpcEndpoint): Account => ({
  ...account,
  VpcEndpoints: (account.VpcEndpoints as readonly VpcEndpoint[]).map(change),
})
const interfaceOnly =
  (change: Partial<VpcEndpoint>) =>
  (one: VpcEndpoint): VpcEndpoint =>
    one.VpcEndpointType === 'Interface' ? {...one, ...change} : one
const named =
  (service: string, change: Partial<VpcEndpoint>) =>
  (one: VpcEndpoint): VpcEndpoint =>
    one.ServiceName.endsWith(`.${service}`) ? {...one, ...change} : one
const without = (account: Account, service: string): Account => ({
  ...account,
  VpcEndpoints: (account.VpcEndpoints as readonly VpcEndpoint[]).filter(
    ({ServiceName}) => !ServiceName.endsWith(`.${service}`),
  ),
})
const rtb = (account: Account, ...tables: ReturnType<typeof table>[]): Account => ({
  ...account,
  RouteTables: [
    ...tables,
    ...(account.RouteTables as readonly ReturnType<typeof table>[]).filter(
      (t) => !tables.some((n) => n.RouteTableId === t.RouteTableId),
    ),
  ],
})
const acls = (account: Account, ...changed: ReturnType<typeof acl>[]): Account => ({
  ...account,
  NetworkAcls: [
    ...changed,
    ...(account.NetworkAcls as readonly ReturnType<typeof acl>[]).filter(
      (a) => !changed.some((n) => n.NetworkAclId === a.NetworkAclId),
    ),
  ],
})
const groups = (account: Account, ...changed: ReturnType<typeof group>[]): Account => ({
  ...account,
  SecurityGroups: [
    ...changed,
    ...(account.SecurityGroups as readonly ReturnType<typeof group>[]).filter(
      (g) => !changed.some((n) => n.GroupId === g.GroupId),
    ),
  ],
})
const attributes = (support: boolean, hostnames: boolean): Pick<Account, 'VpcAttributes'> => ({
  VpcAttributes: [{VpcId: VPC, EnableDnsSupport: {Value: support}, EnableDnsHostnames: {Value: hostnames}}],
})
const zone = (
  Name: string,
  records: readonly {Name: string; Type: string; ResourceRecords: readonly {Value: string}[]}[],
) => ({
  Id: '/hostedzone/ZTRAP',
  Name,
  VPCs: [{VPCId: VPC}, {VPCId: HUB}],
  ResourceRecordSets: records,
})
const bpa = (
  mode: 'block-bidirectional' | 'block-ingress',
  account: Account,
  ManagedBy: 'account' | 'declarative-policy' = 'account',
): Account => ({
  ...account,
  VpcBlockPublicAccessOptions: [{InternetGatewayBlockMode: mode, ManagedBy, ExclusionsAllowed: 'allowed'}],
  Vpcs: (account.Vpcs as readonly ReturnType<typeof vpc>[]).map((v) => ({
    ...v,
    BlockPublicAccessStates: {InternetGatewayBlockMode: mode},
  })),
  Subnets: (account.Subnets as readonly ReturnType<typeof subnet>[]).map((s) => ({
    ...s,
    BlockPublicAccessStates: {InternetGatewayBlockMode: mode},
  })),
})
/** `vpce-…1` has interface 104 in subnet 4, and so on. */
const interfaceIn4 = ({VpcEndpointId}: VpcEndpoint) => 100 * Number(VpcEndpointId.at(-1)) + 4
const CLOSED = [entry(32767, false, 'deny'), entry(32767, true, 'deny')]
const LOCAL_IPV6 = {
  DestinationIpv6CidrBlock: '2001:db8::/56',
  GatewayId: 'local',
  Origin: 'CreateRouteTable',
  State: 'active',
} as const
const OPEN_IPV6 = [false, true].map((Egress) => ({
  RuleNumber: 101,
  Egress,
  RuleAction: 'allow' as const,
  Protocol: '-1',
  Ipv6CidrBlock: '::/0',
}))
const ANYWHERE_IPV6 = {IpProtocol: '-1', Ipv6Ranges: [{CidrIpv6: '::/0'}]}
const EPHEMERAL = [1024, 65535] as const
const natInstance = (
  state: 'running' | 'stopped',
  check: boolean,
  ingress = rule('all', {cidr: '10.0.0.0/16'}),
): Account => ({
  ...behindNat,
  Instances: [
    instance(),
    instance({
      InstanceId: id('i', 7),
      State: {Name: state},
      SubnetId: id('subnet', 9),
      SourceDestCheck: check,
      SecurityGroups: [{GroupId: id('sg', 7)}],
      NetworkInterfaces: [
        {
          ...eni(7, 9, '10.0.9.7', [id('sg', 7)]),
          SourceDestCheck: check,
          Association: {PublicIp: '203.0.113.7'},
          Attachment: {DeviceIndex: 0},
        } as Instance['NetworkInterfaces'][number],
      ],
    }),
  ],
  SecurityGroups: [group(1, [], [ANYWHERE]), group(7, [ingress], [ANYWHERE])],
  NatGateways: [],
  RouteTables: [
    table(
      1,
      VPC,
      [1],
      [
        local('10.0.0.0/16'),
        to('0.0.0.0/0', {
          InstanceId: id('i', 7),
          NetworkInterfaceId: id('eni', 7),
          State: state === 'running' ? 'active' : 'blackhole',
        }),
      ],
    ),
    table(9, VPC, [9], [local('10.0.0.0/16'), to('0.0.0.0/0', {GatewayId: IGW})]),
  ],
})
const peered = (state: 'active' | 'pending-acceptance'): Account => ({
  ...withHubEndpoints,
  VpcPeeringConnections: [
    {
      VpcPeeringConnectionId: id('pcx', 1),
      Status: {Code: state},
      RequesterVpcInfo: {VpcId: VPC, CidrBlock: '10.0.0.0/16', Region: REGION, OwnerId: OWNER},
      AccepterVpcInfo: {VpcId: HUB, CidrBlock: '10.8.0.0/16', Region: REGION, OwnerId: OWNER},
    },
  ],
  RouteTables: [
    table(1, VPC, [1, 3], [local('10.0.0.0/16'), to('10.8.0.0/16', {VpcPeeringConnectionId: id('pcx', 1)})]),
    table(6, HUB, [6], [local('10.8.0.0/16'), to('10.0.0.0/16', {VpcPeeringConnectionId: id('pcx', 1)})]),
  ],
})
const DUAL_STACK = {IpAddressType: 'dualstack', DnsOptions: {DnsRecordIpType: 'dualstack'}} as const

const ipv6Only = (account: Account, more: Parameters<typeof subnet>[2] = {}): Account => ({
  ...account,
  Instances: [
    instance({
      NetworkInterfaces: [
        {
          ...eni(1, 1, '', [id('sg', 1)]),
          PrivateIpAddress: undefined,
          PrivateIpAddresses: [],
          Ipv6Addresses: [{Ipv6Address: '2001:db8::10'}],
        } as unknown as Instance['NetworkInterfaces'][number],
      ],
    }),
  ],
  Subnets: [
    subnet(1, '', {Ipv6Native: true, ...more}),
    ...(account.Subnets as readonly ReturnType<typeof subnet>[]).slice(1),
  ],
})

/** Accounts in which the traffic is allowed: red herrings in them are not reported. */
/** Dual stack needs subnets with blocks of both families. */
const withIpv6Blocks = (account: Account): Account => ({
  ...account,
  Subnets: itemsOf(account.Subnets).map((one, at) => ({
    ...one,
    Ipv6CidrBlockAssociationSet: [
      {Ipv6CidrBlock: `2001:db8:0:${at + 1}::/64`, Ipv6CidrBlockState: {State: 'associated' as const}},
    ],
  })),
})

export const healthy: readonly Breakage[] = [
  {name: 'behind endpoints', account: behindEndpoints},
  {name: 'behind a NAT gateway', account: behindNat},
  {name: 'in a public subnet', account: inPublicSubnet},
  {name: 'behind a transit gateway with central egress', account: behindTransitGateway},
  {name: 'with endpoints in a hub', account: withHubEndpoints, degrades: ['s3.unreachable']},
  {name: 'with endpoints over peering', account: peered('active'), degrades: ['s3.unreachable']},
  {
    name: 'a black hole beside endpoints',
    account: rtb(
      behindEndpoints,
      table(1, VPC, [1, 2], [local('10.0.0.0/16'), s3Route, to('0.0.0.0/0', {NatGatewayId: NAT, State: 'blackhole'})]),
    ),
  },
  {
    name: 'private DNS off beside a NAT gateway',
    account: endpoints(
      {...behindNat, VpcEndpoints: behindEndpoints.VpcEndpoints},
      interfaceOnly({PrivateDnsEnabled: false, DnsEntries: []}),
    ),
  },
  {name: 'DNS hostnames off on a public path', account: {...inPublicSubnet, ...attributes(true, false)}},
  {
    name: 'one half of the internet each by two routes to one NAT gateway',
    account: rtb(
      behindNat,
      table(
        1,
        VPC,
        [1],
        [local('10.0.0.0/16'), to('0.0.0.0/1', {NatGatewayId: NAT}), to('128.0.0.0/1', {NatGatewayId: NAT})],
      ),
    ),
  },
  {
    name: 'a deny behind the allow',
    account: acls(
      behindNat,
      acl(
        1,
        VPC,
        [1],
        [
          entry(100, false, 'allow'),
          entry(200, false, 'deny', '0.0.0.0/0', EPHEMERAL),
          entry(100, true, 'allow'),
          entry(150, true, 'deny', '0.0.0.0/0', [443, 443]),
        ],
      ),
    ),
  },
  {
    name: 'a deny list of small blocks before the allow',
    account: acls(
      behindNat,
      acl(
        1,
        VPC,
        [1],
        [
          entry(10, false, 'deny', '198.51.100.0/24'),
          entry(11, false, 'deny', '45.0.0.0/16'),
          entry(100, false, 'allow'),
          entry(100, true, 'allow'),
        ],
      ),
    ),
  },
  {
    name: 'tight rules that suffice',
    account: acls(
      groups(
        behindEndpoints,
        group(1, [], [rule(443, {cidr: '10.0.2.0/24'}), rule(443, {list: 'pl-6da54004'})]),
        group(2, [rule(443, {group: id('sg', 1)})], []),
      ),
      acl(
        1,
        VPC,
        [1],
        [
          entry(100, true, 'allow', '10.0.2.0/24', [443, 443]),
          entry(110, true, 'allow', '0.0.0.0/0', [443, 443]),
          entry(100, false, 'allow', '0.0.0.0/0', [32768, 60999]),
        ],
      ),
      acl(
        2,
        VPC,
        [2],
        [
          entry(100, false, 'allow', '10.0.1.0/24', [443, 443]),
          entry(100, true, 'allow', '10.0.1.0/24', [32768, 60999]),
        ],
      ),
    ),
  },
  {
    name: 'one self-referencing group on everything',
    account: groups(
      endpoints(
        {
          ...behindEndpoints,
          NetworkInterfaces: [
            eni(1, 1, '10.0.1.10', [id('sg', 1)]),
            ...[102, 202, 302].map((n, i) => eni(n, 2, `10.0.2.${20 + i}`, [id('sg', 1)])),
          ],
        },
        interfaceOnly({Groups: [{GroupId: id('sg', 1)}]}),
      ),
      group(1, [rule('all', {group: id('sg', 1)})], [ANYWHERE]),
    ),
  },
  {
    name: 'an ACL between two interfaces of one subnet',
    account: acls(
      endpoints(
        {
          ...behindEndpoints,
          NetworkInterfaces: [
            eni(1, 1, '10.0.1.10', [id('sg', 1)]),
            ...[101, 201, 301].map((n, i) => eni(n, 1, `10.0.1.${20 + i}`, [id('sg', 2)])),
          ],
        },
        (one) =>
          one.VpcEndpointType === 'Interface'
            ? {
                ...one,
                SubnetIds: [id('subnet', 1)],
                NetworkInterfaceIds: one.NetworkInterfaceIds.map((n) => n.replace(/2$/, '1')),
              }
            : one,
      ),
      acl(
        1,
        VPC,
        [1],
        [
          entry(100, true, 'allow', '0.0.0.0/0', [443, 443]),
          entry(110, false, 'allow', '52.218.0.0/17'),
          entry(111, false, 'allow', '3.5.64.0/21'),
        ],
      ),
    ),
  },
  {
    name: 'a NAT gateway in the zone and subnet of the instance',
    account: rtb(
      {...behindNat, NatGateways: [natGateway(1)]},
      table(1, VPC, [1], [local('10.0.0.0/16'), to('0.0.0.0/0', {GatewayId: IGW})]),
    ),
    blocks: ['igw.no-public-ip'],
  },
  {
    name: 'a regional NAT gateway',
    account: {
      ...behindNat,
      NatGateways: [
        {
          NatGatewayId: NAT,
          VpcId: VPC,
          State: 'available',
          ConnectivityType: 'public',
          AvailabilityMode: 'regional',
          NatGatewayAddresses: [],
        },
      ],
    },
  },
  {name: 'Block Public Access for ingress, behind a NAT gateway', account: bpa('block-ingress', behindNat)},
  {
    name: 'Block Public Access in both directions, behind endpoints',
    account: bpa('block-bidirectional', behindEndpoints),
  },
  {
    name: 'IPv6 only with DNS64 and NAT64',
    account: {
      ...groups(ipv6Only(behindNat, {EnableDns64: true}), group(1, [], [ANYWHERE_IPV6])),
      Vpcs: [vpc(VPC, '10.0.0.0/16', {Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: '2001:db8::/56'}]})],
      NetworkAcls: [acl(1, VPC, [1], OPEN_IPV6), acl(9, VPC, [9], [...OPEN_IPV6, ...OPEN_ACL])],
      RouteTables: [
        table(
          1,
          VPC,
          [1],
          [
            LOCAL_IPV6,
            {DestinationIpv6CidrBlock: '64:ff9b::/96', NatGatewayId: NAT, Origin: 'CreateRoute', State: 'active'},
          ],
        ),
        table(9, VPC, [9], [local('10.0.0.0/16'), LOCAL_IPV6, to('0.0.0.0/0', {GatewayId: IGW})]),
      ],
    },
  },
  {
    name: 'a forward rule for everything beside private zones that are more specific',
    account: {
      ...withHubEndpoints,
      ResolverRules: [{Id: 'rslvr-rr-1', DomainName: '.', RuleType: 'FORWARD', VPCIds: [VPC]}],
    },
    undecided: ['dns.resolver-rule'],
  },
]

/** One fault each. */
export const breakages: readonly Breakage[] = [
  {name: 'DNS support off', account: {...behindNat, ...attributes(false, false)}, blocks: ['dns.support-off']},
  {
    name: 'DNS hostnames off, endpoints only',
    account: {...behindEndpoints, ...attributes(true, false)},
    blocks: ['dns.hostnames-off'],
  },
  {
    name: 'private DNS off, endpoints only',
    account: endpoints(behindEndpoints, interfaceOnly({PrivateDnsEnabled: false, DnsEntries: []})),
    blocks: ['dns.private-dns-off'],
    degrades: ['dns.private-dns-off'],
  },
  {
    name: 'own name servers',
    account: {
      ...behindNat,
      DhcpOptions: [
        {
          DhcpOptionsId: id('dopt', 1),
          DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: '10.0.1.53'}]}],
        },
      ],
    },
    undecided: ['dns.custom-servers'],
    curable: false,
  },
  {
    name: 'own name servers that the groups do not let out to',
    account: groups(
      {
        ...behindNat,
        DhcpOptions: [
          {
            DhcpOptionsId: id('dopt', 1),
            DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: '10.0.1.53'}]}],
          },
        ],
      },
      group(1, [], [rule(443, {cidr: '0.0.0.0/0'})]),
    ),
    blocks: ['sg.custom-dns-blocked'],
    undecided: ['dns.custom-servers'],
  },
  {
    name: 'no name server on a Xen instance',
    account: {
      ...behindNat,
      Instances: [instance({InstanceType: 'm4.large'})],
      Vpcs: [vpc(VPC, '10.0.0.0/16', {DhcpOptionsId: 'default'})],
    },
    blocks: ['dns.none'],
  },
  {
    name: 'a resolver rule for the names',
    account: {
      ...behindNat,
      ResolverRules: [
        {
          Id: 'rslvr-rr-1',
          DomainName: 'amazonaws.com.',
          RuleType: 'FORWARD',
          VPCIds: [VPC],
          TargetIps: [{Ip: '192.0.2.53'}],
        },
      ],
    },
    undecided: ['dns.resolver-rule'],
    curable: false,
  },
  {
    name: 'a private zone that owns the names and lacks them',
    account: {...behindNat, HostedZones: [zone('amazonaws.com.', [])]},
    blocks: ['dns.phz-shadow'],
  },
  {
    name: 'a private zone that answers with an unassigned address',
    account: {
      ...behindNat,
      HostedZones: [
        zone(`${REGION}.amazonaws.com.`, [
          {Name: `*.${REGION}.amazonaws.com.`, Type: 'A', ResourceRecords: [{Value: '10.0.1.99'}]},
        ]),
      ],
    },
    blocks: ['dns.phz-shadow'],
  },
  {
    name: 'hub endpoints whose zones are not associated',
    account: {
      ...withHubEndpoints,
      HostedZones: (withHubEndpoints.HostedZones as readonly {VPCs: unknown}[]).map((z) => ({
        ...z,
        VPCs: [{VPCId: HUB}],
      })) as never,
    },
    blocks: ['dns.phz-not-associated'],
    degrades: ['dns.phz-not-associated', 's3.unreachable'],
  },
  {
    name: 'DNS Firewall blocks the names',
    account: {
      ...behindNat,
      FirewallRuleGroupAssociations: [
        {
          Id: 'rslvr-frgassoc-1',
          FirewallRuleGroupId: 'rslvr-frg-0a1b2c3d4e5f00009',
          VpcId: VPC,
          Priority: 101,
          FirewallRules: [
            {
              Name: 'block-aws',
              Priority: 10,
              Action: 'BLOCK',
              FirewallDomainListId: 'rslvr-fdl-1',
              Domains: ['*.amazonaws.com.'],
            },
          ],
        },
      ],
    },
    blocks: ['dns.firewall-block'],
  },
  {name: 'no endpoint for ssm', account: without(behindEndpoints, 'ssm'), blocks: ['endpoint.ssm-missing']},
  {
    name: 'no endpoint for ssmmessages',
    account: without(behindEndpoints, 'ssmmessages'),
    degrades: ['endpoint.ssmmessages-missing'],
  },
  {
    name: 'no endpoint for ec2messages and an agent of unknown age',
    account: without(behindEndpoints, 'ec2messages'),
    advises: ['endpoint.ec2messages-missing'],
  },
  {
    name: 'an endpoint that is not available',
    account: endpoints(behindEndpoints, named('ssm', {State: 'failed'})),
    blocks: ['endpoint.not-available'],
  },
  {
    name: 'an endpoint for ssmmessages that is pending',
    account: endpoints(behindEndpoints, named('ssmmessages', {State: 'pending'})),
    degrades: ['endpoint.not-available'],
    curable: false,
  },
  {
    name: 'a failed endpoint beside a NAT gateway',
    account: {...behindNat, VpcEndpoints: [endpoint(1, 'ssm', [1], {State: 'failed'})]},
    advises: ['endpoint.not-available'],
  },
  {
    name: 'endpoint groups that allow no inbound traffic',
    account: groups(behindEndpoints, group(2, [], [ANYWHERE])),
    blocks: ['endpoint.sg-blocks'],
  },
  {
    name: 'endpoints that answer with IPv6 only',
    account: withIpv6Blocks(
      endpoints(behindEndpoints, named('ssm', {DnsOptions: {DnsRecordIpType: 'ipv6'}, IpAddressType: 'ipv6'})),
    ),
    blocks: ['endpoint.ip-family'],
  },
  {
    name: 'an endpoint for another Region',
    account: {
      ...behindEndpoints,
      VpcEndpoints: [
        endpoint(1, 'ssm', [2], {
          ServiceName: 'com.amazonaws.us-east-1.ssm',
          ServiceRegion: 'us-east-1',
          DnsEntries: [],
        }),
        ...(behindEndpoints.VpcEndpoints as readonly VpcEndpoint[]).slice(1),
      ],
    },
    blocks: ['endpoint.cross-region'],
  },
  {
    name: 'an endpoint without a network interface',
    account: endpoints(behindEndpoints, named('ssm', {SubnetIds: [], NetworkInterfaceIds: []})),
    blocks: ['endpoint.no-network-interface'],
  },
  {
    name: 'a shared subnet that hides endpoints',
    account: {...behindEndpoints, Subnets: [subnet(1, '10.0.1.0/24', {OwnerId: '444455556666'})], VpcEndpoints: []},
    undecided: ['endpoint.invisible-shared'],
    curable: false,
  },
  {
    name: 'endpoints that shadow the internet',
    account: groups(
      {
        ...inPublicSubnet,
        Subnets: behindEndpoints.Subnets,
        RouteTables: [
          ...(inPublicSubnet.RouteTables as readonly RouteTable[]),
          table(2, VPC, [2], [local('10.0.0.0/16')]),
        ],
        NetworkAcls: behindEndpoints.NetworkAcls,
        VpcEndpoints: (behindEndpoints.VpcEndpoints as readonly VpcEndpoint[]).slice(0, 3),
        NetworkInterfaces: behindEndpoints.NetworkInterfaces,
      },
      group(2, [rule(443, {cidr: '10.0.7.0/24'})], [ANYWHERE]),
    ),
    blocks: ['endpoint.sg-blocks'],
    advises: ['endpoint.shadows-internet'],
  },
  {
    name: 'ssm by an endpoint, messages by the internet',
    account: {
      ...behindNat,
      Subnets: [...(behindNat.Subnets as readonly ReturnType<typeof subnet>[]), subnet(2, '10.0.2.0/24')],
      NetworkAcls: [...(behindNat.NetworkAcls as readonly ReturnType<typeof acl>[]), acl(2, VPC, [2])],
      RouteTables: [
        ...(behindNat.RouteTables as readonly ReturnType<typeof table>[]),
        table(2, VPC, [2], [local('10.0.0.0/16')]),
      ],
      VpcEndpoints: [endpoint(1, 'ssm', [2])],
      NetworkInterfaces: behindEndpoints.NetworkInterfaces,
    },
    advises: ['endpoint.partial-set'],
  },
  {name: 'groups without outbound rules', account: groups(behindNat, group(1, [], [])), blocks: ['sg.no-egress-443']},
  {
    name: 'groups that let out to the VPC only, on a public path',
    account: groups(behindNat, group(1, [], [rule('all', {cidr: '10.0.0.0/16'})])),
    blocks: ['sg.no-egress-443'],
  },
  {
    name: 'groups that let out to prefix lists only',
    account: groups(behindNat, group(1, [], [rule(443, {list: 'pl-6da54004'})])),
    blocks: ['sg.egress-prefix-list-only'],
  },
  {
    name: 'an outbound reference across a transit gateway',
    account: groups(withHubEndpoints, group(1, [], [rule(443, {group: id('sg', 2)})])),
    blocks: ['sg.ref-over-tgw-egress'],
    degrades: ['s3.unreachable', 'sg.no-egress-443'],
  },
  {
    name: 'an ACL that allows only port 80 out',
    account: acls(
      behindNat,
      acl(1, VPC, [1], [entry(100, false, 'allow'), entry(100, true, 'allow', '0.0.0.0/0', [80, 80])]),
    ),
    blocks: ['nacl.egress-443'],
  },
  {
    name: 'an ACL without replies',
    account: acls(
      behindNat,
      acl(1, VPC, [1], [entry(100, true, 'allow'), entry(100, false, 'allow', '0.0.0.0/0', [443, 443])]),
    ),
    blocks: ['nacl.ingress-ephemeral'],
  },
  {
    name: 'an ACL that is closed both ways',
    account: acls(behindNat, acl(1, VPC, [1], CLOSED)),
    blocks: ['nacl.egress-443', 'nacl.ingress-ephemeral'],
  },
  {
    name: 'an ACL that allows half of the replies in',
    account: acls(
      behindNat,
      acl(1, VPC, [1], [entry(100, true, 'allow'), entry(100, false, 'allow', '0.0.0.0/0', [49152, 65535])]),
    ),
    degrades: ['nacl.partial-ephemeral'],
  },
  {
    name: "the endpoint subnet's ACL allows no replies out",
    account: acls(
      behindEndpoints,
      acl(2, VPC, [2], [entry(100, false, 'allow'), entry(100, true, 'allow', '0.0.0.0/0', [443, 443])]),
    ),
    blocks: ['nacl.endpoint-subnet'],
  },
  {
    name: "the NAT subnet's ACL does not allow the private subnet",
    account: acls(
      behindNat,
      acl(9, VPC, [9], [entry(100, false, 'allow', '0.0.0.0/0', EPHEMERAL), entry(100, true, 'allow')]),
    ),
    blocks: ['nacl.nat-subnet'],
  },
  {
    name: 'no route and no endpoints',
    account: rtb(behindNat, table(1, VPC, [1], [local('10.0.0.0/16')])),
    blocks: ['route.none'],
    degrades: ['s3.unreachable'],
  },
  {
    name: 'a NAT gateway that is deleted',
    account: {
      ...rtb(
        behindNat,
        table(1, VPC, [1], [local('10.0.0.0/16'), to('0.0.0.0/0', {NatGatewayId: NAT, State: 'blackhole'})]),
      ),
      NatGateways: [],
    },
    blocks: ['route.blackhole'],
  },
  {
    name: 'a route longer than local',
    account: rtb(
      behindEndpoints,
      table(1, VPC, [1, 2], [local('10.0.0.0/16'), s3Route, to('10.0.2.0/24', {NatGatewayId: NAT})]),
    ),
    blocks: ['route.more-specific-hijack'],
  },
  {
    name: 'no route back from the hub',
    account: rtb(behindTransitGateway, table(6, HUB, [6], [local('10.8.0.0/16'), to('0.0.0.0/0', {GatewayId: IGW})])),
    blocks: ['route.no-return'],
  },
  {
    name: 'a local gateway',
    account: rtb(
      behindNat,
      table(1, VPC, [1], [local('10.0.0.0/16'), to('0.0.0.0/0', {LocalGatewayId: 'lgw-00000000000000001'})]),
    ),
    undecided: ['route.unfollowed'],
    curable: false,
  },
  {name: 'no public address', account: {...inPublicSubnet, Instances: [instance()]}, blocks: ['igw.no-public-ip']},
  {
    name: 'an internet gateway that is detached',
    account: {...inPublicSubnet, InternetGateways: [{InternetGatewayId: IGW, Attachments: []}]},
    blocks: ['igw.detached'],
  },
  {
    name: 'an internet gateway that is being attached',
    account: {
      ...inPublicSubnet,
      InternetGateways: [{InternetGatewayId: IGW, Attachments: [{VpcId: VPC, State: 'attaching'}]}],
    },
    blocks: ['igw.detached'],
  },
  {
    name: 'Block Public Access in both directions, behind a NAT gateway',
    account: bpa('block-bidirectional', behindNat),
    blocks: ['bpa.bidirectional'],
  },
  {
    name: 'Block Public Access for ingress, on a direct path',
    account: bpa('block-ingress', inPublicSubnet),
    blocks: ['bpa.ingress-direct-igw'],
  },
  {
    name: 'Block Public Access of the organization',
    account: bpa('block-bidirectional', behindNat, 'declarative-policy'),
    blocks: ['bpa.org-managed'],
  },
  {
    name: 'a NAT gateway that failed',
    account: {...behindNat, NatGateways: [natGateway(9, {State: 'failed', FailureCode: 'Gateway.NotAttached'})]},
    blocks: ['nat.not-available'],
  },
  {
    name: 'a private NAT gateway',
    account: {...behindNat, NatGateways: [natGateway(9, {ConnectivityType: 'private'})]},
    blocks: ['nat.private'],
  },
  {
    name: 'a NAT gateway in a private subnet',
    account: {...behindNat, NatGateways: [natGateway(1)]},
    blocks: ['nat.subnet-no-igw'],
  },
  {
    name: 'a NAT gateway in another zone',
    account: {
      ...behindNat,
      Subnets: [
        subnet(1, '10.0.1.0/24'),
        subnet(9, '10.0.9.0/24', {AvailabilityZone: `${REGION}b`, AvailabilityZoneId: 'euw1-az2'}),
      ],
    },
    advises: ['nat.single-az-loss'],
  },
  {
    name: 'a proxy at the NAT gateway',
    account: {
      ...behindNat,
      NatGateways: [
        natGateway(9, {
          AttachedAppliances: [
            {Type: 'network-firewall-proxy', ApplianceArn: 'arn:aws:network-firewall:eu-west-1:111122223333:proxy/p'},
          ],
        }),
      ],
    },
    undecided: ['nat.proxy-appliance'],
    curable: false,
  },
  {name: 'a NAT instance that is stopped', account: natInstance('stopped', false), blocks: ['nat-instance.stopped']},
  {
    name: 'a NAT instance that checks addresses',
    account: natInstance('running', true),
    blocks: ['nat-instance.src-dst-check'],
    undecided: ['route.unfollowed'],
  },
  {
    name: 'a NAT instance whose group allows no inbound traffic',
    account: natInstance('running', false, rule(22, {cidr: '10.0.0.0/16'})),
    blocks: ['nat-instance.sg'],
    undecided: ['route.unfollowed'],
  },
  {
    name: 'a NAT instance in order',
    account: natInstance('running', false),
    undecided: ['route.unfollowed'],
    curable: false,
  },
  {
    name: 'an attachment that is not accepted',
    account: {
      ...behindTransitGateway,
      TransitGatewayVpcAttachments: (behindTransitGateway.TransitGatewayVpcAttachments as readonly object[]).map(
        (a, i) => (i === 0 ? {...a, State: 'pendingAcceptance'} : a),
      ) as never,
    },
    blocks: ['tgw.attachment-state'],
  },
  {
    name: 'an attachment without a subnet in the zone',
    account: {
      ...behindTransitGateway,
      Subnets: [
        subnet(1, '10.0.1.0/24'),
        subnet(3, '10.0.3.0/24', {AvailabilityZone: `${REGION}b`, AvailabilityZoneId: 'euw1-az2'}),
        ...(behindTransitGateway.Subnets as readonly ReturnType<typeof subnet>[]).slice(2),
      ],
    },
    blocks: ['tgw.no-subnet-in-az'],
  },
  {
    name: 'no route in the transit gateway',
    account: {
      ...behindTransitGateway,
      TransitGatewayRouteTables: (behindTransitGateway.TransitGatewayRouteTables as readonly object[]).map((t, i) =>
        i === 0 ? {...t, Routes: []} : t,
      ) as never,
    },
    blocks: ['tgw.no-route'],
  },
  {
    name: 'no way back in the transit gateway',
    account: {
      ...behindTransitGateway,
      TransitGatewayRouteTables: (behindTransitGateway.TransitGatewayRouteTables as readonly object[]).map((t, i) =>
        i === 1 ? {...t, Routes: []} : t,
      ) as never,
    },
    blocks: ['tgw.no-return'],
  },
  {
    name: "another account's transit gateway",
    account: {
      ...behindTransitGateway,
      TransitGateways: [{TransitGatewayId: TGW, OwnerId: '444455556666', State: 'available'}],
      TransitGatewayRouteTables: [],
    },
    undecided: ['tgw.opaque'],
    curable: false,
  },
  {
    name: 'a default route to a peering connection',
    account: rtb(
      peered('active'),
      table(1, VPC, [1, 3], [local('10.0.0.0/16'), to('0.0.0.0/0', {VpcPeeringConnectionId: id('pcx', 1)})]),
    ),
    degrades: ['pcx.edge-to-edge'],
  },
  {
    name: 'a peering connection that is not accepted',
    account: peered('pending-acceptance'),
    blocks: ['pcx.not-active'],
    degrades: ['s3.unreachable'],
  },
  {
    name: 'a way out through a virtual private gateway',
    account: rtb(
      behindNat,
      table(1, VPC, [1], [local('10.0.0.0/16'), to('0.0.0.0/0', {GatewayId: 'vgw-00000000000000001'})]),
    ),
    undecided: ['vgw.onprem-egress'],
    curable: false,
  },
  {
    name: 'a firewall endpoint on the way',
    account: rtb(
      {
        ...behindNat,
        Subnets: [...itemsOf(behindNat.Subnets), subnet(7, '10.0.7.0/24')],
        NetworkAcls: [...itemsOf(behindNat.NetworkAcls), acl(7, VPC, [7])],
        RouteTables: [
          table(7, VPC, [7], [local('10.0.0.0/16'), to('0.0.0.0/0', {NatGatewayId: NAT})]),
          table(
            9,
            VPC,
            [9],
            [local('10.0.0.0/16'), to('10.0.1.0/24', {GatewayId: id('vpce', 7)}), to('0.0.0.0/0', {GatewayId: IGW})],
          ),
        ],
        VpcEndpoints: [
          endpoint(7, 'fw', [7], {
            VpcEndpointType: 'GatewayLoadBalancer',
            ServiceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0123',
            PrivateDnsEnabled: false,
            DnsEntries: [],
          }),
        ],
      },
      table(1, VPC, [1], [local('10.0.0.0/16'), to('0.0.0.0/0', {GatewayId: id('vpce', 7)})]),
    ),
    undecided: ['gwlb.inspection'],
    curable: false,
  },
  {name: 'IPv6 only without DNS64', account: ipv6Only(behindNat), blocks: ['ipv6.only-no-ipv4-path'], curable: false},
  {
    name: 'IPv6 only, and a dual-stack endpoint that is not accepted',
    account: {
      ...ipv6Only(behindNat),
      VpcEndpoints: [endpoint(1, 'ssm', [1], {State: 'pendingAcceptance', ...DUAL_STACK})],
    },
    blocks: ['endpoint.not-available'],
    degrades: ['ipv6.only-no-ipv4-path'],
    curable: false,
  },
  {
    name: 'IPv6 only, and private DNS of a dual-stack endpoint is off',
    account: {
      ...ipv6Only(behindNat),
      VpcEndpoints: [endpoint(1, 'ssm', [1], {PrivateDnsEnabled: false, ...DUAL_STACK})],
    },
    blocks: ['dns.private-dns-off'],
    degrades: ['ipv6.only-no-ipv4-path'],
    curable: false,
  },
  {
    name: 'IPv6 only, and private DNS of an IPv4 endpoint is off',
    account: {...ipv6Only(behindNat), VpcEndpoints: [endpoint(1, 'ssm', [1], {PrivateDnsEnabled: false})]},
    blocks: ['ipv6.only-no-ipv4-path'],
    curable: false,
  },
  {
    name: 'dual stack with an egress-only gateway as the only way out',
    account: rtb(
      {...behindNat, NatGateways: []},
      table(
        1,
        VPC,
        [1],
        [
          local('10.0.0.0/16'),
          {
            DestinationIpv6CidrBlock: '::/0',
            EgressOnlyInternetGatewayId: 'eigw-00000000000000001',
            Origin: 'CreateRoute',
            State: 'active',
          },
        ],
      ),
    ),
    blocks: ['ipv6.eigw-only'],
    degrades: ['s3.unreachable'],
  },
  {
    name: 'an S3 gateway endpoint in another table',
    account: {
      ...rtb(behindEndpoints, table(1, VPC, [1, 2], [local('10.0.0.0/16')])),
      VpcEndpoints: [...(behindEndpoints.VpcEndpoints as readonly VpcEndpoint[]).slice(0, 3), s3Gateway([5])],
    },
    degrades: ['s3.gateway-not-routed'],
  },
  {
    name: 'no way to S3',
    account: {
      ...rtb(behindEndpoints, table(1, VPC, [1, 2], [local('10.0.0.0/16')])),
      VpcEndpoints: (behindEndpoints.VpcEndpoints as readonly VpcEndpoint[]).slice(0, 3),
    },
    degrades: ['s3.unreachable'],
  },
  {
    name: 'endpoints in two subnets, one of which allows no replies out',
    account: acls(
      endpoints(
        {
          ...behindEndpoints,
          Subnets: [subnet(1, '10.0.1.0/24'), subnet(2, '10.0.2.0/24'), subnet(4, '10.0.4.0/24')],
          NetworkInterfaces: [
            ...(behindEndpoints.NetworkInterfaces as readonly ReturnType<typeof eni>[]),
            ...[104, 204, 304].map((n, i) => eni(n, 4, `10.0.4.${20 + i}`, [id('sg', 2)])),
          ],
        },
        (one) =>
          one.VpcEndpointType === 'Interface'
            ? {
                ...one,
                SubnetIds: [...one.SubnetIds, id('subnet', 4)],
                NetworkInterfaceIds: [...one.NetworkInterfaceIds, id('eni', interfaceIn4(one))],
              }
            : one,
      ),
      acl(4, VPC, [4], [entry(100, false, 'allow'), entry(100, true, 'allow', '0.0.0.0/0', [443, 443])]),
    ),
    degrades: ['nacl.endpoint-subnet'],
  },
]
