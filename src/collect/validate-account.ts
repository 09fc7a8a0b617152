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
import {KINDS} from '../model/kinds.ts'
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

function fitted(kind: Kind, items: Reading<unknown>): Reading<unknown> {
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
