import fc from 'fast-check'
import {expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import type {Report} from '../../src/diagnosis/report.ts'
import type {Account, Kind} from '../../src/model/account.ts'
import {KINDS} from '../../src/model/kinds.ts'
import {accounts} from '../support/remedies-of.ts'
import {ACCOUNTS} from './accounts.ts'
import {asSeen, idOf, liesIn} from './less-decided.ts'

const REFUSED = {unreadable: 'AccessDenied: no (needs ec2:Describe)', error: 'AccessDenied', action: 'ec2:Describe'}
const SOME = KINDS.filter((kind) => kind !== 'Instances')
const all: readonly (readonly [string, Account])[] = [
  ...Object.entries(ACCOUNTS),
  ...accounts.map(({name, account}) => [name, account] as const),
]

/**
 * What counts even if something was not read: a missing profile where host management is not known, as likely; that
 * nothing but the agent is left, as likely, while status checks are not known; that an endpoint stands in one zone only;
 * and that everything is fixed, whatever sessions require.
 */
const COUNTS: Readonly<Partial<Record<Kind, RegExp>>> = {
  ServiceSettings: /^(?:iam\.no-\S+ of \S+, likely|instance-profile: |role-permissions: |verified$)/,
  InstanceStatuses: /^os\.agent-not-running of \S+, likely$/,
  SessionPreferences: /^verified$/,
}
const countsAlways = (lie: string) => /^endpoint\.single-az /.test(lie)

const liesWithout = (account: Account, whole: Report, kinds: readonly Kind[]): readonly string[] =>
  liesIn(
    whole,
    asSeen(examine({...account, ...Object.fromEntries(kinds.map((kind) => [kind, REFUSED]))}, idOf(account))),
  ).filter((lie) => !countsAlways(lie) && !kinds.some((kind) => COUNTS[kind]?.test(lie)))

const wholes = new Map(all.map(([, account]) => [account, examine(account, idOf(account))]))

/** A fifth of the kinds for each account; all of them with MATRIX=full, which the nightly run sets. */
const FULL = process.env.MATRIX === 'full'

it('whatever kind is missing in whatever account: less is decided, nothing wrongly', () => {
  const lies = all.flatMap(([name, account], at) =>
    SOME.filter((_, n) => FULL || (at + n) % 5 === 0).flatMap((kind) =>
      liesWithout(account, wholes.get(account) as Report, [kind]).map((lie) => `${name}, without ${kind}: ${lie}`),
    ),
  )
  expect(lies).toEqual([])
})

it(
  'and whatever kinds are missing together',
  () => {
    const asked = fc.tuple(fc.constantFrom(...all), fc.subarray(SOME, {minLength: 2, maxLength: 8}))
    fc.assert(
      fc.property(asked, ([[, account], kinds]) => {
        expect(liesWithout(account, wholes.get(account) as Report, kinds)).toEqual([])
      }),
      {numRuns: FULL ? 5000 : 300},
    )
  },
  FULL ? 600_000 : 60_000,
)
