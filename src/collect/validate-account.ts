import {ITEMS} from '../account-file/kinds.ts'
import {reading, unreadableAnswer} from '../account-file/schema.ts'
import {
  type Account,
  isUnreadable,
  itemsOf,
  type Kind,
  type Reading,
  type Unreadable,
  whyUnreadable,
} from '../model/account.ts'
import {describedBy, KINDS} from '../model/kinds.ts'
import {compare} from '../util/compare.ts'
import {isObject, type JsonObject} from '../util/json.ts'
import {isUsageError} from '../util/usage-error.ts'

/** Why an item does not match its kind; undefined if it does. */
function whyNot(kind: Kind, item: unknown): Unreadable | undefined {
  try {
    reading(kind, () => ITEMS[kind](item))
    return undefined
  } catch (error) {
    if (!isUsageError(error)) throw error
    return unreadableAnswer(error.message)
  }
}

/**
 * AWS returns an item again on a later page if the list changes in between; the later one is newer. Otherwise an audit
 * would count an instance twice.
 */
function once(kind: Kind, reading: Reading<unknown>): Reading<unknown> {
  const all = itemsOf(reading)
  const {key} = describedBy(kind)
  if (key === undefined) return reading
  const byKey = new Map(all.map((item) => [(isObject(item) && item[key]) || item, item]))
  if (byKey.size === all.length) return reading
  const known = [...byKey.values()]
  return isUnreadable(reading) ? {...reading, known} : known
}

function fitted(kind: Kind, reading: Reading<unknown>): Reading<unknown> {
  const items = once(kind, reading)
  const all = itemsOf(items)
  const gaps = all.map((item) => whyNot(kind, item))
  const gap = gaps.find((why) => why !== undefined)
  if (gap === undefined) return items
  return {
    ...(isUnreadable(items) ? whyUnreadable(items) : gap),
    known: all.filter((_, at) => gaps[at] === undefined),
  }
}

/**
 * The account as an account file can contain it: with the types of each field. The SDK passes on whatever the JSON
 * contained; an item of another shape is omitted, and its kind is marked as partial.
 */
export function validateAccount(account: Account): Account {
  const entries = KINDS.map((kind) => [kind, fitted(kind, account[kind])])
  return {...account, ...Object.fromEntries(entries)}
}

/**
 * The account with each list in the order of its ids. AWS returns items in no fixed order; in this one two snapshots
 * can be compared line by line, and an audit finds what belongs to an instance without an index.
 */
export const sortedById = (account: Account): Account => ({
  ...account,
  ...Object.fromEntries(KINDS.map((kind) => [kind, sorted(kind, account[kind])])),
})

function sorted(kind: Kind, reading: Reading<unknown>): Reading<unknown> {
  const {key} = describedBy(kind)
  if (key === undefined || isUnreadable(reading)) return reading
  const keyOf = (item: unknown): string => String((item as JsonObject)[key])
  return reading.toSorted((a, b) => compare(keyOf(a), keyOf(b)))
}
