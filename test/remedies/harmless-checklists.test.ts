import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Account} from '../../src/model/account.ts'
import {runs} from '../oracle/runs.ts'
import {ACCOUNTS} from '../resilience/accounts.ts'
import {breakages} from '../support/network-breakages.ts'
import {accountAtRandom} from '../support/random-accounts.ts'
import {accounts} from '../support/remedies-of.ts'
import {offerFor, RULES} from './harms.ts'

const all: readonly (readonly [string, Account])[] = [
  ...breakages.map(({name, account}) => [name, account] as const),
  ...accounts.map(({name, account}) => [name, account] as const),
  ...Object.entries(ACCOUNTS),
]

describe.each(all)('a checklist for %s', (_, account) => {
  const offer = offerFor(account)
  it.each(Object.keys(RULES))('%s', (rule) => expect(RULES[rule]!(offer)).toEqual([]))
})

it('every checklist of an account at random keeps the rules', () => {
  fc.assert(
    fc.property(accountAtRandom, (account) => {
      const offer = offerFor(account)
      for (const [rule, harms] of Object.entries(RULES)) expect(harms(offer), rule).toEqual([])
    }),
    {numRuns: runs(250)},
  )
})
