import {ofKind, type Signal} from '../../agent/output/signal.ts'
import {CAPABILITIES, MESSAGES, SESSIONS} from '../../iam/capabilities.ts'
import {IDENTITY_KINDS} from '../../iam/identity.ts'
import {CORE} from '../../iam/managed-policies.ts'
import {actionsOf, isMissing, missingEssentials, type Permission} from '../../iam/permissions.ts'
import {type StatementRef, sourceInWords, statementInWords} from '../../iam/policy/policy.ts'
import {unmetInWords} from '../../iam/policy/statement.ts'
import {sourcesOf} from '../../iam/role.ts'
import {usedBy} from '../../iam/role-usage.ts'
import type {Facts, Kind, Role} from '../../model/account.ts'
import {accountOf} from '../../model/arn.ts'
import {deleteRolePermissionsBoundary, grantActions} from '../../remedies/changes/roles.ts'
import {changeServiceControlPolicy} from '../../remedies/changes/systems-manager.ts'
import {
  type DecidedCall,
  denialBy,
  narrowings,
  throughNetworkOr,
  widerBoundary,
} from '../../remedies/iam/denied-calls.ts'
import {groupBy} from '../../util/group-by.ts'
import {capital, inShort} from '../../util/list-in-words.ts'
import type {Finding} from '../check.ts'

export const PERMISSION_KINDS = [
  ...IDENTITY_KINDS,
  'Instances',
  'InstanceImageMetadata',
  'ServiceNames',
  'ConnectionStatuses',
  'ConsoleOutputs',
] as const satisfies readonly Kind[]
export type PermissionFacts = Facts<never, (typeof PERMISSION_KINDS)[number]>
/** What fixes a policy, in whichever check it was found. */
type PolicyFacts = Omit<PermissionFacts, 'ServiceNames' | 'ConnectionStatuses'>

const isRegistration = ({capability}: Permission): boolean => capability === 'registration'

const severity = (permissions: readonly Permission[]): 'blocks' | 'degrades' =>
  permissions.some(isRegistration) ? 'blocks' : 'degrades'

export const listed = (permissions: readonly Permission[]): string => actionsOf(permissions).join(', ')
export const shortly = (permissions: readonly Permission[], conjunction: 'and' | 'or'): string =>
  inShort(actionsOf(permissions), conjunction)

/** "so there is no …", for the affected capabilities. */
function consequence(permissions: readonly Permission[]): string {
  const hits = CAPABILITIES.filter(({id}) => permissions.some(({capability}) => capability === id))
  // Without the message channel there are no sessions either.
  const hit = hits.includes(MESSAGES) ? hits.filter((one) => one !== SESSIONS) : hits
  const [first] = hit
  if (first?.id === 'registration') return 'the node cannot register or send heartbeats'
  return `the node has no ${hit.map(({title}) => title).join(', no ')}`
}

/** One fault for any number of actions: the role does not have them, and one policy allows all of them. */
export function unallowed(facts: PermissionFacts, role: Role, permissions: readonly Permission[]): readonly Finding[] {
  const missing = missingEssentials(permissions)
  if (missing.length === 0) return []
  const cause = missing.some(isRegistration)
    ? 'iam.no-registration-permission'
    : missing.some(({capability}) => capability === 'messages' || capability === 'legacy-messages')
      ? 'iam.no-message-permission'
      : 'iam.no-data-channel'
  const all = permissions.filter(isMissing)
  return [
    {
      cause,
      ...certaintyOf(missing),
      resource: role.Arn,
      message: `No policy of role ${role.RoleName} allows ${shortly(missing, 'or')}, so ${consequence(missing)}.`,
      evidence: [
        {fact: `missing: ${listed(missing)}`, source: 'iam:GetRole'},
        {fact: policiesOf(facts, role), source: 'iam:ListAttachedRolePolicies'},
        ...unmetIn(missing).map((fact) => ({fact, source: 'iam:GetPolicyVersion'})),
        ...missing.filter(isLikely).map(({decision}) => ({fact: decision.because, source: SIMULATION})),
        ...(all.length > missing.length
          ? [{fact: `also not allowed: ${listed(all.filter((p) => !missing.includes(p)))}`, source: 'iam:GetRole'}]
          : []),
      ],
      actions: actionsOf(all),
      get remedies() {
        const grants = grantActions(facts, role, CORE, actionsOf(missing), usedBy(facts, role.Arn))
        return throughNetworkOr(facts, role, missing, grants)
      },
    },
  ]
}

/** The Allows whose conditions the calls do not meet. */
const unmetIn = (missing: readonly Permission[]): readonly string[] => [
  ...new Set(missing.flatMap((permission) => denialBy('identity', permission)?.unmet ?? []).map(unmetInWords)),
]

const SIMULATION = 'iam:SimulatePrincipalPolicy'

const isLikely = ({decision}: Permission): boolean => decision.decision === 'denied' && decision.isLikely === true

/** A denial of which the simulator alone is the evidence is no proof. */
export const certaintyOf = (denied: readonly Permission[]): Pick<Finding, 'certainty'> =>
  denied.some(isLikely) ? {certainty: 'likely'} : {}

function policiesOf(facts: PermissionFacts, role: Role): string {
  const {identity} = sourcesOf(facts, role)
  return identity.length === 0
    ? `role ${role.RoleName} has no policy`
    : `role ${role.RoleName} has ${identity.map(sourceInWords).join(', ')}`
}

/** The statement that denies the call, where it is known. */
const statementOf = ({decision}: Permission): StatementRef | undefined =>
  decision.decision === 'denied' ? decision.statement : undefined

/** A finding for each statement that denies. */
export function explicitDenies(facts: PolicyFacts, role: Role, permissions: readonly Permission[]): readonly Finding[] {
  const denied = permissions.filter(
    ({decision}) => decision.decision === 'denied' && decision.layer === 'identity' && decision.explicit,
  )
  const groups = groupBy(denied, (permission) => {
    const {policy = '', index = ''} = statementOf(permission) ?? {}
    return `${policy} ${index}`
  })
  return [...groups.values()].map((group) => denial(facts, role, group, denied))
}

function denial(facts: PolicyFacts, role: Role, group: readonly Permission[], denied: readonly DecidedCall[]): Finding {
  const statement = statementOf(group[0]!)
  const where = statement ? statementInWords(statement) : `a policy of role ${role.RoleName}`
  return {
    cause: 'iam.explicit-deny',
    severity: severity(group),
    resource: statement?.kind === 'customer-managed' ? (statement.arn ?? role.Arn) : role.Arn,
    message: `${capital(where)} denies ${shortly(group, 'and')} for role ${role.RoleName}, so ${consequence(group)}. An explicit deny overrides every allow.`,
    evidence: [{fact: `denied: ${listed(group)}`, source: statement ? 'iam:GetPolicyVersion' : SIMULATION}],
    distinction: statement,
    actions: actionsOf(group),
    remedies: statement ? narrowings(facts, role, statement, denied) : [],
  }
}

/** The layer and the statement that deny each call. */
export const reasonsOf = (denied: readonly DecidedCall[]) =>
  denied.map(({action, decision}) => ({
    action,
    layer: decision.layer,
    ...(decision.decision === 'denied' && {statement: decision.statement}),
  }))

export function byBoundary(facts: PolicyFacts, role: Role, permissions: readonly Permission[]): readonly Finding[] {
  const blocked = permissions.filter((permission) => denialBy('boundary', permission))
  const arn = role.PermissionsBoundary?.PermissionsBoundaryArn
  const [first] = blocked
  const decision = first && denialBy('boundary', first)
  if (decision === undefined || arn === undefined) return []
  const effect = usedBy(facts, role.Arn)
  return [
    {
      cause: 'iam.boundary-blocks',
      severity: severity(blocked),
      ...certaintyOf(blocked),
      resource: arn,
      message: `Permissions boundary ${arn} prevents role ${role.RoleName} from calling ${shortly(blocked, 'or')}, so ${consequence(blocked)}.`,
      evidence: [
        {fact: decision.because, source: 'iam:GetPolicyVersion'},
        {fact: `blocked: ${listed(blocked)}`, source: 'iam:GetPolicyVersion'},
      ],
      actions: actionsOf(blocked),
      remedies: widerBoundary(facts, role, blocked, [deleteRolePermissionsBoundary(role, arn, effect)]),
    },
  ]
}

/**
 * The simulator evaluates the conditions of service control policies with the keys that it was given, and does not
 * return which keys were missing.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
 */
export function byOrganization(
  role: Role,
  permissions: readonly Permission[],
  signals: readonly Signal[] = [],
): readonly Finding[] {
  const blocked = permissions.filter((permission) => denialBy('organization', permission))
  if (blocked.length === 0) return []
  const isDeniedByOther = ofKind(signals, 'access-denied').some(
    ({action, refusedBy = 'service-control-policy'}) =>
      refusedBy !== 'service-control-policy' && blocked.some((each) => each.action === action),
  )
  return [
    {
      cause: 'iam.scp-blocks',
      severity: severity(blocked),
      // AWS's message names one type of policy, and the simulator may be wrong.
      certainty: isDeniedByOther ? 'possible' : 'likely',
      resource: role.Arn,
      message: `According to the policy simulator, the organization does not allow role ${role.RoleName} to call ${shortly(blocked, 'or')}, so ${consequence(blocked)}. The simulator cannot evaluate every condition, such as one on the network: a denial in the log of the agent, passed with --agent-log, confirms it. Only an administrator of the organization can change its service control policies.`,
      evidence: blocked.map(({action}) => ({
        fact: `AllowedByOrganizations is false for ${action}`,
        source: SIMULATION,
      })),
      actions: actionsOf(blocked),
      remedies: [changeServiceControlPolicy(accountOf(role.Arn), actionsOf(blocked))],
    },
  ]
}
