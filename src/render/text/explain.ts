import {type Cause, type Check, causesIn} from '../../checks/check.ts'
import {sentence} from '../../util/list-in-words.ts'
import {nearest} from '../../util/nearest.ts'
import {plain} from '../../util/plain-text.ts'
import {usageError} from '../../util/usage-error.ts'
import {SEVERITY_WORD} from '../tone.ts'
import type {Terminal} from './terminal.ts'
import {padTo, wrap} from './width.ts'

/** The explanation of a check: data only, so that the build can store it. */
export type DescribedCheck = Pick<
  Check,
  'id' | 'title' | 'why' | 'causes' | 'requiredKinds' | 'optionalKinds' | 'decidedBy'
>

/** The list of checks, or the page of one check or cause. */
export function explain(id: string | undefined, checks: readonly DescribedCheck[], terminal: Terminal): string {
  if (id === undefined) return explainAll(checks, terminal)
  const text = explainOne(id, checks, terminal)
  if (text !== undefined) return text
  throw usageError(`${unknownId(id, checks)} List all with: ssm-doctor explain`)
}

export function unknownId(id: string, checks: readonly DescribedCheck[]): string {
  const alike = idsLike(id, checks)
  return `Unknown check or cause "${plain(id)}".${alike.length === 0 ? '' : ` Did you mean ${alike.join(', ')}?`}`
}

/** In a narrower column, every second word would be wrapped; the text then stands below the id. */
const LEAST_WIDTH = 30

/** Every check with the causes it can find, in order. */
export function explainAll(checks: readonly DescribedCheck[], {columns, paint}: Terminal): string {
  const widest = Math.max(0, ...causesIn(checks).map(({id}) => id.length))
  const isNarrow = columns - widest - 4 < LEAST_WIDTH
  const sections = checks.map((check) => [
    `${paint('bold', check.id)}  ${check.title}`,
    ...Object.entries(check.causes).flatMap(([id, {title, severity}]) => {
      const text = `${SEVERITY_WORD[severity]}: ${title}`
      if (isNarrow) return [`  ${id}`, ...wrap(text, columns - 6).map((line) => `      ${line}`)]
      const [first, ...rest] = wrap(text, columns - widest - 4)
      return [`  ${padTo(widest, id)}  ${first}`, ...rest.map((line) => `${' '.repeat(widest + 4)}${line}`)]
    }),
  ])
  return [...sections.map((lines) => lines.join('\n')), 'Details: ssm-doctor explain <check or cause>'].join('\n\n')
}

function idsLike(typed: string, checks: readonly DescribedCheck[]): readonly string[] {
  if (typed.trim() === '') return []
  const [subject = typed] = typed.split('.')
  const ids = [...checks.map(({id}) => id), ...new Set(causesIn(checks).map(({id}) => id))]
  const [closest] = nearest(typed, ids).filter((id) => id.startsWith(typed))
  if (closest !== undefined) return [closest]
  const alike = ids.filter((id) => id.startsWith(subject) || id.includes(`.${subject}`))
  return alike.length > 0 ? alike : nearest(typed, ids)
}

/** What a check or a cause means, what is read to decide it, and the AWS page; undefined for an unknown id. */
export function explainOne(id: string, checks: readonly DescribedCheck[], terminal: Terminal): string | undefined {
  const check = checks.find((each) => each.id === id)
  if (check) return checkText(check, terminal)
  const found = causesIn(checks).filter((each) => each.id === id)
  return found.length > 0 ? causeText(found, terminal) : undefined
}

function checkText(check: DescribedCheck, terminal: Terminal): string {
  const causes = Object.entries(check.causes).map(
    ([id, {title, severity}]) => `${id} (${SEVERITY_WORD[severity]}): ${title}`,
  )
  return page(check.id, terminal, [
    ['Title', check.title],
    ['Why', check.why],
    ['Reads', readOf(check)],
    ['Finds', causes],
  ])
}

const MEANING: Readonly<Record<Cause['severity'], string>> = {
  blocks: 'the node cannot register or send heartbeats',
  degrades: 'the node registers, but sessions, commands, patching or inventory do not work',
  advises: 'it works today and is worth changing',
  undecided: 'the AWS API does not expose it',
  symptom: 'an observation, never a cause on its own',
}

function causeText(found: ReturnType<typeof causesIn<DescribedCheck>>, terminal: Terminal): string {
  const [{id, cause} = {id: '', cause: undefined}] = found
  return page(id, terminal, [
    ['Cause', cause ? sentence(cause.title) : ''],
    ['Severity', cause ? `${SEVERITY_WORD[cause.severity]}: ${MEANING[cause.severity]}.` : ''],
    ...found.flatMap(({check}): readonly Entry[] => [
      ['Check', `${check.id} (${check.title})`],
      ['Why', check.why],
      ['Reads', readOf(check)],
    ]),
    ['Fix', 'Reports include ready-to-run commands with your resource ids, verified on a model of your account.'],
    ['AWS page', cause?.docs ?? ''],
  ])
}

const readOf = ({requiredKinds, optionalKinds = [], decidedBy}: DescribedCheck): string => {
  const kinds = [...new Set([...requiredKinds, ...(decidedBy ?? optionalKinds)])]
  return kinds.length === 0 ? 'The result of the path analysis.' : `${kinds.join(', ')}.`
}

type Entry = readonly [label: string, text: string | readonly string[]]

/** Longer than any label. */
const LABEL_WIDTH = 10

const page = (id: string, {columns, paint}: Terminal, entries: readonly Entry[]): string =>
  [
    paint('bold', id),
    ...entries.flatMap(([label, text]) =>
      [text]
        .flat()
        .flatMap((paragraph) => wrap(paragraph, columns - LABEL_WIDTH - 2))
        .map((line, at) => `  ${padTo(LABEL_WIDTH, at === 0 ? label : '')}${line}`),
    ),
  ].join('\n')
