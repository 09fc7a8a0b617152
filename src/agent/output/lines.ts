import {linesIn} from '../../util/decode-text.ts'
import {withoutEscapeSequences} from '../../util/plain-text.ts'
import {redactSecrets} from '../../util/redact-secrets.ts'
import {minutesBetween} from '../../util/time.ts'
import type {Signal, SignalKind} from './signal.ts'
import {recognize} from './signatures.ts'
import {isOfOtherProgram, isOutputOfPlugin, isWrittenByAgent, startsOtherLog, type Writer, writerOf} from './writer.ts'

/** The agent prints no longer lines; what is truncated is a document or noise. */
const LONGEST_LINE = 4000
const SHOWN = 400

/** A signal and its message: lines after a dated one belong to it. */
export interface Printed {
  readonly signal: Signal
  readonly message: number
}

/** A command behind the prompt of a shell: what it prints is of no time that a log before it shows. */
export const BEHIND_PROMPT = /^(?:\[[^\]]{1,100}\]|[\w.@~:/-]{0,100})[$#] \S|^PS [A-Z]:\\.{0,200}?> ?\S/

/** The start of a line that begins a new message, with its time. */
type DateOf = (line: string) => string | undefined

/** Parses the text line by line, in linear time. */
export function signalsOf(text: string, source: string, dateOf: DateOf): readonly Printed[] {
  const printed: Printed[] = []
  let at: string | undefined
  let message = 0
  let writer = writerOf('')
  const lines = linesIn(withoutEscapeSequences(text))
  for (const [place, whole] of lines.entries()) {
    const line = whole.slice(0, LONGEST_LINE)
    const date = dateOf(line)
    const begins = date !== undefined || BEHIND_PROMPT.test(line)
    if (begins) {
      message++
      at = date
    }
    if (begins || place === 0 || startsOtherLog(line)) writer = writerOf(line)
    for (const signal of signalsIn(lines, place, {source, at, writer})) printed.push({message, signal})
  }
  return printed
}

interface Message {
  readonly source: string
  readonly at: string | undefined
  readonly writer: Writer
}

function signalsIn(lines: readonly string[], place: number, {source, at, writer}: Message): readonly Signal[] {
  const line = (lines[place] ?? '').slice(0, LONGEST_LINE)
  const recognized = recognize(line)
  if (recognized.length === 0) return []
  const isDated = at !== undefined
  // In a journal, lines of other programs stand between those of the agent.
  const isOfProgram = isOfOtherProgram(line, isDated)
  const by = isOfProgram ? writerOf(line) : writer
  const {service, plugin} = by
  const isOfOther = isOfProgram || (plugin !== undefined && isOutputOfPlugin(line))
  return recognized
    .filter((found) => isWrittenByAgent(line, found, isDated, by))
    .flatMap((found) => {
      const kind = found.kind === 'metadata' ? answerOf(lines, place) : found.kind
      if (kind === undefined) return []
      return [
        {
          ...(service !== undefined && found.host === undefined && OF_A_CALL.has(kind) && {service}),
          ...found,
          kind,
          source,
          line: shown(line, found.refusedBy && LONGEST_LINE),
          ...(plugin !== undefined && {plugin}),
          ...(isOfOther && {isOfOther}),
          ...(isDated && {at}),
        },
      ]
    })
}

/** What names no service where the part of the agent that makes the call does. */
const OF_A_CALL: ReadonlySet<SignalKind> = new Set([
  'access-denied',
  'proxy-failed',
  'refused',
  'throttled',
  'timeout',
  'tls-trust',
  'unresolved',
])

/**
 * An error of the SDK has its status at its end, which is below the page that the metadata service returns: one that
 * returns 404 is reachable, and the instance has no role; 401 requires a token, 429 limits the calls, and 500 is its own
 * fault. Proxies return 403, 502 and 503. Without a status the end was cut off.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 */
export function answerOf(lines: readonly string[], place: number): SignalKind | undefined {
  const isBelow = /EC2MetadataError|Failed to get instance info from IMDS(?!.{0,200} ec2imds: )/.test(
    lines[place] ?? '',
  )
  const error = lines.slice(place, place + (isBelow ? LINES_OF_PAGE : 1)).map((line) => line.slice(0, LONGEST_LINE))
  const status = error.map((line) => STATUS.exec(line)?.[1]).find((code) => code !== undefined)
  if (status === undefined && error[0]?.includes('failed to make EC2Metadata request')) return undefined
  if (status !== undefined && ['404', '429', '500'].includes(status)) return undefined
  return status === '401' ? 'metadata-token' : 'metadata'
}

const LINES_OF_PAGE = 16
const STATUS = /(?:status code|\bhttp response error StatusCode): (\d{3})/

export const lineWithoutSecrets = (line: string): string => redactSecrets(line.replace(/\p{Cc}+/gu, ' ').trim())

/** When, who and why: the reason is at the end, and so is the policy that a denial names. */
export function shown(line: string, longest = SHOWN): string {
  const whole = lineWithoutSecrets(line)
  return whole.length <= longest ? whole : `${whole.slice(0, longest / 2)} … ${whole.slice(3 - longest / 2)}`
}

/** `2026/05/23 17:01:51` and the like as ISO; text that only looks like a date is not one. */
export function isoOf(date: string, time: string): string | undefined {
  const iso = `${date.replaceAll('/', '-')}T${time}Z`
  return Number.isNaN(Date.parse(iso)) ? undefined : iso
}

const FAILURES: ReadonlySet<SignalKind> = new Set([
  'access-denied',
  'no-role',
  'host-management-off',
  'not-registered',
  'timeout',
  'refused',
  'unresolved',
  'tls-trust',
  'credentials-rejected',
  'clock',
  'signature',
  'other-region',
  'proxy-failed',
  'metadata',
  'metadata-token',
  'throttled',
  'unknown-instance',
] satisfies SignalKind[])

/** What an agent that starts later has overcome. */
const BEFORE_START: ReadonlySet<SignalKind> = new Set([
  'boot-failure',
  'halted',
  'network-down',
  'no-identity',
  'activation-rejected',
  'sysprep',
  'agent-absent',
  'agent-crashed',
  'agent-not-started',
  'agent-disabled',
  'agent-removed',
  'agent-ended',
])

/** What undoes an earlier line, and shows nothing on its own. */
const UNDONE_BY: Readonly<Partial<Record<SignalKind, SignalKind>>> = {
  'agent-absent': 'agent-installed',
  'agent-disabled': 'agent-enabled',
  'agent-removed': 'agent-installed',
  'boot-failure': 'windows-ready',
  clock: 'clock-set',
  'disk-full': 'disk-freed',
  metadata: 'metadata-answered',
  'outbound-blocked': 'outbound-allowed',
  sysprep: 'windows-ready',
}
const ONLY_UNDOES: ReadonlySet<SignalKind> = new Set([
  'agent-enabled',
  'agent-installed',
  'clock-set',
  'disk-freed',
  'metadata-answered',
  'outbound-allowed',
  'reporting',
  'windows-ready',
])

/** The agent hibernates because it cannot reach `ssm`, which is also the meaning of an error without a service. */
const serviceOf = ({signal}: Printed): string => signal.service ?? 'ssm'

/**
 * Only the last failure to reach a service counts, and none from before a success: the agent fails
 * for a while after many healthy boots. The agent logs that it runs once it has registered.
 * https://github.com/aws/amazon-ssm-agent/blob/1c217c89b42de51d4f4063363d8ec1f2eef56055/core/app/agent.go
 */
export function lastAttempts(all: readonly Printed[], success: SignalKind): readonly Signal[] {
  const printed = withoutUndone(all)
  const failed = new Map<string, number>()
  const succeeded = new Map<string, number>()
  for (const each of printed) {
    if (FAILURES.has(each.signal.kind)) failed.set(serviceOf(each), each.message)
    if (each.signal.kind === success) succeeded.set(serviceOf(each), each.message)
  }
  const reported = lastReport(printed)
  if (reported > (succeeded.get('ssm') ?? -1)) succeeded.set('ssm', reported)
  const isLast = (each: Printed) => failed.get(serviceOf(each)) === each.message
  const isPast = (each: Printed) => each.message < (succeeded.get(serviceOf(each)) ?? -1)
  const isOfOtherIdentity = otherIdentity(printed)
  const started = printed.findLast(({signal}) => signal.kind === 'agent-started')?.message ?? -1
  return printed
    .filter((each) => !ONLY_UNDOES.has(each.signal.kind))
    .filter((each) => !FAILURES.has(each.signal.kind) || isLast(each))
    .filter((each) => !(FAILURES.has(each.signal.kind) || each.signal.kind === 'hibernating') || !isPast(each))
    .filter((each) => !isOfOtherIdentity(each))
    .filter((each) => !(BEFORE_START.has(each.signal.kind) && each.message < started))
    .map(({signal}) => signal)
}

/** No time zone is further behind UTC. */
const MOST_BEHIND = 12 * 60

/** What the log shows of an agent that does not run, or does not ping. */
const OVERCOME_BY_PING: ReadonlySet<SignalKind> = new Set([
  'agent-crashed',
  'agent-ended',
  'hibernating',
  'no-identity',
])

/** A node that pinged later has overcome these, unless a wrong clock dates the lines of its log. */
export function sincePing(signals: readonly Signal[], lastPing: string | undefined): readonly Signal[] {
  if (lastPing === undefined || signals.some(({kind}) => kind === 'clock')) return signals
  const isOfPing = ({kind, service = 'ssm'}: Signal) =>
    (FAILURES.has(kind) && service === 'ssm') || OVERCOME_BY_PING.has(kind)
  return signals.filter(
    (signal) =>
      signal.localTime === undefined ||
      !isOfPing(signal) ||
      (minutesBetween(signal.localTime, lastPing) ?? 0) <= MOST_BEHIND,
  )
}

/** cloud-init says at the end what it read at the start: that is no answer to a later call of the agent. */
function withoutUndone(printed: readonly Printed[]): readonly Printed[] {
  const lastOf = (isCounted: (signal: Signal) => boolean) =>
    new Map(printed.flatMap(({signal}, place) => (isCounted(signal) ? [[subjectOf(signal.kind, signal), place]] : [])))
  const last = lastOf(() => true)
  const lastOfOthers = lastOf((signal) => !isOfCloudInit(signal))
  return printed.filter(({signal}, place) => {
    const undoing = UNDONE_BY[signal.kind]
    const places = signal.kind === 'metadata' && !isOfCloudInit(signal) ? lastOfOthers : last
    return undoing === undefined || (places.get(subjectOf(undoing, signal)) ?? -1) < place
  })
}

/** A file system with free space says nothing about another one. */
const subjectOf = (kind: SignalKind, {mount = ''}: Signal): string => `${kind} ${mount}`

const isOfCloudInit = ({line}: Signal): boolean => /cloud-init|DataSourceEc2/.test(line)

/**
 * An agent that does not hibernate reports its health every five minutes, and logs that it does so before the call: the
 * last report that was followed by another one, and by no failure, arrived.
 */
function lastReport(printed: readonly Printed[]): number {
  let arrived = -1
  let pending: number | undefined
  for (const each of printed) {
    if (FAILURES.has(each.signal.kind) && serviceOf(each) === 'ssm') pending = undefined
    if (each.signal.kind !== 'reporting') continue
    arrived = pending ?? arrived
    pending = each.message
  }
  return arrived
}

/**
 * The agent names its identity when it starts: with the one of EC2, an earlier hybrid registration was cleared, and a
 * changed fingerprint does not matter.
 */
function otherIdentity(printed: readonly Printed[]): (each: Printed) => boolean {
  const ec2 = printed.findLastIndex(({signal}) => signal.kind === 'ec2-identity')
  const hybrid = printed.findLastIndex(({signal}) => signal.kind === 'hybrid-registration')
  if (ec2 < 0) return () => false
  if (hybrid > ec2) return ({signal}) => signal.kind === 'ec2-identity'
  return ({signal}) => ['ec2-identity', 'hybrid-registration', 'fingerprint'].includes(signal.kind)
}
