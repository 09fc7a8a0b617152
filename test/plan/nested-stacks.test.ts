import {describe, expect, it} from 'vitest'
import {secretsOf} from '../../src/plan/cloudformation/parameters.ts'
import {parseTemplate} from '../../src/plan/cloudformation/parse-template.ts'
import {templatePlan} from '../../src/plan/cloudformation/read-template.ts'
import type {StackContext} from '../../src/plan/cloudformation/stack.ts'
import {stackChange} from '../../src/plan/cloudformation/stack-change.ts'
import {comparePlan} from '../../src/plan/compare.ts'
import {emptyAccount} from '../../src/plan/empty-account.ts'
import {planExitCode} from '../../src/plan/exit-code.ts'
import {UNKNOWN} from '../../src/plan/resource.ts'
import {junitPlan, sarifPlan} from '../../src/render/formats/plan-formats.ts'
import {textPlan} from '../../src/render/text/plan.ts'
import {PIPE} from '../../src/render/text/terminal.ts'
import type {JsonObject} from '../../src/util/json.ts'
import {healthy, OWNER, REGION, WEB, WEB_GROUP} from '../support/healthy.ts'
import {STACK} from './plans.ts'

const SOURCE = {file: 't.yaml', language: 'cloudformation'} as const
const alone = emptyAccount(REGION, '2026-11-20T12:00:00.000Z')

const templates = (texts: Readonly<Record<string, string>>): ReadonlyMap<string, JsonObject> =>
  new Map(Object.entries(texts).map(([address, text]) => [address, parseTemplate(address, text)]))

const read = (text: string, nested: Readonly<Record<string, string>> = {}, context: Partial<StackContext> = {}) =>
  templatePlan(parseTemplate('t.yaml', text), {...STACK, nested: templates(nested), ...context})
const afterOf = (plan: ReturnType<typeof read>, address: string) =>
  plan.resources.find((one) => one.address === address)?.after

const ROOT = `
Resources:
  Network:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: network.yaml, Parameters: {Cidr: 10.0.0.0/16, Zones: !Join [',', [a, b]]}}
  Node: {Type: 'AWS::EC2::Instance', Properties: {SubnetId: !GetAtt Network.Outputs.Subnet}}
`
const NETWORK = `
Parameters: {Cidr: {Type: String}, Zones: {Type: CommaDelimitedList}, Bits: {Type: Number, Default: 8}}
Resources:
  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: !Ref Cidr}}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vpc
      CidrBlock: !Select [0, !Cidr [!Ref Cidr, 2, !Ref Bits]]
      AvailabilityZone: !Select [1, !Ref Zones]
      Tags: [{Key: stack, Value: !Ref AWS::StackName}]
Outputs: {Subnet: {Value: !Ref Subnet}}
`

describe('a nested stack that was read', () => {
  it('has its resources under its own address, with the parameters that it is given and the defaults of the others', () => {
    const plan = read(ROOT, {Network: NETWORK})
    expect(plan.resources.map(({address, id, action}) => [address, id, action])).toEqual([
      ['Node', 'i-Node', 'create'],
      ['Network.Vpc', 'vpc-Network.Vpc', 'create'],
      ['Network.Subnet', 'subnet-Network.Subnet', 'create'],
    ])
    expect(afterOf(plan, 'Network.Subnet')).toMatchObject({
      VpcId: 'vpc-Network.Vpc',
      CidrBlock: '10.0.0.0/24',
      AvailabilityZone: 'b',
      Tags: [{Value: UNKNOWN}],
    })
    expect(plan.ignored).toEqual([])
  })

  it('gives its outputs to the stack that it is nested in', () => {
    const plan = read(ROOT, {Network: NETWORK})
    expect(afterOf(plan, 'Node')).toMatchObject({SubnetId: 'subnet-Network.Subnet'})
    const report = comparePlan(alone, plan, SOURCE)
    expect(report.instances).toMatchObject([{address: 'Node', after: 'unmanaged'}])
    expect(report.instances[0]?.causes.map(({id}) => id)).toContain('route.none')
  })

  it('has no output of another name, and none that leads back to itself', () => {
    const loop = `
Resources:
  A: {Type: 'AWS::CloudFormation::Stack', Properties: {Parameters: {X: !GetAtt B.Outputs.X}}}
  B: {Type: 'AWS::CloudFormation::Stack', Properties: {Parameters: {X: !GetAtt A.Outputs.X}}}
  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: !GetAtt A.Outputs.X, Tags: [!GetAtt A.Outputs.constructor]}}
`
    const inner = `{Parameters: {X: {Type: String}}, Resources: {}, Outputs: {X: {Value: !Ref X}}}`
    expect(afterOf(read(loop, {A: inner, B: inner}), 'Vpc')).toMatchObject({CidrBlock: UNKNOWN, Tags: [UNKNOWN]})
  })

  it('nests in another, and shows no parameter that it hides', () => {
    const outer = `
Parameters: {Secret: {Type: String, NoEcho: true}}
Resources: {Inner: {Type: 'AWS::CloudFormation::Stack', Properties: {Parameters: {Cidr: 10.1.0.0/16, Zones: 'a,b'}}}}
Outputs: {Subnet: {Value: !GetAtt Inner.Outputs.Subnet}}
`
    const root = ROOT.replace('Cidr: 10.0.0.0/16', 'Secret: hunter22')
    const plan = read(root, {Network: outer, 'Network.Inner': NETWORK})
    expect(afterOf(plan, 'Node')).toMatchObject({SubnetId: 'subnet-Network.Inner.Subnet'})
    expect(afterOf(plan, 'Network.Inner.Subnet')).toMatchObject({CidrBlock: '10.1.0.0/24'})
    expect(plan.secrets).toEqual(['hunter22'])
  })

  it.each(['yes', 'true', "'true'"])('shows no item of a list that it hides with NoEcho: %s', (NoEcho) => {
    const inner = `{Parameters: {Keys: {Type: CommaDelimitedList, NoEcho: ${NoEcho}}}, Resources: {}}`
    const root = `Resources: {Inner: {Type: 'AWS::CloudFormation::Stack', Properties: {Parameters: {Keys: 'hunter22, hunter33'}}}}`
    expect(read(root, {Inner: inner}).secrets).toEqual(['hunter22', 'hunter33'])
    expect(secretsOf(parseTemplate('t.yaml', inner), {Keys: 'hunter22,hunter33'})).toEqual(['hunter22', 'hunter33'])
    expect(secretsOf(parseTemplate('t.yaml', inner), {Keys: '****'})).toEqual([])
  })

  it('whose parameters depend on an unknown condition is not given the defaults instead', () => {
    const text = `
Conditions: {When: !Equals [!ImportValue x, b]}
Resources:
  Network:
    Type: AWS::CloudFormation::Stack
    Properties: {Parameters: !If [When, {Bits: 4}, {Bits: 6}]}
`
    const plan = read(text, {Network: NETWORK})
    expect(plan.resources).toEqual([])
    expect(plan.ignored).toMatchObject([{address: 'Network'}])
  })

  it('whose condition is false has none, and whose condition is unknown is in doubt as a whole', () => {
    const when = (condition: string) =>
      `Conditions: {When: ${condition}}\n${ROOT.replace('Type: AWS::CloudFormation::Stack', 'Type: AWS::CloudFormation::Stack\n    Condition: When')}`
    const addresses = (condition: string) =>
      read(when(condition), {Network: NETWORK}).resources.map(({address, isConditional}) => [address, isConditional])
    expect(addresses('!Equals [a, b]')).toEqual([['Node', undefined]])
    expect(addresses('!Equals [!ImportValue x, b]')).toEqual([
      ['Node', undefined],
      ['Network.Vpc', true],
      ['Network.Subnet', true],
    ])
  })

  it('that is retained keeps what is in it', () => {
    const root = ROOT.replace('Stack\n', 'Stack\n    DeletionPolicy: Retain\n')
    const inner = NETWORK.replace('Subnet:\n    Type', 'Subnet:\n    UpdateReplacePolicy: Retain\n    Type')
    const {resources} = read(root, {Network: inner})
    expect(resources.map(({keeps}) => keeps)).toEqual([undefined, ['removed'], ['replaced', 'removed']])
  })

  it('is never replaced itself, so that what would be retained then is not', () => {
    const root = ROOT.replace('Stack\n', 'Stack\n    UpdateReplacePolicy: Retain\n')
    expect(read(root, {Network: NETWORK}).resources.map(({keeps}) => keeps)).toEqual([undefined, undefined, undefined])
  })

  it('is still read if everything in it is replaced', () => {
    const text = (description: string) =>
      `Resources: {Web: {Type: 'AWS::EC2::SecurityGroup', Properties: {GroupDescription: ${description}}}}`
    const root = `Resources: {Groups: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: groups.yaml}}}`
    const physicalIds = new Map([
      ['Groups', `arn:aws:cloudformation:${REGION}:${OWNER}:stack/x/y`],
      ['Groups.Web', WEB_GROUP],
    ])
    const before = read(root, {Groups: text('old')}, {physicalIds})
    const now = {...STACK, physicalIds, nested: templates({Groups: text('new')})}
    const {resources, ignored} = stackChange(before, parseTemplate('t.yaml', root), now)
    expect(resources.map(({address, id, action}) => [address, id, action])).toEqual([
      ['Groups.Web', WEB_GROUP, 'delete'],
      ['Groups.Web', 'sg-Groups.Web', 'create'],
    ])
    expect(ignored).toEqual([])
  })

  it('that changes takes an instance away, and names the resource in it', () => {
    const text = (egress: string) =>
      `Resources: {Web: {Type: 'AWS::EC2::SecurityGroup', Properties: {SecurityGroupEgress: [${egress}]}}}`
    const root = `Resources: {Groups: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: groups.yaml}}}`
    const physicalIds = new Map([
      ['Groups', `arn:aws:cloudformation:${REGION}:${OWNER}:stack/x/y`],
      ['Groups.Web', WEB_GROUP],
    ])
    const before = read(root, {Groups: text(`{IpProtocol: '-1', CidrIp: 0.0.0.0/0}`)}, {physicalIds})
    const now = {...STACK, physicalIds, nested: templates({Groups: text('')})}
    const report = comparePlan(healthy, stackChange(before, parseTemplate('t.yaml', root), now), SOURCE)
    expect(report).toMatchObject({
      instances: [{id: WEB, change: 'lost', causes: [{by: [{address: 'Groups.Web'}]}]}],
      ignored: [],
    })
  })
})

describe('a nested stack that was not read', () => {
  it.each([
    ['because its template is elsewhere', {}, {}],
    ['because its template uses a macro', {Network: `Transform: Expand\n${NETWORK}`}, {}],
    ['because the ids of what it has are not known', {Network: NETWORK}, {physicalIds: new Map([['Network', 'arn']])}],
  ])('%s is named, and nothing is called right', (_, nested, context) => {
    const text = ROOT.replace(/ {2}Node.*\n/, '')
    const report = comparePlan(alone, read(text, nested, context), SOURCE)
    expect(report.ignored).toEqual([{address: 'Network', type: 'AWS::CloudFormation::Stack', relevant: true}])
    expect(planExitCode(report)).toBe(3)
    const [headline = '', ...rest] = textPlan(report, PIPE).split('\n')
    expect(headline).toBe('? This plan: 1 stack or module in it was not read.')
    expect(rest.join(' ')).toMatch(/Not read: Network \(AWS::CloudFormation::Stack\)\. .* with --cloudformation\.$/)
  })

  it('leaves what is broken broken', () => {
    const report = comparePlan(alone, read(`${ROOT}\n  Other: {Type: 'A::B::C::MODULE'}`, {Network: NETWORK}), SOURCE)
    expect(planExitCode(report)).toBe(1)
    expect(textPlan(report, PIPE)).toContain('Not read: Other (A::B::C::MODULE).')
  })

  it('is a test that is skipped, and an open result, beside those of each instance', () => {
    const report = comparePlan(alone, read(`${ROOT}\n  Other: {Type: 'A::B::C::MODULE'}`, {Network: NETWORK}), SOURCE)
    const [node] = report.instances
    const two = {...report, instances: [node!, {...node!, id: 'i-0bbbbbbbbbbbbbb02', address: 'Twin'}]}
    const junit = junitPlan(two)
    expect(junit).toContain('<testsuite name="t.yaml" tests="3" failures="2" errors="0" skipped="1"')
    expect(junit).toContain(
      '<testcase name="Other" classname="t.yaml" time="0"><skipped>Not read.</skipped></testcase>',
    )
    const {results} = JSON.parse(sarifPlan(two, '1.0.0')).runs[0]
    expect(results.at(-1)).toMatchObject({ruleId: 'plan.undetermined', kind: 'open'})
    const hashes = results.map(
      (one: {partialFingerprints: {primaryLocationLineHash: string}}) =>
        one.partialFingerprints.primaryLocationLineHash,
    )
    expect(new Set(hashes).size).toBe(2 * node!.causes.length + 1)
  })
})

it('a plan without any instance calls nothing right', () => {
  const report = comparePlan(alone, read(NETWORK), SOURCE)
  expect(planExitCode(report)).toBe(0)
  expect(textPlan(report, PIPE)).toBe(
    '- No instance was examined: the plan launches none, and no account with instances was given.',
  )
})

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/what-is-cfnstacksets.html
it.each(['AWS::CloudFormation::StackSet', 'AWS::Serverless::Application'])(
  'a template elsewhere can be that of %s',
  (type) => {
    const report = comparePlan(alone, read(`Resources: {Other: {Type: '${type}'}}`), SOURCE)
    expect(textPlan(report, PIPE)).toContain(`Not read: Other (${type}).`)
  },
)
