import fc from 'fast-check'
import {
  type Account,
  type IpPermission,
  type NetworkAclEntry,
  type NetworkInterface,
  NO_HISTORY,
  notAsked,
  type Route,
  type RouteTable,
  type Subnet,
} from '../../src/model/account.ts'
import {emptyAccount} from '../../src/plan/empty-account.ts'

const OWNER = '111122223333'
const REGION = 'us-east-1'
export const INSTANCE = 'i-0a1b2c3d4e5f60010'
export const S3_LIST = 'pl-63a5400a'
export const OWN_LIST = 'pl-0a1b2c3d4e5f60099'
const HUB_LIST = 'pl-0a1b2c3d4e5f60097'
export const S3_CIDRS = ['3.5.0.0/19', '52.216.0.0/15']

const VPC = 'vpc-0a1b2c3d4e5f60001'
const HUB = 'vpc-0a1b2c3d4e5f60002'
const TGW = 'tgw-0a1b2c3d4e5f60071'
const PCX = 'pcx-0a1b2c3d4e5f60072'
const IGW = 'igw-0a1b2c3d4e5f60051'
const HUB_IGW = 'igw-0a1b2c3d4e5f60058'
const EIGW = 'eigw-0a1b2c3d4e5f60059'
const NAT = 'nat-0a1b2c3d4e5f60052'
const HUB_NAT = 'nat-0a1b2c3d4e5f60059'
const REGIONAL_NAT = 'nat-0a1b2c3d4e5f60060'
const NAT_ENI = 'eni-0a1b2c3d4e5f60077'
const S3_GATEWAY = 'vpce-0a1b2c3d4e5f600a4'

/** The subnets, by the names that the plans below use. */
const PLACES = {
  one: {id: 'subnet-0a1b2c3d4e5f60021', vpc: VPC, cidr: '10.0.1.0/24', six: '2600:1f18:1:1::/64', zone: 'us-east-1a'},
  two: {id: 'subnet-0a1b2c3d4e5f60022', vpc: VPC, cidr: '10.0.2.0/24', six: '2600:1f18:1:2::/64', zone: 'us-east-1b'},
  front: {
    id: 'subnet-0a1b2c3d4e5f60023',
    vpc: VPC,
    cidr: '10.0.100.0/24',
    six: '2600:1f18:1:100::/64',
    zone: 'us-east-1a',
  },
  hub: {id: 'subnet-0a1b2c3d4e5f60028', vpc: HUB, cidr: '10.8.1.0/24', six: '2600:1f18:8:1::/64', zone: 'us-east-1a'},
  hubTwo: {
    id: 'subnet-0a1b2c3d4e5f60030',
    vpc: HUB,
    cidr: '10.8.2.0/24',
    six: '2600:1f18:8:2::/64',
    zone: 'us-east-1b',
  },
  hubFront: {
    id: 'subnet-0a1b2c3d4e5f60029',
    vpc: HUB,
    cidr: '10.8.100.0/24',
    six: '2600:1f18:8:100::/64',
    zone: 'us-east-1a',
  },
} as const
type Place = keyof typeof PLACES
const places = Object.keys(PLACES) as Place[]

/** Nearly always the first, so that a network with one fault is as common as one with four. */
const mostly = <T>(healthy: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    {withCrossShrink: true},
    {weight: 20, arbitrary: fc.constant(healthy)},
    {weight: 2, arbitrary: fc.constantFrom(...others)},
  )

const rarely = <T>(healthy: T, other: fc.Arbitrary<T>, weight = 2): fc.Arbitrary<T> =>
  fc.oneof({withCrossShrink: true}, {weight: 20, arbitrary: fc.constant(healthy)}, {weight, arbitrary: other})

const yes = fc.constantFrom(true, false)

const PORTS: readonly (readonly [number, number])[] = [
  [443, 443],
  [1024, 65535],
  [0, 65535],
  [32768, 60999],
  [32768, 61000],
  [49152, 65535],
  [1024, 40000],
  [40001, 65535],
  [50000, 50999],
  [80, 442],
  [444, 1023],
]
const CIDRS = [
  '0.0.0.0/0',
  '10.0.0.0/16',
  '10.0.1.0/24',
  '10.0.2.0/24',
  '10.0.100.0/24',
  '10.8.0.0/16',
  '10.0.0.0/8',
  '52.0.0.0/8',
  '0.0.0.0/1',
  '128.0.0.0/1',
  '10.0.1.10/32',
  '10.0.2.0/25',
]
const CIDRS6 = ['::/0', '2600:1f18:1::/56', '2600:1f18:1:1::/64', '2600:1f18:8::/56', '2000::/4', '3000::/4']
const GROUPS = ['sg-instance', 'sg-second', 'sg-endpoint', 'sg-nat'] as const

const cidr = fc.constantFrom(...CIDRS)
const cidr6 = fc.constantFrom(...CIDRS6)
const ports = fc.constantFrom(...PORTS)

/** One rule of a security group. */
const rule: fc.Arbitrary<IpPermission> = fc
  .record({
    protocol: fc.constantFrom('tcp', '-1', '6', 'udp', '17', 'icmp', '47'),
    ports,
    v4: fc.oneof({weight: 3, arbitrary: fc.array<string>(cidr, {maxLength: 2})}, fc.constant<string[]>([])),
    v6: fc.oneof({weight: 3, arbitrary: fc.constant<string[]>([])}, fc.array<string>(cidr6, {maxLength: 1})),
    lists: rarely<string[]>([], fc.constantFrom([S3_LIST], [OWN_LIST], ['pl-0a1b2c3d4e5f60098'])),
    groups: rarely<string[]>([], fc.subarray([...GROUPS], {minLength: 1, maxLength: 1}), 4),
  })
  .map(({protocol, ports: [FromPort, ToPort], v4, v6, lists, groups}) => ({
    IpProtocol: protocol,
    ...(protocol === '-1' || protocol === '47' ? {} : {FromPort, ToPort}),
    IpRanges: v4.map((CidrIp) => ({CidrIp})),
    Ipv6Ranges: v6.map((CidrIpv6) => ({CidrIpv6})),
    PrefixListIds: lists.map((PrefixListId) => ({PrefixListId})),
    UserIdGroupPairs: groups.map((GroupId) => ({GroupId, UserId: OWNER})),
  }))

const ANY: IpPermission = {
  IpProtocol: '-1',
  IpRanges: [{CidrIp: '0.0.0.0/0'}],
  Ipv6Ranges: [{CidrIpv6: '::/0'}],
  PrefixListIds: [],
  UserIdGroupPairs: [],
}
const rules = rarely<IpPermission[]>([ANY], fc.array(rule, {maxLength: 3}), 5)

const numbered = (entries: readonly Omit<NetworkAclEntry, 'RuleNumber'>[]): NetworkAclEntry[] => [
  ...entries.map((entry, at) => ({...entry, RuleNumber: 100 + ((at * 37) % 50)})),
  ...[false, true].flatMap((Egress) => [
    {RuleNumber: 32767, Egress, RuleAction: 'deny' as const, Protocol: '-1', CidrBlock: '0.0.0.0/0'},
    {RuleNumber: 32768, Egress, RuleAction: 'deny' as const, Protocol: '-1', Ipv6CidrBlock: '::/0'},
  ]),
]

/** One entry of a network ACL, without its number. */
const entry: fc.Arbitrary<Omit<NetworkAclEntry, 'RuleNumber'>> = fc
  .record({
    Egress: fc.boolean(),
    RuleAction: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
    Protocol: fc.constantFrom('6', '-1', '6', '17'),
    ports,
    block: fc.oneof(
      {weight: 4, arbitrary: cidr.map((CidrBlock) => ({CidrBlock}))},
      {weight: 1, arbitrary: cidr6.map((Ipv6CidrBlock) => ({Ipv6CidrBlock}))},
    ),
  })
  .map(({ports: [From, To], block, ...rest}) => ({
    ...rest,
    ...block,
    ...(rest.Protocol === '-1' ? {} : {PortRange: {From, To}}),
  }))

const ALL_ALLOWED: Omit<NetworkAclEntry, 'RuleNumber'>[] = [false, true].flatMap((Egress) => [
  {Egress, RuleAction: 'allow' as const, Protocol: '-1', CidrBlock: '0.0.0.0/0'},
  {Egress, RuleAction: 'allow' as const, Protocol: '-1', Ipv6CidrBlock: '::/0'},
])

/** The entries of one ACL: everything allowed, or everything behind a few rules, or a few rules alone. */
const entries: fc.Arbitrary<NetworkAclEntry[]> = fc
  .oneof(
    {withCrossShrink: true},
    {weight: 12, arbitrary: fc.constant(ALL_ALLOWED)},
    {weight: 3, arbitrary: fc.array(entry, {minLength: 1, maxLength: 3}).map((some) => [...some, ...ALL_ALLOWED])},
    {weight: 2, arbitrary: fc.array(entry, {maxLength: 5})},
  )
  .map((some) => numbered(some))

type Target = Partial<Route>
const TARGETS = {
  nothing: undefined,
  nat: {NatGatewayId: NAT},
  igw: {GatewayId: IGW},
  tgw: {TransitGatewayId: TGW},
  pcx: {VpcPeeringConnectionId: PCX},
  natInstance: {NetworkInterfaceId: NAT_ENI},
  regional: {NatGatewayId: REGIONAL_NAT},
  hole: {NatGatewayId: 'nat-0a1b2c3d4e5f60404', State: 'blackhole'},
  vgw: {GatewayId: 'vgw-0a1b2c3d4e5f60073'},
  local: {GatewayId: 'local'},
  hubIgw: {GatewayId: HUB_IGW},
  hubNat: {NatGatewayId: HUB_NAT},
  eigw: {EgressOnlyInternetGatewayId: EIGW},
} as const satisfies Record<string, Target | undefined>
type TargetName = keyof typeof TARGETS

const routeTo = (
  destination: Partial<Route>,
  name: TargetName,
  Origin: NonNullable<Route['Origin']> = 'CreateRoute',
): Route[] => {
  const target: Target | undefined = TARGETS[name]
  return target ? [{Origin, State: 'active', ...destination, ...target}] : []
}

/** Routes in addition to the ordinary ones: longer or equal prefixes, prefix lists, propagated ones. */
const extraRoute = (targets: readonly TargetName[], ...more: readonly Partial<Route>[]): fc.Arbitrary<Route[]> =>
  fc
    .record({
      destination: fc.constantFrom<Partial<Route>>({DestinationCidrBlock: '10.0.0.0/8'}, ...more),
      target: fc.constantFrom(...targets),
      propagated: fc.boolean(),
    })
    .map(({destination, target, propagated}) =>
      routeTo(
        destination,
        target,
        propagated && !destination.DestinationPrefixListId ? 'EnableVgwRoutePropagation' : 'CreateRoute',
      ),
    )

/** In a route table further along the path, the walk follows the route that matches most of the internet; in the first it weighs all of them. */
const SOME_OF_THE_INTERNET: readonly Partial<Route>[] = [
  {DestinationCidrBlock: '52.0.0.0/8'},
  {DestinationCidrBlock: '0.0.0.0/1'},
]

/** Longer and shorter than the hub; in the hub's own table AWS would refuse them. */
const TO_HUB: readonly Partial<Route>[] = [
  {DestinationCidrBlock: '10.8.0.0/16'},
  {DestinationCidrBlock: '10.8.1.0/24'},
  {DestinationPrefixListId: HUB_LIST},
]

const endpointPlan = fc.record({
  service: fc.constantFrom<'ssm' | 'ssmmessages'>('ssm', 'ssmmessages'),
  places: fc.oneof(
    {weight: 6, arbitrary: fc.subarray(['one', 'two', 'front'] as Place[], {minLength: 1})},
    {weight: 4, arbitrary: fc.subarray(['hub', 'hubTwo', 'hubFront'] as Place[], {minLength: 1, maxLength: 2})},
    {weight: 1, arbitrary: fc.constant<Place[]>([])},
  ),
  privateDns: mostly(true, false),
  state: mostly('available', 'pendingAcceptance', 'failed'),
  groups: fc.subarray(['sg-endpoint', 'sg-instance', 'sg-second'], {minLength: 1, maxLength: 2}),
  zone: fc.boolean(),
})

/** What is generated at random, before it is expanded into an account. Every first choice is the healthy one. */
export const plan = fc.record({
  instance: fc.record({
    place: mostly<Place>('one', 'front', 'two'),
    publicIp: fc.boolean(),
    windows: fc.boolean(),
    groups: mostly(['sg-instance'], ['sg-instance', 'sg-second'], ['sg-second']),
  }),
  groups: fc.record({instance: rules, second: rules, endpoint: rules, nat: rules}),
  egress: fc.record({instance: rules, second: rules, nat: rules}),
  acls: fc.record({one: entries, two: entries, front: entries, hub: entries, hubTwo: entries, hubFront: entries}),
  associated: fc.record({one: yes, two: yes, hubTwo: yes}),
  shared: fc.boolean(),
  defaults: fc.record({
    one: fc.constantFrom<TargetName>(
      'nat',
      'nothing',
      'igw',
      'tgw',
      'pcx',
      'natInstance',
      'regional',
      'hole',
      'vgw',
      'nat',
      'tgw',
      'nothing',
    ),
    main: mostly<TargetName>('nothing', 'nat', 'igw', 'tgw'),
    front: mostly<TargetName>('igw', 'nothing', 'nat', 'hole', 'tgw'),
    regional: mostly<TargetName>('igw', 'nothing', 'hole'),
    hub: mostly<TargetName>('hubNat', 'nothing', 'hubIgw', 'tgw'),
    hubFront: mostly<TargetName>('hubIgw', 'nothing', 'hole'),
  }),
  toHub: fc.constantFrom<TargetName>('nothing', 'tgw', 'pcx'),
  fromHub: mostly<TargetName>('tgw', 'pcx', 'nothing', 'hole'),
  extra: fc.record({
    one: rarely<Route[]>(
      [],
      extraRoute(['nat', 'igw', 'tgw', 'natInstance', 'hole', 'vgw'], ...TO_HUB, ...SOME_OF_THE_INTERNET),
    ),
    /** More specific than `local`: only an interface, a NAT gateway or a Gateway Load Balancer endpoint may be named. */
    inside: rarely<Route[]>([], fc.constant(routeTo({DestinationCidrBlock: '10.0.2.0/24'}, 'hole'))),
    front: rarely<Route[]>([], extraRoute(['igw', 'tgw', 'hole'], ...TO_HUB)),
    hub: rarely<Route[]>([], extraRoute(['tgw', 'pcx', 'hubNat', 'hole'])),
  }),
  endpoints: fc.array(endpointPlan, {maxLength: 2}),
  s3Gateway: fc.constantFrom('none', 'own', 'main', 'pending'),
  dns: fc.record({
    support: rarely(true, fc.constant(false), 1),
    hostnames: mostly(true, false),
    servers: rarely(false, fc.constant(true), 1),
  }),
  zone: rarely<string>('none', fc.constantFrom('us-east-1.amazonaws.com.', 'amazonaws.com.'), 1),
  igw: fc.record({attached: mostly(true, false), hubAttached: mostly(true, false)}),
  bpa: fc.record({
    vpc: mostly('off', 'block-ingress', 'block-bidirectional'),
    front: mostly('off', 'block-ingress', 'block-bidirectional'),
    hubFront: mostly('off', 'block-ingress', 'block-bidirectional'),
  }),
  nat: fc.record({
    state: mostly('available', 'failed', 'pending', 'deleted'),
    type: mostly('public', 'private'),
    place: mostly<Place>('front', 'two', 'one'),
    hubState: mostly('available', 'failed'),
    regionalState: mostly('available', 'failed'),
  }),
  natInstance: fc.record({
    running: mostly(true, false),
    checks: mostly(false, true),
    publicIp: mostly(true, false),
    place: mostly<Place>('front', 'one'),
  }),
  tgw: fc.record({
    state: mostly('available', 'pendingAcceptance', 'failed'),
    places: mostly<Place[]>(['one', 'two'], ['two'], ['front'], ['one']),
    hubPlaces: mostly<Place[]>(['hub'], ['hub', 'hubTwo'], ['hubTwo'], ['hubFront']),
    associated: mostly('associated', 'disassociated'),
    route: mostly('default', 'hub', 'blackhole', 'none', 'hole for hub'),
    back: mostly('spoke', 'none', 'blackhole', 'propagated', 'hole for half'),
    references: fc.record({gateway: fc.boolean(), spoke: fc.boolean(), hub: fc.boolean()}),
  }),
  pcx: mostly('active', 'pending-acceptance', 'deleted'),
})

export type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never

/** A healthy private instance behind a NAT gateway. */
export const HEALTHY: Plan = {
  instance: {place: 'one', publicIp: false, windows: false, groups: ['sg-instance']},
  groups: {instance: [ANY], second: [ANY], endpoint: [ANY], nat: [ANY]},
  egress: {instance: [ANY], second: [ANY], nat: [ANY]},
  acls: {
    one: numbered(ALL_ALLOWED),
    two: numbered(ALL_ALLOWED),
    front: numbered(ALL_ALLOWED),
    hub: numbered(ALL_ALLOWED),
    hubTwo: numbered(ALL_ALLOWED),
    hubFront: numbered(ALL_ALLOWED),
  },
  associated: {one: true, two: true, hubTwo: true},
  shared: false,
  defaults: {one: 'nat', main: 'nothing', front: 'igw', regional: 'igw', hub: 'hubNat', hubFront: 'hubIgw'},
  toHub: 'nothing',
  fromHub: 'tgw',
  extra: {one: [], inside: [], front: [], hub: []},
  endpoints: [],
  s3Gateway: 'none',
  dns: {support: true, hostnames: true, servers: false},
  zone: 'none',
  igw: {attached: true, hubAttached: true},
  bpa: {vpc: 'off', front: 'off', hubFront: 'off'},
  nat: {state: 'available', type: 'public', place: 'front', hubState: 'available', regionalState: 'available'},
  natInstance: {running: true, checks: false, publicIp: true, place: 'front'},
  tgw: {
    state: 'available',
    places: ['one', 'two'],
    hubPlaces: ['hub'],
    associated: 'associated',
    route: 'default',
    back: 'spoke',
    references: {gateway: false, spoke: false, hub: false},
  },
  pcx: 'active',
}

/** Where a plan differs from the healthy one: enough to describe a counterexample. */
export const differencesOf = (one: unknown, healthy: unknown = HEALTHY): unknown => {
  if (JSON.stringify(one) === JSON.stringify(healthy)) return undefined
  if (typeof one !== 'object' || one === null || Array.isArray(one)) return one
  return Object.fromEntries(
    Object.entries(one).flatMap(([key, value]) => {
      const difference = differencesOf(value, Reflect.get(Object(healthy), key))
      return difference === undefined ? [] : [[key, difference]]
    }),
  )
}

const hostOf = (place: Place, last: number): string => PLACES[place].cidr.replace('0/24', String(last))

const ENDPOINT_IDS = {ssm: 'vpce-0a1b2c3d4e5f600a1', ssmmessages: 'vpce-0a1b2c3d4e5f600a2'} as const

const dnsNameOf = (service: keyof typeof ENDPOINT_IDS): string =>
  `${ENDPOINT_IDS[service]}-abcd1234.${service}.${REGION}.vpce.amazonaws.com`

const subnetsOf = ({bpa}: Plan): Subnet[] =>
  places.map((place) => {
    const {id, vpc, cidr: CidrBlock, zone} = PLACES[place]
    const mode = place === 'front' ? bpa.front : place === 'hubFront' ? bpa.hubFront : vpc === VPC ? bpa.vpc : 'off'
    return {
      SubnetId: id,
      VpcId: vpc,
      CidrBlock,
      AvailabilityZone: zone,
      AvailabilityZoneId: zone === 'us-east-1a' ? 'use1-az1' : 'use1-az2',
      State: 'available',
      OwnerId: OWNER,
      Ipv6CidrBlockAssociationSet: [],
      Ipv6Native: false,
      EnableDns64: false,
      BlockPublicAccessStates: {InternetGatewayBlockMode: modeNamed(mode)},
      Tags: [],
    }
  })

const modeNamed = (mode: string): 'off' | 'block-ingress' | 'block-bidirectional' =>
  mode === 'block-ingress' || mode === 'block-bidirectional' ? mode : 'off'

const tableOf = (
  at: number,
  vpc: string,
  routes: readonly Route[],
  main: boolean,
  subnets: readonly Place[],
): RouteTable => ({
  RouteTableId: `rtb-0a1b2c3d4e5f6003${at}`,
  VpcId: vpc,
  OwnerId: OWNER,
  PropagatingVgws: [],
  Tags: [],
  Routes: [
    {
      DestinationCidrBlock: vpc === VPC ? '10.0.0.0/16' : '10.8.0.0/16',
      GatewayId: 'local',
      Origin: 'CreateRouteTable',
      State: 'active',
    },
    ...routes,
  ],
  Associations: [
    ...(main
      ? [
          {
            Main: true,
            RouteTableAssociationId: `rtbassoc-0${at}`,
            RouteTableId: `rtb-0a1b2c3d4e5f6003${at}`,
            AssociationState: {State: 'associated' as const},
          },
        ]
      : []),
    ...subnets.map((place) => ({
      Main: false,
      RouteTableAssociationId: `rtbassoc-1${at}`,
      RouteTableId: `rtb-0a1b2c3d4e5f6003${at}`,
      SubnetId: PLACES[place].id,
      AssociationState: {State: 'associated' as const},
    })),
  ],
})

const EVERYTHING: Partial<Route> = {DestinationCidrBlock: '0.0.0.0/0'}

/** A table has one route for each destination and origin: a later one replaces an earlier one. */
const distinct = (routes: readonly Route[]): Route[] => [
  ...new Map(
    routes.map((route) => [
      `${route.DestinationCidrBlock ?? route.DestinationPrefixListId} ${route.Origin === 'EnableVgwRoutePropagation'}`,
      route,
    ]),
  ).values(),
]

const s3Routes = (has: boolean): Route[] =>
  has ? [{DestinationPrefixListId: S3_LIST, GatewayId: S3_GATEWAY, Origin: 'CreateRoute', State: 'active'}] : []

function tablesOf(plan: Plan): RouteTable[] {
  const {defaults, extra, associated, toHub, fromHub, s3Gateway} = plan
  const hubward = routeTo({DestinationCidrBlock: '10.8.0.0/16'}, toHub)
  const back = routeTo({DestinationCidrBlock: '10.0.0.0/16'}, fromHub)
  const own: Place[] = [...(associated.one ? (['one'] as const) : []), ...(associated.two ? (['two'] as const) : [])]
  return [
    tableOf(
      1,
      VPC,
      distinct([
        ...hubward,
        ...s3Routes(s3Gateway === 'own' || s3Gateway === 'pending'),
        ...extra.one,
        ...extra.inside,
        ...routeTo(EVERYTHING, defaults.one),
      ]),
      false,
      own,
    ),
    tableOf(2, VPC, distinct([...hubward, ...extra.front, ...routeTo(EVERYTHING, defaults.front)]), false, ['front']),
    tableOf(
      3,
      VPC,
      distinct([...hubward, ...s3Routes(s3Gateway === 'main'), ...routeTo(EVERYTHING, defaults.main)]),
      true,
      [],
    ),
    tableOf(4, VPC, routeTo(EVERYTHING, defaults.regional), false, []),
    tableOf(6, HUB, distinct([...back, ...extra.hub, ...routeTo(EVERYTHING, defaults.hub)]), true, [
      'hub',
      ...(associated.hubTwo ? (['hubTwo'] as const) : []),
    ]),
    tableOf(7, HUB, distinct([...back, ...routeTo(EVERYTHING, defaults.hubFront)]), false, ['hubFront']),
  ]
}

const eniOf = (
  id: string,
  place: Place,
  address: string,
  groups: readonly string[],
  rest: object,
): NetworkInterface => ({
  NetworkInterfaceId: id,
  SubnetId: PLACES[place].id,
  VpcId: PLACES[place].vpc,
  OwnerId: OWNER,
  PrivateIpAddress: address,
  PrivateIpAddresses: [{Primary: true, PrivateIpAddress: address}],
  Ipv6Addresses: [],
  Groups: groups.map((GroupId) => ({GroupId, GroupName: GroupId})),
  SourceDestCheck: true,
  Status: 'in-use',
  AvailabilityZone: PLACES[place].zone,
  ...rest,
})

const endpointsOf = ({endpoints}: Plan) =>
  endpoints.filter(({service}, at) => endpoints.findIndex((one) => one.service === service) === at)

const endpointEni = (service: string, place: Place): string => `eni-endpoint-${service}-${place}`

function interfacesOf(plan: Plan): NetworkInterface[] {
  const {instance, nat, natInstance} = plan
  const publicIp = (PublicIp: string) => ({Association: {PublicIp}})
  return [
    eniOf('eni-0a1b2c3d4e5f60011', instance.place, hostOf(instance.place, 10), instance.groups, {
      InterfaceType: 'interface',
      Attachment: {
        AttachmentId: 'eni-attach-1',
        DeviceIndex: 0,
        NetworkCardIndex: 0,
        Status: 'attached',
        InstanceId: INSTANCE,
      },
      ...(instance.publicIp ? publicIp('203.0.113.10') : {}),
    }),
    eniOf('eni-0a1b2c3d4e5f60053', nat.place, hostOf(nat.place, 5), [], {
      InterfaceType: 'nat_gateway',
      SourceDestCheck: false,
      ...(nat.type === 'public' ? publicIp('203.0.113.5') : {}),
    }),
    eniOf('eni-0a1b2c3d4e5f60088', 'hubFront', hostOf('hubFront', 5), [], {
      InterfaceType: 'nat_gateway',
      SourceDestCheck: false,
      ...publicIp('203.0.113.9'),
    }),
    eniOf(NAT_ENI, natInstance.place, hostOf(natInstance.place, 7), ['sg-nat'], {
      InterfaceType: 'interface',
      SourceDestCheck: natInstance.checks,
      Attachment: {InstanceId: 'i-0a1b2c3d4e5f60077', DeviceIndex: 0, NetworkCardIndex: 0, Status: 'attached'},
      ...(natInstance.publicIp ? publicIp('203.0.113.7') : {}),
    }),
    ...endpointsOf(plan).flatMap(({service, places: at, groups}, index) =>
      at.map((place) =>
        eniOf(endpointEni(service, place), place, hostOf(place, 50 + index), groups, {
          InterfaceType: 'vpc_endpoint',
          RequesterManaged: true,
        }),
      ),
    ),
  ]
}

function instancesOf({instance, natInstance}: Plan, interfaces: readonly NetworkInterface[]): Account['Instances'] {
  const returned = (eni: NetworkInterface) => ({
    ...eni,
    InterfaceType: 'interface',
    PrivateIpAddresses: eni.PrivateIpAddresses.map((address) => ({
      ...address,
      ...(eni.Association ? {Association: eni.Association} : {}),
    })),
    Ipv6Addresses: eni.Ipv6Addresses ?? [],
    Attachment: {DeviceIndex: 0, NetworkCardIndex: 0, Status: 'attached' as const},
  })
  const ofInstance = (id: string) => interfaces.filter(({Attachment}) => Attachment?.InstanceId === id).map(returned)
  return [
    {
      InstanceId: INSTANCE,
      ImageId: 'ami-0a1b2c3d4e5f60091',
      InstanceType: 't3.micro',
      State: {Code: 16, Name: 'running'},
      LaunchTime: '2026-11-18T08:00:00.000Z',
      PlatformDetails: instance.windows ? 'Windows' : 'Linux/UNIX',
      ...(instance.windows ? {Platform: 'windows' as 'Windows'} : {}),
      PrivateIpAddress: hostOf(instance.place, 10),
      SubnetId: PLACES[instance.place].id,
      VpcId: VPC,
      SourceDestCheck: true,
      SecurityGroups: instance.groups.map((GroupId) => ({GroupId, GroupName: GroupId})),
      NetworkInterfaces: ofInstance(INSTANCE),
      Tags: [],
    },
    {
      InstanceId: 'i-0a1b2c3d4e5f60077',
      State: natInstance.running ? {Code: 16, Name: 'running'} : {Code: 80, Name: 'stopped'},
      PlatformDetails: 'Linux/UNIX',
      SubnetId: PLACES[natInstance.place].id,
      VpcId: VPC,
      SourceDestCheck: natInstance.checks,
      SecurityGroups: [{GroupId: 'sg-nat', GroupName: 'sg-nat'}],
      NetworkInterfaces: ofInstance('i-0a1b2c3d4e5f60077'),
      Tags: [],
    },
  ]
}

function endpointItems(plan: Plan): Account['VpcEndpoints'] {
  const interfaceEndpoints = endpointsOf(plan).map(({service, places: at, privateDns, state, groups}) => {
    const inHub = at.some((place) => PLACES[place].vpc === HUB)
    const dns = privateDns && !inHub
    return {
      VpcEndpointId: ENDPOINT_IDS[service],
      VpcEndpointType: 'Interface' as const,
      VpcId: inHub ? HUB : VPC,
      ServiceName: `com.amazonaws.${REGION}.${service}`,
      State: state as 'Available',
      RouteTableIds: [],
      SubnetIds: at.map((place) => PLACES[place].id),
      Groups: groups.map((GroupId) => ({GroupId, GroupName: GroupId})),
      IpAddressType: 'ipv4' as const,
      DnsOptions: {DnsRecordIpType: 'ipv4' as const},
      PrivateDnsEnabled: dns,
      RequesterManaged: false,
      NetworkInterfaceIds: at.map((place) => endpointEni(service, place)),
      DnsEntries: [
        {DnsName: dnsNameOf(service), HostedZoneId: 'Z7HUB22UULQXV'},
        ...(dns ? [{DnsName: `${service}.${REGION}.amazonaws.com`, HostedZoneId: 'ZONEIDPENDING'}] : []),
      ],
      OwnerId: OWNER,
      Tags: [],
    }
  })
  const gateway = {
    VpcEndpointId: S3_GATEWAY,
    VpcEndpointType: 'Gateway' as const,
    VpcId: VPC,
    ServiceName: `com.amazonaws.${REGION}.s3`,
    State: (plan.s3Gateway === 'pending' ? 'pending' : 'available') as 'Available',
    RouteTableIds: [`rtb-0a1b2c3d4e5f6003${plan.s3Gateway === 'main' ? 3 : 1}`],
    SubnetIds: [],
    Groups: [],
    PrivateDnsEnabled: false,
    NetworkInterfaceIds: [],
    DnsEntries: [],
    OwnerId: OWNER,
    Tags: [],
  }
  return plan.s3Gateway === 'none' ? interfaceEndpoints : [...interfaceEndpoints, gateway]
}

/** A hub's endpoint is known in the spoke by a private zone, as AWS recommends. */
function zonesOf(plan: Plan): Account['HostedZones'] {
  const forHub = endpointsOf(plan)
    .filter(({places: at, zone}) => zone && at.some((place) => PLACES[place].vpc === HUB))
    .map(({service}, at) => ({
      Id: `/hostedzone/Z0${at}`,
      Name: `${service}.${REGION}.amazonaws.com.`,
      VPCs: [{VPCId: VPC, VPCRegion: REGION}],
      ResourceRecordSets: [
        {Name: `${service}.${REGION}.amazonaws.com.`, Type: 'A', AliasTarget: {DNSName: `${dnsNameOf(service)}.`}},
      ],
    }))
  const parent = {
    Id: '/hostedzone/Z9',
    Name: plan.zone,
    VPCs: [{VPCId: VPC, VPCRegion: REGION}],
    ResourceRecordSets: [],
  }
  return plan.zone === 'none' ? forHub : [...forHub, parent]
}

function natsOf({nat}: Plan): Account['NatGateways'] {
  const address = (id: string, PrivateIp: string, PublicIp: string | undefined) => [
    {NetworkInterfaceId: id, PrivateIp, ...(PublicIp ? {PublicIp} : {}), IsPrimary: true, Status: 'succeeded' as const},
  ]
  const zonal = {
    NatGatewayId: NAT,
    SubnetId: PLACES[nat.place].id,
    VpcId: VPC,
    State: nat.state as 'available',
    ConnectivityType: nat.type as 'public',
    NatGatewayAddresses: address(
      'eni-0a1b2c3d4e5f60053',
      hostOf(nat.place, 5),
      nat.type === 'public' ? '203.0.113.5' : undefined,
    ),
    Tags: [],
  }
  const hub = {
    NatGatewayId: HUB_NAT,
    SubnetId: PLACES.hubFront.id,
    VpcId: HUB,
    State: nat.hubState as 'available',
    ConnectivityType: 'public' as const,
    NatGatewayAddresses: address('eni-0a1b2c3d4e5f60088', hostOf('hubFront', 5), '203.0.113.9'),
    Tags: [],
  }
  const regional = {
    NatGatewayId: REGIONAL_NAT,
    VpcId: VPC,
    State: nat.regionalState as 'available',
    ConnectivityType: 'public' as const,
    AvailabilityMode: 'regional' as const,
    RouteTableId: 'rtb-0a1b2c3d4e5f60034',
    NatGatewayAddresses: address('eni-0a1b2c3d4e5f60054', '10.0.240.5', '203.0.113.6'),
    Tags: [],
  }
  return [zonal, hub, regional]
}

const SPOKE_ATTACHMENT = 'tgw-attach-0a1b2c3d4e5f60001'
const HUB_ATTACHMENT = 'tgw-attach-0a1b2c3d4e5f60002'

const transitRoute = (
  DestinationCidrBlock: string,
  attachment: string | undefined,
  Type: 'static' | 'propagated' = 'static',
) => ({
  DestinationCidrBlock,
  Type,
  State: attachment ? ('active' as const) : ('blackhole' as const),
  ...(attachment
    ? {TransitGatewayAttachments: [{TransitGatewayAttachmentId: attachment, ResourceType: 'vpc' as const}]}
    : {}),
})

function transitOf({
  tgw,
}: Plan): Pick<Account, 'TransitGateways' | 'TransitGatewayVpcAttachments' | 'TransitGatewayRouteTables'> {
  const support = (on: boolean) => (on ? ('enable' as const) : ('disable' as const))
  const attachment = (id: string, vpc: string, at: readonly Place[], state: string, on: boolean) => ({
    TransitGatewayAttachmentId: id,
    TransitGatewayId: TGW,
    VpcId: vpc,
    VpcOwnerId: OWNER,
    State: state as 'available',
    SubnetIds: at.map((place) => PLACES[place].id),
    Options: {SecurityGroupReferencingSupport: support(on)},
    Tags: [],
  })
  const table = (at: number, attachmentId: string, State: string, Routes: ReturnType<typeof transitRoute>[]) => ({
    TransitGatewayRouteTableId: `tgw-rtb-0a1b2c3d4e5f6000${at}`,
    TransitGatewayId: TGW,
    State: 'available' as const,
    Associations: [
      {TransitGatewayAttachmentId: attachmentId, ResourceType: 'vpc' as const, State: State as 'associated'},
    ],
    Routes,
    Tags: [],
  })
  const there = {
    default: [transitRoute('0.0.0.0/0', HUB_ATTACHMENT)],
    hub: [transitRoute('10.8.0.0/16', HUB_ATTACHMENT)],
    blackhole: [transitRoute('0.0.0.0/0', undefined)],
    none: [],
    'hole for hub': [
      transitRoute('0.0.0.0/0', HUB_ATTACHMENT),
      transitRoute('10.8.0.0/16', undefined),
      transitRoute('10.8.0.0/16', HUB_ATTACHMENT, 'propagated'),
    ],
  }[tgw.route]
  const back = {
    spoke: [transitRoute('10.0.0.0/16', SPOKE_ATTACHMENT)],
    none: [],
    blackhole: [transitRoute('10.0.0.0/16', undefined)],
    propagated: [transitRoute('10.0.0.0/16', SPOKE_ATTACHMENT, 'propagated')],
    'hole for half': [transitRoute('10.0.0.0/16', SPOKE_ATTACHMENT), transitRoute('10.0.1.0/25', undefined)],
  }[tgw.back]
  return {
    TransitGateways: [
      {
        TransitGatewayId: TGW,
        State: 'available',
        OwnerId: OWNER,
        Options: {SecurityGroupReferencingSupport: support(tgw.references.gateway)},
        Tags: [],
      },
    ],
    TransitGatewayVpcAttachments: [
      attachment(SPOKE_ATTACHMENT, VPC, tgw.places, tgw.state, tgw.references.spoke),
      attachment(HUB_ATTACHMENT, HUB, tgw.hubPlaces, 'available', tgw.references.hub),
    ],
    TransitGatewayRouteTables: [
      table(1, SPOKE_ATTACHMENT, tgw.associated, there ?? []),
      table(2, HUB_ATTACHMENT, 'associated', back ?? []),
    ],
  }
}

const aclsOf = ({acls, shared}: Plan): Account['NetworkAcls'] =>
  places.map((place, at) => ({
    NetworkAclId: `acl-0a1b2c3d4e5f6004${at}`,
    VpcId: PLACES[place].vpc,
    OwnerId: OWNER,
    IsDefault: false,
    Entries: shared && PLACES[place].vpc === VPC ? acls.one : acls[place],
    Associations: [
      {
        NetworkAclAssociationId: `aclassoc-${at}`,
        NetworkAclId: `acl-0a1b2c3d4e5f6004${at}`,
        SubnetId: PLACES[place].id,
      },
    ],
    Tags: [],
  }))

function groupsOf({groups, egress}: Plan): Account['SecurityGroups'] {
  const group = (GroupId: string, IpPermissions: IpPermission[], IpPermissionsEgress: IpPermission[]) => ({
    GroupId,
    GroupName: GroupId,
    Description: GroupId,
    VpcId: VPC,
    OwnerId: OWNER,
    IpPermissions,
    IpPermissionsEgress,
    Tags: [],
  })
  return [
    group('sg-instance', groups.instance, egress.instance),
    group('sg-second', groups.second, egress.second),
    group('sg-endpoint', groups.endpoint, []),
    group('sg-nat', groups.nat, egress.nat),
  ]
}

function vpcsOf({bpa}: Plan): Account['Vpcs'] {
  const vpc = (VpcId: string, CidrBlock: string, mode: string) => ({
    VpcId,
    CidrBlock,
    CidrBlockAssociationSet: [
      {AssociationId: `vpc-cidr-${CidrBlock}`, CidrBlock, CidrBlockState: {State: 'associated' as const}},
    ],
    Ipv6CidrBlockAssociationSet: [],
    DhcpOptionsId: 'dopt-0a1b2c3d4e5f60061',
    State: 'available' as const,
    OwnerId: OWNER,
    BlockPublicAccessStates: {InternetGatewayBlockMode: modeNamed(mode)},
    Tags: [],
  })
  return [vpc(VPC, '10.0.0.0/16', bpa.vpc), vpc(HUB, '10.8.0.0/16', 'off')]
}

const list = (PrefixListId: string, PrefixListName: string, OwnerId: string, cidrs: readonly string[]) => ({
  PrefixListId,
  PrefixListName,
  AddressFamily: 'IPv4',
  OwnerId,
  State: 'create-complete' as const,
  Entries: cidrs.map((Cidr) => ({Cidr})),
})

/** The plan as AWS would return it. */
export function accountOf(plan: Plan): Account {
  const interfaces = interfacesOf(plan)
  const attached = (VpcId: string, on: boolean) => (on ? [{VpcId, State: 'available' as 'attached'}] : [])
  return {
    ...emptyAccount(REGION, '2026-11-20T12:00:00.000Z'),
    Caller: {Account: OWNER},
    Instances: instancesOf(plan, interfaces),
    InstanceInformationList: [{InstanceId: INSTANCE, PingStatus: 'Online', AgentVersion: '3.3.2746.0'}],
    ActivationList: notAsked(),
    Organization: notAsked(),
    Vpcs: vpcsOf(plan),
    VpcAttributes: [
      {VpcId: VPC, EnableDnsSupport: {Value: plan.dns.support}, EnableDnsHostnames: {Value: plan.dns.hostnames}},
      {VpcId: HUB, EnableDnsSupport: {Value: true}, EnableDnsHostnames: {Value: true}},
    ],
    DhcpOptions: [
      {
        DhcpOptionsId: 'dopt-0a1b2c3d4e5f60061',
        OwnerId: OWNER,
        DhcpConfigurations: [
          {Key: 'domain-name-servers', Values: [{Value: plan.dns.servers ? '10.0.2.53' : 'AmazonProvidedDNS'}]},
        ],
        Tags: [],
      },
    ],
    Subnets: subnetsOf(plan),
    RouteTables: tablesOf(plan),
    NetworkAcls: aclsOf(plan),
    SecurityGroups: groupsOf(plan),
    NetworkInterfaces: interfaces,
    InternetGateways: [
      {InternetGatewayId: IGW, OwnerId: OWNER, Attachments: attached(VPC, plan.igw.attached), Tags: []},
      {InternetGatewayId: HUB_IGW, OwnerId: OWNER, Attachments: attached(HUB, plan.igw.hubAttached), Tags: []},
    ],
    NatGateways: natsOf(plan),
    VpcEndpoints: endpointItems(plan),
    VpcPeeringConnections: [
      {
        VpcPeeringConnectionId: PCX,
        Status: {Code: plan.pcx as 'active'},
        RequesterVpcInfo: {VpcId: VPC, CidrBlock: '10.0.0.0/16', OwnerId: OWNER, Region: REGION},
        AccepterVpcInfo: {VpcId: HUB, CidrBlock: '10.8.0.0/16', OwnerId: OWNER, Region: REGION},
      },
    ],
    ManagedPrefixLists: [
      list(S3_LIST, `com.amazonaws.${REGION}.s3`, 'AWS', S3_CIDRS),
      list(OWN_LIST, 'own', OWNER, ['52.0.0.0/8', '10.8.0.0/17']),
      list(HUB_LIST, 'hub', OWNER, ['10.8.0.0/17']),
      list('pl-0a1b2c3d4e5f60098', 'everything', OWNER, ['0.0.0.0/0']),
    ],
    ServiceNames: ['ssm', 'ssmmessages', 'ec2messages', 's3'].map((service) => `com.amazonaws.${REGION}.${service}`),
    ...transitOf(plan),
    HostedZones: zonesOf(plan),
    ...NO_HISTORY,
  }
}

/** A network at random around one instance, as an account. */
export const network: fc.Arbitrary<Account> = plan.map(accountOf)

/** Entries of an ACL with nothing but rules, so that their order counts. */
export const crowded: fc.Arbitrary<NetworkAclEntry[]> = fc
  .array(entry, {minLength: 2, maxLength: 6})
  .map((some) => numbered(some))
