import {writeFileSync} from 'node:fs'
import {endingOf, endingOfOutput} from './errors.ts'
import {EXIT} from './exit-code.ts'
import {notice} from './notice.ts'

/** How the process ends if it is interrupted, its output is closed or the disk is full. */
export function prepareProcess(): void {
  // Node.js ignores what it does not handle as the first process of a container, which `docker stop` ends with SIGTERM.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt)
  // Otherwise Node.js prints the code and exits with 1, which is the exit code of a finding.
  process.on('uncaughtException', (error) => {
    endWith(error)
    process.exit()
  })
  // oclif throws what is not EPIPE.
  process.stdout.removeAllListeners('error').on('error', failedOutput)
  if (Reflect.get(process.stdout, '_type') === 'fs') process.stdout._write = writeWhole
  // A message that cannot be written does not change the exit code.
  process.stderr.removeAllListeners('error').on('error', () => {})
}

/** Node.js writes once to a file, so that what no longer fits on the disk would be missing without an error. */
function writeWhole(chunk: Uint8Array, _: string, done: (error?: Error) => void): void {
  let failure: Error | undefined
  try {
    writeFileSync(process.stdout.fd, chunk)
  } catch (error) {
    if (error instanceof Error) failure = error
  }
  done(failure)
}

/**
 * The progress line is erased, so that the prompt starts on a clean line. `process.exit` waits for a file that is being
 * opened, such as a pipe without a writer, so the process ends by the signal itself, for which shells report 130. On
 * Windows, and as the first process of a container, it does not end this way.
 */
function interrupt(signal: 'SIGINT' | 'SIGTERM'): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
  const code = signal === 'SIGINT' ? EXIT.interrupted : TERMINATED
  process.removeAllListeners(signal).emit('exit', code)
  if (process.platform !== 'win32') process.kill(process.pid, signal)
  process.exit(code)
}

/** As shells report SIGTERM. */
const TERMINATED = 143

/** As in `ssm-doctor … | head -1`, or `ssm-doctor … > /dev/full`. */
function failedOutput(error: NodeJS.ErrnoException): void {
  const {says, code} = endingOfOutput(error)
  if (says !== undefined) process.stderr.write(`${says}\n`)
  process.exit(code === 0 ? process.exitCode : code)
}

/** Prints why a run failed, with the command and its flags if one was run. */
export function endWith(error: unknown, running?: Parameters<typeof endingOf>[2]): void {
  end(endingOf(error, process.env.SSM_DOCTOR_DEBUG === '1', running))
}

export function end({says, code}: ReturnType<typeof endingOf>): void {
  // A stack has lines of its own.
  if (says?.includes('\n')) process.stderr.write(`${says}\n`)
  else if (says !== undefined) notice(says)
  process.exitCode = code
}
