import {awsManaged, awsManagedName} from '../../iam/managed-policies.ts'
import type {Account, Role} from '../../model/account.ts'
import type {Call, Remedy} from '../core/remedy.ts'
import {withRole} from '../core/role.ts'

const attachment = (partition: string, name: string) => ({
  PolicyName: name.slice(name.lastIndexOf('/') + 1),
  PolicyArn: awsManaged(partition, name),
})

export const attach = (RoleName: string, PolicyArn: string): Call => ({
  service: 'iam',
  operation: 'AttachRolePolicy',
  input: {RoleName, PolicyArn},
})

export const detach = (RoleName: string, PolicyArn: string): Call => ({
  service: 'iam',
  operation: 'DetachRolePolicy',
  input: {RoleName, PolicyArn},
})

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
  role: Role,
  name: string,
  effect: string,
): Remedy {
  const policy = attachment(Partition, name)
  return {
    title: `Attach ${policy.PolicyName} to role ${role.RoleName}`,
    steps: [attach(role.RoleName, policy.PolicyArn)],
    docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html',
    effect,
    undo: [detach(role.RoleName, policy.PolicyArn)],
    apply: (account) => withRole(account, role.Arn, (found) => attached(found, policy)),
  }
}

/** Detaches a managed policy from a role. */
export const detachRolePolicy = (role: Role, arn: string, effect: string): Remedy => ({
  title: `Detach ${arn.slice(arn.lastIndexOf('/') + 1)} from role ${role.RoleName}`,
  steps: [detach(role.RoleName, arn)],
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-attach-detach.html',
  effect: `${effect} Whatever else the policy allows or denies ends too.`,
  undo: [attach(role.RoleName, arn)],
  apply: (account) => withRole(account, role.Arn, (found) => detached(found, arn)),
})

/** The new policy first, so that the node never loses its permissions. */
export function replaceRolePolicy(
  {Partition}: Pick<Account, 'Partition'>,
  role: Role,
  oldArn: string,
  name: string,
  effect: string,
): Remedy {
  const policy = attachment(Partition, name)
  const old = awsManagedName(oldArn) ?? oldArn
  return {
    title: `Replace ${old.slice(old.lastIndexOf('/') + 1)} by ${policy.PolicyName} on role ${role.RoleName}`,
    steps: [attach(role.RoleName, policy.PolicyArn), detach(role.RoleName, oldArn)],
    docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html',
    effect: `${effect} Rights to S3 buckets, logs and directories that only the old policy gave end with it.`,
    undo: [attach(role.RoleName, oldArn), detach(role.RoleName, policy.PolicyArn)],
    apply: (account) => withRole(account, role.Arn, (found) => detached(attached(found, policy), oldArn)),
  }
}
