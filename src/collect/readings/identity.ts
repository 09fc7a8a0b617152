import {
  type EntityType,
  GetAccountAuthorizationDetailsCommand,
  GetInstanceProfileCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  type InstanceProfile as IamInstanceProfile,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  type ManagedPolicyDetail,
  type RoleDetail,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam'
import {AGENT_ACTIONS} from '../../iam/capabilities.ts'
import {mayRegister} from '../../iam/may-register.ts'
import {
  type InstanceProfile,
  type Item,
  isUnreadable,
  type Policy,
  type PolicyDocument,
  type PolicySimulation,
  type Reading,
  type Role,
  type RolePolicy,
  type Unreadable,
} from '../../model/account.ts'
import {lastPart} from '../../util/last-part.ts'
import type {Aws} from '../client/aws.ts'
import {pagesOf, send} from '../client/calls.ts'
import * as normal from '../client/normalize.ts'
import {allOrUnreadable, complete, ifExists, join, paginate, readOr, required} from '../client/paginate.ts'

/** What IAM returns, why not, or undefined for what does not exist. */
const fromIam = <T>(operation: string, request: () => Promise<T>): Promise<T | Unreadable | undefined> =>
  readOr(`iam:${operation}`, () => ifExists(['NoSuchEntity', 'NoSuchEntityException'], request))

export async function readInstanceProfile(aws: Aws, Arn: string): Promise<Item<InstanceProfile, 'Arn'> | undefined> {
  const found = await fromIam('GetInstanceProfile', async () => {
    const which = {InstanceProfileName: lastPart(Arn)}
    const {InstanceProfile} = await send(aws, IAMClient, new GetInstanceProfileCommand(which))
    return instanceProfile(required(InstanceProfile, 'InstanceProfile'))
  })
  return isUnreadable(found) ? {Arn, ...found} : found
}

/** The trust policy is read with the role itself; here it would be a second, encoded copy. */
const instanceProfile = ({Roles, ...profile}: IamInstanceProfile): InstanceProfile => ({
  ...normal.normalized(profile, ['Arn', 'InstanceProfileName']),
  Roles: required(Roles, 'Roles').map(({AssumeRolePolicyDocument: _, ...role}) =>
    normal.normalized(role, ['RoleName', 'Arn']),
  ),
})

/** The permissions of a role: the role, its policy documents, and the decision of the organization. */
export interface Identity {
  readonly roles: readonly Item<Role, 'Arn'>[]
  readonly policies: readonly Item<Policy, 'Arn'>[]
  readonly simulations: readonly Item<PolicySimulation, 'PolicySourceArn'>[]
}

/** `simulate`: whether to simulate the organization's policies, which no document of the account shows. */
export async function readRole(
  aws: Aws,
  Arn: string,
  policyOf: (arn: string) => Promise<Item<Policy, 'Arn'> | undefined>,
  simulate: Promise<boolean>,
): Promise<Identity> {
  const found = await roleOfSession(aws, Arn)
  if (found === undefined) return {roles: [], policies: [], simulations: []}
  if (isUnreadable(found)) return {roles: [{Arn, ...found}], policies: [], simulations: []}
  const {role} = found

  const attached = role.AttachedManagedPolicies.flatMap(({PolicyArn}) => PolicyArn ?? [])
  const boundary = role.PermissionsBoundary?.PermissionsBoundaryArn
  const inline = inlinePolicies(aws, role.RoleName, found.inline)
  const policies = new Map([...attached, ...(boundary ? [boundary] : [])].map((arn) => [arn, policyOf(arn)]))
  const [documents, described, allowed] = await Promise.all([
    inline,
    Promise.all(policies.values()),
    Promise.all([simulate, allows(attached, inline, policies)]).then((answers) =>
      answers.every(Boolean) ? simulation(aws, Arn) : undefined,
    ),
  ])
  return {
    roles: [isUnreadable(documents) ? {Arn, ...documents} : {...role, RolePolicyList: documents}],
    policies: described.flatMap((policy) => policy ?? []),
    simulations: allowed ? [allowed] : [],
  }
}

interface Named {
  readonly role: Role
  /** The names of the inline policies; each document takes a separate call. */
  readonly inline: readonly string[]
}

async function roleOfSession(aws: Aws, arn: string): Promise<Named | Unreadable | undefined> {
  const RoleName = lastPart(arn)
  const [role, attached, inline] = await Promise.all([
    fromIam('GetRole', () => roleItself(aws, RoleName)),
    fromIam('ListAttachedRolePolicies', () => attachedPolicies(aws, {RoleName, ...PAGE})),
    fromIam('ListRolePolicies', () => inlineNames(aws, {RoleName, ...PAGE})),
  ])
  if (isUnreadable(role)) return role
  if (isUnreadable(attached)) return attached
  if (isUnreadable(inline)) return inline
  // Deleted before or in between.
  return role && attached && inline && {role: {...role, AttachedManagedPolicies: attached}, inline}
}

async function roleItself(aws: Aws, RoleName: string): Promise<Role> {
  const {Role} = await send(aws, IAMClient, new GetRoleCommand({RoleName}))
  const {Description: _, MaxSessionDuration: __, RoleLastUsed, ...role} = required(Role, 'Role')
  required(role.AssumeRolePolicyDocument, 'AssumeRolePolicyDocument')
  return normal.role({...role, ...(RoleLastUsed?.LastUsedDate && {RoleLastUsed})})
}

const PAGE = {MaxItems: 1000}

const attachedPolicies = pagesOf(IAMClient, ListAttachedRolePoliciesCommand, 'AttachedPolicies', normal.plain, 'Marker')
const inlineNames = pagesOf(IAMClient, ListRolePoliciesCommand, 'PolicyNames', String, 'Marker')

async function inlinePolicies(
  aws: Aws,
  RoleName: string,
  names: readonly string[],
): Promise<readonly RolePolicy[] | Unreadable> {
  const found = await Promise.all(
    names.map((PolicyName) =>
      fromIam('GetRolePolicy', async () => {
        const answer = await send(aws, IAMClient, new GetRolePolicyCommand({RoleName, PolicyName}))
        return normal.rolePolicy(PolicyName, answer.PolicyDocument)
      }),
    ),
  )
  return found.find(isUnreadable) ?? found.flatMap((one) => (one === undefined || isUnreadable(one) ? [] : [one]))
}

/** The policy with its default version; undefined if it was deleted in between. */
export async function readPolicy(aws: Aws, Arn: string): Promise<Item<Policy, 'Arn'> | undefined> {
  const policy = await fromIam('GetPolicy', async () => {
    const answer = await send(aws, IAMClient, new GetPolicyCommand({PolicyArn: Arn}))
    return normal.normalized(required(answer.Policy, 'Policy'), ['Arn', 'DefaultVersionId'])
  })
  if (policy === undefined) return undefined
  if (isUnreadable(policy)) return {Arn, ...policy}
  const version = await readOr('iam:GetPolicyVersion', async () => {
    const which = {PolicyArn: Arn, VersionId: policy.DefaultVersionId}
    const answer = await send(aws, IAMClient, new GetPolicyVersionCommand(which))
    return normal.policyVersion(required(answer.PolicyVersion, 'PolicyVersion'))
  })
  if (isUnreadable(version)) return {Arn, ...version}
  const {Tags: _, ...detail} = policy
  return {...detail, PolicyVersionList: [{...version, IsDefaultVersion: true}]}
}

/** AWS publishes what its managed policies allow, so their documents need not be read. */
const ALLOWING =
  /^arn:[\w-]+:iam::aws:policy\/(AdministratorAccess|AmazonSSMManaged(InstanceCore|EC2InstanceDefaultPolicy))$/

/** Whether the documents allow the agent to register. Only then can the organization's policies make a difference. */
async function allows(
  attached: readonly string[],
  inline: Promise<readonly RolePolicy[] | Unreadable>,
  policies: ReadonlyMap<string, Promise<Item<Policy, 'Arn'> | undefined>>,
): Promise<boolean> {
  if (attached.some((arn) => ALLOWING.test(arn))) return true
  const own = await inline
  if (!isUnreadable(own) && own.some(({PolicyDocument}) => mayRegister(PolicyDocument))) return true
  const documents = await Promise.all(attached.map(async (arn) => documentsOf(await policies.get(arn))))
  return documents.flat().some(mayRegister)
}

const documentsOf = (policy: Item<Policy, 'Arn'> | undefined): readonly PolicyDocument[] =>
  policy === undefined || isUnreadable(policy)
    ? []
    : policy.PolicyVersionList.flatMap(({Document}) => (Document === undefined ? [] : [Document]))

/**
 * One call for all actions of the agent. Without the Region, a policy of the organization that denies other Regions
 * denies this one too.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
async function simulation(aws: Aws, PolicySourceArn: string): Promise<Item<PolicySimulation, 'PolicySourceArn'>> {
  const results = await readOr('iam:SimulatePrincipalPolicy', () =>
    decisions(aws, {
      PolicySourceArn,
      ActionNames: [...AGENT_ACTIONS],
      ContextEntries: [
        {ContextKeyName: 'aws:RequestedRegion', ContextKeyType: 'string', ContextKeyValues: [aws.region]},
      ],
      ...PAGE,
    }),
  )
  return isUnreadable(results) ? {PolicySourceArn, ...results} : {PolicySourceArn, EvaluationResults: results}
}

const decisions = pagesOf(IAMClient, SimulatePrincipalPolicyCommand, 'EvaluationResults', normal.plain, 'Marker')

/** Every role and every policy attached to one, in bulk: used for a whole Region. */
export async function readAuthorizationDetails(aws: Aws): Promise<{
  readonly roles: Reading<Role>
  readonly policies: Reading<Policy>
  readonly profiles: Reading<InstanceProfile>
}> {
  const pages = await paginate(async (Marker) => {
    const Filter: EntityType[] = ['Role', 'LocalManagedPolicy', 'AWSManagedPolicy']
    const answer = await send(aws, IAMClient, new GetAccountAuthorizationDetailsCommand({Filter, ...PAGE, Marker}))
    const roles = required(answer.RoleDetailList, 'RoleDetailList')
    return {items: [{roles, policies: required(answer.Policies, 'Policies')}], next: answer.Marker}
  })
  const details: readonly RoleDetail[] = pages.flatMap(({roles}) => roles)
  const policies: readonly ManagedPolicyDetail[] = pages.flatMap(({policies: some}) => some)
  const profiles = allOrUnreadable(
    details.flatMap(({InstanceProfileList}): readonly (InstanceProfile | Unreadable)[] => {
      const list = complete(() => required(InstanceProfileList, 'InstanceProfileList'))({})
      return isUnreadable(list) ? [list] : list.map(complete(instanceProfile))
    }),
  )
  return {
    roles: allOrUnreadable(details.map(complete(roleFrom))),
    policies: allOrUnreadable(policies.map(complete(normal.policy))),
    profiles: join([profiles], ({Arn}) => Arn),
  }
}

/** AWS omits an empty list of a user's inline policies, so a role's may be missing too. */
function roleFrom(detail: RoleDetail): Role {
  normal.requireEach(required(detail.AttachedManagedPolicies, 'AttachedManagedPolicies'), 'PolicyArn')
  return normal.role(detail)
}
