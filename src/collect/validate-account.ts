import {ITEMS, KINDS} from '../account-file/kinds.ts'
import {reading} from '../account-file/schema.ts'
import type {Account, Kind, Reading} from '../model/account.ts'
import {isUnreadable} from '../model/account.ts'
import {isUsageError} from '../util/usage-error.ts'

/** Why an item is not what its kind is; undefined when it is. */
function whyNot(kind: Kind, item: unknown): string | undefined {
  try {
    reading(kind, () => ITEMS[kind](item))
    return undefined
  } catch (error) {
    if (isUsageError(error)) return `IncompleteAnswer: ${error.message}`
    throw error
  }
}

function fitted(kind: Kind, items: Reading<unknown>): Reading<unknown> {
  const all = isUnreadable(items) ? (items.known ?? []) : items
  const gaps = all.map((item) => whyNot(kind, item))
  const gap = gaps.find((why) => why !== undefined)
  if (gap === undefined) return items
  return {
    unreadable: isUnreadable(items) ? items.unreadable : gap,
    known: all.filter((_, at) => gaps[at] === undefined),
  }
}

/**
 * The account as an account file may hold it: text is text, and a number a number. The SDK hands on whatever JSON held;
 * an item that is of another shape tells nothing, and its kind says so.
 */
export function validateAccount(account: Account): Account {
  const entries = KINDS.map((kind) => [kind, fitted(kind, account[kind])])
  return {...account, ...Object.fromEntries(entries)}
}
