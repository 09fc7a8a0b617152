import {type Diagnosis, diagnose, findingsOf, type ResolvedFinding} from '../diagnosis/diagnose.ts'
import {isImpairing} from '../diagnosis/plan.ts'
import type {Account, ConfigurationItem, Instance} from '../model/account.ts'
import {find} from '../model/joins.ts'
import {memo} from '../util/memo.ts'
import type {ChangeEvent} from './event.ts'
import {recordingsOf, withRecorded} from './recorded.ts'
import {NOTHING, type Reversal} from './turn-back/context.ts'
import {creates, turnBack} from './turn-back/index.ts'

/** What came of going back in time for one cause. */
export type Outcome =
  | {
      readonly answer: 'changed'
      readonly until: string
      readonly event: ChangeEvent | undefined
      readonly proof: 'config' | 'event'
      readonly reversal: Reversal | undefined
      /** The newer calls that could not be turned back, or whose effect had to be taken for granted. */
      readonly doubts: readonly string[]
      /** When AWS Config had recorded it otherwise, where no call tells the moment. */
      readonly between?: readonly [from: string, to: string]
      /** Whether newer changes of the same resources were turned back before it. */
      readonly isNewest: boolean
    }
  | {readonly answer: 'created'; readonly event: ChangeEvent}
  | {readonly answer: 'last-changed'; readonly event: ChangeEvent}
  | {readonly answer: 'unchanged'; readonly events: number; readonly oldest: string | undefined}

export interface Case {
  readonly account: Account
  readonly instance: Instance
  readonly finding: ResolvedFinding
  /** The changes of the resources of the cause, newest first. */
  readonly events: readonly ChangeEvent[]
  readonly resources: readonly string[]
}

const keyOf = ({cause, resource}: Pick<ResolvedFinding, 'cause' | 'resource'>): string => `${cause} ${resource}`

/** As on a model that is being fixed: nothing registers in the past, either. */
const examined = (account: Account, {InstanceId}: Instance): Diagnosis | undefined => {
  const instance = find(account.Instances, 'InstanceId', InstanceId)
  return instance && diagnose(account, instance, {residual: false})
}

const present = memo((account: Account) => {
  const known = new Map<string, ReadonlySet<string>>()
  return (instance: Instance): ReadonlySet<string> => {
    const {InstanceId} = instance
    const keys = known.get(InstanceId) ?? impairingKeys(examined(account, instance))
    known.set(InstanceId, keys)
    return keys
  }
})

const impairingKeys = (diagnosis: Diagnosis | undefined): ReadonlySet<string> =>
  new Set(diagnosis ? findingsOf(diagnosis).filter(isImpairing).map(keyOf) : [])

/**
 * Whether the cause is still there in an earlier account. `broken`: it is gone, but something else stands in its place,
 * or whether it is gone cannot be determined, so that the state before is not known to have been right.
 */
function stateIn(earlier: Account, {account, instance, finding}: Case): 'there' | 'gone' | 'broken' {
  const before = present(account)(instance)
  const diagnosis = examined(earlier, instance)
  if (!diagnosis || !before.has(keyOf(finding))) return 'broken'
  const keys = impairingKeys(diagnosis)
  if (keys.has(keyOf(finding))) return 'there'
  const own = diagnosis.outcomes.find(({check}) => check.id === finding.check.id)
  return own?.status === 'unknown' || [...keys].some((key) => !before.has(key)) ? 'broken' : 'gone'
}

/** Goes back in time, first with what AWS Config recorded, then by turning the calls back. */
export const historyOfCause = (one: Case): Outcome => fromRecordings(one) ?? fromEvents(one)

/** Newest first: each change is turned back in the account as it was after it. */
function fromEvents(one: Case): Outcome {
  const {events, finding} = one
  let account = one.account
  let unknown: ChangeEvent | undefined
  let effective = 0
  const doubts: string[] = []
  for (const [at, event] of events.entries()) {
    const reversal = turnBack({account, event, older: events.slice(at + 1)})
    if (reversal === NOTHING) continue
    if (creates(event, finding.resource))
      return unknown ? {answer: 'last-changed', event: unknown} : {answer: 'created', event}
    const earlier = reversal?.change.apply(account)
    const state = earlier === undefined ? 'broken' : stateIn(earlier, one)
    if (earlier === undefined || state === 'broken') {
      unknown ??= event
      doubts.push(`${event.name} of ${event.time} could not be turned back`)
      continue
    }
    if (state === 'gone') {
      const taken = reversal?.assumption === undefined ? doubts : [...doubts, `this assumes ${reversal.assumption}`]
      return {
        answer: 'changed',
        until: event.time,
        event,
        proof: 'event',
        reversal,
        doubts: taken,
        isNewest: effective === 0,
      }
    }
    account = earlier
    effective += 1
  }
  if (unknown) return {answer: 'last-changed', event: unknown}
  return {answer: 'unchanged', events: events.length, oldest: events.at(-1)?.time}
}

/** Before this moment the resource was as the older item recorded it. */
interface Transition {
  readonly time: string
  readonly resource: string
  readonly older: ConfigurationItem
}

const transitionsOf = ({account, resources}: Case): readonly Transition[] =>
  resources
    .flatMap((resource) =>
      recordingsOf(account, resource).map((older, at, all) => ({
        time: all[at - 1]?.configurationItemCaptureTime ?? account.ReadAt,
        resource,
        older,
      })),
    )
    .toSorted((a, b) => b.time.localeCompare(a.time))

/** Undefined where nothing that was recorded is otherwise. */
function fromRecordings(one: Case): Outcome | undefined {
  let account = one.account
  for (const [at, {time, resource, older}] of transitionsOf(one).entries()) {
    const earlier = withRecorded(account, older)
    if (earlier === undefined || stateIn(earlier, one) === 'broken') return undefined
    if (stateIn(earlier, one) === 'gone') {
      const from = older.configurationItemCaptureTime
      const event = eventBetween(one.events, resource, from, time)
      const rest = one.events.slice(event ? one.events.indexOf(event) + 1 : 0)
      return {
        answer: 'changed',
        until: event?.time ?? time,
        event,
        proof: 'config',
        reversal: event && turnBack({account, event, older: rest, recorded: earlier}),
        doubts: [],
        ...(event === undefined && {between: [from, time] as const}),
        isNewest: at === 0 || one.events[0] === event,
      }
    }
    account = earlier
  }
  return undefined
}

/** AWS Config records a change within minutes after it. */
const eventBetween = (events: readonly ChangeEvent[], resource: string, from: string, to: string) =>
  events.find(({time, mentions, name}) => time > from && time <= to && mentions.has(resource) && !/Tags$/.test(name))
