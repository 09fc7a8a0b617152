import type {Cause, Check} from '../../checks/check.ts'
import type {Terminal} from './terminal.ts'
import {padTo, wrap} from './width.ts'

interface Known {
  readonly id: string
  readonly cause: Cause
  readonly check: Check
}

const causesOf = (checks: readonly Check[]): readonly Known[] =>
  checks.flatMap((check) => Object.entries(check.causes).map(([id, cause]) => ({id, cause, check})))

/** Every check with the causes it can find, in order. */
export function explainAll(checks: readonly Check[], {columns, paint}: Terminal): string {
  const widest = Math.max(0, ...causesOf(checks).map(({id}) => id.length))
  const sections = checks.map((check) => [
    `${paint('bold', check.id)}  ${check.title}`,
    ...Object.entries(check.causes).flatMap(([id, {title, severity}]) => {
      const [first, ...rest] = wrap(`${severity}: ${title}`, columns - widest - 4)
      return [`  ${padTo(widest, id)}  ${first}`, ...rest.map((line) => `${' '.repeat(widest + 4)}${line}`)]
    }),
  ])
  return [...sections.map((lines) => lines.join('\n')), 'ssm-doctor explain <check or cause> tells more of one.'].join(
    '\n\n',
  )
}

/** Ids that look like what was typed. */
export const similar = (typed: string, checks: readonly Check[]): readonly string[] => {
  const [subject = typed] = typed.split('.')
  return explainable(checks).filter((id) => id !== typed && (id.startsWith(subject) || id.includes(`.${subject}`)))
}

const explainable = (checks: readonly Check[]): readonly string[] => [
  ...checks.map(({id}) => id),
  ...new Set(causesOf(checks).map(({id}) => id)),
]

/** What a check or a cause means, what is read to decide it, and the AWS page; undefined for an unknown id. */
export function explainOne(id: string, checks: readonly Check[], terminal: Terminal): string | undefined {
  const check = checks.find((each) => each.id === id)
  if (check) return checkText(check, terminal)
  const found = causesOf(checks).filter((each) => each.id === id)
  return found.length > 0 ? causeText(found, terminal) : undefined
}

function checkText(check: Check, terminal: Terminal): string {
  const causes = Object.entries(check.causes).map(([id, {title, severity}]) => `${id} (${severity}): ${title}`)
  return page(check.id, terminal, [
    ['Title', check.title],
    ['Why', check.why],
    ['Reads', readOf(check)],
    ['Finds', causes],
  ])
}

const MEANS: Readonly<Record<Cause['severity'], string>> = {
  blocks: 'blocks: the node cannot register or keep its heartbeat',
  degrades: 'degrades: the node registers, but sessions, commands, patching or inventory do not work',
  advises: 'advice: it works today and is worth changing',
  undecided: 'undecided: AWS’s API cannot tell',
  symptom: 'symptom: what is seen, never a cause by itself',
}

function causeText(found: readonly Known[], terminal: Terminal): string {
  const [{id, cause} = {id: '', cause: undefined}] = found
  return page(id, terminal, [
    ['Cause', cause ? sentence(cause.title) : ''],
    ['Severity', cause ? `${MEANS[cause.severity]}.` : ''],
    ...found.flatMap(({check}): readonly Entry[] => [
      ['Check', `${check.id}: ${check.title}.`],
      ['Why', check.why],
      ['Reads', readOf(check)],
    ]),
    ['Fix', 'The report gives the change with the ids of your resources, tried on a model of your account first.'],
    ['AWS page', cause?.docs ?? ''],
  ])
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

const readOf = ({requiredKinds, optionalKinds = []}: Check): string => {
  const kinds = [...new Set([...requiredKinds, ...optionalKinds])]
  return kinds.length === 0 ? 'The packet walk, which reads what the way to the service meets.' : `${kinds.join(', ')}.`
}

type Entry = readonly [label: string, text: string | readonly string[]]

/** Longer than any label. */
const LABEL = 10

const page = (id: string, {columns, paint}: Terminal, entries: readonly Entry[]): string =>
  [
    paint('bold', id),
    ...entries.flatMap(([label, text]) =>
      [text]
        .flat()
        .flatMap((paragraph) => wrap(paragraph, columns - LABEL - 2))
        .map((line, at) => `  ${padTo(LABEL, at === 0 ? label : '')}${line}`),
    ),
  ].join('\n')
