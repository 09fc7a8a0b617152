import {expect, it} from 'vitest'
import {usedBy} from '../../src/iam/role-usage.ts'
import {itemsOf, notAsked} from '../../src/model/account.ts'
import {aNode, anInstance, healthy} from '../support/healthy.ts'

const [profile] = itemsOf(healthy.InstanceProfiles)
const arn = (profile as {Roles: readonly {Arn: string}[]}).Roles[0]!.Arn
const IamRole = arn.slice(arn.lastIndexOf('/') + 1)

it('a role is used by the instances that have its profile', () => {
  const Instances = [anInstance(), anInstance({InstanceId: 'i-0a1b2c3d4e5f60099'})]
  expect(usedBy({...healthy, Instances}, arn)).toBe(`Role ${IamRole} is used by 2 collected instances.`)
})

it('a role is used by hybrid nodes that name it, with or without its path', () => {
  const nodes = ['web', 'service-role/web'].map((name, n) =>
    aNode({InstanceId: `mi-0a1b2c3d4e5f6000${n}`, IamRole: name}),
  )
  expect(usedBy({...healthy, InstanceInformationList: nodes}, 'arn:aws:iam::111122223333:role/web')).toContain(
    'and 2 hybrid nodes',
  )
})

it('an instance with a role of host management is no hybrid node', () => {
  expect(usedBy({...healthy, InstanceInformationList: [aNode({IamRole})]}, arn)).not.toContain('hybrid')
})

it('lists that could not be read have no users', () => {
  const facts = {...healthy, Instances: notAsked(), InstanceInformationList: notAsked()}
  expect(usedBy(facts, arn)).toContain('0 collected instances')
})
