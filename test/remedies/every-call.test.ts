import {readdirSync, readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {commandLine} from '../../src/remedies/core/command-line.ts'
import {ec2} from '../../src/remedies/core/remedy.ts'
import {hasRule, reasonWithout} from '../../src/render/remediation/parts.ts'
import {faultsOfCall} from '../support/call-schemas.ts'
import {outputOf, succeeds} from '../support/programs.ts'
import {allRemedies, isCall} from '../support/remedies-of.ts'

const steps = allRemedies.flatMap(({remedy, region}) =>
  [...remedy.steps, ...(remedy.undo ?? [])].map((step) => ({step, region})),
)
const calls = steps.flatMap(({step}) => {
  if (isCall(step)) return step
  if ('launch' in step) return ec2('RunInstances', step.launch)
  return 'wait' in step ? step.wait : []
})

describe('every call of every change, and its undo', () => {
  it('is proposed for at least one account of the tests', () => {
    const folder = new URL('../../src/remedies/', import.meta.url)
    const files = readdirSync(folder, {recursive: true, encoding: 'utf8'}).filter((file) => file.endsWith('.ts'))
    const source = files.map((file) => readFileSync(new URL(file, folder), 'utf8')).join('\n')
    const written = [
      ...source.matchAll(/(?:operation: |\b(?:ec2|iam|ssm|route53(?:resolver)?|inspector2)\(\s*)'([A-Z]\w+)'/g),
    ].map(([, name]) => name)
    const made = new Set(calls.map(({operation}) => operation))
    expect([...new Set(written)].filter((name) => name !== undefined && !made.has(name))).toEqual([])
  })

  it('is a resource in infrastructure code, or has a reason why it is none', () => {
    const folders = ['../../src/remedies/', '../../src/history/', '../../src/checks/'].map(
      (folder) => new URL(folder, import.meta.url),
    )
    const source = folders.flatMap((folder) =>
      readdirSync(folder, {recursive: true, encoding: 'utf8'})
        .filter((file) => file.endsWith('.ts'))
        .map((file) => readFileSync(new URL(file, folder), 'utf8')),
    )
    const written = [
      ...source
        .join('\n')
        .matchAll(/\b(?:ec2|iam|ssm|route53(?:resolver)?|inspector2|organizations)\(\s*'([A-Z]\w+)'/g),
    ]
    const operations = new Set([...calls.map(({operation}) => operation), ...written.map(([, name = '']) => name)])
    const isKnown = (operation: string) => hasRule(operation) !== (reasonWithout({operation}) !== undefined)
    expect([...operations].filter((operation) => !isKnown(operation))).toEqual([])
  })

  it('is known to the SDK, with each of its parameters', () => {
    expect([...new Set(calls.flatMap(faultsOfCall))]).toEqual([])
  })

  it('can be printed for both shells', () => {
    for (const {step, region} of steps)
      for (const shell of ['sh', 'powershell'] as const)
        expect(commandLine(step, shell, {region})).not.toMatch(/is not printed/)
  })
})

/**
 * The AWS CLI is a Python package. Its own parser reads each command, its models validate it, and it stops before
 * anything is sent. Parsers keep state, so each command has its own; the models are read once.
 * `--generate-cli-skeleton output` would do the same, but also validates the responses that it generates, and rejects
 * them as too short.
 */
const ASKS = `
import contextlib, io, json, sys
from awscli.clidriver import create_clidriver

class Understood(BaseException): pass
def understood(**_): raise Understood()

def fault(words):
    driver, errors = create_clidriver(), io.StringIO()
    driver.session.register_component('data_loader', loader)
    driver.session.register('before-call.*.*', understood)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(errors):
        try: code = driver.main(words) or 'nothing was called'
        except Understood: return []
        except SystemExit as end: code = end.code
    return [' '.join(words) + ': ' + (errors.getvalue().strip()[-300:] or str(code))]

loader = create_clidriver().session.get_component('data_loader')
json.dump([found for words in json.load(sys.stdin) for found in fault(words)], sys.stdout)
`
const ENVIRONMENT = {PATH: process.env.PATH, HOME: '/nonexistent', AWS_DEFAULT_REGION: 'eu-west-1'}

const hasCli = (): boolean => succeeds('python3', ['-c', 'import awscli'], {env: ENVIRONMENT})

/** The words that reach \`aws\` once a real shell has read the line. */
function wordsOf(lines: readonly string[]): readonly (readonly string[])[] {
  const names = [
    ...new Set(lines.flatMap((line) => [...line.matchAll(/\$([A-Z][A-Z0-9_]*)/g)].map(([, name]) => name))),
  ]
  const input = [
    String.raw`aws() { for word in "$@"; do printf '%s\0' "$word" >&3; done; printf '\n\0' >&3; echo vpce-0123456789abcdef0123456789abcde; }`,
    ...names.map((name) => `${name}=vpce-0123456789abcdef0123456789abcde`),
    ...lines,
  ].join('\n')
  const errors = outputOf('sh', ['-c', `exec 3>&1 1>/dev/null; ${input}`])
  return errors
    .split('\n\0')
    .slice(0, -1)
    .map((line) => line.split('\0').slice(0, -1))
}

/** One command of those that differ only in the values of their options. */
const alike = (commands: readonly (readonly string[])[]): readonly (readonly string[])[] => [
  ...new Map(commands.map((words) => [words.map(shapeOf).join(' '), words])).values(),
]

const shapeOf = (word: string, at: number): string =>
  at < 2 || word.startsWith('--') ? word : word.replaceAll(/[^\s,{}[\]="':]+(?=[,\]}"]|$)/g, 'x').replaceAll('x,x', 'x')

/** Calls that the SDK has and an installed AWS CLI may be too old for; the older commands are printed as well. */
const NEWER = /^ssm (?:de)?register-default-host-management-configuration\b/

describe.skipIf(!hasCli())('every command, to the AWS CLI itself', () => {
  it('is one that it knows, with options that it knows', () => {
    const lines = [...new Set(steps.map(({step, region}) => commandLine(step, 'sh', {region})))]
    const commands = alike(wordsOf(lines.filter((line) => /^(?:\w+=\$\()?aws (?!.* wait )/.test(line))))
    expect(commands.length).toBeGreaterThan(80)
    const faults = outputOf('python3', ['-c', ASKS], {
      input: JSON.stringify(commands),
      env: {...ENVIRONMENT, AWS_ACCESS_KEY_ID: 'example', AWS_SECRET_ACCESS_KEY: 'example'},
    })
    const found: readonly string[] = JSON.parse(faults)
    expect(found.filter((fault) => !NEWER.test(fault))).toEqual([])
  })
})
