import {expect, it} from 'vitest'
import {clockOf, durationOf} from '../../../src/render/text/watch.ts'

it.each([
  [0, '0 s', '0:00'],
  [59_400, '59 s', '0:59'],
  [60_000, '1 min', '1:00'],
  [581_000, '9 min 41 s', '9:41'],
  [3_600_000, '1 h', '1:00:00'],
  [7_384_000, '2 h 3 min', '2:03:04'],
  [-5, '0 s', '0:00'],
])('%s milliseconds are %s, or %s', (milliseconds, words, clock) => {
  expect(durationOf(milliseconds)).toBe(words)
  expect(clockOf(milliseconds)).toBe(clock)
})
