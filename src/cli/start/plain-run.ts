import type {ReportFlags} from '../input/flags.ts'
import {routeArgv} from '../route.ts'

/** A command by its id, with the names of its flags. */
export type KnownFlags = Readonly<Record<string, readonly string[]>>

/** The options of an examination of account files without oclif. */
export interface PlainFlags extends Omit<ReportFlags, 'format'> {
  readonly account: readonly string[]
  readonly region?: string | undefined
  readonly format: 'text' | 'json'
}

/** The options of an audit of account files without oclif. */
export interface PlainAuditFlags {
  readonly account: readonly string[]
  readonly region: readonly string[] | undefined
  readonly format: 'table' | 'json'
  readonly 'no-color': boolean
}

/** A run in one of the forms that need no framework: the parsed arguments. */
export type PlainRun =
  | {readonly kind: 'version'}
  | {readonly kind: 'help'; readonly command: string}
  | {readonly kind: 'unknown-flags'; readonly command: string; readonly flags: readonly string[]}
  | {readonly kind: 'explain'; readonly id: string | undefined; readonly 'no-color': boolean}
  | {readonly kind: 'examine'; readonly words: readonly string[]; readonly flags: PlainFlags}
  | {readonly kind: 'audit'; readonly flags: PlainAuditFlags}

const HELP: ReadonlySet<string | undefined> = new Set(['--help', '-h'])
const VERSION: ReadonlySet<string | undefined> = new Set(['--version', '-v'])

/** The run of these arguments, if it is a plain one; oclif handles anything else, and doubtful cases. */
export function plainRunOf(argv: readonly string[], known: KnownFlags): PlainRun | undefined {
  const routed = routeArgv(argv, Object.keys(known))
  const [first = '', ...rest] = routed
  if (routed.length === 1 && VERSION.has(first)) return {kind: 'version'}
  if (routed.length === 1 && HELP.has(first)) return {kind: 'help', command: ''}
  const flags = known[first]
  if (flags === undefined) return undefined
  if (rest.length === 1 && HELP.has(rest[0])) return {kind: 'help', command: first}
  if (first === 'diagnose') return examinationOf(rest, flags)
  if (first === 'audit') return auditOf(rest, flags)
  if (rest.length === 1 && isUnknown(rest[0] ?? '', flags)) return {kind: 'unknown-flags', command: first, flags: rest}
  return first === 'explain' ? explanationOf(rest) : undefined
}

/** A long flag that the command does not have; what every command has is not listed. */
const isUnknown = (word: string, flags: readonly string[]): boolean =>
  /^--[a-z][a-z-]*$/.test(word) && !flags.includes(word) && word !== '--config' && word !== '--help'

const isWord = (text = '') => text !== '' && !text.startsWith('-')

function explanationOf(argv: readonly string[]): PlainRun | undefined {
  const words = argv.filter((text) => text !== '--no-color')
  const [id] = words
  if (words.length > 1 || argv.length - words.length > 1 || !words.every(isWord)) return undefined
  return {kind: 'explain', id, 'no-color': argv.length > words.length}
}

const EXAMINATION_SWITCHES = ['--json', '--verbose', '--quiet', '--brief', '--no-color']
const AUDIT_SWITCHES = ['--json', '--no-color']
const VALUES: readonly string[] = ['--region', '--format']

/** Flags that exclude each other. oclif names them. */
const EXCLUSIVE: readonly (readonly [string, string])[] = [
  ['--verbose', '--quiet'],
  ['--brief', '--quiet'],
  ['--brief', '--verbose'],
  ['--brief', '--json'],
]

function examinationOf(argv: readonly string[], known: readonly string[]): PlainRun | undefined {
  const typed = typedIn(argv, known, EXAMINATION_SWITCHES)
  if (typed === undefined) return undefined
  const {words, accounts, switches, values, unknown} = typed
  const format = values.get('--format') ?? 'text'
  if (format !== 'text' && format !== 'json') return undefined
  if (EXCLUSIVE.some((pair) => pair.every((name) => switches.has(name)))) return undefined
  if (isAnotherFormat(typed)) return undefined
  if (unknown.length > 0) return {kind: 'unknown-flags', command: 'diagnose', flags: unknown}
  const flags = {
    account: accounts,
    region: values.get('--region'),
    format,
    json: switches.has('--json'),
    verbose: switches.has('--verbose'),
    quiet: switches.has('--quiet'),
    brief: switches.has('--brief'),
    'no-color': switches.has('--no-color'),
  } as const
  return {kind: 'examine', words, flags}
}

function auditOf(argv: readonly string[], known: readonly string[]): PlainRun | undefined {
  const typed = typedIn(argv, known, AUDIT_SWITCHES)
  if (typed === undefined || typed.words.length > 0) return undefined
  const {accounts, switches, values, unknown} = typed
  if (unknown.length > 0) return {kind: 'unknown-flags', command: 'audit', flags: unknown}
  const format = values.get('--format') ?? 'table'
  if (accounts.length === 0 || (format !== 'table' && format !== 'json') || isAnotherFormat(typed)) return undefined
  const region = values.get('--region')
  const flags = {
    account: accounts,
    region: region === undefined ? undefined : [region],
    format: switches.has('--json') ? 'json' : format,
    'no-color': switches.has('--no-color'),
  } as const
  return {kind: 'audit', flags}
}

/** A format beside a switch that stands for another. */
function isAnotherFormat({switches, values}: Typed): boolean {
  const format = values.get('--format')
  if (format === undefined) return false
  return (switches.has('--json') && format !== 'json') || (switches.has('--brief') && format !== 'text')
}

interface Typed {
  readonly words: readonly string[]
  readonly accounts: readonly string[]
  readonly switches: ReadonlySet<string>
  readonly values: ReadonlyMap<string, string>
  readonly unknown: readonly string[]
}

/** The parsed arguments; undefined for anything but words, these switches and the flags above, each given once. */
function typedIn(argv: readonly string[], known: readonly string[], taken: readonly string[]): Typed | undefined {
  const words: string[] = []
  const switches = new Set<string>()
  const unknown: string[] = []
  const valued = {accounts: [] as string[], values: new Map<string, string>()}
  for (let at = 0; at < argv.length; at++) {
    const text = argv[at]!
    if (taken.includes(text) && !switches.has(text)) switches.add(text)
    else if (isUnknown(text, known) && !unknown.includes(text)) unknown.push(text)
    else if (isWord(text)) words.push(text)
    else {
      const flag = flagIn(text, argv[at + 1])
      if (!isTaken(flag, valued)) return undefined
      if (!flag.isJoined) at++
    }
  }
  return {words, switches, unknown, ...valued}
}

/** Adds a flag with its value; false if it is not one of those above, or is given twice. */
function isTaken(
  {name, value}: ReturnType<typeof flagIn>,
  {accounts, values}: {readonly accounts: string[]; readonly values: Map<string, string>},
): boolean {
  if (!isWord(value)) return false
  if (name === '--account') accounts.push(value)
  else if (VALUES.includes(name) && !values.has(name)) values.set(name, value)
  else return false
  return true
}

/** `--name=value`, or `--name` with the value after it. */
function flagIn(text: string, next = '') {
  const equals = text.indexOf('=')
  if (equals < 0) return {name: text, value: next, isJoined: false}
  return {name: text.slice(0, equals), value: text.slice(equals + 1), isJoined: true}
}
