import {readdirSync, readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {faultsOf} from '../support/report-schemas.ts'
import {example, FILES, folderOfFiles} from './files.ts'
import {run, transcriptOf} from './run.ts'

const cwd = folderOfFiles()
const ID: string = example('healthy').Instances[0].InstanceId
const EXAMPLES = readdirSync(new URL('../../examples', import.meta.url)).map((file) => file.replace('.json', ''))

const keeps = async (name: string, args: readonly string[], code: number) => {
  const ran = await run(args, {cwd})
  await expect(transcriptOf(args, ran)).toMatchFileSnapshot(`../transcripts/${name}.txt`)
  expect(ran.code).toBe(code)
  return ran
}

describe('the bundled account files', () => {
  it.each(EXAMPLES)('%s reads as it was reviewed', async (name) => {
    await keeps(`demo-${name}`, ['demo', name], 0)
  })
})

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const SHOWN = [...README.matchAll(/^```\n\$ ssm-doctor (.*)\n([\s\S]*?)^```$/gm)]
const PARTS = new Map(SHOWN.map(([, line = '', output = '']) => [line, output.split(/^…\n/m)]))

it('is what README.md shows, whole or in part', async () => {
  expect(PARTS.size).toBe(3)
  for (const [line, parts] of PARTS) {
    const {stdout} = await run(line.split(' '), {cwd: new URL('../../', import.meta.url).pathname})
    if (line === 'demo') expect(parts).toEqual([stdout])
    for (const part of parts) expect(stdout).toContain(part)
  }
})

describe('account files', () => {
  it.each([
    ['stopped', 1],
    ['no-profile', 1],
    ['young', 3],
    ['refused', 1],
    ['unseen', 3],
    ['no-egress', 1],
    ['hostile', 1],
    ['odd-id', 1],
  ])('%s reads as it was reviewed and exits %d', async (name, code) => {
    await keeps(name, ['--account', `${name}.json`], code)
  })

  it.each(Object.keys(FILES).filter((name) => name !== 'several'))(
    '%s gives JSON by the schema, and nothing else',
    async (name) => {
      const {stdout, stderr} = await run(['--account', `${name}.json`, '--json'], {cwd})
      expect(faultsOf(JSON.parse(stdout))).toEqual([])
      expect(stderr).toBe('')
    },
  )

  it.each(EXAMPLES)('the bundled %s gives JSON that conforms to the schema', async (name) => {
    const {stdout} = await run(['demo', name, '--json'], {cwd})
    expect(faultsOf(JSON.parse(stdout))).toEqual([])
  })

  it.each(['text', 'json'])('hostile names never move the terminal, in %s', async (format) => {
    for (const name of ['hostile', 'odd-id']) {
      const {stdout, stderr} = await run(
        ['--account', `${name}.json`, '--format', format, ...(format === 'text' ? ['--verbose'] : [])],
        {cwd},
      )
      expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/u)
    }
  })
})

describe('command lines', () => {
  it.each([
    ['quiet', ['--account', 'no-egress.json', '--quiet'], 1],
    ['verbose', [ID, '--account', 'no-egress.json', '--verbose'], 1],
    ['several', ['--account', 'several.json'], 2],
    ['not-in-file', ['--account', 'no-egress.json', 'i-0123456789abcdef0'], 1],
    ['damaged', ['--account', 'damaged.json'], 2],
    ['no-json', ['--account', 'no-json.json'], 2],
    ['no-file', ['--account', 'nowhere.json'], 2],
    ['bad-flag', [ID, '--nope'], 2],
    ['bad-format', [ID, '--format', 'xml'], 2],
    ['bad-id', ['i-0xyz'], 2],
    ['bad-word', ['diagnoze'], 2],
    ['hybrid', ['mi-0123456789abcdef0', '--account', 'hybrid.json'], 1],
    ['explain-unknown', ['explain', 'nonsense'], 2],
    ['demo-unknown', ['demo', 'nonsense'], 2],
    ['help', ['--help'], 0],
    ['help-diagnose', ['help', 'diagnose'], 0],
    ['explain-cause', ['explain', 'endpoint.sg-blocks'], 0],
    ['explain-check', ['explain', 'registration'], 0],
  ] as const)('%s reads as it was reviewed', async (name, args, code) => {
    await keeps(name, args, code)
  })

  it.each([
    [[ID, '--account', 'no-egress.json', '--json']],
    [['--account', 'no-egress.json', '--json', ID]],
    [['diagnose', '--json', ID, '--account=no-egress.json']],
    [['--json', '--account', 'no-egress.json', `arn:aws:ec2:eu-west-1:111122223333:instance/${ID}`]],
    [['--account', 'no-egress.json', '--format', 'json']],
  ])('%j is equivalent', async (args) => {
    const {stdout, code} = await run(args, {cwd})
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({schema: 'ssm-doctor/report/1', instance: {id: ID}, verdict: 'unmanaged'})
  })

  it('answers several ids in the order they were typed', async () => {
    const ids = ['i-0d0c000000002f0b0', ID]
    const {stdout} = await run([...ids, '--account', 'several.json', '--json'], {cwd})
    const several = JSON.parse(stdout)
    expect(faultsOf(several)).toEqual([])
    expect(several.reports.map(({instance}: {instance: {id: string}}) => instance.id)).toEqual(ids)
  })

  it('reads standard input', async () => {
    const {stdout, code} = await run(['--account', '-', '--quiet'], {cwd, stdin: JSON.stringify(FILES.stopped)})
    expect(stdout).toMatch(/unmanaged {2}instance\.not-running/)
    expect(code).toBe(1)
  })

  it('has no color in a pipe, whatever the environment says about terminals', async () => {
    const {stdout} = await run(['demo'], {cwd, env: {TERM: 'xterm-256color', CI: 'true'}})
    expect(stdout).not.toContain('\u001b')
  })
})
