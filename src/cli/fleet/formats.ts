import type {Audit} from '../../audit/report.ts'
import {jsonText} from '../../render/formats/json.ts'
import {formatsFor, namesOf} from '../output/output-files.ts'

const loadAsff = () => import('../../render/formats/asff.ts')
const loadOcsf = () => import('../../render/formats/ocsf.ts')

export const AUDIT_FORMATS = formatsFor<Audit>()({
  table: {
    extensions: ['.txt'],
    text: async (audit, {terminal}) => (await import('../../render/text/table.ts')).tableAudit(audit, terminal),
  },
  json: {extensions: ['.json'], text: (audit) => jsonText(audit)},
  ndjson: {
    extensions: ['.ndjson', '.jsonl'],
    text: async (audit) => (await import('../../render/formats/ndjson.ts')).ndjsonAudit(audit),
  },
  csv: {
    extensions: ['.csv'],
    text: async (audit) => (await import('../../render/formats/csv.ts')).csvAudit(audit),
  },
  markdown: {
    extensions: ['.md'],
    text: async (audit) => (await import('../../render/formats/markdown.ts')).markdownAudit(audit),
    split: {
      by: 'owner',
      files: async (audit) => (await import('../../render/formats/tickets.ts')).ticketsOf(audit),
    },
  },
  junit: {
    extensions: ['.xml'],
    text: async (audit) => (await import('../../render/formats/junit.ts')).junitAudit(audit),
  },
  sarif: {
    extensions: ['.sarif', '.sarif.json'],
    text: async (audit, {version}) => (await import('../../render/formats/sarif.ts')).sarifAudit(audit, version),
  },
  asff: {
    extensions: ['.asff.json'],
    text: async (audit) => (await loadAsff()).asffAudit(audit),
    split: {by: 'account', files: async (audit) => (await loadAsff()).asffFiles(audit)},
  },
  ocsf: {
    extensions: ['.ocsf.json'],
    text: async (audit, {version}) => (await loadOcsf()).ocsfAudit(audit, version),
  },
  'ocsf-ndjson': {
    extensions: ['.ocsf.ndjson'],
    text: async (audit, {version}) => (await loadOcsf()).ocsfLines(audit, version),
  },
  prometheus: {
    extensions: ['.prom'],
    text: async (audit) => (await import('../../render/formats/prometheus.ts')).prometheusAudit(audit),
    // Metrics contain no instance ids, and another user collects them.
    mode: 0o644,
  },
  html: {
    extensions: ['.html'],
    text: async (audit) => (await import('../../render/html/audit-page.ts')).htmlAudit(audit),
  },
})

export type AuditFormat = keyof typeof AUDIT_FORMATS

export const AUDIT_FORMAT_NAMES = namesOf(AUDIT_FORMATS)

export const SPLITS: readonly string[] = AUDIT_FORMAT_NAMES.flatMap((name) => AUDIT_FORMATS[name].split?.by ?? [])
