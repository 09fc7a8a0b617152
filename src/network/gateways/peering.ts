import {isUnreadable, type Subnet} from '../../model/account.ts'
import {lookup} from '../../model/joins.ts'
import {cidrRanges, inWords} from '../address.ts'
import {type Flow, hiddenGateway, hop, joined, only, type PathSegment} from '../context.ts'
import {isShared} from '../ownership.ts'
import {includes, isEmpty} from '../ranges.ts'
import {inboundSegment} from '../routing/inbound-delivery.ts'
import {peerOf} from './peers.ts'

/**
 * Peering connects two VPCs and nothing behind them: never the peer's internet gateway, NAT gateway or gateway
 * endpoint.
 * https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
 */
export function throughPeering(flow: Flow, from: Subnet, id: string): PathSegment {
  const peering = lookup(flow.readings.VpcPeeringConnections, 'VpcPeeringConnectionId', id)
  if (isUnreadable(peering)) {
    const because = `Peering connection ${id} could not be read.`
    return only(hop('gateway', id, 'unknown', because, {unread: 'VpcPeeringConnections'}), id)
  }
  if (!peering && isShared(flow.readings, from)) {
    return hiddenGateway(id, from, 'instance')
  }
  if (!peering) {
    const because = `Peering connection ${id} no longer exists.`
    return only(hop('gateway', id, 'blocked', because, {fault: {cause: 'route.blackhole'}}), id)
  }
  const state = peering.Status?.Code
  if (state === undefined) return only(unreadHop(id, `In what state peering connection ${id} is`), id)
  if (state !== 'active') {
    const because = `Peering connection ${id} is ${state}, not active.`
    return only(hop('gateway', id, 'blocked', because, {fault: {cause: 'pcx.not-active', detail: {state}}}), id)
  }
  const peer = peerOf(peering, from.VpcId)
  const beyond = peer?.VpcId === undefined ? 'another VPC' : `VPC ${peer.VpcId}`
  const blocks = cidrRanges(flow.family, [
    peer?.CidrBlock,
    ...(peer?.CidrBlockSet ?? []).map(({CidrBlock}) => CidrBlock),
    ...(peer?.Ipv6CidrBlockSet ?? []).map(({Ipv6CidrBlock}) => Ipv6CidrBlock),
  ])
  if (flow.target && isEmpty(blocks))
    return only(unreadHop(id, `The addresses that peering connection ${id} routes to`), id)
  if (!flow.target || !includes(blocks, flow.destination)) {
    const because = `The route targets peering connection ${id} for ${inWords(flow.destination)}, which reaches only ${beyond}: peering is not transitive.`
    return only(hop('gateway', id, 'blocked', because, {fault: {cause: 'pcx.edge-to-edge'}}), id)
  }
  const open = only(hop('gateway', id, 'open', `Peering connection ${id} connects to ${beyond}.`), id)
  return joined(open, inboundSegment(flow, from, flow.target, {by: 'peering', id}))
}

const unreadHop = (id: string, what: string) =>
  hop('gateway', id, 'unknown', `${what} could not be read.`, {unread: 'VpcPeeringConnections'})
