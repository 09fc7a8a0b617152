import type {CallCount} from '../account/counting.ts'
import {usageError} from '../account/usage-error.ts'
import {changesSince} from '../doctor/audit-changes.ts'
import type {Audit} from '../doctor/audit-report.ts'
import {auditOf} from '../doctor/audit-total.ts'
import {choiceOf} from './fleet-chosen.ts'
import type {FleetFlags} from './fleet-flags.ts'
import {baselineFrom, suppressionsFrom} from './fleet-given.ts'
import {NO_RESUME, resumeIn} from './fleet-resume.ts'
import {type RunOptions, runFleet} from './fleet-run.ts'
import {fleetInAws, fleetInFiles, type LiveOptions} from './fleet-units.ts'
import {progressOn} from './progress.ts'

export interface Audited {
  readonly audit: Audit
  /** What was done, for the last line on stderr. */
  readonly summary: string
}

type Extras = Pick<RunOptions, 'also'> & Pick<LiveOptions, 'inspector' | 'connect'>

/** The whole of an audit, from what the person typed to what the fleet came to. */
export async function auditFleet(flags: FleetFlags, extras: Extras = {}): Promise<Audited> {
  const started = Date.now()
  const count: CallCount = {calls: 0, throttled: 0}
  if (flags['fail-on'] === 'new' && flags.baseline === undefined)
    throw usageError('--fail-on new compares with an earlier audit: give it with --baseline FILE.')
  const [chosen, suppressions, baseline] = await Promise.all([
    choiceOf(flags),
    flags.suppress === undefined ? [] : suppressionsFrom(flags.suppress),
    flags.baseline === undefined ? undefined : baselineFrom(flags.baseline),
  ])
  const fleet = flags.account
    ? await fleetInFiles(flags.account, flags.region)
    : await fleetInAws(flags, {count, ...extras})
  for (const note of fleet.notes) process.stderr.write(`${note}\n`)
  const resume = flags.resume === undefined ? NO_RESUME : await resumeIn(flags.resume, settingsOf(flags, suppressions))
  const parts = await runFleet(fleet, {
    audit: {ownerTag: flags['owner-tag'], chosen, suppressions},
    resume,
    concurrency: flags.concurrency,
    progress: progressOn(process.stderr),
    count,
    ...(extras.also && {also: extras.also}),
  })
  const audit = auditOf(parts, readAtOf(parts.flatMap(({scopes}) => scopes)))
  return {
    audit: baseline ? {...audit, changes: changesSince(baseline, audit)} : audit,
    summary: summaryOf(audit, count, Date.now() - started),
  }
}

/** What the result of one account and Region depends on. */
const settingsOf = (flags: FleetFlags, suppressions: readonly object[]) => ({
  includeStopped: flags['include-stopped'],
  tag: flags.tag ?? [],
  vpc: flags.vpc ?? [],
  instanceIdsFrom: flags['instance-ids-from'] ?? null,
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
