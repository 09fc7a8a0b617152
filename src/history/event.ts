import type {Account, CloudTrailEvent} from '../model/account.ts'
import {isObject, parsedJson} from '../util/json.ts'
import {type Parameters, parametersOf, partsIn, textIn, textsWithin} from './parameters.ts'
import {type Principal, principalOf} from './principal.ts'
import {type ChangeSource, sourceOf} from './source.ts'

/** One call that changed something, as CloudTrail recorded it. */
export interface ChangeEvent {
  readonly id: string | null
  readonly name: string
  /** `ec2.amazonaws.com` */
  readonly service: string
  /** ISO time. */
  readonly time: string
  readonly region: string | null
  readonly account: string | null
  readonly principal: Principal
  readonly source: ChangeSource
  /** Undefined if CloudTrail does not have them, or omitted them because of their size. */
  readonly request: Parameters | undefined
  readonly response: Parameters | undefined
  /** Every text in it, including ids and names of its subjects. */
  readonly mentions: ReadonlySet<string>
}

/** Why events were not used, and how many. */
interface SkippedEvents {
  /** Of another account or Region. */
  readonly foreign: number
  /** Without a name or a time. */
  readonly unreadable: number
  /** After the account was read, which does not show them. */
  readonly later: number
}

export interface Changes {
  /** Newest first. */
  readonly events: readonly ChangeEvent[]
  readonly skipped: SkippedEvents
}

type Place = Pick<Account, 'Region' | 'ReadAt' | 'Caller'>

/** The changes among the events that were recorded in this account and Region, newest first, each once. */
export function changesIn(recorded: readonly CloudTrailEvent[], place: Place): Changes {
  const events: ChangeEvent[] = []
  const seen = new Set<string>()
  let foreign = 0
  let unreadable = 0
  let later = 0
  for (const one of recorded) {
    const record = recordOf(one)
    if (!isChange(one, record)) continue
    const event = changeOf(one, record)
    if (event === undefined) unreadable += 1
    else if (!isHere(event, place)) foreign += 1
    else if (event.time > place.ReadAt) later += 1
    else if (event.id === null || !seen.has(event.id)) {
      if (event.id !== null) seen.add(event.id)
      events.push(event)
    }
  }
  return {events: events.sort((a, b) => b.time.localeCompare(a.time)), skipped: {foreign, unreadable, later}}
}

function recordOf({CloudTrailEvent: json = ''}: CloudTrailEvent): Parameters {
  const value = parsedJson(json)
  return isObject(value) ? value : {}
}

const READS = /^(?:BatchGet|Check|Decode|Describe|Estimate|Get|Head|List|Lookup|Preview|Scan|Search|Simulate|Validate)/

/** A call that failed, or that only reads, changed nothing. */
function isChange({ReadOnly, EventName}: CloudTrailEvent, record: Parameters): boolean {
  const readOnly = record.readOnly ?? ReadOnly
  if (readOnly === true || readOnly === 'true') return false
  if (record.errorCode) return false
  return !READS.test(textIn(record, 'eventName') ?? EventName ?? '')
}

function changeOf(one: CloudTrailEvent, record: Parameters): ChangeEvent | undefined {
  const name = textIn(record, 'eventName') ?? one.EventName
  const time = isoOf(textIn(record, 'eventTime') ?? one.EventTime)
  if (name === undefined || time === undefined) return undefined
  const identity = parametersOf(record.userIdentity)
  const request = parametersOf(record.requestParameters)
  const response = parametersOf(record.responseElements)
  const resources = (one.Resources ?? []).flatMap(({ResourceName}) => ResourceName ?? [])
  const arns = partsIn(record, 'resources').flatMap((resource) => textIn(resource, 'ARN') ?? [])
  return {
    id: textIn(record, 'eventID') ?? one.EventId ?? null,
    name,
    service: textIn(record, 'eventSource') ?? one.EventSource ?? '',
    time,
    region: textIn(record, 'awsRegion') ?? null,
    account: textIn(record, 'recipientAccountId') ?? null,
    principal: principalOf(identity, one.Username),
    source: sourceOf(record, textIn(identity, 'invokedBy')),
    request: request?.omitted === true ? undefined : request,
    response,
    mentions: new Set([...resources, ...textsWithin(request), ...textsWithin(response), ...arns]),
  }
}

function isoOf(time: string | undefined): string | undefined {
  const moment = new Date(time ?? Number.NaN)
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString()
}

/** IAM and other global services record in one Region of the partition. */
const GLOBAL: ReadonlySet<string> = new Set(['iam.amazonaws.com', 'route53.amazonaws.com'])

const isHere = ({account, region, service}: ChangeEvent, place: Place): boolean =>
  (account === null || place.Caller === undefined || account === place.Caller.Account) &&
  (region === null || region === place.Region || GLOBAL.has(service))
