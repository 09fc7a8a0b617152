import {type Account, isUnreadable, itemsOf, type Route, type RouteTable} from '../../model/account.ts'
import {find, withItem, withItems} from '../../model/joins.ts'
import {targetOf} from '../../network/routing/route-table.ts'
import type {Input} from '../core/remedy.ts'
import type {NetworkFacts} from './fault-context.ts'

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

export const routeTo = (destination: string, {field, id}: RouteTarget): Route => ({
  ...destinationInput(destination),
  ...(field === 'VpcEndpointId' ? {GatewayId: id} : {[field]: id}),
  Origin: 'CreateRoute',
  State: 'active',
})

export const hasDestination = (route: Route, destination: string): boolean =>
  [route.DestinationCidrBlock, route.DestinationIpv6CidrBlock, route.DestinationPrefixListId].includes(destination)

export const withRoutes = (
  account: Account,
  tableId: string,
  change: (routes: readonly Route[]) => readonly Route[],
): Account =>
  withItem(account, 'RouteTables', 'RouteTableId', tableId, (table) =>
    isUnreadable(table.Routes) ? table : {...table, Routes: change(table.Routes)},
  )

/** Routes to what did not work are blackhole routes; they become active with it. */
export const withRoutesAlive = (account: Account, targetId: string): Account =>
  withItems(account, 'RouteTables', (tables) =>
    tables.map((table) =>
      isUnreadable(table.Routes) ? table : {...table, Routes: table.Routes.map((route) => alive(route, targetId))},
    ),
  )

const alive = (route: Route, targetId: string): Route =>
  targetOf(route) === targetId ? {...route, State: 'active'} : route

export const routesOf = (facts: NetworkFacts, tableId: string): readonly Route[] => {
  const routes = find(facts.RouteTables, 'RouteTableId', tableId)?.Routes ?? []
  return isUnreadable(routes) ? [] : routes
}

/** Every route of the account with this target, with its table. */
export const routesTo = (facts: NetworkFacts, id: string): readonly {table: RouteTable; route: Route}[] =>
  itemsOf(facts.RouteTables).flatMap((table) =>
    itemsOf(table.Routes).flatMap((route) =>
      targetOf(route) === id || route.NetworkInterfaceId === id ? [{table, route}] : [],
    ),
  )
