import {expect, it} from 'vitest'
import type {Account, Instance} from '../../../src/model/account.ts'
import {aclEffect, groupEffect, vpcEffect} from '../../../src/remedies/network/blast-radius.ts'
import {acl, behindNat, eni, id, instance, VPC} from '../../support/network.ts'

const at = (n: number, subnet: number, groups: readonly number[], more: Partial<Instance> = {}): Instance =>
  instance({
    InstanceId: id('i', n),
    SubnetId: id('subnet', subnet),
    SecurityGroups: [],
    NetworkInterfaces: groups.map((group, nic) => ({
      ...eni(10 * n + nic, subnet, `10.0.${subnet}.${n}`, [id('sg', group)]),
      Attachment: {DeviceIndex: nic},
    })) as never,
    ...more,
  })

const own = at(1, 1, [1])
const terminated = at(4, 2, [1, 2], {State: {Code: 48, Name: 'terminated'}})
const facts: Account = {...behindNat, Instances: [own, at(2, 2, [1]), at(3, 2, [1, 2]), terminated]}
const affected = {facts, instance: own}

it('a change of a network ACL applies to the other instances in its subnets that are not terminated', () => {
  expect(aclEffect(affected, acl(1, VPC, [1]))).toContain('1 subnet (no other instance)')
  expect(aclEffect(affected, acl(2, VPC, [2]))).toContain('1 subnet (2 other instances)')
})

it('a change of a group applies to the others that use it, on any interface', () => {
  expect(groupEffect(affected, id('sg', 1))).toBe(`2 other instances use ${id('sg', 1)} too.`)
  expect(groupEffect(affected, id('sg', 2))).toBe(`1 other instance uses ${id('sg', 2)} too.`)
  expect(groupEffect(affected, id('sg', 3))).toBe(`No other collected instance uses ${id('sg', 3)}.`)
})

it('a change of a VPC applies to all others in it', () => {
  expect(vpcEffect(affected, VPC)).toContain('with 2 other instances')
  expect(vpcEffect(affected, id('vpc', 9))).toContain('with no other instance')
})
