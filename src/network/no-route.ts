import {isUnreadable, itemsOf, type RouteTable, type VpcEndpoint} from '../account/account.ts'
import {find, routeTableOf} from '../account/joins.ts'
import {hostOf} from '../account/partition.ts'
import {nodeOf} from '../agent/node.ts'
import {claims, endpointsIn, interfacesOf, isAvailable, isInterface, serves} from './endpoint.ts'
import {type Flow, hop, only, type Way} from './flow.ts'
import {isEmpty} from './ranges.ts'
import {leadsOn, portionsOf, targetOf} from './route-table.ts'

const SSM_SERVICES = ['ssm', 'ssmmessages', 'ec2messages']

/**
 * The name is public and no route leads there. Is it a missing route, or an endpoint that is missing or does not own
 * the name? What the VPC has for the service decides.
 */
export function withoutRoute(flow: Flow, table: RouteTable): Way {
  const {readings, service, subnet, host} = flow
  const {VpcId: vpcId} = subnet
  const noRoute = `Route table ${table.RouteTableId} has no route to public addresses`

  const endpoints = endpointsIn(readings, vpcId)
  const own = endpoints.filter((endpoint) => serves(endpoint, service, readings.Region))
  if (service === 's3' && own.length > 0) return only(s3Hop(own, table, noRoute))

  const interfaceEndpoint = own.find(isInterface)
  if (interfaceEndpoint) return only(idleEndpointHop(flow, interfaceEndpoint, noRoute), null)
  if (isUnreadable(readings.VpcEndpoints)) {
    const because = `${noRoute}, and VPC endpoints could not be read; one may carry ${service}.`
    return only(hop('endpoint', vpcId, 'unknown', because, {unread: 'VpcEndpoints'}))
  }
  if (isShared(flow)) {
    const because = `${noRoute}, and subnet ${subnet.SubnetId} is shared by account ${subnet.OwnerId}, whose endpoints this account cannot see.`
    return only(hop('endpoint', subnet.SubnetId, 'unknown', because, {fault: {cause: 'endpoint.invisible-shared'}}))
  }
  if (service === 's3') return only(s3Hop(own, table, noRoute))
  const elsewhere = endpoints.find((endpoint) => isInterface(endpoint) && endpoint.ServiceName.endsWith(`.${service}`))
  if (elsewhere) {
    const because = `${noRoute}, and endpoint ${elsewhere.VpcEndpointId} is for ${elsewhere.ServiceName}, not for this Region, so it does not answer for ${host}.`
    return only(
      hop('endpoint', elsewhere.VpcEndpointId, 'blocked', because, {
        fault: {cause: 'endpoint.cross-region', detail: {vpcId, service}},
      }),
    )
  }
  if (zonesMayLeadOn(flow, table)) {
    const because = `${noRoute}, and private hosted zones could not be read; one may send ${host} to another network, where the table has routes.`
    return only(hop('name', vpcId, 'unknown', because, {unread: 'HostedZones'}))
  }
  if (answersNevertheless(flow, table)) {
    const because = `${noRoute} and no private hosted zone that AWS lists sends ${host} to another network, yet the node is online: zones of a Route 53 Profile are not listed.`
    return only(hop('name', vpcId, 'unknown', because))
  }
  const hub = hubEndpoint(flow)
  if (hub) {
    const because = `Endpoint ${hub.VpcEndpointId} in VPC ${hub.VpcId} could carry ${service}, but AWS lists no private hosted zone for ${host} with VPC ${vpcId}, so the name stays public, and there is no route to it.`
    const zone = itemsOf(readings.HostedZones).find(({Name}) => Name.replace(/\.$/, '') === host)
    const fault = {
      cause: 'dns.phz-not-associated',
      resource: zone?.Id ?? vpcId,
      detail: {vpcId, zoneId: zone?.Id ?? ''},
    }
    return only(hop('name', vpcId, 'blocked', because, {fault}))
  }
  const siblings = endpoints.filter((endpoint) => SSM_SERVICES.some((name) => serves(endpoint, name, readings.Region)))
  if (siblings.length > 0 && SSM_SERVICES.includes(service)) {
    const because = `${noRoute}, and VPC ${vpcId} has no endpoint for ${service}.`
    return only(
      hop('endpoint', vpcId, 'blocked', because, {
        fault: {cause: `endpoint.${service}-missing`, detail: {vpcId, service}},
      }),
    )
  }
  if (flow.family === 4 && leadsToEgressOnlyGateway(flow, table)) {
    const because = `${noRoute} over IPv4; its only way out is an egress-only internet gateway, which carries IPv6 alone.`
    return only(
      hop('route', table.RouteTableId, 'blocked', because, {fault: {cause: 'ipv6.eigw-only', detail: {vpcId}}}),
    )
  }
  const because = `${noRoute}, and VPC ${vpcId} has no endpoint for ${service}.`
  return only(
    hop('route', table.RouteTableId, 'blocked', because, {
      fault: {cause: 'route.none', detail: {vpcId, subnetId: subnet.SubnetId}},
    }),
  )
}

/** Zones, or the records of one for the name, were not read, and the table leads to other networks. */
function zonesMayLeadOn({readings, host}: Flow, {Routes}: RouteTable): boolean {
  const {HostedZones} = readings
  const unread =
    isUnreadable(HostedZones) ||
    HostedZones.some(({Name, ResourceRecordSets}) => isUnreadable(ResourceRecordSets) && covers(Name, host))
  return unread && !isUnreadable(Routes) && Routes.some(leadsOn)
}

/**
 * The node is online by way of a name that is not seen: what Route 53 Profiles bring to a VPC is in no list of zones.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByVPC.html
 */
function answersNevertheless({readings, instance, subnet}: Flow, {Routes}: RouteTable): boolean {
  if (nodeOf(readings, instance)?.PingStatus !== 'Online' || isUnreadable(Routes) || !Routes.some(leadsOn)) return false
  const ssm = hostOf('ssm', readings)
  return (
    !endpointsIn(readings, subnet.VpcId).some((endpoint) => claims(endpoint, ssm, readings)) &&
    !itemsOf(readings.HostedZones).some(({Name}) => covers(Name, ssm))
  )
}

/** Whether a zone of this name owns the host. */
const covers = (zone: string, host: string): boolean => `.${host}`.endsWith(`.${zone.replace(/\.$/, '')}`)

/** An interface endpoint for the service exists and yet does not own the name. */
function idleEndpointHop({readings, host, subnet}: Flow, endpoint: VpcEndpoint, noRoute: string) {
  const {VpcEndpointId: id, State} = endpoint
  if (!isAvailable(endpoint)) {
    const because = `Endpoint ${id} for ${endpoint.ServiceName} is ${State}, and ${lower(noRoute)}.`
    return hop('endpoint', id, 'blocked', because, {
      leg: 'endpoint',
      fault: {cause: 'endpoint.not-available', detail: {state: State}},
    })
  }
  const hostnames = find(readings.VpcAttributes, 'VpcId', subnet.VpcId)?.EnableDnsHostnames.Value
  if (claims(endpoint, host, readings) && hostnames === false) {
    const because = `DNS hostnames of VPC ${subnet.VpcId} are off, so ${host} does not resolve to endpoint ${id}, and ${lower(noRoute)}.`
    return hop('name', subnet.VpcId, 'blocked', because, {fault: {cause: 'dns.hostnames-off'}})
  }
  const because = `Private DNS of endpoint ${id} is off, so ${host} resolves to public addresses, and ${lower(noRoute)}.`
  return hop('name', id, 'blocked', because, {
    fault: {cause: 'dns.private-dns-off', detail: {hostnames: String(hostnames ?? 'unknown'), vpcId: subnet.VpcId}},
  })
}

const lower = (sentence: string) => sentence.charAt(0).toLowerCase() + sentence.slice(1)

function s3Hop(own: readonly VpcEndpoint[], table: RouteTable, noRoute: string) {
  const gateway = own.find(({VpcEndpointType}) => VpcEndpointType === 'Gateway')
  if (gateway) {
    const because = `${noRoute}, and S3 gateway endpoint ${gateway.VpcEndpointId} is not in it.`
    const fault = {cause: 's3.gateway-not-routed', detail: {routeTableId: table.RouteTableId}}
    return hop('route', gateway.VpcEndpointId, 'blocked', because, {fault})
  }
  const because = `${noRoute}, and VPC ${table.VpcId} has no endpoint for S3.`
  const fault = {cause: 's3.unreachable', detail: {routeTableId: table.RouteTableId, vpcId: table.VpcId}}
  return hop('route', table.RouteTableId, 'blocked', because, {fault})
}

/** A participant sees neither endpoints nor peering in a subnet that is shared with it. */
export const isShared = ({subnet, readings}: Pick<Flow, 'subnet' | 'readings'>): boolean =>
  subnet.OwnerId !== undefined &&
  readings.Caller !== undefined &&
  ![readings.Caller.Account, ...(readings.AlsoSeenBy ?? [])].includes(subnet.OwnerId)

/** An endpoint for the service in another VPC that the route table leads to. */
function hubEndpoint(flow: Flow): VpcEndpoint | undefined {
  const {readings, service, subnet, family} = flow
  const table = routeTableOf(readings, subnet)
  if (!table || isUnreadable(table) || isUnreadable(table.Routes)) return undefined
  const routes = table.Routes
  return itemsOf(readings.VpcEndpoints).find((endpoint) => {
    if (endpoint.VpcId === subnet.VpcId || !isInterface(endpoint) || !isAvailable(endpoint)) return false
    if (!serves(endpoint, service, readings.Region)) return false
    const addresses = interfacesOf(readings, endpoint).flatMap((eni) => eni.addresses[family])
    if (isEmpty(addresses)) return false
    const route = portionsOf(readings, routes, family, addresses)[0]?.route
    return route !== undefined && targetOf(route) !== 'local'
  })
}

function leadsToEgressOnlyGateway({readings}: Flow, {Routes}: RouteTable): boolean {
  if (isUnreadable(Routes)) return false
  return portionsOf(readings, Routes, 6, [[1n << 125n, (1n << 125n) + 1n]]).some(
    ({route}) => route?.EgressOnlyInternetGatewayId !== undefined && route.State !== 'blackhole',
  )
}
