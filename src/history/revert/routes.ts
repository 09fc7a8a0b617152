import {isUnreadable, type Route} from '../../model/account.ts'
import {find} from '../../model/lists.ts'
import {hasDestination, localRoute, routeFrom, TARGETS} from '../../model/routes.ts'
import {changeRoute} from '../../remedies/changes/routes.ts'
import {change} from '../../remedies/core/change.ts'
import {ec2} from '../../remedies/core/remedy.ts'
import {associateSubnet} from '../../remedies/core/subnet-association.ts'
import {decapitalized} from '../../util/list-in-words.ts'
import type {ChangeEvent} from '../event.ts'
import {flagIn, type Parameters, textIn} from '../parameters.ts'
import type {Revert} from './context.ts'
import {none, revertSetting} from './setting.ts'

/** The route of a table to one destination. */
function placeIn(request: Parameters | undefined) {
  const table = textIn(request, 'routeTableId')
  const destination = textIn(request, 'destinationCidrBlock', 'destinationIpv6CidrBlock', 'destinationPrefixListId')
  return table === undefined || destination === undefined ? undefined : {table, destination}
}

function routeIn(request: Parameters | undefined): Route | undefined {
  const place = placeIn(request)
  if (!place) return undefined
  if (flagIn(request, 'localTarget')) return localRoute(place.destination)
  const route = routeFrom((field) => textIn(request, decapitalized(field)))
  return TARGETS.some((field) => route[field] !== undefined) ? route : undefined
}

const route = revertSetting({
  placeIn,
  after: {CreateRoute: routeIn, ReplaceRoute: routeIn, DeleteRoute: none},
  recorded: (account, {table, destination}) => {
    const {Routes} = find(account.RouteTables, 'RouteTableId', table) ?? {}
    if (Routes === undefined || isUnreadable(Routes)) return undefined
    return Routes.find((one) => hasDestination(one, destination)) ?? null
  },
  creation: ['CreateRouteTable', ({table}) => table],
  change: ({table, destination}, values) => changeRoute(table, destination, values),
})

interface Association {
  readonly table: string
  readonly subnet: string
}

/** What an association was: the call that created it, or that replaced another one with it, shows it. */
function associationOf(older: readonly ChangeEvent[], id: string | undefined): Association | undefined {
  if (id === undefined) return undefined
  for (const [at, {name, request, response}] of older.entries()) {
    const table = textIn(request, 'routeTableId')
    if (name === 'AssociateRouteTable' && textIn(response, 'associationId') === id) {
      const subnet = textIn(request, 'subnetId')
      return table !== undefined && subnet !== undefined ? {table, subnet} : undefined
    }
    if (name === 'ReplaceRouteTableAssociation' && textIn(response, 'newAssociationId') === id) {
      const before = associationOf(older.slice(at + 1), textIn(request, 'associationId'))
      return before && table !== undefined ? {table, subnet: before.subnet} : undefined
    }
  }
  return undefined
}

/** Without an explicit association the subnet used the main route table. */
const revertAssociation: Revert = ({event}) => {
  const [table, subnet] = [textIn(event.request, 'routeTableId'), textIn(event.request, 'subnetId')]
  const id = textIn(event.response, 'associationId')
  if (table === undefined || subnet === undefined) return undefined
  return {
    change: change({
      calls: id === undefined ? [] : ec2('DisassociateRouteTable', {AssociationId: id}),
      undo: ec2('AssociateRouteTable', {RouteTableId: table, SubnetId: subnet}),
      effects: associateSubnet('RouteTables', subnet),
    }),
  }
}

/** An association that a call ended or replaced is made again. */
const revertEndedAssociation: Revert = ({account, event, older}) => {
  const id = textIn(event.request, 'associationId')
  const before = associationOf(older, id)
  if (id === undefined || !before || !find(account.RouteTables, 'RouteTableId', before.table)) return undefined
  const [RouteTableId, SubnetId] = [before.table, before.subnet]
  const AssociationId = textIn(event.response, 'newAssociationId')
  const replaced = AssociationId === undefined ? [] : ec2('ReplaceRouteTableAssociation', {AssociationId, RouteTableId})
  const isEnded = event.name === 'DisassociateRouteTable'
  return {
    change: change({
      calls: isEnded ? ec2('AssociateRouteTable', {RouteTableId, SubnetId}) : replaced,
      undo: [],
      effects: associateSubnet('RouteTables', SubnetId, {
        Main: false,
        RouteTableAssociationId: id,
        RouteTableId,
        SubnetId,
      }),
    }),
  }
}

export const ROUTES: Readonly<Record<string, Revert>> = {
  CreateRoute: route,
  ReplaceRoute: route,
  DeleteRoute: route,
  AssociateRouteTable: revertAssociation,
  DisassociateRouteTable: revertEndedAssociation,
  ReplaceRouteTableAssociation: revertEndedAssociation,
}
