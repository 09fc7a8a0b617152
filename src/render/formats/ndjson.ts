import type {Audit} from '../../audit/report.ts'
import {jsonText} from './json.ts'

/** One object per line, with a `type` field, for tools that read line by line. */
export function ndjsonAudit(audit: Audit): string {
  const {schema, readAt, totals, scopes, groups, instances, unreadable, suppressed, expired, changes} = audit
  const lines: object[] = [
    {type: 'audit', schema, readAt, totals},
    ...scopes.map((one) => ({type: 'scope', ...one})),
    ...groups.map((one) => ({type: 'group', ...one})),
    ...instances.map((one) => ({type: 'instance', ...one})),
    ...unreadable.map((one) => ({type: 'unreadable', ...one})),
    ...suppressed.map((one) => ({type: 'suppressed', ...one})),
    ...expired.map((one) => ({type: 'expired', ...one})),
    ...(changes?.instances ?? []).map((one) => ({type: 'change', ...one})),
  ]
  return lines.map((line) => jsonText(line, 0)).join('\n')
}
