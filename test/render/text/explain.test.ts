import {expect, it} from 'vitest'
import {defineCheck} from '../../../src/checks/check.ts'
import {explainAll, explainOne, unknownId} from '../../../src/render/text/explain.ts'
import {PIPE} from '../../../src/render/text/terminal.ts'

const DOCS = 'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html'
const check = defineCheck({
  id: 'route',
  title: 'The route tables lead to the services',
  why: 'What has no route is dropped.',
  causes: {'route.none': {title: 'no route', severity: 'blocks', docs: DOCS}},
  dependsOn: ['path'],
  requiredKinds: ['RouteTables'],
  optionalKinds: ['Subnets', 'RouteTables'],
  run: () => [],
})

it('lists checks with the causes they find', () => {
  expect(explainAll([check], PIPE)).toContain(
    'route  The route tables lead to the services\n  route.none  blocking: no route',
  )
})

it('puts what a cause means below its id where the column beside it would be too narrow to read', () => {
  const title = 'no route to the services of Systems Manager'
  const cause = {title, severity: 'blocks', docs: DOCS} as const
  const long = {...check, causes: {'route.a-rather-long-name-of-a-cause': cause}}
  expect(explainAll([long], {...PIPE, columns: 60})).toContain(
    '  route.a-rather-long-name-of-a-cause\n      blocking: no route to the services of Systems Manager\n',
  )
})

it('explains a cause: what it means, what is read, the fix and the AWS page, whose URL is never broken', () => {
  const text = explainOne('route.none', [check], PIPE)
  expect(text).toMatch(/Cause {5}No route\./)
  expect(text).toMatch(/Reads {5}RouteTables, Subnets\./)
  expect(text).toMatch(/Fix {7}\S/)
  expect(text).toContain(DOCS)
  expect(explainOne('route.none', [check], {...PIPE, columns: 40})).toContain(DOCS)
})

it('lists what a check finds', () => {
  expect(explainOne('route', [check], PIPE)).toMatch(
    /Why {7}What has no route is dropped\.[\s\S]*Finds {5}route\.none \(blocking\): no route/,
  )
})

it('suggests the nearest id', () => {
  expect(explainOne('route.nope', [check], PIPE)).toBeUndefined()
  expect(unknownId('route.nope', [check])).toBe('Unknown check or cause "route.nope". Did you mean route, route.none?')
  expect(unknownId('dns', [check])).toBe('Unknown check or cause "dns".')
  expect(unknownId('', [check])).toBe('Unknown check or cause "".')
})
