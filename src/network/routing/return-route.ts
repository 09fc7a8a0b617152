import {isUnreadable, type Route, type Subnet, type TransitGatewayVpcAttachment} from '../../model/account.ts'
import {allWith, find, routeTableOf} from '../../model/joins.ts'
import {type Entry, type Flow, hop, NO_SEGMENT, type PathSegment} from '../context.ts'
import {aclHop} from '../filters/filters.ts'
import {attachmentSubnetsOf} from '../gateways/attachment-subnets.ts'
import {peerOf} from '../gateways/peers.ts'
import {returnThroughTransitGateways} from '../gateways/transit-routes.ts'
import type {Hop, Leg} from '../path.ts'
import {merged} from '../path-segment.ts'
import {sizeOf} from '../ranges.ts'
import {leadsNobodyKnowsWhere, portionsOf, targetOf} from './route-table.ts'

type TransitEntry = Extract<Entry, {by: 'transit-gateway'}>

/**
 * Whether what stands in `subnet` can send its reply back the way the request came: the hops of the reply from the
 * instance outwards.
 */
export function returning(flow: Flow, subnet: Subnet, leg: Leg, entry: Entry): readonly Hop[] {
  const more = {leg, direction: 'reply'} as const
  const table = routeTableOf(flow.readings, subnet)
  if (table === undefined || isUnreadable(table) || isUnreadable(table.Routes)) {
    const because = `The route table of subnet ${subnet.SubnetId}, which routes the reply, could not be read.`
    return [hop('route', subnet.SubnetId, 'unknown', because, {...more, unread: 'RouteTables'})]
  }
  const {RouteTableId: id, Routes} = table
  const main = [...portionsOf(flow.readings, Routes, flow.family, flow.source)].sort(
    (a, b) => sizeOf(b.addresses) - sizeOf(a.addresses),
  )[0]
  const target = main?.route && targetOf(main.route)
  if (target === expected(entry) && main?.route?.State !== 'blackhole') {
    const because = `Route table ${id} of subnet ${subnet.SubnetId} routes the reply back through ${target}.`
    const way = hop('route', id, 'open', because, more)
    if (entry.by !== 'transit-gateway') return [way]
    const home = find(flow.readings.TransitGatewayVpcAttachments, 'TransitGatewayAttachmentId', entry.home)
    return [
      ...(home ? comingHome(flow, home, subnet, entry.before) : []),
      ...returnThroughTransitGateways(flow, entry),
      ...intoTransitGateway(flow, subnet, leg, entry),
      way,
    ]
  }
  if (target?.startsWith('vpce-') && main?.route?.State !== 'blackhole') {
    const because = `Route table ${id} routes the reply through ${target}; its inspection rules are not visible to this tool.`
    return [hop('route', id, 'unknown', because, {...more, fault: {cause: 'gwlb.inspection', resource: target}})]
  }
  if (main?.route && leadsNobodyKnowsWhere(main.route)) {
    const because = `Route table ${id} of subnet ${subnet.SubnetId} routes the reply to ${target}; cannot determine whether it returns from there.`
    return [hop('route', id, 'unknown', because, {...more, fault: {cause: 'route.unfollowed'}})]
  }
  if (main?.route && main.route.State !== 'blackhole' && comesBack(flow, subnet, main.route)) {
    const because = `Route table ${id} of subnet ${subnet.SubnetId} routes the reply to ${target}, and the request came through ${expected(entry)}; ssm-doctor does not trace that return path.`
    return [hop('route', id, 'unknown', because, {...more, fault: {cause: 'route.unfollowed'}})]
  }
  const because = `Route table ${id} of subnet ${subnet.SubnetId} ${target ? `routes the reply to ${target}` : 'has no route for the reply'}, and the request came through ${expected(entry)}, so the reply does not come back.`
  const fault = {
    cause: entry.by === 'local' ? 'route.more-specific-hijack' : 'route.no-return',
    detail: {routeTableId: id, expected: expected(entry), cidr: vpcCidr(flow), ...(target && {target})},
  }
  return [hop('route', id, 'blocked', because, {...more, fault})]
}

/**
 * The reply goes into the transit gateway by the attachment's subnet of its own zone, past that subnet's inbound rules;
 * where it was sent from that very subnet, past the outbound ones too.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
 */
function intoTransitGateway(flow: Flow, subnet: Subnet, leg: Leg, entry: TransitEntry): readonly Hop[] {
  const more = {leg: 'hub', direction: 'reply'} as const
  const hub = find(flow.readings.TransitGatewayVpcAttachments, 'TransitGatewayAttachmentId', entry.attachment)
  const seats = hub ? attachmentSubnetsOf(flow, hub, subnet) : []
  if (seats === 'no zone') {
    const because = `Attachment ${entry.attachment} has no subnet in ${subnet.AvailabilityZone}, the zone of subnet ${subnet.SubnetId}, so transit gateway ${entry.id} does not take the reply.`
    const fault = {cause: 'tgw.no-subnet-in-az', detail: {vpcId: subnet.VpcId, zone: subnet.AvailabilityZone ?? ''}}
    return [hop('gateway', entry.attachment, 'blocked', because, {...more, fault})]
  }
  const {source, destination, ephemeral: ports} = flow
  const out = {...more, leg, egress: true, peer: source, ports}
  const into = {...more, egress: false, peer: destination, ports}
  return [
    ...(subnet.SubnetId === entry.attachmentSubnet ? [aclHop(flow, subnet.SubnetId, out)] : []),
    ...seats.map(({SubnetId}) => aclHop(flow, SubnetId, into)),
  ]
}

/**
 * A transit gateway keeps to the zone that the reply entered it in: it comes out in the attachment's subnet of that
 * zone, else in any. In the instance's own subnet it meets no rule; from another it is routed and leaves by that ACL.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
 */
export function comingHome(
  flow: Flow,
  attachment: TransitGatewayVpcAttachment,
  near: Subnet,
  before: Entry,
): readonly Hop[] {
  const {subnet, source, destination, ephemeral: ports} = flow
  const sameZone = attachmentSubnetsOf(flow, attachment, near)
  const anywhere = attachment.SubnetIds.flatMap((id) => find(flow.readings.Subnets, 'SubnetId', id) ?? [])
  const seats = sameZone === 'no zone' || sameZone.length === 0 ? anywhere : sameZone
  const direction = 'reply' as const
  const ways = seats.map((seat): PathSegment => {
    if (before.by !== 'local') return {...NO_SEGMENT, reply: returning(flow, seat, 'hub', before)}
    if (seat.SubnetId === subnet.SubnetId) return NO_SEGMENT
    const outOf = {leg: 'attachment', direction, egress: true, peer: source, ports} as const
    const into = {leg: 'instance', direction, egress: false, peer: destination, ports} as const
    const routed = returning(flow, seat, 'attachment', {by: 'local'})
    return {...NO_SEGMENT, reply: [aclHop(flow, subnet.SubnetId, into), ...routed, aclHop(flow, seat.SubnetId, outOf)]}
  })
  return merged(ways).reply
}

/** Whether another gateway than the request's joins the two VPCs too. */
function comesBack(flow: Flow, {VpcId}: Subnet, {VpcPeeringConnectionId, TransitGatewayId}: Route): boolean {
  const home = flow.subnet.VpcId
  const peering = find(flow.readings.VpcPeeringConnections, 'VpcPeeringConnectionId', VpcPeeringConnectionId)
  if (peering) return peering.Status?.Code === 'active' && peerOf(peering, VpcId)?.VpcId === home
  const attached = allWith(flow.readings.TransitGatewayVpcAttachments, 'TransitGatewayId', TransitGatewayId)
  return TransitGatewayId !== undefined && [VpcId, home].every((id) => attached.some((one) => one.VpcId === id))
}

const expected = (entry: Entry): string => (entry.by === 'local' ? 'local' : entry.id)

const vpcCidr = ({readings, subnet}: Flow): string =>
  (isUnreadable(readings.Vpcs) ? undefined : find(readings.Vpcs, 'VpcId', subnet.VpcId)?.CidrBlock) ??
  subnet.CidrBlock ??
  ''
