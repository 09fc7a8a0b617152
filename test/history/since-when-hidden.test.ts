import {describe, expect, it} from 'vitest'
import {checklistFor} from '../../src/diagnosis/checklist/checklist.ts'
import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {lookupsFor} from '../../src/history/lookups.ts'
import {sinceWhen} from '../../src/history/since-when.ts'
import type {Account, VpcEndpoint} from '../../src/model/account.ts'
import type {HistoryLookups} from '../../src/model/history-lookups.ts'
import {find} from '../../src/model/lists.ts'
import {aGroup, aNode, CORE, ENDPOINT_GROUP, healthy, WEB, WEB_GROUP} from '../support/healthy.ts'
import {event, withEvents} from './events.ts'
import {
  closed,
  historyOf,
  list,
  revoked,
  rootOf,
  unregistered,
  withoutPolicies,
  withoutRole,
} from './since-when-account.ts'

const withRevealed = (account: Account) => {
  const instance = find(account.Instances, 'InstanceId', WEB)!
  const diagnosis = diagnose(account, instance)
  return sinceWhen(account, instance, diagnosis, checklistFor(account, instance, diagnosis).revealed).sinceWhen
}

describe('a cause that shows once others are fixed', () => {
  /** The profile has lost its role, and the role its policy. */
  const account: Account = {...withoutRole, Roles: withoutPolicies.Roles}
  const iam = {service: 'iam', response: null}
  const removed = event('RemoveRoleFromInstanceProfile', '16:00', {instanceProfileName: 'web', roleName: 'web'}, iam)
  const detached = event('DetachRolePolicy', '14:02', {roleName: 'web', policyArn: CORE}, iam)
  const causesOf = (...events: Parameters<typeof withEvents>[1][]) =>
    withRevealed(withEvents(account, ...events)).causes.filter(({cause}) => cause.startsWith('iam.'))

  it('has its own history, on the model in which they are fixed', () => {
    expect(historyOf(withEvents(account, removed, detached)).causes.map(({cause}) => cause)).toEqual([
      'iam.profile-empty',
      's3.unreachable',
    ])
    expect(causesOf(removed, detached)).toMatchObject([
      {cause: 'iam.profile-empty', event: {name: 'RemoveRoleFromInstanceProfile'}, notes: []},
      {
        cause: 'iam.no-registration-permission',
        answer: 'changed',
        certainty: 'proven',
        until: '2026-11-19T14:02:00.000Z',
        event: {name: 'DetachRolePolicy'},
        notes: ['This cause shows once those before it are fixed.'],
      },
    ])
  })

  it('is not the work of the call that brought about the first', () => {
    expect(causesOf(removed)).toMatchObject([
      {cause: 'iam.profile-empty', answer: 'changed'},
      {cause: 'iam.no-registration-permission', answer: 'unchanged', event: null},
    ])
  })

  it('is looked up as well, by the resources of the model in which it shows', () => {
    const dark: Account = {
      ...healthy,
      ...unregistered,
      VpcEndpoints: list<VpcEndpoint>(healthy.VpcEndpoints).map((one) => ({...one, PrivateDnsEnabled: false})),
      HostedZones: [],
      SecurityGroups: [aGroup(WEB_GROUP), aGroup(ENDPOINT_GROUP)],
    }
    const instance = find(dark.Instances, 'InstanceId', WEB)!
    const diagnosis = diagnose(dark, instance)
    const {revealed} = checklistFor(dark, instance, diagnosis)
    const named = (lookups: HistoryLookups) => lookups.events.map(({value}) => value)
    expect(named(lookupsFor(dark, instance, diagnosis))).not.toContain(ENDPOINT_GROUP)
    expect(named(lookupsFor(dark, instance, diagnosis, revealed))).toContain(ENDPOINT_GROUP)
  })
})

describe('the last ping', () => {
  const lost = (LastPingDateTime: string): Account => ({
    ...closed,
    InstanceInformationList: [aNode({PingStatus: 'ConnectionLost', LastPingDateTime})],
  })

  it('rules out a later change', () => {
    expect(rootOf(withEvents(lost('2026-11-19T10:00:00.000Z'), revoked('14:02')))).toMatchObject({
      lastPing: 'too-late',
      notes: [
        'This came 4 hours after the last ping (2026-11-19 10:00 UTC), so it cannot be the cause of the lost connection. It has to be fixed all the same.',
      ],
    })
  })

  it('matches a change before the next one was due', () => {
    expect(rootOf(withEvents(lost('2026-11-19T14:00:00.000Z'), revoked('14:02')))).toMatchObject({
      lastPing: 'fits',
      notes: [],
    })
  })

  it('may be later than a change of a security group, which tracked connections outlive', () => {
    expect(rootOf(withEvents(lost('2026-11-19T18:00:00.000Z'), revoked('14:02')))).toMatchObject({
      lastPing: 'outlived',
      notes: [
        'The node pinged for 3 hours after this change: connections that were open then are tracked and outlive it.',
      ],
    })
  })
})

describe('the group of an endpoint', () => {
  const account: Account = {
    ...healthy,
    InstanceInformationList: [],
    ConnectionStatuses: [],
    SecurityGroups: [aGroup(WEB_GROUP), aGroup(ENDPOINT_GROUP)],
  }

  it('was closed by the call that removed its rule, and its undo is known', () => {
    const rule = {ipProtocol: 'tcp', fromPort: 443, toPort: 443, groups: {items: [{groupId: WEB_GROUP}]}}
    const events = withEvents(
      account,
      event('RevokeSecurityGroupIngress', '14:02', {groupId: ENDPOINT_GROUP, ipPermissions: {items: [rule]}}),
    )
    expect(rootOf(events)).toMatchObject({cause: 'endpoint.sg-blocks', answer: 'changed', certainty: 'proven'})
  })
})
