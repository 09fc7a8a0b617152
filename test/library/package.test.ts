import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {checkPackage, createPackageFromTarballData} from '@arethetypeswrong/core'
import {publint} from 'publint'
import {formatMessage} from 'publint/utils'
import {beforeAll, describe, expect, it} from 'vitest'
import {aFolder} from '../support/folder.ts'
import {endOf, outputOf} from '../support/programs.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const folder = aFolder()
const tarball = () => readFileSync(join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''))

beforeAll(() => {
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]
  outputOf('npm', args, {cwd: ROOT, env: {PATH: process.env.PATH, HOME: folder}})
})

describe('the packed package', () => {
  it('passes publint', async () => {
    const packed = tarball()
    const {messages, pkg} = await publint({
      strict: true,
      pack: {tarball: packed.buffer.slice(packed.byteOffset, packed.byteOffset + packed.byteLength)},
    })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  })

  /** Resolutions that cannot load an ES module at all are left out. */
  it('has the right types for every resolution of an ES module', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(tarball()))
    expect(analysis.types).not.toBe(false)
    const problems = 'problems' in analysis ? analysis.problems : []
    expect(
      problems.filter((problem) => !('resolutionKind' in problem) || /node16-esm|bundler/.test(problem.resolutionKind)),
    ).toEqual([])
  })
})

describe('the types', () => {
  /** Compiles a file that imports the package by its name, as a user's would. */
  const compiled = (source: string): string => {
    const file = join(ROOT, 'test/library', `consumer-${process.pid}.mts`)
    const project = join(folder, 'tsconfig.json')
    writeFileSync(file, source)
    writeFileSync(project, JSON.stringify({extends: join(ROOT, 'tsconfig.json'), include: [], files: [file]}))
    try {
      const typeRoots = join(ROOT, 'node_modules/@types')
      return endOf(join(ROOT, 'node_modules/.bin/tsc'), ['-p', project, '--typeRoots', typeRoots]).stdout
    } finally {
      rmSync(file)
    }
  }

  it('work in a pipeline', () => {
    const source = `
      import {audit, collect, examine, type Audit, type Report} from 'ssm-doctor'
      import {list} from 'ssm-doctor/lambda'
      const account = await collect({instances: ['i-0123456789abcdef0'], region: 'eu-west-1'})
      const report: Report = await examine(account, 'i-0123456789abcdef0', {prefer: 'private'})
      const first: string | undefined = report.causes[0]?.id
      const step: readonly string[] | undefined = report.checklist[0]?.commands
      const whole: Audit = await audit([account], {includeHybrid: true})
      const count: number = whole.totals.instances
      console.log(first, step, count, account.Region?.length, (await list({startedAt: ''})).run)
    `
    expect(compiled(source)).toBe('')
  })

  it('reject what is not documented', () => {
    const wrong = (line: string) => compiled(`import * as it from 'ssm-doctor'\n${line}`)
    expect(wrong(`void it.examine({}, 7)`)).toMatch(/TS2345|TS2741/)
    expect(wrong(`void it.examination`)).toMatch(/TS2551|TS2339/)
  })

  it('are what the functions return', () => {
    const source = `
      import type * as published from 'ssm-doctor'
      import type {Report} from '../../src/diagnosis/report.ts'
      import type {Audit} from '../../src/audit/report.ts'
      export const report = (given: Omit<Report, 'sinceWhen'>): published.Report => given
      export const audit = (given: Audit & {readonly schema: 'ssm-doctor/audit/1'}): published.Audit => given
    `
    expect(compiled(source)).toBe('')
  })
})
