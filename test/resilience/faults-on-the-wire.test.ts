import {describe, expect, it} from 'vitest'
import type {Aws} from '../../src/collect/client/aws.ts'
import {isAccessError} from '../../src/collect/client/errors.ts'
import {collect} from '../../src/collect/collect.ts'
import {collectRegion} from '../../src/collect/whole-region.ts'
import type {Account} from '../../src/model/account.ts'
import {textReport} from '../../src/render/text/report.ts'
import {PIPE} from '../../src/render/text/terminal.ts'
import {memo} from '../../src/util/memo.ts'
import {INSTANCE} from '../support/network.ts'
import {ACCOUNTS} from './accounts.ts'
import {cachedClients, type Examined} from './examined.ts'
import {FAULTS, type Fault, MORE} from './faults.ts'
import {liesIn, saysLess} from './less-decided.ts'

/** Every reason for which something is missing in the account. */
function reasonsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => (key === 'unreadable' ? [String(one)] : reasonsIn(one)))
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for them
const UNFIT = /\n\s+at |[\u0000-\u0009\u000b-\u001f\u202e]/

const isFit = memo(
  (report: Examined['report']): boolean => !UNFIT.test(textReport(report, {terminal: PIPE, verbose: true})),
)

/** What is wrong with the outcome of a run in which one action met one fault. */
function complaints(whole: Examined, {found, report}: Examined, action: string, fault: Fault): readonly string[] {
  const before = reasonsIn(whole.found)
  const reasons = reasonsIn(found).filter((reason) => !before.includes(reason))
  const help = fault.help?.(action)
  const names = report.unreadable.some(({permission}) => permission === action)
  return [
    ...liesIn(whole.report, report),
    ...(saysLess(whole.report, report) && report.unreadable.length === 0 ? ['says less and not why'] : []),
    ...(isFit(report) ? [] : ['prints what is not fit for a terminal']),
    ...reasons.filter((reason) => reason === '' || reason.length > 700 || UNFIT.test(reason)),
    ...(help === undefined || reasons.length === 0 || reasons.some((one) => one.includes(help)) ? [] : [`no ${help}`]),
    ...(fault.name === 'refused' && report.unreadable.length > 0 && !names ? ['does not name the permission'] : []),
  ]
}

/** Credentials that AWS no longer accepts end the run in one sentence; nothing else does. */
const isFairEnd = (error: unknown, action: string, {name}: Fault): boolean =>
  isAccessError(error) && action === 'sts:GetCallerIdentity' && name === 'expired token' && !UNFIT.test(error.message)

type Read = (aws: Aws) => Promise<Account>

/** Every action meets every fault on two of the accounts; in all of them with MATRIX=full, which the nightly run sets. */
const isTurn = (account: number, action: number, fault: number): boolean =>
  process.env.MATRIX === 'full' || (account + action + fault) % 4 === 0

async function throughTheFaults(name: string, account: Account, read: Read) {
  const eyes = await cachedClients(account)
  const whole = await eyes.during([], MORE, read)
  const turn = Object.keys(ACCOUNTS).indexOf(name)
  const wrong = new Set<string>()
  for (const [a, action] of [...eyes.asked].sort().entries())
    for (const [f, fault] of FAULTS.entries()) {
      if (!isTurn(turn, a, f)) continue
      const part = await eyes.during([action], fault, read).catch((error: unknown) => ({error}))
      const found = 'error' in part ? ends(part.error, action, fault) : complaints(whole, part, action, fault)
      for (const one of found) wrong.add(`${action}: ${one}`)
    }
  return {asked: eyes.asked, wrong: [...wrong]}
}

const ends = (error: unknown, action: string, fault: Fault): readonly string[] =>
  isFairEnd(error, action, fault) ? [] : [`${fault.name} ends with ${error}`]

const READS: readonly (readonly [string, Read])[] = [
  ['one instance', (aws) => collect(aws, [INSTANCE], {inspector: true})],
  ['a Region', (aws) => collectRegion(aws, {inspector: true})],
]

describe.each(READS)(
  'whatever call for %s fails, and however: less is decided, nothing wrongly, and the reason is shown',
  (_, read) => {
    it.each(Object.entries(ACCOUNTS))('%s', async (name, account) => {
      const {asked, wrong} = await throughTheFaults(name, account, read)
      expect(asked.size).toBeGreaterThan(30)
      expect(wrong).toEqual([])
    })
  },
)
