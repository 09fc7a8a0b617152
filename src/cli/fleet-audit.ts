import type {CallCount} from '../account/counting.ts'
import {usageError} from '../account/usage-error.ts'
import {auditAccount} from '../doctor/audit.ts'
import {type BrokenBy, changesSince} from '../doctor/audit-changes.ts'
import type {Audit} from '../doctor/audit-report.ts'
import type {Suppression} from '../doctor/audit-suppressions.ts'
import {auditOf} from '../doctor/audit-total.ts'
import {type Choice, inspectAccount} from '../doctor/inspector.ts'
import {inspectionOf, uncoveredBy} from '../doctor/inspector-total.ts'
import {choiceOf} from './fleet-chosen.ts'
import type {FleetFlags} from './fleet-flags.ts'
import {baselineFrom, suppressionsFrom} from './fleet-given.ts'
import {NO_RESUME, resumeIn} from './fleet-resume.ts'
import {type RunOptions, runFleet, type Task} from './fleet-run.ts'
import {fleetInAws, fleetInFiles, type LiveOptions} from './fleet-units.ts'
import {progressOn} from './progress.ts'

export interface Audited {
  readonly audit: Audit
  /** What was done, for the last line on stderr. */
  readonly summary: string
}

type Extras = Pick<RunOptions, 'also'> & Pick<LiveOptions, 'connect'>

/** What a command looks for in a fleet. */
interface Errand {
  readonly schema: Audit['schema']
  readonly inspector: boolean
  readonly task: (choice: Choice, ownerTag: string, suppressions: readonly Suppression[]) => Task
  /** What counts as broken when two reports are compared. */
  readonly brokenBy?: BrokenBy
}

const AUDIT: Errand = {
  schema: 'ssm-doctor/audit/1',
  inspector: false,
  task: (choice, ownerTag, suppressions) => ({
    part: ({account, own}) =>
      auditAccount(account, own, {ownerTag, suppressions, chosen: (one) => choice.instance(one, false)}),
    total: auditOf,
  }),
}

const INSPECTION: Errand = {
  schema: 'ssm-doctor/inspector/1',
  inspector: true,
  task: (chosen, ownerTag, suppressions) => ({
    part: ({account, own}) => inspectAccount(account, own, {ownerTag, suppressions, chosen}),
    total: inspectionOf,
  }),
  brokenBy: uncoveredBy,
}

/** Why which instances are not managed, and what heals the most. */
export const auditFleet = (flags: FleetFlags, extras: Extras = {}): Promise<Audited> => fleetOn(AUDIT, flags, extras)

/** What Amazon Inspector cannot scan, and why. */
export const inspectFleet = (flags: FleetFlags, extras: Extras = {}): Promise<Audited> =>
  fleetOn(INSPECTION, flags, extras)

/** From what the person typed to what the fleet came to. */
async function fleetOn(errand: Errand, flags: FleetFlags, extras: Extras): Promise<Audited> {
  const {schema, inspector, brokenBy} = errand
  const started = Date.now()
  const count: CallCount = {calls: 0, throttled: 0}
  if (flags['fail-on'] === 'new' && flags.baseline === undefined)
    throw usageError('--fail-on new compares with an earlier report: give it with --baseline FILE.')
  const [chosen, suppressions, baseline] = await Promise.all([
    choiceOf(flags),
    flags.suppress === undefined ? [] : suppressionsFrom(flags.suppress),
    flags.baseline === undefined ? undefined : baselineFrom(flags.baseline, schema),
  ])
  const task = errand.task(chosen, flags['owner-tag'], suppressions)
  const fleet = flags.account
    ? await fleetInFiles(flags.account, flags.region)
    : await fleetInAws(flags, {count, inspector, ...extras})
  for (const note of fleet.notes) process.stderr.write(`${note}\n`)
  const settings = {schema, ...settingsOf(flags, chosen, suppressions)}
  const parts = await runFleet(fleet, {
    task,
    resume: flags.resume === undefined ? NO_RESUME : await resumeIn(flags.resume, settings),
    concurrency: flags.concurrency,
    progress: progressOn(process.stderr),
    count,
    ...(extras.also && {also: extras.also}),
  })
  const audit = task.total(parts, readAtOf(parts.flatMap(({scopes}) => scopes)))
  return {
    audit: baseline ? {...audit, changes: changesSince(baseline, audit, brokenBy)} : audit,
    summary: summaryOf(audit, count, Date.now() - started),
  }
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

function summaryOf({scopes, totals}: Audit, {calls, throttled}: CallCount, milliseconds: number): string {
  const failed = scopes.filter((scope) => scope.failed !== null).length
  return [
    `${scopes.length} accounts and Regions${failed > 0 ? ` (${failed} not examined)` : ''}`,
    `${totals.instances} instances`,
    ...(calls > 0 ? [`${calls} calls`, `${throttled} throttled`] : []),
    `${(milliseconds / 1000).toFixed(1)} s`,
  ].join(', ')
}
