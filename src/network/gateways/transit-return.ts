import {isReadWith, isUnreadable, itemsOf} from '../../model/account.ts'
import {isEndpointId} from '../../model/ids.ts'
import {routeTableOf} from '../../model/joins.ts'
import {find} from '../../model/lists.ts'
import {type Flow, hop, senderOf, type TransitEntry, type TransitLeg} from '../context.ts'
import type {Fault, Hop} from '../path.ts'
import {portionsOf, targetOf, unreadRoutes} from '../routing/route-table.ts'
import {firewallSubnet} from './endpoint-route.ts'
import {
  type Attachment,
  chosenIn,
  type HopPosition,
  opaque,
  opaqueAttachment,
  ownsTransitGateway,
  tableFor,
} from './transit-table.ts'

const RETURN: HopPosition = {leg: 'hub', direction: 'reply'}

/** The return path through the transit gateway, from the attachment of the hub to that of the instance's VPC. */
export const returnThroughTransitGateways = (flow: Flow, {back}: TransitEntry): readonly Hop[] =>
  back.flatMap((leg) => returnThrough(flow, leg))

/** Where the route table of an attachment routes the reply, as far as it was read. */
function nextFrom(flow: Flow, gatewayId: string, attachment: string) {
  const table = tableFor(flow.readings, gatewayId, attachment)
  if (table === 'opaque' || !isReadWith(table, 'Routes')) return undefined
  if (opaqueAttachment(flow.readings, gatewayId, attachment, RETURN)) return undefined
  const {TransitGatewayRouteTableId: id, Routes: routes} = table
  const chosen = chosenIn(flow, {id, routes, position: RETURN}, flow.source, 'the reply')
  return 'unknown' in chosen || !chosen.next ? undefined : {id, ...chosen.next}
}

/**
 * The request passed another VPC, such as one for inspection, and the reply leaves the transit gateway in the VPC of the
 * sender without it.
 * https://docs.aws.amazon.com/network-firewall/latest/developerguide/asymmetric-routing.html
 */
export function directReturn(flow: Flow, {before, back}: TransitEntry): Hop | undefined {
  const [leg, ...others] = back
  if (!leg || others.length > 0 || before.by === 'local') return undefined
  const {id, ResourceId, ResourceType} = nextFrom(flow, leg.id, leg.attachment) ?? {}
  if (id === undefined || ResourceType !== 'vpc' || ResourceId !== flow.subnet.VpcId) return undefined
  const where = `Transit gateway route table ${id} routes the reply directly to VPC ${ResourceId}`
  if (before.by !== 'inspection')
    return hop('gateway', id, 'unknown', `${where}, and the request came through another one.`, RETURN)
  const because = `${where}, past firewall endpoint ${before.id}, which the request passed; a stateful firewall drops such connections.`
  return noReturnRoute(flow, id, because, {attachment: leg.sourceAttachment}, true)
}

/** More VPCs than a reply passes on its return path. */
const MAX_VPCS = 3

function returnThrough(flow: Flow, entry: TransitLeg, vpcsPassed = 0): readonly Hop[] {
  const unknownHop = opaqueAttachment(flow.readings, entry.id, entry.attachment, RETURN)
  if (unknownHop) return [unknownHop]
  const table = tableFor(flow.readings, entry.id, entry.attachment)
  if (table === 'opaque' || (table && isUnreadable(table.Routes))) {
    const because = `The route table of transit gateway ${entry.id} for the return traffic could not be read.`
    return [opaque(entry.id, because, RETURN)]
  }
  if (table === undefined) {
    const because = `Attachment ${entry.attachment} is associated with no route table of transit gateway ${entry.id}, so the reply is dropped.`
    const detail = {attachment: entry.sourceAttachment, unassociated: entry.attachment}
    return [noReturnRoute(flow, entry.id, because, detail, true)]
  }
  const {TransitGatewayRouteTableId: id} = table
  const chosen = chosenIn(flow, {id, routes: itemsOf(table.Routes), position: RETURN}, flow.source, 'the reply')
  if ('unknown' in chosen) return [chosen.unknown]
  const {route, next} = chosen
  if (next?.TransitGatewayAttachmentId === entry.sourceAttachment) {
    const because = `Transit gateway route table ${id} routes the reply back to ${entry.sourceAttachment}.`
    return [hop('gateway', id, 'open', because, RETURN)]
  }
  const otherVpc = next && vpcsPassed < MAX_VPCS ? throughOtherVpc(flow, entry, id, next, vpcsPassed) : undefined
  if (otherVpc) return otherVpc
  const origin = `back to the VPC of ${senderOf(flow).sender}`
  const what = next
    ? `routes the reply to ${next.ResourceId ?? next.TransitGatewayAttachmentId} instead of ${origin}`
    : route
      ? `drops the reply: its route ${route.DestinationCidrBlock ?? route.PrefixListId} is a blackhole route`
      : `has no route ${origin}`
  const isElsewhere = next !== undefined && next.ResourceType !== 'vpc'
  const blackhole = next ? undefined : route?.DestinationCidrBlock
  const detail = {attachment: entry.sourceAttachment, ...(blackhole && {blackhole})}
  return [noReturnRoute(flow, id, `Transit gateway route table ${id} ${what}.`, detail, isElsewhere)]
}

/**
 * The reply passes a VPC that the request did not, such as one for inspection, whose route tables may route it back
 * into the transit gateway.
 */
function throughOtherVpc(
  flow: Flow,
  entry: TransitLeg,
  tableId: string,
  {TransitGatewayAttachmentId: attachment, ResourceId}: Attachment & {readonly TransitGatewayAttachmentId: string},
  vpcsPassed: number,
): readonly Hop[] | undefined {
  const {readings} = flow
  const vpcAttachment = find(readings.TransitGatewayVpcAttachments, 'TransitGatewayAttachmentId', attachment)
  const through = `Transit gateway route table ${tableId} routes the reply to ${ResourceId ?? attachment}, which the request did not pass`
  if (!vpcAttachment) {
    if (readings.Caller === undefined || ownsTransitGateway(readings, entry.id)) return undefined
    return [opaque(tableId, `${through} and which is not in the collected data.`, RETURN)]
  }
  const nextHops = vpcAttachment.SubnetIds.map((id) => nextOf(flow, id))
  if (nextHops.some(({to}) => to === 'unread'))
    return [opaque(tableId, `${through}; its route tables could not be read.`, RETURN)]
  if (nextHops.some(({to}) => to !== entry.id)) return undefined
  // Back to where it came from: a loop, which ends where it begins.
  if (nextFrom(flow, entry.id, attachment)?.TransitGatewayAttachmentId === entry.attachment) return undefined
  const firewall = nextHops.find((one) => one.firewall)?.firewall
  const because = `${through}, and whose route table routes it back to ${entry.id}.`
  const fault = firewall === undefined ? undefined : {cause: 'gwlb.inspection', resource: firewall}
  const finalHop = hop('gateway', tableId, fault ? 'unknown' : 'open', because, {...RETURN, fault})
  return [...returnThrough(flow, {...entry, attachment}, vpcsPassed + 1), finalHop]
}

interface Next {
  readonly to: string | undefined
  readonly firewall?: string
}

/** Where the route table of a subnet routes the reply: after a firewall endpoint, by the table of its subnet. */
function nextOf(flow: Flow, subnetId: string | undefined, firewall?: string): Next {
  const {readings} = flow
  const subnet = find(readings.Subnets, 'SubnetId', subnetId)
  const table = subnet && routeTableOf(readings, subnet)
  if (!isReadWith(table, 'Routes')) return {to: 'unread'}
  const route = portionsOf(readings, table.Routes, flow.family, flow.source)[0]?.route
  const to = route && targetOf(route)
  if (unreadRoutes(readings, table.Routes, to).length > 0) return {to: 'unread'}
  if (to === undefined || route?.State === 'blackhole') return {to: undefined}
  const subnetOfFirewall = firewall === undefined ? firewallSubnet(readings, to) : undefined
  if (subnetOfFirewall) return nextOf(flow, subnetOfFirewall.SubnetId, to)
  return {to: isEndpointId(to) ? 'unread' : to, ...(firewall !== undefined && {firewall})}
}

function noReturnRoute(flow: Flow, resource: string, because: string, detail: Fault['detail'], isLikely: boolean): Hop {
  const fault = {
    cause: 'tgw.no-return',
    ...(isLikely && {likely: true as const}),
    detail: {...senderOf(flow), ...detail},
  }
  return hop('gateway', resource, 'blocked', because, {...RETURN, fault})
}
