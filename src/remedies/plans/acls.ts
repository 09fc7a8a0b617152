import {isUnreadable, type NetworkAcl, type NetworkAclEntry} from '../../model/account.ts'
import {find} from '../../model/joins.ts'
import {cidrRanges, parseCidr} from '../../network/address.ts'
import {overlaps} from '../../network/ranges.ts'
import {type AclRule, createNetworkAclEntry} from '../changes/filters.ts'
import {type Change, contactOwner, inSequence} from '../core/change.ts'
import type {Remedy} from '../core/remedy.ts'
import {aclEffect} from './blast-radius.ts'
import {isDefault} from './blocks.ts'
import {type FaultContext, proposed} from './fault-context.ts'
import {subnetBlockAround} from './groups.ts'

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
  const change = openings(acl.NetworkAclId, acl.Entries, needs)
  if (!change) {
    const title = `Renumber the rules of network ACL ${resource} to make room for an allow rule before the deny rules`
    return [contactOwner(title, DOCS)]
  }
  return proposed(titleOf(acl, needs), change, {docs: DOCS, effect: aclEffect(fault, acl)})
}

function titleOf({NetworkAclId}: NetworkAcl, needs: readonly Need[]): string {
  const what = needs.map(({egress, from, to, cidr}) => {
    const ports = from === to ? `TCP ${from}` : `TCP ${from}-${to}`
    return egress ? `outbound ${ports} to ${cidr}` : `inbound ${ports} from ${cidr}`
  })
  return `Allow ${what.join(' and ')} in network ACL ${NetworkAclId}`
}

/**
 * Exactly the ports that the traffic uses: a wider range could override a deny that protects something else. A subnet's
 * whole block, because another address in it may respond next time.
 */
function needsOf({facts, hops}: FaultContext): readonly Need[] {
  const needs = hops.flatMap(({fault}): Need[] => {
    const {egress, cidrs, from, to} = fault?.detail ?? {}
    if (from === undefined || !Array.isArray(cidrs)) return []
    const ports = {from: Number(from), to: Number(to)}
    return cidrs
      .map((block) => (isDefault(block) ? block : subnetBlockAround(facts, block)))
      .map((cidr) => ({egress: egress === 'true', cidr, ...ports, needs: [Number(from), Number(to)] as const}))
  })
  const wide = needs.filter(({cidr}) => isDefault(cidr))
  const narrow = needs.filter((need) => !wide.some((one) => one.egress === need.egress && one.from === need.from))
  return [...new Map([...wide, ...narrow].map((need) => [JSON.stringify(need), need])).values()]
}

/** Undefined if no number is free before the rule that denies. */
function openings(aclId: string, entries: readonly NetworkAclEntry[], needs: readonly Need[]): Change | undefined {
  const changes: Change[] = []
  let known = entries
  for (const need of needs) {
    const number = numberFor(known, need)
    if (number === undefined) return undefined
    changes.push(createNetworkAclEntry(aclId, number, need))
    known = [...known, {RuleNumber: number, Egress: need.egress, RuleAction: 'allow', Protocol: '6'}]
  }
  return changes.length === 0 ? undefined : inSequence(...changes)
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

function denies(rule: NetworkAclEntry, {cidr, needs: [from, to]}: Need): boolean {
  if (rule.RuleAction !== 'deny' || !['-1', '6', 'tcp'].includes(rule.Protocol)) return false
  const family = parseCidr(cidr)?.family ?? 4
  const block = family === 4 ? rule.CidrBlock : rule.Ipv6CidrBlock
  const ports = rule.Protocol === '-1' ? undefined : rule.PortRange
  return (
    overlaps(cidrRanges(family, [block]), cidrRanges(family, [cidr])) &&
    (ports?.From ?? 0) <= to &&
    from <= (ports?.To ?? 65535)
  )
}
