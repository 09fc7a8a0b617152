import {isUnreadable, type Subnet} from '../../model/account.ts'
import {lookup} from '../../model/joins.ts'
import {type Flow, hiddenGateway, hop, joined, only, type PathSegment} from '../context.ts'
import {isShared} from '../ownership.ts'
import type {Leg} from '../path.ts'
import {blockPublicAccess} from './internet.ts'

/**
 * An egress-only internet gateway accepts IPv6 traffic that its own VPC initiates.
 * https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html
 */
export function throughEgressOnlyGateway(
  flow: Flow,
  subnet: Subnet,
  leg: Leg,
  id: string,
  isBlackhole: boolean,
): PathSegment {
  const gateway = lookup(flow.readings.EgressOnlyInternetGateways, 'EgressOnlyInternetGatewayId', id)
  if (isUnreadable(gateway) && !isBlackhole) {
    const because = `Egress-only internet gateway ${id} could not be read.`
    return only(hop('gateway', id, 'unknown', because, {leg, unread: 'EgressOnlyInternetGateways'}), id)
  }
  if (!gateway && !isBlackhole && isShared(flow.readings, subnet)) return hiddenGateway(id, subnet, leg)
  const isAttached =
    gateway &&
    !isUnreadable(gateway) &&
    gateway.Attachments.some(({VpcId, State = 'attached'}) => VpcId === subnet.VpcId && State === 'attached')
  if (isBlackhole || !isAttached) {
    const because = `Egress-only internet gateway ${id} no longer exists in VPC ${subnet.VpcId}.`
    return only(hop('gateway', id, 'blocked', because, {leg, fault: {cause: 'route.blackhole'}}), id)
  }
  const open = only(hop('gateway', id, 'open', `Egress-only internet gateway ${id} is attached.`, {leg}), id)
  return joined(open, blockPublicAccess(flow, subnet, leg, false, id))
}
