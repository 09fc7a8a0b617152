import {expect, it} from 'vitest'
import {plan} from '../oracle/arbitrary.ts'
import {compare, PARTS} from '../oracle/compare.ts'

it.each(PARTS)('reports for every path what happens to each packet (part %i)', (part) => {
  expect(compare(plan, 1000, part)).toBeUndefined()
})
