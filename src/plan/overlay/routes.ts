import type {Account, Route, RouteTable} from '../../model/account.ts'
import {find, withItem, withItems, withPut} from '../../model/joins.ts'
import {hasUnknown, listOf, objectOf, type Properties, plannedId, textOf} from '../resource.ts'
import {accountIdOf, afterApply, allInDoubt, type Effect, eachInDoubt, inDoubt} from './effect.ts'
import {localRoute} from './vpc.ts'

/** The targets of a route, by CloudFormation's name and the API's. */
const TARGETS: readonly (readonly [property: string, field: string])[] = [
  ['GatewayId', 'GatewayId'],
  ['NatGatewayId', 'NatGatewayId'],
  ['TransitGatewayId', 'TransitGatewayId'],
  ['VpcPeeringConnectionId', 'VpcPeeringConnectionId'],
  ['EgressOnlyInternetGatewayId', 'EgressOnlyInternetGatewayId'],
  ['NetworkInterfaceId', 'NetworkInterfaceId'],
  ['InstanceId', 'InstanceId'],
  ['LocalGatewayId', 'LocalGatewayId'],
  ['CarrierGatewayId', 'CarrierGatewayId'],
  ['CoreNetworkArn', 'CoreNetworkArn'],
  // The API lists an endpoint among gateways.
  ['VpcEndpointId', 'GatewayId'],
]
const DESTINATIONS: readonly (readonly [property: string, field: string])[] = [
  ['DestinationCidrBlock', 'DestinationCidrBlock'],
  ['DestinationIpv6CidrBlock', 'DestinationIpv6CidrBlock'],
  ['DestinationPrefixListId', 'DestinationPrefixListId'],
]

const fieldsOf = (properties: Properties, names: readonly (readonly [string, string])[]) =>
  Object.fromEntries(
    names.flatMap(([property, field]) => {
      const value = textOf(properties[property])
      return value === undefined || value === '' ? [] : [[field, value]]
    }),
  )

const routeOf = (properties: Properties): Route =>
  ({
    ...fieldsOf(properties, DESTINATIONS),
    ...fieldsOf(properties, TARGETS),
    Origin: 'CreateRoute',
    State: 'active',
  }) as Route

const isSame = (one: Route, other: Route): boolean =>
  DESTINATIONS.every(([, field]) => one[field as keyof Route] === other[field as keyof Route])

const withRoutes = (
  account: Account,
  tableId: string,
  change: (routes: readonly Route[]) => RouteTable['Routes'],
): Account =>
  withItem(account, 'RouteTables', 'RouteTableId', tableId, (table) => ({
    ...table,
    Routes: 'unreadable' in table.Routes ? table.Routes : change(table.Routes),
  }))

export const routeTable: Effect = {
  add: (account, {VpcId, Routes}, {id, address}) => {
    const known = find(account.RouteTables, 'RouteTableId', id)
    const ownVpcId = textOf(VpcId) ?? known?.VpcId
    // Without an association it routes nothing.
    if (ownVpcId === undefined) return account
    const cidr = find(account.Vpcs, 'VpcId', ownVpcId)?.CidrBlock
    const kept = known && !('unreadable' in known.Routes) ? known.Routes : cidr === undefined ? [] : [localRoute(cidr)]
    const local = kept.filter(({GatewayId, Origin}) => GatewayId === 'local' || Origin !== 'CreateRoute')
    const table = {
      ...known,
      RouteTableId: id,
      VpcId: ownVpcId,
      OwnerId: known?.OwnerId ?? accountIdOf(account),
      Associations: known?.Associations ?? [],
      Routes: hasUnknown(Routes)
        ? {unreadable: afterApply(address)}
        : Routes === undefined
          ? kept
          : [...local, ...listOf(Routes).map((route) => routeOf(objectOf(route)))],
    } as RouteTable
    return withPut(account, 'RouteTables', 'RouteTableId', table)
  },
  remove: (account, _, {id}) =>
    withItems(account, 'RouteTables', (tables) => tables.filter(({RouteTableId}) => RouteTableId !== id)),
}

export const route: Effect = {
  add: (account, properties, {address}) => {
    const table = textOf(properties.RouteTableId)
    const inDoubtIn = (model: Account, id: string) => withRoutes(model, id, () => ({unreadable: afterApply(address)}))
    if (table === undefined) return eachInDoubt(account, 'RouteTables', properties.RouteTableId, address, inDoubtIn)
    if (hasUnknown(properties)) return inDoubtIn(account, table)
    const added = routeOf(properties)
    return withRoutes(account, table, (routes) => [...routes.filter((one) => !isSame(one, added)), added])
  },
  remove: (account, properties) => {
    const table = textOf(properties.RouteTableId)
    const removed = routeOf(properties)
    return table === undefined
      ? account
      : withRoutes(account, table, (routes) => routes.filter((one) => !isSame(one, removed)))
  },
}

const withoutAssociation = (account: Account, SubnetId: string): Account =>
  withItems(account, 'RouteTables', (tables) =>
    tables.map((table) =>
      table.Associations.some((one) => one.SubnetId === SubnetId)
        ? {...table, Associations: table.Associations.filter((one) => one.SubnetId !== SubnetId)}
        : table,
    ),
  )

/** A placeholder for the route table of a subnet if it is known only after apply. */
function tableInDoubt(account: Account, subnetId: string | undefined, address: string): RouteTable | undefined {
  const ownSubnet = find(account.Subnets, 'SubnetId', subnetId)
  return (
    ownSubnet && {
      RouteTableId: plannedId('rtb', address),
      VpcId: ownSubnet.VpcId,
      OwnerId: accountIdOf(account),
      Associations: [],
      Routes: {unreadable: afterApply(address)},
    }
  )
}

function withTableInDoubt(account: Account, subnetId: string, address: string): Account {
  const cleared = withoutAssociation(account, subnetId)
  const table = tableInDoubt(cleared, subnetId, address)
  const Associations = [{RouteTableId: table?.RouteTableId ?? '', SubnetId: subnetId, Main: false}]
  return table
    ? withPut(cleared, 'RouteTables', 'RouteTableId', {
        ...table,
        RouteTableId: `${table.RouteTableId}-${subnetId}`,
        Associations,
      })
    : cleared
}

export const routeTableAssociation: Effect = {
  add: (account, {RouteTableId, SubnetId, GatewayId}, {address}) => {
    const [table, subnet, gateway] = [textOf(RouteTableId), textOf(SubnetId), textOf(GatewayId)]
    if (subnet === undefined && gateway === undefined)
      return eachInDoubt(account, 'RouteTables', SubnetId, address, (model, id) => withTableInDoubt(model, id, address))
    const cleared = subnet === undefined ? account : withoutAssociation(account, subnet)
    const known = find(cleared.RouteTables, 'RouteTableId', table) ?? tableInDoubt(cleared, subnet, address)
    if (!known) return gateway === undefined ? cleared : inDoubt(cleared, 'RouteTables', address)
    const association = {
      RouteTableId: known.RouteTableId,
      Main: false,
      AssociationState: {State: 'associated' as const},
      ...(subnet !== undefined && {SubnetId: subnet}),
      ...(gateway !== undefined && {GatewayId: gateway}),
    }
    return withPut(cleared, 'RouteTables', 'RouteTableId', {
      ...known,
      Associations: [...known.Associations, association],
    })
  },
  remove: (account, {SubnetId}) => {
    const subnet = textOf(SubnetId)
    return subnet === undefined ? account : withoutAssociation(account, subnet)
  },
}

/** Makes one route table of a VPC the main one, for all subnets without an explicit association. */
const withMain = (account: Account, vpcId: string, tableId: string): Account =>
  withItems(account, 'RouteTables', (tables) =>
    tables.map((table) => {
      if (table.VpcId !== vpcId) return table
      const others = table.Associations.filter(({Main}) => !Main)
      return {
        ...table,
        Associations:
          table.RouteTableId === tableId
            ? [...others, {RouteTableId: tableId, Main: true, AssociationState: {State: 'associated' as const}}]
            : others,
      }
    }),
  )

/**
 * Without it, the original main route table is restored.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/main_route_table_association
 */
export const mainRouteTableAssociation: Effect = {
  add: (account, {VpcId, RouteTableId}, {address}) => {
    const [ownVpcId, main] = [textOf(VpcId), textOf(RouteTableId)]
    if (ownVpcId === undefined || main === undefined) return allInDoubt(account, 'RouteTables', address)
    return withMain(account, ownVpcId, main)
  },
  remove: (account, {VpcId, OriginalRouteTableId}, {address}) => {
    const [ownVpcId, original] = [textOf(VpcId), textOf(OriginalRouteTableId)]
    return ownVpcId === undefined || original === undefined || !find(account.RouteTables, 'RouteTableId', original)
      ? allInDoubt(account, 'RouteTables', address)
      : withMain(account, ownVpcId, original)
  },
}
