import {expect, it} from 'vitest'
import {networkAcl} from '../../src/checks/network-acl.ts'
import {path, said} from './hops.ts'

const met = {at: 'network-acl', resource: 'acl-00000000000000001'} as const
const broken = {...met, verdict: 'blocked', because: 'It is broken.', fault: {cause: 'nacl.egress-443'}} as const

it('is content with what lets the traffic through', () => {
  expect(said(networkAcl, [path('ssm', met)])).toEqual([{fact: 'It is so.'}])
})

it('blames what stops the way to ssm', () => {
  expect(said(networkAcl, [path('ssm', broken)])).toMatchObject([
    {cause: 'nacl.egress-443', severity: 'blocks', resource: 'acl-00000000000000001', message: 'It is broken.'},
  ])
})

it('tells two services on one resource as one cause', () => {
  const [found, ...more] = said(networkAcl, [path('ssm', broken), path('ssmmessages', broken)])
  expect(more).toEqual([])
  expect(found).toMatchObject({message: 'It is broken. This affects ssm, ssmmessages.', evidence: [{}, {}]})
})

it('only degrades when messages alone are stopped', () => {
  expect(said(networkAcl, [path('ssmmessages', broken)])).toMatchObject([{severity: 'degrades'}])
})

it('does not guess where a fact is missing', () => {
  expect(said(networkAcl, [path('ssm', {...met, verdict: 'unknown', because: 'It could not be read.'})])).toEqual([
    {unknown: 'It could not be read.'},
  ])
})

it('has nothing to say where nothing of the kind is on the way', () => {
  expect(said(networkAcl, [])).toEqual([{skip: 'Not on this path.'}])
})

it('degrades when only a share of the replies gets through', () => {
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
