import type {Role} from '../../model/account.ts'
import type {Remedy} from '../core/remedy.ts'
import {withRole} from '../core/role.ts'

/** For a boundary that cannot be changed, because AWS owns it or its document is not known. */
export const deleteRolePermissionsBoundary = (role: Role, boundaryArn: string, effect: string): Remedy => ({
  title: `Remove the permissions boundary of role ${role.RoleName}`,
  steps: [{service: 'iam', operation: 'DeleteRolePermissionsBoundary', input: {RoleName: role.RoleName}}],
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html',
  effect: `${effect} The role is then limited only by its own policies.`,
  undo: [
    {
      service: 'iam',
      operation: 'PutRolePermissionsBoundary',
      input: {RoleName: role.RoleName, PermissionsBoundary: boundaryArn},
    },
  ],
  apply: (account) => withRole(account, role.Arn, ({PermissionsBoundary: _, ...rest}) => rest),
})
