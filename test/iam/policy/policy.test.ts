import fc from 'fast-check'
import {expect, it} from 'vitest'
import {UNKNOWN} from '../../../src/iam/policy/context.ts'
import {evaluate} from '../../../src/iam/policy/evaluate.ts'
import {policyOf} from '../../../src/iam/policy/policy.ts'
import type {PolicyDocument} from '../../../src/model/account.ts'

const WORDS = [
  'Statement',
  'Version',
  'Effect',
  'Allow',
  'Deny',
  'Action',
  'NotAction',
  'Resource',
  'Principal',
  'AWS',
  'Condition',
  'StringEquals',
  'Null',
  '*',
  '__proto__',
  'constructor',
]
const word = fc.oneof(fc.constantFrom(...WORDS), fc.string())
const {tree} = fc.letrec<{tree: unknown}>((tie) => ({
  tree: fc.oneof(
    {maxDepth: 5},
    word,
    fc.constantFrom(null, true, 7),
    fc.array(tie('tree'), {maxLength: 3}),
    fc.dictionary(word, tie('tree'), {maxKeys: 4}),
  ),
}))

it('accepts any document', () => {
  fc.assert(
    fc.property(tree, (value) => {
      const policy = policyOf(value as PolicyDocument)
      const answer = evaluate(
        {identity: [{name: 'p', kind: 'inline', policy}]},
        {action: 'ssm:GetDocument', resource: '*', context: () => UNKNOWN, caller: {account: '111122223333'}},
      )
      expect(['allowed', 'denied', 'unknown']).toContain(answer.decision)
    }),
    {numRuns: 3000},
  )
})

it('keeps the position of each statement, including malformed ones', () => {
  const Statement = [{Effect: 'Allow', Action: 'ssm:*', Resource: '*'}, 7, {Effect: 'Deny', Action: 'ssm:*', Sid: 'No'}]
  const {statements, malformed} = policyOf({Statement})
  expect(statements.map(({index, sid}) => [index, sid])).toEqual([
    [0, undefined],
    [2, 'No'],
  ])
  expect(malformed).toEqual([{index: 1, why: 'is not an object'}])
})

it('parses a document once', () => {
  const document = {Statement: []}
  expect(policyOf(document)).toBe(policyOf(document))
})
