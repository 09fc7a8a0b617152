import {endOf, type FlowRecord, SYN, SYN_ACK, startOf, type Traffic} from './record.ts'

/** What a flow log at a network interface shows of connections to a service. */
export type Shown =
  | 'request-rejected'
  | 'reply-rejected'
  | 'no-reply'
  | 'both-accepted'
  /** Some addresses of the service are reached, and others are not. */
  | 'mixed'
  | 'not-tried'
  | 'not-logged'
  | 'undecided'

/** Why the log leaves it undetermined, or what qualifies the absence of records. */
export type Why =
  | 'no-records'
  | 'skipped-records'
  | 'log-ends'
  | 'accepted-only'
  | 'rejected-only'
  | 'traffic-unknown'
  | 'shorter-than-sleep'
  /** No regular connections to it are expected. */
  | 'not-expected'
  | 'actions-differ'
  | 'closed-connection'
  /** Another interface of the instance has connections to it. */
  | 'other-interface'

export interface FlowResult {
  readonly shown: Shown
  readonly why?: Why
  /** Unix seconds of the end of the evaluated connection. */
  readonly at?: number
  /** The record of the request, and that of the reply. */
  readonly records: readonly FlowRecord[]
  /** Whether the connection was opened while the log was enabled: one that was open before is tracked by its groups. */
  readonly isNew?: boolean
}

export interface Question {
  readonly interfaceId: string
  readonly port: number
  readonly isService: (address: string) => boolean
  /** Whose connections count, if not all of the interface. */
  readonly isClient?: (address: string) => boolean
  /** The name resolves to addresses that other services have too. */
  readonly isShared?: boolean
  /** Traffic that flow logs never record. */
  readonly isNeverLogged?: boolean
  /** Which traffic the log records, if known. */
  readonly traffic: Traffic | undefined
  /** How long the agent may wait between two attempts, in seconds; absent if none is expected. */
  readonly longestSleep?: number | undefined
  /** The longest aggregation interval of the log, in seconds. */
  readonly interval?: number
  /** Later records may not have arrived, in Unix seconds. */
  readonly completeUntil?: number
}

/** The default of a flow log; at most a minute on instances of the Nitro System. */
export const LONGEST_INTERVAL = 600

/**
 * Evaluates the latest connection to each address that shows something. One in which the action changed is no result by
 * itself, and ends what earlier connections showed.
 */
export function evaluateFlow(records: readonly FlowRecord[], question: Question): FlowResult {
  if (question.isNeverLogged) return {shown: 'not-logged', records: []}
  const own = records.filter(({interfaceId}) => interfaceId === question.interfaceId)
  const connections = connectionsIn(own, question)
  if (connections.length === 0) return withoutRecord(own, question)
  const extent = extentOf(own)
  const results = connections.map((connection) => ({
    ...resultOfConnection(connection, extent, question),
    address: connection.address,
    at: endOf([...connection.requests, ...connection.replies]),
  }))
  const conclusive = results.filter(({shown}) => shown !== 'undecided')
  const changing = results.filter(({why}) => why === 'actions-differ')
  const shown = latestAt(conclusive.length > 0 ? [...conclusive, ...changing] : results)
  if (!shown) return withoutRecord(own, question)
  const latest = acceptedSince(results, shown) ?? shown
  const {address: _, ...judgment} = latest
  if (judgment.shown === 'undecided') return judgment
  const others = latestOfEach(conclusive).filter(({at}) => latest.at - at <= LONGEST_INTERVAL)
  const differing = others.find(({shown}) => shown !== judgment.shown)
  if (differing === undefined) return judgment
  const both = [...judgment.records, ...differing.records]
  return question.isShared
    ? {shown: 'undecided', why: 'actions-differ', at: latest.at, records: both}
    : {shown: 'mixed', at: latest.at, records: both}
}

type TimedResult = FlowResult & {readonly at: number; readonly address: string}

/** The latest connection to an address whose request was accepted after an earlier one was rejected. */
const acceptedSince = (results: readonly TimedResult[], {shown, at, address}: TimedResult): TimedResult | undefined =>
  shown === 'request-rejected'
    ? latestAt(results.filter((one) => one.shown === 'undecided' && one.address === address && one.at > at))
    : undefined

/** The packets of one connection, by the remote address and the port of the client. */
interface Connection {
  readonly address: string
  readonly requests: FlowRecord[]
  readonly replies: FlowRecord[]
}

const TCP = 6

/** The instance's own address is omitted if possible: the log may show the primary address instead. */
function connectionsIn(own: readonly FlowRecord[], question: Question): readonly Connection[] {
  const {port, isService, isClient = () => true} = question
  const found = new Map<string, Connection>()
  const connection = (address: string, clientPort: number | undefined): Connection => {
    const key = `${address} ${clientPort}`
    const known = found.get(key) ?? {address, requests: [], replies: []}
    found.set(key, known)
    return known
  }
  for (const record of own) {
    const {source = '', destination = '', sourcePort, destinationPort, protocol = TCP, action} = record
    if (action === undefined || protocol !== TCP) continue
    if (destinationPort === port && isService(destination) && isClient(source) && record.destinationService !== 'none')
      connection(destination, sourcePort).requests.push(record)
    else if (sourcePort === port && isService(source) && isClient(destination) && record.sourceService !== 'none')
      connection(source, destinationPort).replies.push(record)
  }
  return [...found.values()].filter(({requests, replies}) => requests.length > 0 || replies.some(isRejectedSynAck))
}

const isRejectedSynAck = ({action, tcpFlags = 0}: FlowRecord): boolean =>
  action === 'REJECT' && (tcpFlags & SYN_ACK) === SYN_ACK

/** The first of those with the latest time. */
const latestBy = <T>(items: readonly T[], timeOf: (item: T) => number): T | undefined =>
  items.reduce<T | undefined>(
    (latest, one) => (latest === undefined || timeOf(one) > timeOf(latest) ? one : latest),
    undefined,
  )

const latestAt = (results: readonly TimedResult[]): TimedResult | undefined => latestBy(results, ({at}) => at)

function latestOfEach(results: readonly TimedResult[]): readonly TimedResult[] {
  const latest = new Map<string, TimedResult>()
  for (const one of results) if (one.at > (latest.get(one.address)?.at ?? -1)) latest.set(one.address, one)
  return [...latest.values()]
}

/** What the log as a whole shows about one connection, computed once for all of them. */
interface Extent {
  readonly firstEnd: number
  readonly lastStart: number
  /** The end of the last interval whose records were skipped. */
  readonly lastSkipped: number
}

function extentOf(own: readonly FlowRecord[]): Extent {
  let [firstEnd, lastStart, lastSkipped] = [Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY]
  for (const {start, end, status} of own) {
    firstEnd = Math.min(firstEnd, end)
    lastStart = Math.max(lastStart, start)
    if (status === 'SKIPDATA') lastSkipped = Math.max(lastSkipped, end)
  }
  return {firstEnd, lastStart, lastSkipped}
}

function resultOfConnection(connection: Connection, extent: Extent, question: Question): FlowResult {
  const {requests, replies} = connection
  const [request, reply] = [requests, replies].map((some) => latestBy(some, ({end}) => end))
  const records = [request, reply].flatMap((one) => one ?? [])
  const isNew = isOpenedInLog(connection, extent)
  const conclusive = (shown: Shown): FlowResult => ({shown, records, isNew})
  const undecided = (why: Why): FlowResult => ({shown: 'undecided', why, records})
  if (isChanging(requests, request) || isChanging(replies, reply)) return undecided('actions-differ')
  if (request?.action === 'REJECT')
    return reply?.action === 'ACCEPT'
      ? undecided('actions-differ')
      : {...conclusive('request-rejected'), records: [request]}
  if (reply?.action === 'REJECT')
    return isUnrelated(connection) ? undecided('closed-connection') : conclusive('reply-rejected')
  if (reply?.action === 'ACCEPT') return conclusive('both-accepted')
  const why = whyReplyMayExist(requests, extent, question)
  return why === undefined ? conclusive('no-reply') : undecided(why)
}

/** The same interval holds both actions: a rule was changed in it. */
const isChanging = (records: readonly FlowRecord[], last: FlowRecord | undefined): boolean =>
  last !== undefined && records.some(({action, end}) => action !== last.action && end >= last.start)

/**
 * What arrives after a connection was closed, or after its security group dropped it, is rejected like a new flow. A
 * reply that opens a connection is none of these.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
 */
const isUnrelated = ({requests, replies}: Connection): boolean => {
  if (replies.some(isRejectedSynAck)) return false
  if (replies.some(({action}) => action === 'ACCEPT') || startOf(replies) < startOf(requests)) return true
  const flags = requests.map(({tcpFlags}) => tcpFlags)
  return flags.every((flag) => flag !== undefined && (flag & SYN) === 0)
}

/** Its first packet is in the log, or none of it is although the log was enabled before. */
function isOpenedInLog({requests}: Connection, {firstEnd}: Extent): boolean {
  if (requests.some(({tcpFlags}) => tcpFlags !== undefined))
    return requests.some(({tcpFlags = 0}) => (tcpFlags & SYN) !== 0)
  return firstEnd <= startOf(requests)
}

/**
 * A reply may be in the next interval, among skipped records, or of a kind that is not logged. More than a SYN needs
 * one.
 */
function whyReplyMayExist(
  requests: readonly FlowRecord[],
  {lastStart, lastSkipped}: Extent,
  {traffic, completeUntil = Number.POSITIVE_INFINITY}: Question,
): Why | undefined {
  const start = startOf(requests)
  const end = endOf(requests)
  if (traffic !== 'all') return traffic === undefined ? 'traffic-unknown' : 'accepted-only'
  if (lastSkipped >= start) return 'skipped-records'
  if (requests.some(({tcpFlags = SYN}) => tcpFlags !== SYN)) return 'skipped-records'
  return end <= completeUntil && lastStart >= end ? undefined : 'log-ends'
}

/** No record of the service in the log. That is evidence if it records everything for longer than the agent waits. */
function withoutRecord(own: readonly FlowRecord[], {traffic, longestSleep, interval}: Question): FlowResult {
  const undecided = (why: Why): FlowResult => ({shown: 'undecided', why, records: []})
  if (own.length === 0) return undecided('no-records')
  if (own.some(({status}) => status === 'SKIPDATA')) return undecided('skipped-records')
  if (traffic !== 'all') return undecided(WITHOUT_ALL[traffic ?? 'unknown'])
  if (longestSleep === undefined) return undecided('not-expected')
  if (longestCoverage(own, interval) < longestSleep) return undecided('shorter-than-sleep')
  return {shown: 'not-tried', records: [], at: endOf(own)}
}

const WITHOUT_ALL = {accept: 'accepted-only', reject: 'rejected-only', unknown: 'traffic-unknown'} as const

/**
 * The longest time without a gap, in seconds. Every interval has a record, if only that there was no traffic; the times
 * are those of packets, so records of neighboring intervals are up to two intervals apart.
 */
function longestCoverage(own: readonly FlowRecord[], interval = LONGEST_INTERVAL): number {
  const ordered = own.toSorted((a, b) => a.start - b.start)
  let [from, to, longest] = [0, 0, 0]
  for (const {start, end} of ordered) {
    if (to === 0 || start > to + 2 * interval) [from, to] = [start, end]
    else to = Math.max(to, end)
    longest = Math.max(longest, to - from)
  }
  return longest
}
