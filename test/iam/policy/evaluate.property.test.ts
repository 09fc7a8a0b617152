// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like this
import fc from 'fast-check'
import {expect, it} from 'vitest'
import {type CallContext, is, type KeyValue, UNKNOWN} from '../../../src/iam/policy/context.ts'
import {evaluate} from '../../../src/iam/policy/evaluate.ts'
import {policyOf, type Source} from '../../../src/iam/policy/policy.ts'
import type {Request} from '../../../src/iam/policy/statement.ts'

const RUNS = {numRuns: 1000}
const RANK = {denied: 0, unknown: 1, allowed: 2}

const value = fc.constantFrom('a', 'b', 'a*', '*', '${l}', '${m}')
const condition = fc.record({
  operator: fc.constantFrom(
    'StringEquals',
    'StringNotEquals',
    'StringLikeIfExists',
    'ForAllValues:StringLike',
    'NumericEquals',
    'Bool',
    'Null',
    'Odd',
  ),
  key: fc.constantFrom('k', 'l', 'm'),
  values: fc.array(value, {minLength: 1, maxLength: 2}),
})
const statementOf = (effect: fc.Arbitrary<string>) =>
  fc
    .record({
      Effect: effect,
      name: fc.constantFrom('Action', 'NotAction'),
      actions: fc.array(fc.constantFrom('ssm:*', 'ssm:Update*', 's3:*', '*'), {minLength: 1, maxLength: 2}),
      Resource: fc.constantFrom(
        '*',
        'arn:aws:ec2:*',
        'arn:aws:s3:::*',
        '${k}',
        'arn:aws:ec2:*:*:*${k}',
        'arn:aws:ec2:*:${k}:*',
      ),
      conditions: fc.array(condition, {maxLength: 2}),
    })
    .map(({Effect, name, actions, Resource, conditions}) => ({
      Effect,
      [name]: actions,
      Resource,
      Condition: Object.fromEntries(conditions.map(({operator, key, values}) => [operator, {[key]: values}])),
    }))
const statement = statementOf(fc.constantFrom('Allow', 'Allow', 'Deny', 'Odd'))
const policy = fc.array(statement, {maxLength: 4})
const anyValue: fc.Arbitrary<KeyValue> = fc.oneof(
  fc.constant(UNKNOWN),
  fc.array(fc.constantFrom('a', 'b'), {maxLength: 2}).map((values) => is(...values)),
)
const context: fc.Arbitrary<CallContext> = fc
  .record({k: anyValue, l: anyValue, m: anyValue})
  .map((keys: Readonly<Record<string, KeyValue>>) => (key) => keys[key] ?? UNKNOWN)

const source = (statements: readonly object[]): Source => ({
  name: 'p',
  kind: 'inline',
  policy: policyOf({Version: '2012-10-17', Statement: statements}),
})
const request = (given: CallContext): Request => ({
  action: 'ssm:UpdateInstanceInformation',
  resource: 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0aaaaaaaaaaaaaa01',
  caller: {account: '111122223333'},
  context: given,
})
const decide = (statements: readonly object[], given: CallContext, boundary?: readonly object[]) =>
  evaluate({identity: [source(statements)], ...(boundary ? {boundary: source(boundary)} : {})}, request(given)).decision

it('adding a Deny never allows more', () => {
  fc.assert(
    fc.property(policy, statementOf(fc.constant('Deny')), context, (statements, deny, given) => {
      expect(RANK[decide([...statements, deny], given)]).toBeLessThanOrEqual(RANK[decide(statements, given)])
    }),
    RUNS,
  )
})

it('adding an Allow never denies more', () => {
  fc.assert(
    fc.property(policy, statementOf(fc.constant('Allow')), context, (statements, allow, given) => {
      expect(RANK[decide([...statements, allow], given)]).toBeGreaterThanOrEqual(RANK[decide(statements, given)])
    }),
    RUNS,
  )
})

it('a boundary never allows more', () => {
  fc.assert(
    fc.property(policy, policy, context, (statements, boundary, given) => {
      expect(RANK[decide(statements, given, boundary)]).toBeLessThanOrEqual(RANK[decide(statements, given)])
    }),
    RUNS,
  )
})

it('the order of statements never matters', () => {
  const shuffled = policy.chain((statements) =>
    fc.tuple(fc.constant(statements), fc.shuffledSubarray(statements, {minLength: statements.length})),
  )
  fc.assert(
    fc.property(shuffled, context, ([before, after], given) => {
      expect(decide(after, given)).toBe(decide(before, given))
    }),
    RUNS,
  )
})

it('what is decided without a key does not depend on the key', () => {
  fc.assert(
    fc.property(policy, context, anyValue, fc.constantFrom('k', 'l', 'm'), (statements, given, found, hidden) => {
      const blind = decide(statements, (key) => (key === hidden ? UNKNOWN : given(key)))
      const seeing = decide(statements, (key) => (key === hidden ? found : given(key)))
      if (blind !== 'unknown') expect(seeing).toBe(blind)
    }),
    RUNS,
  )
})

it('a call on one of several ARNs is decided exactly if all of them are decided the same', () => {
  const arns = fc.uniqueArray(
    fc.constantFrom('arn:aws:ec2:eu-west-1:111122223333:a', 'arn:aws:ec2:eu-west-1:111122223333:b', 'arn:aws:s3:::x'),
    {minLength: 1},
  )
  fc.assert(
    fc.property(policy, context, arns, (statements, given, resource) => {
      const on = (target: Request['resource']) =>
        evaluate({identity: [source(statements)]}, {...request(given), resource: target}).decision
      const [first, ...rest] = resource.map(on)
      expect(on(resource)).toBe(rest.every((decision) => decision === first) ? first : 'unknown')
    }),
    RUNS,
  )
})
