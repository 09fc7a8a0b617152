import {isUnreadable, type Route} from '../../model/account.ts'
import {lookup} from '../../model/joins.ts'
import {type Flow, hop, only, type PathSegment} from '../context.ts'
import {isAvailable} from '../endpoints/endpoint.ts'
import type {Leg} from '../path.ts'

/** A route to an endpoint: S3's gateway endpoint, or a firewall that inspects what passes. */
export function throughEndpointRoute(flow: Flow, id: string, leg: Leg, route: Route): PathSegment {
  const endpoint = lookup(flow.readings.VpcEndpoints, 'VpcEndpointId', id)
  if (endpoint && !isUnreadable(endpoint) && endpoint.VpcEndpointType === 'Gateway') {
    return isAvailable(endpoint)
      ? only(hop('endpoint', id, 'open', `S3 gateway endpoint ${id} handles this traffic.`, {leg: 'endpoint'}), id)
      : only(
          hop('endpoint', id, 'blocked', `Gateway endpoint ${id} is ${endpoint.State}.`, {
            leg: 'endpoint',
            fault: {cause: 'endpoint.not-available', detail: {state: endpoint.State}},
          }),
          id,
        )
  }
  const isSeen = endpoint !== undefined && !isUnreadable(endpoint)
  if (!isSeen && route.DestinationPrefixListId && route.State !== 'blackhole') {
    const because = `Gateway endpoint ${id} is not in the collected data, so what its policy allows is not known.`
    return only(hop('endpoint', id, 'unknown', because, {leg: 'endpoint', unread: 'VpcEndpoints'}), id)
  }
  if (route.State === 'blackhole')
    return only(
      hop('gateway', id, 'blocked', `Endpoint ${id} no longer exists.`, {leg, fault: {cause: 'route.blackhole'}}),
      id,
    )
  const because = `Traffic passes through ${id}, a firewall or Gateway Load Balancer endpoint; its inspection rules are not visible to this tool.`
  return only(hop('gateway', id, 'unknown', because, {leg, fault: {cause: 'gwlb.inspection'}}), id)
}
