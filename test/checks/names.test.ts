import {expect, it} from 'vitest'
import {names} from '../../src/checks/names.ts'
import {path, said} from './hops.ts'

const met = {at: 'name', resource: 'vpc-00000000000000001'} as const
const broken = {...met, verdict: 'blocked', because: 'It is broken.', fault: {cause: 'dns.support-off'}} as const

it('is content with what lets the traffic through', () => {
  expect(said(names, [path('ssm', met)])).toEqual([{fact: 'It is so.'}])
})

it('blames what stops the way to ssm', () => {
  expect(said(names, [path('ssm', broken)])).toMatchObject([
    {cause: 'dns.support-off', severity: 'blocks', resource: 'vpc-00000000000000001', message: 'It is broken.'},
  ])
})

it('tells two services on one resource as one cause', () => {
  const [found, ...more] = said(names, [path('ssm', broken), path('ssmmessages', broken)])
  expect(more).toEqual([])
  expect(found).toMatchObject({message: 'It is broken. This affects ssm, ssmmessages.', evidence: [{}, {}]})
})

it('only degrades when messages alone are stopped', () => {
  expect(said(names, [path('ssmmessages', broken)])).toMatchObject([{severity: 'degrades'}])
})

it('does not guess where a fact is missing', () => {
  expect(said(names, [path('ssm', {...met, verdict: 'unknown', because: 'It could not be read.'})])).toEqual([
    {unknown: 'It could not be read.'},
  ])
})

it('has nothing to say where nothing of the kind is on the way', () => {
  expect(said(names, [])).toEqual([{skip: 'Not on this path.'}])
})

it('advises where an endpoint takes the name from a working internet path', () => {
  const fault = {cause: 'endpoint.shadows-internet', advice: true} as const
  expect(said(names, [path('ssm', {at: 'name', resource: 'vpce-00000000000000001', fault})])).toMatchObject([
    {cause: 'endpoint.shadows-internet', severity: 'advises'},
  ])
})

it('is undecided where own name servers answer', () => {
  const fault = {cause: 'dns.custom-servers'}
  expect(
    said(names, [path('ssm', {at: 'name', resource: 'dopt-00000000000000001', verdict: 'unknown', fault})]),
  ).toMatchObject([{cause: 'dns.custom-servers', severity: 'undecided'}])
})
