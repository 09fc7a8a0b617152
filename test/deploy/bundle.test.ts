import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {unzipSync} from 'fflate'
import {beforeAll, describe, expect, it} from 'vitest'
import {templateIn, textOf} from '../support/deploy.ts'
import {aFolder} from '../support/folder.ts'
import {outputOf} from '../support/programs.ts'

const ROOT = new URL('../../', import.meta.url)
const path = (name: string) => new URL(name, ROOT)

/** The clients that only the functions have. */
const WRITERS = /\b(?:S3Client|SNSClient|SecurityHubClient)\b/

/** The files that a program of dist may load, at start or later. */
function loadedBy(entry: string): readonly string[] {
  const found = new Set([entry])
  for (const name of found)
    for (const [, other = ''] of readFileSync(path(`dist/${name}`), 'utf8').matchAll(/["'`]\.\/([\w.-]+\.js)["'`]/g))
      found.add(other)
  return [...found]
}
const writersIn = (entry: string) =>
  loadedBy(entry).filter((name) => WRITERS.test(readFileSync(path(`dist/${name}`), 'utf8')))

describe('the command line', () => {
  it('can load nothing that writes, while the functions can', () => {
    expect(loadedBy('index.js').length).toBeGreaterThan(10)
    expect(writersIn('index.js')).toEqual([])
    expect(writersIn('lambda.js').length).toBeGreaterThan(0)
  })
})

describe('the zip of the functions', () => {
  let files: Readonly<Record<string, Uint8Array>>
  beforeAll(() => {
    outputOf(process.execPath, ['scripts/package-lambda.mjs'], {cwd: ROOT})
    files = unzipSync(readFileSync(path('deploy/lambda.zip')))
  })
  const text = (name: string) => new TextDecoder().decode(files[name])

  it('exports the handlers that the template names, and needs no installed package', () => {
    const folder = aFolder()
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes)
    const script = "import('./index.mjs').then((all) => console.log(JSON.stringify(Object.keys(all))))"
    const exported = outputOf(process.execPath, ['-e', script], {cwd: folder})
    const handlers = Object.values(templateIn(textOf('audit.yaml')).Resources).flatMap(({Properties}) =>
      typeof Properties?.Handler === 'string' ? [Properties.Handler] : [],
    )
    expect(handlers.sort()).toEqual(
      JSON.parse(exported)
        .map((name: string) => `index.${name}`)
        .sort(),
    )
  })

  it('contains the writing clients, their licenses, and nothing of the command line', () => {
    const code = Object.keys(files)
      .filter((name) => name.endsWith('.mjs'))
      .map(text)
      .join('\n')
    expect(code).toMatch(WRITERS)
    expect(code).not.toContain('oclif')
    for (const name of ['@aws-sdk/client-s3', '@aws-sdk/client-sns', '@aws-sdk/client-securityhub'])
      expect(text('NOTICES.md')).toContain(`## ${name} `)
  })

  it('is reproducible and small', () => {
    const before = readFileSync(path('deploy/lambda.zip'))
    outputOf(process.execPath, ['scripts/package-lambda.mjs'], {cwd: ROOT})
    expect(readFileSync(path('deploy/lambda.zip')).equals(before)).toBe(true)
    expect(before.length).toBeLessThan(2_000_000)
  })
})
