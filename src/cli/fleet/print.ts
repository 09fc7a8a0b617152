import {isBroken} from '../../audit/changes.ts'
import type {Audit} from '../../audit/report.ts'
import {uncoveredBy} from '../../inspector/total.ts'
import type {Terminal} from '../../render/text/terminal.ts'
import {PIPE} from '../../render/text/terminal.ts'
import {EXIT, exitCodeOf} from '../output/exit-code.ts'
import {type Output, type OutputFormats, outputsOf, writeOutputs} from '../output/output-files.ts'
import {AUDIT_FORMATS, type AuditFormat, type FailOn} from './flags.ts'

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

const WORSE: Readonly<Record<FailOn, readonly string[]>> = {
  blocks: ['blocks'],
  degrades: ['blocks', 'degrades'],
  advises: ['blocks', 'degrades', 'advises'],
  new: [],
}

const isNew = ({changes}: Audit): boolean =>
  (changes?.instances ?? []).some(({change}) => change === 'newly-broken' || change === 'changed-cause')

/** 1 where Inspector leaves an instance unscanned; with `failOn` only where such causes are why. */
export function inspectionExitCode(
  audit: Audit,
  failOn: FailOn | undefined,
  missing: readonly string[] = [],
  allowEmpty = false,
): number {
  const {instances, scopes} = audit
  if (scopes.length > 0 && scopes.every(({failed}) => failed !== null)) return EXIT.usage
  if (instances.length === 0 && !allowEmpty) return 3
  const worse = failOn === undefined ? undefined : WORSE[failOn]
  const isHit =
    failOn === 'new'
      ? isNew(audit)
      : instances.some(
          (one) =>
            (uncoveredBy(one) !== null && (!worse || one.causes.some(({severity}) => worse.includes(severity)))) ||
            (failOn === 'advises' && ADVISED.has(one.inspector?.coverage)),
        )
  const isOff = instances.some(({inspector}) => inspector?.coverage === 'disabled')
  if (isHit || (isOff && (failOn === undefined || failOn === 'advises'))) return 1
  const isOpen = instances.some(({inspector}) => inspector?.coverage === 'unknown')
  return isOpen || missing.length > 0 || scopes.some(({failed}) => failed !== null) ? 3 : 0
}

const ADVISED: ReadonlySet<string | undefined> = new Set(['excluded', 'unsupported'])

/** As for one instance; with `failOn` only such causes make it 1. What could not be examined, or found, leaves it undecided. */
export function auditExitCode(
  audit: Audit,
  failOn: FailOn | undefined,
  missing: readonly string[] = [],
  allowEmpty = false,
): number {
  const {instances, scopes} = audit
  if (scopes.length > 0 && scopes.every(({failed}) => failed !== null)) return EXIT.usage
  const suppressed = new Set(audit.suppressed.map(({instance}) => instance))
  const counted = instances.filter((one) => one.rootCause !== null || !suppressed.has(one.id))
  if (instances.length === 0 && !allowEmpty) return 3
  const incomplete = missing.length > 0 || scopes.some(({failed}) => failed !== null)
  if (failOn === undefined) {
    const code = exitCodeOf(counted)
    return code === 0 && incomplete ? 3 : code
  }
  const isHit =
    failOn === 'new'
      ? isNew(audit)
      : counted.some(({causes}) => causes.some(({severity}) => WORSE[failOn].includes(severity)))
  if (isHit) return 1
  return incomplete || counted.some((one) => one.verdict === 'undecided' && !isBroken(one)) ? 3 : 0
}
