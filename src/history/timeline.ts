import type {Account} from '../model/account.ts'
import {timeInWords} from '../util/time.ts'
import {type Case, stateIn} from './case.ts'
import type {ChangeEvent} from './event.ts'
import {isNamedIn} from './events-about.ts'
import {recordingsOf, withRecorded} from './recorded.ts'
import {NOTHING, type Reversal} from './revert/context.ts'
import {creates, isNeutral, revert} from './revert/index.ts'
import {isStart} from './revert/instances.ts'
import {namesOf} from './subjects.ts'

/** The result of going back in time for one cause. */
export type Outcome =
  | {
      readonly answer: 'changed'
      readonly until: string
      readonly event: ChangeEvent | undefined
      readonly proof: 'config' | 'event'
      readonly reversal: Reversal | undefined
      /** The newer calls that could not be reverted, or the state before which is unknown or had to be assumed. */
      readonly uncertainties: readonly string[]
      /** When AWS Config had recorded it differently, if no call shows the time. */
      readonly between?: readonly [from: string, to: string]
      /** Whether no newer call changed the same resources. */
      readonly isNewest: boolean
    }
  | {readonly answer: 'created'; readonly event: ChangeEvent}
  | {readonly answer: 'last-changed'; readonly event: ChangeEvent}
  | {readonly answer: 'unchanged'; readonly events: number; readonly oldest: string | undefined}

/** Goes back in time, first with what AWS Config recorded, then by reverting the calls. */
export function historyOfCause(one: Case): Outcome {
  const outcome = fromRecordings(one) ?? sinceStart(one) ?? fromEvents(one)
  return outcome.answer === 'unchanged' && one.others.length > one.events.length
    ? fromEvents({...one, events: one.others})
    : outcome
}

/** A call that stopped an instance before it was started last is not why it is stopped now. */
function sinceStart(one: Case): Outcome | undefined {
  const start = one.finding.check.id === 'instance-state' ? one.events.find(isStart) : undefined
  if (start === undefined) return undefined
  const outcome = fromEvents(one, one.events.slice(0, one.events.indexOf(start)))
  return outcome.answer === 'unchanged' ? {answer: 'last-changed', event: start} : outcome
}

const olderThan = (event: ChangeEvent, {events}: Case): readonly ChangeEvent[] =>
  events.slice(events.indexOf(event) + 1)

/**
 * A call before which the state cannot be determined may have ended it, or one before it: the calls before it are first
 * reverted without it, then with it. `recorded` is the account before all of them.
 */
function fromEvents(one: Case, events: readonly ChangeEvent[] = one.events, recorded?: Account): Outcome {
  const withoutUnknown = revertedIn(one, {events, recorded, keepsUnknown: false})
  return withoutUnknown.answer === 'last-changed'
    ? revertedIn(one, {events, recorded, keepsUnknown: true})
    : withoutUnknown
}

interface Past {
  readonly events: readonly ChangeEvent[]
  readonly recorded: Account | undefined
  /** Whether a change stays reverted if the state before it cannot be determined. */
  readonly keepsUnknown: boolean
}

/** Newest first: each change is reverted in the account as it was after it. */
function revertedIn(one: Case, past: Past): Outcome {
  const {events} = past
  let account = one.account
  const unknown: ChangeEvent[] = []
  /** The newest call before which the cause did not exist, although the state was not right yet. */
  let first: Changed | undefined
  let effective = 0
  const uncertainties: string[] = []
  for (const event of events) {
    const step = beforeEvent(one, account, event, past)
    if (step === undefined) continue
    const {reversal, state, isCreation} = step
    const until = event.time
    const here = {answer: 'changed', until, event, proof: 'event', reversal, isNewest: effective === 0} as const
    uncertainties.push(...uncertaintiesAbout(event, step))
    if (state === 'absent') return {...(first ?? here), uncertainties}
    if (state === 'replaced') first ??= {...here, uncertainties}
    if (isCreation && unknown.length === 0) return {answer: 'created', event}
    if (isCreation) break
    if (state !== 'present') unknown.push(event)
    account = step.next
    effective += 1
  }
  const last = unknown.find((event) => isNamedIn(event, one.resources)) ?? unknown[0]
  if (last) return {answer: 'last-changed', event: last}
  return {answer: 'unchanged', events: events.length, oldest: events.at(-1)?.time}
}

type Changed = Extract<Outcome, {answer: 'changed'}>

/** The account before a call, and whether the cause existed in it; undefined if the call changes nothing. */
function beforeEvent(one: Case, account: Account, event: ChangeEvent, past: Past) {
  const {finding, instance} = one
  const recorded = event === past.events.at(-1) ? past.recorded : undefined
  const reversal = revert({account, event, older: olderThan(event, one), ...(recorded && {recorded})})
  const isCreation = creates(event, finding.resource) || creates(event, instance.InstanceId)
  if (reversal === NOTHING && !isCreation) return undefined
  const earlier = reversal?.change.apply(account)
  const state = earlier ? stateIn(earlier, one) : 'unknown'
  const next = earlier && (past.keepsUnknown || state !== 'unknown') ? earlier : account
  return {reversal, earlier, state, isCreation, next}
}

type BeforeEvent = NonNullable<ReturnType<typeof beforeEvent>>

function uncertaintiesAbout({name, time}: ChangeEvent, {reversal, earlier, state}: BeforeEvent): readonly string[] {
  const call = `${name} of ${timeInWords(time)}`
  if (!earlier) return [`${call} could not be undone on the model`]
  if (state === 'unknown') return [`whether it was so before ${call} cannot be determined`]
  return reversal?.assumption === undefined ? [] : [`this assumes ${reversal.assumption}`]
}

/** Before each moment, latest first, the resource was as the older item recorded it. */
const transitionsOf = ({account, resources}: Case) =>
  resources
    .flatMap((resource) =>
      recordingsOf(account, resource).map((older, at, all) => ({
        time: all[at - 1]?.configurationItemCaptureTime ?? account.ReadAt,
        resource,
        older,
      })),
    )
    .toSorted((a, b) => b.time.localeCompare(a.time))

/** Undefined if nothing that was recorded differs. */
function fromRecordings(one: Case): Outcome | undefined {
  let account = one.account
  for (const {time, resource, older} of transitionsOf(one)) {
    const earlier = withRecorded(account, older)
    const state = earlier && stateIn(earlier, one)
    if (earlier === undefined || state === 'replaced' || state === 'unknown') return undefined
    if (state === 'absent') {
      const from = older.configurationItemCaptureTime
      const events = eventsBetween(one.events, resource, from, time)
      const call = callAmong(events, {...one, account}, earlier)
      return {
        answer: 'changed',
        until: call?.event.time ?? time,
        event: call?.event,
        proof: 'config',
        reversal: call?.reversal,
        uncertainties: [],
        ...(call === undefined && {between: [from, time] as const}),
        isNewest: call?.event === eventsBetween(one.events, resource, from, account.ReadAt)[0],
      }
    }
    account = earlier
  }
  return undefined
}

/**
 * Of several calls between two recordings, the one without which the cause does not exist; a single one, unless the
 * cause exists without it.
 */
function callAmong(events: readonly ChangeEvent[], one: Case, recorded: Account) {
  const [event, ...others] = events
  if (event === undefined) return undefined
  if (others.length > 0) {
    const outcome = fromEvents(one, events, recorded)
    return outcome.answer === 'changed' && outcome.event && outcome.uncertainties.length === 0
      ? {event: outcome.event, reversal: outcome.reversal}
      : undefined
  }
  const {account} = one
  const reversal = revert({account, event, older: olderThan(event, one), recorded})
  return reversal && stateIn(reversal.change.apply(account), one) === 'present' ? undefined : {event, reversal}
}

/** AWS Config records a change within minutes after it. */
const eventsBetween = (events: readonly ChangeEvent[], resource: string, from: string, to: string) =>
  events.filter(
    (event) => event.time > from && event.time <= to && isNamedIn(event, namesOf(resource)) && !isNeutral(event),
  )
