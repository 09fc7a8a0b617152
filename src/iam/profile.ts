import {
  type Account,
  type Instance,
  type InstanceProfile,
  type ItemOf,
  isUnreadable,
  type Kind,
  type Role,
} from '../model/account.ts'
import {allWith, find, lookup} from '../model/lists.ts'
import {lastPart} from '../util/last-part.ts'
import type {NetworkContext} from './policy/context.ts'
import type {Decision} from './policy/evaluate.ts'
import type {LayerDecision} from './policy/statement.ts'
import {mayCall, type RoleFacts, type RoleRef, roleByArn} from './role.ts'
import {trustsEc2} from './trust.ts'

export type ProfileState =
  | {readonly state: 'none'}
  | {readonly state: 'unknown'; readonly because: string; readonly kind: Kind}
  | {readonly state: 'missing'; readonly arn: string}
  /** Deleted and created again with the same name, maybe with another path: another profile than that of the instance. */
  | {readonly state: 'recreated'; readonly profile: InstanceProfile; readonly attachedId: string}
  | {readonly state: 'empty'; readonly profile: InstanceProfile}
  | {
      readonly state: 'role'
      readonly profile: InstanceProfile
      readonly role: Role
      readonly trust: LayerDecision
      readonly registration: Decision
    }

type ProfileFacts = RoleFacts & Pick<Account, 'InstanceProfiles' | 'Roles'>

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html */
export function profileOf(facts: ProfileFacts, instance: Instance, network: NetworkContext = 'unknown'): ProfileState {
  const attached = instance.IamInstanceProfile
  if (!attached?.Arn)
    return attached?.Id
      ? {state: 'unknown', because: `the ARN of profile ${attached.Id} was not returned`, kind: 'Instances'}
      : {state: 'none'}
  const profile = lookup(facts.InstanceProfiles, 'Arn', attached.Arn)
  if (profile === undefined) {
    const namesake = profileLike(facts, lastPart(attached.Arn))
    return namesake
      ? {state: 'recreated', profile: namesake, attachedId: attached.Id ?? attached.Arn}
      : {state: 'missing', arn: attached.Arn}
  }
  if (isUnreadable(profile)) return {state: 'unknown', because: profile.unreadable, kind: 'InstanceProfiles'}
  const {InstanceProfileId} = profile
  if (attached.Id && InstanceProfileId && attached.Id !== InstanceProfileId)
    return {state: 'recreated', profile, attachedId: attached.Id}
  return withRole(facts, instance, profile, network)
}

/** The profile with this name or ARN. */
export const profileNamed = (
  {InstanceProfiles}: Pick<Account, 'InstanceProfiles'>,
  name: string | undefined,
): InstanceProfile | undefined =>
  find(InstanceProfiles, 'Arn', name) ?? (allWith(InstanceProfiles, nameIn, name)[0] as InstanceProfile | undefined)

const nameIn = (profile: ItemOf<'InstanceProfiles'>) => (isUnreadable(profile) ? [] : [profile.InstanceProfileName])

/**
 * The profile that AWS does not distinguish from one with this name: names are unique whatever their case and path.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const profileLike = (
  {InstanceProfiles}: Pick<Account, 'InstanceProfiles'>,
  name: string,
): InstanceProfile | undefined =>
  allWith(InstanceProfiles, nameInLowercase, name.toLowerCase())[0] as InstanceProfile | undefined

const nameInLowercase = (profile: ItemOf<'InstanceProfiles'>) => nameIn(profile).map((name) => name.toLowerCase())

function withRole(
  facts: ProfileFacts,
  instance: Instance,
  profile: InstanceProfile,
  network: NetworkContext,
): ProfileState {
  const [held] = profile.Roles
  if (held === undefined) return {state: 'empty', profile}
  const arn = held.Arn
  if (!arn) return {state: 'unknown', because: 'the ARN of its role was not returned', kind: 'InstanceProfiles'}
  const role = roleByArn(facts, arn)
  if (role === undefined) return {state: 'unknown', because: `role ${arn} was not read`, kind: 'Roles'}
  if (isUnreadable(role)) return {state: 'unknown', because: role.unreadable, kind: 'Roles'}
  const roleRef: RoleRef = {role, credentials: 'profile', instance}
  return {
    state: 'role',
    profile,
    role,
    trust: trustsEc2(role)(facts),
    registration: mayCall(facts, roleRef, 'ssm:UpdateInstanceInformation', network),
  }
}
