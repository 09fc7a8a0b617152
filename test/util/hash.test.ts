import {expect, it} from 'vitest'
import {hashOf} from '../../src/util/hash.ts'

it.each([
  ['', 'cbf29ce484222325'],
  ['a', 'af63dc4c8601ec8c'],
  ['foobar', '85944171f73967e8'],
])('is FNV-1a: %j', (text, hash) => {
  expect(hashOf(text)).toBe(hash)
})
