import {createReadStream} from 'node:fs'
import {open} from 'node:fs/promises'
import type {Readable} from 'node:stream'
import {createGunzip} from 'node:zlib'
import {isGzip} from '../../account-file/account-file.ts'
import {type FileKind, type Source, sourcesOf, whyUnreadable} from '../../account-file/sources.ts'
import type {FlowLog} from '../../flow-logs/flow-log.ts'
import {type FlowLogContent, type FlowLogReader, flowLogReader, readFlowLog} from '../../flow-logs/reading.ts'
import {type FlowRecord, isoOf, type Traffic} from '../../flow-logs/record.ts'
import {type Account, type Instance, itemsOf} from '../../model/account.ts'
import {primaryInterfaceOf} from '../../model/instance.ts'
import {counted} from '../../util/counted.ts'
import {encodingOf, linesIn} from '../../util/decode-text.ts'
import {codeOf} from '../../util/error-code.ts'
import {usageError} from '../../util/usage-error.ts'

const FLOW_LOG: FileKind = {
  pattern: /\.(?:log|txt|json|jsonl|ndjson|csv|tsv)(?:\.gz)?$|\.gz$/i,
  extensions: '.log, .txt, .json, .csv or .gz',
}

/** The files that one value of `--flow-logs` names. */
export const flowLogFiles = (source: string): Promise<readonly Source[]> => sourcesOf(source, FLOW_LOG)

/** The limit for unpacked files: an archive of a few megabytes can contain a thousand times as much. */
const LARGEST_TEXT = 1024 ** 3
const LARGEST_JSON = 128 * 1024 ** 2
/** No record is longer. */
const LONGEST_LINE = 16_384
const MAX_RECORDS = 1_000_000

interface FlowLogFileOptions {
  readonly format?: readonly string[] | undefined
  /** Unix seconds. */
  readonly from?: number | undefined
}

/** The records of the instance's interfaces, and of the endpoints', in files, folders and standard input. */
export async function flowLogInFiles(
  sources: readonly string[],
  account: Account,
  instance: Instance,
  {format, from = 0}: FlowLogFileOptions = {},
): Promise<FlowLog> {
  const own = new Set(instance.NetworkInterfaces.flatMap(({NetworkInterfaceId}) => NetworkInterfaceId ?? []))
  const endpoints = new Set(itemsOf(account.VpcEndpoints).flatMap(({NetworkInterfaceIds}) => NetworkInterfaceIds))
  const isRelevant = (id: string) => own.has(id) || endpoints.has(id)
  const formats = format && [format]
  const records: FlowRecord[] = []
  const notes: string[] = []
  const add = (source: string, name: string, content: FlowLogContent) => {
    if (content.count > 0 && content.unreadLines > 0) notes.push(unreadNote(name, content.unreadLines))
    for (const record of content.records) if (record.end >= from) records.push(record)
    if (records.length > MAX_RECORDS)
      throw usageError(`${source}: more than ${MAX_RECORDS} records; give fewer files, or a later --since.`)
  }
  const traffic = new Set<Traffic | undefined>()
  for (const source of sources) {
    const contents: FlowLogContent[] = []
    for (const file of await flowLogFiles(source)) {
      const content = await contentOf(file, isRelevant, formats)
      contents.push(content)
      add(source, file.name, content)
    }
    assertUsable(source, contents, instance, own)
    traffic.add(jointly(contents.flatMap((content) => content.traffic ?? [])))
  }
  if (records.length === 0) notes.push(`No record since ${isoOf(from)}.`)
  return {names: sources, records, traffic: trafficOfSources(traffic), notes}
}

/** A log whose kind of traffic is not known may have recorded only one of them. */
function trafficOfSources(traffic: ReadonlySet<Traffic | undefined>): Traffic | undefined {
  const known = [...traffic].filter((one) => one !== undefined)
  return known.length < 2 && traffic.has(undefined) ? undefined : jointly(known)
}

const unreadNote = (name: string, count: number): string =>
  `${name}: ${counted(count, 'line is', 'lines are')} not a flow log record.`

/** Files of one log that differ in the kind of traffic contain all of it together. */
const jointly = (known: readonly Traffic[]): Traffic | undefined => (new Set(known).size > 1 ? 'all' : known[0])

/** Rejects what shows nothing about the instance, and says what it is. */
function assertUsable(
  source: string,
  contents: readonly FlowLogContent[],
  instance: Instance,
  own: ReadonlySet<string>,
): void {
  const name = source === '-' ? 'standard input' : source
  const [first] = contents
  if (contents.every(({count}) => count === 0)) {
    const missing = contents.flatMap((one) => one.missing)
    if (contents.some(({isTransitGateway}) => isTransitGateway))
      throw usageError(`${name}: flow logs of a transit gateway, which do not show the interface of an instance.`)
    if (missing.length > 0)
      throw usageError(
        `${name}: the format lacks ${[...new Set(missing)].join(', ')}, without which no connection can be judged.`,
      )
    const lines = contents.reduce((sum, {unreadLines}) => sum + unreadLines, 0)
    throw usageError(
      lines === 0
        ? `${name}: empty, without any flow log record.`
        : `${name}: no line is a VPC flow log record of the expected format. For a custom format without a header line pass --flow-log-format as DescribeFlowLogs prints it.`,
    )
  }
  if (contents.some(({records}) => records.some(({interfaceId}) => own.has(interfaceId)))) return
  const primary = primaryInterfaceOf(instance)?.NetworkInterfaceId ?? 'an interface'
  const others = [...new Set(contents.flatMap(({interfaces}) => interfaces))].slice(0, 3).join(', ')
  const accounts = [...new Set(contents.flatMap((one) => one.accounts))].filter((id) => id !== instance.OwnerId)
  const whose = first && accounts.length > 0 && instance.OwnerId ? ` of account ${accounts.slice(0, 3).join(', ')}` : ''
  if (contents.some(({records}) => records.length > 0)) return
  throw usageError(
    `${name}: flow logs of ${others}${whose}, without a record of ${primary}, the interface of ${instance.InstanceId}.`,
  )
}

/** Reads a file line by line, JSON as a whole. */
async function contentOf(
  {name, path}: Source,
  isRelevant: (id: string) => boolean,
  formats: readonly (readonly string[])[] | undefined,
): Promise<FlowLogContent> {
  try {
    const stream = path === undefined ? process.stdin : await unpacked(path)
    return await readFrom(name, stream, isRelevant, formats)
  } catch (error) {
    const code = codeOf(error)
    if (code === '') throw error
    if (code.startsWith('Z_')) throw usageError(`${name}: expected gzip data, found a damaged archive.`)
    throw usageError(`${name}: ${whyUnreadable(error)}`)
  }
}

async function unpacked(path: string): Promise<Readable> {
  const handle = await open(path)
  const start = Buffer.alloc(4)
  try {
    await handle.read(start, 0, 4, 0)
  } finally {
    await handle.close()
  }
  if (start.toString('latin1') === 'PAR1')
    throw usageError(`${path}: Apache Parquet, which ssm-doctor does not read; export the records as text.`)
  const stream = createReadStream(path)
  if (!isGzip(start)) return stream
  const gunzip = createGunzip()
  stream.on('error', (error) => gunzip.destroy(error))
  return stream.pipe(gunzip)
}

async function readFrom(
  name: string,
  stream: Readable,
  isRelevant: (id: string) => boolean,
  formats: readonly (readonly string[])[] | undefined,
): Promise<FlowLogContent> {
  const reader = flowLogReader(isRelevant, formats)
  let size = 0
  let decoder: InstanceType<typeof TextDecoder> | undefined
  let json: string[] | undefined
  let rest = ''
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > LARGEST_TEXT) throw usageError(`${name}: more than 1 GiB of text; give fewer or smaller files.`)
    const isFirst = decoder === undefined
    decoder ??= new TextDecoder(encodingOf(bytes))
    const text = decoder.decode(bytes, {stream: true})
    if (isFirst && /^\s*[[{]/.test(text)) json = []
    if (json !== undefined) {
      json.push(text)
      if (size > LARGEST_JSON) throw usageError(`${name}: more than 128 MiB of JSON; give smaller files, or text.`)
    } else rest = readLines(reader, rest + text)
  }
  if (json !== undefined) return readFlowLog(json.join(''), isRelevant, formats)
  reader.line(rest)
  return reader.content()
}

/** The complete lines; the rest of the last one waits for more. An endless line is truncated. */
function readLines(reader: FlowLogReader, text: string): string {
  const lines = linesIn(text)
  const rest = lines.pop() ?? ''
  for (const line of lines) reader.line(line.slice(0, LONGEST_LINE))
  return rest.slice(0, LONGEST_LINE)
}
