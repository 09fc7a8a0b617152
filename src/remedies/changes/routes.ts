import {isUnreadable, itemsOf, type Route, type RouteTable} from '../../model/account.ts'
import {type Effect, editAll, editList} from '../../model/effect.ts'
import {find} from '../../model/joins.ts'
import {targetOf} from '../../network/routing/route-table.ts'
import {type Change, change} from '../core/change.ts'
import type {NetworkFacts} from '../core/network-facts.ts'
import {ec2, type Input} from '../core/remedy.ts'

type TargetField =
  | 'GatewayId'
  | 'NatGatewayId'
  | 'TransitGatewayId'
  | 'VpcPeeringConnectionId'
  | 'NetworkInterfaceId'
  | 'VpcEndpointId'

/** The target of a route: in the call, and on the model, where a placeholder represents an id that AWS will return. */
export interface RouteTarget {
  readonly field: TargetField
  readonly input: Input
  readonly id: string
}

export const target = (field: TargetField, id: string): RouteTarget => ({field, input: id, id})

/** The field for an id, by the id's own prefix. */
export function targetNamed(id: string): RouteTarget | undefined {
  const field = FIELDS[id.split('-')[0] ?? '']
  return field && target(field, id)
}

const FIELDS: Readonly<Record<string, TargetField>> = {
  igw: 'GatewayId',
  vgw: 'GatewayId',
  nat: 'NatGatewayId',
  tgw: 'TransitGatewayId',
  pcx: 'VpcPeeringConnectionId',
  eni: 'NetworkInterfaceId',
  vpce: 'VpcEndpointId',
}

export function destinationInput(destination: string): {readonly [parameter: string]: string} {
  if (destination.startsWith('pl-')) return {DestinationPrefixListId: destination}
  return destination.includes(':') ? {DestinationIpv6CidrBlock: destination} : {DestinationCidrBlock: destination}
}

export const hasDestination = (route: Route, destination: string): boolean =>
  [route.DestinationCidrBlock, route.DestinationIpv6CidrBlock, route.DestinationPrefixListId].includes(destination)

export const routeTo = (destination: string, {field, id}: RouteTarget): Route => ({
  ...destinationInput(destination),
  ...(field === 'VpcEndpointId' ? {GatewayId: id} : {[field]: id}),
  Origin: 'CreateRoute',
  State: 'active',
})

export const editRoutes = (tableId: string, change: (routes: readonly Route[]) => readonly Route[]): Effect =>
  editList('RouteTables', tableId, 'Routes', change)

export const routesOf = (facts: NetworkFacts, tableId: string): readonly Route[] =>
  itemsOf(find(facts.RouteTables, 'RouteTableId', tableId)?.Routes ?? [])

/** Every route of the account with this target, with its table. */
export const routesTo = (facts: NetworkFacts, id: string): readonly {table: RouteTable; route: Route}[] =>
  itemsOf(facts.RouteTables).flatMap((table) =>
    itemsOf(table.Routes).flatMap((route) =>
      targetOf(route) === id || route.NetworkInterfaceId === id ? [{table, route}] : [],
    ),
  )

/** Routes to what did not work are blackhole routes; they become active with it. */
export const activateRoutesTo = (targetId: string): Effect =>
  editAll('RouteTables', (table) =>
    isUnreadable(table.Routes) ? table : {...table, Routes: table.Routes.map((route) => active(route, targetId))},
  )

const active = (route: Route, targetId: string): Route =>
  targetOf(route) === targetId ? {...route, State: 'active'} : route

const routeCall = (
  operation: 'CreateRoute' | 'ReplaceRoute' | 'DeleteRoute',
  RouteTableId: string,
  destination: string,
  to?: RouteTarget,
) => ec2(operation, {RouteTableId, ...destinationInput(destination), ...(to && {[to.field]: to.input})})

/** The former target, unless it was deleted: then it cannot be restored. */
const formerTarget = (former: Route | undefined): RouteTarget | undefined =>
  former && former.State !== 'blackhole' ? targetNamed(targetOf(former)) : undefined

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html */
const createRoute = (tableId: string, destination: string, to: RouteTarget): Change =>
  change({
    calls: routeCall('CreateRoute', tableId, destination, to),
    undo: routeCall('DeleteRoute', tableId, destination),
    effects: editRoutes(tableId, (routes) => [
      ...routes.filter((route) => !hasDestination(route, destination)),
      routeTo(destination, to),
    ]),
  })

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRoute.html */
export const deleteRoute = (tableId: string, destination: string, former: Route): Change => {
  const to = formerTarget(former)
  return change({
    calls: routeCall('DeleteRoute', tableId, destination),
    undo: to && routeCall('CreateRoute', tableId, destination, to),
    effects: editRoutes(tableId, (routes) => routes.filter((route) => !hasDestination(route, destination))),
  })
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRoute.html */
export const replaceRoute = (tableId: string, destination: string, to: RouteTarget, former?: Route): Change => {
  const before = formerTarget(former)
  return change({
    calls: routeCall('ReplaceRoute', tableId, destination, to),
    undo: before && routeCall('ReplaceRoute', tableId, destination, before),
    effects: substitute(tableId, destination, routeTo(destination, to)),
  })
}

/** Routes the destination to the target, whether the table has a route for it or not. */
export function setRoute(facts: NetworkFacts, tableId: string, destination: string, to: RouteTarget): Change {
  const former = routesOf(facts, tableId).find((route) => hasDestination(route, destination))
  return former ? replaceRoute(tableId, destination, to, former) : createRoute(tableId, destination, to)
}

const substitute = (tableId: string, destination: string, by: Route): Effect =>
  editRoutes(tableId, (routes) => routes.map((route) => (hasDestination(route, destination) ? by : route)))

/** A replaced `local` route is restored. https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html */
export const restoreLocalRoute = (RouteTableId: string, destination: string, former: Route): Change => {
  const where = destinationInput(destination)
  const before = formerTarget(former)
  return change({
    calls: ec2('ReplaceRoute', {RouteTableId, ...where, LocalTarget: true}),
    undo: before && routeCall('ReplaceRoute', RouteTableId, destination, before),
    effects: substitute(RouteTableId, destination, {
      ...where,
      GatewayId: 'local',
      Origin: 'CreateRouteTable',
      State: 'active',
    }),
  })
}
