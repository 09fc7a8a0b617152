import {
  type Instance,
  isUnreadable,
  itemsOf,
  type NatGateway,
  type Reading,
  type Readings,
  type Route,
  type RouteTable,
  type SecurityGroup,
  type Subnet,
  type Unreadable,
  type VpcEndpoint,
} from '../model/account.ts'
import {isInternetGatewayId} from '../model/ids.ts'
import {routeTableOf} from '../model/joins.ts'
import type {KindsWith} from '../model/kinds.ts'
import type {TARGETS} from '../model/routes.ts'
import type {Aws} from './client/aws.ts'
import {awaitAll, join} from './client/paginate.ts'
import {readInstances} from './readings/instances.ts'
import {transitKinds} from './readings/transit.ts'
import * as vpc from './readings/vpc.ts'
import {type Place, serviceNames} from './service-names.ts'
import {firewallGroupsFor, readProfiles, rulesFor, zonesFor} from './vpc-dns.ts'

type NetworkKind = KindsWith<'network'>
export type Network = Pick<Readings, NetworkKind> & {
  /** Instances that are route targets. */
  readonly NatInstances: Reading<Instance>
}

/** Everything in some VPCs in parallel, and what their routes and rules refer to as soon as it is known. */
export async function collectVpcs(
  aws: Aws,
  place: Place,
  vpcIds: readonly string[],
  instances: readonly Instance[],
  earlier: readonly Network[],
): Promise<Network> {
  const here = {filter: 'vpc-id', values: vpcIds}
  const attached = instances.filter(({VpcId}) => VpcId !== undefined && vpcIds.includes(VpcId))
  const Vpcs = vpc.readVpcs(aws, here)
  const Subnets = vpc.readSubnets(aws, here)
  const RouteTables = vpc.readRouteTables(aws, here)
  const NatGateways = vpc.readNatGateways(aws, here)
  const VpcEndpoints = vpc.readVpcEndpoints(aws, here)
  const DhcpOptions = Vpcs.then((vpcs) => dhcpOptionsOf(aws, vpcs))
  const dns = dnsKinds(aws, place, vpcIds)
  const SecurityGroups = Promise.all([vpc.readSecurityGroups(aws, here), VpcEndpoints]).then(([groups, endpoints]) =>
    withForeignGroups(aws, groups, attached, itemsOf(endpoints)),
  )
  const routes = Promise.all([RouteTables, NatGateways, VpcEndpoints, Subnets]).then(
    ([tables, gateways, endpoints, subnets]) =>
      routesOf(tables, subnetsInUse(itemsOf(subnets), attached, itemsOf(gateways), itemsOf(endpoints), earlier)),
  )
  return awaitAll({
    Vpcs,
    Subnets,
    RouteTables,
    NatGateways,
    VpcEndpoints,
    SecurityGroups,
    VpcAttributes: vpc.readVpcAttributes(aws, vpcIds),
    NetworkAcls: vpc.readNetworkAcls(aws, here),
    InternetGateways: Promise.all([
      vpc.readInternetGateways(aws, {filter: 'attachment.vpc-id', values: vpcIds}),
      routes,
    ]).then(([gateways, found]) => withNamed(aws, gateways, found)),
    ...dns,
    DhcpOptions,
    VpcBlockPublicAccessOptions: Promise.all([Vpcs, Subnets]).then((states) =>
      isBlocked(states) ? vpc.readBlockPublicAccess(aws) : [],
    ),
    ServiceNames: VpcEndpoints.then((endpoints) => serviceNames(aws, place, itemsOf(endpoints))),
    NetworkInterfaces: Promise.all([VpcEndpoints, routes, dns.HostedZones, DhcpOptions]).then(
      ([endpoints, found, zones, options]) =>
        interfacesNamedBy(aws, endpoints, found, [...addressesIn(zones), ...dnsServersIn(options)]),
    ),
    ManagedPrefixLists: Promise.all([SecurityGroups, routes, VpcEndpoints]).then(([groups, found, endpoints]) =>
      prefixListsNamedBy(aws, groups, found, new Set(groupsOf(attached, itemsOf(endpoints)))),
    ),
    ...targetKinds(aws, routes, earlier),
  })
}

/** What answers names in some VPCs. */
function dnsKinds(aws: Aws, place: Place, vpcIds: readonly string[]) {
  const profiles = readProfiles(aws, vpcIds)
  return {
    HostedZones: zonesFor(aws, vpcIds, place, profiles),
    ProfileAssociations: profiles.then((found) => found.ProfileAssociations),
    ProfileResourceAssociations: profiles.then((found) => found.ProfileResourceAssociations),
    ResolverRules: rulesFor(aws, vpcIds, profiles),
    FirewallRuleGroupAssociations: firewallGroupsFor(aws, vpcIds, profiles),
  }
}

/** The targets of routes that are read by id. */
function targetKinds(aws: Aws, routes: Promise<readonly Route[]>, earlier: readonly Network[]) {
  return {
    EgressOnlyInternetGateways: routes.then((found) => egressOnlyGatewaysOf(aws, found)),
    VpcPeeringConnections: routes.then((found) => peeringConnectionsOf(aws, found)),
    ...transitKinds(
      aws,
      routes.then((found) => newTransitGateways(found, earlier)),
    ),
    NatInstances: routes.then((found) => natInstances(aws, found)),
  }
}

type Subnets = readonly Subnet[]

/**
 * The subnets of the instances, of their gateways and endpoints, and of attachments that other VPCs send traffic to.
 */
function subnetsInUse(
  subnets: Subnets,
  instances: readonly Instance[],
  gateways: readonly NatGateway[],
  endpoints: readonly VpcEndpoint[],
  earlier: readonly Network[],
): Subnets {
  const inUse = new Set([
    ...instances.flatMap(({NetworkInterfaces}) => NetworkInterfaces.flatMap(({SubnetId}) => SubnetId ?? [])),
    ...gateways.flatMap(({SubnetId}) => SubnetId ?? []),
    ...endpoints.flatMap(({SubnetIds}) => SubnetIds),
    ...earlier.flatMap(({TransitGatewayVpcAttachments}) =>
      itemsOf(TransitGatewayVpcAttachments).flatMap(({SubnetIds}) => SubnetIds),
    ),
  ])
  return subnets.filter(({SubnetId}) => inUse.has(SubnetId))
}

function newTransitGateways(routes: readonly Route[], earlier: readonly Network[]): string[] {
  const known = new Set(
    earlier.flatMap((one) => itemsOf(one.TransitGateways).map((gateway) => gateway.TransitGatewayId)),
  )
  return named(routes, 'TransitGatewayId').filter((id) => !known.has(id))
}

async function dhcpOptionsOf(aws: Aws, vpcs: Readings['Vpcs']): Promise<Readings['DhcpOptions']> {
  const values = itemsOf(vpcs).flatMap(({DhcpOptionsId: id}) => (id && id !== 'default' ? [id] : []))
  if (isUnreadable(vpcs) && values.length === 0) return because(vpcs)
  const options = await vpc.readDhcpOptions(aws, {filter: 'dhcp-options-id', values})
  return withGapOf(vpcs, options, ({DhcpOptionsId}) => DhcpOptionsId)
}

/** The interfaces of the endpoints, those that routes name, and those with addresses in private zones or of DNS servers. */
async function interfacesNamedBy(
  aws: Aws,
  endpoints: Readings['VpcEndpoints'],
  routes: readonly Route[],
  addresses: readonly string[],
): Promise<Readings['NetworkInterfaces']> {
  if (isUnreadable(endpoints) && endpoints.known === undefined) return because(endpoints)
  const ids = [
    ...itemsOf(endpoints).flatMap(({NetworkInterfaceIds}) => NetworkInterfaceIds),
    ...named(routes, 'NetworkInterfaceId'),
  ]
  const found = await Promise.all([
    ...(isUnreadable(endpoints) ? [because(endpoints)] : []),
    vpc.readNetworkInterfaces(aws, {filter: 'network-interface-id', values: ids}),
    vpc.readNetworkInterfaces(aws, {filter: 'addresses.private-ip-address', values: addresses}),
  ])
  return join(found, ({NetworkInterfaceId}) => NetworkInterfaceId)
}

/** The lists that routes and the rules of security groups in use name. */
async function prefixListsNamedBy(
  aws: Aws,
  groups: Readings['SecurityGroups'],
  routes: readonly Route[],
  inUse: ReadonlySet<string>,
): Promise<Readings['ManagedPrefixLists']> {
  const ids = new Set([
    ...named(routes, 'DestinationPrefixListId'),
    ...itemsOf(groups)
      .filter(({GroupId}) => inUse.has(GroupId))
      .flatMap(prefixListsIn),
  ])
  return ids.size > 0 ? vpc.readManagedPrefixLists(aws, [...ids]) : []
}

function egressOnlyGatewaysOf(aws: Aws, routes: readonly Route[]) {
  const ids = named(routes, 'EgressOnlyInternetGatewayId')
  return ids.length > 0 ? vpc.readEgressOnlyInternetGateways(aws, ids) : []
}

const peeringConnectionsOf = (aws: Aws, routes: readonly Route[]) =>
  vpc.readVpcPeeringConnections(aws, {
    filter: 'vpc-peering-connection-id',
    values: named(routes, 'VpcPeeringConnectionId'),
  })

/** A route may still name an internet gateway that exists but is attached to no VPC, or to another one. */
async function withNamed(
  aws: Aws,
  attached: Readings['InternetGateways'],
  routes: readonly Route[],
): Promise<Readings['InternetGateways']> {
  const known = new Set(itemsOf(attached).map(({InternetGatewayId}) => InternetGatewayId))
  const missing = named(routes, 'GatewayId').filter((id) => isInternetGatewayId(id) && !known.has(id))
  if (missing.length === 0) return attached
  const others = await vpc.readInternetGateways(aws, {filter: 'internet-gateway-id', values: missing})
  return join([attached, others], ({InternetGatewayId}) => InternetGatewayId)
}

/** A private zone may contain the addresses of endpoints instead of their names. */
const addressesIn = (zones: Readings['HostedZones']): string[] =>
  itemsOf(zones).flatMap(({ResourceRecordSets}) =>
    itemsOf(ResourceRecordSets).flatMap(({Type, ResourceRecords}) =>
      Type === 'A' ? (ResourceRecords ?? []).map(({Value}) => Value) : [],
    ),
  )

/** Custom ones: the Amazon DNS server has no interface. */
const dnsServersIn = (options: Readings['DhcpOptions']): string[] =>
  itemsOf(options)
    .flatMap(({DhcpConfigurations}) => DhcpConfigurations)
    .filter(({Key}) => Key === 'domain-name-servers')
    .flatMap(({Values}) => (Values ?? []).flatMap(({Value}) => Value ?? []))
    .filter((server) => /^\d+(?:\.\d+){3}$/.test(server) && !server.startsWith('169.254.'))

const because = ({unreadable}: Unreadable): Unreadable => ({unreadable})

/** What was requested for the items of another list is known only as far as that list is. */
const withGapOf = <T>(list: Reading<unknown>, found: Reading<T>, keyOf: (item: T) => unknown): Reading<T> =>
  isUnreadable(list) ? join([because(list), found], keyOf) : found

/** The routes that packets of the instances, their gateways and endpoints can take. */
function routesOf(RouteTables: Reading<RouteTable>, subnets: Subnets): readonly Route[] {
  const tables = new Set(subnets.map((subnet) => routeTableOf({RouteTables}, subnet)))
  return [...tables].flatMap((table) => (table === undefined || isUnreadable(table) ? [] : itemsOf(table.Routes)))
}

const named = (routes: readonly Route[], target: TargetField): string[] => [
  ...new Set(routes.flatMap((route) => route[target] ?? [])),
]
type TargetField = (typeof TARGETS)[number] | 'DestinationPrefixListId'

const groupsOf = (instances: readonly Instance[], endpoints: readonly VpcEndpoint[]): string[] => [
  ...instances.flatMap(({NetworkInterfaces}) =>
    NetworkInterfaces.flatMap(({Groups}) => (Groups ?? []).flatMap(({GroupId}) => GroupId ?? [])),
  ),
  ...endpoints.flatMap(({Groups}) => Groups.flatMap(({GroupId}) => GroupId ?? [])),
]

/**
 * A group may belong to another VPC and be associated with this one; those are read by id.
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

export const prefixListsIn = ({IpPermissions, IpPermissionsEgress}: SecurityGroup): string[] =>
  [...IpPermissions, ...IpPermissionsEgress].flatMap(({PrefixListIds}) =>
    (PrefixListIds ?? []).flatMap(({PrefixListId}) => PrefixListId ?? []),
  )

/**
 * The mode in effect is in every VPC and subnet; who set it, and whether exclusions are allowed, is not.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
 */
const isBlocked = (readings: readonly [Readings['Vpcs'], Readings['Subnets']]): boolean =>
  readings.some(
    (reading) =>
      isUnreadable(reading) ||
      reading.some(({BlockPublicAccessStates: states}) => (states?.InternetGatewayBlockMode ?? 'off') !== 'off'),
  )

/** A route to an instance, or to an interface that may belong to one. */
async function natInstances(aws: Aws, routes: readonly Route[]): Promise<Reading<Instance>> {
  const toInterfaces = routes.filter(({InstanceId}) => InstanceId === undefined)
  const found = await Promise.all([
    readInstances(aws, named(routes, 'InstanceId')),
    readInstances(aws, named(toInterfaces, 'NetworkInterfaceId'), 'network-interface.network-interface-id'),
  ])
  return join(found, ({InstanceId}) => InstanceId)
}
