import {profileNamed} from '../iam/profile.ts'
import {
  type Account,
  type Instance,
  type InstanceProfile,
  isUnreadable,
  itemsOf,
  type Subnet,
} from '../model/account.ts'
import {ipv6BlocksOf} from '../model/blocks.ts'
import {add} from '../model/effect.ts'
import {PREFLIGHT_INSTANCE} from '../model/instance.ts'
import {launchedInstance, launcherOf} from '../model/launched-instance.ts'
import {find} from '../model/lists.ts'
import {formatAddress, parseCidr} from '../network/address.ts'
import {profileWith} from '../remedies/changes/instance-profiles.ts'
import {lastPart} from '../util/last-part.ts'
import {groupsOf, isCalled, type Launch, roleNamed} from './launch.ts'

/** The account as if the instance had just been launched. */
export function withHypotheticalInstance(account: Account, launch: Launch): Account {
  const profile = profileOf(account, launch)
  const instance = instanceOf(account, launch, profile)
  const withInstance = add('Instances', instance)(withImage(account, launch))
  return profile && !find(account.InstanceProfiles, 'Arn', profile.Arn)
    ? add('InstanceProfiles', profile)(withInstance)
    : withInstance
}

/** The named instance profile, or the one that the role would be added to. */
function profileOf(account: Account, {role, profile, subnet}: Launch): InstanceProfile | undefined {
  if (role === undefined) return profileNamed(account, profile)
  const found = roleNamed(account, role)
  const arn = found?.Arn ?? unreadArn(account.Roles, role) ?? arnOf(account, subnet, `role/${role}`)
  return profileWith(
    arnOf(account, subnet, `instance-profile/${PREFLIGHT_INSTANCE}`),
    found?.RoleName ?? role,
    found ?? {...UNREAD_ROLE, Arn: arn, RoleName: role},
  )
}

const UNREAD_ROLE = {
  Path: '/',
  RoleId: undefined,
  CreateDate: undefined,
  RolePolicyList: [],
  AttachedManagedPolicies: [],
}

const arnOf = (account: Account, subnetId: string, resource: string): string =>
  resource.includes('arn:')
    ? resource.slice(resource.indexOf('arn:'))
    : `arn:${account.Partition}:iam::${launcherOf(account, find(account.Subnets, 'SubnetId', subnetId)) ?? ''}:${resource}`

/** What could not be read is listed under the name by which it was requested. */
const unreadArn = (reading: Account['Roles'] | Account['InstanceProfiles'], name: string): string | undefined =>
  itemsOf<{readonly Arn: string}>(reading).find(
    (item) => isUnreadable(item) && isCalled(name, lastPart(item.Arn), item.Arn),
  )?.Arn

const profileArnOf = (account: Account, {profile, subnet}: Launch): string | undefined =>
  profile === undefined
    ? undefined
    : (unreadArn(account.InstanceProfiles, profile) ?? arnOf(account, subnet, `instance-profile/${profile}`))

function instanceOf(account: Account, launch: Launch, profile: InstanceProfile | undefined): Instance {
  const subnet = find(account.Subnets, 'SubnetId', launch.subnet)
  const Arn = profile?.Arn ?? profileArnOf(account, launch)
  const isPublic = launch.publicIp ?? subnet?.MapPublicIpOnLaunch ?? false
  return launchedInstance({
    id: PREFLIGHT_INSTANCE,
    interfaceId: PREFLIGHT_INSTANCE,
    account: launcherOf(account, subnet),
    subnet: subnet ?? {SubnetId: launch.subnet},
    address: firstAddressOf(subnet?.CidrBlock),
    ipv6: subnet?.AssignIpv6AddressOnCreation ? ipv6In(subnet) : undefined,
    publicIp: isPublic ? '203.0.113.1' : undefined,
    groups: groupsOf(account, launch),
    profile: Arn === undefined ? undefined : {Arn, Id: undefined},
    image: launch.image,
    instanceType: launch.instanceType,
    platform: platformOf(account, launch),
  })
}

/** From the flag, otherwise the image, otherwise another instance of the same image. */
function platformOf(account: Account, {platform, platformDetails, image}: Launch): string {
  if (platform !== undefined) return platform === 'windows' ? 'Windows' : 'Linux/UNIX'
  const sibling = image === undefined ? undefined : find(account.Instances, 'ImageId', image)
  return platformDetails ?? sibling?.PlatformDetails ?? 'Linux/UNIX'
}

/**
 * The first four addresses of a subnet are AWS's. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
function firstAddressOf(cidr: string | undefined): string | undefined {
  const [range] = (cidr === undefined ? undefined : parseCidr(cidr))?.ranges ?? []
  return range && formatAddress(Number(range[0]) + 4)
}

const ipv6In = (subnet: Subnet): string | undefined => ipv6BlocksOf(subnet)[0]?.replace(/::\/\d+$/, '::10')

/** What another instance of the same image shows about it. */
function withImage(account: Account, {image}: Launch): Account {
  const known = itemsOf(account.InstanceImageMetadata).find(({ImageMetadata}) => ImageMetadata?.ImageId === image)
  if (image === undefined || !known) return account
  return add('InstanceImageMetadata', {...known, InstanceId: PREFLIGHT_INSTANCE})(account)
}
