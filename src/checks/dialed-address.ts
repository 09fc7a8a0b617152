import type {Signal} from '../agent/signal.ts'
import {minutesBetween} from '../agent/time.ts'
import {type Instance, itemsOf, type NetworkInterface, type VpcEndpoint} from '../model/account.ts'
import {find} from '../model/lists.ts'
import {cidrRanges, PRIVATE} from '../network/address.ts'
import {interfaceWith} from '../network/interface-with.ts'
import type {Path} from '../network/path.ts'
import {includes, union} from '../network/ranges.ts'
import type {WalkReadings} from '../network/readings.ts'
import {pathTo} from '../network/walk.ts'

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
  {address, at}: Signal,
): DialedElsewhere | undefined {
  if (address === undefined || path.via === null) return undefined
  const endpoint = find(readings.VpcEndpoints, 'VpcEndpointId', path.via)
  if (address.includes(':')) return dialedOverIpv6(readings, instance, path, address, endpoint)
  const isExpected = isPublicPath(readings, path.via, endpoint)
    ? !isPrivate(address)
    : endpoint === undefined || isCreatedAfter(endpoint, at) || isAddressOf(readings, endpoint, address)
  if (isExpected) return undefined
  return {
    address,
    host: path.host,
    endpoint: endpoint?.VpcEndpointType === 'Interface' ? endpoint : undefined,
    networkInterface: interfaceWith(readings, instance.VpcId ?? '', address),
    path: pathTo(readings, instance, {service: path.service, host: address, port: path.port}),
  }
}

/** A name may have addresses of both families: over IPv6 only a blocked path is another one than the open IPv4 path. */
function dialedOverIpv6(
  readings: WalkReadings,
  instance: Instance,
  {service, host, port}: Path,
  address: string,
  endpoint: VpcEndpoint | undefined,
): DialedElsewhere | undefined {
  const path = pathTo(readings, instance, {service, host: address, port})
  return path.verdict === 'blocked' ? {address, host, endpoint, networkInterface: undefined, path} : undefined
}

function isPublicPath(readings: WalkReadings, via: string, endpoint: VpcEndpoint | undefined): boolean {
  const nat = find(readings.NatGateways, 'NatGatewayId', via)
  return (
    endpoint?.VpcEndpointType === 'Gateway' ||
    (nat !== undefined && nat.ConnectivityType !== 'private') ||
    find(readings.InternetGateways, 'InternetGatewayId', via) !== undefined
  )
}

const LOCAL = union(PRIVATE[4], cidrRanges(4, ['127.0.0.0/8']))

/** Documentation ranges represent redacted public addresses. */
const isPrivate = (address: string): boolean => includes(LOCAL, cidrRanges(4, [`${address}/32`]))

/** A line from before the endpoint existed shows the address of that time. */
const isCreatedAfter = ({CreationTimestamp}: VpcEndpoint, at: string | undefined): boolean =>
  CreationTimestamp !== undefined && (at === undefined || (minutesBetween(at, CreationTimestamp) ?? 0) > 0)

/** An interface that is not in the collected data may have the address. */
function isAddressOf(readings: WalkReadings, {NetworkInterfaceIds}: VpcEndpoint, address: string): boolean {
  const ids = itemsOf<unknown>(NetworkInterfaceIds ?? []) as readonly string[]
  const interfaces = ids.map((id) => find(readings.NetworkInterfaces, 'NetworkInterfaceId', id))
  return ids.length === 0 || interfaces.some((one) => one === undefined || addressesOf(one).includes(address))
}

const addressesOf = ({
  PrivateIpAddress,
  PrivateIpAddresses = [],
}: NetworkInterface): readonly (string | undefined)[] => [
  PrivateIpAddress,
  ...PrivateIpAddresses.map((one) => one.PrivateIpAddress),
]
