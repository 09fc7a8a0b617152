import {jsonReports} from '../../render/formats/json.ts'
import {PIPE, type Terminal} from '../../render/text/terminal.ts'
import type {ReportFlags, ReportFormat} from '../input/flags.ts'
import type {InstanceExamination} from '../run/examination.ts'
import type {OutputFormats} from './output-files.ts'
import type {Stream} from './terminal.ts'
import {type PrintedExamination, printedAs, textReports} from './text-reports.ts'

export const REPORT_OUTPUTS: OutputFormats<ReportFormat> = {
  formats: ['text', 'json', 'html', 'markdown'],
  extensions: {'.txt': 'text', '.json': 'json', '.html': 'html', '.md': 'markdown'},
}

/** The reports for standard output, in the requested format. */
export async function printed(
  examined: readonly InstanceExamination[],
  flags: ReportFlags,
  stdout: Stream,
): Promise<string> {
  const format = flags.json ? 'json' : flags.format
  return format === 'text' || format === 'json'
    ? printedAs(format, examined, flags, stdout)
    : reportsAs(format, examined)
}

export async function reportsAs(
  format: ReportFormat,
  examined: readonly PrintedExamination[],
  terminal: Terminal = PIPE,
): Promise<string> {
  const reports = examined.map(({report}) => report)
  if (format === 'json') return jsonReports(reports)
  if (format === 'html') return (await import('../../render/html/instance-page.ts')).htmlReports(reports)
  if (format === 'markdown') return (await import('../../render/formats/markdown-report.ts')).markdownReports(reports)
  return textReports(examined, {terminal})
}
