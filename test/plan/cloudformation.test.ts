// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes its variables like this
import {describe, expect, it} from 'vitest'
import {itemsOf} from '../../src/model/account.ts'
import {type Environment, evaluate, splitCidr} from '../../src/plan/cloudformation/intrinsics.ts'
import {parseTemplate} from '../../src/plan/cloudformation/parse-template.ts'
import {partsOf} from '../../src/plan/cloudformation/properties.ts'
import {templatePlan} from '../../src/plan/cloudformation/read-template.ts'
import {stackChange} from '../../src/plan/cloudformation/stack-change.ts'
import {comparePlan} from '../../src/plan/compare.ts'
import {emptyAccount} from '../../src/plan/empty-account.ts'
import {UNKNOWN} from '../../src/plan/resource.ts'
import {terraformPlan} from '../../src/plan/terraform/read-plan.ts'
import {healthy, REGION, WEB_GROUP} from '../support/healthy.ts'
import {planOf, STACK} from './plans.ts'

const environment: Environment = {
  parameters: {Cidr: '10.0.0.0/16', Zones: ['a', 'b'], Secret: '{{resolve:ssm:/x}}'},
  mappings: {Sizes: {small: {bits: 8}}},
  conditions: {Yes: {'Fn::Equals': ['a', 'a']}, No: {'Fn::Not': [{Condition: 'Yes'}]}, Loop: {Condition: 'Loop'}},
  pseudo: {'AWS::Region': REGION, 'AWS::Partition': 'aws'},
  ref: (id) => (id === 'Vpc' ? 'vpc-Vpc' : undefined),
  attribute: (id, attribute) => (id === 'Group' && attribute === 'GroupId' ? 'sg-Group' : UNKNOWN),
}

describe('functions of a template', () => {
  it.each([
    [{Ref: 'Cidr'}, '10.0.0.0/16'],
    [{Ref: 'Vpc'}, 'vpc-Vpc'],
    [{Ref: 'Nothing'}, UNKNOWN],
    [{Ref: 'AWS::NoValue'}, undefined],
    [{Ref: 'Secret'}, UNKNOWN],
    [{'Fn::GetAtt': ['Group', 'GroupId']}, 'sg-Group'],
    [{'Fn::GetAtt': 'Group.GroupId'}, 'sg-Group'],
    [{'Fn::Sub': 'com.amazonaws.${AWS::Region}.ssm'}, `com.amazonaws.${REGION}.ssm`],
    [{'Fn::Sub': ['${A}-${!B}', {A: {Ref: 'Cidr'}}]}, '10.0.0.0/16-${B}'],
    [{'Fn::Sub': '${Unknown}'}, UNKNOWN],
    [{'Fn::Join': [',', {Ref: 'Zones'}]}, 'a,b'],
    [{'Fn::Select': ['1', {Ref: 'Zones'}]}, 'b'],
    [{'Fn::Select': [5, {Ref: 'Zones'}]}, UNKNOWN],
    [{'Fn::Split': ['/', {Ref: 'Cidr'}]}, ['10.0.0.0', '16']],
    [{'Fn::If': ['Yes', 1, 2]}, 1],
    [{'Fn::If': ['No', 1, 2]}, 2],
    [{'Fn::If': ['Loop', 1, 2]}, UNKNOWN],
    [{'Fn::If': ['Yes', {Ref: 'AWS::NoValue'}, 2]}, undefined],
    [{'Fn::FindInMap': ['Sizes', 'small', 'bits']}, 8],
    [{'Fn::FindInMap': ['Sizes', 'large', 'bits']}, UNKNOWN],
    [{'Fn::ImportValue': 'x'}, UNKNOWN],
    [{'Fn::GetAZs': ''}, [`${REGION}a`, `${REGION}b`, `${REGION}c`]],
    [{'Fn::Nonsense': 1}, UNKNOWN],
  ])('%j', (value, expected) => expect(evaluate(value, environment)).toEqual(expected))

  it('stops at endless nesting', () => {
    let value: unknown = 'x'
    for (let depth = 0; depth < 5000; depth++) value = [value]
    expect(JSON.stringify(evaluate(value, environment))).not.toContain('x')
  })
})

describe('Fn::Cidr', () => {
  it.each([
    ['10.0.0.0/16', 2, 8, ['10.0.0.0/24', '10.0.1.0/24']],
    ['2001:db8::/56', 2, 64, ['2001:db8::/64', '2001:db8:0:1::/64']],
    ['10.0.0.0/24', 2, 8, undefined],
    ['nonsense', 1, 8, undefined],
    ['10.0.0.0/16', 0, 8, undefined],
  ])('%s %i %i', (block, count, bits, expected) => expect(splitCidr(block, count, bits)).toEqual(expected))
})

const TEMPLATE = `
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: !Select [0, !GetAZs '']}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: 'sts:AssumeRole'}]
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore']
  Profile:
    Type: AWS::IAM::InstanceProfile
    Properties: {Roles: [!Ref Role]}
  Node:
    Type: AWS::EC2::Instance
    Properties: {SubnetId: !Ref Subnet, IamInstanceProfile: !Ref Profile, ImageId: ami-1}
`

describe('a template', () => {
  it('without a path to Systems Manager launches an instance that is not managed', () => {
    const account = emptyAccount(REGION, '2026-11-20T12:00:00.000Z')
    const plan = templatePlan(parseTemplate('t.yaml', TEMPLATE), STACK)
    const {instances} = comparePlan(account, plan, {file: 't.yaml', language: 'cloudformation'})
    expect(instances).toMatchObject([{address: 'Node', change: 'new', after: 'unmanaged'}])
    expect(instances[0]?.causes.map(({id}) => id)).toContain('route.none')
  })

  it.each([
    ['no template at all', 'just words'],
    ['no resources', '{"Parameters": {}}'],
    ['broken YAML', 'Resources: ['],
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nResources: {x: [*c,*c,*c,*c,*c,*c,*c,*c]}`,
    ],
  ])('with %s is rejected in one sentence', (_, text) => {
    expect(() => parseTemplate('t.yaml', text)).toThrow(/t\.yaml is not a CloudFormation template/)
  })

  it('of a stack changes resources by the ids in the stack', () => {
    const physicalIds = new Map([['Web', WEB_GROUP]])
    const context = {...STACK, physicalIds}
    const template = (egress: readonly object[]) => ({
      Resources: {Web: {Type: 'AWS::EC2::SecurityGroup', Properties: {SecurityGroupEgress: egress}}},
    })
    const before = templatePlan(template([{IpProtocol: '-1', CidrIp: '0.0.0.0/0'}]), context)
    const plan = stackChange(before, template([]), context)
    const {instances} = comparePlan(healthy, plan, {file: 't.yaml', language: 'cloudformation'})
    expect(instances).toMatchObject([
      {change: 'lost', causes: [{id: 'sg.no-egress-443', by: [{address: 'Web', attributes: ['SecurityGroupEgress']}]}]},
    ])
  })
})

it('has the same result for one network in both languages', () => {
  const account = emptyAccount(REGION, '2026-11-20T12:00:00.000Z')
  const created = (address: string, after: object, expressions: object = {}, unknown: object = {}) =>
    ({address, actions: ['create'], after, expressions, unknown}) as never
  const ref = (address: string) => ({references: [`${address}.id`, address]})
  const terraform = planOf(
    created('aws_vpc.vpc', {cidr_block: '10.0.0.0/16', enable_dns_support: true, enable_dns_hostnames: true}),
    created(
      'aws_subnet.subnet',
      {cidr_block: '10.0.1.0/24', availability_zone: `${REGION}a`},
      {vpc_id: ref('aws_vpc.vpc')},
      {vpc_id: true},
    ),
    created('aws_iam_role.role', {
      name: 'Role',
      assume_role_policy:
        '{"Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}',
      managed_policy_arns: ['arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'],
    }),
    created('aws_iam_instance_profile.profile', {name: 'Profile', role: 'Role'}),
    created(
      'aws_instance.node',
      {ami: 'ami-1', iam_instance_profile: 'Profile'},
      {subnet_id: ref('aws_subnet.subnet')},
      {subnet_id: true},
    ),
  )
  const outcomes = [
    comparePlan(account, terraformPlan('p', terraform), {file: 'p', language: 'terraform'}),
    comparePlan(account, templatePlan(parseTemplate('t', TEMPLATE), STACK), {file: 't', language: 'cloudformation'}),
  ].map(({instances}) => instances.map(({after, causes}) => ({after, causes: causes.map(({id}) => id)})))
  expect(outcomes[0]).toEqual(outcomes[1])
  expect(itemsOf(account.Instances)).toEqual([])
})

describe('what a template does not set', () => {
  it('are the rules of a security group: those that AWS adds, instead of any others', () => {
    expect(partsOf('AWS::EC2::SecurityGroup', {GroupDescription: 'web'})).toEqual([
      {
        type: 'AWS::EC2::SecurityGroup',
        properties: {
          GroupDescription: 'web',
          SecurityGroupEgress: [{IpProtocol: '-1', CidrIp: '0.0.0.0/0'}],
          SecurityGroupIngress: [],
        },
      },
    ])
  })

  it('are the same with an empty list of outbound rules, which is none', () => {
    const [group] = partsOf('AWS::EC2::SecurityGroup', {SecurityGroupEgress: []})
    expect(group?.properties).toMatchObject({SecurityGroupEgress: [{IpProtocol: '-1', CidrIp: '0.0.0.0/0'}]})
    const [unknown] = partsOf('AWS::EC2::SecurityGroup', {SecurityGroupEgress: UNKNOWN})
    expect(unknown?.properties).toMatchObject({SecurityGroupEgress: UNKNOWN})
  })

  // https://github.com/aws-cloudformation/cfn-language-discussion/issues/157
  it('is the outbound rule that AWS added once CloudFormation adds another to the group', () => {
    const rule = {GroupId: WEB_GROUP, IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, CidrIp: '10.0.0.0/16'}
    const Resources = {Database: {Type: 'AWS::EC2::SecurityGroupEgress', Properties: rule}}
    const {instances} = comparePlan(healthy, templatePlan({Resources}, STACK), {
      file: 't.yaml',
      language: 'cloudformation',
    })
    expect(instances).toMatchObject([{change: 'lost', causes: [{id: 'sg.no-egress-443', by: [{address: 'Database'}]}]}])
  })

  it('are the VPCs of a hosted zone: it has none', () => {
    expect(partsOf('AWS::Route53::HostedZone', {Name: 'a.example'})).toEqual([
      {type: 'AWS::Route53::HostedZone', properties: {Name: 'a.example', VPCs: []}},
    ])
  })
})
