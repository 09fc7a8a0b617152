import type {NetworkAclEntry} from '../../model/account.ts'
import {memo} from '../../util/memo.ts'
import {byFamily, type Family} from '../address.ts'
import {intersect, isEmpty, NOTHING, overlaps, type Ranges, subtract, union} from '../ranges.ts'

/** Addresses together with the ports that are meant for each of them. */
export interface TrafficSet {
  readonly addresses: Ranges
  readonly ports: Ranges
}

interface AclResult {
  readonly allowed: readonly TrafficSet[]
  /** The numbers of the rules that denied something. */
  readonly deniedBy: readonly number[]
}

export type EntryKey = Pick<NetworkAclEntry, 'RuleNumber' | 'Egress'>

/** A number is used once in each direction. */
export const isSameEntry = (one: EntryKey, other: EntryKey): boolean =>
  one.RuleNumber === other.RuleNumber && one.Egress === other.Egress

export const isIcmp = ({Protocol}: Pick<NetworkAclEntry, 'Protocol'>): boolean => Protocol === '1' || Protocol === '58'

const PROTOCOLS = {tcp: new Set(['-1', '6', 'tcp']), udp: new Set(['-1', '17', 'udp'])} as const
type Protocol = keyof typeof PROTOCOLS

export const appliesTo = (protocol: Protocol, rule: Pick<NetworkAclEntry, 'Protocol'>): boolean =>
  PROTOCOLS[protocol].has(rule.Protocol)

const ALL_PORTS: Ranges = [[0, 65536]]

const portsOf = ({Protocol, PortRange}: NetworkAclEntry): Ranges =>
  Protocol === '-1' || PortRange === undefined ? ALL_PORTS : [[PortRange.From ?? 0, (PortRange.To ?? 65535) + 1]]

/** The rules in the order that they count in, taken apart once. */
const rulesIn = memo((entries: readonly NetworkAclEntry[]) =>
  entries
    .toSorted((a, b) => a.RuleNumber - b.RuleNumber)
    .map((rule) => ({
      rule,
      blocks: byFamily([rule.CidrBlock, rule.Ipv6CidrBlock]),
      ports: portsOf(rule),
    })),
)

/**
 * Rules in ascending order, the first that matches decides, what none matches is denied; stateless.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
 */
export function evaluateAcl(
  entries: readonly NetworkAclEntry[],
  egress: boolean,
  family: Family,
  traffic: TrafficSet,
  protocol: Protocol = 'tcp',
): AclResult {
  const allowed: TrafficSet[] = []
  const deniedBy: number[] = []
  let undecided: readonly TrafficSet[] = [traffic]
  for (const {rule, blocks, ports} of rulesIn(entries)) {
    const addresses = blocks[family]
    if (rule.Egress !== egress || !appliesTo(protocol, rule) || isEmpty(addresses)) continue
    const {hits, left} = dividedBy(undecided, addresses, ports)
    if (rule.RuleAction === 'allow') allowed.push(...hits)
    else if (hits.length > 0) deniedBy.push(rule.RuleNumber)
    undecided = left
    if (undecided.length === 0) break
  }
  return {allowed, deniedBy}
}

/** The traffic that a rule for these addresses and ports matches, and what is left for the rules after it. */
function dividedBy(traffic: readonly TrafficSet[], addresses: Ranges, ports: Ranges) {
  const hits: TrafficSet[] = []
  const left: TrafficSet[] = []
  for (const trafficSet of traffic) {
    const hit = {
      addresses: intersect(trafficSet.addresses, addresses),
      ports: intersect(trafficSet.ports, ports),
    }
    if (isEmpty(hit.addresses) || isEmpty(hit.ports)) {
      left.push(trafficSet)
      continue
    }
    hits.push(hit)
    const elsewhere = subtract(trafficSet.addresses, hit.addresses)
    const otherPorts = subtract(trafficSet.ports, hit.ports)
    if (!isEmpty(elsewhere)) left.push({addresses: elsewhere, ports: trafficSet.ports})
    if (!isEmpty(otherPorts)) left.push({addresses: hit.addresses, ports: otherPorts})
  }
  return {hits, left}
}

/** The addresses split at the boundaries of the sets, each part with the ports that are open for all of it. */
export const portsByCell = (allowed: readonly TrafficSet[], addresses: Ranges): readonly TrafficSet[] =>
  cellsOf(addresses, allowed).map((cell) => ({
    addresses: cell,
    ports: allowed
      .filter((trafficSet) => overlaps(trafficSet.addresses, cell))
      .reduce<Ranges>((open, {ports}) => union(open, ports), NOTHING),
  }))

const cellsOf = (addresses: Ranges, boxes: readonly TrafficSet[]): readonly Ranges[] =>
  boxes.reduce<readonly Ranges[]>(
    (cells, trafficSet) =>
      cells
        .flatMap((cell) => [intersect(cell, trafficSet.addresses), subtract(cell, trafficSet.addresses)])
        .filter((cell) => !isEmpty(cell)),
    [addresses],
  )
