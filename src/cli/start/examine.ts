import {jsonReports} from '../../render/formats/json.ts'
import {distinctTargets, type Target} from '../input/target.ts'
import {exitCodeOf} from '../output/exit-code.ts'
import {type Stream, terminalOf} from '../output/terminal.ts'
import {textReports} from '../output/text-reports.ts'
import {examineInstance} from '../run/examination.ts'
import {examineInFiles} from '../run/examine-files.ts'
import type {PlainFlags} from './plain-run.ts'

/** Examines account files, and returns what `diagnose` prints and its exit code. */
export async function examinePlainly(targets: readonly Target[], flags: PlainFlags, stdout: Stream) {
  const examined = await examineInFiles(distinctTargets(targets), flags.account, flags.region, (account, id) =>
    examineInstance(account, id, {prefer: undefined}),
  )
  const reports = examined.map(({report}) => report)
  const isJson = flags.json || flags.format === 'json'
  const terminal = terminalOf(stdout, !flags['no-color'])
  return {text: isJson ? jsonReports(reports) : textReports(examined, {...flags, terminal}), code: exitCodeOf(reports)}
}
