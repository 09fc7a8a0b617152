import {
  type Audit,
  type AuditedCause,
  type AuditedInstance,
  type CauseTotal,
  type Group,
  groupIdOf,
  ownersOf,
  type PlaceTotal,
  type Suppressed,
  type UnreadTotal,
} from '../audit/report.ts'
import {type CatalogEntry, catalogById} from '../checks/catalog.ts'
import type {Verdict} from '../diagnosis/report.ts'
import type {Coverage} from '../inspector/reasons.ts'
import {uncoveredBy} from '../inspector/total.ts'
import {UNKNOWN_REGION} from '../model/ids.ts'
import {counted, forNumber} from '../util/counted.ts'
import {groupBy} from '../util/group-by.ts'
import {firstOf, sentence} from '../util/list-in-words.ts'

/** A reason of Inspector without a check: only a report on Inspector has it. */
export const OTHER_STATUS = 'inspector.status'
type Entry = Omit<CatalogEntry, 'id'>

const otherStatus: Entry = {
  title: 'a status of Amazon Inspector that leaves the instance unscanned',
  docs: 'https://docs.aws.amazon.com/inspector/v2/APIReference/API_ScanStatus.html',
  check: 'inspector',
  severity: 'degrades',
}

export const catalogEntryOf = (cause: string): Entry =>
  (cause === OTHER_STATUS ? otherStatus : catalogById.get(cause)) ?? {
    title: cause,
    docs: '',
    check: '',
    severity: 'undecided',
  }

/** The type of every finding in the taxonomy of Security Hub. */
export const FINDING_TYPES = ['Software and Configuration Checks/AWS Security Best Practices']

export const causeIds: readonly string[] = [...catalogById.keys()]

export const VERDICTS: readonly Verdict[] = ['managed', 'degraded', 'at-risk', 'unmanaged', 'undecided']

/** The causes of an instance, or Inspector's status if there are none. */
function causesOf(instance: AuditedInstance): readonly AuditedCause[] {
  const {causes, inspector, id} = instance
  const other = inspector !== undefined && uncoveredBy(instance) !== null && instance.rootCause === null
  return other ? [...causes, {id: OTHER_STATUS, resource: id, severity: 'degrades', certainty: 'proven'}] : causes
}

const OMITTED_STATUSES: ReadonlySet<Coverage> = new Set([
  'covered',
  'agentless',
  'pending',
  'stopped',
  'terminating',
  'disabled',
])

/** What must be listed line by line: whatever is not scanned, on purpose or not. */
export const isUnscanned = ({inspector}: AuditedInstance): boolean =>
  inspector !== undefined && !OMITTED_STATUSES.has(inspector.coverage)

/** The associations of Inspector that are missing or failing. */
export const failuresOf = ({inspector}: AuditedInstance): readonly string[] =>
  (inspector?.associations ?? [])
    .filter(({status}) => status !== 'Success')
    .map(({name, status, error}) => `Association ${name}: ${status}${error === null ? '' : ` (${error})`}.`)

export const isInspection = ({schema}: Audit): boolean => schema === 'ssm-doctor/inspector/1'

export const groupsById = ({groups}: Audit): ReadonlyMap<string, Group> => new Map(groups.map((one) => [one.id, one]))

/** Why an instance has a cause; the message of a group is about one of its instances. */
export function reasonOf(instance: AuditedInstance, {id, resource}: AuditedCause, group: Group | undefined): string {
  if (group?.affected.length === 1) return group.message
  const {title} = catalogEntryOf(id)
  return resource === instance.id ? `${title}.` : `${title} (${resource}).`
}

/** What is wrong, for all instances that have it: the message is about one of them, and names it or its address. */
export function reasonFor({cause, resource, message, affected}: Group): string {
  return affected.length === 1
    ? message
    : `${sentence(`${catalogEntryOf(cause).title} (${resource})`)} For example: ${message}`
}

/** One sentence on a cause of one instance, which it names. */
export function sentenceOf(instance: AuditedInstance, cause: AuditedCause, group: Group | undefined): string {
  if (cause.id === OTHER_STATUS)
    return `${instance.id}: ${instance.inspector?.reason ?? ''} ${instance.inspector?.meaning ?? ''}`
  const reason = reasonOf(instance, cause, group)
  return group?.affected.length === 1 && cause.resource === instance.id ? reason : `${instance.id}: ${reason}`
}

/** Every cause of every instance, with the group of instances that have it. */
export function causesIn(audit: Audit) {
  const groups = groupsById(audit)
  return audit.instances.flatMap((instance) =>
    causesOf(instance).map((cause) => ({instance, cause, group: groups.get(groupIdOf(cause))})),
  )
}

/** The change of a group, or its cause if no change is known. */
export const groupTitleOf = ({change, cause}: Group): string => change?.title ?? catalogEntryOf(cause).title

/** The fix and what it achieves; undefined if none is known. */
export const fixOf = (group: Group | undefined): string | undefined =>
  group?.change ? `${group.change.title} (${[gainOf(group), othersOf(group)].filter(Boolean).join('; ')})` : undefined

/** The fix as a sentence, or where to read about a cause without one. */
export function adviceOf(group: Group | undefined): string {
  const fix = fixOf(group)
  return fix === undefined ? 'See the AWS page.' : `${fix}.`
}

/** What to do, with every cause that it is for: the answer of one node may decide several. */
export interface Fix extends Group {
  readonly causes: readonly Group[]
  /** The accounts and Regions of its instances: a role is the same in every Region. */
  readonly where: string
}

/** What was tried on the model is counted for each cause. */
export function fixesIn(audit: Pick<Audit, 'groups' | 'instances'>, groups = audit.groups): readonly Fix[] {
  const known = new Map(audit.instances.map((instance) => [instance.id, instance]))
  const sameFix = groupBy(groups, (group) =>
    group.change?.fixes === null ? JSON.stringify([placeOf(group), group.change]) : group,
  )
  return [...sameFix.values()].map((causes) => {
    const first = causes[0]!
    const affected = causes.length === 1 ? first.affected : [...new Set(causes.flatMap((one) => one.affected))]
    const instances = affected.flatMap((id) => known.get(id) ?? [])
    const where = firstOf([...new Set([placeOf(first), ...instances.map(placeOf)])], 3)
    return {...first, causes, affected, where, owners: causes.length === 1 ? first.owners : ownersOf(instances)}
  })
}

/**
 * "fixes 338 of 340", "fixes 0 of 2 alone" beside what else is required, or why that is not known: commands that change
 * something may not have been tried on the model.
 */
export function gainOf(...groups: readonly Group[]): string {
  const changes = groups.flatMap(({change}) => change ?? [])
  if (changes.length === 0) return 'no known fix'
  if (changes.every(({fixes}) => fixes === null))
    return changes.some(({commands}) => commands.some((one) => CHANGING.test(one))) ? 'not verified' : 'manual'
  const affected = new Set(groups.flatMap((group) => group.affected))
  const isPart = fixedIn(groups) === 0 && changes.some(({alsoFixes}) => alsoFixes.length > 0)
  return `fixes ${fixedIn(groups)} of ${affected.size}${isPart ? ' alone' : ''}`
}

export const fixedIn = (groups: readonly Group[]): number =>
  groups.reduce((sum, {change}) => sum + (change?.fixes ?? 0), 0)

/** A command of the AWS CLI that does not only read. */
const CHANGING = /^(?:\w+=\$\()?aws \S+ (?!describe-|generate-|get-|list-)/

/** What the instances that the change does not fix also need. */
export function othersOf({change, affected}: Group): string {
  if (!change || change.fixes === null || change.alsoFixes.length === 0) return ''
  const left = affected.length - change.fixes
  const who = change.fixes === 0 ? '' : left === 1 ? ' for the other' : ` for the other ${left}`
  const needs = change.alsoFixes.map(
    ({cause, resource, instances}) => `${left === 1 ? '' : `${instances} × `}${cause} (${resource})`,
  )
  return `also required${who}: ${firstOf(needs, 3)}`
}

/** "owners: search 3, web 1"; nothing if no instance has the tag. */
export const ownersLine = (group: Group): string =>
  group.owners.every(({owner}) => owner === null)
    ? ''
    : `${forNumber(group.owners.length, 'owner')}: ${ownersIn(group)}`

/** Owners in order of how many of their instances are affected. */
export const ownersIn = ({owners}: Group): string =>
  firstOf(
    owners.map(({owner, instances}) => `${owner ?? '(untagged)'} ${instances}`),
    3,
  )

export const countedPlaces = (n: number): string => counted(n, 'account and Region', 'accounts and Regions')

/** Several files may be of one account and Region; what could not be listed is not known to be. */
export const numberOfPlaces = (scopes: Audit['scopes']): number =>
  new Set(scopes.map((scope, at) => (scope.region === UNKNOWN_REGION ? at : placeOf(scope)))).size

export const accountOf = ({account}: {readonly account: string | null}): string => account ?? 'unknown account'

export const placeOf = ({account, region}: {readonly account: string | null; readonly region: string}): string =>
  [accountOf({account}), ...(region === UNKNOWN_REGION ? [] : [region])].join(' ')

/** What was not read, and for how many. */
export const unreadOf = ({kind, reason, instances, permission}: UnreadTotal): string =>
  [
    `${kind} ${permission === null ? 'was not' : 'could not be'} read for ${counted(instances, 'instance')}`,
    ...(permission === null ? [] : [` (${permission})`]),
    `: ${reason}`,
  ].join('')

/** The last day of a suppression, as its file has it; or the time. */
export function lastDayOf({expires}: Suppressed): string {
  const end = expires?.endsWith('T00:00:00.000Z') ? Date.parse(expires) : Number.NaN
  return Number.isNaN(end) ? (expires ?? '') : new Date(end - 1).toISOString().slice(0, 10)
}

/** What affects instances, and how many; advice is listed with each instance. */
export const reasonsIn = ({totals}: Audit): readonly CauseTotal[] =>
  totals.causes.filter(({severity}) => severity !== 'advises')

/** The instances that are not managed by location, the most affected first. */
export interface Place {
  readonly name: string
  readonly affected: number
  readonly instances: number
}

/** Accounts, Regions and VPCs with an instance that is not managed, each only where there are several. */
export function placesOf({totals}: Audit): readonly (readonly [string, readonly Place[]])[] {
  const ranked = <P extends PlaceTotal>(places: readonly P[], nameOf: (place: P) => string): readonly Place[] =>
    places
      .map((place) => ({
        name: nameOf(place),
        affected: place.instances - place.verdicts.managed,
        instances: place.instances,
      }))
      .filter(({affected}) => affected > 0)
      .toSorted((a, b) => b.affected - a.affected)
  const vpcs = ['VPC', ranked(totals.vpcs, (one) => `${one.vpc ?? 'none'}, ${placeOf(one)}`)] as const
  const several = [
    ...(totals.accounts.length > 1
      ? [['account', ranked(totals.accounts, (one) => one.account ?? 'unknown')] as const]
      : []),
    ...(totals.regions.length > 1 ? [['Region', ranked(totals.regions, (one) => one.region)] as const] : []),
    ...(totals.vpcs.length > 1 ? [vpcs] : []),
  ]
  return (several.length > 0 ? several : [vpcs]).filter(([, places]) => places.length > 0)
}
