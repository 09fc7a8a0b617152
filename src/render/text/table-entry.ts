import type {Group} from '../../audit/report.ts'
import {counted} from '../../util/counted.ts'
import {plain} from '../../util/plain-text.ts'
import {linesOf} from '../checklist.ts'
import type {Terminal} from './terminal.ts'
import {indented, padTo, wrap} from './width.ts'

/** More causes than these are summarized, and only a few similar ones are named. */
export const MAX_CAUSES = 12
export const MAX_NAMED = 3

/** A longer script is left to other formats: half of one should not be pasted. */
const MAX_COMMAND_LINES = 4

/** The commands of a change, to paste, and the page of AWS: those are never wrapped. */
export function commandLines({change, docs}: Pick<Group, 'change' | 'docs'>, {paint}: Terminal): readonly string[] {
  const lines = change ? linesOf(change) : []
  const shown =
    lines.length <= MAX_COMMAND_LINES || change?.snippet !== undefined
      ? lines.map((line) => paint('cyan', plain(line)))
      : [paint('dim', `${counted(change?.commands.length ?? 0, 'command')}: --format markdown, html or json.`)]
  return [...shown, ...(docs === '' ? [] : [paint('dim', plain(docs))])].map((line) => `    ${line}`)
}

/** One entry of the table: the effect, the title, and the details below. */
export function entryLines(
  gain: string,
  title: string,
  below: readonly string[],
  {columns, paint}: Terminal,
): readonly string[] {
  const indent = ' '.repeat(22)
  return [
    ...indented(title, columns, 22, `  ${padTo(18, gain)}  `),
    ...below.flatMap((text) => wrap(plain(text), columns - 22)).map((line) => indent + paint('dim', line)),
  ]
}
