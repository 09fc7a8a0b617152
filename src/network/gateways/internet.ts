import {
  type InternetGateway,
  isUnreadable,
  itemsOf,
  type Route,
  type RouteTable,
  type Subnet,
} from '../../model/account.ts'
import {called, calledFirst, primaryInterfaceOf} from '../../model/instance.ts'
import {find, lookup} from '../../model/lists.ts'
import {
  atGateway,
  type Departure,
  deletedGateway,
  type Flow,
  hiddenGateway,
  hop,
  joined,
  NO_SEGMENT,
  only,
  originOf,
  type PathSegment,
  placeOf,
  unreadHop,
} from '../context.ts'
import {publicAddressOf} from '../other-interfaces.ts'
import {isShared} from '../ownership.ts'
import type {Leg} from '../path.ts'
import {blackholeHop} from '../routing/route-table.ts'
import {type PublicSource, throughEdgeTable} from './edge-route.ts'

/**
 * From a subnet into an internet gateway: an interface of the VPC, or the NAT gateway that sends for it. What came in
 * from another network has no public address here.
 */
export function intoInternetGateway(
  {flow, subnet, leg, entry}: Departure,
  {RouteTableId}: RouteTable,
  id: string,
): PathSegment {
  if (originOf(entry).by === 'local') {
    const inspected = entry.by === 'inspection' ? {inspected: entry} : {}
    const {translatedBy} = flow
    const nat = find(flow.readings.NatGateways, 'NatGatewayId', translatedBy)
    if (nat?.ConnectivityType === 'private') return privateNat(flow, nat.NatGatewayId)
    const by = translatedBy === undefined ? 'interface' : 'nat-gateway'
    return throughInternetGateway({flow, subnet, leg}, id, {by, addresses: flow.source, ...inspected})
  }
  const because = `Subnet ${subnet.SubnetId} of the hub routes the traffic directly to internet gateway ${id}, which drops what has no public address.`
  const fault = {cause: 'igw.no-public-ip', resource: RouteTableId}
  return atGateway(id, 'blocked', because, {leg, fault})
}

export function privateNat(flow: Flow, id: string): PathSegment {
  const because = `NAT gateway ${id} is private: internet gateways drop its traffic, so it does not reach ${flow.host}.`
  return atGateway(id, 'blocked', because, {leg: 'nat', fault: {cause: 'nat.private'}})
}

/**
 * An internet gateway serves its own VPC, and only interfaces that have a public address.
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
 */
export function throughInternetGateway(
  {flow, subnet, leg}: Omit<Departure, 'entry'>,
  id: string,
  source: PublicSource,
  behind?: {readonly table: RouteTable; readonly route: Route},
): PathSegment {
  const gateway = lookup(flow.readings.InternetGateways, 'InternetGatewayId', id)
  if (isUnreadable(gateway))
    return only(unreadHop('gateway', id, `Internet gateway ${id}`, 'InternetGateways', {leg}), id)
  if (!gateway && behind?.route.State !== 'blackhole' && isShared(flow.readings, subnet))
    return hiddenGateway(id, subnet, leg)
  if (!gateway && behind) return only(blackholeHop(behind.table, behind.route, 'no longer exists', leg), id)
  if (!gateway) return deletedGateway(id, `Internet gateway ${id} no longer exists.`, leg)
  if (!attachedVpcsOf(gateway).includes(subnet.VpcId)) {
    const because = `Internet gateway ${id} is not attached to VPC ${subnet.VpcId}.`
    return atGateway(id, 'blocked', because, {leg, fault: {cause: 'igw.detached', detail: {vpcId: subnet.VpcId}}})
  }
  const isDirect = source.by === 'interface'
  const address = isDirect ? fromPublicAddress(flow, id, leg) : NO_SEGMENT
  return joined(address, blockPublicAccess(flow, subnet, leg, isDirect, id), throughEdgeTable(flow, id, leg, source))
}

/** EC2 says available of an internet gateway, its reference attached: not while it is being attached or detached. */
export const attachedVpcsOf = ({Attachments}: InternetGateway): readonly (string | undefined)[] =>
  Attachments.filter(({State}) => State === undefined || ['available', 'attached'].includes(State)).map(
    ({VpcId}) => VpcId,
  )

function fromPublicAddress(flow: Flow, id: string, leg: Leg): PathSegment {
  const {instance, family} = flow
  const eni = primaryInterfaceOf(instance)
  const address = family === 6 ? eni?.Ipv6Addresses?.[0]?.Ipv6Address : publicAddressOf(instance)
  if (address) return atGateway(id, 'open', `${calledFirst(instance)} leaves through ${id} as ${address}.`, {leg})
  const because = `The route targets internet gateway ${id}, and ${called(instance)} has no public address, so it cannot use it.`
  const detail = {eni: eni?.NetworkInterfaceId ?? ''}
  const fault = {cause: 'igw.no-public-ip', resource: instance.InstanceId, detail}
  return atGateway(id, 'blocked', because, {leg, fault})
}

/**
 * VPC Block Public Access, as the effective mode of the subnet next to the gateway. `block-ingress` also blocks what
 * an instance with a public address initiates itself; only NAT gateways and egress-only gateways keep working.
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
    const kind = 'VpcBlockPublicAccessOptions'
    return only(unreadHop('gateway', subnet.SubnetId, 'VPC Block Public Access', kind, {leg}), via)
  }
  const blocked = mode === 'block-bidirectional' || (mode === 'block-ingress' && direct)
  if (!blocked) return {...NO_SEGMENT, via}

  const managed = options?.ManagedBy === 'declarative-policy' || options?.ExclusionsAllowed === 'not-allowed'
  const cause = managed ? 'bpa.org-managed' : mode === 'block-ingress' ? 'bpa.ingress-direct-igw' : 'bpa.bidirectional'
  const gateway = via.startsWith('cagw-') ? 'carrier' : 'internet'
  const because = `VPC Block Public Access (${mode}) blocks the traffic of ${placeOf(subnet)} at the ${gateway} gateway.`
  // Egress alone is for NAT gateways and egress-only gateways.
  const exclusion = direct ? 'allow-bidirectional' : 'allow-egress'
  const fault = {cause, detail: {subnetId: subnet.SubnetId, vpcId: subnet.VpcId, exclusion}}
  return only(hop('gateway', subnet.SubnetId, 'blocked', because, {leg, fault}), via)
}
