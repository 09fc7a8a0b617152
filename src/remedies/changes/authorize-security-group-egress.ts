import {withItem} from '../../model/joins.ts'
import type {Change} from '../core/change.ts'
import type {Permission} from '../core/permission.ts'

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupEgress.html */
export const authorizeEgress = (GroupId: string, IpPermissions: readonly Permission[]): Change => ({
  steps: [{service: 'ec2', operation: 'AuthorizeSecurityGroupEgress', input: {GroupId, IpPermissions}}],
  undo: [{service: 'ec2', operation: 'RevokeSecurityGroupEgress', input: {GroupId, IpPermissions}}],
  apply: (account) =>
    withItem(account, 'SecurityGroups', 'GroupId', GroupId, (group) => ({
      ...group,
      IpPermissionsEgress: [...group.IpPermissionsEgress, ...IpPermissions],
    })),
})
