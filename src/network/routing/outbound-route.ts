import {isReadWith, type Route, type RouteTable, type Subnet} from '../../model/account.ts'
import {isEndpointId, isInternetGatewayId} from '../../model/ids.ts'
import {routeTableOf} from '../../model/joins.ts'
import {find} from '../../model/lists.ts'
import {blocksOf, inWords, PRIVATE} from '../address.ts'
import {
  type Departure,
  type Entry,
  type Flow,
  hop,
  joined,
  NO_SEGMENT,
  neededBlocks,
  only,
  type PathSegment,
  unfollowed,
  unreadHop,
  vpcRanges,
} from '../context.ts'
import {egressAcl} from '../filters/filters.ts'
import {throughEndpointRoute} from '../gateways/endpoint-route.ts'
import {mayForward} from '../gateways/forwarder.ts'
import type {Leg} from '../path.ts'
import {combined} from '../path-segment.ts'
import {includes} from '../ranges.ts'
import {type Branch, branchesOf, inAgreement} from './branches.ts'
import {inboundSegment} from './inbound-delivery.ts'
import {withoutRoute} from './missing-route.ts'
import {inOtherVpcHop} from './overlapping-vpcs.ts'
import {
  blackholeHop,
  destinationOf,
  hasUnknownTarget,
  mayLeadBack,
  portionsOf,
  type ReadRouteTable,
  routeInWords,
  targetOf,
  unreadListHops,
  unreadRoutes,
} from './route-table.ts'
import {throughTarget} from './route-target.ts'
import {s3GatewayRoute, s3InList} from './s3-gateway-route.ts'

/** Out of a subnet by its route table, through its network ACL, to the target of the route. */
export function routeOutbound(flow: Flow, subnet: Subnet, leg: Leg, entry: Entry): PathSegment {
  const table = routeTableOf(flow.readings, subnet)
  if (!isReadWith(table, 'Routes')) return withoutTable(flow, subnet, leg, entry)
  const s3 = s3GatewayRoute(flow, table)
  if (s3) return s3InList(flow, table, leg, [s3, follow({flow, subnet, leg, entry}, table, s3)])

  const [main, ...others] = branchesOf(flow, table.Routes)
  // If routes split the destination, each is traced with its own part: the next table may also route the parts
  // differently.
  const parted = (branch: Branch) => (others.length > 0 ? {...flow, destination: branch.addresses} : flow)
  const segments = [main, ...others].map((branch) =>
    onBranch({flow: parted(branch), subnet, leg, entry}, table, branch),
  )
  const competing = [main, ...others].find((branch) => branch.competing)?.competing
  const known = inAgreement(flow, table, leg, segments, competing)
  const target = others.length === 0 && main.route ? targetOf(main.route) : undefined
  return withUnreadLists({flow, subnet, leg, entry}, table, known, target)
}

/** A prefix list that could not be read may hold the destination, so what blocks there must block on its route too. */
function withUnreadLists(
  departure: Departure,
  table: ReadRouteTable,
  known: PathSegment,
  target: string | undefined,
): PathSegment {
  const {flow, leg} = departure
  const segments = unreadRoutes(flow.readings, table.Routes, target).map((route) => follow(departure, table, route))
  return joined(segments.reduce(combined, known), ...unreadListHops(flow, table, {leg}, target).map((one) => only(one)))
}

/**
 * All traffic out of the subnet passes its ACL, and inside the VPC every table has the local route. Replies through an
 * attachment of a transit gateway in the same subnet pass none.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
 */
function withoutTable(flow: Flow, subnet: Subnet, leg: Leg, entry: Entry): PathSegment {
  const what = `The route table of subnet ${subnet.SubnetId}`
  const unread = only(unreadHop('route', subnet.SubnetId, what, 'RouteTables', {leg}))
  const {target} = flow
  if (target?.vpcId === subnet.VpcId) return joined(unread, inboundSegment(flow, subnet, target, entry, leg))
  const aclSegment = egressAcl(flow, subnet.SubnetId, leg)
  const certain = combined(aclSegment, {...aclSegment, reply: []})
  // Without a route to public addresses, what the ACL allows inside the VPC is enough for endpoints there.
  const inside =
    target || leg !== 'instance' ? aclSegment : egressAcl({...flow, destination: vpcRanges(flow)}, subnet.SubnetId, leg)
  return joined(combined(certain, inside), unread)
}

function onBranch(departure: Departure, table: RouteTable, {route}: Branch): PathSegment {
  if (route) return follow(departure, table, route)
  const {flow, subnet, leg} = departure
  if (leg === 'instance' && !flow.target) return withoutRoute(flow, table)
  const because = `Route table ${table.RouteTableId} of subnet ${subnet.SubnetId} has no route to ${inWords(flow.destination)}.`
  const detail = {vpcId: subnet.VpcId, subnetId: subnet.SubnetId, cidrs: neededBlocks(flow)}
  return only(hop('route', table.RouteTableId, 'blocked', because, {leg, fault: {cause: 'route.none', detail}}))
}

function follow(departure: Departure, table: RouteTable, route: Route): PathSegment {
  const {flow, subnet, leg, entry} = departure
  const target = targetOf(route)
  const {target: bound} = flow
  // What stays in a subnet is never routed. https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html
  if (bound && (target === 'local' || bound.subnetId === subnet.SubnetId)) {
    const otherVpc = inOtherVpcHop(flow, table, subnet, leg, subnet.VpcId)
    if (otherVpc) return joined(egressAcl(flow, subnet.SubnetId, leg), only(otherVpc))
    const because = `Route table ${table.RouteTableId} treats ${inWords(flow.destination)} as local to VPC ${subnet.VpcId}.`
    return joined(
      only(hop('route', table.RouteTableId, 'open', because, {leg})),
      inboundSegment(flow, subnet, bound, entry, leg),
    )
  }
  if (bound && bound.vpcId === subnet.VpcId && !isForwardedByNat(flow, route))
    return joined(egressAcl(flow, subnet.SubnetId, leg), shadowedRoute(departure, table, route))

  if (bound && routesOutOnly(flow, route))
    return joined(egressAcl(flow, subnet.SubnetId, leg), routedElsewhere(flow, subnet, leg, table, route))

  const gateway = throughTarget(departure, table, route, routeOutbound)
  const aclSegment = staysInSubnet(flow, subnet, route) ? NO_SEGMENT : egressAcl(flow, subnet.SubnetId, leg)
  // How a reply leaves a transit gateway is decided there: see return-route.ts.
  const outward = leg === 'hub' || route.TransitGatewayId ? {...aclSegment, reply: []} : aclSegment
  return joined(outward, withRouteHop(gateway, table, route, leg))
}

/** A NAT gateway delivers traffic for the VPC itself: a detour, not another destination. */
const isForwardedByNat = ({readings}: Flow, {NatGatewayId}: Route): boolean =>
  find(readings.NatGateways, 'NatGatewayId', NatGatewayId) !== undefined

/**
 * The addresses of a VPC are not on the internet, whatever blocks they are in, and neither are the IPv6 addresses of
 * endpoints.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html#vpc-private-ipv4-addresses
 * https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html#aws-service-ip-address-type
 */
const isOffInternet = ({family, destination, target}: Flow): boolean =>
  includes(PRIVATE[family], destination) ||
  target?.endpointId !== undefined ||
  (family === 4 && target?.groups !== undefined)

/** Internet gateways accept only public addresses, and so does a NAT gateway or instance in front of one. */
function routesOutOnly(flow: Flow, route: Route): boolean {
  if (!isOffInternet(flow) || route.State === 'blackhole') return false
  if (isInternetGatewayId(targetOf(route)) || route.EgressOnlyInternetGatewayId) return true
  const table = tableBehind(flow, route)
  if (!isReadWith(table, 'Routes')) return false
  const [portion] = portionsOf(flow.readings, table.Routes, flow.family, flow.destination)
  return portion?.route === undefined || isInternetGatewayId(targetOf(portion.route))
}

/** The route table by which a NAT device forwards: that of its subnet, or a regional NAT gateway's own. */
function tableBehind({readings}: Flow, {NatGatewayId, NetworkInterfaceId}: Route) {
  const nat = find(readings.NatGateways, 'NatGatewayId', NatGatewayId)
  if (nat?.RouteTableId) return find(readings.RouteTables, 'RouteTableId', nat.RouteTableId)
  const eni = find(readings.NetworkInterfaces, 'NetworkInterfaceId', NetworkInterfaceId)
  const subnet = find(readings.Subnets, 'SubnetId', nat?.SubnetId ?? eni?.SubnetId)
  return subnet && routeTableOf(readings, subnet)
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html */
function routedElsewhere(flow: Flow, subnet: Subnet, leg: Leg, table: RouteTable, route: Route): PathSegment {
  const where = inWords(flow.destination)
  const what = flow.family === 4 || includes(PRIVATE[6], flow.destination) ? 'private addresses' : 'endpoints'
  const because = `Route table ${table.RouteTableId} has no route to ${where}: it routes ${destinationOf(route)} to ${targetOf(route)} and so to the internet, which does not reach ${what}.`
  const detail = {vpcId: subnet.VpcId, subnetId: subnet.SubnetId, cidrs: blocksOf(flow.destination)}
  return only(hop('route', table.RouteTableId, 'blocked', because, {leg, fault: {cause: 'route.none', detail}}))
}

/**
 * The route hop in front of the gateway. If the target no longer exists, the route itself is the resource to change.
 */
function withRouteHop(gateway: PathSegment, table: RouteTable, route: Route, leg: Leg): PathSegment {
  const [first] = gateway.request
  const noLongerExists = first?.fault?.cause === 'route.blackhole' && first.fault.resource === undefined
  const isGatewayBlocked = gateway.request.some(({verdict}) => verdict === 'blocked')
  if (noLongerExists || (route.State === 'blackhole' && !isGatewayBlocked)) {
    const isDetached = first?.fault?.detail?.state === 'detached'
    const why = isDetached
      ? 'is not attached to any instance'
      : noLongerExists
        ? 'no longer exists'
        : 'does not accept it'
    return only(blackholeHop(table, route, why, leg), gateway.via)
  }
  return joined(
    only(hop('route', table.RouteTableId, 'open', `${routeInWords(table, route)}.`, {leg}), gateway.via),
    gateway,
  )
}

/** A NAT gateway in the instance's own subnet is reached without crossing the network ACL of the subnet. */
const staysInSubnet = (flow: Flow, subnet: Subnet, {NatGatewayId, NetworkInterfaceId}: Route): boolean =>
  find(flow.readings.NatGateways, 'NatGatewayId', NatGatewayId)?.SubnetId === subnet.SubnetId ||
  (NetworkInterfaceId !== undefined &&
    find(flow.readings.NetworkInterfaces, 'NetworkInterfaceId', NetworkInterfaceId)?.SubnetId === subnet.SubnetId)

/**
 * A route that is more specific than `local` routes addresses of the VPC itself elsewhere.
 * https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html
 */
function shadowedRoute({flow, subnet, leg, entry}: Departure, table: RouteTable, route: Route): PathSegment {
  const target = targetOf(route)
  const where = `Route table ${table.RouteTableId} routes ${destinationOf(route)}, which holds ${inWords(flow.destination)} of this VPC, to ${target}`
  if (isEndpointId(target) && route.State !== 'blackhole')
    return throughEndpointRoute(flow, target, leg, route, {entry, routeOutbound})
  if (mayForward(flow, subnet, route) || hasUnknownTarget(route) || mayLeadBack(route))
    return unfollowed(target, `${where}; cannot determine whether it forwards the traffic.`, leg)
  const detail = {destination: destinationOf(route), target, vpcId: subnet.VpcId}
  const fault = {cause: 'route.more-specific-hijack', detail}
  return only(hop('route', table.RouteTableId, 'blocked', `${where} instead of delivering it.`, {leg, fault}))
}
