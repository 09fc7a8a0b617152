import {expect, it} from 'vitest'
import {trusts} from '../../src/iam/trust.ts'
import {notAsked} from '../../src/model/account.ts'
import {allow, aRole} from '../support/healthy.ts'

const ReadAt = '2026-11-20T12:00:00.000Z'
const here = {Partition: 'aws', ReadAt, Organization: notAsked()}

const principal = (Service: string, rest: object = {}) => allow('sts:AssumeRole', {Principal: {Service}, ...rest})
const says = (document: object, Partition = 'aws') =>
  trusts(aRole({AssumeRolePolicyDocument: {...document}}), 'ec2', {...here, Partition}).effect

it('names EC2', () => {
  expect(says(principal('ec2.amazonaws.com'))).toBe('allow')
  expect(says(principal('rds.amazonaws.com'))).toBe('nothing')
  expect(says(allow('sts:TagSession', {Principal: {Service: 'ec2.amazonaws.com'}}))).toBe('nothing')
})

it.each(['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'])('takes %s in China', (name) => {
  expect(says(principal(name), 'aws-cn')).toBe('allow')
})

it('may be limited to Systems Manager of one account and Region, whatever the rest of the ARN', () => {
  const sources = ['arn:aws:ssm:eu-west-1:111122223333:managed-instance/mi-1', 'arn:aws:ssm:eu-west-1:111122223333:x']
  const when = (pattern: string) =>
    trusts(
      aRole({
        AssumeRolePolicyDocument: principal('ssm.amazonaws.com', {Condition: {ArnLike: {'aws:SourceArn': pattern}}}),
      }),
      'ssm',
      here,
      sources,
    ).effect
  expect(when('arn:aws:ssm:eu-west-1:111122223333:*')).toBe('allow')
  expect(when('arn:aws:ssm:*:111122223333:managed-instance/*')).toBe('unknown')
  expect(when('arn:aws:ssm:us-east-1:111122223333:*')).toBe('nothing')
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceorgid
it.each([
  ['that organization, which not every service names', [{Id: 'o-a1b2c3d4e5'}], 'unknown'],
  ['another one', [{Id: 'o-z9y8x7w6v5'}], 'nothing'],
  ['no organization', [], 'nothing'],
  ['one that was not read', notAsked(), 'unknown'],
])('may be limited to resources of an organization: the account is in %s', (_, Organization, expected) => {
  const when = (condition: object) => {
    const AssumeRolePolicyDocument = principal('ssm.amazonaws.com', {Condition: condition})
    return trusts(aRole({AssumeRolePolicyDocument}), 'ssm', {...here, Organization}).effect
  }
  expect(when({StringEquals: {'aws:SourceOrgID': 'o-a1b2c3d4e5'}})).toBe(expected)
  expect(when({'ForAnyValue:StringLike': {'aws:SourceOrgPaths': 'o-a1b2c3d4e5/*'}})).toBe(expected)
})

it('does not accept the service principal of another partition', () => {
  expect(says(principal('ec2.amazonaws.com.cn'))).toBe('nothing')
})

const saysIf = (Condition: object) => says(principal('ec2.amazonaws.com', {Condition}))

it('may have conditions that EC2 cannot meet, or that cannot be evaluated', () => {
  expect(saysIf({StringEquals: {'sts:ExternalId': 'x'}})).toBe('nothing')
  expect(saysIf({StringEquals: {'aws:SourceAccount': '444455556666'}})).toBe('nothing')
  expect(saysIf({StringEquals: {'aws:SourceAccount': '111122223333'}})).toBe('unknown')
  expect(saysIf({Bool: {'aws:SecureTransport': 'true'}})).toBe('allow')
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
it.each([
  ['MFA', {Bool: {'aws:MultiFactorAuthPresent': 'true'}}, 'nothing'],
  ['MFA of the last hour', {NumericLessThan: {'aws:MultiFactorAuthAge': '3600'}}, 'nothing'],
  ['MFA of the last hour, if any', {NumericLessThanIfExists: {'aws:MultiFactorAuthAge': '3600'}}, 'allow'],
  ['MFA, if its key is present', {BoolIfExists: {'aws:MultiFactorAuthPresent': 'true'}}, 'unknown'],
  ['no MFA, if its key is present', {BoolIfExists: {'aws:MultiFactorAuthPresent': 'false'}}, 'allow'],
  ['an organization', {StringEquals: {'aws:PrincipalOrgID': 'o-1'}}, 'nothing'],
  ['an organizational unit', {'ForAnyValue:StringLike': {'aws:PrincipalOrgPaths': 'o-1/*'}}, 'nothing'],
  ['a tag of the principal', {StringEquals: {'aws:PrincipalTag/team': 'edge'}}, 'nothing'],
  ['the name of EC2', {StringEquals: {'aws:PrincipalServiceName': 'ec2.amazonaws.com'}}, 'allow'],
  ['the name of another service', {StringEquals: {'aws:PrincipalServiceName': 'ssm.amazonaws.com'}}, 'nothing'],
])('may require %s of a service', (_, Condition, effect) => {
  expect(saysIf(Condition)).toBe(effect)
})

// https://github.com/aws-samples/data-perimeter-policy-examples/tree/main/resource_based_policies
it('may deny everybody outside an organization, and EC2 with them unless services are exempt', () => {
  const outside = {StringNotEqualsIfExists: {'aws:PrincipalOrgID': 'o-1', 'aws:PrincipalAccount': ['444455556666']}}
  const denyOutside = (Condition: object) => ({
    Statement: [
      ...principal('ec2.amazonaws.com').Statement,
      {Effect: 'Deny', Principal: {AWS: '*'}, Action: 'sts:AssumeRole', Condition},
    ],
  })
  const notServices = {BoolIfExists: {'aws:PrincipalIsAWSService': 'false'}}
  expect(says(denyOutside({...outside, ...notServices}))).toBe('allow')
  expect(says(denyOutside({StringNotEquals: {'aws:PrincipalOrgID': 'o-1'}}))).toBe('deny')
})

it.each(['*', {AWS: '*'}])(
  'names no service with %j, whether or not an Allow for it includes services',
  (Principal) => {
    expect(says(allow('sts:AssumeRole', {Principal}))).toBe('unknown')
    expect(says(allow('sts:AssumeRole', {Principal: {AWS: '*', Service: 'ec2.amazonaws.com'}}))).toBe('allow')
  },
)

it('may have expired, or hold from a later day', () => {
  expect(saysIf({DateLessThan: {'aws:CurrentTime': '2026-01-01T00:00:00Z'}})).toBe('nothing')
  expect(saysIf({DateLessThan: {'aws:CurrentTime': '2027-01-01T00:00:00Z'}})).toBe('allow')
  expect(saysIf({DateGreaterThan: {'aws:EpochTime': '1798761600'}})).toBe('nothing')
  expect(saysIf({NumericLessThan: {'aws:EpochTime': '1798761600'}})).toBe('allow')
})

it('may deny', () => {
  const deny = {Effect: 'Deny', Principal: '*', Action: 'sts:*'}
  expect(
    says({
      Statement: [...principal('ec2.amazonaws.com').Statement, {...deny, Principal: {Service: 'ec2.amazonaws.com'}}],
    }),
  ).toBe('deny')
  expect(says({Statement: [...principal('ec2.amazonaws.com').Statement, deny]})).toBe('deny')
  expect(says({Statement: [...principal('ec2.amazonaws.com').Statement, {...deny, Principal: {AWS: '*'}}]})).toBe(
    'deny',
  )
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice
  const notServices = {...deny, Condition: {BoolIfExists: {'aws:PrincipalIsAWSService': 'false'}}}
  expect(says({Statement: [...principal('ec2.amazonaws.com').Statement, notServices]})).toBe('allow')
})

it('is unknown if it was not read, or is not valid JSON', () => {
  const {AssumeRolePolicyDocument: _, ...role} = aRole()
  expect(trusts(role, 'ec2', here).effect).toBe('unknown')
  expect(trusts(aRole({AssumeRolePolicyDocument: '{'}), 'ec2', here).effect).toBe('unknown')
})
