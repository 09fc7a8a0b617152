import {type Account, isOfOtherOwner, isUnreadable, type Kind, type Unreadable} from '../model/account.ts'
import {describedBy} from '../model/kinds.ts'
import {actionsFor} from '../model/permissions.ts'
import {isRefusalName} from '../model/refusals.ts'
import type {UnreadKind} from './report.ts'

/**
 * For a kind that takes several calls, the permission of the denied one. None would help if the list was read and lacks
 * an item: it is not visible to this account, or a Route 53 Profile names it and it is read by its id.
 */
export function unreadKind(account: Account, kind: Kind): UnreadKind {
  const {why, list} = whyUnread(account[kind]) ?? {}
  if (why === undefined)
    return {kind, reason: 'part of it could not be read', permission: describedBy(kind).byId?.action ?? null}
  const {unreadable: reason, error, action} = why
  const reading = describedBy(kind).calls.find((call) => call.list !== undefined && call.list === list)?.action
  const allowing = action ?? reading ?? actionsFor([kind])[0] ?? null
  const permission = error === undefined || isRefusalName(error) ? allowing : null
  return {kind, reason, permission, ...(action !== undefined && {action}), ...(error !== undefined && {error})}
}

interface Unread {
  readonly why: Unreadable
  /** The field of the list inside an item. */
  readonly list?: string | undefined
}

/**
 * A kind, one of its items, or a list inside an item, as deep as the domains of a rule of a firewall rule group. A field
 * of that name in what someone else wrote, such as a policy document, may have any value.
 */
function whyUnread(value: unknown, list?: string, depth = 6): Unread | undefined {
  if (isUnreadable(value) && typeof value.unreadable === 'string') return {why: value, list}
  if (typeof value !== 'object' || value === null || depth === 0) return undefined
  let ofOtherOwner: Unread | undefined
  for (const [field, part] of Object.entries(value)) {
    const unread = whyUnread(part, field, depth - 1)
    if (unread !== undefined && !isOfOtherOwner(unread.why)) return unread
    ofOtherOwner ??= unread
  }
  return ofOtherOwner
}
