import {HOST_MANAGEMENT_ROLE, HOST_MANAGEMENT_SETTING} from '../../iam/host-management.ts'
import {awsManaged, HOST_MANAGEMENT} from '../../iam/managed-policies.ts'
import type {Account, Role, ServiceSetting} from '../../model/account.ts'
import {withItems, withPut} from '../../model/joins.ts'
import type {Call, Remedy} from '../core/remedy.ts'
import {attach} from './attach-role-policy.ts'
import {trustDocument} from './update-assume-role-policy.ts'

const DOCS =
  'https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html'

const creation = (Partition: string, RoleName: string): readonly Call[] => [
  {
    service: 'iam',
    operation: 'CreateRole',
    input: {RoleName, Path: '/service-role/', AssumeRolePolicyDocument: JSON.stringify(trustDocument('ssm'))},
  },
  attach(RoleName, awsManaged(Partition, HOST_MANAGEMENT)),
]

const roleOf = (Partition: string, account: string, RoleName: string): Role => ({
  Arn: `arn:${Partition}:iam::${account}:role/service-role/${RoleName}`,
  RoleName,
  Path: '/service-role/',
  RoleId: undefined,
  CreateDate: undefined,
  AssumeRolePolicyDocument: trustDocument('ssm'),
  RolePolicyList: [],
  AttachedManagedPolicies: [{PolicyName: HOST_MANAGEMENT, PolicyArn: awsManaged(Partition, HOST_MANAGEMENT)}],
  Tags: [],
})

const withNewRole = (account: Account, role: Role): Account => withPut(account, 'Roles', 'Arn', role)

/** Recreates the role that the setting names. */
export function restoreHostManagementRole(Partition: string, roleArn: string): Remedy | undefined {
  const [, account, RoleName] = /^arn:[^:]+:iam::(\d*):role\/service-role\/([^/]+)$/.exec(roleArn) ?? []
  if (account === undefined || RoleName === undefined) return undefined
  return {
    title: `Create role service-role/${RoleName} for host management`,
    steps: creation(Partition, RoleName),
    docs: DOCS,
    effect: 'Every instance in the account and Region without a profile that registers it becomes a managed node.',
    undo: [
      {
        service: 'iam',
        operation: 'DetachRolePolicy',
        input: {RoleName, PolicyArn: awsManaged(Partition, HOST_MANAGEMENT)},
      },
      {service: 'iam', operation: 'DeleteRole', input: {RoleName}},
    ],
    apply: (before) => withNewRole(before, roleOf(Partition, account, RoleName)),
  }
}

const SettingValue = `service-role/${HOST_MANAGEMENT_ROLE}`
const SETTING: ServiceSetting = {
  SettingId: HOST_MANAGEMENT_SETTING,
  SettingValue,
  LastModifiedDate: undefined,
  LastModifiedUser: undefined,
  ARN: undefined,
  Status: 'Customized',
}

const ENABLE = 'Enable Default Host Management Configuration for the account in this Region'
const EFFECT =
  'Every instance in the account and Region whose agent is 3.2.582.0 or newer, and whose profile does not register it, becomes a managed node within 30 minutes.'

/** The setting, with its role unless it exists. */
const enabledIn =
  (Partition: string, account: string, exists: boolean) =>
  (before: Account): Account => {
    const after = exists ? before : withNewRole(before, roleOf(Partition, account, HOST_MANAGEMENT_ROLE))
    return withItems(after, 'ServiceSettings', (settings) => [
      ...settings.filter(({SettingId}) => !SettingId.endsWith(HOST_MANAGEMENT_SETTING)),
      SETTING,
    ])
  }

/**
 * Enables Default Host Management Configuration with one call, for which Systems Manager creates the role.
 * https://docs.aws.amazon.com/cli/latest/reference/ssm/register-default-host-management-configuration.html
 */
export const registerHostManagement = (Partition: string, account: string): Remedy => ({
  title: `${ENABLE}, in one call`,
  steps: [
    {
      service: 'ssm',
      operation: 'RegisterDefaultHostManagementConfiguration',
      input: {PermissionModel: 'SERVICE_MANAGED'},
    },
  ],
  docs: DOCS,
  effect: EFFECT,
  undo: [{service: 'ssm', operation: 'DeregisterDefaultHostManagementConfiguration', input: {}}],
  apply: enabledIn(Partition, account, false),
})

/** Enables Default Host Management Configuration, for the whole account in this Region. */
export function enableHostManagement(Partition: string, account: string, exists: boolean): Remedy {
  return {
    title: exists ? ENABLE : `${ENABLE}, with commands that an older AWS CLI knows`,
    steps: [
      ...(exists ? [] : creation(Partition, HOST_MANAGEMENT_ROLE)),
      {service: 'ssm', operation: 'UpdateServiceSetting', input: {SettingId: HOST_MANAGEMENT_SETTING, SettingValue}},
    ],
    docs: DOCS,
    effect: EFFECT,
    undo: [{service: 'ssm', operation: 'ResetServiceSetting', input: {SettingId: HOST_MANAGEMENT_SETTING}}],
    apply: enabledIn(Partition, account, exists),
  }
}
