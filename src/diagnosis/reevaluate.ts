import {consoleSignals} from '../agent/output/console.ts'
import type {Signal} from '../agent/output/signal.ts'
import {type Finding, unknownNote} from '../checks/check.ts'
import type {Account, Instance} from '../model/account.ts'
import type {Path} from '../network/path.ts'
import {throughOperator} from '../remedies/core/operator.ts'
import {findingsOf, type Outcome} from './diagnosis.ts'
import {applyEvidence} from './evidence.ts'
import {isForOtherAddresses, type Observation, observedFinding, unobservedFinding} from './observation.ts'
import {reevaluated, withNotes} from './outcome.ts'
import {registrationOf} from './registration.ts'

/** What the last ping contradicts does not block. A fleet shares outcomes, but the ping belongs to one node. */
export function observedOutcomes(
  account: Account,
  instance: Instance,
  paths: readonly Path[],
  observation: Observation | undefined,
  outcomes: readonly Outcome[],
): readonly Outcome[] {
  if (!observation && registrationOf(account, instance).status !== 'unknown') return outcomes
  return outcomes.map((outcome) =>
    withNotes(outcome, (finding, severity) => {
      if (!observation) return unobservedFinding(paths, finding)
      return severity === 'undecided' && isForOtherAddresses(observation, finding)
        ? unknownNote(finding.message, undefined)
        : observedFinding(account, instance, observation, finding, severity)
    }),
  )
}

/** Evidence from the instance itself is added to the findings, and makes them more or less certain. */
export function evaluatedAgain(
  account: Account,
  instance: Instance,
  paths: readonly Path[],
  outcomes: readonly Outcome[],
  evidence: readonly Signal[],
): readonly Outcome[] {
  const signals = [...consoleSignals(account, instance), ...evidence]
  if (signals.length === 0) return outcomes
  return reevaluated(outcomes, (finding) => applyEvidence(finding, signals, paths, account.ReadAt))
}

/** The agent hibernates because of what blocks it from Systems Manager: then that is the cause. */
export function hibernationExplained(outcomes: readonly Outcome[]): readonly Outcome[] {
  const blocking = findingsOf({outcomes}).filter(({severity}) => severity === 'blocks')
  if (blocking.every(isHibernation) || !blocking.some(isHibernation)) return outcomes
  return reevaluated(outcomes, (finding) => (isHibernation(finding) ? {...finding, severity: 'symptom'} : finding))
}

const isHibernation = ({cause}: Finding): boolean => cause === 'agent.hibernating'

/** What a line alone shows is a symptom of the policy that another check found, of which the line is evidence too. */
export function refusalsExplained(outcomes: readonly Outcome[]): readonly Outcome[] {
  const others = findingsOf({outcomes: outcomes.filter(({check}) => !check.fromInstance)})
  const isExplained = ({cause, evidence}: Finding): boolean =>
    others.some(
      (other) =>
        other.cause === cause &&
        evidence.every(({fact, source}) => other.evidence.some((one) => one.fact === fact && one.source === source)),
    )
  return reevaluated(outcomes, (finding, {fromInstance}) =>
    fromInstance && isExplained(finding) ? {...finding, severity: 'symptom'} : finding,
  )
}

/** What is proposed for an instance that an AWS service operates. */
export const operatedOutcomes = (instance: Instance, outcomes: readonly Outcome[]): readonly Outcome[] =>
  instance.Operator?.Managed
    ? reevaluated(outcomes, (finding) => ({
        ...finding,
        remedies: (finding.remedies ?? []).map(throughOperator(instance)),
      }))
    : outcomes
