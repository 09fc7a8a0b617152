import {agentVersionOf} from '../agent/node.ts'
import {isAtLeast, MINIMUMS, type Minimum} from '../agent/version.ts'
import {type Account, type Instance, isUnreadable, itemsOf, type Role, type ServiceSetting} from '../model/account.ts'
import {accountOf} from '../model/arn.ts'
import {isMetadataDisabled} from '../model/instance.ts'
import {HOST_MANAGEMENT_SETTING, NO_ROLE} from '../model/kinds.ts'
import type {NetworkContext} from './policy/context.ts'
import type {Decision} from './policy/evaluate.ts'
import type {LayerDecision} from './policy/statement.ts'
import {and, type Ternary} from './policy/three-valued.ts'
import type {ProfileState} from './profile.ts'
import {mayCall, type RoleFacts, roleArnNamed, roleByArn} from './role.ts'
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
      /** The first agent that falls back to it from this profile. */
      readonly agent: Minimum & {readonly imagesSince: string}
      /** Whether it provides credentials that are authorized to register. */
      readonly works: Ternary
    }

type HostManagementFacts = RoleFacts & Pick<Account, 'ServiceSettings' | 'Roles' | 'InstanceInformationList'>

const isSetting = ({SettingId}: ServiceSetting) => SettingId.endsWith(HOST_MANAGEMENT_SETTING)
const isOff = (value: string | undefined) => value === undefined || value.trim() === '' || value === NO_ROLE

/** An older agent falls back where EC2 gives it no role, or one that is denied, but not where EC2 cannot assume the role. */
const agentFor = (profile: ProfileState) =>
  profile.state === 'role' && allowed(profile.trust) === 'no'
    ? MINIMUMS.hostManagementWithoutTrust
    : MINIMUMS.hostManagement

/** Whether an agent falls back from this profile; while its trust is not known, one of the versions in between may not. */
function fallsBack(profile: ProfileState, version: string | undefined): Ternary {
  if (isAtLeast(version, agentFor(profile).version) === false) return 'no'
  const isTrustUnknown = profile.state === 'role' && allowed(profile.trust) === 'unknown'
  return isTrustUnknown && isAtLeast(version, MINIMUMS.hostManagementWithoutTrust.version) === false ? 'unknown' : 'yes'
}

/**
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html
 */
export function hostManagementOf(
  facts: HostManagementFacts,
  instance: Instance,
  profile: ProfileState,
  network: NetworkContext = 'unknown',
): HostManagement {
  const setting = itemsOf(facts.ServiceSettings).find(isSetting)
  if (setting === undefined && isUnreadable(facts.ServiceSettings))
    return {state: 'unknown', because: facts.ServiceSettings.unreadable}
  if (setting === undefined || isOff(setting.SettingValue)) return {state: 'off'}

  const roleArn = roleArnNamed(facts, setting.SettingValue ?? '', accountOf(setting.ARN ?? ''))
  const role = roleByArn(facts, roleArn)
  const metadataOff = isMetadataDisabled(instance)
  const common = {state: 'on', setting, roleArn, metadataOff, agent: agentFor(profile)} as const
  const uses = metadataOff ? 'no' : fallsBack(profile, agentVersionOf(facts, instance))
  if (role === undefined) return {...common, works: 'no'}
  if (isUnreadable(role)) return {...common, unread: role.unreadable, works: uses === 'no' ? 'no' : 'unknown'}
  const trust = trusts(role, 'ssm', facts)
  const roleRef = {role, credentials: 'host-management', instance} as const
  const registration = mayCall(facts, roleRef, 'ssm:UpdateInstanceInformation', network)
  const works = and([uses, allowed(trust), permitted(registration)])
  return {...common, role, trust, registration, works}
}

/** Whether the trust policy allows the service. */
export const allowed = ({effect}: LayerDecision): Ternary =>
  effect === 'allow' ? 'yes' : effect === 'unknown' ? 'unknown' : 'no'

export const permitted = ({decision}: Decision): Ternary =>
  decision === 'allowed' ? 'yes' : decision === 'denied' ? 'no' : 'unknown'
