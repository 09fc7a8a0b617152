import {expect, it} from 'vitest'
import {statusChecks} from '../../../src/checks/node/status-checks.ts'
import {healthyAccount, ID, web} from '../../agent/fixtures.ts'
import {causesAfterRemedy, causesOf, findingsOf, notesOf} from '../examine.ts'

const ok = {Status: 'ok' as const}
const impaired = {Status: 'impaired' as const, Details: [{ImpairedSince: '2026-11-20T09:00:00.000Z'}]}
const statuses = (change: object) => ({
  InstanceStatuses: [{InstanceId: ID, SystemStatus: ok, InstanceStatus: ok, AttachedEbsStatus: ok, ...change}],
})

it('passes if all checks are ok, and shows it', () => {
  expect(notesOf(statusChecks)).toEqual([{fact: 'Status checks: host ok, volumes ok, instance ok.'}])
})

it.each([
  ['SystemStatus', 'instance.system-check-failed'],
  ['InstanceStatus', 'instance.instance-check-failed'],
  ['AttachedEbsStatus', 'instance.ebs-check-failed'],
])('fails if %s is impaired', (field, cause) => {
  expect(findingsOf(statusChecks, statuses({[field]: impaired}))).toMatchObject([
    {cause, resource: ID, message: expect.stringContaining('since 2026-11-20T09:00:00.000Z')},
  ])
})

it('fixes a failing system status check by stopping and starting', () => {
  expect(causesAfterRemedy(statusChecks, statuses({SystemStatus: impaired}))).toEqual([])
})

it('gives no public address to an instance that was launched without one by stopping and starting it', () => {
  const instance = {...web, NetworkInterfaces: [{SubnetId: 'subnet-0a1'}]}
  const Subnets = [{SubnetId: 'subnet-0a1', VpcId: 'vpc-0a1', MapPublicIpOnLaunch: true}]
  const [remedy] = findingsOf(statusChecks, statuses({SystemStatus: impaired}), instance)[0]?.remedies ?? []
  const after = remedy?.apply?.({...healthyAccount, Instances: [instance], Subnets})
  expect(after?.Instances).toMatchObject([{NetworkInterfaces: [{SubnetId: 'subnet-0a1'}]}])
  expect(after?.Instances).not.toMatchObject([{NetworkInterfaces: [{Association: {PublicIp: expect.any(String)}}]}])
})

it('does not promise that a stop fixes a failing volume', () => {
  const [finding] = findingsOf(statusChecks, statuses({AttachedEbsStatus: impaired}))
  expect(finding?.remedies).toMatchObject([{title: expect.stringMatching(/^Stop and start/)}])
  expect(finding?.remedies?.[0]?.apply).toBeUndefined()
})

it('reports scheduled events, but not those that are completed or canceled', () => {
  const Events = [
    {Code: 'instance-retirement' as const, Description: 'The instance is running on degraded hardware'},
    {Code: 'system-reboot' as const, Description: '[Completed] scheduled reboot'},
    {Code: 'system-reboot' as const, Description: '[Canceled] scheduled reboot'},
  ]
  expect(causesOf(statusChecks, statuses({Events}))).toEqual(['instance.scheduled-event'])
})

it('is skipped if EC2 lists no status', () => {
  expect(notesOf(statusChecks, {InstanceStatuses: []})).toMatchObject([{skip: expect.any(String)}])
})

it('is unknown for checks that were not read only while the node is offline', () => {
  const unread = {InstanceStatuses: {unreadable: 'AccessDenied'}}
  expect(notesOf(statusChecks, unread)).toMatchObject([{skip: expect.stringContaining('AccessDenied')}])
  expect(notesOf(statusChecks, {...unread, InstanceInformationList: []})).toMatchObject([{kind: 'InstanceStatuses'}])
})

it('names the first check that fails, with its one step', () => {
  const volume = statuses({InstanceStatus: impaired, AttachedEbsStatus: impaired})
  expect(causesOf(statusChecks, volume)).toEqual(['instance.ebs-check-failed', 'instance.instance-check-failed'])
  const host = findingsOf(statusChecks, statuses({SystemStatus: impaired, InstanceStatus: impaired}))
  expect(new Set(host.flatMap(({remedies}) => remedies))).toEqual(
    new Set([expect.objectContaining({title: expect.stringMatching(/^Stop and start/)})]),
  )
  expect(host.map(({remedies}) => remedies?.[0]?.apply)).toEqual([undefined, undefined])
})
