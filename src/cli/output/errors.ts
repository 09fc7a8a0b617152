import {isAccessError} from '../../collect/errors.ts'
import {plain} from '../../util/plain-text.ts'
import {redactSecrets} from '../../util/redact-secrets.ts'
import {isUsageError, usageError} from '../../util/usage-error.ts'
import {EXIT} from './exit-code.ts'

const WHERE_TO_REPORT = 'the issue tracker of ssm-doctor'

/** How a run ends that could not do what was asked: the words for stderr, and the exit code. */
export interface Ending {
  readonly says?: string
  readonly code: number
}

/** `command` is the one that was typed, where one was. */
export function endingOf(error: unknown, debug: boolean, command = ''): Ending {
  const {name, code, message, exit} = fieldsOf(error)
  if (code === 'EEXIT') return {code: exit ?? 0}
  if (name === 'AbortError') return {code: EXIT.interrupted}
  if (isUsageError(error) || isAccessError(error)) return {says: message, code: EXIT.usage}
  if (exit === EXIT.usage)
    return {says: `${message} See ${['ssm-doctor', command, '--help'].filter(Boolean).join(' ')}.`, code: EXIT.usage}
  if (SYSTEM.has(code)) return {says: message, code: EXIT.usage}
  return {says: bug(error, message, debug), code: EXIT.bug}
}

/** What the machine answers to a file that cannot be written: the person's to put right. */
const SYSTEM: ReadonlySet<string> = new Set(['EACCES', 'EISDIR', 'ENOENT', 'ENOSPC', 'ENOTDIR', 'EPERM', 'EROFS'])

function bug(error: unknown, message: string, debug: boolean): string {
  // A stack is copied into an issue as it is.
  if (debug && error instanceof Error && error.stack) return redactSecrets(error.stack)
  return `This is a bug of ssm-doctor (${message}): report it to ${WHERE_TO_REPORT} with what SSM_DOCTOR_DEBUG=1 prints in its place.`
}

interface Fields {
  readonly name: string
  readonly code: string
  readonly message: string
  /** The exit code that oclif gives its own errors: 2 for wrong usage. */
  readonly exit: number | undefined
}

function fieldsOf(error: unknown): Fields {
  if (!(error instanceof Error)) return {name: '', code: '', message: plain(String(error)), exit: undefined}
  const exit: unknown =
    'oclif' in error && typeof error.oclif === 'object' && error.oclif && Reflect.get(error.oclif, 'exit')
  return {
    name: error.name,
    code: 'code' in error && typeof error.code === 'string' ? error.code : '',
    message: sentence(error.message),
    exit: typeof exit === 'number' ? exit : undefined,
  }
}

/** oclif's messages begin with a heading, and end in lists, hints and no full stop. */
const sentence = (message: string): string => {
  const line = plain(
    redactSecrets(message)
      .replace(/^The following errors? occurred:\n/, '')
      .replace(/\nSee more help with --help$/, '')
      .trim()
      .replace(/^All of the following must be provided when using (--\S+): (?=--\S+$)/, '$1 needs ')
      .replace(/(?<=Missing required flag )(?=\w)/g, '--')
      .replaceAll(/\s*\n\s*/g, '; '),
  )
  return /[.!?]$/.test(line) ? line : `${line}.`
}

/** An option that takes one of a few values, or none of them. */
export const notOneOf = (what: string, given: string, known: readonly string[]): Error =>
  usageError(`There is no ${what} "${given}". There are: ${known.join(', ')}.`)
