import type {UnreadKind} from '../../diagnosis/report.ts'
import {capital, firstOf} from '../../util/list-in-words.ts'
import {plain} from '../../util/plain-text.ts'

/** What could not be read and why, with the permission that would help unless the reason names it. */
export const unreadText = ({kind, reason, permission, action}: UnreadKind): string =>
  plain(`${kind}: ${reason}${permission === null || action !== undefined ? '' : ` (needs ${permission})`}`)

const MAX_KINDS = 3

/** In one line: what could not be read, with the permissions that would help, or else the first reason. */
export function unreadSummary(unreadable: readonly UnreadKind[]): string {
  const kinds = unreadable.map(({kind, permission}) => (permission === null ? kind : `${kind} (${permission})`))
  const reason = unreadable.find(({permission}) => permission === null)?.reason
  return `Could not be read: ${firstOf(kinds, MAX_KINDS, '; ')}.${reason === undefined ? '' : ` ${capital(reason).replace(/\.?$/, '.')}`}`
}
