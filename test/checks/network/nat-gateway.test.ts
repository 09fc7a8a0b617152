import {expect, it} from 'vitest'
import {natGateway} from '../../../src/checks/network/nat-gateway.ts'
import {path, said} from './hops.ts'

it('advises a NAT gateway in the Availability Zone of the instance', () => {
  const fault = {cause: 'nat.single-az-loss', advice: true} as const
  expect(
    said(natGateway, [path('ssm', {at: 'gateway', leg: 'nat', resource: 'nat-00000000000000001', fault})]),
  ).toMatchObject([{cause: 'nat.single-az-loss', severity: 'advises'}])
})

it('an old agent behind a NAT gateway is advice, as explain and SARIF say', () => {
  expect(natGateway.causes['nat.idle-timeout']?.severity).toBe('advises')
})
