import type {Kind} from '../model/account.ts'
import {defined, isObject, type JsonObject, stringIn} from '../util/json.ts'
import {
  anyTransitGatewayAttachment,
  attachedPolicies,
  consoleAnswer,
  evaluationResult,
  firewallRule,
  policyVersion,
  prefixListEntries,
  recordSet,
  rolePolicy,
  SHAPES,
  transitGatewayAssociation,
  transitGatewayRoute,
  zoneVpcs,
} from './kinds.ts'
import {list, object, type Shape, text} from './schema.ts'

/** Responses that do not name the resource they belong to; `merge-answers.ts` determines it if only one matches. */
export type PartialAnswer =
  | 'AttachedPolicies'
  | 'PolicyNames'
  | 'InlinePolicies'
  | 'PolicyVersions'
  | 'EvaluationResults'
  | 'PrefixListEntries'
  | 'TransitGatewayAssociations'
  | 'TransitGatewayRoutes'
  | 'RecordSets'
  | 'ResolverRuleAssociations'
  | 'FirewallRules'
  | 'FirewallDomains'
  | 'FirewallDomainLists'

export type CliAnswers = Readonly<Partial<Record<Kind | PartialAnswer, readonly unknown[]>>>

interface Answer {
  /** The fields that identify the response. */
  readonly has: readonly string[]
  readonly shape: Shape
  readonly give: (answer: JsonObject) => CliAnswers
}

/** A list that a shape has validated. */
export const rows = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value : [])

const listAs = (key: string, kind: Kind): Answer => ({
  has: [key],
  shape: object({[key]: list(SHAPES[kind])}),
  give: (answer) => ({[kind]: rows(answer[key])}),
})

const singleAs = (key: string, kind: Kind): Answer => ({
  has: [key],
  shape: object({[key]: SHAPES[kind]}),
  give: (answer) => ({[kind]: [answer[key]]}),
})

const partAs = (key: string, part: PartialAnswer, shape: Shape): Answer => ({
  has: [key],
  shape: object({[key]: shape}),
  give: (answer) => ({[part]: [answer[key]]}),
})

const kindAs = (has: readonly string[], kind: Kind | PartialAnswer, shape: Shape): Answer => ({
  has,
  shape,
  give: (answer) => ({[kind]: [answer]}),
})

/** A reservation names the owner of its instances. */
const ownedInstances = ({OwnerId, Instances}: JsonObject): readonly JsonObject[] =>
  rows(Instances).map((one) => (OwnerId === undefined ? one : {...one, OwnerId}))

/**
 * The event of a record that CloudTrail wrote to S3, as LookupEvents returns it.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
const eventOfRecord = (record: JsonObject): JsonObject =>
  defined({
    EventId: stringIn(record, 'eventID'),
    EventName: stringIn(record, 'eventName'),
    EventSource: stringIn(record, 'eventSource'),
    EventTime: timeIn(record),
    CloudTrailEvent: JSON.stringify(record),
  })

function timeIn(record: JsonObject): string | undefined {
  const time = new Date(stringIn(record, 'eventTime') ?? Number.NaN)
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}

const zoneSummary = object({HostedZoneId: text, Name: text}, {Owner: (value) => value})

/**
 * The answers of `aws …` whose key is not a kind's name, as the command prints them.
 * https://docs.aws.amazon.com/cli/latest/reference/
 */
const ANSWERS: readonly Answer[] = [
  {
    has: ['Reservations'],
    shape: object({Reservations: list(object({Instances: list(SHAPES.Instances)}, {OwnerId: text}))}),
    give: ({Reservations}) => ({Instances: rows(Reservations).flatMap(ownedInstances)}),
  },
  {
    has: ['TransitGatewayAttachments'],
    shape: object({TransitGatewayAttachments: list(anyTransitGatewayAttachment)}),
    give: ({TransitGatewayAttachments}) => ({
      TransitGatewayVpcAttachments: rows(TransitGatewayAttachments).filter(({ResourceType}) => ResourceType === 'vpc'),
    }),
  },
  listAs('RoleDetailList', 'Roles'),
  listAs('PrefixLists', 'ManagedPrefixLists'),
  listAs('InstanceAssociationStatusInfos', 'InstanceAssociations'),
  listAs('coveredResources', 'CoveredResources'),
  listAs('accounts', 'AccountStatuses'),
  listAs('Events', 'CloudTrailEvents'),
  {
    has: ['Records'],
    shape: object({Records: list(object({}))}),
    give: ({Records}) => ({CloudTrailEvents: rows(Records).map(eventOfRecord)}),
  },
  listAs('configurationItems', 'ConfigurationItems'),
  {
    has: ['HostedZoneSummaries'],
    shape: object({HostedZoneSummaries: list(zoneSummary)}),
    give: ({HostedZoneSummaries}) => ({
      HostedZones: rows(HostedZoneSummaries).map(({HostedZoneId, ...zone}) => ({Id: HostedZoneId, ...zone})),
    }),
  },
  {
    has: ['HostedZone'],
    shape: object({HostedZone: SHAPES.HostedZones}, {VPCs: zoneVpcs}),
    give: ({HostedZone, VPCs}) => ({HostedZones: [isObject(HostedZone) && VPCs ? {...HostedZone, VPCs} : HostedZone]}),
  },
  singleAs('InstanceProfile', 'InstanceProfiles'),
  singleAs('Role', 'Roles'),
  singleAs('Policy', 'Policies'),
  singleAs('ServiceSetting', 'ServiceSettings'),
  singleAs('ResolverRule', 'ResolverRules'),
  kindAs(['InstanceId', 'Timestamp'], 'ConsoleOutputs', consoleAnswer),
  kindAs(['InstanceId', 'Output'], 'ConsoleOutputs', consoleAnswer),
  kindAs(['Target', 'Status'], 'ConnectionStatuses', SHAPES.ConnectionStatuses),
  kindAs(['VpcId', 'EnableDnsSupport'], 'VpcAttributes', SHAPES.VpcAttributes),
  kindAs(['VpcId', 'EnableDnsHostnames'], 'VpcAttributes', SHAPES.VpcAttributes),
  kindAs(['RoleName', 'PolicyName', 'PolicyDocument'], 'InlinePolicies', rolePolicy),
  partAs('AttachedPolicies', 'AttachedPolicies', attachedPolicies),
  partAs('PolicyNames', 'PolicyNames', list(text)),
  partAs('PolicyVersion', 'PolicyVersions', policyVersion),
  partAs('EvaluationResults', 'EvaluationResults', list(evaluationResult)),
  partAs('Entries', 'PrefixListEntries', prefixListEntries),
  partAs('Associations', 'TransitGatewayAssociations', list(transitGatewayAssociation)),
  partAs('Routes', 'TransitGatewayRoutes', list(transitGatewayRoute)),
  partAs('ResourceRecordSets', 'RecordSets', list(recordSet)),
  partAs('ResolverRuleAssociations', 'ResolverRuleAssociations', list(object({ResolverRuleId: text, VPCId: text}))),
  partAs('FirewallRules', 'FirewallRules', list(firewallRule)),
  partAs('Domains', 'FirewallDomains', list(text)),
  kindAs(
    ['FirewallDomainListId', 'Domains'],
    'FirewallDomainLists',
    object({FirewallDomainListId: text, Domains: list(text)}),
  ),
]

/** Everything in a file other than kinds in the format of an account file. */
export function answersIn(file: JsonObject): readonly CliAnswers[] {
  const own = (key: string) => Object.hasOwn(file, key)
  const matching = ANSWERS.filter(({has}) => has.every(own))
  return matching.map(({shape, give}) => {
    const answer = shape(file)
    return isObject(answer) ? give(answer) : {}
  })
}
