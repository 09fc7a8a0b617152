import {parseJson} from '../../account-file/json-text.ts'
import type {Audit} from '../../audit/report.ts'
import type {Report} from '../../diagnosis/report.ts'
import type {PlanReport} from '../../plan/plan-report.ts'
import type {ReachReport} from '../../reach/reach.ts'
import {usageError} from '../../util/usage-error.ts'
import {AUDIT_FORMATS} from '../fleet/formats.ts'
import {textIn} from '../input/text-files.ts'
import {type Formats, namesOf, type OutputFlags, outputFor} from '../output/output-files.ts'
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

/** Prints a JSON report that was written earlier in another format. Nothing but the report is needed. */
export async function renderFile(file: string, flags: OutputFlags<string>, version: string): Promise<void> {
  const json = parseJson(file, await textIn(file))
  const kind = typeof json === 'object' && json !== null && 'schema' in json ? String(json.schema) : ''
  const isAccountFile = typeof json === 'object' && json !== null && 'Format' in json
  const fault = isAccountFile ? 'it is an account file, which --account examines' : faultOf(kind, json)
  if (fault !== undefined) throw usageError(`${file} is not a report of ssm-doctor: ${fault}.`)
  const report = json as AnyReport
  const printAs = async <Name extends string, R>(formats: Formats<Name, R>, content: R) => {
    const output = await outputFor(formats, {...flags, format: formatOf(flags.format, formats)}, version)
    await output(content)
  }
  switch (report.schema) {
    case 'ssm-doctor/report/1':
      return printAs(REPORT_FORMATS, [{report}])
    case 'ssm-doctor/reports/1':
      return printAs(
        REPORT_FORMATS,
        report.reports.map((one) => ({report: one})),
      )
    case 'ssm-doctor/reach/1':
      return printAs(REACH_FORMATS, report)
    case 'ssm-doctor/plan/1':
      return printAs(PLAN_FORMATS, report)
    default:
      return printAs(AUDIT_FORMATS, report)
  }
}

/** The default, `text`, of an audit is its table. */
function formatOf<Name extends string>(format: string, formats: Formats<Name, never>): Name {
  const names = namesOf<Name>(formats)
  const found = names.find(
    (name) => name === format || (format === 'text' && formats[name].extensions.includes('.txt')),
  )
  if (found !== undefined) return found
  throw usageError(`This report cannot be written as ${format}. Available: ${names.join(', ')}.`)
}
