import type {Account, Route, RouteTable} from '../../model/account.ts'
import {ipv4BlocksOf} from '../../model/blocks.ts'
import {editAll, put} from '../../model/effect.ts'
import {isEndpointId} from '../../model/ids.ts'
import {find} from '../../model/lists.ts'
import {DESTINATIONS, localRoute, routeFrom} from '../../model/routes.ts'
import {associateSubnet} from '../../remedies/core/subnet-association.ts'
import {type Properties, plannedId, textOf} from '../resource.ts'
import {
  afterApply,
  allUnknown,
  callersAccount,
  changedOf,
  eachUnknown,
  listIn,
  partOfList,
  type ResourceEffect,
  removalOf,
  someUnknown,
} from './resource-effect.ts'

const routeOf = (properties: Properties): Route => routeFrom((field) => textOf(properties[field]))

const localRoutesOf = (account: Account, vpcId: string): readonly Route[] => {
  const vpc = find(account.Vpcs, 'VpcId', vpcId)
  return vpc ? [...new Set(ipv4BlocksOf(vpc))].map(localRoute) : []
}

/**
 * Routes that are not in the list of a route table: of the VPC, propagated ones, and those that a gateway endpoint adds.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route_table
 */
const isAddedByAws = ({GatewayId, Origin, DestinationPrefixListId}: Route): boolean =>
  GatewayId === 'local' ||
  Origin !== 'CreateRoute' ||
  (DestinationPrefixListId !== undefined && isEndpointId(GatewayId))

export const routeTable: ResourceEffect = {
  add: (account, properties, {id, address, before}) => {
    const known = find(account.RouteTables, 'RouteTableId', id)
    const {VpcId, Routes} = changedOf(known, properties, before)
    const ownVpcId = textOf(VpcId) ?? known?.VpcId
    // Without an association it routes nothing.
    if (ownVpcId === undefined) return account
    const kept = known && !('unreadable' in known.Routes) ? known.Routes : localRoutesOf(account, ownVpcId)
    const table = {
      ...{OwnerId: callersAccount(account), Associations: []},
      ...known,
      ...{RouteTableId: id, VpcId: ownVpcId, Routes: kept},
      ...listIn({Routes}, address, (route) => [routeOf(route)], kept.filter(isAddedByAws)),
    } as RouteTable
    return put('RouteTables', table)(account)
  },
  remove: removalOf('RouteTables'),
}

export const route = partOfList({
  kind: 'RouteTables',
  owner: 'RouteTableId',
  list: 'Routes',
  itemOf: routeOf,
  isSame: (one, other) => DESTINATIONS.every((field) => one[field] === other[field]),
})

const withoutAssociation = (account: Account, subnetId: string | undefined): Account =>
  subnetId === undefined ? account : associateSubnet('RouteTables', subnetId)(account)

/** A placeholder for the route table of a subnet if it is known only after apply. */
function unknownTable(account: Account, subnetId: string | undefined, address: string): RouteTable | undefined {
  const ownSubnet = find(account.Subnets, 'SubnetId', subnetId)
  return (
    ownSubnet && {
      RouteTableId: plannedId('rtb', address),
      VpcId: ownSubnet.VpcId,
      OwnerId: callersAccount(account),
      Associations: [],
      Routes: {unreadable: afterApply(address)},
    }
  )
}

function withUnknownTable(account: Account, subnetId: string, address: string): Account {
  const cleared = withoutAssociation(account, subnetId)
  const table = unknownTable(cleared, subnetId, address)
  const Associations = [{RouteTableId: table?.RouteTableId ?? '', SubnetId: subnetId, Main: false}]
  return table
    ? put('RouteTables', {...table, RouteTableId: `${table.RouteTableId}-${subnetId}`, Associations})(cleared)
    : cleared
}

export const routeTableAssociation: ResourceEffect = {
  add: (account, {RouteTableId, SubnetId, GatewayId}, {address}) => {
    const [table, subnet, gateway] = [textOf(RouteTableId), textOf(SubnetId), textOf(GatewayId)]
    if (subnet === undefined && gateway === undefined)
      return eachUnknown(account, 'RouteTables', SubnetId, address, (model, id) => withUnknownTable(model, id, address))
    const cleared = withoutAssociation(account, subnet)
    const known = find(cleared.RouteTables, 'RouteTableId', table) ?? unknownTable(cleared, subnet, address)
    if (!known) return gateway === undefined ? cleared : someUnknown(cleared, 'RouteTables', address)
    const association = {
      RouteTableId: known.RouteTableId,
      Main: false,
      AssociationState: {State: 'associated' as const},
      ...(subnet !== undefined && {SubnetId: subnet}),
      ...(gateway !== undefined && {GatewayId: gateway}),
    }
    return put('RouteTables', {...known, Associations: [...known.Associations, association]})(cleared)
  },
  remove: (account, {SubnetId}) => withoutAssociation(account, textOf(SubnetId)),
  isPart: true,
}

/** Makes one route table of a VPC the main one, for all subnets without an explicit association. */
const withMain = (account: Account, vpcId: string, tableId: string): Account =>
  editAll('RouteTables', (table) => {
    if (table.VpcId !== vpcId) return table
    const others = table.Associations.filter(({Main}) => !Main)
    return {
      ...table,
      Associations:
        table.RouteTableId === tableId
          ? [...others, {RouteTableId: tableId, Main: true, AssociationState: {State: 'associated' as const}}]
          : others,
    }
  })(account)

const mainTableIn =
  (property: string): ResourceEffect['add'] =>
  (account, properties, {address}) => {
    const table = find(account.RouteTables, 'RouteTableId', textOf(properties[property]))
    return table ? withMain(account, table.VpcId, table.RouteTableId) : allUnknown(account, 'RouteTables', address)
  }

/**
 * Without it, the original main route table is restored.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/main_route_table_association
 */
export const mainRouteTableAssociation: ResourceEffect = {
  add: mainTableIn('RouteTableId'),
  remove: mainTableIn('OriginalRouteTableId'),
}
