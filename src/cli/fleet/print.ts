import type {Audit} from '../../audit/report.ts'
import {jsonText} from '../../render/formats/json.ts'
import type {ReportFile} from '../../render/formats/report-file.ts'
import type {Terminal} from '../../render/text/terminal.ts'
import {PIPE} from '../../render/text/terminal.ts'
import {didYouMean} from '../../util/nearest.ts'
import {usageError} from '../../util/usage-error.ts'
import {isFolder, type Output, type OutputFormats, outputOf, outputsOf, writeOutputs} from '../output/output-files.ts'
import {AUDIT_FORMATS, type AuditFormat, type FleetFlags, type Split} from './flags.ts'

/** The input of every format. */
interface Printing {
  readonly terminal: Terminal
  readonly version: string
}

/** Each format is loaded on demand. */
const RENDERERS: Readonly<Record<AuditFormat, (audit: Audit, printing: Printing) => Promise<string>>> = {
  table: async (audit, {terminal}) => (await import('../../render/text/table.ts')).tableAudit(audit, terminal),
  json: async (audit) => jsonText(audit),
  ndjson: async (audit) => (await import('../../render/formats/ndjson.ts')).ndjsonAudit(audit),
  csv: async (audit) => (await import('../../render/formats/csv.ts')).csvAudit(audit),
  markdown: async (audit) => (await import('../../render/formats/markdown.ts')).markdownAudit(audit),
  junit: async (audit) => (await import('../../render/formats/junit.ts')).junitAudit(audit),
  sarif: async (audit, {version}) => (await import('../../render/formats/sarif.ts')).sarifAudit(audit, version),
  asff: async (audit) => (await import('../../render/formats/asff.ts')).asffAudit(audit),
  ocsf: async (audit, {version}) => (await import('../../render/formats/ocsf.ts')).ocsfAudit(audit, version),
  'ocsf-ndjson': async (audit, {version}) => (await import('../../render/formats/ocsf.ts')).ocsfLines(audit, version),
  html: async (audit) => (await import('../../render/html/audit-page.ts')).htmlAudit(audit),
  prometheus: async (audit) => (await import('../../render/formats/prometheus.ts')).prometheusAudit(audit),
}

export const rendered = (audit: Audit, format: AuditFormat, printing: Printing): Promise<string> =>
  RENDERERS[format](audit, printing)

export const AUDIT_OUTPUTS: OutputFormats<AuditFormat> = {
  formats: AUDIT_FORMATS,
  extensions: {
    '.sarif.json': 'sarif',
    '.asff.json': 'asff',
    '.ocsf.json': 'ocsf',
    '.ocsf.ndjson': 'ocsf-ndjson',
    '.json': 'json',
    '.ndjson': 'ndjson',
    '.jsonl': 'ndjson',
    '.csv': 'csv',
    '.md': 'markdown',
    '.xml': 'junit',
    '.sarif': 'sarif',
    '.prom': 'prometheus',
    '.txt': 'table',
    '.html': 'html',
  },
}

interface Splitting {
  readonly format: AuditFormat
  readonly files: (audit: Audit) => Promise<readonly ReportFile[]>
}

const SPLITTING: Readonly<Record<Split, Splitting>> = {
  owner: {
    format: 'markdown',
    files: async (audit) => (await import('../../render/formats/tickets.ts')).ticketsOf(audit),
  },
  account: {format: 'asff', files: async (audit) => (await import('../../render/formats/asff.ts')).asffFiles(audit)},
}

/** A split report needs a folder, and a folder needs a split report. */
export function auditOutputsOf(
  texts: readonly string[] = [],
  splits: readonly Split[] = [],
): Promise<readonly Output<AuditFormat>[]> {
  const outputs = texts.map((text) => outputOf(text, AUDIT_OUTPUTS))
  for (const split of splits) {
    const {format} = SPLITTING[split]
    if (!outputs.some((output) => output.format === format && isFolder(output)))
      throw usageError(`--split ${split} needs a folder: --output ${format}=FOLDER/`)
  }
  const summaryOutput = outputs.find(
    (output) => isFolder(output) && !splits.some((one) => SPLITTING[one].format === output.format),
  )
  if (summaryOutput)
    throw usageError(`${summaryOutput.file} is a folder; specify a file, or split the report with --split.`)
  return outputsOf(texts, AUDIT_OUTPUTS)
}

/** Metrics contain no instance ids, and another user collects them. */
const MODES: Readonly<Partial<Record<AuditFormat, number>>> = {prometheus: 0o644}

export const writeAudit = (audit: Audit, outputs: readonly Output<AuditFormat>[], version: string): Promise<void> =>
  writeOutputs(outputs, (format) => rendered(audit, format, {terminal: PIPE, version}), {
    modes: MODES,
    split: async (format) => {
      const splitting = Object.values(SPLITTING).find((one) => one.format === format)
      return (await splitting?.files(audit)) ?? []
    },
  })

/** What goes to standard output: the report, or the script for one group. */
export async function printedAudit(
  audit: Audit,
  {script, json, format}: Pick<FleetFlags, 'script' | 'json' | 'format'>,
  printing: Printing,
): Promise<string> {
  if (script === undefined) return rendered(audit, json ? 'json' : format, printing)
  const group = audit.groups.find(({id}) => id === script)
  if (group?.change?.snippet !== undefined) return group.change.snippet
  const ids = audit.groups.flatMap(({id, change}) => (change ? [id] : []))
  const hint = didYouMean(script, ids) || (ids.length > 0 ? ` Available: ${listed(ids)}.` : '')
  throw usageError(group ? `There is no known fix for ${script}.` : `No group "${script}" in this audit.${hint}`)
}

const MAX_LISTED = 5

const listed = (ids: readonly string[]): string =>
  ids.slice(0, MAX_LISTED).join(', ') + (ids.length > MAX_LISTED ? ` and ${ids.length - MAX_LISTED} more` : '')
