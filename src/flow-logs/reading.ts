import {linesIn} from '../util/decode-text.ts'
import {parsedJson} from '../util/json.ts'
import {type Message, messagesIn} from './messages.ts'
import {
  DEFAULT_FORMAT,
  fieldsOf,
  isTransitGatewayFormat,
  missingFields,
  recordFrom,
  recordOf,
  spelling,
  wordsOf,
} from './parse-record.ts'
import type {FlowRecord, Traffic} from './record.ts'

/** What was found in one flow log, or in one file of it. */
export interface FlowLogContent {
  /** The records of the requested interfaces. */
  readonly records: readonly FlowRecord[]
  /** Records of any interface. */
  readonly count: number
  /** Lines that are not records, except headers. */
  readonly unreadLines: number
  /** Some of the interfaces of the records, and their owners. */
  readonly interfaces: readonly string[]
  readonly accounts: readonly string[]
  /** Which traffic is recorded, if the name of the stream or the records show it. */
  readonly traffic: Traffic | undefined
  /** Missing fields of the format, without which no connection can be evaluated. */
  readonly missing: readonly string[]
  readonly isTransitGateway: boolean
}

export interface FlowLogReader {
  /** A line of a file. */
  readonly line: (text: string) => void
  readonly message: (message: Message) => void
  readonly content: () => FlowLogContent
}

/** More interfaces than a message names. */
const MAX_NAMED = 5

/**
 * Reads a flow log line by line. `formats` are the possible ones of its flow logs; a header line replaces them.
 * Only the records of requested interfaces are kept: the log of a VPC has millions of others.
 */
export function flowLogReader(
  isRelevant: (interfaceId: string) => boolean,
  formats: readonly (readonly string[])[] = [DEFAULT_FORMAT],
): FlowLogReader {
  let current = formats
  let unreadLines = 0
  let isTransitGateway = formats.some(isTransitGatewayFormat)
  const streams = new Set<Traffic>()
  const all = recordsOf(isRelevant)

  const read = (line: string, stream: string | undefined) => {
    const words = wordsOf(line)
    if (words.length === 0) return
    const header = headerIn(line)
    if (header !== undefined) {
      current = [header]
      isTransitGateway ||= isTransitGatewayFormat(header)
      return
    }
    const named = STREAM.exec(stream ?? line)
    if (named?.[1] !== undefined && isRelevant(named[1])) streams.add(named[2] as Traffic)
    for (const fields of current) {
      const record = recordOf(fields, words, named?.[1])
      if (record === undefined) continue
      all.add(record)
      return
    }
    isTransitGateway ||= TRANSIT_GATEWAY.test(line)
    unreadLines++
  }

  const message = ({text, stream}: Message) => {
    if (typeof text === 'string') return read(text, stream)
    const values = new Map(Object.entries(text).map(([field, value]) => [spelling(field), value]))
    const known = (field: string) => {
      const value = values.get(spelling(field))
      return value === '-' || value === '' ? undefined : value
    }
    const record = recordFrom(known, [], STREAM.exec(stream ?? '')?.[1])
    if (record === undefined) unreadLines++
    else all.add(record)
  }

  return {
    line: (text) => {
      const messages = text.trimStart().startsWith('{') ? messagesIn(parsedJson(text)) : undefined
      if (messages === undefined) read(text, undefined)
      else for (const each of messages) message(each)
    },
    message,
    content: () => {
      const {actions, ...content} = all.content()
      return {
        ...content,
        unreadLines,
        traffic: trafficOf(streams, actions),
        missing: content.count === 0 ? missingFields(current[0] ?? []) : [],
        isTransitGateway: isTransitGateway && content.count === 0,
      }
    },
  }
}

/** The requested records, and what the others show about the log. */
function recordsOf(isRelevant: (interfaceId: string) => boolean) {
  let count = 0
  const records: FlowRecord[] = []
  const [interfaces, accounts] = [new Set<string>(), new Set<string>()]
  const actions = new Set<FlowRecord['action']>()
  return {
    add: (record: FlowRecord) => {
      count++
      if (interfaces.size < MAX_NAMED) interfaces.add(record.interfaceId)
      if (record.accountId !== undefined && accounts.size < MAX_NAMED) accounts.add(record.accountId)
      if (record.action !== undefined) actions.add(record.action)
      if (isRelevant(record.interfaceId)) records.push(record)
    },
    content: () => ({records, count, interfaces: [...interfaces], accounts: [...accounts], actions}),
  }
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html says that each interface has its own stream. */
const STREAM = /\b(eni-[0-9a-f]{1,17})-(all|accept|reject)\b/

/**
 * The second field of the default format of transit gateways.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html
 */
const TRANSIT_GATEWAY = /(?:^|\s)\d{1,2} TransitGateway /

/**
 * The streams of the requested interfaces show it. Without them, a log with both kinds of traffic records both; one
 * that has a single kind may record no other.
 */
function trafficOf(streams: ReadonlySet<Traffic>, actions: ReadonlySet<unknown>): Traffic | undefined {
  if (streams.has('all') || streams.size > 1) return 'all'
  const [only] = streams
  return only ?? (actions.size > 1 ? 'all' : undefined)
}

const HEADER_FIELDS = ['start', 'end', 'action', 'srcaddr', 'pkt-srcaddr', 'log-status']

/** The first line of an object in Amazon S3, or of what Athena exports. */
function headerIn(line: string): readonly string[] | undefined {
  if (!line.includes('start') || !line.includes('end')) return undefined
  const fields = fieldsOf(line)
  return HEADER_FIELDS.filter((field) => fields.includes(field)).length >= 3 ? fields : undefined
}

/** Reads a text in memory: a JSON response, or lines. */
export function readFlowLog(
  text: string,
  isRelevant: (interfaceId: string) => boolean,
  formats?: readonly (readonly string[])[],
): FlowLogContent {
  const reader = flowLogReader(isRelevant, formats)
  const messages = /^\s*[[{]/.test(text) ? messagesIn(parsedJson(text)) : undefined
  if (messages === undefined) for (const line of linesIn(text)) reader.line(line)
  else for (const message of messages) reader.message(message)
  return reader.content()
}
