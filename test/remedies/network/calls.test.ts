import {describe, expect, it} from 'vitest'
import {commandLine} from '../../../src/remedies/core/command-line.ts'
import type {Call, Remedy} from '../../../src/remedies/core/remedy.ts'
import {faultsOfCall} from '../../support/call-schemas.ts'
import {faultsWithRemedies} from './apply-remedies.ts'
import {networkFaults} from './network-faults.ts'

const isCall = (step: Remedy['steps'][number]): step is Call => 'operation' in step

const named = (remedy: Remedy) => [...remedy.steps, ...(remedy.undo ?? [])]

describe.each(networkFaults)('$name', ({account}) => {
  const remedies = faultsWithRemedies(account).flatMap((fault) => fault.remedies)

  it('has calls that the SDK knows', () => {
    for (const call of remedies.flatMap(named).filter(isCall)) expect(faultsOfCall(call), call.operation).toEqual([])
  })

  it('uses only responses of earlier calls', () => {
    for (const {title, steps, undo = []} of remedies) {
      const given = new Set<string>()
      for (const step of [...steps, ...undo]) {
        if (!isCall(step)) continue
        for (const [, name] of JSON.stringify(step.input).matchAll(/"variable":"(\w+)"/g))
          expect(given, `${title}: ${step.operation}`).toContain(name)
        if (step.save) given.add(step.save.as)
      }
    }
  })

  it('contains no ids that exist only on the model', () => {
    const ids = new Set(JSON.stringify(account).match(/[a-z]+(?:-[a-z]+)*-[0-9a-f]{8,17}/g))
    for (const call of remedies.flatMap(named).filter(isCall))
      for (const id of JSON.stringify({...call.input, CreatorRequestId: ''}).match(
        /[a-z]+(?:-[a-z]+)*-[0-9a-f]{8,17}/g,
      ) ?? [])
        expect(ids, `${call.operation} ${id}`).toContain(id)
  })

  it('can be printed', () => {
    for (const step of remedies.flatMap(named))
      expect(commandLine(step, 'sh', {region: 'us-east-1'})).not.toMatch(/is not printed/)
  })
})
