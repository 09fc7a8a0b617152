import {expect, it} from 'vitest'
import {counted, forNumber} from '../../src/util/counted.ts'

it('agrees with the number: a plural in s, or the one that is named', () => {
  expect([0, 1, 2].map((count) => counted(count, 'instance'))).toEqual(['0 instances', '1 instance', '2 instances'])
  expect([1, 2].map((count) => counted(count, 'rule allows', 'rules allow'))).toEqual([
    '1 rule allows',
    '2 rules allow',
  ])
  expect([1, 2].map((count) => forNumber(count, 'is', 'are'))).toEqual(['is', 'are'])
})
