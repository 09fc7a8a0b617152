import {
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
import {AGENT_ACTIONS} from '../iam/capabilities.ts'
import {mayRegister} from '../iam/may-register.ts'
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
} from '../model/account.ts'
import {lastPart} from '../util/last-part.ts'
import type {Aws} from './aws.ts'
import * as normal from './normalise.ts'
import {allOrUnreadable, complete, ifExists, join, paginate, readOr, required} from './paginate.ts'

const ABSENT = ['NoSuchEntity', 'NoSuchEntityException']

export async function readInstanceProfile(aws: Aws, Arn: string): Promise<Item<InstanceProfile, 'Arn'> | undefined> {
  const found = await readOr('iam:GetInstanceProfile', () =>
    ifExists(ABSENT, async () => {
      const answer = await aws
        .client(IAMClient)
        .send(new GetInstanceProfileCommand({InstanceProfileName: lastPart(Arn)}), aws.until)
      return instanceProfile(required(answer.InstanceProfile, 'InstanceProfile'))
    }),
  )
  return found !== undefined && isUnreadable(found) ? {Arn, ...found} : found
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
    readOr('iam:GetRole', () => ifExists(ABSENT, () => roleItself(aws, RoleName))),
    readOr('iam:ListAttachedRolePolicies', () => ifExists(ABSENT, () => attachedPolicies(aws, RoleName))),
    readOr('iam:ListRolePolicies', () => ifExists(ABSENT, () => inlineNames(aws, RoleName))),
  ])
  const gap = [role, attached, inline].find(isUnreadable)
  if (gap) return gap
  // Deleted before or in between.
  if (!isKnown(role) || !isKnown(attached) || !isKnown(inline)) return undefined
  return {role: {...role, AttachedManagedPolicies: attached}, inline}
}

const isKnown = <T>(value: T | Unreadable | undefined): value is T => value !== undefined && !isUnreadable(value)

async function roleItself(aws: Aws, RoleName: string): Promise<Role> {
  const answer = await aws.client(IAMClient).send(new GetRoleCommand({RoleName}), aws.until)
  const {Description: _, MaxSessionDuration: __, RoleLastUsed, ...role} = required(answer.Role, 'Role')
  required(role.AssumeRolePolicyDocument, 'AssumeRolePolicyDocument')
  return normal.role({...role, ...(RoleLastUsed?.LastUsedDate && {RoleLastUsed})})
}

const attachedPolicies = (aws: Aws, RoleName: string) =>
  paginate(async (Marker) => {
    const answer = await aws
      .client(IAMClient)
      .send(new ListAttachedRolePoliciesCommand({RoleName, MaxItems: 1000, Marker}), aws.until)
    return {items: answer.AttachedPolicies?.map(normal.plain), next: answer.Marker}
  })

const inlineNames = (aws: Aws, RoleName: string) =>
  paginate(async (Marker) => {
    const answer = await aws
      .client(IAMClient)
      .send(new ListRolePoliciesCommand({RoleName, MaxItems: 1000, Marker}), aws.until)
    return {items: answer.PolicyNames, next: answer.Marker}
  })

async function inlinePolicies(
  aws: Aws,
  RoleName: string,
  names: readonly string[],
): Promise<readonly RolePolicy[] | Unreadable> {
  const found = await Promise.all(
    names.map((PolicyName) =>
      readOr('iam:GetRolePolicy', () =>
        ifExists(ABSENT, async () => {
          const answer = await aws.client(IAMClient).send(new GetRolePolicyCommand({RoleName, PolicyName}), aws.until)
          return normal.rolePolicy(PolicyName, answer.PolicyDocument)
        }),
      ),
    ),
  )
  return found.find(isUnreadable) ?? found.flatMap((one) => (one === undefined || isUnreadable(one) ? [] : [one]))
}

/** The policy with its default version; undefined if it was deleted in between. */
export async function readPolicy(aws: Aws, Arn: string): Promise<Item<Policy, 'Arn'> | undefined> {
  const policy = await readOr('iam:GetPolicy', () =>
    ifExists(ABSENT, async () => {
      const answer = await aws.client(IAMClient).send(new GetPolicyCommand({PolicyArn: Arn}), aws.until)
      return normal.normalized(required(answer.Policy, 'Policy'), ['Arn', 'DefaultVersionId'])
    }),
  )
  if (policy === undefined) return undefined
  if (isUnreadable(policy)) return {Arn, ...policy}
  const version = await readOr('iam:GetPolicyVersion', async () => {
    const which = {PolicyArn: Arn, VersionId: policy.DefaultVersionId}
    const answer = await aws.client(IAMClient).send(new GetPolicyVersionCommand(which), aws.until)
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
 * One call for all actions of the agent.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
async function simulation(aws: Aws, PolicySourceArn: string): Promise<Item<PolicySimulation, 'PolicySourceArn'>> {
  const results = await readOr('iam:SimulatePrincipalPolicy', () =>
    paginate(async (Marker) => {
      const answer = await aws.client(IAMClient).send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn,
          ActionNames: [...AGENT_ACTIONS],
          MaxItems: 1000,
          Marker,
        }),
        aws.until,
      )
      return {items: answer.EvaluationResults?.map(normal.plain), next: answer.Marker}
    }),
  )
  return isUnreadable(results) ? {PolicySourceArn, ...results} : {PolicySourceArn, EvaluationResults: results}
}

/** Every role and every policy attached to one, in bulk: used for a whole Region. */
export async function readAuthorizationDetails(aws: Aws): Promise<{
  readonly roles: Reading<Role>
  readonly policies: Reading<Policy>
  readonly profiles: Reading<InstanceProfile>
}> {
  const pages = await paginate(async (Marker) => {
    const answer = await aws.client(IAMClient).send(
      new GetAccountAuthorizationDetailsCommand({
        Filter: ['Role', 'LocalManagedPolicy', 'AWSManagedPolicy'],
        MaxItems: 1000,
        Marker,
      }),
      aws.until,
    )
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
