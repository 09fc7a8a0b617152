import {describe, expect, it} from 'vitest'
import {instanceState} from '../../../src/checks/node/instance-state.ts'
import {healthyAccount, web} from '../../agent/fixtures.ts'
import {causesAfterRemedy, causesOf, findingsOf, notesOf} from '../examine.ts'

const stopped = {...web, State: {Code: 80, Name: 'stopped' as const}}

const absent = {InstanceInformationList: []}

it('passes with an instance that has run for days', () => {
  expect(causesOf(instanceState)).toEqual([])
})

it('fails for a stopped instance, which starting it fixes', () => {
  expect(causesOf(instanceState, {}, stopped)).toEqual(['instance.not-running'])
  expect(causesAfterRemedy(instanceState, absent, stopped)).toEqual(['instance.too-young'])
})

describe('a state that this version does not know, or that a file leaves out', () => {
  const hibernating = {...web, State: {Code: 96, Name: 'hibernating' as never}}

  it('leaves unknown whether the instance is running', () => {
    expect(notesOf(instanceState, absent, hibernating)).toEqual([
      {unknown: 'This version does not know the state "hibernating", so whether the instance is running is not known.'},
    ])
    expect(notesOf(instanceState, absent, {...web, State: {}})).toEqual([
      {unknown: 'The state of the instance is not listed, so whether it is running is not known.'},
    ])
  })

  it('is that of a running instance if the node is online', () => {
    expect(notesOf(instanceState, {}, hibernating)).toMatchObject([{fact: expect.stringContaining('hibernating')}])
  })
})

it('has no fix for a terminated instance', () => {
  const [found] = findingsOf(instanceState, {}, {...web, State: {Code: 48, Name: 'terminated'}})
  expect(found).toMatchObject({cause: 'instance.terminated', resource: web.InstanceId})
  expect(found?.remedies).toBeUndefined()
})

describe('a launch or a start that failed', () => {
  const StateReason = {Code: 'Client.InternalError', Message: 'Client.InternalError: Client error on launch'}
  const terminated = {...web, State: {Code: 48, Name: 'terminated' as const}, StateReason}

  it('fails for a replacement too, so none is advised', () => {
    const [found] = findingsOf(instanceState, {}, terminated)
    expect(found?.message).toMatch(
      /with Client\.InternalError: .* the KMS key of an encrypted volume\. A replacement fails too/,
    )
    expect(found?.evidence).toContainEqual({fact: StateReason.Message, source: 'ec2:DescribeInstances'})
  })

  it('fails at the next start too, so starting it promises nothing', () => {
    const [found] = findingsOf(instanceState, {}, {...stopped, StateReason})
    expect(found?.message).toMatch(/could not start it, with .* It stops again until that is changed\.$/)
    expect(found?.remedies).toMatchObject([{effect: expect.stringMatching(/^The last start failed with Client/)}])
    expect(found?.remedies?.[0]?.apply).toBeUndefined()
  })

  it('is over once the instance runs', () => {
    expect(causesOf(instanceState, {}, {...web, StateReason})).toEqual([])
  })
})

it('shows why an instance that ran was stopped', () => {
  const Message = 'Client.InstanceInitiatedShutdown: Instance initiated shutdown'
  const StateReason = {Code: 'Client.InstanceInitiatedShutdown', Message}
  const [found] = findingsOf(instanceState, {}, {...stopped, StateReason, StateTransitionReason: 'User initiated'})
  expect(found?.evidence.map(({fact}) => fact)).toEqual(['State.Name is stopped', Message, 'User initiated'])
  expect(found?.remedies?.[0]?.apply).toBeDefined()
})

it.each([
  ['three minutes old', {...web, LaunchTime: '2026-11-20T11:57:00.000Z'}, ['instance.too-young']],
  ['a second short of fifteen minutes', {...web, LaunchTime: '2026-11-20T11:45:01.000Z'}, ['instance.too-young']],
  ['fifteen minutes old', {...web, LaunchTime: '2026-11-20T11:45:00.000Z'}, []],
  [
    'a Mac of 24 minutes, which takes 6 to 20 minutes until it can be used',
    {...web, InstanceType: 'mac2.metal' as const, LaunchTime: '2026-11-20T11:36:00.000Z'},
    ['instance.too-young'],
  ],
  ['a Mac of half an hour', {...web, InstanceType: 'mac2.metal' as const, LaunchTime: '2026-11-20T11:30:00.000Z'}, []],
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
