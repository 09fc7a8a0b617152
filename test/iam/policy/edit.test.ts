import {describe, expect, it} from 'vitest'
import {
  allowStatement,
  allowsAnywhere,
  canNarrow,
  inCommon,
  narrowed,
  withException,
  withoutDeny,
  withoutDenyOfService,
  withStatement,
} from '../../../src/iam/policy/edit.ts'
import {actionsOfService} from '../../../src/iam/policy/service-actions.ts'
import {matchesAction} from '../../../src/iam/policy/wildcard.ts'

const allow = {Effect: 'Allow', Action: 's3:*', Resource: '*'}
const deny = (rest: object) => ({Effect: 'Deny', Resource: '*', ...rest})
const needed = ['ssm:UpdateInstanceInformation']

const channel = ['ssmmessages:CreateControlChannel', 'ssmmessages:OpenControlChannel']

describe('a Deny that is narrowed', () => {
  it.each([
    [
      'keeps the patterns that match none of the actions',
      needed,
      deny({Action: ['ssm:UpdateInstanceInformation', 'iam:*']}),
      deny({Action: ['iam:*']}),
    ],
    [
      'exempts more actions, if it lists those it exempts',
      needed,
      deny({NotAction: 's3:*'}),
      deny({NotAction: ['s3:*', ...needed]}),
    ],
    ['denies everything else, if it denied everything', needed, deny({Action: '*'}), deny({NotAction: needed})],
    [
      'keeps the other actions of a service, in patterns of whole words',
      channel,
      deny({Action: 'ssmmessages:*'}),
      deny({Action: ['ssmmessages:CreateData*', 'ssmmessages:OpenData*']}),
    ],
    [
      'keeps an action whose name begins with that of a removed one',
      ['sts:AssumeRole'],
      deny({Action: 'sts:AssumeRole*'}),
      deny({Action: ['sts:AssumeRoleWith*']}),
    ],
    [
      'keeps a pattern whose other actions are not known',
      ['s3:GetObject'],
      deny({Action: 's3:*'}),
      deny({Action: 's3:*'}),
    ],
    [
      'does not change, if it already exempts the actions',
      needed,
      deny({NotAction: 'ssm:*'}),
      deny({NotAction: 'ssm:*'}),
    ],
  ])('%s', (_, actions, before, after) => {
    expect(narrowed({Version: '2012-10-17', Statement: [allow, before]}, [{index: 1, actions: actions}])).toEqual({
      Version: '2012-10-17',
      Statement: [allow, after],
    })
  })

  it('denies every action of the service as before, except the removed ones', () => {
    const removed = ['ssm:UpdateInstanceInformation', 'ssm:GetDocument', 'ssm:ListAssociations']
    const {Statement = []} = narrowed({Statement: deny({Action: 'ssm:*'})}, [{index: 0, actions: removed}]) ?? {}
    const [statement] = Statement as readonly {readonly Action: readonly string[]}[]
    const isDenied = (action: string) => statement?.Action.some((pattern) => matchesAction(pattern, action))
    for (const action of actionsOfService('ssm') ?? [])
      expect([action, isDenied(action)]).toEqual([action, !removed.includes(action)])
  })

  it('is removed if nothing is left of it', () => {
    expect(narrowed({Statement: [allow, deny({Action: needed})]}, [{index: 1, actions: needed}])).toEqual({
      Statement: [allow],
    })
  })

  it('removes the policy if it was the only statement', () => {
    expect(narrowed({Statement: deny({Action: needed})}, [{index: 0, actions: needed}])).toBeUndefined()
  })

  it('does not change the other statements', () => {
    const other = deny({Action: 'ssm:*', Sid: 'Other'})
    expect(narrowed({Statement: [other, deny({Action: needed})]}, [{index: 1, actions: needed}])).toEqual({
      Statement: [other],
    })
  })

  it.each([
    ['a pattern of a known service', 'ssm:*', needed, true],
    ['the action by name', 's3:GetObject', ['s3:GetObject'], true],
    ['a pattern of a service whose actions are not listed', 's3:*', ['s3:GetObject'], false],
    ['a pattern that does not match', 'iam:*', needed, false],
  ])('can be narrowed or not: %s', (_, Action, actions, expected) => {
    expect(canNarrow({Statement: [deny({Action})]}, [{index: 0, actions: actions}])).toBe(expected)
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
it('gives the Sid of a Deny to one of the two statements that take its place, because a Sid is unique in its policy', () => {
  const role = 'arn:aws:iam::111122223333:role/web'
  const sidsOf = (Action: string | readonly string[]) => {
    const {Statement} = withException(
      {Statement: [allow, deny({Action, Sid: 'NoSystemsManager'})]},
      [1],
      {actions: needed},
      role,
    )
    return (Statement as readonly {readonly Sid?: string}[]).map(({Sid}) => Sid)
  }
  expect(sidsOf('ssm:*')).toEqual([undefined, 'NoSystemsManager', undefined])
  expect(sidsOf('ssm:UpdateInstanceInformation*')).toEqual([undefined, 'NoSystemsManager'])
  expect(sidsOf('*')).toEqual([undefined, 'NoSystemsManager'])
})

it('narrows what denies, and neither an Allow nor a Deny that does not apply', () => {
  const wide = {...allow, Action: '*'}
  const others = deny({Action: '*', Condition: {StringEquals: {'aws:PrincipalTag/team': 'red'}}})
  const document = {Statement: [wide, deny({Action: needed}), deny({Action: '*'}), others]}
  expect(withoutDeny(document, [1, 2], needed)).toEqual({
    Statement: [wide, deny({NotAction: needed}), others],
  })
})

describe('a Deny of known resources', () => {
  const bucket = 'arn:aws:s3:::aws-ssm-eu-west-1/*'
  const left = (statement: object) => withoutDeny({Statement: [statement]}, [0], ['s3:GetObject'], [bucket]).Statement

  it.each([
    ['every resource', deny({Action: 's3:*'}), {Effect: 'Deny', Action: 's3:*', NotResource: [bucket]}],
    [
      'all resources but some',
      {Effect: 'Deny', Action: '*', NotResource: 'arn:aws:s3:::mine/*'},
      {Effect: 'Deny', Action: '*', NotResource: ['arn:aws:s3:::mine/*', bucket]},
    ],
    ['all actions but some', deny({NotAction: 'sts:*'}), {Effect: 'Deny', NotAction: 'sts:*', NotResource: [bucket]}],
  ])('on %s exempts them', (_, statement, expected) => {
    expect(left(statement)).toEqual([expected])
  })

  it('stays as it is for other actions, and loses the action on a resource that it names', () => {
    expect(left(deny({Action: 's3:PutObject'}))).toEqual([deny({Action: 's3:PutObject'})])
    expect(left(deny({NotAction: 's3:Get*'}))).toEqual([deny({NotAction: 's3:Get*'})])
    const named = {...deny({Action: ['s3:GetObject', 's3:PutObject']}), Resource: 'arn:aws:s3:::aws-ssm-*/*'}
    expect(left(named)).toEqual([{...named, Action: ['s3:PutObject']}])
  })
})

describe('an added Allow', () => {
  const inside = {StringEquals: {'aws:SourceVpc': 'vpc-1'}}

  it('keeps the condition that every Allow of the document has', () => {
    expect(allowStatement({Statement: [{...allow, Condition: inside}]}, needed)).toEqual({
      Effect: 'Allow',
      Action: needed,
      Resource: '*',
      Condition: inside,
    })
  })

  it.each([
    ['one Allow has no condition', [allow, {...allow, Condition: inside}]],
    ['there is no Allow', [deny({Action: '*', Condition: inside})]],
  ])('has no condition if %s', (_, Statement) => {
    expect(allowStatement({Statement}, needed)).toEqual({Effect: 'Allow', Action: needed, Resource: '*'})
  })

  it('is not needed for what is allowed on every resource without a condition', () => {
    expect(allowsAnywhere({Statement: [{...allow, Action: 'ssm:*'}]}, 'ssm:GetDocument')).toBe(true)
    expect(allowsAnywhere({Statement: [{...allow, Action: 'ssm:*', Condition: inside}]}, 'ssm:GetDocument')).toBe(false)
    expect(allowsAnywhere({Statement: [{...allow, Action: 'ssm:*', Resource: 'arn:x'}]}, 'ssm:GetDocument')).toBe(false)
  })
})

it('adds a statement to a single one', () => {
  expect(withStatement({Statement: allow}, {Effect: 'Allow'})).toEqual({Statement: [allow, {Effect: 'Allow'}]})
})

describe('a trust policy that denies a service', () => {
  const left = (...Statement: readonly object[]) =>
    withoutDenyOfService({Statement}, [0], ['ec2.amazonaws.com']).Statement

  it('keeps its Deny for everybody but services', () => {
    const assume = {...deny({Action: 'sts:AssumeRole'}), Principal: '*'}
    expect(left(assume)).toEqual([{...assume, Condition: {BoolIfExists: {'aws:PrincipalIsAWSService': 'false'}}}])
    const inside = {...assume, Condition: {StringNotEquals: {'aws:SourceAccount': '1'}}}
    expect(left(inside)).toMatchObject([
      {Condition: {StringNotEquals: {'aws:SourceAccount': '1'}, BoolIfExists: {'aws:PrincipalIsAWSService': 'false'}}},
    ])
  })

  it('exempts the service with the principals that a Deny of all others exempts', () => {
    const {Resource: _, ...others} = {
      ...deny({Action: 'sts:*'}),
      NotPrincipal: {AWS: 'arn:aws:iam::111122223333:role/admin'},
    }
    expect(left(others)).toEqual([{...others, NotPrincipal: {...others.NotPrincipal, Service: ['ec2.amazonaws.com']}}])
  })

  it('loses its Deny of the service, and no other', () => {
    const bob = {...deny({Action: 'sts:AssumeRole'}), Principal: {AWS: 'arn:aws:iam::111122223333:user/bob'}}
    const ec2 = {...deny({Action: 'sts:AssumeRole'}), Principal: {Service: 'ec2.amazonaws.com'}}
    expect(left(ec2, bob)).toEqual([bob])
  })
})

it('what every Allow of a document has in common', () => {
  const Condition = {StringEquals: {'aws:PrincipalOrgID': 'o-1'}}
  const Principal = {AWS: 'arn:aws:iam::111122223333:root'}
  const one = {...allow, Principal, Condition}
  expect(inCommon({Statement: [one, {...one, Action: 'ssm:*'}, deny({Principal: '*'})]})).toEqual({
    Principal,
    Condition,
  })
  expect(inCommon({Statement: [one, {...allow, Principal}]})).toEqual({Principal})
})
