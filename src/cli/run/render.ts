import {parseJson} from '../../account-file/json-text.ts'
import type {Audit} from '../../audit/report.ts'
import type {Report} from '../../diagnosis/report.ts'
import type {PlanReport} from '../../plan/plan-report.ts'
import type {ReachReport} from '../../reach/reach.ts'
import {usageError} from '../../util/usage-error.ts'
import {AUDIT_FORMATS} from '../fleet/formats.ts'
import {textIn} from '../fleet/instance-filter.ts'
import {type Formats, namesOf, outputsOf, type Printing, writeOutputs, writesToStdout} from '../output/output-files.ts'
import {PLAN_FORMATS} from '../output/plan-formats.ts'
import {REACH_FORMATS} from '../output/reach-formats.ts'
import {REPORT_FORMATS} from '../output/report-formats.ts'
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

/**
 * A JSON report that was written earlier, in other formats: the text for standard output, unless it goes to a file.
 * Nothing but the report is needed.
 */
export async function renderFile(file: string, flags: RenderFlags, printing: Printing): Promise<string | undefined> {
  const json = parseJson(file, await textIn(file))
  const kind = typeof json === 'object' && json !== null && 'schema' in json ? String(json.schema) : ''
  const fault = faultOf(kind, json)
  if (fault !== undefined) throw usageError(`${file} is not a report of ssm-doctor: ${fault}.`)
  return converted(json as AnyReport, flags, printing)
}

function converted(report: AnyReport, flags: RenderFlags, printing: Printing): Promise<string | undefined> {
  switch (report.schema) {
    case 'ssm-doctor/report/1':
      return written([{report}], REPORT_FORMATS, flags, printing)
    case 'ssm-doctor/reports/1':
      return written(
        report.reports.map((one) => ({report: one})),
        REPORT_FORMATS,
        flags,
        printing,
      )
    case 'ssm-doctor/reach/1':
      return written(report, REACH_FORMATS, flags, printing)
    case 'ssm-doctor/plan/1':
      return written(report, PLAN_FORMATS, flags, printing)
    default:
      return written(report, AUDIT_FORMATS, flags, printing)
  }
}

async function written<Name extends string, R>(
  report: R,
  formats: Formats<Name, R>,
  {format, output = []}: RenderFlags,
  printing: Printing,
): Promise<string | undefined> {
  const outputs = await outputsOf(output, formats)
  await writeOutputs(report, outputs, formats, printing.version)
  return writesToStdout(outputs) ? undefined : formats[formatOf(format, formats)].text(report, printing)
}

/** The default, `text`, of an audit is its table. */
function formatOf<Name extends string>(format: string, formats: Formats<Name, never>): Name {
  const names = namesOf(formats)
  const found = names.find(
    (name) => name === format || (format === 'text' && formats[name].extensions.includes('.txt')),
  )
  if (found !== undefined) return found
  throw usageError(`This report cannot be written as ${format}. Available: ${names.join(', ')}.`)
}
