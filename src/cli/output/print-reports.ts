import {jsonReports} from '../../render/formats/json.ts'
import {quietReport, textReport} from '../../render/text/text.ts'
import type {ReportFlags} from '../input/flags.ts'
import type {InstanceExamination} from '../run/examination.ts'
import {type Stream, terminalOf} from './terminal.ts'

/** What goes to stdout, in the format that was asked for. */
export function printed(examined: readonly InstanceExamination[], flags: ReportFlags, stdout: Stream): string {
  if (flags.json || flags.format === 'json') return jsonReports(examined.map(({report}) => report))
  if (flags.quiet) return examined.map(({report}) => quietReport(report)).join('\n')
  const terminal = terminalOf(stdout, !flags['no-color'])
  const rule = `\n\n${terminal.paint('dim', (terminal.symbols ? '─' : '-').repeat(terminal.columns))}\n\n`
  return examined
    .map(({report, restart}) => textReport(report, {terminal, verbose: flags.verbose, ...(restart && {restart})}))
    .join(rule)
}
