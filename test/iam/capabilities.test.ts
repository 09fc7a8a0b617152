import {expect, it} from 'vitest'
import {AGENT_ACTIONS, managedBuckets} from '../../src/iam/capabilities.ts'
import {awsManaged, CORE, DEPRECATED, HOST_MANAGEMENT, knownDocument} from '../../src/iam/managed-policies.ts'
import {mayCall} from '../../src/iam/role.ts'
import {anInstance, aRole, healthy} from '../support/healthy.ts'

// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedInstanceCore.html
it.each([CORE, HOST_MANAGEMENT, DEPRECATED])('are all allowed by %s without reading its document', (name) => {
  const PolicyArn = awsManaged('aws', name)
  const role = aRole({AttachedManagedPolicies: [{PolicyName: name, PolicyArn}]})
  const facts = {...healthy, Policies: []}
  const decisions = AGENT_ACTIONS.map((action) =>
    mayCall(facts, {role, credentials: 'profile', instance: anInstance()}, action),
  )
  expect(decisions.filter(({decision}) => decision !== 'allowed')).toEqual([])
})

it('are known only for AWS managed policies', () => {
  expect(knownDocument('arn:aws-cn:iam::aws:policy/AmazonSSMManagedInstanceCore')).toBeDefined()
  expect(knownDocument('arn:aws:iam::111122223333:policy/AmazonSSMManagedInstanceCore')).toBeUndefined()
})

it('read a patch bucket only if its name is known', () => {
  expect(managedBuckets('eu-west-1')).toContain('patch-baseline-snapshot-eu-west-1')
  expect(managedBuckets('me-south-1').join()).not.toContain('patch-baseline')
})
