import {expect, it} from 'vitest'
import {stopStartInstance} from '../../../src/remedies/changes/stop-start-instance.ts'
import {healthyAccount, ID, web} from '../../agent/fixtures.ts'

it('stops, waits and starts, and names what is lost', () => {
  const {steps, effect} = stopStartInstance(healthyAccount, web)
  expect(steps).toMatchObject([
    {operation: 'StopInstances'},
    {on: 'here', line: `aws ec2 wait instance-stopped --instance-ids ${ID} --region us-east-1`},
    {operation: 'StartInstances'},
  ])
  expect(effect).toContain('instance store')
})

it('puts nothing but an id into a command line', () => {
  const {steps} = stopStartInstance(healthyAccount, {...web, InstanceId: 'i-0; echo'})
  expect(steps.filter((step) => 'line' in step)).toEqual([])
})

it('moves the instance to a healthy host, and resets its launch time', () => {
  const InstanceStatuses = [{InstanceId: ID, SystemStatus: {Status: 'impaired' as const}}]
  const after = stopStartInstance(healthyAccount, web).apply?.({...healthyAccount, InstanceStatuses})
  expect(after?.InstanceStatuses).toMatchObject([{SystemStatus: {Status: 'ok'}}])
  expect(after?.Instances).toMatchObject([{LaunchTime: healthyAccount.ReadAt}])
})
