import type {Account, Instance} from '../model/account.ts'
import {find} from '../model/joins.ts'
import type {Preference, Remedy} from '../remedies/core/remedy.ts'
import {type Diagnosis, diagnose, findingsOf, isRegistrationUnknown, type Placed} from './diagnose.ts'
import {registrationOf} from './registration.ts'
import {isGone as isInstanceGone} from './verdict.ts'

/** One change, the causes that go with it, and the other changes that would do. */
export interface PlannedStep {
  readonly remedy: Remedy
  readonly causes: readonly Placed[]
  readonly alternatives: readonly {readonly remedy: Remedy; readonly proven: boolean}[]
}

export interface Plan {
  readonly steps: readonly PlannedStep[]
  /** What only showed once an earlier step had been tried, with the index of that step. */
  readonly revealed: readonly {readonly finding: Placed; readonly by: number}[]
  /** True when nothing is left that blocks or degrades; null when only unknowns are left. */
  readonly cured: boolean | null
  /** The account once every step that AWS's API can take has been taken. */
  readonly account: Account
}

/** A change that was tried on the model, and what it was tried for. */
interface Tried {
  readonly remedy: Remedy
  readonly finding: Placed
}

/** More faults than one instance can have; a plan that gets here is going in circles. */
const MOST_STEPS = 40

/**
 * Applies remedies to a copy of the account and examines again, until nothing that can be mended is left. An instance
 * that does not run has that as its only cause: what else is wrong shows when it is examined running.
 */
export function planFor(account: Account, instance: Instance, first: Diagnosis, prefer?: Preference): Plan {
  const bench: Bench = {account, instance, prefer}
  const all = tryAll(bench, first)
  const needed = withoutIdle(bench, all)
  const models = modelsOf(account, needed)
  const diagnoses = models.map((model, i) => (i === 0 ? first : examined(bench, model)))
  const last = diagnoses.at(-1) ?? first
  const steps = needed.map((tried, i) => ({
    remedy: tried.remedy,
    causes: healedBetween(diagnoses[i]!, diagnoses[i + 1]!, tried.finding),
    alternatives: alternativesTo(bench, needed, tried, last),
  }))
  return {
    steps: [...steps, ...byHand(first, last)],
    revealed: isInstanceGone(instance) ? [] : revealedIn(diagnoses),
    cured: curedOf(bench, first, last),
    account: models.at(-1) ?? account,
  }
}

interface Bench {
  readonly account: Account
  readonly instance: Instance
  readonly prefer: Preference | undefined
}

export const hurts = ({severity}: Placed): boolean => severity === 'blocks' || severity === 'degrades'
const keyOf = ({cause, resource}: Placed) => `${cause} ${resource}`
/** What blocks and what only degrades are not the same thing left. */
const gradeOf = (finding: Placed) => `${finding.severity} ${keyOf(finding)}`
const hurtsOf = (diagnosis: Diagnosis): readonly Placed[] => findingsOf(diagnosis).filter(hurts)

/** On a model that is being mended nothing registers, so what is left when nothing else explains the node is not asked. */
const examined = ({instance}: Bench, model: Account): Diagnosis =>
  diagnose(model, find(model.Instances, 'InstanceId', instance.InstanceId) ?? instance, {residual: false})

const modelsOf = (account: Account, steps: readonly Tried[]): readonly Account[] =>
  steps.reduce<Account[]>((models, {remedy}) => models.concat(remedy.apply!(models.at(-1)!)), [account])

function tryAll(bench: Bench, first: Diagnosis): readonly Tried[] {
  const tried: Tried[] = []
  let model = bench.account
  let diagnosis = first
  const most = isInstanceGone(bench.instance) ? 1 : MOST_STEPS
  while (tried.length < most) {
    const next = nextStep(bench, model, diagnosis, tried)
    if (!next) break
    tried.push(next.tried)
    model = next.model
    diagnosis = next.diagnosis
  }
  return tried
}

/** The first cause that a change removes from the model without harm, and that change. */
function nextStep(bench: Bench, model: Account, diagnosis: Diagnosis, tried: readonly Tried[]) {
  for (const finding of hurtsOf(diagnosis).filter((one) => !isUnseenOnModel(one)))
    for (const remedy of preferred(finding.remedies ?? [], bench.prefer)) {
      if (!remedy.apply || tried.some((one) => one.remedy.title === remedy.title)) continue
      const changed = remedy.apply(model)
      const after = examined(bench, changed)
      if (isHealed(after, finding) && !breaks(diagnosis, after))
        return {tried: {remedy, finding}, model: changed, diagnosis: after}
    }
  return undefined
}

const preferred = (remedies: readonly Remedy[], prefer: Preference | undefined): readonly Remedy[] =>
  prefer === undefined
    ? remedies
    : remedies.toSorted(
        (a, b) => Number(b.suits?.includes(prefer) ?? false) - Number(a.suits?.includes(prefer) ?? false),
      )

const isGone = (after: Diagnosis, finding: Placed): boolean =>
  !hurtsOf(after).some((left) => keyOf(left) === keyOf(finding))

/** Gone, or no longer in the way of the registration: what is left of it is a fault of its own. */
const isHealed = (after: Diagnosis, finding: Placed): boolean =>
  isGone(after, finding) ||
  (finding.severity === 'blocks' && !hurtsOf(after).some((left) => gradeOf(left) === gradeOf(finding)))

/** A change that closes a way that works now is no remedy. */
const breaks = (before: Diagnosis, after: Diagnosis): boolean =>
  before.paths.some(
    ({service, verdict}) =>
      verdict === 'open' && after.paths.some((path) => path.service === service && path.verdict === 'blocked'),
  )

/** Leaves out every step without which nothing more is left than with it: a later step made it unnecessary. */
function withoutIdle(bench: Bench, steps: readonly Tried[]): readonly Tried[] {
  if (steps.length < 2) return steps
  const left = leftAfter(bench, steps)
  return steps.reduceRight<readonly Tried[]>((kept, step) => {
    const fewer = kept.filter((one) => one !== step)
    return [...leftAfter(bench, fewer)].every((key) => left.has(key)) ? fewer : kept
  }, steps)
}

const leftAfter = (bench: Bench, steps: readonly Tried[]): ReadonlySet<string> =>
  new Set(hurtsOf(examined(bench, modelsOf(bench.account, steps).at(-1)!)).map(gradeOf))

const healedBetween = (before: Diagnosis, after: Diagnosis, finding: Placed): readonly Placed[] => {
  const healed = hurtsOf(before).filter((one) => !isUnseenOnModel(one) && isHealed(after, one))
  return healed.length > 0 ? healed : [finding]
}

function revealedIn(diagnoses: readonly Diagnosis[]): Plan['revealed'] {
  const seen = new Set<string>()
  return diagnoses.flatMap((diagnosis, i) => {
    const fresh = hurtsOf(diagnosis).filter((finding) => !seen.has(keyOf(finding)))
    for (const finding of fresh) seen.add(keyOf(finding))
    return i === 0 ? [] : fresh.map((finding) => ({finding, by: i - 1}))
  })
}

/** Each other change for the same cause, in the place of the chosen one: nothing more may be left than with the chosen. */
function alternativesTo(
  bench: Bench,
  steps: readonly Tried[],
  {finding, remedy: chosen}: Tried,
  last: Diagnosis,
): PlannedStep['alternatives'] {
  const left = new Set(hurtsOf(last).map(gradeOf))
  return (finding.remedies ?? [])
    .filter(({title}) => title !== chosen.title)
    .map((remedy) => {
      if (!remedy.apply) return {remedy, proven: false}
      const others = steps.map((one) => (one.remedy === chosen ? {...one, remedy} : one))
      return {remedy, proven: [...leftAfter(bench, others)].every((key) => left.has(key))}
    })
}

/** What AWS's API cannot change stays on the checklist, with what a person can do. */
function byHand(first: Diagnosis, last: Diagnosis): readonly PlannedStep[] {
  return hurtsOf(first)
    .filter((finding) => isUnseenOnModel(finding) || !isGone(last, finding))
    .flatMap((finding) => {
      const [remedy, ...others] = finding.remedies?.filter(({apply}) => !apply) ?? []
      return remedy
        ? [{remedy, causes: [finding], alternatives: others.map((other) => ({remedy: other, proven: false}))}]
        : []
    })
}

/** What only the instance itself shows cannot be tried on a model of the account. */
const isUnseenOnModel = ({check}: Placed): boolean => check.residual === true || check.inside === true

/**
 * Causes that AWS's API cannot change leave it false. Whether the agent itself is at fault is asked of a node that is
 * known to be absent: where that is not known, nor is this.
 */
function curedOf({account, instance}: Bench, first: Diagnosis, last: Diagnosis): boolean | null {
  if (hurtsOf(first).some(isUnseenOnModel) || hurtsOf(last).length > 0) return false
  return isRegistrationUnknown(last) || registrationOf(account, instance).status === 'unknown' ? null : true
}
