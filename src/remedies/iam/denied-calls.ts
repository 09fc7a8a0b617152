import {awsManagedName} from '../../iam/managed-policies.ts'
import type {NetworkContext} from '../../iam/policy/context.ts'
import {canNarrow, isEditable, type Narrowing, narrowed, withExemptions} from '../../iam/policy/edit.ts'
import {type Decision, type Denial, denyingIn} from '../../iam/policy/evaluate.ts'
import type {StatementRef} from '../../iam/policy/policy.ts'
import {usedBy} from '../../iam/role-usage.ts'
import type {Account, PolicyDocument, Role} from '../../model/account.ts'
import {accountOf} from '../../model/arn.ts'
import {find} from '../../model/lists.ts'
import {groupBy} from '../../util/group-by.ts'
import {
  defaultDocumentOf,
  extendBoundary,
  keepTheRest,
  narrowPolicy,
  newVersion,
  removalFrom,
} from '../changes/policies.ts'
import {detachRolePolicy, putRolePolicy} from '../changes/roles.ts'
import {changeServiceControlPolicy} from '../changes/systems-manager.ts'
import type {Remedy} from '../core/remedy.ts'
import {listingTheirEndpoints} from './listed-endpoints.ts'
import {isOnNetwork, throughPerimeter} from './perimeter.ts'

/** A call of the agent and its decision. */
export interface DecidedCall {
  readonly action: string
  /** Its resources, where only these are to be opened. */
  readonly resources?: readonly string[]
  readonly decision: Decision
  readonly network?: NetworkContext | undefined
}

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

type DenialFacts = Pick<Account, 'Policies' | 'VpcEndpoints'> & Parameters<typeof usedBy>[0]

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
export function narrowings(
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
export const denialBy = (layer: Denial['layer'], {decision}: DecidedCall): Denial | undefined =>
  decision.decision === 'denied'
    ? [decision, ...(decision.alsoBy ?? [])].find((denial) => denial.layer === layer)
    : undefined

/** A boundary of the account can allow more, unless it requires another network. */
export function widerBoundary(
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
