import {defined} from '../util/json.ts'
import type {FlowRecord} from './record.ts'

/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html#flow-logs-default */
export const DEFAULT_FORMAT: readonly string[] =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(
    ' ',
  )

/** `srcAddr`, `src_addr` and `srcaddr` are one field: CloudWatch Logs Insights and Athena have their own spellings. */
export const spelling = (field: string): string => field.toLowerCase().replaceAll(/[-_]/g, '')

/** The field names of a format such as `${version} ${interface-id}`, or of a header line. */
export const fieldsOf = (format: string): readonly string[] =>
  wordsOf(format.replaceAll(/[${}]/g, ' ')).map((field) => SPELLINGS.get(spelling(field)) ?? field.toLowerCase())

/** No value contains a comma or a quotation mark, which separate columns in exported files. */
export const wordsOf = (line: string): readonly string[] => line.split(/[\s,"]+/).filter((word) => word !== '')

/** Without these a record shows nothing about a connection. */
const NEEDED: readonly (readonly string[])[] = [
  ['srcaddr', 'pkt-srcaddr'],
  ['dstaddr', 'pkt-dstaddr'],
  ['srcport'],
  ['dstport'],
  ['start'],
  ['end'],
  ['action'],
]

/** The required fields that a format lacks. `interface-id` may come from the name of the log stream. */
export const missingFields = (fields: readonly string[]): readonly string[] =>
  NEEDED.filter((names) => !names.some((name) => fields.includes(name))).map(([name = '']) => name)

export const isTransitGatewayFormat = (fields: readonly string[]): boolean =>
  fields.includes('tgw-id') || fields.includes('tgw-attachment-id')

const ADDRESS = /^(?:[0-9.]{7,15}|[0-9a-fA-F:.]{2,45})$/
const PORT = /^\d{1,5}$/
const COUNT = /^\d{1,20}$/
const SECONDS = /^\d{1,11}$/

/** The pattern of a value of each field, which distinguishes lines of another format. */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  version: /^\d{1,2}$/,
  'account-id': /^(?:\d{12}|unknown)$/,
  'interface-id': /^eni-[0-9a-f]{1,17}$/,
  srcaddr: ADDRESS,
  dstaddr: ADDRESS,
  'pkt-srcaddr': ADDRESS,
  'pkt-dstaddr': ADDRESS,
  srcport: PORT,
  dstport: PORT,
  protocol: /^\d{1,3}$/,
  packets: COUNT,
  bytes: COUNT,
  start: SECONDS,
  end: SECONDS,
  action: /^(?:ACCEPT|REJECT)$/,
  'log-status': /^(?:OK|NODATA|SKIPDATA)$/,
  'tcp-flags': /^\d{1,3}$/,
  'reject-reason': /^[A-Za-z_-]{1,30}$/,
  'pkt-src-aws-service': /^[A-Za-z0-9_-]{1,60}$/,
  'pkt-dst-aws-service': /^[A-Za-z0-9_-]{1,60}$/,
}
const CHECKED = Object.entries(PATTERNS)

const SPELLINGS: ReadonlyMap<string, string> = new Map(Object.keys(PATTERNS).map((field) => [spelling(field), field]))

/** CloudWatch Logs prints a time and the log stream before the record, and a time after it. */
const MAX_WORDS_AROUND = 4

/** The record in a line, wherever it starts in the surrounding text. */
export function recordOf(
  fields: readonly string[],
  words: readonly string[],
  streamInterface?: string,
): FlowRecord | undefined {
  const last = Math.min(words.length - fields.length, MAX_WORDS_AROUND)
  for (let first = 0; first <= last; first++) {
    const record = recordAt(fields, words, first, streamInterface)
    if (record !== undefined) return record
  }
  return undefined
}

function recordAt(
  fields: readonly string[],
  words: readonly string[],
  first: number,
  streamInterface: string | undefined,
): FlowRecord | undefined {
  const values = new Map<string, string>()
  for (const [at, field] of fields.entries()) {
    const word = words[first + at] ?? '-'
    if (word !== '-') values.set(field, word)
  }
  return recordFrom((field) => values.get(field), fields, streamInterface)
}

/** The record with these values; undefined if they are not a record. */
export function recordFrom(
  value: (field: string) => string | undefined,
  fields: readonly string[],
  streamInterface?: string,
): FlowRecord | undefined {
  const isForeign = CHECKED.some(([field, pattern]) => {
    const text = value(field)
    return text !== undefined && !pattern.test(text)
  })
  if (isForeign) return undefined
  const number = (field: string): number | undefined => {
    const text = value(field)
    return text === undefined ? undefined : Number(text)
  }
  const interfaceId = value('interface-id') ?? streamInterface
  const [start, end] = [number('start'), number('end')]
  const status = value('log-status') ?? 'OK'
  const action = value('action')
  if (interfaceId === undefined || start === undefined || end === undefined || end < start) return undefined
  if (status !== 'OK' && status !== 'NODATA' && status !== 'SKIPDATA') return undefined
  const service = (field: string) => (fields.includes(field) ? (value(field) ?? 'none') : undefined)
  return defined({
    interfaceId,
    status,
    start,
    end,
    accountId: value('account-id'),
    action: action === 'ACCEPT' || action === 'REJECT' ? action : undefined,
    source: value('pkt-srcaddr') ?? value('srcaddr'),
    destination: value('pkt-dstaddr') ?? value('dstaddr'),
    sourcePort: number('srcport'),
    destinationPort: number('dstport'),
    protocol: number('protocol'),
    packets: number('packets'),
    tcpFlags: number('tcp-flags'),
    rejectReason: value('reject-reason'),
    sourceService: service('pkt-src-aws-service'),
    destinationService: service('pkt-dst-aws-service'),
  })
}
