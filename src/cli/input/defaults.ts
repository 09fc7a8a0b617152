import {existsSync, readFileSync} from 'node:fs'
import {dirname, isAbsolute, join} from 'node:path'
import type {Command} from '@oclif/core/command'
import {parseJson} from '../../account-file/json-text.ts'
import {noSuchFile} from '../../account-file/no-such-file.ts'
import {whyUnreadable} from '../../account-file/sources.ts'
import {textOf} from '../../util/decode-text.ts'
import {isObject, type JsonObject} from '../../util/json.ts'
import {didYouMean} from '../../util/nearest.ts'
import {usageError} from '../../util/usage-error.ts'
import {AUDIT_FORMATS} from '../fleet/formats.ts'
import {PLAN_FORMATS} from '../output/plan-formats.ts'
import {REPORT_FORMATS} from '../output/report-formats.ts'

const CONFIG_FILE = '.ssm-doctor.json'
const PREFIX = 'SSM_DOCTOR_'

/** For troubleshooting, and for the script of the GitHub Action. */
const OTHER_USES: ReadonlySet<string> = new Set(['SSM_DOCTOR_DEBUG', 'SSM_DOCTOR_TOOL'])

/** The flags for environment and preferences; all others belong to a single run. */
export const KEYS: readonly string[] = [
  ...['region', 'all-regions', 'exclude-region', 'profile', 'role-arn', 'role-name', 'external-id', 'exclude-account'],
  ...['network-timeout', 'concurrency', 'tag', 'include-stopped', 'owner-tag', 'suppress', 'fail-on'],
  ...['format', 'prefer', 'remedy', 'no-color'],
]

/** Paths in a file are relative to it. */
const PATHS: ReadonlySet<string> = new Set(['suppress'])

export const variableOf = (key: string): string => `${PREFIX}${key.replaceAll('-', '_').toUpperCase()}`

/** A default, and where it is set. */
export interface Default {
  readonly key: string
  readonly values: readonly string[]
  readonly from: string
  /** The only command that it applies to. */
  readonly command?: string
}

type Flags = (typeof Command)['flags']
type Flag = Flags[string]

/** Variables come before the file, and what the file sets for one command before what it sets for all. */
export function defaultsFor(command: string, sources: Sources): readonly Default[] {
  const found = new Map<string, Default>()
  for (const one of [...inFile(sources), ...inEnvironment(sources.env)])
    if (one.command === undefined || one.command === command) found.set(one.key, one)
  return [...found.values()].toSorted((a, b) => KEYS.indexOf(a.key) - KEYS.indexOf(b.key))
}

interface Sources {
  /** The file that `--config` names; otherwise the one in the current folder, if there is one. */
  readonly file: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly commands: readonly string[]
}

const inEnvironment = (env: Sources['env']): readonly Default[] =>
  KEYS.flatMap((key) => {
    const value = env[variableOf(key)]
    return value === undefined || value === '' ? [] : [{key, values: value.split(','), from: variableOf(key)}]
  })

/** Variables that look like settings but set nothing, such as mistyped ones: a sentence each. */
export function unusedVariables(env: Sources['env']): readonly string[] {
  const known: readonly string[] = KEYS.map(variableOf)
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !OTHER_USES.has(name) && !known.includes(name))
    .map((name) => {
      const key = name.slice(PREFIX.length).toLowerCase().replaceAll('_', '-')
      return `${name} sets no default.${didYouMean(key, KEYS, variableOf)}`
    })
}

function inFile({file, commands}: Sources): readonly Default[] {
  if (file === undefined && !existsSync(CONFIG_FILE)) return []
  const name = file ?? CONFIG_FILE
  const json = parseJson(name, contentOf(name))
  if (!isObject(json)) throw usageError(`${name}: expected an object of flags and values.`)
  const own = Object.entries(json).filter(([key]) => !commands.includes(key))
  const ofCommands = Object.entries(json).filter(([key]) => commands.includes(key))
  return [
    ...own.map(([key, value]) => entry(name, key, value)),
    ...ofCommands.flatMap(([command, values]) => {
      if (!isObject(values)) throw usageError(`${name}: ${command}: expected an object of flags and values.`)
      return Object.entries(values).map(([key, value]) => ({...entry(name, key, value), command}))
    }),
  ]
}

/** Windows PowerShell writes UTF-16, or UTF-8 with a byte order mark. */
function contentOf(name: string): string {
  try {
    return textOf(readFileSync(name))
  } catch (error) {
    throw name === '' ? noSuchFile(name) : usageError(`${name}: ${whyUnreadable(error)}`)
  }
}

function entry(file: string, key: string, value: JsonObject[string]): Default {
  if (!KEYS.includes(key)) throw usageError(`${file}: ${key} cannot be set here.${didYouMean(key, KEYS)}`)
  const values = (Array.isArray(value) ? value : [value]).map((one: unknown) => {
    if (typeof one !== 'string' && typeof one !== 'number' && typeof one !== 'boolean')
      throw usageError(`${file}: ${key}: expected text, a number, true or false, or a list of texts.`)
    return PATHS.has(key) && !isAbsolute(String(one)) ? join(dirname(file), String(one)) : String(one)
  })
  return {key, values, from: file}
}

/** The typed arguments, followed by the defaults that do not conflict with them. */
export function withDefaults(argv: readonly string[], flags: Flags, defaults: readonly Default[]): readonly string[] {
  const typed = typedIn(argv, flags)
  const possible = defaults.filter(({key}) => {
    const flag = flags[key]
    return flag !== undefined && !typed.has(key) && !excludes(key, flags, typed) && applies(key, flags, typed)
  })
  const given = new Set([...typed, ...possible.map(({key}) => key)])
  // An external ID is for a role, which a file does not need.
  const used = possible.filter(({key}) => (flags[key]?.dependsOn ?? []).every((other) => given.has(other)))
  const args = used.flatMap((one) => argumentsOf(one, flags[one.key]!))
  const end = argv.indexOf('--')
  return end < 0 ? [...argv, ...args] : [...argv.slice(0, end), ...args, ...argv.slice(end)]
}

function typedIn(argv: readonly string[], flags: Flags): ReadonlySet<string> {
  const byLetter = new Map(
    Object.entries(flags).flatMap(([name, {char}]) => (char ? [[char as string, name]] : [])) as [string, string][],
  )
  return new Set(
    argv.flatMap((word) => {
      const [, long, letter] = /^(?:--(?:no-(?!color))?([\w-]+)|-([a-z]))/.exec(word) ?? []
      return long ?? byLetter.get(letter ?? '') ?? []
    }),
  )
}

/**
 * `--json` is a format, whatever the default format is. Where AWS is queried by default neither selects among account
 * files nor overrides the Region of a Terraform plan, whose resources would all be elsewhere.
 */
const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  format: ['json', 'quiet', 'brief', 'script', 'watch'],
  region: ['account', 'terraform'],
}

const excludes = (key: string, flags: Flags, typed: ReadonlySet<string>): boolean =>
  [...typed].some(
    (other) =>
      exclusiveOf(flags[key]).includes(other) ||
      exclusiveOf(flags[other]).includes(key) ||
      (IMPLIED[key] ?? []).includes(other),
  )

/** What is set for the accounts of an organization is no part of a run that examines one account. */
const FOR_MANY: ReadonlySet<string> = new Set(['role-name', 'exclude-account'])
const ACCOUNTS = ['organization', 'organizational-unit', 'accounts-from']

const applies = (key: string, flags: Flags, typed: ReadonlySet<string>): boolean =>
  !FOR_MANY.has(key) || !ACCOUNTS.some((one) => one in flags) || ACCOUNTS.some((one) => typed.has(one))

const exclusiveOf = (flag: Flag | undefined): readonly string[] => flag?.exclusive ?? []

function argumentsOf({key, values, from}: Default, flag: Flag): readonly string[] {
  if (flag.type === 'boolean') return isTrue(values[0], key, from) ? [`--${key}`] : []
  const options: readonly string[] | undefined = flag.options
  // A format that the command does not have is for another one.
  const known = key === 'format' ? FORMATS : options
  const odd = known && values.find((value) => !known.includes(value))
  if (known && odd !== undefined)
    throw usageError(`${from}: ${key}: expected one of ${known.join(', ')}, found "${odd}".`)
  const own = options ? values.filter((value) => options.includes(value)) : values
  return (flag.multiple ? own : own.slice(0, 1)).map((value) => `--${key}=${value}`)
}

const FORMATS: readonly string[] = Object.keys({...REPORT_FORMATS, ...PLAN_FORMATS, ...AUDIT_FORMATS})

function isTrue(value: string | undefined, key: string, from: string): boolean {
  if (value === 'true' || value === '1') return true
  if (value === 'false' || value === '0') return false
  throw usageError(`${from}: ${key}: expected true or false, found "${value}".`)
}
