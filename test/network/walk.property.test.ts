import {expect, it} from 'vitest'
import {plan} from '../oracle/arbitrary.ts'
import {compare} from '../oracle/compare.ts'

it('says of every path what becomes of its packets, one by one', () => {
  expect(compare(plan, 5000)).toBeUndefined()
})
