import {describe, expect, it} from 'vitest'
import type {Policy} from '../../../src/model/account.ts'
import {extendBoundary} from '../../../src/remedies/changes/policies.ts'
import {allowActions, replaceRolePolicy, updateAssumeRolePolicy} from '../../../src/remedies/changes/roles.ts'
import {onModel} from '../../../src/remedies/core/change.ts'
import {charactersIn, INLINE_SIZE, remedyWithin} from '../../../src/remedies/core/iam-quotas.ts'
import {aRole, healthy, OWNER} from '../../support/healthy.ts'

/** A document with this many characters, besides its white space. */
function documentOf(characters: number, separator = '') {
  const empty = {Version: '2012-10-17', Statement: [{Effect: 'Allow', Action: 's3:Get', Resource: '*', Sid: ''}]}
  const Sid = `${separator}${'a'.repeat(characters - JSON.stringify(empty).length)}`
  return {...empty, Statement: [{...empty.Statement[0]!, Sid}]}
}

const inline = (...sizes: readonly number[]) =>
  aRole({RolePolicyList: sizes.map((size, i) => ({PolicyName: `p${i}`, PolicyDocument: documentOf(size)}))})
const added = charactersIn({
  Version: '2012-10-17',
  Statement: [{Effect: 'Allow', Action: ['ssm:PutInventory'], Resource: '*'}],
})

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
describe('characters of a policy', () => {
  it('are counted without white space, in documents and in text', () => {
    expect(charactersIn(documentOf(500))).toBe(500)
    expect(charactersIn(documentOf(500, '    '))).toBe(500)
    expect(charactersIn(JSON.stringify(documentOf(500), undefined, 8), undefined)).toBe(500)
  })
})

describe('the inline policies of a role', () => {
  it('may have 10,240 characters together', () => {
    expect(allowActions(inline(5000, 5240 - added), ['ssm:PutInventory'], 'All.')).toMatchObject({
      apply: expect.any(Function),
      effect: 'All.',
    })
  })

  it('are not tried on the model beyond that, and the quota is named', () => {
    const beyond = allowActions(inline(5000, 5241 - added), ['ssm:PutInventory'], 'All.')
    expect(beyond).not.toHaveProperty('apply')
    expect(beyond.steps).toMatchObject([{operation: 'PutRolePolicy'}])
    expect(beyond.effect).toBe(
      'All. The inline policies of role web would then have 10,241 characters: the quota is 10,240 and cannot be raised.',
    )
  })
})

describe('a trust policy', () => {
  it('is not tried on the model beyond 2,048 characters', () => {
    const trusting = (size: number) =>
      updateAssumeRolePolicy(
        {role: aRole({AssumeRolePolicyDocument: documentOf(size)}), trust: {effect: 'nothing'}},
        'ec2',
        'All.',
      )
    expect(trusting(1900)).toHaveProperty('apply')
    expect(trusting(2000)).not.toHaveProperty('apply')
    expect(trusting(2000).effect).toMatch(
      /The trust policy of role web would then have 2,\d{3} characters: the quota is 2,048/,
    )
  })
})

describe('a managed policy', () => {
  const policy = (size: number): Policy => ({
    Arn: `arn:aws:iam::${OWNER}:policy/edge`,
    PolicyName: 'edge',
    DefaultVersionId: 'v1',
    PolicyVersionList: [{VersionId: 'v1', IsDefaultVersion: true, Document: documentOf(size)}],
  })
  const extended = (size: number) =>
    extendBoundary(policy(size), aRole(), {actions: ['ssm:PutInventory'], denying: []}, 'All.')[0]

  it('is not tried on the model beyond 6,144 characters', () => {
    expect(extended(6000)).toHaveProperty('apply')
    expect(extended(6140)).not.toHaveProperty('apply')
    expect(extended(6140)?.effect).toMatch(
      /Policy edge would then have 6,\d{3} characters: the quota is 6,144 and cannot/,
    )
  })
})

describe('a role with as many managed policies as the quota allows', () => {
  const role = (count: number) =>
    aRole({
      AttachedManagedPolicies: Array.from({length: count}, (_, i) => ({PolicyName: `p${i}`, PolicyArn: `arn:p${i}`})),
    })
  const operations = (count: number) =>
    replaceRolePolicy(healthy, role(count), 'arn:p0', 'AmazonSSMManagedInstanceCore', 'All.').steps.map(
      (step) => 'operation' in step && step.operation,
    )

  it('has the old policy detached before the new one is attached, once it is known what the role uses', () => {
    const looks = ['GenerateServiceLastAccessedDetails', 'GetServiceLastAccessedDetails']
    expect(operations(9)).toEqual(['AttachRolePolicy', ...looks, 'DetachRolePolicy'])
    expect(operations(10)).toEqual([...looks, 'DetachRolePolicy', 'AttachRolePolicy'])
  })
})

it('a change that makes a policy shorter is tried even above the quota', () => {
  const shorter = {what: 'Role web', before: 10_400, after: 10_300, quota: INLINE_SIZE}
  expect(
    remedyWithin(shorter, 'Shorten it', onModel(), {effect: 'All.', docs: 'https://docs.aws.amazon.com'}),
  ).toMatchObject({
    apply: expect.any(Function),
    effect: 'All.',
  })
})
