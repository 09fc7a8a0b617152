import {chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'
import {parseAccounts} from '../../src/account-file/parse-accounts.ts'
import type {Statement} from '../../src/model/permissions.ts'
import {refuse} from '../support/fake-aws.ts'
import {aFolder} from '../support/folder.ts'
import {endOf, outputOf, ran, start, succeeds} from '../support/programs.ts'
import {serve} from '../support/serve.ts'
import {example} from './files.ts'
import {run, TOOL} from './run.ts'

const ID = 'i-0123456789abcdef0'
const KEYS = {AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'eu-west-1'}
const folder = aFolder
const EXAMPLE = fileURLToPath(new URL('../../examples/endpoints-shadow-nat.json', import.meta.url))

describe('without what AWS requires, one sentence says what to do', () => {
  it.each([
    ['no credentials', {AWS_REGION: 'eu-west-1'}, /credentials/],
    ['no Region', {AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test'}, /--region/],
    ['no network', {...KEYS, AWS_ENDPOINT_URL: 'http://127.0.0.1:9'}, /Cannot reach AWS/],
  ])('%s', async (_, env, hint) => {
    const {stdout, stderr, code} = await run([ID, '--json'], {env})
    expect({stdout, code}).toEqual({stdout: '', code: 2})
    expect(stderr).toMatch(hint)
    expect(stderr.trimEnd()).not.toContain('\n')
  })

  it('no target', async () => {
    const {stderr, code} = await run(['--region', 'eu-west-1'])
    expect(stderr).toMatch(/ssm-doctor i-0123456789abcdef0/)
    expect(code).toBe(2)
  })
})

it('an error that nothing awaits is an internal error in one line', async () => {
  const lost = 'import dns from "node:dns"; dns.lookup = () => { Promise.reject(new Error("no server")) }'
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(lost)}`
  const {stderr, code} = await run([ID], {env: {...KEYS, NODE_OPTIONS}})
  expect(stderr).toMatch(/^Internal error \(no server\..*\n$/)
  expect(code).toBe(70)
})

it('stops immediately on Ctrl-C while AWS does not respond', async () => {
  const silent = createServer(() => child.kill('SIGINT'))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const {port} = silent.address() as AddressInfo
  const env = {PATH: process.env.PATH, ...KEYS, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`}
  const {child, ended} = start(process.execPath, [TOOL, ID], {env})
  const {signal} = await ended
  silent.closeAllConnections()
  silent.close()
  expect(signal).toBe('SIGINT')
})

const ALONE = ['--map-root-user', '--pid', '--fork', '--kill-child']

it.skipIf(!succeeds('unshare', [...ALONE, 'true']))(
  'stops immediately when the container is stopped, whose first process it is',
  async () => {
    const silent = createServer().once('request', () => process.kill(inside()))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const {port} = silent.address() as AddressInfo
    const env = {PATH: process.env.PATH, ...KEYS, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`}
    const {child, ended} = start('unshare', [...ALONE, process.execPath, TOOL, ID], {env})
    const inside = () => Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim())
    const {code} = await ended
    silent.closeAllConnections()
    silent.close()
    expect(code).toBe(143)
  },
)

it('stops immediately on Ctrl-C while a pipe has no writer, and a shell sees 130', async () => {
  const cwd = folder()
  outputOf('mkfifo', ['pipe'], {cwd})
  const text = `"$0" "$1" --account pipe & sleep 1; kill -INT $!; wait $!; echo "code $?"`
  const {stdout} = await ran('bash', ['-m', '-c', text, process.execPath, TOOL], {cwd})
  expect(stdout).toBe('code 130\n')
})

it.each([
  [['--nope'], 2],
  [['audit', '--nope', '--nope'], 2],
  [['demo', 'nosuch'], 2],
])('%j exits with its own code if standard error cannot be written', (args, code) => {
  const full = openSync('/dev/full', 'w')
  const {status} = endOf(process.execPath, [TOOL, ...args], {stdio: ['ignore', 'ignore', full]})
  closeSync(full)
  expect(status).toBe(code)
})

it('ends without an error if its output is closed', async () => {
  const {child, printed, ended} = start(process.execPath, [TOOL, 'explain'])
  child.stdout?.destroy()
  const {code} = await ended
  expect({stderr: printed.stderr, code}).toEqual({stderr: '', code: 0})
})

it.skipIf(!existsSync('/dev/full'))('says in one line that the disk is full, and exits 2', async () => {
  const full = openSync('/dev/full', 'w')
  const {stderr, status: code} = endOf(process.execPath, [TOOL, 'demo'], {stdio: ['ignore', full, 'pipe']})
  closeSync(full)
  expect(stderr).toMatch(/^Cannot write the report: ENOSPC.*\.\n$/)
  expect(code).toBe(2)
})

// The write that reaches a limit of 16 kB writes a part and reports no error, as on a disk that fills up.
it.each([
  ['standard output', '--json > report.json'],
  ['a file', '--quiet -o report.json'],
])('says so and exits 2 if only a part of a report fits: %s', async (_, args) => {
  const cwd = folder()
  const text = `ulimit -f 16; "$0" "$1" --account "$2" ${args}`
  const {stderr, code} = await ran('bash', ['-c', text, process.execPath, TOOL, EXAMPLE], {cwd})
  expect(stderr).toMatch(/^(?:Cannot write the report: |report\.json cannot be written: )EFBIG.*\.\n$/)
  expect(code).toBe(2)
})

describe('report files', () => {
  it('are written in every format of the report, in addition to standard output', async () => {
    const cwd = folder()
    const {stdout, code} = await run(
      ['--account', EXAMPLE, '-o', 'report.json', '-o', 'report.html', '-o', 'report.txt', '-o', 'report.md'],
      {cwd},
    )
    const text = (file: string) => readFileSync(join(cwd, file), 'utf8')
    expect(code).toBe(1)
    expect(text('report.txt')).toBe(stdout)
    expect(JSON.parse(text('report.json'))).toMatchObject({schema: 'ssm-doctor/report/1', verdict: 'unmanaged'})
    expect(text('report.md')).toMatch(/^### .* is not a managed node: unmanaged\n\n\*\*Root cause:\*\* /)
    expect(text('report.html')).toMatch(/^<!doctype html>/i)
  })

  it.each([[['--account', EXAMPLE]], [['audit', '--account', EXAMPLE]]])(
    'replace the report on standard output where they go there: %j',
    async (args) => {
      const {stdout, code} = await run([...args, '-o', 'json=-'])
      expect(JSON.parse(stdout)).toHaveProperty('schema')
      expect(code).toBe(1)
    },
  )

  it('need a known format, before anything is examined', async () => {
    const {stdout, stderr, code} = await run(['--account', EXAMPLE, '-o', 'report.pdf'])
    expect({stdout, code}).toEqual({stdout: '', code: 2})
    expect(stderr).toBe(
      'Cannot infer the format of report.pdf; use FORMAT=report.pdf, with FORMAT one of: text, json, html, markdown.\n',
    )
  })
})

describe('a typing mistake', () => {
  it.each([
    [['adit'], 'Unknown command or instance id "adit". Did you mean audit?\n'],
    [['audit', '--acount', 'x.json'], 'Unknown flag --acount. Did you mean --account? See ssm-doctor audit --help.\n'],
    [
      ['explain', 'endpoint.sg-block'],
      /^Unknown check or cause "endpoint\.sg-block"\. Did you mean endpoint\.sg-blocks/,
    ],
  ])('%j is corrected', async (args, says) => {
    const {stdout, stderr, code} = await run(args)
    expect({stdout, code}).toEqual({stdout: '', code: 2})
    if (typeof says === 'string') expect(stderr).toBe(says)
    else expect(stderr).toMatch(says)
  })
})

describe('a flag that stands for a format excludes another format, instead of one of them being ignored', () => {
  it.each([
    [['demo', '--json', '--format', 'markdown']],
    [['--account', EXAMPLE, '--format=text', '--json']],
    [['audit', '--account', EXAMPLE, '--json', '--format', 'table']],
    [['audit', '--account', EXAMPLE, '--json', '--format', 'csv']],
    [['reach', '--account', EXAMPLE, '--to', '10.1.1.1', '--json', '--format', 'html']],
    [['--account', EXAMPLE, '--brief', '--format', 'json']],
    [['demo', '--brief', '--format', 'html']],
  ])('%j', async (args) => {
    expect(await run(args)).toMatchObject({
      stdout: '',
      code: 2,
      stderr: expect.stringMatching(/^--format and --(?:json|brief) cannot be combined\. /),
    })
  })

  it('and the same format is accepted', async () => {
    const {stdout} = await run(['demo', '--json', '--format', 'json'])
    expect(stdout).toBe((await run(['demo', '--json'])).stdout)
  })
})

it('fits a terminal of 24 rows with --brief', async () => {
  const {stdout} = await run(['--account', EXAMPLE, '--brief'])
  expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(20)
  expect(stdout).toContain('aws ec2 authorize-security-group-ingress')
})

it('loads no AWS client for an account file', () => {
  const dist = fileURLToPath(new URL('../../dist/', import.meta.url))
  const chunks = new Map(
    readdirSync(dist)
      .filter((file) => file.endsWith('.js'))
      .map((file) => [file, readFileSync(join(dist, file), 'utf8')]),
  )
  const reached = new Set<string>()
  const follow = (file: string): void => {
    if (reached.has(file)) return
    reached.add(file)
    for (const [, next] of (chunks.get(file) ?? '').matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g))
      follow(next ?? '')
  }
  for (const file of chunks.keys()) if (/^(?:index|examine-all|account-file|fleet|explain)\b/.test(file)) follow(file)
  expect(reached.size).toBeGreaterThan(4)
  expect(
    [...reached].filter((file) => /AWS_SECRET_ACCESS_KEY|DescribeInstancesCommand|smithy/.test(chunks.get(file) ?? '')),
  ).toEqual([])
})

describe('snapshot', () => {
  const healthy = fileURLToPath(new URL('../../examples/healthy.json', import.meta.url))

  it('writes an account file that examines the same, readable by its owner only', async () => {
    const cwd = folder()
    expect(await run(['snapshot', '--account', healthy, '-o', 'copy.json'], {cwd})).toEqual({
      stdout: '',
      stderr: '',
      code: 0,
    })
    const [before, after] = await Promise.all(
      [healthy, 'copy.json'].map((file) => run(['--account', file, '--json'], {cwd})),
    )
    expect(after).toEqual(before)
    expect(readdirSync(cwd)).toEqual(['copy.json'])
  })

  it('says what is missing from the file because it was denied, or does not exist', async () => {
    const aws = serve(
      parseAccounts([{name: 'healthy', json: JSON.parse(readFileSync(healthy, 'utf8'))}]).accounts[0]!,
      {
        unless: ({operation}) => (operation === 'DescribeVpcs' ? refuse('UnauthorizedOperation') : undefined),
      },
    )
    const env = {...KEYS, AWS_ENDPOINT_URL: await aws.listen()}
    const {stderr, code} = await run(['snapshot', ID, 'i-0d0c000000002f0a9', '-o', 'account.json'], {
      env,
      cwd: folder(),
    })
    aws.close()
    expect(stderr).toBe(
      'Missing from the account file, because it could not be read: Vpcs (ec2:DescribeVpcs), DhcpOptions.\n' +
        `Missing from the account file, because Region eu-west-1 does not have it: ${ID}.\n`,
    )
    expect(code).toBe(0)
  })

  it('redacts, and the causes do not change', async () => {
    const cwd = folder()
    const shadow = healthy.replace('healthy', 'endpoints-shadow-nat')
    await run(['snapshot', '--account', shadow, '--redact', '-o', 'redacted.json'], {cwd})
    expect(readFileSync(join(cwd, 'redacted.json'), 'utf8')).not.toMatch(/billing-worker|111122223333/)
    const [before, after] = await Promise.all(
      [shadow, 'redacted.json'].map(async (file) =>
        JSON.parse((await run(['--account', file, '--json'], {cwd})).stdout),
      ),
    )
    const ids = (report: {causes: readonly {id: string}[]}) => report.causes.map(({id}) => id)
    expect(ids(after)).toEqual(ids(before))
  })

  it('keeps the earlier file if it cannot write', async () => {
    const cwd = folder()
    chmodSync(cwd, 0o700)
    const {stderr, code} = await run(['snapshot', '--account', healthy, '-o', 'nowhere/copy.json'], {cwd})
    expect(stderr).toBe('nowhere/copy.json cannot be written: folder nowhere does not exist.\n')
    expect({code, files: readdirSync(cwd)}).toEqual({code: 2, files: []})
  })

  it('does not select instances in a file', async () => {
    expect(await run(['snapshot', ID, '--account', healthy])).toEqual({
      stdout: '',
      stderr: `With --account, the whole file is saved; leave out ${ID}.\n`,
      code: 2,
    })
  })

  it('covers one Region', async () => {
    const arn = (region: string) => `arn:aws:ec2:${region}:111122223333:instance/${ID}`
    expect(await run(['snapshot', arn('eu-west-1'), arn('us-east-1')])).toEqual({
      stdout: '',
      stderr: 'The instances are in eu-west-1 and us-east-1; an account file covers one Region.\n',
      code: 2,
    })
  })

  it('goes to standard output without a file', async () => {
    const {stdout} = await run(['snapshot', '--account', healthy])
    expect(JSON.parse(stdout)).toMatchObject({Format: 'ssm-doctor/account/1', Region: example('healthy').Region})
  })
})

it('prints a policy with read permissions only', async () => {
  const {stdout} = await run(['permissions'])
  const actions = JSON.parse(stdout).Statement.flatMap(({Action}: {Action: readonly string[]}) => Action)
  expect(actions).toContain('ec2:DescribeInstances')
  expect(actions.filter((action: string) => !/:(?:Describe|Get|List|Search|Simulate|BatchGet)/.test(action))).toEqual(
    [],
  )
})

it('also prints for a plan the calls that read a stack', async () => {
  const {stdout} = await run(['permissions', 'plan'])
  const {Statement} = JSON.parse(stdout)
  expect(Statement.at(-1)).toMatchObject({
    Sid: 'Stacks',
    Action: expect.arrayContaining(['cloudformation:GetTemplate']),
  })
  expect(JSON.stringify(Statement)).not.toContain('sts:AssumeRole')
})

it('also prints for audits the access to other accounts', async () => {
  const printed = async (...args: readonly string[]) =>
    JSON.parse((await run(['permissions', ...args])).stdout).Statement as readonly Statement[]
  const audit = await printed('audit', '--role-name', 'reader', '--partition', 'aws-cn')
  expect(audit.slice(-2)).toEqual([
    {
      Sid: 'Accounts',
      Effect: 'Allow',
      Action: [
        'organizations:ListAccounts',
        'organizations:ListAccountsForParent',
        'organizations:ListOrganizationalUnitsForParent',
      ],
      Resource: '*',
    },
    {Sid: 'Roles', Effect: 'Allow', Action: ['sts:AssumeRole'], Resource: 'arn:aws-cn:iam::*:role/reader'},
  ])
  const actions = (statements: readonly Statement[]) => statements.flatMap(({Action}) => Action)
  const more = actions(await printed('inspector')).filter((action) => !actions(audit).includes(action))
  expect(more.toSorted()).toEqual([
    'inspector2:BatchGetAccountStatus',
    'inspector2:ListCoverage',
    'ssm:DescribeInstanceAssociationsStatus',
  ])
  expect(actions(audit)).not.toContain('iam:GetRole')
  expect(actions(audit)).toContain('ec2:DescribeRegions')
})

it('reads the output of its own commands', async () => {
  const {stdout} = await run(['permissions', '--commands'])
  expect(stdout).toContain('aws ec2 describe-instances > "account/ec2-describe-instances.json"')
  const cwd = folder()
  const [instance] = example('healthy').Instances
  writeFileSync(join(cwd, 'ec2-describe-instances.json'), JSON.stringify({Reservations: [{Instances: [instance]}]}))
  const ran = await run(['--account', '.', '--region', 'eu-west-1', '--quiet'], {cwd})
  expect(ran.stdout).toMatch(new RegExp(`^${instance.InstanceId} {2}undecided`))
  expect(ran.code).toBe(3)
})

it('runs no code of a folder of the user, where oclif looks for plugins', async () => {
  const home = aFolder()
  const plugins = join(home, 'ssm-doctor')
  mkdirSync(join(plugins, 'node_modules/other'), {recursive: true})
  const write = (name: string, json: object) => writeFileSync(join(plugins, name), JSON.stringify(json))
  write('package.json', {name: 'x', dependencies: {other: '1'}, oclif: {plugins: [{type: 'user', name: 'other'}]}})
  write('node_modules/other/package.json', {name: 'other', version: '1.0.0', oclif: {hooks: {init: './init.js'}}})
  writeFileSync(join(plugins, 'node_modules/other/init.js'), 'module.exports = () => console.error("other code")')
  const env = {XDG_DATA_HOME: home, LOCALAPPDATA: home}
  expect(await run(['demo', '--quiet'], {env})).toMatchObject({stderr: '', code: 0})
})

it('says nothing about a home that is not a folder', async () => {
  expect(await run(['demo', '--quiet'], {env: {HOME: '/dev/null'}})).toMatchObject({stderr: '', code: 0})
})
