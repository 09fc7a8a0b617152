import type {Baseline} from '../audit/changes.ts'
import type {Audit, AuditPart} from '../audit/report.ts'
import {auditExitCode, isFailOn} from '../cli/fleet/exit-code.ts'
import {completed} from '../fleet/expected.ts'
import {baselineIn, partIn} from '../fleet/inputs.ts'
import {AUDIT, totalOf} from '../fleet/modes.ts'
import {countedPlaces} from '../render/audit-facts.ts'
import {auditSummary, subjectOf} from '../render/text/audit-summary.ts'
import {inChunks} from '../util/chunks.ts'
import {publish, type Store, storeIn} from './aws.ts'
import {textFrom, textOr} from './environment.ts'
import {runNameIn} from './events.ts'
import {eachOf, jsonAt, keysOf, NEWEST, type NotImported, type Run, runAt, unitsAt} from './run-store.ts'

interface MergeEvent {
  readonly run: string
}

interface MergeResult {
  readonly run: string
  /** As on the command line: 0 all managed, 1 some are not, 2 nothing was examined, 3 some could not be assessed. */
  readonly code: number
  readonly instances: number
  readonly notExamined: number
  readonly report: string
}

/** Merges the parts, compares with the last run, stores the reports and sends the summary. */
export async function merge(event: MergeEvent): Promise<MergeResult> {
  const name = runNameIn(event)
  const bucket = textFrom('BUCKET')
  const store = storeIn(bucket)
  const run = await runAt(store, name)
  const audit = totalOf(AUDIT, await partsOf(store, name), await baselineOf(store, run))
  await storeReports(store, name, audit)
  const report = `s3://${bucket}/${keysOf(name).report('')}`
  await publish(textFrom('TOPIC'), subjectOf(audit), auditSummary(audit, report, await notImported(store, name)))
  await finish(store, run)
  const notExamined = audit.scopes.filter(({failed}) => failed !== null).length
  return {run: name, code: codeOf(audit), instances: audit.totals.instances, notExamined, report}
}

/** The next run is compared with this one, unless it is an old one that was continued by its name. */
async function finish(store: Store, run: Run): Promise<void> {
  const last = await jsonAt<Run>(store, NEWEST.finished)
  if (last === undefined || last.startedAt <= run.startedAt) await store.write(NEWEST.finished, JSON.stringify(run))
}

async function partsOf(store: Store, run: string): Promise<readonly AuditPart[]> {
  const keys = keysOf(run)
  const [parts, failures, regions] = await Promise.all(
    [keys.parts(), keys.failures(), keys.regions].map((prefix) => store.keysUnder(prefix)),
  )
  const found = await eachOf([...(parts ?? []), ...(failures ?? [])], async (key) =>
    partIn({name: key, text: (await store.read(key)) ?? ''}, AUDIT.schema),
  )
  const units = await eachOf([keys.units, ...(regions ?? [])], (key) => unitsAt(store, key))
  return completed(found, units.flat())
}

async function baselineOf(store: Store, {before}: Run): Promise<Baseline | undefined> {
  if (before === null) return undefined
  const key = keysOf(before).baseline
  const text = await store.read(key)
  return text === undefined ? undefined : baselineIn({name: key, text}, AUDIT.schema)
}

async function storeReports(store: Store, run: string, audit: Audit): Promise<void> {
  const keys = keysOf(run)
  const [{csvAudit}, {markdownAudit}, {htmlAudit}] = await Promise.all([
    import('../render/formats/csv.ts'),
    import('../render/formats/markdown.ts'),
    import('../render/html/audit-page.ts'),
  ])
  await store.write(keys.report('audit.json'), jsonOf(audit))
  await store.write(keys.report('audit.csv'), csvAudit(audit), 'text/csv; charset=utf-8')
  await store.write(keys.report('audit.md'), markdownAudit(audit), 'text/markdown; charset=utf-8')
  await store.write(keys.report('audit.html'), htmlAudit(audit), 'text/html; charset=utf-8')
  await store.write(keys.baseline, jsonOf(baselineFrom(audit)))
}

/** Items of a list that become one text. */
const BATCH_SIZE = 10_000

/** Like JSON.stringify, whose string could not contain a million instances; lists in chunks. */
export function jsonOf(report: object): Uint8Array {
  const members = Object.entries(report).flatMap(([key, value], at) => [
    `${at === 0 ? '{' : ','}${JSON.stringify(key)}:`,
    ...(Array.isArray(value) ? listText(value) : [JSON.stringify(value)]),
  ])
  return Buffer.concat([...members, '}'].map((text) => Buffer.from(text)))
}

const listText = (items: readonly unknown[]): readonly string[] => [
  '[',
  ...inChunks(items, BATCH_SIZE).map((chunk, at) => `${at === 0 ? '' : ','}${JSON.stringify(chunk).slice(1, -1)}`),
  ']',
]

/** Only what a later comparison reads from the report. */
const baselineFrom = ({schema, readAt, instances, changes}: Audit) => ({
  schema,
  readAt,
  instances: instances.map(({id, verdict, rootCause, account, region, causes}) => ({
    id,
    verdict,
    rootCause,
    account,
    region,
    causes: causes.map((cause) => ({id: cause.id, resource: cause.resource})),
  })),
  ...(changes && {changes: {instances: changes.instances.map(({id, since}) => ({id, since}))}}),
})

async function notImported(store: Store, run: string): Promise<readonly string[]> {
  const keys = await store.keysUnder(keysOf(run).allNotImported)
  const found = await eachOf(keys, (key) => jsonAt<NotImported>(store, key))
  const reasons = found.flatMap((one) => one?.why ?? [])
  return reasons.length === 0
    ? []
    : [`Security Hub did not take all findings of ${countedPlaces(reasons.length)}: ${reasons[0]}`]
}

/** `never` makes the run succeed with any findings, unless nothing could be examined. */
function codeOf(audit: Audit): number {
  const failOnSetting = textOr('FAIL_ON')
  const code = auditExitCode(audit, {
    failOn: failOnSetting !== undefined && isFailOn(failOnSetting) ? failOnSetting : undefined,
  })
  return failOnSetting === 'never' && code !== 2 ? 0 : code
}
