import type {CauseHistory, Report} from '../../diagnosis/report.ts'
import {plain} from '../../util/plain-text.ts'
import type {Terminal} from './terminal.ts'
import {wrap} from './width.ts'

/** The evidence of an answer. */
export const PROOFS: Readonly<Record<NonNullable<CauseHistory['proof']>, string>> = {
  config: 'Examined again with the configuration that AWS Config recorded before.',
  event: 'Turned back on the model of the account and examined again.',
}

/** Since when each proven cause exists, and because of which call. */
export function sinceWhenSection({sinceWhen}: Report, {columns, paint}: Terminal): readonly string[] {
  if (!sinceWhen) return []
  const indented = (text: string, margin: number) =>
    wrap(plain(text), columns - margin).map((line) => ' '.repeat(margin) + line)
  return [
    paint('bold', 'When it broke'),
    ...sinceWhen.causes.flatMap((one) => [
      ...indented(`${one.resource} [${one.cause}]`, 2),
      ...indented(one.message, 4),
      ...eventsOf(one).flatMap((text) => indented(text, 4).map((line) => paint('dim', line))),
      ...(one.proof === null ? [] : indented(PROOFS[one.proof], 4).map((line) => paint('dim', line))),
      ...one.notes.flatMap((note) => indented(note, 4)),
    ]),
    ...sinceWhen.notes.flatMap((note) => indented(note, 2)),
  ]
}

const eventsOf = ({event}: CauseHistory): readonly string[] =>
  event?.id ? [`Event ${event.id}${event.region === null ? '' : ` in ${event.region}`}`] : []

/** In one line, for the brief report. */
export const brokeLines = ({sinceWhen}: Report, {columns}: Terminal): readonly string[] => {
  const [first] = sinceWhen?.causes ?? []
  return first ? wrap(plain(`When: ${first.message}`), columns - 2).map((line) => `  ${line}`) : []
}
