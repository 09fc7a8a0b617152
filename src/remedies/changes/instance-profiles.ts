import {CORE} from '../../iam/managed-policies.ts'
import {profileLike} from '../../iam/profile.ts'
import {isRoleNameTaken} from '../../iam/role.ts'
import type {
  Account,
  Context,
  IamInstanceProfileAssociation,
  Instance,
  InstanceProfile,
  Role,
} from '../../model/account.ts'
import {add, type Effect, inOrder, put, remove, set} from '../../model/effect.ts'
import {called, PREFLIGHT_INSTANCE} from '../../model/instance.ts'
import {lastPart} from '../../util/last-part.ts'
import {launchedWithout} from '../core/auto-scaling.ts'
import {type Change, change, inSequence, remedyOf} from '../core/change.ts'
import {unusedName} from '../core/model-id.ts'
import {type Call, ec2, fromVariable, type Input, iam, type Remedy} from '../core/remedy.ts'
import {createRole} from './new-roles.ts'
import {trustDocument} from './roles.ts'

/** The role as an instance profile lists it. */
export const inProfile = ({Arn, RoleName, RoleId, Path, CreateDate}: Role): InstanceProfile['Roles'][number] => ({
  Arn,
  RoleName,
  RoleId,
  Path,
  CreateDate,
  AssumeRolePolicyDocument: undefined,
})

/** A profile that does not exist yet: AWS assigns its id. */
export const profileWith = (Arn: string, InstanceProfileName: string, role: Role, Path = '/'): InstanceProfile => ({
  Arn,
  InstanceProfileName,
  InstanceProfileId: undefined,
  Path,
  CreateDate: undefined,
  Roles: [inProfile(role)],
})

/** A profile contains one role. */
export const addRole = (
  {Arn, InstanceProfileName}: Profile,
  RoleName: string,
  roles: InstanceProfile['Roles'],
): Change =>
  change({
    calls: iam('AddRoleToInstanceProfile', {InstanceProfileName, RoleName}),
    effects: set('InstanceProfiles', Arn, {Roles: roles}),
  })

/** A role in a profile that contains none. */
export const addRoleToInstanceProfile = (profile: InstanceProfile, role: Role, effect: string): Remedy =>
  remedyOf(
    `Add role ${role.RoleName} to instance profile ${profile.InstanceProfileName}`,
    addRole(profile, role.RoleName, [inProfile(role)]),
    {
      docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html',
      effect,
    },
  )

type Profile = Pick<InstanceProfile, 'Arn' | 'InstanceProfileName' | 'InstanceProfileId'>
type Association = IamInstanceProfileAssociation | undefined

const PERMISSIONS = 'Every process on the instance gets the permissions of the role.'
const RETRIES = 'The agent retries within an hour, or immediately when it is restarted.'
const isNew = ({InstanceId}: Instance): boolean => InstanceId === PREFLIGHT_INSTANCE
const effectOn = (instance: Instance): string =>
  [PERMISSIONS, isNew(instance) ? undefined : RETRIES, launchedWithout(instance)]
    .filter((text) => text !== undefined)
    .join(' ')
export const associateInstanceProfile = (instance: Instance, profile: Profile, former: Association): Remedy =>
  remedyOf(
    `Associate instance profile ${profile.InstanceProfileName} with ${called(instance)}`,
    association(instance, profile, former),
    {
      docs: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/attach-iam-role.html',
      effect: effectOn(instance),
    },
  )

/**
 * A profile of an instance can only be replaced by another one; if the association was not read, the command looks it
 * up.
 */
function association(
  {InstanceId, IamInstanceProfile: current}: Instance,
  {Arn, InstanceProfileName: Name, InstanceProfileId}: Profile,
  former: Association,
): Change {
  const save = {as: 'ASSOCIATION_ID', query: 'IamInstanceProfileAssociation.AssociationId'}
  const known = former?.AssociationId
  const lookUp = ec2(
    'DescribeIamInstanceProfileAssociations',
    {Filters: [{Name: 'instance-id', Values: [InstanceId]}]},
    {as: 'ASSOCIATION_BEFORE', query: 'IamInstanceProfileAssociations[0].AssociationId'},
  )
  const isFirst = known === undefined && current === undefined
  const AssociationId = fromVariable('ASSOCIATION_ID')
  const before = former?.IamInstanceProfile?.Arn ?? current?.Arn
  return change({
    calls: isFirst
      ? ec2('AssociateIamInstanceProfile', {InstanceId, IamInstanceProfile: {Name}}, save)
      : [
          ...(known === undefined ? [lookUp] : []),
          replaceProfile(known ?? fromVariable('ASSOCIATION_BEFORE'), {Name}, save),
        ],
    undo:
      before === undefined
        ? ec2('DisassociateIamInstanceProfile', {AssociationId})
        : replaceProfile(AssociationId, {Arn: before}),
    effects: setProfile(InstanceId, Arn, InstanceProfileId),
  })
}

export const replaceProfile = (
  AssociationId: Input,
  IamInstanceProfile: {readonly [key: string]: string},
  keep?: Call['save'],
): Call => ec2('ReplaceIamInstanceProfileAssociation', {AssociationId, IamInstanceProfile}, keep)

/** The instance has the profile. */
export function setProfile(InstanceId: string, Arn: string, Id?: string): Effect {
  const IamInstanceProfile = {Arn, Id}
  const unknown = {AssociationId: undefined, Timestamp: undefined}
  const now = {...unknown, InstanceId, IamInstanceProfile, State: 'associated' as const}
  return inOrder(
    set('Instances', InstanceId, {IamInstanceProfile}),
    remove('IamInstanceProfileAssociations', InstanceId, 'InstanceId'),
    add('IamInstanceProfileAssociations', now),
  )
}

const NEW_ROLE = 'SSMManagedInstance'

type NewProfileFacts = Pick<Context, 'Partition' | 'Region'> & Pick<Account, 'Roles' | 'InstanceProfiles'>

/** A name that neither a role nor an instance profile has. */
const freeName = (facts: NewProfileFacts): string =>
  unusedName(NEW_ROLE, (name) => isRoleNameTaken(facts, name) || profileLike(facts, name) !== undefined)

/** EC2 knows a new profile some seconds after IAM does. */
const newProfile = (profile: InstanceProfile, RoleName: string): Change => {
  const {InstanceProfileName, Path = '/'} = profile
  return change({
    calls: [
      iam('CreateInstanceProfile', {InstanceProfileName, ...(Path !== '/' && {Path})}),
      iam('AddRoleToInstanceProfile', {InstanceProfileName, RoleName}),
      {wait: iam('GetInstanceProfile', {InstanceProfileName}), until: 'instance-profile-exists', pause: 15},
    ],
    effects: put('InstanceProfiles', profile),
  })
}

/**
 * The profile that was deleted, with a role that was left. An instance holds the deleted one until it is associated with
 * the new one. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html
 */
export function recreateInstanceProfile(Arn: string, role: Role, instance: Instance, former: Association): Remedy {
  const path = Arn.slice(Arn.indexOf('/'))
  const profile = profileWith(Arn, lastPart(Arn), role, path.slice(0, path.lastIndexOf('/') + 1))
  return remedyOf(
    `Create instance profile ${profile.InstanceProfileName} again with role ${role.RoleName} and associate it with ${called(instance)}`,
    inSequence(newProfile(profile, role.RoleName), association(instance, profile, former)),
    {docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html', effect: effectOn(instance)},
  )
}

/**
 * For an account without a suitable profile: a role with only the permissions of a managed node, in a profile.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
export function createInstanceProfile(
  facts: NewProfileFacts,
  account: string,
  instance: Instance,
  former: Association,
): Remedy {
  const {Partition} = facts
  const name = freeName(facts)
  const role = createRole(Partition, {
    Arn: `arn:${Partition}:iam::${account}:role/${name}`,
    RoleName: name,
    Path: '/',
    trust: trustDocument('ec2'),
    policy: CORE,
  })
  const profile = profileWith(`arn:${Partition}:iam::${account}:instance-profile/${name}`, name, role.role)
  const title = `Create role and instance profile ${name} and associate it with ${called(instance)}`
  const change = inSequence(role, newProfile(profile, name), association(instance, profile, former))
  return remedyOf(title, change, {
    docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html',
    effect: effectOn(instance),
  })
}
