import type {Instance} from '../../model/account.ts'
import {groupIdsOf} from '../../model/instance.ts'
import {find} from '../../model/lists.ts'
import {blocksOf, cidrRanges, EVERYWHERE, inWords} from '../address.ts'
import {dependingOnAddress, type Flow, hop, joined, NO_SEGMENT, only, type PathSegment, vpcRanges} from '../context.ts'
import {isInOneRegion, peerOf} from '../gateways/peers.ts'
import type {Fault, Hop} from '../path.ts'
import {isEmpty, union} from '../ranges.ts'
import type {WalkReadings} from '../readings.ts'
import {routeOutbound} from '../routing/outbound-route.ts'
import {groupVerdict, isOutsideAwsLists, whyUnknown} from './filters.ts'
import {allowedPeers} from './security-group.ts'

/** From the interface's groups through the subnet to wherever the destination of the flow is. */
export function outboundSegment(flow: Flow): PathSegment {
  const segment = routeOutbound(flow, flow.subnet, 'instance', {by: 'local'})
  return joined({...NO_SEGMENT, request: [egressHop(flow, segment)]}, segment)
}

/**
 * Rules of the instance's groups. Without any route the destination is not known yet, so only groups that allow
 * nothing out at all are a cause.
 */
function egressHop(flow: Flow, segment: PathSegment): Hop {
  const {instance, family, port, subnet} = flow
  const groups = groupIdsOf(instance)
  const unrouted = !flow.target && segment.via === null && !segment.request.some(({at}) => at === 'network-acl')
  const joinedVpc = peerVpc(flow, segment)
  // Through an appliance only addresses count:
  // https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
  const isInspected = segment.request.some(({fault}) => fault?.cause === 'gwlb.inspection')
  const refers = (vpcId: string | undefined) =>
    !isInspected && (vpcId === subnet.VpcId || (vpcId !== undefined && vpcId === joinedVpc))
  const outsideAwsLists = isOutsideAwsLists(flow)
  const question = {groups, direction: 'egress', family, port, refers, outsideAwsLists} as const
  const inside = vpcRanges(flow)
  const peer = unrouted ? union(flow.destination, inside) : flow.destination
  const where = unrouted ? `${inWords(flow.destination)} or ${inWords(inside)}` : inWords(peer)
  const {verdict, unknown, ranges, prefixListsOnly} = groupVerdict(flow, question, peer)
  const [group = instance.InstanceId] = groups
  const names = groups.join(', ') || instance.InstanceId
  const isTableUnread = segment.request.some(
    ({at, leg, unread}) => at === 'route' && leg === 'instance' && unread === 'RouteTables',
  )

  if (verdict === 'open' || (unrouted && !isEmpty(ranges)))
    return hop('security-group', group, 'open', `${names} allows outbound TCP ${port} to ${where}.`)
  if (verdict === 'unknown') {
    const why = whyUnknown(unknown, `allow outbound TCP ${port} to`, flow, peer)
    const because = `Cannot determine whether ${names} allows outbound TCP ${port} to ${flow.host}: ${why}.`
    const isKnown = unknown.length === 0
    const fault = isKnown ? dependingOnAddress(deniedFault(flow, group, 'sg.no-egress-443')) : undefined
    return hop('security-group', group, 'unknown', because, {unread: unknown[0]?.kind, fault})
  }
  if (isTableUnread && !flow.target && !isEmpty(ranges)) {
    const because = `${names} does not allow outbound TCP ${port} to ${where}; the route table, which shows whether traffic to ${flow.host} goes there, could not be read.`
    return hop('security-group', group, 'unknown', because, {unread: 'RouteTables'})
  }
  const byReference = !isInspected && groupVerdict(flow, {...question, refers: () => true}, peer).verdict === 'open'
  if (byReference) return referenceHop(flow, segment, group, names)
  const cause = prefixListsOnly ? 'sg.egress-prefix-list-only' : 'sg.no-egress-443'
  const because = `${names} does not allow outbound TCP ${port} to ${where}, so the agent cannot reach ${flow.host}.`
  return deniedHop(flow, group, cause, because)
}

/** Groups of the only interface that allow the port to no address: they block the traffic, wherever it is routed. */
export function closedGroups(
  readings: WalkReadings,
  instance: Instance,
  {host, port}: Pick<Flow, 'host' | 'port'>,
): PathSegment {
  const groups = groupIdsOf(instance)
  const [group] = groups
  const isClosed = ([4, 6] as const).every((family) => {
    const peers = allowedPeers(readings, {groups, direction: 'egress', family, port, refers: () => true})
    return peers.unknown.length === 0 && isEmpty(peers.ranges)
  })
  if (group === undefined || !isClosed || instance.NetworkInterfaces.length > 1) return NO_SEGMENT
  const because = `${groups.join(', ')} does not allow outbound TCP ${port} to any address, so the agent cannot reach ${host}.`
  return only(deniedHop({destination: EVERYWHERE[4], family: 4, port}, group, 'sg.no-egress-443', because))
}

/** Groups that allow the traffic only to a group of another VPC. */
function referenceHop(flow: Flow, segment: PathSegment, group: string, names: string): Hop {
  const {port, host} = flow
  const unread = segment.request.find(({at, verdict}) => verdict === 'unknown' && (at === 'route' || at === 'gateway'))
  if (unread) {
    const because = `Cannot determine whether ${names} allows outbound TCP ${port} to ${host}: it references a security group of another VPC, and the path there is not known. ${unread.because}`
    return hop('security-group', group, 'unknown', because, {unread: unread.unread})
  }
  const because = `${names} allows outbound TCP ${port} only to a security group in another VPC, and outbound references do not work across a transit gateway.`
  return deniedHop(flow, group, 'sg.ref-over-tgw-egress', because)
}

type Denied = Pick<Flow, 'target' | 'destination' | 'family' | 'port'>

const deniedHop = (denied: Denied, groupId: string, cause: string, because: string): Hop =>
  hop('security-group', groupId, 'blocked', because, {fault: deniedFault(denied, groupId, cause)})

function deniedFault({target, destination, family, port}: Denied, groupId: string, cause: string): Fault {
  const cidrs = target ? blocksOf(destination) : blocksOf(EVERYWHERE[family])
  return {cause, detail: {groupId, cidrs, port}}
}

/**
 * The VPC at the other side of a peering connection: outbound references apply there, and never across a transit
 * gateway.
 */
function peerVpc({readings, subnet}: Flow, {via}: PathSegment): string | undefined {
  const peering = find(readings.VpcPeeringConnections, 'VpcPeeringConnectionId', via)
  return peering && isInOneRegion(peering) ? peerOf(peering, subnet.VpcId)?.VpcId : undefined
}

/** Groups do apply to custom DNS servers. https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html */
export function dnsGroupSegment(flow: Flow, servers: readonly string[]): PathSegment {
  const groups = groupIdsOf(flow.instance)
  const [group] = groups
  const allows = (server: string, protocol: 'udp' | 'tcp') => {
    const peer = cidrRanges(flow.family, [server])
    const question = {groups, direction: 'egress', family: flow.family, port: 53, protocol, refers: () => true} as const
    return isEmpty(peer) || groupVerdict(flow, question, peer).verdict !== 'blocked'
  }
  if (
    group === undefined ||
    servers.length === 0 ||
    servers.some((server) => allows(server, 'udp') || allows(server, 'tcp'))
  )
    return NO_SEGMENT
  const because = `${groups.join(', ')} does not allow outbound port 53 to DNS servers ${servers.join(', ')}, so no name resolves.`
  const fault = {cause: 'sg.custom-dns-blocked', detail: {groupId: group, servers}}
  return only(hop('security-group', group, 'blocked', because, {fault}))
}
