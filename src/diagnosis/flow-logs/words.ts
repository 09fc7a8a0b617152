import type {FlowResult, Shown, Why} from '../../flow-logs/evaluate.ts'
import type {FlowLog} from '../../flow-logs/flow-log.ts'
import {endOf, type FlowRecord, isoOf, startOf} from '../../flow-logs/record.ts'
import {counted} from '../../util/counted.ts'
import {entryOf} from '../../util/entry-of.ts'
import {capital} from '../../util/list-in-words.ts'
import {timeInWords} from '../../util/time.ts'
import type {FlowComparison} from './comparison.ts'

interface Place {
  readonly interfaceId: string
  readonly log: FlowLog
  /** How long the agent may wait between attempts, in seconds. */
  readonly sleep: number | undefined
}

type Facts = Omit<FlowComparison, 'evidence' | 'message'>

const timeOf = (seconds: number): string => timeInWords(isoOf(seconds))

/** A record as a fact: source, destination and outcome. */
export function factOf(record: FlowRecord): string {
  const {interfaceId, source = '?', destination = '?', sourcePort, destinationPort, action = '?'} = record
  const {packets, tcpFlags, rejectReason, start, end} = record
  const parts = [
    packets === undefined ? '' : counted(packets, 'packet'),
    tcpFlags === undefined ? '' : `tcp-flags ${tcpFlags}`,
    rejectReason === undefined ? '' : `reject-reason ${rejectReason}`,
    `${timeOf(start)} to ${timeOf(end).slice(11)}`,
  ].filter((part) => part !== '')
  return `${interfaceId}: ${at(source, sourcePort)} to ${at(destination, destinationPort)} ${action} (${parts.join(', ')})`
}

const at = (address: string, port: number | undefined): string =>
  `${address.includes(':') ? `[${address}]` : address}${port === undefined ? '' : `:${port}`}`

/** What the log shows for the service, in one or two sentences. */
export function shownSentence({path, result, atEndpoint, isShared, contradicted}: Facts, place: Place): string {
  const isFollowed = atEndpoint !== undefined && result.shown === 'no-reply' && endpointSentence(atEndpoint) !== ''
  const first = isFollowed
    ? `${unanswered(result, place, path.port)}.`
    : SENTENCES[result.shown](result, place, path.port)
  const shared = isShared && result.records.length > 0 && result.shown !== 'undecided' ? SHARED : ''
  const isOld = result.shown === 'both-accepted' && result.isNew === false && contradicted.length === 0
  const old = isOld && path.verdict === 'blocked' ? OLD_TRAFFIC : ''
  return [first, shared, old, atEndpoint === undefined ? '' : endpointSentence(atEndpoint)]
    .filter((one) => one !== '')
    .join(' ')
}

const SHARED = 'Other services have public addresses like this one.'

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html */
const OLD_TRAFFIC =
  'It may have been open before the log begins, and security groups keep allowing a connection that they track.'

/** The service's end of a connection. */
function farEnd({records: [record]}: FlowResult, port: number): string {
  if (record === undefined) return 'the service'
  const {source = '', destination = '', destinationPort} = record
  return at(destinationPort === port ? destination : source, port)
}

const when = ({at: seconds}: FlowResult): string => (seconds === undefined ? '' : ` at ${timeOf(seconds)}`)

/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html */
const REJECTED_BY: Readonly<Record<string, string>> = {
  BPA: 'VPC Block Public Access rejected it',
  EC: 'VPC encryption controls rejected it',
}

type Sentence = (result: FlowResult, place: Place, port: number) => string

const unanswered: Sentence = (result, {interfaceId}, port) =>
  `The request to ${farEnd(result, port)} left ${interfaceId}${when(result)} and no reply arrived`

const SENTENCES: Readonly<Record<Shown, Sentence>> = {
  'request-rejected': (result, {interfaceId}, port) => {
    const reason = result.records[0]?.rejectReason
    const by =
      entryOf(REJECTED_BY, reason ?? '') ?? 'a security group or the network ACL of its subnet does not allow it'
    return `${interfaceId} rejected the request to ${farEnd(result, port)}${when(result)}: ${by}.`
  },
  'reply-rejected': (result, {interfaceId}, port) =>
    `${interfaceId} accepted the request to ${farEnd(result, port)} and rejected the reply${when(result)}: the network ACL of its subnet does not allow it, because security groups allow replies.`,
  'no-reply': (result, place, port) =>
    `${unanswered(result, place, port)}: it was lost at a route, a gateway, a firewall or the other end.`,
  'both-accepted': (result, {interfaceId}, port) =>
    `${interfaceId} accepted the request to ${farEnd(result, port)} and its reply${when(result)}: the network works.`,
  mixed: ({records}, {interfaceId}, port) => {
    const [first, second] = new Set(records.map((record) => farEnd({shown: 'mixed', records: [record]}, port)))
    return `At ${interfaceId} connections to ${first} and to ${second ?? 'another address'} end differently: some addresses of the service are reached, and others are not.`
  },
  'not-tried': (_, {log}) =>
    `No connection to it is in the log ${span(log)}, which is longer than the agent waits between attempts: the agent is stopped, uses a proxy or resolves the name to other addresses.`,
  'not-logged': () => 'Flow logs do not record traffic to this address.',
  undecided: (result, place, port) => UNDECIDED[result.why ?? 'no-records'](result, place, port),
}

const UNDECIDED: Readonly<Record<Why, Sentence>> = {
  'no-records': (_, {interfaceId}) => `The log has no record of ${interfaceId}.`,
  'skipped-records': ({records}, {interfaceId}) =>
    records.length === 0
      ? 'No connection to it is in the log, which skipped records (SKIPDATA).'
      : `The request left ${interfaceId}; the log skipped records, and the reply may be among them.`,
  'log-ends': (result, {interfaceId}, port) =>
    `The request to ${farEnd(result, port)} left ${interfaceId}${when(result)}, where the log ends: the reply may be in the next interval.`,
  'accepted-only': ({records}) =>
    records.length === 0
      ? 'No connection to it is in the log, which records accepted traffic only: a rejected request would not be in it.'
      : 'The request was accepted and no reply is in the log, which records accepted traffic only: a rejected reply would not be in it.',
  'rejected-only': () => 'No rejected connection to it is in the log, which records rejected traffic only.',
  'traffic-unknown': ({records}) =>
    records.length === 0
      ? 'No connection to it is in the log, which may record accepted or rejected traffic only.'
      : 'The request was accepted and no reply is in the log, which may record accepted traffic only.',
  'shorter-than-sleep': (_, {log, sleep}) =>
    `No connection to it is in the log ${span(log)}. The agent may wait ${
      sleep !== undefined && Number.isFinite(sleep)
        ? `up to ${Math.round(sleep / 60)} minutes`
        : 'for hours while it hibernates'
    } between attempts.`,
  'not-expected': (_, {log}) => `No connection to it is in the log ${span(log)}.`,
  'actions-differ': () => 'Connections were both accepted and rejected, which decides nothing.',
  'other-interface': ({records: [record]}, {interfaceId}) =>
    `${record?.interfaceId ?? 'Another interface'} of the instance has connections to it and ${interfaceId} has none: the operating system routes by another interface than the path above.`,
  'closed-connection': (_, {interfaceId}) =>
    `${interfaceId} rejected packets of the service that may belong to a connection that was already closed.`,
}

const span = ({records}: FlowLog): string =>
  records.length === 0 ? '' : `from ${timeOf(startOf(records))} to ${timeOf(endOf(records))}`

const AT_ENDPOINT: Readonly<Partial<Record<Shown, (at: string) => string>>> = {
  'request-rejected': (at) =>
    `At ${at} a request of the instance was rejected: by its security group or the network ACL of its subnet.`,
  'reply-rejected': (at) => `At ${at} a reply to the instance was rejected: by the network ACL of its subnet.`,
  'both-accepted': (at) =>
    `At ${at} a request of the instance and its reply were accepted: the reply was lost on its way back.`,
  'no-reply': (at) => `${capital(at)} accepted a request of the instance and sent no reply.`,
  'not-tried': (at) => `No request of the instance arrived at ${at}.`,
}

const endpointSentence = ({interfaceId, shown}: NonNullable<FlowComparison['atEndpoint']>): string =>
  AT_ENDPOINT[shown]?.(`the endpoint’s interface ${interfaceId}`) ?? ''

/** Where log and model disagree, in one sentence, with which of the two was read later. */
export function agreementSentence({agreement, result, contradicted}: Facts, readAt: string): string {
  if (agreement !== 'disagrees') return ''
  const [hop] = contradicted
  const model = hop === undefined ? 'allows it.' : `differs: ${hop.because}`
  return `However, the account, read ${order(result.at, readAt)}, ${model} It may have changed in between.`
}

/** The end of an interval and the time of reading an account are accurate to a minute. */
const MINUTE = 60

function order(seconds: number | undefined, readAt: string): string {
  const read = Date.parse(readAt) / 1000
  if (seconds === undefined || Number.isNaN(read)) return 'at an unknown time'
  if (Math.abs(read - seconds) < MINUTE) return 'in the same minute'
  return `${read > seconds ? 'later' : 'earlier'}, at ${timeOf(read)}`
}
