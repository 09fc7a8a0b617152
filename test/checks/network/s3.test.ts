import {expect, it} from 'vitest'
import {s3} from '../../../src/checks/network/s3.ts'
import {path, said} from './hops.ts'

it.each(['s3.unreachable', 's3.gateway-not-routed'])('%s degrades: patching and updates need S3', (cause) => {
  const hop = {at: 'route', resource: 'rtb-00000000000000001', verdict: 'blocked', fault: {cause}} as const
  expect(said(s3, [path('s3', hop)])).toMatchObject([{cause, severity: 'degrades'}])
})

it('leaves what blocks S3 and other services to the check of that hop', () => {
  const hop = {
    at: 'security-group',
    resource: 'sg-00000000000000001',
    verdict: 'blocked',
    fault: {cause: 'sg.no-egress-443'},
  } as const
  expect(said(s3, [path('s3', hop)])).toEqual([{skip: 'Not on this path.'}])
})
