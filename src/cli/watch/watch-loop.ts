import {isAccessError} from '../../collect/client/errors.ts'
import {EXAMINATION_INTERVALS, POLL_INTERVALS, pauseAfter, RETRY_INTERVALS} from '../../watch/poll-interval.ts'
import {type Change, isOtherwise, isOver, type Observation, updated, type Watch, watchFrom} from '../../watch/watch.ts'
import type {InstanceProbe} from './instance-probe.ts'

/** The probe, the clock and the output of a watch; a test passes its own. */
export interface Watching extends Pick<InstanceProbe, 'examine' | 'poll'> {
  readonly now: () => number
  /** Waits this many milliseconds, and may show what it waits for in the meantime. */
  readonly rest: (milliseconds: number, watch: Watch) => Promise<void>
  readonly report: (changes: readonly Change[], watch: Watch) => void
}

interface WatchState {
  readonly watch: Watch
  readonly examinedAt: number
  /** Consecutive polls without a change, and consecutive polls without a response. */
  readonly polls: number
  readonly examinations: number
  readonly consecutiveFailures: number
  readonly lastReason: string
}

/** Polls with growing pauses until the instance is managed, can never be, or the timeout is reached. */
export async function runWatch(first: Observation, watching: Watching, timeout: number): Promise<Watch> {
  const {now, rest} = watching
  const end = first.at + timeout
  let state = initialState(first)
  while (!isOver(state.watch.last.report)) {
    await rest(Math.max(0, Math.min(pauseOf(state), end - now())), state.watch)
    if (now() >= end) break
    state = await nextState(state, watching)
  }
  return state.watch
}

const initialState = (first: Observation): WatchState => ({
  watch: watchFrom(first),
  examinedAt: first.at,
  polls: 0,
  examinations: 0,
  consecutiveFailures: 0,
  lastReason: '',
})

const pauseOf = ({polls, consecutiveFailures}: WatchState): number =>
  consecutiveFailures > 0 ? pauseAfter(consecutiveFailures - 1, RETRY_INTERVALS) : pauseAfter(polls, POLL_INTERVALS)

async function nextState(state: WatchState, watching: Watching): Promise<WatchState> {
  try {
    const isDue = watching.now() - state.examinedAt >= pauseAfter(state.examinations, EXAMINATION_INTERVALS)
    const registration = isDue ? undefined : await watching.poll()
    if (registration?.status === 'unknown') return withoutAnswer(state, watching, NO_ANSWER)
    if (registration && !isOtherwise(state.watch.last.report.registration, registration))
      return {...state, polls: state.polls + 1, consecutiveFailures: 0, lastReason: ''}
    return examinedAgain(state, watching, await watching.examine())
  } catch (error) {
    if (error instanceof Error && isAccessError(error)) return withoutAnswer(state, watching, error.message)
    throw error
  }
}

const NO_ANSWER = 'Fleet Manager could not be read.'

function examinedAgain(state: WatchState, watching: Watching, observation: Observation): WatchState {
  // Nothing is known about a node that cannot be observed; the last observation still applies.
  if (observation.report.registration.status === 'unknown')
    return withoutAnswer({...state, examinedAt: observation.at}, watching, NO_ANSWER)
  const {watch, changes} = updated(state.watch, observation)
  if (changes.length > 0) watching.report(changes, watch)
  const isQuiet = changes.length === 0
  return {
    watch,
    examinedAt: observation.at,
    polls: isQuiet ? state.polls + 1 : 0,
    examinations: isQuiet ? state.examinations + 1 : 0,
    consecutiveFailures: 0,
    lastReason: '',
  }
}

/** Reported once, however often the call fails. */
function withoutAnswer(state: WatchState, {report}: Watching, why: string): WatchState {
  if (why !== state.lastReason) report([{kind: 'unanswered', why}], state.watch)
  return {...state, consecutiveFailures: state.consecutiveFailures + 1, lastReason: why}
}
