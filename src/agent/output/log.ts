import {compare} from '../../util/compare.ts'
import {linesIn} from '../../util/decode-text.ts'
import {outsideContainers} from './containers.ts'
import {withoutOtherTables} from './firewalls.ts'
import {isoOf, lastAttempts, type Printed, shown, signalsOf} from './lines.ts'
import {type LogFile, probesIn} from './probes.ts'
import {serviceStatusIn} from './service-status.ts'
import type {Signal, SignalKind} from './signal.ts'
import {recognize} from './signatures.ts'

/** `2024-11-04 09:08:14.6517 INFO …`, after an optional prefix of syslog, journald or the logs of a container. */
const LOG_LINE = /^(?:.{0,160}?[\s"])?(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,9})? [A-Z]{4,8} /
/** `1704967520066760431 [Info] …`, nanoseconds, until the agent has read how to log. */
const EARLY_LINE = /^(?:.{0,160}? )?(\d{19}) \[[A-Z][a-z]{2,8}\] /

/**
 * What agent logs, an `errors.log` or a `hibernate.log` show together, and the output of commands: an error of one may
 * come before the success that only another one has. The agent writes its logs in the instance's own time zone and does
 * not name it, so the times only order the lines.
 */
export function logSignals(given: readonly LogFile[], instanceId?: string): readonly Signal[] {
  const files = given.map(({file, text}) => ({
    file,
    text: withoutOtherTables(outsideContainers(linesIn(text))).join('\n'),
  }))
  const read = files.map(({file, text}) => {
    const {own, others} = linesOf(text, instanceId)
    return {
      file,
      text: own,
      printed: signalsOf(own, file, dateOf),
      others: others.map((other) => ({...other, source: file})),
    }
  })
  const merged = merge(read.map(({printed}) => printed))
  const signals = [...lastAttempts(merged, 'connected'), ...installedIn(merged)].map(({at, ...signal}) => ({
    ...signal,
    ...(at !== undefined && {localTime: at}),
  }))
  const statuses = files.flatMap(({file, text}) => {
    const status = serviceStatusIn(text)
    return status ? [{...status, source: file}] : []
  })
  return [
    ...signals,
    ...statuses.slice(-1),
    ...probesIn(read),
    ...read.flatMap(({others}) => others).map((other): Signal => ({kind: 'other-instance', ...other})),
  ]
}

/** That the agent is installed, if the last line about its package shows that. */
function installedIn(printed: readonly Printed[]): readonly Signal[] {
  const last = printed.findLast(({signal}) => OF_PACKAGE.has(signal.kind))?.signal
  return last?.kind === 'agent-installed' ? [last] : []
}

const OF_PACKAGE: ReadonlySet<SignalKind> = new Set(['agent-absent', 'agent-installed', 'agent-removed'])

/** By time across files; within each file the order stays, whatever the clock did. */
function merge(files: readonly (readonly Printed[])[]): readonly Printed[] {
  const [only] = files
  if (only !== undefined && files.length === 1) return only
  const keyed = files.flatMap((printed, file) => {
    let latest = ''
    return printed.map(({signal, message}) => {
      if (signal.at !== undefined && signal.at > latest) latest = signal.at
      return {signal, time: latest, key: `${file} ${message}`}
    })
  })
  let message = 0
  return keyed
    .sort((a, b) => compare(a.time, b.time))
    .map(({signal, key}, place, all) => {
      if (key !== all[place - 1]?.key) message++
      return {signal, message}
    })
}

const LONGEST = 4000
const STARTS = /\bamazon-ssm-agent - v\d|Amazon SSM Agent v\d[\d.]{2,30} is running/
/** Where the agent logs which instance it runs on: in ARNs, in its session name, and in the paths of its channels. */
const WRITTEN_ON = /(?:instance\/|assumed-role\/[\w+=,.@-]{1,64}\/|instanceID=|control-channel\/)(i-[0-9a-f]{8,17})\b/
const IDENTITY = /Agent will take identity from (\w{2,20})/

type Other = Pick<Signal, 'line' | 'nodeId'>

/**
 * The lines of one instance. An image that was created from an instance contains that instance's log, to which the new
 * one appends, so a start of the agent or another id begins a new part. The agent that ECS Exec runs in a container has
 * the identity of the task.
 */
function linesOf(
  text: string,
  instanceId: string | undefined,
): {readonly own: string; readonly others: readonly Other[]} {
  if (instanceId === undefined) return {own: text, others: []}
  const parts: {owner: string | undefined; lines: string[]}[] = [{owner: undefined, lines: []}]
  const {lines, ofTasks} = withoutTasks(linesIn(text))
  for (const line of lines) {
    const id = WRITTEN_ON.exec(line.slice(0, LONGEST))?.[1]
    let part = parts.at(-1)
    if (part === undefined || STARTS.test(line.slice(0, LONGEST)) || (id && part.owner && part.owner !== id)) {
      part = {owner: undefined, lines: []}
      parts.push(part)
    }
    part.owner ??= id
    part.lines.push(line)
  }
  const isOther = ({owner}: {owner: string | undefined}) => owner !== undefined && owner !== instanceId
  const other = parts.find(isOther)?.owner
  const own = parts.filter((part) => !isOther(part)).flatMap((part) => part.lines)
  const others = other === undefined ? [] : [{nodeId: other, line: `instance ${other}`}]
  return {own: own.join('\n'), others: ofTasks ? [...others, {line: 'an ECS task'}] : others}
}

function withoutTasks(all: readonly string[]): {readonly lines: readonly string[]; readonly ofTasks: boolean} {
  let isTask = false
  const lines = all.filter((line) => {
    const identity = IDENTITY.exec(line.slice(0, LONGEST))?.[1]
    if (identity !== undefined) isTask = identity === 'ECS'
    return !isTask
  })
  return {lines, ofTasks: lines.length < all.length}
}

/** Whether a line is of the form that the agent writes, or shows something that is read. */
export const isReadable = (text: string): boolean =>
  linesIn(text).some((line) => dateOf(line) !== undefined || recognize(line.slice(0, LONGEST)).length > 0)

/** That the agent is installed, by a log that it wrote, whatever its lines are about. */
export function installedBy({file, text}: LogFile, instanceId?: string): readonly Signal[] {
  const line = linesIn(linesOf(text, instanceId).own).findLast(
    (each) => dateOf(each) !== undefined && OF_AGENT.test(each.slice(0, LONGEST)),
  )
  return line === undefined ? [] : [{kind: 'agent-installed', source: file, line: shown(line)}]
}

/** The part of the agent, or the instance, that its messages begin with. */
const OF_AGENT = /\[(?:amazon-ssm-agent|ssm-(?:agent|document|session)-worker|instanceID=|HealthCheck|Messag\w+|MGS\w+)/

const dateOf = (line: string): string | undefined => {
  const [, date, time] = LOG_LINE.exec(line) ?? []
  if (date !== undefined && time !== undefined) return isoOf(date, time)
  const early = EARLY_LINE.exec(line)?.[1]
  return early && new Date(Number(early.slice(0, 13))).toISOString()
}
