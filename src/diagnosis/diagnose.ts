import {isInGracePeriod, nodeOf} from '../agent/node.ts'
import {sincePing} from '../agent/output/lines.ts'
import {testsInPlace} from '../agent/output/probes.ts'
import type {Signal} from '../agent/output/signal.ts'
import type {Check, Finding} from '../checks/check.ts'
import {checksFor} from '../checks/index.ts'
import type {FlowLog} from '../flow-logs/flow-log.ts'
import type {Account, Instance} from '../model/account.ts'
import {isHybrid} from '../model/hybrid.ts'
import type {Path} from '../network/path.ts'
import {type Diagnosis, findingsOf, isRegistrationUnknown, type Outcome} from './diagnosis.ts'
import {hasAgentSignal} from './evidence.ts'
import {applyFlowLog} from './flow-logs/certainty.ts'
import {compareFlowLog} from './flow-logs/compare.ts'
import {observationOf} from './observation.ts'
import {notRun, outcomeOf, reevaluated, skipped} from './outcome.ts'
import {pathsOf} from './paths.ts'
import {
  evaluatedAgain,
  hibernationExplained,
  observedOutcomes,
  operatedOutcomes,
  refusalsExplained,
} from './reevaluate.ts'
import {registrationOf} from './registration.ts'
import {type Before, type FleetCache, unchanged} from './reuse.ts'
import {isNotRunning, JUST_ENABLED} from './verdict.ts'

interface Options {
  /**
   * False on a model that is being fixed: nothing registers there, so checks for what is left when nothing else
   * explains the node are skipped, as is evidence from the instance before the change.
   */
  readonly includeFallback: boolean
  readonly fleetCache?: FleetCache
  /** The diagnosis before a change of the account: only checks that the change affects run again. */
  readonly before?: Before
  /** Lines from inside the instance that were passed in. */
  readonly evidence?: readonly Signal[]
  readonly flowLog?: FlowLog | undefined
}

/** One walk, then every check in order; only the account and the evidence are used. */
export function diagnose(account: Account, instance: Instance, given: Options = {includeFallback: true}): Diagnosis {
  const found = testsInPlace(given.evidence ?? [], account)
  const evidence = sincePing(found, nodeOf(account, instance)?.LastPingDateTime)
  const options = {...given, evidence}
  const {includeFallback, flowLog} = options
  const hasStopped = isNotRunning(instance)
  const modelPaths = hasStopped || isHybrid(instance) ? NONE : modelPathsOf(account, instance, options)
  const observation = hasStopped ? undefined : observationOf(account, instance, modelPaths)
  const paths = observation?.paths ?? modelPaths
  const outcomes = modelOutcomes(account, instance, paths, options)
  const observed = observedOutcomes(account, instance, paths, observation, outcomes)
  const explained = includeFallback
    ? refusalsExplained(hibernationExplained(evaluatedAgain(account, instance, paths, observed, evidence)))
    : observed
  const causes = () => findingsOf({outcomes: explained}).map(({cause}) => cause)
  const comparisons = flowLog ? compareFlowLog(account, instance, flowLog, modelPaths, causes()) : NONE
  const apply = (finding: Finding) => applyFlowLog(finding, comparisons, account.ReadAt)
  const compared = comparisons.length > 0 ? reevaluated(explained, apply) : explained
  const operated = operatedOutcomes(instance, compared)
  return {instance, paths, modelPaths, outcomes: operated, modelOutcomes: outcomes, comparisons}
}

/** Those of the fleet, or those before the change where it leaves them as they are. */
function modelPathsOf(account: Account, instance: Instance, {fleetCache, before}: Options): readonly Path[] {
  const kept = before?.keepsPaths && before.diagnosis.instance === instance ? before.diagnosis.modelPaths : undefined
  return fleetCache?.paths(instance) ?? kept ?? pathsOf(account, instance)
}

/** What the checks find on the model, before it is compared with what is observed. */
function modelOutcomes(
  account: Account,
  instance: Instance,
  paths: readonly Path[],
  {includeFallback, fleetCache, before, evidence = []}: Options,
): readonly Outcome[] {
  const hasStopped = isNotRunning(instance)
  const cache = hasStopped || isHybrid(instance) ? undefined : fleetCache?.cacheFor(instance, paths)
  const outcomes: Outcome[] = []
  const isRequested = ({fallback, fromInstance}: Check): boolean =>
    fallback
      ? includeFallback && (hasAgentSignal(evidence) || isNothingLeft(account, instance, paths, outcomes))
      : includeFallback || !fromInstance
  const run = (check: Check, at: number): Outcome => {
    if (!isRequested(check)) return notRun(check)
    if (hasStopped && !OF_THE_STOPPED.has(check.id)) return skipped(check, `The instance is ${instance.State.Name}.`)
    const known = (before && unchanged(before, check, at, {instance, paths})) ?? cache?.known(at)
    if (known) return known
    const outcome = outcomeOf(check, account, instance, paths, evidence)
    cache?.keep(at, outcome)
    return outcome
  }
  for (const check of checksFor(instance)) outcomes.push(run(check, outcomes.length))
  return outcomes
}

/** Checks that still apply to an instance that is not running. */
const OF_THE_STOPPED = new Set(['target', 'instance-state'])

const NONE: readonly never[] = []

/**
 * Nothing blocks, nothing that registration requires is unknown, the instance is old enough, and the node is not
 * registered or lost its connection. So little of a hybrid node is visible that these checks always run.
 */
function isNothingLeft(
  account: Account,
  instance: Instance,
  paths: readonly Path[],
  outcomes: readonly Outcome[],
): boolean {
  const {status} = registrationOf(account, instance)
  if (isNotRunning(instance) || status === 'online' || status === 'unknown' || isInGracePeriod(account, instance))
    return false
  const findings = findingsOf({outcomes})
  if (findings.some(({severity, cause}) => severity === 'blocks' || cause === JUST_ENABLED)) return false
  return isHybrid(instance) || !isRegistrationUnknown({paths, outcomes})
}
