// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like this
import {describe, expect, it} from 'vitest'
import type {NetworkContext} from '../../src/iam/policy/context.ts'
import {mayCall} from '../../src/iam/role.ts'
import {allow, anInstance, aRole, healthy, OWNER, REGION, VPC} from '../support/healthy.ts'

const HUB = 'vpc-0bbbbbbbbbbbbbb09'
const throughEndpoint: NetworkContext = {
  endpoint: {VpcEndpointId: 'vpce-0aaaaaaaaaaaaaa01', VpcId: VPC, OwnerId: OWNER},
}
const throughHub: NetworkContext = {
  endpoint: {VpcEndpointId: 'vpce-0bbbbbbbbbbbbbb09', VpcId: HUB, OwnerId: '999988887777'},
}
const throughNat: NetworkContext = {addresses: ['203.0.113.7']}

/** The managed policy, and one statement that denies under conditions. */
const denies = (Condition: object, way: NetworkContext, rest: object = {}) => {
  const PolicyDocument = {
    Version: '2012-10-17',
    Statement: [{Effect: 'Deny', Action: '*', Resource: '*', Condition, ...rest}],
  }
  const role = aRole({
    RolePolicyList: [{PolicyName: 'guard', PolicyDocument}],
    Tags: [{Key: 'dp:exclude:network', Value: 'true'}],
  })
  const holder = {role, credentials: 'profile', instance: anInstance()} as const
  return mayCall({...healthy, PolicySimulations: []}, holder, 'ssm:UpdateInstanceInformation', way).decision
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
describe('a data perimeter', () => {
  const expected = {
    NotIpAddressIfExists: {'aws:SourceIp': ['203.0.113.0/24']},
    StringNotEqualsIfExists: {'aws:SourceVpc': [VPC]},
    BoolIfExists: {'aws:ViaAWSService': 'false'},
  }

  it.each([
    ['the endpoint of the expected VPC', throughEndpoint, 'allowed'],
    ['an expected address', throughNat, 'allowed'],
    ['the endpoint of another VPC', throughHub, 'denied'],
    ['another address', {addresses: ['198.51.100.9']}, 'denied'],
    ['a path that is not known', 'unknown', 'unknown'],
  ] as const)('evaluates calls through %s', (_, way, decision) => {
    expect(denies(expected, way)).toBe(decision)
  })

  it('exempts a role by its tag', () => {
    const tagged = {...expected, StringNotEqualsIfExists: {'aws:PrincipalTag/dp:exclude:network': 'true'}}
    expect(denies(tagged, {addresses: ['198.51.100.9']})).toBe('allowed')
  })

  it('exempts calls by a service, which the agent does not make', () => {
    expect(denies({Bool: {'aws:ViaAWSService': 'true'}}, throughNat)).toBe('allowed')
    expect(denies({Bool: {'aws:PrincipalIsAWSService': 'false'}}, throughNat)).toBe('denied')
  })

  it('by organization is unknown', () => {
    expect(denies({StringNotEquals: {'aws:PrincipalOrgID': 'o-1'}}, throughNat)).toBe('unknown')
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-ec2-instance
describe('credentials that are limited to where they were delivered', () => {
  const own = {
    StringNotEquals: {'aws:SourceVpc': '${aws:EC2InstanceSourceVPC}'},
    Null: {'ec2:SourceInstanceARN': 'false'},
    BoolIfExists: {'aws:ViaAWSService': 'false'},
  }
  const address = {StringNotEquals: {'aws:VpcSourceIp': '${aws:EC2InstanceSourcePrivateIPv4}'}}

  it.each([
    ['the VPC of the instance', own, throughEndpoint, 'allowed'],
    ['a hub VPC', own, throughHub, 'denied'],
    ['a NAT gateway, where aws:SourceVpc is absent', own, throughNat, 'denied'],
    ['the address of the instance', address, throughEndpoint, 'allowed'],
  ] as const)('work through %s as documented', (_, condition, way, decision) => {
    expect(denies(condition, way)).toBe(decision)
  })

  it('may be required to be those of an instance', () => {
    expect(denies({Null: {'ec2:SourceInstanceARN': 'true'}}, throughNat)).toBe('allowed')
    const arn = `arn:aws:ec2:${REGION}:${OWNER}:instance/*`
    expect(denies({ArnNotLike: {'ec2:SourceInstanceARN': arn}}, throughNat)).toBe('allowed')
    expect(denies({ArnNotLike: {'ec2:SourceInstanceARN': 'arn:aws:ec2:*:444455556666:*'}}, throughNat)).toBe('denied')
  })
})

describe('guardrails that organizations copy from the documentation', () => {
  it.each([
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html
    ['no MFA, with IfExists', {BoolIfExists: {'aws:MultiFactorAuthPresent': 'false'}}, 'denied'],
    ['no MFA, without IfExists', {Bool: {'aws:MultiFactorAuthPresent': 'false'}}, 'unknown'],
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html
    ['this Region', {StringNotEquals: {'aws:RequestedRegion': [REGION]}}, 'allowed'],
    ['another Region', {StringNotEquals: {'aws:RequestedRegion': ['us-west-2']}}, 'denied'],
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    ['plain HTTP', {Bool: {'aws:SecureTransport': 'false'}}, 'allowed'],
    ['users', {StringEquals: {'aws:PrincipalType': 'User'}}, 'allowed'],
    ['services called via others', {'ForAnyValue:StringEquals': {'aws:CalledVia': ['x.amazonaws.com']}}, 'allowed'],
    ['services called via none', {'ForAllValues:StringEquals': {'aws:CalledVia': ['x.amazonaws.com']}}, 'denied'],
    ['other roles', {ArnNotEquals: {'aws:PrincipalArn': aRole().Arn}}, 'allowed'],
    ['this role', {ArnLike: {'aws:PrincipalArn': 'arn:aws:iam::*:role/web'}}, 'denied'],
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata-limiting-access.html
    ['metadata version 1', {NumericLessThan: {'ec2:RoleDelivery': '2.0'}}, 'unknown'],
  ])('against %s', (_, condition, decision) => {
    const {MetadataOptions: _options, ...instance} = anInstance()
    const PolicyDocument = {
      Version: '2012-10-17',
      Statement: [{Effect: 'Deny', Action: '*', Resource: '*', Condition: condition}],
    }
    const role = aRole({RolePolicyList: [{PolicyName: 'guard', PolicyDocument}]})
    const holder = {role, credentials: 'profile', instance} as const
    expect(
      mayCall({...healthy, PolicySimulations: []}, holder, 'ssm:UpdateInstanceInformation', throughNat).decision,
    ).toBe(decision)
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
it('a boundary that allows one service denies every other', () => {
  const arn = `arn:aws:iam::${OWNER}:policy/edge`
  const edge = {
    Arn: arn,
    PolicyName: 'edge',
    DefaultVersionId: 'v1',
    PolicyVersionList: [{VersionId: 'v1', IsDefaultVersion: true, Document: allow('ssm:*')}],
  }
  const role = aRole({PermissionsBoundary: {PermissionsBoundaryArn: arn}})
  const facts = {...healthy, PolicySimulations: [], Policies: [...(healthy.Policies as readonly []), edge]}
  const may = (action: string) =>
    mayCall(facts, {role, credentials: 'profile', instance: anInstance()}, action, throughEndpoint)
  expect(may('ssm:UpdateInstanceInformation').decision).toBe('allowed')
  expect(may('ssmmessages:OpenControlChannel')).toMatchObject({decision: 'denied', layer: 'boundary', explicit: false})
})
