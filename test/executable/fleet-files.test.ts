import {existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {fleetAccount} from '../../bench/fleet-account.ts'
import {aFolder} from '../support/folder.ts'
import {outputOf} from '../support/programs.ts'
import {auditFaultsOf} from '../support/report-schemas.ts'
import {run} from './run.ts'

const cwd = aFolder()
const accounts = [0, 1].map((n) => fleetAccount({account: String(111122223333 + n), seed: n, instances: 100}))
mkdirSync(join(cwd, 'accounts'))
for (const [n, account] of accounts.entries()) writeFileSync(join(cwd, `accounts/${n}.json`), JSON.stringify(account))

const audit = (...args: readonly string[]) => run(['audit', '--account', 'accounts', ...args], {cwd})
const read = (...path: readonly string[]) => readFileSync(join(cwd, ...path), 'utf8')
const whole = JSON.parse((await audit('--json')).stdout)
const group = whole.groups.find(({cause}: {cause: string}) => cause === 'iam.no-profile')

describe('the fixes of an audit', () => {
  it.each([
    ['terraform', 'resource "aws_iam_role_policy_attachment"'],
    ['cloudformation', 'AWS::EC2::SecurityGroupIngress'],
    ['powershell', '$ASSOCIATION_ID = aws ec2 associate-iam-instance-profile'],
  ])('are written as %s in every format that shows commands', async (remedy, words) => {
    const outputs = ['x.json', 'x.csv', 'x.md', 'x.html', 'x.txt'].map((name) => `${remedy}.${name}`)
    const {stdout} = await audit('--remedy', remedy, ...outputs.flatMap((file) => ['-o', file]))
    expect(read(`${remedy}.x.txt`)).toBe(stdout)
    const json = JSON.parse(read(`${remedy}.x.json`))
    expect(auditFaultsOf(json)).toEqual([])
    const snippets = json.groups.flatMap(({change}: {change: {snippet?: string} | null}) => change?.snippet ?? [])
    expect(snippets.some((snippet: string) => snippet.includes(words))).toBe(true)
    for (const name of outputs) expect(read(name).replaceAll('&quot;', '"')).toContain(words.split('"')[0] ?? '')
  })

  it('are commands by default', async () => {
    expect((await audit('--remedy', 'cli', '--json')).stdout).toBe((await audit('--json')).stdout)
    expect(JSON.stringify(whole)).not.toContain('"snippet"')
  })

  it('do not resume what was saved in another format', async () => {
    await audit('--resume', 'kept')
    const {stderr, code} = await audit('--resume', 'kept', '--remedy', 'terraform')
    expect(code).toBe(2)
    expect(stderr).toContain('contains an audit with different flags')
  })
})

describe('--script', () => {
  it('is a shell script for the fix of one group, which checks the account first', async () => {
    const {stdout, code} = await audit('--script', group.id)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^#!\/bin\/sh\n# Remediation proposed by ssm-doctor for 1 instance in eu-west-1/)
    expect(stdout).toContain(`"$account" != ${group.account} ]`)
    expect(stdout).toContain('aws ec2 associate-iam-instance-profile')
    writeFileSync(join(cwd, 'fix.sh'), stdout)
    mkdirSync(join(cwd, 'bin'), {recursive: true})
    const called = join(cwd, 'called')
    writeFileSync(join(cwd, 'bin/aws'), `#!/bin/sh\necho "$@" >>'${called}'\necho 999999999999\n`, {mode: 0o755})
    const PATH = `${join(cwd, 'bin')}:${process.env.PATH}`
    expect(() => outputOf('sh', ['fix.sh'], {cwd, input: 'y\n', env: {PATH}})).toThrow()
    expect(readFileSync(called, 'utf8')).toBe(
      'sts get-caller-identity --query Account --output text --region eu-west-1\n',
    )
  })

  it('of an unknown group suggests the nearest ones', async () => {
    const {stdout, stderr, code} = await audit('--script', group.id.slice(0, -1))
    expect({stdout, code}).toEqual({stdout: '', code: 2})
    expect(stderr).toContain(`No group "${group.id.slice(0, -1)}" in this audit. Did you mean ${group.id}`)
  })
})

describe('--split owner', () => {
  it('writes a ticket for each fix and owner, with the instances of that owner, the commands and the AWS page', async () => {
    const {code} = await audit('--split', 'owner', '-o', 'markdown=tickets/')
    expect(code).toBe(1)
    const names = readdirSync(join(cwd, 'tickets'))
    const expected = whole.groups.reduce((sum: number, {owners}: {owners: unknown[]}) => sum + owners.length, 0)
    expect(names).toHaveLength(expected)
    const name = `${group.owners[0].owner}.${group.cause}.${group.resource}.md`
    const ticket = read('tickets', name)
    expect(ticket).toContain(`| ${group.affected[0]} |`)
    expect(ticket).toContain(['```', ...group.change.commands, '```'].join('\n'))
    expect(ticket).toContain(`- ${group.docs}\n`)
    expect(statSync(join(cwd, 'tickets', name)).mode & 0o777).toBe(0o600)
  })

  it.each([
    [['--split', 'owner'], '--split owner needs a folder: --output markdown=FOLDER/.\n'],
    [['--split', 'owner', '-o', 'report.md'], '--split owner needs a folder: --output markdown=FOLDER/.\n'],
    [['-o', 'markdown=folder/'], 'folder/ is a folder; specify a file, or split the report with --split.\n'],
    [
      ['--split', 'account', '-o', 'asff=accounts/0.json/'],
      'accounts/0.json/ cannot be written: it is not a folder.\n',
    ],
  ])('%j is a usage error', async (flags, says) => {
    const {stdout, stderr, code} = await audit(...flags)
    expect({stdout, stderr, code}).toEqual({stdout: '', stderr: says, code: 2})
    expect(existsSync(join(cwd, 'folder'))).toBe(false)
  })
})

interface Finding {
  readonly Id: string
  readonly AwsAccountId: string
  readonly ProductArn: string
  readonly RecordState: string
  readonly Compliance: {readonly Status: string}
  readonly FindingProviderFields: {readonly Severity: {readonly Label: string}}
  readonly Resources: readonly {readonly Id: string; readonly Partition: string; readonly Region: string}[]
}
const findingsIn = (folder: string, name: string): readonly Finding[] => JSON.parse(read(folder, name))

describe('findings for Security Hub', () => {
  it('are split by account and Region, at most a hundred per file, and complete', async () => {
    await audit('--split', 'account', '-o', 'asff=findings/', '-o', 'asff=all.json')
    const names = readdirSync(join(cwd, 'findings'))
    const all: readonly Finding[] = JSON.parse(read('all.json'))
    expect(names).toEqual(expect.arrayContaining(['111122223333.eu-west-1.json', '111122223334.eu-west-1.json']))
    for (const name of names) {
      const findings = findingsIn('findings', name)
      const [account = '', region = ''] = name.split('.')
      expect(findings.length).toBeLessThanOrEqual(100)
      for (const {AwsAccountId, ProductArn, Resources, FindingProviderFields} of findings) {
        expect(AwsAccountId).toBe(account)
        expect(ProductArn).toBe(`arn:aws:securityhub:${region}:${account}:product/${account}/default`)
        expect(Resources[0]?.Region).toBe(region)
        expect(FindingProviderFields.Severity.Label).toMatch(/^(?:HIGH|MEDIUM|LOW|INFORMATIONAL)$/)
      }
    }
    const ids = names.flatMap((name) => findingsIn('findings', name).map(({Id}) => Id))
    expect(ids.toSorted()).toEqual(all.map(({Id}) => Id).toSorted())
  })

  it.each([
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['us-iso-east-1', 'aws-iso'],
  ])('in %s have ARNs of partition %s', async (Region, partition) => {
    const account = {...accounts[0], Region, Partition: partition}
    writeFileSync(join(cwd, `${Region}.json`), JSON.stringify(account))
    const {stdout} = await run(['audit', '--account', `${Region}.json`, '--format', 'asff'], {cwd})
    for (const {ProductArn, Resources} of JSON.parse(stdout) as readonly Finding[]) {
      expect(ProductArn).toMatch(new RegExp(`^arn:${partition}:securityhub:${Region}:`))
      expect(Resources[0]).toMatchObject({Partition: partition, Id: expect.stringMatching(`^arn:${partition}:ec2:`)})
    }
  })

  const since = async (name: string, change: object, ...flags: readonly string[]) => {
    writeFileSync(join(cwd, `${name}.json`), JSON.stringify({...accounts[0], ...change}))
    await run(['audit', '--account', 'accounts/0.json', '-o', 'before.json'], {cwd})
    const args = ['audit', '--account', `${name}.json`, '--baseline', 'before.json', '--format', 'asff', ...flags]
    const findings: readonly Finding[] = JSON.parse((await run(args, {cwd})).stdout)
    return findings.filter(({RecordState}) => RecordState === 'ARCHIVED')
  }
  const Instances = accounts[0]?.Instances as readonly {
    readonly InstanceId: string
    readonly MetadataOptions?: object
  }[]
  const [disabled] = JSON.parse(read('accounts/0.json')).Instances.filter(
    ({Tags}: {Tags: readonly {Key: string; Value: string}[]}) =>
      Tags.some(({Key, Value}) => Key === 'Fault' && Value === 'metadata-off'),
  )

  it('that are resolved since the baseline are archived under the same id', async () => {
    const fixed = Instances.map((one) =>
      one.InstanceId === disabled.InstanceId
        ? {...one, MetadataOptions: {...one.MetadataOptions, HttpEndpoint: 'enabled'}}
        : one,
    )
    const archived = await since('fixed', {Instances: fixed})
    const id = `ssm-doctor/111122223333/eu-west-1/${disabled.InstanceId}/imds.disabled@${disabled.InstanceId}`
    const [over] = archived.filter(({Id}) => Id === id)
    expect(over).toMatchObject({Compliance: {Status: 'PASSED'}, RecordState: 'ARCHIVED'})
    expect(JSON.parse((await run(['audit', '--parts', 'before.json', '--format', 'asff'], {cwd})).stdout)).toEqual(
      expect.arrayContaining([expect.objectContaining({Id: id, RecordState: 'ACTIVE'})]),
    )
  })

  it('of an instance that no longer exists are archived, unless only some instances were requested', async () => {
    const Instances_ = Instances.filter(({InstanceId}) => InstanceId !== disabled.InstanceId)
    expect((await since('gone', {Instances: Instances_})).some(({Id}) => Id.includes(disabled.InstanceId))).toBe(true)
    expect(await since('gone', {Instances: Instances_}, '--tag', 'Owner=web')).toEqual([])
  })

  it('that were accepted since then are not archived', async () => {
    const accepted = [{resource: disabled.InstanceId, owner: 'web', reason: 'moves'}]
    writeFileSync(join(cwd, 'accepted.json'), JSON.stringify(accepted))
    expect(await since('same', {}, '--suppress', 'accepted.json')).toEqual([])
  })
})
