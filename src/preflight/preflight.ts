import {imageNameOf, isAgentPreinstalled} from '../agent/image.ts'
import {isRegistrationUnknown} from '../diagnosis/diagnosis.ts'
import {type Examination, examination} from '../diagnosis/examine.ts'
import type {ExamineOptions} from '../diagnosis/examine-options.ts'
import {OF_RUNNING_MACHINE} from '../diagnosis/registration.ts'
import type {CheckResult, Report, Verdict} from '../diagnosis/report.ts'
import {profileNamed} from '../iam/profile.ts'
import {
  type Account,
  type Instance,
  type InstanceProfile,
  isUnreadable,
  itemsOf,
  type Role,
  type Subnet,
} from '../model/account.ts'
import {ipv6BlocksOf} from '../model/blocks.ts'
import {add} from '../model/effect.ts'
import {PREFLIGHT_INSTANCE} from '../model/instance.ts'
import {defaultGroupsOf, launchedInstance, launcherOf} from '../model/launched-instance.ts'
import {find} from '../model/lists.ts'
import {formatAddress, parseCidr} from '../network/address.ts'
import {profileWith} from '../remedies/changes/instance-profiles.ts'
import {atLaunch} from '../remedies/core/at-launch.ts'
import {lastPart} from '../util/last-part.ts'

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

interface Foreign {
  readonly group: string
  readonly its: string
  readonly subnets: string
}

/** Groups of another VPC than the subnet's. */
export function foreignGroups(account: Account, {subnet, groups}: Launch): readonly Foreign[] {
  const ownVpcId = find(account.Subnets, 'SubnetId', subnet)?.VpcId
  return groups.flatMap((group) => {
    const its = find(account.SecurityGroups, 'GroupId', group)?.VpcId
    return its === undefined || ownVpcId === undefined || its === ownVpcId ? [] : [{group, its, subnets: ownVpcId}]
  })
}

const isCalled = (requested: string, name: string, arn: string): boolean => requested === name || requested === arn

const roleNamed = ({Roles}: Account, requested = ''): Role | undefined =>
  itemsOf(Roles).find((role): role is Role => !isUnreadable(role) && isCalled(requested, role.RoleName, role.Arn))

/** The account as if the instance had just been launched. */
function hypotheticalInstance(account: Account, launch: Launch): Account {
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

/** Without any, the default group of the VPC; if groups cannot be read, an unknown one. */
function groupsOf(account: Account, {subnet, groups}: Launch): readonly string[] {
  if (groups.length > 0) return groups
  if (isUnreadable(account.SecurityGroups)) return ['default']
  return defaultGroupsOf(account, find(account.Subnets, 'SubnetId', subnet)?.VpcId)
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

/** Whether an instance launched this way would be managed: the same checks, paths and changes. */
export function preflight(account: Account, launch: Launch, options: ExamineOptions = {}): Examination {
  const after = hypotheticalInstance(account, launch)
  const hasAgent = isAgentPreinstalled(after, {InstanceId: PREFLIGHT_INSTANCE} as Instance)
  const {report, remedies} = examination(after, PREFLIGHT_INSTANCE, {
    ...options,
    includeFallback: hasAgent === 'no',
    steps: atLaunch(PREFLIGHT_INSTANCE),
  })
  const causes = report.causes.filter(({check}) => !OF_RUNNING_MACHINE.has(check))
  return {
    report: {
      ...report,
      causes,
      checks: report.checks
        .filter(({id}) => !OF_RUNNING_MACHINE.has(id))
        .map((check) => (check.id === 'agent' && hasAgent !== 'no' ? agentOf(check, after, hasAgent) : check)),
      verdict: verdictOf(report, causes),
    },
    remedies,
  }
}

const agentOf = (check: CheckResult, account: Account, hasAgent: 'yes' | 'unknown'): CheckResult => {
  const name = imageNameOf(account, {InstanceId: PREFLIGHT_INSTANCE} as Instance)
  return hasAgent === 'yes'
    ? {...check, status: 'pass', notes: [`The image ${name} comes with the agent.`]}
    : {...check, status: 'unknown', notes: ['Whether the image comes with the agent is not known.']}
}

function verdictOf({paths, checks}: Report, causes: Report['causes']): Verdict {
  if (causes.some(({severity}) => severity === 'blocks')) return 'unmanaged'
  const outcomes = checks.map((check) => ({check, status: check.status}))
  if (isRegistrationUnknown({paths, outcomes})) return 'undecided'
  return causes.some(({severity}) => severity === 'degrades') ? 'degraded' : 'managed'
}
