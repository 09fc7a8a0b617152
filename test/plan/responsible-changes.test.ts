import {expect, it, vi} from 'vitest'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {comparePlan} from '../../src/plan/compare.ts'
import {applyResources} from '../../src/plan/overlay/overlay.ts'
import type {PlannedResource, Properties} from '../../src/plan/resource.ts'
import {healthy, SUBNET, WEB, WEB_GROUP} from '../support/healthy.ts'

vi.mock('../../src/plan/overlay/overlay.ts', {spy: true})

const update = (address: string, type: string, id: string, after: Properties): PlannedResource => ({
  address,
  type,
  id,
  action: 'update',
  attributes: [],
  before: {},
  after,
})

it('finds the responsible change among those of many instances without making a model of all of them for each', () => {
  const [web] = itemsOf(healthy.Instances)
  const ids = [WEB, ...Array.from({length: 20}, (_, at) => `i-0bbbbbbbbbbbbb${String(at).padStart(3, '0')}`)]
  const account: Account = {...healthy, Instances: ids.map((InstanceId) => ({...web!, InstanceId}))}
  const resources = [
    ...ids.map((id) => update(`instance.${id}`, 'AWS::EC2::Instance', id, {IamInstanceProfile: ''})),
    update('group', 'AWS::EC2::SecurityGroup', WEB_GROUP, {SecurityGroupEgress: []}),
  ]
  vi.mocked(applyResources).mockClear()
  const {instances} = comparePlan(account, {resources, ignored: []}, {file: 'plan.json', language: 'terraform'})
  const applied = vi.mocked(applyResources).mock.calls.reduce((sum, [, changes]) => sum + changes.length, 0)
  expect(instances.map(({causes}) => causes.map(({by}) => by.map(({address}) => address)))).toEqual(
    ids.map((id) => expect.arrayContaining([[`instance.${id}`], ['group']])),
  )
  expect(applied).toBeLessThan((ids.length * ids.length) / 2)
})

it('names the role of an instance that the plan launches, whose cause has the ARN of the role', () => {
  const created = (address: string, type: string, id: string, after: Properties): PlannedResource => ({
    ...update(address, type, id, after),
    action: 'create',
  })
  const trust = {Statement: [{Effect: 'Allow', Action: 'sts:AssumeRole', Principal: {Service: 'ec2.amazonaws.com'}}]}
  const resources = [
    created('Role', 'AWS::IAM::Role', 'node', {AssumeRolePolicyDocument: trust}),
    created('Profile', 'AWS::IAM::InstanceProfile', 'node', {Roles: ['node']}),
    created('Node', 'AWS::EC2::Instance', 'i-Node', {SubnetId: SUBNET, IamInstanceProfile: 'node'}),
  ]
  const {instances} = comparePlan(healthy, {resources, ignored: []}, {file: 't.yaml', language: 'cloudformation'})
  const denied = instances[0]?.causes.find(({id}) => id === 'iam.no-registration-permission')
  expect(denied?.by.map(({address}) => address)).toEqual(['Role'])
})
