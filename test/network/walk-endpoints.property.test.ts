import {expect, it} from 'vitest'
import {plan} from '../oracle/arbitrary.ts'
import {compare} from '../oracle/compare.ts'

/** Networks that have a hub to reach, or endpoints that answer: the ways with most in them. */
const withEndpoints = plan.filter(({endpoints, toHub}) => endpoints.length > 0 || toHub !== 'nothing')

it('says of the ways to endpoints and hubs what becomes of their packets, one by one', () => {
  expect(compare(withEndpoints, 5000)).toBeUndefined()
})
