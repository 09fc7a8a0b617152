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
import {
  type InstanceProfile,
  type Item,
  isUnreadable,
  type Policy,
  type PolicyDocument,
  type PolicySimulation,
  type Role,
  type RolePolicy,
  type Unreadable,
} from './account.ts'
import {AGENT_ACTIONS, mayAllow} from './agent-actions.ts'
import type {Aws} from './aws.ts'
import * as normal from './normalise.ts'
import {everyPage, orAbsent, orWhyNot} from './read.ts'

const ABSENT = ['NoSuchEntity', 'NoSuchEntityException']

/** The last part of an ARN: names of profiles and roles stand behind their path. */
const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)

export async function readInstanceProfile(aws: Aws, Arn: string): Promise<Item<InstanceProfile, 'Arn'> | undefined> {
  const found = await orWhyNot('iam:GetInstanceProfile', () =>
    orAbsent(ABSENT, () =>
      aws.client(IAMClient).send(new GetInstanceProfileCommand({InstanceProfileName: nameIn(Arn)}), aws.until),
    ),
  )
  if (found === undefined) return undefined
  if (isUnreadable(found)) return {Arn, ...found}
  return found.InstanceProfile && instanceProfile(found.InstanceProfile)
}

/** The trust policy is read with the role itself; here it would be a second, encoded copy. */
const instanceProfile = ({Roles, ...profile}: IamInstanceProfile): InstanceProfile => ({
  ...normal.certain(profile, ['Arn', 'InstanceProfileName']),
  Roles: (Roles ?? []).map(({AssumeRolePolicyDocument: _, ...role}) => normal.plain(role)),
})

/** What a role is allowed: the role, the documents that decide, and what the organization says to it. */
export interface Identity {
  readonly roles: readonly Item<Role, 'Arn'>[]
  readonly policies: readonly Item<Policy, 'Arn'>[]
  readonly simulations: readonly Item<PolicySimulation, 'PolicySourceArn'>[]
}

/** `simulate`: whether the organization's policies are to be asked about, which no document of the account shows. */
export async function readRole(
  aws: Aws,
  Arn: string,
  policyOf: (arn: string) => Promise<Item<Policy, 'Arn'> | undefined>,
  simulate: Promise<boolean>,
): Promise<Identity> {
  const role = await roleBehind(aws, Arn)
  if (role === undefined) return {roles: [], policies: [], simulations: []}
  if (isUnreadable(role)) return {roles: [{Arn, ...role}], policies: [], simulations: []}

  const attached = role.AttachedManagedPolicies.flatMap(({PolicyArn}) => PolicyArn ?? [])
  const boundary = role.PermissionsBoundary?.PermissionsBoundaryArn
  const inline = inlinePolicies(aws, role)
  const policies = new Map([...attached, ...(boundary ? [boundary] : [])].map((arn) => [arn, policyOf(arn)]))
  const [documents, found, allowed] = await Promise.all([
    inline,
    Promise.all(policies.values()),
    Promise.all([simulate, allows(attached, inline, policies)]).then((answers) =>
      answers.every(Boolean) ? simulation(aws, Arn) : undefined,
    ),
  ])
  return {
    roles: [isUnreadable(documents) ? {Arn, ...documents} : {...role, RolePolicyList: documents}],
    policies: found.flatMap((policy) => policy ?? []),
    simulations: allowed ? [allowed] : [],
  }
}

/** The role with the names of its inline policies; their documents are a call each. */
async function roleBehind(aws: Aws, arn: string): Promise<Role | Unreadable | undefined> {
  const RoleName = nameIn(arn)
  const [answer, attached, inline] = await Promise.all([
    orWhyNot('iam:GetRole', () =>
      orAbsent(ABSENT, () => aws.client(IAMClient).send(new GetRoleCommand({RoleName}), aws.until)),
    ),
    orWhyNot('iam:ListAttachedRolePolicies', () => orAbsent(ABSENT, () => attachedPolicies(aws, RoleName))),
    orWhyNot('iam:ListRolePolicies', () => orAbsent(ABSENT, () => inlineNames(aws, RoleName))),
  ])
  const gap = [answer, attached, inline].find(isUnreadable)
  if (gap) return gap
  if (answer === undefined || isUnreadable(answer) || answer.Role === undefined) return undefined
  const {Description: _, MaxSessionDuration: __, RoleLastUsed, ...role} = answer.Role
  return normal.role({
    ...role,
    ...(RoleLastUsed?.LastUsedDate && {RoleLastUsed}),
    AttachedManagedPolicies: isUnreadable(attached) ? [] : (attached ?? []),
    RolePolicyList: (isUnreadable(inline) ? [] : (inline ?? [])).map((PolicyName) => ({PolicyName})),
  })
}

const attachedPolicies = (aws: Aws, RoleName: string) =>
  everyPage(async (Marker) => {
    const answer = await aws
      .client(IAMClient)
      .send(new ListAttachedRolePoliciesCommand({RoleName, MaxItems: 1000, Marker}), aws.until)
    return {items: answer.AttachedPolicies, next: answer.Marker}
  })

const inlineNames = (aws: Aws, RoleName: string) =>
  everyPage(async (Marker) => {
    const answer = await aws
      .client(IAMClient)
      .send(new ListRolePoliciesCommand({RoleName, MaxItems: 1000, Marker}), aws.until)
    return {items: answer.PolicyNames, next: answer.Marker}
  })

async function inlinePolicies(aws: Aws, {RoleName, RolePolicyList}: Role): Promise<readonly RolePolicy[] | Unreadable> {
  const found = await Promise.all(
    RolePolicyList.map(({PolicyName}) =>
      orWhyNot('iam:GetRolePolicy', () =>
        orAbsent(ABSENT, async () => {
          const answer = await aws.client(IAMClient).send(new GetRolePolicyCommand({RoleName, PolicyName}), aws.until)
          return normal.rolePolicy(PolicyName, answer.PolicyDocument)
        }),
      ),
    ),
  )
  return found.find(isUnreadable) ?? found.flatMap((one) => (one === undefined || isUnreadable(one) ? [] : [one]))
}

/** The policy with the version in force; undefined when it was deleted meanwhile. */
export async function readPolicy(aws: Aws, Arn: string): Promise<Item<Policy, 'Arn'> | undefined> {
  const found = await orWhyNot('iam:GetPolicy', () =>
    orAbsent(ABSENT, () => aws.client(IAMClient).send(new GetPolicyCommand({PolicyArn: Arn}), aws.until)),
  )
  if (isUnreadable(found)) return {Arn, ...found}
  const policy = found?.Policy
  if (policy === undefined) return undefined
  const version = await orWhyNot('iam:GetPolicyVersion', () =>
    aws
      .client(IAMClient)
      .send(new GetPolicyVersionCommand({PolicyArn: Arn, VersionId: policy.DefaultVersionId}), aws.until),
  )
  if (isUnreadable(version)) return {Arn, ...version}
  const {Tags: _, ...detail} = policy
  return normal.policy({...detail, PolicyVersionList: version.PolicyVersion ? [version.PolicyVersion] : []})
}

/** AWS publishes what its own policies allow, so that nobody has to wait for their documents. */
const ALLOWING =
  /^arn:[\w-]+:iam::aws:policy\/(AdministratorAccess|AmazonSSMManaged(InstanceCore|EC2InstanceDefaultPolicy))$/

/** Do the documents let the agent register? Only then can the organization's policies make a difference. */
async function allows(
  attached: readonly string[],
  inline: Promise<readonly RolePolicy[] | Unreadable>,
  policies: ReadonlyMap<string, Promise<Item<Policy, 'Arn'> | undefined>>,
): Promise<boolean> {
  if (attached.some((arn) => ALLOWING.test(arn))) return true
  const own = await inline
  if (!isUnreadable(own) && own.some(({PolicyDocument}) => mayAllow(PolicyDocument))) return true
  const documents = await Promise.all(attached.map(async (arn) => documentsOf(await policies.get(arn))))
  return documents.flat().some(mayAllow)
}

const documentsOf = (policy: Item<Policy, 'Arn'> | undefined): readonly PolicyDocument[] =>
  policy === undefined || isUnreadable(policy)
    ? []
    : policy.PolicyVersionList.flatMap(({Document}) => (Document === undefined ? [] : [Document]))

/** One call for all actions of the agent. https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
async function simulation(aws: Aws, PolicySourceArn: string): Promise<Item<PolicySimulation, 'PolicySourceArn'>> {
  const results = await orWhyNot('iam:SimulatePrincipalPolicy', () =>
    everyPage(async (Marker) => {
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

/** Every role and every policy that is attached to one, in bulk: how a whole Region is read. */
export async function readAuthorizationDetails(aws: Aws): Promise<{
  readonly roles: readonly Role[]
  readonly policies: readonly Policy[]
  readonly profiles: readonly InstanceProfile[]
}> {
  const pages = await everyPage(async (Marker) => {
    const answer = await aws.client(IAMClient).send(
      new GetAccountAuthorizationDetailsCommand({
        Filter: ['Role', 'LocalManagedPolicy', 'AWSManagedPolicy'],
        MaxItems: 1000,
        Marker,
      }),
      aws.until,
    )
    return {items: [{roles: answer.RoleDetailList ?? [], policies: answer.Policies ?? []}], next: answer.Marker}
  })
  const details: readonly RoleDetail[] = pages.flatMap(({roles}) => roles)
  const policies: readonly ManagedPolicyDetail[] = pages.flatMap(({policies: some}) => some)
  const profiles = new Map(
    details.flatMap(({InstanceProfileList}) =>
      (InstanceProfileList ?? []).map((profile) => [profile.Arn, instanceProfile(profile)] as const),
    ),
  )
  return {roles: details.map(normal.role), policies: policies.map(normal.policy), profiles: [...profiles.values()]}
}
