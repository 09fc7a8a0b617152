import type {Account, Instance} from '../../model/account.ts'
import {subjectOf} from '../../model/hybrid.ts'
import {withoutAgentBy} from '../../model/instance.ts'
import {contactOwner} from '../../remedies/core/change.ts'
import {type Preference, type Remedy, type Step, untried} from '../../remedies/core/remedy.ts'
import {memo} from '../../util/memo.ts'
import {type Diagnosis, diagnose, type ResolvedFinding} from '../diagnose.ts'

/** What a plan is made for, and the model on which its changes are tried. */
export interface PlanContext {
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
  undo: PlanContext['undo'],
): PlanContext {
  const changesOf = memo((model: Account) => memo((remedy: Remedy) => remedy.apply!(model)))
  // Nothing registers on a model that is being fixed, so the fallback checks are not run.
  const examined = memo((model: Account) =>
    diagnose(model, subjectOf(model, instance.InstanceId) ?? instance, {includeFallback: false}),
  )
  return {account, instance, prefer, undo, applied: (model, remedy) => changesOf(model)(remedy), examined}
}

const MANAGED_DOCS = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/amazon-ec2-managed-instances.html'

/**
 * An instance that an AWS service operates is changed through that service: EC2 denies the call. If no agent can be
 * installed, no change is known to make it a managed node.
 */
export function remediesFor(context: PlanContext, finding: ResolvedFinding): readonly Remedy[] {
  const {Operator, InstanceId, NetworkInterfaces} = context.instance
  const all = [...namedUndo(context, finding), ...separateUndo(context, finding)]
  if (!Operator?.Managed) return all
  const remedies = withoutAgentBy(context.instance) ? all.map((remedy) => untried(remedy)) : all
  const own = new Set([InstanceId, ...NetworkInterfaces.map(({NetworkInterfaceId}) => NetworkInterfaceId)])
  const changes = (step: Step) =>
    'operation' in step &&
    step.service === 'ec2' &&
    Object.values(step.input)
      .flat()
      .some((value) => typeof value === 'string' && own.has(value))
  return remedies.map((remedy) =>
    remedy.steps.some(changes)
      ? contactOwner(`${remedy.title}, through ${Operator.Principal ?? 'the service'} that operates it`, MANAGED_DOCS)
      : remedy,
  )
}

/** The remedies; one that makes the calls of the undo says so. */
const namedUndo = ({undo}: PlanContext, finding: ResolvedFinding): readonly Remedy[] => {
  const [first] = undo(finding)
  const remedies = finding.remedies ?? []
  if (!first) return remedies
  return remedies.map((one) => (isSame(one, first) ? {...one, title: `${one.title} (${first.title})`} : one))
}

export const separateUndo = ({undo}: PlanContext, finding: ResolvedFinding): readonly Remedy[] =>
  undo(finding).filter((one) => !(finding.remedies ?? []).some((remedy) => isSame(remedy, one)))

const isSame = (one: Remedy, other: Remedy): boolean => JSON.stringify(one.steps) === JSON.stringify(other.steps)

export const preferred = (remedies: readonly Remedy[], prefer: Preference | undefined): readonly Remedy[] =>
  prefer === undefined
    ? remedies
    : remedies.toSorted(
        (a, b) => Number(b.preferredBy?.includes(prefer) ?? false) - Number(a.preferredBy?.includes(prefer) ?? false),
      )
