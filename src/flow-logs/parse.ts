/** One record of a VPC flow log. https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html */
export interface FlowRecord {
  readonly interfaceId: string
  readonly status: 'OK' | 'NODATA' | 'SKIPDATA'
  /** Unix seconds of the aggregation interval. */
  readonly start: number
  readonly end: number
  readonly action?: 'ACCEPT' | 'REJECT'
  /** The packet's own addresses where the format has them: srcaddr and dstaddr show the primary address instead. */
  readonly source?: string
  readonly destination?: string
  readonly sourcePort?: number
  readonly destinationPort?: number
  readonly protocol?: number
  /** OR-ed over the aggregation interval. */
  readonly tcpFlags?: number
}

const DEFAULT_FORMAT =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(
    ' ',
  )

/** The field names of a format such as '${version} ${interface-id}', or of a header line. */
export const fieldsOf = (format: string): readonly string[] =>
  format
    .replaceAll(/[${}]/g, '')
    .split(/\s+/)
    .filter((field) => field !== '')

/** Records of a log file: lines as in Amazon S3 or CloudWatch Logs, or the JSON answer of filter-log-events. */
export function parseFlowLog(text: string, format?: string): readonly FlowRecord[] {
  let fields = format === undefined ? DEFAULT_FORMAT : fieldsOf(format)
  const records: FlowRecord[] = []
  for (const line of linesOf(text)) {
    const words = fieldsOf(line)
    if (isHeader(words)) {
      fields = words
      continue
    }
    const record = recordOf(fields, words)
    if (record !== undefined) records.push(record)
  }
  return records
}

const isHeader = (words: readonly string[]): boolean =>
  words.includes('interface-id') && words.includes('start') && words.includes('end')

function linesOf(text: string): readonly string[] {
  const messages = messagesOf(text)
  return messages ?? text.split(/\r?\n/)
}

function messagesOf(text: string): readonly string[] | undefined {
  if (!/^\uFEFF?\s*\{/.test(text)) return undefined
  try {
    const answer: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    const events = isObject(answer) ? answer.events : undefined
    if (!Array.isArray(events)) return undefined
    return events.flatMap((event) => {
      const message: unknown = isObject(event) ? event.message : undefined
      return typeof message === 'string' ? [message] : []
    })
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** CloudWatch Logs prints a time and the log stream before the record, and a time after it. */
const MOST_WORDS_AROUND = 4

function recordOf(fields: readonly string[], words: readonly string[]): FlowRecord | undefined {
  const last = Math.min(words.length - fields.length, MOST_WORDS_AROUND)
  for (let first = 0; first <= last; first++) {
    const record = recordAt(fields, words.slice(first, first + fields.length))
    if (record !== undefined) return record
  }
  return undefined
}

function recordAt(fields: readonly string[], words: readonly string[]): FlowRecord | undefined {
  const word = (field: string): string | undefined => {
    const found = words[fields.indexOf(field)]
    return found === '-' ? undefined : found
  }
  const integer = (field: string): number | undefined => {
    const found = word(field)
    return found !== undefined && /^\d{1,12}$/.test(found) ? Number(found) : undefined
  }
  const interfaceId = word('interface-id')
  const [start, end] = [integer('start'), integer('end')]
  const status = word('log-status') ?? 'OK'
  const action = word('action')
  if (interfaceId === undefined || !/^eni-[0-9a-f]+$/.test(interfaceId) || start === undefined || end === undefined)
    return undefined
  if (status !== 'OK' && status !== 'NODATA' && status !== 'SKIPDATA') return undefined
  const [source, destination] = [word('pkt-srcaddr') ?? word('srcaddr'), word('pkt-dstaddr') ?? word('dstaddr')]
  const [sourcePort, destinationPort] = [integer('srcport'), integer('dstport')]
  const [protocol, tcpFlags] = [integer('protocol'), integer('tcp-flags')]
  return {
    interfaceId,
    status,
    start,
    end,
    ...((action === 'ACCEPT' || action === 'REJECT') && {action}),
    ...(source !== undefined && {source}),
    ...(destination !== undefined && {destination}),
    ...(sourcePort !== undefined && {sourcePort}),
    ...(destinationPort !== undefined && {destinationPort}),
    ...(protocol !== undefined && {protocol}),
    ...(tcpFlags !== undefined && {tcpFlags}),
  }
}
