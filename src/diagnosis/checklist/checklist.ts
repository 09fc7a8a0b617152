import type {Account, Instance, Kind} from '../../model/account.ts'
import {otherOwnerOf} from '../../remedies/core/owner.ts'
import type {Preference, Remedy} from '../../remedies/core/remedy.ts'
import {findingKey} from '../cause-key.ts'
import type {Diagnosis, ResolvedFinding} from '../diagnosis.ts'
import {isNotRunning} from '../verdict.ts'
import {alternativesTo, chooseSteps, modelsOf} from './choose.ts'
import {type ChecklistContext, contextOf} from './context.ts'
import {furtherSteps, manualSteps} from './further-steps.ts'
import {impairingOf, isFixed, isOnInstanceOnly} from './progress.ts'
import type {ProposedStep} from './proposed-step.ts'
import {verificationOf} from './verification.ts'

export interface Checklist {
  readonly steps: readonly ProposedStep[]
  /** What showed only after an earlier step had been tried. */
  readonly revealed: readonly RevealedFinding[]
  /** True if nothing is left that blocks or degrades; null if only unknowns are left. */
  readonly verified: boolean | null
  /** Kinds that were not read, which make it null. */
  readonly unread: readonly Kind[]
}

/** A cause on the model that has the steps before it. */
interface RevealedFinding {
  readonly finding: ResolvedFinding
  /** The index of the step that shows it. */
  readonly by: number
  readonly account: Account
  readonly diagnosis: Diagnosis
}

/**
 * Applies remedies to a copy of the account and examines again, until nothing that can be fixed is left. An instance
 * that does not run has that as its only cause: what else is wrong shows when it is examined running.
 */
export function checklistFor(
  account: Account,
  instance: Instance,
  first: Diagnosis,
  prefer?: Preference,
  undo: ChecklistContext['undo'] = () => [],
): Checklist {
  const context = contextOf(account, instance, prefer, undo)
  const chosen = chooseSteps(context, first)
  const models = modelsOf(context, chosen)
  const diagnoses = models.map((model, i) => (i === 0 ? first : context.examined(model)))
  const last = diagnoses.at(-1) ?? first
  const model = models.at(-1) ?? account
  const fixes = chosen.map(
    (step, i): ProposedStep => ({
      part: 'fix',
      remedy: step.remedy,
      causes: fixedBetween(diagnoses[i]!, diagnoses[i + 1]!, step.finding),
      alternatives: alternativesTo(context, chosen, step, last),
    }),
  )
  const mandatory = [...fixes, ...manualSteps(context, first, last)]
  const steps = [...mandatory, ...furtherSteps(context, mandatory, first, last, model)].map((step) =>
    withOwner(context, model, step),
  )
  return {
    steps,
    revealed: isNotRunning(instance) ? [] : revealedIn(diagnoses, models),
    ...verificationOf(context, steps, first, last, model),
  }
}

const fixedBetween = (before: Diagnosis, after: Diagnosis, finding: ResolvedFinding): readonly ResolvedFinding[] => {
  const fixed = impairingOf(before).filter((one) => !isOnInstanceOnly(one) && isFixed(after, one))
  return fixed.length > 0 ? fixed : [finding]
}

function revealedIn(diagnoses: readonly Diagnosis[], models: readonly Account[]): readonly RevealedFinding[] {
  const seen = new Set<string>()
  return diagnoses.flatMap((diagnosis, i) => {
    const fresh = impairingOf(diagnosis).filter((finding) => !seen.has(findingKey(finding)))
    for (const finding of fresh) seen.add(findingKey(finding))
    return i === 0 ? [] : fresh.map((finding) => ({finding, by: i - 1, account: models[i]!, diagnosis}))
  })
}

/** What another account owns is a step for that account, and no alternative that needs one is verified. */
function withOwner({account, instance}: ChecklistContext, model: Account, step: ProposedStep): ProposedStep {
  const self = account.Caller?.Account ?? instance.NetworkInterfaces[0]?.OwnerId
  const ownerOf = ({steps}: Remedy) => otherOwnerOf(model, self, steps)
  const owner = ownerOf(step.remedy)
  return {
    ...step,
    alternatives: step.alternatives.map(({remedy, verified}) => ({
      remedy,
      verified: verified && ownerOf(remedy) === undefined,
    })),
    ...(owner !== undefined && {account: owner}),
  }
}
