import {asText, isEditable, withoutDenyOfService, withStatement} from '../../iam/edit.ts'
import {awsManaged, awsManagedName} from '../../iam/managed-policies.ts'
import {servicePrincipals} from '../../iam/trust.ts'
import type {Account, PolicyDocument, Role} from '../../model/account.ts'
import {remedy} from '../core/change.ts'
import {charactersIn, INLINE_SIZE, POLICIES_OF_ROLE, TRUST_SIZE, withinQuota} from '../core/iam-quotas.ts'
import {answer, type Call, iam, type Remedy} from '../core/remedy.ts'
import {editRole} from '../core/role.ts'

const PERMISSIONS_DOCS = 'https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html'

const attachment = (partition: string, name: string) => ({
  PolicyName: name.slice(name.lastIndexOf('/') + 1),
  PolicyArn: awsManaged(partition, name),
})

export const attach = (RoleName: string, PolicyArn: string): Call => iam('AttachRolePolicy', {RoleName, PolicyArn})
export const detach = (RoleName: string, PolicyArn: string): Call => iam('DetachRolePolicy', {RoleName, PolicyArn})

const attached = (role: Role, policy: ReturnType<typeof attachment>): Role => ({
  ...role,
  AttachedManagedPolicies: [...role.AttachedManagedPolicies, policy],
})

const detached = (role: Role, arn: string): Role => ({
  ...role,
  AttachedManagedPolicies: role.AttachedManagedPolicies.filter(({PolicyArn}) => PolicyArn !== arn),
})

/** Attaches the AWS managed policy of this name to a role. */
export function attachRolePolicy(
  {Partition}: Pick<Account, 'Partition'>,
  {Arn, RoleName, AttachedManagedPolicies}: Role,
  name: string,
  effect: string,
): Remedy {
  const policy = attachment(Partition, name)
  const count = AttachedManagedPolicies.length
  const isFull = count >= POLICIES_OF_ROLE.most
  const full = `Role ${RoleName} has ${count} managed policies: ${POLICIES_OF_ROLE.inWords}.`
  return remedy({
    title: `Attach ${policy.PolicyName} to role ${RoleName}`,
    calls: attach(RoleName, policy.PolicyArn),
    undo: detach(RoleName, policy.PolicyArn),
    ...(!isFull && {effects: editRole(Arn, (role) => attached(role, policy))}),
    docs: PERMISSIONS_DOCS,
    effect: isFull ? `${effect} ${full}` : effect,
  })
}

/** Detaches a managed policy from a role. */
export const detachRolePolicy = ({Arn, RoleName}: Role, policyArn: string, effect: string): Remedy =>
  remedy({
    title: `Detach ${policyArn.slice(policyArn.lastIndexOf('/') + 1)} from role ${RoleName}`,
    calls: detach(RoleName, policyArn),
    undo: attach(RoleName, policyArn),
    effects: editRole(Arn, (role) => detached(role, policyArn)),
    docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-attach-detach.html',
    effect: `${effect} Whatever else the policy allows or denies ends too.`,
  })

/**
 * The new policy first, so that the node never loses its permissions, unless the role has no room for it. Before the old
 * one is detached, a report shows which services the role has used.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
 */
export function replaceRolePolicy(
  {Partition}: Pick<Account, 'Partition'>,
  {Arn, RoleName, AttachedManagedPolicies}: Role,
  oldArn: string,
  name: string,
  effect: string,
): Remedy {
  const policy = attachment(Partition, name)
  const old = awsManagedName(oldArn) ?? oldArn
  const used = [
    iam('GenerateServiceLastAccessedDetails', {Arn}, {as: 'ACCESS_REPORT', query: 'JobId'}),
    iam('GetServiceLastAccessedDetails', {JobId: answer('ACCESS_REPORT')}),
  ]
  const calls = [attach(RoleName, policy.PolicyArn), detach(RoleName, oldArn)]
  const isFull = AttachedManagedPolicies.length >= POLICIES_OF_ROLE.most
  const order = isFull
    ? ` The old policy is detached first: the role has ${AttachedManagedPolicies.length} managed policies, and ${POLICIES_OF_ROLE.inWords}.`
    : ''
  return remedy({
    title: `Replace ${old.slice(old.lastIndexOf('/') + 1)} by ${policy.PolicyName} on role ${RoleName}`,
    calls: isFull ? [...used, ...calls.toReversed()] : [calls[0]!, ...used, calls[1]!],
    undo: isFull
      ? [detach(RoleName, policy.PolicyArn), attach(RoleName, oldArn)]
      : [attach(RoleName, oldArn), detach(RoleName, policy.PolicyArn)],
    effects: editRole(Arn, (role) => detached(attached(role, policy), oldArn)),
    docs: PERMISSIONS_DOCS,
    effect: `${effect} Rights to S3 buckets, logs and directories that only the old policy gave end with it: detach it only if the report shows that the role does not use these services otherwise.${order}`,
  })
}

/** Adds an inline policy to a role, or removes it if there is no document. */
export function putRolePolicy(
  {Arn, RoleName, RolePolicyList}: Role,
  PolicyName: string,
  document: PolicyDocument | undefined,
  title: string,
  effect: string,
): Remedy {
  const put = (PolicyDocument: PolicyDocument | undefined) =>
    PolicyDocument === undefined
      ? iam('DeleteRolePolicy', {RoleName, PolicyName})
      : iam('PutRolePolicy', {RoleName, PolicyName, PolicyDocument: asText(PolicyDocument)})
  const edited = (before: Role['RolePolicyList']): Role['RolePolicyList'] => [
    ...before.filter((policy) => policy.PolicyName !== PolicyName),
    ...(document === undefined ? [] : [{PolicyName, PolicyDocument: document}]),
  ]
  const sizeOf = (policies: Role['RolePolicyList']) =>
    charactersIn(...policies.map(({PolicyDocument}) => PolicyDocument))
  const growth = {
    what: `The inline policies of role ${RoleName}`,
    before: sizeOf(RolePolicyList),
    after: sizeOf(edited(RolePolicyList)),
    quota: INLINE_SIZE,
  }
  const effects = editRole(Arn, (role) => ({...role, RolePolicyList: edited(role.RolePolicyList)}))
  return remedy({
    title,
    calls: put(document),
    undo: put(RolePolicyList.find((policy) => policy.PolicyName === PolicyName)?.PolicyDocument),
    ...withinQuota(growth, {effects, effect}),
    docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html',
  })
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

/** What an earlier step added stays. */
function statementsOf(role: Role): readonly unknown[] {
  const document = role.RolePolicyList.find(({PolicyName}) => PolicyName === LEAST_PRIVILEGE_NAME)?.PolicyDocument
  if (typeof document !== 'object') return []
  const {Statement} = document
  return Array.isArray(Statement) ? Statement : [Statement]
}

/** For a boundary that cannot be changed, because AWS owns it or its document is not known. */
export const deleteRolePermissionsBoundary = (
  {Arn, RoleName}: Role,
  PermissionsBoundary: string,
  effect: string,
): Remedy =>
  remedy({
    title: `Remove the permissions boundary of role ${RoleName}`,
    calls: iam('DeleteRolePermissionsBoundary', {RoleName}),
    undo: iam('PutRolePermissionsBoundary', {RoleName, PermissionsBoundary}),
    effects: editRole(Arn, ({PermissionsBoundary: _, ...rest}) => rest),
    docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html',
    effect: `${effect} The role is then limited only by its own policies.`,
  })

type Principal = 'ec2' | 'ssm'

/** AWS's own documents use this name in every partition except those that cannot reach it. */
export const trustStatement = (service: Principal) => ({
  Effect: 'Allow',
  Principal: {Service: `${service}.amazonaws.com`},
  Action: 'sts:AssumeRole',
})

export const trustDocument = (service: Principal): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [trustStatement(service)],
})

/** Allows a service to assume the role; existing principals still can. */
export function updateAssumeRolePolicy(
  {Arn, RoleName, AssumeRolePolicyDocument: former}: Role,
  service: Principal,
  effect: string,
): Remedy {
  const document = isEditable(former)
    ? withStatement(
        withoutDenyOfService(former, servicePrincipals(service, Arn.split(':')[1] ?? 'aws')),
        trustStatement(service),
      )
    : trustDocument(service)
  const growth = {
    what: `The trust policy of role ${RoleName}`,
    before: charactersIn(former),
    after: charactersIn(document),
    quota: TRUST_SIZE,
  }
  const effects = editRole(Arn, (role) => ({...role, AssumeRolePolicyDocument: document}))
  const update = (trust: PolicyDocument) => iam('UpdateAssumeRolePolicy', {RoleName, PolicyDocument: asText(trust)})
  return remedy({
    title: `Allow ${service}.amazonaws.com to assume role ${RoleName}`,
    calls: update(document),
    undo: former === undefined ? undefined : update(former),
    ...withinQuota(growth, {effects, effect}),
    docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html',
  })
}
