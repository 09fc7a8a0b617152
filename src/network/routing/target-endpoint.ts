import {isReadWith, isUnreadable, type VpcEndpoint} from '../../model/account.ts'
import {routeTableOf} from '../../model/joins.ts'
import {counted} from '../../util/counted.ts'
import {entryOf} from '../../util/entry-of.ts'
import {madeByDns64, NAT64} from '../address.ts'
import {type Flow, hop, joined, NO_SEGMENT, only, type PathSegment, type Target, unreadHop} from '../context.ts'
import {
  answersWith,
  type EndpointInterface,
  interfacesOf,
  isAvailable,
  isOfAnotherRegion,
  isOnlyInOtherZones,
  isPartial,
  notAvailableHop,
} from '../endpoints/endpoint.ts'
import {ownBorderGroupOf} from '../endpoints/zone.ts'
import {outboundSegment} from '../filters/egress.ts'
import type {Hop} from '../path.ts'
import {isBlocked, merged, segmentVerdict} from '../path-segment.ts'
import {isEmpty} from '../ranges.ts'
import {portionsOf} from './route-table.ts'
import {toPublic} from './target-public.ts'

/** https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html */
const STATE_MEANS: Readonly<Record<string, string>> = {
  pendingacceptance: ': the owner of the service has not accepted the connection yet',
  rejected: ': the owner of the service has refused the connection',
  expired: ': the owner of the service did not answer in time',
}

/** To the interfaces of an endpoint: a connection uses any of those that the name resolves to. */
export function toEndpoint(flow: Flow, endpoint: VpcEndpoint, zone: string | undefined): PathSegment {
  const {VpcEndpointId: id, State} = endpoint
  const blockedSegment = (because: string, cause: string, detail = {}) =>
    only(hop('endpoint', id, 'blocked', because, {leg: 'endpoint', fault: {cause, detail}}), id)
  if (!isAvailable(endpoint))
    return only(
      notAvailableHop(
        endpoint,
        `Endpoint ${id} is in the ${State} state${entryOf(STATE_MEANS, State.toLowerCase()) ?? ''}.`,
      ),
      id,
    )
  if (isOfAnotherRegion(endpoint, flow.readings.Region))
    return blockedSegment(
      `Endpoint ${id} is for ${endpoint.ServiceName} in Region ${endpoint.ServiceRegion}, not for ${flow.host}.`,
      'endpoint.cross-region',
      {vpcId: endpoint.VpcId, service: flow.service},
    )
  const hasFamily = answersWith(endpoint)[flow.family]
  const isTranslated = !hasFamily && isThroughNat64(flow)
  if (!hasFamily && !isTranslated) {
    return flow.family === 4
      ? blockedSegment(
          `Endpoint ${id} answers with IPv6 addresses only, which an agent on IPv4 cannot use.`,
          'endpoint.ip-family',
        )
      : blockedSegment(
          `Endpoint ${id} answers with IPv4 addresses only, and subnet ${flow.subnet.SubnetId} has IPv6 only.`,
          'ipv6.only-no-ipv4-path',
        )
  }
  const interfaces = interfacesOf(flow.readings, endpoint).filter((eni) => zone === undefined || eni.zone === zone)
  if (interfaces.length === 0) {
    return isUnreadable(flow.readings.Subnets)
      ? unreadSegment(id, `The interfaces of endpoint ${id}`)
      : blockedSegment(
          `Endpoint ${id} has no network interface${zone === undefined ? '' : ` in ${zone}`}, so ${flow.host} has no address to connect to.`,
          'endpoint.no-network-interface',
          {vpcId: endpoint.VpcId},
        )
  }
  const available = only(availableHop(endpoint, interfaces.length), id)
  return joined(
    {...NO_SEGMENT, via: id},
    merged(interfaces.map((eni) => toInterface(flow, id, eni, isTranslated))),
    available,
  )
}

const unreadSegment = (id: string, what: string): PathSegment =>
  only(unreadHop('endpoint', id, what, 'NetworkInterfaces', {leg: 'endpoint'}), id)

function availableHop(endpoint: VpcEndpoint, interfaces: number): Hop {
  const {VpcEndpointId: id} = endpoint
  const because = `Endpoint ${id} is ${isPartial(endpoint) ? 'partly ' : ''}available with ${counted(interfaces, 'network interface')}.`
  return isPartial(endpoint)
    ? notAvailableHop(endpoint, because, 'unknown')
    : hop('endpoint', id, 'open', because, {leg: 'endpoint'})
}

/**
 * DNS64 answers for the endpoint's IPv4 addresses, and a route leads to what translates to them.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html
 */
function isThroughNat64({readings, subnet, family}: Flow): boolean {
  const table = routeTableOf(readings, subnet)
  if (family === 4 || !subnet.EnableDns64 || !isReadWith(table, 'Routes')) return false
  return portionsOf(readings, table.Routes, 6, NAT64)[0]?.route !== undefined
}

function toInterface(flow: Flow, endpointId: string, eni: EndpointInterface, isTranslated: boolean): PathSegment {
  const destination = eni.addresses[isTranslated ? 4 : flow.family]
  if (isEmpty(destination))
    return unreadSegment(endpointId, `The address of interface ${eni.id} of endpoint ${endpointId}`)
  const target: Target = {id: eni.id, vpcId: eni.vpcId, subnetId: eni.subnetId, groups: eni.groups, endpointId}
  return outboundSegment(
    isTranslated
      ? {...flow, destination: madeByDns64(destination), translated: {destination, target}}
      : {...flow, destination, target},
  )
}

/** Notes on the path to an endpoint that block nothing. */
export function endpointAdvice(flow: Flow, endpoint: VpcEndpoint, segment: PathSegment): PathSegment {
  const {VpcEndpointId: id} = endpoint
  const {subnet, host, readings} = flow
  const advice: Hop[] = []
  if (
    endpoint.VpcId === subnet.VpcId &&
    ownBorderGroupOf(subnet) === undefined &&
    isOnlyInOtherZones(readings, endpoint, subnet.AvailabilityZone)
  ) {
    const because = `Endpoint ${id} has no interface in ${subnet.AvailabilityZone}, the zone of the instance: losing another zone can disconnect the instance.`
    advice.push(
      hop('endpoint', id, 'open', because, {leg: 'endpoint', fault: {cause: 'endpoint.single-az', advice: true}}),
    )
  }
  const direct = isBlocked(segment) && endpoint.VpcId === subnet.VpcId ? toPublic(flow) : undefined
  if (direct && segmentVerdict(direct) === 'open') {
    const because = `Without endpoint ${id}, whose private DNS owns ${host} for the whole VPC, the instance would reach ${host} through ${direct.via}.`
    advice.push(hop('name', id, 'open', because, {fault: {cause: 'endpoint.shadows-internet', advice: true}}))
  }
  return {...NO_SEGMENT, request: advice}
}
