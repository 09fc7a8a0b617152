import {DIAGNOSTICS} from '../../agent/output/diagnostics.ts'
import type {Signal} from '../../agent/output/signal.ts'
import {type Context, type Instance, itemsOf, type NetworkInterface, type VpcEndpoint} from '../../model/account.ts'
import {find} from '../../model/lists.ts'
import {type ByFamily, byFamily, madeByDns64, PRIVATE, parseCidr} from '../../network/address.ts'
import {interfaceWith} from '../../network/interface-with.ts'
import {addressesOf} from '../../network/interfaces.ts'
import type {Path} from '../../network/path.ts'
import {overlaps, union} from '../../network/ranges.ts'
import type {WalkReadings} from '../../network/readings.ts'
import {pathTo} from '../../network/walk.ts'
import {minutesBetween} from '../../util/time.ts'

/** The agent connected to another address than the one to which the name resolves in the VPC. */
export interface DialedElsewhere {
  readonly address: string
  readonly host: string
  /** Where the name resolves in the VPC: the endpoint, or undefined for public addresses. */
  readonly endpoint: VpcEndpoint | undefined
  readonly networkInterface: NetworkInterface | undefined
  /** The path to the address that was dialed. */
  readonly path: Path
}

export function dialedElsewhere(
  readings: WalkReadings,
  instance: Instance,
  path: Path,
  signal: Signal,
): DialedElsewhere | undefined {
  const {address} = signal
  if (address === undefined || parseCidr(address) === undefined || path.via === null) return undefined
  const endpoint = find(readings.VpcEndpoints, 'VpcEndpointId', path.via)
  const isExpected = isPublicPath(readings, path.via, endpoint)
    ? !isPrivate(address)
    : endpoint === undefined || isCreatedAfter(readings, endpoint, signal) || isAddressOf(readings, endpoint, address)
  const isIpv6 = address.includes(':')
  if (isExpected && !isIpv6) return undefined
  // What the VPC has for the service serves its name, not an address.
  const dialed = pathTo(readings, instance, {service: address, host: address, port: path.port})
  // A name may have addresses of both families: over IPv6 a blocked path is another one than the open IPv4 path.
  if (isExpected && dialed.verdict !== 'blocked') return undefined
  return {
    address,
    host: path.host,
    endpoint: endpoint?.VpcEndpointType === 'Interface' ? endpoint : undefined,
    networkInterface: interfaceWith(readings, instance.VpcId ?? '', address),
    path: dialed,
  }
}

function isPublicPath(readings: WalkReadings, via: string, endpoint: VpcEndpoint | undefined): boolean {
  const nat = find(readings.NatGateways, 'NatGatewayId', via)
  return (
    endpoint?.VpcEndpointType === 'Gateway' ||
    (nat !== undefined && nat.ConnectivityType !== 'private') ||
    find(readings.InternetGateways, 'InternetGatewayId', via) !== undefined
  )
}

const LOOPBACK = byFamily(['127.0.0.0/8', '::1'])

const isWithin = (block: ByFamily, address: string): boolean => {
  const {4: ipv4, 6: ipv6} = byFamily([address])
  return overlaps(block[4], ipv4) || overlaps(block[6], ipv6)
}

/** Documentation ranges represent redacted public addresses. */
const isPrivate = (address: string): boolean => isWithin(PRIVATE, address) || isWithin(LOOPBACK, address)

const DAY = 24 * 60
/** No time zone is further ahead of UTC. */
const MOST_AHEAD = 14 * 60

/** A line from before the endpoint existed shows the address of that time. */
function isCreatedAfter({ReadAt}: Context, {CreationTimestamp}: VpcEndpoint, signal: Signal): boolean {
  if (CreationTimestamp === undefined) return false
  const printed = printedAfter(signal, ReadAt)
  if (printed === undefined) return true
  return (minutesBetween(CreationTimestamp, printed.time) ?? Number.POSITIVE_INFINITY) < printed.minutes
}

/** The line is from this time or later, by these minutes less: a test was run for the examination. */
function printedAfter({at, localTime, isTest, source}: Signal, readAt: string) {
  if (at !== undefined) return {time: at, minutes: 0}
  if (isTest || source === DIAGNOSTICS) return {time: readAt, minutes: DAY}
  return localTime === undefined ? undefined : {time: localTime, minutes: MOST_AHEAD}
}

/**
 * An interface that is not in the collected data may have the address. With DNS64, addresses of IPv6 stand for those of
 * IPv4. https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html
 */
function isAddressOf(readings: WalkReadings, {NetworkInterfaceIds}: VpcEndpoint, address: string): boolean {
  const ids = itemsOf<unknown>(NetworkInterfaceIds ?? []) as readonly string[]
  const interfaces = ids.map((id) => find(readings.NetworkInterfaces, 'NetworkInterfaceId', id))
  return ids.length === 0 || interfaces.some((one) => one === undefined || hasAddress(one, address))
}

function hasAddress(eni: NetworkInterface, address: string): boolean {
  const {4: ipv4, 6: ipv6} = byFamily([eni.PrivateIpAddress, ...addressesOf(eni)])
  return isWithin({4: ipv4, 6: union(ipv6, madeByDns64(ipv4))}, address)
}
