import {HOST_MANAGEMENT_ROLE, HOST_MANAGEMENT_SETTING} from '../../iam/host-management.ts'
import {awsManaged, CORE, HOST_MANAGEMENT} from '../../iam/managed-policies.ts'
import type {PolicyDocument, Role} from '../../model/account.ts'
import {type Change, change, remedy, remedyOf} from '../core/change.ts'
import {type Effect, put, remove} from '../core/effect.ts'
import {iam, type Remedy, ssm} from '../core/remedy.ts'
import {attach, detach, trustDocument, trustStatement} from './roles.ts'

interface NewRole {
  readonly Arn: string
  readonly RoleName: string
  readonly Path: string
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
        attach(RoleName, PolicyArn),
      ],
      undo: [detach(RoleName, PolicyArn), iam('DeleteRole', {RoleName})],
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
  // AWS recommends the condition, so that no other account can make Systems Manager use the role.
  const Condition = {StringEquals: {'aws:SourceAccount': account}}
  const trust = {Version: '2012-10-17', Statement: [{...trustStatement('ssm'), Condition}]}
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

/** Recreates the role that the setting names. */
export function restoreHostManagementRole(Partition: string, roleArn: string): Remedy | undefined {
  const [, account, RoleName] = /^arn:[^:]+:iam::(\d*):role\/service-role\/([^/]+)$/.exec(roleArn) ?? []
  if (account === undefined || RoleName === undefined) return undefined
  const change = hostManagementRole(Partition, account, RoleName)
  return remedyOf(`Create role service-role/${RoleName} for host management`, change, {
    docs: HOST_MANAGEMENT_DOCS,
    effect: 'Every instance in the account and Region without a profile that registers it becomes a managed node.',
  })
}

const SettingId = HOST_MANAGEMENT_SETTING
const SettingValue = `service-role/${HOST_MANAGEMENT_ROLE}`

const setting: readonly Effect[] = [
  remove('ServiceSettings', (one) => one.SettingId.endsWith(SettingId)),
  put('ServiceSettings', {
    SettingId,
    SettingValue,
    LastModifiedDate: undefined,
    LastModifiedUser: undefined,
    ARN: undefined,
    Status: 'Customized',
  }),
]

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
    undo: ssm('DeregisterDefaultHostManagementConfiguration', {}),
    effects: [hostManagementRole(Partition, account, HOST_MANAGEMENT_ROLE).apply, ...setting],
    ...ENABLED,
  })

/** Enables Default Host Management Configuration, for the whole account in this Region; its role stays when undone. */
export function enableHostManagement(Partition: string, account: string, exists: boolean): Remedy {
  const role = exists ? undefined : hostManagementRole(Partition, account, HOST_MANAGEMENT_ROLE)
  return remedy({
    title: exists ? ENABLE : `${ENABLE}, with commands that an older AWS CLI knows`,
    calls: [...(role?.steps ?? []), ssm('UpdateServiceSetting', {SettingId, SettingValue})],
    undo: ssm('ResetServiceSetting', {SettingId}),
    effects: [...(role ? [role.apply] : []), ...setting],
    ...ENABLED,
  })
}
