import {
  type Account,
  type DhcpOptions,
  type Instance,
  itemsOf,
  type NatGateway,
  type NetworkAcl,
  type NetworkInterface,
  NO_HISTORY,
  notAsked,
  type Route,
  type RouteTable,
  type SecurityGroup,
  type Subnet,
  type Vpc,
  type VpcEndpoint,
} from '../../src/model/account.ts'
import {withItem} from '../../src/model/edits.ts'
import {find} from '../../src/model/lists.ts'
import type {Path} from '../../src/network/path.ts'
import {walk} from '../../src/network/walk.ts'
import {emptyAccount} from '../../src/plan/empty-account.ts'

export const OWNER = '111122223333'
export const REGION = 'eu-west-1'

/** `id('subnet', 1)` is `subnet-0000000000000001a`-like: valid for AWS, readable for people. */
export const id = (kind: string, n: number): string => `${kind}-${n.toString(16).padStart(17, '0')}`

export const INSTANCE = id('i', 1)
export const VPC = id('vpc', 1)
export const HUB = id('vpc', 2)
export const IGW = id('igw', 1)
export const NAT = id('nat', 1)
export const TGW = id('tgw', 1)

export const vpc = (VpcId: string, CidrBlock: string, more: Partial<Vpc> = {}): Vpc => ({
  VpcId,
  CidrBlock,
  CidrBlockAssociationSet: [{CidrBlock, CidrBlockState: {State: 'associated'}}],
  Ipv6CidrBlockAssociationSet: [],
  DhcpOptionsId: id('dopt', 1),
  OwnerId: OWNER,
  BlockPublicAccessStates: {InternetGatewayBlockMode: 'off'},
  ...more,
})

export const subnet = (n: number, CidrBlock: string, more: Partial<Subnet> = {}): Subnet => ({
  SubnetId: id('subnet', n),
  VpcId: VPC,
  CidrBlock,
  AvailabilityZone: `${REGION}a`,
  AvailabilityZoneId: 'euw1-az1',
  OwnerId: OWNER,
  Ipv6Native: false,
  EnableDns64: false,
  BlockPublicAccessStates: {InternetGatewayBlockMode: 'off'},
  ...more,
})

export const local = (DestinationCidrBlock: string): Route => ({
  DestinationCidrBlock,
  GatewayId: 'local',
  Origin: 'CreateRouteTable',
  State: 'active',
})

export const to = (DestinationCidrBlock: string, target: Partial<Route>): Route => ({
  DestinationCidrBlock,
  Origin: 'CreateRoute',
  State: 'active',
  ...target,
})

/** The same over IPv6. */
export const toIpv6 = (DestinationIpv6CidrBlock: string, target: Partial<Route>): Route => ({
  DestinationIpv6CidrBlock,
  Origin: 'CreateRoute',
  State: 'active',
  ...target,
})

/** The account with other routes in the nth route table. */
export const routes = (account: Account, n: number, change: (routes: readonly Route[]) => readonly Route[]): Account =>
  withItem(account, 'RouteTables', 'RouteTableId', id('rtb', n), (one) => ({
    ...one,
    Routes: change(itemsOf(one.Routes)),
  }))

export const table = (n: number, VpcId: string, subnets: readonly number[], Routes: readonly Route[]): RouteTable => ({
  RouteTableId: id('rtb', n),
  VpcId,
  OwnerId: OWNER,
  Routes,
  Associations: subnets.map((s) => ({Main: false, SubnetId: id('subnet', s), RouteTableId: id('rtb', n)})),
})

export const entry = (
  RuleNumber: number,
  Egress: boolean,
  RuleAction: 'allow' | 'deny',
  CidrBlock = '0.0.0.0/0',
  ports?: readonly [number, number],
): NetworkAcl['Entries'] extends infer E
  ? Exclude<E, {unreadable: string}> extends readonly (infer T)[]
    ? T
    : never
  : never => ({
  RuleNumber,
  Egress,
  RuleAction,
  Protocol: ports ? '6' : '-1',
  CidrBlock,
  ...(ports && {PortRange: {From: ports[0], To: ports[1]}}),
})

export const OPEN_ACL = [
  entry(100, false, 'allow'),
  entry(32767, false, 'deny'),
  entry(100, true, 'allow'),
  entry(32767, true, 'deny'),
] as const

export const OPEN_ACL_IPV6 = [
  ...OPEN_ACL,
  ...[true, false].map((Egress) => ({
    RuleNumber: 101,
    Egress,
    RuleAction: 'allow' as const,
    Protocol: '-1',
    Ipv6CidrBlock: '::/0',
  })),
]

export const acl = (
  n: number,
  VpcId: string,
  subnets: readonly number[],
  Entries: NetworkAcl['Entries'] = OPEN_ACL,
): NetworkAcl => ({
  NetworkAclId: id('acl', n),
  VpcId,
  IsDefault: n === 1,
  Entries,
  Associations: subnets.map((s) => ({SubnetId: id('subnet', s), NetworkAclId: id('acl', n)})),
})

type Rule = SecurityGroup['IpPermissions'][number]

export const rule = (port: number | 'all', who: {cidr?: string; group?: string; list?: string}): Rule => ({
  IpProtocol: port === 'all' ? '-1' : 'tcp',
  ...(port !== 'all' && {FromPort: port, ToPort: port}),
  IpRanges: who.cidr ? [{CidrIp: who.cidr}] : [],
  Ipv6Ranges: [],
  PrefixListIds: who.list ? [{PrefixListId: who.list}] : [],
  UserIdGroupPairs: who.group ? [{GroupId: who.group, UserId: OWNER}] : [],
})

export const ANYWHERE = rule('all', {cidr: '0.0.0.0/0'})

export const group = (n: number, ingress: readonly Rule[], egress: readonly Rule[], VpcId = VPC): SecurityGroup => ({
  GroupId: id('sg', n),
  GroupName: `group-${n}`,
  VpcId,
  OwnerId: OWNER,
  IpPermissions: ingress,
  IpPermissionsEgress: egress,
})

export const eni = (
  n: number,
  s: number,
  PrivateIpAddress: string,
  groups: readonly string[],
  VpcId = VPC,
): NetworkInterface => ({
  NetworkInterfaceId: id('eni', n),
  SubnetId: id('subnet', s),
  VpcId,
  PrivateIpAddress,
  PrivateIpAddresses: [{Primary: true, PrivateIpAddress}],
  Ipv6Addresses: [],
  Groups: groups.map((GroupId) => ({GroupId})),
  SourceDestCheck: true,
  AvailabilityZone: `${REGION}a`,
})

export const instance = (more: Partial<Instance> = {}, publicIp?: string): Instance => ({
  InstanceId: INSTANCE,
  InstanceType: 't3.micro',
  State: {Name: 'running'},
  LaunchTime: '2026-11-18T08:00:00.000Z',
  PlatformDetails: 'Linux/UNIX',
  PrivateIpAddress: '10.0.1.10',
  SubnetId: id('subnet', 1),
  VpcId: VPC,
  SecurityGroups: [{GroupId: id('sg', 1)}],
  NetworkInterfaces: [
    {
      ...eni(1, 1, '10.0.1.10', [id('sg', 1)]),
      OwnerId: OWNER,
      Attachment: {DeviceIndex: 0, NetworkCardIndex: 0},
      ...(publicIp && {Association: {PublicIp: publicIp}}),
    } as Instance['NetworkInterfaces'][number],
  ],
  IamInstanceProfile: {Arn: `arn:aws:iam::${OWNER}:instance-profile/web`, Id: 'AIPAWEB'},
  MetadataOptions: {State: 'applied', HttpTokens: 'required', HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 2},
  Tags: [{Key: 'Name', Value: 'web-1'}],
  ...more,
})

export const natGateway = (s: number, more: Partial<NatGateway> = {}): NatGateway => ({
  NatGatewayId: NAT,
  SubnetId: id('subnet', s),
  VpcId: VPC,
  State: 'available',
  ConnectivityType: 'public',
  NatGatewayAddresses: [{PrivateIp: '10.0.9.5', PublicIp: '203.0.113.5'}],
  ...more,
})

/** Endpoint `n` for a service, with one interface in each subnet, at 10.x.s.20+n. */
export const endpoint = (
  n: number,
  service: string,
  subnets: readonly number[],
  more: Partial<VpcEndpoint> = {},
): VpcEndpoint => ({
  VpcEndpointId: id('vpce', n),
  VpcEndpointType: 'Interface',
  VpcId: VPC,
  ServiceName: `com.amazonaws.${REGION}.${service}`,
  State: 'available',
  SubnetIds: subnets.map((s) => id('subnet', s)),
  RouteTableIds: [],
  Groups: [{GroupId: id('sg', 2)}],
  NetworkInterfaceIds: subnets.map((s) => id('eni', 100 * n + s)),
  PrivateDnsEnabled: true,
  IpAddressType: 'ipv4',
  DnsOptions: {DnsRecordIpType: 'ipv4'},
  DnsEntries: [
    {DnsName: `${id('vpce', n)}-abcd1234.${service}.${REGION}.vpce.amazonaws.com`},
    {DnsName: `${service}.${REGION}.amazonaws.com`},
  ],
  OwnerId: OWNER,
  ...more,
})

export const s3Gateway = (tables: readonly number[], more: Partial<VpcEndpoint> = {}): VpcEndpoint => ({
  ...endpoint(9, 's3', []),
  VpcEndpointType: 'Gateway',
  Groups: [],
  PrivateDnsEnabled: false,
  DnsEntries: [],
  RouteTableIds: tables.map((t) => id('rtb', t)),
  ...more,
})

const S3_LIST = 'pl-6da54004'
export const s3Route: Route = {
  DestinationPrefixListId: S3_LIST,
  GatewayId: id('vpce', 9),
  Origin: 'CreateRoute',
  State: 'active',
}

const DHCP: DhcpOptions = {
  DhcpOptionsId: id('dopt', 1),
  DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: 'AmazonProvidedDNS'}]}],
}

const ROLE = `arn:aws:iam::${OWNER}:role/web`
const CORE = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'

/** One rule group of DNS Firewall, associated with the VPC. */
export const firewall = (...FirewallRules: readonly object[]) =>
  [
    {Id: 'rslvr-frgassoc-1', FirewallRuleGroupId: 'rslvr-frg-1', VpcId: VPC, Priority: 101, FirewallRules},
  ] as Account['FirewallRuleGroupAssociations']

/** An instance whose identity, machine and image are right, in a VPC without routes yet. */
export const bare: Account = {
  ...emptyAccount(REGION, '2026-11-20T12:00:00.000Z'),
  Caller: {Account: OWNER},
  Instances: [instance()],
  InstanceStatuses: [{InstanceId: INSTANCE, SystemStatus: {Status: 'ok'}, InstanceStatus: {Status: 'ok'}}],
  InstanceImageMetadata: [
    {
      InstanceId: INSTANCE,
      ImageMetadata: {Name: 'al2023-ami-2023.9.20251014.0-kernel-6.1-x86_64', ImageOwnerAlias: 'amazon'},
    },
  ],
  IamInstanceProfileAssociations: [
    {
      AssociationId: id('iip-assoc', 1),
      InstanceId: INSTANCE,
      State: 'associated',
      IamInstanceProfile: {Arn: `arn:aws:iam::${OWNER}:instance-profile/web`, Id: 'AIPAWEB'},
      Timestamp: '2026-11-18T08:00:00.000Z',
    },
  ],
  ActivationList: notAsked(),
  Organization: notAsked(),
  ServiceSettings: [
    {SettingId: '/ssm/managed-instance/default-ec2-instance-management-role', SettingValue: '$None', Status: 'Default'},
  ],
  InstanceProfiles: [
    {
      Arn: `arn:aws:iam::${OWNER}:instance-profile/web`,
      InstanceProfileId: 'AIPAWEB',
      InstanceProfileName: 'web',
      Path: '/',
      CreateDate: '2026-10-01T00:00:00.000Z',
      Roles: [{RoleName: 'web', Arn: ROLE, Path: '/', RoleId: 'AROAWEB', CreateDate: '2026-10-01T00:00:00.000Z'}],
    },
  ],
  Roles: [
    {
      RoleName: 'web',
      Arn: ROLE,
      RoleId: 'AROAWEB',
      CreateDate: '2026-10-01T00:00:00.000Z',
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{Effect: 'Allow', Principal: {Service: 'ec2.amazonaws.com'}, Action: 'sts:AssumeRole'}],
      },
      RolePolicyList: [
        {
          PolicyName: 'buckets',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [{Effect: 'Allow', Action: 's3:GetObject', Resource: '*'}],
          },
        },
      ],
      AttachedManagedPolicies: [{PolicyName: 'AmazonSSMManagedInstanceCore', PolicyArn: CORE}],
    },
  ],
  Vpcs: [vpc(VPC, '10.0.0.0/16')],
  VpcAttributes: [{VpcId: VPC, EnableDnsSupport: {Value: true}, EnableDnsHostnames: {Value: true}}],
  DhcpOptions: [DHCP],
  Subnets: [subnet(1, '10.0.1.0/24')],
  RouteTables: [table(1, VPC, [1], [local('10.0.0.0/16')])],
  NetworkAcls: [acl(1, VPC, [1, 2, 9])],
  SecurityGroups: [group(1, [], [ANYWHERE]), group(2, [rule(443, {cidr: '10.0.0.0/16'})], [ANYWHERE])],
  NetworkInterfaces: [eni(1, 1, '10.0.1.10', [id('sg', 1)])],
  ManagedPrefixLists: [
    {
      PrefixListId: S3_LIST,
      PrefixListName: `com.amazonaws.${REGION}.s3`,
      Entries: [{Cidr: '52.218.0.0/17'}, {Cidr: '3.5.64.0/21'}],
    },
  ],
  VpcBlockPublicAccessOptions: [{InternetGatewayBlockMode: 'off', ManagedBy: 'account', ExclusionsAllowed: 'allowed'}],
  ServiceNames: ['ssm', 'ssmmessages', 'ec2messages', 's3'].map((name) => `com.amazonaws.${REGION}.${name}`),
  ...NO_HISTORY,
}

const NODE = {
  InstanceId: INSTANCE,
  PingStatus: 'Online',
  LastPingDateTime: '2026-11-20T11:58:00.000Z',
  AgentVersion: '3.3.3883.0',
  IsLatestVersion: true,
  PlatformType: 'Linux',
} as const

/** Registered, pinging and connected: what Fleet Manager shows for a healthy node. */
export const online = (account: Account): Account => ({
  ...account,
  InstanceInformationList: [NODE],
  ConnectionStatuses: [{Target: INSTANCE, Status: 'connected'}],
})

/** Listed as online because of a ping that is too old to contradict what has been read since. */
export const onlineEarlier = (account: Account): Account => ({
  ...online(account),
  InstanceInformationList: [{...NODE, LastPingDateTime: '2026-11-20T11:20:00.000Z'}],
})

const SERVICES = ['ssm', 'ssmmessages', 'ec2messages'] as const

/** Private subnet 1 with the three endpoints in subnet 2, and S3 through its gateway endpoint; no path to the internet. */
export const behindEndpoints: Account = {
  ...bare,
  Subnets: [subnet(1, '10.0.1.0/24'), subnet(2, '10.0.2.0/24')],
  RouteTables: [table(1, VPC, [1, 2], [local('10.0.0.0/16'), s3Route])],
  NetworkAcls: [acl(1, VPC, [1]), acl(2, VPC, [2])],
  VpcEndpoints: [...SERVICES.map((service, i) => endpoint(i + 1, service, [2])), s3Gateway([1])],
  NetworkInterfaces: [
    eni(1, 1, '10.0.1.10', [id('sg', 1)]),
    ...SERVICES.map((_, i) => eni(100 * (i + 1) + 2, 2, `10.0.2.${20 + i}`, [id('sg', 2)])),
  ],
}

const PUBLIC_TABLE = table(9, VPC, [9], [local('10.0.0.0/16'), to('0.0.0.0/0', {GatewayId: IGW})])

/** Private subnet 1 behind a NAT gateway in public subnet 9. */
export const behindNat: Account = {
  ...bare,
  Subnets: [subnet(1, '10.0.1.0/24'), subnet(9, '10.0.9.0/24')],
  RouteTables: [table(1, VPC, [1], [local('10.0.0.0/16'), to('0.0.0.0/0', {NatGatewayId: NAT})]), PUBLIC_TABLE],
  NetworkAcls: [acl(1, VPC, [1]), acl(9, VPC, [9])],
  NatGateways: [natGateway(9)],
  InternetGateways: [{InternetGatewayId: IGW, Attachments: [{VpcId: VPC, State: 'available'}]}],
}

/** Public subnet 1, the instance with a public address. */
export const inPublicSubnet: Account = {
  ...bare,
  Instances: [instance({}, '203.0.113.10')],
  RouteTables: [table(1, VPC, [1], [local('10.0.0.0/16'), to('0.0.0.0/0', {GatewayId: IGW})])],
  InternetGateways: [{InternetGatewayId: IGW, Attachments: [{VpcId: VPC, State: 'available'}]}],
}

const attachment = (n: number, VpcId: string, subnets: readonly number[]) => ({
  TransitGatewayAttachmentId: id('tgw-attach', n),
  TransitGatewayId: TGW,
  VpcId,
  VpcOwnerId: OWNER,
  State: 'available' as const,
  SubnetIds: subnets.map((s) => id('subnet', s)),
})

const tgwTable = (n: number, attached: number, DestinationCidrBlock: string, target: number, VpcId: string) => ({
  TransitGatewayRouteTableId: id('tgw-rtb', n),
  TransitGatewayId: TGW,
  Associations: [
    {
      TransitGatewayAttachmentId: id('tgw-attach', attached),
      ResourceType: 'vpc' as const,
      ResourceId: attached === 1 ? VPC : HUB,
      State: 'associated' as const,
    },
  ],
  Routes: [
    {
      DestinationCidrBlock,
      State: 'active' as const,
      Type: 'static' as const,
      TransitGatewayAttachments: [
        {TransitGatewayAttachmentId: id('tgw-attach', target), ResourceId: VpcId, ResourceType: 'vpc' as const},
      ],
    },
  ],
})

/** Spoke subnet 1, attached by subnet 3; hub 10.8.0.0/16 attached by subnet 5, with a NAT gateway in public subnet 6. */
export const behindTransitGateway: Account = {
  ...bare,
  Vpcs: [vpc(VPC, '10.0.0.0/16'), vpc(HUB, '10.8.0.0/16')],
  Subnets: [
    subnet(1, '10.0.1.0/24'),
    subnet(3, '10.0.3.0/24'),
    subnet(5, '10.8.5.0/24', {VpcId: HUB}),
    subnet(6, '10.8.6.0/24', {VpcId: HUB}),
  ],
  RouteTables: [
    table(1, VPC, [1, 3], [local('10.0.0.0/16'), to('0.0.0.0/0', {TransitGatewayId: TGW})]),
    table(
      5,
      HUB,
      [5],
      [local('10.8.0.0/16'), to('0.0.0.0/0', {NatGatewayId: NAT}), to('10.0.0.0/8', {TransitGatewayId: TGW})],
    ),
    table(
      6,
      HUB,
      [6],
      [local('10.8.0.0/16'), to('0.0.0.0/0', {GatewayId: IGW}), to('10.0.0.0/8', {TransitGatewayId: TGW})],
    ),
  ],
  NetworkAcls: [acl(1, VPC, [1]), acl(3, VPC, [3]), acl(5, HUB, [5]), acl(6, HUB, [6])],
  NatGateways: [natGateway(6, {VpcId: HUB})],
  InternetGateways: [{InternetGatewayId: IGW, Attachments: [{VpcId: HUB, State: 'available'}]}],
  TransitGateways: [
    {TransitGatewayId: TGW, State: 'available', OwnerId: OWNER, Options: {SecurityGroupReferencingSupport: 'disable'}},
  ],
  TransitGatewayVpcAttachments: [attachment(1, VPC, [3]), attachment(2, HUB, [5])],
  TransitGatewayRouteTables: [tgwTable(1, 1, '0.0.0.0/0', 2, HUB), tgwTable(2, 2, '10.0.0.0/16', 1, VPC)],
}

/** The same spoke; the hub has the endpoints in subnet 6 instead of a NAT gateway, with private hosted zones. */
export const withHubEndpoints: Account = {
  ...behindTransitGateway,
  RouteTables: [
    table(1, VPC, [1, 3], [local('10.0.0.0/16'), to('10.8.0.0/16', {TransitGatewayId: TGW})]),
    table(5, HUB, [5], [local('10.8.0.0/16'), to('10.0.0.0/16', {TransitGatewayId: TGW})]),
    table(6, HUB, [6], [local('10.8.0.0/16'), to('10.0.0.0/16', {TransitGatewayId: TGW})]),
  ],
  NatGateways: [],
  InternetGateways: [],
  SecurityGroups: [group(1, [], [ANYWHERE]), group(2, [rule(443, {cidr: '10.0.0.0/8'})], [ANYWHERE], HUB)],
  TransitGatewayRouteTables: [tgwTable(1, 1, '10.8.0.0/16', 2, HUB), tgwTable(2, 2, '10.0.0.0/16', 1, VPC)],
  VpcEndpoints: SERVICES.map((service, i) => endpoint(i + 1, service, [6], {VpcId: HUB, PrivateDnsEnabled: false})),
  NetworkInterfaces: [
    eni(1, 1, '10.0.1.10', [id('sg', 1)]),
    ...SERVICES.map((_, i) => eni(100 * (i + 1) + 6, 6, `10.8.6.${20 + i}`, [id('sg', 2)], HUB)),
  ],
  HostedZones: SERVICES.map((service, i) => ({
    Id: `/hostedzone/Z${i}`,
    Name: `${service}.${REGION}.amazonaws.com.`,
    VPCs: [
      {VPCId: VPC, VPCRegion: REGION},
      {VPCId: HUB, VPCRegion: REGION},
    ],
    ResourceRecordSets: [
      {
        Name: `${service}.${REGION}.amazonaws.com.`,
        Type: 'A',
        AliasTarget: {DNSName: `${id('vpce', i + 1)}-abcd1234.${service}.${REGION}.vpce.amazonaws.com.`},
      },
    ],
  })),
}

/** The path of the instance to a service. */
export const pathOf = (account: Account, service = 'ssm'): Path =>
  walk(account, find(account.Instances, 'InstanceId', INSTANCE)!).find((path) => path.service === service)!
