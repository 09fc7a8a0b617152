import type {Audit, AuditedInstance} from '../doctor/audit-report.ts'
import {rootOf} from './audit-facts.ts'

const COLUMNS: readonly (readonly [string, (instance: AuditedInstance) => string | null | undefined])[] = [
  ['id', ({id}) => id],
  ['name', ({name}) => name],
  ['account', ({account}) => account],
  ['region', ({region}) => region],
  ['vpc', ({vpc}) => vpc],
  ['owner', ({owner}) => owner],
  ['verdict', ({verdict}) => verdict],
  ['root_cause', ({rootCause}) => rootCause],
  ['resource', (instance) => rootOf(instance)?.resource],
  ['severity', (instance) => rootOf(instance)?.severity],
  ['causes', ({causes}) => causes.map(({id, resource}) => `${id}@${resource}`).join('; ')],
]

/** A line for each instance. https://www.rfc-editor.org/rfc/rfc4180 */
export const csvAudit = ({instances}: Audit): string =>
  [COLUMNS.map(([name]) => name), ...instances.map((one) => COLUMNS.map(([, cell]) => cell(one) ?? ''))]
    .map((cells) => cells.map(safeCell).join(','))
    .join('\r\n')

/**
 * Spreadsheets take what starts with one of these for a formula, also behind spaces and in their full-width forms; names
 * and tags are written by whoever may. https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|^[\s\p{Cc}]/u

export function safeCell(text: string): string {
  const tame = FORMULA.test(text) ? `'${text}` : text
  return /[",;\r\n\t']/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame
}
