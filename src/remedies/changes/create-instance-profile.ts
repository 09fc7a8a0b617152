import {awsManaged, CORE} from '../../iam/managed-policies.ts'
import type {
  Account,
  Context,
  IamInstanceProfileAssociation,
  Instance,
  InstanceProfile,
  Role,
} from '../../model/account.ts'
import {withPut} from '../../model/joins.ts'
import type {Call, Remedy} from '../core/remedy.ts'
import {inProfile} from './add-role-to-instance-profile.ts'
import {associated, associationCalls, undoOf} from './associate-instance-profile.ts'
import {detach} from './attach-role-policy.ts'
import {trustDocument} from './update-assume-role-policy.ts'

const NEW_ROLE = 'SSMManagedInstance'

const iam = (operation: string, input: Call['input']): Call => ({service: 'iam', operation, input})

/** A role with only the permissions of a managed node, in a profile of the same name. */
function newRole({Partition}: Pick<Context, 'Partition'>, account: string): Role {
  const PolicyArn = awsManaged(Partition, CORE)
  return {
    Arn: `arn:${Partition}:iam::${account}:role/${NEW_ROLE}`,
    RoleName: NEW_ROLE,
    Path: '/',
    RoleId: undefined,
    CreateDate: undefined,
    AssumeRolePolicyDocument: trustDocument('ec2'),
    RolePolicyList: [],
    AttachedManagedPolicies: [{PolicyName: CORE, PolicyArn}],
    Tags: [],
  }
}

const creation = (Partition: string): readonly Call[] => [
  iam('CreateRole', {RoleName: NEW_ROLE, AssumeRolePolicyDocument: JSON.stringify(trustDocument('ec2'))}),
  iam('AttachRolePolicy', {RoleName: NEW_ROLE, PolicyArn: awsManaged(Partition, CORE)}),
  iam('CreateInstanceProfile', {InstanceProfileName: NEW_ROLE}),
  iam('AddRoleToInstanceProfile', {InstanceProfileName: NEW_ROLE, RoleName: NEW_ROLE}),
]

const removal = (Partition: string): readonly Call[] => [
  iam('RemoveRoleFromInstanceProfile', {InstanceProfileName: NEW_ROLE, RoleName: NEW_ROLE}),
  iam('DeleteInstanceProfile', {InstanceProfileName: NEW_ROLE}),
  detach(NEW_ROLE, awsManaged(Partition, CORE)),
  iam('DeleteRole', {RoleName: NEW_ROLE}),
]

/** For an account without a suitable profile. */
export function createInstanceProfile(
  context: Pick<Context, 'Partition'>,
  account: string,
  instance: Instance,
  association: IamInstanceProfileAssociation | undefined,
): Remedy {
  const role = newRole(context, account)
  const profile: InstanceProfile = {
    Arn: `arn:${context.Partition}:iam::${account}:instance-profile/${NEW_ROLE}`,
    InstanceProfileName: NEW_ROLE,
    InstanceProfileId: undefined,
    Path: '/',
    CreateDate: undefined,
    Roles: [inProfile(role)],
  }
  return {
    title: `Create role and instance profile ${NEW_ROLE} and associate it with ${instance.InstanceId}`,
    steps: [...creation(context.Partition), ...associationCalls(instance, NEW_ROLE, association)],
    docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html',
    effect:
      'Every process on the instance gets the permissions of the role. EC2 knows a new profile after some seconds. The agent retries within an hour, or immediately when it is restarted.',
    undo: [...undoOf(instance, association), ...removal(context.Partition)],
    apply: (before: Account) => {
      const withRole = withPut(before, 'Roles', 'Arn', role)
      const withProfile = withPut(withRole, 'InstanceProfiles', 'Arn', profile)
      return associated(withProfile, instance.InstanceId, profile)
    },
  }
}
