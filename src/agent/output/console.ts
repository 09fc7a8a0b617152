import type {ConsoleOutput, Context, Instance, Readings} from '../../model/account.ts'
import {find} from '../../model/lists.ts'
import {memo, remembered} from '../../util/memo.ts'
import {minutesBetween} from '../../util/time.ts'
import {isoOf, lastAttempts, signalsOf} from './lines.ts'
import {ofKind, type Signal} from './signal.ts'

export const CONSOLE = 'ec2:GetConsoleOutput'
/** `2026/05/23 17:01:51Z: …`, the format of the agent on the serial port, on Linux and Windows. */
const AGENT_LINE = /^\s{0,8}(\d{4}\/\d\d\/\d\d) (\d\d:\d\d:\d\d)Z: /
/** Not a program that prints `/proc/version`: its line has no time since the boot. */
const KERNEL_STARTS = /^(?:\[ {1,8}0\.0{1,6}\] )?Linux version \d/gm

/** What the console printed since the last boot. */
export function consoleSignals(
  {ConsoleOutputs}: Pick<Readings, 'ConsoleOutputs'>,
  {InstanceId, LaunchTime}: Pick<Instance, 'InstanceId' | 'LaunchTime'>,
): readonly Signal[] {
  const output = find(ConsoleOutputs, 'InstanceId', InstanceId)
  if (output?.Output === undefined || isBefore(output.Timestamp, LaunchTime)) return NONE
  return classified(output)(LaunchTime)
}

const NONE: readonly Signal[] = []

const RETRY_MINUTES = 60

/**
 * What AWS denied the agent within the last hour: an agent that is denied tries again every half hour, and what its
 * policies were before then is not what they are.
 */
export const recentDenials = (
  facts: Pick<Readings, 'ConsoleOutputs'> & Pick<Context, 'ReadAt'>,
  instance: Pick<Instance, 'InstanceId' | 'LaunchTime'>,
): readonly Signal[] => {
  const signals = consoleSignals(facts, instance)
  if (signals.length === 0) return signals
  return ofKind(signals, 'access-denied').filter(({at}) => {
    const age = at === undefined ? undefined : minutesBetween(at, facts.ReadAt)
    return age !== undefined && age <= RETRY_MINUTES
  })
}

/** Several checks need it, again for every step of a plan; only a start of the instance changes it. */
const classified = memo(({Output = ''}: ConsoleOutput) =>
  remembered((launchTime: string | undefined) => classifyConsole(Output, launchTime)),
)

/** A stopped and started instance shows the output of the previous boot until there is new output. */
export function classifyConsole(output: string, launchTime?: string): readonly Signal[] {
  const sinceBoot = output.slice(lastBoot(output))
  const printed = signalsOf(sinceBoot, CONSOLE, dateOf)
  return lastAttempts(printed, 'agent-started').filter(({at, kind}) => kind === 'clock' || !isBefore(at, launchTime))
}

/** Where the last boot begins; old kernels print no times. */
function lastBoot(output: string): number {
  const starts = [...output.matchAll(KERNEL_STARTS)]
  return (starts.findLast(([line]) => line.startsWith('[')) ?? starts.at(-1))?.index ?? 0
}

const dateOf = (line: string): string | undefined => {
  const [, date, time] = AGENT_LINE.exec(line) ?? []
  return date === undefined || time === undefined ? undefined : isoOf(date, time)
}

/** EC2 and the instance write times with different precision, so they are compared as times. */
const isBefore = (at: string | undefined, launchTime: string | undefined): boolean =>
  at !== undefined && launchTime !== undefined && Date.parse(at) < Date.parse(launchTime)
