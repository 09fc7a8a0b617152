import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, type Instance, itemsOf} from '../../src/model/account.ts'
import {groupsOfOtherVpcs, type Launch, missingResources} from '../../src/preflight/launch.ts'
import {preflight} from '../../src/preflight/preflight.ts'
import {behindEndpointsFaults, behindNatFaults} from '../support/faults.ts'
import {
  behindEndpoints,
  behindNat,
  behindTransitGateway,
  group,
  HUB,
  id,
  inPublicSubnet,
  subnet,
  VPC,
} from '../support/network.ts'
import {faultsOf} from '../support/report-schemas.ts'

const web: Launch = {subnet: id('subnet', 1), groups: [id('sg', 1)], role: 'web'}
/** Every text with a space in it. */
const sentencesIn = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? value.includes(' ')
      ? [value]
      : []
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(sentencesIn)
      : []

const verdictOf = (account: Account, launch: Launch = web) => preflight(account, launch).report.verdict
const causesOf = (account: Account, launch: Launch = web) =>
  preflight(account, launch).report.causes.flatMap(({id, severity}) => (severity === 'blocks' ? [id] : []))

/** The account without the instance that the faults were created for. */
const before = (account: Account): Account => ({...account, Instances: [], InstanceImageMetadata: []})

describe('what a policy says about an instance that has no id and no tags yet', () => {
  const ACTIONS = ['ssm:UpdateInstanceInformation', 'ssmmessages:*']
  const instances = (name: string) => `arn:aws:ec2:*:*:instance/${name}`
  const when = (Condition: object) => [{Effect: 'Allow', Action: ACTIONS, Resource: '*', Condition}]
  const denied = (Condition: object) => [
    {Effect: 'Allow', Action: ACTIONS, Resource: '*'},
    {Effect: 'Deny', Action: ACTIONS, Resource: '*', Condition},
  ]

  it.each([
    [
      'every id',
      [{Effect: 'Allow', Action: ACTIONS, Resource: [instances('i-*'), 'arn:aws:ssmmessages:*']}],
      'managed',
    ],
    ['every id as the source', when({ArnLike: {'ec2:SourceInstanceARN': instances('i-*')}}), 'managed'],
    ['every session', when({StringLike: {'aws:userid': '*:i-*'}}), 'managed'],
    ['an instance that exists', when({ArnEquals: {'ec2:SourceInstanceARN': instances(id('i', 1))}}), 'unmanaged'],
    ['a tag', when({StringEquals: {'aws:ResourceTag/ssm': 'on'}}), 'undecided'],
    ['a denied tag', denied({StringNotEquals: {'aws:ResourceTag/ssm': 'on'}}), 'undecided'],
    ['a missing tag', denied({Null: {'ssm:resourceTag/ssm': 'true'}}), 'undecided'],
  ])('%s', (_, Statement, verdict) => {
    const account = before(behindNat)
    const Roles = itemsOf(account.Roles).map((role) => ({
      ...role,
      RoleId: 'AROAEXAMPLEWEB',
      AttachedManagedPolicies: [],
      RolePolicyList: [{PolicyName: 'own', PolicyDocument: {Version: '2012-10-17', Statement}}],
    }))
    expect(verdictOf({...account, Roles} as Account)).toBe(verdict)
  })
})

describe('a launch', () => {
  it.each([
    ['behind endpoints', behindEndpoints],
    ['behind a NAT gateway', behindNat],
    ['behind a transit gateway', behindTransitGateway],
  ])('%s would be managed', (_, account) => {
    expect(preflight(before(account), web).report).toMatchObject({verdict: 'managed', checklist: [], verified: true})
  })

  const faults = [
    ...behindEndpointsFaults.map((fault) => ({...fault, account: behindEndpoints})),
    ...behindNatFaults.map((fault) => ({...fault, account: behindNat})),
  ].map(({name, breaks, account}) => ({
    name: `${name}, ${account === behindNat ? 'NAT' : 'endpoints'}`,
    account: breaks(account),
  }))

  it.each(faults)('finds what an instance there would be affected by: $name', ({account}) => {
    const instance = (account.Instances as readonly Instance[])[0]!
    const real = examine(account, instance.InstanceId, {includeFallback: false})
    const ofTheMachine = /^(?:imds|os|instance|iam\.no-profile|iam\.profile)/
    const expected = real.causes
      .filter(
        ({id, severity, revealedBy}) => severity === 'blocks' && revealedBy === undefined && !ofTheMachine.test(id),
      )
      .map(({id}) => id)
    expect(causesOf(before(account))).toEqual(expect.arrayContaining([...new Set(expected)]))
  })

  it.each(faults)('proposes changes with commands, and a report that conforms to its schema: $name', ({account}) => {
    const {report} = preflight(before(account), web)
    expect(faultsOf(JSON.parse(JSON.stringify(report)))).toEqual([])
    const lines = report.checklist.flatMap(({commands, undo = [], alternatives}) => [
      ...commands,
      ...undo,
      ...alternatives.flatMap((other) => other.commands),
    ])
    for (const line of lines) expect(line).not.toMatch(/preflight|is not printed/)
  })

  it.each(faults)('calls the instance by its name in every sentence, not by a placeholder: $name', ({account}) => {
    for (const launch of [web, {...web, role: undefined}, {...web, role: 'missing', publicIp: true}])
      expect(sentencesIn(preflight(before(account), launch).report).filter((text) => /preflight/.test(text))).toEqual(
        [],
      )
  })
})

it('an instance that is not launched yet does not count as one that uses the role, and has no agent that retries', () => {
  const effects = (account: Account, launch: Launch) =>
    preflight(account, launch).report.checklist.map(({effect}) => effect)
  const Roles = itemsOf(behindNat.Roles).map((role) => ({...role, AttachedManagedPolicies: []}))
  expect(effects({...before(behindNat), Roles} as Account, web)).toEqual(['Role web is used by 0 collected instances.'])
  expect(effects(before(behindNat), {...web, role: undefined})).toEqual([
    'Every process on the instance gets the permissions of the role.',
  ])
})

describe('the public address', () => {
  const inSubnet = (MapPublicIpOnLaunch: boolean): Account => ({
    ...before(inPublicSubnet),
    Subnets: [subnet(1, '10.0.1.0/24', {MapPublicIpOnLaunch})],
  })
  it.each([
    ['as the subnet assigns it', true, undefined, 'managed'],
    ['as the subnet does not assign it', false, undefined, 'unmanaged'],
    ['as the user requests, overriding the subnet', false, true, 'managed'],
    ['as the user declines, overriding the subnet', true, false, 'unmanaged'],
  ])('%s', (_, mapped, publicIp, verdict) => {
    expect(verdictOf(inSubnet(mapped), {...web, publicIp})).toBe(verdict)
  })

  it('is an option of the launch if it is missing', () => {
    const {checklist} = preflight(inSubnet(false), web).report
    expect(
      checklist.flatMap(({commands, alternatives}) => [...commands, ...alternatives.flatMap((one) => one.commands)]),
    ).toContain('# at the launch: aws ec2 run-instances … --associate-public-ip-address')
  })
})

describe('the identity', () => {
  it.each([
    ['a role', {role: 'web'}],
    ['a role by its ARN', {role: 'arn:aws:iam::111122223333:role/web'}],
    ['a profile', {role: undefined, profile: 'web'}],
  ])('%s', (_, who) => {
    expect(verdictOf(before(behindNat), {...web, ...who})).toBe('managed')
  })

  it('has no credentials without a role', () => {
    const {report} = preflight(before(behindNat), {...web, role: undefined})
    expect(report.causes[0]).toMatchObject({
      id: 'iam.no-profile',
      message: expect.stringMatching(/^The instance has no instance profile/),
    })
    expect(report.checklist[0]!.commands).toEqual([
      '# at the launch: aws ec2 run-instances … --iam-instance-profile Name=web',
    ])
  })

  it("is that of the caller's account in a subnet of another account", () => {
    const shared = {
      ...before(behindNat),
      Subnets: [subnet(1, '10.0.1.0/24', {OwnerId: '999988887777'})],
      Caller: {Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/me'},
      InstanceProfiles: {unreadable: 'AccessDenied'},
    }
    const {report} = preflight(shared, {...web, role: undefined, profile: 'web'})
    expect(report.instance.account).toBe('111122223333')
    expect(JSON.stringify(report)).not.toContain('999988887777:instance-profile')
  })

  it('is undetermined, not rejected, if roles cannot be read', () => {
    const unread = {
      ...before(behindNat),
      Roles: {unreadable: 'AccessDenied'},
      InstanceProfiles: {unreadable: 'AccessDenied'},
    }
    expect(verdictOf(unread)).toBe('undecided')
  })
})

describe('the groups', () => {
  const open = group(7, [], [{IpProtocol: '-1', IpRanges: [{CidrIp: '0.0.0.0/0'}]}])
  const shut = group(8, [], [])
  const account = {
    ...before(behindNat),
    SecurityGroups: [open, shut, {...open, GroupId: id('sg', 9), GroupName: 'default'}],
  }

  it.each([
    ['one that allows nothing', [id('sg', 8)], 'unmanaged'],
    ['several, of which one allows the traffic', [id('sg', 8), id('sg', 7)], 'managed'],
    ['the default group of the VPC if none is named', [], 'managed'],
  ])('%s', (_, groups, verdict) => {
    expect(verdictOf(account, {...web, groups})).toBe(verdict)
  })

  it('are undetermined if groups cannot be read', () => {
    const unread = {...account, SecurityGroups: {unreadable: 'UnauthorizedOperation'}}
    expect(verdictOf(unread, {...web, groups: []})).toBe('undecided')
    expect(missingResources(unread, web)).toEqual([])
  })

  it('are distinguished from those of another VPC', () => {
    const foreign = group(5, [], [], HUB)
    expect(
      groupsOfOtherVpcs({...account, SecurityGroups: [open, foreign]}, {...web, groups: [id('sg', 7), id('sg', 5)]}),
    ).toEqual([{group: id('sg', 5), groupVpcId: HUB, subnetVpcId: VPC}])
  })
})

describe('what does not exist', () => {
  const account = before(behindNat)
  it.each([
    [{subnet: 'subnet-0'}, ['subnet subnet-0']],
    [{groups: ['sg-0', id('sg', 1)]}, ['security group sg-0']],
    [{role: 'missing'}, ['role missing']],
    [{role: undefined, profile: 'missing'}, ['instance profile missing']],
    [{groups: []}, [`default security group of ${VPC}`]],
  ])('%j', (change, strangers) => {
    expect(missingResources(account, {...web, ...change})).toEqual(strangers)
  })

  it('is an image only if AWS was queried for it', () => {
    expect(missingResources(account, {...web, image: 'ami-1'})).toEqual([])
    expect(missingResources(account, {...web, image: 'ami-1'}, false)).toEqual(['image ami-1'])
  })
})

describe('the image', () => {
  const sibling = (account: Account, Name: string, change: Partial<Instance> = {}): Account => ({
    ...account,
    Instances: (account.Instances as readonly Instance[]).map((one) => ({...one, ImageId: 'ami-1', ...change})),
    InstanceImageMetadata: [
      {
        InstanceId: id('i', 1),
        ImageMetadata: {ImageId: 'ami-1', Name, OwnerId: '309956199498', ImageOwnerAlias: 'amazon'},
      },
    ],
  })
  const launch = {...web, image: 'ami-1'}
  const agentOf = (account: Account) => preflight(account, launch).report.checks.find(({id}) => id === 'agent')

  it('includes the agent', () => {
    expect(agentOf(sibling(behindNat, 'al2023-ami-2023.9.0'))).toMatchObject({status: 'pass'})
  })
  it('does not include it', () => {
    const {verdict, causes} = preflight(sibling(behindNat, 'RHEL-9.4.0_HVM'), launch).report
    expect({verdict, root: causes[0]!.id}).toEqual({verdict: 'unmanaged', root: 'os.agent-not-installed'})
  })
  it('is unknown, which is not a fault', () => {
    expect(agentOf(behindNat)).toMatchObject({status: 'unknown'})
    expect(verdictOf(behindNat, launch)).toBe('managed')
  })
  it.each([
    [
      'another instance with it',
      sibling(behindNat, 'Windows_Server-2022-x', {PlatformDetails: 'Windows', Platform: 'Windows'}),
      {},
      'Windows',
    ],
    ['what AWS returns for it', behindNat, {platformDetails: 'Red Hat Enterprise Linux'}, 'Red Hat Enterprise Linux'],
    ['what the user specifies', behindNat, {platform: 'windows', platformDetails: 'Linux/UNIX'} as const, 'Windows'],
    ['nothing', behindNat, {}, 'Linux/UNIX'],
  ])('has its operating system from %s', (_, account, change, platform) => {
    expect(preflight(account, {...launch, ...change}).report.instance.platform).toBe(platform)
  })
})
