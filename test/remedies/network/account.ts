import type {
  Account,
  Instance,
  NetworkAcl,
  RouteTable,
  SecurityGroup,
  Subnet,
  VpcEndpoint,
} from '../../../src/model/account.ts'
import {healthyAccount} from '../../agent/fixtures.ts'

export const id = (prefix: string, n: number | string): string => `${prefix}-0a1b2c3d4e5f${String(n).padStart(5, '0')}`

export const VPC = id('vpc', 1)
export const HUB = id('vpc', 2)
export const PRIVATE_A = id('subnet', 21)
export const PRIVATE_B = id('subnet', 22)
export const PUBLIC_A = id('subnet', 23)
export const HUB_SUBNET = id('subnet', 28)
export const HUB_PUBLIC = id('subnet', 29)
export const PRIVATE_TABLE = id('rtb', 31)
export const PUBLIC_TABLE = id('rtb', 32)
export const HUB_TABLE = id('rtb', 36)
export const HUB_PUBLIC_TABLE = id('rtb', 37)
export const ACL = id('acl', 41)
export const PUBLIC_ACL = id('acl', 42)
export const IGW = id('igw', 51)
export const HUB_IGW = id('igw', 58)
export const NAT = id('nat', 52)
const HUB_NAT = id('nat', 59)
export const GROUP = id('sg', 12)
export const ENDPOINT_GROUP = id('sg', 13)
export const TGW = id('tgw', 71)
export const PL_S3 = 'pl-63a5400a'

export const subnet = (SubnetId: string, CidrBlock: string, zone = 'a', VpcId = VPC): Subnet => ({
  SubnetId,
  VpcId,
  CidrBlock,
  AvailabilityZone: `us-east-1${zone}`,
  AvailabilityZoneId: `use1-az${zone === 'a' ? 1 : 2}`,
  OwnerId: '111122223333',
  Ipv6CidrBlockAssociationSet: [],
  BlockPublicAccessStates: {InternetGatewayBlockMode: 'off'},
})

type Route = Extract<RouteTable['Routes'], readonly unknown[]>[number]

export const to = (
  DestinationCidrBlock: string,
  target: Partial<Route>,
  State: 'active' | 'blackhole' = 'active',
): Route => ({
  DestinationCidrBlock,
  ...target,
  Origin: 'CreateRoute',
  State,
})

export const table = (
  RouteTableId: string,
  subnetIds: readonly string[],
  routes: readonly Route[],
  VpcId = VPC,
): RouteTable => ({
  RouteTableId,
  VpcId,
  Associations: subnetIds.map((SubnetId) => ({SubnetId, RouteTableId, Main: false})),
  Routes: [
    {
      DestinationCidrBlock: VpcId === VPC ? '10.0.0.0/16' : '10.8.0.0/16',
      GatewayId: 'local',
      Origin: 'CreateRouteTable',
      State: 'active',
    },
    ...routes,
  ],
})

type Entry = Extract<NetworkAcl['Entries'], readonly unknown[]>[number]

export const rule = (
  Egress: boolean,
  RuleNumber: number,
  RuleAction: 'allow' | 'deny',
  ports?: [number, number],
): Entry => ({
  Egress,
  RuleNumber,
  RuleAction,
  Protocol: ports ? '6' : '-1',
  CidrBlock: '0.0.0.0/0',
  ...(ports && {PortRange: {From: ports[0], To: ports[1]}}),
})

export const acl = (
  NetworkAclId: string,
  subnetIds: readonly string[],
  entries: readonly Entry[],
  VpcId = VPC,
): NetworkAcl => ({
  NetworkAclId,
  VpcId,
  Associations: subnetIds.map((SubnetId) => ({SubnetId, NetworkAclId})),
  Entries: [...entries, rule(false, 32767, 'deny'), rule(true, 32767, 'deny')],
})

export const OPEN = [rule(false, 100, 'allow'), rule(true, 100, 'allow')]

export const group = (GroupId: string, change: Partial<SecurityGroup> = {}): SecurityGroup => ({
  GroupId,
  GroupName: GroupId,
  VpcId: VPC,
  IpPermissions: [],
  IpPermissionsEgress: [{IpProtocol: '-1', IpRanges: [{CidrIp: '0.0.0.0/0'}]}],
  ...change,
})

export const HTTPS_FROM_VPC = [{IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{CidrIp: '10.0.0.0/16'}]}]

export const eni = {
  NetworkInterfaceId: id('eni', 11),
  SubnetId: PRIVATE_A,
  VpcId: VPC,
  PrivateIpAddress: '10.0.1.10',
  PrivateIpAddresses: [{Primary: true, PrivateIpAddress: '10.0.1.10'}],
  Ipv6Addresses: [],
  Groups: [{GroupId: GROUP}],
}

export const WEB = id('i', 10)

export const web: Instance = {
  InstanceId: WEB,
  InstanceType: 't3.micro',
  State: {Code: 16, Name: 'running'},
  PlatformDetails: 'Linux/UNIX',
  PrivateIpAddress: '10.0.1.10',
  SubnetId: PRIVATE_A,
  VpcId: VPC,
  SecurityGroups: [{GroupId: GROUP}],
  NetworkInterfaces: [{...eni, Attachment: {DeviceIndex: 0, NetworkCardIndex: 0}}],
  Tags: [],
}

export const vpc = (VpcId: string, CidrBlock: string) => ({
  VpcId,
  CidrBlock,
  CidrBlockAssociationSet: [{CidrBlock}],
  DhcpOptionsId: id('dopt', 61),
  OwnerId: '111122223333',
})

/** A VPC with a private and a public subnet and no egress from the private one. */
export const withoutEgress: Account = {
  ...healthyAccount,
  Caller: {Account: '111122223333'},
  Instances: [web],
  InstanceInformationList: [],
  ServiceNames: ['ssm', 'ssmmessages', 'ec2messages', 's3'].map((name) => `com.amazonaws.us-east-1.${name}`),
  Vpcs: [vpc(VPC, '10.0.0.0/16')],
  VpcAttributes: [{VpcId: VPC, EnableDnsSupport: {Value: true}, EnableDnsHostnames: {Value: true}}],
  DhcpOptions: [
    {
      DhcpOptionsId: id('dopt', 61),
      DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: 'AmazonProvidedDNS'}]}],
    },
  ],
  Subnets: [subnet(PRIVATE_A, '10.0.1.0/24'), subnet(PRIVATE_B, '10.0.2.0/24', 'b'), subnet(PUBLIC_A, '10.0.100.0/24')],
  RouteTables: [
    table(PRIVATE_TABLE, [PRIVATE_A, PRIVATE_B], []),
    table(PUBLIC_TABLE, [PUBLIC_A], [to('0.0.0.0/0', {GatewayId: IGW})]),
  ],
  NetworkAcls: [acl(ACL, [PRIVATE_A, PRIVATE_B], OPEN), acl(PUBLIC_ACL, [PUBLIC_A], OPEN)],
  SecurityGroups: [group(GROUP), group(ENDPOINT_GROUP, {IpPermissions: HTTPS_FROM_VPC})],
  NetworkInterfaces: [eni],
  InternetGateways: [{InternetGatewayId: IGW, Attachments: [{VpcId: VPC, State: 'attached'}]}],
  NatGateways: [],
  VpcEndpoints: [],
  VpcPeeringConnections: [],
  ManagedPrefixLists: [
    {
      PrefixListId: PL_S3,
      PrefixListName: 'com.amazonaws.us-east-1.s3',
      Entries: [{Cidr: '52.216.0.0/15'}, {Cidr: '54.231.0.0/16'}],
    },
  ],
  VpcBlockPublicAccessOptions: [{InternetGatewayBlockMode: 'off', ManagedBy: 'account', ExclusionsAllowed: 'allowed'}],
  TransitGateways: [],
  TransitGatewayVpcAttachments: [],
  TransitGatewayRouteTables: [],
  HostedZones: [],
  ProfileAssociations: [],
  ProfileResourceAssociations: [],
  ResolverRules: [],
  FirewallRuleGroupAssociations: [],
}

export const natGateway = (NatGatewayId: string, SubnetId: string, VpcId = VPC) => ({
  NatGatewayId,
  SubnetId,
  VpcId,
  State: 'available' as const,
  ConnectivityType: 'public' as const,
  NatGatewayAddresses: [{PublicIp: '203.0.113.5'}],
})

/** Behind a NAT gateway. */
export const behindNat: Account = {
  ...withoutEgress,
  RouteTables: [
    table(PRIVATE_TABLE, [PRIVATE_A, PRIVATE_B], [to('0.0.0.0/0', {NatGatewayId: NAT})]),
    table(PUBLIC_TABLE, [PUBLIC_A], [to('0.0.0.0/0', {GatewayId: IGW})]),
  ],
  NatGateways: [natGateway(NAT, PUBLIC_A)],
}

const SERVICES = ['ssm', 'ssmmessages', 'ec2messages']
const endpointId = (service: string): string => id('vpce', SERVICES.indexOf(service) + 100)
const endpointEni = (service: string) => id('eni', SERVICES.indexOf(service) + 200)

const endpoint = (service: string, change: Partial<VpcEndpoint> = {}): VpcEndpoint => ({
  VpcEndpointId: endpointId(service),
  VpcEndpointType: 'Interface',
  VpcId: VPC,
  ServiceName: `com.amazonaws.us-east-1.${service}`,
  State: 'available',
  SubnetIds: [PRIVATE_B],
  RouteTableIds: [],
  Groups: [{GroupId: ENDPOINT_GROUP}],
  IpAddressType: 'ipv4',
  DnsOptions: {DnsRecordIpType: 'ipv4'},
  PrivateDnsEnabled: true,
  NetworkInterfaceIds: [endpointEni(service)],
  DnsEntries: [
    {DnsName: `${endpointId(service)}-abcd1234.${service}.us-east-1.vpce.amazonaws.com`, HostedZoneId: 'Z7HUB22UULQXV'},
    {DnsName: `${service}.us-east-1.amazonaws.com`, HostedZoneId: 'ZONEIDPENDING'},
  ],
  ...change,
})

const interfaceOf = (service: string, SubnetId = PRIVATE_B, net = '10.0.2', VpcId = VPC) => ({
  NetworkInterfaceId: endpointEni(service),
  SubnetId,
  VpcId,
  AvailabilityZone: SubnetId === PRIVATE_B ? 'us-east-1b' : 'us-east-1a',
  PrivateIpAddress: `${net}.${20 + SERVICES.indexOf(service)}`,
  PrivateIpAddresses: [{Primary: true, PrivateIpAddress: `${net}.${20 + SERVICES.indexOf(service)}`}],
  Groups: [{GroupId: ENDPOINT_GROUP}],
})

export const S3_GATEWAY = id('vpce', 104)
export const s3Gateway: VpcEndpoint = {
  VpcEndpointId: S3_GATEWAY,
  VpcEndpointType: 'Gateway',
  VpcId: VPC,
  ServiceName: 'com.amazonaws.us-east-1.s3',
  State: 'available',
  SubnetIds: [],
  RouteTableIds: [PRIVATE_TABLE],
  Groups: [],
  NetworkInterfaceIds: [],
  DnsEntries: [],
}

/** Behind three interface endpoints and the S3 gateway endpoint, without a path to the internet. */
export const behindEndpoints: Account = {
  ...withoutEgress,
  RouteTables: [
    table(
      PRIVATE_TABLE,
      [PRIVATE_A, PRIVATE_B],
      [{DestinationPrefixListId: PL_S3, GatewayId: S3_GATEWAY, Origin: 'CreateRoute', State: 'active'}],
    ),
    table(PUBLIC_TABLE, [PUBLIC_A], [to('0.0.0.0/0', {GatewayId: IGW})]),
  ],
  NetworkInterfaces: [eni, ...SERVICES.map((service) => interfaceOf(service))],
  VpcEndpoints: [...SERVICES.map((service) => endpoint(service)), s3Gateway],
}

const attachment = (n: number, VpcId: string, SubnetIds: readonly string[]) => ({
  TransitGatewayAttachmentId: id('tgw-attach', n),
  TransitGatewayId: TGW,
  VpcId,
  VpcOwnerId: '111122223333',
  State: 'available' as const,
  SubnetIds,
  Options: {SecurityGroupReferencingSupport: 'disable' as const},
})

export const SPOKE_ROUTES = id('tgw-rtb', 1)
export const HUB_ROUTES = id('tgw-rtb', 2)

const tgwRoute = (DestinationCidrBlock: string, n: number, VpcId: string) => ({
  DestinationCidrBlock,
  Type: 'static' as const,
  State: 'active' as const,
  TransitGatewayAttachments: [
    {TransitGatewayAttachmentId: id('tgw-attach', n), ResourceId: VpcId, ResourceType: 'vpc' as const},
  ],
})

const associated = (n: number, VpcId: string) => [
  {
    TransitGatewayAttachmentId: id('tgw-attach', n),
    ResourceId: VpcId,
    ResourceType: 'vpc' as const,
    State: 'associated' as const,
  },
]

/** Egress through a transit gateway and the NAT gateway of a hub. */
export const behindHub: Account = {
  ...withoutEgress,
  Vpcs: [vpc(VPC, '10.0.0.0/16'), vpc(HUB, '10.8.0.0/16')],
  Subnets: [
    subnet(PRIVATE_A, '10.0.1.0/24'),
    subnet(PRIVATE_B, '10.0.2.0/24', 'b'),
    subnet(HUB_SUBNET, '10.8.1.0/24', 'a', HUB),
    subnet(HUB_PUBLIC, '10.8.100.0/24', 'a', HUB),
  ],
  RouteTables: [
    table(PRIVATE_TABLE, [PRIVATE_A, PRIVATE_B], [to('0.0.0.0/0', {TransitGatewayId: TGW})]),
    table(
      HUB_TABLE,
      [HUB_SUBNET],
      [to('0.0.0.0/0', {NatGatewayId: HUB_NAT}), to('10.0.0.0/16', {TransitGatewayId: TGW})],
      HUB,
    ),
    table(
      HUB_PUBLIC_TABLE,
      [HUB_PUBLIC],
      [to('0.0.0.0/0', {GatewayId: HUB_IGW}), to('10.0.0.0/16', {TransitGatewayId: TGW})],
      HUB,
    ),
  ],
  NetworkAcls: [acl(ACL, [PRIVATE_A, PRIVATE_B], OPEN), acl(PUBLIC_ACL, [HUB_SUBNET, HUB_PUBLIC], OPEN, HUB)],
  InternetGateways: [{InternetGatewayId: HUB_IGW, Attachments: [{VpcId: HUB, State: 'attached'}]}],
  NatGateways: [natGateway(HUB_NAT, HUB_PUBLIC, HUB)],
  TransitGateways: [
    {TransitGatewayId: TGW, OwnerId: '111122223333', Options: {SecurityGroupReferencingSupport: 'disable'}},
  ],
  TransitGatewayVpcAttachments: [attachment(1, VPC, [PRIVATE_A, PRIVATE_B]), attachment(2, HUB, [HUB_SUBNET])],
  TransitGatewayRouteTables: [
    {
      TransitGatewayRouteTableId: SPOKE_ROUTES,
      TransitGatewayId: TGW,
      Associations: associated(1, VPC),
      Routes: [tgwRoute('0.0.0.0/0', 2, HUB)],
    },
    {
      TransitGatewayRouteTableId: HUB_ROUTES,
      TransitGatewayId: TGW,
      Associations: associated(2, HUB),
      Routes: [tgwRoute('10.0.0.0/16', 1, VPC)],
    },
  ],
}

const zone = (service: string, VPCId: string) => ({
  Id: `ZHUB${service.toUpperCase()}`,
  Name: `${service}.us-east-1.amazonaws.com.`,
  VPCs: [
    {VPCId: HUB, VPCRegion: 'us-east-1'},
    {VPCId, VPCRegion: 'us-east-1'},
  ],
  ResourceRecordSets: [
    {
      Name: `${service}.us-east-1.amazonaws.com.`,
      Type: 'A',
      AliasTarget: {
        DNSName: `${endpointId(service)}-abcd1234.${service}.us-east-1.vpce.amazonaws.com.`,
        HostedZoneId: 'Z7HUB22UULQXV',
      },
    },
  ],
})

/** The hub's endpoints, named in private zones and reached over the transit gateway. */
export const behindHubEndpoints: Account = {
  ...behindHub,
  RouteTables: [
    table(
      PRIVATE_TABLE,
      [PRIVATE_A, PRIVATE_B],
      [
        to('10.8.0.0/16', {TransitGatewayId: TGW}),
        {DestinationPrefixListId: PL_S3, GatewayId: S3_GATEWAY, State: 'active'},
      ],
    ),
    table(HUB_TABLE, [HUB_SUBNET], [to('10.0.0.0/16', {TransitGatewayId: TGW})], HUB),
  ],
  SecurityGroups: [group(GROUP), group(ENDPOINT_GROUP, {VpcId: HUB, IpPermissions: HTTPS_FROM_VPC})],
  NetworkInterfaces: [eni, ...SERVICES.map((service) => interfaceOf(service, HUB_SUBNET, '10.8.1', HUB))],
  VpcEndpoints: [
    ...SERVICES.map((service) => endpoint(service, {VpcId: HUB, SubnetIds: [HUB_SUBNET], PrivateDnsEnabled: false})),
    s3Gateway,
  ],
  TransitGatewayRouteTables: [
    {
      TransitGatewayRouteTableId: SPOKE_ROUTES,
      TransitGatewayId: TGW,
      Associations: associated(1, VPC),
      Routes: [tgwRoute('10.8.0.0/16', 2, HUB)],
    },
    {
      TransitGatewayRouteTableId: HUB_ROUTES,
      TransitGatewayId: TGW,
      Associations: associated(2, HUB),
      Routes: [tgwRoute('10.0.0.0/16', 1, VPC)],
    },
  ],
  HostedZones: SERVICES.map((service) => zone(service, VPC)),
}
