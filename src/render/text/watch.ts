import type {Inspected} from '../../audit/report.ts'
import type {Report} from '../../diagnosis/report.ts'
import {rootCauseOf} from '../../diagnosis/root-cause.ts'
import {meaningOf} from '../../inspector/reasons.ts'
import {commandLine} from '../../remedies/core/command-line.ts'
import {counted} from '../../util/counted.ts'
import {plain} from '../../util/plain-text.ts'
import {timeOfDay} from '../../util/time.ts'
import type {Change, Watch} from '../../watch/watch.ts'
import {type Tone, VERDICT_TONE} from '../tone.ts'
import {stepLines} from './checklist.ts'
import {titleOf} from './head.ts'
import {markWidth, padMark, type Terminal} from './terminal.ts'
import {indented} from './width.ts'

const SECOND = 1000
const MINUTE = 60

/** `9 min 41 s`, `1 h 2 min`: as precise as useful. */
export function durationOf(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / SECOND))
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / MINUTE) % MINUTE]
  const parts = {h: hours, min: minutes, s: hours > 0 ? 0 : seconds % MINUTE}
  const shown = Object.entries(parts).flatMap(([unit, count]) => (count === 0 ? [] : [`${count} ${unit}`]))
  return shown.length === 0 ? '0 s' : shown.join(' ')
}

/** `1:02`, `1:02:03`: the time since the watch began. */
export function clockOf(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / SECOND))
  const hours = Math.floor(seconds / 3600)
  const pair = (count: number): string => String(count).padStart(2, '0')
  const minutes = Math.floor(seconds / MINUTE) % MINUTE
  return `${hours > 0 ? `${hours}:${pair(minutes)}` : minutes}:${pair(seconds % MINUTE)}`
}

/** One change as lines, under the time since the watch began. */
export function changeLines(change: Change, watch: Watch, now: number, terminal: Terminal): readonly string[] {
  const {mark, says, below = []} = wordsOf(change, watch, terminal)
  return [...under(clockOf(now - watch.began), mark, says, terminal), ...below]
}

function under(clock: string, mark: Tone, says: string, terminal: Terminal): readonly string[] {
  const head = `${terminal.paint('dim', `+${clock}`.padEnd(WIDTH))}${padMark(mark, terminal)} `
  return indented(says, terminal.columns, indentOf(terminal), head)
}

const WIDTH = 8
const indentOf = (terminal: Terminal): number => WIDTH + markWidth(terminal) + 1

interface Words {
  readonly mark: Tone
  readonly says: string
  readonly below?: readonly string[]
}

function wordsOf(change: Change, watch: Watch, terminal: Terminal): Words {
  switch (change.kind) {
    case 'effect':
      return {
        mark: 'good',
        says: `Step ${change.number} took effect: ${change.title} (${change.resolved.join(', ')} is resolved)`,
      }
    case 'cause':
      return {mark: 'bad', says: `New: ${change.cause.message} (${change.cause.id})`}
    case 'step':
      return {
        mark: 'none',
        says: `Step ${change.number} is new:`,
        below: stepLines(change.step, change.number - 1, {terminal}),
      }
    case 'unblocked':
      return unblockedWords(change, watch, terminal)
    case 'started':
      return {mark: 'none', says: 'The instance was started again; its agent retries immediately.'}
    case 'registration':
      return registrationWords(change.registration)
    case 'gaps':
      return {
        mark: 'open',
        says: `Could not be read this time; no conclusion: ${change.kinds.join(', ')}.`,
      }
    case 'unanswered':
      return {mark: 'open', says: `${change.why} Retrying with longer pauses.`}
  }
}

/** A restart of the agent takes seconds, and getting access to the instance takes a user about this long. */
const WORTH_A_RESTART = 2 * MINUTE * SECOND

function unblockedWords(
  {nextAttemptAt, restart}: Change & {kind: 'unblocked'},
  {last}: Watch,
  terminal: Terminal,
): Words {
  const says = 'Nothing visible in AWS now prevents the agent from registering.'
  if (nextAttemptAt === undefined) return {mark: 'good', says}
  const left = nextAttemptAt - last.at
  const sleeps = `It retries on its own within ${durationOf(left)}, by ${timeOfDay(nextAttemptAt)}.`
  if (left < WORTH_A_RESTART) return {mark: 'good', says: `${says} ${sleeps}`}
  const id = last.report.instance.id
  const quicker = [
    ...(restart === undefined ? [] : [`${restart}  # on the instance`]),
    commandLine({service: 'ec2', operation: 'RebootInstances', input: {InstanceIds: [id]}}, 'sh', {
      region: last.report.instance.region,
    }),
  ]
  return {
    mark: 'good',
    says: `${says} ${sleeps} Restarting the agent is faster; restart the instance where you cannot access it:`,
    below: quicker.map((line) => `${' '.repeat(indentOf(terminal))}${terminal.paint('cyan', plain(line))}`),
  }
}

function registrationWords({status, agentVersion, connected}: Report['registration']): Words {
  if (status === 'absent') return {mark: 'bad', says: 'Systems Manager does not list the node.'}
  if (status === 'connection-lost')
    return {mark: 'bad', says: 'Systems Manager lists the node, with its connection lost.'}
  if (status === 'unknown') return {mark: 'open', says: 'Fleet Manager could not be read.'}
  const agent = agentVersion === null ? '' : `, agent ${agentVersion}`
  const sessions = connected === null ? '' : connected ? ', sessions connected' : ', sessions not connected'
  return {
    mark: connected === false ? 'open' : 'good',
    says: `The node is online in Fleet Manager${agent}${sessions}.`,
  }
}

/** What it waits for, on one line that is cleared when something happens. */
export function waitingLine(watch: Watch, now: number, timeout: number): string {
  const {began, unblocked, steps} = watch
  const open = steps.filter(({done}) => !done).length
  const left = (unblocked?.nextAttemptAt ?? 0) - now
  const what =
    left > 0
      ? `the agent retries within ${durationOf(left)}`
      : open > 0 && !unblocked
        ? `${counted(open, 'step')} to go`
        : 'agent retry due'
  return `${clockOf(now - began)} of ${clockOf(timeout)}: ${what}`
}

export const beginningLine = ({instance: {id}}: Report, timeout: number): string =>
  `Watching ${id} for up to ${durationOf(timeout)}; press Ctrl-C to stop.`

/** Without permission to list the node its registration cannot be observed. */
export const blindLine = ({instance: {id}, unreadable}: Report): string =>
  plain(
    `${id} cannot be watched: ${unreadable.find(({kind}) => kind === 'InstanceInformationList')?.reason ?? 'its registration cannot be read'}`,
  )

/** The end of the watch: how long it took, or the remaining state. */
export function endingLines(
  {began, lastEffectAt, last: {report}}: Watch,
  now: number,
  terminal: Terminal,
): readonly string[] {
  const who = titleOf(report)
  const took = durationOf(now - began)
  const since =
    lastEffectAt === undefined || now - lastEffectAt < SECOND
      ? ''
      : `, ${durationOf(now - lastEffectAt)} after the last step took effect`
  const root = rootCauseOf(report)
  const says =
    report.verdict === 'managed'
      ? `${who} is a healthy managed node: it took ${took}${since}.`
      : `After ${took} ${who} is still ${report.verdict}${root ? `: ${root.message}` : '.'}`
  return under(clockOf(now - began), VERDICT_TONE[report.verdict], says, terminal)
}

/** The Amazon Inspector coverage once the node is managed. It updates automatically. */
export function coverageLine(coverage: Scan | 'unlisted'): string {
  if (coverage === 'unlisted') return 'Amazon Inspector does not list it yet. Check later with: ssm-doctor inspector'
  const {status, reason, scanMode} = coverage
  if (reason === 'UNMANAGED_EC2_INSTANCE')
    return 'Amazon Inspector still reports it as unmanaged; scanning starts automatically. Check later with: ssm-doctor inspector'
  return plain(`Amazon Inspector: ${meaningOf(status, reason, scanMode).sentence}`)
}

export type Scan = Pick<Inspected, 'status' | 'reason' | 'scanMode'>
