import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {literal, matches, matchesAction, matchesArn, readable} from '../../../src/iam/policy/wildcard.ts'

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
describe('wildcards', () => {
  it.each([
    ['*', '', true],
    ['*', 'anything', true],
    ['ab*', 'ab', true],
    ['ab*', 'a', false],
    ['*c', 'abc', true],
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'acb', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*a?', 'xxab', true],
    ['a*a', 'a', false],
    ['a**a', 'aa', true],
    ['*b?d*', 'aabcdd', true],
    ['', '', true],
    ['', 'a', false],
    ['a.c', 'abc', false],
  ])('%j on %j is %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected)
  })

  it('are case-sensitive in resources, but not in actions', () => {
    expect(matches('arn:aws:S3:::b', 'arn:aws:s3:::b')).toBe(false)
    expect(matchesAction('SSM:updateINSTANCE*', 'ssm:UpdateInstanceInformation')).toBe(true)
  })

  it('keep literal stars', () => {
    expect(matches(literal('a*'), 'a*')).toBe(true)
    expect(matches(literal('a*'), 'ab')).toBe(false)
    expect(readable(literal('a*?'))).toBe('a*?')
  })

  it('agree with a direct implementation', () => {
    const plain = (pattern: string, text: string): boolean => {
      if (pattern === '') return text === ''
      if (pattern[0] === '*') return plain(pattern.slice(1), text) || (text !== '' && plain(pattern, text.slice(1)))
      return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && plain(pattern.slice(1), text.slice(1))
    }
    const pattern = fc.string({unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8})
    const text = fc.string({unit: fc.constantFrom('a', 'b'), maxLength: 8})
    fc.assert(
      fc.property(pattern, text, (p, t) => matches(p, t) === plain(p, t)),
      {numRuns: 2000},
    )
  })

  it('never backtrack, however many stars a hostile pattern has', () => {
    expect(matches(`${'a*'.repeat(20_000)}b`, 'a'.repeat(50_000))).toBe(false)
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
describe('ARNs in conditions', () => {
  it.each([
    ['arn:aws:iam::111122223333:role/*', 'arn:aws:iam::111122223333:role/a/b', true],
    ['arn:aws:iam::*:role/web', 'arn:aws:iam::111122223333:role/web', true],
    ['arn:aws:*:role/web', 'arn:aws:iam::111122223333:role/web', false],
    ['arn:*:iam::111122223333:role/web', 'arn:aws-cn:iam::111122223333:role/web', true],
    ['arn:aws:iam::111122223333:role/web', 'no arn', false],
    ['*', 'arn:aws:iam::111122223333:role/web', true],
  ])('%s on %s is %s', (pattern, arn, expected) => {
    expect(matchesArn(pattern, arn)).toBe(expected)
  })
})
