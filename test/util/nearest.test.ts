import {expect, it} from 'vitest'
import {didYouMean, nearest} from '../../src/util/nearest.ts'

const COMMANDS = ['diagnose', 'audit', 'demo', 'explain', 'inspector', 'permissions', 'preflight', 'reach', 'snapshot']

it.each([
  ['diagnoze', ['diagnose']],
  ['adit', ['audit']],
  ['inspect', ['inspector']],
  ['premissions', ['permissions']],
  ['kubernetes', []],
  ['', []],
  [' ', []],
])('%s most likely stands for %j', (typed, words) => {
  expect(nearest(typed, COMMANDS)).toEqual(words)
})

it('returns nothing if nothing is similar', () => {
  expect(didYouMean('adit', COMMANDS)).toBe(' Did you mean audit?')
  expect(didYouMean('kubernetes', COMMANDS)).toBe('')
})
