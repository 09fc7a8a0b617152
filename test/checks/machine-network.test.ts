import {expect, it} from 'vitest'
import {machineNetwork} from '../../src/checks/machine-network.ts'
import {machineOf} from '../../src/model/hybrid.ts'
import {aMachine, hybrid, lost} from '../support/hybrid.ts'
import {notesOf} from './examine.ts'

const machine = machineOf(aMachine())

it('is not visible to AWS: the required hosts are listed', () => {
  expect(notesOf(machineNetwork, {...hybrid, ...lost}, machine)).toMatchObject([
    {unknown: expect.stringMatching(/AWS does not see the network .* port 443: ssm\.eu-west-1\.amazonaws\.com, ssmm/)},
  ])
})

it('is known to work while the node is online', () => {
  expect(notesOf(machineNetwork, hybrid, machine)).toMatchObject([{fact: expect.stringContaining('answers')}])
})
