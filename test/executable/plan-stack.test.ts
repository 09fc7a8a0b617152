import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {itemsOf} from '../../src/model/account.ts'
import {type Call, fakeAws, type Refusal, refuse} from '../support/fake-aws.ts'
import {aFolder} from '../support/folder.ts'
import {healthy, REGION, VPC, WEB, WEB_GROUP} from '../support/healthy.ts'
import {answerTo} from '../support/serve.ts'
import type {Fields} from '../support/wire.ts'
import {run} from './run.ts'

const template = (egress: string) => `
Parameters:
  Port: {Type: Number, Default: 80}
  Password: {Type: String, NoEcho: true}
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      VpcId: ${VPC}
      SecurityGroupEgress: [{IpProtocol: tcp, FromPort: !Ref Port, ToPort: !Ref Port, CidrIp: ${egress}}]
`

const parent =
  'Resources: {Net: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: FILE, Parameters: {Port: "443"}}}}'

/** A stack in which that one is nested. */
function parentAnswer(operation: string): Fields {
  if (operation === 'GetTemplate') return {TemplateBody: parent}
  if (operation === 'DescribeStacks') return {Stacks: [{StackName: 'parent', StackStatus: 'UPDATE_COMPLETE'}]}
  const net = {LogicalResourceId: 'Net', PhysicalResourceId: 'network', ResourceStatus: 'CREATE_COMPLETE'}
  return {StackResourceSummaries: [{...net, ResourceType: 'AWS::CloudFormation::Stack'}]}
}

/** The responses of CloudFormation about the only stack. */
function stackAnswer({service, operation, input}: Call): Fields | Refusal | undefined {
  if (service !== 'cloudformation') return undefined
  if (input.StackName === 'locked') return refuse('AccessDenied', 'not authorized', 403)
  if (input.StackName === 'parent') return parentAnswer(operation)
  if (input.StackName !== 'network') return refuse('ValidationError', `Stack with id ${input.StackName} does not exist`)
  if (operation === 'GetTemplate') return {TemplateBody: template('0.0.0.0/0')}
  if (operation === 'DescribeStacks') {
    const Parameters = [
      {ParameterKey: 'Port', ParameterValue: '443'},
      {ParameterKey: 'Password', ParameterValue: '****'},
    ]
    return {Stacks: [{StackName: 'network', StackStatus: 'UPDATE_COMPLETE', Parameters}]}
  }
  const row = {LogicalResourceId: 'Web', ResourceType: 'AWS::EC2::SecurityGroup', ResourceStatus: 'CREATE_COMPLETE'}
  return input.NextToken === undefined
    ? {StackResourceSummaries: [], NextToken: 'more'}
    : {StackResourceSummaries: [{...row, PhysicalResourceId: WEB_GROUP}]}
}

/** The security group as the stack created it. */
const account = {
  ...healthy,
  SecurityGroups: itemsOf(healthy.SecurityGroups).map((group) =>
    group.GroupId === WEB_GROUP
      ? {
          ...group,
          IpPermissionsEgress: [
            {IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{CidrIp: '0.0.0.0/0'}], UserIdGroupPairs: []},
          ],
        }
      : group,
  ),
}
const aws = fakeAws((call) => stackAnswer(call) ?? answerTo(account, call))
const cwd = aFolder()
let env: Readonly<Record<string, string>>

beforeAll(async () => {
  const endpoint = await aws.listen()
  env = {AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: REGION, AWS_ENDPOINT_URL: endpoint}
  writeFileSync(join(cwd, 'same.yaml'), template('0.0.0.0/0'))
  writeFileSync(join(cwd, 'closed.yaml'), template('192.0.2.0/24'))
  for (const name of ['same', 'closed'])
    writeFileSync(join(cwd, `parent-${name}.yaml`), parent.replace('FILE', `${name}.yaml`))
  writeFileSync(join(cwd, 'parameters.json'), '{"Parameters": {"Port": "80"}}')
})
afterAll(() => aws.close())

const plannedFor = (stack: string, file: string, ...args: readonly string[]) =>
  run(['plan', '--cloudformation', file, '--stack', stack, ...args], {cwd, env})
const planned = (file: string, ...args: readonly string[]) => plannedFor('network', file, ...args)

describe('a template for a stack that is deployed', () => {
  it('changes nothing if it is the current template of the stack', async () => {
    const {stdout, stderr, code} = await planned('same.yaml', '--json')
    expect({stderr, code}).toEqual({stderr: '', code: 0})
    expect(JSON.parse(stdout)).toMatchObject({totals: {unchanged: 1}, instances: []})
  })

  it('is compared with the stacks that are nested in it', async () => {
    const {stdout, code} = await plannedFor('parent', 'parent-closed.yaml', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      instances: [
        {id: WEB, change: 'lost', causes: [{by: [{address: 'Net.Web', attributes: ['SecurityGroupEgress']}]}]},
      ],
      ignored: [],
    })
    expect((await plannedFor('parent', 'parent-same.yaml')).code).toBe(0)
  })

  it('names the logical id and the property that disconnect an instance', async () => {
    const {stdout, code} = await planned('closed.yaml', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(stdout).instances).toMatchObject([
      {id: WEB, change: 'lost', causes: [{by: [{address: 'Web', attributes: ['SecurityGroupEgress']}]}]},
    ])
  })

  it('uses new values of parameters, and keeps the others of the stack', async () => {
    const {stdout, code} = await planned('same.yaml', '--parameters', 'parameters.json')
    expect(code).toBe(1)
    expect(stdout).toContain('Changed by Web: SecurityGroupEgress')
  })

  it.each([
    ['absent', 2, /Stack absent does not exist in eu-west-1/],
    ['locked', 2, /Stack locked cannot be read: .*cloudformation:/],
  ])('%s exits with one sentence and %i', async (name, exit, sentence) => {
    const {stderr, code} = await plannedFor(name, 'same.yaml')
    expect({code, lines: stderr.trim().split('\n').length}).toEqual({code: exit, lines: 1})
    expect(stderr).toMatch(sentence)
  })

  it('is read with three calls that the policy for plan allows', async () => {
    const called = [
      ...new Set(aws.calls.filter(({service}) => service === 'cloudformation').map(({operation}) => operation)),
    ]
    const {stdout} = await run(['permissions', 'plan'])
    const {Action} = JSON.parse(stdout).Statement.find(({Sid}: {Sid: string}) => Sid === 'Stacks')
    expect(Action).toEqual(called.map((operation) => `cloudformation:${operation}`).sort())
  })

  it('makes no call that the policy for plan does not allow', async () => {
    const {stdout} = await run(['permissions', 'plan'])
    const allowed = JSON.parse(stdout).Statement.flatMap(({Action}: {Action: readonly string[]}) => Action)
    const called = aws.calls
      .map(({service, operation}) => `${service}:${operation}`)
      .filter((action) => action !== 'sts:GetCallerIdentity')
    expect(called.filter((action) => !allowed.includes(action))).toEqual([])
  })
})

it('never prints the value of a NoEcho parameter', async () => {
  const secret = '198.51.100.77/32'
  const text = template('!Ref Password').replace('NoEcho: true', `NoEcho: true, Default: ${secret}`)
  writeFileSync(join(cwd, 'secret.yaml'), text)
  for (const format of ['text', 'json', 'markdown', 'html', 'sarif', 'junit']) {
    writeFileSync(join(cwd, 'secret.json'), JSON.stringify({Parameters: {Password: secret}}))
    const {stdout, code} = await planned('secret.yaml', '--parameters', 'secret.json', '--format', format)
    expect({code, isShown: stdout.includes(secret)}).toEqual({code: 1, isShown: false})
  }
})
