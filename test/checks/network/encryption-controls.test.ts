import {expect, it} from 'vitest'
import {encryptionControls} from '../../../src/checks/network/encryption-controls.ts'
import {behindNat, VPC, vpc} from '../../support/network.ts'
import {path, said} from './hops.ts'

const enforced = {
  ...behindNat,
  Vpcs: [vpc(VPC, '10.0.0.0/16', {EncryptionControl: {VpcId: VPC, Mode: 'enforce', State: 'available'}})],
}
const blocked = path('ssm', {
  at: 'route',
  resource: 'rtb-00000000000000001',
  verdict: 'blocked',
  fault: {cause: 'route.none'},
})

it('is skipped if encryption is not enforced', () => {
  expect(said(encryptionControls, [blocked], behindNat)).toMatchObject([{skip: expect.any(String)}])
})

it('passes while the path is open', () => {
  expect(said(encryptionControls, [path('ssm')], enforced)).toMatchObject([{fact: expect.any(String)}])
})

it('advises to review the exclusions if the path is blocked', () => {
  expect(said(encryptionControls, [blocked], enforced)).toMatchObject([{cause: 'enc.enforce', resource: VPC}])
})
