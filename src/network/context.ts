import type {Instance, Kind, Subnet, Vpc} from '../model/account.ts'
import {ipv4BlocksOf, ipv6BlocksOf} from '../model/blocks.ts'
import {isMac, isWindows, primaryInterfaceOf} from '../model/instance.ts'
import {find} from '../model/lists.ts'
import {memo} from '../util/memo.ts'
import {type ByFamily, blocksOf, cidrRanges, EVERYWHERE, type Family, NAT64, NAT64_BLOCK, toCidrs} from './address.ts'
import type {At, Fault, Hop, Leg, Verdict} from './path.ts'
import {includes, NOTHING, type Ranges} from './ranges.ts'
import type {WalkReadings} from './readings.ts'

/** The destination of a packet inside a VPC: an interface with its groups. */
export interface Target {
  readonly id: string
  readonly vpcId: string
  readonly subnetId: string | undefined
  /** Absent if the interface is not in the collected data. */
  readonly groups?: readonly string[]
  /** The endpoint that the interface belongs to. */
  readonly endpointId?: string
}

/** One connection that the instance opens: source, destination, and how much of that is known. */
export interface Flow {
  readonly readings: WalkReadings
  readonly instance: Instance
  /** The subnet of the instance's interface, or of the current device on the path. */
  readonly subnet: Subnet
  readonly service: string
  readonly host: string
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  readonly family: Family
  /** The private address of the instance, or of the NAT gateway that sends for it. */
  readonly source: Ranges
  /** The NAT gateway whose address the source is. */
  readonly translatedBy?: string
  /** The gateways already passed on the path. */
  readonly passed?: readonly string[]
  /** The ports that the instance's operating system gives to connections. */
  readonly ephemeral: Ranges
  readonly destination: Ranges
  /** The interface, if the destination is a single one; otherwise the service is somewhere among the addresses. */
  readonly target?: Target
  /** What a NAT gateway translates the destination to, if DNS64 made it of the IPv4 address of an interface. */
  readonly translated?: {readonly destination: Ranges; readonly target: Target}
}

/**
 * A part of the path: the hops of the request, in order, and those of the reply there, in the same order,
 * so that the whole reply is read backwards.
 */
export interface PathSegment {
  readonly request: readonly Hop[]
  readonly reply: readonly Hop[]
  readonly via: string | null
}

export const NO_SEGMENT: PathSegment = {request: [], reply: [], via: null}

/** Segments one after the other: the first that names a gateway or an endpoint is the carrier of the traffic. */
export function joined(...segments: readonly PathSegment[]): PathSegment {
  const request: Hop[] = []
  const reply: Hop[] = []
  for (const segment of segments) {
    request.push(...segment.request)
    reply.push(...segment.reply)
  }
  return {request, reply, via: segments.find(({via}) => via !== null)?.via ?? null}
}

export const isRequestBlocked = ({request}: PathSegment): boolean => request.some(({verdict}) => verdict === 'blocked')

/** A connection where it leaves a subnet: on which leg of the path, and how it came into the VPC. */
export interface Departure {
  readonly flow: Flow
  readonly subnet: Subnet
  readonly leg: Leg
  readonly entry: Entry
}

/** How traffic came into a VPC, and so how the reply must leave it. */
export type Entry =
  | {readonly by: 'local'}
  | {readonly by: 'peering'; readonly id: string}
  | {
      readonly by: 'transit-gateway'
      readonly id: string
      readonly attachment: string
      /** The attachment of the VPC of the instance. */
      readonly sourceAttachment: string
      /** The subnet of the hub where the traffic leaves the transit gateway. */
      readonly attachmentSubnet: string
      /** The transit gateways that the reply passes, the one nearest to the instance first. */
      readonly back: readonly TransitLeg[]
      /** How the traffic came to where it entered the first of them. */
      readonly before: Entry
    }
  /** Out of a firewall endpoint, through which the reply must pass as well. */
  | {readonly by: 'inspection'; readonly id: string; readonly subnet: Subnet; readonly before: Entry}

export type TransitEntry = Extract<Entry, {by: 'transit-gateway'}>
export type Inspection = Extract<Entry, {by: 'inspection'}>

/** How the traffic came into the VPC, whatever firewall endpoints it passed since. */
export const originOf = (entry: Entry): Entry => (entry.by === 'inspection' ? originOf(entry.before) : entry)

/** One transit gateway on the return path: the reply enters by `attachment` and must leave by `sourceAttachment`. */
export interface TransitLeg {
  readonly id: string
  readonly attachment: string
  readonly sourceAttachment: string
}

interface More {
  readonly leg?: Leg
  readonly direction?: 'request' | 'reply'
  readonly fault?: Fault | undefined
  readonly unread?: Kind | undefined
}

export const hop = (at: At, resource: string, verdict: Verdict, because: string, more: More = {}): Hop => ({
  at,
  resource,
  leg: more.leg ?? 'instance',
  direction: more.direction ?? 'request',
  verdict,
  because,
  ...(more.fault && {fault: more.fault}),
  ...(more.unread && {unread: more.unread}),
})

/** A hop about which nothing is known, because `what` could not be read. */
export const unreadHop = (at: At, resource: string, what: string, unread: Kind, more: More = {}): Hop =>
  hop(at, resource, 'unknown', `${what} could not be read.`, {...more, unread})

export const only = (request: Hop, via: string | null = null): PathSegment => ({request: [request], reply: [], via})

/** One hop at a gateway that carries the traffic. */
export const atGateway = (id: string, verdict: Verdict, because: string, more: More): PathSegment =>
  only(hop('gateway', id, verdict, because, more), id)

/** A gateway that ssm-doctor does not trace beyond. */
export const unfollowed = (id: string, because: string, leg: Leg): PathSegment =>
  atGateway(id, 'unknown', because, {leg, fault: {cause: 'route.unfollowed'}})

/** The target of a route that no longer exists. */
export const deletedGateway = (id: string, because: string, leg: Leg): PathSegment =>
  atGateway(id, 'blocked', because, {leg, fault: {cause: 'route.blackhole'}})

/**
 * A gateway that is not visible to the caller, because another account shares the subnet and owns what is in its VPC.
 */
export function hiddenGateway(id: string, from: Subnet, leg: Leg): PathSegment {
  const because = `${id} belongs to account ${from.OwnerId}, which shares subnet ${from.SubnetId}; this account cannot see it. Add the account file of its owner.`
  return unfollowed(id, because, leg)
}

export const onlyReply = (...reply: readonly Hop[]): PathSegment => ({request: [], reply, via: null})

/** What a route for replies needs to know: an address of the sender, which may be a NAT gateway, and its VPC. */
export const senderOf = ({source, subnet, translatedBy}: Flow) => ({
  sender: translatedBy === undefined ? 'the instance' : `NAT gateway ${translatedBy}`,
  source: toCidrs(source)[0] ?? subnet.CidrBlock ?? '',
  vpcId: subnet.VpcId,
})

/** What a route out of a VPC has to hold: the addresses, or all that public ones may be. */
export const neededBlocks = ({target, family, destination}: Flow): readonly string[] => {
  if (includes(NAT64, destination)) return [NAT64_BLOCK]
  return blocksOf(target ? destination : EVERYWHERE[family])
}

/** In a sentence: a regional NAT gateway has its VPC for a subnet. */
export const placeOf = ({SubnetId, VpcId}: Pick<Subnet, 'SubnetId' | 'VpcId'>): string =>
  SubnetId === VpcId ? `VPC ${VpcId}` : `subnet ${SubnetId}`

/** The addresses of the instance: one set for all its paths. */
export const sourcesOf = memo((instance: Instance): ByFamily => {
  const eni = primaryInterfaceOf(instance)
  const own = (eni?.Ipv6Addresses ?? []).map(({Ipv6Address}) => Ipv6Address)
  return {4: cidrRanges(4, [eni?.PrivateIpAddress ?? instance.PrivateIpAddress]), 6: cidrRanges(6, own)}
})

/**
 * Linux kernels use 32768–60999, Windows and macOS IANA's 49152–65535, a NAT gateway 1024–65535.
 * https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
 */
export const ephemeralPorts = (instance: Instance): Ranges =>
  isWindows(instance) || isMac(instance) ? DYNAMIC_PORTS : LINUX_PORTS
const DYNAMIC_PORTS: Ranges = [[49152, 65536]]
const LINUX_PORTS: Ranges = [[32768, 61000]]
export const NAT_PORTS: Ranges = [[1024, 65536]]

/** The addresses of the VPC that the subnet is in. */
export function vpcRanges({
  readings,
  subnet,
  family,
}: Pick<Flow, 'readings' | 'family'> & {readonly subnet: Pick<Subnet, 'VpcId'>}): Ranges {
  const vpc = find(readings.Vpcs, 'VpcId', subnet.VpcId)
  return vpc ? rangesOf(vpc)[family] : NOTHING
}

const rangesOf = memo(
  (vpc: Vpc): ByFamily => ({4: cidrRanges(4, ipv4BlocksOf(vpc)), 6: cidrRanges(6, ipv6BlocksOf(vpc))}),
)

/** The share of a set that may be excluded before it matters where in the set a service is. */
export const NEGLIGIBLE = 1 / 256

const ADDRESS = 'address'

/** It depends on which of its addresses a service has for the instance. */
export const dependingOnAddress = ({detail, ...fault}: Fault): Fault => ({
  ...fault,
  detail: {...detail, dependsOn: ADDRESS},
})

export const dependsOnAddress = ({fault}: Hop): boolean => fault?.detail?.dependsOn === ADDRESS

/** How the walk continues from a subnet; passed in, because a hub may route anywhere. */
export type RouteOutbound = (flow: Flow, subnet: Subnet, leg: Leg, entry: Entry) => PathSegment
