import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {Client} from '@modelcontextprotocol/client'
import {StdioClientTransport} from '@modelcontextprotocol/client/stdio'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {aFolder} from '../support/folder.ts'
import {healthy, REGION, WEB} from '../support/healthy.ts'
import {outputOf} from '../support/programs.ts'
import {serve} from '../support/serve.ts'
import {type Ran, run} from './run.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const EXAMPLES = join(ROOT, 'examples')
const FILE = '--account nat-deleted.json'

/** Node.js that was built without it, as some distributions do, makes none. */
const {single_executable_application: isSupported, node_shared: isShared}: Readonly<Record<string, unknown>> =
  process.config.variables
const isPossible = isSupported === true && isShared === false

it.runIf(!isPossible)('this Node.js makes no single executable: it is tested where one does', () => {
  process.stderr.write('Skipped: the single executable; this Node.js is built without support for it.\n')
})

describe.skipIf(!isPossible)('the single executable, where there is no Node.js on the PATH', () => {
  const folder = aFolder()
  const file = join(folder, process.platform === 'win32' ? 'ssm-doctor.exe' : 'ssm-doctor')
  const empty = aFolder()
  const aws = serve(healthy)
  let live: Readonly<Record<string, string>>

  beforeAll(async () => {
    outputOf(process.execPath, [join(ROOT, 'scripts/executable.mjs'), folder])
    live = {AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_ENDPOINT_URL: await aws.listen()}
  })
  afterAll(aws.close)

  const untimed = async (ran: Promise<Ran>) => {
    const {stderr, ...rest} = await ran
    return {...rest, stderr: stderr.replace(/\d+\.\d s$/m, '')}
  }
  const both = (line: string, env = {}) =>
    Promise.all([
      untimed(run(line.split(' '), {program: [file], cwd: EXAMPLES, env: {...env, PATH: empty}})),
      untimed(run(line.split(' '), {cwd: EXAMPLES, env})),
    ])

  it.each([
    '--version',
    '--help',
    'help audit',
    'demo',
    'demo nothing',
    FILE,
    `${FILE} --format json`,
    `${FILE} --format html`,
    `${FILE} --remedy terraform`,
    `audit ${FILE} --format sarif`,
    'explain endpoint.sg-blocks',
    'completion bash',
    'permissions',
    `${WEB} --region ${REGION}`,
    `${WEB} --regio ${REGION}`,
  ])('answers %s as the installed tool does', async (line) => {
    const [executable, installed] = await both(line)
    expect(executable).toEqual(installed)
  })

  it('examines an instance in AWS as the installed tool does', async () => {
    const [executable, installed] = await both(`${WEB} --region ${REGION} --quiet`, live)
    expect(executable).toEqual(installed)
    expect(executable).toMatchObject({stdout: expect.stringMatching(/^i-0aaaaaaaaaaaaaa01 {2}degraded/), code: 1})
  })

  it('serves assistants', async () => {
    const client = new Client({name: 'test', version: '1'})
    await client.connect(new StdioClientTransport({command: file, args: ['mcp'], env: {PATH: empty}}))
    const {tools} = await client.listTools()
    const explained = await client.callTool({name: 'explain', arguments: {id: 'endpoint.sg-blocks'}})
    await client.close()
    expect(tools.map(({name}) => name)).toContain('examine_instance')
    expect(JSON.stringify(explained.structuredContent)).toContain('endpoint.sg-blocks')
  })

  it('goes with the licenses of what is in it', () => {
    expect(readdirSync(folder).sort()).toEqual(['LICENSE', 'NOTICES.md', 'ssm-doctor'])
    const notices = readFileSync(join(folder, 'NOTICES.md'), 'utf8')
    for (const name of ['@oclif/core', '@aws-sdk/client-ssm', '@modelcontextprotocol/server', 'Node.js'])
      expect(notices).toContain(`## ${name} `)
  })
})
