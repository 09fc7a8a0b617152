import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {aFolder} from '../support/folder.ts'
import {inspectedAccount} from '../support/inspections.ts'
import {run} from './run.ts'

const cwd = aFolder()
const INSTANCE = join(cwd, 'instance.json')
const AUDIT = join(cwd, 'audit.json')

describe('a report that was saved as JSON', () => {
  it('renders the same page as the one that is written directly', async () => {
    writeFileSync(INSTANCE, (await run(['demo', 'nat-deleted', '--json'])).stdout)
    const {stdout, code} = await run(['render', INSTANCE, '--format', 'html'])
    expect(code).toBe(0)
    await expect(stdout).toMatchFileSnapshot('../transcripts/nat-deleted.html')
  })

  it('is read from standard input', async () => {
    const {stdout} = await run(['render', '-'], {stdin: readFileSync(INSTANCE, 'utf8')})
    expect(stdout).toMatch(/^FAIL /)
  })

  it.each([
    'csv',
    'markdown',
    'html',
    'text',
    'ndjson',
    'sarif',
    'junit',
    'asff',
    'ocsf',
    'ocsf-ndjson',
    'prometheus',
    'json',
  ])('of a fleet is written as %s', async (format) => {
    writeFileSync(join(cwd, 'account.json'), JSON.stringify({Format: 'ssm-doctor/account/1', ...inspectedAccount}))
    const written = await run(
      ['audit', '--account', 'account.json', '--format', format === 'text' ? 'table' : format],
      {cwd},
    )
    writeFileSync(AUDIT, (await run(['audit', '--account', 'account.json', '--json'], {cwd})).stdout)
    const rendered = await run(['render', AUDIT, '--format', format], {cwd})
    expect(rendered.code).toBe(0)
    expect(rendered.stdout).toBe(written.stdout)
  })
})

describe('what is not a report', () => {
  it.each([
    ['another file', {name: 'x'}, /"schema" must be one of/],
    ['a damaged one', {...JSON.parse('{"schema": "ssm-doctor/report/1"}')}, /must have required property/],
    ['a list', [], /"schema" must be one of/],
  ])('%s is rejected in one sentence', async (_, json, sentence) => {
    const file = join(cwd, 'odd.json')
    writeFileSync(file, JSON.stringify(json))
    const {stderr, stdout, code} = await run(['render', file])
    expect({stdout, code, lines: stderr.trim().split('\n').length}).toEqual({stdout: '', code: 2, lines: 1})
    expect(stderr).toMatch(sentence)
  })

  it('names the formats that a report on an instance has', async () => {
    const {stderr, code} = await run(['render', INSTANCE, '--format', 'csv'])
    expect([stderr, code]).toEqual([
      'This report cannot be written as csv. Available: text, json, html, markdown.\n',
      2,
    ])
  })
})
