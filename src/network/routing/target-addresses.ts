import {isOnline} from '../../agent/node.ts'
import {
  isUnreadable,
  type NatGateway,
  type NetworkInterface,
  type Subnet,
  type VpcEndpoint,
} from '../../model/account.ts'
import {allWith} from '../../model/lists.ts'
import {type ByFamily, type Family, formatAddress, inWords, PUBLIC} from '../address.ts'
import {
  type Flow,
  hop,
  isRequestBlocked,
  joined,
  NO_SEGMENT,
  only,
  type PathSegment,
  sourcesOf,
  type Target,
  vpcRanges,
} from '../context.ts'
import {otherServiceOf} from '../endpoints/endpoint.ts'
import {outboundSegment} from '../filters/egress.ts'
import {interfaceWith} from '../interface-with.ts'
import {isShared} from '../ownership.ts'
import type {Verdict} from '../path.ts'
import {asLikely, merged, withHops} from '../path-segment.ts'
import {includes, isEmpty, type Ranges} from '../ranges.ts'
import type {WalkReadings} from '../readings.ts'

/** More addresses than one name resolves to. */
const MAX_ADDRESSES = 64

/** To addresses from a private zone, or requested ones: a known interface, or a routed network. */
export function toAddresses(flow: Flow, addresses: ByFamily, zoneId: string): PathSegment {
  const family = isEmpty(addresses[flow.family]) ? OTHER[flow.family] : flow.family
  const familyFlow: Flow = {...flow, family, source: sourcesOf(flow.instance)[family]}
  if (isEmpty(familyFlow.source)) return unsupportedFamily(flow, family, addresses[family], zoneId)
  return merged(eachOf(addresses[family]).map((destination) => toAddress(familyFlow, destination, zoneId)))
}

const OTHER: Readonly<Record<Family, Family>> = {4: 6, 6: 4}

/** Addresses of a family that the instance does not support; with DNS64 its DNS server may have translated them. */
function unsupportedFamily(
  {instance, subnet, host}: Flow,
  family: Family,
  addresses: Ranges,
  zoneId: string,
): PathSegment {
  const {InstanceId: id} = instance
  const verdict = family === 4 && subnet.EnableDns64 ? 'unknown' : 'blocked'
  if (zoneId === host) return only(hop('name', id, verdict, `${id} has no IPv${family} address to reach ${host} from.`))
  const because = `Private hosted zone ${zoneId} answers ${host} with ${inWords(addresses)}, and ${id} has no IPv${family} address.`
  return wrongAddress(subnet, zoneId, because, verdict)
}

/** A private hosted zone answers with an address that is not that of the service. */
const wrongAddress = ({VpcId: vpcId}: Subnet, zoneId: string, because: string, verdict: Verdict = 'blocked') =>
  only(hop('name', zoneId, verdict, because, {fault: {cause: 'dns.phz-shadow', detail: {vpcId}}}))

const eachOf = (addresses: Ranges): readonly Ranges[] =>
  addresses
    .flatMap(([from, to]): Ranges[] => {
      // An IPv6 address exceeds a number, a difference does not.
      const count = Math.min(Number(BigInt(to) - BigInt(from)), MAX_ADDRESSES)
      return Array.from({length: count}, (_, i) =>
        typeof from === 'bigint' ? [[from + BigInt(i), from + BigInt(i + 1)]] : [[from + i, from + i + 1]],
      )
    })
    .slice(0, MAX_ADDRESSES)

function toAddress(flow: Flow, destination: Ranges, zoneId: string): PathSegment {
  const {readings, subnet, host, family} = flow
  const address = formatAddress(destination[0]![0])
  const eni = interfaceWith(readings, subnet.VpcId, address)
  if (!eni && includes(PUBLIC[family], destination)) return outboundSegment({...flow, destination})

  const natGateway = natGatewayWith(readings, address, eni?.VpcId ?? subnet.VpcId)
  if (natGateway) return ontoNatGateway(flow, natGateway, address, zoneId)

  const [endpoint] = eni ? allWith(readings.VpcEndpoints, interfacesOf, eni.NetworkInterfaceId) : []
  const other = endpoint && zoneId !== host ? otherServiceOf(endpoint, host, readings) : undefined
  if (endpoint && other !== undefined) {
    const because = `Private hosted zone ${zoneId} answers ${host} with ${address}, the address of endpoint ${endpoint.VpcEndpointId}, which is for another service than ${other}.`
    return withHops(wrongAddress(subnet, zoneId, because), asLikely)
  }
  const isInVpc = includes(vpcRanges(flow), destination)
  const target = eni
    ? targetOf(flow, eni)
    : {id: address, vpcId: isInVpc ? subnet.VpcId : 'elsewhere', subnetId: undefined}
  const segment = outboundSegment({...flow, destination, target})
  // A participant of a shared VPC does not see the interfaces of its owner.
  const isNotVisible = isInVpc && isShared(readings, subnet)
  const hasNoTarget = !eni && !isNotVisible && (isInVpc || (segment.via === null && isRequestBlocked(segment)))
  if (eni && !endpoint && zoneId !== host) return joined(segment, unknownProxy(flow, eni, zoneId))
  if (!hasNoTarget || zoneId === host || isUnreadable(readings.NetworkInterfaces)) return segment

  const because = `Private hosted zone ${zoneId} answers ${host} with ${address}, which is not the address of a known network interface.`
  return wrongAddress(subnet, zoneId, because)
}

/** What answers there is not AWS itself: a proxy, or a load balancer. An online node shows that it forwards. */
function unknownProxy({readings, instance, host}: Flow, {NetworkInterfaceId: id}: NetworkInterface, zoneId: string) {
  if (isOnline(readings, instance)) return NO_SEGMENT
  const because = `Private hosted zone ${zoneId} resolves ${host} to interface ${id}, which belongs to no endpoint; cannot determine whether it forwards to ${host}.`
  return only(hop('endpoint', id, 'unknown', because, {leg: 'endpoint'}))
}

/**
 * A NAT gateway forwards for others and accepts no connection itself.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html#nat-gateway-troubleshooting-ping
 */
function ontoNatGateway({host, subnet}: Flow, natGateway: string, address: string, zoneId: string): PathSegment {
  if (zoneId === host) {
    const because = `${address} is the address of NAT gateway ${natGateway}, which accepts no connections.`
    return only(hop('gateway', natGateway, 'blocked', because, {leg: 'nat'}))
  }
  const because = `Private hosted zone ${zoneId} answers ${host} with ${address}, the address of NAT gateway ${natGateway}, which accepts no connections.`
  return wrongAddress(subnet, zoneId, because)
}

const natGatewayWith = ({NatGateways}: WalkReadings, address: string, vpcId: string): string | undefined =>
  allWith(NatGateways, addressesOfNat, address).find(({VpcId}) => VpcId === vpcId)?.NatGatewayId

const addressesOfNat = ({State, NatGatewayAddresses = []}: NatGateway) =>
  State === 'available' ? NatGatewayAddresses.map(({PrivateIp}) => PrivateIp) : []

function targetOf(
  {readings, subnet}: Flow,
  {NetworkInterfaceId: id, VpcId, SubnetId, Groups}: NetworkInterface,
): Target {
  const [endpoint] = allWith(readings.VpcEndpoints, interfacesOf, id)
  return {
    id,
    vpcId: VpcId ?? subnet.VpcId,
    subnetId: SubnetId,
    groups: Groups.flatMap(({GroupId}) => GroupId ?? []),
    ...(endpoint && {endpointId: endpoint.VpcEndpointId}),
  }
}

const interfacesOf = ({NetworkInterfaceIds}: VpcEndpoint) => NetworkInterfaceIds
