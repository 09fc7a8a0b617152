import {expect, it} from 'vitest'
import {securityGroup} from '../../src/checks/security-group.ts'
import {ANYWHERE, behindEndpoints, id} from '../support/network.ts'
import {path, said} from './hops.ts'

const met = {at: 'security-group', resource: 'sg-00000000000000001'} as const
const broken = {...met, verdict: 'blocked', because: 'It is broken.', fault: {cause: 'sg.no-egress-443'}} as const

it('is content with what lets the traffic through', () => {
  expect(said(securityGroup, [path('ssm', met)])).toEqual([{fact: 'It is so.'}])
})

it('blames what stops the way to ssm', () => {
  expect(said(securityGroup, [path('ssm', broken)])).toMatchObject([
    {cause: 'sg.no-egress-443', severity: 'blocks', resource: 'sg-00000000000000001', message: 'It is broken.'},
  ])
})

it('tells two services on one resource as one cause', () => {
  const [found, ...more] = said(securityGroup, [path('ssm', broken), path('ssmmessages', broken)])
  expect(more).toEqual([])
  expect(found).toMatchObject({message: 'It is broken. This affects ssm, ssmmessages.', evidence: [{}, {}]})
})

it('only degrades when messages alone are stopped', () => {
  expect(said(securityGroup, [path('ssmmessages', broken)])).toMatchObject([{severity: 'degrades'}])
})

it('does not guess where a fact is missing', () => {
  expect(said(securityGroup, [path('ssm', {...met, verdict: 'unknown', because: 'It could not be read.'})])).toEqual([
    {unknown: 'It could not be read.'},
  ])
})

it('has nothing to say where nothing of the kind is on the way', () => {
  expect(said(securityGroup, [])).toEqual([{skip: 'Not on this path.'}])
})

it('advises to replace a rule that refers to a group of a deleted peering connection', () => {
  const pair = {
    GroupId: 'sg-00000000000000005',
    PeeringStatus: 'deleted',
    VpcPeeringConnectionId: 'pcx-00000000000000001',
  }
  const SecurityGroups = [
    {
      GroupId: id('sg', 1),
      IpPermissions: [],
      IpPermissionsEgress: [ANYWHERE, {IpProtocol: 'tcp', UserIdGroupPairs: [pair]}],
    },
  ]
  expect(said(securityGroup, [], {...behindEndpoints, SecurityGroups})).toMatchObject([
    {cause: 'sg.stale-reference', severity: 'advises', resource: id('sg', 1)},
  ])
})
