import type {Kind} from './account.ts'
import {roleArnIn} from './arn.ts'
import {describedBy, type ReadCall, SESSION_DOCUMENT, type Service} from './kinds.ts'

/** One instance and its network, the target of a launch, whole Regions, instances or a Region, or all of them. */
export type PolicyScope = 'instance' | 'launch' | 'fleet' | 'region' | 'all'

const MADE_IN: Readonly<Record<PolicyScope, readonly ReadCall['only'][]>> = {
  instance: [undefined, 'single', 'existing'],
  launch: [undefined, 'single', 'launch'],
  fleet: [undefined, 'bulk', 'existing'],
  region: [undefined, 'single', 'bulk', 'existing'],
  all: [undefined, 'single', 'bulk', 'existing', 'launch'],
}

/** To find an instance in the account's other Regions. */
const SEARCH = 'ec2:DescribeRegions'

export const callsFor = (kinds: readonly Kind[], scope: PolicyScope): readonly ReadCall[] =>
  [...new Set(kinds)].flatMap((kind) => describedBy(kind).calls).filter(({only}) => MADE_IN[scope].includes(only))

/** The IAM actions without which these kinds cannot be read. sts:GetCallerIdentity needs none. */
export const actionsFor = (kinds: readonly Kind[], scope: PolicyScope = 'instance'): readonly string[] => [
  ...new Set(callsFor(kinds, scope).map(({action}) => action)),
]

export interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: string
}
const allow = (Sid: string, Action: readonly string[], Resource = '*'): Statement => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
})

export interface ReadOnlyPolicy {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Statement[]
}

/**
 * Actions that read one resource with a known name; the others do not support resource-level permissions or read many.
 */
const scoped = (partition: string): Readonly<Record<string, string>> => ({
  'ssm:GetServiceSetting': `arn:${partition}:ssm:*:*:servicesetting/ssm/managed-instance/*`,
  'ssm:GetDocument': `arn:${partition}:ssm:*:*:document/${SESSION_DOCUMENT}`,
})

const SIDS: Readonly<Record<Service, string>> = {
  ec2: 'Network',
  ssm: 'SystemsManager',
  iam: 'Identity',
  organizations: 'Organization',
  route53: 'PrivateZones',
  route53profiles: 'Profiles',
  route53resolver: 'Resolver',
  inspector2: 'Inspector',
  cloudtrail: 'Changes',
  config: 'Configurations',
}

const wordOf = (action: string): string => action.split(':')[1] ?? action

/** The policy that allows reading these kinds, and nothing else; `searches`: also in the account's other Regions. */
export function policyFor(
  kinds: readonly Kind[],
  partition = 'aws',
  scope: PolicyScope = 'instance',
  searches = kinds.includes('Instances') && scope !== 'launch',
): ReadOnlyPolicy {
  const actions = [...new Set([...actionsFor(kinds, scope), ...(searches ? [SEARCH] : [])])].sort()
  const narrow = scoped(partition)
  const wide = Object.entries(SIDS).map(([service, Sid]) =>
    allow(
      Sid,
      actions.filter((action) => action.startsWith(`${service}:`) && narrow[action] === undefined),
    ),
  )
  const single = actions.flatMap((action) =>
    narrow[action] === undefined ? [] : [allow(wordOf(action), [action], narrow[action])],
  )
  return {Version: '2012-10-17', Statement: [...wide, ...single].filter(({Action}) => Action.length > 0)}
}

const ACCOUNT_LISTS = [
  'organizations:ListAccounts',
  'organizations:ListAccountsForParent',
  'organizations:ListOrganizationalUnitsForParent',
]

/**
 * What the caller of an audit of other accounts needs, in addition to reading its own: the list of the organization's
 * accounts, and the role in each. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const crossAccountStatements = (partition: string, roleName: string): readonly Statement[] => [
  allow('Accounts', ACCOUNT_LISTS),
  allow('Roles', ['sts:AssumeRole'], roleArnIn(partition, '*', roleName)),
]

/**
 * What `plan --stack` reads of the stack that a template updates.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html
 */
export const stackStatements: readonly Statement[] = [
  allow(
    'Stacks',
    ['DescribeStacks', 'GetTemplate', 'ListStackResources'].map((operation) => `cloudformation:${operation}`),
  ),
]

/**
 * What `--flow-logs live` additionally reads. Log groups may have any name.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/permissions-reference-cwl.html
 */
export const flowLogStatements = (partition: string): readonly Statement[] => [
  allow('FlowLogs', ['ec2:DescribeFlowLogs']),
  allow('FlowLogRecords', ['logs:FilterLogEvents'], `arn:${partition}:logs:*:*:log-group:*`),
]
