import type {Account, Instance} from '../account/account.ts'
import {find} from '../account/joins.ts'
import type {Remedy} from '../remedies/remedy.ts'
import {type Diagnosis, diagnose, findingsOf, isRegistrationUnknown, type Placed} from './diagnose.ts'

/** One change, the causes it heals, and the other changes that would do. */
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
  readonly account: Account
}

interface Tried {
  readonly finding: Placed
  readonly remedy: Remedy
}

const MOST_STEPS = 30

/** Applies remedies to a copy of the account and examines again, until nothing that can be mended is left. */
export function planFor(account: Account, instance: Instance, first: Diagnosis): Plan {
  const seen = new Set(findingsOf(first).map(keyOf))
  const revealed: {finding: Placed; by: number}[] = []
  const tried: Tried[] = []
  let model = account
  let diagnosis = first
  while (tried.length < MOST_STEPS) {
    const next = nextRemedy(model, instance, diagnosis, tried)
    if (!next) break
    tried.push(next)
    model = next.remedy.apply!(model)
    diagnosis = examineModel(model, instance)
    for (const finding of findingsOf(diagnosis)) {
      if (seen.has(keyOf(finding)) || !hurts(finding)) continue
      seen.add(keyOf(finding))
      revealed.push({finding, by: tried.length - 1})
    }
  }
  const onHand = remediesByHand(diagnosis, first)
  const steps = [...tried, ...onHand].map(({finding, remedy}) => ({
    remedy,
    causes: [finding],
    alternatives: alternativesTo(account, instance, tried, finding, remedy),
  }))
  return {steps, revealed, cured: curedOf(first, diagnosis), account: model}
}

const keyOf = ({cause, resource}: Placed) => `${cause} ${resource}`
const hurts = ({severity}: Placed) => severity === 'blocks' || severity === 'degrades'

const examineModel = (model: Account, instance: Instance): Diagnosis =>
  diagnose(model, find(model.Instances, 'InstanceId', instance.InstanceId) ?? instance, {residual: false})

/** The first cause that a change removes from the model, and that change. */
function nextRemedy(
  model: Account,
  instance: Instance,
  diagnosis: Diagnosis,
  tried: readonly Tried[],
): Tried | undefined {
  for (const finding of findingsOf(diagnosis).filter(hurts)) {
    for (const remedy of finding.remedies ?? []) {
      if (!remedy.apply || tried.some(({remedy: {title}}) => title === remedy.title)) continue
      if (removes(model, instance, remedy, finding)) return {finding, remedy}
    }
  }
  return undefined
}

const removes = (model: Account, instance: Instance, {apply}: Remedy, finding: Placed): boolean =>
  apply !== undefined &&
  !findingsOf(examineModel(apply(model), instance)).some((left) => hurts(left) && keyOf(left) === keyOf(finding))

/** What AWS's API cannot change stays on the checklist with what a person can do. */
function remediesByHand(last: Diagnosis, first: Diagnosis): readonly Tried[] {
  const left = new Set(findingsOf(last).map(keyOf))
  const isLeft = (finding: Placed) => hurts(finding) && (finding.check.residual || left.has(keyOf(finding)))
  return findingsOf(first)
    .filter(isLeft)
    .flatMap((finding) => {
      const remedy = finding.remedies?.find(({apply}) => !apply) ?? finding.remedies?.[0]
      return remedy ? [{finding, remedy}] : []
    })
}

/** Each other change for the same cause, tried in the place of the recommended one. */
const alternativesTo = (
  account: Account,
  instance: Instance,
  tried: readonly Tried[],
  finding: Placed,
  chosen: Remedy,
) =>
  (finding.remedies ?? [])
    .filter((remedy) => remedy.title !== chosen.title)
    .map((remedy) => {
      const others = tried.map((one) => (one.remedy === chosen ? remedy : one.remedy))
      if (!remedy.apply || !others.includes(remedy)) return {remedy, proven: false}
      const model = others.reduce((before, {apply}) => apply?.(before) ?? before, account)
      return {remedy, proven: removesAll(model, instance, finding)}
    })

const removesAll = (model: Account, instance: Instance, finding: Placed): boolean =>
  !findingsOf(examineModel(model, instance)).some((left) => hurts(left) && keyOf(left) === keyOf(finding))

function curedOf(first: Diagnosis, last: Diagnosis): boolean | null {
  const byHand = findingsOf(first).some((finding) => finding.check.residual && hurts(finding))
  if (byHand || findingsOf(last).some(hurts)) return false
  return isRegistrationUnknown(last) ? null : true
}
