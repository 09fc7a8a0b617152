import {isUnreadable, type Kind} from '../model/account.ts'
import {describedBy} from '../model/kinds.ts'
import {allWith, isUnique} from '../model/lists.ts'
import type {JsonObject} from '../util/json.ts'
import {memo} from '../util/memo.ts'
import {type CliAnswers, type PartialAnswer, rows} from './cli-answers.ts'
import {NOT_IN_FILE} from './schema.ts'

const only = <T>(items: readonly T[] | undefined): T | undefined => (items?.length === 1 ? items[0] : undefined)

/** The items of all responses of one type; created once, so lookups take constant time. */
const flat = memo((answers: readonly unknown[]): readonly JsonObject[] => answers.flatMap(rows))
const itemsIn = (answers: CliAnswers, partial: PartialAnswer): readonly JsonObject[] =>
  flat(answers[partial] ?? NO_ANSWERS)
const NO_ANSWERS: readonly never[] = []

function joined(kind: Kind, earlier: JsonObject, later: JsonObject): JsonObject {
  if (isUnreadable(later)) return earlier
  if (isUnreadable(earlier)) return later
  if (kind === 'PolicySimulations')
    return {...later, EvaluationResults: [...rows(earlier.EvaluationResults), ...rows(later.EvaluationResults)]}
  return describedBy(kind).inParts ? {...earlier, ...later} : later
}

/** One item for each key: files and pages may repeat items. */
export function uniqueItems(kind: Kind, items: readonly unknown[]): readonly unknown[] {
  const key = describedBy(kind).key
  if (key === undefined) return kind === 'ServiceNames' ? [...new Set(items)] : items
  if (isUnique(items as readonly JsonObject[], key)) return items
  const places = new Map<unknown, number>()
  const kept: JsonObject[] = []
  for (const item of items as readonly JsonObject[]) {
    const id = item[key]
    const place = id === undefined ? undefined : places.get(id)
    if (place === undefined) {
      places.set(id, kept.length)
      kept.push(item)
    } else kept[place] = joined(kind, kept[place] as JsonObject, item)
  }
  return kept.length === items.length ? items : kept
}

type Merger = (items: readonly JsonObject[], answers: CliAnswers) => readonly JsonObject[]

const each =
  (merge: (item: JsonObject, answers: CliAnswers, isOnly: boolean) => JsonObject): Merger =>
  (items, answers) =>
    items.map((item) => (isUnreadable(item) ? item : merge(item, answers, items.length === 1)))

/** `get-role` returns no policies of the role; a role whose policies are unknown is unknown. */
function role(item: JsonObject, answers: CliAnswers, isOnly: boolean): JsonObject {
  const {RolePolicyList, AttachedManagedPolicies} = item
  if (RolePolicyList !== undefined || AttachedManagedPolicies !== undefined)
    return RolePolicyList !== undefined && AttachedManagedPolicies !== undefined
      ? item
      : {...item, RolePolicyList: RolePolicyList ?? [], AttachedManagedPolicies: AttachedManagedPolicies ?? []}
  const attached = isOnly ? only(answers.AttachedPolicies) : undefined
  const names = isOnly ? only(answers.PolicyNames) : undefined
  const inline = allWith(rows(answers.InlinePolicies ?? NO_ANSWERS), 'RoleName', item.RoleName)
  const complete = Array.isArray(names) && names.every((name) => inline.some(({PolicyName}) => PolicyName === name))
  if (attached === undefined || !complete)
    return {
      Arn: item.Arn,
      unreadable: 'its policies are not in the account file (list-attached-role-policies, list-role-policies)',
    }
  const documents = inline.map(({PolicyName, PolicyDocument}) => ({PolicyName, PolicyDocument}))
  return {...item, RolePolicyList: documents, AttachedManagedPolicies: attached}
}

/** `get-policy` and `list-policies` have no document, `get-policy-version` has no name. */
function policy(item: JsonObject, answers: CliAnswers, isOnly: boolean): JsonObject {
  if (item.PolicyVersionList !== undefined) return item
  const versions = allWith(rows(answers.PolicyVersions ?? NO_ANSWERS), 'VersionId', item.DefaultVersionId)
  const version = isOnly ? only(versions) : undefined
  return version === undefined
    ? {Arn: item.Arn, unreadable: 'its document is not in the account file'}
    : {...item, PolicyVersionList: [version]}
}

/** What a response does not contain makes the item unknown. */
const requiring =
  (key: string, field: string, what: string) =>
  (item: JsonObject): JsonObject =>
    item[field] === undefined ? {[key]: item[key], unreadable: `${what} not in the account file`} : item

function vpcAttributes(item: JsonObject): JsonObject {
  const missing = ['EnableDnsSupport', 'EnableDnsHostnames'].find((name) => item[name] === undefined)
  return missing === undefined ? item : {VpcId: item.VpcId, unreadable: `${missing} is not in the account file`}
}

/** `describe-prefix-lists` lists `Cidrs`; `get-managed-prefix-list-entries` lists entries without the list's id. */
const prefixLists: Merger = (items, answers) => {
  const without = items.filter(({Cidrs, Entries}) => Cidrs === undefined && Entries === undefined)
  const entries = only(without) && only(answers.PrefixListEntries)
  return items.map((item) => {
    if (item.Entries !== undefined) return item
    const {Cidrs, ...list} = item
    const known = Array.isArray(Cidrs) ? Cidrs.map((Cidr: unknown) => ({Cidr})) : entries
    return {...list, Entries: known ?? NOT_IN_FILE}
  })
}

const part = (item: JsonObject, name: string, partial: unknown): JsonObject =>
  item[name] === undefined ? {...item, [name]: partial ?? NOT_IN_FILE} : item

const transitGatewayRouteTable = (item: JsonObject, answers: CliAnswers, isOnly: boolean): JsonObject =>
  part(
    part(item, 'Associations', isOnly ? only(answers.TransitGatewayAssociations) : undefined),
    'Routes',
    isOnly ? only(answers.TransitGatewayRoutes) : undefined,
  )

const isPublic = ({Config}: JsonObject): boolean => rows([Config]).some((config) => config?.PrivateZone === false)

/** `list-resource-record-sets` does not name its zone, but the zone's own SOA record does. */
const recordSetsByZone = memo((answers: readonly unknown[]) =>
  answers.map(rows).flatMap((Sets) => Sets.filter(({Type}) => Type === 'SOA').map(({Name}) => ({Name, Sets}))),
)

const hostedZones: Merger = (items, all) => {
  const zones = items.filter((zone) => !isPublic(zone))
  const answers = recordSetsByZone(all.RecordSets ?? NO_ANSWERS)
  return zones.map((zone) => {
    const isOnly = allWith(zones, 'Name', zone.Name).length === 1
    return part(zone, 'ResourceRecordSets', isOnly ? only(allWith(answers, 'Name', zone.Name))?.Sets : undefined)
  })
}

function firewallAssociation(item: JsonObject, answers: CliAnswers): JsonObject {
  const {FirewallRules} = part(item, 'FirewallRules', firewallRulesOf(item, answers))
  if (!Array.isArray(FirewallRules)) return {...item, FirewallRules}
  const rules = rows(FirewallRules)
  const domains = only(rules) && only(answers.FirewallDomains)
  return rules.every(({Domains}) => Domains !== undefined) && item.FirewallRules !== undefined
    ? item
    : {...item, FirewallRules: rules.map((rule) => part(rule, 'Domains', domainsOf(rule, answers) ?? domains))}
}

const domainsOf = ({FirewallDomainListId}: JsonObject, {FirewallDomainLists = NO_ANSWERS}: CliAnswers): unknown =>
  allWith(rows(FirewallDomainLists), 'FirewallDomainListId', FirewallDomainListId)[0]?.Domains

function firewallRulesOf({FirewallRuleGroupId}: JsonObject, answers: CliAnswers): readonly JsonObject[] | undefined {
  const own = allWith(itemsIn(answers, 'FirewallRules'), 'FirewallRuleGroupId', FirewallRuleGroupId)
  return own.length > 0 ? own : undefined
}

function resolverRule(item: JsonObject, answers: CliAnswers): JsonObject {
  if (item.VPCIds !== undefined || answers.ResolverRuleAssociations === undefined) return item
  const own = allWith(itemsIn(answers, 'ResolverRuleAssociations'), 'ResolverRuleId', item.Id)
  return {...item, VPCIds: own.map(({VPCId}) => VPCId)}
}

const MERGERS: Readonly<Partial<Record<Kind, Merger>>> = {
  Roles: each(role),
  Policies: each(policy),
  InstanceProfiles: each(requiring('Arn', 'Roles', 'its roles are')),
  VpcAttributes: each(vpcAttributes),
  ManagedPrefixLists: prefixLists,
  // `describe-transit-gateway-attachments` lists no subnets.
  TransitGatewayVpcAttachments: each(requiring('TransitGatewayAttachmentId', 'SubnetIds', 'its subnets are')),
  TransitGatewayRouteTables: each(transitGatewayRouteTable),
  HostedZones: hostedZones,
  ResolverRules: each(resolverRule),
  FirewallRuleGroupAssociations: each(firewallAssociation),
}

/** The items of a kind, each once, completed from other responses, and with the reason if a part is missing. */
export function merge(kind: Kind, items: readonly unknown[], answers: CliAnswers): readonly unknown[] {
  const once = uniqueItems(kind, items)
  const merged = MERGERS[kind]?.(rows(once), answers) ?? once
  return merged.length === items.length && merged.every((item, at) => item === items[at]) ? items : merged
}

/** Simulation responses do not name the role; with a single role it is unambiguous. */
export function simulationsIn(answers: CliAnswers): readonly JsonObject[] {
  const role = only(rows(answers.Roles))
  const results = itemsIn(answers, 'EvaluationResults')
  return role !== undefined && results.length > 0 ? [{PolicySourceArn: role.Arn, EvaluationResults: results}] : []
}

const OWNERS: Readonly<Partial<Record<PartialAnswer, Kind>>> = {
  EvaluationResults: 'Roles',
  AttachedPolicies: 'Roles',
  PolicyVersions: 'Policies',
  PrefixListEntries: 'ManagedPrefixLists',
  TransitGatewayAssociations: 'TransitGatewayRouteTables',
  TransitGatewayRoutes: 'TransitGatewayRouteTables',
}

/** Responses that could not be assigned, as a message for the user. */
export const unmatchedAnswers = (answers: CliAnswers): readonly string[] =>
  (Object.entries(OWNERS) as [PartialAnswer, Kind][])
    .filter(
      ([partial, kind]) =>
        answers[partial] !== undefined && (answers[partial].length > 1 || answers[kind]?.length !== 1),
    )
    .map(
      ([partial, kind]) =>
        `The answers with ${partial} do not name the ${kind} they belong to; pass them for one only.`,
    )
