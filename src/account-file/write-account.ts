import {type Account, isUnreadable} from '../model/account.ts'
import {KINDS} from '../model/kinds.ts'
import {guardStackOverflow} from '../util/usage-error.ts'
import {FORMAT} from './parse-accounts.ts'

const json = (value: unknown): string => guardStackOverflow(() => JSON.stringify(value) ?? 'null')

/** AWS has one document or none; the examination has a list. */
function preferences({SessionPreferences}: Account): unknown {
  return isUnreadable(SessionPreferences) ? SessionPreferences : (SessionPreferences[0] ?? null)
}

/** Every item on its own line, so snapshots can be compared and searched line by line. */
function* linesOfList(key: string, items: readonly unknown[], end: string): Generator<string> {
  if (items.length === 0) return yield `  ${json(key)}: []${end}`
  yield `  ${json(key)}: [`
  for (const [at, item] of items.entries()) yield `    ${json(item)}${at === items.length - 1 ? '' : ','}`
  yield `  ]${end}`
}

/** The account file line by line, for files that are longer than one string can be. */
export function* accountLines(account: Account): Generator<string> {
  const {Partition, Region, ReadAt, Caller} = account
  yield '{'
  for (const [key, value] of Object.entries({Format: FORMAT, Partition, Region, ReadAt, Caller}))
    if (value !== undefined) yield `  ${json(key)}: ${json(value)},`
  for (const [at, kind] of KINDS.entries()) {
    const end = at === KINDS.length - 1 ? '' : ','
    const reading: unknown = kind === 'SessionPreferences' ? preferences(account) : account[kind]
    if (Array.isArray(reading)) yield* linesOfList(kind, reading, end)
    else yield `  ${json(kind)}: ${json(reading)}${end}`
  }
  yield '}'
}

/** The account as an account file; reading it returns the same account. */
export const writeAccount = (account: Account): string => `${[...accountLines(account)].join('\n')}\n`
