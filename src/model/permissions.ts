import {lastPart} from '../util/last-part.ts'
import type {Kind} from './account.ts'
import {roleArnIn} from './arn.ts'
import {
  describedBy,
  HOST_MANAGEMENT_SETTING,
  INSTANCE_TIER,
  type ReadCall,
  SESSION_DOCUMENT,
  type Service,
} from './kinds.ts'

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

const callsFor = (kinds: readonly Kind[], scope: PolicyScope): readonly ReadCall[] =>
  [...new Set(kinds)].flatMap((kind) => describedBy(kind).calls).filter(({only}) => MADE_IN[scope].includes(only))

const commandsOf = (kind: Kind, scope: PolicyScope = 'instance'): readonly string[] =>
  callsFor([kind], scope).map(({command}) => command)

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

/** The ids of the resources of one kind in Route 53 Profiles. */
function idsOfProfile(kind: string): string {
  const query = `ProfileResourceAssociations[?contains(ResourceArn, '${kind}/')].ResourceArn`
  return (
    `aws route53profiles list-profile-resource-associations --profile-id "$DNS_PROFILE" --query "${query}" ` +
    "--output text | sed 's/[^[:space:]]*\\///g'"
  )
}

/** How to find the parameters of a command that must run once for each resource. */
const LOOPS: Readonly<Record<string, string>> = {
  VPC: "aws ec2 describe-vpcs --query 'Vpcs[].VpcId' --output text",
  SETTING: `echo ${lastPart(HOST_MANAGEMENT_SETTING)} ${lastPart(INSTANCE_TIER)}`,
  ATTRIBUTE: 'echo enableDnsSupport enableDnsHostnames',
  RULE: "aws route53resolver list-resolver-rule-associations --query 'ResolverRuleAssociations[].ResolverRuleId' --output text",
  ZONE:
    'aws route53 list-hosted-zones-by-vpc --vpc-id "$VPC" --vpc-region "$AWS_REGION" ' +
    "--query 'HostedZoneSummaries[].HostedZoneId' --output text",
  DNS_PROFILE: "aws route53profiles list-profile-associations --query 'ProfileAssociations[].ProfileId' --output text",
  PROFILE_ZONE: idsOfProfile('hostedzone'),
  PREFIX_LIST: "aws ec2 describe-managed-prefix-lists --query 'PrefixLists[].PrefixListId' --output text",
  TABLE:
    "aws ec2 describe-transit-gateway-route-tables --query 'TransitGatewayRouteTables[].TransitGatewayRouteTableId' --output text",
  PROFILE:
    "aws ec2 describe-instances --instance-ids $INSTANCES --query 'Reservations[].Instances[].IamInstanceProfile.Arn' " +
    "--output text | sed 's/[^[:space:]]*\\///g'",
  ROLE_ARN:
    'aws iam get-instance-profile --instance-profile-name "$PROFILE" ' +
    "--query 'InstanceProfile.Roles[].Arn' --output text",
  DOMAINS:
    'aws route53resolver list-firewall-rules --firewall-rule-group-id "$GROUP" ' +
    "--query 'FirewallRules[].FirewallDomainListId' --output text",
  GROUP:
    "aws route53resolver list-firewall-rule-group-associations --query 'FirewallRuleGroupAssociations[].FirewallRuleGroupId' --output text",
  PROFILE_RULE: idsOfProfile('resolver-rule'),
  INSTANCE: 'echo $INSTANCES',
  CHANGED: 'echo $RESOURCES',
  RECORDED_TYPE: 'echo $RESOURCE_TYPES',
  RECORDED: 'echo $RESOURCES',
}

/** Full lists contain more than single responses, and name the resource they belong to. */
const INSTEAD: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  InstanceProfiles: ['aws iam list-instance-profiles'],
  Roles: commandsOf('Roles', 'fleet'),
  Policies: commandsOf('Roles', 'fleet'),
  ManagedPrefixLists: ['aws ec2 describe-prefix-lists', ...commandsOf('ManagedPrefixLists')],
  HostedZones: [...commandsOf('HostedZones'), 'aws route53 list-resource-record-sets --hosted-zone-id "$PROFILE_ZONE"'],
  ResolverRules: [
    ...commandsOf('ResolverRules'),
    'aws route53resolver get-resolver-rule --resolver-rule-id "$PROFILE_RULE"',
  ],
}

/** Responses that do not name the resource they belong to, in a format that does. */
const NAMED: Readonly<Record<string, string>> = {
  'simulate-principal-policy':
    "{PolicySimulations: [{PolicySourceArn: '$ROLE_ARN', EvaluationResults: EvaluationResults}]}",
  'get-managed-prefix-list-entries': "{ManagedPrefixLists: [{PrefixListId: '$PREFIX_LIST', Entries: Entries}]}",
  'get-transit-gateway-route-table-associations':
    "{TransitGatewayRouteTables: [{TransitGatewayRouteTableId: '$TABLE', Associations: Associations}]}",
  'search-transit-gateway-routes':
    "{TransitGatewayRouteTables: [{TransitGatewayRouteTableId: '$TABLE', Routes: Routes}]}",
  'list-firewall-domains': "{FirewallDomainListId: '$DOMAINS', Domains: Domains}",
}

const FOLDER = 'account'

/** The variables of a command and of the commands that find them, outermost first. */
function variablesOf(command: string): readonly string[] {
  const own = [...command.matchAll(/"\$([A-Z_]+)"/g)].map(([, name]) => name ?? '').filter((name) => name in LOOPS)
  return [...new Set(own.flatMap((name) => [...variablesOf(LOOPS[name] ?? '').filter((one) => one !== name), name]))]
}

function line(command: string): string {
  const variables = variablesOf(command)
  const [, service, operation] = command.split(' ')
  // An ARN contains slashes, which a file name cannot.
  const suffix = variables.map((name) => (name.endsWith('_ARN') ? '' : `-$${name}`)).join('')
  const query = NAMED[operation ?? '']
  const queried = query === undefined ? command : `${command} --query "${query}"`
  const inner = `${queried} > "${FOLDER}/${service}-${operation}${suffix}.json" 2>> "${FOLDER}/errors.txt"`
  return variables.reduceRight((body, name) => `for ${name} in $(${LOOPS[name]}); do ${body}; done`, inner)
}

const isAnswerable = (command: string): boolean =>
  [...command.matchAll(/"\$([A-Z_]+)"/g)].every(([, name = '']) => name === 'AWS_REGION' || name in LOOPS)

/**
 * Lines for a POSIX shell that write an answer of the AWS CLI a file into a folder that `--account` reads. They expect
 * AWS_REGION, and INSTANCES with the ids that are to be examined.
 */
export function commandsFor(kinds: readonly Kind[]): readonly string[] {
  const commands = [...new Set(kinds)].flatMap((kind) => INSTEAD[kind] ?? commandsOf(kind))
  return [
    `mkdir -p ${FOLDER}`,
    'export AWS_DEFAULT_OUTPUT=json',
    ...new Set(['aws sts get-caller-identity', ...commands.filter(isAnswerable)].map(line)),
  ]
}
