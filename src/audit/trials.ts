import {FOLLOWS_REGISTRATION} from '../checks/node/inspector.ts'
import {isAffecting} from '../checks/severity.ts'
import {findingKey} from '../diagnosis/cause-key.ts'
import {diagnose} from '../diagnosis/diagnose.ts'
import {type Diagnosis, findingsOf, isRegistrationUnknown, type ResolvedFinding} from '../diagnosis/diagnosis.ts'
import {type Before, type FleetCache, untouchedBy} from '../diagnosis/reuse.ts'
import {type Account, type Instance, isUnreadable, itemsOf, type Reading} from '../model/account.ts'
import {subjectOf} from '../model/hybrid.ts'
import {allWith, copyOf} from '../model/lists.ts'
import {keepsPaths} from '../network/network-key.ts'
import {canBeTried} from '../remedies/core/change.ts'
import {type Remedy, recommendable} from '../remedies/core/remedy.ts'
import {groupBy} from '../util/group-by.ts'
import {memo} from '../util/memo.ts'
import type {AuditCache} from './outcome-cache.ts'
export interface AffectedInstance {
  readonly instance: Instance
  readonly diagnosis: Diagnosis
  readonly owner: string | null
  readonly findings: readonly ResolvedFinding[]
}

/** One cause of one resource, before it is known what its change fixes. */
export interface CauseGroup {
  readonly key: string
  readonly members: readonly Member[]
}

interface Member {
  readonly affected: AffectedInstance
  readonly finding: ResolvedFinding
}

/** Without the finding itself, which would keep the model of its trial in memory. */
type RemainingCause = Pick<ResolvedFinding, 'cause' | 'resource'>

/** The causes that still affect the instances of a group after a change. */
export interface Trial {
  readonly remedy: Remedy
  readonly left: readonly (readonly RemainingCause[])[]
  readonly fixes: number
  readonly removes: number
}

/** The best change for each cause, tried on a model of the account; by the key of the cause. */
export const trialsOf = (
  account: Account,
  grouped: readonly CauseGroup[],
  shared: AuditCache | undefined,
): ReadonlyMap<string, Trial | undefined> =>
  new Map([
    ...trialsOfOnes(account, grouped.filter(isOfOne), shared),
    ...grouped.filter((one) => !isOfOne(one)).map((one) => [one.key, trialOf(account, one, shared)] as const),
  ])

/** Only the instance itself is changed, and no other depends on it. */
const isOfOne = ({members}: CauseGroup): boolean =>
  members.length === 1 && members[0]?.finding.resource === members[0]?.affected.instance.InstanceId

/** More changes than these for one fault are not compared. */
const MAX_TRIALS = 4

/** So few instances are examined faster than it is found out what they have in common. */
const FEW = 4

/** The changes of the first instance without a question: all instances of a group have the same fault. */
export const remediesFor = memo(({members}: CauseGroup): readonly Remedy[] =>
  remediesOf(members.find((one) => questionsOf(one).length === 0) ?? members[0]),
)

function remediesOf(member: Member | undefined): readonly Remedy[] {
  const questions = questionsOf(member)
  return questions.length > 0 ? questions : recommendable(member?.finding.remedies ?? [])
}

/** What is undetermined is found out before it is changed, as in the report of one instance. */
const questionsOf = (member: Member | undefined): readonly Remedy[] =>
  member?.finding.severity === 'undecided' ? (member.finding.remedies ?? []).filter((one) => !canBeTried(one)) : []

/**
 * The first change that fixes all, otherwise the one that fixes most; each is applied once and every instance examined
 * again. If some keep the fault, the changes of the first of them are also tried.
 */
function trialOf(account: Account, grouped: CauseGroup, shared: AuditCache | undefined): Trial | undefined {
  const {members} = grouped
  const tried = new Set<string>()
  let best: Trial | undefined
  let next: readonly Remedy[] = remediesFor(grouped)
  while (next.length > 0 && tried.size < MAX_TRIALS) {
    for (const remedy of next.filter(canBeTried).filter(({title}) => !tried.has(title))) {
      if (tried.size >= MAX_TRIALS || best?.fixes === members.length) break
      tried.add(remedy.title)
      const model = remedy.apply(account)
      const fleetCache = members.length > FEW ? shared?.forModel(model) : undefined
      const untouched = untouchedBy(account, model)
      const left = members.map(({affected: {instance, diagnosis}}) =>
        leftIn(model, instance.InstanceId, fleetCache, {diagnosis, ...untouched}),
      )
      const trial = trialFrom(grouped, remedy, left)
      if (best === undefined || isBetter(trial, best)) best = trial
    }
    const kept =
      best?.left.findIndex((findings) => findings.some((finding) => findingKey(finding) === grouped.key)) ?? -1
    next = remediesOf(members[kept]).filter((one) => canBeTried(one) && !tried.has(one.title))
  }
  return best && best.removes > 0 ? best : undefined
}

function trialFrom({key}: CauseGroup, remedy: Remedy, left: Trial['left']): Trial {
  return {
    remedy,
    left,
    fixes: left.filter((findings) => findings.length === 0).length,
    removes: left.filter((findings) => !findings.some((finding) => findingKey(finding) === key)).length,
  }
}

const isBetter = (one: Trial, other: Trial): boolean =>
  one.fixes > other.fixes || (one.fixes === other.fixes && one.removes > other.removes)

/**
 * What would still affect the instance. On a model nothing registers, so checks for what is left when nothing else
 * explains the node do not run.
 */
function leftIn(
  model: Account,
  id: string,
  fleetCache: FleetCache | undefined,
  before?: Before,
): readonly RemainingCause[] {
  const instance = subjectOf(model, id)
  if (!instance) return []
  const diagnosis = diagnose(model, instance, {
    includeFallback: false,
    ...(fleetCache && {fleetCache}),
    ...(before && {before}),
  })
  const left = findingsOf(diagnosis)
    .filter((finding) => isAffecting(finding) && !FOLLOWS_REGISTRATION.has(finding.cause))
    .map(({cause, resource}) => ({cause, resource}))
  // Nothing is found, and something that registration requires is unknown: that proves nothing.
  return left.length === 0 && isRegistrationUnknown(diagnosis) ? [{cause: 'unknown', resource: id}] : left
}

/** Kinds in which a change of one instance affects only its own items. */
const OWN_KINDS = ['Instances', 'IamInstanceProfileAssociations', 'InstanceInformationList'] as const
type Own = Pick<Account, (typeof OWN_KINDS)[number]>
type OwnItem = {readonly InstanceId?: string | undefined}
type OwnReading = Reading<OwnItem>

const eachKind = (readingOf: (kind: keyof Own) => OwnReading): Own =>
  Object.fromEntries(OWN_KINDS.map((kind) => [kind, readingOf(kind)])) as unknown as Own

const ownOf = (account: Own, id: string): Own =>
  eachKind((kind) => allWith(account[kind] as OwnReading, 'InstanceId', id))

/**
 * Changes of single instances are independent, so all of them are applied to one model: a list of a hundred
 * thousand instances is then copied once and not once for each.
 */
function trialsOfOnes(
  account: Account,
  ones: readonly CauseGroup[],
  shared: AuditCache | undefined,
): readonly (readonly [string, Trial | undefined])[] {
  const best = new Map<string, Trial>()
  for (let round = 0; round < MAX_TRIALS; round++) {
    const open = ones.flatMap((one) => {
      const remedy = remediesFor(one).filter(canBeTried)[round]
      const {instance} = one.members[0]!.affected
      return remedy && best.get(one.key)?.fixes !== 1 ? [{one, instance, remedy}] : []
    })
    if (open.length === 0) break
    for (const tried of byPaths(account, open)) {
      const model = appliedToEach(account, tried)
      const fleetCache = shared?.forModel(model)
      for (const {one, instance, remedy} of tried) {
        const trial = trialFrom(one, remedy, [leftIn(model, instance.InstanceId, fleetCache)])
        const known = best.get(one.key)
        if (known === undefined || isBetter(trial, known)) best.set(one.key, trial)
      }
    }
  }
  return [...best].filter(([, {removes}]) => removes > 0)
}

/** A change of one instance alone. */
interface OwnChange {
  readonly instance: Instance
  readonly remedy: Remedy
}

/** Changes that keep all paths as they are, and the others: in a model without those, paths are shared. */
function byPaths<T extends OwnChange>(account: Account, changes: readonly T[]): readonly (readonly T[])[] {
  const keeps = ({instance, remedy}: OwnChange): boolean => {
    const before = {...account, ...ownOf(account, instance.InstanceId)}
    return keepsPaths(before, remedy.apply!(before))
  }
  return [...groupBy(changes, keeps).values()]
}

function appliedToEach(account: Account, changes: readonly OwnChange[]): Account {
  const unchanged = eachKind((kind) => account[kind])
  const changed = new Map<string, Own>()
  let model = account
  for (const {instance, remedy} of changes) {
    const id = instance.InstanceId
    const after = remedy.apply!({...model, ...(changed.get(id) ?? ownOf(account, id))})
    changed.set(id, ownOf(after, id))
    model = {...after, ...unchanged}
  }
  return {
    ...model,
    ...eachKind((kind) =>
      withChanged(
        account[kind] as OwnReading,
        [...changed].map(([id, own]) => [id, itemsOf(own[kind] as OwnReading)]),
      ),
    ),
  }
}

/** A copy in which these are the items of the instances; nothing else moves. */
function withChanged(
  reading: OwnReading,
  changed: readonly (readonly [id: string, items: readonly OwnItem[]])[],
): OwnReading {
  const replaced = new Map<OwnItem, OwnItem | undefined>()
  const added: OwnItem[] = []
  for (const [id, items] of changed) {
    const before = allWith(reading, 'InstanceId', id)
    for (const [at, item] of before.entries()) if (items[at] !== item) replaced.set(item, items[at])
    added.push(...items.slice(before.length))
  }
  if (replaced.size === 0 && added.length === 0) return reading
  const all = copyOf(itemsOf(reading), replaced, added)
  return isUnreadable(reading) ? {...reading, known: all} : all
}
