import type {UnreadKind} from '../../diagnosis/report.ts'
import {plain} from '../../util/plain-text.ts'

/** What could not be read and why, with the permission that would help unless the reason names it. */
export const unreadText = ({kind, reason, permission, action}: UnreadKind): string =>
  plain(`${kind}: ${reason}${permission === null || action !== undefined ? '' : ` (needs ${permission})`}`)
