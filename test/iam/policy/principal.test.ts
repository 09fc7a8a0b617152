import {describe, expect, it} from 'vitest'
import {policyOf} from '../../../src/iam/policy/policy.ts'
import {type Caller, names} from '../../../src/iam/policy/principal.ts'

const role = {Arn: 'arn:aws:iam::111122223333:role/app/web', RoleName: 'web', RoleId: 'AROAEXAMPLEWEB'}
const caller: Caller = {role, session: 'i-0aaaaaaaaaaaaaa01'}
const judge = (element: object, who: Caller = caller, effect: 'Allow' | 'Deny' = 'Allow') => {
  const [statement] = policyOf({Statement: {Effect: 'Allow', Action: '*', Resource: '*', ...element}}).statements
  return names(statement!.principals!, who, effect)
}
const aws = (...AWS: readonly string[]) => ({Principal: {AWS}})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
describe('Principal', () => {
  it.each([
    [{Principal: '*'}, 'yes'],
    [aws('*'), 'yes'],
    [aws('111122223333'), 'yes'],
    [aws('arn:aws:iam::111122223333:root'), 'yes'],
    [aws('444455556666'), 'no'],
    [aws('arn:aws:iam::444455556666:root'), 'no'],
    [aws('arn:aws:iam::111122223333:role/app/web'), 'yes'],
    [aws('arn:aws:iam::111122223333:role/web'), 'no'],
    [aws('arn:aws:iam::444455556666:role/x', '111122223333'), 'yes'],
    [aws('arn:aws:sts::111122223333:assumed-role/web/i-0aaaaaaaaaaaaaa01'), 'yes'],
    [aws('arn:aws:sts::111122223333:assumed-role/web/i-0bbbbbbbbbbbbbb01'), 'no'],
    [aws('AROAEXAMPLEWEB'), 'yes'],
    [{Principal: {Service: 'ec2.amazonaws.com'}}, 'no'],
    [{NotPrincipal: {AWS: '444455556666'}}, 'yes'],
    [{NotPrincipal: {AWS: '111122223333'}}, 'no'],
  ])('%j is %s for a session of the role', (element, expected) => {
    expect(judge(element)).toBe(expected)
  })

  it('is unknown for an unknown session', () => {
    const unknown: Caller = {role, session: undefined}
    expect(judge(aws('arn:aws:sts::111122223333:assumed-role/web/any'), unknown)).toBe('unknown')
  })

  it('knows the account of an unknown principal, but not its name', () => {
    const unnamed: Caller = {account: '111122223333'}
    expect(judge(aws('111122223333'), unnamed)).toBe('yes')
    expect(judge(aws('444455556666'), unnamed)).toBe('no')
    expect(judge(aws('arn:aws:iam::111122223333:role/app/web'), unnamed)).toBe('unknown')
  })

  // https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#vpc-endpoint-policies-gateway
  it('means only the root user if a gateway endpoint policy names an account', () => {
    const through: Caller = {gateway: caller}
    expect(judge({Principal: '*'}, through)).toBe('yes')
    expect(judge(aws('111122223333'), through)).toBe('no')
    expect(judge(aws('arn:aws:iam::111122223333:root'), through)).toBe('no')
  })

  it('names services', () => {
    const ec2: Caller = {service: ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn']}
    expect(judge({Principal: {Service: ['rds.amazonaws.com', 'ec2.amazonaws.com.cn']}}, ec2)).toBe('yes')
    expect(judge({Principal: {Service: 'rds.amazonaws.com'}}, ec2)).toBe('no')
    expect(judge({Principal: '*'}, ec2)).toBe('unknown')
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
describe('NotPrincipal', () => {
  const ACCOUNT = '111122223333'
  const ARN = 'arn:aws:iam::111122223333:role/app/web'
  const SESSION = 'arn:aws:sts::111122223333:assumed-role/web/i-0aaaaaaaaaaaaaa01'
  const not = (...AWS: readonly string[]) => ({NotPrincipal: {AWS}})

  it.each([
    ['the role without its account', [ARN], 'unknown'],
    ['the session without the role', [SESSION], 'unknown'],
    ['the role and its account, but not the session', [ACCOUNT, ARN], 'unknown'],
    ['account, role and session', [ACCOUNT, ARN, SESSION], 'no'],
    ['another role', ['arn:aws:iam::111122223333:role/other'], 'yes'],
    ['another account', ['444455556666'], 'yes'],
  ] as const)('with Deny and %s is no more certain than AWS documents', (_, AWS, expected) => {
    expect(judge(not(...AWS), caller, 'Deny')).toBe(expected)
  })

  it('with Deny always applies to a role that has a permissions boundary', () => {
    const bounded: Caller = {
      role: {...role, PermissionsBoundary: {PermissionsBoundaryArn: 'arn:aws:iam::111122223333:policy/edge'}},
      session: 'i-0aaaaaaaaaaaaaa01',
    }
    expect(judge(not(ACCOUNT, ARN, SESSION), bounded, 'Deny')).toBe('yes')
  })

  it('with Allow names no service', () => {
    const ec2: Caller = {service: ['ec2.amazonaws.com']}
    expect(judge(not('444455556666'), ec2)).toBe('unknown')
    expect(judge({NotPrincipal: {Service: 'ec2.amazonaws.com'}}, ec2)).toBe('no')
    expect(judge(not('444455556666'), ec2, 'Deny')).toBe('yes')
  })

  it('is unknown for a gateway endpoint', () => {
    expect(judge(not(ACCOUNT), {gateway: caller}, 'Deny')).toBe('unknown')
  })
})

it('a Deny for everyone also applies to services', () => {
  const ec2: Caller = {service: ['ec2.amazonaws.com']}
  expect(judge({Principal: '*'}, ec2, 'Deny')).toBe('yes')
  expect(judge(aws('*'), ec2, 'Deny')).toBe('yes')
  expect(judge(aws('111122223333'), ec2, 'Deny')).toBe('no')
})
