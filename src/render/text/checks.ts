import type {CheckResult, Report, ReportedCause} from '../../diagnosis/report.ts'
import {rootCauseOf} from '../../diagnosis/root-cause.ts'
import {groupBy} from '../../util/group-by.ts'
import {plain} from '../../util/plain-text.ts'
import {SEVERITY_WORD, STATUS_TONE} from '../tone.ts'
import {columnsOfMark, markOf, markWidth, padMark, type Terminal, type TextOptions} from './terminal.ts'
import {columnsOf, indented, shorten} from './width.ts'

/** Further facts need `--verbose`, so that one fault fits on one screen. */
const FACTS_SHOWN = 3

/**
 * Every check that applies, in order, with its mark. A check that passes is only named; evidence is listed under the
 * others.
 */
export function checksSection(report: Report, options: TextOptions): readonly string[] {
  if (report.checks.length === 0) return []
  const root = rootCauseOf(report)
  const lines: string[] = []
  let fine: CheckResult[] = []
  let skipped = 0
  for (const check of report.checks) {
    const causes = report.causes.filter((cause) => cause.check === check.id)
    if (!options.verbose && check.status === 'skip' && causes.length === 0) skipped += 1
    else if (!options.verbose && check.status === 'pass' && causes.length === 0) fine.push(check)
    else {
      lines.push(...flow(fine, options.terminal), ...fullCheck(check, causes, root, options))
      fine = []
    }
  }
  lines.push(...flow(fine, options.terminal))
  if (skipped > 0) lines.push(`  ${padMark('none', options.terminal)} ${skipped} not applicable (--verbose)`)
  return [options.terminal.paint('bold', 'Checks'), ...lines]
}

/** Checks without findings, side by side. */
function flow(checks: readonly CheckResult[], terminal: Terminal): readonly string[] {
  const lines: string[] = []
  let line = ''
  let used = 0
  for (const {id, status} of checks) {
    const columns = columnsOfMark(STATUS_TONE[status], terminal) + columnsOf(id) + 3
    if (line !== '' && used + columns > terminal.columns) {
      lines.push(line)
      line = ''
      used = 0
    }
    line += `  ${markOf(STATUS_TONE[status], terminal)} ${id}`
    used += columns
  }
  return line === '' ? lines : [...lines, line]
}

function fullCheck(
  check: CheckResult,
  causes: readonly ReportedCause[],
  root: ReportedCause | undefined,
  options: TextOptions,
): readonly string[] {
  const {terminal, verbose} = options
  // Why it did not apply no longer holds once an earlier step is done.
  const isRevealed = check.status === 'skip' && causes.length > 0
  const notes = (verbose || check.status === 'unknown' || check.status === 'skip') && !isRevealed ? check.notes : []
  return [
    `  ${padMark(STATUS_TONE[isRevealed ? 'fail' : check.status], terminal)} ${check.id}: ${plain(check.title)}`,
    ...alike(causes, options).flatMap((group) => causeLines(group, root, options)),
    ...notes.flatMap((note) => below(note, options)),
  ]
}

/** Advice that applies to several resources is given once, apart from what the same cause blocks elsewhere. */
const alike = (causes: readonly ReportedCause[], {verbose}: TextOptions): readonly (readonly ReportedCause[])[] => [
  ...groupBy(causes, (cause) => (cause.severity === 'advises' && !verbose ? cause.id : cause)).values(),
]

function causeLines(
  [cause, ...repeats]: readonly ReportedCause[],
  root: ReportedCause | undefined,
  options: TextOptions,
): readonly string[] {
  if (!cause) return []
  const {terminal, verbose} = options
  const alsoOn = new Set(repeats.map(({resource}) => resource))
  const above = cause.severity === 'undecided' ? 'see above' : 'see the root cause above'
  const message = cause === root && !verbose ? above : cause.message
  const certainty = cause.certainty === 'proven' ? '' : `, ${cause.certainty}`
  const revealed = cause.revealedBy === undefined ? '' : ` (appears after step ${cause.revealedBy + 1})`
  const others = alsoOn.size === 0 ? '' : ` Also: ${[...alsoOn].join(', ')}.`
  const facts = factsOf(cause, options)
  const shown = verbose ? facts : facts.slice(0, FACTS_SHOWN)
  const more = facts.length - shown.length
  const room = terminal.columns - markWidth(terminal) - 7
  return [
    ...below(`${SEVERITY_WORD[cause.severity]}${certainty}: ${message}${revealed}${others} [${cause.id}]`, options),
    ...shown.flatMap((fact) =>
      below(verbose ? fact : inShort(fact, room), options, '  · ').map((line) => terminal.paint('dim', line)),
    ),
    ...(more > 0 ? below(`+${more} more (--verbose)`, options, '  · ') : []),
  ]
}

/** One line, unless a long name leaves hardly anything of it. */
function inShort(fact: string, room: number): string {
  const short = shorten(fact, room)
  return columnsOf(short) < room / 2 ? fact : short
}

/** The evidence that the message does not give already. The same fault on the path to another service is drawn below. */
function factsOf({severity, evidence}: ReportedCause, {verbose}: TextOptions): readonly string[] {
  if (!verbose && (severity === 'advises' || severity === 'symptom')) return []
  return evidence
    .filter(({service, inMessage}) => verbose || (service === undefined && !inMessage))
    .map(({service, fact, source}) => `${service === undefined ? '' : `${service}: `}${fact} (${source})`)
}

function below(text: string, {terminal}: TextOptions, bullet = ''): readonly string[] {
  const margin = markWidth(terminal) + 3
  return indented(text, terminal.columns, margin + columnsOf(bullet), `${' '.repeat(margin)}${bullet}`)
}
