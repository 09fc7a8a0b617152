import {agentVersionOf} from '../agent/node.ts'
import {isAtLeast, MINIMUMS} from '../agent/version.ts'
import {type Account, type Instance, isUnreadable, itemsOf, type Role, type ServiceSetting} from '../model/account.ts'
import {accountOf} from '../model/arn.ts'
import {HOST_MANAGEMENT_SETTING, NO_ROLE} from '../model/kinds.ts'
import type {NetworkContext} from './context.ts'
import type {Decision} from './evaluate.ts'
import {mayCall, type RoleFacts, roleArnNamed, roleByArn} from './role.ts'
import type {LayerDecision} from './statement.ts'
import {and, type Ternary} from './three-valued.ts'
import {trusts} from './trust.ts'

export const HOST_MANAGEMENT_ROLE = 'AWSSystemsManagerDefaultEC2InstanceManagementRole'

/** The effect of Default Host Management Configuration on an instance. */
export type HostManagement =
  | {readonly state: 'off'}
  | {readonly state: 'unknown'; readonly because: string}
  | {
      readonly state: 'on'
      readonly setting: ServiceSetting
      readonly roleArn: string
      /** Absent if it does not exist, or could not be read. */
      readonly role?: Role
      readonly unread?: string
      readonly trust?: LayerDecision
      readonly registration?: Decision
      readonly metadataOff: boolean
      /** Whether it provides credentials that are authorized to register. */
      readonly works: Ternary
    }

type HostManagementFacts = RoleFacts & Pick<Account, 'ServiceSettings' | 'Roles' | 'InstanceInformationList'>

const isSetting = ({SettingId}: ServiceSetting) => SettingId.endsWith(HOST_MANAGEMENT_SETTING)
const isOff = (value: string | undefined) => value === undefined || value.trim() === '' || value === NO_ROLE

/**
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html
 */
export function hostManagementOf(
  facts: HostManagementFacts,
  instance: Instance,
  network: NetworkContext = 'unknown',
): HostManagement {
  const setting = itemsOf(facts.ServiceSettings).find(isSetting)
  if (setting === undefined && isUnreadable(facts.ServiceSettings))
    return {state: 'unknown', because: facts.ServiceSettings.unreadable}
  if (setting === undefined || isOff(setting.SettingValue)) return {state: 'off'}

  const roleArn = roleArnNamed(facts, setting.SettingValue ?? '', accountOf(setting.ARN ?? ''))
  const role = roleByArn(facts, roleArn)
  const agentTooOld = isAtLeast(agentVersionOf(facts, instance), MINIMUMS.hostManagement.version) === false
  const metadataOff = instance.MetadataOptions?.HttpEndpoint === 'disabled'
  const common = {state: 'on', setting, roleArn, metadataOff} as const
  const stopped = agentTooOld || metadataOff
  if (role === undefined) return {...common, works: 'no'}
  if (isUnreadable(role)) return {...common, unread: role.unreadable, works: stopped ? 'no' : 'unknown'}
  const trust = trusts(role, 'ssm', facts)
  const roleRef = {role, credentials: 'host-management', instance} as const
  const registration = mayCall(facts, roleRef, 'ssm:UpdateInstanceInformation', network)
  const works = and([stopped ? 'no' : 'yes', allowed(trust), permitted(registration)])
  return {...common, role, trust, registration, works}
}

/** Whether the trust policy allows the service. */
export const allowed = ({effect}: LayerDecision): Ternary =>
  effect === 'allow' ? 'yes' : effect === 'unknown' ? 'unknown' : 'no'

export const permitted = ({decision}: Decision): Ternary =>
  decision === 'allowed' ? 'yes' : decision === 'denied' ? 'no' : 'unknown'
