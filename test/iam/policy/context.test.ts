import {describe, expect, it} from 'vitest'
import {holds} from '../../../src/iam/policy/condition.ts'
import {type AgentCall, contextOf, nodeContextOf, presignedContextOf} from '../../../src/iam/policy/context.ts'
import {type Account, notAsked} from '../../../src/model/account.ts'
import {anInstance, aRole, healthy, OWNER, REGION, VPC, WEB} from '../../support/healthy.ts'

const call: AgentCall = {
  facts: healthy,
  instance: anInstance(),
  role: aRole({Tags: [{Key: 'Team', Value: 'edge'}]}),
  credentials: 'profile',
  network: {endpoint: {VpcEndpointId: 'vpce-0aaaaaaaaaaaaaa01', VpcId: VPC}},
  action: 'ssm:UpdateInstanceInformation',
}
const throughNat: AgentCall = {...call, network: {addresses: ['203.0.113.7']}}
/** A policy variable. */
const variable = (key: string) => `\${${key}}`
const of = (key: string, given: AgentCall = call) => contextOf(given)(key)

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
describe('the keys of a call', () => {
  it.each([
    ['aws:principalaccount', OWNER],
    ['aws:principalarn', `arn:aws:iam::${OWNER}:role/web`],
    ['aws:principaltag/team', 'edge'],
    ['aws:requestedregion', REGION],
    ['aws:resourceaccount', OWNER],
    ['aws:resourcetag/name', 'web-1'],
    ['aws:securetransport', 'true'],
    ['aws:sourcevpc', VPC],
    ['aws:sourcevpce', 'vpce-0aaaaaaaaaaaaaa01'],
    ['aws:userid', `AROAEXAMPLEWEB:${WEB}`],
    ['aws:vpcsourceip', '10.0.1.10'],
    ['ec2:sourceinstancearn', `arn:aws:ec2:${REGION}:${OWNER}:instance/${WEB}`],
  ])('through an endpoint have %s as %s', (key, value) => {
    expect(of(key)).toEqual({may: [[value]]})
  })

  it.each(['aws:sourceip', 'aws:username', 'aws:principaltag/other', 'aws:calledvia'])(
    'through an endpoint have no %s',
    (key) => {
      expect(of(key)).toEqual({may: [[]]})
    },
  )

  it('through the internet have a public address and no endpoint', () => {
    expect(of('aws:sourceip', throughNat)).toEqual({may: [['203.0.113.7']]})
    expect(of('aws:sourcevpce', throughNat)).toEqual({may: [[]]})
    expect(of('aws:sourcevpc', throughNat)).toEqual({may: [[]]})
  })

  it.each(['aws:sourcevpce', 'aws:sourceip', 'aws:vpcsourceip'])('do not include %s if the path is unknown', (key) => {
    expect(of(key, {...call, network: 'unknown'})).toEqual({not: []})
  })

  it.each(['aws:principalorgpaths', 'ssm:documenttype', '__proto__', 'constructor', 'aws:sourcevpcx'])(
    'do not include %s',
    (key) => {
      expect(of(key)).toEqual({not: []})
    },
  )

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceorgid
  it.each([
    [
      'ssm:UpdateInstanceInformation',
      'StringNotEqualsIfExists',
      'aws:ResourceOrgID',
      variable('aws:PrincipalOrgID'),
      'no',
    ],
    ['ssmmessages:OpenControlChannel', 'StringNotEquals', 'aws:ResourceOrgID', variable('aws:PrincipalOrgID'), 'no'],
    ['ssm:UpdateInstanceInformation', 'StringEquals', 'aws:PrincipalOrgID', variable('aws:ResourceOrgID'), 'yes'],
    [
      'ssmmessages:OpenControlChannel',
      'StringNotEquals',
      'aws:ResourceAccount',
      variable('aws:PrincipalAccount'),
      'no',
    ],
    ['ssm:UpdateInstanceInformation', 'StringEquals', 'aws:ResourceOrgID', 'o-example', 'unknown'],
    ['ssm:GetDocument', 'StringEquals', 'aws:ResourceOrgID', variable('aws:PrincipalOrgID'), 'unknown'],
    ['s3:GetObject', 'StringEquals', 'aws:ResourceOrgID', variable('aws:PrincipalOrgID'), 'unknown'],
  ])('show whose resource it is: %s, %s %s %s', (action, operator, key, value, expected) => {
    expect(holds({operator, key, values: [value]}, contextOf({...call, action}), true)).toBe(expected)
  })

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
  describe('name the organization of the account', () => {
    const OURS = [{Id: 'o-a1b2c3d4e5'}]
    const through = {endpoint: {VpcEndpointId: 'vpce-0aaaaaaaaaaaaaa01', VpcId: VPC, OwnerId: OWNER}}
    const when = (
      Organization: Account['Organization'],
      operator: string,
      key: string,
      value: string,
      action: string,
    ) =>
      holds(
        {operator, key, values: [value]},
        contextOf({...call, facts: {...healthy, Organization}, network: through, action}),
        true,
      )
    const REGISTER = 'ssm:UpdateInstanceInformation'
    const ANY = 'ForAnyValue:StringLike'

    // The same id, another one, none, and one that was not read.
    it.each([
      [REGISTER, 'aws:PrincipalOrgID', 'yes', 'no', 'no', 'unknown'],
      [REGISTER, 'aws:ResourceOrgID', 'yes', 'no', 'no', 'unknown'],
      ['kms:Decrypt', 'aws:VpceOrgID', 'yes', 'no', 'no', 'unknown'],
      // Systems Manager is not among the services that AWS lists as including it.
      [REGISTER, 'aws:VpceOrgID', 'unknown', 'no', 'no', 'unknown'],
      ['ssm:GetDocument', 'aws:ResourceOrgID', 'unknown', 'unknown', 'unknown', 'unknown'],
      ['s3:GetObject', 'aws:ResourceOrgID', 'no', 'no', 'no', 'no'],
      [REGISTER, 'aws:SourceOrgID', 'no', 'no', 'no', 'no'],
    ] as const)('in calls to %s as %s', (action, key, ...expected) => {
      const equals = (Organization: Account['Organization']) =>
        when(Organization, 'StringEquals', key, 'o-a1b2c3d4e5', action)
      expect([OURS, [{Id: 'o-z9y8x7w6v5'}], [], notAsked()].map(equals)).toEqual(expected)
    })

    it('and negated operators are true for an account in none', () => {
      expect(when(OURS, 'StringNotEquals', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5', REGISTER)).toBe('no')
      expect(when([], 'StringNotEquals', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5', REGISTER)).toBe('yes')
      expect(when([], 'StringNotEquals', 'aws:ResourceOrgID', variable('aws:PrincipalOrgID'), REGISTER)).toBe('unknown')
      expect(when([], 'StringEqualsIfExists', 'aws:ResourceOrgID', 'o-a1b2c3d4e5', REGISTER)).toBe('yes')
    })

    it('but the buckets of AWS are in another', () => {
      const same = variable('aws:PrincipalOrgID')
      expect(when(OURS, 'StringEquals', 'aws:ResourceOrgID', same, REGISTER)).toBe('yes')
      expect(when(OURS, 'StringEquals', 'aws:ResourceOrgID', same, 's3:GetObject')).toBe('no')
    })

    it.each(['aws:PrincipalOrgPaths', 'aws:ResourceOrgPaths'])(
      'at the start of %s, whose units are not read',
      (key) => {
        const unit = 'o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*'
        expect(when(OURS, ANY, key, 'o-a1b2c3d4e5/*', REGISTER)).toBe('yes')
        expect(when(OURS, ANY, key, 'o-*/r-ab12/*', REGISTER)).toBe('unknown')
        // Without a set operator AWS does not say what several values match.
        expect(when(OURS, 'StringLike', key, 'o-a1b2c3d4e5/*', REGISTER)).toBe('unknown')
        expect(when(OURS, 'StringNotLike', key, 'o-a1b2c3d4e5/*', REGISTER)).toBe('unknown')
        expect(when([{Id: 'o-z9y8x7w6v5'}], 'StringNotLike', key, unit, REGISTER)).toBe('yes')
        expect(when(OURS, ANY, key, unit, REGISTER)).toBe('unknown')
        expect(when(OURS, 'Null', key, 'true', REGISTER)).toBe('no')
        expect(when([{Id: 'o-z9y8x7w6v5'}], ANY, key, unit, REGISTER)).toBe('no')
        expect(when([{Id: 'o-z9y8x7w6v5'}], 'ForAllValues:StringNotLike', key, unit, REGISTER)).toBe('yes')
        expect(when([], ANY, key, unit, REGISTER)).toBe('no')
        expect(when(notAsked(), ANY, key, unit, REGISTER)).toBe('unknown')
      },
    )
  })

  it('show that MFA was used at no time', () => {
    expect(of('aws:multifactorauthage')).toEqual({may: [[]]})
  })

  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata-limiting-access.html
  it.each([
    ['required', 'applied', {may: [['2.0']]}],
    ['required', 'pending', {may: [['1.0'], ['2.0']]}],
    ['optional', 'applied', {may: [['1.0'], ['2.0']]}],
  ] as const)('include the metadata version if tokens are %s and that is %s', (HttpTokens, State, expected) => {
    const given: AgentCall = {...call, instance: anInstance({MetadataOptions: {HttpTokens, State}})}
    expect(of('ec2:roledelivery', given)).toEqual(expected)
    expect(of('ec2:roledelivery', {...given, credentials: 'host-management'})).toEqual({not: []})
  })

  it('include the VPC together with the account that owns it, or not at all', () => {
    const through = (OwnerId?: string): AgentCall => ({
      ...call,
      network: {endpoint: {VpcEndpointId: 'vpce-0aaaaaaaaaaaaaa01', VpcId: VPC, ...(OwnerId && {OwnerId})}},
    })
    const arn = `arn:aws:ec2:${REGION}:999988887777:vpc/${VPC}`
    // AWS lists the services that support the key: KMS is one of them, Systems Manager is not.
    expect(of('aws:sourcevpcarn', {...through('999988887777'), action: 'kms:Decrypt'})).toEqual({may: [[arn]]})
    expect(of('aws:sourcevpcarn', through('999988887777'))).toEqual({may: [[], [arn]]})
    expect(of('aws:sourcevpcarn', through())).toEqual({not: []})
    expect(of('aws:sourcevpcarn', throughNat)).toEqual({may: [[]]})
  })

  it('of host management differ from those of the metadata service', () => {
    const given: AgentCall = {...call, credentials: 'host-management'}
    expect(of('ec2:sourceinstancearn', given)).toEqual({not: []})
    expect(of('aws:ec2instancesourcevpc', given)).toEqual({not: []})
  })

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-ssm-source-instance-arn
  it('name the node where Systems Manager delivered the credentials, and not where an instance profile did', () => {
    const key = 'ssm:sourceinstancearn'
    const machine = anInstance({InstanceId: 'mi-0aaaaaaaaaaaaaa01'})
    expect(of(key, {...call, credentials: 'host-management'})).toEqual({
      may: [[`arn:aws:ec2:${REGION}:${OWNER}:instance/${WEB}`]],
    })
    expect(of(key, {...call, credentials: 'activation', instance: machine})).toEqual({
      may: [[`arn:aws:ssm:${REGION}:${OWNER}:managed-instance/mi-0aaaaaaaaaaaaaa01`]],
    })
    expect(of(key)).toEqual({may: [[]]})
  })

  it('show that MFA was not used, but not whether the key is present', () => {
    expect(of('aws:multifactorauthpresent')).toEqual({may: [[], ['false']]})
  })

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_actions-resources-contextkeys.html
  it.each([
    ['StringNotEquals', 's3:ResourceAccount', OWNER, 'yes'],
    ['StringNotEquals', 'ec2:Region', REGION, 'yes'],
    ['StringEquals', 'ec2:Region', REGION, 'no'],
    ['StringEqualsIfExists', 'ec2:InstanceType', 'm5.large', 'yes'],
    ['Null', 'rds:DatabaseEngine', 'true', 'yes'],
    ['StringNotEquals', 'token.actions.githubusercontent.com:sub', 'x', 'yes'],
    ['ArnEquals', 'lambda:SourceFunctionArn', 'arn:aws:lambda:eu-west-1:111122223333:function:x', 'no'],
    ['StringNotEquals', 'ssm:resourceTag/Name', 'web-1', 'no'],
    ['StringNotEquals', 'ec2:ResourceTag/Name', 'web-1', 'no'],
  ])(
    'are not those of another service, which a negated operator then takes as different: %s %s %s',
    (operator, key, value, expected) => {
      expect(holds({operator, key, values: [value]}, contextOf(call), true)).toBe(expected)
    },
  )

  it.each([
    ['1.2', 'no'],
    ['1.3', 'unknown'],
  ])('show that S3 is called with a version of TLS that AWS accepts: less than %s', (version, expected) => {
    const condition = {operator: 'NumericLessThan', key: 's3:TlsVersion', values: [version]}
    expect(holds(condition, contextOf({...call, action: 's3:GetObject'}), true)).toBe(expected)
  })

  it('are those of the service that is called', () => {
    const of = (action: string, key: string) => contextOf({...call, action})(key)
    expect(of('kms:Decrypt', 'kms:keyorigin')).toEqual({not: []})
    expect(of('kms:Decrypt', 'kms:calleraccount')).toEqual({may: [[OWNER]]})
    // https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource
    expect(of('kms:Decrypt', 'kms:grantisforawsresource')).toEqual({may: [[]]})
    expect(of('s3:GetObject', 'kms:calleraccount')).toEqual({may: [[]]})
    expect(of('SSMMessages:OpenDataChannel', 'ssm:sessiondocumentaccesscheck')).toEqual({not: []})
    expect(of('s3:GetObject', 'ec2:roledelivery')).toEqual({may: [['2.0']]})
  })

  // Keys of calls that a service makes, of a session for the root user, and of a browser.
  it.each(['aws:sourceorgid', 'aws:sourceorgpaths', 'aws:sourceaccount', 'aws:assumedroot', 'aws:referer'])(
    'have no %s, because the agent makes its calls itself',
    (key) => {
      expect(of(key)).toEqual({may: [[]]})
    },
  )

  it.each([
    ['ForAnyValue:StringLike', 'o-example/*', 'no'],
    ['ForAllValues:StringNotLike', 'o-example/*', 'yes'],
  ])('show that AWS’s buckets are in no organizational unit of a customer: %s %s', (operator, value, expected) => {
    const condition = {operator, key: 'aws:ResourceOrgPaths', values: [value]}
    expect(holds(condition, contextOf({...call, action: 's3:GetObject'}), true)).toBe(expected)
    expect(holds(condition, contextOf(call), true)).toBe('unknown')
  })

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
  it('include a token of the last hours, which a revocation of older sessions does not affect', () => {
    const revoked = (before: string) =>
      holds({operator: 'DateLessThan', key: 'aws:TokenIssueTime', values: [before]}, contextOf(call), true)
    expect(revoked('2026-11-19T12:00:00Z')).toBe('no')
    expect(revoked('2026-11-20T11:00:00Z')).toBe('unknown')
    expect(revoked('2026-11-20T13:00:00Z')).toBe('yes')
  })

  it('show that AWS’s buckets are not the account’s own', () => {
    expect(of('aws:resourceaccount', {...call, action: 's3:GetObject'})).toEqual({not: [OWNER]})
    expect(of('s3:resourceaccount', {...call, action: 's3:GetObject'})).toEqual({not: [OWNER]})
  })

  it.each([
    [OWNER, 'StringNotEquals', 'aws:ResourceAccount', OWNER, 'no'],
    ['444455556666', 'StringNotEquals', 'aws:ResourceAccount', OWNER, 'yes'],
    [OWNER, 'StringEquals', 'aws:ResourceOrgID', variable('aws:PrincipalOrgID'), 'yes'],
    ['444455556666', 'StringEquals', 'aws:ResourceOrgID', variable('aws:PrincipalOrgID'), 'unknown'],
  ])('show whose a key is by its ARN: of account %s, %s %s %s', (account, operator, key, value, expected) => {
    const resource = `arn:aws:kms:${REGION}:${account}:key/0a1b2c3d-0000-0000-0000-000000000000`
    const context = contextOf({...call, action: 'kms:Decrypt', resource})
    expect(holds({operator, key, values: [value]}, context, true)).toBe(expected)
  })

  it.each(['aws:resourceaccount', 's3:resourceaccount', 'aws:resourceorgid'])(
    'do not show whose bucket the session logs are written to: %s',
    (key) => {
      expect(of(key, {...call, action: 's3:PutObject', resource: 'arn:aws:s3:::logs/session'})).toEqual({not: []})
    },
  )
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-viaawsmcpservice
it.each([
  ['Bool', 'aws:ViaAWSMCPService', 'true', 'no'],
  ['BoolIfExists', 'aws:ViaAWSMCPService', 'false', 'yes'],
  ['Null', 'aws:ViaAWSMCPService', 'true', 'unknown'],
  ['StringEquals', 'aws:CalledViaAWSMCP', 'aws-mcp.amazonaws.com', 'no'],
  ['Null', 'aws:CalledViaAWSMCP', 'false', 'no'],
  ['Bool', 'aws:IsMcpServiceAction', 'true', 'no'],
  ['ArnEquals', 'aws:SignInSessionArn', 'arn:aws:signin:us-east-1:111122223333:session/1', 'no'],
  ['ArnLike', 'aws:ChatbotSourceArn', 'arn:aws:chatbot::*:chat-configuration/slack-channel/*', 'no'],
])(
  'of a call by the agent show that no assistant, chat or browser makes it: %s %s %s',
  (operator, key, value, expected) => {
    expect(holds({operator, key, values: [value]}, contextOf(call), true)).toBe(expected)
  },
)

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpceaccount
describe('the owner of the endpoint', () => {
  const through = (action: string, OwnerId?: string): AgentCall => ({
    ...call,
    action,
    network: {endpoint: {VpcEndpointId: 'vpce-0aaaaaaaaaaaaaa01', VpcId: VPC, ...(OwnerId && {OwnerId})}},
  })

  it('is included by S3 and KMS, and may be missing for a service that AWS does not list', () => {
    expect(of('aws:vpceaccount', through('s3:GetObject', OWNER))).toEqual({may: [[OWNER]]})
    expect(of('aws:vpceaccount', through('kms:Decrypt', '444455556666'))).toEqual({may: [['444455556666']]})
    expect(of('aws:vpceaccount', through('ssm:UpdateInstanceInformation', OWNER))).toEqual({may: [[], [OWNER]]})
    expect(of('aws:vpceaccount', through('s3:GetObject'))).toEqual({not: []})
  })

  it('is in the organization of the role if it is the same account', () => {
    const same = {operator: 'StringEquals', key: 'aws:VpceOrgID', values: [variable('aws:PrincipalOrgID')]}
    expect(holds(same, contextOf(through('kms:Decrypt', OWNER)), true)).toBe('yes')
    expect(holds(same, contextOf(through('kms:Decrypt', '444455556666')), true)).toBe('unknown')
    expect(holds(same, contextOf(through('ssm:PutInventory', OWNER)), true)).toBe('unknown')
    expect(of('aws:vpceorgpaths', through('kms:Decrypt', OWNER))).toEqual({not: []})
  })

  it.each(['aws:vpceaccount', 'aws:vpceorgid', 'aws:vpceorgpaths'])(
    'is no one’s for calls without an endpoint: %s',
    (key) => {
      expect(of(key, throughNat)).toEqual({may: [[]]})
      expect(of(key, {...call, network: 'unknown'})).toEqual({not: []})
    },
  )
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-ec2instancesourcevpc
it.each(['ec2:sourceinstancearn', 'ec2:roledelivery', 'aws:ec2instancesourcevpc', 'aws:ec2instancesourceprivateipv4'])(
  'of a hybrid node have no %s, because no metadata service delivers its credentials',
  (key) => {
    expect(of(key, {...call, credentials: 'activation', network: 'unknown'})).toEqual({may: [[]]})
  },
)

// https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
it('of a node’s own calls have no principal, and the account of the node', () => {
  const context = nodeContextOf(contextOf(call), OWNER)
  expect(context('aws:principalorgid')).toEqual({may: [[]]})
  expect(context('aws:principalaccount')).toEqual({may: [[]]})
  expect(context('ssm:nodeaccountid')).toEqual({may: [[OWNER]]})
  expect(context('aws:sourcevpce')).toEqual({may: [['vpce-0aaaaaaaaaaaaaa01']]})
  const ofHost = contextOf({...call, credentials: 'host-management'})
  expect(nodeContextOf(ofHost, OWNER)('ssm:sourceinstancearn')).toEqual({not: []})
  expect(presignedContextOf(ofHost, OWNER)('ssm:sourceinstancearn')).toEqual({may: [[]]})
})
