import {jsonReports} from '../../render/formats/json.ts'
import type {Terminal} from '../../render/text/terminal.ts'
import {quietReport, textReport} from '../../render/text/text.ts'
import {briefReport, summaryLine} from '../../render/text/text-brief.ts'
import type {PrintedExamination} from '../run/examination.ts'
import {type Stream, terminalOf} from './terminal.ts'

interface TextFlags {
  readonly verbose?: boolean | undefined
  readonly brief?: boolean | undefined
}

/** The reports for standard output, in one of the two most common formats. */
export function printedAs(
  format: 'text' | 'json',
  examined: readonly PrintedExamination[],
  flags: TextFlags & {readonly quiet?: boolean | undefined; readonly 'no-color'?: boolean | undefined},
  stdout: Stream,
): string {
  const reports = examined.map(({report}) => report)
  if (format === 'json') return jsonReports(reports)
  if (flags.quiet) return reports.map(quietReport).join('\n')
  return textReports(examined, {...flags, terminal: terminalOf(stdout, !flags['no-color'])})
}

export function textReports(
  examined: readonly PrintedExamination[],
  {terminal, verbose = false, brief = false}: TextFlags & {readonly terminal: Terminal},
): string {
  const rule = terminal.paint('dim', (terminal.symbols ? '─' : '-').repeat(terminal.columns))
  const texts = examined.map(({report, restart}) =>
    brief ? briefReport(report, terminal) : textReport(report, {terminal, verbose, ...(restart && {restart})}),
  )
  return [...texts, ...(examined.length > 1 ? [summaryLine(examined.map(({report}) => report))] : [])].join(
    brief ? '\n\n' : `\n\n${rule}\n\n`,
  )
}
