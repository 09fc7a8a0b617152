import type {Audit} from '../../audit/report.ts'
import {jsonText} from './json.ts'

/** One object per line, with a `type` field, for tools that read line by line. */
export function ndjsonAudit(audit: Audit): string {
  const {schema, readAt, totals, scopes, groups, instances, unreadable, suppressed, expired, changes} = audit
  const change = changes?.instances ?? []
  const items = {scope: scopes, group: groups, instance: instances, unreadable, suppressed, expired, change}
  const lines: object[] = Object.entries(items).flatMap(([type, all]) => all.map((one) => ({type, ...one})))
  return [{type: 'audit', schema, readAt, totals}, ...lines].map((line) => jsonText(line, 0)).join('\n')
}
