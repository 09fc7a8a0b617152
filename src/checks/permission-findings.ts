import {ofKind, type Signal} from '../agent/signal.ts'
import {CAPABILITIES, MESSAGES, SESSIONS} from '../iam/capabilities.ts'
import type {NetworkContext} from '../iam/context.ts'
import {canNarrow, isEditable, type Narrowing, narrowed, withExemptions} from '../iam/edit.ts'
import {type Decision, type Denial, denyingIn} from '../iam/evaluate.ts'
import {IDENTITY_KINDS} from '../iam/identity.ts'
import {awsManagedName, CORE} from '../iam/managed-policies.ts'
import {actionsOf, isMissing, missingEssentials, type Permission} from '../iam/permissions.ts'
import {type StatementRef, sourceInWords, statementInWords} from '../iam/policy.ts'
import {sourcesOf} from '../iam/role.ts'
import {usedBy} from '../iam/role-usage.ts'
import {unmetInWords} from '../iam/statement.ts'
import type {Facts, Kind, PolicyDocument, Role} from '../model/account.ts'
import {accountOf} from '../model/arn.ts'
import {find} from '../model/lists.ts'
import {
  defaultDocumentOf,
  extendBoundary,
  keepTheRest,
  narrowPolicy,
  newVersion,
  removalFrom,
} from '../remedies/changes/policies.ts'
import {
  deleteRolePermissionsBoundary,
  detachRolePolicy,
  grantActions,
  putRolePolicy,
} from '../remedies/changes/roles.ts'
import {changeServiceControlPolicy} from '../remedies/changes/systems-manager.ts'
import type {Remedy} from '../remedies/core/remedy.ts'
import {listingTheirEndpoints} from '../remedies/network/listed-endpoints.ts'
import {isOnNetwork, throughPerimeter} from '../remedies/network/perimeter.ts'
import {groupBy} from '../util/group-by.ts'
import {capital, inShort} from '../util/list-in-words.ts'
import type {Finding} from './check.ts'

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

/** A call of the agent and its decision. */
export interface DecidedCall {
  readonly action: string
  /** Its resources, where only these are to be opened. */
  readonly resources?: readonly string[]
  readonly decision: Decision
  readonly network?: NetworkContext | undefined
}

/** The layer and the statement that deny each call. */
export const reasonsOf = (denied: readonly DecidedCall[]) =>
  denied.map(({action, decision}) => ({
    action,
    layer: decision.layer,
    ...(decision.decision === 'denied' && {statement: decision.statement}),
  }))

/**
 * What opens the first layer that denies the calls; what a later layer denies shows on the model. `grant` is for calls
 * that no policy of the role allows.
 */
export function remediesOfDenial(
  facts: DenialFacts,
  role: Role,
  denied: readonly DecidedCall[],
  grant: () => readonly Remedy[],
): readonly Remedy[] {
  const first = denied[0]?.decision
  if (first?.decision !== 'denied') return []
  const actions = [...new Set(denied.map(({action}) => action))]
  if (first.layer === 'organization') return [changeServiceControlPolicy(accountOf(role.Arn), actions)]
  if (first.layer === 'boundary') return widerBoundary(facts, role, denied)
  const {statement} = first
  if (statement === undefined) return first.explicit ? [] : throughNetworkOr(facts, role, denied, grant())
  return narrowings(facts, role, statement, denied)
}

/** The calls that a statement of this policy denies, each with the statement. */
const deniedIn = ({policy, kind, arn}: StatementRef, denied: readonly DecidedCall[]) =>
  denied
    .flatMap(({decision, ...call}) =>
      decision.decision === 'denied' && decision.statement
        ? [decision.statement, ...(decision.otherStatements ?? [])].map((ref) => ({...call, ref}))
        : [],
    )
    .filter(({ref}) => ref.policy === policy && ref.kind === kind && ref.arn === arn)

/** Every statement of this policy that denies one of the calls: one change of the policy narrows all of them. */
function deniesIn(statement: StatementRef, denied: readonly DecidedCall[]): readonly Narrowing[] {
  return [...groupBy(deniedIn(statement, denied), ({ref}) => ref.index).values()]
    .map((group) => ({...group[0]!.ref, ...neededIn(group)}))
    .toSorted((a, b) => a.index - b.index)
}

/** The actions, and the resources where only these are to be opened. */
function neededIn(calls: readonly {readonly action: string; readonly resources?: readonly string[] | undefined}[]) {
  const resources = [...new Set(calls.flatMap((one) => one.resources ?? ['*']))]
  return {actions: [...new Set(calls.map(({action}) => action))], ...(!resources.includes('*') && {resources})}
}

type DenialFacts = Pick<PolicyFacts, 'Policies' | 'VpcEndpoints'> & Parameters<typeof usedBy>[0]

const ownedBy = ({Policies}: DenialFacts, {kind, arn}: StatementRef) =>
  kind === 'customer-managed' ? find(Policies, 'Arn', arn) : undefined

function documentOf(facts: DenialFacts, {RolePolicyList}: Role, statement: StatementRef): PolicyDocument | undefined {
  if (statement.kind === 'inline')
    return RolePolicyList.find(({PolicyName}) => PolicyName === statement.policy)?.PolicyDocument
  const owned = ownedBy(facts, statement)
  return owned && defaultDocumentOf(owned)
}

/** Through the network that an Allow of each call requires, if it requires nothing else that the call does not meet. */
function throughRequiredNetwork(
  facts: DenialFacts,
  role: Role,
  layer: Denial['layer'],
  denied: readonly DecidedCall[],
): readonly Remedy[] {
  const required = denied.map((call) =>
    (denialBy(layer, call)?.unmet ?? []).flatMap(({statement, conditions}) =>
      conditions.every(isOnNetwork) ? throughPerimeter(documentOf(facts, role, statement), statement.index) : [],
    ),
  )
  return required.every(({length}) => length > 0) ? (required[0]?.slice(0, 1) ?? []) : []
}

/** What grants calls that no policy of the role allows, after the network that they would be allowed through. */
export const throughNetworkOr = (
  facts: DenialFacts,
  role: Role,
  denied: readonly DecidedCall[],
  grants: readonly Remedy[],
): readonly Remedy[] => networkFirst(throughRequiredNetwork(facts, role, 'identity', denied), grants)

/** Narrows the policy if the account owns it, and detaches it from the role if it does not. */
function narrowings(
  facts: DenialFacts,
  role: Role,
  statement: StatementRef,
  denied: readonly DecidedCall[],
): readonly Remedy[] {
  const {kind, policy, arn, index} = statement
  const effect = usedBy(facts, role.Arn)
  const document = documentOf(facts, role, statement)
  const perimeter = throughPerimeter(document, index)
  // A data perimeter is not weakened by the change of a statement beside it.
  const denies = withExemptions(document, deniesIn(statement, denied)).filter(
    (one) => throughPerimeter(document, one.index).length > 0 === perimeter.length > 0,
  )
  const listing = listingTheirEndpoints(
    facts,
    document,
    denies.map((one) => one.index),
    deniedIn(statement, denied)
      .filter(({ref}) => denies.some((one) => one.index === ref.index))
      .map(({network}) => network),
  )
  if (kind === 'inline') {
    if (!isEditable(document)) return []
    const where = `inline policy ${policy} of role ${role.RoleName}`
    const title = `${removalFrom(denies)} of ${where}`
    const narrower = canNarrow(document, denies)
      ? putRolePolicy(role, policy, narrowed(document, denies), title, effect)
      : keepTheRest(title)
    const added = listing && [putRolePolicy(role, policy, listing.document, `${listing.title} ${where}`, effect)]
    return [...(added ?? []), ...networkFirst(perimeter, [narrower])]
  }
  if (arn === undefined) return []
  const owned = ownedBy(facts, statement)
  const narrower = owned && narrowPolicy(owned, denies, effect)
  const added = owned && listing && newVersion(owned, listing.document, `${listing.title} policy ${policy}`, effect)
  return [
    ...(added ? [added] : []),
    ...networkFirst(perimeter, [...(narrower ? [narrower] : []), detachRolePolicy(role, arn, effect)]),
  ]
}

/** A data perimeter is complied with, not weakened: the changes that weaken it are alternatives. */
const networkFirst = (network: readonly Remedy[], openings: readonly Remedy[]): readonly Remedy[] =>
  network.length === 0 ? openings : [...network, ...openings.map((opening) => ({...opening, weakens: true as const}))]

/** The denial by a layer: a Deny of the role does not hide that the boundary or the organization denies the call too. */
const denialBy = (layer: Denial['layer'], {decision}: DecidedCall): Denial | undefined =>
  decision.decision === 'denied'
    ? [decision, ...(decision.alsoBy ?? [])].find((denial) => denial.layer === layer)
    : undefined

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

/** A boundary of the account can allow more, unless it requires another network. */
function widerBoundary(
  facts: DenialFacts,
  role: Role,
  denied: readonly DecidedCall[],
  besides: readonly Remedy[] = [],
): readonly Remedy[] {
  const boundary = find(facts.Policies, 'Arn', role.PermissionsBoundary?.PermissionsBoundaryArn)
  if (boundary === undefined || awsManagedName(boundary.Arn) !== undefined) return besides
  const denying = denyingIn(denied.map((one) => denialBy('boundary', one)).filter((one) => one !== undefined))
  const document = defaultDocumentOf(boundary)
  const perimeter =
    [...denying].map((index) => throughPerimeter(document, index)).find(({length}) => length > 0) ??
    throughRequiredNetwork(facts, role, 'boundary', denied)
  const needed = {...neededIn(denied), denying}
  const effect = usedBy(facts, role.Arn)
  const networks = denied.map(({network}) => network)
  const listing = listingTheirEndpoints(facts, document, [...denying], networks)
  const title = `${listing?.title} permissions boundary ${boundary.PolicyName ?? boundary.Arn}`
  return [
    ...(listing ? [newVersion(boundary, listing.document, title, effect)] : []),
    ...networkFirst(perimeter, [...extendBoundary(boundary, role, needed, effect), ...besides]),
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
