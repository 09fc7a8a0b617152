import {readdirSync, readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {endOf, LIMITS, outputOf, ran, start, succeeds} from './support/programs.ts'

const FOLDER = new URL('.', import.meta.url)
const FILES = readdirSync(FOLDER, {recursive: true, encoding: 'utf8'})
  .filter((file) => /\.(?:ts|mjs)$/.test(file) && file !== 'limits.test.ts')
  .map((file) => ({file, text: readFileSync(new URL(file, FOLDER), 'utf8')}))

const filesWith = (pattern: RegExp) => FILES.filter(({text}) => pattern.test(text)).map(({file}) => file)

describe('what hangs fails within a minute: in the tests', () => {
  it('one file starts programs, and gives each a limit', () => {
    expect(filesWith(/^import (?!type\b)[^;]*? from '(?:node:)?(?:child_process|cluster|worker_threads)'/m)).toEqual([
      'support/programs.ts',
    ])
    const {text} = FILES.find(({file}) => file === 'support/programs.ts')!
    const calls = text.split(/\b(?:execFile|execFileSync|spawn|spawnSync)\((?=program)/).slice(1)
    expect(calls).toHaveLength(6)
    for (const call of calls) expect(call.split('\n\n')[0]).toMatch(/\.\.\.(?:KILLED|killedAfter\()/)
  })

  it('a longer limit is on the list, which gives a reason', () => {
    expect(Object.entries(LIMITS).filter(([, limit]) => limit > 60_000)).toEqual([
      ['terraformApply', 150_000],
      ['server', 600_000],
    ])
    expect(filesWith(/LIMITS\.(?!usual\b)|limit: '(?!usual')/)).toEqual([
      'plan/moto-plan.test.ts',
      'support/programs.ts',
      'support/terraform.ts',
    ])
  })

  // As the formatter writes them: after the body of a test or hook, or as an option.
  const SET = /(?:^ *\},\s+|\b(?:timeout|testTimeout|hookTimeout): )(\d[\d_]*)(?=,?\s*[)}])/gm

  it('no test and no hook has a longer one of its own', () => {
    const longer = FILES.flatMap(({file, text}) =>
      [...text.matchAll(SET)].filter(([, limit = '']) => Number(limit.replaceAll('_', '')) > 60_000).map(() => file),
    )
    expect(longer).toEqual([])
    expect(filesWith(/\bsetConfig\(/)).toEqual([])
  })
})

describe('a program that a test starts', () => {
  const node = (script: string) => [process.execPath, ['-e', script]] as const

  it('returns what it printed', async () => {
    const [program, args] = node('console.log(1); console.error(2); process.exitCode = 3')
    expect(endOf(program, args)).toMatchObject({stdout: '1\n', stderr: '2\n', status: 3})
    expect(await ran(program, args)).toEqual({stdout: '1\n', stderr: '2\n', code: 3})
    expect(() => outputOf(program, args)).toThrow('Command failed')
    expect(outputOf(...node('console.log(1)'))).toBe('1\n')
    const {printed, ended} = start(program, args)
    expect(await ended).toEqual({code: 3, signal: null})
    expect(printed).toEqual({stdout: '1\n', stderr: '2\n'})
  })

  it('that does not exist is an error', async () => {
    expect(succeeds('no-such-program', [])).toBe(false)
    expect(() => endOf('no-such-program', [])).toThrow('ENOENT')
    await expect(ran('no-such-program', [])).rejects.toThrow('ENOENT')
  })

  it('fails the test that waits for it if it is killed', async () => {
    const [program, args] = node('process.kill(process.pid, "SIGKILL")')
    expect(succeeds(program, args)).toBe(false)
    expect(() => outputOf(program, args)).toThrow()
    expect((await ran(program, args)).code).toBe(1)
  })
})
