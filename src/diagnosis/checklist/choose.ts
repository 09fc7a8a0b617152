import type {Account} from '../../model/account.ts'
import {NO_COST} from '../../remedies/core/prices.ts'
import {type Remedy, recommendable} from '../../remedies/core/remedy.ts'
import {findingKey} from '../cause-key.ts'
import type {Diagnosis, ResolvedFinding} from '../diagnosis.ts'
import {isNotRunning} from '../verdict.ts'
import {type ChecklistContext, preferred, remediesFor, separateUndo} from './context.ts'
import {breaks, impairingOf, isFixed, isNextOfSeveral, isOnInstanceOnly, leftIn} from './progress.ts'
import type {ProposedStep} from './proposed-step.ts'

/** A change that was tried on the model, and what it was tried for. */
interface ChosenStep {
  readonly remedy: Remedy
  readonly finding: ResolvedFinding
}

/** More faults than one instance can have; a checklist that gets here is in a loop. */
const MAX_STEPS = 40

/** The changes that fix what can be fixed, in the order of the checklist. */
export function chooseSteps(context: ChecklistContext, first: Diagnosis): readonly ChosenStep[] {
  const needed = withoutRedundant(context, firstChoice(context, first))
  const free = freeFirst(context, needed)
  return inOrderOfFindings(context, first, free === needed ? needed : withoutRedundant(context, free))
}

function firstChoice(context: ChecklistContext, first: Diagnosis): readonly ChosenStep[] {
  const chosen: ChosenStep[] = []
  const most = isNotRunning(context.instance) ? 1 : MAX_STEPS
  while (chosen.length < most) {
    const next = nextStep(context, first, chosen)
    if (!next) break
    chosen.push(next)
  }
  return chosen
}

/**
 * The first cause that a change removes from the model without harm, and that change; else one that removes the first of
 * several faults with that cause, such as two statements that deny the same call.
 */
function nextStep(context: ChecklistContext, first: Diagnosis, chosen: readonly ChosenStep[]): ChosenStep | undefined {
  const model = modelsOf(context, chosen).at(-1)!
  const before = chosen.length === 0 ? first : context.examined(model)
  const stepThat = (helps: (after: Diagnosis, finding: ResolvedFinding) => boolean): ChosenStep | undefined => {
    for (const finding of impairingOf(before).filter((one) => !isOnInstanceOnly(one)))
      for (const remedy of recommended(context, finding)) {
        if (!remedy.apply || chosen.some((one) => one.remedy.title === remedy.title)) continue
        const after = context.examined(context.applied(model, remedy))
        if (helps(after, finding) && !breaks(before, after)) return {remedy, finding}
      }
    return undefined
  }
  return stepThat(isFixed) ?? stepThat(isNextOfSeveral)
}

const recommended = (context: ChecklistContext, finding: ResolvedFinding): readonly Remedy[] =>
  preferred(recommendable(remediesFor(context, finding)), context.prefer)

export const modelsOf = ({account, applied}: ChecklistContext, steps: readonly ChosenStep[]): readonly Account[] =>
  steps.reduce<Account[]>((models, {remedy}) => models.concat(applied(models.at(-1)!, remedy)), [account])

/** What costs nothing takes the place of what costs, where nothing more is left with it, unless there is a preference. */
function freeFirst(context: ChecklistContext, steps: readonly ChosenStep[]): readonly ChosenStep[] {
  if (context.prefer !== undefined || !steps.some(({remedy}) => hasCost(remedy))) return steps
  const left = leftAfter(context, steps)
  return steps.reduce((chosen, step) => {
    if (!hasCost(step.remedy)) return chosen
    const titles = new Set(chosen.map(({remedy}) => remedy.title))
    const instead = recommended(context, step.finding)
      .filter((remedy) => remedy.apply && !hasCost(remedy) && !titles.has(remedy.title))
      .map((remedy) => chosen.map((one) => (one === step ? {...one, remedy} : one)))
      .find((others) => leavesOnly(left, context, others))
    return instead ?? chosen
  }, steps)
}

const hasCost = ({cost}: Remedy): boolean => cost !== undefined && cost !== NO_COST

/**
 * Removes every step without which nothing more is left than with it: a later step made it unnecessary, and with it what
 * only reverts it.
 */
function withoutRedundant(context: ChecklistContext, steps: readonly ChosenStep[]): readonly ChosenStep[] {
  if (steps.length < 2) return steps
  const left = leftAfter(context, steps)
  const needed = (all: readonly ChosenStep[]): readonly ChosenStep[] => {
    const kept = all.reduceRight<readonly ChosenStep[]>((some, step) => {
      const fewer = some.filter((one) => one !== step)
      return leavesOnly(left, context, fewer) ? fewer : some
    }, all)
    return kept.length < all.length ? needed(kept) : kept
  }
  return needed(steps)
}

/**
 * The order in which the causes show, the most severe first: without a step that was redundant, a later one may have to
 * take its place before the cause of the next step is found.
 */
function inOrderOfFindings(
  context: ChecklistContext,
  first: Diagnosis,
  steps: readonly ChosenStep[],
): readonly ChosenStep[] {
  const left = [...steps]
  const ordered: ChosenStep[] = []
  let model = context.account
  let diagnosis = first
  while (left.length > 0) {
    const placeOf = (key: string) => left.findIndex(({finding}) => findingKey(finding) === key)
    const at =
      impairingOf(diagnosis)
        .map(findingKey)
        .map(placeOf)
        .find((place) => place >= 0) ?? 0
    ordered.push(...left.splice(at, 1))
    model = context.applied(model, ordered.at(-1)!.remedy)
    diagnosis = context.examined(model)
  }
  return ordered
}

const leftAfter = (context: ChecklistContext, steps: readonly ChosenStep[]): ReadonlySet<string> =>
  leftIn(context.examined(modelsOf(context, steps).at(-1)!))

const leavesOnly = (left: ReadonlySet<string>, context: ChecklistContext, steps: readonly ChosenStep[]): boolean =>
  [...leftAfter(context, steps)].every((key) => left.has(key))

/**
 * Each other change for the same cause, instead of the chosen one: nothing more may be left than with the chosen one,
 * and what another step creates is not created twice.
 */
export function alternativesTo(
  context: ChecklistContext,
  steps: readonly ChosenStep[],
  {finding, remedy: chosen}: ChosenStep,
  last: Diagnosis,
): ProposedStep['alternatives'] {
  const left = leftIn(last)
  const undone = new Set(separateUndo(context, finding).map(({title}) => title))
  const created = new Set(steps.flatMap(({remedy}) => (remedy === chosen ? [] : creationsOf(remedy))))
  return remediesFor(context, finding)
    .filter((remedy) => remedy.title !== chosen.title && !creationsOf(remedy).some((call) => created.has(call)))
    .map((remedy) => {
      if (!remedy.apply) return {remedy, verified: false}
      const others = steps.map((one) => (one.remedy === chosen ? {...one, remedy} : one))
      return {remedy, verified: leavesOnly(left, context, others)}
    })
    .filter(({remedy, verified}) => verified || !undone.has(remedy.title))
}

const creationsOf = ({steps}: Remedy): readonly string[] =>
  steps.filter((step) => 'operation' in step && step.operation.startsWith('Create')).map((step) => JSON.stringify(step))
