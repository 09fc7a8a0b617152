import type {Route, RouteTable} from '../../model/account.ts'
import {isEndpointId, isInternetGatewayId} from '../../model/ids.ts'
import {NAT64} from '../address.ts'
import {
  atGateway,
  type Departure,
  hop,
  isRequestBlocked,
  NO_SEGMENT,
  only,
  type PathSegment,
  type RouteOutbound,
  unfollowed,
} from '../context.ts'
import {throughEgressOnlyGateway} from '../gateways/egress-only.ts'
import {throughEndpointRoute} from '../gateways/endpoint-route.ts'
import {blockPublicAccess, intoInternetGateway} from '../gateways/internet.ts'
import {throughNatGateway} from '../gateways/nat-gateway.ts'
import {throughNatInstance} from '../gateways/nat-instance.ts'
import {throughPeering} from '../gateways/peering.ts'
import {throughTransitGateway} from '../gateways/transit-gateway.ts'
import {includes} from '../ranges.ts'
import {targetOf} from './route-table.ts'

/** A route that is traced, with its target. */
interface Following {
  readonly departure: Departure
  readonly table: RouteTable
  readonly route: Route
  readonly target: string
  /** How the walk continues from a subnet. */
  readonly routeOutbound: RouteOutbound
}

/** What a target of one kind does with the traffic; undefined for a target of another kind. */
type TargetRule = (following: Following) => PathSegment | undefined

function toTransitGateway(following: Following): PathSegment | undefined {
  const {departure, route, target} = following
  const {flow, subnet, leg} = departure
  if (!route.TransitGatewayId) return undefined
  const crossing = `${subnet.VpcId} to ${target}`
  if (flow.passed?.includes(crossing))
    return unfollowed(
      target,
      `The routes pass through ${crossing} a second time; ssm-doctor does not trace beyond it.`,
      leg,
    )
  const passing = {...departure, flow: {...flow, passed: [...(flow.passed ?? []), crossing]}}
  return throughTransitGateway(passing, route.TransitGatewayId, following.routeOutbound)
}

function toPeering(following: Following): PathSegment | undefined {
  const {departure, table, route, target} = following
  if (!route.VpcPeeringConnectionId) return undefined
  return departure.entry.by === 'local'
    ? throughPeering(departure.flow, departure.subnet, table, route.VpcPeeringConnectionId)
    : unfollowed(
        target,
        `The hub routes the traffic to peering connection ${target}; ssm-doctor does not trace beyond it.`,
        departure.leg,
      )
}

function toVirtualPrivateGateway({departure: {leg}, target}: Following): PathSegment | undefined {
  if (!target.startsWith('vgw-')) return undefined
  const because = `Virtual private gateway ${target} routes to a network outside AWS; whether that network allows the traffic is not visible to this tool.`
  return atGateway(target, 'unknown', because, {leg, fault: {cause: 'vgw.onprem-egress'}})
}

/**
 * Of a Wavelength Zone. VPC Block Public Access stops its traffic like that of an internet gateway.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html#security-vpc-bpa-service-support
 */
function toCarrierGateway({departure: {flow, subnet, leg}, route: {CarrierGatewayId: id}}: Following) {
  const stopped = id === undefined ? NO_SEGMENT : blockPublicAccess(flow, subnet, leg, false, id)
  return isRequestBlocked(stopped) ? stopped : undefined
}

/**
 * Addresses that DNS64 made lead to IPv4 only through a NAT gateway: an internet gateway does not translate them.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html
 */
function toGatewayWithoutNat64({departure, table, route, target}: Following): PathSegment | undefined {
  const {flow, subnet, leg} = departure
  if (route.State === 'blackhole' || flow.family !== 6 || !/^e?igw-/.test(target) || !includes(NAT64, flow.destination))
    return undefined
  const because = `Route table ${table.RouteTableId} routes 64:ff9b::/96 to ${target}, which does not translate to IPv4; the addresses that DNS64 gives for ${flow.host} need a route to a NAT gateway.`
  const fault = {cause: 'ipv6.only-no-ipv4-path', resource: subnet.SubnetId, detail: {vpcId: subnet.VpcId}}
  return only(hop('route', table.RouteTableId, 'blocked', because, {leg, fault}), target)
}

/** In order: the first that handles the target decides. */
const TARGETS: readonly TargetRule[] = [
  ({departure: {leg}, route, target}) =>
    route.State === 'filtered'
      ? unfollowed(target, `The route to ${target} is filtered; cannot determine whether it is used.`, leg)
      : undefined,
  ({departure: {flow, subnet, entry}, route, routeOutbound}) =>
    route.NatGatewayId ? throughNatGateway(flow, subnet, route, entry, routeOutbound) : undefined,
  toTransitGateway,
  toPeering,
  ({departure: {flow, subnet, entry}, route}) =>
    route.InstanceId || route.NetworkInterfaceId ? throughNatInstance(flow, subnet, route, entry) : undefined,
  toGatewayWithoutNat64,
  ({departure, route: {EgressOnlyInternetGatewayId: id}}) => (id ? throughEgressOnlyGateway(departure, id) : undefined),
  ({departure, table, target}) =>
    isInternetGatewayId(target) ? intoInternetGateway(departure, table, target) : undefined,
  toVirtualPrivateGateway,
  toCarrierGateway,
  ({departure: {flow, leg, entry}, route, target, routeOutbound}) =>
    isEndpointId(target) ? throughEndpointRoute(flow, target, leg, route, {entry, routeOutbound}) : undefined,
  ({departure: {subnet, leg}, target}) =>
    target === 'local'
      ? unfollowed(target, `Addresses of VPC ${subnet.VpcId} that belong to no known interface.`, leg)
      : undefined,
]

/** From the route to its target, and onward. Whether it is a blackhole route is decided by the caller. */
export function throughTarget(
  departure: Departure,
  table: RouteTable,
  route: Route,
  routeOutbound: RouteOutbound,
): PathSegment {
  const target = targetOf(route)
  for (const rule of TARGETS) {
    const segment = rule({departure, table, route, target, routeOutbound})
    if (segment) return segment
  }
  const because = `The route targets ${target}, whose configuration is not visible to this tool; ask its owner.`
  return unfollowed(target, because, departure.leg)
}
