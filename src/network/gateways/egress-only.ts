import {isUnreadable} from '../../model/account.ts'
import {lookup} from '../../model/lists.ts'
import {
  atGateway,
  type Departure,
  deletedGateway,
  hiddenGateway,
  joined,
  NO_SEGMENT,
  only,
  onlyReply,
  originOf,
  type PathSegment,
  unfollowed,
  unreadHop,
} from '../context.ts'
import {isShared} from '../ownership.ts'
import {pastFirewallHop} from './edge-route.ts'
import {blockPublicAccess} from './internet.ts'

/**
 * An egress-only internet gateway accepts IPv6 traffic that its own VPC initiates.
 * https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html
 * https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/centralized-egress-for-ipv6.html
 */
export function throughEgressOnlyGateway(departure: Departure, id: string): PathSegment {
  const {flow, subnet, leg, entry} = departure
  const gateway = lookup(flow.readings.EgressOnlyInternetGateways, 'EgressOnlyInternetGatewayId', id)
  if (isUnreadable(gateway))
    return only(unreadHop('gateway', id, `Egress-only internet gateway ${id}`, 'EgressOnlyInternetGateways', {leg}), id)
  if (!gateway && isShared(flow.readings, subnet)) return hiddenGateway(id, subnet, leg)
  const isAttached = gateway?.Attachments.some(
    ({VpcId, State = 'attached'}) => VpcId === subnet.VpcId && State === 'attached',
  )
  if (!isAttached)
    return deletedGateway(id, `Egress-only internet gateway ${id} no longer exists in VPC ${subnet.VpcId}.`, leg)
  if (originOf(entry).by !== 'local') {
    const because = `Egress-only internet gateway ${id} of VPC ${subnet.VpcId} is for instances of that VPC; cannot determine whether it accepts traffic of VPC ${flow.subnet.VpcId}.`
    return unfollowed(id, because, leg)
  }
  const open = atGateway(id, 'open', `Egress-only internet gateway ${id} is attached.`, {leg})
  return joined(open, blockPublicAccess(flow, subnet, leg, false, id), pastFirewall(departure, id))
}

/**
 * Only the route table of an internet gateway or a virtual private gateway can route replies into a firewall endpoint.
 * https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html
 */
function pastFirewall({flow, leg, entry}: Departure, id: string): PathSegment {
  if (entry.by !== 'inspection') return NO_SEGMENT
  const because = `Egress-only internet gateway ${id} has no route table, so replies go past firewall endpoint ${entry.id}, which the request passed; a stateful firewall drops such connections.`
  return onlyReply(pastFirewallHop(flow, id, leg, because, entry))
}
