import type {Account, Instance} from '../../model/account.ts'
import {subjectOf} from '../../model/hybrid.ts'
import {throughOperator} from '../../remedies/core/operator.ts'
import type {Preference, Remedy} from '../../remedies/core/remedy.ts'
import {memo} from '../../util/memo.ts'
import {diagnose} from '../diagnose.ts'
import type {Diagnosis, ResolvedFinding} from '../diagnosis.ts'

/** What a checklist is made for, and the model on which its changes are tried. */
export interface ChecklistContext {
  readonly account: Account
  readonly instance: Instance
  readonly prefer: Preference | undefined
  /** The undo of the call that is responsible for a cause: proposed if it fixes as much as the recommended change. */
  readonly undo: (finding: ResolvedFinding) => readonly Remedy[]
  readonly applied: (model: Account, remedy: Remedy) => Account
  readonly examined: (model: Account) => Diagnosis
}

/** Each change is made once to each model, and each model is examined once, however often they are asked for. */
export function contextOf(
  account: Account,
  instance: Instance,
  prefer: Preference | undefined,
  undo: ChecklistContext['undo'],
): ChecklistContext {
  const changesOf = memo((model: Account) => memo((remedy: Remedy) => remedy.apply!(model)))
  // Nothing registers on a model that is being fixed, so the fallback checks are not run.
  const examined = memo((model: Account) =>
    diagnose(model, subjectOf(model, instance.InstanceId) ?? instance, {includeFallback: false}),
  )
  return {
    account,
    instance,
    prefer,
    undo: instance.Operator?.Managed ? allowedOn(instance, undo) : undo,
    applied: (model, remedy) => changesOf(model)(remedy),
    examined,
  }
}

/** The undo of a call is no call if only the service that operates the instance could make it. */
const allowedOn =
  (instance: Instance, undo: ChecklistContext['undo']): ChecklistContext['undo'] =>
  (finding) =>
    undo(finding)
      .map(throughOperator(instance))
      .filter(({steps}) => steps.length > 0)

export const remediesFor = (context: ChecklistContext, finding: ResolvedFinding): readonly Remedy[] => [
  ...namedUndo(context, finding),
  ...separateUndo(context, finding),
]

/** The remedies; one that makes the calls of the undo says so. */
const namedUndo = ({undo}: ChecklistContext, finding: ResolvedFinding): readonly Remedy[] => {
  const [first] = undo(finding)
  const remedies = finding.remedies ?? []
  if (!first) return remedies
  return remedies.map((one) => (isSame(one, first) ? {...one, title: `${one.title} (${first.title})`} : one))
}

export const separateUndo = ({undo}: ChecklistContext, finding: ResolvedFinding): readonly Remedy[] =>
  undo(finding).filter((one) => !(finding.remedies ?? []).some((remedy) => isSame(remedy, one)))

const isSame = (one: Remedy, other: Remedy): boolean => JSON.stringify(one.steps) === JSON.stringify(other.steps)

export const preferred = (remedies: readonly Remedy[], prefer: Preference | undefined): readonly Remedy[] =>
  prefer === undefined
    ? remedies
    : remedies.toSorted(
        (a, b) => Number(b.preferredBy?.includes(prefer) ?? false) - Number(a.preferredBy?.includes(prefer) ?? false),
      )
