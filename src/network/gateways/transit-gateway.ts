import {isUnreadable, type Subnet, type TransitGatewayVpcAttachment} from '../../model/account.ts'
import {allWith, find} from '../../model/lists.ts'
import {
  type Departure,
  type Entry,
  type Flow,
  hop,
  joined,
  NO_SEGMENT,
  only,
  onlyReply,
  type PathSegment,
  type RouteOutbound,
  type TransitEntry,
  type TransitLeg,
} from '../context.ts'
import {egressAcl, ingressAcl} from '../filters/filters.ts'
import type {Hop, Leg} from '../path.ts'
import {merged} from '../path-segment.ts'
import {returnToSource} from '../routing/return-route.ts'
import {attachmentSubnetsOf, knownSubnetsOf, sameZone, unreadSubnets} from './attachment-subnets.ts'
import {type NextHop, onwardFrom} from './transit-onward.ts'

/**
 * Into a transit gateway through the attachment of the VPC, which serves only the zones it has a subnet in, onward by
 * the route table it is associated with, and out in the hub.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
 */
export function throughTransitGateway(
  {flow, subnet: from, entry: before}: Departure,
  id: string,
  routeOutbound: RouteOutbound,
): PathSegment {
  const attachments = allWith(flow.readings.TransitGatewayVpcAttachments, 'TransitGatewayId', id).filter(
    ({VpcId}) => VpcId === from.VpcId,
  )
  // Those that were rejected, failed or deleted stay listed for a while with the one that works.
  const attachment =
    attachments.find(({State}) => State === 'available') ??
    attachments.find(({State}) => State !== 'deleted') ??
    attachments[0]
  // An attachment in the subnet of the instance returns the reply without passing its ACL.
  const isInside = attachment === undefined || attachment.SubnetIds.includes(from.SubnetId)
  const aclSegment = isInside ? NO_SEGMENT : egressAcl(flow, from.SubnetId, 'instance')
  const blockedSegment = (gateway: Hop) => joined({...aclSegment, request: [], via: id}, only(gateway, id))
  if (!attachment) return blockedSegment(unattached(flow, from, id))
  const stateHop = inState(attachment, `of VPC ${from.VpcId} to transit gateway ${id}`, 'attachment')
  if (stateHop) return blockedSegment(stateHop)
  const attachmentSubnets = attachmentSubnetsOf(flow, attachment, from)
  if (attachmentSubnets === 'no zone') {
    const because = `Attachment ${attachment.TransitGatewayAttachmentId} has no subnet in ${from.AvailabilityZone}, the zone of the instance, so the transit gateway does not take its traffic.`
    const fault = {cause: 'tgw.no-subnet-in-az', detail: {subnetId: from.SubnetId}}
    const resource = attachment.TransitGatewayAttachmentId
    return blockedSegment(hop('gateway', resource, 'blocked', because, {leg: 'attachment', fault}))
  }
  const filters =
    attachmentSubnets === 'unread'
      ? [only(unreadSubnets(attachment, 'attachment', 'request'), id)]
      : attachmentSubnets.map(({SubnetId}) => ({...ingressAcl(flow, SubnetId, 'attachment'), reply: []}))
  const crossing = cross(flow, id, attachment.TransitGatewayAttachmentId)
  const transitCrossing = {sourceAttachment: attachment.TransitGatewayAttachmentId, before, ...crossing}
  const beyond = crossing.to ? intoHub(flow, from, transitCrossing, crossing.to, routeOutbound) : NO_SEGMENT
  // If no responder is known, the reply is assumed to come from the zone of the instance.
  const isAnswered = beyond.reply.some(({leg}) => leg === 'hub')
  const returnSegment = isAnswered ? NO_SEGMENT : onlyReply(...returnToSource(flow, attachment, from, before))
  return joined(
    {...NO_SEGMENT, via: id},
    returnSegment,
    ...filters,
    ...crossing.hops.map((one) => only(one, id)),
    beyond,
  )
}

/**
 * Nothing passes an attachment that is not available; AWS does not document one that is being modified, or whose
 * modification is being undone.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
 */
function inState({TransitGatewayAttachmentId: id, State}: TransitGatewayVpcAttachment, what: string, leg: Leg) {
  if (State === undefined || State === 'available') return undefined
  const verdict = State === 'modifying' || State === 'rollingBack' ? 'unknown' : 'blocked'
  const fault = {cause: 'tgw.attachment-state', detail: {state: State}}
  return hop('gateway', id, verdict, `Attachment ${id} ${what} is in the ${State} state.`, {leg, fault})
}

type NextTarget = NonNullable<NextHop['to']>

/** The transit gateways that the traffic passes, and where it leaves the last of them. */
interface Crossing {
  readonly gateway: string
  readonly hops: readonly Hop[]
  readonly back: readonly TransitLeg[]
  readonly to: NextTarget | undefined
}

/** More transit gateways in a row are not traced. */
const MAX_GATEWAYS = 4

/**
 * Through a transit gateway, and through those that it is peered with: a peering attachment has one id on both sides,
 * and its resource is the transit gateway on the other one.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-peering.html
 */
function cross(flow: Flow, gateway: string, attachment: string, passed: readonly TransitLeg[] = []): Crossing {
  const {hop: here, to} = onwardFrom(flow, gateway, attachment)
  if (!to) return {gateway, hops: [here], back: passed, to}
  const back = [...passed, {id: gateway, attachment: to.attachment, sourceAttachment: attachment}]
  if (to.type !== 'peering' || !to.id.startsWith('tgw-') || passed.length >= MAX_GATEWAYS)
    return {gateway, hops: [here], back, to}
  const beyond = cross(flow, to.id, to.attachment, back)
  return {...beyond, hops: [here, ...beyond.hops]}
}

interface TransitCrossing extends Crossing {
  /** The attachment by which the traffic entered the first transit gateway. */
  readonly sourceAttachment: string
  readonly before: Entry
}

function unattached({readings}: Flow, from: Subnet, id: string) {
  const because = `The attachment of VPC ${from.VpcId} to transit gateway ${id} could not be read.`
  const unread = isUnreadable(readings.TransitGatewayVpcAttachments) ? 'TransitGatewayVpcAttachments' : undefined
  return hop('gateway', id, 'unknown', because, {leg: 'attachment', fault: {cause: 'tgw.opaque'}, unread})
}

/**
 * Attachments to networks outside of AWS.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-attachments-overview
 */
const TO_OTHER_NETWORKS: ReadonlySet<string> = new Set(['vpn', 'vpn-concentrator', 'direct-connect-gateway', 'connect'])

/**
 * AWS Network Firewall may be attached to the transit gateway itself.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#nf-attachment-overview
 */
function intoHub(
  flow: Flow,
  from: Subnet,
  {gateway: id, sourceAttachment, back, before}: TransitCrossing,
  to: NextTarget,
  routeOutbound: RouteOutbound,
): PathSegment {
  if (to.type === 'network-function') {
    const because = `Transit gateway ${id} forwards the traffic to firewall ${to.id}; its inspection rules are not visible to this tool.`
    return only(hop('gateway', to.id, 'unknown', because, {leg: 'hub', fault: {cause: 'gwlb.inspection'}}), id)
  }
  if (to.type !== 'vpc') {
    const cause = TO_OTHER_NETWORKS.has(to.type) ? 'vgw.onprem-egress' : 'tgw.opaque'
    const because = `Transit gateway ${id} forwards the traffic to ${to.type} ${to.id}; the networks behind it are not visible to this tool.`
    return only(hop('gateway', to.id, 'unknown', because, {leg: 'hub', fault: {cause, resource: id}}), id)
  }
  const hub = find(flow.readings.TransitGatewayVpcAttachments, 'TransitGatewayAttachmentId', to.attachment)
  const attachmentSubnets = hub ? knownSubnetsOf(flow, hub) : []
  if (!hub || attachmentSubnets.length === 0) {
    const owner = hub?.VpcOwnerId ? `, owned by account ${hub.VpcOwnerId},` : ''
    const because = `Hub VPC ${to.id}${owner} is not in the collected data; add its owner's account file.`
    const unread = (['TransitGatewayVpcAttachments', 'Subnets'] as const).find((kind) =>
      isUnreadable(flow.readings[kind]),
    )
    const fault = {cause: 'tgw.opaque', resource: id}
    return only(hop('gateway', to.id, 'unknown', because, {leg: 'hub', fault, unread}), id)
  }
  const stateHop = inState(hub, `of hub VPC ${to.id} to transit gateway ${id}`, 'hub')
  if (stateHop) return only(stateHop, id)
  const entry = {by: 'transit-gateway', id, attachment: to.attachment, sourceAttachment, back, before} as const
  const near = keepsZone(hub) ? attachmentSubnets.filter((attachmentSubnet) => sameZone(attachmentSubnet, from)) : []
  // Without a subnet of the hub in the zone, the transit gateway takes one of the others.
  const segments = merged(
    (near.length > 0 ? near : attachmentSubnets).map((attachmentSubnet) =>
      routeOutbound(flow, attachmentSubnet, 'hub', {...entry, attachmentSubnet: attachmentSubnet.SubnetId}),
    ),
  )
  const isUnread = near.length === 0 && attachmentSubnets.length < hub.SubnetIds.length
  return isUnread ? joined(segments, only(unreadSubnets(hub, 'hub', 'request'), id)) : segments
}

/**
 * In appliance mode a transit gateway chooses among the zones of the attachment, by a hash of each connection.
 * https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html
 */
const keepsZone = ({Options}: TransitGatewayVpcAttachment): boolean => Options?.ApplianceModeSupport !== 'enable'

/** Whether the transit gateway supports references to security groups: it and both attachments must enable it. */
export function supportsGroupReferences(flow: Flow, entry: TransitEntry): boolean {
  const enabled = (options: {readonly SecurityGroupReferencingSupport?: string | undefined} | undefined) =>
    options?.SecurityGroupReferencingSupport === 'enable'
  const {TransitGateways, TransitGatewayVpcAttachments} = flow.readings
  const attachments = [...new Set([entry.attachment, entry.sourceAttachment])].flatMap((id) =>
    allWith(TransitGatewayVpcAttachments, 'TransitGatewayAttachmentId', id),
  )
  return (
    entry.back.length === 1 &&
    entry.before.by === 'local' &&
    enabled(find(TransitGateways, 'TransitGatewayId', entry.id)?.Options) &&
    attachments.length === 2 &&
    attachments.every(({Options}) => enabled(Options))
  )
}
