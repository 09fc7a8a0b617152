import type {CheckResult, Report, ReportedCause} from '../doctor/report.ts'
import {plain} from './plain.ts'
import {MARK_OF_STATUS, markOf, markWidth, type Terminal} from './terminal.ts'
import {columnsOf, padTo, wrap} from './width.ts'

interface Options {
  readonly terminal: Terminal
  readonly verbose?: boolean
}

/** Facts beyond these wait for `--verbose`: one fault fits on one screen. */
const FACTS_SHOWN = 3

/** Every check in order, with its mark. What is fine is named and no more; facts stand under what is not. */
export function checksSection(report: Report, options: Options): readonly string[] {
  if (report.checks.length === 0) return []
  const lines: string[] = []
  let fine: CheckResult[] = []
  for (const check of report.checks) {
    const causes = report.causes.filter((cause) => cause.check === check.id)
    if (!options.verbose && isFine(check, causes)) fine.push(check)
    else {
      lines.push(...flow(fine, options.terminal), ...fullCheck(check, causes, options))
      fine = []
    }
  }
  return [options.terminal.paint('bold', 'Checks'), ...lines, ...flow(fine, options.terminal)]
}

const isFine = ({status}: CheckResult, causes: readonly ReportedCause[]): boolean =>
  (status === 'pass' || status === 'skip') && causes.length === 0

/** Checks that need no words, side by side. */
function flow(checks: readonly CheckResult[], terminal: Terminal): readonly string[] {
  const lines: string[] = []
  let line = ''
  let used = 0
  for (const {id, status} of checks) {
    const columns = markWidth(terminal) + columnsOf(id) + 3
    if (line !== '' && used + columns > terminal.columns - 2) {
      lines.push(line)
      line = ''
      used = 0
    }
    line += `${line === '' ? '  ' : '  '}${aligned(markOf(MARK_OF_STATUS[status], terminal), terminal, line === '')} ${id}`
    used += columns
  }
  return line === '' ? lines : [...lines, line]
}

const aligned = (mark: string, terminal: Terminal, first: boolean): string =>
  first && !terminal.symbols ? padTo(markWidth(terminal), mark) : mark

function fullCheck(check: CheckResult, causes: readonly ReportedCause[], options: Options): readonly string[] {
  const {terminal, verbose} = options
  const mark = padTo(markWidth(terminal), '').slice(columnsOf(bareMark(check, terminal)))
  const head = `  ${markOf(MARK_OF_STATUS[check.status], terminal)}${mark} ${check.id}: ${plain(check.title)}`
  const notes = verbose || check.status === 'unknown' || check.status === 'skip' ? check.notes : []
  return [
    head,
    ...causes.flatMap((cause) => causeLines(cause, options)),
    ...notes.flatMap((note) => indented(note, options)),
  ]
}

const bareMark = ({status}: CheckResult, {symbols}: Terminal): string =>
  markOf(MARK_OF_STATUS[status], {columns: 0, symbols, paint: (_, text) => text})

const SEVERITY_WORDS: Readonly<Record<ReportedCause['severity'], string>> = {
  blocks: 'blocks',
  degrades: 'degrades',
  undecided: 'undecided',
  advises: 'advice',
  symptom: 'seen',
}

function causeLines(cause: ReportedCause, options: Options): readonly string[] {
  const {terminal, verbose} = options
  const sure = cause.certainty === 'proven' ? '' : `, ${cause.certainty}`
  const later = cause.revealedBy === undefined ? '' : ` (seen once step ${cause.revealedBy + 1} is done)`
  const said = `${SEVERITY_WORDS[cause.severity]}${sure}: ${cause.message}${later} [${cause.id}]`
  const facts = cause.severity === 'advises' && !verbose ? [] : cause.evidence
  const shown = verbose ? facts : facts.slice(0, FACTS_SHOWN)
  const more = facts.length - shown.length
  return [
    ...indented(said, options),
    ...shown.flatMap(({fact, source}) =>
      indented(`${fact} (${source})`, options, '  · ').map((line) => terminal.paint('dim', line)),
    ),
    ...(more > 0 ? indented(`and ${more} more with --verbose`, options, '  · ') : []),
  ]
}

function indented(text: string, {terminal}: Options, bullet = ''): readonly string[] {
  const margin = ' '.repeat(markWidth(terminal) + 3)
  const hang = ' '.repeat(columnsOf(bullet))
  return wrap(plain(text), terminal.columns - margin.length - hang.length).map(
    (line, at) => `${margin}${at === 0 ? bullet : hang}${line}`,
  )
}
