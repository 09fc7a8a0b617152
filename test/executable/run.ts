import {existsSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {type Ran, ran} from '../support/programs.ts'

export type {Ran}

export const TOOL = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
if (!existsSync(new URL('../../dist/index.js', import.meta.url)))
  throw new Error('These tests run the built tool. Type: npm run build')

/** No credentials, no Region and no colors but those that a test sets. */
const ENVIRONMENT = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
}

interface RunOptions {
  readonly cwd?: string
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  /** What is started in the place of the installed tool. */
  readonly program?: readonly [file: string, ...args: string[]]
}

/** The real executable, as a user starts it. */
export const run = (
  args: readonly string[],
  {cwd, stdin = '', env = {}, program: [file, ...before] = [process.execPath, TOOL]}: RunOptions = {},
): Promise<Ran> => ran(file, [...before, ...args], {stdin, env: {...ENVIRONMENT, ...env}, ...(cwd && {cwd})})

/** What the executable prints on an interactive terminal of 80 columns and 24 rows. */
export async function onTerminal(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const line = ['stty cols 80 rows 24;', process.execPath, TOOL, ...args].join(' ')
  const terminal = {PATH: process.env.PATH, HOME: '/nonexistent', TERM: 'xterm', ...env}
  return (await ran('script', ['-qec', line, '/dev/null'], {env: terminal})).stdout
}

/** Help names the machine and its Node, which differ from run to run. */
const MACHINE = `${process.platform}-${process.arch} node-${process.version}`

/** What a user would have seen. */
export const transcriptOf = (args: readonly string[], {stdout, stderr, code}: Ran): string =>
  [
    `$ ssm-doctor ${args.join(' ')}`,
    stdout.trimEnd().replace(MACHINE, 'linux-x64 node-v20.20.2'),
    ...(stderr === '' ? [] : ['--- stderr', stderr.trimEnd()]),
    `--- exit ${code}`,
    '',
  ].join('\n')
