import {distinctTargets, type Target} from '../input/target.ts'
import {exitCodeOf} from '../output/exit-code.ts'
import type {Stream} from '../output/terminal.ts'
import {printedAs} from '../output/text-reports.ts'
import {examineInstance} from '../run/examination.ts'
import {examineInFiles} from '../run/examine-files.ts'
import type {PlainFlags} from './plain-run.ts'

/** Examines account files, and returns what `diagnose` prints and its exit code. */
export async function examinePlainly(targets: readonly Target[], flags: PlainFlags, stdout: Stream) {
  const examined = await examineInFiles(distinctTargets(targets), flags.account, flags.region, (account, id) =>
    examineInstance(account, id, {prefer: undefined}),
  )
  const text = printedAs(flags.json ? 'json' : flags.format, examined, flags, stdout)
  return {text, code: exitCodeOf(examined.map(({report}) => report))}
}
