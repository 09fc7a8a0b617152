import type {ChecklistStep, Report} from '../../diagnosis/report.ts'
import {rootCauseOf} from '../../diagnosis/root-cause.ts'
import {countBy} from '../../util/count-by.ts'
import {counted} from '../../util/counted.ts'
import {plain} from '../../util/plain-text.ts'
import {labelOf, linesOf} from '../checklist.ts'
import {briefFlowLines} from './flow-logs.ts'
import {verdictLines} from './head.ts'
import {deadHopLines} from './paths.ts'
import {brokeLines} from './since-when.ts'
import {PIPE, type Terminal} from './terminal.ts'
import {unreadSummary} from './unread.ts'
import {columnsOf, indented, shorten} from './width.ts'

/** A terminal of 24 rows shows it with the command line above and the prompt below. */
const MAX_ROWS = 20
const MAX_FOR_CAUSE = 5
const MAX_FOR_HOP = 4
const MAX_FOR_FLOW = 4
const MAX_FOR_HISTORY = 3
const MAX_FOR_UNREAD = 3

/** The verdict, the root cause, the hop where the path ends, and the first step with its commands. */
export function briefReport(report: Report, terminal: Terminal): string {
  const lines = reportLines(report, terminal)
  const shown = fittingCount(reportLines(report, {...terminal, paint: PIPE.paint}), terminal.columns)
  const left = lines.length - shown
  const more = left > 0 ? [`  … ${counted(left, 'more line')} without --brief`] : []
  return [...lines.slice(0, shown), ...more].join('\n')
}

const reportLines = (report: Report, terminal: Terminal): readonly string[] => [
  ...cut(verdictLines(report, terminal), MAX_FOR_CAUSE),
  ...cut(brokeLines(report, terminal), MAX_FOR_HISTORY),
  ...cut(unreadLines(report, terminal), MAX_FOR_UNREAD),
  ...cut(deadHopLines(report, terminal), MAX_FOR_HOP),
  ...cut(briefFlowLines(report, terminal), MAX_FOR_FLOW),
  ...stepLines(report.checklist, terminal),
]

/** What could not be read is why no cause is found, or why the verdict is undecided although there is one. */
const unreadLines = (report: Report, {columns}: Terminal): readonly string[] =>
  report.unreadable.length > 0 &&
  (report.verdict === 'undecided' || (report.verdict !== 'managed' && !rootCauseOf(report)))
    ? indented(plain(unreadSummary(report.unreadable)), columns, 2)
    : []

const cut = (lines: readonly string[], most: number): readonly string[] =>
  lines.length <= most ? lines : [...lines.slice(0, most - 1), `${lines[most - 1]} …`]

function stepLines(checklist: readonly ChecklistStep[], {columns, paint}: Terminal): readonly string[] {
  const [first, ...others] = checklist
  if (!first) return []
  const count = others.length === 0 ? '' : ` 1 of ${checklist.length}`
  return [
    ...indented(`${labelOf(first)}${count}: ${first.title}`, columns, 2),
    ...linesOf(first)
      .filter((line) => line !== '')
      .map((line) => `  ${paint('cyan', plain(line))}`),
    ...(first.docs === '' ? [] : [`  ${paint('dim', plain(first.docs))}`]),
    ...others.map(({title}, at) => `  ${shorten(plain(`${at + 2}. ${title}`), columns - 2)}`),
  ]
}

/**
 * How many lines fit, with one row reserved for the last line if some do not. A long command is wrapped by the
 * terminal.
 */
function fittingCount(lines: readonly string[], columns: number): number {
  const rows = lines.map((line) => Math.max(1, Math.ceil(columnsOf(line) / columns)))
  const upTo = (end: number): number => rows.slice(0, end).reduce((sum, count) => sum + count, 0)
  if (upTo(rows.length) <= MAX_ROWS) return lines.length
  return rows.findIndex((_, at) => upTo(at + 1) > MAX_ROWS - 1)
}

/** How many of several instances have each verdict. */
export function summaryLine(reports: readonly Report[]): string {
  const counts = countBy(reports, ({verdict}) => verdict)
  return `${reports.length} instances: ${[...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`
}
