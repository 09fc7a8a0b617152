import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {sinceWhen} from '../../src/history/since-when.ts'
import type {Account, InstanceProfile} from '../../src/model/account.ts'
import {find} from '../../src/model/lists.ts'
import {aGroup, aRole, healthy, WEB, WEB_GROUP} from '../support/healthy.ts'
import {event} from './events.ts'

export const list = <T>(reading: readonly T[] | object): readonly T[] => (Array.isArray(reading) ? reading : [])

export const unregistered = {InstanceInformationList: [], ConnectionStatuses: [], SessionPreferences: []}

/** The profile has no role, and the node is not registered. */
export const withoutRole: Account = {
  ...healthy,
  ...unregistered,
  InstanceProfiles: list<InstanceProfile>(healthy.InstanceProfiles).map((one) => ({...one, Roles: []})),
}

/** The role has no policy, and the node is not registered. */
export const withoutPolicies: Account = {...healthy, ...unregistered, Roles: [aRole({AttachedManagedPolicies: []})]}

/** The web security group lost its outbound rule, and the node is not registered. */
export const closed: Account = {
  ...healthy,
  InstanceInformationList: [],
  ConnectionStatuses: [],
  SecurityGroups: list(healthy.SecurityGroups).map((group) =>
    (group as {GroupId: string}).GroupId === WEB_GROUP ? aGroup(WEB_GROUP, {IpPermissionsEgress: []}) : group,
  ) as Account['SecurityGroups'],
}

export const ALL = {
  ipProtocol: '-1',
  groups: {},
  ipRanges: {items: [{cidrIp: '0.0.0.0/0'}]},
  ipv6Ranges: {},
  prefixListIds: {},
}

export const revoked = (at: string, more = {}) =>
  event('RevokeSecurityGroupEgress', at, {groupId: WEB_GROUP, ipPermissions: {items: [ALL]}}, more)

export function historyOf(account: Account) {
  const instance = find(account.Instances, 'InstanceId', WEB)
  if (!instance) throw new Error('no instance')
  return sinceWhen(account, instance, diagnose(account, instance)).sinceWhen
}

export const rootOf = (account: Account) => historyOf(account).causes[0]
