import {type Instance, isReadWith, isUnreadable, type Route, type Subnet} from '../../model/account.ts'
import {isInternetGatewayId} from '../../model/ids.ts'
import {groupIdsOf, isStateKnown} from '../../model/instance.ts'
import {routeTableOf} from '../../model/joins.ts'
import {find} from '../../model/lists.ts'
import {blocksOf, inWords} from '../address.ts'
import {
  atGateway,
  type Entry,
  type Flow,
  hop,
  isRequestBlocked,
  joined,
  NAT_PORTS,
  NO_SEGMENT,
  only,
  onlyReply,
  type PathSegment,
  sourcesOf,
  unfollowed,
  unreadHop,
} from '../context.ts'
import {egressAcl, groupVerdict, ingressAcl, isOutsideAwsLists, whyUnknown} from '../filters/filters.ts'
import type {Hop} from '../path.ts'
import {combined, isBlocked, merged} from '../path-segment.ts'
import {returnHops} from '../routing/return-route.ts'
import {targetOf} from '../routing/route-table.ts'
import {type Eni, forwarderOf} from './forwarder.ts'
import {throughInternetGateway} from './internet.ts'
import {mainRouteFor, withoutInternetGateway} from './nat-device.ts'

/**
 * An instance that forwards for others: it must run, accept packets that are not its own, allow the traffic in and out
 * in its groups, and have a path to the internet itself. Whether its operating system forwards cannot be read, nor
 * through which of several interfaces.
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_NAT_Instance.html
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/scenarios-enis.html
 */
export function throughNatInstance(flow: Flow, from: Subnet, route: Route, entry: Entry): PathSegment {
  const found = forwarderOf(flow, route)
  const id = targetOf(route)
  if (!found) return only(unknownForwarder(flow, route, id), id)
  const {instance, eni} = found
  const nat = instance.InstanceId
  if (!isStateKnown(instance)) return unfollowed(nat, `Whether NAT instance ${nat} is running is not known.`, 'nat')
  if (instance.State.Name !== 'running') {
    const because = `NAT instance ${nat} is ${instance.State.Name}.`
    return atGateway(nat, 'blocked', because, {leg: 'nat', fault: {cause: 'nat-instance.stopped'}})
  }
  const check = sourceDestCheck(instance, eni)
  const natSubnet = find(flow.readings.Subnets, 'SubnetId', eni.SubnetId ?? instance.SubnetId)
  if (!natSubnet) {
    const unread = unreadHop('gateway', nat, `The subnet of NAT instance ${nat}`, 'Subnets', {leg: 'nat'})
    return joined(check, only(unread, nat))
  }
  const aclSegment = natSubnet.SubnetId === from.SubnetId ? NO_SEGMENT : ingressAcl(flow, natSubnet.SubnetId, 'nat')
  const back = onlyReply(...returnHops(flow, natSubnet, 'nat', entry))
  const inward = joined(aclSegment, check, groupHop(flow, instance, eni, 'ingress'), back)
  const because = `NAT instance ${nat} is running; whether its operating system forwards traffic is not visible to this tool.`
  const hasOne = instance.NetworkInterfaces.length <= 1
  const inbound = hasOne ? inward : combined(inward, {...inward, reply: []})
  const outbound = hasOne ? outward(flow, instance, eni, natSubnet) : outwardOfSeveral(flow, instance)
  return joined({...NO_SEGMENT, via: nat}, inbound, outbound, unfollowed(nat, because, 'nat'))
}

/**
 * The target of a route that is no known instance. An interface that is attached to nothing takes no traffic.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html
 */
function unknownForwarder({readings}: Flow, {State}: Route, id: string): Hop {
  const isDetached = find(readings.NetworkInterfaces, 'NetworkInterfaceId', id)?.Status === 'available'
  if (isDetached || State === 'blackhole') {
    const because = isDetached ? `Network interface ${id} is not attached to any instance.` : `${id} no longer exists.`
    const fault = {cause: 'route.blackhole', ...(isDetached && {detail: {state: 'detached'}})}
    return hop('gateway', id, 'blocked', because, {leg: 'nat', fault})
  }
  const because = `The route targets ${id}, an instance or network interface that is not known.`
  return hop('gateway', id, 'unknown', because, {
    leg: 'nat',
    ...(isUnreadable(readings.Instances) ? {unread: 'Instances'} : {fault: {cause: 'route.unfollowed'}}),
  })
}

const outward = (flow: Flow, instance: Instance, eni: Eni, natSubnet: Subnet): PathSegment =>
  joined(groupHop(flow, instance, eni, 'egress'), toInternet({...flow, instance, ephemeral: NAT_PORTS}, natSubnet))

/** The routes of the operating system choose the interface: the traffic is blocked only if it is on each of them. */
function outwardOfSeveral(flow: Flow, instance: Instance): PathSegment {
  const segments = instance.NetworkInterfaces.map((eni) => {
    const natSubnet = find(flow.readings.Subnets, 'SubnetId', eni.SubnetId ?? instance.SubnetId)
    return natSubnet ? outward(flow, {...instance, NetworkInterfaces: [eni]}, eni, natSubnet) : NO_SEGMENT
  })
  return segments.find((segment) => !isBlocked(segment)) ?? merged(segments)
}

function sourceDestCheck({InstanceId: id, SourceDestCheck}: Instance, eni: Eni): PathSegment {
  if ((eni.SourceDestCheck ?? SourceDestCheck) !== true) return NO_SEGMENT
  const because = `Source/destination checking is on at NAT instance ${id}, so it drops traffic of others.`
  const fault = {cause: 'nat-instance.src-dst-check', detail: {eni: eni.NetworkInterfaceId ?? ''}}
  return only(hop('gateway', id, 'blocked', because, {leg: 'nat', fault}), id)
}

function groupHop(flow: Flow, instance: Instance, eni: Eni, direction: 'ingress' | 'egress'): PathSegment {
  const {InstanceId: id} = instance
  const groups = groupIdsOf(instance, eni)
  const peer = direction === 'ingress' ? flow.source : flow.destination
  const refers = (vpcId: string | undefined) => vpcId === flow.subnet.VpcId
  const {family, port} = flow
  const outsideAwsLists = direction === 'egress' && isOutsideAwsLists(flow)
  const {verdict, unknown} = groupVerdict(flow, {groups, direction, family, port, refers, outsideAwsLists}, peer)
  const [group = id] = groups
  if (verdict === 'open') return NO_SEGMENT
  const does = direction === 'ingress' ? `allow inbound TCP ${port} from` : `allow outbound TCP ${port} to`
  const what = `${does} ${inWords(peer)}`
  if (verdict === 'unknown') {
    const because = `Cannot determine whether the security groups of NAT instance ${id} ${what}: ${whyUnknown(unknown, does, flow, peer)}.`
    return only(hop('security-group', group, 'unknown', because, {leg: 'nat', unread: unknown[0]?.kind}), id)
  }
  const because = `${groups.join(', ')} of NAT instance ${id} does not ${what}.`
  const fault = {
    cause: 'nat-instance.sg',
    resource: group,
    detail: {groupId: group, direction, sources: blocksOf(flow.source)},
  }
  return only(hop('security-group', group, 'blocked', because, {leg: 'nat', fault}), id)
}

function toInternet(flow: Flow, natSubnet: Subnet): PathSegment {
  const table = routeTableOf(flow.readings, natSubnet)
  const nat = flow.instance.InstanceId
  if (!isReadWith(table, 'Routes')) {
    const what = `The route table of NAT instance ${nat}`
    return only(unreadHop('route', natSubnet.SubnetId, what, 'RouteTables', {leg: 'nat'}), nat)
  }
  const route = mainRouteFor(flow, table)
  const target = route && targetOf(route)
  if (route && isInternetGatewayId(target)) {
    const entry = {by: 'interface', addresses: sourcesOf(flow.instance)[flow.family]} as const
    const segment = throughInternetGateway({flow, subnet: natSubnet, leg: 'nat'}, target, entry, {table, route})
    return isRequestBlocked(segment) ? segment : joined(egressAcl(flow, natSubnet.SubnetId, 'nat'), segment)
  }
  const position = `is in subnet ${natSubnet.SubnetId}, whose route table`
  const device = {id: nat, name: `NAT instance ${nat}`, position, subnet: natSubnet}
  return withoutInternetGateway(flow, table, route, device)
}
