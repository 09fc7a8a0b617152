import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import {checks} from '../../src/checks/index.ts'
import {AUDIT_FORMAT_NAMES} from '../../src/cli/fleet/formats.ts'
import {COMMANDS} from '../../src/index.ts'
import {aFolder} from '../support/folder.ts'
import {outputOf, succeeds} from '../support/programs.ts'
import {run} from './run.ts'

const folder = aFolder()
const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const
const scriptOf = (shell: string) => join(folder, `completion.${shell}`)

beforeAll(async () => {
  for (const shell of SHELLS) writeFileSync(scriptOf(shell), (await run(['completion', shell])).stdout)
  writeFileSync(join(folder, 'an account.json'), '{}')
  mkdirSync(join(folder, 'accounts'))
})

const isThere = (shell: string): boolean => succeeds(shell, ['-c', 'exit 0'])

const said = (shell: string, args: readonly string[]): readonly string[] =>
  outputOf(shell, args, {cwd: folder, env: {PATH: process.env.PATH, HOME: folder}})
    .split('\n')
    .filter((line) => line !== '')

/** The completions of the shell for the last word. */
const OFFERED = {
  bash: (words: readonly string[]) =>
    said('bash', [
      '--norc',
      '-c',
      `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ssm_doctor; printf '%s\\n' "\${COMPREPLY[@]}"`,
      'test',
      scriptOf('bash'),
      ...words,
    ]),
  // Completion functions of zsh run only in its line editor: what they would pass to it is printed.
  zsh: (words: readonly string[]) =>
    said('zsh', [
      '-f',
      '-c',
      `compdef() { : }
      typed=\${@[-1]}
      offer() { local one; for one in "$@"; do [[ $one == $typed* ]] && print -r -- $one; done }
      compadd() { shift; offer "$@" }
      _describe() { offer "\${(@)found%%:*}" }
      _files() { offer * }
      source "$1"; shift; words=("$@"); CURRENT=$#; _ssm_doctor; true`,
      'test',
      scriptOf('zsh'),
      ...words,
    ]),
  fish: (words: readonly string[]) =>
    said('fish', ['--no-config', '-c', `source ${scriptOf('fish')}; complete -C "${words.join(' ')}"`]).map(
      (line) => line.split('\t')[0] ?? '',
    ),
}

describe.each(['bash', 'zsh', 'fish'] as const)('in %s', (shell) => {
  const test = it.skipIf(!isThere(shell))
  const offered = (...words: readonly string[]) => OFFERED[shell](['ssm-doctor', ...words])

  test('every command is offered first', () => {
    expect(offered('')).toEqual(expect.arrayContaining(Object.keys(COMMANDS)))
    expect(offered('pre')).toEqual(['preflight'])
  })

  test('a command has its own flags, and an instance those of diagnose', () => {
    expect(offered('audit', '--all-')).toEqual(['--all-regions'])
    expect(offered('i-0123456789abcdef0', '--wat')).toEqual(['--watch'])
    expect(offered('explain', '--wat')).toEqual([])
  })

  test('a flag has its values', () => {
    expect([...offered('audit', '--format', '')].sort()).toEqual([...AUDIT_FORMAT_NAMES].sort())
    expect(offered('i-0123456789abcdef0', '--remedy', 'terra')).toEqual(['terraform'])
  })

  test('a flag that takes a file completes files, also with spaces', () => {
    expect(offered('audit', '--account', 'an').map((name) => name.replaceAll('\\', ''))).toEqual(['an account.json'])
  })

  test('render completes files, and its flags', () => {
    expect(offered('render', 'an').map((name) => name.replaceAll('\\', ''))).toEqual(['an account.json'])
    expect(offered('render', '--out')).toEqual(['--output'])
  })

  test('explain has every check and cause, demo every example, completion every shell', () => {
    const ids = checks.flatMap(({id, causes}) => [id, ...Object.keys(causes)])
    expect([...offered('explain', '')].sort()).toEqual([...new Set(ids)].sort())
    expect(offered('demo', 'nat')).toEqual(['nat-deleted'])
    expect(offered('completion', 'po')).toEqual(['powershell'])
    expect(offered('config', 'au')).toEqual(['audit'])
  })
})

it.skipIf(!isThere('bash'))('bash completes a value after an equals sign, where it splits words', () => {
  const offered = (...words: readonly string[]) => OFFERED.bash(['ssm-doctor', 'audit', '--format', '=', ...words])
  expect(offered('jun')).toEqual(['junit'])
  expect([...offered()].sort()).toEqual([...AUDIT_FORMAT_NAMES].sort())
})

describe.each(SHELLS)('the script for %s', (shell) => {
  it('names every command and flag, and says how to install it', () => {
    const script = readFileSync(scriptOf(shell), 'utf8')
    expect(script).toMatch(/^# Install: ssm-doctor completion/m)
    for (const [name, {flags = {}}] of Object.entries(COMMANDS)) {
      expect(script).toContain(name)
      for (const flag of Object.keys(flags)) expect(script).toContain(flag)
    }
  })
})

it('lists the supported shells', async () => {
  expect(await run(['completion', 'tcsh'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/bash, zsh, fish, powershell/),
  })
})
