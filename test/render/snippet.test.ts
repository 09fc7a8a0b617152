import {describe, expect, it} from 'vitest'
import {addDomains, allowDomains} from '../../src/remedies/changes/names.ts'
import type {Call} from '../../src/remedies/core/remedy.ts'
import type {CodeReferences} from '../../src/render/remediation/resource.ts'
import {snippet} from '../../src/render/remediation/snippet.ts'
import {isCall} from '../support/remedies-of.ts'

const VpcEndpointId = 'vpce-0123456789abcdef0'
const GROUP = 'sg-0123456789abcdef0'
const modify = (input: Call['input']): Call => ({service: 'ec2', operation: 'ModifyVpcEndpoint', input})
const place = {region: 'eu-west-1', step: 1}

describe.each(['terraform', 'cloudformation'] as const)('a change that %s has no word for', (format) => {
  it.each([
    {RemoveSecurityGroupIds: [GROUP]},
    {AddSecurityGroupIds: ['sg-0123456789abcdef1'], RemoveSecurityGroupIds: [GROUP]},
  ])('is a command, and never half of it code: %j', (input) => {
    const text = snippet([modify({VpcEndpointId, ...input})], format, place)
    expect(text).toMatch(/^# No resource for this change; run:\n# aws ec2 modify-vpc-endpoint [^\n]*$/)
    expect(text).toContain(`--remove-security-group-ids ${GROUP}`)
  })
})

it.each([
  ['terraform', /aws_network_interface set:\n# {3}security_groups = \["sg-0123456789abcdef0"\]\n/],
  [
    'cloudformation',
    /AWS::EC2::NetworkInterface set .*:\n# Properties:\n# {3}GroupSet:\n# {5}- "sg-0123456789abcdef0"$/,
  ],
] as const)('the groups of a network interface are called as %s calls them', (format, expected) => {
  const input = {NetworkInterfaceId: 'eni-0123456789abcdef0', Groups: [GROUP]}
  const steps: readonly Call[] = [{service: 'ec2', operation: 'ModifyNetworkInterfaceAttribute', input}]
  expect(snippet(steps, format, place)).toMatch(expected)
})

describe('a rule for a group of another account', () => {
  const peer = {GroupId: 'sg-0123456789abcdef1', UserId: '111122223333'}
  const https = {IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [peer]}
  const input = {GroupId: GROUP, IpPermissions: [https]}
  const steps: readonly Call[] = [{service: 'ec2', operation: 'AuthorizeSecurityGroupIngress', input}]

  it.each([
    ['terraform', 'referenced_security_group_id = "111122223333/sg-0123456789abcdef1"'],
    ['cloudformation', 'SourceSecurityGroupOwnerId: "111122223333"'],
  ] as const)('names that account in %s', (format, expected) => {
    expect(snippet(steps, format, place)).toContain(expected)
  })

  it('names it in a block of the group too', () => {
    const codeReferences: CodeReferences = new Map([[GROUP, {address: 'g', reference: 'g.id', inline: ['ingress']}]])
    expect(snippet(steps, 'terraform', {...place, codeReferences})).toContain('["111122223333/sg-0123456789abcdef1"]')
  })
})

it('an outbound rule for IPv6 alone stands in the group in cloudformation, which otherwise revokes the one for IPv4', () => {
  const https = {IpProtocol: 'tcp', FromPort: 443, ToPort: 443}
  const adding = (rule: Call['input']): readonly Call[] => [
    {service: 'ec2', operation: 'AuthorizeSecurityGroupEgress', input: {GroupId: GROUP, IpPermissions: [rule]}},
  ]
  const ipv6 = {...https, Ipv6Ranges: [{CidrIpv6: '::/0'}]}
  expect(snippet(adding(ipv6), 'cloudformation', place)).toMatch(
    /^# sg-0123456789abcdef0 exists\. In its AWS::EC2::SecurityGroup set .*\n# Properties:\n# {3}SecurityGroupEgress:\n# {5}- "\(the existing items\)"\n# {5}- IpProtocol: tcp\n/,
  )
  const ofOther: Call = {
    service: 'ec2',
    operation: 'AuthorizeSecurityGroupEgress',
    input: {GroupId: 'sg-0aaaaaaaaaaaaaaa1', IpPermissions: [{...https, IpRanges: [{CidrIp: '10.0.0.0/16'}]}]},
  }
  const withOther = snippet([...adding(ipv6), ofOther], 'cloudformation', place)
  expect(withOther).toContain(`# ${GROUP} exists. In its AWS::EC2::SecurityGroup set`)
  expect(withOther.match(/Type: AWS::EC2::SecurityGroupEgress/g)).toHaveLength(1)
  const both = {...ipv6, IpRanges: [{CidrIp: '10.0.0.0/16'}]}
  expect(snippet(adding(both), 'cloudformation', place).match(/Type: AWS::EC2::SecurityGroupEgress/g)).toHaveLength(2)
})

it.each([
  ['terraform', 'path = "/app/"'],
  ['cloudformation', 'Path: "/app/"'],
] as const)('an instance profile keeps its path in %s', (format, path) => {
  const InstanceProfileName = 'web'
  const steps: readonly Call[] = [
    {service: 'iam', operation: 'CreateInstanceProfile', input: {InstanceProfileName, Path: '/app/'}},
    {service: 'iam', operation: 'AddRoleToInstanceProfile', input: {InstanceProfileName, RoleName: 'web'}},
  ]
  expect(snippet(steps, format, place)).toContain(path)
})

it.each([
  ['terraform', /^import \{\n {2}to = aws_network_acl_rule\.\w+\n {2}id = "acl-0123456789abcdef0:90:6:true"/],
  [
    'cloudformation',
    /NetworkAclId=acl-0123456789abcdef0,RuleNumber=90,.* exists\. In its AWS::EC2::NetworkAclEntry set/,
  ],
] as const)('an entry of a network ACL that exists is changed in its own %s', (format, expected) => {
  const place = {NetworkAclId: 'acl-0123456789abcdef0', RuleNumber: 90, Egress: true}
  const input = {...place, Protocol: '6', RuleAction: 'allow', CidrBlock: '10.0.0.0/8', PortRange: {From: 443, To: 443}}
  const steps: readonly Call[] = [{service: 'ec2', operation: 'ReplaceNetworkAclEntry', input}]
  expect(snippet(steps, format, {region: 'eu-west-1', step: 1})).toMatch(expected)
})

describe('the names in a list of DNS Firewall', () => {
  const {steps, undo = []} = addDomains('rslvr-fdl-0123456789abcdef', ['a.example'])

  it.each([
    ['terraform', 'domains = concat(<the existing items>, ["a.example"])'],
    ['cloudformation', 'Domains:\n#     - "(the existing items)"\n#     - "a.example"\n'],
  ] as const)('are added to those that it has, in %s', (format, text) => {
    expect(`${snippet(steps.filter(isCall), format, place)}\n`).toContain(text)
  })

  it.each([
    ['terraform', 'domains = setsubtract(<the existing items>, ["a.example"])'],
    ['cloudformation', 'Domains:\n#     - "(the existing items, without a.example)"\n'],
  ] as const)('are removed from those that it has, in %s', (format, text) => {
    expect(`${snippet(undo.filter(isCall), format, place)}\n`).toContain(text)
  })

  it.each(['terraform', 'cloudformation'] as const)('are in the list itself if that is new, in %s', (format) => {
    const made = allowDomains('rslvr-frg-0123456789abcdef', 90, ['a.example']).steps.filter(isCall)
    expect(snippet(made, format, place)?.match(/a\.example/g)).toHaveLength(1)
  })
})

describe('what waits for an earlier step', () => {
  const steps = [
    {wait: {service: 'ec2', operation: 'DescribeInstances', input: {}}, until: 'instance-stopped'},
    {on: 'here', line: 'aws ec2 wait nothing'},
  ] as const

  it.each(['terraform', 'cloudformation'] as const)('is not part of %s, which waits by itself', (format) => {
    expect(snippet(steps, format, place)).toBe('# No resource for this change; run:\n# aws ec2 wait nothing')
  })
})

describe('a role that the same change makes', () => {
  const RoleName = 'node'
  const PolicyArn = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'
  const iam = (operation: string, input: Call['input']): Call => ({service: 'iam', operation, input})
  const steps = [
    iam('CreateRole', {RoleName, AssumeRolePolicyDocument: '{"Version":"2012-10-17"}'}),
    iam('AttachRolePolicy', {RoleName, PolicyArn}),
  ]

  it('is referred to in Terraform, so that it is made first', () => {
    expect(snippet(steps, 'terraform', {...place, step: 2})).toContain('  role       = aws_iam_role.node_2.name\n')
  })

  it('has its policies in itself in CloudFormation', () => {
    expect(snippet(steps, 'cloudformation', place)).toBe(
      [
        'Resources:',
        '  Node:',
        '    Type: AWS::IAM::Role',
        '    Properties:',
        '      RoleName: node',
        '      AssumeRolePolicyDocument:',
        '        Version: "2012-10-17"',
        '      ManagedPolicyArns:',
        `        - "${PolicyArn}"`,
      ].join('\n'),
    )
  })
})

describe('a peering connection that is accepted in another Region', () => {
  const steps: readonly Call[] = [
    {
      service: 'ec2',
      operation: 'AcceptVpcPeeringConnection',
      input: {VpcPeeringConnectionId: 'pcx-0123456789abcdef0'},
      region: 'eu-central-1',
    },
  ]

  it('is accepted by a provider of that Region in Terraform', () => {
    expect(snippet(steps, 'terraform', {region: 'eu-west-1', step: 2}).split('\n')).toEqual([
      'provider "aws" {',
      '  alias  = "eu_central_1_2"',
      '  region = "eu-central-1"',
      '}',
      'resource "aws_vpc_peering_connection_accepter" "pcx_0123456789abcdef0_2" {',
      '  provider                  = aws.eu_central_1_2',
      '  vpc_peering_connection_id = "pcx-0123456789abcdef0"',
      '  auto_accept               = true',
      '}',
    ])
  })

  it('needs no other provider in its own Region', () => {
    expect(snippet(steps, 'terraform', {region: 'eu-central-1', step: 1})).not.toContain('provider')
  })

  it('is accepted by a command with that Region where CloudFormation has no resource', () => {
    expect(snippet(steps, 'cloudformation', {region: 'eu-west-1', step: 1})).toMatch(
      /\n# aws ec2 accept-vpc-peering-connection .*--region eu-central-1$/,
    )
  })
})

it('terraform says where else a rule of an existing group may have to stand, and not of one in the code', () => {
  const IpPermissions = [{IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{CidrIp: '10.0.0.0/16'}]}]
  const steps: readonly Call[] = [
    {service: 'ec2', operation: 'AuthorizeSecurityGroupEgress', input: {GroupId: GROUP, IpPermissions}},
  ]
  expect(snippet(steps, 'terraform', place).split('\n').slice(0, 2)).toEqual([
    `# Where the aws_security_group of ${GROUP} has egress blocks, add this to them instead, because it is removed otherwise.`,
    'resource "aws_vpc_security_group_egress_rule" "sg_0123456789abcdef0_10_0_0_0_16" {',
  ])
  const codeReferences: CodeReferences = new Map([[GROUP, {address: 'g', reference: 'g.id'}]])
  expect(snippet(steps, 'terraform', {...place, codeReferences})).not.toContain('#')
})
