import type {Subnet} from '../../model/account.ts'
import {called} from '../../model/instance.ts'
import {find} from '../../model/lists.ts'
import {blocksOf, inWords} from '../address.ts'
import {
  type Entry,
  type Flow,
  hop,
  joined,
  NO_SEGMENT,
  only,
  onlyReply,
  type PathSegment,
  type Target,
  unreadHop,
} from '../context.ts'
import {egressAcl, groupVerdict, ingressAcl} from '../filters/filters.ts'
import {isInOneRegion} from '../gateways/peers.ts'
import {supportsGroupReferences} from '../gateways/transit-gateway.ts'
import type {Leg} from '../path.ts'
import {returnHops} from './return-route.ts'

/** The last step: into the subnet and the groups of the destination interface, and back out. */
export function inboundSegment(
  flow: Flow,
  from: Subnet,
  target: Target,
  entry: Entry,
  leg: Leg = 'instance',
): PathSegment {
  const sameSubnet = target.subnetId === from.SubnetId && entry.by !== 'peering'
  const aclSegment = sameSubnet || entry.by === 'peering' ? NO_SEGMENT : egressAcl(flow, from.SubnetId, leg)
  // The reply enters a transit gateway through the subnet of its own zone: see return-route.ts.
  const outward = leg === 'hub' ? {...aclSegment, reply: []} : aclSegment
  return joined(outward, arrive(flow, target, entry, sameSubnet), groups(flow, target, entry))
}

function arrive(flow: Flow, {subnetId, vpcId}: Target, entry: Entry, sameSubnet: boolean): PathSegment {
  if (subnetId === undefined || (sameSubnet && entry.by === 'local')) return NO_SEGMENT
  const subnet = find(flow.readings.Subnets, 'SubnetId', subnetId)
  if (!subnet) {
    const what = `Subnet ${subnetId} of VPC ${vpcId}, where the interface is,`
    return only(unreadHop('network-acl', subnetId, what, 'Subnets', {leg: 'endpoint'}))
  }
  const inward = sameSubnet ? NO_SEGMENT : ingressAcl(flow, subnetId, 'endpoint')
  return joined(inward, onlyReply(...returnHops(flow, subnet, 'endpoint', entry)))
}

function groups(flow: Flow, target: Target, entry: Entry): PathSegment {
  const at = target.endpointId ? 'endpoint-group' : 'security-group'
  const owner = target.endpointId ? `endpoint ${target.endpointId}` : `interface ${target.id}`
  if (!target.groups) {
    const because = `The interface with address ${inWords(flow.destination)} is not in the collected data, so its security groups are not known.`
    return only(hop(at, target.id, 'unknown', because, {leg: 'endpoint', unread: 'NetworkInterfaces'}))
  }
  if (target.groups.length === 0) {
    const because = `The interface with address ${inWords(flow.destination)} has no security group, so none stops port ${flow.port}.`
    return only(hop(at, target.id, 'open', because, {leg: 'endpoint'}))
  }
  const refers = referenceRule(flow, target, entry)
  const {family, port, protocol} = flow
  const what = `inbound ${protocol.toUpperCase()} ${port}`
  const question = {groups: target.groups, direction: 'ingress', family, port, protocol, refers} as const
  const {verdict, unknown} = groupVerdict(flow, question, flow.source)
  const [group = target.id] = target.groups
  const names = target.groups.join(', ')
  if (verdict === 'open') {
    const because = `${names} of ${owner} allows ${what} from ${inWords(flow.source)}.`
    return only(hop(at, group, 'open', because, {leg: 'endpoint'}))
  }
  if (verdict === 'unknown') {
    const because = `Cannot determine whether ${names} of ${owner} allows ${what}: ${unknown.map((one) => one.because).join('; ') || 'its address is not known exactly'}.`
    return only(hop(at, group, 'unknown', because, {leg: 'endpoint', unread: unknown[0]?.kind ?? 'SecurityGroups'}))
  }
  const because = `${names} of ${owner} does not allow ${what} from ${flow.translatedBy ?? called(flow.instance)} (${inWords(flow.source)}).`
  const detail = {
    groupId: group,
    sources: blocksOf(flow.source),
    vpcId: target.vpcId,
    protocol,
    port,
    endpointId: target.endpointId ?? '',
  }
  return only(hop(at, group, 'blocked', because, {leg: 'endpoint', fault: {cause: 'endpoint.sg-blocks', detail}}))
}

/**
 * Inbound references to groups apply inside the VPC, over peering in one Region, and over a transit gateway that
 * carries them. https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
function referenceRule(flow: Flow, target: Target, entry: Entry): (vpcId: string | undefined) => boolean {
  if (entry.by === 'local') return (vpcId) => vpcId === target.vpcId
  // Through an appliance only addresses count, even inside one VPC.
  if (entry.by === 'inspection') return () => false
  if (entry.by === 'transit-gateway') {
    // https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html: not for interface endpoints.
    const carried = target.endpointId === undefined && supportsGroupReferences(flow, entry)
    return (vpcId) => vpcId === target.vpcId || carried
  }
  const peering = find(flow.readings.VpcPeeringConnections, 'VpcPeeringConnectionId', entry.id)
  const oneRegion = peering !== undefined && isInOneRegion(peering)
  return (vpcId) => vpcId === target.vpcId || oneRegion
}
