import {consoleSignals} from '../agent/console.ts'
import {isInGracePeriod} from '../agent/node.ts'
import {testsInPlace} from '../agent/probes.ts'
import type {Signal} from '../agent/signal.ts'
import {CERTAINTIES, type Check, type Finding, isFinding, type Note, unknownNote} from '../checks/check.ts'
import {checksFor} from '../checks/index.ts'
import {type Severity, severityRank} from '../checks/severity.ts'
import type {FlowLog} from '../flow-logs/flow-log.ts'
import {hasRestrictions} from '../iam/endpoint-restriction.ts'
import {type Account, canRead, type Instance, isUnreadable, type Kind} from '../model/account.ts'
import {isHybrid} from '../model/hybrid.ts'
import {keepsPaths} from '../network/network-key.ts'
import type {Path} from '../network/path.ts'
import {throughOperator} from '../remedies/core/operator.ts'
import {compare} from '../util/compare.ts'
import {memo, remembered} from '../util/memo.ts'
import {applyEvidence, hasAgentSignal} from './evidence.ts'
import {applyFlowLog} from './flow-logs/certainty.ts'
import {compareFlowLog} from './flow-logs/compare.ts'
import type {FlowComparison} from './flow-logs/comparison.ts'
import {
  isForOtherAddresses,
  type Observation,
  observationOf,
  observedFinding,
  unobservedFinding,
} from './observation.ts'
import {endpointNamesOf, pathsOf} from './paths.ts'
import {NEEDED_TO_REGISTER, registrationOf} from './registration.ts'
import type {Status} from './report.ts'
import {isNotRunning, JUST_ENABLED} from './verdict.ts'

/** The outcome of one check. */
export interface Outcome {
  readonly check: Check
  readonly status: Status
  readonly notes: readonly Note[]
  /** The notes that are findings, with check and severity. */
  readonly findings: readonly ResolvedFinding[]
}

export interface Diagnosis {
  readonly instance: Instance
  readonly paths: readonly Path[]
  /** The paths before observations of the instance were applied. */
  readonly modelPaths: readonly Path[]
  readonly outcomes: readonly Outcome[]
  /** The outcomes as the checks returned them, before observations of the instance were applied. */
  readonly modelOutcomes: readonly Outcome[]
  /** Each path with what a flow log shows for it, if one was read. */
  readonly comparisons: readonly FlowComparison[]
}

/** A finding with its check and its final severity. */
export interface ResolvedFinding extends Finding {
  readonly check: Check
  readonly severity: Severity
}

export interface Options {
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

export interface Before {
  readonly diagnosis: Diagnosis
  /** The change did not affect what the check can read from the account. */
  readonly isUntouched: (check: Check) => boolean
  /** Nor what a path consists of. */
  readonly keepsPaths: boolean
}

/** What a change did not affect: checks whose kinds are the same, and paths. */
export function untouchedBy(before: Account, after: Account): Omit<Before, 'diagnosis'> {
  const isSame = (kind: Kind) => before[kind] === after[kind]
  return {
    keepsPaths: keepsPaths(before, after) && !hasRestrictions(before),
    isUntouched: remembered((check: Check) => [...check.requiredKinds, ...(check.optionalKinds ?? [])].every(isSame)),
  }
}

/** The outcome of a check before the change, if everything that it depends on is still the same. */
function unchanged(
  {diagnosis, isUntouched}: Before,
  check: Check,
  at: number,
  {instance, paths}: Pick<Diagnosis, 'instance' | 'paths'>,
): Outcome | undefined {
  const outcome = diagnosis.modelOutcomes[at]
  if (diagnosis.instance !== instance || outcome?.check !== check || !isUntouched(check)) return undefined
  const {dependsOn} = check
  if (dependsOn.includes('path') && diagnosis.paths !== paths) return undefined
  const seesEndpoints = dependsOn.includes('credentials') || dependsOn.includes('s3-endpoint')
  if (seesEndpoints && endpointNamesOf(diagnosis.paths).names !== endpointNamesOf(paths).names) return undefined
  return outcome
}

/** What instances of a fleet have in common, so it is computed once for all of them. */
export interface FleetCache {
  readonly paths: (instance: Instance) => readonly Path[]
  /** What is already known for an instance with the same keys. */
  readonly cacheFor: (instance: Instance, paths: readonly Path[]) => OutcomeCache | undefined
}

/** The outcomes of checks for all instances with the same keys, by the position of the check. */
interface OutcomeCache {
  readonly known: (at: number) => Outcome | undefined
  readonly keep: (at: number, outcome: Outcome) => void
}

/** One walk, then every check in order; only the account and the evidence are used. */
export function diagnose(account: Account, instance: Instance, given: Options = {includeFallback: true}): Diagnosis {
  const evidence = testsInPlace(given.evidence ?? [], account)
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

/** The agent hibernates because of what blocks it from Systems Manager: then that is the cause. */
function hibernationExplained(outcomes: readonly Outcome[]): readonly Outcome[] {
  const blocking = findingsOf({outcomes}).filter(({severity}) => severity === 'blocks')
  if (blocking.every(({cause}) => cause === HIBERNATING) || blocking.every(({cause}) => cause !== HIBERNATING))
    return outcomes
  return reevaluated(outcomes, (finding) =>
    finding.cause === HIBERNATING ? {...finding, severity: 'symptom' as const} : finding,
  )
}

const HIBERNATING = 'agent.hibernating'

/** What a line alone shows is a symptom of the policy that another check found, of which the line is evidence too. */
function refusalsExplained(outcomes: readonly Outcome[]): readonly Outcome[] {
  const others = findingsOf({outcomes: outcomes.filter(({check}) => !check.fromInstance)})
  const isExplained = ({cause, evidence}: Finding): boolean =>
    others.some(
      (other) =>
        other.cause === cause &&
        evidence.every(({fact, source}) => other.evidence.some((one) => one.fact === fact && one.source === source)),
    )
  return outcomes.flatMap((outcome) =>
    outcome.check.fromInstance
      ? reevaluated([outcome], (finding) => (isExplained(finding) ? {...finding, severity: 'symptom'} : finding))
      : outcome,
  )
}

/** The outcomes with their findings reweighed; their statuses do not change. */
const reevaluated = (outcomes: readonly Outcome[], apply: (finding: Finding) => Finding): readonly Outcome[] =>
  outcomes.map((outcome) => {
    const {check, status, notes, findings} = outcome
    if (findings.length === 0) return outcome
    const notesAgain = notes.map((note) => (isFinding(note) ? apply(note) : note))
    return {check, status, notes: notesAgain, findings: resolve(check, notesAgain)}
  })

/** What is proposed for an instance that an AWS service operates. */
const operatedOutcomes = (instance: Instance, outcomes: readonly Outcome[]): readonly Outcome[] =>
  instance.Operator?.Managed
    ? reevaluated(outcomes, (finding) => ({
        ...finding,
        remedies: (finding.remedies ?? NONE).map(throughOperator(instance)),
      }))
    : outcomes

/** What the last ping contradicts does not block. A fleet shares outcomes, but the ping belongs to one node. */
function observedOutcomes(
  account: Account,
  instance: Instance,
  paths: readonly Path[],
  observation: Observation | undefined,
  outcomes: readonly Outcome[],
): readonly Outcome[] {
  if (!observation && registrationOf(account, instance).status !== 'unknown') return outcomes
  return outcomes.map((outcome) => {
    const {check, notes, findings} = outcome
    if (findings.length === 0) return outcome
    const apply = (finding: Finding): Note => {
      if (!observation) return unobservedFinding(paths, finding)
      const severity = severityOf(check, finding)
      return severity === 'undecided' && isForOtherAddresses(observation, finding)
        ? unknownNote(finding.message, undefined)
        : observedFinding(account, instance, observation, finding, severity)
    }
    const observed = notes.map((note) => (isFinding(note) ? apply(note) : note))
    if (observed.every((note, at) => note === notes[at])) return outcome
    return {check, status: statusOf(check, observed), notes: observed, findings: resolve(check, observed)}
  })
}

/** Evidence from the instance itself is added to the findings, and makes them more or less certain. */
function evaluatedAgain(
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

/** Checks that still apply to an instance that is not running. */
const OF_THE_STOPPED = new Set(['target', 'instance-state'])

function outcomeOf(
  check: Check,
  account: Account,
  instance: Instance,
  paths: readonly Path[],
  evidence: readonly Signal[],
): Outcome {
  if (!canRead(account, check.requiredKinds)) {
    const unread = check.requiredKinds.flatMap((kind) => unreadNote(account, kind))
    return {check, status: 'unknown', notes: unread, findings: NONE}
  }
  const notes = check.run(account, instance, paths, evidence)
  return {check, status: statusOf(check, notes), notes, findings: resolve(check, notes)}
}

const NONE: readonly never[] = []

const notRun = memo((check: Check): Outcome => skipped(check, 'Only checked when nothing else explains the problem.'))

const skipped = (check: Check, skip: string): Outcome => ({check, status: 'skip', notes: [{skip}], findings: NONE})

function unreadNote(account: Account, kind: Kind): readonly Note[] {
  const reading = account[kind]
  return isUnreadable(reading) ? [{unknown: `${kind} could not be read: ${reading.unreadable}`, kind}] : []
}

function statusOf(check: Check, notes: readonly Note[]): Status {
  let isOpen = false
  let isSkipped = notes.length > 0
  for (const note of notes) {
    const severity = isFinding(note) ? severityOf(check, note) : undefined
    if (severity === 'blocks' || severity === 'degrades' || severity === 'symptom') return 'fail'
    isOpen ||= severity === 'undecided' || 'unknown' in note
    isSkipped &&= 'skip' in note
  }
  return isOpen ? 'unknown' : isSkipped ? 'skip' : 'pass'
}

const severityOf = (check: Check, {cause, severity}: Finding): Severity =>
  severity ?? check.causes[cause]?.severity ?? 'advises'

const resolve = (check: Check, notes: readonly Note[]): readonly ResolvedFinding[] =>
  notes.some(isFinding) ? notes.filter(isFinding).map((finding) => resolvedFinding(check, finding)) : NONE

/** A finding with its severity. Its remedies are computed on demand: they are tried on models. */
const resolvedFinding = (check: Check, finding: Finding): ResolvedFinding => ({
  cause: finding.cause,
  ...(finding.certainty && {certainty: finding.certainty}),
  resource: finding.resource,
  message: finding.message,
  evidence: finding.evidence,
  ...(finding.distinction !== undefined && {distinction: finding.distinction}),
  check,
  severity: severityOf(check, finding),
  get remedies() {
    return finding.remedies ?? NONE
  },
})

/** By severity, certainty, position of the check and resource: the first is the root cause. */
export function findingsOf({outcomes}: Pick<Diagnosis, 'outcomes'>): readonly ResolvedFinding[] {
  const found: ResolvedFinding[] = []
  for (const {findings} of outcomes)
    if (findings.length === 1) found.push(findings[0]!)
    else if (findings.length > 1) found.push(...findings.toSorted((a, b) => compare(a.resource, b.resource)))
  return found.length < 2 ? found : found.sort(bySeverity)
}

/** Findings of equal severity and certainty stay in the order of their checks. */
const bySeverity = (a: ResolvedFinding, b: ResolvedFinding): number =>
  severityRank(a.severity) - severityRank(b.severity) ||
  CERTAINTIES.indexOf(a.certainty ?? 'proven') - CERTAINTIES.indexOf(b.certainty ?? 'proven')

/** Kinds that the diagnosis needed and could not read, so a check or a hop stays unknown. */
export const unreadKindsOf = ({outcomes, paths}: Pick<Diagnosis, 'outcomes' | 'paths'>): ReadonlySet<Kind> =>
  new Set([
    ...outcomes.flatMap(({notes}) => notes.flatMap((note) => ('unknown' in note && note.kind ? [note.kind] : []))),
    ...paths.flatMap(({hops}) =>
      hops.flatMap(({verdict, unread}) => (verdict === 'unknown' && unread ? [unread] : [])),
    ),
  ])

/**
 * Whether anything that registration requires is unknown: the path to `ssm`, the state of the instance, or the identity
 * and permissions of the agent.
 */
export const isRegistrationUnknown = ({
  paths,
  outcomes,
}: {
  readonly paths: readonly Pick<Path, 'service' | 'verdict'>[]
  readonly outcomes: readonly {readonly check: Pick<Check, 'id'>; readonly status: Status}[]
}): boolean =>
  paths.some(({service, verdict}) => service === 'ssm' && verdict === 'unknown') ||
  outcomes.some(({check, status}) => NEEDED_TO_REGISTER.has(check.id) && status === 'unknown')

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
