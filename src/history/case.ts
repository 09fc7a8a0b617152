import {isImpairing, type Severity} from '../checks/severity.ts'
import {findingKey} from '../diagnosis/cause-key.ts'
import {diagnose} from '../diagnosis/diagnose.ts'
import {type Diagnosis, findingsOf, type ResolvedFinding} from '../diagnosis/diagnosis.ts'
import type {Account, Instance} from '../model/account.ts'
import {find} from '../model/lists.ts'
import {memo, remembered} from '../util/memo.ts'
import type {ChangeEvent} from './event.ts'

/** A cause whose history is looked up, with what was recorded about it. */
export interface Case {
  readonly account: Account
  readonly instance: Instance
  readonly finding: ResolvedFinding
  /** The changes of the resources of the cause, newest first. */
  readonly events: readonly ChangeEvent[]
  /** The same with calls that mostly concern other resources. */
  readonly others: readonly ChangeEvent[]
  readonly resources: readonly string[]
  /** Causes that show once this one is fixed: they have a history of their own. */
  readonly revealed?: ReadonlySet<string>
}

/** As on a model that is being fixed: nothing registers in the past, either. */
const examined = (account: Account, instanceId: string): Diagnosis | undefined => {
  const instance = find(account.Instances, 'InstanceId', instanceId)
  return instance && diagnose(account, instance, {includeFallback: false})
}

/** The causes that impair the node, with their severity. */
const causesIn = (diagnosis: Diagnosis | undefined): ReadonlyMap<string, Severity> =>
  new Map(
    diagnosis &&
      findingsOf(diagnosis)
        .filter(isImpairing)
        .map((one) => [findingKey(one), one.severity]),
  )

const causesNow = memo((account: Account) =>
  remembered((instanceId: string) => causesIn(examined(account, instanceId))),
)

/**
 * Whether the cause exists in an earlier account. `replaced`: it does not, but another one that blocks does, so the
 * earlier state was not correct. `unknown`: whether it exists cannot be determined.
 */
type State = 'present' | 'absent' | 'replaced' | 'unknown'

export function stateIn(earlier: Account, {account, instance, finding, revealed}: Case): State {
  const now = causesNow(account)(instance.InstanceId)
  const diagnosis = examined(earlier, instance.InstanceId)
  if (!diagnosis || !now.has(findingKey(finding))) return 'unknown'
  const causes = causesIn(diagnosis)
  if (causes.has(findingKey(finding))) return 'present'
  // Other causes of a stopped instance are not examined, and show once it runs.
  if (finding.check.id === 'instance-state') return 'absent'
  const own = diagnosis.outcomes.find(({check}) => check.id === finding.check.id)
  if (own?.status === 'unknown') return 'unknown'
  const isReplaced = [...causes].some(
    ([key, severity]) => severity === 'blocks' && !now.has(key) && !revealed?.has(key),
  )
  return isReplaced ? 'replaced' : 'absent'
}
