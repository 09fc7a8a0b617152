import {type FirewallRule, isUnreadable, type Reading} from '../../model/account.ts'
import {allWith} from '../../model/lists.ts'
import type {Hop} from '../path.ts'
import {nameHop, type Question, unknownName} from './answer.ts'
import {matchesName} from './name.ts'

interface RuleGroup {
  readonly id: string
  readonly priority: number
  readonly rules: Reading<FirewallRule>
}

/**
 * Rule groups by priority, rules by priority, the first that matches decides. `isSynthetic` says that DNS64 makes the
 * address.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-settings.html
 */
export function firewallHop(question: Question, isSynthetic = false): Hop | undefined {
  const {readings, vpcId} = question
  const {FirewallRuleGroupAssociations: associations} = readings
  const isPartial = isUnreadable(associations)
  const unknownHops: Hop[] = isPartial ? [unreadHop(vpcId, 'DNS Firewall rules could not be read.')] : []
  let mayBeAllowed = isPartial
  for (const {id, rule, match} of matchingRules(question)) {
    if (rule === undefined) {
      mayBeAllowed = true
      unknownHops.push(unreadHop(id, `The rules of DNS Firewall rule group ${id} could not be read.`))
      continue
    }
    const isBlock = rule.Action.toUpperCase() === 'BLOCK'
    if (isSynthetic && isBlock && sparesSynthetic(rule)) continue
    const name = rule.Name ?? String(rule.Priority)
    if (match === 'unknown' && isBlock) unknownHops.push(unknownDomainsHop(id, name, rule, question.host))
    else if (match === 'unknown') mayBeAllowed = true
    else if (!isBlock) return unknownHops[0]
    else {
      const verdict = mayBeAllowed ? 'unknown' : 'blocked'
      return nameHop(id, verdict, `DNS Firewall rule ${name} of group ${id} blocks ${question.host}.`, {
        cause: 'dns.firewall-block',
        detail: {rule: name, priority: rule.Priority},
      })
    }
  }
  return unknownHops[0]
}

/**
 * A rule that denies the existence of AAAA records does not apply to addresses that DNS64 makes.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-settings.html
 */
const sparesSynthetic = ({BlockResponse, Qtype = ''}: FirewallRule): boolean =>
  BlockResponse === 'NXDOMAIN' && TYPES.AAAA.has(Qtype.toUpperCase())

/**
 * What a CNAME redirects to is evaluated as well, unless the rule that allows the name trusts it. Whether the target of
 * an alias is, AWS does not document.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-settings.html
 */
export function redirectionHop(question: Question, target: string, isAlias: boolean): Hop | undefined {
  if (isRedirectionTrusted(question)) return undefined
  const found = firewallHop({...question, host: target})
  if (!found?.fault || found.verdict !== 'blocked') return undefined
  const because = `${question.host} is redirected to ${target}. ${found.because}`
  const fault = {...found.fault, likely: true as const, detail: {...found.fault.detail, domain: target}}
  return {...found, because, fault, ...(isAlias && {verdict: 'unknown' as const})}
}

export function isRedirectionTrusted(question: Question): boolean {
  if (question.isTrusted) return true
  const [first] = matchingRules(question)
  return first?.match === true && first.rule?.FirewallDomainRedirectionAction === 'TRUST_REDIRECTION_DOMAIN'
}

interface MatchingRule {
  /** The rule group. */
  readonly id: string
  /** Undefined if the rules of the group could not be read. */
  readonly rule?: FirewallRule
  readonly match: true | 'unknown'
}

/** The rules that match the name, or may, in the order in which they are evaluated. */
function* matchingRules(question: Question): Generator<MatchingRule> {
  for (const {id, rules} of groupsFor(question)) {
    if (isUnreadable(rules)) yield {id, match: 'unknown'}
    else
      for (const rule of [...rules].sort((a, b) => a.Priority - b.Priority)) {
        const match = matches(rule, question)
        if (match !== false) yield {id, rule, match}
      }
  }
}

const unreadHop = (id: string, because: string): Hop => unknownName(id, because, 'FirewallRuleGroupAssociations')

/**
 * AWS does not expose the domains of the lists that it manages, or what DNS Firewall Advanced detects, and does not
 * document that its own names are in none of them.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-managed-domain-lists.html
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/firewall-advanced.html
 */
function unknownDomainsHop(
  id: string,
  rule: string,
  {FirewallDomainListId, Priority}: FirewallRule,
  host: string,
): Hop {
  const what = FirewallDomainListId
    ? `domain list ${FirewallDomainListId}, whose domains could not be read`
    : 'the names that DNS Firewall Advanced detects'
  const because = `DNS Firewall rule ${rule} of group ${id} blocks ${what}; cannot determine whether ${host} is among them.`
  const fault = {cause: 'dns.firewall-block', detail: {rule, priority: Priority}}
  return nameHop(id, 'unknown', because, fault, 'FirewallRuleGroupAssociations')
}

/** Groups of the VPC, and of its Profile with the rules of the same group wherever they were read. */
function groupsFor({readings, vpcId, profile}: Question): readonly RuleGroup[] {
  const associations = readings.FirewallRuleGroupAssociations
  const own = allWith(associations, 'VpcId', vpcId).map(
    ({FirewallRuleGroupId: id, Priority: priority, FirewallRules, Status}) => ({
      id,
      priority,
      rules: Status === 'DELETING' ? {unreadable: 'the association is being deleted'} : FirewallRules,
    }),
  )
  const shared = profile.firewallGroups
    .filter(({id}) => own.every((group) => group.id !== id))
    .map(({id, priority}): RuleGroup => {
      const [elsewhere] = allWith(associations, 'FirewallRuleGroupId', id)
      return {id, priority, rules: elsewhere?.FirewallRules ?? {unreadable: 'not in the collected data'}}
    })
  return [...own, ...shared].sort((a, b) => a.priority - b.priority)
}

/**
 * A rule for one query type does not affect the others.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_FirewallRule.html
 */
function matches({Domains, Qtype}: FirewallRule, {host, queryType}: Question): boolean | 'unknown' {
  if (Qtype !== undefined && !TYPES[queryType].has(Qtype.toUpperCase())) return false
  return isUnreadable(Domains)
    ? 'unknown'
    : Domains.some((domain) => ALL_DOMAINS.has(domain) || matchesName(domain, host))
}

/** As it is given, and as AWS may list it. */
const ALL_DOMAINS: ReadonlySet<string> = new Set(['*', '*.'])

/** By name or by number. */
const TYPES = {A: new Set(['A', '1', 'TYPE1']), AAAA: new Set(['AAAA', '28', 'TYPE28'])} as const
