import {type Account, isReadWith, type Route, type RouteTable} from '../../model/account.ts'
import {isEndpointId} from '../../model/ids.ts'
import {lookup} from '../../model/lists.ts'
import {memo, remembered} from '../../util/memo.ts'
import {type Family, parseCidr} from '../address.ts'
import {type Flow, hop} from '../context.ts'
import type {Hop, Leg} from '../path.ts'
import {includes, intersect, isEmpty, type Ranges, subtract, union} from '../ranges.ts'

export type ReadRouteTable = RouteTable & {readonly Routes: readonly Route[]}

/** The part of a destination that one route matches; no route matches the rest. */
export interface Portion {
  readonly addresses: Ranges
  readonly route: Route | undefined
}

interface Candidate {
  readonly ranges: Ranges
  readonly prefix: number
  /** Static before prefix list before propagated, at equal length. */
  readonly rank: number
  readonly route: Route
}

type PrefixLists = Pick<Account, 'ManagedPrefixLists'>

export const isPropagated = ({Origin}: Route) => Origin === 'EnableVgwRoutePropagation' || Origin === 'Advertisement'

function candidatesOf(readings: PrefixLists, routes: readonly Route[], family: Family): readonly Candidate[] {
  const candidates: Candidate[] = []
  for (const route of routes) {
    const cidr = family === 4 ? route.DestinationCidrBlock : route.DestinationIpv6CidrBlock
    if (cidr !== undefined) add(candidates, route, cidr, family, isPropagated(route) ? 2 : 0)
    for (const entry of entriesOf(readings, route) ?? []) add(candidates, route, entry, family, 1)
  }
  return withoutShadowed(candidates).toSorted((a, b) => b.prefix - a.prefix || a.rank - b.rank)
}

/**
 * A propagated route inside the block of a `local` route is never used, however long it is; a static one is.
 * https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
 */
function withoutShadowed(candidates: readonly Candidate[]): readonly Candidate[] {
  const local = candidates.filter(({route}) => route.GatewayId === 'local')
  return candidates.filter(
    ({route, ranges}) => !isPropagated(route) || !local.some((one) => includes(one.ranges, ranges)),
  )
}

function add(candidates: Candidate[], route: Route, cidr: string, family: Family, rank: number): void {
  const parsed = parseCidr(cidr)
  if (parsed?.family === family) candidates.push({ranges: parsed.ranges, prefix: parsed.prefix, rank, route})
}

function entriesOf({ManagedPrefixLists}: PrefixLists, {DestinationPrefixListId}: Route): readonly string[] | undefined {
  if (DestinationPrefixListId === undefined) return []
  const list = lookup(ManagedPrefixLists, 'PrefixListId', DestinationPrefixListId)
  return isReadWith(list, 'Entries') ? list.Entries.map(({Cidr}) => Cidr ?? '') : undefined
}

/**
 * Routes of prefix lists that could not be read, except those of gateway endpoints: they may match any traffic. One to
 * the target that the traffic has anyway changes nothing.
 */
export const unreadRoutes = (readings: PrefixLists, routes: readonly Route[], known?: string): readonly Route[] =>
  routes.filter(
    (route) => !isEndpointId(route.GatewayId) && targetOf(route) !== known && entriesOf(readings, route) === undefined,
  )

/** Routes of prefix lists that could not be read, to other targets than the one that is known: they may match the traffic. */
export const unreadListHops = (
  {readings}: Pick<Flow, 'readings'>,
  {RouteTableId, Routes}: ReadRouteTable,
  position: Pick<Hop, 'leg'> & Partial<Pick<Hop, 'direction'>>,
  known?: string,
): readonly Hop[] =>
  unreadRoutes(readings, Routes, known).map((route) => {
    const because = `Route table ${RouteTableId} routes prefix list ${route.DestinationPrefixListId}, whose entries could not be read, to ${targetOf(route)}.`
    return hop('route', RouteTableId, 'unknown', because, {...position, unread: 'ManagedPrefixLists'})
  })

const ordered = memo((ManagedPrefixLists: PrefixLists['ManagedPrefixLists']) =>
  memo((routes: readonly Route[]) =>
    remembered((family: Family) => candidatesOf({ManagedPrefixLists}, routes, family)),
  ),
)

const orderedCandidates = (readings: PrefixLists, routes: readonly Route[], family: Family): readonly Candidate[] =>
  ordered(readings.ManagedPrefixLists)(routes)(family)

/**
 * Longest prefix first; at equal length static before prefix list before propagated.
 * https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
 */
export function portionsOf(
  readings: PrefixLists,
  routes: readonly Route[],
  family: Family,
  destination: Ranges,
): readonly Portion[] {
  const taken = new Map<Route, Ranges>()
  let left = destination
  for (const {ranges, route} of orderedCandidates(readings, routes, family)) {
    const hit = intersect(left, ranges)
    if (isEmpty(hit)) continue
    taken.set(route, union(taken.get(route) ?? [], hit))
    left = subtract(left, hit)
    if (isEmpty(left)) break
  }
  const portions: Portion[] = [...taken].map(([route, addresses]) => ({addresses, route}))
  return isEmpty(left) ? portions : [...portions, {addresses: left, route: undefined}]
}

/**
 * Routes of other prefix lists with the same block as the match of this route, and another target: AWS
 * chooses one of them, and does not say which.
 * https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
 */
export function competingRoutesOf(
  readings: PrefixLists,
  routes: readonly Route[],
  family: Family,
  {addresses, route}: Portion,
): readonly Route[] {
  if (route?.DestinationPrefixListId === undefined) return []
  const candidates = orderedCandidates(readings, routes, family)
  const own = candidates.filter((one) => one.route === route && !isEmpty(intersect(one.ranges, addresses)))
  const competing = candidates.filter(
    (one) =>
      one.rank === 1 &&
      targetOf(one.route) !== targetOf(route) &&
      own.some(({prefix, ranges}) => prefix === one.prefix && includes(ranges, one.ranges)),
  )
  return [...new Set(competing.map((one) => one.route))]
}

export const targetOf = (route: Route): string =>
  route.NatGatewayId ??
  route.TransitGatewayId ??
  route.VpcPeeringConnectionId ??
  route.InstanceId ??
  route.NetworkInterfaceId ??
  route.EgressOnlyInternetGatewayId ??
  route.LocalGatewayId ??
  route.CarrierGatewayId ??
  route.CoreNetworkArn ??
  route.OdbNetworkArn ??
  route.GatewayId ??
  'a target of an unknown kind'

export const destinationOf = (route: Route): string =>
  route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId ?? 'unknown destination'

export const routeInWords = ({RouteTableId}: RouteTable, route: Route): string =>
  `Route table ${RouteTableId} routes ${destinationOf(route)} to ${targetOf(route)}`

/** The route is the resource to change; `why` fits after "which". */
export function blackholeHop(table: RouteTable, route: Route, why: string, leg: Leg): Hop {
  const because = `${routeInWords(table, route)}, which ${why}: it is a blackhole route.`
  const detail = {destination: destinationOf(route), target: targetOf(route), vpcId: table.VpcId}
  return hop('route', table.RouteTableId, 'blocked', because, {leg, fault: {cause: 'route.blackhole', detail}})
}

/** Stays in the VPC, or leaves it for the internet or for an endpoint. The field shows it where the id is a plan's name. */
const isToAnEnd = (route: Route): boolean =>
  (route.NatGatewayId ?? route.NetworkInterfaceId ?? route.InstanceId) !== undefined ||
  /^(?:local$|(?:igw|eigw|vpce)-)/.test(targetOf(route))

/**
 * Transit, virtual private, local and carrier gateways, peering connections, and core networks and others with an ARN.
 */
const isToAnotherNetwork = (route: Route): boolean =>
  (route.TransitGatewayId ?? route.VpcPeeringConnectionId) !== undefined ||
  /^(?:(?:vgw|lgw|cagw)-|arn:)/.test(targetOf(route))

/** Whether the route sends the traffic to another network, from where it may still reach the internet. */
export const routesToOtherNetwork = (route: Route): boolean => route.State !== 'blackhole' && !isToAnEnd(route)

/**
 * Whether private addresses of other networks may be behind the route: only internet gateways are limited to public
 * ones.
 */
export const mayReachPrivate = (route: Route): boolean =>
  route.State !== 'blackhole' && !/^(?:local$|(?:igw|eigw)-)/.test(targetOf(route)) && !isOfGatewayEndpoint(route)

export const isOfGatewayEndpoint = ({DestinationPrefixListId, GatewayId}: Route): boolean =>
  DestinationPrefixListId !== undefined && isEndpointId(GatewayId)

/** AWS adds kinds of targets. A route to one that this version does not know may do anything with the traffic. */
export const hasUnknownTarget = (route: Route): boolean => routesToOtherNetwork(route) && !isToAnotherNetwork(route)

/**
 * Between Outposts, traffic of one subnet of the VPC to another may pass their local gateways and the network of the
 * customer. https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html#route-tables-lgw-intra-vpc
 */
export const mayLeadBack = ({LocalGatewayId, State}: Route): boolean =>
  LocalGatewayId !== undefined && State !== 'blackhole'
