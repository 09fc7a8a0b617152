import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {gzipSync} from 'node:zlib'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {aFolder} from '../support/folder.ts'
import {behindEndpoints, INSTANCE, online, REGION} from '../support/network.ts'
import {serve} from '../support/serve.ts'
import {example} from './files.ts'
import {run} from './run.ts'

const EXAMPLE = fileURLToPath(new URL('../../examples/nat-deleted.json', import.meta.url))
const {Instances, Caller} = example('nat-deleted')
const ID: string = Instances[0].InstanceId

const aws = serve(online(behindEndpoints))
let env: Readonly<Record<string, string>>
beforeAll(async () => {
  const AWS_ENDPOINT_URL = await aws.listen()
  env = {AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_ENDPOINT_URL}
})
afterAll(() => aws.close())

describe('an ARN of another account', () => {
  const arn = `arn:aws:ec2:${REGION}:999999999999:instance/${INSTANCE}`

  it.each([[[arn]], [[arn, '--watch']], [['snapshot', arn]], [['reach', arn, '--to', 'kms']]])(
    'is refused with the account that the credentials are of: %j',
    async (args) => {
      const {stdout, stderr, code} = await run(args, {env})
      expect({stdout, code}).toEqual({stdout: '', code: 2})
      expect(stderr).toBe(
        `${INSTANCE} is in account 999999999999, but the credentials are of account 111122223333. Use --profile, or --role-arn arn:aws:iam::999999999999:role/NAME.\n`,
      )
    },
  )

  it('is rejected with the account of the file', async () => {
    const {stdout, stderr, code} = await run([
      `arn:aws:ec2:eu-west-1:999999999999:instance/${ID}`,
      '--account',
      EXAMPLE,
    ])
    expect({stdout, code}).toEqual({stdout: '', code: 2})
    expect(stderr).toBe(
      `${ID} is in account 999999999999, but the account file is of account ${Caller.Account}. Use the file of that account.\n`,
    )
  })

  it('differs from one of the same account, which is examined', async () => {
    const {stdout} = await run([`arn:aws:ec2:${REGION}:111122223333:instance/${INSTANCE}`, '--quiet'], {env})
    expect(stdout).toBe(`${INSTANCE}  managed\n`)
    const own = `arn:aws:ec2:eu-west-1:${Caller.Account}:instance/${ID}`
    expect((await run([own, '--account', EXAMPLE, '--quiet'])).stdout).toMatch(new RegExp(`^${ID}  unmanaged`))
  })
})

describe('an ARN of another Region', () => {
  it.each([[[]], [['reach', '--to', 'kms']]])('is rejected with the Region of the file: %j', async (args) => {
    const arn = `arn:aws:ec2:us-east-1:${Caller.Account}:instance/${ID}`
    const {stdout, stderr, code} = await run([...args, arn, '--account', EXAMPLE])
    expect({stdout, code}).toEqual({stdout: '', code: 2})
    expect(stderr).toBe(
      `${ID} is in us-east-1 according to its ARN, but the account file is of eu-west-1. Use the file of that Region.\n`,
    )
  })

  it('is queried in its Region, not in that of --region, and stderr says so', async () => {
    const arn = `arn:aws:ec2:${REGION}:111122223333:instance/${INSTANCE}`
    const {stdout, stderr} = await run([arn, '--region', 'us-east-1', '--json'], {env})
    expect(JSON.parse(stdout).instance.region).toBe(REGION)
    expect(stderr).toBe(`${INSTANCE} is in ${REGION} according to its ARN; --region us-east-1 does not apply to it.\n`)
  })
})

describe('--instance-ids-from', () => {
  const cwd = aFolder()
  const arn = `arn:aws:ec2:eu-west-1:${Caller.Account}:instance/${ID}`
  const image = {resourceId: 'sha256:0', resourceType: 'AWS_ECR_CONTAINER_IMAGE', scanType: 'PACKAGE'}
  const covered = {resourceId: ID, resourceType: 'AWS_EC2_INSTANCE', scanType: 'PACKAGE', accountId: Caller.Account}

  it.each([
    ['ids with comments', `# of the ticket\n${ID} # web\n`],
    ['ARNs', `${arn}\n`],
    ['CSV with a header and quotes', `"Name","Resource ID"\r\n"web, 1","${ID}"\r\n`],
    ['a JSON list', JSON.stringify([arn])],
    ['the JSON of list-coverage', JSON.stringify({coveredResources: [image, covered]})],
  ])('takes %s', async (_, text) => {
    writeFileSync(join(cwd, 'ids'), text)
    const args = ['audit', '--account', EXAMPLE, '--instance-ids-from']
    for (const ran of [await run([...args, 'ids'], {cwd}), await run([...args, '-'], {stdin: text})]) {
      expect(ran.code).toBe(1)
      expect(ran.stdout).toMatch(/^1 instance:/)
      expect(ran.stderr).toMatch(/^1 account and Region, 1 instance, /)
    }
  })
})

describe('standard input can replace a file', () => {
  const cwd = aFolder()
  const audit = (...args: readonly string[]) => ['audit', '--account', EXAMPLE, ...args]

  it('as an account, a list of ids, a list of suppressions and a baseline', async () => {
    const file = readFileSync(EXAMPLE, 'utf8')
    expect((await run(['--account', '-', '--quiet'], {stdin: file})).stdout).toMatch(new RegExp(`^${ID}`))
    const listed = await run(audit('--instance-ids-from', '-', '--json'), {stdin: `${ID}\n`})
    expect(JSON.parse(listed.stdout).instances).toHaveLength(1)
    const accepted = JSON.stringify([{resource: ID, owner: 'web', reason: 'test bed'}])
    expect((await run(audit('--suppress', '-'), {stdin: accepted})).stderr).toMatch(/^1 account and Region/)
    const before = (await run(audit('--json'))).stdout
    const after = await run(audit('--baseline', '-', '--json'), {stdin: before})
    expect(JSON.parse(after.stdout).changes.instances).toMatchObject([{id: ID, change: 'still-broken'}])
    expect((await run(['audit', '--parts', '-', '--json'], {stdin: before})).stdout).toBe(before)
    expect((await run(['render', '-', '--format', 'csv'], {stdin: before})).stdout).toContain(ID)
  })

  it('once', async () => {
    const ran = await run(['--account', '-', '--account', '-'], {stdin: '{}'})
    expect(ran).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'Standard input (-) can be read only once; use files for the rest.\n',
    })
  })

  it('as what was collected on the instance', async () => {
    const log = '2026-11-23 03:00:00 ERROR [ssm-agent-worker] error occurred trying to connect\n'
    const ran = await run(['--account', EXAMPLE, '--agent-log', '-'], {stdin: log})
    expect({stderr: ran.stderr, code: ran.code}).toEqual({stderr: '', code: 1})
    const odd = await run(['--account', EXAMPLE, '--diagnostics', '-'], {stdin: 'no json'})
    expect(odd.stderr).toMatch(/^-: expected what "ssm-cli get-diagnostics" prints/)
  })

  it('as the output of several commands on the instance, also that of get-diagnostics', async () => {
    const output =
      '{"DiagnosticsOutput":[{"Check":"Agent service","Status":"Success","Note":"Agent service is running"}]}'
    const ran = await run(['--account', EXAMPLE, '--agent-log', '-', '--json'], {stdin: output})
    expect(ran.stderr).toBe('')
    expect((await run(['--account', EXAMPLE, '--diagnostics', '-', '--json'], {stdin: output})).stdout).toBe(ran.stdout)
  })

  it('with a notice if no line is of a log of the agent', async () => {
    const ran = await run(['--account', EXAMPLE, '--agent-log', '-'], {stdin: 'Nov 23 03:00:00 host sshd[1]: hello\n'})
    const stderr = '-: no line is a log line of SSM Agent, so nothing of it is used.\n'
    expect({stderr: ran.stderr, code: ran.code}).toEqual({stderr, code: 1})
    const accepts = await run(['--account', EXAMPLE, '--agent-log', '-'], {stdin: '-P OUTPUT ACCEPT\n'})
    expect(accepts.stderr).toBe('')
  })

  it('with a notice if the lines are of another instance than the only one in the file, which they prove nothing for', async () => {
    const user = 'arn:aws:sts::111122223333:assumed-role/web/i-0fffffffffffffff1'
    const line = `2026-11-23 03:00:00 ERROR [ssm-agent-worker] AccessDeniedException: User: ${user} is not authorized to perform: ssm:UpdateInstanceInformation`
    const ran = await run(['--account', EXAMPLE, '--agent-log', '-', '--json'], {stdin: `${line}\n`})
    expect(ran.stderr).toBe(`- has lines of instance i-0fffffffffffffff1, not of ${ID}; they are ignored.\n`)
    const {causes} = JSON.parse(ran.stdout)
    expect(causes).toEqual(JSON.parse((await run(['--account', EXAMPLE, '--json'])).stdout).causes)
  })

  it('as a plan', async () => {
    const plan = {format_version: '1.2', resource_changes: [], planned_values: {root_module: {}}}
    writeFileSync(join(cwd, 'plan.json'), JSON.stringify(plan))
    const [fromFile, fromInput] = await Promise.all([
      run(['plan', '--terraform', 'plan.json', '--account', EXAMPLE], {cwd}),
      run(['plan', '--terraform', '-', '--account', EXAMPLE], {cwd, stdin: JSON.stringify(plan)}),
    ])
    expect(fromInput.stdout).toBe(fromFile.stdout.replace('plan.json', '-'))
  })
})

it('an account file of another Region than --region is examined with a notice', async () => {
  const {stderr, stdout} = await run(['--account', EXAMPLE, '--region', 'us-east-1', '--quiet'])
  expect(stderr).toBe('The account data is of eu-west-1; --region us-east-1 does not apply to it.\n')
  expect(stdout).toMatch(new RegExp(`^${ID}`))
  expect((await run(['--account', EXAMPLE, '--region', 'eu-west-1', '--quiet'])).stderr).toBe('')
})

it('a shell script changes only the account of the instance: roles may have the same names in another', async () => {
  const {stdout} = await run(['--account', EXAMPLE, '--script'])
  expect(stdout).toContain('account=$(aws sts get-caller-identity --query Account --output text --region eu-west-1)')
  expect(stdout).toContain(`if [ "$account" != ${Caller.Account} ]; then`)
})

it('a shell script whose steps are all done by hand needs no credentials', async () => {
  const stopped = EXAMPLE.replace('nat-deleted', 'agent-stopped')
  const {stdout} = await run(['--account', stopped, '--script'])
  expect(stdout).toContain('This is a manual step.')
  expect(stdout).not.toContain('aws sts')
})

it('a shell script has no other form of the fixes', async () => {
  const {stdout, stderr, code} = await run(['--account', EXAMPLE, '--script', '--remedy', 'terraform'])
  expect({stdout, code}).toEqual({stdout: '', code: 2})
  expect(stderr).toMatch(/^--remedy and --script cannot be combined\. /)
})

describe('what a file contains', () => {
  const cwd = aFolder()

  it('is read in UTF-16 and compressed, as redirections of PowerShell and gzip write it', async () => {
    const {stdout} = await run(['--account', EXAMPLE, '--json'])
    writeFileSync(join(cwd, 'utf16.json'), Buffer.from(`\ufeff${stdout}`, 'utf16le'))
    writeFileSync(join(cwd, 'report.json.gz'), gzipSync(stdout))
    for (const file of ['utf16.json', 'report.json.gz'])
      expect((await run(['render', file, '--format', 'json'], {cwd})).stdout).toBe(stdout)
  })

  it.skipIf(process.platform === 'win32').each([
    ['--agent-log', '/dev/zero'],
    ['--diagnostics', '/dev/zero'],
  ])('ends after 512 MB: %s %s', async (...args) => {
    expect(await run([ID, '--account', EXAMPLE, ...args])).toEqual({
      stdout: '',
      stderr: '/dev/zero: larger than 512 MB; split it into several files.\n',
      code: 2,
    })
  })

  it('is named if the file is missing', async () => {
    const {stderr, code} = await run([ID, '--account', EXAMPLE, '--agent-log', 'nosuch.log'])
    expect({stderr, code}).toEqual({stderr: 'nosuch.log: there is no such file.\n', code: 2})
  })
})

it('--role-name with the ARN of a role is rejected, before a policy or a run has it in the place of a name', async () => {
  const arn = 'arn:aws:iam::111122223333:role/audit'
  const stderr = `--role-name: expected the name of an IAM role such as ssm-doctor-audit, found ${arn}.\n`
  for (const args of [
    ['permissions', 'audit'],
    ['audit', '--organization'],
  ])
    expect(await run([...args, '--role-name', arn])).toMatchObject({stdout: '', stderr, code: 2})
})

it('--role-name is named where the policy has no role of other accounts', async () => {
  const {stderr, code} = await run(['permissions', 'diagnose', '--role-name', 'Audit'])
  const says = '--role-name is for permissions audit and permissions inspector; it does not apply here.\n'
  expect({stderr, code}).toEqual({stderr: says, code: 0})
  expect(await run(['permissions', 'inspector', '--role-name', 'Audit'])).toMatchObject({stderr: '', code: 0})
  expect(await run(['permissions', 'diagnose'])).toMatchObject({stderr: '', code: 0})
  const env = {SSM_DOCTOR_ROLE_NAME: 'Audit'}
  expect(await run(['permissions', 'diagnose'], {env})).toMatchObject({stderr: '', code: 0})
})

it.each(['foo', 'arn:aws:iam::111122223333:user/me', 'arn:aws:sts::111122223333:assumed-role/audit/me'])(
  '--role-arn %s is rejected',
  async (arn) => {
    const stderr = `--role-arn: expected the ARN of an IAM role such as arn:aws:iam::111122223333:role/NAME, found ${arn}.\n`
    for (const [command = '', ...args] of [['diagnose', 'i-0123456789abcdef0'], ['audit']])
      expect(await run([command, ...args, '--role-arn', arn])).toMatchObject({
        code: 2,
        stdout: '',
        stderr,
      })
  },
)

describe('what was typed is named', () => {
  it.each([
    [['--account', '-', '--diagnostics', '-'], 'Standard input (-) can be read only once; use files for the rest.'],
    [['audit', '--account=-', '--suppress=-'], 'Standard input (-) can be read only once; use files for the rest.'],
    [[ID, '--quiet=1'], '--quiet takes no value.'],
    [['audit', '--json=true'], '--json takes no value.'],
    [['mcp', '--account', 'nowhere.json'], 'nowhere.json: there is no such file or folder.'],
    [['mcp', '--account', '-'], 'Standard input is for the messages of the client; use a file.'],
  ])('%j', async (args, says) => {
    expect(await run(args)).toEqual({stdout: '', stderr: `${says}\n`, code: 2})
  })

  it('standard output is no second standard input', async () => {
    const stdin = readFileSync(EXAMPLE, 'utf8')
    for (const output of [['-o', 'json=-'], ['--output', 'json=-'], ['--output=json=-']])
      expect(JSON.parse((await run(['--account', '-', ...output], {stdin})).stdout)).toHaveProperty('verdict')
    expect((await run(['snapshot', '--account', '-', '-o', '-'], {stdin})).stderr).not.toContain('only once')
  })
})
