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
])('takes what moves the terminal out of %j', (text, safe) => {
  expect(plain(text)).toBe(safe)
})

it('leaves names in any script as they are', () => {
  for (const name of ['büro-1', '東京', 'отдел', 'עברית', '🚀 web']) expect(plain(name)).toBe(name)
})

it('never lets a control or format character through, and finds its own work plain', () => {
  fc.assert(
    fc.property(fc.string({unit: 'binary'}), (text) => {
      const safe = plain(text)
      return !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(safe) && isPlain(safe)
    }),
    {numRuns: 500},
  )
})
