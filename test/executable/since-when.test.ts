import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {writeAccount} from '../../src/account-file/write-account.ts'
import type {Account, ConfigurationItem} from '../../src/model/account.ts'
import {event} from '../history/events.ts'
import {fakeAws} from '../support/fake-aws.ts'
import {aFolder} from '../support/folder.ts'
import {aGroup, healthy, WEB, WEB_GROUP} from '../support/healthy.ts'
import {faultsOf} from '../support/report-schemas.ts'
import {answerTo} from '../support/serve.ts'
import {run} from './run.ts'

const closed: Account = {
  ...healthy,
  InstanceInformationList: [],
  ConnectionStatuses: [],
  SecurityGroups: [
    aGroup(WEB_GROUP, {IpPermissionsEgress: []}),
    ...(healthy.SecurityGroups as readonly never[]).slice(1),
  ],
}
const revoked = event('RevokeSecurityGroupEgress', '14:02', {
  groupId: WEB_GROUP,
  ipPermissions: {items: [{ipProtocol: '-1', ipRanges: {items: [{cidrIp: '0.0.0.0/0'}]}}]},
})
const OPEN_UNTIL = /Open until 2026-11-19 14:02 UTC; closed by RevokeSecurityGroupEgress of role\s+deploy/
const folder = aFolder()
const path = (name: string) => join(folder, name)
const write = (name: string, content: string | Uint8Array) => writeFileSync(path(name), content)

beforeAll(() => {
  write('account.json', writeAccount(closed))
  write('with-events.json', writeAccount({...closed, CloudTrailEvents: [revoked]}))
  write('events.json', JSON.stringify({Events: [revoked]}))
  write('list.json', JSON.stringify([revoked]))
  write(
    '111122223333_CloudTrail_eu-west-1_20261119T1405Z_a.json.gz',
    gzipSync(JSON.stringify({Records: [JSON.parse(revoked.CloudTrailEvent ?? '')]})),
  )
  write('other.json', '{"Vpcs": []}')
})

describe('--since-when', () => {
  it.each([
    ['the events in the account file', ['--account', path('with-events.json')]],
    ['an answer of lookup-events', ['--account', path('account.json'), '--cloudtrail', path('events.json')]],
    ['a list of events', ['--account', path('account.json'), '--cloudtrail', path('list.json')]],
    [
      'a log file of CloudTrail',
      [
        '--account',
        path('account.json'),
        '--cloudtrail',
        path('111122223333_CloudTrail_eu-west-1_20261119T1405Z_a.json.gz'),
      ],
    ],
  ])('reads %s', async (_, args) => {
    const {stdout, code} = await run([...args, '--since-when'])
    expect(stdout).toMatch(OPEN_UNTIL)
    expect(code).toBe(1)
  })

  it('says how to give the events that an account file does not have', async () => {
    const {stdout} = await run(['--account', path('account.json'), '--since-when'])
    expect(stdout).toContain('Unknown: CloudTrail was not read (pass its events with --cloudtrail FILE).')
  })

  it('answers in every format', async () => {
    const args = ['--account', path('with-events.json'), '--since-when']
    const json = JSON.parse((await run([...args, '--json'])).stdout)
    expect(faultsOf(json)).toEqual([])
    expect(json.sinceWhen.causes[0]).toMatchObject({answer: 'changed', event: {id: revoked.EventId}})
    expect((await run([...args, '--format', 'html'])).stdout).toContain('closed by RevokeSecurityGroupEgress')
    expect((await run([...args, '--format', 'markdown'])).stdout).toMatch(
      /\*\*When it broke:\*\* .*: Open until 2026-11-19 14:02 UTC/,
    )
    expect((await run([...args, '--brief'])).stdout).toMatch(/When: Open until 2026-11-19 14:02 UTC/)
  })

  it('rejects a file without events, several instances and --watch', async () => {
    const one = await run(['--account', path('account.json'), '--since-when', '--cloudtrail', path('other.json')])
    expect(one).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected the output of "aws cloudtrail lookup-events"'),
    })
    const two = await run([WEB, 'i-0aaaaaaaaaaaaaa02', '--account', path('account.json'), '--since-when'])
    expect(two).toMatchObject({code: 2, stderr: expect.stringContaining('--since-when takes one instance')})
    expect((await run([WEB, '--watch', '--since-when'])).code).toBe(2)
    expect((await run(['--account', path('account.json'), '--cloudtrail', path('events.json')])).code).toBe(2)
  })

  it('needs two more permissions, which --with prints', async () => {
    const actions = async (...args: readonly string[]) =>
      (JSON.parse((await run(['permissions', ...args])).stdout).Statement as {Action: string[]}[]).flatMap(
        ({Action}) => Action,
      )
    const more = ['cloudtrail:LookupEvents', 'config:GetResourceConfigHistory']
    expect((await actions('diagnose')).filter((one) => more.includes(one))).toEqual([])
    expect((await actions('diagnose', '--with', 'since-when')).filter((one) => more.includes(one)).sort()).toEqual(more)
    expect((await run(['permissions', 'audit', '--with', 'since-when'])).code).toBe(2)
    expect((await run(['permissions', 'reach', '--with', 'since-when'])).stderr).toBe(
      '--with since-when is for diagnose; reach never asks for it.\n',
    )
    expect(await actions('reach', '--with', 'flow-logs')).toContain('logs:FilterLogEvents')
  })
})

describe('live', () => {
  const recorded = {
    resourceType: 'AWS::EC2::SecurityGroup',
    resourceId: WEB_GROUP,
    configurationItemCaptureTime: '2026-11-19T09:00:00.000Z',
    configurationItemStatus: 'OK',
    configuration: JSON.stringify({
      groupId: WEB_GROUP,
      ipPermissions: [],
      ipPermissionsEgress: [{ipProtocol: '-1', ipv4Ranges: [{cidrIp: '0.0.0.0/0'}]}],
    }),
  } as unknown as ConfigurationItem
  const account = {...closed, CloudTrailEvents: [revoked], ConfigurationItems: [recorded]}
  const fake = fakeAws((call) => answerTo(account, call))
  let AWS_ENDPOINT_URL = ''
  beforeAll(async () => {
    AWS_ENDPOINT_URL = await fake.listen()
  })
  afterAll(() => fake.close())
  const env = () => ({AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test'})

  it('queries CloudTrail and AWS Config for the resources of the proven causes', async () => {
    const {stdout} = await run([WEB, '--region', 'eu-west-1', '--since-when'], {env: env()})
    expect(stdout).toMatch(OPEN_UNTIL)
    expect(stdout).toContain('with the configuration that AWS Config recorded')
    const looked = fake.calls
      .filter(({operation}) => operation === 'LookupEvents')
      .map(({input}) => JSON.stringify(input.LookupAttributes))
    expect(looked[0]).toContain(WEB_GROUP)
  })

  it('queries neither without the flag', async () => {
    fake.calls.length = 0
    await run([WEB, '--region', 'eu-west-1'], {env: env()})
    expect(fake.calls.map(({service}) => service)).not.toContain('cloudtrail')
    expect(fake.calls.map(({service}) => service)).not.toContain('config')
  })
})
