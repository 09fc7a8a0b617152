import type {Aws} from '../../collect/aws.ts'
import type {Report} from '../../diagnosis/report.ts'
import {
  beginningLine,
  blindLine,
  changeLines,
  coverageLine,
  endingLines,
  waitingLine,
} from '../../render/text/text-watch.ts'
import {usageError} from '../../util/usage-error.ts'
import {isBlind, isOver} from '../../watch/watch.ts'
import {connectionOf} from '../input/connection.ts'
import type {EvidenceFlags} from '../input/evidence-files.ts'
import type {AccountFlags, RemedyFlags, ReportFlags} from '../input/flags.ts'
import type {Target} from '../input/target.ts'
import {exitCodeOf} from '../output/exit-code.ts'
import {askedBy} from '../run/examine-options.ts'
import {type Eyes, eyesOn, type Looked} from './instance-probe.ts'
import {millisecondsOf} from './timeout.ts'
import {type Watching, watchOn} from './watch-loop.ts'
import {type Mouth, mouthOf, type Out} from './watch-output.ts'

export type WatchFlags = AccountFlags &
  EvidenceFlags &
  RemedyFlags &
  ReportFlags & {readonly timeout?: string | undefined}

/** Where a watch takes place: a test brings another clock, and streams that it can read. */
export interface Stage {
  readonly connect: (flags: AccountFlags) => Promise<Aws>
  readonly now: () => number
  /** Waits so many milliseconds, and calls `tick` now and then. */
  readonly rest: (milliseconds: number, tick: () => void) => Promise<void>
  readonly stdout: Out
  readonly stderr: Out
}

const TIMEOUT = '45m'

/** Watches one instance until it is managed or the time is over; the exit code is that of its last examination. */
export async function watch(targets: readonly Target[], flags: WatchFlags, stage: Stage = live()): Promise<number> {
  const timeout = millisecondsOf(flags.timeout ?? TIMEOUT)
  const {id, region} = onlyOf(targets, flags)
  const asked = await askedBy(flags, [id])
  const mouth = mouthOf(flags, stage)
  // Ctrl-C ends the process where it stands, and the line that waits must not stay before the prompt.
  process.once('exit', mouth.rest)
  try {
    mouth.waits(`Asking AWS about ${id}`)
    const aws = await stage.connect({...flags, region: flags.region ?? region})
    const report = await watched(eyesOn(aws, id, asked, stage.now), timeout, mouth, stage)
    mouth.ends(report)
    return exitCodeOf([report])
  } finally {
    mouth.rest()
    process.off('exit', mouth.rest)
  }
}

function onlyOf([target, ...others]: readonly Target[], {account}: WatchFlags): Target {
  if (account)
    throw usageError(
      '--watch asks AWS until something changes, and an account file does not change: leave one of --watch and --account out.',
    )
  if (!target) throw usageError('Name the instance to watch: ssm-doctor i-0123456789abcdef0 --watch')
  if (others.length > 0) throw usageError('--watch looks at one instance; name one.')
  return target
}

async function watched(eyes: Eyes, timeout: number, mouth: Mouth, stage: Stage): Promise<Report> {
  const first = await eyes.examine()
  mouth.reports(first)
  if (isBlind(first.report)) mouth.says([blindLine(first.report)])
  const isWaiting = !isOver(first.report) && !isBlind(first.report)
  const report = isWaiting ? await untilOver(first, eyes, timeout, mouth, stage) : first.report
  const coverage = report.verdict === 'managed' ? await eyes.coverage() : undefined
  if (coverage) mouth.says([coverageLine(coverage)])
  return report
}

async function untilOver(
  first: Looked,
  eyes: Eyes,
  timeout: number,
  {says, waits, terminal}: Mouth,
  {now, rest}: Stage,
): Promise<Report> {
  says([beginningLine(first.report, timeout)])
  const watching: Watching = {
    ...eyes,
    now,
    rest: (milliseconds, watch) => rest(milliseconds, () => waits(waitingLine(watch, now(), timeout))),
    tell: (changes, watch) => says(changes.flatMap((change) => changeLines(change, watch, now(), terminal))),
  }
  const end = await watchOn(first, watching, timeout)
  says(endingLines(end, now(), terminal))
  return end.last.report
}

/** A person watches the seconds go by. */
const TICK = 1000

const live = (): Stage => ({
  connect: async (flags) => (await import('../../collect/aws.ts')).connect(connectionOf(flags)),
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
