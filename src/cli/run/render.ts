import {parseJson} from '../../account-file/json-text.ts'
import type {Audit} from '../../audit/report.ts'
import type {Report} from '../../diagnosis/report.ts'
import type {PlanReport} from '../../plan/plan-report.ts'
import type {ReachReport} from '../../reach/reach.ts'
import {PIPE, type Terminal} from '../../render/text/terminal.ts'
import {usageError} from '../../util/usage-error.ts'
import type {AuditFormat} from '../fleet/flags.ts'
import {textIn} from '../fleet/instance-filter.ts'
import {AUDIT_OUTPUTS, rendered} from '../fleet/print.ts'
import type {ReportFormat} from '../input/flags.ts'
import {type OutputFormats, outputsOf, writeOutputs, writesToStdout} from '../output/output-files.ts'
import {PLAN_OUTPUTS, type PlanFormat, planAs} from '../output/print-plan.ts'
import {REACH_OUTPUTS, type ReachFormat, reachAs} from '../output/print-reach.ts'
import {REPORT_OUTPUTS, reportsAs} from '../output/print-reports.ts'
import {faultOf} from './check-report.ts'

type AnyReport =
  | Report
  | {readonly schema: 'ssm-doctor/reports/1'; readonly reports: readonly Report[]}
  | ReachReport
  | PlanReport
  | Audit

interface RenderFlags {
  readonly format: string
  readonly output?: readonly string[] | undefined
}

interface Printing {
  readonly terminal: Terminal
  readonly version: string
}

/** A report in all the formats that its kind has. */
interface Printer<Format extends string = string> {
  readonly outputs: OutputFormats<Format>
  readonly as: (format: Format, printing: Printing) => Promise<string>
}

/**
 * A JSON report that was written earlier, in other formats: the text for standard output, unless it goes to a file.
 * Nothing but the report is needed.
 */
export async function renderFile(file: string, flags: RenderFlags, printing: Printing): Promise<string | undefined> {
  const json = parseJson(file, await textIn(file))
  const kind = typeof json === 'object' && json !== null && 'schema' in json ? String(json.schema) : ''
  const fault = faultOf(kind, json)
  if (fault !== undefined) throw usageError(`${file} is not a report of ssm-doctor: ${fault}.`)
  const {outputs: known, as} = printerOf(json as AnyReport)
  const outputs = await outputsOf(flags.output ?? [], known)
  await writeOutputs(outputs, (format) => as(format, {...printing, terminal: PIPE}))
  return writesToStdout(outputs) ? undefined : as(formatOf(flags.format, known), printing)
}

/** The default, `text`, of an audit is its table. */
function formatOf(format: string, {formats, extensions}: OutputFormats<string>): string {
  const expected = format === 'text' ? extensions['.txt'] : format
  if (expected !== undefined && formats.includes(expected)) return expected
  throw usageError(`This report cannot be written as ${format}. Available: ${formats.join(', ')}.`)
}

function printerOf(report: AnyReport): Printer {
  switch (report.schema) {
    case 'ssm-doctor/report/1':
      return ofInstances([report])
    case 'ssm-doctor/reports/1':
      return ofInstances(report.reports)
    case 'ssm-doctor/reach/1':
      return {
        outputs: REACH_OUTPUTS,
        as: (format, {terminal}) => reachAs(format, report, terminal),
      } satisfies Printer<ReachFormat> as Printer
    case 'ssm-doctor/plan/1':
      return {
        outputs: PLAN_OUTPUTS,
        as: (format, printing) => planAs(format, report, printing),
      } satisfies Printer<PlanFormat> as Printer
    default:
      return {
        outputs: AUDIT_OUTPUTS,
        as: (format, printing) => rendered(report, format, printing),
      } satisfies Printer<AuditFormat> as Printer
  }
}

const ofInstances = (reports: readonly Report[]): Printer =>
  ({
    outputs: REPORT_OUTPUTS,
    as: (format, {terminal}) =>
      reportsAs(
        format,
        reports.map((report) => ({report})),
        terminal,
      ),
  }) satisfies Printer<ReportFormat> as Printer
