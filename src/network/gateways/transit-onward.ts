import {isUnreadable, type TransitGatewayRoute} from '../../model/account.ts'
import {find} from '../../model/lists.ts'
import {inWords} from '../address.ts'
import {type Flow, hop, neededBlocks} from '../context.ts'
import type {Hop} from '../path.ts'
import {chosenIn, type HopPosition, opaque, opaqueAttachment, tableFor} from './transit-table.ts'

/** What a transit gateway does with traffic from an attachment: the target, or why it is dropped. */
export type NextHop = {
  readonly hop: Hop
  readonly to?: {readonly type: string; readonly id: string; readonly attachment: string}
}

const ONWARD: HopPosition = {leg: 'attachment'}

/**
 * The route table that the attachment is associated with, longest prefix, static before propagated.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
 */
export function onwardFrom(flow: Flow, gatewayId: string, attachment: string): NextHop {
  const unknownHop = opaqueAttachment(flow.readings, gatewayId, attachment, ONWARD)
  if (unknownHop) return {hop: unknownHop}
  const table = tableFor(flow.readings, gatewayId, attachment)
  if (table === 'opaque') {
    const owner = find(flow.readings.TransitGateways, 'TransitGatewayId', gatewayId)?.OwnerId
    const because = `The route tables of transit gateway ${gatewayId}${owner ? `, owned by account ${owner},` : ''} could not be read.`
    return {hop: opaque(gatewayId, because, ONWARD)}
  }
  // Likely, because a policy table may be associated instead, which an account file need not show.
  // https://docs.aws.amazon.com/networkmanager/latest/APIReference/API_RouteAnalysisCompletion.html
  if (table === undefined) {
    const because = `Attachment ${attachment} is associated with no route table of transit gateway ${gatewayId}, so its traffic is dropped.`
    const fault = {cause: 'tgw.no-route', likely: true, detail: {unassociated: attachment}} as const
    return {hop: hop('gateway', gatewayId, 'blocked', because, {...ONWARD, fault})}
  }
  const {TransitGatewayRouteTableId: id, Routes} = table
  if (isUnreadable(Routes)) return {hop: opaque(id, `The routes of ${id} could not be read.`, ONWARD)}
  const bound = `what is bound for ${inWords(flow.destination)}`
  const chosen = chosenIn(flow, {id, routes: Routes, position: ONWARD}, flow.destination, bound)
  if ('unknown' in chosen) return {hop: chosen.unknown}
  const {route, next} = chosen
  if (!next) return {hop: dropped(flow, id, route)}
  const {TransitGatewayAttachmentId: there} = next
  const to = {type: next.ResourceType ?? 'attachment', id: next.ResourceId ?? there, attachment: there}
  return {
    hop: hop('gateway', id, 'open', `Transit gateway route table ${id} routes it to ${to.type} ${to.id}.`, ONWARD),
    to,
  }
}

function dropped(flow: Flow, id: string, route: TransitGatewayRoute | undefined): Hop {
  const {destination} = flow
  const because = route
    ? `Transit gateway route table ${id} drops what is bound for ${inWords(destination)}: its route ${route.DestinationCidrBlock ?? route.PrefixListId ?? 'for it'} is a blackhole route.`
    : `Transit gateway route table ${id} has no route for ${inWords(destination)}.`
  const detail = {cidrs: neededBlocks(flow), blackhole: route?.DestinationCidrBlock ?? ''}
  return hop('gateway', id, 'blocked', because, {...ONWARD, fault: {cause: 'tgw.no-route', detail}})
}
