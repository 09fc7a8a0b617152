import type {Route} from '../../model/account.ts'
import {isEndpointId} from '../../model/ids.ts'
import {type Flow, hop, joined, only, type PathSegment, unfollowed} from '../context.ts'
import {largestFirst} from '../ranges.ts'
import {
  portionsOf,
  type ReadRouteTable,
  routesToOtherNetwork,
  targetOf,
  unreadListHops,
} from '../routing/route-table.ts'
import {throughEndpointRoute} from './endpoint-route.ts'

/** A NAT gateway or a NAT instance, in the subnet that it forwards from. */
interface NatDevice {
  readonly id: string
  /** "NAT gateway nat-1". */
  readonly name: string
  /** Where it is, up to its route table. */
  readonly position: string
  readonly subnet: {readonly SubnetId: string; readonly VpcId: string}
}

/** The route for most of the destination. */
export const mainRouteFor = (
  {readings, family, destination}: Pick<Flow, 'readings' | 'family' | 'destination'>,
  {Routes}: Pick<ReadRouteTable, 'Routes'>,
): Route | undefined => largestFirst(portionsOf(readings, Routes, family, destination))[0]?.route

/** Onward by a route of the device that is not to an internet gateway, which public addresses need in the end. */
export function withoutInternetGateway(
  flow: Flow,
  table: ReadRouteTable,
  route: Route | undefined,
  {id, name, position, subnet}: NatDevice,
): PathSegment {
  const target = route && targetOf(route)
  if (route && isEndpointId(target)) return throughEndpointRoute(flow, target, 'nat', route)
  if (route && routesToOtherNetwork(route)) {
    const because = `${name} forwards the traffic to ${target}; ssm-doctor does not trace beyond it.`
    return unfollowed(id, because, 'nat')
  }
  const unread = unreadListHops(flow, table, {leg: 'nat'}, target)
  if (unread.length > 0) return joined(...unread.map((one) => only(one, id)))
  const {RouteTableId: routeTableId} = table
  const because = `${name} ${position} ${routeTableId} ${target ? `targets ${target} instead of` : 'has no route to'} an internet gateway.`
  const detail = {routeTableId, subnetId: subnet.SubnetId, vpcId: subnet.VpcId}
  const fault = {cause: 'nat.subnet-no-igw', resource: id, detail}
  return only(hop('route', routeTableId, 'blocked', because, {leg: 'nat', fault}), id)
}
