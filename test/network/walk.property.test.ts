import {expect, it} from 'vitest'
import {plan} from '../oracle/arbitrary.ts'
import {compare} from '../oracle/compare.ts'

it('reports for every path what happens to each packet', () => {
  expect(compare(plan, 5000)).toBeUndefined()
})
