import {expect, it} from 'vitest'
import {onwardNetwork} from '../../../src/checks/network/onward-network.ts'
import {path, said} from './hops.ts'

it.each([
  ['vgw-00000000000000001', 'vgw.onprem-egress'],
  ['vpce-00000000000000007', 'gwlb.inspection'],
])('is unknown behind %s', (resource, cause) => {
  const hop = {at: 'gateway', resource, verdict: 'unknown', because: 'It cannot be read.', fault: {cause}} as const
  expect(said(onwardNetwork, [path('ssm', hop)])).toMatchObject([{cause, severity: 'undecided', resource}])
})
