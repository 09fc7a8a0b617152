import {type InstanceProfile, isUnreadable, type Role} from '../../model/account.ts'
import {withItem} from '../../model/joins.ts'
import type {Remedy} from '../core/remedy.ts'

const DOCS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html'

/** The role as an instance profile lists it. */
export const inProfile = ({Arn, RoleName, RoleId, Path, CreateDate}: Role): InstanceProfile['Roles'][number] => ({
  Arn,
  RoleName,
  RoleId,
  Path,
  CreateDate,
  AssumeRolePolicyDocument: undefined,
})

/** A profile contains one role, and this one contains none. */
export const addRoleToInstanceProfile = (
  {Arn, InstanceProfileName}: InstanceProfile,
  role: Role,
  effect: string,
): Remedy => ({
  title: `Add role ${role.RoleName} to instance profile ${InstanceProfileName}`,
  steps: [
    {service: 'iam', operation: 'AddRoleToInstanceProfile', input: {InstanceProfileName, RoleName: role.RoleName}},
  ],
  docs: DOCS,
  effect,
  undo: [
    {service: 'iam', operation: 'RemoveRoleFromInstanceProfile', input: {InstanceProfileName, RoleName: role.RoleName}},
  ],
  apply: (account) =>
    withItem(account, 'InstanceProfiles', 'Arn', Arn, (profile) =>
      isUnreadable(profile) ? profile : {...profile, Roles: [inProfile(role)]},
    ),
})
