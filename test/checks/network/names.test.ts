import {expect, it} from 'vitest'
import {names} from '../../../src/checks/network/names.ts'
import {path, said} from './hops.ts'

it('is advice where an endpoint overrides a name that resolves to a working internet path', () => {
  const fault = {cause: 'endpoint.shadows-internet', advice: true} as const
  expect(said(names, [path('ssm', {at: 'name', resource: 'vpce-00000000000000001', fault})])).toMatchObject([
    {cause: 'endpoint.shadows-internet', severity: 'advises'},
  ])
})

it('is unknown where custom DNS servers answer', () => {
  const fault = {cause: 'dns.custom-servers'}
  expect(
    said(names, [path('ssm', {at: 'name', resource: 'dopt-00000000000000001', verdict: 'unknown', fault})]),
  ).toMatchObject([{cause: 'dns.custom-servers', severity: 'undecided'}])
})
