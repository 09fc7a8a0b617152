import {describe, expect, it} from 'vitest'
import {collectHistory} from '../../src/collect/history.ts'
import type {Account, ConfigurationItem} from '../../src/model/account.ts'
import type {HistoryLookups} from '../../src/model/history-lookups.ts'
import {event} from '../history/events.ts'
import {clientsOf} from '../support/clients-of.ts'
import {type Call, refuse} from '../support/fake-aws.ts'
import {CORE, healthy, PROFILE, REGION, ROLE, WEB, WEB_GROUP} from '../support/healthy.ts'
import {type Serving, serve} from '../support/serve.ts'

/** A clock that advances only during waits. */
function clock() {
  let time = 0
  const waits: number[] = []
  return {
    waits,
    now: () => time,
    sleep: async (milliseconds: number) => {
      waits.push(milliseconds)
      time += milliseconds
    },
  }
}

async function collected(account: Account, lookups: HistoryLookups, serving: Serving = {}) {
  const fake = serve(account, serving)
  const time = clock()
  const found = await collectHistory(await clientsOf(fake), healthy, lookups, time)
  return {found, calls: fake.calls, time}
}

const named = (value: string, region = REGION) => ({attribute: 'ResourceName', value, region}) as const
const revoked = (at: string) => event('RevokeSecurityGroupEgress', at, {groupId: WEB_GROUP, ipPermissions: {}})
const recorded = {
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: WEB_GROUP,
  configurationItemCaptureTime: '2026-11-19T09:00:00.000Z',
  configurationItemStatus: 'OK',
  configuration: '{}',
  relatedEvents: [],
} as unknown as ConfigurationItem

describe('the history of resources', () => {
  it('is read from responses of CloudTrail and AWS Config', async () => {
    const account: Account = {...healthy, CloudTrailEvents: [revoked('14:02')], ConfigurationItems: [recorded]}
    const {found, calls} = await collected(account, {
      events: [named(WEB_GROUP)],
      recorded: [{type: 'AWS::EC2::SecurityGroup', id: WEB_GROUP}],
    })
    expect(found.CloudTrailEvents).toMatchObject([
      {EventName: 'RevokeSecurityGroupEgress', EventTime: '2026-11-19T14:02:00.000Z'},
    ])
    expect(found.ConfigurationItems).toMatchObject([{resourceId: WEB_GROUP, configuration: '{}'}])
    expect(calls.map(({operation, region}) => `${operation} ${region}`).sort()).toEqual([
      `GetResourceConfigHistory ${REGION}`,
      `LookupEvents ${REGION}`,
    ])
    expect(calls.find(({operation}) => operation === 'LookupEvents')?.input).toMatchObject({
      LookupAttributes: [{AttributeKey: 'ResourceName', AttributeValue: WEB_GROUP}],
      MaxResults: 50,
    })
  })

  it('is also read where IAM records its events, two calls a second for each Region', async () => {
    const lookups = ['web', 'arn:aws:iam::111122223333:role/web'].map((name) => named(name, 'us-east-1'))
    const {calls, time} = await collected(healthy, {events: [...lookups, named(WEB_GROUP)], recorded: []})
    expect(calls.map(({region}) => region)).toEqual(['us-east-1', 'us-east-1', REGION])
    expect(time.waits).toEqual([500])
  })

  it('ends at the newest 200 events of a resource, with a notice', async () => {
    const many = Array.from({length: 9}, (_, at) => revoked(`1${at}:00`))
    const {found, calls} = await collected(
      {...healthy, CloudTrailEvents: many},
      {events: [named(WEB_GROUP)], recorded: []},
      {pageSize: 2},
    )
    expect(calls).toHaveLength(4)
    expect(found.CloudTrailEvents).toMatchObject({
      unreadable: `only the newest 200 events of ${WEB_GROUP} were read`,
      known: {length: 8},
    })
  })

  it('ends after 60 calls, with a notice', async () => {
    const lookups = Array.from({length: 70}, (_, at) => named(`sg-${at}`))
    const {found, calls} = await collected(healthy, {events: lookups, recorded: []})
    expect(calls).toHaveLength(60)
    expect(found.CloudTrailEvents).toMatchObject({unreadable: expect.stringContaining('only 60 calls of LookupEvents')})
  })

  it('keeps what was read before a call was denied', async () => {
    const denied = (call: Call) =>
      call.operation === 'LookupEvents' &&
      String(call.input.LookupAttributes).length > 0 &&
      JSON.stringify(call.input).includes('sg-denied')
        ? refuse('AccessDeniedException', 'User is not authorized to perform: cloudtrail:LookupEvents')
        : undefined
    const account = {...healthy, CloudTrailEvents: [revoked('14:02')]}
    const {found} = await collected(
      account,
      {events: [named(WEB_GROUP), named('sg-denied')], recorded: []},
      {unless: denied},
    )
    expect(found.CloudTrailEvents).toMatchObject({
      error: 'AccessDeniedException',
      action: 'cloudtrail:LookupEvents',
      known: [{EventName: 'RevokeSecurityGroupEgress'}],
    })
  })

  it.each(['ResourceNotDiscoveredException', 'NoAvailableConfigurationRecorderException'])(
    'has no recordings where AWS Config answers %s',
    async (code) => {
      const {found} = await collected(
        healthy,
        {events: [], recorded: [{type: 'AWS::EC2::SecurityGroup', id: WEB_GROUP}]},
        {unless: ({service}) => (service === 'config' ? refuse(code) : undefined)},
      )
      expect(found.ConfigurationItems).toEqual([])
    },
  )

  it('has the profile, the role and the policies that a call removed', async () => {
    const profile = event(
      'DisassociateIamInstanceProfile',
      '14:02',
      {DisassociateIamInstanceProfileRequest: {AssociationId: 'iip-assoc-0aaaaaaaaaaaaaa01'}},
      {response: {iamInstanceProfileAssociation: {instanceId: WEB, iamInstanceProfile: {arn: PROFILE}}}},
    )
    const fake = serve({...healthy, CloudTrailEvents: [profile]})
    const gone = {...healthy, InstanceProfiles: [], Roles: [], Policies: []}
    const lookups = {
      events: [{attribute: 'EventName', value: 'DisassociateIamInstanceProfile', region: REGION}] as const,
      recorded: [],
    }
    const found = await collectHistory(await clientsOf(fake), gone, lookups, clock())
    expect(found.InstanceProfiles).toMatchObject([{Arn: PROFILE}])
    expect(found.Roles).toMatchObject([{Arn: ROLE, AttachedManagedPolicies: [{PolicyArn: CORE}]}])
    expect(found.Policies).toMatchObject([{Arn: CORE}])
  })

  it('searches for a role in the Region of the instance and in that of IAM', async () => {
    const {calls} = await collected(healthy, {events: [], recorded: [{type: 'AWS::IAM::Role', id: 'AROAEXAMPLEWEB'}]})
    expect(calls.map(({region}) => region)).toEqual([REGION, 'us-east-1'])
  })
})
