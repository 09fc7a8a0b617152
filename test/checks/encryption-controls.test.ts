import {expect, it} from 'vitest'
import {encryptionControls} from '../../src/checks/encryption-controls.ts'
import {behindNat, VPC, vpc} from '../support/network.ts'
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

it('has no subject where encryption is not enforced', () => {
  expect(said(encryptionControls, [blocked], behindNat)).toMatchObject([{skip: expect.any(String)}])
})

it('is content while the way is open', () => {
  expect(said(encryptionControls, [path('ssm')], enforced)).toMatchObject([{fact: expect.any(String)}])
})

it('advises to look at the exclusions where the way is not open', () => {
  expect(said(encryptionControls, [blocked], enforced)).toMatchObject([{cause: 'enc.enforce', resource: VPC}])
})
