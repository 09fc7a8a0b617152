import {HOST_MANAGEMENT_ROLE} from '../../iam/host-management.ts'
import {awsManaged, CORE, HOST_MANAGEMENT} from '../../iam/managed-policies.ts'
import {isRoleNameTaken, rolesLike} from '../../iam/role.ts'
import {trusts} from '../../iam/trust.ts'
import type {Account, PolicyDocument, Role} from '../../model/account.ts'
import {isProtectedRole} from '../../model/arn.ts'
import {put, removeWhere} from '../../model/effect.ts'
import {HOST_MANAGEMENT_SETTING, NO_ROLE} from '../../model/kinds.ts'
import {type Change, change, inSequence, remedy, remedyOf, setting} from '../core/change.ts'
import {unusedName} from '../core/model-id.ts'
import {iam, type Remedy, ssm} from '../core/remedy.ts'
import {attachPolicy, trustDocument} from './roles.ts'

interface NewRole extends Record<'Arn' | 'RoleName' | 'Path', string> {
  readonly trust: PolicyDocument
  /** The AWS managed policy that it has. */
  readonly policy: string
}

export function createRole(
  Partition: string,
  {Arn, RoleName, Path, trust, policy}: NewRole,
): Change & {readonly role: Role} {
  const PolicyArn = awsManaged(Partition, policy)
  const role: Role = {
    Arn,
    RoleName,
    Path,
    RoleId: undefined,
    CreateDate: undefined,
    AssumeRolePolicyDocument: trust,
    RolePolicyList: [],
    AttachedManagedPolicies: [{PolicyName: policy, PolicyArn}],
    Tags: [],
  }
  return {
    role,
    ...change({
      calls: [
        iam('CreateRole', {RoleName, ...(Path !== '/' && {Path}), AssumeRolePolicyDocument: JSON.stringify(trust)}),
        ...attachPolicy(role, PolicyArn).steps,
      ],
      effects: put('Roles', role),
    }),
  }
}

/**
 * Recreates the service role that hybrid nodes were registered with; they refer to it by name, so it works as before.
 */
export function createServiceRole(Partition: string, Arn: string): Remedy | undefined {
  const [, account, path = '', RoleName] =
    /^arn:[^:]+:iam::(\d{12}):role\/((?:[\w+=,.@-]+\/)*)([\w+=,.@-]+)$/.exec(Arn) ?? []
  if (account === undefined || RoleName === undefined) return undefined
  const trust = trustDocument('ssm', account)
  const change = createRole(Partition, {Arn, RoleName, Path: `/${path}`, trust, policy: CORE})
  return remedyOf(`Create service role ${RoleName} for hybrid nodes`, change, {
    docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/hybrid-multicloud-service-role.html',
    effect: `Every hybrid node that was registered with role ${RoleName} gets its credentials from it.`,
  })
}

const HOST_MANAGEMENT_DOCS =
  'https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html'

const hostManagementRole = (Partition: string, account: string, RoleName: string) =>
  createRole(Partition, {
    Arn: `arn:${Partition}:iam::${account}:role/service-role/${RoleName}`,
    RoleName,
    Path: '/service-role/',
    trust: trustDocument('ssm'),
    policy: HOST_MANAGEMENT,
  })

type RoleFacts = Pick<Account, 'Partition' | 'Roles'>

const unusedRole = (facts: RoleFacts, name: string): string => unusedName(name, (one) => isRoleNameTaken(facts, one))

/**
 * The setting names the role with its path. If the role exists under `service-role`, the setting names it there;
 * otherwise it is created, under another name where a role with another path has its name. In place of a role that only
 * AWS can change, the setting names the role that AWS documents for it.
 */
export function restoreHostManagementRole(
  facts: RoleFacts & Pick<Account, 'ReadAt' | 'Organization'>,
  roleArn: string,
): Remedy | undefined {
  const [, account, path = '', former] = /^arn:[^:]+:iam::(\d*):role\/((?:[^/]+\/)*)([^/]+)$/.exec(roleArn) ?? []
  if (account === undefined || former === undefined) return undefined
  const named = isProtectedRole(roleArn) ? HOST_MANAGEMENT_ROLE : former
  const pointedTo = (name: string) => changeHostManagement([`${path}${former}`, inPath(name)])
  const rest = {
    docs: HOST_MANAGEMENT_DOCS,
    effect: 'Every instance in the account and Region without a profile that registers it becomes a managed node.',
  }
  const ready = rolesLike(facts, named).find(
    (role) => role.Arn.endsWith(`:role/${inPath(role.RoleName)}`) && trusts(role, 'ssm', facts).effect === 'allow',
  )
  if (ready) {
    const title = `Name role ${inPath(ready.RoleName)}, with its path, for host management`
    return remedyOf(title, pointedTo(ready.RoleName), rest)
  }
  const RoleName = unusedRole(facts, named)
  const role = hostManagementRole(facts.Partition, account, RoleName)
  const change = roleArn.endsWith(`:role/${inPath(RoleName)}`) ? role : inSequence(role, pointedTo(RoleName))
  return remedyOf(`Create role ${inPath(RoleName)} for host management`, change, rest)
}

const inPath = (RoleName: string): string => `service-role/${RoleName}`

/** The setting names another role, from the one it named, unless that is unknown. */
export const changeHostManagement = ([from, to]: readonly [from: string | undefined, to: string]): Change => {
  const SettingId = HOST_MANAGEMENT_SETTING
  return setting(
    (SettingValue: string) =>
      SettingValue === NO_ROLE
        ? ssm('ResetServiceSetting', {SettingId})
        : ssm('UpdateServiceSetting', {SettingId, SettingValue}),
    [from, to],
    [
      removeWhere('ServiceSettings', (one) => one.SettingId.endsWith(SettingId)),
      put('ServiceSettings', {
        SettingId,
        SettingValue: to,
        LastModifiedDate: undefined,
        LastModifiedUser: undefined,
        ARN: undefined,
        Status: 'Customized',
      }),
    ],
  )
}

const ENABLE = 'Enable Default Host Management Configuration for the account in this Region'
const ENABLED = {
  docs: HOST_MANAGEMENT_DOCS,
  effect:
    'Every instance in the account and Region whose agent is 3.2.582.0 or newer, and whose profile does not register it, becomes a managed node within 30 minutes.',
}

/**
 * Enables Default Host Management Configuration with one call, for which Systems Manager creates the role.
 * https://docs.aws.amazon.com/cli/latest/reference/ssm/register-default-host-management-configuration.html
 */
export const registerHostManagement = (Partition: string, account: string): Remedy =>
  remedy({
    title: `${ENABLE}, in one call`,
    calls: ssm('RegisterDefaultHostManagementConfiguration', {PermissionModel: 'SERVICE_MANAGED'}),
    effects: [
      hostManagementRole(Partition, account, HOST_MANAGEMENT_ROLE).apply,
      changeHostManagement([NO_ROLE, inPath(HOST_MANAGEMENT_ROLE)]).apply,
    ],
    ...ENABLED,
  })

/** Enables Default Host Management Configuration, for the whole account in this Region; its role stays when undone. */
export function enableHostManagement(facts: RoleFacts, account: string, exists: boolean): Remedy {
  const RoleName = exists ? HOST_MANAGEMENT_ROLE : unusedRole(facts, HOST_MANAGEMENT_ROLE)
  const role = exists ? [] : [{...hostManagementRole(facts.Partition, account, RoleName), undo: []}]
  const enabled = changeHostManagement([NO_ROLE, inPath(RoleName)])
  const title = exists ? ENABLE : `${ENABLE}, with commands that an older AWS CLI knows`
  return remedyOf(title, inSequence(...role, enabled), ENABLED)
}
