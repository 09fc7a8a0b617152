import {jsonReports} from '../../render/formats/json.ts'
import {PIPE, type Terminal} from '../../render/text/terminal.ts'
import {quietReport, textReport} from '../../render/text/text.ts'
import {briefReport, summaryLine} from '../../render/text/text-brief.ts'
import type {ReportFlags, ReportFormat} from '../input/flags.ts'
import type {InstanceExamination} from '../run/examination.ts'
import type {OutputFormats} from './output-files.ts'
import {type Stream, terminalOf} from './terminal.ts'

export const REPORT_OUTPUTS: OutputFormats<ReportFormat> = {
  formats: ['text', 'json', 'html', 'markdown'],
  extensions: {'.txt': 'text', '.json': 'json', '.html': 'html', '.md': 'markdown'},
}

/** The reports for standard output, in the requested format. */
export function printed(examined: readonly InstanceExamination[], flags: ReportFlags, stdout: Stream): Promise<string> {
  const format = flags.json ? 'json' : flags.format
  if (flags.quiet && format === 'text')
    return Promise.resolve(examined.map(({report}) => quietReport(report)).join('\n'))
  return reportsAs(format, examined, {...flags, terminal: terminalOf(stdout, !flags['no-color'])})
}

interface Style {
  readonly terminal: Terminal
  readonly verbose?: boolean
  readonly brief?: boolean
}

export async function reportsAs(
  format: ReportFormat,
  examined: readonly InstanceExamination[],
  style: Style = {terminal: PIPE},
): Promise<string> {
  const reports = examined.map(({report}) => report)
  if (format === 'json') return jsonReports(reports)
  if (format === 'html') return (await import('../../render/html/instance-page.ts')).htmlReports(reports)
  if (format === 'markdown') return (await import('../../render/formats/markdown-report.ts')).markdownReports(reports)
  return textReports(examined, style)
}

export function textReports(
  examined: readonly InstanceExamination[],
  {terminal, verbose = false, brief = false}: Style,
): string {
  const rule = terminal.paint('dim', (terminal.symbols ? '─' : '-').repeat(terminal.columns))
  const texts = examined.map(({report, restart}) =>
    brief ? briefReport(report, terminal) : textReport(report, {terminal, verbose, ...(restart && {restart})}),
  )
  return [...texts, ...(examined.length > 1 ? [summaryLine(examined.map(({report}) => report))] : [])].join(
    brief ? '\n\n' : `\n\n${rule}\n\n`,
  )
}
