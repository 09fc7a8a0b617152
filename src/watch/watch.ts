import {longestSleep} from '../agent/retry-backoff.ts'
import {isImpairing} from '../checks/severity.ts'
import {causeKey} from '../diagnosis/cause-key.ts'
import type {ChecklistStep, Report, ReportedCause} from '../diagnosis/report.ts'
import {isRefusalName} from '../model/refusals.ts'

/** An examination, when it was made, and facts about the instance that the report does not contain. */
export interface Observation {
  readonly at: number
  readonly report: Report
  /** The commands on the instance that make the agent retry immediately. */
  readonly restart?: string
  /** When the instance was started last. */
  readonly launched?: number
}

/** A step of the checklist under its first number, and what it fixes. */
interface Followed {
  readonly number: number
  readonly step: ChecklistStep
  readonly fixes: readonly ReportedCause[]
  readonly done: boolean
}

/** What has been observed since the watch began. */
export interface Watch {
  readonly began: number
  readonly last: Observation
  /** The last examination that could read everything that the first one did. */
  readonly lastFull: Observation
  readonly steps: readonly Followed[]
  /** Causes that were reported and are not resolved. */
  readonly reported: readonly string[]
  /** The ids of all causes so far: they determine how long the agent waits. */
  readonly causeIds: readonly string[]
  /** Kinds that were read before and are not now. */
  readonly gaps: readonly string[]
  /** Since when nothing blocks as far as AWS shows, and until when the agent may wait. */
  readonly unblocked?: {readonly at: number; readonly nextAttemptAt?: number}
  /** When a step last took effect. */
  readonly lastEffectAt?: number
}

/** What is new since the previous poll. */
export type Change =
  | {readonly kind: 'effect'; readonly number: number; readonly title: string; readonly resolved: readonly string[]}
  | {readonly kind: 'cause'; readonly cause: ReportedCause}
  | {readonly kind: 'step'; readonly number: number; readonly step: ChecklistStep}
  | {readonly kind: 'unblocked'; readonly nextAttemptAt?: number; readonly restart?: string}
  | {readonly kind: 'started'}
  | {readonly kind: 'registration'; readonly registration: Report['registration']}
  | {readonly kind: 'gaps'; readonly kinds: readonly string[]}
  /** AWS could not be reached, which may be temporary. */
  | {readonly kind: 'unanswered'; readonly why: string}

/** The cause when nothing else explains the node: only a ping of the agent resolves it. */
const AGENT_CAUSES: ReadonlySet<string> = new Set(['os.agent-not-running', 'os.agent-not-installed'])
const STOPPED_STATES: ReadonlySet<string> = new Set(['instance.not-running', 'instance.terminated'])
const TERMINAL_CAUSES: ReadonlySet<string> = new Set(['instance.terminated', 'target.not-found', 'target.wrong-region'])

const isItself = ({id}: ReportedCause): boolean => AGENT_CAUSES.has(id)
const impairing = ({causes}: Report): readonly ReportedCause[] => causes.filter(isImpairing)
const isBlocked = (report: Report): boolean =>
  impairing(report).some((cause) => cause.severity === 'blocks' && !isItself(cause))
const isOnline = ({registration}: Report): boolean => registration.status === 'online'

/** Whether waiting does not help: the instance is managed, or can never be. */
export const isOver = ({verdict, causes}: Report): boolean =>
  verdict === 'managed' || causes.some(({id}) => TERMINAL_CAUSES.has(id))

/** Whether the registration of the node cannot be observed, and waiting will not change that. */
export const cannotObserve = ({registration, unreadable}: Report): boolean =>
  registration.status === 'unknown' &&
  unreadable.some(({kind, error}) => kind === 'InstanceInformationList' && isRefusalName(error))

export const watchFrom = (observation: Observation): Watch => ({
  began: observation.at,
  last: observation,
  lastFull: observation,
  steps: fixesOf(observation.report).map((step, at) => follow(observation.report, step, at + 1)),
  reported: impairing(observation.report).map(causeKey),
  causeIds: impairing(observation.report).map(({id}) => id),
  gaps: [],
})

const fixesOf = ({checklist}: Report): readonly ChecklistStep[] => checklist.filter(({part}) => part === 'fix')

const follow = (report: Report, step: ChecklistStep, number: number): Followed => ({
  number,
  step,
  fixes: impairing(report).filter(({id}) => step.causes.includes(id)),
  done: false,
})

interface WatchUpdate {
  readonly watch: Watch
  readonly changes: readonly Change[]
}

/** The next examination, and what is new in it. */
export function updated(watch: Watch, observation: Observation): WatchUpdate {
  const gaps = observation.report.unreadable
    .map(({kind}) => kind)
    .filter((kind) => !watch.lastFull.report.unreadable.some((one) => one.kind === kind))
  // What could not be read, or is not checked for a stopped instance, is not resolved.
  return gaps.length > 0 || hasStopped(watch, observation.report)
    ? partialUpdate(watch, observation, gaps)
    : fullUpdate(watch, observation)
}

const hasStopped = ({lastFull}: Watch, report: Report): boolean => isStopped(report) && !isStopped(lastFull.report)
const isStopped = ({causes}: Report): boolean => causes.some(({id}) => STOPPED_STATES.has(id))

function partialUpdate(watch: Watch, observation: Observation, gaps: readonly string[]): WatchUpdate {
  const fresh = impairing(observation.report).filter(
    (cause) => !isItself(cause) && !watch.reported.includes(causeKey(cause)),
  )
  const isNew = gaps.some((kind) => !watch.gaps.includes(kind))
  return {
    watch: {...watch, last: observation, gaps, reported: [...watch.reported, ...fresh.map(causeKey)]},
    changes: [
      ...(isNew ? [{kind: 'gaps', kinds: gaps} as const] : []),
      ...registered(watch, observation.report),
      ...fresh.map((cause) => ({kind: 'cause', cause}) as const),
    ],
  }
}

function fullUpdate(watch: Watch, observation: Observation): WatchUpdate {
  const {report, at} = observation
  const unblocked = resolvedBy(watch, observation)
  const isAsleep = !isOnline(report) && (unblocked?.nextAttemptAt ?? 0) > at
  const isPostponed = (cause: ReportedCause): boolean => isAsleep && isItself(cause)
  const causes = impairing(report).filter((cause) => !isPostponed(cause))
  const effects = watch.steps.filter((one) => hasEffect(one, report))
  const steps = watch.steps
    .filter((one) => one.done || effects.includes(one) || isProposed(one, report))
    .map((one) => (effects.includes(one) ? {...one, done: true} : one))
  const added = addedTo(steps, report).filter(({fixes}) => !fixes.some(isPostponed))
  return {
    watch: {
      began: watch.began,
      last: observation,
      lastFull: observation,
      steps: [...steps, ...added],
      reported: causes.map(causeKey),
      causeIds: [...new Set([...watch.causeIds, ...causes.map(({id}) => id)])],
      gaps: [],
      ...(unblocked && {unblocked}),
      ...lastEffectOf(watch, effects, at),
    },
    changes: [
      ...(isStarted(watch, observation) ? [{kind: 'started'} as const] : []),
      ...effects.map((one) => effectOf(one, report)),
      ...registered(watch, report),
      ...causes
        .filter((cause) => !watch.reported.includes(causeKey(cause)))
        .map((cause) => ({kind: 'cause', cause}) as const),
      ...added.map(({number, step}) => ({kind: 'step', number, step}) as const),
      ...(unblocked && !watch.unblocked && !isOnline(report) ? [unblockedChange(unblocked, observation)] : []),
    ],
  }
}

const lastEffectOf = ({lastEffectAt}: Watch, effects: readonly Followed[], at: number): Pick<Watch, 'lastEffectAt'> => {
  const latest = effects.length > 0 ? at : lastEffectAt
  return latest === undefined ? {} : {lastEffectAt: latest}
}

const unblockedChange = ({nextAttemptAt}: NonNullable<Watch['unblocked']>, {restart}: Observation): Change => ({
  kind: 'unblocked',
  ...(nextAttemptAt !== undefined && {nextAttemptAt}),
  ...(restart !== undefined && {restart}),
})

/** A cause that is no longer found counts as resolved only if its check has run again. */
function isResolved(cause: ReportedCause, report: Report): boolean {
  if (isItself(cause)) return isOnline(report)
  if (report.causes.some((one) => causeKey(one) === causeKey(cause))) return false
  return report.checks.find(({id}) => id === cause.check)?.status !== 'unknown'
}

const isProposed = ({step}: Followed, report: Report): boolean =>
  fixesOf(report).some(({title}) => title === step.title)

/** Something that it fixes is resolved, and it is no longer proposed. */
const hasEffect = (one: Followed, report: Report): boolean =>
  !one.done && !isProposed(one, report) && one.fixes.some((cause) => isResolved(cause, report))

const effectOf = ({number, step, fixes}: Followed, report: Report): Change => ({
  kind: 'effect',
  number,
  title: step.title,
  resolved: [...new Set(fixes.filter((cause) => isResolved(cause, report)).map(({id}) => id))],
})

function addedTo(steps: readonly Followed[], report: Report): readonly Followed[] {
  const open = new Set(steps.filter(({done}) => !done).map(({step}) => step.title))
  const from = Math.max(0, ...steps.map(({number}) => number)) + 1
  return fixesOf(report)
    .filter(({title}) => !open.has(title))
    .map((step, at) => follow(report, step, from + at))
}

const MINUTE = 60_000
/** The agent tries immediately when it starts, and again after the first and shortest of its waits. */
const AFTER_A_START = 6 * MINUTE

/** Once nothing blocks, the agent waits for the rest of its current wait. */
function resolvedBy(watch: Watch, observation: Observation): Watch['unblocked'] {
  if (isBlocked(observation.report)) return undefined
  const unblocked =
    watch.unblocked ?? (isBlocked(watch.lastFull.report) ? firstUnblocked(watch, observation) : undefined)
  if (!unblocked || unblocked.nextAttemptAt === undefined || !isStarted(watch, observation)) return unblocked
  return {
    ...unblocked,
    nextAttemptAt: Math.min(unblocked.nextAttemptAt, (observation.launched ?? observation.at) + AFTER_A_START),
  }
}

function firstUnblocked({causeIds}: Watch, {at, launched}: Observation): NonNullable<Watch['unblocked']> {
  const minutes = longestSleep(causeIds, launched === undefined ? undefined : (at - launched) / MINUTE)
  return minutes === undefined ? {at} : {at, nextAttemptAt: at + minutes * MINUTE}
}

const isStarted = ({lastFull}: Watch, {launched}: Observation): boolean =>
  launched !== undefined && lastFull.launched !== undefined && launched > lastFull.launched

/** Whether the registration of the node has changed. Data that could not be read is not a change. */
export const isOtherwise = (before: Report['registration'], after: Report['registration']): boolean =>
  after.status !== 'unknown' &&
  (before.status !== after.status || (after.connected !== null && before.connected !== after.connected))

const registered = ({last}: Watch, {registration}: Report): readonly Change[] =>
  isOtherwise(last.report.registration, registration) ? [{kind: 'registration', registration}] : []
