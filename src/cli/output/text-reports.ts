import {briefReport, summaryLine} from '../../render/text/brief.ts'
import {quietReport, textReport} from '../../render/text/report.ts'
import type {Terminal} from '../../render/text/terminal.ts'
import type {PrintedExamination} from '../run/examination.ts'
import type {TextFlags} from './output-files.ts'

/** The reports as text, with a line that counts them if there are several. */
export function textReports(
  examined: readonly PrintedExamination[],
  {terminal, verbose = false, brief = false, quiet = false}: TextFlags & {readonly terminal: Terminal},
): string {
  if (quiet) return examined.map(({report}) => quietReport(report)).join('\n')
  const rule = terminal.paint('dim', (terminal.symbols ? '─' : '-').repeat(terminal.columns))
  const texts = examined.map(({report, restart}) =>
    brief ? briefReport(report, terminal) : textReport(report, {terminal, verbose, ...(restart && {restart})}),
  )
  return [...texts, ...(examined.length > 1 ? [summaryLine(examined.map(({report}) => report))] : [])].join(
    brief ? '\n\n' : `\n\n${rule}\n\n`,
  )
}
