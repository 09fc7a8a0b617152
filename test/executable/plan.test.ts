import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {describe, expect, it} from 'vitest'
import {planOf} from '../plan/plans.ts'
import {aFolder} from '../support/folder.ts'
import {parseXml} from '../support/formats.ts'
import {healthy, WEB_GROUP} from '../support/healthy.ts'
import {planFaultsOf} from '../support/report-schemas.ts'
import {run} from './run.ts'

const cwd = aFolder()
const group = (egress: readonly object[]) => ({id: WEB_GROUP, name: 'web', egress})
const OPEN = [{protocol: '-1', from_port: 0, to_port: 0, cidr_blocks: ['0.0.0.0/0']}]
writeFileSync(join(cwd, 'account.json'), JSON.stringify({Format: 'ssm-doctor/account/1', ...healthy}))
writeFileSync(
  join(cwd, 'plan.json'),
  JSON.stringify(
    planOf({
      address: 'aws_security_group.web',
      actions: ['update'],
      before: {...group(OPEN), description: 'secret-of-the-plan'},
      after: group([]),
    }),
  ),
)
const planned = (...args: readonly string[]) =>
  run(['plan', '--terraform', 'plan.json', '--account', 'account.json', ...args], {cwd})

describe('a plan that removes the rules of the security group of a managed instance', () => {
  it('exits with 1 and names the attribute that causes it', async () => {
    const {stdout, code} = await planned()
    expect(code).toBe(1)
    expect(stdout).toContain('aws_security_group.web: ')
    expect(stdout.split('\n').every((line) => line.length <= 100 || line.startsWith('      '))).toBe(true)
    expect(stdout).not.toContain('secret-of-the-plan')
  })

  it('is JSON that conforms to its schema', async () => {
    expect(planFaultsOf(JSON.parse((await planned('--json')).stdout))).toEqual([])
  })

  it.each(['markdown', 'html'])('is written as %s', async (format) => {
    expect((await planned('--format', format)).stdout).toMatch(/aws\\?_security\\?_group\.web/)
  })

  it('is a failure for a test report', async () => {
    const {children} = parseXml((await planned('--format', 'junit')).stdout.trim())
    expect(children[0]?.attributes).toMatchObject({tests: '1', failures: '1'})
  })

  it('is a result at its address for code scanning', async () => {
    const [{results}] = JSON.parse((await planned('--format', 'sarif')).stdout).runs
    expect(results[0].locations[0].logicalLocations[0].name).toBe('aws_security_group.web')
  })
})

it('is not called harmless where the instances could not be read', async () => {
  const action = 'ec2:DescribeInstances'
  const Instances = {unreadable: `UnauthorizedOperation (needs ${action})`, error: 'UnauthorizedOperation', action}
  writeFileSync(join(cwd, 'denied.json'), JSON.stringify({Format: 'ssm-doctor/account/1', ...healthy, Instances}))
  const {stdout, stderr, code} = await run(['plan', '--terraform', 'plan.json', '--account', 'denied.json'], {cwd})
  expect({stdout, code}).toEqual({stdout: '', code: 2})
  expect(stderr).toBe(`The instances of the account could not be read: UnauthorizedOperation (needs ${action}).\n`)
})

it('is examined with files of a network alone, where it launches the first instances', async () => {
  const {Instances: _, ...network} = healthy
  writeFileSync(join(cwd, 'no-instances.json'), JSON.stringify({Format: 'ssm-doctor/account/1', ...network}))
  const {stderr} = await run(['plan', '--terraform', 'plan.json', '--account', 'no-instances.json'], {cwd})
  expect(stderr).not.toContain('could not be read')
})

it('has a result for code scanning where the outcome cannot be determined', async () => {
  const unsure = {protocol: 'tcp', from_port: 443, to_port: 443}
  const plan = planOf({
    address: 'aws_security_group.web',
    actions: ['update'],
    before: group(OPEN),
    after: group([unsure]),
    unknown: {egress: [{cidr_blocks: [true]}]},
    expressions: {egress: [{cidr_blocks: {references: ['local.ranges']}}]},
  })
  writeFileSync(join(cwd, 'unsure.json'), JSON.stringify(plan))
  const {stdout, code} = await run(
    ['plan', '--terraform', 'unsure.json', '--account', 'account.json', '--format', 'sarif'],
    {cwd},
  )
  const [{results}] = JSON.parse(stdout).runs
  expect(code).toBe(3)
  expect(results).toMatchObject([{ruleId: 'plan.undetermined', level: 'note', kind: 'open'}])
})

describe('a template with nested stacks', () => {
  const stack = (Properties: object, Metadata: object = {}) => ({
    Type: 'AWS::CloudFormation::Stack',
    Properties,
    Metadata,
  })
  const network = {
    Resources: {Subnet: {Type: 'AWS::EC2::Subnet', Properties: {CidrBlock: '10.0.1.0/24'}}},
    Outputs: {Subnet: {Value: {Ref: 'Subnet'}}},
  }
  const node = {
    Type: 'AWS::EC2::Instance',
    Properties: {SubnetId: {'Fn::GetAtt': ['Network', 'Outputs.Subnet']}},
  }
  const root = (Network: object) => ({Resources: {Network, Node: node}})
  mkdirSync(join(cwd, 'nested', 'folder'), {recursive: true})
  writeFileSync(join(cwd, 'nested', 'network.json'), JSON.stringify(network))
  const outside = join(aFolder(), 'network.json')
  writeFileSync(outside, JSON.stringify(network))
  symlinkSync(outside, join(cwd, 'nested', 'link.json'))
  writeFileSync(join(cwd, 'network.json'), JSON.stringify(network))
  const ignoredOf = async (Network: object) => {
    writeFileSync(join(cwd, 'nested', 'root.json'), JSON.stringify(root(Network)))
    const args = ['plan', '--cloudformation', 'nested/root.json', '--region', 'eu-west-1', '--json']
    const {stdout, stderr} = await run(args, {cwd})
    expect(stderr).toBe('')
    return JSON.parse(stdout).ignored.map(({address}: {address: string}) => address)
  }

  it.each([
    ['a path beside it', stack({TemplateURL: './network.json'})],
    ['a path above it, in the project', stack({TemplateURL: '../network.json'})],
    ['what cdk synth wrote', stack({TemplateURL: {'Fn::Sub': 'https://x'}}, {'aws:asset:path': 'network.json'})],
  ])('reads %s', async (_, nested) => {
    expect(await ignoredOf(nested)).toEqual([])
  })

  it.each([
    ['in Amazon S3', stack({TemplateURL: 'https://s3.eu-west-1.amazonaws.com/bucket/network.json'})],
    ['that is not there', stack({TemplateURL: 'other.json'})],
    ['that is a folder', stack({TemplateURL: 'folder'})],
    ['by an absolute path', stack({TemplateURL: join(cwd, 'nested', 'network.json')})],
    ['outside of the project', stack({TemplateURL: relative(join(cwd, 'nested'), outside)})],
    ['that a link leads out of the project', stack({TemplateURL: 'link.json'})],
    ['of another type', {...stack({TemplateURL: 'network.json'}), Type: 'Custom::Stack'}],
  ])('leaves a template %s', async (_, nested) => {
    expect(await ignoredOf(nested)).toEqual(['Network'])
  })

  it('that lead back to themselves ends', async () => {
    writeFileSync(join(cwd, 'nested', 'loop.json'), JSON.stringify(root(stack({TemplateURL: 'loop.json'}))))
    const ignored: readonly string[] = await ignoredOf(stack({TemplateURL: 'loop.json'}))
    expect(ignored).toEqual([Array.from({length: 11}, () => 'Network').join('.')])
  })
})

it.each([
  [['plan'], /Specify the plan/],
  [['plan', '--terraform', 'account.json'], /account\.json is not a Terraform plan/],
  [
    ['plan', '--terraform', '-'],
    /not a Terraform plan: expected JSON\. Write one with: terraform show -json tfplan > /,
  ],
  [['plan', '--cloudformation', 'plan.json', '--region', 'eu-west-1'], /is not a CloudFormation template/],
])('%j exits with one sentence and 2', async (args, sentence) => {
  const {stderr, code} = await run(args, {cwd})
  expect({code, lines: stderr.trim().split('\n').length}).toEqual({code: 2, lines: 1})
  expect(stderr).toMatch(sentence)
})
