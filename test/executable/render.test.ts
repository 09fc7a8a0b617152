import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'
import {aFolder} from '../support/folder.ts'
import {inspectedAccount} from '../support/inspections.ts'
import {run} from './run.ts'

const cwd = aFolder()
const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url))
const ID = 'i-0123456789abcdef0'
const INSTANCE = join(cwd, 'instance.json')
const AUDIT = join(cwd, 'audit.json')

describe('a report that was saved as JSON', () => {
  it('renders the same page as the one that is written directly', async () => {
    writeFileSync(INSTANCE, (await run(['demo', 'nat-deleted', '--json'])).stdout)
    const {stdout, code} = await run(['render', INSTANCE, '--format', 'html'])
    expect(code).toBe(0)
    await expect(stdout).toMatchFileSnapshot('../transcripts/nat-deleted.html')
  })

  it('goes to files in other formats', async () => {
    const {stdout} = await run(['render', INSTANCE, '-o', 'a.html', '-o', 'markdown=-'], {cwd})
    expect(stdout).toMatch(/^### /)
    expect(readFileSync(join(cwd, 'a.html'), 'utf8')).toMatch(/^<!DOCTYPE html>/)
  })

  it('on a path or a plan has the formats of its command', async () => {
    const file = join(EXAMPLES, 'nat-deleted.json')
    const reach = ['reach', 'i-0d0c000000002f0a9', '--to', 'kms', '--account', file]
    const {stdout, code} = await run([...reach, '-o', 'reach.html', '-o', 'reach.json'], {cwd})
    expect([stdout.split('\n', 1), code]).toEqual([
      ['FAIL i-0d0c000000002f0a9 cannot reach kms.eu-west-1.amazonaws.com port 443'],
      1,
    ])
    expect((await run(['render', 'reach.json'], {cwd})).stdout).toBe(stdout)
    const page = readFileSync(join(cwd, 'reach.html'), 'utf8')
    expect((await run(['render', 'reach.json', '--format', 'html'], {cwd})).stdout).toBe(page)

    const template = {Resources: {Volume: {Type: 'AWS::EC2::Volume', Properties: {Size: 1}}}}
    writeFileSync(join(cwd, 'template.json'), JSON.stringify(template))
    const plan = ['plan', '--cloudformation', 'template.json', '--region', 'eu-west-1', '-o', 'plan.json']
    for (const format of ['text', 'markdown', 'sarif', 'junit', 'html', 'json']) {
      const written = await run([...plan, '--format', format], {cwd})
      expect((await run(['render', 'plan.json', '--format', format], {cwd})).stdout).toBe(written.stdout)
    }
    const {stderr} = await run(['render', 'plan.json', '--format', 'csv'], {cwd})
    expect(stderr).toBe('This report cannot be written as csv. Available: text, json, markdown, sarif, junit, html.\n')
  })

  it('on several instances reads as it did when it was printed', async () => {
    const args = ['--account', join(EXAMPLES, 'healthy.json'), 'i-0d0c000000002f0a9', ID]
    writeFileSync(join(cwd, 'two.json'), (await run([...args, '--json'], {cwd})).stdout)
    const {stdout} = await run(['render', 'two.json'], {cwd})
    expect(stdout).toBe((await run(args, {cwd})).stdout)
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

it('a link that is not to the web, as a changed report may have it, is only text in a page', async () => {
  for (const name of [INSTANCE, AUDIT]) {
    const file = join(cwd, 'changed.json')
    writeFileSync(
      file,
      readFileSync(name, 'utf8').replaceAll(/"docs": "https:[^"]*"/g, '"docs": "javascript:alert(1)"'),
    )
    const {stdout, code} = await run(['render', file, '--format', 'html'])
    expect([code, stdout.includes('javascript:alert(1)')]).toEqual([0, true])
    expect(stdout).not.toContain('href="javascript')
  }
})

describe('what is not a report', () => {
  it.each([
    ['another file', {name: 'x'}, /"schema" must be one of/],
    ['a damaged one', {...JSON.parse('{"schema": "ssm-doctor/report/1"}')}, /must have required property/],
    ['a list', [], /"schema" must be one of/],
    ['a schema with the name of a property of every object', {schema: 'constructor'}, /"schema" must be one of/],
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
