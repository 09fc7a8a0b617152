import {writeOutputs, writesToStdout} from '../output/output-files.ts'
import {type Stream, terminalOf} from '../output/terminal.ts'
import {auditFleet, inspectFleet} from './audit.ts'
import {auditExitCode, inspectionExitCode} from './exit-code.ts'
import type {FleetFlags} from './flags.ts'
import {AUDIT_FORMATS} from './formats.ts'
import {auditOutputsOf, printedAudit} from './print.ts'

/** The report of a fleet for standard output, unless it goes to a file, with a summary and the exit code. */
export async function fleetResult(kind: 'audit' | 'inspector', flags: FleetFlags, stdout: Stream, version: string) {
  const outputs = await auditOutputsOf(flags.output, flags.split)
  const {audit, summary, missing} = await (kind === 'audit' ? auditFleet(flags) : inspectFleet(flags))
  await writeOutputs(audit, outputs, AUDIT_FORMATS, version)
  const terminal = terminalOf(stdout, !flags['no-color'])
  const text = writesToStdout(outputs) ? undefined : await printedAudit(audit, flags, {terminal, version})
  const exitCodeOf = kind === 'audit' ? auditExitCode : inspectionExitCode
  const exitCode = exitCodeOf(audit, {failOn: flags['fail-on'], missing, allowEmpty: flags['allow-empty']})
  return {text, summary, exitCode}
}
