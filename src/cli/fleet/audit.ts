import type {Audit} from '../../audit/report.ts'
import type {Suppression} from '../../audit/suppressions.ts'
import {catalogById} from '../../checks/catalog.ts'
import type {CallCount} from '../../collect/instrument.ts'
import {fleetInAws, type LiveFleet, type LiveOptions} from '../../fleet/account-regions.ts'
import {completed} from '../../fleet/expected.ts'
import {AUDIT, type AuditMode, INSPECTION, totalOf} from '../../fleet/modes.ts'
import {type Job, NO_RESUME, type RunOptions, runFleet} from '../../fleet/run.ts'
import type {Choice} from '../../inspector/inspector.ts'
import {isHybridId} from '../../model/hybrid.ts'
import {countedPlaces} from '../../render/formats/audit-facts.ts'
import {counted} from '../../util/counted.ts'
import {usageError} from '../../util/usage-error.ts'
import {waitingFor} from '../input/connection.ts'
import {notice} from '../output/notice.ts'
import {progressOn} from '../output/progress.ts'
import {fixWriterFor} from './fix-writer.ts'
import type {FleetFlags} from './flags.ts'
import {fleetInFiles} from './in-files.ts'
import {baselineFrom, partsFrom, suppressionsFrom, unitsFrom} from './inputs.ts'
import {choiceOf, linesIn} from './instance-filter.ts'
import {resumeIn} from './resume.ts'

interface AuditResult {
  readonly audit: Audit
  /** A summary for the last line on stderr. */
  readonly summary: string
  /** Requested ids without a row. */
  readonly missing: readonly string[]
}

type Extras = Pick<RunOptions, 'onExamined'> & Pick<LiveOptions, 'connect'>

/** Which instances are not managed and why, and what fixes the most. */
export const auditFleet = (flags: FleetFlags, extras: Extras = {}): Promise<AuditResult> =>
  fleetOn(AUDIT, flags, extras)

/** What Amazon Inspector cannot scan, and why. */
export const inspectFleet = (flags: FleetFlags, extras: Extras = {}): Promise<AuditResult> =>
  fleetOn(INSPECTION, flags, extras)

/** From the flags to the result of the fleet. */
async function fleetOn(mode: AuditMode, flags: FleetFlags, extras: Extras): Promise<AuditResult> {
  const {schema, brokenBy} = mode
  const started = Date.now()
  const count: CallCount = {calls: 0, throttled: 0}
  if (flags['fail-on'] === 'new' && flags.baseline === undefined)
    throw usageError('--fail-on new needs --baseline FILE.')
  const [chosen, suppressions, baseline, write] = await Promise.all([
    choiceOf(flags),
    flags.suppress === undefined ? [] : suppressionsFrom(flags.suppress),
    flags.baseline === undefined ? undefined : baselineFrom(flags.baseline, schema),
    fixWriterFor(flags),
  ])
  const hybrid = includesHybrid(flags, chosen)
  const task = mode.task(chosen, flags['owner-tag'], suppressions, {write, hybrid})
  const {parts, kept} = flags.parts
    ? {parts: await auditFromParts(flags.parts, flags.units, schema), kept: 0}
    : await runFleetAudit(mode, flags, {chosen, suppressions, task, count, extras})
  const audit = totalOf(task, parts, baseline, brokenBy)
  const missing = missingFrom(audit, chosen)
  if (missing.length > 0) notice(notFound(missing))
  for (const note of unmatchedIn(audit, flags, suppressions)) notice(note)
  return {
    audit,
    summary: summaryOf(audit, count, kept, Date.now() - started),
    missing,
  }
}

/** Every part, with a placeholder for each missing one. */
async function auditFromParts(sources: readonly string[], units: FleetFlags['units'], schema: Audit['schema']) {
  const parts = await partsFrom(sources, schema)
  return units === undefined ? parts : completed(parts, await unitsFrom(units))
}

async function liveFleetOf(flags: FleetFlags): Promise<LiveFleet> {
  const {organization, region, 'accounts-from': source, 'organizational-unit': units} = flags
  const suspended = flags['include-suspended'] ?? false
  return {
    regions: flags['all-regions'] ? 'all' : region,
    region: region?.[0],
    excludedRegions: flags['exclude-region'],
    profiles: flags.profile,
    roleArn: flags['role-arn'],
    externalId: flags['external-id'],
    roleName: flags['role-name'],
    excludedAccounts: flags['exclude-account'],
    ...(source !== undefined && {accounts: {listed: await linesIn(source), source}}),
    ...((organization || units !== undefined) && {accounts: {units: units ?? [], suspended}}),
  }
}

/** Hybrid nodes are requested, or named. */
const includesHybrid = (flags: FleetFlags, {ids}: Choice): boolean =>
  flags['include-hybrid'] === true || [...(ids ?? [])].some(isHybridId)

interface AuditRun {
  readonly chosen: Choice
  readonly suppressions: readonly Suppression[]
  readonly task: Job
  readonly count: CallCount
  readonly extras: Extras
}

async function runFleetAudit(
  {schema, inspector}: AuditMode,
  flags: FleetFlags,
  {chosen, suppressions, task, count, extras}: AuditRun,
) {
  const progress = progressOn(process.stderr)
  const fleet = flags.account
    ? await fleetInFiles(flags.account, flags.region, progress.say).finally(progress.end)
    : await fleetInAws(
        {...(await liveFleetOf(flags)), ...waitingFor(flags, progress)},
        {
          count,
          inspector,
          hybrid: includesHybrid(flags, chosen),
          ...extras,
        },
      )
  for (const note of fleet.notes) notice(note)
  const settings = {schema, ...settingsOf(flags, chosen, suppressions)}
  return await runFleet(fleet, {
    task,
    resume: flags.resume === undefined ? NO_RESUME : await resumeIn(flags.resume, settings),
    // Files need no waiting: more than one at a time would only take memory.
    concurrency: flags.account ? 1 : flags.concurrency,
    progress,
    count,
    ...(extras.onExamined && {onExamined: extras.onExamined}),
  })
}

function missingFrom({instances}: Audit, {ids}: Choice): readonly string[] {
  const examined = new Set(instances.map(({id}) => id))
  return [...(ids ?? [])].filter((id) => !examined.has(id))
}

const notFound = (ids: readonly string[]): string =>
  `${counted(ids.length, 'requested instance')} ${ids.length === 1 ? 'was' : 'were'} not found or ${ids.length === 1 ? 'is' : 'are'} not running: ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ' …' : ''}`

/** A filter that matches nothing is usually misspelled. */
function unmatchedIn(
  {instances, scopes}: Audit,
  {tag = [], vpc = [], 'owner-tag': ownerTag, 'allow-empty': allowEmpty}: FleetFlags,
  suppressions: readonly Suppression[],
): readonly string[] {
  const isThere = instances.length > 0
  const unknown = suppressions.flatMap(({cause}) => (cause === undefined || catalogById.has(cause) ? [] : [cause]))
  return [
    ...(isThere || allowEmpty || scopes.every(({failed}) => failed !== null)
      ? []
      : ['No instances found; check the accounts, Regions and filters, or pass --allow-empty.']),
    ...(isThere ? [] : [...tag.map((one) => `--tag ${one}`), ...vpc.map((one) => `--vpc ${one}`)]).map(
      (filter, _, {length}) =>
        `No instance matches ${filter}${length > 1 ? ' (combined with the other filters)' : ''}.`,
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
  ...(flags.remedy !== undefined && flags.remedy !== 'cli' && {remedy: flags.remedy}),
  ...(flags.script !== undefined && {script: flags.script}),
  ...(flags['include-hybrid'] && {includeHybrid: true}),
})

function summaryOf({scopes, totals}: Audit, {calls, throttled}: CallCount, kept: number, milliseconds: number): string {
  const failed = scopes.filter((scope) => scope.failed !== null).length
  return [
    `${countedPlaces(scopes.length)}${failed > 0 ? ` (${failed} not examined)` : ''}`,
    counted(totals.instances, 'instance'),
    ...(calls > 0 ? [counted(calls, 'call'), `${throttled} throttled`] : []),
    ...(kept > 0 ? [`${kept} reused from an earlier run`] : []),
    `${(milliseconds / 1000).toFixed(1)} s`,
  ].join(', ')
}
