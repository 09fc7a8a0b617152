import {isConnected, isOnline} from '../../agent/node.ts'
import {lineEvidence, ofKind, type Signal} from '../../agent/output/signal.ts'
import {awsManaged, CORE} from '../../iam/managed-policies.ts'
import {serviceOf} from '../../iam/network-context.ts'
import {actionsOf, isEssential, type Permission} from '../../iam/permissions.ts'
import {isRead, malformedInWords} from '../../iam/policy/policy.ts'
import type {Indeterminate} from '../../iam/policy/statement.ts'
import {policiesOf, type RoleRef} from '../../iam/role.ts'
import {type Instance, isRefused, isUnreadable, type Role} from '../../model/account.ts'
import {ssmGuide} from '../../model/documentation.ts'
import {find} from '../../model/lists.ts'
import {showOrganization} from '../../remedies/changes/systems-manager.ts'
import {contactOwner} from '../../remedies/core/change.ts'
import {iam, type Remedy} from '../../remedies/core/remedy.ts'
import {uniqueBy} from '../../util/group-by.ts'
import {type Finding, inMessage, type Note} from '../check.ts'
import {listed, type PermissionFacts, shortly} from './permission-findings.ts'

type JudgedFacts = Omit<PermissionFacts, 'ServiceNames'>

/** What a condition or a malformed statement leaves unknown is a finding; what could not be read is not. */
export function undecidedPermissions(
  facts: JudgedFacts,
  instance: Instance,
  role: Role,
  permissions: readonly Permission[],
  signals: readonly Signal[] = [],
): readonly Note[] {
  const open = permissions.filter((p) => isEssential(p) && p.decision.decision === 'unknown')
  const observed = open.filter((permission) => isObserved(facts, instance, permission))
  const unobserved = open.filter((permission) => !observed.some((one) => dependOnTheSame(one, permission)))
  const reasons = unobserved.flatMap(({decision}) => (decision.decision === 'unknown' ? decision.indeterminates : []))
  const texts = (isUnread: boolean) =>
    new Set(reasons.filter(({kind}) => (kind === 'unread') === isUnread).map(({because}) => because))
  const malformed = malformedIn(facts, role)
  const undecidable = [...new Set([...texts(false), ...malformed])]
  return [
    ...(undecidable.length === 0
      ? []
      : [
          {
            ...unknownCondition(role, unobserved, undecidable),
            remedies: stepsOfUnknown(role, unobserved, reasons, signals),
          },
        ]),
    ...(reasons.some(isByOrganization) && isUnreadable(facts.Organization) && isRefused(facts.Organization)
      ? [
          {
            unknown: `The organization could not be read: ${facts.Organization.unreadable}.`,
            kind: 'Organization' as const,
          },
        ]
      : []),
    ...[...texts(true)].map((because) => ({
      unknown: `Cannot determine whether role ${role.RoleName} is authorized to make the agent's calls: ${because}.`,
      kind: 'Policies' as const,
    })),
    ...(open.length > unobserved.length
      ? [{fact: `The node is observed to make ${listed(open.filter((p) => !unobserved.includes(p)))}.`}]
      : []),
  ]
}

/**
 * What would decide it: the id of the organization, which can be asked for; otherwise what AWS answers the agent, which
 * its log shows, if it does not name the type of policy of a denial yet.
 */
function stepsOfUnknown(
  {RoleName}: Role,
  unobserved: readonly Permission[],
  reasons: readonly Indeterminate[],
  signals: readonly Signal[],
): readonly Remedy[] {
  if (reasons.some(isByOrganization)) return [showOrganization()]
  if (unobserved.length === 0) return []
  const denials = ofKind(signals, 'access-denied').filter((one) => unobserved.some(({action}) => action === one.action))
  if (denials.some(({refusedBy}) => refusedBy !== undefined)) return []
  const denied = unobserved.filter(({action}) => denials.some((one) => one.action === action))
  const title =
    denied.length > 0
      ? `Check the conditions of the policies of role ${RoleName}: the log of SSM Agent shows that AWS denies ${shortly(denied, 'and')}`
      : `Check in the log of SSM Agent whether AWS denies ${shortly(unobserved, 'or')}, and examine again with --agent-log`
  return [contactOwner(title, ssmGuide('troubleshooting-ssm-agent'))]
}

const isByOrganization = ({byOrganization}: Indeterminate): boolean => byOrganization === true

const unknownCondition = (role: Role, unobserved: readonly Permission[], reasons: readonly string[]): Finding => ({
  cause: 'iam.condition-unknown',
  severity: 'undecided',
  resource: role.Arn,
  message: `${unobserved.length > 0 ? `Cannot determine whether role ${role.RoleName} is authorized to call ${shortly(unobserved, 'and')}` : `A policy of role ${role.RoleName} cannot be judged`}: ${reasons.join('; ')}.`,
  evidence: reasons.map((fact) => inMessage(fact, 'iam:GetPolicyVersion')),
  actions: actionsOf(unobserved),
})

/**
 * A denial that the agent logged decides what a condition leaves unknown, if its message names the policies of the role.
 * One that names another role came before the profile got this one, and one by another policy before that was detached.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function settledByLog(
  permission: Permission,
  {role, instance}: Pick<RoleRef, 'role' | 'instance'>,
  signals: readonly Signal[],
): Permission {
  const {action, decision} = permission
  if (decision.decision !== 'unknown' || decision.layer !== 'identity' || isUnread(permission)) return permission
  const denying = decision.indeterminates.flatMap(({denies}) => denies ?? [])
  const logged = ofKind(signals, 'access-denied').find(
    (one) =>
      one.action === action &&
      one.refusedBy === 'identity-policy' &&
      (one.principal === undefined || one.principal.endsWith(`/${role.RoleName}/${instance.InstanceId}`)) &&
      (one.policyArn === undefined || denying.some(({arn}) => arn === one.policyArn)),
  )
  if (logged === undefined) return permission
  const statement = denying.find(({arn}) => logged.policyArn === undefined || arn === logged.policyArn)
  const because = `AWS denied ${action}, and ${decision.because}`
  const denial = {decision: 'denied', layer: 'identity', explicit: statement !== undefined, because} as const
  return {...permission, decision: {...denial, ...(statement && {statement})}}
}

/** A policy that was not read may allow the call by now: what a log shows of it is no more than likely. */
export const isUnread = ({decision}: Permission): boolean =>
  decision.decision === 'unknown' && decision.indeterminates.some(({kind}) => kind === 'unread')

const CAUSE_OF_DENIAL: Readonly<Record<string, string>> = {
  'ssm:UpdateInstanceInformation': 'iam.no-registration-permission',
  'ssmmessages:CreateControlChannel': 'iam.no-message-permission',
  'ssmmessages:OpenControlChannel': 'iam.no-message-permission',
}

/**
 * What no policy of a role allowed that could not be read, or one of whose policies could not be, as the error messages
 * of AWS say. What is older than the association of the profile was another's.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function deniedToUnreadRole(
  {Partition, InstanceProfiles, IamInstanceProfileAssociations}: JudgedFacts,
  {InstanceId, IamInstanceProfile}: Instance,
  signals: readonly Signal[],
): readonly Finding[] {
  const current = find(InstanceProfiles, 'Arn', IamInstanceProfile?.Arn)?.Roles?.[0]?.RoleName
  const {Timestamp: since = ''} = find(IamInstanceProfileAssociations, 'InstanceId', InstanceId) ?? {}
  const found = ofKind(signals, 'access-denied').flatMap((signal): readonly Finding[] => {
    const {action = '', at = '', isImplicit, principal = '', refusedBy} = signal
    const cause = CAUSE_OF_DENIAL[action]
    const RoleName = /:assumed-role\/([\w+=,.@-]{1,64})\//.exec(principal)?.[1]
    if (cause === undefined || RoleName === undefined || !principal.endsWith(`/${InstanceId}`)) return []
    if ((current !== undefined && current !== RoleName) || Date.parse(at) < Date.parse(since)) return []
    if (refusedBy !== 'identity-policy' || !isImplicit) return []
    return [
      {
        cause,
        certainty: 'likely',
        resource: principal,
        message: `AWS refused ${action} on ${InstanceId}, because no policy of role ${RoleName} allowed it then; what it allows now could not be read.`,
        evidence: [lineEvidence(signal)],
        actions: [action],
        remedies: [
          {
            title: `Attach ${CORE} to role ${RoleName}`,
            steps: [iam('AttachRolePolicy', {RoleName, PolicyArn: awsManaged(Partition, CORE)})],
            docs: ssmGuide('setup-instance-permissions'),
          },
        ],
      },
    ]
  })
  return uniqueBy(found, ({cause}) => cause)
}

/** A recent ping, or an open channel, decides what a policy leaves unknown. */
function isObserved(facts: JudgedFacts, instance: Instance, {capability}: Permission): boolean {
  if (!isOnline(facts, instance)) return false
  if (capability === 'registration') return true
  return capability === 'messages' && isConnected(facts, instance) === true
}

/** Whether one call to a service shows the decision on another: both are allowed or denied under the same conditions. */
const dependOnTheSame = (one: Permission, other: Permission): boolean =>
  serviceOf(one.action) === serviceOf(other.action) && whatDecides(one) === whatDecides(other)

const whatDecides = ({decision}: Permission): string =>
  decision.decision === 'unknown'
    ? JSON.stringify(
        decision.indeterminates.map(({conditions, denies, because}) =>
          conditions ? [denies !== undefined, conditions] : because,
        ),
      )
    : decision.because

const malformedIn = (facts: JudgedFacts, role: Role): readonly string[] =>
  policiesOf(facts, role).flatMap((source) =>
    isRead(source) ? source.policy.malformed.map((malformed) => malformedInWords(source, malformed)) : [],
  )
