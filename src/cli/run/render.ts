import {parseJson} from '../../account-file/json-text.ts'
import type {Audit} from '../../audit/report.ts'
import type {Report} from '../../diagnosis/report.ts'
import type {ReachReport} from '../../reach/reach.ts'
import type {Terminal} from '../../render/text/terminal.ts'
import {usageError} from '../../util/usage-error.ts'
import {AUDIT_FORMATS, type AuditFormat} from '../fleet/flags.ts'
import {textIn} from '../fleet/instance-filter.ts'
import {rendered} from '../fleet/print.ts'
import {faultOf} from './check-report.ts'

type AnyReport =
  | Report
  | {readonly schema: 'ssm-doctor/reports/1'; readonly reports: readonly Report[]}
  | ReachReport
  | Audit

/** A JSON report that was written earlier, in another format. Nothing but the report is needed. */
export async function renderFile(file: string, format: string, terminal: Terminal, version: string): Promise<string> {
  const json = parseJson(file, await textIn(file))
  const kind = typeof json === 'object' && json !== null && 'schema' in json ? String(json.schema) : ''
  const fault = faultOf(kind, json)
  if (fault !== undefined) throw usageError(`${file} is not a report of ssm-doctor: ${fault}.`)
  return render(json as AnyReport, format, terminal, version)
}

async function render(report: AnyReport, format: string, terminal: Terminal, version: string): Promise<string> {
  if (format === 'json') return JSON.stringify(report, null, 2)
  switch (report.schema) {
    case 'ssm-doctor/report/1':
      return renderReports([report], format, terminal)
    case 'ssm-doctor/reports/1':
      return renderReports(report.reports, format, terminal)
    case 'ssm-doctor/reach/1':
      return renderReach(report, format, terminal)
    default:
      return rendered(report, auditFormat(format), {terminal, version})
  }
}

async function renderReports(reports: readonly Report[], format: string, terminal: Terminal): Promise<string> {
  if (format === 'html') return (await import('../../render/html/instance-page.ts')).htmlReports(reports)
  if (format === 'markdown') return (await import('../../render/formats/markdown-report.ts')).markdownReports(reports)
  if (format !== 'text') throw unsupported(format, ['text', 'json', 'html', 'markdown'])
  const {textReport} = await import('../../render/text/text.ts')
  return reports.map((report) => textReport(report, {terminal})).join('\n\n')
}

async function renderReach(report: ReachReport, format: string, terminal: Terminal): Promise<string> {
  if (format === 'html') return (await import('../../render/html/reach-page.ts')).htmlReach(report)
  if (format !== 'text') throw unsupported(format, ['text', 'json', 'html'])
  return (await import('../../render/text/text-reach.ts')).textReach(report, terminal)
}

/** `text` of an audit is its table. */
function auditFormat(format: string): AuditFormat {
  const known = AUDIT_FORMATS.find((one) => one === (format === 'text' ? 'table' : format))
  if (known) return known
  throw unsupported(format, AUDIT_FORMATS)
}

const unsupported = (format: string, known: readonly string[]): Error =>
  usageError(`This report cannot be written as ${format}. Available: ${known.join(', ')}.`)
