import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {compareVersions, isAtLeast} from '../../src/agent/version.ts'

describe('versions of four parts', () => {
  it.each([
    ['3.3.40.0', '3.3.4.0', 1],
    ['3.10.0.0', '3.9.9.9', 1],
    ['2.3.813.9', '2.3.814.0', -1],
    ['3.3.40', '3.3.40.0', 0],
    ['v3.3.40.0', ' 3.3.40.0 ', 0],
  ])('%s against %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b) ?? Number.NaN)).toBe(sign)
  })

  it.each(['', '3', 'latest', '3.3.40.0.1', '3..4', '-1.0', '3.3.40.0-rc'])(
    'does not take %j for a version',
    (text) => {
      expect(compareVersions(text, '3.3.40.0')).toBeUndefined()
      expect(isAtLeast(text, '3.3.40.0')).toBeUndefined()
    },
  )

  it('orders as the numbers do', () => {
    const parts = fc.tuple(...Array.from({length: 4}, () => fc.nat(5000)))
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const first = a.findIndex((part, index) => part !== b[index])
        const expected = first < 0 ? 0 : Math.sign((a[first] ?? 0) - (b[first] ?? 0))
        expect(Math.sign(compareVersions(a.join('.'), b.join('.')) ?? Number.NaN)).toBe(expected)
      }),
    )
  })
})
