import fc from 'fast-check'
import {expect, it} from 'vitest'
import {breakOf, parseJson} from '../../src/account-file/json-text.ts'

it('names the file, line and column of invalid JSON', () => {
  expect(() => parseJson('a.json', '{\n  "Vpcs": [}\n}')).toThrow(
    'a.json: line 2, column 12: expected JSON, found "}\\n}"',
  )
  expect(() => parseJson('a.json', '{"Vpcs": [')).toThrow(
    'a.json: line 1, column 11: expected JSON, found the end of the file',
  )
  expect(() => parseJson('a.json', '')).toThrow('a.json: line 1, column 1: expected JSON, found the end of the file')
})

it.each([
  ['{"a": tru}', 6],
  ['{"a": 01}', 6],
  ['{"a": 1,}', 8],
  ['{a: 1}', 1],
  ['[1 2]', 3],
  ['"a\nb"', 2],
  [String.raw`"a\x"`, 2],
  ['{} {}', 3],
  ['{"a" 1}', 5],
  ['nullx', 0],
  ['"open', 5],
])('%j breaks at %i', (text, at) => {
  expect(breakOf(text)).toBe(at)
})

it('valid JSON has no error position, and truncated JSON breaks at its end', () => {
  fc.assert(fc.property(fc.json(), (text) => breakOf(text) === text.length))
  fc.assert(
    fc.property(fc.array(fc.json(), {minLength: 1}), (texts) => {
      const cut = `[${texts.join(', ')}`
      expect(breakOf(cut)).toBe(cut.length)
    }),
  )
})

it('what JSON.parse rejects is reported in one sentence', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.string({maxLength: 3}), (text, at, junk) => {
      const broken = text.slice(0, at % (text.length + 1)) + junk
      try {
        parseJson('a', broken)
      } catch (error) {
        expect(String(error)).toMatch(/^UsageError: a: line \d+, column \d+: expected JSON, found /)
      }
    }),
  )
})

it('a hundred thousand open brackets do not overflow the stack', () => {
  expect(() => parseJson('a', '['.repeat(100_000))).toThrow('column 100001')
})
