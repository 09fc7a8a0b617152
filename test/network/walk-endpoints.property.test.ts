import {expect, it} from 'vitest'
import {plan} from '../oracle/arbitrary.ts'
import {compare, PARTS} from '../oracle/compare.ts'

/** Networks with a hub to reach, or endpoints that answer: the longest paths. */
const withEndpoints = plan.filter(({endpoints, toHub}) => endpoints.length > 0 || toHub !== 'nothing')

it.each(PARTS)('reports for the paths to endpoints and hubs what happens to each packet (part %i)', (part) => {
  expect(compare(withEndpoints, 1000, part)).toBeUndefined()
})
