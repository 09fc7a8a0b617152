import {isUnreadable, type RouteTable, type Subnet} from '../../model/account.ts'
import {lookup} from '../../model/lists.ts'
import {inWords} from '../address.ts'
import {
  atGateway,
  deletedGateway,
  type Flow,
  hiddenGateway,
  joined,
  only,
  type PathSegment,
  unreadHop,
} from '../context.ts'
import {isShared} from '../ownership.ts'
import {includes, isEmpty} from '../ranges.ts'
import {inboundSegment} from '../routing/inbound-delivery.ts'
import {inOtherVpcHop} from '../routing/overlapping-vpcs.ts'
import {peerOf, peerRanges} from './peers.ts'

/**
 * Peering connects two VPCs and nothing behind them: never the peer's internet gateway, NAT gateway or gateway
 * endpoint.
 * https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
 */
export function throughPeering(flow: Flow, from: Subnet, table: RouteTable, id: string): PathSegment {
  const peering = lookup(flow.readings.VpcPeeringConnections, 'VpcPeeringConnectionId', id)
  const unread = (what: string) => only(unreadHop('gateway', id, what, 'VpcPeeringConnections'), id)
  if (isUnreadable(peering)) return unread(`Peering connection ${id}`)
  if (!peering && isShared(flow.readings, from)) return hiddenGateway(id, from, 'instance')
  if (!peering) return deletedGateway(id, `Peering connection ${id} no longer exists.`, 'instance')
  const state = peering.Status?.Code
  if (state === undefined) return unread(`In what state peering connection ${id} is`)
  if (state !== 'active') {
    const because = `Peering connection ${id} is in the ${state} state, not active.`
    return atGateway(id, 'blocked', because, {fault: {cause: 'pcx.not-active', detail: {state}}})
  }
  const peer = peerOf(peering, from.VpcId)
  const beyond = peer?.VpcId === undefined ? 'another VPC' : `VPC ${peer.VpcId}`
  const blocks = peerRanges(peering, from.VpcId, flow.family)
  if (flow.target && isEmpty(blocks)) return unread(`The addresses that peering connection ${id} routes to`)
  if (!flow.target || !includes(blocks, flow.destination)) {
    const because = `The route targets peering connection ${id} for ${inWords(flow.destination)}, which reaches only ${beyond}: peering is not transitive.`
    return atGateway(id, 'blocked', because, {fault: {cause: 'pcx.edge-to-edge'}})
  }
  const otherVpc = peer?.VpcId === undefined ? undefined : inOtherVpcHop(flow, table, from, 'instance', peer.VpcId)
  if (otherVpc) return only(otherVpc, id)
  const open = atGateway(id, 'open', `Peering connection ${id} connects to ${beyond}.`, {})
  return joined(open, inboundSegment(flow, from, flow.target, {by: 'peering', id}))
}
