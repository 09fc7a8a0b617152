import {
  GetResolverRuleCommand,
  ListFirewallDomainsCommand,
  ListFirewallRuleGroupAssociationsCommand,
  ListFirewallRulesCommand,
  ListResolverRuleAssociationsCommand,
  Route53ResolverClient,
} from '@aws-sdk/client-route53resolver'
import {
  type FirewallRule,
  type FirewallRuleGroupAssociation,
  isUnreadable,
  type Reading,
  type Readings,
  type ResolverRule,
  type Unreadable,
} from '../../model/account.ts'
import {defined} from '../../util/json.ts'
import {remembered} from '../../util/memo.ts'
import type {Aws} from '../client/aws.ts'
import {pagesOf, send} from '../client/calls.ts'
import * as normal from '../client/normalize.ts'
import {allOrUnreadable, complete, readList, readOr, required} from '../client/paginate.ts'

const PAGE = {MaxResults: 100}

const ruleAssociations = pagesOf(Route53ResolverClient, ListResolverRuleAssociationsCommand, 'ResolverRuleAssociations')
const groupAssociations = pagesOf(
  Route53ResolverClient,
  ListFirewallRuleGroupAssociationsCommand,
  'FirewallRuleGroupAssociations',
)
const rulesOfGroup = pagesOf(Route53ResolverClient, ListFirewallRulesCommand, 'FirewallRules')
const domainsOfList = pagesOf(Route53ResolverClient, ListFirewallDomainsCommand, 'Domains')

/** Every VPC has AWS's own rules for the internet and internal names; they forward nothing. */
const isAutodefined = (ruleId: string): boolean => ruleId.startsWith('rslvr-autodefined-')

/**
 * The forwarding rules that are associated with the VPCs.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ListResolverRuleAssociations.html
 */
export const readResolverRules = (aws: Aws, vpcIds: readonly string[]): Promise<Readings['ResolverRules']> =>
  readOr('route53resolver:ListResolverRuleAssociations', async (): Promise<Readings['ResolverRules']> => {
    if (vpcIds.length === 0) return []
    const associations = await ruleAssociations(aws, {Filters: [{Name: 'VPCId', Values: [...vpcIds]}], ...PAGE})
    const ownRules = associations.map(
      complete(({ResolverRuleId}) => String(required(ResolverRuleId, 'ResolverRuleId'))),
    )
    const ids = [...new Set(ownRules.flatMap((id) => (isUnreadable(id) ? [] : id)))]
    const rules = await Promise.all(ids.filter((id) => !isAutodefined(id)).map((id) => resolverRule(aws, id)))
    return allOrUnreadable([
      ...ownRules.filter(isUnreadable),
      ...rules.map((rule) => (isUnreadable(rule) ? rule : {...rule, VPCIds: vpcsOf(rule.Id, associations)})),
    ])
  })

/** Rules of a Route 53 Profile. Those that their owner does not share with this account are omitted. */
export async function readRulesOfProfile(aws: Aws, ids: readonly string[]): Promise<readonly ResolverRule[]> {
  const rules = await Promise.all(ids.map((id) => resolverRule(aws, id)))
  return rules.flatMap((rule) => (isUnreadable(rule) ? [] : {...rule, VPCIds: []}))
}

const vpcsOf = (
  ruleId: string,
  associations: readonly {readonly ResolverRuleId?: string; readonly VPCId?: string}[],
): string[] => associations.flatMap(({ResolverRuleId, VPCId}) => (ResolverRuleId === ruleId && VPCId ? [VPCId] : []))

const resolverRule = (aws: Aws, ResolverRuleId: string): Promise<Omit<ResolverRule, 'VPCIds'> | Unreadable> =>
  readOr('route53resolver:GetResolverRule', async () => {
    const answer = await send(aws, Route53ResolverClient, new GetResolverRuleCommand({ResolverRuleId}))
    const rule = required(answer.ResolverRule, 'ResolverRule')
    const {Id = ResolverRuleId, DomainName, TargetIps} = rule
    const RuleType = required(rule.RuleType, 'RuleType')
    return defined({Id, DomainName, RuleType, TargetIps: TargetIps && normal.plain(TargetIps)})
  })

/**
 * The DNS Firewall rule groups of the VPCs, with their rules and domains.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall.html
 */
export const readFirewallRuleGroups = (
  aws: Aws,
  vpcIds: readonly string[],
): Promise<Readings['FirewallRuleGroupAssociations']> =>
  readList('route53resolver:ListFirewallRuleGroupAssociations', async () => {
    const found = await Promise.all(vpcIds.map((VpcId) => groupAssociations(aws, {VpcId, ...PAGE})))
    const domainsIn = domainReader(aws)
    const associations = found.flat().map(
      complete((one) => {
        const found = normal.normalized(one, ['Id', 'FirewallRuleGroupId', 'VpcId', 'Priority'])
        const {Id, FirewallRuleGroupId, VpcId, Priority, Status} = found
        return defined({Id, FirewallRuleGroupId, VpcId, Priority, Status})
      }),
    )
    return Promise.all(
      associations.map(async (one) =>
        isUnreadable(one) ? one : {...one, FirewallRules: await firewallRules(aws, one.FirewallRuleGroupId, domainsIn)},
      ),
    )
  })

interface GroupOfProfile {
  readonly associationId: string
  readonly groupId: string
  readonly vpcId: string
  readonly priority: number
}

/** Rule groups of a Route 53 Profile, as if they were associated with its VPC. */
export function readFirewallRuleGroupsOfProfile(
  aws: Aws,
  groups: readonly GroupOfProfile[],
): Promise<FirewallRuleGroupAssociation[]> {
  const domainsIn = domainReader(aws)
  return Promise.all(
    groups.map(async ({associationId, groupId, vpcId, priority}) => ({
      Id: associationId,
      FirewallRuleGroupId: groupId,
      VpcId: vpcId,
      Priority: priority,
      FirewallRules: await firewallRules(aws, groupId, domainsIn),
    })),
  )
}

const firewallRules = (aws: Aws, FirewallRuleGroupId: string, domainsIn: DomainReader) =>
  readList<FirewallRule>('route53resolver:ListFirewallRules', async () => {
    const rules = await rulesOfGroup(aws, {FirewallRuleGroupId, ...PAGE})
    const merged = rules.map(
      complete((one) => {
        const {Name, Priority, Action, ...scope} = normal.normalized(one, ['Priority', 'Action'])
        const {BlockResponse, FirewallDomainListId, Qtype, FirewallDomainRedirectionAction} = scope
        const covered = {FirewallDomainListId, Qtype, FirewallDomainRedirectionAction}
        return defined({Name, Priority, Action, BlockResponse, ...covered})
      }),
    )
    return Promise.all(
      merged.map(async (rule) => {
        if (isUnreadable(rule)) return rule
        const {FirewallDomainListId: id} = rule
        return {...rule, Domains: id === undefined ? ADVANCED : await domainsIn(id)}
      }),
    )
  })

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/firewall-advanced.html */
const ADVANCED = {unreadable: 'A rule of DNS Firewall Advanced has no domain list.'} as const

type DomainReader = (listId: string) => Promise<Reading<string>>

/** Several rules may share a list, and a list may be long: each is read once. AWS's own lists cannot be read. */
const domainReader = (aws: Aws): DomainReader =>
  remembered((FirewallDomainListId) =>
    readOr('route53resolver:ListFirewallDomains', () => domainsOfList(aws, {FirewallDomainListId, MaxResults: 5000})),
  )
