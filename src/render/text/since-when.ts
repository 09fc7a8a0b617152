import type {CauseHistory, Report} from '../../diagnosis/report.ts'
import type {Terminal} from './terminal.ts'
import {indented} from './width.ts'

/** The evidence of an answer. */
export const PROOFS: Readonly<Record<NonNullable<CauseHistory['proof']>, string>> = {
  config: 'Examined again with the configuration that AWS Config recorded before.',
  event: 'Turned back on the model of the account and examined again.',
}

/** Since when each proven cause exists, and because of which call. */
export function sinceWhenSection({sinceWhen}: Report, {columns, paint}: Terminal): readonly string[] {
  if (!sinceWhen) return []
  return [
    paint('bold', 'When it broke'),
    ...sinceWhen.causes.flatMap((one) => [
      ...indented(`${one.resource} [${one.cause}]`, columns, 2),
      ...indented(one.message, columns, 4),
      ...eventsOf(one).flatMap((text) => indented(text, columns, 4).map((line) => paint('dim', line))),
      ...(one.proof === null ? [] : indented(PROOFS[one.proof], columns, 4).map((line) => paint('dim', line))),
      ...one.notes.flatMap((note) => indented(note, columns, 4)),
    ]),
    ...sinceWhen.notes.flatMap((note) => indented(note, columns, 2)),
  ]
}

const eventsOf = ({event}: CauseHistory): readonly string[] =>
  event?.id ? [`Event ${event.id}${event.region === null ? '' : ` in ${event.region}`}`] : []

/** In one line, for the brief report. */
export const brokeLines = ({sinceWhen}: Report, {columns}: Terminal): readonly string[] => {
  const [first] = sinceWhen?.causes ?? []
  return first ? indented(`When: ${first.message}`, columns, 2) : []
}
