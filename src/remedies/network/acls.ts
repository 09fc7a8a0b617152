import {isUnreadable, type NetworkAcl, type NetworkAclEntry} from '../../model/account.ts'
import {find} from '../../model/lists.ts'
import {cidrRanges, parseCidr} from '../../network/address.ts'
import {appliesTo} from '../../network/filters/network-acl.ts'
import {overlaps} from '../../network/ranges.ts'
import {groupBy, uniqueBy} from '../../util/group-by.ts'
import {inList} from '../../util/list-in-words.ts'
import {type AclRule, allowEntry, createNetworkAclEntry, insertNetworkAclEntry} from '../changes/filters.ts'
import {contactOwner, inSequence} from '../core/change.ts'
import type {Remedy} from '../core/remedy.ts'
import {aclEffect} from './blast-radius.ts'
import {isDefault, subnetBlockAround} from './blocks.ts'
import {type FaultContext, proposed} from './fault-context.ts'

const DOCS = 'https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html'
/** The number that AWS shows for the rule that denies the rest. */
const LAST = 32767

interface Need extends AclRule {
  /** The ports that must be allowed; the rule itself may be wider. */
  readonly needs: readonly [from: number, to: number]
}

/** One rule for each direction and block that the hops name, before the rule that denies it. */
export function allowInAcl(fault: FaultContext): readonly Remedy[] {
  const {facts, resource} = fault
  const acl = find(facts.NetworkAcls, 'NetworkAclId', resource)
  if (!acl || isUnreadable(acl.Entries)) return []
  const needs = needsOf(fault)
  const openings = openingsIn(acl.Entries, needs)
  if (!openings) {
    const title = `Renumber the rules of network ACL ${resource} to make room for an allow rule before the deny rules`
    return [contactOwner(title, DOCS)]
  }
  if (openings.length === 0) return []
  const changes = openings.map(({entry, move}) =>
    move ? insertNetworkAclEntry(resource, entry, move) : createNetworkAclEntry(resource, entry),
  )
  return proposed(titleOf(acl, needs, openings), inSequence(...changes), {docs: DOCS, effect: aclEffect(fault, acl)})
}

function titleOf({NetworkAclId}: NetworkAcl, needs: readonly Need[], openings: readonly Opening[]): string {
  const moves = openings.flatMap(({move}) => move ?? [])
  const where = moves.map(
    ({displaced: {Egress, RuleNumber}, to}) =>
      `before ${Egress ? 'outbound' : 'inbound'} rule ${RuleNumber} (renumbered to ${to})`,
  )
  const what = [...groupBy(needs, (need) => JSON.stringify({...need, protocol: undefined})).values()].map((same) => {
    const {egress, from, to, cidr} = same[0]!
    const protocols = inList(same.map(({protocol}) => protocol.toUpperCase()))
    const ports = `${protocols} ${from === to ? from : `${from}-${to}`}`
    return egress ? `outbound ${ports} to ${cidr}` : `inbound ${ports} from ${cidr}`
  })
  return [`Allow ${what.join(' and ')} in network ACL ${NetworkAclId}`, where.join(' and ')].filter(Boolean).join(' ')
}

/**
 * Exactly the ports that the traffic uses: a wider range could override a deny that protects something else. A subnet's
 * whole block, because another address in it may respond next time.
 */
function needsOf({facts, hops}: FaultContext): readonly Need[] {
  const needs = hops.flatMap(({fault}): Need[] => {
    const {egress, protocol, cidrs, from, to} = fault?.detail ?? {}
    if (from === undefined || !Array.isArray(cidrs)) return []
    const ports = {from: Number(from), to: Number(to)}
    return cidrs
      .map((block) => (isDefault(block) ? block : subnetBlockAround(facts, block)))
      .map((cidr) => ({
        egress: egress === 'true',
        cidr,
        protocol: protocol === 'udp' ? protocol : 'tcp',
        ...ports,
        needs: [Number(from), Number(to)] as const,
      }))
  })
  const wideFirst = needs.toSorted((a, b) => Number(isDefault(b.cidr)) - Number(isDefault(a.cidr)))
  const all = uniqueBy(wideFirst, (need) => JSON.stringify(need))
  return all.filter((need) => !all.some((one) => one !== need && covers(one, need)))
}

/** A rule for every address of the family that allows all that another one would. */
const covers = (one: Need, other: Need): boolean =>
  isDefault(one.cidr) &&
  parseCidr(one.cidr)?.family === parseCidr(other.cidr)?.family &&
  one.egress === other.egress &&
  one.protocol === other.protocol &&
  one.from <= other.from &&
  other.to <= one.to

/** A rule that allows, and the rule that makes room for it where no lower number is free. */
interface Opening {
  readonly entry: NetworkAclEntry
  readonly move?: {readonly displaced: NetworkAclEntry; readonly to: number}
}

/** Undefined if there is no room before a rule that denies. */
function openingsIn(entries: readonly NetworkAclEntry[], needs: readonly Need[]): readonly Opening[] | undefined {
  const openings: Opening[] = []
  let known = entries
  for (const need of needs) {
    const number = numberFor(known, need)
    const move = number === undefined ? moveFor(known, need) : undefined
    const free = number ?? move?.displaced.RuleNumber
    if (free === undefined) return undefined
    const entry = allowEntry(free, need)
    openings.push({entry, ...(move && {move})})
    known = [
      ...known.filter((one) => one !== move?.displaced),
      entry,
      ...(move ? [{...move.displaced, RuleNumber: move.to}] : []),
    ]
  }
  return openings
}

/** The rule that denies moves to the next free number, if only rules that deny as well are between. */
function moveFor(entries: readonly NetworkAclEntry[], need: Need): Opening['move'] {
  const rules = entries
    .filter(({Egress, RuleNumber}) => Egress === need.egress && RuleNumber < LAST)
    .toSorted((a, b) => a.RuleNumber - b.RuleNumber)
  const displaced = rules.find((rule) => denies(rule, need))
  if (!displaced) return undefined
  const taken = new Map(rules.map((rule) => [rule.RuleNumber, rule]))
  let to = displaced.RuleNumber + 1
  while (taken.get(to)?.RuleAction === 'deny') to++
  return taken.has(to) || to >= LAST ? undefined : {displaced, to}
}

/**
 * The highest free number before the first rule that denies what is needed, so that no other denial is overridden;
 * after all the rules, if only the last one denies. https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
 */
function numberFor(entries: readonly NetworkAclEntry[], need: Need): number | undefined {
  const rules = entries.filter(({Egress, RuleNumber}) => Egress === need.egress && RuleNumber < LAST)
  const taken = new Set(rules.map(({RuleNumber}) => RuleNumber))
  const denial = Math.min(...rules.filter((rule) => denies(rule, need)).map(({RuleNumber}) => RuleNumber))
  const after = Math.max(90, ...taken) + 10
  if (denial === Number.POSITIVE_INFINITY && after < LAST) return after
  for (let number = Math.min(denial, LAST) - 1; number > 0; number--) if (!taken.has(number)) return number
  return undefined
}

function denies(rule: NetworkAclEntry, {cidr, protocol, needs: [from, to]}: Need): boolean {
  if (rule.RuleAction !== 'deny' || !appliesTo(protocol, rule)) return false
  const family = parseCidr(cidr)?.family ?? 4
  const block = family === 4 ? rule.CidrBlock : rule.Ipv6CidrBlock
  const ports = rule.Protocol === '-1' ? undefined : rule.PortRange
  return (
    overlaps(cidrRanges(family, [block]), cidrRanges(family, [cidr])) &&
    (ports?.From ?? 0) <= to &&
    from <= (ports?.To ?? 65535)
  )
}
