import type {Baseline} from '../../audit/changes.ts'
import type {FixWriter} from '../../audit/groups.ts'
import type {Audit} from '../../audit/report.ts'
import type {Suppression} from '../../audit/suppressions.ts'
import {catalogById} from '../../checks/catalog.ts'
import type {CallCount} from '../../collect/client/instrument.ts'
import {type AuditMode, jobOf, totalOf} from '../../fleet/modes.ts'
import type {Job, JobResult} from '../../fleet/run.ts'
import type {Choice} from '../../inspector/inspector.ts'
import {isHybridId} from '../../model/hybrid.ts'
import {countedPlaces, numberOfPlaces} from '../../render/audit-facts.ts'
import {counted} from '../../util/counted.ts'
import {notice} from '../output/notice.ts'
import type {FleetFlags} from './flags.ts'

export interface AuditResult {
  readonly audit: Audit
  /** A summary for the last line on stderr. */
  readonly summary: string
  /** Requested ids without a row. */
  readonly missing: readonly string[]
}

/** What the flags of a fleet name, read before the first account is. */
export interface FleetInputs {
  readonly chosen: Choice
  readonly suppressions: readonly Suppression[]
  readonly baseline?: Baseline | undefined
  readonly write?: FixWriter | undefined
}

/** The flags that say which instances count. */
type FleetSelection = Pick<FleetFlags, 'owner-tag'> &
  Partial<Pick<FleetFlags, 'tag' | 'vpc' | 'allow-empty' | 'include-hybrid'>>

/** Examines each account and Region, and returns the result of all of them. */
export async function auditResultOf(
  mode: AuditMode,
  flags: FleetSelection,
  {chosen, suppressions, baseline, write}: FleetInputs,
  partsOf: (task: Job, count: CallCount) => Promise<JobResult>,
): Promise<AuditResult> {
  const started = Date.now()
  const count: CallCount = {calls: 0, throttled: 0}
  const hybrid = includesHybrid(flags, chosen)
  const task = jobOf(mode, {chosen, ownerTag: flags['owner-tag'], suppressions, write, hybrid})
  const {parts, kept} = await partsOf(task, count)
  const audit = totalOf(mode, parts, baseline)
  const missing = missingFrom(audit, chosen)
  if (missing.length > 0) notice(notFound(missing))
  for (const note of unmatchedIn(audit, flags, suppressions)) notice(note)
  return {audit, summary: summaryOf(audit, count, kept, Date.now() - started), missing}
}

/** Hybrid nodes are requested, or named. */
export const includesHybrid = (flags: FleetSelection, {ids}: Choice): boolean =>
  flags['include-hybrid'] === true || [...(ids ?? [])].some(isHybridId)

function missingFrom({instances}: Audit, {ids}: Choice): readonly string[] {
  const examined = new Set(instances.map(({id}) => id))
  return [...(ids ?? [])].filter((id) => !examined.has(id))
}

const notFound = (ids: readonly string[]): string =>
  `${counted(ids.length, 'requested instance was not found or is', 'requested instances were not found or are')} not running: ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ' …' : ''}`

/** A filter that matches nothing is usually misspelled. */
function unmatchedIn(
  {instances, scopes}: Audit,
  {tag = [], vpc = [], 'owner-tag': ownerTag, 'allow-empty': allowEmpty}: FleetSelection,
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

function summaryOf({scopes, totals}: Audit, {calls, throttled}: CallCount, kept: number, milliseconds: number): string {
  const failed = numberOfPlaces(scopes.filter((scope) => scope.failed !== null))
  return [
    `${countedPlaces(numberOfPlaces(scopes))}${failed > 0 ? ` (${failed} not examined)` : ''}`,
    counted(totals.instances, 'instance'),
    ...(calls > 0 ? [counted(calls, 'call'), `${throttled} throttled`] : []),
    ...(kept > 0 ? [`${kept} reused from an earlier run`] : []),
    `${(milliseconds / 1000).toFixed(1)} s`,
  ].join(', ')
}
