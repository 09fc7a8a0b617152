import {isReadWith, isUnreadable, type Kind, type NatGateway, type Route, type Subnet} from '../../model/account.ts'
import {isEndpointId, isInternetGatewayId} from '../../model/ids.ts'
import {routeTableOf} from '../../model/joins.ts'
import {find, lookup} from '../../model/lists.ts'
import {cidrRanges, PUBLIC} from '../address.ts'
import {
  atGateway,
  deletedGateway,
  type Entry,
  type Flow,
  hiddenGateway,
  isRequestBlocked,
  joined,
  NAT_PORTS,
  NO_SEGMENT,
  only,
  onlyReply,
  type PathSegment,
  type RouteOutbound,
  unfollowed,
  unreadHop,
} from '../context.ts'
import {egressAcl, ingressAcl} from '../filters/filters.ts'
import {isShared} from '../ownership.ts'
import type {Hop} from '../path.ts'
import {asLikely, withHops} from '../path-segment.ts'
import {isEmpty, type Ranges} from '../ranges.ts'
import {returnHops, returningBy} from '../routing/return-route.ts'
import {type ReadRouteTable, routesToOtherNetwork, targetOf, unreadListHops} from '../routing/route-table.ts'
import {isToFirewall} from './endpoint-route.ts'
import {blockPublicAccess, privateNat, throughInternetGateway} from './internet.ts'
import {mainRouteFor, withoutInternetGateway} from './nat-device.ts'

/**
 * A NAT gateway replaces the source address with its own and forwards from its own subnet.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
 */
export function throughNatGateway(
  flow: Flow,
  from: Subnet,
  route: Route,
  entry: Entry,
  routeOutbound: RouteOutbound,
): PathSegment {
  const id = route.NatGatewayId ?? ''
  if (flow.passed?.includes(id))
    return unfollowed(
      id,
      `The routes target NAT gateway ${id} a second time; ssm-doctor does not trace beyond it.`,
      'nat',
    )
  const gateway = lookup(flow.readings.NatGateways, 'NatGatewayId', id)
  if (isUnreadable(gateway)) return only(unreadHop('gateway', id, `NAT gateway ${id}`, 'NatGateways', {leg: 'nat'}), id)
  if (!gateway && route.State !== 'blackhole' && isShared(flow.readings, from)) return hiddenGateway(id, from, 'nat')
  if (!gateway) return deletedGateway(id, `NAT gateway ${id} no longer exists.`, 'nat')
  const {State = 'available', FailureCode} = gateway
  if (State !== 'available') {
    const because = `NAT gateway ${id} is in the ${State} state${FailureCode ? ` (${FailureCode})` : ''}.`
    // One that is being deleted may still process traffic: API_NatGateway.html of the EC2 API reference.
    const fault = {cause: 'nat.not-available', ...(State === 'deleting' && {likely: true as const})}
    return atGateway(id, 'blocked', because, {leg: 'nat', fault})
  }
  const available = atGateway(id, 'open', `NAT gateway ${id} is available.`, {leg: 'nat'})
  const proxy = proxyHop(flow, gateway)
  const outbound =
    gateway.AvailabilityMode === 'regional'
      ? fromRegional(flow, gateway, entry)
      : fromZonal(flow, from, gateway, entry, routeOutbound)
  return joined(available, proxy, outbound)
}

function proxyHop(flow: Flow, {NatGatewayId: id, AttachedAppliances = []}: NatGateway): PathSegment {
  if (AttachedAppliances.length === 0) return NO_SEGMENT
  const because = `A filtering proxy is attached to NAT gateway ${id}; cannot determine whether it allows ${flow.host}.`
  return atGateway(id, 'unknown', because, {leg: 'nat', fault: {cause: 'nat.proxy-appliance'}})
}

/**
 * A regional NAT gateway has no subnet, and its own route table. AWS does not document that replies to other networks
 * are also routed by it: a route that they lack there is a likely fault.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
 */
function fromRegional(flow: Flow, gateway: NatGateway, entry: Entry): PathSegment {
  const {NatGatewayId: id, VpcId = flow.subnet.VpcId, RouteTableId} = gateway
  if (flow.translated) {
    const because = `Regional NAT gateway ${id} translates the addresses that DNS64 gives for ${flow.host}; ssm-doctor does not trace beyond it.`
    return unfollowed(id, because, 'nat')
  }
  const state = find(flow.readings.Vpcs, 'VpcId', VpcId)?.BlockPublicAccessStates
  const natSubnet: Subnet = {SubnetId: VpcId, VpcId, ...(state && {BlockPublicAccessStates: state})}
  const table = lookup(flow.readings.RouteTables, 'RouteTableId', RouteTableId)
  // AWS creates the table, with a route to the internet gateway.
  if (table === undefined) return blockPublicAccess(flow, natSubnet, 'nat', false, id)
  if (!isReadWith(table, 'Routes')) {
    const what = `The route table of regional NAT gateway ${id}`
    return only(unreadHop('route', RouteTableId ?? id, what, 'RouteTables', {leg: 'nat'}), id)
  }
  const reply = returningBy(table, flow, {subnet: natSubnet, leg: 'nat', entry, passed: []})
  return joined(onlyReply(...reply.map(asLikely)), byTable(flow, natSubnet, table, gateway))
}

function fromZonal(
  flow: Flow,
  from: Subnet,
  gateway: NatGateway,
  entry: Entry,
  routeOutbound: RouteOutbound,
): PathSegment {
  const {NatGatewayId: id, SubnetId: subnetId} = gateway
  const unread = (what: string, kind: Kind) => only(unreadHop('gateway', id, what, kind, {leg: 'nat'}), id)
  if (subnetId === undefined) return unread(`In which subnet NAT gateway ${id} is`, 'NatGateways')
  const subnet = find(flow.readings.Subnets, 'SubnetId', subnetId)
  if (!subnet) return unread(`Subnet ${subnetId} of NAT gateway ${id}`, 'Subnets')
  const inward = subnet.SubnetId === from.SubnetId ? NO_SEGMENT : ingressAcl(flow, subnet.SubnetId, 'nat')
  const back = onlyReply(...returnHops(flow, subnet, 'nat', entry))
  const further = onwardAsNat(flow, subnet, gateway, routeOutbound)
  if (further) return joined(inward, back, further)
  const segment = toInternet(flow, subnet, gateway)
  const outward = isRequestBlocked(segment)
    ? NO_SEGMENT
    : egressAcl({...asIpv4(flow), ephemeral: NAT_PORTS}, subnet.SubnetId, 'nat')
  return joined(inward, back, outward, segment, zoneAdvice(flow, subnet, id))
}

/**
 * NAT64: what enters as IPv6 leaves as IPv4.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html
 */
const asIpv4 = (flow: Flow): Flow => (flow.family === 4 ? flow : {...flow, family: 4, destination: PUBLIC[4]})

/**
 * Towards its own VPC, a firewall or another network, and to what DNS64 gave for a private address, the traffic continues
 * from the address and the ports of the NAT gateway, and the reply returns to it.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-scenarios.html
 */
function onwardAsNat(
  flow: Flow,
  subnet: Subnet,
  gateway: NatGateway,
  routeOutbound: RouteOutbound,
): PathSegment | undefined {
  const {translated, ...rest} = flow
  const inner: Flow = translated ? {...rest, ...translated, family: 4} : flow
  const {target, readings, passed = []} = inner
  const table = routeTableOf(readings, subnet)
  if (inner.family !== 4 || !isReadWith(table, 'Routes')) return undefined
  const route = mainRouteFor(inner, table)
  const isPrivate = translated !== undefined || target?.vpcId === subnet.VpcId
  if (!isPrivate && !(route && (routesToOtherNetwork(route) || isToFirewall(readings, route)))) return undefined
  const {NatGatewayId: translatedBy} = gateway
  const source = privateAddressesOf(gateway, subnet)
  const asNat = {...inner, subnet, source, ephemeral: NAT_PORTS, translatedBy, passed: [...passed, translatedBy]}
  return withHops(routeOutbound(asNat, subnet, 'nat', {by: 'local'}), onOtherSide)
}

/**
 * The private addresses that the gateway sends from, without those that could not be assigned; somewhere in its subnet,
 * where they are not listed. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGatewayAddress.html
 */
function privateAddressesOf({NatGatewayAddresses}: NatGateway, {CidrBlock}: Subnet): Ranges {
  const listed = cidrRanges(
    4,
    NatGatewayAddresses.map(({PrivateIp, Status}) => (Status === 'failed' ? undefined : PrivateIp)),
  )
  return isEmpty(listed) ? cidrRanges(4, [CidrBlock]) : listed
}

/** Hops on the NAT gateway's side are not in the instance's own subnet. */
const onOtherSide = (one: Hop): Hop => (one.leg === 'instance' ? {...one, leg: 'nat'} : one)

/** The NAT gateway's own subnet must route to an internet gateway, or to the S3 gateway endpoint. */
function toInternet(flow: Flow, subnet: Subnet, gateway: NatGateway): PathSegment {
  const {NatGatewayId: id} = gateway
  const table = routeTableOf(flow.readings, subnet)
  if (!isReadWith(table, 'Routes')) {
    const what = `The route table of subnet ${subnet.SubnetId}, which holds NAT gateway ${id},`
    return only(unreadHop('route', subnet.SubnetId, what, 'RouteTables', {leg: 'nat'}), id)
  }
  return byTable(flow, subnet, table, gateway)
}

function byTable(flow: Flow, natSubnet: Subnet, table: ReadRouteTable, gateway: NatGateway): PathSegment {
  const {NatGatewayId: id, ConnectivityType, SubnetId} = gateway
  const route = mainRouteFor(asIpv4(flow), table)
  const target = route && targetOf(route)
  if (ConnectivityType === 'private' && !(route && (routesToOtherNetwork(route) || isEndpointId(target))))
    return privateNat(flow, id)
  if (route && isInternetGatewayId(target)) {
    const addresses = privateAddressesOf(gateway, natSubnet)
    const entry = {by: 'nat-gateway', addresses} as const
    const segment = throughInternetGateway({flow, subnet: natSubnet, leg: 'nat'}, target, entry, {table, route})
    return joined(segment, ...unreadListHops(flow, table, {leg: 'nat'}, target).map((one) => only(one, id)))
  }
  const position = SubnetId ? `is in subnet ${SubnetId}, whose route table` : 'is regional, and its route table'
  return withoutInternetGateway(flow, table, route, {id, name: `NAT gateway ${id}`, position, subnet: natSubnet})
}

function zoneAdvice(flow: Flow, subnet: Subnet, id: string): PathSegment {
  const {AvailabilityZone: there} = subnet
  const {AvailabilityZone: here} = flow.subnet
  if (there === undefined || here === undefined || there === here || subnet.VpcId !== flow.subnet.VpcId)
    return NO_SEGMENT
  const because = `NAT gateway ${id} is in ${there}, the instance in ${here}: losing that zone would disconnect the instance.`
  return atGateway(id, 'open', because, {leg: 'nat', fault: {cause: 'nat.single-az-loss', advice: true}})
}
