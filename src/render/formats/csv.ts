import {type Audit, type AuditedInstance, type Group, groupIdOf, rootOf} from '../../audit/report.ts'
import {plain} from '../../util/plain-text.ts'
import {catalogEntryOf, groupsById, isInspection} from '../audit-facts.ts'
import {linesOf} from '../checklist.ts'

/** A cell is one line, or several. */
type Column = readonly [string, (instance: AuditedInstance) => string | readonly string[] | null | undefined]

const COLUMNS: readonly Column[] = [
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
  ['causes', ({causes}) => causes.map(groupIdOf).join('; ')],
]

const OF_INSPECTOR: readonly Column[] = [
  ['inspector_coverage', ({inspector}) => inspector?.coverage],
  ['inspector_status', ({inspector}) => inspector?.status],
  ['inspector_reason', ({inspector}) => inspector?.reason],
  ['inspector_scan_mode', ({inspector}) => inspector?.scanMode],
  ['inspector_last_scanned', ({inspector}) => inspector?.lastScanned],
  ['inspector_meaning', ({inspector}) => inspector?.meaning],
  ['associations', ({inspector}) => inspector?.associations.map(({name, status}) => `${name}: ${status}`).join('; ')],
  ['change', ({inspector}) => inspector?.change],
]

/** The fix of the root cause, with its commands and the AWS page. */
const OF_FIX = (groups: ReadonlyMap<string, Group>): readonly Column[] => {
  const changeOf = (instance: AuditedInstance) => {
    const root = rootOf(instance)
    return root && groups.get(groupIdOf(root))?.change
  }
  return [
    ['fix', (instance) => changeOf(instance)?.title],
    ['commands', (instance) => linesOf(changeOf(instance) ?? {commands: []})],
    ['docs', ({rootCause}) => (rootCause === null ? null : catalogEntryOf(rootCause).docs)],
  ]
}

const textOf = (cell: string | readonly string[] | null | undefined): string =>
  typeof cell === 'string' ? plain(cell) : (cell ?? []).map(plain).join('\n')

/** A line for each instance. https://www.rfc-editor.org/rfc/rfc4180 */
export function csvAudit(audit: Audit): string {
  const fix = OF_FIX(groupsById(audit))
  const columns = isInspection(audit) ? [...COLUMNS, ...OF_INSPECTOR, ...fix] : [...COLUMNS, ...fix]
  return [columns.map(([name]) => name), ...audit.instances.map((one) => columns.map(([, cell]) => textOf(cell(one))))]
    .map((cells) => cells.map(safeCell).join(','))
    .join('\r\n')
}

/**
 * Spreadsheets interpret what starts with one of these as a formula, also after spaces and in their full-width forms;
 * names and tags are untrusted. https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|^[\s\p{Cc}]/u

export function safeCell(text: string): string {
  const cell = FORMULA.test(text) ? `'${text}` : text
  return /[",;\r\n\t']/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
