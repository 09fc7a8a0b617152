import {auditAccount} from '../../audit/audit.ts'
import {type BrokenBy, changesSince} from '../../audit/changes.ts'
import type {Audit} from '../../audit/report.ts'
import type {Suppression} from '../../audit/suppressions.ts'
import {auditOf, catalogue} from '../../audit/total.ts'
import type {CallCount} from '../../collect/instrument.ts'
import {type Choice, inspectAccount} from '../../inspector/inspector.ts'
import {inspectionOf, uncoveredBy} from '../../inspector/total.ts'
import {counted} from '../../render/formats/audit-facts.ts'
import {usageError} from '../../util/usage-error.ts'
import {progressOn} from '../output/progress.ts'
import {fleetInAws, fleetInFiles, type LiveOptions} from './account-regions.ts'
import type {FleetFlags} from './flags.ts'
import {baselineFrom, partsFrom, suppressionsFrom} from './inputs.ts'
import {choiceOf} from './instance-filter.ts'
import {NO_RESUME, resumeIn} from './resume.ts'
import {type Job, type RunOptions, runFleet} from './run.ts'

export interface AuditResult {
  readonly audit: Audit
  /** What was done, for the last line on stderr. */
  readonly summary: string
  /** Ids that were asked for and that nothing is told of. */
  readonly missing: readonly string[]
}

type Extras = Pick<RunOptions, 'also'> & Pick<LiveOptions, 'connect'>

/** What a command looks for in a fleet. */
interface AuditMode {
  readonly schema: Audit['schema']
  readonly inspector: boolean
  readonly task: (choice: Choice, ownerTag: string, suppressions: readonly Suppression[]) => Job
  /** What counts as broken when two reports are compared. */
  readonly brokenBy?: BrokenBy
}

const AUDIT: AuditMode = {
  schema: 'ssm-doctor/audit/1',
  inspector: false,
  task: (choice, ownerTag, suppressions) => ({
    part: ({account, own}) =>
      auditAccount(account, own, {ownerTag, suppressions, chosen: (one) => choice.instance(one, false)}),
    total: auditOf,
  }),
}

const INSPECTION: AuditMode = {
  schema: 'ssm-doctor/inspector/1',
  inspector: true,
  task: (chosen, ownerTag, suppressions) => ({
    part: ({account, own}) => inspectAccount(account, own, {ownerTag, suppressions, chosen}),
    total: inspectionOf,
  }),
  brokenBy: uncoveredBy,
}

/** Why which instances are not managed, and what fixes the most. */
export const auditFleet = (flags: FleetFlags, extras: Extras = {}): Promise<AuditResult> =>
  fleetOn(AUDIT, flags, extras)

/** What Amazon Inspector cannot scan, and why. */
export const inspectFleet = (flags: FleetFlags, extras: Extras = {}): Promise<AuditResult> =>
  fleetOn(INSPECTION, flags, extras)

/** From what the person typed to what the fleet came to. */
async function fleetOn(mode: AuditMode, flags: FleetFlags, extras: Extras): Promise<AuditResult> {
  const {schema, brokenBy} = mode
  const started = Date.now()
  const count: CallCount = {calls: 0, throttled: 0}
  if (flags['fail-on'] === 'new' && flags.baseline === undefined)
    throw usageError('--fail-on new needs --baseline FILE.')
  const [chosen, suppressions, baseline] = await Promise.all([
    choiceOf(flags),
    flags.suppress === undefined ? [] : suppressionsFrom(flags.suppress),
    flags.baseline === undefined ? undefined : baselineFrom(flags.baseline, schema),
  ])
  const task = mode.task(chosen, flags['owner-tag'], suppressions)
  const {parts, kept} = flags.parts
    ? {parts: await partsFrom(flags.parts, schema), kept: 0}
    : await look(mode, flags, {chosen, suppressions, task, count, extras})
  const audit = task.total(parts, readAtOf(parts.flatMap(({scopes}) => scopes)))
  const missing = missingFrom(audit, chosen)
  if (missing.length > 0) process.stderr.write(`${notFound(missing)}\n`)
  for (const note of unmatchedIn(audit, flags, suppressions)) process.stderr.write(`${note}\n`)
  return {
    audit: baseline ? {...audit, changes: changesSince(baseline, audit, brokenBy)} : audit,
    summary: summaryOf(audit, count, kept, Date.now() - started),
    missing,
  }
}

interface Looking {
  readonly chosen: Choice
  readonly suppressions: readonly Suppression[]
  readonly task: Job
  readonly count: CallCount
  readonly extras: Extras
}

async function look(
  {schema, inspector}: AuditMode,
  flags: FleetFlags,
  {chosen, suppressions, task, count, extras}: Looking,
) {
  const progress = progressOn(process.stderr)
  const fleet = flags.account
    ? await fleetInFiles(flags.account, flags.region, progress.say).finally(progress.end)
    : await fleetInAws(flags, {count, inspector, ...extras})
  for (const note of fleet.notes) process.stderr.write(`${note}\n`)
  const settings = {schema, ...settingsOf(flags, chosen, suppressions)}
  return await runFleet(fleet, {
    task,
    resume: flags.resume === undefined ? NO_RESUME : await resumeIn(flags.resume, settings),
    // Files wait for nobody: more than one at a time would only take memory.
    concurrency: flags.account ? 1 : flags.concurrency,
    progress,
    count,
    ...(extras.also && {also: extras.also}),
  })
}

function missingFrom({instances}: Audit, {ids}: Choice): readonly string[] {
  const told = new Set(instances.map(({id}) => id))
  return [...(ids ?? [])].filter((id) => !told.has(id))
}

const notFound = (ids: readonly string[]): string =>
  `${counted(ids.length, 'requested instance')} ${ids.length === 1 ? 'was' : 'were'} not found or ${ids.length === 1 ? 'is' : 'are'} not running: ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ' …' : ''}`

/** A filter that matches nothing is most often misspelled. */
function unmatchedIn(
  {instances}: Audit,
  {tag = [], vpc = [], 'owner-tag': ownerTag, 'allow-empty': allowEmpty}: FleetFlags,
  suppressions: readonly Suppression[],
): readonly string[] {
  const isThere = instances.length > 0
  const unknown = suppressions.flatMap(({cause}) => (cause === undefined || catalogue.has(cause) ? [] : [cause]))
  return [
    ...(isThere || allowEmpty
      ? []
      : ['No instances found; check the accounts, Regions and filters, or pass --allow-empty.']),
    ...(isThere ? [] : [...tag.map((one) => `--tag ${one}`), ...vpc.map((one) => `--vpc ${one}`)]).map(
      (asked, _, {length}) => `No instance matches ${asked}${length > 1 ? ' (combined with the other filters)' : ''}.`,
    ),
    ...(isThere && ownerTag !== 'Owner' && instances.every(({owner}) => owner === null)
      ? [`No instance has the tag ${ownerTag}; owners are not shown.`]
      : []),
    ...[...new Set(unknown)].map((cause) => `--suppress: unknown cause ${cause}; see \`ssm-doctor explain\`.`),
  ]
}

/** What the result of one account and Region depends on. */
const settingsOf = (flags: FleetFlags, {ids}: Choice, suppressions: readonly object[]) => ({
  includeStopped: flags['include-stopped'],
  tag: flags.tag ?? [],
  vpc: flags.vpc ?? [],
  instanceIds: ids ? [...ids].sort() : null,
  ownerTag: flags['owner-tag'],
  suppressions,
})

const readAtOf = (scopes: Audit['scopes']): string =>
  scopes
    .flatMap(({readAt}) => readAt ?? [])
    .sort()
    .at(-1) ?? new Date().toISOString()

function summaryOf({scopes, totals}: Audit, {calls, throttled}: CallCount, kept: number, milliseconds: number): string {
  const failed = scopes.filter((scope) => scope.failed !== null).length
  return [
    `${scopes.length === 1 ? '1 account and Region' : `${scopes.length} accounts and Regions`}${failed > 0 ? ` (${failed} not examined)` : ''}`,
    counted(totals.instances, 'instance'),
    ...(calls > 0 ? [counted(calls, 'call'), `${throttled} throttled`] : []),
    ...(kept > 0 ? [`${kept} kept from an earlier run`] : []),
    `${(milliseconds / 1000).toFixed(1)} s`,
  ].join(', ')
}
