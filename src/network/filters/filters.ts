import {isReadWith, type NetworkAcl, type NetworkAclEntry} from '../../model/account.ts'
import {networkAclOf} from '../../model/joins.ts'
import {hostOf} from '../../model/partition.ts'
import {memo, remembered} from '../../util/memo.ts'
import {blocksOf, EVERYWHERE, inWords} from '../address.ts'
import {dependingOnAddress, type Flow, hop, NEGLIGIBLE, type PathSegment, unreadHop} from '../context.ts'
import type {Fault, Hop, Leg, Verdict} from '../path.ts'
import {intersect, isEmpty, type Ranges, sizeOf, subtract} from '../ranges.ts'
import {evaluateAcl, portsByCell, type TrafficSet} from './network-acl.ts'
import {allowedPeers, type GroupQuestion, type UnknownReason} from './security-group.ts'

/** One pass through a network ACL: the direction, the peer and the ports. */
interface AclTraversal {
  readonly leg: Leg
  readonly direction: 'request' | 'reply'
  readonly egress: boolean
  /** Whose addresses the rules name: the destination when leaving, the source when entering. */
  readonly peer: Ranges
  readonly ports: Ranges
}

/** The result of a network ACL for one pass. Ports and addresses are sets, so a partly open ACL is a number. */
export function aclHop(flow: Flow, subnetId: string, traversal: AclTraversal): Hop {
  const {leg, direction} = traversal
  const acl = networkAclOf(flow.readings, subnetId)
  if (!isReadWith(acl, 'Entries')) {
    const what = `The network ACL of subnet ${subnetId}`
    return unreadHop('network-acl', subnetId, what, 'NetworkAcls', {leg, direction})
  }
  const decision = aclDecisionOf(acl.Entries, flow, traversal)
  const {verdict} = decision
  const because = aclWords(acl, subnetId, flow, traversal, decision)
  const stop = verdict === 'open' ? undefined : aclFault(flow, subnetId, traversal, verdict)
  const fault = stop && verdict === 'unknown' ? dependingOnAddress(stop) : stop
  return hop('network-acl', acl.NetworkAclId, verdict, because, {leg, direction, fault})
}

const aclFault = (
  flow: Flow,
  subnetId: string,
  {leg, direction, egress, peer, ports}: AclTraversal,
  verdict: Verdict,
): Fault => ({
  cause: verdict === 'partly' ? 'nacl.partial-ephemeral' : (CAUSES_ON_LEG[leg] ?? CAUSES[direction]),
  detail: {
    subnetId,
    egress: String(egress),
    protocol: flow.protocol,
    cidrs: openedBy(flow, peer),
    from: Number(ports[0]?.[0]),
    to: Number(ports.at(-1)?.[1]) - 1,
  },
})

/** What a rule has to allow: the blocks, and everything where they are many or large. */
function openedBy({family}: Flow, peer: Ranges): readonly string[] {
  const blocks = family === 4 && sizeOf(peer) > 2 ** 16 ? [] : blocksOf(peer)
  return blocks.length > 0 ? blocks : blocksOf(EVERYWHERE[family])
}

/** Causes with an id of their own, whatever the direction. */
const CAUSES_ON_LEG: Readonly<Partial<Record<Leg, string>>> = {
  endpoint: 'nacl.endpoint-subnet',
  nat: 'nacl.nat-subnet',
}
const CAUSES = {request: 'nacl.egress-443', reply: 'nacl.ingress-ephemeral'} as const

interface AclDecision {
  readonly verdict: Verdict
  readonly share: number
  readonly deniedBy: readonly number[]
}

/** The services of one walk, and the instances of a fleet, need the same result of an ACL: it is computed once. */
const aclDecisions = memo((_: readonly NetworkAclEntry[]) =>
  memo((_: Ranges) => memo((_: Ranges): (AclDecision | undefined)[] => [])),
)

function aclDecisionOf(
  entries: readonly NetworkAclEntry[],
  flow: Flow,
  {egress, peer, ports}: AclTraversal,
): AclDecision {
  const peers = peer !== flow.destination ? 'all' : flow.target ? 'one' : 'some'
  const known = aclDecisions(entries)(ports)(peer)
  const at = PEERS.indexOf(peers) + (egress ? PEERS.length : 0) + (flow.protocol === 'udp' ? 2 * PEERS.length : 0)
  const before = known[at]
  if (before) return before
  const {allowed, deniedBy} = evaluateAcl(entries, egress, flow.family, {addresses: peer, ports}, flow.protocol)
  const fresh = {...decide(allowed, peer, ports, peers), deniedBy}
  known[at] = fresh
  return fresh
}

/** Whether each of the addresses is used, or an unknown one of them, or some of a large set. */
const PEERS = ['all', 'one', 'some'] as const
type Peers = (typeof PEERS)[number]

/** A service somewhere in a large set is not blocked by a small gap in the set. */
function decide(
  allowed: readonly TrafficSet[],
  peer: Ranges,
  ports: Ranges,
  peers: Peers,
): {verdict: Verdict; share: number} {
  const total = sizeOf(peer)
  const cells = portsByCell(allowed, peer)
  const significant = peers !== 'some' ? cells : cells.filter(({addresses}) => sizeOf(addresses) / total >= NEGLIGIBLE)
  const shares = significant.map((cell) => sizeOf(intersect(cell.ports, ports)) / sizeOf(ports))
  const share = Math.min(...shares)
  if (shares.every((each) => each === 1)) return {verdict: 'open', share}
  if (shares.every((each) => each === 0)) return {verdict: 'blocked', share}
  if (peers === 'all' || shares.every((each) => each === shares[0])) return {verdict: 'partly', share}
  return {verdict: 'unknown', share}
}

function aclWords(
  {NetworkAclId}: NetworkAcl,
  subnetId: string,
  flow: Flow,
  {direction, egress, peer, ports}: AclTraversal,
  {verdict, share, deniedBy}: AclDecision,
): string {
  const bound = egress ? 'outbound' : 'inbound'
  const what = `${bound} ${direction === 'request' ? `${flow.protocol.toUpperCase()} ${flow.port}` : `replies to ports ${portWords(ports)}`}`
  const peerText = `${egress ? 'to' : 'from'} ${inWords(peer)}`
  const where = `Network ACL ${NetworkAclId} of subnet ${subnetId}`
  const rule = deniedBy.length > 0 ? ` (rule ${deniedBy.join(', ')})` : ''
  switch (verdict) {
    case 'open':
      return `${where} allows ${what} ${peerText}.`
    case 'blocked':
      return `${where} does not allow ${what} ${peerText}${rule}.`
    case 'partly':
      return `${where} allows only ${Math.round(share * 100)} % of ${what} ${peerText}${rule}, so about ${Math.round((1 - share) * 100)} % of connections fail.`
    case 'unknown':
      return `${where} allows ${what} for some of ${inWords(peer)} only; cannot determine whether ${flow.host} is among them.`
  }
}

const portWords = (ports: Ranges): string => ports.map(([from, to]) => `${from}-${Number(to) - 1}`).join(', ')

/** The request as the connection passes the ACL, and the replies the other way. */
const inBothDirections = (
  flow: Flow,
  subnetId: string,
  {leg, egress, peer}: Pick<AclTraversal, 'leg' | 'egress' | 'peer'>,
): PathSegment => ({
  request: [aclHop(flow, subnetId, {leg, direction: 'request', egress, peer, ports: setOf(flow.port)})],
  reply: [aclHop(flow, subnetId, {leg, direction: 'reply', egress: !egress, peer, ports: flow.ephemeral})],
  via: null,
})

/** The result of a subnet's ACL for a connection that leaves it: the request out, the replies in. */
export const egressAcl = (flow: Flow, subnetId: string, leg: Leg): PathSegment =>
  inBothDirections(flow, subnetId, {leg, egress: true, peer: flow.destination})

/** The result of a subnet's ACL for a connection that enters it: the request in, the replies out. */
export const ingressAcl = (flow: Flow, subnetId: string, leg: Leg): PathSegment =>
  inBothDirections(flow, subnetId, {leg, egress: false, peer: flow.source})

/** One set for each port, so results cached for a set are found again. */
const setOf = remembered((port: number): Ranges => [[port, port + 1]])

/** Whether the groups allow the traffic to or from `peer`. */
export function groupVerdict(flow: Flow, question: GroupQuestion, peer: Ranges) {
  const answer = allowedPeers(flow.readings, question)
  const missing = subtract(peer, answer.ranges)
  const verdict = (): Verdict => {
    if (isEmpty(missing)) return 'open'
    if (answer.unknown.length > 0) return 'unknown'
    if (!flow.target && sizeOf(missing) / sizeOf(peer) < NEGLIGIBLE) return 'open'
    return isEmpty(intersect(peer, answer.ranges)) ? 'blocked' : 'unknown'
  }
  return {...answer, verdict: verdict()}
}

/**
 * Services whose addresses AWS keeps in a prefix list.
 * https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
 */
const LISTED = new Set(['s3', 's3express', 'dynamodb', 'vpc-lattice'])

/** The name of an AWS API without its own prefix list; nothing is known about a foreign name. */
export const isOutsideAwsLists = ({target, service, host, readings}: Flow): boolean =>
  !target && host === hostOf(service, readings) && !LISTED.has(service)

/**
 * Why it cannot be determined whether groups allow the traffic: a rule is unread, or only some of the peers are
 * allowed.
 */
export const whyUnknown = (unknown: readonly UnknownReason[], what: string, {host}: Flow, peer: Ranges): string =>
  unknown.map(({because}) => because).join('; ') ||
  `its rules ${what} some of ${inWords(peer)} only, and it is not known whether ${host} is among them`
