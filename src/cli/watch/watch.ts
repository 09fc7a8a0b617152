import type {Aws} from '../../collect/client/aws.ts'
import type {Report} from '../../diagnosis/report.ts'
import {isUnreadable} from '../../model/account.ts'
import {partitionOf} from '../../model/partition.ts'
import {beginningLine, blindLine, changeLines, coverageLine, endingLines, waitingLine} from '../../render/text/watch.ts'
import {usageError} from '../../util/usage-error.ts'
import {cannotObserve, isOver, type Observation} from '../../watch/watch.ts'
import {connectionOf} from '../input/connection.ts'
import {durationOf} from '../input/duration.ts'
import type {AccountFlags, EvidenceFlags, RemedyFlags, ReportFlags} from '../input/flags.ts'
import {assertAccount, regionOf, type Target} from '../input/target.ts'
import {exitCodeOf} from '../output/exit-code.ts'
import {examineOptionsOf} from '../run/examine-options.ts'
import {type InstanceProbe, probeFor} from './instance-probe.ts'
import {runWatch, type Watching} from './watch-loop.ts'
import {createWatchOutput, type Out, type WatchOutput} from './watch-output.ts'

export type WatchFlags = AccountFlags &
  EvidenceFlags &
  RemedyFlags &
  ReportFlags & {readonly timeout?: string | undefined}

/** The environment of a watch: a test passes another clock, and streams that it can read. */
export interface Runtime {
  readonly connect: (flags: AccountFlags) => Promise<Aws>
  readonly now: () => number
  /** Waits this many milliseconds, and calls `tick` periodically. */
  readonly rest: (milliseconds: number, tick: () => void) => Promise<void>
  readonly stdout: Out
  readonly stderr: Out
}

const TIMEOUT = '45m'

/**
 * Watches one instance until it is managed or the timeout is reached; the exit code is that of its last examination.
 */
export async function watch(targets: readonly Target[], flags: WatchFlags, runtime: Runtime = live()): Promise<number> {
  const timeout = durationOf('--timeout', flags.timeout ?? TIMEOUT)
  const target = onlyOf(targets, flags)
  const {id} = target
  const options = await examineOptionsOf(flags, [id])
  const output = createWatchOutput(flags, runtime)
  // Ctrl-C ends the process immediately, and the waiting line must not stay before the prompt.
  process.once('exit', output.rest)
  try {
    output.waits(`Querying AWS for ${id}`)
    const aws = await runtime.connect({...flags, region: regionOf(target, flags.region)})
    if (target.account !== undefined) await assertOwn(target, aws)
    const report = await watched(probeFor(aws, id, options, runtime.now), timeout, output, runtime)
    output.ends(report)
    return exitCodeOf([report])
  } finally {
    output.rest()
    process.off('exit', output.rest)
  }
}

async function assertOwn(target: Target, aws: Aws): Promise<void> {
  const {readCaller} = await import('../../collect/caller.ts')
  const caller = await readCaller(aws)
  if (!isUnreadable(caller)) assertAccount([target], {Caller: caller, Partition: partitionOf(aws.region)}, true)
}

function onlyOf([target, ...others]: readonly Target[], {account}: WatchFlags): Target {
  if (account)
    throw usageError(
      '--watch queries AWS until something changes, and an account file does not change: use only one of --watch and --account.',
    )
  if (!target) throw usageError('Specify the instance to watch: ssm-doctor i-0123456789abcdef0 --watch')
  if (others.length > 0) throw usageError('--watch takes one instance; specify one.')
  return target
}

async function watched(probe: InstanceProbe, timeout: number, output: WatchOutput, runtime: Runtime): Promise<Report> {
  const first = await probe.examine()
  output.reports(first)
  if (cannotObserve(first.report)) output.says([blindLine(first.report)])
  const isWaiting = !isOver(first.report) && !cannotObserve(first.report)
  const report = isWaiting ? await untilOver(first, probe, timeout, output, runtime) : first.report
  const coverage = report.verdict === 'managed' ? await probe.coverage() : undefined
  if (coverage) output.says([coverageLine(coverage)])
  return report
}

async function untilOver(
  first: Observation,
  probe: InstanceProbe,
  timeout: number,
  {says, waits, terminal}: WatchOutput,
  {now, rest}: Runtime,
): Promise<Report> {
  says([beginningLine(first.report, timeout)])
  const watching: Watching = {
    ...probe,
    now,
    rest: (milliseconds, watch) => rest(milliseconds, () => waits(waitingLine(watch, now(), timeout))),
    report: (changes, watch) => says(changes.flatMap((change) => changeLines(change, watch, now(), terminal))),
  }
  const end = await runWatch(first, watching, timeout)
  says(endingLines(end, now(), terminal))
  return end.last.report
}

/** The seconds count up on a terminal. */
const TICK = 1000

const live = (): Runtime => ({
  connect: async (flags) => (await import('../../collect/client/aws.ts')).connect(connectionOf(flags)),
  now: Date.now,
  rest: async (milliseconds, tick) => {
    const end = Date.now() + milliseconds
    for (let left = milliseconds; left > 0; left = end - Date.now()) {
      tick()
      await new Promise((next) => setTimeout(next, Math.min(left, TICK)))
    }
  },
  stdout: process.stdout,
  stderr: process.stderr,
})
