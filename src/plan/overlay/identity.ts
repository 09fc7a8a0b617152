import {readableRoles, rolesNamed} from '../../iam/role.ts'
import {type Account, type InstanceProfile, isUnreadable, itemsOf, type Policy, type Role} from '../../model/account.ts'
import {decodeDocument} from '../../model/documents.ts'
import {editAll, inOrder, put, remove, removeWhere} from '../../model/effect.ts'
import {HOST_MANAGEMENT_SETTING} from '../../model/kinds.ts'
import {find} from '../../model/lists.ts'
import {inProfile} from '../../remedies/changes/instance-profiles.ts'
import {attachPolicy, changeInline, detachPolicy} from '../../remedies/changes/roles.ts'
import {type Change, onModel} from '../../remedies/core/change.ts'
import {editRole, forgetDecisions} from '../../remedies/core/role.ts'
import {lastPart} from '../../util/last-part.ts'
import {
  hasUnknown,
  isKnown,
  listOf,
  objectOf,
  type PlannedResource,
  type Properties,
  textOf,
  textsOf,
} from '../resource.ts'
import {withoutOtherUnknowns} from './policy-document.ts'
import {
  afterApply,
  allUnknown,
  arnOf,
  changedOf,
  eachUnknown,
  possibleIds,
  type ResourceEffect,
  tagsAfter,
} from './resource-effect.ts'

const roleNamed = (account: Account, name: string): Role | undefined =>
  rolesNamed(account, name)[0] ?? find(account.Roles, 'Arn', name)

const withRole = (account: Account, name: string, change: (role: Role) => Change): Account => {
  const role = roleNamed(account, name)
  return role ? change(role).apply(account) : account
}

const unreadableRole = (account: Account, name: string, address: string): Account => {
  const Arn = roleNamed(account, name)?.Arn ?? arnOf(account, 'role', name)
  return put('Roles', {Arn, unreadable: afterApply(address)})(account)
}

const attached = (account: Account, arns: readonly string[]) =>
  arns.map((PolicyArn) => ({
    PolicyArn: arnOf(account, 'policy', PolicyArn),
    PolicyName: lastPart(PolicyArn),
  }))

export const role: ResourceEffect = {
  add: (account, given, {id, address, before: former = {}}) => {
    const [properties, before] = [given, former].map((one) => usedOf(account, one)) as [Properties, Properties]
    const name = textOf(properties.RoleName) ?? id
    const known = roleNamed(account, name)
    const changed = changedOf(known, properties, before)
    const {AssumeRolePolicyDocument, ManagedPolicyArns, Policies, PermissionsBoundary, Tags} = changed
    const Arn = known?.Arn ?? arnOf(account, 'role', name)
    if (Object.entries(changed).some(([property, value]) => hasUnknown([value, before[property]])))
      return unreadableRole(account, name, address)
    const boundary = textOf(PermissionsBoundary)
    const item = {
      ...{Path: '/', AttachedManagedPolicies: [], RolePolicyList: []},
      ...known,
      ...{Arn, RoleName: name},
      ...tagsAfter(known?.Tags, before.Tags, Tags),
      ...(AssumeRolePolicyDocument !== undefined && {
        AssumeRolePolicyDocument: decodeDocument(AssumeRolePolicyDocument),
      }),
      ...(ManagedPolicyArns !== undefined && {
        AttachedManagedPolicies: listed(
          known?.AttachedManagedPolicies,
          [before.ManagedPolicyArns, ManagedPolicyArns],
          (arns) => attached(account, textsOf(arns)),
          'PolicyArn',
        ),
      }),
      ...(Policies !== undefined && {
        RolePolicyList: listed(known?.RolePolicyList, [before.Policies, Policies], inlineIn, 'PolicyName'),
      }),
      ...(boundary !== undefined && {
        PermissionsBoundary: {
          PermissionsBoundaryType: 'Policy',
          PermissionsBoundaryArn: arnOf(account, 'policy', boundary),
        },
      }),
    } as Role
    return inOrder(put('Roles', boundary === '' ? withoutBoundary(item) : item), forgetDecisions)(account)
  },
  remove: (account, {RoleName}, {id}) => {
    const name = textOf(RoleName) ?? id
    const isOwn = (one: {readonly Arn?: string | undefined; readonly RoleName?: string | undefined}) =>
      one.Arn === name || one.RoleName === name
    return inOrder(
      removeWhere('Roles', (one) => !isUnreadable(one) && isOwn(one)),
      // IAM deletes no role that is in an instance profile: it is removed from it first.
      // https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
      editAll('InstanceProfiles', (profile) =>
        isUnreadable(profile) || !profile.Roles.some(isOwn)
          ? profile
          : {...profile, Roles: profile.Roles.filter((one) => !isOwn(one))},
      ),
    )(account)
  },
}

/** What matters of a role: it may be described, and named, by what is known only after apply. */
function usedOf(account: Account, {Description: _, RoleName, ...others}: Properties): Properties {
  const properties = {...others, ...(RoleName !== undefined && isKnown(RoleName) && {RoleName})}
  if (!Array.isArray(others.Policies)) return properties
  const Policies = others.Policies.map(objectOf).map(({PolicyDocument, ...one}) => ({
    ...one,
    PolicyDocument: withoutOtherUnknowns(account, PolicyDocument),
  }))
  return {...properties, Policies}
}

const inlineIn = (policies: unknown): Role['RolePolicyList'] =>
  listOf(policies)
    .map(objectOf)
    .map(({PolicyName, PolicyDocument}) => ({
      PolicyName: textOf(PolicyName) ?? '',
      PolicyDocument: decodeDocument(PolicyDocument),
    }))

/**
 * The policies that the role lists, with those that it has through separate resources: a role that listed policies before
 * removes only those.
 */
const listed = <T>(
  known: readonly T[] = [],
  [former, now]: readonly [former: unknown, now: unknown],
  policiesIn: (list: unknown) => readonly T[],
  key: keyof T,
): readonly T[] => {
  const own = new Set([former, now].flatMap(policiesIn).map((one) => one[key]))
  return [...(former === undefined ? [] : known.filter((one) => !own.has(one[key]))), ...policiesIn(now)]
}

const policyArnOf = (account: Account, name: unknown, id: string): string =>
  arnOf(account, 'policy', id.startsWith('arn:') ? id : (textOf(name) ?? id))

const withoutBoundary = ({PermissionsBoundary: _, ...item}: Role): Role => item as Role

export const managedPolicy: ResourceEffect = {
  add: (account, {PolicyDocument: given, ManagedPolicyName, Roles}, {id, address}) => {
    const Arn = policyArnOf(account, ManagedPolicyName, id)
    const PolicyDocument = withoutOtherUnknowns(account, given)
    if (hasUnknown(PolicyDocument)) return put('Policies', {Arn, unreadable: afterApply(address)})(account)
    const policy = {
      Arn,
      PolicyName: textOf(ManagedPolicyName) ?? id,
      DefaultVersionId: 'v1',
      PolicyVersionList: [{VersionId: 'v1', IsDefaultVersion: true, Document: decodeDocument(PolicyDocument)}],
    } as unknown as Policy
    const updated = PolicyDocument === undefined ? account : inOrder(put('Policies', policy), forgetDecisions)(account)
    return textsOf(Roles).reduce((changed, role) => attach(changed, role, Arn), updated)
  },
  remove: (account, {ManagedPolicyName, Roles}, {id}) => {
    const Arn = policyArnOf(account, ManagedPolicyName, id)
    const without = remove('Policies', Arn)(account)
    return textsOf(Roles).reduce((changed, name) => detach(changed, name, Arn), without)
  },
  isPart: true,
}

const detach = (account: Account, roleName: string, policyArn: unknown): Account =>
  withRole(account, roleName, (role) => detachPolicy(role, textOf(policyArn) ?? ''))

const attach = (account: Account, roleName: string, policyArn: string): Account =>
  withRole(account, roleName, (role) => attachPolicy(role, arnOf(account, 'policy', policyArn)))

export const rolePolicyAttachment: ResourceEffect = {
  add: (account, {RoleName, PolicyArn}, {address}) => {
    const [name, arn] = [textOf(RoleName), textOf(PolicyArn)]
    if (name === undefined)
      return eachUnknown(account, 'Roles', RoleName, address, (model, one) => unreadableRole(model, one, address))
    if (arn === undefined) return unreadableRole(account, name, address)
    return attach(account, name, arn)
  },
  remove: (account, {RoleName, PolicyArn}) => detach(account, textOf(RoleName) ?? '', PolicyArn),
  isPart: true,
}

/** The roles that have a policy, and no others. */
export const rolesOfPolicy: ResourceEffect = {
  add: (account, {PolicyArn, RoleNames}, {address}) => {
    const arn = arnOf(account, 'policy', textOf(PolicyArn) ?? '')
    const names = textsOf(RoleNames)
    return readableRoles(account)
      .filter(({AttachedManagedPolicies}) => AttachedManagedPolicies.some((policy) => policy.PolicyArn === arn))
      .filter(({RoleName}) => !names.includes(RoleName))
      .reduce(
        (model, {RoleName}) =>
          hasUnknown(RoleNames) ? unreadableRole(model, RoleName, address) : detach(model, RoleName, arn),
        account,
      )
  },
  remove: (account) => account,
}

/** The policies of a role, and no others. */
const only = (
  property: string,
  policiesIn: (account: Account, role: Role, texts: readonly string[]) => Partial<Role>,
) => ({
  add: (account: Account, properties: Properties, {address}: PlannedResource): Account => {
    const {RoleName, [property]: policies} = properties
    const name = textOf(RoleName)
    if (name === undefined || hasUnknown(policies))
      return eachUnknown(account, 'Roles', RoleName, address, (model, one) => unreadableRole(model, one, address))
    return withRole(account, name, ({Arn}) =>
      onModel(editRole(Arn, (one) => ({...one, ...policiesIn(account, one, textsOf(policies))}))),
    )
  },
  remove: (account: Account): Account => account,
})

export const roleAttachments: ResourceEffect = only('PolicyArns', (account, _, arns) => ({
  AttachedManagedPolicies: attached(account, arns),
}))

export const roleInlinePolicies: ResourceEffect = only('PolicyNames', (_, {RolePolicyList}, names) => ({
  RolePolicyList: RolePolicyList.filter(({PolicyName}) => names.includes(PolicyName)),
}))

/** An inline policy of one role or several. */
export const inlinePolicy: ResourceEffect = {
  add: (account, {PolicyName, PolicyDocument: given, Roles}, {address, id}) => {
    const PolicyDocument = withoutOtherUnknowns(account, given)
    if (hasUnknown(Roles)) {
      const names = listOf(Roles).map(possibleIds)
      return names.includes(undefined)
        ? allUnknown(account, 'Roles', address)
        : textsOf(names.flat()).reduce((model, one) => unreadableRole(model, one, address), account)
    }
    const document = decodeDocument(PolicyDocument)
    return textsOf(Roles).reduce(
      (changed, role) =>
        hasUnknown(PolicyDocument)
          ? unreadableRole(changed, role, address)
          : withRole(changed, role, (one) => changeInline(one, textOf(PolicyName) ?? id, [undefined, document])),
      account,
    )
  },
  remove: (account, {PolicyName, Roles}, {id}) => {
    const name = textOf(PolicyName) ?? id
    const without = (one: Role) => changeInline(one, name, [undefined, null])
    return textsOf(Roles).reduce((changed, role) => withRole(changed, role, without), account)
  },
  isPart: true,
}

const profileNameOf = ({InstanceProfileName}: Properties, id: string): string => textOf(InstanceProfileName) ?? id

export const instanceProfile: ResourceEffect = {
  add: (account, properties, {id, address}) => {
    const name = profileNameOf(properties, id)
    const Arn = arnOf(account, 'instance-profile', name)
    const known = find(account.InstanceProfiles, 'Arn', Arn)
    if (hasUnknown(properties.Roles)) return put('InstanceProfiles', {Arn, unreadable: afterApply(address)})(account)
    const roles = textsOf(properties.Roles).map((role) => {
      const found = roleNamed(account, role)
      return inProfile(found ?? ({Arn: arnOf(account, 'role', role), RoleName: role, Path: '/'} as Role))
    })
    const item = {
      ...known,
      Arn,
      InstanceProfileName: name,
      InstanceProfileId: known && 'InstanceProfileId' in known ? known.InstanceProfileId : Arn,
      Path: '/',
      Roles: properties.Roles === undefined && known ? known.Roles : roles,
    } as InstanceProfile
    return put('InstanceProfiles', item)(account)
  },
  remove: (account, properties, {id}) => {
    const Arn = arnOf(account, 'instance-profile', profileNameOf(properties, id))
    return remove('InstanceProfiles', Arn)(account)
  },
}

export const serviceSetting: ResourceEffect = {
  add: (account, {SettingId, SettingValue}, {address}) => {
    const [id, value] = [textOf(SettingId), textOf(SettingValue)]
    if (id === undefined || value === undefined) return allUnknown(account, 'ServiceSettings', address)
    const known = itemsOf(account.ServiceSettings).find((one) => one.SettingId === id || id.endsWith(one.SettingId))
    return put('ServiceSettings', {
      ...known,
      SettingId: known?.SettingId ?? id,
      SettingValue: value,
      Status: 'Customized',
    })(account)
  },
  remove: (account, {SettingId}) =>
    removeWhere('ServiceSettings', (one) => String(textOf(SettingId)).endsWith(one.SettingId))(account),
}

/**
 * Host management as a resource. The name of the role that Systems Manager creates for itself is not documented.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-defaulthostmanagementconfiguration.html
 */
export const hostManagement: ResourceEffect = {
  add: (account, {CustomerManagedRoleArn}, resource) =>
    serviceSetting.add(account, {SettingId: HOST_MANAGEMENT_SETTING, SettingValue: CustomerManagedRoleArn}, resource),
  remove: (account, _, resource) => serviceSetting.remove(account, {SettingId: HOST_MANAGEMENT_SETTING}, resource),
}
