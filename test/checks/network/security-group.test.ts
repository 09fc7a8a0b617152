import {expect, it} from 'vitest'
import {securityGroup} from '../../../src/checks/network/security-group.ts'
import {ANYWHERE, behindEndpoints, id} from '../../support/network.ts'
import {said} from './hops.ts'

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
