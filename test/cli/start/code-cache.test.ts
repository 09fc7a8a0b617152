import {createHash} from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {createRequire} from 'node:module'
import {join} from 'node:path'
import {Script} from 'node:vm'
import {describe, expect, it} from 'vitest'
import {cacheFolderIn, keepModules, loadWithCache} from '../../../src/cli/start/code-cache.ts'
import {aFolder} from '../../support/folder.ts'

let programs = 0

/** Two programs of the same length that no other test has: V8 remembers in a process what it has compiled. */
const twoPrograms = () => {
  programs += 1
  return [1, 2].map((value) => `exports.value = () => ${value} // ${String(programs).padStart(4)}`) as [string, string]
}

/** Code that V8 would run for any program of the same length. */
const codeOf = (source: string): Buffer => {
  const script = new Script(`(function(exports,require,module,__filename,__dirname){${source}\n})`)
  const exports = {value: () => 0}
  script.runInThisContext()(exports)
  exports.value()
  return script.createCachedData()
}

/** A cache as it would be written for a program: a hash of program and code, and the code. */
const cacheOf = (source: string, code: Buffer): Buffer =>
  Buffer.concat([createHash('sha256').update(source).update(code).digest(), code])

/** A program, and a private folder for its code; what is in the folder is up to the test. */
function aProgram() {
  const [source, other] = twoPrograms()
  const place = aFolder()
  const file = join(place, 'program.cjs')
  const folder = join(place, 'cache')
  writeFileSync(file, source)
  mkdirSync(folder, {mode: 0o700})
  const load = () => {
    const {exports, keep} = loadWithCache(file, folder, createRequire(file), 'audit')
    return {value: (exports as {value: () => number}).value(), keep}
  }
  const cache = join(folder, `program.cjs-audit-${process.versions.v8}-${process.arch}`)
  return {place, file, folder, cache, load, source, other}
}

const modeOf = (path: string): number => statSync(path).mode & 0o777

describe('the code of a program', () => {
  it('is kept for its user alone, and read by the next run', () => {
    const {cache, load, folder} = aProgram()
    load().keep()
    expect(readdirSync(folder)).toHaveLength(1)
    expect(modeOf(cache)).toBe(0o600)
    const {ino} = statSync(cache)
    const again = load()
    again.keep()
    expect(again.value).toBe(1)
    expect(statSync(cache).ino).toBe(ino)
  })

  it('is what V8 runs', () => {
    const {cache, load, source, other} = aProgram()
    writeFileSync(cache, cacheOf(source, codeOf(other)), {mode: 0o600})
    expect(load().value).toBe(2)
  })

  it('is made by the second run: the first only makes the folder, for its user alone', () => {
    const {file, place} = aProgram()
    const folder = join(place, '.cache', 'ssm-doctor')
    loadWithCache(file, folder, createRequire(file), 'audit').keep()
    expect(readdirSync(folder)).toEqual([])
    expect([folder, join(place, '.cache')].map(modeOf)).toEqual([0o700, 0o700])
    loadWithCache(file, folder, createRequire(file), 'audit').keep()
    expect(readdirSync(folder)).toHaveLength(1)
  })

  it('is not kept where a file has the name of the folder', () => {
    const {file, place} = aProgram()
    const folder = join(place, 'file')
    writeFileSync(folder, '', {mode: 0o600})
    const {exports, keep} = loadWithCache(file, folder, createRequire(file), 'audit')
    keep()
    expect((exports as {value: () => number}).value()).toBe(1)
    expect(readFileSync(folder)).toHaveLength(0)
  })

  it('is not kept where there is no home', () => {
    const {file, place} = aProgram()
    const folder = join(place, 'nowhere', '.cache', 'ssm-doctor')
    loadWithCache(file, folder, createRequire(file), 'audit').keep()
    expect(existsSync(join(place, 'nowhere'))).toBe(false)
  })

  it.runIf(process.getuid?.() === 0).each(['.', '.cache'])(
    'is not kept in the home of another user, as with sudo: %s',
    (owned) => {
      const {file} = aProgram()
      const home = aFolder()
      mkdirSync(join(home, owned), {recursive: true})
      chownSync(join(home, owned), 12_345, 12_345)
      const before = readdirSync(home, {recursive: true})
      loadWithCache(file, join(home, '.cache', 'ssm-doctor'), createRequire(file), 'audit').keep()
      expect(readdirSync(home, {recursive: true})).toEqual(before)
    },
  )

  it('is not kept where its temporary file can neither be written nor removed, and nothing fails', () => {
    const {cache, load} = aProgram()
    const {keep} = load()
    mkdirSync(join(`${cache}.${process.pid}`, 'other'), {recursive: true})
    keep()
    expect(existsSync(cache)).toBe(false)
  })
})

describe('code is not run', () => {
  it.each([
    [
      'that was made for another program of the same length',
      (_: string, other: string) => cacheOf(other, codeOf(other)),
    ],
    [
      'that is damaged',
      (source: string, other: string) =>
        cacheOf(source, codeOf(other)).map((byte, at) => (at === 100 ? byte ^ 1 : byte)),
    ],
    ['that is cut off', (source: string, other: string) => cacheOf(source, codeOf(other)).subarray(0, -1)],
    ['that is not there', () => Buffer.alloc(0)],
    ['that is shorter than a hash', () => Buffer.alloc(7)],
    ['of another V8', (source: string) => cacheOf(source, Buffer.from('nonsense'))],
  ])('%s, and is replaced', (_, written) => {
    const {cache, load, source, other} = aProgram()
    writeFileSync(cache, written(source, other), {mode: 0o600})
    const {value, keep} = load()
    expect(value).toBe(1)
    keep()
    const bytes = readFileSync(cache)
    expect(bytes).toEqual(cacheOf(source, bytes.subarray(32)))
  })

  it.each([0o644, 0o660, 0o602])('from a file of mode %o', (mode) => {
    const {cache, load, source, other} = aProgram()
    writeFileSync(cache, cacheOf(source, codeOf(other)))
    chmodSync(cache, mode)
    const {value, keep} = load()
    expect(value).toBe(1)
    keep()
    expect(modeOf(cache)).toBe(0o600)
  })

  it.each([0o755, 0o770, 0o777])('from a folder of mode %o, nor written to it', (mode) => {
    const {cache, load, folder, source, other} = aProgram()
    writeFileSync(cache, cacheOf(source, codeOf(other)), {mode: 0o600})
    chmodSync(folder, mode)
    const {ino} = statSync(cache)
    const {value, keep} = load()
    expect(value).toBe(1)
    keep()
    expect([statSync(cache).ino, readdirSync(folder).length]).toEqual([ino, 1])
  })

  it('through a symbolic link to a file', () => {
    const {cache, load, place, source, other} = aProgram()
    const linked = join(place, 'linked')
    writeFileSync(linked, cacheOf(source, codeOf(other)), {mode: 0o600})
    symlinkSync(linked, cache)
    expect(load().value).toBe(1)
  })

  it('through a symbolic link to a folder', () => {
    const {cache, folder, place, file, source, other} = aProgram()
    writeFileSync(cache, cacheOf(source, codeOf(other)), {mode: 0o600})
    const link = join(place, 'link')
    symlinkSync(folder, link)
    const {exports} = loadWithCache(file, link, createRequire(file), 'audit')
    expect((exports as {value: () => number}).value()).toBe(1)
  })

  it.runIf(process.getuid?.() === 0).each(['cache', 'folder'] as const)('of another user: the %s', (whose) => {
    const program = aProgram()
    writeFileSync(program.cache, cacheOf(program.source, codeOf(program.other)), {mode: 0o600})
    chownSync(program[whose], 12_345, 12_345)
    expect(program.load().value).toBe(1)
  })
})

describe('the folder for code', () => {
  it.each([
    [{HOME: '/home/ada'}, '/home/ada/.cache/ssm-doctor'],
    [{HOME: '/home/ada', XDG_CACHE_HOME: '/var/ada'}, '/var/ada/ssm-doctor'],
    [{HOME: '/home/ada', XDG_CACHE_HOME: 'relative'}, '/home/ada/.cache/ssm-doctor'],
    [{HOME: 'relative'}, undefined],
    [{}, undefined],
    [{HOME: '/home/ada', NODE_DISABLE_COMPILE_CACHE: '1'}, undefined],
  ])('of %j is %s', (env, folder) => {
    expect(cacheFolderIn(env)).toBe(folder)
  })

  it('is the one that Node.js keeps modules in, where it does and the folder is private', () => {
    const asked: string[] = []
    const home = aFolder()
    const before = {...process.env}
    try {
      delete process.env.NODE_DISABLE_COMPILE_CACHE
      process.env.XDG_CACHE_HOME = home
      const module = {enableCompileCache: (folder: string) => asked.push(folder)}
      keepModules({})
      expect(readdirSync(home)).toEqual([])
      keepModules(module)
      expect(asked).toEqual([])
      keepModules(module)
      chmodSync(join(home, 'ssm-doctor'), 0o755)
      keepModules(module)
      expect(asked).toEqual([join(home, 'ssm-doctor')])
    } finally {
      process.env = before
    }
  })
})
