import {
  type Instance,
  isUnreadable,
  itemsOf,
  type Reading,
  type Readings,
  type Route,
  type RouteTable,
  type Unreadable,
  type VpcEndpoint,
} from '../model/account.ts'
import {routeTableOf} from '../model/joins.ts'
import {describedBy, type KindsWith, kindsWith} from '../model/kinds.ts'
import {agentBucketOf, bucketHostOf, hostOf} from '../model/partition.ts'
import {lastPart} from '../network/dns/name.ts'
import type {Aws} from './aws.ts'
import {instancesWith} from './collect-instances.ts'
import {awaitAll, join, readOr} from './paginate.ts'
import * as transit from './transit-reads.ts'
import {firewallGroupsFor, readProfiles, rulesFor, zonesFor} from './vpc-names.ts'
import * as vpc from './vpc-reads.ts'

type NetworkKind = KindsWith<'network'>
export type Network = Pick<Readings, NetworkKind> & {
  /** Instances that routes lead to. */
  readonly NatInstances: Reading<Instance>
}

export interface Place {
  readonly Region: string
  readonly Partition: string
}

/** The services whose names matter. https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html */
const SERVICES = ['ssm', 'ssmmessages', 'ec2messages', 's3', 'kms', 'logs'] as const

/** The names that the agent, and what it downloads, go by. */
export const hostsOf = (place: Place): string[] => [
  ...SERVICES.map((service) => hostOf(service, place)),
  bucketHostOf(agentBucketOf(place), place),
]

/** A hub behind a hub behind the instance's VPC; beyond that no packet of the agent was ever meant to go. */
const DEPTH = 3

/**
 * The network around the instances: their VPCs, and further ones as far as routes and names lead to them.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
 */
export async function collectNetwork(aws: Aws, place: Place, instances: readonly Instance[]): Promise<Network> {
  const batches: Network[] = []
  const seen = new Set<string>()
  let next = [...new Set(instances.flatMap(({VpcId}) => VpcId ?? []))]
  while (next.length > 0 && batches.length < DEPTH) {
    for (const id of next) seen.add(id)
    batches.push(await batchFor(aws, place, next, instances, batches))
    next = [...(await reachableVpcs(aws, merged(batches)))].filter((id) => !seen.has(id))
  }
  return merged(batches)
}

function merged(batches: readonly Network[]): Network {
  const entries = [...kindsWith('network'), 'NatInstances' as const].map((kind) => {
    const {key} = describedBy(kind === 'NatInstances' ? 'Instances' : kind)
    const readings = batches.map((ring) => ring[kind] as Reading<unknown>)
    return [kind, kind === 'HostedZones' ? zonesOf(batches) : join(readings, keyOf(key))]
  })
  return Object.fromEntries(entries) as Network
}

/** A name of a service is its own key. */
const keyOf =
  (field = '') =>
  (item: unknown) =>
    typeof item === 'object' && item !== null ? Reflect.get(item, field) : item

/** A zone may be seen from several VPCs, each of which was asked in its own turn. */
function zonesOf(batches: readonly Network[]): Network['HostedZones'] {
  const zones = join(
    batches.map(({HostedZones}) => HostedZones),
    ({Id}) => Id,
  )
  const everywhere = batches.flatMap(({HostedZones}) => itemsOf(HostedZones))
  const whole = itemsOf(zones).map((zone) => ({
    ...zone,
    VPCs: everywhere.flatMap(({Id, VPCs}) => (Id === zone.Id ? (VPCs ?? []) : [])),
  }))
  if (!isUnreadable(zones)) return whole
  return whole.length > 0 ? {...zones, known: whole} : zones
}

/** Everything of some VPCs, side by side; and what their routes and rules name, as soon as it is known. */
async function batchFor(
  aws: Aws,
  place: Place,
  vpcIds: readonly string[],
  instances: readonly Instance[],
  earlier: readonly Network[],
): Promise<Network> {
  const here = {filter: 'vpc-id', values: vpcIds}
  const hosts = hostsOf(place)
  const Vpcs = vpc.readVpcs(aws, here)
  const Subnets = vpc.readSubnets(aws, here)
  const RouteTables = vpc.readRouteTables(aws, here)
  const NatGateways = vpc.readNatGateways(aws, here)
  const VpcEndpoints = vpc.readVpcEndpoints(aws, here)
  const groups = vpc.readSecurityGroups(aws, here)
  const profiles = readProfiles(aws, vpcIds)
  const HostedZones = zonesFor(aws, vpcIds, hosts, profiles)
  const attached = instances.filter(({VpcId}) => VpcId !== undefined && vpcIds.includes(VpcId))
  const SecurityGroups = Promise.all([groups, VpcEndpoints]).then(([found, endpoints]) =>
    withForeignGroups(aws, found, attached, itemsOf(endpoints)),
  )
  const routes = Promise.all([RouteTables, NatGateways, VpcEndpoints, Subnets]).then(
    ([tables, gateways, endpoints, subnets]) => {
      const inUse = new Set([
        ...attached.flatMap(({NetworkInterfaces}) => NetworkInterfaces.flatMap(({SubnetId}) => SubnetId ?? [])),
        ...itemsOf(gateways).flatMap(({SubnetId}) => SubnetId ?? []),
        ...itemsOf(endpoints).flatMap(({SubnetIds}) => SubnetIds),
        ...earlier.flatMap(({TransitGatewayVpcAttachments}) =>
          itemsOf(TransitGatewayVpcAttachments).flatMap(({SubnetIds}) => SubnetIds),
        ),
      ])
      return routesOf(
        tables,
        itemsOf(subnets).filter(({SubnetId}) => inUse.has(SubnetId)),
      )
    },
  )
  const attachedGateways = vpc.readInternetGateways(aws, {filter: 'attachment.vpc-id', values: vpcIds})
  const gatewayIds = routes.then((found) => {
    const known = new Set(earlier.flatMap((ring) => itemsOf(ring.TransitGateways).map((one) => one.TransitGatewayId)))
    return named(found, ({TransitGatewayId}) => TransitGatewayId).filter((id) => !known.has(id))
  })
  return awaitAll({
    Vpcs,
    Subnets,
    RouteTables,
    NatGateways,
    VpcEndpoints,
    SecurityGroups,
    VpcAttributes: vpc.readVpcAttributes(aws, vpcIds),
    NetworkAcls: vpc.readNetworkAcls(aws, here),
    InternetGateways: Promise.all([attachedGateways, routes]).then(([found, ways]) => withNamed(aws, found, ways)),
    HostedZones,
    ProfileAssociations: profiles.then((found) => found.ProfileAssociations),
    ProfileResourceAssociations: profiles.then((found) => found.ProfileResourceAssociations),
    ResolverRules: rulesFor(aws, vpcIds, profiles),
    FirewallRuleGroupAssociations: firewallGroupsFor(aws, vpcIds, profiles),
    DhcpOptions: Vpcs.then(async (found) => {
      const values = itemsOf(found).flatMap(({DhcpOptionsId: id}) => (id && id !== 'default' ? [id] : []))
      if (isUnreadable(found) && values.length === 0) return because(found)
      const options = await vpc.readDhcpOptions(aws, {filter: 'dhcp-options-id', values})
      return withGapOf(found, options, ({DhcpOptionsId}) => DhcpOptionsId)
    }),
    VpcBlockPublicAccessOptions: Promise.all([Vpcs, Subnets]).then(([vpcs, subnets]) =>
      isBlocked([vpcs, subnets]) ? vpc.readBlockPublicAccess(aws) : [],
    ),
    ServiceNames: VpcEndpoints.then((found) => serviceNames(aws, place, itemsOf(found))),
    NetworkInterfaces: Promise.all([VpcEndpoints, routes, HostedZones]).then(async ([endpoints, found, zones]) =>
      isUnreadable(endpoints) && endpoints.known === undefined
        ? because(endpoints)
        : join(
            await Promise.all([
              ...(isUnreadable(endpoints) ? [because(endpoints)] : []),
              vpc.readNetworkInterfaces(aws, {
                filter: 'network-interface-id',
                values: [
                  ...itemsOf(endpoints).flatMap(({NetworkInterfaceIds}) => NetworkInterfaceIds),
                  ...named(found, ({NetworkInterfaceId}) => NetworkInterfaceId),
                ],
              }),
              vpc.readNetworkInterfaces(aws, {
                filter: 'addresses.private-ip-address',
                values: addressesIn(zones),
              }),
            ]),
            ({NetworkInterfaceId}) => NetworkInterfaceId,
          ),
    ),
    ManagedPrefixLists: Promise.all([SecurityGroups, routes, VpcEndpoints]).then(([known, found, endpoints]) => {
      const carried = new Set(groupsOf(attached, itemsOf(endpoints)))
      const ids = new Set([
        ...named(found, ({DestinationPrefixListId}) => DestinationPrefixListId),
        ...itemsOf(known)
          .filter(({GroupId}) => carried.has(GroupId))
          .flatMap(prefixListsIn),
      ])
      return ids.size > 0 ? vpc.readManagedPrefixLists(aws, [...ids]) : []
    }),
    EgressOnlyInternetGateways: routes.then((found) => {
      const ids = named(found, ({EgressOnlyInternetGatewayId}) => EgressOnlyInternetGatewayId)
      return ids.length > 0 ? vpc.readEgressOnlyInternetGateways(aws, ids) : []
    }),
    VpcPeeringConnections: routes.then((found) =>
      vpc.readVpcPeeringConnections(aws, {
        filter: 'vpc-peering-connection-id',
        values: named(found, ({VpcPeeringConnectionId}) => VpcPeeringConnectionId),
      }),
    ),
    TransitGateways: gatewayIds.then((ids) => transit.readTransitGateways(aws, ids)),
    TransitGatewayVpcAttachments: gatewayIds.then((ids) => transit.readTransitGatewayVpcAttachments(aws, ids)),
    TransitGatewayRouteTables: gatewayIds.then((ids) => transit.readTransitGatewayRouteTables(aws, ids)),
    NatInstances: routes.then((found) => natInstances(aws, found)),
  })
}

/** A route may still name an internet gateway that exists and is attached to no VPC, or to another one. */
async function withNamed(
  aws: Aws,
  attached: Readings['InternetGateways'],
  routes: readonly Route[],
): Promise<Readings['InternetGateways']> {
  const known = new Set(itemsOf(attached).map(({InternetGatewayId}) => InternetGatewayId))
  const values = named(routes, ({GatewayId}) => (GatewayId?.startsWith('igw-') ? GatewayId : undefined))
  const missing = values.filter((id) => !known.has(id))
  if (missing.length === 0) return attached
  const others = await vpc.readInternetGateways(aws, {filter: 'internet-gateway-id', values: missing})
  return join([attached, others], ({InternetGatewayId}) => InternetGatewayId)
}

/** A private zone may give the addresses of endpoints instead of their names. */
const addressesIn = (zones: Readings['HostedZones']): string[] =>
  itemsOf(zones).flatMap(({ResourceRecordSets}) =>
    itemsOf(ResourceRecordSets).flatMap(({Type, ResourceRecords}) =>
      Type === 'A' ? (ResourceRecords ?? []).map(({Value}) => Value) : [],
    ),
  )

const because = ({unreadable}: Unreadable): Unreadable => ({unreadable})

/** What was asked for by the items of another list is known only as far as that list is. */
const withGapOf = <T>(list: Reading<unknown>, found: Reading<T>, keyOf: (item: T) => unknown): Reading<T> =>
  isUnreadable(list) ? join([because(list), found], keyOf) : found

/** The routes that packets of the instances, their gateways and endpoints can take. */
function routesOf(
  RouteTables: Reading<RouteTable>,
  subnets: readonly {readonly SubnetId: string; readonly VpcId: string}[],
): readonly Route[] {
  const tables = new Set(subnets.map((subnet) => routeTableOf({RouteTables}, subnet)))
  return [...tables].flatMap((table) => (table === undefined || isUnreadable(table) ? [] : itemsOf(table.Routes)))
}

const named = (routes: readonly Route[], idOf: (route: Route) => string | undefined): string[] => [
  ...new Set(routes.flatMap((route) => idOf(route) ?? [])),
]

const groupsOf = (instances: readonly Instance[], endpoints: readonly VpcEndpoint[]): string[] => [
  ...instances.flatMap(({NetworkInterfaces}) =>
    NetworkInterfaces.flatMap(({Groups}) => (Groups ?? []).flatMap(({GroupId}) => GroupId ?? [])),
  ),
  ...endpoints.flatMap(({Groups}) => Groups.flatMap(({GroupId}) => GroupId ?? [])),
]

/**
 * A group may belong to another VPC and be associated with this one; those are asked for by id.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html
 */
async function withForeignGroups(
  aws: Aws,
  found: Readings['SecurityGroups'],
  instances: readonly Instance[],
  endpoints: readonly VpcEndpoint[],
): Promise<Readings['SecurityGroups']> {
  if (isUnreadable(found) && found.known === undefined) return found
  const known = new Set(itemsOf(found).map(({GroupId}) => GroupId))
  const values = groupsOf(instances, endpoints).filter((id) => !known.has(id))
  if (values.length === 0) return found
  return join([found, await vpc.readSecurityGroups(aws, {filter: 'group-id', values})], ({GroupId}) => GroupId)
}

type Group = Exclude<Readings['SecurityGroups'], Unreadable>[number]
const prefixListsIn = ({IpPermissions, IpPermissionsEgress}: Group): string[] =>
  [...IpPermissions, ...IpPermissionsEgress].flatMap(({PrefixListIds}) =>
    (PrefixListIds ?? []).flatMap(({PrefixListId}) => PrefixListId ?? []),
  )

/**
 * The mode in force stands in every VPC and subnet; who set it, and whether exclusions may be made, does not.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
 */
const isBlocked = (readings: readonly [Readings['Vpcs'], Readings['Subnets']]): boolean =>
  readings.some((reading) =>
    isUnreadable(reading)
      ? true
      : reading.some(({BlockPublicAccessStates: states}) => (states?.InternetGatewayBlockMode ?? 'off') !== 'off'),
  )

/** Regions younger than 2024 have no ec2messages. Where an endpoint stands, the service exists and nobody need ask. */
export async function serviceNames(
  aws: Aws,
  {Region, Partition}: Place,
  endpoints: readonly VpcEndpoint[],
): Promise<Readings['ServiceNames']> {
  const own = endpoints.map(({ServiceName}) => ServiceName)
  if (own.some((name) => name.endsWith(`.${Region}.ec2messages`))) return [...new Set(own)]
  const names = SERVICES.map((service) => `com.amazonaws.${Region}.${service}`)
  return vpc.readServiceNames(aws, Partition === 'aws-cn' ? [...names, ...names.map((name) => `cn.${name}`)] : names)
}

/** A route to an instance, or to an interface that may belong to one. */
async function natInstances(aws: Aws, routes: readonly Route[]): Promise<Reading<Instance>> {
  const instances = named(routes, ({InstanceId}) => InstanceId)
  const interfaces = named(
    routes.filter(({InstanceId}) => InstanceId === undefined),
    ({NetworkInterfaceId}) => NetworkInterfaceId,
  )
  const ask = (Name: string, Values: string[]) =>
    Values.length === 0 ? [] : readOr('ec2:DescribeInstances', () => instancesWith(aws, [{Name, Values}]))
  const found = await Promise.all([
    ask('instance-id', instances),
    ask('network-interface.network-interface-id', interfaces),
  ])
  return join(found, ({InstanceId}) => InstanceId)
}

/** VPCs of this Region to which routes over peerings and transit gateways lead, or the names of endpoints. */
async function reachableVpcs(aws: Aws, network: Network): Promise<ReadonlySet<string>> {
  const peers = itemsOf(network.VpcPeeringConnections).flatMap(({RequesterVpcInfo, AccepterVpcInfo}) =>
    [RequesterVpcInfo, AccepterVpcInfo].flatMap((side) =>
      side?.VpcId !== undefined && (side.Region ?? aws.region) === aws.region ? [side.VpcId] : [],
    ),
  )
  return new Set([...peers, ...routedVpcs(network), ...(await vpcsOfNamedEndpoints(aws, network))])
}

/** Where the transit gateway's tables send what comes from the VPCs that were read. */
function routedVpcs(network: Network): string[] {
  const known = new Set(itemsOf(network.Vpcs).map(({VpcId}) => VpcId))
  const tables = itemsOf(network.TransitGatewayRouteTables)
  const leaving = tables.filter(({Associations}) =>
    itemsOf(Associations).some(({ResourceId}) => ResourceId !== undefined && known.has(ResourceId)),
  )
  return leaving.flatMap(({Routes}) =>
    itemsOf(Routes).flatMap(({TransitGatewayAttachments}) =>
      (TransitGatewayAttachments ?? []).flatMap(({ResourceType, ResourceId}) =>
        ResourceType === 'vpc' && ResourceId ? [ResourceId] : [],
      ),
    ),
  )
}

/** A private zone or a Route 53 Profile may name an endpoint in a VPC that no route leads to: then that is the fault. */
async function vpcsOfNamedEndpoints(
  aws: Aws,
  {HostedZones, VpcEndpoints, ProfileResourceAssociations}: Network,
): Promise<string[]> {
  const known = new Set(itemsOf(VpcEndpoints).map(({VpcEndpointId}) => VpcEndpointId))
  const names = itemsOf(HostedZones).flatMap(({ResourceRecordSets}) =>
    itemsOf(ResourceRecordSets).flatMap(({AliasTarget, ResourceRecords}) => [
      AliasTarget?.DNSName ?? '',
      ...(ResourceRecords ?? []).map(({Value}) => Value),
    ]),
  )
  const ofProfiles = itemsOf(ProfileResourceAssociations).map(({ResourceArn}) => lastPart(ResourceArn))
  const values = [...names, ...ofProfiles]
    .flatMap((name) => /^vpce-[0-9a-f]+/.exec(name)?.[0] ?? [])
    .filter((id) => !known.has(id))
  if (values.length === 0) return []
  const found = await vpc.readVpcEndpoints(aws, {filter: 'vpc-endpoint-id', values})
  return itemsOf(found).map(({VpcId}) => VpcId)
}
