import {expect, it} from 'vitest'
import {plan} from '../oracle/arbitrary.ts'
import {compare} from '../oracle/compare.ts'

/** Networks with a hub to reach, or endpoints that answer: the longest paths. */
const withEndpoints = plan.filter(({endpoints, toHub}) => endpoints.length > 0 || toHub !== 'nothing')

it('reports for the paths to endpoints and hubs what happens to each packet', () => {
  expect(compare(withEndpoints, 5000)).toBeUndefined()
})
