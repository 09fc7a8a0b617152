import {isUnreadable, itemsOf, type Route, type RouteTable} from '../../model/account.ts'
import {type Effect, editEach, editList} from '../../model/effect.ts'
import {isEndpointId} from '../../model/ids.ts'
import {allWith, find} from '../../model/lists.ts'
import {destinationInput, hasDestination, localRoute, TARGETS} from '../../model/routes.ts'
import {isPropagated, targetOf} from '../../network/routing/route-table.ts'
import {type Change, setting} from '../core/change.ts'
import type {NetworkFacts} from '../core/network-facts.ts'
import {ec2, type Input} from '../core/remedy.ts'

type TargetField = (typeof TARGETS)[number] | 'VpcEndpointId'

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
  allWith(facts.RouteTables, targetsIn, id).flatMap((table) =>
    itemsOf(table.Routes).flatMap((route) => (targetsOf(route).includes(id) ? [{table, route}] : [])),
  )

/** An instance is also the target of a route to its interface. */
const targetsOf = (route: Route): readonly unknown[] => [targetOf(route), route.NetworkInterfaceId]
const targetsIn = ({Routes}: RouteTable): readonly unknown[] => itemsOf(Routes).flatMap(targetsOf)

type RoutesChange = (routes: readonly Route[]) => readonly Route[]

const editTables = (by: 'VpcId' | typeof targetsIn, value: string, change: RoutesChange): Effect =>
  editEach('RouteTables', by, value, (table) =>
    isUnreadable(table.Routes) ? table : {...table, Routes: change(table.Routes)},
  )

/** Every table of a VPC. */
export const editRoutesOfVpc = (vpcId: string, change: RoutesChange): Effect => editTables('VpcId', vpcId, change)

/** Every table with a route to the target. */
export const editRoutesTo = (targetId: string, change: RoutesChange): Effect => editTables(targetsIn, targetId, change)

/** Routes to what did not work are blackhole routes; they become active with it. */
export const setRoutesTo = (targetId: string, State: Route['State']): Effect =>
  editRoutesTo(targetId, (routes) => routes.map((route) => (targetOf(route) === targetId ? {...route, State} : route)))

export const activateRoutesTo = (targetId: string): Effect => setRoutesTo(targetId, 'active')

/** What a call names as the target of a route. */
function targetInput(route: Route): {readonly [parameter: string]: Input} {
  if (route.GatewayId === 'local') return {LocalTarget: true}
  if (isEndpointId(route.GatewayId)) return {VpcEndpointId: route.GatewayId}
  const field = TARGETS.find((one) => route[one] !== undefined)
  return field === undefined ? {} : {[field]: route[field] ?? ''}
}

/**
 * The route of a table to a destination becomes another one, or none (null), from what it was, unless that is unknown.
 * `given` is the target for the call where only AWS's response has its id.
 */
export const changeRoute = (
  RouteTableId: string,
  destination: string,
  [from, to]: readonly [from: Route | null | undefined, to: Route | null],
  given?: {readonly [parameter: string]: Input},
): Change => {
  const place = {RouteTableId, ...destinationInput(destination)}
  return setting<Route | null>(
    (next, now) => {
      if (next === null) return ec2('DeleteRoute', place)
      const target = (next === to && given) || targetInput(next)
      return now === null ? ec2('CreateRoute', {...place, ...target}) : ec2('ReplaceRoute', {...place, ...target})
    },
    [from, to],
    editRoutes(RouteTableId, (routes) => [
      ...routes.filter((route) => !hasDestination(route, destination)),
      ...(to ? [to] : []),
    ]),
  )
}

/** A former target that was deleted cannot be restored. */
const restorable = (former: Route | undefined): Route | undefined =>
  former?.State === 'blackhole' || TARGETS.every((field) => former?.[field] === undefined) ? undefined : former

export const deleteRoute = (tableId: string, destination: string, former: Route): Change =>
  changeRoute(tableId, destination, [restorable(former), null])

/** Its former target no longer exists. */
export const replaceRoute = (tableId: string, destination: string, to: RouteTarget): Change =>
  changeRoute(tableId, destination, [undefined, routeTo(destination, to)], {[to.field]: to.input})

/**
 * Routes the destination to the target, whether the table has a route for it or not. A propagated route stays, and a
 * static one takes precedence. https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
 */
export function setRoute(facts: NetworkFacts, tableId: string, destination: string, to: RouteTarget): Change {
  const former = routesOf(facts, tableId).find((route) => hasDestination(route, destination) && !isPropagated(route))
  const from = former ? restorable(former) : null
  return changeRoute(tableId, destination, [from, routeTo(destination, to)], {[to.field]: to.input})
}

/** A replaced `local` route is restored. https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html */
export const restoreLocalRoute = (tableId: string, destination: string, former: Route): Change =>
  changeRoute(tableId, destination, [restorable(former), localRoute(destination)])
