import {lastPart} from '../util/last-part.ts'
import type {Kind} from './account.ts'
import {HOST_MANAGEMENT_SETTING, INSTANCE_TIER} from './kinds.ts'
import {callsFor, type PolicyScope} from './permissions.ts'

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

const commandsOf = (kind: Kind, scope: PolicyScope = 'instance'): readonly string[] =>
  callsFor([kind], scope).map(({command}) => command)

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
export function collectionCommands(kinds: readonly Kind[]): readonly string[] {
  const commands = [...new Set(kinds)].flatMap((kind) => INSTEAD[kind] ?? commandsOf(kind))
  return [
    `mkdir -p ${FOLDER}`,
    'export AWS_DEFAULT_OUTPUT=json',
    ...new Set(['aws sts get-caller-identity', ...commands.filter(isAnswerable)].map(line)),
  ]
}
