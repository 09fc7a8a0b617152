import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {failureIn, runNameIn, startIn, unitIn} from '../../src/lambda/events.ts'
import {isUsageError} from '../../src/util/usage-error.ts'

describe('the event of a function', () => {
  it('that starts a run has its time, and may name the run', () => {
    expect(startIn({startedAt: '2026-11-28T09:00:00.000Z', input: {}})).toEqual({
      startedAt: '2026-11-28T09:00:00.000Z',
      named: undefined,
    })
    expect(startIn({startedAt: '2026-11-28T09:00:00Z', input: {run: 'weekly-7'}}).named).toBe('weekly-7')
  })

  it('of a schedule has fields that are not ours', () => {
    const input = {version: '0', 'detail-type': 'Scheduled Event', time: '2026-11-28T05:17:00Z', resources: []}
    expect(startIn({startedAt: '2026-11-28T05:17:01Z', input}).named).toBeUndefined()
  })

  it.each([undefined, null, 'now', 5, '2026', '2026-99-99T00:00:00Z'])('has no start time in %j', (startedAt) => {
    expect(() => startIn({startedAt})).toThrow('The event of the function: startedAt: expected a time')
  })

  it.each([undefined, null, '', 5, '../other', 'a/b', 'x'.repeat(81), ['a']])('names no run with %j', (run) => {
    expect(() => runNameIn({run})).toThrow('run: expected the name of a run')
  })

  it('has a unit: an account, and its Regions if they are known', () => {
    expect(unitIn({unit: {account: '111122223333', regions: null}})).toEqual({account: '111122223333', regions: null})
    expect(unitIn({unit: {account: '111122223333'}}).regions).toBeNull()
    const regions = ['eu-west-1', 'us-gov-west-1', 'us-isob-east-1', 'eusc-de-east-1']
    expect(unitIn({unit: {account: '111122223333', regions}}).regions).toEqual(regions)
  })

  it.each([undefined, null, 111122223333, '1111', '111122223333:role/other', '111122223333/../x'])(
    'has no account in %j',
    (account) => {
      expect(() => unitIn({unit: {account}})).toThrow('unit.account: expected an account id of 12 digits')
    },
  )

  it.each(['all', [], [5], ['../x'], ['eu-west-1', ''], {0: 'eu-west-1'}])('has no Regions in %j', (regions) => {
    expect(() => unitIn({unit: {account: '111122223333', regions}})).toThrow('unit.regions: expected a list of Regions')
  })

  it('says why a unit failed, whatever Step Functions passes', () => {
    expect(failureIn({failure: null})).toBeUndefined()
    expect(failureIn({failure: {Error: 'Sandbox.Timedout', Cause: '{}'}})).toEqual({
      name: 'Sandbox.Timedout',
      cause: '{}',
    })
    for (const failure of ['text', 5, [], {}, {Error: 5, Cause: {}}])
      expect(failureIn({failure})).toEqual({name: 'an unknown error', cause: ''})
  })

  it('of any other kind is rejected in a sentence', () => {
    for (const read of [startIn, runNameIn, unitIn])
      fc.assert(
        fc.property(fc.anything(), (event) => {
          try {
            read(event)
          } catch (error) {
            expect(isUsageError(error)).toBe(true)
          }
        }),
      )
  })
})
