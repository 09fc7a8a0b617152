import {isInGracePeriod} from '../agent/node.ts'
import {isFinding} from '../checks/check.ts'
import {isAffecting} from '../checks/severity.ts'
import {diagnose} from '../diagnosis/diagnose.ts'
import {type Diagnosis, findingsOf, type Outcome, type ResolvedFinding} from '../diagnosis/diagnosis.ts'
import {registrationOf} from '../diagnosis/registration.ts'
import {rootCauseAmong} from '../diagnosis/root-cause.ts'
import {unreadKind} from '../diagnosis/unread-kind.ts'
import {isNotRunning, verdictOf} from '../diagnosis/verdict.ts'
import {type Account, type Instance, isNotAsked, isUnreadable, itemsOf, type Kind} from '../model/account.ts'
import {isHybrid, machinesIn} from '../model/hybrid.ts'
import {accountIdOf, groupIdsOf, nameOf} from '../model/instance.ts'
import {memo} from '../util/memo.ts'
import {type FixWriter, groupsOf} from './groups.ts'
import {type AuditCache, createFleetCache, type InstanceClass} from './outcome-cache.ts'
import type {AuditedCause, AuditedInstance, AuditPart, Scope, Suppressed, UnreadTotal} from './report.ts'
import {applySuppressions, type Suppression} from './suppressions.ts'
import type {AffectedInstance} from './trials.ts'

export interface AuditOptions {
  /** The tag that holds the owner of an instance. */
  readonly ownerTag: string
  /** Which of the account's instances are examined. */
  readonly chosen: (instance: Instance) => boolean
  readonly hybrid?: boolean
  readonly suppressions?: readonly Suppression[]
  readonly write?: FixWriter | undefined
  /** False examines each instance on its own: the same result, slower. */
  readonly share?: boolean
}

/**
 * Every selected instance, or hybrid node, of one account and Region. `instances` are those that the account's own file
 * lists; `account` is what is known about their network.
 */
export function auditAccount(account: Account, own: Account['Instances'], options: AuditOptions): AuditPart {
  const {share = true, hybrid = false, chosen} = options
  const owner = account.Caller?.Account ?? null
  const scope = {account: owner, region: account.Region, readAt: account.ReadAt}
  const machines = hybrid ? machinesIn(account) : []
  if (isUnreadable(own) && own.known === undefined && machines.length === 0) return failedPart(scope, own.unreadable)
  const tally: Tally = {rows: [], affected: [], unread: new Map(), suppressed: [], expired: []}
  const fleetCache = share ? createFleetCache(account) : undefined
  const audit = auditor(account, options, fleetCache, tally)
  for (const instance of machines.length === 0 ? itemsOf(own) : [...itemsOf(own), ...machines])
    if (chosen(instance)) audit(instance)
  const {rows, affected, unread, suppressed, expired} = tally
  if (hybrid && isUnreadable(account.InstanceInformationList) && !unread.has('InstanceInformationList'))
    unread.set('InstanceInformationList', 0)
  const failed = isUnreadable(own) ? `${own.known ? 'some of ' : ''}its instances: ${own.unreadable}` : null
  return {
    scopes: [{...scope, instances: rows.length, failed}],
    instances: rows,
    groups: groupsOf(account, affected, fleetCache, options.write),
    unreadable: [...unread].map(([kind, count]) => unreadTotal(account, kind, count)),
    suppressed,
    expired,
  }
}

/** What the instances so far add up to. */
interface Tally {
  readonly rows: AuditedInstance[]
  readonly affected: AffectedInstance[]
  readonly unread: Map<Kind, number>
  readonly suppressed: Suppressed[]
  readonly expired: Suppressed[]
}

/** Examines one instance after the other; those of a class have the same row, as far as nothing is their own. */
function auditor(account: Account, options: AuditOptions, fleetCache: AuditCache | undefined, tally: Tally) {
  const {suppressions = [], ownerTag} = options
  const causeOf = interned()
  const classRows = new Map<InstanceClass, ClassRow | null>()
  const count = (kinds: readonly Kind[]) => {
    for (const kind of kinds) tally.unread.set(kind, (tally.unread.get(kind) ?? 0) + 1)
  }
  return (instance: Instance): void => {
    const is = suppressions.length === 0 && isWalked(instance) ? fleetCache?.classOf(instance) : undefined
    const alike = is && classRows.get(is)
    if (alike) {
      tally.rows.push(rowLike(account, instance, alike, ownerTag))
      count(alike.unread)
      return
    }
    const diagnosis = diagnose(account, instance, {includeFallback: true, ...(fleetCache && {fleetCache})})
    const all = findingsOf(diagnosis).filter(({severity}) => severity !== 'symptom')
    const {findings, suppressed, expired} = applySuppressions(all, instance, suppressions, account.ReadAt)
    tally.suppressed.push(...suppressed)
    tally.expired.push(...expired)
    const row = rowOf(account, diagnosis, findings.map(causeOf), ownerTag)
    tally.rows.push(row)
    const affecting = findings.filter(isAffecting)
    if (affecting.length > 0) tally.affected.push({instance, diagnosis, owner: row.owner, findings: affecting})
    const kinds = [...unreadKinds(diagnosis)]
    count(kinds)
    if (is && alike === undefined) classRows.set(is, affecting.length > 0 ? null : classRowOf(instance, row, kinds))
  }
}

/** An account and Region that could not be examined, and why. */
export const failedPart = (scope: Pick<Scope, 'account' | 'region' | 'readAt'>, failed: string): AuditPart => ({
  scopes: [{...scope, instances: 0, failed}],
  instances: [],
  groups: [],
  unreadable: [],
  suppressed: [],
  expired: [],
})

/** Texts of a walk may name the first instance in its position, so none begins at an instance without paths. */
const isWalked = (instance: Instance): boolean => !isHybrid(instance) && !isNotRunning(instance)

/** What is reported for every instance of a class; some causes are on the instance itself. */
interface ClassRow extends Pick<AuditedInstance, 'verdict' | 'rootCause' | 'causes'> {
  readonly isOwn: readonly boolean[] | undefined
  readonly unread: readonly Kind[]
}

/** Null if a cause is on something else that only this instance has. */
function classRowOf(
  instance: Instance,
  {verdict, rootCause, causes}: AuditedInstance,
  unread: readonly Kind[],
): ClassRow | null {
  const only = new Set([
    ...instance.NetworkInterfaces.map(({NetworkInterfaceId}) => NetworkInterfaceId),
    ...groupIdsOf(instance),
  ])
  if (causes.some(({resource}) => only.has(resource))) return null
  const isOwn = causes.map(({resource}) => resource === instance.InstanceId)
  return {verdict, rootCause, causes, unread, isOwn: isOwn.includes(true) ? isOwn : undefined}
}

function rowLike(account: Account, instance: Instance, row: ClassRow, ownerTag: string): AuditedInstance {
  const {isOwn} = row
  if (isOwn === undefined) return rowWith(account, instance, ownerTag, row)
  const resource = instance.InstanceId
  const causes = row.causes.map((cause, at) => (isOwn[at] ? {...cause, resource} : cause))
  return rowWith(account, instance, ownerTag, {...row, causes})
}

function rowOf(
  account: Account,
  {instance}: Diagnosis,
  causes: readonly AuditedCause[],
  ownerTag: string,
): AuditedInstance {
  const verdict = verdictOf(instance, registrationOf(account, instance), causes, isInGracePeriod(account, instance))
  return rowWith(account, instance, ownerTag, {verdict, rootCause: rootCauseAmong(verdict, causes)?.id ?? null, causes})
}

const rowWith = (
  account: Account,
  instance: Instance,
  ownerTag: string,
  {verdict, rootCause, causes}: Pick<AuditedInstance, 'verdict' | 'rootCause' | 'causes'>,
): AuditedInstance => ({
  id: instance.InstanceId,
  name: nameOf(instance) ?? null,
  account: accountIdOf(account, instance) ?? null,
  region: account.Region,
  vpc: instance.VpcId ?? null,
  verdict,
  rootCause,
  causes,
  owner: instance.Tags.find(({Key}) => Key === ownerTag)?.Value ?? null,
})

/** A fleet has few causes and many instances: one object for each cause on each resource. */
function interned(): (finding: ResolvedFinding) => AuditedCause {
  const known = new Map<string, AuditedCause>()
  return ({cause, resource, severity, certainty = 'proven'}) => {
    const key = `${cause} ${resource} ${severity} ${certainty}`
    const same = known.get(key)
    if (same) return same
    const fresh = {id: cause, resource, severity, certainty}
    known.set(key, fresh)
    return fresh
  }
}

const unreadIn = memo(({notes}: Outcome) => [
  ...new Set(notes.flatMap((note) => (!isFinding(note) && 'unknown' in note && note.kind ? [note.kind] : []))),
])

const NOTHING: readonly Kind[] = []
function unreadKinds({outcomes}: Diagnosis): Iterable<Kind> {
  let kinds: Set<Kind> | undefined
  for (const outcome of outcomes) {
    if (outcome.status !== 'unknown' && outcome.status !== 'fail') continue
    for (const kind of unreadIn(outcome)) kinds = (kinds ?? new Set()).add(kind)
  }
  return kinds ?? NOTHING
}

function unreadTotal(account: Account, kind: Kind, instances: number): UnreadTotal {
  const {reason, permission} = unreadKind(account, kind)
  return {
    account: account.Caller?.Account ?? null,
    region: account.Region,
    kind,
    reason,
    permission: isNotAsked(account[kind]) ? null : permission,
    instances,
  }
}
