import {extname, resolve} from 'node:path'
import {isBroken} from '../../audit/changes.ts'
import type {Audit} from '../../audit/report.ts'
import {uncoveredBy} from '../../inspector/total.ts'
import type {Terminal} from '../../render/text/terminal.ts'
import {PIPE} from '../../render/text/terminal.ts'
import {usageError} from '../../util/usage-error.ts'
import {EXIT, exitCodeOf} from '../output/exit-code.ts'
import {mustBeWritable, writeWhole} from '../output/write-file.ts'
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
  html: async (audit) => (await import('../../render/html/audit-page.ts')).htmlAudit(audit),
  prometheus: async (audit) => (await import('../../render/formats/prometheus.ts')).prometheusAudit(audit),
}

export const rendered = (audit: Audit, format: AuditFormat, printing: Printing): Promise<string> =>
  RENDERERS[format](audit, printing)

export interface Output {
  readonly format: AuditFormat
  readonly file: string
}

const ENDINGS: Readonly<Record<string, AuditFormat>> = {
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
}

/** `report.csv`, or `asff=findings.json` where the ending does not tell. */
export function outputOf(text: string): Output {
  const at = text.indexOf('=')
  const named = AUDIT_FORMATS.find((format) => format === text.slice(0, at))
  if (named) return {format: named, file: text.slice(at + 1)}
  const [, inner] = /(\.sarif|\.asff)\.json$/.exec(text) ?? []
  const format = inner === '.asff' ? 'asff' : ENDINGS[inner ?? extname(text)]
  if (format) return {format, file: text}
  throw usageError(
    `The ending of ${text} tells no format; write FORMAT=${text} with one of ${AUDIT_FORMATS.join(', ')}.`,
  )
}

/** A report that cannot be written should be known before the fleet is asked, not after. */
export async function outputsOf(texts: readonly string[] = []): Promise<readonly Output[]> {
  const outputs = texts.map(outputOf)
  const files = new Set<string>()
  for (const {file} of outputs) {
    await mustBeWritable(file)
    if (files.has(resolve(file))) throw usageError(`${file}: two reports cannot go to one file.`)
    files.add(resolve(file))
  }
  return outputs
}

/** Metrics name no instance, and whoever collects them is another user. */
const MODES: Readonly<Partial<Record<AuditFormat, number>>> = {prometheus: 0o644}

export async function writeOutputs(audit: Audit, outputs: readonly Output[], version: string): Promise<void> {
  for (const {format, file} of outputs)
    await writeWhole(file, [await rendered(audit, format, {terminal: PIPE, version})], MODES[format])
}

const WORSE: Readonly<Record<FailOn, readonly string[]>> = {
  blocks: ['blocks'],
  degrades: ['blocks', 'degrades'],
  advises: ['blocks', 'degrades', 'advises'],
  new: [],
}

const isNew = ({changes}: Audit): boolean =>
  (changes?.instances ?? []).some(({change}) => change === 'newly-broken' || change === 'changed-cause')

/** 1 where Inspector leaves an instance unscanned; with `failOn` only where such causes are why. */
export function inspectionExitCode(audit: Audit, failOn: FailOn | undefined, missing: readonly string[] = []): number {
  const {instances, scopes} = audit
  if (scopes.length > 0 && scopes.every(({failed}) => failed !== null)) return EXIT.usage
  const worse = failOn === undefined ? undefined : WORSE[failOn]
  const isHit =
    failOn === 'new'
      ? isNew(audit)
      : instances.some(
          (one) =>
            (uncoveredBy(one) !== null && (!worse || one.causes.some(({severity}) => worse.includes(severity)))) ||
            (failOn === 'advises' && ADVISED.has(one.inspector?.coverage)),
        )
  if (isHit) return 1
  const isOpen = instances.some(({inspector}) => inspector?.coverage === 'unknown')
  return isOpen || missing.length > 0 || scopes.some(({failed}) => failed !== null) ? 3 : 0
}

const ADVISED: ReadonlySet<string | undefined> = new Set(['excluded', 'unsupported'])

/** As for one instance; with `failOn` only such causes make it 1. What could not be examined, or found, leaves it undecided. */
export function auditExitCode(audit: Audit, failOn: FailOn | undefined, missing: readonly string[] = []): number {
  const {instances, scopes} = audit
  if (scopes.length > 0 && scopes.every(({failed}) => failed !== null)) return EXIT.usage
  const suppressedCount = new Set(audit.suppressed.map(({instance}) => instance))
  const counted = instances.filter((one) => one.rootCause !== null || !suppressedCount.has(one.id))
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
