import {type Account, isUnreadable, type Kind, type Reading} from '../model/account.ts'
import {describedBy, KINDS} from '../model/kinds.ts'
import {compare} from '../util/compare.ts'
import type {JsonObject} from '../util/json.ts'

function sorted(kind: Kind, reading: Reading<unknown>): Reading<unknown> {
  if (isUnreadable(reading)) return reading
  const {key} = describedBy(kind)
  if (key === undefined) return reading
  const keyOf = (item: unknown): string => String((item as JsonObject)[key])
  return reading.toSorted((a, b) => compare(keyOf(a), keyOf(b)))
}

/**
 * The account with each list in the order of its ids. AWS returns items in no fixed order; in this one two snapshots
 * can be compared line by line, and an audit finds what belongs to an instance without an index.
 */
export const sortedById = (account: Account): Account => ({
  ...account,
  ...Object.fromEntries(KINDS.map((kind) => [kind, sorted(kind, account[kind])])),
})
