import type {ChecklistStep, Report} from '../../diagnosis/report.ts'
import {plain} from '../../util/plain-text.ts'
import type {Terminal} from './terminal.ts'
import {wrap} from './width.ts'

interface Options {
  readonly terminal: Terminal
  readonly verbose?: boolean
}

/** What to do, in the order to do it, with commands to paste: those are never wrapped. */
export function checklistSection(report: Report, options: Options): readonly string[] {
  if (report.checklist.length === 0) return []
  const {terminal} = options
  return [
    terminal.paint('bold', 'What to do'),
    ...report.checklist.flatMap((step, at) => stepLines(step, at, options)),
    ...proof(report, terminal),
  ]
}

export function stepLines(step: ChecklistStep, at: number, options: Options): readonly string[] {
  const {terminal, verbose} = options
  const number = `  ${at + 1}. `
  const [title, ...more] = wrap(plain(step.title), terminal.columns - number.length)
  const below = (label: string, text: string | undefined) =>
    text === undefined ? [] : wrap(plain(`${label}${text}`), terminal.columns - 5).map((line) => `     ${line}`)
  return [
    `${number}${title}`,
    ...more.map((line) => `     ${line}`),
    ...commands(linesOf(step), terminal),
    ...below('Costs: ', step.cost),
    ...below('Effect: ', step.effect),
    ...step.alternatives.flatMap((other) => [
      ...below(
        'Or: ',
        `${other.title}${other.cost === undefined ? '' : ` (${other.cost})`}${other.verified ? '' : ' (not proven)'}`,
      ),
      ...(verbose ? commands(linesOf(other), terminal) : []),
    ]),
    ...(verbose && step.snippet === undefined && step.undo && step.undo.length > 0
      ? [...below('To undo:', ''), ...commands(step.undo, terminal)]
      : []),
    ...(step.docs === '' ? [] : [`     ${terminal.paint('dim', plain(step.docs))}`]),
  ]
}

const linesOf = ({snippet, commands: lines}: Pick<ChecklistStep, 'snippet' | 'commands'>): readonly string[] =>
  snippet === undefined ? lines : snippet === '' ? [] : snippet.split('\n')

const commands = (lines: readonly string[], {paint}: Terminal): readonly string[] =>
  lines.map((line) => `     ${paint('cyan', plain(line))}`)

function proof({verified, checklist}: Report, {columns, paint}: Terminal): readonly string[] {
  const these = checklist.length === 1 ? 'this step leaves' : 'these steps leave'
  const said =
    verified === true
      ? `Tried on a model of the account: ${these} nothing that blocks or degrades.`
      : verified === null
        ? `Tried on a model of the account: ${these} nothing that blocks or degrades, as far as could be read.`
        : 'A model of the account cannot show that this is enough: look again afterwards.'
  return wrap(said, columns - 2).map((line) => paint('dim', `  ${line}`))
}
