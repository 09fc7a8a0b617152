import {type HostedZone, isReadWith, isUnreadable, type RouteTable, type VpcEndpoint} from '../../model/account.ts'
import {routeTableOf} from '../../model/joins.ts'
import {allWith} from '../../model/lists.ts'
import {AGENT_SERVICES} from '../../model/partition.ts'
import {capital} from '../../util/list-in-words.ts'
import {inWords, NAT64} from '../address.ts'
import {type Flow, hop, only, type PathSegment} from '../context.ts'
import {isWithin, withoutDot} from '../dns/name.ts'
import {profileOf} from '../dns/profiles.ts'
import {idleOwner} from '../dns/resolve.ts'
import {zonesIn} from '../dns/zones.ts'
import {
  endpointsIn,
  findEndpoint,
  interfacesOf,
  isAvailable,
  isInterface,
  routesIpv6,
  serves,
  takesIpv6,
} from '../endpoints/endpoint.ts'
import {idleEndpointHop} from '../endpoints/idle-endpoint.ts'
import {isShared} from '../ownership.ts'
import {unlessOnOtherPath} from '../path-segment.ts'
import {isEmpty} from '../ranges.ts'
import {isOfGatewayEndpoint, mayReachPrivate, portionsOf, targetOf} from './route-table.ts'

/** A public name, and a route table without a route for it. */
interface RuleContext {
  readonly flow: Flow
  readonly table: RouteTable
  /** A clause of every sentence. */
  readonly missingRoute: string
  /** Endpoints of the VPC, and those of them that are for the service. */
  readonly endpoints: readonly VpcEndpoint[]
  readonly own: readonly VpcEndpoint[]
}

type Rule = (context: RuleContext) => PathSegment | undefined

/**
 * The name is public and no route leads there. Is it a missing route, or an endpoint that is missing or does not own
 * the name? What the VPC has for the service decides.
 */
export function withoutRoute(flow: Flow, table: RouteTable): PathSegment {
  const {readings, service, subnet} = flow
  const endpoints = endpointsIn(readings, subnet.VpcId)
  const own = endpoints.filter((endpoint) => serves(endpoint, service, readings.Region))
  const where = flow.destination === NAT64 ? `${inWords(NAT64)}, where DNS64 places IPv4 addresses` : 'public addresses'
  const missingRoute = `route table ${table.RouteTableId} has no route to ${where}`
  const context = {flow, table, missingRoute, endpoints, own}
  const visible = firstOf(VISIBLE, context)
  if (visible) return visible
  const missing = firstOf(MISSING, context) ?? noRouteOrEndpoint(context)
  return mayHaveOtherName(context) ? unlessOnOtherPath(missing, otherName(flow)) : missing
}

const otherName = ({host, subnet}: Flow): string =>
  `A Route 53 Profile of VPC ${subnet.VpcId}, which was not asked for, may resolve ${host} to a network that it routes to.`

function firstOf(rules: readonly Rule[], context: RuleContext): PathSegment | undefined {
  for (const rule of rules) {
    const segment = rule(context)
    if (segment) return segment
  }
  return undefined
}

/** A Route 53 Profile, which was not asked for, may resolve the name to a network that the table routes to. */
const mayHaveOtherName = ({flow: {readings, subnet}, table: {Routes}}: RuleContext): boolean =>
  profileOf(readings, subnet.VpcId).isNotAsked && !isUnreadable(Routes) && Routes.some(mayReachPrivate)

const ownEndpoint: Rule = ({flow, table, missingRoute, own}) => {
  if (flow.service === 's3') return own.length > 0 ? only(ownS3Hop(flow, own, table, missingRoute)) : undefined
  const interfaces = own.filter(isInterface)
  // Of several, the one that works and only lacks its name is one change away.
  const endpoint = interfaces.find(isAvailable) ?? interfaces[0]
  return endpoint && only(idleEndpointHop(flow, endpoint, missingRoute), null)
}

const unreadEndpoints: Rule = ({flow: {readings, service, subnet}, missingRoute}) => {
  if (!isUnreadable(readings.VpcEndpoints)) return undefined
  const because = `${capital(missingRoute)}, and the endpoints of VPC ${subnet.VpcId} could not be read; one may carry ${service}.`
  return only(hop('endpoint', subnet.VpcId, 'unknown', because, {unread: 'VpcEndpoints'}))
}

const sharedSubnet: Rule = ({flow, missingRoute}) => {
  if (!isShared(flow.readings, flow.subnet)) return undefined
  const {SubnetId, OwnerId} = flow.subnet
  const because = `${capital(missingRoute)}, and subnet ${SubnetId} is shared by account ${OwnerId}, whose endpoints this account cannot see.`
  return only(hop('endpoint', SubnetId, 'unknown', because, {fault: {cause: 'endpoint.invisible-shared'}}))
}

const noS3Route: Rule = ({flow, table, missingRoute, own}) =>
  flow.service === 's3' ? only(s3Hop(flow, own, table, missingRoute)) : undefined

const otherRegion: Rule = ({flow: {service, subnet, host}, missingRoute, endpoints}) => {
  const endpointOfOtherRegion = endpoints.find(
    (endpoint) => isInterface(endpoint) && endpoint.ServiceName.endsWith(`.${service}`),
  )
  if (!endpointOfOtherRegion) return undefined
  const because = `${capital(missingRoute)}, and endpoint ${endpointOfOtherRegion.VpcEndpointId} is for ${endpointOfOtherRegion.ServiceName}, not for this Region, so it does not answer for ${host}.`
  const fault = {cause: 'endpoint.cross-region', detail: {vpcId: subnet.VpcId, service}}
  return only(hop('endpoint', endpointOfOtherRegion.VpcEndpointId, 'blocked', because, {fault}))
}

/** A private zone or a Profile's endpoint would answer if DNS hostnames of the VPC were enabled. */
const hostnamesOff: Rule = ({flow: {readings, instance, subnet, host}, missingRoute}) => {
  const owner = idleOwner(readings, instance, subnet.VpcId, host)
  if (owner === undefined) return undefined
  const because = `DNS hostnames of VPC ${subnet.VpcId} are disabled, so ${owner} does not answer for ${host}, and ${missingRoute}.`
  return only(hop('name', subnet.VpcId, 'blocked', because, {fault: {cause: 'dns.hostnames-off'}}))
}

const unreadZones: Rule = ({flow, table, missingRoute}) => {
  if (!mayContinueInOtherZone(flow, table)) return undefined
  const unread = isUnreadable(flow.readings.HostedZones)
    ? `the private hosted zones of VPC ${flow.subnet.VpcId} could not be read; one`
    : `the records of a private hosted zone for ${flow.host} could not be read; it`
  const because = `${capital(missingRoute)}, and ${unread} may resolve ${flow.host} to another network, where the table has routes.`
  return only(hop('name', flow.subnet.VpcId, 'unknown', because, {unread: 'HostedZones'}))
}

const hubWithoutZone: Rule = ({flow}) => {
  const {readings, service, host} = flow
  const vpcId = flow.subnet.VpcId
  const hub = zonesIn(readings, vpcId).some(({Name}) => isWithin(host, Name)) ? undefined : hubEndpoint(flow)
  if (!hub) return undefined
  const because = `Endpoint ${hub.VpcEndpointId} in VPC ${hub.VpcId} could carry ${service}, but AWS lists no private hosted zone for ${host} with VPC ${vpcId}, so the name resolves publicly, and there is no route to it.`
  const zone =
    zonesIn(readings, hub.VpcId).find(({Name}) => withoutDot(Name) === host) ??
    allWith(readings.HostedZones, zoneName, host)[0]
  const detail = {vpcId, zoneId: zone?.Id ?? ''}
  const fault = {cause: 'dns.phz-not-associated', resource: zone?.Id ?? vpcId, detail}
  return only(hop('name', vpcId, 'blocked', because, {fault}))
}

const zoneName = ({Name}: HostedZone) => [withoutDot(Name)]

const missingSibling: Rule = ({flow: {readings, service, subnet}, missingRoute, endpoints}) => {
  const isSibling = (endpoint: VpcEndpoint) => AGENT_SERVICES.some((name) => serves(endpoint, name, readings.Region))
  if (!AGENT_SERVICES.includes(service) || !endpoints.some(isSibling)) return undefined
  const {VpcId: vpcId} = subnet
  const because = `${capital(missingRoute)}, and VPC ${vpcId} has no endpoint for ${service}.`
  const fault = {cause: `endpoint.${service}-missing`, detail: {vpcId, service}}
  return only(hop('endpoint', vpcId, 'blocked', because, {fault}))
}

const ipv6Only: Rule = ({flow, table, missingRoute}) => {
  if (flow.family !== 4 || !routesToEgressOnlyGateway(flow, table)) return undefined
  const because = `${capital(missingRoute)} over IPv4; its only egress is an egress-only internet gateway, which is for IPv6 only.`
  const fault = {cause: 'ipv6.eigw-only', detail: {vpcId: flow.subnet.VpcId}}
  return only(hop('route', table.RouteTableId, 'blocked', because, {fault}))
}

function noRouteOrEndpoint({flow: {service, host, subnet}, table, missingRoute}: RuleContext): PathSegment {
  // What is not a service of AWS has no endpoints.
  const noEndpoint = host.startsWith(`${service}.`) ? `, and VPC ${subnet.VpcId} has no endpoint for ${service}` : ''
  const because = `${capital(missingRoute)}${noEndpoint}.`
  const fault = {cause: 'route.none', detail: {vpcId: subnet.VpcId, subnetId: subnet.SubnetId}}
  return only(hop('route', table.RouteTableId, 'blocked', because, {fault}))
}

/** In order: what the VPC has comes before what is not visible, and that before what is missing. */
const VISIBLE: readonly Rule[] = [
  ...[ownEndpoint, unreadEndpoints, sharedSubnet, noS3Route, otherRegion],
  ...[hostnamesOff, unreadZones],
]
const MISSING: readonly Rule[] = [hubWithoutZone, missingSibling, ipv6Only]

/** Zones, or the records of one for the name, were not read, and the table routes to other networks. */
function mayContinueInOtherZone({readings, host}: Flow, {Routes}: RouteTable): boolean {
  const {HostedZones} = readings
  const unread =
    isUnreadable(HostedZones) || allWith(HostedZones, withUnreadRecords, true).some(({Name}) => isWithin(host, Name))
  return unread && !isUnreadable(Routes) && Routes.some(mayReachPrivate)
}

const withUnreadRecords = ({ResourceRecordSets}: HostedZone) => [isUnreadable(ResourceRecordSets)]

/** A gateway endpoint is one change away; an interface endpoint may lack its private DNS. */
function ownS3Hop(flow: Flow, own: readonly VpcEndpoint[], table: RouteTable, missingRoute: string) {
  const usable = own.find((one) => isInterface(one) && !one.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint)
  const hasGateway = own.some(({VpcEndpointType}) => VpcEndpointType === 'Gateway')
  return usable && !hasGateway ? idleEndpointHop(flow, usable, missingRoute) : s3Hop(flow, own, table, missingRoute)
}

function s3Hop({family, destination}: Flow, own: readonly VpcEndpoint[], table: RouteTable, missingRoute: string) {
  const gateway = own.find(({VpcEndpointType}) => VpcEndpointType === 'Gateway')
  const fault = {cause: 's3.unreachable', detail: {routeTableId: table.RouteTableId, vpcId: table.VpcId}}
  if (family === 6 && gateway?.RouteTableIds.includes(table.RouteTableId) && !takesIpv6(gateway, destination)) {
    const lack = routesIpv6(gateway) ? 'gives the names of S3 no IPv6 addresses' : 'is for IPv4 only'
    const because = `${capital(missingRoute)}, and S3 gateway endpoint ${gateway.VpcEndpointId} in it ${lack}.`
    return hop('route', table.RouteTableId, 'blocked', because, {fault})
  }
  if (gateway) {
    const because = `${capital(missingRoute)}, and S3 gateway endpoint ${gateway.VpcEndpointId} is not in it.`
    const detail = {routeTableId: table.RouteTableId}
    return hop('route', gateway.VpcEndpointId, 'blocked', because, {fault: {cause: 's3.gateway-not-routed', detail}})
  }
  const outside = own.find(isInterface)
  const because = outside
    ? `${capital(missingRoute)}, and private DNS of S3 endpoint ${outside.VpcEndpointId} answers for inbound Resolver endpoints only.`
    : `${capital(missingRoute)}, and VPC ${table.VpcId} has no endpoint for S3.`
  return hop('route', table.RouteTableId, 'blocked', because, {fault})
}

/** An endpoint for the service in another VPC that the route table routes to. */
function hubEndpoint(flow: Flow): VpcEndpoint | undefined {
  const {readings, service, subnet, family} = flow
  const table = routeTableOf(readings, subnet)
  if (!isReadWith(table, 'Routes')) return undefined
  if (table.Routes.every((route) => targetOf(route) === 'local' || isOfGatewayEndpoint(route))) return undefined
  return findEndpoint(readings, service, subnet.VpcId, (endpoint) => {
    if (endpoint.VpcId === subnet.VpcId || !isInterface(endpoint) || !isAvailable(endpoint)) return false
    const addresses = interfacesOf(readings, endpoint).flatMap((eni) => eni.addresses[family])
    if (isEmpty(addresses)) return false
    const route = portionsOf(readings, table.Routes, family, addresses)[0]?.route
    return route !== undefined && targetOf(route) !== 'local'
  })
}

function routesToEgressOnlyGateway({readings}: Flow, {Routes}: RouteTable): boolean {
  if (isUnreadable(Routes)) return false
  return portionsOf(readings, Routes, 6, [[1n << 125n, (1n << 125n) + 1n]]).some(
    ({route}) => route?.EgressOnlyInternetGatewayId !== undefined && route.State !== 'blackhole',
  )
}
