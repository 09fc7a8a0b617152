import {jsonReports} from '../render/json.ts'
import {quietReport, textReport} from '../render/text.ts'
import type {Examined} from './examined.ts'
import type {ReportFlags} from './flags.ts'
import {type Stream, terminalOf} from './terminal.ts'

/** What goes to stdout, in the format that was asked for. */
export function printed(examined: readonly Examined[], flags: ReportFlags, stdout: Stream): string {
  if (flags.json || flags.format === 'json') return jsonReports(examined.map(({report}) => report))
  if (flags.quiet) return examined.map(({report}) => quietReport(report)).join('\n')
  const terminal = terminalOf(stdout, !flags['no-color'])
  const rule = `\n\n${terminal.paint('dim', (terminal.symbols ? '─' : '-').repeat(terminal.columns))}\n\n`
  return examined
    .map(({report, restart}) => textReport(report, {terminal, verbose: flags.verbose, ...(restart && {restart})}))
    .join(rule)
}
