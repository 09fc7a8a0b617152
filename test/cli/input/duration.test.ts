import {expect, it} from 'vitest'
import {durationOf} from '../../../src/cli/input/duration.ts'

it.each([
  ['90s', 90_000],
  ['45m', 2_700_000],
  [' 2h ', 7_200_000],
])('reads %j', (text, milliseconds) => {
  expect(durationOf('--timeout', text)).toBe(milliseconds)
})

it.each(['', '45', '0m', '-5m', '1.5h', '45 minutes', '999999h', '1e3s', 'm'])('asks for another than %j', (text) => {
  expect(() => durationOf('--timeout', text)).toThrow(/such as 90s, 45m or 2h/)
})
