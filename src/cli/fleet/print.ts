import type {Audit} from '../../audit/report.ts'
import type {Terminal} from '../../render/text/terminal.ts'
import {PIPE} from '../../render/text/terminal.ts'
import {type Output, type OutputFormats, outputsOf, writeOutputs} from '../output/output-files.ts'
import {AUDIT_FORMATS, type AuditFormat} from './flags.ts'

/** What every format is made from. */
export interface Printing {
  readonly terminal: Terminal
  readonly version: string
}

/** Each format is loaded only where it is wanted. */
const RENDERERS: Readonly<Record<AuditFormat, (audit: Audit, printing: Printing) => Promise<string>>> = {
  table: async (audit, {terminal}) => (await import('../../render/text/table.ts')).tableAudit(audit, terminal),
  json: async (audit) => JSON.stringify(audit, undefined, 2),
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

const OUTPUT_FORMATS: OutputFormats<AuditFormat> = {
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

export const auditOutputsOf = (texts: readonly string[] = []): Promise<readonly Output<AuditFormat>[]> =>
  outputsOf(texts, OUTPUT_FORMATS)

/** Metrics name no instance, and whoever collects them is another user. */
const MODES: Readonly<Partial<Record<AuditFormat, number>>> = {prometheus: 0o644}

export const writeAudit = (audit: Audit, outputs: readonly Output<AuditFormat>[], version: string): Promise<void> =>
  writeOutputs(outputs, (format) => rendered(audit, format, {terminal: PIPE, version}), MODES)
