import {isUnreadable, type Route, type VpcEndpoint} from '../../model/account.ts'
import {knownTableOf} from '../../model/joins.ts'
import {find, lookup} from '../../model/lists.ts'
import {
  atGateway,
  deletedGateway,
  type Entry,
  type Flow,
  hop,
  joined,
  only,
  originOf,
  type PathSegment,
  type RouteOutbound,
} from '../context.ts'
import {isAvailable, notAvailableHop} from '../endpoints/endpoint.ts'
import type {Fault, Hop, Leg} from '../path.ts'
import {asLikely, withHops} from '../path-segment.ts'
import type {WalkReadings} from '../readings.ts'
import {targetOf} from '../routing/route-table.ts'

/** How the traffic continues behind a firewall endpoint. */
interface ContinuedPath {
  readonly entry: Entry
  readonly routeOutbound: RouteOutbound
}

/** A route to an endpoint: S3's gateway endpoint, or a firewall that inspects what passes. */
export function throughEndpointRoute(
  flow: Flow,
  id: string,
  leg: Leg,
  route: Route,
  continued?: ContinuedPath,
): PathSegment {
  const endpoint = lookup(flow.readings.VpcEndpoints, 'VpcEndpointId', id)
  if (endpoint && !isUnreadable(endpoint) && endpoint.VpcEndpointType === 'Gateway') {
    if (!isAvailable(endpoint))
      return only(notAvailableHop(endpoint, `Gateway endpoint ${id} is in the ${endpoint.State} state.`), id)
    if (continued && originOf(continued.entry).by !== 'local') return only(fromOtherVpcHop(flow, endpoint), id)
    return only(hop('endpoint', id, 'open', `S3 gateway endpoint ${id} handles this traffic.`, {leg: 'endpoint'}), id)
  }
  const isObserved = endpoint !== undefined && !isUnreadable(endpoint)
  if (!isObserved && route.DestinationPrefixListId && route.State !== 'blackhole') {
    const because = `Gateway endpoint ${id} is not in the collected data, so what its policy allows is not known.`
    return only(hop('endpoint', id, 'unknown', because, {leg: 'endpoint', unread: 'VpcEndpoints'}), id)
  }
  if (route.State === 'blackhole') return deletedGateway(id, `Endpoint ${id} no longer exists.`, leg)
  if (isObserved && isFirewall(endpoint) && !isAvailable(endpoint))
    return only(
      notAvailableHop(endpoint, `Gateway Load Balancer endpoint ${id} is in the ${endpoint.State} state.`),
      id,
    )
  const isIpv4Only = flow.family === 6 && isObserved && endpoint.IpAddressType === 'ipv4'
  const detail = isIpv4Only ? ', which supports IPv4 only' : ''
  const because = `Traffic passes through ${id}, a firewall or Gateway Load Balancer endpoint${detail}; its inspection rules are not visible to this tool.`
  const inspection = atGateway(id, 'unknown', because, {leg, fault: {cause: 'gwlb.inspection'}})
  return isObserved && isFirewall(endpoint) && continued
    ? joined(inspection, segmentAfterFirewall(flow, endpoint, continued))
    : inspection
}

/**
 * A gateway endpoint is for its own VPC: what comes from another one through a transit gateway cannot use it. AWS does
 * not say what happens to such traffic where the table has another route for it.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html
 */
function fromOtherVpcHop({readings, subnet, service}: Flow, {VpcEndpointId: id, VpcId}: VpcEndpoint): Hop {
  const because = `Gateway endpoint ${id} is for traffic of its own VPC ${VpcId}, and not for what comes from VPC ${subnet.VpcId} through a transit gateway.`
  const table = knownTableOf(readings, subnet)
  if (service !== 's3' || !table) return hop('endpoint', id, 'blocked', because, {leg: 'endpoint'})
  const {RouteTableId: resource} = table
  const fault: Fault = {
    cause: 's3.unreachable',
    resource,
    likely: true,
    detail: {routeTableId: resource, vpcId: subnet.VpcId},
  }
  return hop('endpoint', id, 'blocked', because, {leg: 'endpoint', fault})
}

/** Endpoints of AWS Network Firewall are of the same type as those of a Gateway Load Balancer. */
const isFirewall = ({VpcEndpointType}: VpcEndpoint): boolean => VpcEndpointType === 'GatewayLoadBalancer'

export function isToFirewall({VpcEndpoints}: Pick<WalkReadings, 'VpcEndpoints'>, route: Route): boolean {
  const endpoint = find(VpcEndpoints, 'VpcEndpointId', targetOf(route))
  return endpoint !== undefined && isFirewall(endpoint)
}

/** A firewall endpoint has one subnet, whose route table routes what leaves it, in both directions. */
export const firewallSubnet = (readings: Pick<WalkReadings, 'VpcEndpoints' | 'Subnets'>, id: string | undefined) => {
  const endpoint = find(readings.VpcEndpoints, 'VpcEndpointId', id)
  return endpoint && isFirewall(endpoint) ? find(readings.Subnets, 'SubnetId', endpoint.SubnetIds[0]) : undefined
}

/**
 * Inspected traffic is routed onward by the route table of the endpoint's subnet.
 * https://docs.aws.amazon.com/network-firewall/latest/developerguide/vpc-config-route-tables.html
 */
function segmentAfterFirewall(
  flow: Flow,
  {VpcEndpointId: id}: VpcEndpoint,
  {entry, routeOutbound}: ContinuedPath,
): PathSegment {
  const {passed = []} = flow
  const subnet = firewallSubnet(flow.readings, id)
  if (!subnet || passed.includes(id)) return {request: [], reply: [], via: id}
  const behind = {by: 'inspection', id, subnet, before: entry} as const
  return withHops(routeOutbound({...flow, passed: [...passed, id]}, subnet, 'firewall', behind), likelyFilter)
}

/** AWS does not say that the network ACL of a firewall endpoint's subnet filters what was inspected. */
const likelyFilter = (one: Hop): Hop => (one.at === 'network-acl' && one.leg === 'firewall' ? asLikely(one) : one)
