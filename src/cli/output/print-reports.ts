import type {ReportFlags} from '../input/flags.ts'
import type {InstanceExamination} from '../run/examination.ts'
import {REPORT_FORMATS} from './report-formats.ts'
import {type Stream, terminalOf} from './terminal.ts'
import {printedAs} from './text-reports.ts'

/** The reports for standard output, in the requested format. */
export async function printed(
  examined: readonly InstanceExamination[],
  flags: ReportFlags,
  stdout: Stream,
): Promise<string> {
  const format = flags.json ? 'json' : flags.format
  return format === 'text' || format === 'json'
    ? printedAs(format, examined, flags, stdout)
    : REPORT_FORMATS[format].text(examined, {terminal: terminalOf(stdout, false), version: ''})
}
