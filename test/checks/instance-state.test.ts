import {expect, it} from 'vitest'
import {instanceState} from '../../src/checks/instance-state.ts'
import {healthyAccount, web} from '../agent/fixtures.ts'
import {causesAfterRemedy, causesOf, findingsOf} from './examine.ts'

const stopped = {...web, State: {Code: 80, Name: 'stopped' as const}}

const absent = {InstanceInformationList: []}

it('passes with an instance that has run for days', () => {
  expect(causesOf(instanceState)).toEqual([])
})

it('fails for a stopped instance, which starting it fixes', () => {
  expect(causesOf(instanceState, {}, stopped)).toEqual(['instance.not-running'])
  expect(causesAfterRemedy(instanceState, absent, stopped)).toEqual(['instance.too-young'])
})

it('has no fix for a terminated instance', () => {
  const [found] = findingsOf(instanceState, {}, {...web, State: {Code: 48, Name: 'terminated'}})
  expect(found).toMatchObject({cause: 'instance.terminated', resource: web.InstanceId})
  expect(found?.remedies).toBeUndefined()
})

it.each([
  ['three minutes old', {...web, LaunchTime: '2026-11-20T11:57:00.000Z'}, ['instance.too-young']],
  ['a second short of fifteen minutes', {...web, LaunchTime: '2026-11-20T11:45:01.000Z'}, ['instance.too-young']],
  ['fifteen minutes old', {...web, LaunchTime: '2026-11-20T11:45:00.000Z'}, []],
  ['pending', {...web, State: {Code: 0, Name: 'pending' as const}}, ['instance.too-young']],
])('handles an instance that is %s', (_, instance, causes) => {
  expect(causesOf(instanceState, absent, instance)).toEqual(causes)
})

it('gives a started instance the public address that its subnet assigns', () => {
  const instance = {...stopped, NetworkInterfaces: [{SubnetId: 'subnet-0a1'}]}
  const Subnets = [{SubnetId: 'subnet-0a1', VpcId: 'vpc-0a1', MapPublicIpOnLaunch: true}]
  const [remedy] = findingsOf(instanceState, {}, instance)[0]?.remedies ?? []
  const after = remedy?.apply?.({...healthyAccount, Instances: [instance], Subnets})
  expect(after?.Instances).toMatchObject([{NetworkInterfaces: [{Association: {PublicIp: '203.0.113.1'}}]}])
})

it('does not treat a node that is already online as too young', () => {
  expect(causesOf(instanceState, {}, {...web, LaunchTime: '2026-11-20T11:57:00.000Z'})).toEqual([])
})
