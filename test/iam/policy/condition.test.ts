// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like this
import {describe, expect, it} from 'vitest'
import {holds} from '../../../src/iam/policy/condition.ts'
import {ABSENT, type CallContext, is, type KeyValue, UNKNOWN} from '../../../src/iam/policy/context.ts'

const keys: Readonly<Record<string, KeyValue>> = {
  name: is('web'),
  star: is('w*b'),
  many: is('a', 'b'),
  number: is('5'),
  time: is('2026-11-20T12:00:00Z'),
  flag: is('true'),
  address: is('10.0.1.10'),
  v6: is('2001:db8::1'),
  arn: is('arn:aws:iam::111122223333:role/web'),
  gone: ABSENT,
  open: UNKNOWN,
  foreign: {not: ['mine']},
  either: {may: [['a'], ['b']]},
  perhaps: {may: [[], ['mine']]},
  'aws:username': is('jo'),
}
const context: CallContext = (key) => keys[key] ?? UNKNOWN
const judge = (operator: string, key: string, ...values: readonly string[]) =>
  holds({operator, key, values}, context, true)

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
describe('operators', () => {
  it.each([
    ['StringEquals', 'name', ['web'], 'yes'],
    ['StringEquals', 'name', ['db', 'web'], 'yes'],
    ['StringEquals', 'name', ['Web'], 'no'],
    ['StringEquals', 'name', ['w*'], 'no'],
    ['StringEquals', 'NAME', ['web'], 'yes'],
    ['stringequals', 'name', ['web'], 'yes'],
    ['StringNotEquals', 'name', ['db'], 'yes'],
    ['StringNotEquals', 'name', ['db', 'web'], 'no'],
    ['StringEqualsIgnoreCase', 'name', ['WEB'], 'yes'],
    ['StringNotEqualsIgnoreCase', 'name', ['WEB'], 'no'],
    ['StringLike', 'name', ['w?b'], 'yes'],
    ['StringNotLike', 'name', ['d*'], 'yes'],
    ['NumericEquals', 'number', ['5.0'], 'yes'],
    ['NumericNotEquals', 'number', ['5'], 'no'],
    ['NumericLessThan', 'number', ['5'], 'no'],
    ['NumericLessThanEquals', 'number', ['5'], 'yes'],
    ['NumericGreaterThan', 'number', ['4'], 'yes'],
    ['NumericGreaterThanEquals', 'number', ['6'], 'no'],
    ['NumericEquals', 'number', ['five'], 'unknown'],
    ['DateGreaterThan', 'time', ['2026-11-19T00:00:00Z'], 'yes'],
    ['DateLessThan', 'time', ['2026-11-19T00:00:00Z'], 'no'],
    ['DateEquals', 'time', ['1795176000'], 'yes'],
    ['Bool', 'flag', ['true'], 'yes'],
    ['Bool', 'flag', ['False'], 'no'],
    ['BinaryEquals', 'name', ['web'], 'yes'],
    ['IpAddress', 'address', ['10.0.0.0/16'], 'yes'],
    ['IpAddress', 'address', ['10.0.1.10'], 'yes'],
    ['IpAddress', 'address', ['10.1.0.0/16'], 'no'],
    ['NotIpAddress', 'address', ['10.0.0.0/16'], 'no'],
    ['IpAddress', 'v6', ['2001:db8::/32'], 'yes'],
    ['IpAddress', 'v6', ['10.0.0.0/8'], 'no'],
    ['IpAddress', 'address', ['nonsense'], 'unknown'],
    ['ArnLike', 'arn', ['arn:aws:iam::111122223333:role/*'], 'yes'],
    ['ArnEquals', 'arn', ['arn:aws:iam::*:role/web'], 'yes'],
    ['ArnNotLike', 'arn', ['arn:aws:iam::111122223333:role/*'], 'no'],
    ['ArnNotEquals', 'arn', ['arn:aws:iam::111122223333:role/db'], 'yes'],
  ] as const)('%s %s %j is %s', (operator, key, values, expected) => {
    expect(judge(operator, key, ...values)).toBe(expected)
  })
})

describe('a missing key', () => {
  it.each([
    ['StringEquals', 'no'],
    ['StringNotEquals', 'yes'],
    ['ArnNotLike', 'yes'],
    ['NotIpAddress', 'yes'],
    ['Bool', 'no'],
    ['StringEqualsIfExists', 'yes'],
    ['BoolIfExists', 'yes'],
    ['ForAllValues:StringEquals', 'yes'],
    ['ForAnyValue:StringEquals', 'no'],
    // https://repost.aws/questions/QU9HFmDzP0QGuU-fd7rS6B7w/foranyvalue-stringequalsifexists-behaving-unexpectedly
    ['ForAnyValue:StringEqualsIfExists', 'no'],
  ])('makes %s %s', (operator, expected) => {
    expect(judge(operator, 'gone', 'x')).toBe(expected)
  })

  it('is what Null matches', () => {
    expect(judge('Null', 'gone', 'true')).toBe('yes')
    expect(judge('Null', 'name', 'true')).toBe('no')
    expect(judge('Null', 'name', 'false')).toBe('yes')
    expect(judge('Null', 'open', 'false')).toBe('unknown')
    expect(judge('Null', 'name', 'constructor')).toBe('unknown')
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
describe('multivalued keys', () => {
  it.each([
    ['ForAllValues:StringEquals', ['a', 'b', 'c'], 'yes'],
    ['ForAllValues:StringEquals', ['a'], 'no'],
    ['ForAnyValue:StringEquals', ['a'], 'yes'],
    ['ForAnyValue:StringEquals', ['c'], 'no'],
    ['ForAllValues:StringNotEquals', ['a'], 'no'],
    ['ForAnyValue:StringNotEquals', ['a'], 'yes'],
  ] as const)('%s %j is %s', (operator, values, expected) => {
    expect(judge(operator, 'many', ...values)).toBe(expected)
  })
})

describe('what is not known', () => {
  it.each(['StringEquals', 'StringNotEquals', 'StringEqualsIfExists', 'ForAnyValue:StringLike', 'IpAddress', 'Bool'])(
    'keeps %s open',
    (operator) => {
      expect(judge(operator, 'open', 'x')).toBe('unknown')
    },
  )

  it('includes operators that AWS may add', () => {
    expect(judge('StringSounds', 'name', 'web')).toBe('unknown')
    expect(judge('ForSomeValues:StringEquals', 'name', 'web')).toBe('unknown')
    expect(judge('constructor', 'name', 'web')).toBe('unknown')
  })

  it('excludes a value that the key cannot have', () => {
    expect(judge('StringEquals', 'foreign', 'mine')).toBe('no')
    expect(judge('StringNotEquals', 'foreign', 'mine')).toBe('yes')
    expect(judge('StringEquals', 'foreign', 'theirs')).toBe('unknown')
    expect(judge('StringEqualsIfExists', 'foreign', 'mine')).toBe('unknown')
  })

  it('is decided if all possible values agree', () => {
    expect(judge('StringEquals', 'either', 'a', 'b')).toBe('yes')
    expect(judge('StringEquals', 'either', 'a')).toBe('unknown')
    expect(judge('StringEquals', 'perhaps', 'theirs')).toBe('no')
    expect(judge('StringEquals', 'perhaps', 'mine')).toBe('unknown')
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
describe('policy variables', () => {
  it.each([
    ['${aws:username}-web', 'jo-web'],
    ["${gone, 'anyone'}", 'anyone'],
    ['${*}', '*'],
    ['${$}{x}', '${x}'],
  ])('%s stands for %s', (pattern, text) => {
    const withText: CallContext = (key) => (key === 'k' ? is(text) : context(key))
    expect(holds({operator: 'StringEquals', key: 'k', values: [pattern]}, withText, true)).toBe('yes')
  })

  it('are plain text in a policy of the old version', () => {
    const literally: CallContext = () => is('${aws:username}')
    expect(holds({operator: 'StringEquals', key: 'k', values: ['${aws:username}']}, literally, false)).toBe('yes')
  })

  it('match nothing without a value, and are unknown with an unknown value', () => {
    expect(judge('StringEquals', 'name', '${gone}')).toBe('no')
    expect(judge('StringEquals', 'name', '${open}')).toBe('unknown')
  })

  it.each([
    ['StringEquals', ['${open}', 'web'], 'yes'],
    ['StringLike', ['${open}', 'w*'], 'yes'],
    ['StringNotEquals', ['${open}', 'web'], 'no'],
    ['StringEquals', ['${open}', 'db'], 'unknown'],
    ['StringNotEquals', ['${open}', 'db'], 'unknown'],
  ] as const)('that are unknown do not make %s %j unknown if another value decides', (operator, values, expected) => {
    expect(judge(operator, 'name', ...values)).toBe(expected)
  })

  it.each([
    ['NumericEquals', 'number', 'unknown'],
    ['DateEquals', 'time', 'unknown'],
    ['IpAddress', 'address', 'unknown'],
    ['Null', 'number', 'unknown'],
    ['Bool', 'flag', 'no'],
    ['BinaryEquals', 'name', 'no'],
  ])('are not filled in for %s', (operator, key, expected) => {
    expect(judge(operator, key, `\${${key}}`)).toBe(expected)
  })

  it.each(['ArnEquals', 'ArnLike'])('are filled in for %s', (operator) => {
    expect(judge(operator, 'arn', '${arn}')).toBe('yes')
  })

  it('do not add wildcards through their values', () => {
    expect(judge('StringLike', 'name', '${star}')).toBe('no')
    expect(judge('StringLike', 'star', '${star}')).toBe('yes')
  })
})
