import {expect, it} from 'vitest'
import {networkAcl} from '../../../src/checks/network/network-acl.ts'
import {path, said} from './hops.ts'

it('degrades if only some of the replies get through', () => {
  const fault = {cause: 'nacl.partial-ephemeral'}
  const half = {
    at: 'network-acl',
    resource: 'acl-00000000000000001',
    verdict: 'partly',
    direction: 'reply',
    fault,
  } as const
  expect(said(networkAcl, [path('ssm', half)])).toMatchObject([{cause: 'nacl.partial-ephemeral', severity: 'degrades'}])
})
