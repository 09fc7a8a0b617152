import {describe, expect, it} from 'vitest'
import {checklistFor} from '../../src/diagnosis/checklist/checklist.ts'
import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import {withException} from '../../src/iam/policy/edit.ts'
import {type Account, itemsOf, type NetworkAclEntry, type RouteTable, type Subnet} from '../../src/model/account.ts'
import {isInAvailabilityZone} from '../../src/network/endpoints/zone.ts'
import {throughPerimeter} from '../../src/remedies/iam/perimeter.ts'
import {anInstance, healthy, WEB} from '../support/healthy.ts'
import {
  acl,
  bare,
  behindEndpoints,
  behindNat,
  endpoint,
  INSTANCE,
  id,
  s3Gateway,
  subnet,
  table,
  VPC,
} from '../support/network.ts'
import {breakages} from '../support/network-breakages.ts'

const commandsOn = (account: Account, instance = INSTANCE) =>
  examine(account, instance).checklist.flatMap(({commands}) => commands)
const titlesOn = (account: Account, instance = INSTANCE) => examine(account, instance).checklist.map(({title}) => title)

describe('an instance that an AWS service operates', () => {
  const managed = {
    ...healthy,
    Instances: [
      anInstance({
        MetadataOptions: {HttpEndpoint: 'disabled'},
        Operator: {Managed: true, Principal: 'eks.amazonaws.com'},
      }),
    ],
    InstanceInformationList: [],
  } as Account

  it('is not modified without that service', () => {
    expect(commandsOn(managed, WEB).join()).not.toContain('modify-instance-metadata-options')
    expect(titlesOn(managed, WEB).join()).toContain('eks.amazonaws.com')
    expect(examine(managed, WEB).verified).toBe(false)
  })

  it('keeps its instance profile without that service', () => {
    const Instances = [anInstance({Operator: {Managed: true, Principal: 'scaler.lambda.amazonaws.com'}})]
    const InstanceProfiles = itemsOf(healthy.InstanceProfiles).map((one) => ({...one, InstanceProfileId: 'AIPANEW'}))
    const {checklist} = examine({...healthy, Instances, InstanceProfiles, InstanceInformationList: []}, WEB)
    expect(JSON.stringify(checklist)).not.toContain('replace-iam-instance-profile-association')
    expect(checklist[0]?.alternatives).toContainEqual(
      expect.objectContaining({title: expect.stringMatching(/^Associate instance profile web .*, through scaler/)}),
    )
  })

  it.each(['eks.amazonaws.com', 'ecs.amazonaws.com'])(
    'has no verified fix if no agent can be installed: %s',
    (Principal) => {
      const Instances = [anInstance({IamInstanceProfile: undefined, Operator: {Managed: true, Principal}})]
      const report = examine({...healthy, Instances, InstanceInformationList: []} as Account, WEB)
      expect(report.verified).toBe(false)
      expect(report.causes).toContainEqual(
        expect.objectContaining({
          id: 'target.operator-managed',
          message: expect.stringContaining('does not allow SSM Agent to be installed'),
        }),
      )
    },
  )
})

describe('Availability Zones that support endpoints and attachments', () => {
  const inZone = (AvailabilityZone: string | undefined, more: Partial<Subnet> = {}) =>
    isInAvailabilityZone({...subnet(1, '10.0.1.0/24'), AvailabilityZone, ...more} as Subnet)

  it.each([
    ['eu-west-1a', true],
    ['us-gov-west-1b', true],
    ['cn-north-1a', true],
    [undefined, true],
    ['us-east-1-bos-1a', false],
    ['us-west-2-lax-1b', false],
    ['us-east-1-wl1-bos-wlz-1', false],
  ])('%s: %s', (zone, expected) => expect(inZone(zone)).toBe(expected))

  it('do not include Outposts', () => {
    expect(inZone('eu-west-1a', {OutpostArn: 'arn:aws:outposts:eu-west-1:111122223333:outpost/op-1'})).toBe(false)
  })

  it('are the only ones that new endpoints are created in', () => {
    const local: Account = {
      ...bare,
      Subnets: [
        subnet(1, '10.0.1.0/24', {AvailabilityZone: 'eu-west-1-ham-1a'}),
        subnet(2, '10.0.2.0/24', {AvailabilityZone: 'eu-west-1b'}),
      ],
      NetworkAcls: [acl(1, VPC, [1]), acl(2, VPC, [2])],
    }
    const created = commandsOn(local).filter((command) =>
      command.includes('create-vpc-endpoint --vpc-endpoint-type Interface'),
    )
    for (const command of created) expect(command).not.toContain(id('subnet', 1))
  })
})

// https://docs.aws.amazon.com/local-zones/latest/ug/local-zones-connectivity-nat.html
describe('a new NAT gateway for an instance in a Local Zone', () => {
  const inLocalZone = {AvailabilityZone: 'eu-west-1-ham-1a'}
  const [privateTable, publicTable] = itemsOf<RouteTable>(behindNat.RouteTables)
  const withPublicSubnets = (...numbers: readonly number[]): Account => ({
    ...behindNat,
    NatGateways: [],
    Subnets: [subnet(1, '10.0.1.0/24', inLocalZone), subnet(8, '10.0.8.0/24', inLocalZone), subnet(9, '10.0.9.0/24')],
    RouteTables: [privateTable!, {...publicTable!, Associations: table(9, VPC, numbers, []).Associations}],
    NetworkAcls: [acl(1, VPC, [1, 8, 9])],
  })
  const offered = (account: Account) => {
    const [step] = examine(account, INSTANCE).checklist
    return [{...step!, verified: true}, ...step!.alternatives].find(({title}) => title.includes('a new NAT gateway'))
  }

  it('is in a subnet of an Availability Zone', () => {
    expect(offered(withPublicSubnets(8, 9))?.title).toContain(id('subnet', 9))
  })

  it('is not verified in a Local Zone, which may not support it', () => {
    const only = offered(withPublicSubnets(8))
    expect(only?.title).toContain(id('subnet', 8))
    expect(only?.verified).toBe(false)
  })
})

describe('a network ACL at its quota', () => {
  const rules = (count: number): readonly NetworkAclEntry[] =>
    Array.from({length: count}, (_, n) => ({
      RuleNumber: 10 + n,
      Egress: true,
      RuleAction: 'deny' as const,
      Protocol: '6',
      CidrBlock: `192.0.2.${n}/32`,
      PortRange: {From: 22, To: 22},
    }))
  const withRules = (count: number): Account => {
    const [first, ...others] = itemsOf(behindEndpoints.NetworkAcls)
    const last = {RuleNumber: 32_767, Egress: true, RuleAction: 'deny' as const, Protocol: '-1', CidrBlock: '0.0.0.0/0'}
    const inbound = itemsOf(first!.Entries).filter(({Egress}) => !Egress)
    return {...behindEndpoints, NetworkAcls: [{...first!, Entries: [...inbound, ...rules(count), last]}, ...others]}
  }

  it('gets no further rule, with a notice', () => {
    expect(commandsOn(withRules(40)).join()).not.toContain('create-network-acl-entry')
    expect(titlesOn(withRules(40)).join()).toContain(
      'it has 41 outbound IPv4 rules, and the quota is 20 and can be raised to at most 40',
    )
    expect(examine(withRules(40), INSTANCE).verified).toBe(false)
  })

  it('gets one more rule below it', () => {
    expect(commandsOn(withRules(30)).join()).toContain('create-network-acl-entry')
  })
})

describe('a Deny that is wider than what the agent needs', () => {
  const role = 'arn:aws:iam::111122223333:role/web'
  const deny = (rest: object) => ({Effect: 'Deny', Resource: '*', ...rest})
  const edited = (statement: {readonly Effect: string}) =>
    withException(
      {Statement: [statement]},
      statement.Effect === 'Deny' ? [0] : [],
      {actions: ['ssm:UpdateInstanceInformation', 'ssmmessages:OpenDataChannel', 's3:GetObject']},
      role,
    ).Statement

  it.each([
    [
      'the other actions of a pattern stay denied for every principal, including the role',
      deny({Action: ['ssmmessages:*', 'iam:*']}),
      [
        deny({Action: ['ssmmessages:Create*', 'ssmmessages:OpenControl*', 'iam:*']}),
        deny({Action: ['ssmmessages:OpenDataChannel'], Condition: {ArnNotEquals: {'aws:PrincipalArn': [role]}}}),
      ],
    ],
    [
      'a pattern whose other actions are not known stays for every principal but the role',
      deny({Action: 's3:*'}),
      [deny({Action: ['s3:*'], Condition: {ArnNotEquals: {'aws:PrincipalArn': [role]}}})],
    ],
    [
      'other patterns do not change',
      deny({Action: ['s3:*', 'iam:*']}),
      [deny({Action: ['iam:*']}), deny({Action: ['s3:*'], Condition: {ArnNotEquals: {'aws:PrincipalArn': [role]}}})],
    ],
    [
      'a condition does not change',
      deny({Action: 's3:*', Condition: {Bool: {'aws:SecureTransport': 'false'}}}),
      [
        deny({
          Action: ['s3:*'],
          Condition: {Bool: {'aws:SecureTransport': 'false'}, ArnNotEquals: {'aws:PrincipalArn': [role]}},
        }),
      ],
    ],
    [
      'everything becomes everything else',
      deny({Action: '*'}),
      [deny({NotAction: ['ssm:UpdateInstanceInformation', 'ssmmessages:OpenDataChannel', 's3:GetObject']})],
    ],
    [
      'an action by name is removed',
      deny({Action: ['ssm:UpdateInstanceInformation', 'ssm:PutInventory']}),
      [deny({Action: ['ssm:PutInventory']})],
    ],
    [
      'an Allow does not change',
      {Effect: 'Allow', Action: 'ssm:*', Resource: '*'},
      [{Effect: 'Allow', Action: 'ssm:*', Resource: '*'}],
    ],
  ])('%s', (_, before, after) => expect(edited(before)).toEqual(after))
})

describe('a data perimeter', () => {
  const variable = (key: string) => `\${${key}}`
  const document = (Condition: object) => ({Statement: [{Effect: 'Deny', Action: '*', Resource: '*', Condition}]})

  it.each([
    [{StringNotEquals: {'aws:SourceVpce': 'vpce-0a1b2c3d4e5f60001'}}, 'vpce-0a1b2c3d4e5f60001'],
    [{StringNotEqualsIfExists: {'AWS:SourceVpc': ['vpc-0a1b2c3d4e5f60001']}}, 'vpc-0a1b2c3d4e5f60001'],
  ])('%j is fixed in the network first', (condition, network) => {
    expect(throughPerimeter(document(condition), 0)).toMatchObject([{title: expect.stringContaining(network)}])
  })

  it.each([
    [{NotIpAddress: {'aws:SourceIp': ['203.0.113.0/24']}}, '203.0.113.0/24'],
    [{NotIpAddressIfExists: {'aws:sourceip': '203.0.113.7'}}, '203.0.113.7'],
    [{'ForAnyValue:StringNotLike': {'aws:SourceVpc': ['vpc-0a1b2c3d4e5f60001']}}, 'vpc-0a1b2c3d4e5f60001'],
    [{ArnNotLikeIfExists: {'aws:SourceVpcArn': 'arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1'}}, 'vpc/vpc-1'],
    [{Null: {'aws:SourceVpce': 'true'}}, 'a VPC endpoint'],
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-ec2instancesourcevpc
    [{StringNotEquals: {'aws:SourceVpc': variable('aws:Ec2InstanceSourceVpc')}}, 'go through a VPC endpoint, which'],
    [{StringNotEquals: {'aws:Ec2InstanceSourceVpc': variable('aws:SourceVpc')}}, 'go through a VPC endpoint, which'],
    [{StringNotEquals: {'aws:Ec2InstanceSourcePrivateIPv4': variable('aws:VpcSourceIp')}}, 'go through a VPC endpoint'],
  ])('%j restricts the source of requests', (condition, where) => {
    expect(throughPerimeter(document(condition), 0)).toMatchObject([{title: expect.stringContaining(where)}])
  })

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
  it.each([
    [{StringEquals: {'aws:ResourceTag/Quarantine': 'true'}}, 'Change tag Quarantine of the instance,'],
    [{StringNotEquals: {'ssm:resourceTag/Env': 'prod'}}, 'Change tag Env of the instance,'],
    [{StringNotEqualsIfExists: {'aws:PrincipalTag/team': 'web'}}, 'Change tag team of the role,'],
    [
      {
        StringNotEquals: {'aws:SourceVpce': 'vpce-0a1b2c3d4e5f60001'},
        StringNotEqualsIfExists: {'aws:PrincipalTag/exempt': 'true'},
      },
      'go through vpce-0a1b2c3d4e5f60001',
    ],
  ])('%j denies by a tag, which is changed before the policy, unless it names a network', (condition, title) => {
    expect(throughPerimeter(document(condition), 0)).toMatchObject([{title: expect.stringContaining(title)}])
  })

  it('is an Allow that restricts the source of requests', () => {
    const allow = (Condition: object) => ({Statement: [{Effect: 'Allow', Action: '*', Resource: '*', Condition}]})
    const ID = 'vpce-0a1b2c3d4e5f60001'
    expect(throughPerimeter(allow({StringEqualsIfExists: {'aws:SourceVpce': ID}}), 0)).toHaveLength(1)
    expect(throughPerimeter(allow({StringNotEquals: {'aws:SourceVpce': ID}}), 0)).toEqual([])
    expect(throughPerimeter(allow({StringEquals: {'aws:ResourceTag/Env': 'prod'}}), 0)).toEqual([])
  })

  it.each([
    [{Bool: {'aws:SecureTransport': 'false'}}],
    [{}],
    // What is denied for that source only.
    [{StringEquals: {'aws:SourceVpce': 'vpce-0a1b2c3d4e5f60001'}}],
    [{StringEqualsIfExists: {'aws:SourceVpc': 'vpc-0a1b2c3d4e5f60001'}}],
    [{IpAddress: {'aws:SourceIp': '203.0.113.0/24'}}],
    [{Null: {'aws:SourceVpce': 'false'}}],
    // https://repost.aws/knowledge-center/iam-restrict-access-policy: only public addresses are supported.
    [{NotIpAddress: {'aws:SourceIp': ['10.0.0.0/8', '172.16.5.0/24', 'fd00::/8']}}],
  ])('is not detected in %j', (condition) => {
    expect(throughPerimeter(document(condition), 0)).toEqual([])
  })
})

describe('every checklist of every broken network', () => {
  it.each(breakages.map(({name, account}) => [name, account] as const))('%s', (_, account) => {
    const instance = itemsOf(account.Instances)[0]!
    const {steps} = checklistFor(account, instance, diagnose(account, instance))
    const calls = steps.flatMap(({remedy}) => remedy.steps).filter((step) => 'operation' in step)
    // A node that is offline accepts no Run Command.
    expect(calls.map(({operation}) => operation)).not.toContain('SendCommand')
    // What is pending is waited for, and shared resources are not deleted.
    const pending = itemsOf(account.VpcEndpoints).filter(({State}) => /pending/i.test(State))
    const deleted = JSON.stringify(calls.filter(({operation}) => operation.startsWith('Delete')))
    for (const {VpcEndpointId} of pending) expect(deleted).not.toContain(VpcEndpointId)
  })
})

it('a private zone of one VPC keeps its name, and its record points to the new endpoint', () => {
  const zone = {
    Id: '/hostedzone/Z1',
    Name: 'ssm.eu-west-1.amazonaws.com.',
    VPCs: [{VPCId: VPC, VPCRegion: 'eu-west-1'}],
    ResourceRecordSets: [{Name: 'ssm.eu-west-1.amazonaws.com.', Type: 'A', ResourceRecords: [{Value: '10.99.0.5'}]}],
  }
  const account: Account = {
    ...behindEndpoints,
    HostedZones: [zone],
    VpcEndpoints: [endpoint(2, 'ssmmessages', [2]), endpoint(3, 'ec2messages', [2]), s3Gateway([1])],
  }
  const commands = commandsOn(account).filter((command) => command.includes('.ssm '))
  for (const command of commands) expect(command).not.toMatch(/ --private-dns-enabled/)
})
