import fc from 'fast-check'
import {expect, it} from 'vitest'
import {isPlain, plain} from '../../src/util/plain-text.ts'

it.each([
  ['a\u001b[31mred\u001b[0m', 'ared'],
  ['a\u009b31mred', 'ared'],
  ['\u001b]0;title\u0007name', 'name'],
  ['\u001b]8;;https://example.com\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['first\r\nsecond\tthird', 'first second third'],
  ['\u202egpj.exe', 'gpj.exe'],
  ['zero\u200bwidth\ufeff', 'zerowidth'],
  ['bell\u0007 del\u007f', 'bell del'],
  ['tag\u{e0041}s', 'tags'],
])('removes terminal control sequences from %j', (text, safe) => {
  expect(plain(text)).toBe(safe)
})

it('does not change names in any script', () => {
  for (const name of ['büro-1', '東京', 'отдел', 'עברית', '🚀 web']) expect(plain(name)).toBe(name)
})

it('removes every control and format character, and accepts its own output as plain', () => {
  fc.assert(
    fc.property(fc.string({unit: 'binary'}), (text) => {
      const safe = plain(text)
      return !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(safe) && isPlain(safe)
    }),
    {numRuns: 500},
  )
})
