import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {writeAccount} from '../../src/account-file/write-account.ts'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {describedBy, KINDS} from '../../src/model/kinds.ts'
import {actionsFor, policyFor} from '../../src/model/permissions.ts'
import {type Call, fakeAws, type Refusal, refuse} from '../support/fake-aws.ts'
import {aFolder} from '../support/folder.ts'
import {behindEndpoints, group, HUB, id, inPublicSubnet, REGION, subnet, VPC} from '../support/network.ts'
import {faultsOf} from '../support/report-schemas.ts'
import {answerTo} from '../support/serve.ts'
import type {Fields} from '../support/wire.ts'
import {run} from './run.ts'

const WINDOWS = 'ami-0000000000000000a'
const ASSOCIATED = id('sg', 0x51)
const FOREIGN = id('sg', 0x52)
const anywhere = group(1, [], []).IpPermissionsEgress

/** No instances yet; an open security group and two of another VPC in addition to those of the endpoints. */
const account: Account = {
  ...behindEndpoints,
  Instances: [],
  SecurityGroups: [
    ...(behindEndpoints.SecurityGroups as readonly ReturnType<typeof group>[]),
    {...group(0x51, [], [], HUB), IpPermissionsEgress: [{IpProtocol: '-1', IpRanges: [{CidrIp: '0.0.0.0/0'}]}]},
    {...group(0x52, [], [], HUB), IpPermissionsEgress: anywhere},
  ],
}

const image = {
  ImageId: WINDOWS,
  Name: 'Windows_Server-2022-English-Full-Base-2026',
  ImageOwnerAlias: 'amazon',
  PlatformDetails: 'Windows',
}

/** What AWS returns for a launch only. */
function launchAnswer({operation, input}: Call): Fields | Refusal | undefined {
  if (operation === 'DescribeSubnets' && JSON.stringify(input).includes('subnet-id'))
    return {Subnets: itemsOf(account.Subnets).filter(({SubnetId}) => JSON.stringify(input).includes(SubnetId))}
  if (operation === 'DescribeImages')
    return String(input.ImageIds) === WINDOWS ? {Images: [image]} : refuse('InvalidAMIID.NotFound')
  if (operation === 'DescribeSecurityGroupVpcAssociations')
    return {SecurityGroupVpcAssociations: [{GroupId: ASSOCIATED, VpcId: VPC, State: 'associated'}]}
  return undefined
}

const aws = fakeAws((call) => launchAnswer(call) ?? answerTo(account, call))
const folder = aFolder()
const file = join(folder, 'account.json')
const publicFile = join(folder, 'public.json')
let env: Readonly<Record<string, string>>

beforeAll(async () => {
  env = {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: REGION,
    AWS_ENDPOINT_URL: await aws.listen(),
  }
  writeFileSync(file, writeAccount(account))
  writeFileSync(
    publicFile,
    writeAccount({...inPublicSubnet, Instances: [], Subnets: [subnet(1, '10.0.1.0/24', {MapPublicIpOnLaunch: true})]}),
  )
})
afterAll(() => aws.close())

const SUBNET = id('subnet', 1)
const GROUP = id('sg', 1)
const preflight = (...args: readonly string[]) => run(['preflight', ...args], {env})

describe.each([
  ['in an account file', () => ['--account', file]],
  ['in AWS', () => []],
])('a launch %s', (_, where) => {
  const into = (...args: readonly string[]) => preflight(...where(), '--subnet', SUBNET, ...args)

  it('would be managed', async () => {
    const {stdout, stderr, code} = await into('--security-group', GROUP, '--role', 'web')
    expect({stderr, code}).toEqual({stderr: '', code: 0})
    expect(stdout).toMatch(
      /^ok An instance launched this way would be a healthy managed node: managed\n {2}No problems found/,
    )
  })

  it('would not be managed without a role, and shows what to launch it with', async () => {
    const {stdout, code} = await into('--security-group', GROUP)
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^FAIL An instance launched this way would not be a managed node: unmanaged\n {2}Root cause: The instance has no instance profile/,
    )
  })

  it('has a report that conforms to its schema', async () => {
    const {stdout, code} = await into('--security-group', GROUP, '--instance-profile', 'web', '--json')
    const report = JSON.parse(stdout)
    expect(faultsOf(report)).toEqual([])
    expect({code, verdict: report.verdict, id: report.instance.id}).toEqual({
      code: 0,
      verdict: 'managed',
      id: 'preflight',
    })
  })

  it.each([
    [['--security-group', 'sg-0123456789abcdef0'], 'Cannot find security group sg-0123456789abcdef0 in eu-west-1'],
    [['--security-group', GROUP, '--role', 'missing'], 'Cannot find role missing in eu-west-1'],
    [['--security-group', GROUP, '--instance-profile', 'missing'], 'Cannot find instance profile missing in eu-west-1'],
    [
      ['--security-group', GROUP, '--security-group', FOREIGN],
      `Security group ${FOREIGN} is in ${HUB} and subnet ${SUBNET} in ${VPC}`,
    ],
    [
      ['--role', 'web'],
      `Cannot find default security group of ${VPC} in eu-west-1; check the id and --region, or specify --security-group.`,
    ],
  ])('exits with 2 and one sentence: %j', async (args, says) => {
    const {stdout, stderr, code} = await into(...args)
    expect({stdout, code}).toEqual({stdout: '', code: 2})
    expect(stderr).toContain(says)
    expect(stderr.trimEnd()).not.toContain('\n')
  })

  it('exits with 2 for a subnet that does not exist', async () => {
    const {stderr, code} = await preflight(
      ...where(),
      '--subnet',
      'subnet-0123456789abcdef0',
      '--security-group',
      GROUP,
    )
    expect(code).toBe(2)
    expect(stderr).toBe('Cannot find subnet subnet-0123456789abcdef0 in eu-west-1; check the id and --region.\n')
  })
})

describe('the public address', () => {
  it.each([
    [[], 0],
    [['--no-public-ip'], 1],
    [['--public-ip'], 0],
  ])('%j', async (args, code) => {
    const where = ['--account', publicFile, '--subnet', SUBNET, '--security-group', GROUP, '--role', 'web']
    expect((await preflight(...where, ...args)).code).toBe(code)
  })
})

describe('what only AWS returns', () => {
  const into = (...args: readonly string[]) =>
    preflight('--subnet', SUBNET, '--security-group', GROUP, '--role', 'web', ...args)

  it('is the image: its operating system, and that it includes the agent', async () => {
    const {stdout, code} = await into('--image', WINDOWS, '--json')
    const {instance, checks} = JSON.parse(stdout)
    expect({code, platform: instance.platform}).toEqual({code: 0, platform: 'Windows'})
    expect(checks.find((check: {readonly id: string}) => check.id === 'agent').notes).toEqual([
      'The image Windows_Server-2022-English-Full-Base-2026 comes with the agent.',
    ])
  })

  it('is that the image does not exist', async () => {
    const {stderr, code} = await into('--image', 'ami-0123456789abcdef0')
    expect({code, stderr}).toEqual({
      code: 2,
      stderr: 'Cannot find image ami-0123456789abcdef0 in eu-west-1; check the id and --region.\n',
    })
  })

  it('is a security group of another VPC that can be used here', async () => {
    expect(await into('--security-group', ASSOCIATED)).toMatchObject({stderr: '', code: 0})
  })

  it('is read with the listed permissions, and no others', async () => {
    await into('--image', WINDOWS, '--security-group', ASSOCIATED)
    const made = new Set(aws.calls.map(({service, operation}) => `${service}:${operation}`))
    const kinds = KINDS.filter((kind) => !describedBy(kind).running)
    const allowed = policyFor(kinds, 'aws', 'launch').Statement.flatMap(({Action}) => Action)
    expect(allowed.toSorted()).toEqual(actionsFor(kinds, 'launch').toSorted())
    expect([...made].filter((action) => !allowed.includes(action))).toEqual(['sts:GetCallerIdentity'])
    const {stdout} = await run(['permissions', 'preflight'])
    const printed = JSON.parse(stdout).Statement.flatMap(({Action}: {readonly Action: string | string[]}) => Action)
    expect(printed.toSorted()).toEqual(allowed.toSorted())
  })

  it('cannot be read without credentials', async () => {
    const {stdout, stderr, code} = await run(['preflight', '--subnet', SUBNET], {env: {AWS_REGION: REGION}})
    expect({stdout, code}).toEqual({stdout: '', code: 2})
    expect(stderr).toMatch(/credentials/)
  })
})
