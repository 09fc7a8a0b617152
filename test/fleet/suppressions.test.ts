import {expect, it} from 'vitest'
import {suppressionsIn} from '../../src/fleet/inputs.ts'

const expiring = (expires: string) =>
  suppressionsIn({
    name: 'known.json',
    text: JSON.stringify([{cause: 'imds.disabled', owner: 'web', reason: 'x', expires}]),
  })

it('a suppression expires at the end of its day, or at its time', () => {
  expect(expiring('2028-02-29')[0]?.expires).toBe('2028-03-01T00:00:00.000Z')
  expect(expiring('2026-11-20T13:00:00+02:00')[0]?.expires).toBe('2026-11-20T11:00:00.000Z')
})

it.each(['2026-02-30', '2026-02-30T10:00:00Z', '01/02/2027', '2027', 'Feb 3'])(
  'a suppression that expires on %s is rejected instead of lasting until another day',
  (expires) => {
    expect(() => expiring(expires)).toThrow('expected a day or an ISO 8601 time')
  },
)
