import {readdir as readdirCallback, stat as statCallback} from 'node:fs'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {codeOf, thrownMessage} from '../util/error-code.ts'
import {usageError} from '../util/usage-error.ts'
import {MAGIC, noSuchFile} from './no-such-file.ts'

/** A start loads Node's own promises of files for two milliseconds. */
const readdir = promisify(readdirCallback)
const stat = promisify(statCallback)

/** Something to read: a file, or standard input if there is no path. */
export interface Source {
  readonly name: string
  readonly path?: string
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  ENOTDIR: 'part of the path is not a folder',
  EMFILE: 'too many files are open',
}

/** Why a file cannot be read, as a message. */
export function whyUnreadable(error: unknown): string {
  return REASONS[codeOf(error)] ?? thrownMessage(error)
}

/** Which files of a folder are used, and their description. */
export interface FileKind {
  readonly pattern: RegExp
  readonly extensions: string
}

const ACCOUNT_FILE: FileKind = {pattern: /\.json(?:\.gz)?$/i, extensions: '.json or .json.gz'}

const kindOf = async (path: string): Promise<'file' | 'folder' | undefined> => {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file'
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'].includes(codeOf(error))) return undefined
    throw usageError(`${path}: ${whyUnreadable(error)}`)
  }
}

/** `{a,b}` as the alternatives it stands for. */
function alternativesOf(pattern: string): readonly string[] {
  const braces = /\{([^{}]*,[^{}]*)\}/.exec(pattern)
  if (braces?.[1] === undefined) return [pattern]
  const [before, after] = [pattern.slice(0, braces.index), pattern.slice(braces.index + braces[0].length)]
  return braces[1].split(',').flatMap((one) => alternativesOf(`${before}${one}${after}`))
}

/** One path segment of a shell pattern; a leading dot has to be written out. */
function segmentMatcher(segment: string): (name: string) => boolean {
  const source = segment.replaceAll(/\[!?[^\]]*\]|[\s\S]/g, (part) => {
    if (part === '*') return '[^]*?'
    if (part === '?') return '[^]'
    if (part.length > 1) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\')
    return part.replace(/[\\^$.*+?()[\]{}|]/, '\\$&')
  })
  const pattern = new RegExp(`^${source.replaceAll(/(?:\[\^\]\*\?)+/g, '[^]*?')}$`)
  return (name) => pattern.test(name) && (segment.startsWith('.') || !name.startsWith('.'))
}

const listed = (folder: string) => readdir(folder === '' ? '.' : folder, {withFileTypes: true})

const entriesOf = (folder: string) => listed(folder).catch(() => [])

async function matches(base: string, segments: readonly string[]): Promise<readonly string[]> {
  const [segment, ...rest] = segments
  if (segment === undefined) return (await kindOf(base)) === 'file' ? [base] : []
  if (segment === '**') return await matchesBelow(base, rest)
  if (!MAGIC.test(segment)) return await matches(join(base, segment), rest)
  const fits = segmentMatcher(segment)
  const names = (await entriesOf(base)).map(({name}) => name).filter(fits)
  return (await Promise.all(names.sort().map((name) => matches(join(base, name), rest)))).flat()
}

/** `**` matches any number of folders, also none; links are not followed, so loops end. */
async function matchesBelow(base: string, rest: readonly string[]): Promise<readonly string[]> {
  const folders = (await entriesOf(base)).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
  const here = await matches(base, rest)
  const below = await Promise.all(folders.map(({name}) => matchesBelow(join(base, name), rest)))
  return [...here, ...below.flat()]
}

/**
 * Where a pattern starts, and its segments. On Windows `\\` separates folders too, and a path may start with a drive.
 */
export function globOf(
  pattern: string,
  isWindows = process.platform === 'win32',
): {readonly base: string; readonly segments: readonly string[]} {
  const text = isWindows ? pattern.replaceAll('\\', '/') : pattern
  const [drive = ''] = (isWindows && /^[a-z]:(?=\/)/i.exec(text)) || []
  const path = text.slice(drive.length)
  return {base: `${drive}${path.startsWith('/') ? '/' : ''}`, segments: path.split('/').filter(Boolean)}
}

async function matchesOf(pattern: string): Promise<readonly Source[]> {
  const found = await Promise.all(
    alternativesOf(pattern).map((one) => {
      const {base, segments} = globOf(one)
      return matches(base, segments)
    }),
  )
  return [...new Set(found.flat())].sort().map((path) => ({name: path, path}))
}

/** A folder that cannot be listed counts as a file that cannot be read, so that it is reported as one. */
async function filesIn(folder: string, kind: FileKind): Promise<readonly string[]> {
  const all = await listed(folder).catch(() => undefined)
  if (all === undefined) return [folder]
  const entries = all.filter(({name}) => !name.startsWith('.') && name !== 'node_modules')
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return await filesIn(path, kind)
      return kind.pattern.test(entry.name) && (await kindOf(path)) === 'file' ? [path] : []
    }),
  )
  return found.flat().sort()
}

/** The files that one value of `--account` or `--flow-logs` names, in a steady order. */
export async function sourcesOf(source: string, expected: FileKind = ACCOUNT_FILE): Promise<readonly Source[]> {
  if (source === '-') return [{name: 'standard input'}]
  const kind = await kindOf(source)
  if (kind === 'file') return [{name: source, path: source}]
  const found =
    kind === 'folder'
      ? (await filesIn(source, expected)).map((path) => ({name: path, path}))
      : MAGIC.test(source)
        ? await matchesOf(source)
        : undefined
  if (found === undefined) throw noSuchFile(source)
  if (found.length === 0)
    throw usageError(
      kind === 'folder' ? `${source}: the folder holds no ${expected.extensions} file.` : `${source}: no file matches.`,
    )
  return found
}
