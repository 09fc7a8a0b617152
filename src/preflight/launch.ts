import {profileNamed} from '../iam/profile.ts'
import {type Account, isUnreadable, itemsOf, type Role} from '../model/account.ts'
import {defaultGroupsOf} from '../model/launched-instance.ts'
import {find} from '../model/lists.ts'

/** How an instance would be launched. */
export interface Launch {
  readonly subnet: string
  /** None: the default group of the VPC. */
  readonly groups: readonly string[]
  /** A role for which an instance profile would be created. */
  readonly role?: string | undefined
  readonly profile?: string | undefined
  /** Undefined: the setting of the subnet. */
  readonly publicIp?: boolean | undefined
  readonly image?: string | undefined
  /** Undefined: that of the image. */
  readonly platform?: 'linux' | 'windows' | undefined
  /** The operating system of the image, as AWS reports it. */
  readonly platformDetails?: string | undefined
  readonly instanceType?: string | undefined
}

/** What the launch names and the account does not have. */
export function missingResources(account: Account, launch: Launch, hasImage = true): readonly string[] {
  const {subnet, groups, role, profile, image} = launch
  const {Subnets, SecurityGroups, Roles, InstanceProfiles} = account
  const ownSubnet = find(Subnets, 'SubnetId', subnet)
  // Nothing was read for a subnet that does not exist.
  if (!ownSubnet) return [`subnet ${subnet}`]
  const missing = (what: string, requested: string | undefined, found: unknown, isUnread: boolean) =>
    requested === undefined || found !== undefined || isUnread ? [] : [`${what} ${requested}`]
  return [
    ...(groups.length === 0 && groupsOf(account, launch).length === 0
      ? [`default security group of ${ownSubnet.VpcId}`]
      : []),
    ...groups.flatMap((id) =>
      missing('security group', id, find(SecurityGroups, 'GroupId', id), isUnreadable(SecurityGroups)),
    ),
    ...missing('role', role, roleNamed(account, role), isUnreadable(Roles) || itemsOf(Roles).some(isUnreadable)),
    ...missing(
      'instance profile',
      profile,
      profileNamed(account, profile),
      isUnreadable(InstanceProfiles) || itemsOf(InstanceProfiles).some(isUnreadable),
    ),
    ...missing('image', image, hasImage || undefined, false),
  ]
}

/** Groups of another VPC than the subnet's, of which EC2 launches no instance. */
export function groupsOfOtherVpcs(account: Account, {subnet, groups}: Launch) {
  const subnetVpcId = find(account.Subnets, 'SubnetId', subnet)?.VpcId
  return groups.flatMap((group) => {
    const groupVpcId = find(account.SecurityGroups, 'GroupId', group)?.VpcId
    const isOther = groupVpcId !== undefined && subnetVpcId !== undefined && groupVpcId !== subnetVpcId
    return isOther ? [{group, groupVpcId, subnetVpcId}] : []
  })
}

export const isCalled = (requested: string, name: string, arn: string): boolean =>
  requested === name || requested === arn

export const roleNamed = ({Roles}: Account, requested = ''): Role | undefined =>
  itemsOf(Roles).find((role): role is Role => !isUnreadable(role) && isCalled(requested, role.RoleName, role.Arn))

/** Without any, the default group of the VPC; if groups cannot be read, an unknown one. */
export function groupsOf(account: Account, {subnet, groups}: Launch): readonly string[] {
  if (groups.length > 0) return groups
  if (isUnreadable(account.SecurityGroups)) return ['default']
  return defaultGroupsOf(account, find(account.Subnets, 'SubnetId', subnet)?.VpcId)
}
