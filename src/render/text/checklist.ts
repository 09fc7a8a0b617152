import type {ChecklistStep, Report} from '../../diagnosis/report.ts'
import {plain} from '../../util/plain-text.ts'
import {linesOf, PARTS, proofOf} from '../checklist.ts'
import type {Terminal, TextOptions} from './terminal.ts'
import {indented, wrap} from './width.ts'

/** What to do, in the order to do it, with commands to paste: those are never wrapped. */
export function checklistSection(report: Report, options: TextOptions): readonly string[] {
  if (report.checklist.length === 0) return []
  const {terminal} = options
  const numbered = report.checklist.map((step, at) => ({step, at}))
  const parts = PARTS.flatMap(([part, title]) => {
    const own = numbered.filter(({step}) => step.part === part)
    if (own.length === 0) return []
    return [
      [
        terminal.paint('bold', part === 'fix' ? 'Remediation' : title),
        ...own.flatMap(({step, at}) => stepLines(step, at, options)),
        ...(part === 'fix' ? proof(report, terminal) : []),
      ],
    ]
  })
  return parts.flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]))
}

export function stepLines(step: ChecklistStep, at: number, options: TextOptions): readonly string[] {
  const {terminal, verbose} = options
  const number = `  ${at + 1}. `
  const [title, ...more] = wrap(plain(step.title), terminal.columns - number.length)
  const below = (label: string, text: string | undefined) =>
    text === undefined ? [] : indented(`${label}${text}`, terminal.columns, 5)
  return [
    `${number}${title}`,
    ...more.map((line) => `     ${line}`),
    ...commands(linesOf(step), terminal),
    ...below('Run by account: ', step.account),
    ...below('Costs: ', step.cost),
    ...below('Effect: ', step.effect),
    ...step.alternatives.flatMap((other) => [
      ...below(
        'Or: ',
        `${other.title}${other.cost === undefined ? '' : ` (${other.cost})`}${other.verified ? '' : ' (not verified)'}`,
      ),
      ...(verbose ? commands(linesOf(other), terminal) : []),
    ]),
    ...(verbose && step.snippet === undefined && step.undo && step.undo.length > 0
      ? [...below('To undo:', ''), ...commands(step.undo, terminal)]
      : []),
    ...(step.docs === '' ? [] : [`     ${terminal.paint('dim', plain(step.docs))}`]),
  ]
}

const commands = (lines: readonly string[], {paint}: Terminal): readonly string[] =>
  lines.map((line) => `     ${paint('cyan', plain(line))}`)

const proof = (report: Report, {columns, paint}: Terminal): readonly string[] =>
  wrap(proofOf(report) ?? '', columns - 2).map((line) => paint('dim', `  ${line}`))
