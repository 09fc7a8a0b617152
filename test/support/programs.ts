import {type ChildProcess, execFile, execFileSync, type StdioOptions, spawn, spawnSync} from 'node:child_process'

/** How long a test, a hook and a program that a test starts may take, in milliseconds, and what the exceptions are for. */
export const LIMITS = {
  usual: 60_000,
  /** It waits ten seconds or longer for each NAT gateway and instance: 33 s in all on two idle cores, 45 s on busy ones. */
  terraformApply: 150_000,
  /** A provider that does not respond is stuck, and is started again once: half of the usual each. */
  terraformProvider: 30_000,
  /** Servers outlive tests and are stopped by who started them; this ends those of a run that was itself killed. */
  server: 600_000,
} as const

/** The only file of the tests that starts programs: what hangs is killed, so that the test that waits for it fails. */
const killedAfter = (timeout: number) => ({timeout, killSignal: 'SIGKILL'}) as const
const KILLED = killedAfter(LIMITS.usual)

interface Options {
  readonly cwd?: string | URL
  readonly env?: NodeJS.ProcessEnv
}

/** What a program printed; throws if it fails. What it prints on standard error is part of the error only. */
export const outputOf = (
  program: string,
  args: readonly string[],
  {limit = 'usual', ...options}: Options & {readonly input?: string; readonly limit?: keyof typeof LIMITS} = {},
): string =>
  execFileSync(program, args, {
    ...options,
    ...killedAfter(LIMITS[limit]),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: 'pipe',
  })

export const succeeds = (program: string, args: readonly string[], options: Options = {}): boolean =>
  spawnSync(program, args, {...options, ...KILLED, stdio: 'ignore'}).status === 0

/** How a program ended by itself, whichever its exit code. */
export function endOf(
  program: string,
  args: readonly string[],
  options: Options & {readonly stdio?: StdioOptions} = {},
) {
  const {error, ...ended} = spawnSync(program, args, {...options, ...KILLED, encoding: 'utf8'})
  if (error) throw error
  return ended
}

export interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

/** The same while this process answers the program; rejects if it had to be killed. */
export const ran = (
  program: string,
  args: readonly string[],
  {stdin = '', ...options}: Options & {readonly stdin?: string} = {},
): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = execFile(program, args, {...options, ...KILLED, maxBuffer: 1 << 26}, (error, stdout, stderr) =>
      error?.killed || typeof error?.code === 'string'
        ? reject(new Error(`${program} ${args.join(' ')} did not end by itself: ${error.message}`))
        : resolve({stdout, stderr, code: error ? Number(error.code ?? 1) : 0}),
    )
    child.stdin?.on('error', () => {})
    child.stdin?.end(stdin)
  })

/** A program that the test reads, writes to or signals while it runs. */
export function start(
  program: string,
  args: readonly string[],
  options: Options & {readonly stdio?: StdioOptions} = {},
) {
  const child: ChildProcess = spawn(program, args, {...options, ...KILLED})
  const printed = {stdout: '', stderr: ''}
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.on('data', (chunk) => {
      printed[name] += chunk
    })
  const ended = new Promise<{readonly code: number | null; readonly signal: NodeJS.Signals | null}>((resolve) => {
    child.on('close', (code, signal) => resolve({code, signal}))
  })
  return {child, printed, ended}
}

export const startServer = (
  program: string,
  args: readonly string[],
  options: Options & {readonly stdio?: StdioOptions} = {},
): ChildProcess => spawn(program, args, {stdio: 'ignore', ...options, ...killedAfter(LIMITS.server)})
