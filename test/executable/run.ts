import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {A_MINUTE} from '../support/limits.ts'

const TOOL = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
if (!existsSync(new URL('../../dist/index.js', import.meta.url)))
  throw new Error('These tests run the built tool. Type: npm run build')

export interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

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
): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = execFile(
      file,
      [...before, ...args],
      {cwd, env: {...ENVIRONMENT, ...env}, maxBuffer: 1 << 26, ...A_MINUTE},
      (error, stdout, stderr) =>
        error?.killed
          ? reject(new Error(`ssm-doctor ${args.join(' ')} did not end within a minute`))
          : resolve({stdout, stderr, code: typeof error?.code === 'number' ? error.code : 0}),
    )
    child.stdin?.on('error', () => {})
    child.stdin?.end(stdin)
  })

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
