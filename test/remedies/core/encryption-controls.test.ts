import {describe, expect, it} from 'vitest'
import {examine} from '../../../src/diagnosis/examine.ts'
import type {Vpc} from '../../../src/model/account.ts'
import {attachInternetGateway, createNatGateway} from '../../../src/remedies/changes/gateways.ts'
import {remedyOf} from '../../../src/remedies/core/change.ts'
import {withinEncryptionControls} from '../../../src/remedies/core/encryption-controls.ts'
import {behindNat, IGW, INSTANCE, id, subnet, VPC, vpc} from '../../support/network.ts'

type Control = NonNullable<Vpc['EncryptionControl']>

const controlled = (control: Control) => ({
  ...behindNat,
  Vpcs: [vpc(VPC, '10.0.0.0/16', {EncryptionControl: {VpcId: VPC, State: 'available', ...control}})],
})

const nat = remedyOf('Create it', createNatGateway(subnet(9, '10.0.9.0/24')), {effect: 'One subnet.'})
const internet = remedyOf('Attach it', attachInternetGateway(IGW, VPC), {})

describe('a gateway in a VPC that enforces encryption', () => {
  it.each([
    ['NAT gateways', nat, {}],
    ['NAT gateways', nat, {ResourceExclusions: {InternetGateway: {State: 'enabled'}, NatGateway: {State: 'disabled'}}}],
    ['internet gateways', internet, {ResourceExclusions: {NatGateway: {State: 'enabled'}}}],
  ] as const)('is not verified without an exclusion for %s', (what, remedy, exclusions) => {
    const {apply, steps, effect} = withinEncryptionControls(controlled({Mode: 'enforce', ...exclusions}), remedy)
    expect(apply).toBeUndefined()
    expect(steps).toBe(remedy.steps)
    expect(effect).toContain(
      `VPC ${VPC} enforces encryption in transit: AWS rejects this unless the VPC excludes ${what}.`,
    )
  })

  it.each([
    ['that is excluded', {Mode: 'enforce', ResourceExclusions: {NatGateway: {State: 'enabled'}}}],
    ['in monitor mode', {Mode: 'monitor'}],
  ] as const)('%s is accepted', (_, control) => {
    expect(withinEncryptionControls(controlled(control), nat)).toBe(nat)
  })

  it('comes after endpoints, which encrypt', () => {
    const detached = {...controlled({Mode: 'enforce'}), InternetGateways: [{InternetGatewayId: IGW, Attachments: []}]}
    const [step] = examine(detached, INSTANCE).checklist
    expect(step?.title).toMatch(/^Create interface endpoints for ssm/)
    expect(step?.alternatives).toMatchObject([
      {title: `Attach internet gateway ${id('igw', 1)} to VPC ${VPC}`, verified: false},
    ])
  })
})
