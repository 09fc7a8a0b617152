import {createReadStream, readFile as readFileCallback, stat as statCallback} from 'node:fs'
import type {Readable} from 'node:stream'
import {promisify} from 'node:util'
import {isAccountId} from '../model/ids.ts'
import {textOf} from '../util/decode-text.ts'
import {codeOf, thrownMessage} from '../util/error-code.ts'
import {standardInputTwice, usageError} from '../util/usage-error.ts'
import {parseJson} from './json-text.ts'
import {
  type AccountFile,
  type AccountOptions,
  type Accounts,
  contentOf,
  isEmpty,
  parseAccounts,
} from './parse-accounts.ts'
import {type Source, sourcesOf, whyUnreadable} from './sources.ts'

export type {Accounts} from './parse-accounts.ts'

/** The longest string of V8, minus what decoding may add. */
const LARGEST = 512 * 1024 * 1024 - 64

const tooLarge = (name: string) => usageError(`${name}: larger than 512 MB; split it into several files.`)

// A start loads Node's own promises of files, and streams of them, for three milliseconds.
const stat = promisify(statCallback)
const readToEnd = promisify(readFileCallback)

/** Pipes and devices are read piece by piece, because they do not say how long they are. */
async function bytesIn(name: string, path: string): Promise<Buffer> {
  const found = await stat(path)
  if (!found.isFile()) return bytesOf(name, createReadStream(path, {highWaterMark: CHUNK_BYTES}))
  if (found.size > LARGEST) throw tooLarge(name)
  return readToEnd(path)
}

async function bytesOf(name: string, stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk)
    size += bytes.length
    if (size > LARGEST) throw tooLarge(name)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks, size)
}

export const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

async function unpacked(name: string, bytes: Buffer): Promise<Buffer> {
  if (!isGzip(bytes)) return bytes
  // Code from the cache of a start cannot import.
  const {gunzip} = process.getBuiltinModule('node:zlib')
  try {
    return await promisify(gunzip)(bytes, {maxOutputLength: LARGEST})
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(name)
    throw usageError(`${name}: expected gzip data, found a damaged archive (${thrownMessage(error)})`)
  }
}

const CHUNK_BYTES = 1024 * 1024

const taken = new WeakSet<Readable>()

function once(input: Readable): Readable {
  if (taken.has(input)) throw standardInputTwice()
  taken.add(input)
  return input
}

/** The text of one file, also compressed or in UTF-16, or one sentence on why there is none. */
export async function readText({name, path}: Source, stdin?: Readable): Promise<string> {
  try {
    const bytes = await (path === undefined ? bytesOf(name, once(stdin ?? process.stdin)) : bytesIn(name, path))
    return textOf(await unpacked(name, bytes))
  } catch (error) {
    if (codeOf(error) === '') throw error
    throw usageError(`${name}: ${whyUnreadable(error)}`)
  }
}

/** The JSON of one file, none where it is empty. */
export async function readFile(source: Source, stdin?: Readable): Promise<AccountFile> {
  const {name, path} = source
  const text = await readText(source, stdin)
  return {name, json: text.trim() === '' && path !== undefined ? undefined : parseJson(name, text)}
}

/** Whether a file is examined where its folder is, which may also hold reports. */
export const holdsAccount = async (source: Source): Promise<boolean> => !isEmpty(contentOf(await readFile(source)))

interface ReadOptions extends AccountOptions {
  readonly stdin?: Readable
}

async function checked(source: string): Promise<string> {
  if (isAccountId(source) && !(await stat(source).catch(() => undefined)))
    throw usageError(
      `--account takes a file, a folder, a quoted pattern or -, and ${source} looks like an account id. ` +
        'To examine another account over AWS, use --profile or --role-arn.',
    )
  return source
}

/** The files that files, folders, patterns and standard input (`-`) stand for. */
export async function filesOf(sources: readonly string[]): Promise<readonly Source[]> {
  const files: Source[] = []
  for (const source of sources) files.push(...(await sourcesOf(await checked(source))))
  return files
}

/** The accounts in files, folders, patterns and standard input (`-`), without any call to AWS. */
export async function readAccounts(sources: readonly string[], options: ReadOptions = {}): Promise<Accounts> {
  const {stdin, now = new Date().toISOString(), region} = options
  const files: AccountFile[] = []
  for (const source of await filesOf(sources)) files.push(await readFile(source, stdin))
  return parseAccounts(files, {region, now})
}
