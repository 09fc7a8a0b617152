import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import {basename, dirname, isAbsolute, join} from 'node:path'
import {Script} from 'node:vm'

/**
 * The folder of this user for compiled code, in `$XDG_CACHE_HOME` or `~/.cache`. None if there is no home, if
 * Node.js is configured not to store such code, and on Windows, whose files have no modes.
 */
export function cacheFolderIn(env: NodeJS.ProcessEnv): string | undefined {
  const {XDG_CACHE_HOME: named = '', HOME: home = '', NODE_DISABLE_COMPILE_CACHE: isOff} = env
  const base = isAbsolute(named) ? named : isAbsolute(home) ? join(home, '.cache') : undefined
  return base === undefined || isOff || process.getuid === undefined ? undefined : join(base, 'ssm-doctor')
}

interface Found {
  readonly uid: number
  readonly mode: number
}

/** Code that another user may have written is never run, and no other user needs to read it. */
const isPrivate = ({uid, mode}: Found): boolean => uid === process.getuid?.() && (mode & 0o077) === 0

const isOwn = (path: string): boolean => statSync(path).uid === process.getuid?.()

/**
 * Whether the folder already existed. The first run creates it, so a machine that runs once writes nothing else. Nothing
 * is created in the home of another user, where sudo may run: their own programs could not write to a `~/.cache` of root.
 */
function isReady(folder: string): boolean {
  try {
    const found = lstatSync(folder, {throwIfNoEntry: false})
    if (found) return found.isDirectory() && isPrivate(found)
    const base = dirname(folder)
    const isMissing = !existsSync(base)
    if (!isOwn(isMissing ? dirname(base) : base)) return false
    if (isMissing) mkdirSync(base, {mode: 0o700})
    mkdirSync(folder, {mode: 0o700})
  } catch {
    // The home is read-only or does not exist.
  }
  return false
}

interface NodeModule {
  /** From Node.js 22.1 on. */
  readonly enableCompileCache?: (folder: string) => unknown
}

/** Node.js also stores compiled modules, by default in a folder for temporary files that all users share. */
export function keepModules({enableCompileCache}: NodeModule): void {
  const folder = cacheFolderIn(process.env)
  if (enableCompileCache && folder !== undefined && isReady(folder)) enableCompileCache(folder)
}

/** A CommonJS bundle that was loaded, and the function that stores its compiled code after it ran. */
interface Loaded {
  readonly exports: unknown
  readonly keep: () => void
}

/**
 * Loads a bundle with the code that V8 compiled in an earlier run, which takes half as long. V8 itself detects code of
 * another version or with other flags, but not damaged code or that of another program of the same length: the cache
 * begins with a hash of the program and the code. Each kind of run compiles other functions, so it has its own cache.
 */
export function loadWithCache(file: string, folder: string | undefined, require: NodeJS.Require, kind: string): Loaded {
  if (folder === undefined || !isReady(folder)) return {exports: require(file), keep: () => {}}
  const source = readFileSync(file)
  const cache = join(folder, `${basename(file)}-${kind}-${process.versions.v8}-${process.arch}`)
  const cachedData = codeIn(cache, source)
  const script = new Script(`(function(exports,require,module,__filename,__dirname){${source}\n})`, {
    filename: file,
    ...(cachedData && {cachedData}),
  })
  const module = {exports: {}}
  script.runInThisContext()(module.exports, require, module, file, dirname(file))
  const isValid = cachedData !== undefined && script.cachedDataRejected === false
  return {exports: module.exports, keep: isValid ? () => {} : () => writeCode(cache, source, script.createCachedData())}
}

const HASH_LENGTH = 32

/** Loaded here, because most starts hash nothing. */
const hashOf = (source: Buffer, code: Buffer): Buffer =>
  process.getBuiltinModule('node:crypto').createHash('sha256').update(source).update(code).digest()

/** The code in a cache, unless the file is not this user's alone or anything in it or in the program has changed. */
function codeIn(cache: string, source: Buffer): Buffer | undefined {
  let file: number | undefined
  try {
    file = openSync(cache, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const found = fstatSync(file)
    if (!found.isFile() || !isPrivate(found)) return undefined
    const bytes = readFileSync(file)
    const code = bytes.subarray(HASH_LENGTH)
    return hashOf(source, code).equals(bytes.subarray(0, HASH_LENGTH)) ? code : undefined
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Completely or not at all; without write permission there is no cache, and the run ends as it would otherwise. */
function writeCode(cache: string, source: Buffer, code: Buffer): void {
  const draft = `${cache}.${process.pid}`
  const isWritten = succeeds(() => {
    writeFileSync(draft, Buffer.concat([hashOf(source, code), code]), {flag: 'wx', mode: 0o600})
    renameSync(draft, cache)
  })
  if (!isWritten) succeeds(() => rmSync(draft, {force: true}))
}

function succeeds(act: () => void): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}
