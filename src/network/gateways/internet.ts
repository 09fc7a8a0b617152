import {isUnreadable, itemsOf, type Subnet} from '../../model/account.ts'
import {allWith, find, lookup, primaryInterfaceOf} from '../../model/joins.ts'
import {cidrRanges} from '../address.ts'
import {type Flow, hop, joined, NO_SEGMENT, only, type PathSegment, unseenGateway} from '../context.ts'
import {isShared} from '../ownership.ts'
import type {Hop, Leg} from '../path.ts'
import {destinationOf, portionsOf, targetOf} from '../routing/route-table.ts'

/** Who meets the internet gateway: an interface with an address of its own, or a NAT gateway. */
export type Carrier = 'interface' | 'nat-gateway'

/**
 * An internet gateway serves its own VPC, and only interfaces that have a public address.
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
 */
export function throughInternetGateway(
  flow: Flow,
  subnet: Subnet,
  id: string,
  leg: Leg,
  carrier: Carrier,
): PathSegment {
  const gateway = lookup(flow.readings.InternetGateways, 'InternetGatewayId', id)
  if (isUnreadable(gateway)) {
    const because = `Internet gateway ${id} could not be read.`
    return only(hop('gateway', id, 'unknown', because, {leg, unread: 'InternetGateways'}), id)
  }
  if (!gateway && isShared(flow.readings, subnet)) return unseenGateway(id, subnet, leg)
  if (!gateway && leg === 'instance') {
    const because = `Internet gateway ${id} does not exist any more.`
    return only(hop('gateway', id, 'blocked', because, {leg, fault: {cause: 'route.blackhole'}}), id)
  }
  const attached = gateway?.Attachments.some(
    ({VpcId, State}) => VpcId === subnet.VpcId && (State === undefined || ['available', 'attached'].includes(State)),
  )
  if (!attached) {
    const because = `Internet gateway ${id} is not attached to VPC ${subnet.VpcId}.`
    return only(
      hop('gateway', id, 'blocked', because, {leg, fault: {cause: 'igw.detached', detail: {vpcId: subnet.VpcId}}}),
      id,
    )
  }
  const address = carrier === 'interface' ? only(publicAddressHop(flow, id, leg), id) : NO_SEGMENT
  return joined(
    address,
    blockPublicAccess(flow, subnet, leg, carrier === 'interface', id),
    edgeReply(flow, subnet, id, leg),
  )
}

/**
 * A route table that is associated with the internet gateway routes what comes in: to `local`, or first to an appliance
 * or a firewall endpoint. https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html
 */
function edgeReply(flow: Flow, subnet: Subnet, gatewayId: string, leg: Leg): PathSegment {
  const {readings, family} = flow
  const table = allWith(readings.RouteTables, 'VpcId', subnet.VpcId).find(({Associations}) =>
    Associations.some(({GatewayId}) => GatewayId === gatewayId),
  )
  if (!table) return NO_SEGMENT
  const more = {leg, direction: 'reply'} as const
  const reply = (hops: Hop): PathSegment => ({...NO_SEGMENT, reply: [hops]})
  if (isUnreadable(table.Routes)) {
    const because = `The routes of ${table.RouteTableId}, the route table of internet gateway ${gatewayId}, could not be read.`
    return reply(hop('route', table.RouteTableId, 'unknown', because, {...more, unread: 'RouteTables'}))
  }
  const receiver = leg === 'instance' ? flow.source : cidrRanges(family, [subnet.CidrBlock])
  const [portion] = portionsOf(readings, table.Routes, family, receiver)
  const route = portion?.route
  const target = route ? targetOf(route) : 'local'
  const where = `Route table ${table.RouteTableId} of internet gateway ${gatewayId} routes replies to ${target}`
  if (target === 'local') return reply(hop('route', table.RouteTableId, 'open', `${where}.`, more))
  const appliance = find(readings.NetworkInterfaces, 'NetworkInterfaceId', route?.NetworkInterfaceId)
  const instance = find(readings.Instances, 'InstanceId', route?.InstanceId ?? appliance?.Attachment?.InstanceId)
  const isStopped = instance !== undefined && instance.State.Name !== 'running'
  if (route?.State === 'blackhole' || isStopped) {
    const because = `${where}, which ${isStopped ? `is attached to an instance that is ${instance.State.Name}` : 'no longer exists'}: no reply comes back.`
    const detail = {destination: route ? destinationOf(route) : '', target, vpcId: subnet.VpcId}
    return reply(
      hop('route', table.RouteTableId, 'blocked', because, {...more, fault: {cause: 'route.blackhole', detail}}),
    )
  }
  const cause = target.startsWith('vpce-') ? 'gwlb.inspection' : 'route.unfollowed'
  const because = `${where}; what it does with them is not visible to this tool.`
  return reply(hop('route', table.RouteTableId, 'unknown', because, {...more, fault: {cause, resource: target}}))
}

function publicAddressHop(flow: Flow, gatewayId: string, leg: Leg): Hop {
  const {instance, family} = flow
  const eni = primaryInterfaceOf(instance)
  const address =
    family === 6
      ? eni?.Ipv6Addresses?.[0]?.Ipv6Address
      : (eni?.Association?.PublicIp ?? eni?.PrivateIpAddresses?.find(({Primary}) => Primary)?.Association?.PublicIp)
  return address
    ? hop('gateway', gatewayId, 'open', `${instance.InstanceId} leaves through ${gatewayId} as ${address}.`, {leg})
    : hop(
        'gateway',
        gatewayId,
        'blocked',
        `The route leads to internet gateway ${gatewayId}, and ${instance.InstanceId} has no public address, so nothing gets through it.`,
        {
          leg,
          fault: {
            cause: 'igw.no-public-ip',
            resource: instance.InstanceId,
            detail: {eni: eni?.NetworkInterfaceId ?? ''},
          },
        },
      )
}

/**
 * VPC Block Public Access, as the effective mode of the subnet that touches the gateway. `block-ingress` also stops what
 * an instance with a public address starts itself; only NAT gateways and egress-only gateways keep working.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html
 */
export function blockPublicAccess(flow: Flow, subnet: Subnet, leg: Leg, direct: boolean, via: string): PathSegment {
  const {readings} = flow
  const options = itemsOf(readings.VpcBlockPublicAccessOptions)[0]
  const mode =
    subnet.BlockPublicAccessStates?.InternetGatewayBlockMode ??
    find(readings.Vpcs, 'VpcId', subnet.VpcId)?.BlockPublicAccessStates?.InternetGatewayBlockMode ??
    options?.InternetGatewayBlockMode
  if (mode === undefined && isUnreadable(readings.VpcBlockPublicAccessOptions)) {
    const because = 'VPC Block Public Access could not be read.'
    return only(hop('gateway', subnet.SubnetId, 'unknown', because, {leg, unread: 'VpcBlockPublicAccessOptions'}), via)
  }
  const blocked = mode === 'block-bidirectional' || (mode === 'block-ingress' && direct)
  if (!blocked) return {...NO_SEGMENT, via}

  const managed = options?.ManagedBy === 'declarative-policy' || options?.ExclusionsAllowed === 'not-allowed'
  const cause = managed ? 'bpa.org-managed' : mode === 'block-ingress' ? 'bpa.ingress-direct-igw' : 'bpa.bidirectional'
  const because = `VPC Block Public Access (${mode}) stops the traffic of subnet ${subnet.SubnetId} at the internet gateway.`
  const fault = {cause, detail: {subnetId: subnet.SubnetId, vpcId: subnet.VpcId, mode}}
  return only(hop('gateway', subnet.SubnetId, 'blocked', because, {leg, fault}), via)
}
