import {expect, it} from 'vitest'
import {
  allowMetadataWithoutToken,
  enableMetadataService,
  raiseHopLimit,
  startInstance,
  stopStartInstance,
} from '../../../src/remedies/changes/instances.ts'
import {healthyAccount, ID, web} from '../../agent/fixtures.ts'

const off = {
  ...web,
  MetadataOptions: {HttpEndpoint: 'disabled' as const, HttpTokens: 'required' as const, HttpPutResponseHopLimit: 1},
}

it('changes one metadata option, keeps the others, and restores the earlier value', () => {
  const remedy = enableMetadataService(off)
  const call = {service: 'ec2', operation: 'ModifyInstanceMetadataOptions'}
  expect(remedy.steps).toEqual([{...call, input: {InstanceId: ID, HttpEndpoint: 'enabled'}}])
  expect(remedy.undo).toEqual([{...call, input: {InstanceId: ID, HttpEndpoint: 'disabled'}}])
  expect(remedy.apply?.({...healthyAccount, Instances: [off]}).Instances).toMatchObject([
    {MetadataOptions: {State: 'applied', HttpEndpoint: 'enabled', HttpTokens: 'required', HttpPutResponseHopLimit: 1}},
  ])
})

it.each([
  [allowMetadataWithoutToken(off), {HttpTokens: 'optional'}],
  [raiseHopLimit(off), {HttpPutResponseHopLimit: 2}],
])('%o', (remedy, options) => {
  expect(remedy.apply?.({...healthyAccount, Instances: [off]}).Instances).toMatchObject([{MetadataOptions: options}])
})

it('does not change the options of other instances', () => {
  const other = {...off, InstanceId: 'i-0a1b2c3d4e5f60099'}
  expect(enableMetadataService(off).apply?.({...healthyAccount, Instances: [other]}).Instances).toEqual([other])
})

it('stops, waits and starts an instance, and names what is lost', () => {
  const {steps, effect} = stopStartInstance(web)
  expect(steps).toMatchObject([
    {operation: 'StopInstances'},
    {wait: {operation: 'DescribeInstances', input: {InstanceIds: [ID]}}, until: 'instance-stopped'},
    {operation: 'StartInstances'},
  ])
  expect(effect).toContain('instance store')
})

it('moves the instance to a healthy host, and resets its launch time', () => {
  const InstanceStatuses = [{InstanceId: ID, SystemStatus: {Status: 'impaired' as const}}]
  const after = stopStartInstance(web).apply?.({...healthyAccount, InstanceStatuses})
  expect(after?.InstanceStatuses).toMatchObject([{SystemStatus: {Status: 'ok'}}])
  expect(after?.Instances).toMatchObject([{LaunchTime: healthyAccount.ReadAt}])
})

it('says that a Mac starts only once its Dedicated Host is available again, which nothing on the model promises', () => {
  const mac = {...web, InstanceType: 'mac2.metal' as const}
  expect(startInstance(mac).effect).toMatch(/Dedicated Host is available again: up to 50 minutes later/)
  const {title, effect, apply} = stopStartInstance(mac)
  expect(title).toBe(`Stop and start instance ${ID}`)
  expect(effect).toContain('stays in the stopping state for about 15 minutes')
  expect(apply).toBeUndefined()
})

it('names the host affinity that returns an instance to the Dedicated Host whose system status check fails', () => {
  const onHost = (Affinity: string) => stopStartInstance({...web, Placement: {Affinity, Tenancy: 'host'}})
  const {title, effect, apply} = onHost('host')
  expect(title).toBe(`Stop and start instance ${ID}`)
  expect(effect).toContain('modify-instance-placement while it is stopped')
  expect(apply).toBeUndefined()
  expect(onHost('default')).toHaveProperty('apply')
})
