import type {Account, Instance, NetworkInterface, Role, Subnet} from '../src/model/account.ts'

/** How many of a hundred instances are broken, in ten ways of the same size. */
const BROKEN = 0.03
const PER_VPC = 400
const READ_AT = '2026-11-20T12:00:00.000Z'

/** What is written of one account and Region: many VPCs, groups and roles, and instances that are nearly all well. */
export interface FleetOptions {
  readonly account?: string
  readonly region?: string
  readonly instances: number
  /** Makes the ids of several accounts differ. */
  readonly seed?: number
}

type Way = 'endpoints' | 'nat' | 'public'
const WAYS: readonly Way[] = ['endpoints', 'nat', 'endpoints', 'nat', 'endpoints', 'nat', 'public', 'nat']

/** The ten ways, by the name that stands in the instance's tag `Fault`. */
export const FAULTS = [
  'no-profile',
  'role-without-policy',
  'metadata-off',
  'group-without-egress',
  'acl-without-replies',
  'nat-deleted',
  'endpoint-group-shut',
  'private-dns-off',
  'no-public-address',
  'agent-stopped',
] as const
export type FaultName = (typeof FAULTS)[number]

/** Faults of a network get a VPC of their own, so that no others are affected. */
const NETWORK_FAULTS: Readonly<Partial<Record<FaultName, Way>>> = {
  'group-without-egress': 'endpoints',
  'acl-without-replies': 'nat',
  'nat-deleted': 'nat',
  'endpoint-group-shut': 'endpoints',
  'private-dns-off': 'endpoints',
  'no-public-address': 'public',
}

const OWNERS = ['payments', 'search', 'web', 'data', 'platform', 'mobile']
const TYPES = ['t3.micro', 't3.large', 'm5.large', 'm6i.xlarge', 'c6g.large', 'r6i.2xlarge']
const AGENTS = ['3.3.2746.0', '3.3.2299.0', '3.3.1611.0']
const SSM = ['ssm', 'ssmmessages', 'ec2messages']

export interface Draft {
  readonly region: string
  readonly owner: string
  readonly id: (prefix: string, digits?: number) => string
  readonly lists: AccountLists
}
export type AccountLists = Record<string, unknown[]>

export interface Seat {
  readonly vpcId: string
  readonly subnets: readonly Subnet[]
  readonly groups: readonly string[]
  readonly way: Way
  readonly publicAddresses: boolean
}

const tag = (Key: string, Value: string) => ({Key, Value})
const open = (Egress: boolean) => ({
  CidrBlock: '0.0.0.0/0',
  Egress,
  Protocol: '-1',
  RuleAction: 'allow',
  RuleNumber: 100,
})
const shut = (Egress: boolean) => ({...open(Egress), RuleAction: 'deny', RuleNumber: 32767})

/** Counts instead of chance: the same options give the same account, to the last digit. */
export function draftOf({
  account = '111122223333',
  region = 'eu-west-1',
  seed = 0,
}: Omit<FleetOptions, 'instances'>): Draft {
  let count = seed * 100_000_000
  const hex = (digits: number) => (++count).toString(16).padStart(digits, '0')
  return {region, owner: account, id: (prefix, digits = 17) => `${prefix}-${hex(digits)}`, lists: {}}
}

export function put({lists}: Draft, kind: string, ...items: readonly unknown[]): void {
  lists[kind] ??= []
  lists[kind].push(...items)
}

/** The first two numbers of the addresses of a VPC. */
export const netOf = (at: number): string => `${10 + Math.floor(at / 250)}.${at % 250}`

/** `third` is how many third numbers of an address a subnet has: 16 make a /20 of it. */
export function aVpc(draft: Draft, at: number, way: Way, fault?: FaultName, third = 16): Seat {
  const {id, owner: OwnerId, region} = draft
  const VpcId = id('vpc')
  const net = netOf(at)
  put(draft, 'Vpcs', {
    VpcId,
    CidrBlock: `${net}.0.0/16`,
    DhcpOptionsId: 'dopt-0aaaaaaaaaaaaaa01',
    State: 'available',
    OwnerId,
    IsDefault: false,
    InstanceTenancy: 'default',
    CidrBlockAssociationSet: [{CidrBlock: `${net}.0.0/16`, CidrBlockState: {State: 'associated'}}],
    BlockPublicAccessStates: {InternetGatewayBlockMode: 'off'},
    Tags: [tag('Name', `vpc-${at}`)],
  })
  put(draft, 'VpcAttributes', {VpcId, EnableDnsSupport: {Value: true}, EnableDnsHostnames: {Value: true}})
  const subnet = (n: number): Subnet => ({
    SubnetId: id('subnet'),
    VpcId,
    CidrBlock: `${net}.${n * third}.0/${24 - Math.log2(third)}`,
    AvailabilityZone: `${region}${'abc'[n % 3]}`,
    AvailabilityZoneId: `euw1-az${(n % 3) + 1}`,
    State: 'available',
    OwnerId,
    MapPublicIpOnLaunch: way === 'public',
  })
  const subnets = [0, 1, 2].map(subnet)
  const outer = subnet(3)
  put(draft, 'Subnets', ...subnets, outer)
  put(draft, 'NetworkAcls', {
    NetworkAclId: id('acl'),
    VpcId,
    IsDefault: true,
    OwnerId,
    Associations: [...subnets, outer].map(({SubnetId}) => ({NetworkAclAssociationId: id('aclassoc'), SubnetId})),
    Entries:
      fault === 'acl-without-replies'
        ? [open(true), shut(true), {...open(false), Protocol: '6', PortRange: {From: 443, To: 443}}, shut(false)]
        : [open(true), shut(true), open(false), shut(false)],
  })
  routes(draft, {VpcId, net, subnets, outer, way, fault})
  const groups = Array.from({length: 8}, (_, n) => aGroup(draft, VpcId, n, fault))
  if (way === 'endpoints') endpoints(draft, {VpcId, net, subnets, fault})
  return {vpcId: VpcId, subnets, groups, way, publicAddresses: way === 'public' && fault !== 'no-public-address'}
}

interface Site {
  readonly VpcId: string
  readonly net: string
  readonly subnets: readonly Subnet[]
  readonly fault: FaultName | undefined
}

function routes(draft: Draft, {VpcId, net, subnets, outer, way, fault}: Site & {outer: Subnet; way: Way}): void {
  const {id, owner: OwnerId} = draft
  const local = {DestinationCidrBlock: `${net}.0.0/16`, GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active'}
  const table = (Routes: readonly unknown[], inside: readonly Subnet[]) =>
    put(draft, 'RouteTables', {
      RouteTableId: id('rtb'),
      VpcId,
      OwnerId,
      Routes: [local, ...Routes],
      Associations: inside.map(({SubnetId}) => ({RouteTableAssociationId: id('rtbassoc'), Main: false, SubnetId})),
      PropagatingVgws: [],
      Tags: [],
    })
  if (way === 'endpoints') {
    table([], [...subnets, outer])
    return
  }
  const gateway = id('igw')
  put(draft, 'InternetGateways', {InternetGatewayId: gateway, Attachments: [{VpcId, State: 'available'}], OwnerId})
  const toInternet = {
    DestinationCidrBlock: '0.0.0.0/0',
    GatewayId: gateway,
    Origin: 'CreateRoute',
    State: 'active',
  }
  if (way === 'public') {
    table([toInternet], [...subnets, outer])
    return
  }
  table([toInternet], [outer])
  const NatGatewayId = id('nat')
  const gone = fault === 'nat-deleted'
  if (!gone)
    put(draft, 'NatGateways', {
      NatGatewayId,
      VpcId,
      SubnetId: outer.SubnetId,
      State: 'available',
      ConnectivityType: 'public',
      NatGatewayAddresses: [{AllocationId: id('eipalloc'), PublicIp: '198.51.100.7', PrivateIp: `${net}.48.9`}],
    })
  table(
    [{DestinationCidrBlock: '0.0.0.0/0', NatGatewayId, Origin: 'CreateRoute', State: gone ? 'blackhole' : 'active'}],
    subnets,
  )
}

function aGroup(draft: Draft, VpcId: string, n: number, fault?: FaultName): string {
  const GroupId = draft.id('sg')
  const all = {
    IpProtocol: '-1',
    IpRanges: [{CidrIp: '0.0.0.0/0'}],
    Ipv6Ranges: [],
    PrefixListIds: [],
    UserIdGroupPairs: [],
  }
  const https = {...all, IpProtocol: 'tcp', FromPort: 443, ToPort: 443}
  const postgres = {...all, IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432}
  put(draft, 'SecurityGroups', {
    GroupId,
    GroupName: `app-${n}`,
    Description: 'what an application lets in and out',
    OwnerId: draft.owner,
    VpcId,
    IpPermissions: [
      {...postgres, IpRanges: [{CidrIp: `10.${n}.0.0/16`}]},
      {...https, IpRanges: [{CidrIp: '10.0.0.0/8'}]},
    ],
    IpPermissionsEgress: fault === 'group-without-egress' ? [postgres] : n % 2 === 0 ? [all] : [https, postgres],
    Tags: [tag('Team', OWNERS[n % OWNERS.length]!)],
  })
  return GroupId
}

function endpoints(draft: Draft, {VpcId, net, subnets, fault}: Site): void {
  const {id, owner: OwnerId, region} = draft
  const GroupId = id('sg')
  const from = fault === 'endpoint-group-shut' ? '192.168.0.0/16' : `${net}.0.0/16`
  const https = {IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{CidrIp: from}]}
  put(draft, 'SecurityGroups', {
    GroupId,
    GroupName: 'endpoints',
    OwnerId,
    VpcId,
    IpPermissions: [https],
    IpPermissionsEgress: [],
  })
  for (const [s, service] of SSM.entries()) {
    const PrivateIpAddress = (n: number) => `${net}.${n * 16}.${s + 5}`
    const interfaces = subnets.map(({SubnetId, AvailabilityZone}, n) => ({
      NetworkInterfaceId: id('eni'),
      SubnetId,
      VpcId,
      OwnerId,
      AvailabilityZone,
      InterfaceType: 'vpc_endpoint',
      Status: 'in-use',
      PrivateIpAddress: PrivateIpAddress(n),
      PrivateIpAddresses: [{Primary: true, PrivateIpAddress: PrivateIpAddress(n)}],
      Groups: [{GroupId, GroupName: 'endpoints'}],
    }))
    put(draft, 'NetworkInterfaces', ...interfaces)
    const isPrivate = fault !== 'private-dns-off'
    put(draft, 'VpcEndpoints', {
      VpcEndpointId: id('vpce'),
      VpcEndpointType: 'Interface',
      VpcId,
      ServiceName: `com.amazonaws.${region}.${service}`,
      State: 'available',
      PolicyDocument: '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}',
      RouteTableIds: [],
      SubnetIds: subnets.map(({SubnetId}) => SubnetId),
      Groups: [{GroupId, GroupName: 'endpoints'}],
      PrivateDnsEnabled: isPrivate,
      NetworkInterfaceIds: interfaces.map(({NetworkInterfaceId}) => NetworkInterfaceId),
      DnsEntries: isPrivate ? [{DnsName: `${service}.${region}.amazonaws.com`, HostedZoneId: 'ZONEHIDDENBYAWS'}] : [],
      OwnerId,
    })
  }
  const tables = draft.lists.RouteTables as {VpcId: string; RouteTableId: string; Routes: unknown[]}[]
  const table = tables.find((one) => one.VpcId === VpcId)!
  const gateway = id('vpce')
  table.Routes.push({DestinationPrefixListId: 'pl-6da54004', GatewayId: gateway, State: 'active'})
  put(draft, 'VpcEndpoints', {
    VpcEndpointId: gateway,
    VpcEndpointType: 'Gateway',
    VpcId,
    ServiceName: `com.amazonaws.${region}.s3`,
    State: 'available',
    RouteTableIds: [table.RouteTableId],
    SubnetIds: [],
    Groups: [],
    NetworkInterfaceIds: [],
    DnsEntries: [],
    OwnerId,
  })
}

const statement = (Action: string | readonly string[], rest: object) => ({
  Version: '2012-10-17',
  Statement: [{Effect: 'Allow', Action, ...rest}],
})

/** A role for about every hundred instances, each with a policy of its own beside AWS's. */
export function aRole(draft: Draft, n: number, managed: boolean): Role {
  const {owner} = draft
  const RoleName = `app-${n}${managed ? '' : '-legacy'}`
  const Arn = `arn:aws:iam::${owner}:role/${RoleName}`
  const own = `arn:aws:iam::${owner}:policy/${RoleName}`
  const CreateDate = '2025-01-10T08:00:00.000Z'
  put(draft, 'Policies', {
    PolicyName: RoleName,
    Arn: own,
    Path: '/',
    DefaultVersionId: 'v1',
    UpdateDate: CreateDate,
    PolicyVersionList: [
      {
        VersionId: 'v1',
        IsDefaultVersion: true,
        CreateDate,
        Document: statement(['s3:GetObject', 's3:PutObject', 'sqs:*', 'dynamodb:Query'], {
          Resource: [`arn:aws:s3:::app-${n}/*`, `arn:aws:sqs:*:${owner}:app-${n}`],
        }),
      },
    ],
  })
  const role = {
    Path: '/',
    RoleName,
    RoleId: `AROAEXAMPLE${n}${managed ? '' : 'L'}`,
    Arn,
    CreateDate,
    AssumeRolePolicyDocument: statement('sts:AssumeRole', {Principal: {Service: 'ec2.amazonaws.com'}}),
    RolePolicyList: [{PolicyName: 'kms', PolicyDocument: statement('kms:Decrypt', {Resource: '*'})}],
    AttachedManagedPolicies: [
      {PolicyName: RoleName, PolicyArn: own},
      ...(managed
        ? [
            {
              PolicyName: 'AmazonSSMManagedInstanceCore',
              PolicyArn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
            },
          ]
        : []),
    ],
  }
  put(draft, 'Roles', role)
  put(draft, 'InstanceProfiles', {
    Path: '/',
    InstanceProfileName: RoleName,
    InstanceProfileId: `AIPAEXAMPLE${n}${managed ? '' : 'L'}`,
    Arn: `arn:aws:iam::${owner}:instance-profile/${RoleName}`,
    CreateDate,
    Roles: [{Path: '/', RoleName, RoleId: role.RoleId, Arn, CreateDate}],
  })
  return role as Role
}

export function anInstance(draft: Draft, seat: Seat, role: Role, n: number, fault: FaultName | undefined): void {
  const {id, owner: OwnerId, region} = draft
  const InstanceId = id('i')
  const subnet = seat.subnets[n % 3]!
  const place = Math.floor(n / 3) + 20
  const [first, second, third] = subnet.CidrBlock!.split('.')
  const PrivateIpAddress = `${first}.${second}.${Number(third) + Math.floor(place / 250)}.${(place % 250) + 1}`
  const group = {GroupId: seat.groups[n % seat.groups.length]!, GroupName: `app-${n % seat.groups.length}`}
  const eni = id('eni')
  const launched = `2026-0${(n % 9) + 1}-11T07:00:00.000Z`
  const association = {PublicIp: `198.51.${n % 250}.${(n >> 8) % 250}`, IpOwnerId: 'amazon', PublicDnsName: ''}
  const networkInterface = {
    NetworkInterfaceId: eni,
    SubnetId: subnet.SubnetId,
    VpcId: seat.vpcId,
    OwnerId,
    Description: '',
    MacAddress: '06:00:00:00:00:01',
    PrivateDnsName: `ip-${PrivateIpAddress.replaceAll('.', '-')}.${region}.compute.internal`,
    PrivateIpAddress,
    PrivateIpAddresses: [{Primary: true, PrivateIpAddress}],
    Ipv6Addresses: [],
    Groups: [group],
    SourceDestCheck: true,
    Status: 'in-use',
    InterfaceType: 'interface',
    ...(seat.publicAddresses && {Association: association}),
  }
  const instanceProfile = `arn:aws:iam::${OwnerId}:instance-profile/${role.RoleName}`
  const profile = {Arn: instanceProfile, Id: role.RoleId!.replace('AROA', 'AIPA')}
  const attachment = {AttachmentId: id('eni-attach'), DeviceIndex: 0, NetworkCardIndex: 0, Status: 'attached'}
  put(draft, 'Instances', {
    InstanceId,
    ImageId: 'ami-0aaaaaaaaaaaaaa01',
    InstanceType: TYPES[n % TYPES.length]!,
    State: {Code: 16, Name: 'running'},
    LaunchTime: launched,
    Architecture: 'x86_64',
    BlockDeviceMappings: [
      {
        DeviceName: '/dev/xvda',
        Ebs: {AttachTime: launched, DeleteOnTermination: true, Status: 'attached', VolumeId: id('vol')},
      },
    ],
    ClientToken: `token-${InstanceId}`,
    CpuOptions: {CoreCount: 1, ThreadsPerCore: 2},
    EbsOptimized: true,
    EnaSupport: true,
    Hypervisor: 'xen',
    Monitoring: {State: 'disabled'},
    Placement: {AvailabilityZone: subnet.AvailabilityZone, GroupName: '', Tenancy: 'default'},
    PlatformDetails: 'Linux/UNIX',
    PrivateDnsName: networkInterface.PrivateDnsName,
    PrivateIpAddress,
    RootDeviceName: '/dev/xvda',
    RootDeviceType: 'ebs',
    SubnetId: subnet.SubnetId,
    VpcId: seat.vpcId,
    VirtualizationType: 'hvm',
    SourceDestCheck: true,
    SecurityGroups: [group],
    NetworkInterfaces: [{...networkInterface, Attachment: attachment}],
    ...(fault !== 'no-profile' && {IamInstanceProfile: profile}),
    MetadataOptions: {
      State: 'applied',
      HttpTokens: 'required',
      HttpPutResponseHopLimit: 2,
      HttpEndpoint: fault === 'metadata-off' ? 'disabled' : 'enabled',
      InstanceMetadataTags: 'disabled',
    },
    Tags: [
      tag('Name', `app-${n}`),
      tag('Owner', OWNERS[n % OWNERS.length]!),
      tag('Environment', n % 4 === 0 ? 'staging' : 'production'),
      ...(fault ? [tag('Fault', fault)] : []),
    ],
  } satisfies Partial<Record<keyof Instance, unknown>>)
  put(draft, 'NetworkInterfaces', {
    ...networkInterface,
    AvailabilityZone: subnet.AvailabilityZone,
    Attachment: {...attachment, InstanceId, InstanceOwnerId: OwnerId},
    TagSet: [],
  } satisfies Partial<Record<keyof NetworkInterface, unknown>>)
  const ok = {Status: 'ok', Details: [{Name: 'reachability', Status: 'passed'}]}
  put(draft, 'InstanceStatuses', {
    InstanceId,
    AvailabilityZone: subnet.AvailabilityZone,
    InstanceState: {Code: 16, Name: 'running'},
    InstanceStatus: ok,
    SystemStatus: ok,
    AttachedEbsStatus: ok,
  })
  put(draft, 'InstanceImageMetadata', {
    InstanceId,
    InstanceType: TYPES[n % TYPES.length]!,
    LaunchTime: launched,
    State: {Code: 16, Name: 'running'},
    OwnerId,
    ImageMetadata: {
      ImageId: 'ami-0aaaaaaaaaaaaaa01',
      Name: 'al2023-ami-2023.9.20260101.0-kernel-6.1-x86_64',
      OwnerId: '137112412989',
      State: 'available',
      ImageOwnerAlias: 'amazon',
      CreationDate: '2026-01-01T00:00:00.000Z',
      IsPublic: true,
    },
  })
  if (fault !== 'no-profile')
    put(draft, 'IamInstanceProfileAssociations', {
      AssociationId: id('iip-assoc'),
      InstanceId,
      IamInstanceProfile: profile,
      State: 'associated',
    })
  if (fault === undefined || n % 2 === 0)
    put(draft, 'InstanceInformationList', {
      InstanceId,
      PingStatus: fault ? 'ConnectionLost' : 'Online',
      LastPingDateTime: fault ? '2026-11-02T03:00:00.000Z' : `2026-11-20T11:5${n % 10}:00.000Z`,
      AgentVersion: AGENTS[n % AGENTS.length]!,
      IsLatestVersion: n % AGENTS.length === 0,
      PlatformType: 'Linux',
      PlatformName: 'Amazon Linux',
      PlatformVersion: '2023',
      ResourceType: 'EC2Instance',
      IPAddress: PrivateIpAddress,
      ComputerName: networkInterface.PrivateDnsName,
      AssociationStatus: 'Success',
      LastAssociationExecutionDate: '2026-11-20T11:40:00.000Z',
      LastSuccessfulAssociationExecutionDate: '2026-11-20T11:40:00.000Z',
      SourceId: InstanceId,
      SourceType: 'AWS::EC2::Instance',
    })
}

const EMPTY = [
  ...(['ConsoleOutputs', 'ConnectionStatuses', 'InstanceAssociations', 'PolicySimulations'] as const),
  ...(['EgressOnlyInternetGateways', 'VpcPeeringConnections', 'VpcBlockPublicAccessOptions'] as const),
  ...(['TransitGateways', 'TransitGatewayVpcAttachments', 'TransitGatewayRouteTables', 'HostedZones'] as const),
  ...(['ResolverRules', 'FirewallRuleGroupAssociations', 'CoveredResources', 'AccountStatuses'] as const),
  ...(['InternetGateways', 'NatGateways', 'VpcEndpoints', 'InstanceInformationList'] as const),
] as const

/** An account file of so many instances. */
export function fleetAccount(options: FleetOptions): Account {
  const draft = draftOf(options)
  const each = Math.max(1, Math.round((options.instances * BROKEN) / FAULTS.length))
  const isSmall = options.instances < FAULTS.length * 2
  const broken = isSmall ? 0 : each * FAULTS.length
  const well = options.instances - broken
  const roles = Array.from({length: Math.ceil(options.instances / 100)}, (_, n) => aRole(draft, n, true))
  const seats = Array.from({length: Math.ceil(well / PER_VPC)}, (_, n) => aVpc(draft, n, WAYS[n % WAYS.length]!))
  for (let n = 0; n < well; n++)
    anInstance(
      draft,
      seats[Math.floor(n / PER_VPC)]!,
      roles[Math.floor(n / 100) % roles.length]!,
      n % PER_VPC,
      undefined,
    )
  if (broken > 0)
    for (const [f, fault] of FAULTS.entries()) {
      const network = NETWORK_FAULTS[fault]
      const seat = network ? aVpc(draft, seats.length + f, network, fault) : undefined
      const role = fault === 'role-without-policy' ? aRole(draft, roles.length, false) : undefined
      for (let n = 0; n < each; n++)
        anInstance(draft, seat ?? seats[n % seats.length]!, role ?? roles[n % roles.length]!, PER_VPC + n, fault)
    }
  return accountOf(draft)
}

/** Faults that need no network of their own. */
const OWN_FAULTS = FAULTS.filter((fault) => NETWORK_FAULTS[fault] === undefined)

/** One VPC with endpoints and one role for all, of which as many are broken. */
export function oneVpcAccount(instances: number): Account {
  const draft = draftOf({})
  const seat = aVpc(draft, 0, 'endpoints', undefined, 64)
  const [role, without] = [aRole(draft, 0, true), aRole(draft, 1, false)]
  const each = Math.round((instances * BROKEN) / OWN_FAULTS.length)
  for (let n = 0; n < instances; n++) {
    const fault = OWN_FAULTS[Math.floor(n / each)]
    anInstance(draft, seat, fault === 'role-without-policy' ? without : role, n, fault)
  }
  return accountOf(draft)
}

/** What is the same in every account file, around what the draft lists. */
export function accountOf({region, owner, lists: {ManagedPrefixLists = [], ...drafted}}: Draft): Account {
  const lists = Object.fromEntries(EMPTY.map((kind) => [kind, [] as unknown[]]))
  return {
    Format: 'ssm-doctor/account/1',
    Partition: 'aws',
    Region: region,
    ReadAt: READ_AT,
    Caller: {Account: owner, Arn: `arn:aws:sts::${owner}:assumed-role/audit/me`, UserId: 'AROAEXAMPLE:me'},
    ...lists,
    DhcpOptions: [
      {
        DhcpOptionsId: 'dopt-0aaaaaaaaaaaaaa01',
        DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: 'AmazonProvidedDNS'}]}],
      },
    ],
    ManagedPrefixLists: [
      {
        PrefixListId: 'pl-6da54004',
        PrefixListName: `com.amazonaws.${region}.s3`,
        OwnerId: 'AWS',
        Entries: [{Cidr: '52.218.0.0/17'}, {Cidr: '3.5.64.0/21'}],
      },
      ...ManagedPrefixLists,
    ],
    ServiceNames: [...SSM, 's3'].map((service) => `com.amazonaws.${region}.${service}`),
    ServiceSettings: [
      {
        SettingId: '/ssm/managed-instance/default-ec2-instance-management-role',
        SettingValue: '$None',
        LastModifiedDate: '2022-11-01T00:00:00.000Z',
        Status: 'Default',
      },
    ],
    SessionPreferences: [{inputs: {}}],
    ...drafted,
  } as unknown as Account
}

/** A fleet in several accounts, none larger than `most`. */
export function fleetAccounts(instances: number, most = 20_000): readonly Account[] {
  const parts = Math.ceil(instances / most)
  return Array.from({length: parts}, (_, n) =>
    fleetAccount({
      account: String(111122223333 + n),
      seed: n,
      instances: Math.floor(instances / parts) + (n < instances % parts ? 1 : 0),
    }),
  )
}
