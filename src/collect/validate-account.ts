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

/** Why an item is not what its kind is; undefined when it is. */
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
 * The account as an account file may hold it: text is text, and a number a number. The SDK hands on whatever JSON held;
 * an item of another shape is left out, and its kind says so.
 */
export function validateAccount(account: Account): Account {
  const entries = KINDS.map((kind) => [kind, fitted(kind, account[kind])])
  return {...account, ...Object.fromEntries(entries)}
}
