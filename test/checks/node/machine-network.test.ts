import {expect, it} from 'vitest'
import type {Signal} from '../../../src/agent/output/signal.ts'
import {machineNetwork} from '../../../src/checks/node/machine-network.ts'
import {machineOf} from '../../../src/model/hybrid.ts'
import {aMachine, hybrid, lost} from '../../support/hybrid.ts'
import {notesOf} from '../examine.ts'

const machine = machineOf(aMachine())

it('is not visible to AWS: the required hosts are listed', () => {
  expect(notesOf(machineNetwork, {...hybrid, ...lost}, machine)).toMatchObject([
    {unknown: expect.stringMatching(/AWS does not see the network .* port 443: ssm\.eu-west-1\.amazonaws\.com, ssmm/)},
  ])
})

it('is known where get-diagnostics reached the endpoints, which a log alone does not show', () => {
  const of = (...services: readonly string[]) =>
    services.map((service) => ({kind: 'reached' as const, service, source: 'ssm-cli', line: 'is reachable'}))
  const running = {kind: 'agent-running', source: 'ssm-cli', line: 'Agent service'} as const
  const inside = (...evidence: readonly Signal[]) =>
    notesOf(machineNetwork, {...hybrid, ...lost}, machine, [], evidence)
  expect(inside(running, ...of('ssm', 'ssmmessages'))).toEqual([{fact: expect.stringContaining('reaches ssm and')}])
  expect(inside(...of('ssm', 'ssmmessages'))).toMatchObject([{unknown: expect.any(String)}])
  expect(inside(running, ...of('ssm'))).toMatchObject([{unknown: expect.any(String)}])
})

it('is known to work while the node is online', () => {
  expect(notesOf(machineNetwork, hybrid, machine)).toMatchObject([{fact: expect.stringContaining('answers')}])
})

it('is not enough for sessions if get-diagnostics or a log shows that ssmmessages is not reached', () => {
  const timeout = {kind: 'timeout', service: 'ssmmessages', source: 'ssm-cli', line: 'is not reachable'} as const
  const online = (Status: string, ...evidence: readonly Signal[]) => {
    const ConnectionStatuses = [{Target: machine.InstanceId, Status}]
    return notesOf(machineNetwork, {...hybrid, ConnectionStatuses}, machine, [], evidence)
  }
  expect(online('notconnected', timeout)).toMatchObject([{cause: 'hybrid.machine-unreachable', severity: 'degrades'}])
  expect(online('notconnected')).toMatchObject([{fact: expect.stringContaining('answers')}])
  expect(online('connected', timeout)).toMatchObject([{fact: expect.stringContaining('answers')}])
})
