import {expect, it} from 'vitest'
import {endpoint} from '../../src/checks/endpoint.ts'
import {behindEndpoints, endpoint as endpointOf} from '../support/network.ts'
import {path, said} from './hops.ts'

const met = {at: 'endpoint', resource: 'vpce-00000000000000001'} as const
const broken = {...met, verdict: 'blocked', because: 'It is broken.', fault: {cause: 'endpoint.not-available'}} as const

it('is content with what lets the traffic through', () => {
  expect(said(endpoint, [path('ssm', met)])).toEqual([{fact: 'It is so.'}])
})

it('blames what stops the way to ssm', () => {
  expect(said(endpoint, [path('ssm', broken)])).toMatchObject([
    {cause: 'endpoint.not-available', severity: 'blocks', resource: 'vpce-00000000000000001', message: 'It is broken.'},
  ])
})

it('tells two services on one resource as one cause', () => {
  const [found, ...more] = said(endpoint, [path('ssm', broken), path('ssmmessages', broken)])
  expect(more).toEqual([])
  expect(found).toMatchObject({message: 'It is broken. This affects ssm, ssmmessages.', evidence: [{}, {}]})
})

it('only degrades when messages alone are stopped', () => {
  expect(said(endpoint, [path('ssmmessages', broken)])).toMatchObject([{severity: 'degrades'}])
})

it('does not guess where a fact is missing', () => {
  expect(said(endpoint, [path('ssm', {...met, verdict: 'unknown', because: 'It could not be read.'})])).toEqual([
    {unknown: 'It could not be read.'},
  ])
})

it('has nothing to say where nothing of the kind is on the way', () => {
  expect(said(endpoint, [])).toEqual([{skip: 'Not on this path.'}])
})

it('advises to complete a set of endpoints of which only some are there', () => {
  const ssm = {...path('ssm', {at: 'endpoint', resource: 'vpce-00000000000000001'}), via: 'vpce-00000000000000001'}
  const messages = {
    ...path('ssmmessages', {at: 'route', resource: 'rtb-00000000000000001'}),
    via: 'nat-00000000000000001',
  }
  expect(said(endpoint, [ssm, messages])).toContainEqual(expect.objectContaining({cause: 'endpoint.partial-set'}))
})

it('gives a word only to an endpoint that is not available beside a working internet path', () => {
  const VpcEndpoints = [endpointOf(1, 'ssm', [2], {State: 'failed'})]
  const open = {...path('ssm', {at: 'route', resource: 'rtb-00000000000000001'}), via: 'nat-00000000000000001'}
  expect(said(endpoint, [open], {...behindEndpoints, VpcEndpoints})).toContainEqual(
    expect.objectContaining({cause: 'endpoint.not-available', severity: 'advises'}),
  )
})
