import {awsManaged, awsManagedName} from '../../iam/managed-policies.ts'
import {asText, isEditable, withoutDenyOfService, withStatement} from '../../iam/policy/edit.ts'
import {type AssumedRole, servicePrincipals} from '../../iam/trust.ts'
import type {Account, PolicyDocument, Role} from '../../model/account.ts'
import {isProtectedRole} from '../../model/arn.ts'
import {lastPart} from '../../util/last-part.ts'
import {type Change, change, inSequence, inverse, remedyOf, setting} from '../core/change.ts'
import {charactersIn, INLINE_SIZE, POLICIES_OF_ROLE, remedyWithin, TRUST_SIZE} from '../core/iam-quotas.ts'
import {fromVariable, iam, type Remedy} from '../core/remedy.ts'
import {editRole} from '../core/role.ts'

const PERMISSIONS_DOCS = 'https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html'

type NamedRole = Pick<Role, 'Arn' | 'RoleName'>

const withoutPolicy = (role: Role, arn: string) =>
  role.AttachedManagedPolicies.filter(({PolicyArn}) => PolicyArn !== arn)

export const attachPolicy = ({Arn, RoleName}: NamedRole, PolicyArn: string): Change =>
  change({
    calls: iam('AttachRolePolicy', {RoleName, PolicyArn}),
    effects: editRole(Arn, (role) => ({
      ...role,
      AttachedManagedPolicies: [...withoutPolicy(role, PolicyArn), {PolicyName: lastPart(PolicyArn), PolicyArn}],
    })),
  })

export const detachPolicy = (role: NamedRole, arn: string): Change =>
  inverse(
    attachPolicy(role, arn),
    editRole(role.Arn, (found) => ({...found, AttachedManagedPolicies: withoutPolicy(found, arn)})),
  )

/** AWS rejects the change of a role that it protects: it is shown, and not tried on the model. */
const ofRole = ({Arn, RoleName}: NamedRole, {apply, ...shown}: Remedy): Remedy =>
  isProtectedRole(Arn)
    ? {
        ...shown,
        effect: [shown.effect, `Only AWS can change role ${RoleName}: use another role.`].filter(Boolean).join(' '),
      }
    : {...shown, ...(apply && {apply})}
export function attachRolePolicy(
  {Partition}: Pick<Account, 'Partition'>,
  role: Role,
  name: string,
  effect: string,
): Remedy {
  const {RoleName, AttachedManagedPolicies} = role
  const {apply, ...calls} = attachPolicy(role, awsManaged(Partition, name))
  const count = AttachedManagedPolicies.length
  const isFull = count >= POLICIES_OF_ROLE.most
  const full = `Role ${RoleName} has ${count} managed policies: ${POLICIES_OF_ROLE.inWords}.`
  const title = `Attach ${lastPart(name)} to role ${RoleName}`
  const about = {docs: PERMISSIONS_DOCS, effect: isFull ? `${effect} ${full}` : effect}
  return ofRole(role, remedyOf(title, {...calls, ...(!isFull && {apply})}, about))
}
export const detachRolePolicy = (role: Role, policyArn: string, effect: string): Remedy =>
  ofRole(
    role,
    remedyOf(`Detach ${lastPart(policyArn)} from role ${role.RoleName}`, detachPolicy(role, policyArn), {
      docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-attach-detach.html',
      effect: `${effect} Anything else the policy allows or denies no longer applies.`,
    }),
  )

/**
 * The new policy first, so that the node never loses its permissions, unless the role has no room for it. Before the old
 * one is detached, a report shows which services the role has used.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
 */
export function replaceRolePolicy(
  {Partition}: Pick<Account, 'Partition'>,
  role: Role,
  oldArn: string,
  name: string,
  effect: string,
): Remedy {
  const {Arn, RoleName, AttachedManagedPolicies} = role
  const used = change({
    calls: [
      iam('GenerateServiceLastAccessedDetails', {Arn}, {as: 'ACCESS_REPORT', query: 'JobId'}),
      iam('GetServiceLastAccessedDetails', {JobId: fromVariable('ACCESS_REPORT')}),
    ],
    effects: [],
  })
  const [attached, detached] = [attachPolicy(role, awsManaged(Partition, name)), detachPolicy(role, oldArn)]
  const isFull = AttachedManagedPolicies.length >= POLICIES_OF_ROLE.most
  const order = isFull
    ? ` The old policy is detached first: the role has ${AttachedManagedPolicies.length} managed policies, and ${POLICIES_OF_ROLE.inWords}.`
    : ''
  const title = `Replace ${lastPart(awsManagedName(oldArn) ?? oldArn)} by ${lastPart(name)} on role ${RoleName}`
  return remedyOf(title, isFull ? inSequence(used, detached, attached) : inSequence(attached, used, detached), {
    docs: PERMISSIONS_DOCS,
    effect: `${effect} Permissions for S3 buckets, logs and directories that only the old policy grants are lost with it: detach it only if the report shows that the role does not use these services otherwise.${order}`,
  })
}

type InlinePolicies = Role['RolePolicyList']

const withInline = (before: InlinePolicies, PolicyName: string, document: PolicyDocument | null): InlinePolicies => [
  ...before.filter((policy) => policy.PolicyName !== PolicyName),
  ...(document === null ? [] : [{PolicyName, PolicyDocument: document}]),
]

/** An inline policy becomes another one, or none (null), from what it was, unless that is unknown. */
export const changeInline = (
  {Arn, RoleName}: NamedRole,
  PolicyName: string,
  [from, to]: readonly [from: PolicyDocument | null | undefined, to: PolicyDocument | null],
): Change =>
  setting<PolicyDocument | null>(
    (document) =>
      document === null
        ? iam('DeleteRolePolicy', {RoleName, PolicyName})
        : iam('PutRolePolicy', {RoleName, PolicyName, PolicyDocument: asText(document)}),
    [from, to],
    editRole(Arn, (role) => ({...role, RolePolicyList: withInline(role.RolePolicyList, PolicyName, to)})),
  )

/** Adds an inline policy to a role, or removes it if there is no document. */
export function putRolePolicy(
  role: Role,
  PolicyName: string,
  document: PolicyDocument | undefined,
  title: string,
  effect: string,
): Remedy {
  const {RoleName, RolePolicyList} = role
  const before = RolePolicyList.find((policy) => policy.PolicyName === PolicyName)?.PolicyDocument
  const after = document ?? null
  const sizeOf = (policies: InlinePolicies) => charactersIn(...policies.map(({PolicyDocument}) => PolicyDocument))
  const growth = {
    what: `The inline policies of role ${RoleName}`,
    before: sizeOf(RolePolicyList),
    after: sizeOf(withInline(RolePolicyList, PolicyName, after)),
    quota: INLINE_SIZE,
  }
  const about = {effect, docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html'}
  return ofRole(role, remedyWithin(growth, title, changeInline(role, PolicyName, [before ?? null, after]), about))
}

const LEAST_PRIVILEGE_NAME = 'ssm-agent'

/** Only the exact actions. The message and registration calls support no narrower resource. */
export const allowActions = (role: Role, actions: readonly string[], effect: string): Remedy =>
  putRolePolicy(
    role,
    LEAST_PRIVILEGE_NAME,
    {Version: '2012-10-17', Statement: [...statementsOf(role), {Effect: 'Allow', Action: actions, Resource: '*'}]},
    `Allow role ${role.RoleName} exactly ${actions.length === 1 ? actions[0] : `the ${actions.length} actions that are missing`}`,
    effect,
  )

/** What a role lacks: the managed policy that allows it, or exactly these actions. */
export const grantActions = (
  facts: Pick<Account, 'Partition'>,
  role: Role,
  policy: string,
  actions: readonly string[],
  effect: string,
): readonly Remedy[] => [attachRolePolicy(facts, role, policy, effect), allowActions(role, actions, effect)]

/** What an earlier step added stays. */
function statementsOf(role: Role): readonly unknown[] {
  const document = role.RolePolicyList.find(({PolicyName}) => PolicyName === LEAST_PRIVILEGE_NAME)?.PolicyDocument
  if (typeof document !== 'object') return []
  const {Statement} = document
  return Array.isArray(Statement) ? Statement : [Statement]
}

/** The permissions boundary becomes another one, or none (null). */
export const changeBoundary = (
  {Arn, RoleName}: NamedRole,
  [from, to]: readonly [from: string | null | undefined, to: string | null],
): Change =>
  setting<string | null>(
    (PermissionsBoundary) =>
      PermissionsBoundary === null
        ? iam('DeleteRolePermissionsBoundary', {RoleName})
        : iam('PutRolePermissionsBoundary', {RoleName, PermissionsBoundary}),
    [from, to],
    editRole(Arn, ({PermissionsBoundary: _, ...rest}) =>
      to === null
        ? rest
        : {
            ...rest,
            PermissionsBoundary: {PermissionsBoundaryArn: to, PermissionsBoundaryType: 'PermissionsBoundaryPolicy'},
          },
    ),
  )

/** For a boundary that cannot be changed, because AWS owns it or its document is not known. */
export const deleteRolePermissionsBoundary = (role: Role, boundary: string, effect: string): Remedy =>
  ofRole(
    role,
    remedyOf(`Remove the permissions boundary of role ${role.RoleName}`, changeBoundary(role, [boundary, null]), {
      docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html',
      effect: `${effect} The role is then limited only by its own policies.`,
    }),
  )

type Principal = 'ec2' | 'ssm'

/**
 * AWS's own documents use this name in every partition except those that cannot reach it. With an account, no other one
 * can make the service use the role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
const trustStatement = (service: Principal, account?: string) => ({
  Effect: 'Allow',
  Principal: {Service: `${service}.amazonaws.com`},
  Action: 'sts:AssumeRole',
  ...(account !== undefined && {Condition: {StringEquals: {'aws:SourceAccount': account}}}),
})

export const trustDocument = (service: Principal, account?: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [trustStatement(service, account)],
})

/** The trust policy becomes another one, from what it was, unless that is unknown. */
export const changeTrust = (
  {Arn, RoleName}: NamedRole,
  [from, to]: readonly [from: PolicyDocument | undefined, to: PolicyDocument],
): Change =>
  setting(
    (document: PolicyDocument) => iam('UpdateAssumeRolePolicy', {RoleName, PolicyDocument: asText(document)}),
    [from, to],
    editRole(Arn, (role) => ({...role, AssumeRolePolicyDocument: to})),
  )

/** Allows a service to assume the role, for this account alone if it says so; existing principals still can. */
export function updateAssumeRolePolicy(
  {role, trust}: AssumedRole,
  service: Principal,
  effect: string,
  account?: string,
): Remedy {
  const {Arn, RoleName, AssumeRolePolicyDocument: former} = role
  const denying = trust.effect === 'deny' ? [trust.by, ...trust.others].map(({index}) => index) : []
  const names = servicePrincipals(service, Arn.split(':')[1] ?? 'aws')
  const narrowed = isEditable(former) ? withoutDenyOfService(former, denying, names) : undefined
  const isAllowed = trust.effect === 'deny' && trust.allowed === 'yes'
  const document =
    narrowed && !isAllowed
      ? withStatement(narrowed, trustStatement(service, account))
      : (narrowed ?? trustDocument(service, account))
  const growth = {
    what: `The trust policy of role ${RoleName}`,
    before: charactersIn(former),
    after: charactersIn(document),
    quota: TRUST_SIZE,
  }
  const title = `Allow ${service}.amazonaws.com to assume role ${RoleName}`
  const about = {effect, docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html'}
  return ofRole(role, remedyWithin(growth, title, changeTrust(role, [former, document]), about))
}
