// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like this
import {describe, expect, it} from 'vitest'
import {ABSENT, is, UNKNOWN} from '../../../src/iam/policy/context.ts'
import {denyingIn, evaluate, evaluateEndpoint, type Layers} from '../../../src/iam/policy/evaluate.ts'
import {policyOf, type Source} from '../../../src/iam/policy/policy.ts'
import type {Request} from '../../../src/iam/policy/statement.ts'

const ROLE = {Arn: 'arn:aws:iam::111122223333:role/web', RoleName: 'web', RoleId: 'AROAEXAMPLEWEB'}
const INSTANCE = 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0aaaaaaaaaaaaaa01'

const request: Request = {
  action: 'ssm:UpdateInstanceInformation',
  resource: INSTANCE,
  caller: {role: ROLE, session: 'i-0aaaaaaaaaaaaaa01'},
  context: (key) => (key === 'known' ? is('yes') : key === 'gone' ? ABSENT : UNKNOWN),
}

const named = (name: string, ...Statement: readonly object[]): Source => ({
  name,
  kind: 'inline',
  policy: policyOf({Version: '2012-10-17', Statement}),
})
const says = (Effect: string, more: object = {}) => ({Effect, Action: 'ssm:*', Resource: '*', ...more})
const allow = (more: object = {}) => says('Allow', more)
const deny = (more: object = {}) => says('Deny', more)
const when = (key: string) => ({Condition: {StringEquals: {[key]: 'yes'}}})
const identity = (...statements: readonly object[]): Layers => ({identity: [named('p', ...statements)]})
const unread: Source = {name: 'secret', kind: 'customer-managed', policy: {unreadable: 'AccessDenied'}}

const LOGIC = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html'
const BOUNDARIES = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html'
const SCPS = 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html'
const ELEMENTS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html'

describe('evaluation', () => {
  it.each<readonly [string, Layers, string, string]>([
    ['denies what nothing allows', identity(), 'denied identity', LOGIC],
    ['allows what a statement allows', identity(allow()), 'allowed identity', LOGIC],
    ['has a Deny override an Allow', identity(allow(), deny()), 'denied identity', LOGIC],
    ['has a Deny override an Allow in any order', identity(deny(), allow()), 'denied identity', LOGIC],
    ['ignores a Deny of something else', identity(allow(), deny({Action: 's3:*'})), 'allowed identity', LOGIC],
    [
      'reads NotAction as all actions except',
      identity(allow({Action: undefined, NotAction: 's3:*'})),
      'allowed identity',
      ELEMENTS,
    ],
    [
      'reads NotAction in a Deny as all actions except',
      identity(allow(), deny({Action: undefined, NotAction: 's3:*'})),
      'denied identity',
      ELEMENTS,
    ],
    ['compares resources', identity(allow({Resource: INSTANCE})), 'allowed identity', ELEMENTS],
    [
      'compares resources with wildcards',
      identity(allow({Resource: 'arn:aws:ec2:*:*:instance/*'})),
      'allowed identity',
      ELEMENTS,
    ],
    [
      'does not match another resource',
      identity(allow({Resource: 'arn:aws:ec2:*:*:volume/*'})),
      'denied identity',
      ELEMENTS,
    ],
    [
      'reads NotResource as all resources except',
      identity(allow({Resource: undefined, NotResource: INSTANCE})),
      'denied identity',
      ELEMENTS,
    ],
    [
      'compares actions without regard to case',
      identity(allow({Action: 'SSM:UPDATEinstance*'})),
      'allowed identity',
      ELEMENTS,
    ],
    [
      'accepts a single statement without a list',
      {identity: [{...named('p'), policy: policyOf({Statement: allow()})}]},
      'allowed identity',
      ELEMENTS,
    ],
    ['combines policies', {identity: [named('a'), named('b', allow())]}, 'allowed identity', LOGIC],
    ['meets a condition that is true', identity(allow(when('known'))), 'allowed identity', ELEMENTS],
    ['does not meet a condition on an absent key', identity(allow(when('gone'))), 'denied identity', ELEMENTS],
    ['is unknown for a condition on an unknown key', identity(allow(when('open'))), 'unknown identity', ELEMENTS],
    [
      'is unknown for an Allow with a Deny that may apply',
      identity(allow(), deny(when('open'))),
      'unknown identity',
      LOGIC,
    ],
    [
      'is decided by a certain Deny despite unknown ones',
      identity(allow(when('open')), deny()),
      'denied identity',
      LOGIC,
    ],
    [
      'is decided by a certain Allow despite a possible one',
      identity(allow(when('open')), allow()),
      'allowed identity',
      LOGIC,
    ],
    [
      'is unknown for an Allow with a policy that was not read',
      {identity: [named('p', allow()), unread]},
      'unknown identity',
      LOGIC,
    ],
    [
      'is decided by a Deny despite a policy that was not read',
      {identity: [named('p', deny()), unread]},
      'denied identity',
      LOGIC,
    ],
    [
      'also requires the boundary to allow',
      {...identity(allow()), boundary: named('edge', allow())},
      'allowed identity',
      BOUNDARIES,
    ],
    [
      'denies what the boundary does not allow',
      {...identity(allow()), boundary: named('edge')},
      'denied boundary',
      BOUNDARIES,
    ],
    [
      'denies what the boundary denies',
      {...identity(allow()), boundary: named('edge', allow(), deny())},
      'denied boundary',
      BOUNDARIES,
    ],
    [
      'gets no permission from a boundary',
      {...identity(), boundary: named('edge', allow())},
      'denied identity',
      BOUNDARIES,
    ],
    [
      'is unknown with a boundary that was not read',
      {...identity(allow()), boundary: unread},
      'unknown boundary',
      BOUNDARIES,
    ],
    [
      'is decided by the boundary if the role is unknown',
      {...identity(allow(when('open'))), boundary: named('edge')},
      'denied boundary',
      BOUNDARIES,
    ],
    [
      'denies what the organization does not allow',
      {...identity(allow()), allowedByOrganizations: false},
      'denied organization',
      SCPS,
    ],
    [
      'gets no permission from an organization that allows',
      {...identity(), allowedByOrganizations: true},
      'denied identity',
      SCPS,
    ],
  ])('%s', (_, layers, expected) => {
    const {decision, layer} = evaluate(layers, request)
    expect(`${decision} ${layer}`).toBe(expected)
  })

  /** https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html */
  it.each([
    ['an endpoint whose policy allows nothing denies', named('vpce'), 'denied endpoint'],
    ['an endpoint whose policy allows the call allows it', named('vpce', allow()), 'allowed endpoint'],
  ])('%s', (_, endpoint, expected) => {
    const {decision, layer} = evaluateEndpoint(endpoint, request)
    expect(`${decision} ${layer}`).toBe(expected)
  })

  it('names the policy and the statement that decide', () => {
    const layers = {identity: [named('open', allow()), named('shut', allow({Sid: 'A'}), deny({Sid: 'NoSsm'}))]}
    expect(evaluate(layers, request)).toMatchObject({
      decision: 'denied',
      explicit: true,
      statement: {policy: 'shut', index: 1, sid: 'NoSsm'},
      because: 'statement NoSsm of inline policy shut denies ssm:UpdateInstanceInformation',
    })
  })

  it('counts statements from one where they have no Sid', () => {
    expect(evaluate(identity(allow({Action: 's3:*'}), allow()), request).because).toContain('statement 2 of')
  })

  it('shows on which condition a decision depends', () => {
    expect(evaluate(identity(allow(when('open'))), request).because).toContain('StringEquals open yes')
  })
})

describe('a malformed policy', () => {
  it.each([
    ['no statement', {Version: '2012-10-17'}],
    ['text', 'surely no JSON'],
    ['a misspelled effect', {Statement: [says('Allways')]}],
    ['an action that is a number', {Statement: [allow({Action: {}})]}],
    ['a statement that is null', {Statement: [null]}],
    ['a condition that is a list', {Statement: [allow({Condition: []})]}],
  ])('with %s makes the decision unknown, even with an Allow', (_, document) => {
    const broken: Source = {name: 'broken', kind: 'inline', policy: policyOf(document)}
    const {decision, because} = evaluate({identity: [broken, named('p', allow())]}, request)
    expect([decision, evaluate({identity: [broken]}, request).decision]).toEqual(
      broken.policy && 'malformed' in broken.policy && broken.policy.malformed[0]?.effect === 'Allow'
        ? ['allowed', 'unknown']
        : ['unknown', 'unknown'],
    )
    if (decision === 'unknown') expect(because).toContain('broken is malformed')
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
describe('the policy simulator', () => {
  const simulated = (EvalDecision: 'allowed' | 'explicitDeny', missing: string[] = []) => ({
    EvalActionName: request.action,
    EvalDecision,
    MissingContextValues: missing,
  })

  it('decides for policies that could not be read', () => {
    const layers = {identity: [named('p', allow()), unread]}
    expect(evaluate({...layers, simulated: simulated('allowed')}, request).decision).toBe('allowed')
    expect(evaluate({...layers, simulated: simulated('explicitDeny')}, request)).toMatchObject({
      decision: 'denied',
      explicit: true,
    })
  })

  it('does not decide if it was missing a condition key', () => {
    const layers = {...identity(allow(when('open'))), simulated: simulated('allowed', ['open'])}
    expect(evaluate(layers, request).decision).toBe('unknown')
  })

  it('does not override the policy documents', () => {
    expect(evaluate({...identity(deny()), simulated: simulated('allowed')}, request).decision).toBe('denied')
  })
})

describe('a resource that may be one of two', () => {
  const channel: Request = {
    ...request,
    action: 'ssmmessages:OpenDataChannel',
    resource: ['arn:aws:ssmmessages:eu-west-1:111122223333:*', INSTANCE],
  }
  const onResource = (Resource: string) =>
    evaluate(identity({Effect: 'Allow', Action: '*', Resource}), channel).decision

  it('is compared with both', () => {
    expect(['*', 'arn:aws:*', INSTANCE, 'arn:aws:s3:::*'].map(onResource)).toEqual([
      'allowed',
      'allowed',
      'unknown',
      'denied',
    ])
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
describe('a policy variable in a Resource', () => {
  const context: Request['context'] = (key) => (key === 'aws:principalaccount' ? is('111122223333') : UNKNOWN)
  const decide = (Resource: string) => evaluate(identity(allow({Resource})), {...request, context}).decision

  it.each([
    ['arn:aws:ec2:*:${aws:PrincipalAccount}:instance/*', 'denied'],
    ['arn:aws:ec2:${open}:*:instance/*', 'denied'],
    ['${open}', 'denied'],
    ['arn:aws:ec2:*:*:instance/${ec2:SourceInstanceId}', 'unknown'],
    ['arn:aws:ec2:*:111122223333:*${aws:PrincipalAccount}', 'denied'],
  ])('of %s counts only after the fifth colon', (Resource, expected) => {
    expect(decide(Resource)).toBe(expected)
  })

  it('denies nothing before the fifth colon', () => {
    const layers = identity(allow(), deny({Resource: 'arn:aws:ec2:*:${aws:PrincipalAccount}:instance/*'}))
    expect(evaluate(layers, {...request, context}).decision).toBe('allowed')
  })
})

describe('a call on one of two ARNs', () => {
  const CHANNEL = 'arn:aws:ssmmessages:eu-west-1:111122223333:*'
  const channel: Request = {...request, action: 'ssmmessages:OpenControlChannel', resource: [CHANNEL, INSTANCE]}
  const open = {Action: 'ssmmessages:*'}

  it.each([
    ['one statement names both', [allow({...open, Resource: [CHANNEL, INSTANCE]})], 'allowed'],
    [
      'each has its own statement',
      [allow({...open, Resource: CHANNEL}), allow({...open, Resource: INSTANCE})],
      'allowed',
    ],
    ['only one is named', [allow({...open, Resource: CHANNEL})], 'unknown'],
    ['neither is named', [allow({...open, Resource: 'arn:aws:ec2:*:*:volume/*'})], 'denied'],
    ['NotResource excludes both', [allow({...open, Resource: undefined, NotResource: [CHANNEL, INSTANCE]})], 'denied'],
    [
      'each is denied by its own statement',
      [allow(open), deny({...open, Resource: CHANNEL}), deny({...open, Resource: INSTANCE})],
      'denied',
    ],
  ] as const)('is evaluated for each ARN: %s', (_, statements, expected) => {
    expect(evaluate(identity(...statements), channel).decision).toBe(expected)
  })

  it('names the statements that deny either', () => {
    const denies = [CHANNEL, INSTANCE].map((Resource) => deny({...open, Resource}))
    const decision = evaluate(identity(allow(open), ...denies), channel)
    expect(decision).toMatchObject({statement: {index: 1}, otherStatements: [{index: 2}]})
  })
})

describe('the statements of an endpoint policy that deny a role', () => {
  const role = {...ROLE, Arn: 'arn:aws:iam::111122223333:role/team/web'}
  const denying = (Principal: unknown) => {
    const source = named('vpce', allow({Principal: '*'}), deny({Principal}))
    const decision = evaluateEndpoint(source, {...request, caller: {role, session: 'i-0aaaaaaaaaaaaaa01'}})
    return denyingIn(decision.decision === 'denied' ? [decision] : [])
  }

  it.each([
    [{AWS: 'arn:aws:iam::111122223333:role/other'}],
    [{AWS: 'arn:aws:iam::111122223333:user/bob'}],
    [{AWS: ['arn:aws:iam::999988887777:root', '999988887777']}],
    [{AWS: 'arn:aws:sts::111122223333:assumed-role/other/i-0aaaaaaaaaaaaaa01'}],
  ])('are none that name other principals: %j', (principal) => expect(denying(principal)).toEqual([]))

  it.each([
    ['*'],
    [{AWS: '*'}],
    [{AWS: role.Arn}],
    [{AWS: '111122223333'}],
    [{AWS: 'arn:aws:iam::111122223333:root'}],
    [{AWS: ['arn:aws:iam::111122223333:role/other', role.Arn]}],
    [{AWS: 'arn:aws:sts::111122223333:assumed-role/web/i-0aaaaaaaaaaaaaa01'}],
  ])('are those that name it or everyone: %j', (principal) => expect(denying(principal)).toEqual([1]))
})
