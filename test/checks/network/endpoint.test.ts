import {expect, it} from 'vitest'
import {endpoint} from '../../../src/checks/network/endpoint.ts'
import {behindEndpoints, endpoint as endpointOf} from '../../support/network.ts'
import {path, said} from './hops.ts'

it('advises to complete a partial set of endpoints', () => {
  const ssm = {...path('ssm', {at: 'endpoint', resource: 'vpce-00000000000000001'}), via: 'vpce-00000000000000001'}
  const messages = {
    ...path('ssmmessages', {at: 'route', resource: 'rtb-00000000000000001'}),
    via: 'nat-00000000000000001',
  }
  expect(said(endpoint, [ssm, messages])).toContainEqual(expect.objectContaining({cause: 'endpoint.partial-set'}))
})

it('only notes an endpoint that is not available next to a working internet path', () => {
  const VpcEndpoints = [endpointOf(1, 'ssm', [2], {State: 'failed'})]
  const open = {...path('ssm', {at: 'route', resource: 'rtb-00000000000000001'}), via: 'nat-00000000000000001'}
  expect(said(endpoint, [open], {...behindEndpoints, VpcEndpoints})).toContainEqual(
    expect.objectContaining({cause: 'endpoint.not-available', severity: 'advises'}),
  )
})
