import {isReadWith, type Route, type RouteTable} from '../../model/account.ts'
import {find} from '../../model/lists.ts'
import {PRIVATE} from '../address.ts'
import {type Flow, hop, joined, only, type PathSegment} from '../context.ts'
import {endpointsIn, GATEWAY_SERVICES, serves, takesIpv6} from '../endpoints/endpoint.ts'
import type {Leg} from '../path.ts'
import {includes} from '../ranges.ts'
import type {ReadRouteTable} from './route-table.ts'

/**
 * If the S3 prefix list cannot be read, its gateway endpoint still shows that this table routes S3 there; so does a
 * dual-stack one for IPv6, whose blocks are a small part of the addresses where S3 may be.
 */
export function s3GatewayRoute(flow: Flow, table: ReadRouteTable): Route | undefined {
  if (!GATEWAY_SERVICES.has(flow.service) || flow.target || includes(PRIVATE[flow.family], flow.destination))
    return undefined
  const gateway = endpointsIn(flow.readings, table.VpcId).find(
    (endpoint) =>
      endpoint.VpcEndpointType === 'Gateway' &&
      serves(endpoint, flow.service, flow.readings.Region) &&
      (endpoint.RouteTableIds.includes(table.RouteTableId) ||
        table.Routes.some(({GatewayId}) => GatewayId === endpoint.VpcEndpointId)),
  )
  const route = gateway && table.Routes.find(({GatewayId}) => GatewayId === gateway.VpcEndpointId)
  if (!gateway) return undefined
  if (flow.family === 6 && takesIpv6(gateway, flow.destination)) return route
  if (route && hasKnownList(flow, route)) return undefined
  return route ?? {GatewayId: gateway.VpcEndpointId, DestinationPrefixListId: 'the prefix list of S3', State: 'active'}
}

/** Whether a prefix list that was not read has IPv6 blocks, only its entries show. */
export function s3InList(
  flow: Flow,
  {RouteTableId}: RouteTable,
  leg: Leg,
  [route, segment]: readonly [Route, PathSegment],
): PathSegment {
  const endpoint = find(flow.readings.VpcEndpoints, 'VpcEndpointId', route.GatewayId)
  if (flow.family === 4 || (endpoint && takesIpv6(endpoint, flow.destination))) return segment
  const because = `Route table ${RouteTableId} routes the prefix list of S3, whose entries could not be read; it may have no IPv6 blocks.`
  return joined(segment, only(hop('route', RouteTableId, 'unknown', because, {leg, unread: 'ManagedPrefixLists'})))
}

const hasKnownList = ({readings}: Flow, {DestinationPrefixListId}: Route): boolean =>
  isReadWith(find(readings.ManagedPrefixLists, 'PrefixListId', DestinationPrefixListId), 'Entries')
