import {expect, it} from 'vitest'
import {endpointGroup} from '../../src/checks/endpoint-group.ts'
import {path, said} from './hops.ts'

const met = {at: 'endpoint-group', resource: 'sg-00000000000000002'} as const
const broken = {...met, verdict: 'blocked', because: 'It is broken.', fault: {cause: 'endpoint.sg-blocks'}} as const

it('is content with what lets the traffic through', () => {
  expect(said(endpointGroup, [path('ssm', met)])).toEqual([{fact: 'It is so.'}])
})

it('blames what stops the way to ssm', () => {
  expect(said(endpointGroup, [path('ssm', broken)])).toMatchObject([
    {cause: 'endpoint.sg-blocks', severity: 'blocks', resource: 'sg-00000000000000002', message: 'It is broken.'},
  ])
})

it('tells two services on one resource as one cause', () => {
  const [found, ...more] = said(endpointGroup, [path('ssm', broken), path('ssmmessages', broken)])
  expect(more).toEqual([])
  expect(found).toMatchObject({message: 'It is broken. This affects ssm, ssmmessages.', evidence: [{}, {}]})
})

it('only degrades when messages alone are stopped', () => {
  expect(said(endpointGroup, [path('ssmmessages', broken)])).toMatchObject([{severity: 'degrades'}])
})

it('does not guess where a fact is missing', () => {
  expect(said(endpointGroup, [path('ssm', {...met, verdict: 'unknown', because: 'It could not be read.'})])).toEqual([
    {unknown: 'It could not be read.'},
  ])
})

it('has nothing to say where nothing of the kind is on the way', () => {
  expect(said(endpointGroup, [])).toEqual([{skip: 'Not on this path.'}])
})
