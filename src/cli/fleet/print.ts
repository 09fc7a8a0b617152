import type {Audit} from '../../audit/report.ts'
import {firstOf} from '../../util/list-in-words.ts'
import {didYouMean} from '../../util/nearest.ts'
import {usageError} from '../../util/usage-error.ts'
import {notice} from '../output/notice.ts'
import {type Output, outputFor, outputOf} from '../output/output-files.ts'
import {isFolder} from '../output/write-file.ts'
import {auditFleet, inspectFleet} from './audit.ts'
import {auditExitCode, inspectionExitCode} from './exit-code.ts'
import type {FleetFlags} from './flags.ts'
import {AUDIT_FORMAT_NAMES, AUDIT_FORMATS, type AuditFormat} from './formats.ts'

const COMMANDS = {
  audit: {run: auditFleet, exitCodeOf: auditExitCode},
  inspector: {run: inspectFleet, exitCodeOf: inspectionExitCode},
} as const

/** Prints the report of a fleet, or the script for one group, and a summary on stderr; returns the exit code. */
export async function printFleet(command: keyof typeof COMMANDS, flags: FleetFlags, version: string): Promise<number> {
  const {run, exitCodeOf} = COMMANDS[command]
  assertSplit(flags)
  const output = await outputFor(AUDIT_FORMATS, flags, version)
  const {audit, summary, missing} = await run(flags)
  await output(audit, flags.script === undefined ? undefined : scriptIn(audit, flags.script))
  notice(summary)
  return exitCodeOf(audit, {failOn: flags['fail-on'], missing, allowEmpty: flags['allow-empty']})
}

/** A split report needs a folder, and a folder needs a split report. */
function assertSplit({output = [], split: splits = []}: Pick<FleetFlags, 'output' | 'split'>): void {
  const outputs = output.map((text) => outputOf(text, AUDIT_FORMATS))
  const splitBy = ({format}: Output<AuditFormat>) => AUDIT_FORMATS[format].split?.by
  for (const split of splits)
    if (!outputs.some((one) => splitBy(one) === split && isFolder(one.file))) {
      const format = AUDIT_FORMAT_NAMES.find((name) => AUDIT_FORMATS[name].split?.by === split)
      throw usageError(`--split ${split} needs a folder: --output ${format}=FOLDER/`)
    }
  const whole = outputs.find((one) => isFolder(one.file) && !splits.some((split) => splitBy(one) === split))
  if (whole) throw usageError(`${whole.file} is a folder; specify a file, or split the report with --split.`)
}

function scriptIn({groups}: Audit, script: string): string {
  const group = groups.find(({id}) => id === script)
  if (group?.change?.snippet !== undefined) return group.change.snippet
  const ids = groups.flatMap(({id, change}) => (change ? [id] : []))
  const hint = didYouMean(script, ids) || (ids.length > 0 ? ` Available: ${firstOf(ids, MAX_LISTED)}.` : '')
  throw usageError(group ? `There is no known fix for ${script}.` : `No group "${script}" in this audit.${hint}`)
}

const MAX_LISTED = 5
