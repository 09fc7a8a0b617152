import {isAccessError} from '../../collect/client/errors.ts'
import {codeOf} from '../../util/error-code.ts'
import {didYouMean} from '../../util/nearest.ts'
import {plain} from '../../util/plain-text.ts'
import {redactSecrets} from '../../util/redact-secrets.ts'
import {isUsageError} from '../../util/usage-error.ts'
import {EXIT} from './exit-code.ts'

const WHERE_TO_REPORT = 'https://github.com/ssm-doctor/ssm-doctor/issues'

/** How a failed run ends: the message for stderr, and the exit code. */
interface Ending {
  readonly says?: string
  readonly code: number
}

/** The command that was run, if any, and its flags. */
interface Running {
  readonly command?: string | undefined
  readonly flags?: readonly string[]
}

export function endingOf(error: unknown, debug: boolean, {command = '', flags = []}: Running = {}): Ending {
  if (isUsageError(error) || isAccessError(error)) return {says: sentence(error.message), code: EXIT.usage}
  const {name, code, message, exit} = fieldsOf(error)
  if (code === 'EEXIT') return {code: exit ?? 0}
  if (name === 'AbortError') return {code: EXIT.interrupted}
  if (exit === EXIT.usage) {
    const typed = unknownFlagsOf(error)
    return endingOfParsing(typed === undefined ? message : unknownFlags(typed, flags), command)
  }
  if (SYSTEM.has(code)) return {says: message, code: EXIT.usage}
  return {says: bug(error, message, debug), code: EXIT.bug}
}

/** What the operating system reports for a file that cannot be read or written. */
const SYSTEM: ReadonlySet<string> = new Set(['EACCES', 'EISDIR', 'ENOENT', 'ENOSPC', 'ENOTDIR', 'EPERM', 'EROFS'])

function bug(error: unknown, message: string, debug: boolean): string {
  // A stack is copied into an issue as it is.
  if (debug && error instanceof Error && error.stack) return redactSecrets(error.stack)
  return `Internal error (${message}). Please report it at ${WHERE_TO_REPORT}, with the output of SSM_DOCTOR_DEBUG=1.`
}

const endingOfParsing = (message: string, command: string): Ending => ({
  says: `${message} See ${['ssm-doctor', command, '--help'].filter(Boolean).join(' ')}.`,
  code: EXIT.usage,
})

/** The end of a run with flags that the command does not have. */
export const endingOfUnknownFlags = (typed: readonly string[], known: readonly string[], command: string): Ending =>
  endingOfParsing(unknownFlags(typed, known), command)

function unknownFlags(typed: readonly string[], known: readonly string[]): string {
  const names = [...new Set(typed.map((flag) => plain(redactSecrets(flag))))]
  const [first = ''] = names
  return `Unknown flag ${names.join(', ')}.${names.length === 1 ? didYouMean(first, known) : ''}`
}

/** oclif names the flags that the command does not have. */
function unknownFlagsOf(error: unknown): readonly string[] | undefined {
  const flags: unknown = error instanceof Error && 'flags' in error ? error.flags : undefined
  if (!Array.isArray(flags) || !flags.every((flag) => typeof flag === 'string') || flags.length === 0) return undefined
  return flags
}

/** An error on standard output: the reader has closed it, or the disk is full. */
export function endingOfOutput({code, message}: NodeJS.ErrnoException): Ending {
  return code === 'EPIPE' ? {code: 0} : {says: `Cannot write the report: ${plain(message)}.`, code: EXIT.usage}
}

interface Fields {
  readonly name: string
  readonly code: string
  readonly message: string
  /** The exit code of oclif's own errors: 2 for usage errors. */
  readonly exit: number | undefined
}

function fieldsOf(error: unknown): Fields {
  if (!(error instanceof Error)) return {name: '', code: '', message: plain(String(error)), exit: undefined}
  const exit: unknown =
    'oclif' in error && typeof error.oclif === 'object' && error.oclif && Reflect.get(error.oclif, 'exit')
  return {
    name: error.name,
    code: codeOf(error),
    message: sentence(error.message),
    exit: typeof exit === 'number' ? exit : undefined,
  }
}

/** oclif's messages begin with a heading and end in lists and hints, without a period. */
const sentence = (message: string): string => {
  const line = plain(
    redactSecrets(message)
      .replace(/^The following errors? occurred:\n/, '')
      .replace(/\nSee more help with --help$/, '')
      .trim()
      .replace(/^All of the following must be provided when using (--\S+): (?=--\S+$)/, '$1 needs ')
      .replace(/(?<=Missing required flag )(?=\w)/g, '--')
      .replaceAll(/(--[\w-]+)=.*? cannot also be provided when using (--[\w-]+)/g, '$1 and $2 cannot be combined')
      .replace(/^Missing \d+ required args?:\n\s*(\S+) +([^\n]*)[\s\S]*$/, 'Missing argument $1: $2')
      .replace(
        /^command (?:audit|inspector|preflight):(.+) not found$/,
        'Unexpected argument: $1. Account files follow --account',
      )
      .replace(/^command [\w-]+:(.+) not found$/, 'Unexpected argument: $1')
      .replace(/^Parsing (--\S+)\s*\n\s*Expected (.*) but received: /, '$1: expected $2, found ')
      .replaceAll(/\s*\n\s*/g, '; '),
  )
  return /[.!?]$/.test(line) ? line : `${line}.`
}
