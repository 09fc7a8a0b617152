import {isUnreadable, type Route, type RouteTable} from '../../model/account.ts'
import {isEndpointId} from '../../model/ids.ts'
import {isStateKnown} from '../../model/instance.ts'
import {allWith, find} from '../../model/lists.ts'
import {type Flow, hop, type Inspection, NO_SEGMENT, onlyReply, type PathSegment, senderOf} from '../context.ts'
import {instanceWithInterface} from '../interfaces.ts'
import type {Hop, Leg} from '../path.ts'
import type {Ranges} from '../ranges.ts'
import {destinationOf, portionsOf, targetOf} from '../routing/route-table.ts'

/**
 * The source at the internet gateway, with its private addresses: an interface that also has a public one, or a NAT
 * gateway.
 */
export interface PublicSource {
  readonly by: 'interface' | 'nat-gateway'
  readonly addresses: Ranges
  /** The firewall endpoint that it passed, through which replies must return. */
  readonly inspected?: Inspection
}

/**
 * A route table that is associated with the internet gateway decides where replies to the addresses of a subnet go:
 * to an appliance or a firewall endpoint in front of it, when a route is longer than `local`.
 * https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html
 */
export function throughEdgeTable(flow: Flow, gatewayId: string, leg: Leg, source: PublicSource): PathSegment {
  const {inspected, addresses} = source
  const [table] = allWith(flow.readings.RouteTables, gatewaysOf, gatewayId)
  if (!table && isUnreadable(flow.readings.RouteTables)) {
    const because = `Cannot determine where internet gateway ${gatewayId} routes replies: not every route table could be read.`
    const unread = {leg, direction: 'reply', unread: 'RouteTables'} as const
    return onlyReply(hop('route', gatewayId, 'unknown', because, unread))
  }
  if (!table) {
    if (!inspected) return NO_SEGMENT
    const because = `No route table is associated with internet gateway ${gatewayId}, so replies go past firewall endpoint ${inspected.id}, which the request passed; a stateful firewall drops such connections.`
    return onlyReply(pastFirewallHop(flow, gatewayId, leg, because, inspected))
  }
  const {RouteTableId: id, Routes} = table
  const more = {leg, direction: 'reply'} as const
  if (isUnreadable(Routes)) {
    const because = `Cannot determine where internet gateway ${gatewayId} routes replies: the routes of its route table ${id} could not be read.`
    return onlyReply(hop('route', id, 'unknown', because, {...more, unread: 'RouteTables'}))
  }
  const routes = portionsOf(flow.readings, Routes, flow.family, addresses).flatMap(({route}) => route ?? [])
  return onlyReply(...routes.flatMap((route) => replyHops(flow, table, route, {gatewayId, leg, inspected})))
}

const gatewaysOf = ({Associations}: RouteTable) => Associations.map(({GatewayId}) => GatewayId)

/**
 * Request and reply must pass the same endpoint of a firewall that keeps state; some appliances keep none.
 * https://docs.aws.amazon.com/network-firewall/latest/developerguide/asymmetric-routing.html
 */
export function pastFirewallHop(flow: Flow, resource: string, leg: Leg, because: string, {id}: Inspection): Hop {
  const fault = {cause: 'route.no-return', likely: true, detail: {...senderOf(flow), expected: id}} as const
  return hop('route', resource, 'blocked', because, {leg, direction: 'reply', fault})
}

interface EdgeReply {
  readonly gatewayId: string
  readonly leg: Leg
  readonly inspected: Inspection | undefined
}

function replyHops(flow: Flow, table: RouteTable, route: Route, reply: EdgeReply): readonly Hop[] {
  const {gatewayId, leg, inspected} = reply
  const {RouteTableId: id, VpcId: vpcId} = table
  const target = targetOf(route)
  if (target === 'local') {
    if (!inspected) return []
    const because = `Route table ${id} of internet gateway ${gatewayId} delivers replies past firewall endpoint ${inspected.id}, which the request passed; a stateful firewall drops such connections.`
    return [pastFirewallHop(flow, id, leg, because, inspected)]
  }
  const more = {leg, direction: 'reply'} as const
  const where = `Route table ${id} of internet gateway ${gatewayId} routes replies to ${destinationOf(route)} through ${target}`
  const reason = whyNotForwarded(flow, route)
  if (reason) {
    const fault = {cause: 'route.blackhole', detail: {destination: destinationOf(route), target, vpcId}}
    return [hop('route', id, 'blocked', `${where}, ${reason}.`, {...more, fault})]
  }
  if (target === inspected?.id) return [hop('route', id, 'open', `${where}.`, more)]
  const isFirewall = isEndpointId(target)
  const why = isFirewall
    ? 'its inspection rules are not visible to this tool'
    : 'cannot determine whether it forwards the traffic'
  const fault = isFirewall ? {cause: 'gwlb.inspection', resource: target} : {cause: 'route.unfollowed'}
  return [hop('route', id, 'unknown', `${where}; ${why}.`, {...more, fault})]
}

/** Why the appliance does not forward the replies, if known. */
function whyNotForwarded({readings}: Flow, route: Route): string | undefined {
  const target = targetOf(route)
  const {Attachment, Status} = find(readings.NetworkInterfaces, 'NetworkInterfaceId', target) ?? {}
  if (route.State === 'blackhole') return 'and it is a blackhole route'
  if (Status === 'available') return 'which is not attached to any instance'
  const appliance =
    find(readings.Instances, 'InstanceId', target) ??
    (Attachment?.InstanceId && find(readings.Instances, 'InstanceId', Attachment.InstanceId)) ??
    instanceWithInterface(readings, target)
  if (!appliance || appliance.State.Name === 'running' || !isStateKnown(appliance)) return undefined
  return `and instance ${appliance.InstanceId}, which it belongs to, is ${appliance.State.Name}`
}
