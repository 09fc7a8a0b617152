import {
  type Account,
  type Context,
  type Instance,
  type ItemOf,
  isUnreadable,
  itemsOf,
  type Role,
  type Unreadable,
} from '../model/account.ts'
import {accountOf, roleArnIn} from '../model/arn.ts'
import {allWith, hasWith, lookup} from '../model/lists.ts'
import {lastPart} from '../util/last-part.ts'
import {memo} from '../util/memo.ts'
import {resourceOf} from './capabilities.ts'
import {awsManagedName, knownDocument} from './managed-policies.ts'
import {type AgentCall, contextOf, type NetworkContext} from './policy/context.ts'
import {type Decision, evaluate, type Layers} from './policy/evaluate.ts'
import {type Policy, policyOf, type Source} from './policy/policy.ts'
import {tracked} from './policy/statement.ts'

export type RoleFacts = Context & Pick<Account, 'Policies' | 'PolicySimulations' | 'Organization'>

function managed(Policies: Account['Policies'], arn: string): Policy | Unreadable {
  const item = lookup(Policies, 'Arn', arn)
  if (item !== undefined && !isUnreadable(item)) {
    const version =
      item.PolicyVersionList.find(({IsDefaultVersion}) => IsDefaultVersion) ??
      item.PolicyVersionList.find(({VersionId}) => VersionId === item.DefaultVersionId)
    if (version?.Document !== undefined) return policyOf(version.Document)
  }
  const known = knownDocument(arn)
  if (known !== undefined) return policyOf(known)
  return item !== undefined && isUnreadable(item) ? item : {unreadable: 'its document was not read'}
}

const managedSource = (Policies: Account['Policies'], arn: string): Source => ({
  name: lastPart(arn),
  kind: awsManagedName(arn) === undefined ? 'customer-managed' : 'aws-managed',
  arn,
  policy: managed(Policies, arn),
})

/** Which policy is attached was not returned: it may allow or deny anything. */
const withoutArn = (name = 'without a name'): Source => ({
  name,
  kind: 'customer-managed',
  policy: {unreadable: 'its ARN was not returned'},
})

function readSources(Policies: Account['Policies'], role: Role): Pick<Layers, 'identity' | 'boundary'> {
  const boundary = role.PermissionsBoundary?.PermissionsBoundaryArn
  return {
    identity: [
      ...role.RolePolicyList.map(
        ({PolicyName, PolicyDocument}): Source => ({
          name: PolicyName,
          kind: 'inline',
          policy: policyOf(PolicyDocument),
        }),
      ),
      ...role.AttachedManagedPolicies.map(({PolicyArn, PolicyName}) =>
        PolicyArn === undefined ? withoutArn(PolicyName) : managedSource(Policies, PolicyArn),
      ),
    ],
    ...(boundary === undefined ? {} : {boundary: managedSource(Policies, boundary)}),
  }
}

/** Results that are cached for a role while the account is unchanged. */
interface Known {
  readonly sources: Pick<Layers, 'identity' | 'boundary'>
  readonly simulations: Account['PolicySimulations']
  /** Decisions that apply to every instance. */
  readonly sharedDecisions: Map<string, Decision>
}

const byRole = memo((_: Account['Policies']) => new WeakMap<Role, Known>())

function knownOf({Policies, PolicySimulations}: RoleFacts, role: Role): Known {
  const known = byRole(Policies).get(role)
  if (known?.simulations === PolicySimulations) return known
  const sources = known?.sources ?? readSources(Policies, role)
  const fresh = {sources, simulations: PolicySimulations, sharedDecisions: new Map<string, Decision>()}
  byRole(Policies).set(role, fresh)
  return fresh
}

/** The policies of a role, read once for each state of the account. */
export const sourcesOf = (facts: RoleFacts, role: Role): Pick<Layers, 'identity' | 'boundary'> =>
  knownOf(facts, role).sources

/** All policies that apply to the calls of a role: its own, and its permissions boundary. */
export function policiesOf(facts: RoleFacts, role: Role): readonly Source[] {
  const {identity, boundary} = sourcesOf(facts, role)
  return boundary ? [...identity, boundary] : identity
}

/** Known decisions on the role's calls that apply to every instance, by action. */
export const sharedDecisionsOf = (facts: RoleFacts, role: Role): ReadonlyMap<string, Decision> =>
  knownOf(facts, role).sharedDecisions

type Results = ReadonlyMap<string, NonNullable<Layers['simulated']>>

const simulations = memo((reading: Account['PolicySimulations']) => {
  const roles = new Map<string, Results>()
  const refused = new Set<string>()
  for (const item of itemsOf(reading)) {
    if (isUnreadable(item)) continue
    roles.set(
      item.PolicySourceArn,
      new Map(item.EvaluationResults.map((result) => [result.EvalActionName?.toLowerCase() ?? '', result])),
    )
    for (const {EvalActionName, OrganizationsDecisionDetail} of item.EvaluationResults)
      if (EvalActionName && OrganizationsDecisionDetail?.AllowedByOrganizations === false)
        refused.add(`${accountOf(item.PolicySourceArn)} ${EvalActionName.toLowerCase()}`)
  }
  return {roles, refused}
})

/**
 * A service control policy applies to every role of the account, so what was simulated for one role applies to another.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
function organizationAllows(facts: RoleFacts, role: Role, action: string): boolean | undefined {
  const {roles, refused} = simulations(facts.PolicySimulations)
  const own = roles.get(role.Arn)?.get(action.toLowerCase())?.OrganizationsDecisionDetail?.AllowedByOrganizations
  return own ?? (refused.has(`${accountOf(role.Arn)} ${action.toLowerCase()}`) ? false : undefined)
}

/**
 * Whether the decision of the organization on the role was requested and is unknown, at least for some action. If it
 * was not requested, it is assumed to allow.
 */
export const isSimulationRefused = ({PolicySimulations}: RoleFacts, {Arn}: Role): boolean => {
  const whole = itemsOf(PolicySimulations).filter(
    (item) => !isUnreadable(item) && item.EvaluationResults.every(({EvalActionName}) => EvalActionName !== undefined),
  )
  const isRead = whole.some(({PolicySourceArn}) => PolicySourceArn === Arn)
  return !isRead && (isUnreadable(PolicySimulations) || whole.length < PolicySimulations.length)
}

function layersOf(facts: RoleFacts, role: Role, action: string): Layers {
  const simulated = simulations(facts.PolicySimulations).roles.get(role.Arn)?.get(action.toLowerCase())
  const allowed = organizationAllows(facts, role, action)
  return {
    ...sourcesOf(facts, role),
    ...(simulated === undefined ? {} : {simulated}),
    ...(allowed === undefined ? {} : {allowedByOrganizations: allowed}),
  }
}

/**
 * The session name of an instance's credentials is the instance id.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export const callerOf = (role: Role, credentials: AgentCall['credentials'], instance: Instance) => ({
  role,
  session: credentials === 'profile' ? instance.InstanceId : undefined,
})

/** A role as used by the agent on an instance. */
export interface RoleRef {
  readonly role: Role
  readonly credentials: AgentCall['credentials']
  readonly instance: Instance
}

/** Whether the agent is allowed to make this call with the role. The endpoint's policy is evaluated on the path. */
export function mayCall(
  facts: RoleFacts,
  roleRef: RoleRef,
  action: string,
  network: NetworkContext = 'unknown',
  resource?: string,
): Decision {
  const {role, credentials, instance} = roleRef
  const {sharedDecisions} = knownOf(facts, role)
  const key = resource === undefined ? action : `${action} ${resource}`
  const answer = sharedDecisions.get(key)
  if (answer) return answer
  const request = tracked({action, caller: callerOf(role, credentials, instance)}, () => ({
    resource: resource ?? resourceOf(action, facts, accountOf(role.Arn), instance.InstanceId),
    context: contextOf({facts, instance, role, credentials, network, action, resource}),
  }))
  const decision = evaluate(layersOf(facts, role, action), request)
  if (!request.conditionKeysUsed()) sharedDecisions.set(key, decision)
  return decision
}

/** All roles that are known by their policies, not only by name. */
export const readableRoles = ({Roles}: Pick<Account, 'Roles'>): readonly Role[] =>
  itemsOf(Roles).filter((role): role is Role => !isUnreadable(role))

/** The roles with this name that are known by their policies; AWS allows one, whatever its path. */
export const rolesNamed = ({Roles}: Pick<Account, 'Roles'>, name: string): readonly Role[] =>
  allWith(Roles, nameOf, name) as readonly Role[]

const nameOf = (role: ItemOf<'Roles'>) => (isUnreadable(role) ? [] : [role.RoleName])

/**
 * Whether AWS would reject a new role with this name: names are not distinguished by case, nor by path.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 */
export const isRoleNameTaken = ({Roles}: Pick<Account, 'Roles'>, name: string): boolean =>
  hasWith(Roles, nameInLowercase, name.toLowerCase())

/** The roles that AWS does not distinguish from one with this name, of those that are known by their policies. */
export const rolesLike = ({Roles}: Pick<Account, 'Roles'>, name: string): readonly Role[] =>
  allWith(Roles, nameInLowercase, name.toLowerCase()).filter((role): role is Role => !isUnreadable(role))

const nameInLowercase = ({Arn}: ItemOf<'Roles'>) => [lastPart(Arn).toLowerCase()]

/** The ARN of a role that Systems Manager names with its path and without the leading slash. */
export const roleArnNamed = (facts: Context & Pick<Account, 'Roles'>, name: string, account = ''): string =>
  name.startsWith('arn:')
    ? name
    : roleArnIn(
        facts.Partition,
        account || facts.Caller?.Account || accountOf(readableRoles(facts)[0]?.Arn ?? ''),
        name,
      )

/** A role by its ARN; why it cannot be determined; or undefined if it does not exist. */
export const roleByArn = ({Roles}: Pick<Account, 'Roles'>, arn: string): Role | Unreadable | undefined =>
  lookup(Roles, 'Arn', arn)
