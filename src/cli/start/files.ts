import {choiceFor} from '../../fleet/choice.ts'
import {AUDIT} from '../../fleet/modes.ts'
import {NO_RESUME, runFleet} from '../../fleet/run.ts'
import {jsonReports, jsonText} from '../../render/formats/json.ts'
import {tableAudit} from '../../render/text/table.ts'
import {auditResultOf} from '../fleet/audit-result.ts'
import {auditExitCode} from '../fleet/exit-code.ts'
import {fleetInFiles} from '../fleet/in-files.ts'
import {accountsIn} from '../input/account-files.ts'
import {distinctTargets, type Target} from '../input/target.ts'
import {exitCodeOf} from '../output/exit-code.ts'
import {notice} from '../output/notice.ts'
import {progressOn} from '../output/progress.ts'
import {type Stream, terminalOf} from '../output/terminal.ts'
import {textReports} from '../output/text-reports.ts'
import {examineInstance} from '../run/examination.ts'
import {examineEach} from '../run/examine-files.ts'
import type {PlainAuditFlags, PlainFlags} from './plain-run.ts'

/** Examines account files, and returns what `diagnose` prints and its exit code. */
export async function examinePlainly(targets: readonly Target[], flags: PlainFlags, stdout: Stream) {
  const accounts = await accountsIn(flags.account, flags.region)
  const examined = await examineEach(distinctTargets(targets), accounts, (account, id) =>
    examineInstance(account, id, {prefer: undefined}),
  )
  const reports = examined.map(({report}) => report)
  const isJson = flags.json || flags.format === 'json'
  const terminal = terminalOf(stdout, !flags['no-color'])
  return {text: isJson ? jsonReports(reports) : textReports(examined, {...flags, terminal}), code: exitCodeOf(reports)}
}

const DEFAULTS = {'owner-tag': 'Owner'}
const RUNNING = {chosen: choiceFor({includeStopped: false}), suppressions: []}

/** Audits account files, and returns what `audit` prints, its summary and its exit code. */
export async function auditPlainly({account, region, format, 'no-color': isPlain}: PlainAuditFlags, stdout: Stream) {
  const progress = progressOn(process.stderr)
  const {audit, summary} = await auditResultOf(AUDIT, DEFAULTS, RUNNING, async (task, count) => {
    const fleet = await fleetInFiles(account, region, progress)
    for (const note of fleet.notes) notice(note)
    return await runFleet(fleet, {task, resume: NO_RESUME, concurrency: 1, progress, count})
  })
  const text = format === 'json' ? jsonText(audit) : tableAudit(audit, terminalOf(stdout, !isPlain))
  return {text, summary, code: auditExitCode(audit)}
}
