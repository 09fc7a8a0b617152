import {isUnreadable, type ResolverRule} from '../../model/account.ts'
import {allWith, find} from '../../model/lists.ts'
import type {Hop} from '../path.ts'
import {nameHop, type Question, unknownName} from './answer.ts'
import {isWithin, labelCount, withoutDot} from './name.ts'

/** Rules that match no name of their own: RECURSIVE stands for the internet, DELEGATE follows NS records of a zone. */
const WITHOUT_DOMAIN = new Set(['RECURSIVE', 'DELEGATE'])

/**
 * A rule that forwards the name: the most specific one that covers it, unless it is a SYSTEM rule. A rule of the VPC
 * takes precedence over one of its Profile for the same domain, and a rule over a private hosted zone of the same name.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
 */
export function forwardingRule({readings, vpcId, host, profile}: Question, zoneLabels: number): Hop | undefined {
  const own = allWith(readings.ResolverRules, vpcIdsOf, vpcId)
  const shared = profile.rules.flatMap((id) => allWith(readings.ResolverRules, 'Id', id))
  const covering = [...new Set([...own, ...shared])]
    .filter(
      ({DomainName, RuleType}) =>
        DomainName !== undefined && !WITHOUT_DOMAIN.has(RuleType.toUpperCase()) && isWithin(host, DomainName),
    )
    .map((rule) => ({rule, isOwn: own.includes(rule)}))
    .sort((a, b) => labelsOf(b.rule) - labelsOf(a.rule) || Number(b.isOwn) - Number(a.isOwn))
  const rule = covering[0]?.rule
  if (rule === undefined || labelsOf(rule) < zoneLabels || rule.RuleType.toUpperCase() !== 'FORWARD') return undefined
  const targets = (rule.TargetIps ?? []).flatMap(({Ip}) => Ip ?? []).join(', ')
  return nameHop(
    rule.Id,
    'unknown',
    `Resolver rule ${rule.Id} forwards ${withoutDot(rule.DomainName ?? '') || 'every name'} to ${targets || 'other servers'}; their answers are not visible.`,
    {cause: 'dns.resolver-rule'},
  )
}

const vpcIdsOf = ({VPCIds}: ResolverRule) => VPCIds

const labelsOf = ({DomainName = ''}: ResolverRule): number => labelCount(DomainName)

/** Rules that may exist and are not in the collected data. */
export function unreadRules({readings, vpcId, profile}: Question): readonly Hop[] {
  const unread = isUnreadable(readings.ResolverRules)
    ? [unknownName(vpcId, 'Resolver rules could not be read.', 'ResolverRules')]
    : []
  const missing = profile.rules
    .filter((id) => find(readings.ResolverRules, 'Id', id) === undefined)
    .map((id) =>
      unknownName(
        id,
        `Route 53 Profile ${profile.id} brings Resolver rule ${id} to VPC ${vpcId}, which is not in the collected data.`,
        'ResolverRules',
      ),
    )
  return [...unread, ...missing]
}
