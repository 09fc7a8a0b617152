// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like this
import {describe, expect, it} from 'vitest'
import {contextOf, type NetworkContext} from '../../src/iam/policy/context.ts'
import {evaluateEndpoint} from '../../src/iam/policy/evaluate.ts'
import {policyOf} from '../../src/iam/policy/policy.ts'
import type {Caller} from '../../src/iam/policy/principal.ts'
import {mayCall} from '../../src/iam/role.ts'
import {trusts} from '../../src/iam/trust.ts'
import type {Role} from '../../src/model/account.ts'
import {anInstance, aRole, healthy, OWNER, REGION, ROLE, VPC, WEB} from '../support/healthy.ts'

const ACTION = 'ssm:UpdateInstanceInformation'
const NAT: NetworkContext = {addresses: ['203.0.113.7']}
const ENDPOINT: NetworkContext = {
  endpoint: {VpcEndpointId: 'vpce-0aaaaaaaaaaaaaa01', VpcId: VPC, OwnerId: OWNER},
}

interface Given {
  readonly statements: readonly object[]
  readonly network?: NetworkContext
  readonly action?: string
  readonly version?: string
  readonly role?: Partial<Role>
}

/** A role whose only policy is this one. */
function decide({statements, network = NAT, action = ACTION, version = '2012-10-17', role = {}}: Given) {
  const PolicyDocument = {Version: version, Statement: statements}
  const holder = {
    role: aRole({AttachedManagedPolicies: [], RolePolicyList: [{PolicyName: 'own', PolicyDocument}], ...role}),
    credentials: 'profile',
    instance: anInstance(),
  } as const
  return mayCall({...healthy, PolicySimulations: []}, holder, action, network).decision
}

const allowed = (Condition: object, rest: object = {}) => ({
  Effect: 'Allow',
  Action: 'ssm:*',
  Resource: '*',
  Condition,
  ...rest,
})
const denied = (Condition: object) => ({Effect: 'Deny', Action: '*', Resource: '*', Condition})
const EVERYTHING = {Effect: 'Allow', Action: '*', Resource: '*'}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
describe('policy variables', () => {
  const tagged = {Tags: [{Key: 'node', Value: 'web-1'}]}
  const untagged = {Tags: []}

  it.each([
    ['a default where the key is absent', "${aws:PrincipalTag/node, 'web-1'}", untagged, 'allowed'],
    ['another default where the key is absent', "${aws:PrincipalTag/node, 'web-2'}", untagged, 'denied'],
    ['a value that takes precedence over the default', "${aws:PrincipalTag/node, 'web-2'}", tagged, 'allowed'],
    ['no value', '${aws:PrincipalTag/node}', untagged, 'denied'],
    ['a value', '${aws:PrincipalTag/node}', tagged, 'allowed'],
    ['a default as a part of the value', "web-${aws:PrincipalTag/number, '1'}", untagged, 'allowed'],
  ])('have %s', (_, value, role, decision) => {
    expect(decide({statements: [allowed({StringEquals: {'aws:ResourceTag/Name': value}})], role})).toBe(decision)
  })

  it('are text in a policy of the older version', () => {
    const condition = {StringEquals: {'aws:PrincipalArn': '${aws:PrincipalArn}'}}
    expect(decide({statements: [allowed(condition)]})).toBe('allowed')
    expect(decide({statements: [allowed(condition)], version: '2008-10-17'})).toBe('denied')
  })

  it('may be the whole tail of a resource', () => {
    const arn = `arn:aws:ec2:${REGION}:${OWNER}:instance/\${aws:PrincipalTag/node, '${WEB}'}`
    expect(decide({statements: [{...EVERYTHING, Resource: arn}], role: untagged})).toBe('allowed')
    expect(
      decide({statements: [{...EVERYTHING, Resource: arn.replace(WEB, 'i-0ffffffffffffffff')}], role: untagged}),
    ).toBe('denied')
  })

  it('stand for a star only as ${*}', () => {
    const like = (value: string) => allowed({StringLike: {'aws:PrincipalArn': value}})
    expect(decide({statements: [like('arn:aws:iam::*:role/web')]})).toBe('allowed')
    expect(decide({statements: [like('arn:aws:iam::${*}:role/web')]})).toBe('denied')
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
describe('sets of values', () => {
  const ABSENT_KEY = 'aws:TagKeys'

  it.each([
    ['ForAllValues:StringEquals', 'allowed'],
    ['ForAllValues:StringNotEquals', 'allowed'],
    ['ForAllValues:StringEqualsIfExists', 'allowed'],
    ['ForAnyValue:StringEquals', 'denied'],
    ['ForAnyValue:StringNotEquals', 'denied'],
    ['StringEquals', 'denied'],
    ['StringNotEquals', 'allowed'],
    ['StringEqualsIfExists', 'allowed'],
    ['StringLikeIfExists', 'allowed'],
    ['ArnLikeIfExists', 'allowed'],
    ['IpAddressIfExists', 'allowed'],
    ['NotIpAddress', 'allowed'],
    ['BoolIfExists', 'allowed'],
    ['Bool', 'denied'],
    ['NumericLessThanIfExists', 'allowed'],
    ['NumericLessThan', 'denied'],
    ['DateGreaterThan', 'denied'],
  ])('of a key that is absent: %s', (operator, decision) => {
    expect(decide({statements: [allowed({[operator]: {[ABSENT_KEY]: '1'}})]})).toBe(decision)
  })

  it.each([
    ['true', 'allowed'],
    ['false', 'denied'],
    [['true', 'false'], 'allowed'],
  ])('Null %s of a key that is absent', (value, decision) => {
    expect(decide({statements: [allowed({Null: {[ABSENT_KEY]: value}})]})).toBe(decision)
  })

  it('of several keys and operators all hold', () => {
    const both = {StringEquals: {'aws:PrincipalAccount': OWNER, 'aws:RequestedRegion': [REGION, 'us-east-1']}}
    expect(decide({statements: [allowed(both)]})).toBe('allowed')
    expect(decide({statements: [allowed({...both, Bool: {'aws:SecureTransport': false}})]})).toBe('denied')
  })

  it('of a negated operator all differ', () => {
    const other = (values: readonly string[]) => [
      EVERYTHING,
      denied({StringNotEquals: {'aws:RequestedRegion': values}}),
    ]
    expect(decide({statements: other(['us-east-1', REGION])})).toBe('allowed')
    expect(decide({statements: other(['us-east-1', 'us-west-2'])})).toBe('denied')
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
describe('the ARN of the principal', () => {
  it.each([
    ['ArnLike', 'arn:aws:iam::*:role/w?b', 'allowed'],
    ['ArnLike', `arn:aws:iam::${OWNER}:role/*`, 'allowed'],
    ['ArnLike', `arn:aws:iam::${OWNER}:role/team/*`, 'denied'],
    ['ArnEquals', 'arn:aws:iam::*:role/web', 'allowed'],
    ['ArnLike', 'arn:*:role/web', 'denied'],
    ['StringLike', 'arn:*:role/web', 'allowed'],
    ['StringEquals', 'arn:aws:iam::*:role/web', 'denied'],
    ['ArnLike', `arn:aws:sts::${OWNER}:assumed-role/web/*`, 'denied'],
    ['StringEqualsIgnoreCase', ROLE.toUpperCase(), 'allowed'],
  ])('%s %s', (operator, value, decision) => {
    expect(decide({statements: [allowed({[operator]: {'aws:PrincipalArn': value}})]})).toBe(decision)
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
describe('resources', () => {
  it.each([
    [`arn:aws:ec2:${REGION}:${OWNER}:instance/i-*`, 'allowed'],
    [`arn:aws:ec2:${REGION}:${OWNER}:instance/${WEB.slice(0, -1)}?`, 'allowed'],
    [`arn:aws:ec2:${REGION}:${OWNER}:instance/${WEB}?`, 'denied'],
    ['arn:aws:ec2:*:instance/*', 'allowed'],
    ['arn:aws:ec2:*:*:Instance/*', 'denied'],
    ['arn:aws:ssm:*:*:managed-instance/*', 'denied'],
    ['arn:*:*:*:*:*', 'allowed'],
    ['arn:aws-cn:ec2:*:*:instance/*', 'denied'],
  ])('%s', (Resource, decision) => {
    expect(decide({statements: [{...EVERYTHING, Resource}]})).toBe(decision)
  })

  it('are those that a NotResource does not name', () => {
    const except = (NotResource: string) => [{Effect: 'Allow', Action: '*', NotResource}]
    expect(decide({statements: except('arn:aws:s3:::*')})).toBe('allowed')
    expect(decide({statements: except(`arn:aws:ec2:${REGION}:*`)})).toBe('denied')
  })

  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
  it.each([
    ['arn:aws:s3:::backups/*', 'allowed', 'denied'],
    ['arn:aws:iam::*:role/*', 'allowed', 'denied'],
    ['arn:aws:ssm:*:*:document/AWS-*', 'unknown', 'unknown'],
    ['arn:aws:ec2:*:*:instance/*', 'unknown', 'unknown'],
    ['arn:aws:*:*:*:backups', 'unknown', 'unknown'],
  ])('of a call that names a document are no resources of other services: %s', (arn, of, exceptFor) => {
    const deny = {Effect: 'Deny', Action: '*'}
    const action = 'ssm:GetDocument'
    expect(decide({action, statements: [EVERYTHING, {...deny, Resource: arn}]})).toBe(of)
    expect(decide({action, statements: [EVERYTHING, {...deny, NotResource: arn}]})).toBe(exceptFor)
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
describe('credentials that are used elsewhere than delivered', () => {
  const guard = {
    StringNotEquals: {'aws:Ec2InstanceSourceVpc': '${aws:SourceVpc}'},
    Null: {'ec2:SourceInstanceARN': 'false'},
    BoolIfExists: {'aws:ViaAWSService': 'false'},
  }
  const hub: NetworkContext = {endpoint: {VpcEndpointId: 'vpce-0b', VpcId: 'vpc-0bbbbbbbbbbbbbb09', OwnerId: OWNER}}

  it.each([
    ['an endpoint of the VPC', ENDPOINT, 'allowed'],
    ['an endpoint of another VPC', hub, 'denied'],
    ['a NAT gateway', NAT, 'denied'],
    ['a path that is not known', 'unknown', 'unknown'],
  ] as const)('are denied through %s as AWS documents', (_, network, decision) => {
    expect(decide({statements: [EVERYTHING, denied(guard)], network})).toBe(decision)
  })

  it('are denied by a missing endpoint', () => {
    const statements = [EVERYTHING, denied({Null: {'aws:SourceVpce': 'true'}})]
    expect(decide({statements, network: NAT})).toBe('denied')
    expect(decide({statements, network: hub})).toBe('allowed')
  })
})

// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
describe('the principal at an endpoint', () => {
  const role = aRole({RoleId: 'AROAEXAMPLEWEB'})
  const at = (statement: object, caller: Caller = {role, session: WEB}) =>
    evaluateEndpoint(
      {
        name: 'vpce-1',
        kind: 'endpoint',
        policy: policyOf({
          Version: '2012-10-17',
          Statement: [{Effect: 'Allow', Action: '*', Resource: '*', ...statement}],
        }),
      },
      {
        action: ACTION,
        resource: '*',
        caller,
        context: contextOf({
          facts: healthy,
          instance: anInstance(),
          role,
          credentials: 'profile',
          network: ENDPOINT,
          action: ACTION,
        }),
      },
    ).decision

  it.each([
    ['*', 'allowed'],
    [{AWS: '*'}, 'allowed'],
    [{AWS: OWNER}, 'allowed'],
    [{AWS: `arn:aws:iam::${OWNER}:root`}, 'allowed'],
    [{AWS: 'arn:aws:iam::999988887777:root'}, 'denied'],
    [{AWS: ROLE}, 'allowed'],
    [{AWS: `arn:aws:iam::${OWNER}:role/*`}, 'denied'],
    [{AWS: `arn:aws:iam::${OWNER}:role/team/web`}, 'denied'],
    [{AWS: 'AROAEXAMPLEWEB'}, 'allowed'],
    [{AWS: 'AROAEXAMPLEOLD'}, 'denied'],
    [{AWS: `arn:aws:sts::${OWNER}:assumed-role/web/${WEB}`}, 'allowed'],
    [{AWS: `arn:aws:sts::${OWNER}:assumed-role/web/i-0ffffffffffffffff`}, 'denied'],
    [{AWS: ['arn:aws:iam::999988887777:root', ROLE]}, 'allowed'],
    [{Service: 'ssm.amazonaws.com'}, 'denied'],
  ])('%j', (Principal, decision) => expect(at({Principal})).toBe(decision))

  it('is not surely exempt from a Deny by NotPrincipal unless account, role and session are named', () => {
    const both = (NotPrincipal: object, boundary = {}) =>
      evaluateEndpoint(
        {
          name: 'vpce-1',
          kind: 'endpoint',
          policy: policyOf({
            Statement: [
              {Effect: 'Allow', Principal: '*', Action: '*', Resource: '*'},
              {Effect: 'Deny', NotPrincipal, Action: '*', Resource: '*'},
            ],
          }),
        },
        {
          action: ACTION,
          resource: '*',
          caller: {role: {...role, ...boundary}, session: WEB},
          context: () => ({not: []}),
        },
      ).decision
    const session = `arn:aws:sts::${OWNER}:assumed-role/web/${WEB}`
    expect(both({AWS: [`arn:aws:iam::${OWNER}:root`, ROLE, session]})).toBe('allowed')
    expect(both({AWS: [ROLE]})).toBe('unknown')
    expect(both({AWS: 'arn:aws:iam::999988887777:root'})).toBe('denied')
    const PermissionsBoundary = {PermissionsBoundaryArn: 'arn:aws:iam::aws:policy/PowerUserAccess'}
    expect(both({AWS: [`arn:aws:iam::${OWNER}:root`, ROLE, session]}, {PermissionsBoundary})).toBe('denied')
  })

  it('at a gateway endpoint is the root user where an account is named', () => {
    const caller: Caller = {gateway: {role, session: WEB}}
    expect(at({Principal: {AWS: OWNER}}, caller)).toBe('denied')
    expect(at({Principal: '*', Condition: {ArnEquals: {'aws:PrincipalArn': ROLE}}}, caller)).toBe('allowed')
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
describe('a trust policy', () => {
  const says = (statement: object, ...more: readonly object[]) =>
    trusts(aRole({AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [statement, ...more]}}), 'ec2', healthy)
      .effect
  const EC2 = {Effect: 'Allow', Principal: {Service: 'ec2.amazonaws.com'}, Action: 'sts:AssumeRole'}

  it.each([
    ['several services', {...EC2, Principal: {Service: ['ssm.amazonaws.com', 'ec2.amazonaws.com']}}, 'allow'],
    ['a wildcard of actions', {...EC2, Action: 'sts:*'}, 'allow'],
    ['only sessions with tags', {...EC2, Action: 'sts:TagSession'}, 'nothing'],
    ['a web identity', {...EC2, Action: 'sts:AssumeRoleWithWebIdentity'}, 'nothing'],
    ['another spelling', {...EC2, Principal: {Service: 'EC2.amazonaws.com'}}, 'nothing'],
    ['the account', {...EC2, Principal: {AWS: `arn:aws:iam::${OWNER}:root`}}, 'nothing'],
    [
      'an external id, which EC2 does not send',
      {...EC2, Condition: {StringEquals: {'sts:ExternalId': 'x'}}},
      'nothing',
    ],
    ['multi-factor authentication', {...EC2, Condition: {Bool: {'aws:MultiFactorAuthPresent': 'true'}}}, 'nothing'],
  ])('names %s', (_, statement, effect) => expect(says(statement)).toBe(effect))

  it('denies a principal that is not a service of AWS', () => {
    const except = (value: string) => ({
      Effect: 'Deny',
      Principal: '*',
      Action: 'sts:AssumeRole',
      Condition: {Bool: {'aws:PrincipalIsAWSService': value}},
    })
    expect(says(EC2, except('false'))).toBe('allow')
    expect(says(EC2, except('true'))).toBe('deny')
  })
})
