import type {FlowRecord} from './parse.ts'

/** What a flow log at the instance's interface shows of its connections to a service. */
export type Shown =
  | 'request-rejected'
  | 'reply-rejected'
  | 'no-reply'
  | 'both-accepted'
  | 'not-tried'
  | 'not-logged'
  | 'undecided'

export interface Asked {
  readonly interfaceId: string
  /** The addresses that the name resolves to. */
  readonly addresses: readonly string[]
  readonly port: number
  /** Addresses of the Amazon DNS server: queries to it are not logged. */
  readonly resolvers?: readonly string[]
}

/** What the latest connection shows; of several in the same interval that differ, nothing. */
export function shownBy(records: readonly FlowRecord[], asked: Asked): {readonly shown: Shown; readonly at?: number} {
  if (asked.addresses.length > 0 && asked.addresses.every((address) => isNeverLogged(address, asked)))
    return {shown: 'not-logged'}
  const own = records.filter(({interfaceId}) => interfaceId === asked.interfaceId)
  const connections = [...connectionsIn(own, asked).values()].filter(({requests}) => requests.length > 0)
  if (connections.length === 0) return {shown: silence(own)}
  const at = connections.reduce((latest, connection) => Math.max(latest, endOf(connection)), 0)
  const shown = new Set(connections.filter((connection) => endOf(connection) === at).map((one) => judge(one, own)))
  const [only = 'undecided'] = shown
  return {shown: shown.size === 1 ? only : 'undecided', at}
}

interface Connection {
  readonly requests: FlowRecord[]
  readonly replies: FlowRecord[]
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-limitations.html */
const isNeverLogged = (address: string, {port, resolvers = []}: Asked): boolean =>
  address.startsWith('169.254.') || address.startsWith('fd00:ec2::') || (port === 53 && resolvers.includes(address))

const TCP = 6

/** By the remote address and the port of the instance: its own address may be shown as the primary one. */
function connectionsIn(own: readonly FlowRecord[], {addresses, port}: Asked): ReadonlyMap<string, Connection> {
  const remotes = new Set(addresses)
  const connections = new Map<string, Connection>()
  const connection = (key: string): Connection => {
    const found = connections.get(key) ?? {requests: [], replies: []}
    connections.set(key, found)
    return found
  }
  for (const record of own) {
    const {source = '', destination = '', sourcePort, destinationPort, protocol = TCP, action} = record
    if (action === undefined || protocol !== TCP) continue
    if (remotes.has(destination) && destinationPort === port)
      connection(`${destination} ${sourcePort}`).requests.push(record)
    else if (remotes.has(source) && sourcePort === port) connection(`${source} ${destinationPort}`).replies.push(record)
  }
  return connections
}

const endOf = ({requests, replies}: Connection): number =>
  [...requests, ...replies].reduce((latest, {end}) => Math.max(latest, end), 0)

function judge({requests, replies}: Connection, own: readonly FlowRecord[]): Shown {
  const [request, ...otherRequests] = new Set(requests.map(({action}) => action))
  const [reply, ...otherReplies] = new Set(replies.map(({action}) => action))
  if (otherRequests.length > 0 || otherReplies.length > 0) return 'undecided'
  if (request === 'REJECT') return reply === 'ACCEPT' ? 'undecided' : 'request-rejected'
  if (reply === 'REJECT') return 'reply-rejected'
  if (reply === 'ACCEPT') return 'both-accepted'
  return isReplyMissing(requests, own) ? 'no-reply' : 'undecided'
}

const SYN = 2

/** A reply may be in the next interval or among the records skipped; more than a SYN is sent only after a reply. */
function isReplyMissing(requests: readonly FlowRecord[], own: readonly FlowRecord[]): boolean {
  const start = requests.reduce((earliest, request) => Math.min(earliest, request.start), Number.POSITIVE_INFINITY)
  const end = requests.reduce((latest, request) => Math.max(latest, request.end), 0)
  const isSkipped = own.some((record) => record.status === 'SKIPDATA' && record.end >= start)
  const isContinued = own.some((record) => record.start >= end)
  return !isSkipped && isContinued && requests.every(({tcpFlags = SYN}) => tcpFlags === SYN)
}

/** Nothing of the service in the log: with skipped records, or none at all, that says nothing. */
const silence = (own: readonly FlowRecord[]): Shown =>
  own.length === 0 || own.some(({status}) => status === 'SKIPDATA') ? 'undecided' : 'not-tried'
