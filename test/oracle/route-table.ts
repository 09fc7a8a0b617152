import {
  type Account,
  itemsOf,
  type Route,
  type RouteTable,
  type Subnet,
  type TransitGatewayRoute,
} from '../../src/model/account.ts'
import {contains, lengthOf} from './address.ts'

/** The subnet's own table, else the main table of its VPC. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html */
export function tableOfSubnet(account: Account, {SubnetId, VpcId}: Subnet): RouteTable | undefined {
  const tables = itemsOf(account.RouteTables).filter((table) => table.VpcId === VpcId)
  return (
    tables.find(({Associations}) => Associations.some((association) => association.SubnetId === SubnetId)) ??
    tables.find(({Associations}) => Associations.some(({Main}) => Main === true))
  )
}

const cidrsOfList = (account: Account, id: string | undefined): readonly string[] =>
  itemsOf(account.ManagedPrefixLists)
    .filter(({PrefixListId}) => PrefixListId === id)
    .flatMap(({Entries}) => itemsOf(Entries).flatMap(({Cidr}) => Cidr ?? []))

const cidrsOf = (account: Account, route: Route): readonly string[] => [
  ...(route.DestinationCidrBlock ? [route.DestinationCidrBlock] : []),
  ...(route.DestinationIpv6CidrBlock ? [route.DestinationIpv6CidrBlock] : []),
  ...(route.DestinationPrefixListId ? cidrsOfList(account, route.DestinationPrefixListId) : []),
]

function rankOf(route: Route): number {
  if (route.Origin === 'EnableVgwRoutePropagation' || route.Origin === 'Advertisement') return 2
  return route.DestinationPrefixListId ? 1 : 0
}

/** Routes of equal priority are all returned: AWS picks one of overlapping prefix lists and does not say which. */
function strongest<T>(found: readonly {route: T; length: number; rank: number}[]): readonly T[] {
  const length = Math.max(...found.map((one) => one.length))
  const longest = found.filter((one) => one.length === length)
  const rank = Math.min(...longest.map((one) => one.rank))
  return longest.filter((one) => one.rank === rank).map(({route}) => route)
}

/**
 * The longest prefix; among equals a static route, then a prefix list, then a propagated route. A route whose target
 * no longer exists keeps its priority and drops what it matches.
 * https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
 */
export const chooseRoutes = (account: Account, routes: readonly Route[], destination: string): readonly Route[] =>
  strongest(
    routes.flatMap((route) =>
      cidrsOf(account, route)
        .filter((cidr) => contains(cidr, destination))
        .map((cidr) => ({route, length: lengthOf(cidr), rank: rankOf(route)})),
    ),
  ).filter((route, at, all) => all.indexOf(route) === at)

/**
 * The longest prefix; among equals a static route, then a prefix list, then a propagated route.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-route-evaluation-overview
 */
export const chooseTransitRoutes = (
  account: Account,
  routes: readonly TransitGatewayRoute[],
  destination: string,
): readonly TransitGatewayRoute[] =>
  strongest(
    routes.flatMap((route) =>
      (route.DestinationCidrBlock ? [route.DestinationCidrBlock] : cidrsOfList(account, route.PrefixListId))
        .filter((cidr) => contains(cidr, destination))
        .map((cidr) => ({
          route,
          length: lengthOf(cidr),
          rank: route.Type === 'propagated' ? 2 : route.PrefixListId ? 1 : 0,
        })),
    ),
  ).filter((route, at, all) => all.indexOf(route) === at)
