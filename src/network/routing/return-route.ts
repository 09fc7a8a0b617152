import {
  isReadWith,
  isUnreadable,
  type Route,
  type RouteTable,
  type Subnet,
  type TransitGatewayVpcAttachment,
  type Unreadable,
} from '../../model/account.ts'
import {isEndpointId} from '../../model/ids.ts'
import {routeTableOf} from '../../model/joins.ts'
import {allWith, find} from '../../model/lists.ts'
import {
  type Departure,
  type Entry,
  type Flow,
  hop,
  NO_SEGMENT,
  onlyReply,
  type PathSegment,
  placeOf,
  senderOf,
  type TransitEntry,
  unreadHop,
} from '../context.ts'
import {aclHop} from '../filters/filters.ts'
import {attachmentSubnetsOf, knownSubnetsOf, unreadSubnets} from '../gateways/attachment-subnets.ts'
import {firewallSubnet} from '../gateways/endpoint-route.ts'
import {mayForward} from '../gateways/forwarder.ts'
import {peerOf} from '../gateways/peers.ts'
import {directReturn, returnThroughTransitGateways} from '../gateways/transit-return.ts'
import type {Fault, Hop, Leg, Verdict} from '../path.ts'
import {merged} from '../path-segment.ts'
import {largestFirst} from '../ranges.ts'
import {
  competingRoutesOf,
  hasUnknownTarget,
  mayLeadBack,
  type Portion,
  portionsOf,
  type ReadRouteTable,
  routesToOtherNetwork,
  targetOf,
  unreadListHops,
} from './route-table.ts'

/** What routes the reply, and its expected target. */
interface ReplyContext extends Departure {
  readonly table: ReadRouteTable
  /** The route for the address of the instance, and its target. */
  readonly main: Portion | undefined
  readonly target: string | undefined
  /** The firewall endpoints that the reply has passed: a second pass through one of them is a loop. */
  readonly passed: readonly string[]
}

type Rule = (context: ReplyContext) => readonly Hop[] | undefined

/**
 * Whether a resource in `subnet` can send its reply back on the path of the request: the hops of the reply from the
 * instance outwards.
 */
export const returnHops = (
  flow: Flow,
  subnet: Subnet,
  leg: Leg,
  entry: Entry,
  passed: readonly string[] = [],
): readonly Hop[] => returningBy(routeTableOf(flow.readings, subnet), flow, {subnet, leg, entry, passed})

/** The same by a route table that is not that of a subnet. */
export function returningBy(
  table: RouteTable | Unreadable | undefined,
  flow: Flow,
  {subnet, leg, entry, passed}: Pick<ReplyContext, 'subnet' | 'leg' | 'entry' | 'passed'>,
): readonly Hop[] {
  if (!isReadWith(table, 'Routes')) {
    const what = `The route table of subnet ${subnet.SubnetId}, which routes the reply,`
    return [unreadHop('route', subnet.SubnetId, what, 'RouteTables', {leg, direction: 'reply'})]
  }
  const [main] = largestFirst(portionsOf(flow.readings, table.Routes, flow.family, flow.source))
  const target = main?.route && targetOf(main.route)
  // Inside the VPC only a middlebox route, which has a block, takes the place of the local route.
  const unread = entry.by === 'local' ? [] : unreadListHops(flow, table, {leg, direction: 'reply'}, target)
  if (unread.length > 0) return unread
  const context: ReplyContext = {flow, subnet, leg, entry, table, main, target, passed}
  if (main?.route && main.route.State !== 'blackhole')
    for (const rule of RULES) {
      const hops = rule(context)
      if (hops) return hops
    }
  return [noReturnRoute(context)]
}

/**
 * AWS documents that both VPCs of a peering connection need routes, and confirmed that replies to a NAT gateway may
 * return without one.
 * https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html
 * https://labs.reversec.com/posts/2026/03/unexpected-routing-behaviour-in-aws-with-vpc-peering-and-nat-gateway
 */
const mayReturnWithoutRoute = ({flow, entry}: ReplyContext): boolean =>
  entry.by === 'peering' && flow.translatedBy !== undefined

const replyHop = ({table, leg}: ReplyContext, verdict: Verdict, because: string, fault?: Fault): Hop =>
  hop('route', table.RouteTableId, verdict, because, {leg, direction: 'reply', fault})

const wordsOf = ({table, subnet}: ReplyContext): string => `Route table ${table.RouteTableId} of ${placeOf(subnet)}`

/** AWS chooses among several prefix lists. */
const competingRoutes: Rule = (context) => {
  const {flow, main, target, table} = context
  const competing = main && competingRoutesOf(flow.readings, table.Routes, flow.family, main)[0]
  if (!competing) return undefined
  const because = `Route table ${table.RouteTableId} routes a block that several prefix lists have to different targets, among them ${target} and ${targetOf(competing)}; AWS chooses one of them and does not say which.`
  return [replyHop(context, 'unknown', because)]
}

const samePath: Rule = (context) => {
  const {flow, subnet, leg, entry, target} = context
  if (target !== expected(entry)) return undefined
  const routeHop = replyHop(context, 'open', `${wordsOf(context)} routes the reply back through ${target}.`)
  if (entry.by === 'inspection') return [...returnHops(flow, entry.subnet, 'firewall', entry.before), routeHop]
  return entry.by === 'transit-gateway' ? [...overTransitGateway(flow, subnet, leg, entry), routeHop] : [routeHop]
}

function overTransitGateway(flow: Flow, subnet: Subnet, leg: Leg, entry: TransitEntry): readonly Hop[] {
  const direct = directReturn(flow, entry)
  if (direct) return [direct, ...intoTransitGateway(flow, subnet, leg, entry)]
  const sourceAttachment = find(
    flow.readings.TransitGatewayVpcAttachments,
    'TransitGatewayAttachmentId',
    entry.sourceAttachment,
  )
  return [
    ...(sourceAttachment ? returnToSource(flow, sourceAttachment, subnet, entry.before) : []),
    ...returnThroughTransitGateways(flow, entry),
    ...intoTransitGateway(flow, subnet, leg, entry),
  ]
}

const throughFirewall: Rule = (context) => {
  const {table, target, passed} = context
  if (!isEndpointId(target)) return undefined
  if (passed.includes(target)) return [noReturnRoute(context)]
  const because = `Route table ${table.RouteTableId} routes the reply through ${target}; its inspection rules are not visible to this tool.`
  const routeHop = replyHop(context, 'unknown', because, {cause: 'gwlb.inspection', resource: target})
  return [...hopsAfterFirewall(context, target), routeHop]
}

const toUnknownTarget: Rule = (context) => {
  const {main, target, entry} = context
  const mayReturn = (route: Route) => hasUnknownTarget(route) || (entry.by === 'local' && mayLeadBack(route))
  if (!main?.route || !mayReturn(main.route)) return undefined
  const because = `${wordsOf(context)} routes the reply to ${target}; cannot determine whether it returns from there.`
  return [replyHop(context, 'unknown', because, {cause: 'route.unfollowed'})]
}

/** An instance or interface that the request did not pass may forward the reply, if it keeps no state. */
const throughAppliance: Rule = (context) => {
  const {flow, subnet, main, target} = context
  if (!main?.route || !mayForward(flow, subnet, main.route)) return undefined
  const because = `${wordsOf(context)} routes the reply to ${target}; cannot determine whether it forwards the traffic.`
  return [replyHop(context, 'unknown', because, {cause: 'route.unfollowed', ...(target && {resource: target})})]
}

/** Another gateway than that of the request also connects the two VPCs. */
const otherPath: Rule = (context) => {
  const {flow, subnet, leg, entry, main, target} = context
  const isStraight = entry.by === 'peering' || (entry.by === 'transit-gateway' && entry.before.by === 'local')
  const other = isStraight && main?.route ? otherEntry(flow, subnet, main.route) : undefined
  if (!other) return isStraight ? unreadPath(context) : undefined
  const because = `${wordsOf(context)} routes the reply to ${target}, which connects the two VPCs as well as ${expected(entry)}, through which the request came.`
  const routeHop = replyHop(context, 'open', because)
  if (other.by === 'transit-gateway') return [...overTransitGateway(flow, subnet, leg, other), routeHop]
  const {destination: peer, ephemeral: ports} = flow
  const into = {leg: 'instance', direction: 'reply', egress: false, peer, ports} as const
  return [aclHop(flow, flow.subnet.SubnetId, into), routeHop]
}

/** The attachments of the transit gateway of the reply would show whether it connects the two VPCs. */
function unreadPath(context: ReplyContext): readonly Hop[] | undefined {
  const {flow, main, target} = context
  if (!main?.route?.TransitGatewayId || !isUnreadable(flow.readings.TransitGatewayVpcAttachments)) return undefined
  const because = `${wordsOf(context)} routes the reply to ${target}, and the attachments of it could not be read.`
  return [{...replyHop(context, 'unknown', because), unread: 'TransitGatewayVpcAttachments'}]
}

/**
 * The reply reaches the instance without the firewall endpoint that the request passed. A firewall that keeps state
 * drops the rest of such a connection; some appliances keep none.
 * https://docs.aws.amazon.com/network-firewall/latest/developerguide/asymmetric-routing.html
 */
const pastFirewall: Rule = (context) => {
  const {flow, subnet, leg, entry, target, table} = context
  if (entry.by !== 'inspection') return undefined
  const direct = returnHops(flow, subnet, leg, entry.before)
  if (direct.some(({verdict}) => verdict === 'blocked')) return undefined
  const because = `${wordsOf(context)} routes the reply to ${target}, past firewall endpoint ${entry.id}, which the request passed; a stateful firewall drops such connections.`
  const detail = {...senderOf(flow), routeTableId: table.RouteTableId, expected: entry.id}
  return [replyHop(context, 'blocked', because, {cause: 'route.no-return', likely: true, detail})]
}

/** In order; without a match the reply does not return. */
const RULES: readonly Rule[] = [
  ...[competingRoutes, samePath, throughFirewall, toUnknownTarget],
  ...[throughAppliance, otherPath, pastFirewall],
]

/** A network that is not visible may still return the reply. */
function noReturnRoute(context: ReplyContext): Hop {
  const {flow, entry, table, main, target} = context
  const because = `${wordsOf(context)} ${target ? `routes the reply to ${target}` : 'has no route for the reply'}, and the request came through ${expected(entry)}, so the reply does not come back.`
  const isNotVisible =
    main?.route !== undefined && routesToOtherNetwork(main.route) && !main.route.VpcPeeringConnectionId
  return replyHop(context, 'blocked', because, {
    cause: entry.by === 'local' ? 'route.more-specific-hijack' : 'route.no-return',
    ...((isNotVisible || mayReturnWithoutRoute(context)) && {likely: true}),
    detail: {...senderOf(flow), routeTableId: table.RouteTableId, expected: expected(entry), ...(target && {target})},
  })
}

/** Where the reply continues behind a firewall endpoint that the request may not have passed. */
function hopsAfterFirewall({flow, entry, passed}: ReplyContext, id: string): readonly Hop[] {
  const subnet = firewallSubnet(flow.readings, id)
  const origin = entry.by === 'inspection' ? entry.before : entry
  return subnet && origin.by !== 'peering' ? returnHops(flow, subnet, 'firewall', origin, [...passed, id]) : []
}

/**
 * The reply enters the transit gateway through the attachment's subnet of its own zone, subject to that subnet's
 * inbound rules; if it was sent from that same subnet, also to the outbound ones.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
 */
function intoTransitGateway(flow: Flow, subnet: Subnet, leg: Leg, entry: TransitEntry): readonly Hop[] {
  const more = {leg: 'hub', direction: 'reply'} as const
  const hub = find(flow.readings.TransitGatewayVpcAttachments, 'TransitGatewayAttachmentId', entry.attachment)
  const attachmentSubnets = hub ? attachmentSubnetsOf(flow, hub, subnet) : []
  if (attachmentSubnets === 'unread') return hub ? [unreadSubnets(hub, 'hub', 'reply')] : []
  if (attachmentSubnets === 'no zone') {
    const because = `Attachment ${entry.attachment} has no subnet in ${subnet.AvailabilityZone}, the zone of subnet ${subnet.SubnetId}, so transit gateway ${entry.id} does not take the reply.`
    const fault = {cause: 'tgw.no-subnet-in-az', detail: {subnetId: subnet.SubnetId}}
    return [hop('gateway', entry.attachment, 'blocked', because, {...more, fault})]
  }
  const {source, destination, ephemeral: ports} = flow
  const out = {...more, leg, egress: true, peer: source, ports}
  const into = {...more, egress: false, peer: destination, ports}
  return [
    ...(subnet.SubnetId === entry.attachmentSubnet ? [aclHop(flow, subnet.SubnetId, out)] : []),
    ...attachmentSubnets.map(({SubnetId}) => aclHop(flow, SubnetId, into)),
  ]
}

/**
 * A transit gateway keeps to the zone that the reply entered it in: it comes out in the attachment's subnet of that
 * zone, otherwise in any. In the instance's own subnet no rule applies; from another it is routed and leaves through
 * that ACL.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
 */
export function returnToSource(
  flow: Flow,
  attachment: TransitGatewayVpcAttachment,
  near: Subnet,
  before: Entry,
): readonly Hop[] {
  const {subnet, source, destination, ephemeral: ports} = flow
  const sameZone = attachmentSubnetsOf(flow, attachment, near)
  if (sameZone === 'unread') return [unreadSubnets(attachment, 'attachment', 'reply')]
  const attachmentSubnets =
    sameZone === 'no zone' || sameZone.length === 0 ? knownSubnetsOf(flow, attachment) : sameZone
  const direction = 'reply' as const
  const segments = attachmentSubnets.map((attachmentSubnet): PathSegment => {
    if (before.by !== 'local') return onlyReply(...returnHops(flow, attachmentSubnet, 'hub', before))
    if (attachmentSubnet.SubnetId === subnet.SubnetId) return NO_SEGMENT
    const outOf = {leg: 'attachment', direction, egress: true, peer: source, ports} as const
    const into = {leg: 'instance', direction, egress: false, peer: destination, ports} as const
    const routed = returnHops(flow, attachmentSubnet, 'attachment', {by: 'local'})
    return onlyReply(aclHop(flow, subnet.SubnetId, into), ...routed, aclHop(flow, attachmentSubnet.SubnetId, outOf))
  })
  return merged(segments).reply
}

/**
 * Another gateway than that of the request that connects the two VPCs. A VPC accepts a packet from either.
 * https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
 */
function otherEntry(flow: Flow, {VpcId}: Subnet, route: Route): Entry | undefined {
  const {VpcPeeringConnectionId, TransitGatewayId: id, State} = route
  if (State === 'blackhole') return undefined
  const ownVpcId = flow.subnet.VpcId
  const peering = find(flow.readings.VpcPeeringConnections, 'VpcPeeringConnectionId', VpcPeeringConnectionId)
  if (peering) {
    const connects = peering.Status?.Code === 'active' && peerOf(peering, VpcId)?.VpcId === ownVpcId
    return connects ? {by: 'peering', id: peering.VpcPeeringConnectionId} : undefined
  }
  const attached = id === undefined ? [] : allWith(flow.readings.TransitGatewayVpcAttachments, 'TransitGatewayId', id)
  const attachmentOf = (vpcId: string) =>
    attached.find((one) => one.VpcId === vpcId && (one.State ?? 'available') === 'available')
      ?.TransitGatewayAttachmentId
  const [from, to] = [attachmentOf(VpcId), attachmentOf(ownVpcId)]
  if (id === undefined || from === undefined || to === undefined) return undefined
  const back = [{id, attachment: from, sourceAttachment: to}]
  return {
    by: 'transit-gateway',
    id,
    attachment: from,
    sourceAttachment: to,
    attachmentSubnet: '',
    back,
    before: {by: 'local'},
  }
}

const expected = (entry: Entry): string => (entry.by === 'local' ? 'local' : entry.id)
