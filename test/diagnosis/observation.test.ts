import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {
  type Account,
  type Instance,
  type InstanceInformation,
  itemsOf,
  type NatGateway,
  notAsked,
  type Role,
  type RouteTable,
} from '../../src/model/account.ts'
import {
  acl,
  behindEndpoints,
  behindNat,
  endpoint,
  eni,
  group,
  INSTANCE,
  id,
  local,
  online,
  subnet,
  table,
  to,
  VPC,
} from '../support/network.ts'
import {breakages} from '../support/network-breakages.ts'

const TRACKED = /^(?:sg\.|endpoint\.sg-blocks|nat-instance\.sg)/

const withoutRoute = (account: Account): Account => ({
  ...account,
  RouteTables: [table(1, VPC, [1], [local('10.0.0.0/16')]), ...(account.RouteTables as readonly RouteTable[]).slice(1)],
})
const pingedAt = (account: Account, LastPingDateTime: string): Account => ({
  ...account,
  InstanceInformationList: (account.InstanceInformationList as readonly InstanceInformation[]).map((node) => ({
    ...node,
    LastPingDateTime,
  })),
})
const causeOf = (account: Account, id: string) => examine(account, INSTANCE).causes.find((cause) => cause.id === id)

describe('a recent ping outranks the model', () => {
  const perPacket = breakages.filter(({blocks}) => blocks?.every((id) => !TRACKED.test(id)))
  it('in every kind of fault that acts on every packet', () => {
    expect(perPacket.length).toBeGreaterThan(30)
  })
  it.each(perPacket)('$name', ({account, blocks = []}) => {
    const {verdict, causes, paths} = examine(online(account), INSTANCE)
    expect(verdict).toBeOneOf(['managed', 'degraded'])
    expect(causes.filter(({severity}) => severity === 'blocks')).toEqual([])
    for (const cause of causes.filter(({id}) => blocks.includes(id)))
      expect(cause).toMatchObject({severity: 'undecided', certainty: 'likely'})
    expect(paths.find(({service}) => service === 'ssm')?.verdict).not.toBe('blocked')
  })
  it('and both explanations are given, with the time of the ping', () => {
    expect(causeOf(online(withoutRoute(behindNat)), 'route.none')?.message).toMatch(
      /pinged Systems Manager at 11:58 UTC.*either this changed after that, or the agent takes a path that ssm-doctor does not see, such as a proxy, a Route 53 Profile or a peered VPC/,
    )
  })
  it('and a security group that allows a proxy in another network, whether Profiles were read or not', () => {
    const Routes = [local('10.0.0.0/16'), to('10.8.0.0/16', {TransitGatewayId: id('tgw', 1)})]
    const toProxy = {IpProtocol: 'tcp', FromPort: 3128, ToPort: 3128, IpRanges: [{CidrIp: '10.8.0.0/16'}]}
    const account: Account = {
      ...online(behindNat),
      RouteTables: [table(1, VPC, [1], Routes)],
      SecurityGroups: [group(1, [], [toProxy])],
    }
    for (const ProfileAssociations of [notAsked(), []]) {
      const {verdict, causes, checklist} = examine({...account, ProfileAssociations}, INSTANCE)
      expect(verdict).toBe('managed')
      expect(causes.filter(({severity}) => severity !== 'undecided' && severity !== 'advises')).toEqual([])
      // A path that works needs no change; that to S3 is not shown to work.
      expect(checklist.map(({title}) => title).filter((title) => !/S3|Update/.test(title))).toEqual([
        `Find out how SSM Agent on ${INSTANCE} reaches Systems Manager`,
      ])
    }
  })
  it('and how it does is found out for both services, without commands of Systems Manager if its channel is closed', () => {
    const account = online(withoutRoute(behindNat))
    const stepOn = (ConnectionStatuses: Account['ConnectionStatuses']) =>
      examine({...account, ConnectionStatuses}, INSTANCE).checklist.find(({title}) => /^Find out how/.test(title))
    const closed = stepOn([{Target: INSTANCE, Status: 'notconnected'}])
    expect(closed?.commands.join()).toMatch(/get-diagnostics.*getent ahosts ssm\..*getent ahosts ssmmessages\./)
    expect(closed?.effect).toContain('without Systems Manager')
    expect(stepOn([{Target: INSTANCE, Status: 'connected'}])?.effect).toBeUndefined()
  })
  it('and what the same path would block for other services is no more certain', () => {
    expect(
      examine(online(withoutRoute(behindNat)), INSTANCE).causes.filter(({severity}) => severity === 'degrades'),
    ).toEqual([])
  })
})

describe('a ping proves nothing', () => {
  it.each(breakages.filter(({blocks}) => blocks?.some((id) => TRACKED.test(id)) && blocks.length === 1))(
    'about security groups, whose tracked connections outlive a change: $name',
    ({account}) => {
      expect(examine(online(account), INSTANCE).verdict).toBe('at-risk')
    },
  )
  it('about a group that blocks the path to ssm, if only the path to ssmmessages is contradicted', () => {
    const account: Account = {
      ...behindEndpoints,
      Subnets: [...itemsOf(behindEndpoints.Subnets), subnet(3, '10.0.3.0/24')],
      RouteTables: [table(1, VPC, [1, 2, 3], [local('10.0.0.0/16')])],
      NetworkAcls: [...itemsOf(behindEndpoints.NetworkAcls), acl(3, VPC, [3], [])],
      VpcEndpoints: [endpoint(1, 'ssm', [2]), endpoint(2, 'ssmmessages', [3])],
      NetworkInterfaces: [
        ...itemsOf(behindEndpoints.NetworkInterfaces).slice(0, 2),
        eni(203, 3, '10.0.3.20', [id('sg', 2)]),
      ],
      SecurityGroups: [itemsOf(behindEndpoints.SecurityGroups)[0]!, group(2, [], [])],
    }
    const {verdict, causes} = examine(online(account), INSTANCE)
    expect(verdict).toBe('at-risk')
    expect(causes.find((cause) => cause.id === 'endpoint.sg-blocks')).toMatchObject({
      severity: 'blocks',
      certainty: 'proven',
    })
    expect(causes.find((cause) => cause.id === 'nacl.endpoint-subnet')).toMatchObject({severity: 'undecided'})
  })
  it.each([
    ['nine minutes old', '2026-11-20T11:51:00.000Z', 'managed'],
    ['eleven minutes old', '2026-11-20T11:49:00.000Z', 'at-risk'],
  ])('once it is old: %s', (_, at, verdict) => {
    expect(examine(pingedAt(online(withoutRoute(behindNat)), at), INSTANCE).verdict).toBe(verdict)
  })
  it('about a NAT gateway that was deleted after it', () => {
    const deleted = (DeleteTime: string): Account => ({
      ...online(behindNat),
      NatGateways: (behindNat.NatGateways as readonly NatGateway[]).map((one) => ({
        ...one,
        State: 'deleted',
        DeleteTime,
      })),
    })
    expect(examine(deleted('2026-11-20T11:59:00.000Z'), INSTANCE).verdict).toBe('at-risk')
    expect(examine(deleted('2026-11-20T11:30:00.000Z'), INSTANCE).verdict).toBe('managed')
  })
})

describe('permissions are checked on every call', () => {
  const powerless: Account = {
    ...online(behindNat),
    Roles: (behindNat.Roles as readonly Role[]).map((role) => ({
      ...role,
      AttachedManagedPolicies: [],
      RolePolicyList: [],
    })),
  }
  it('so a role that is not allowed to register is at most likely the cause after a recent ping', () => {
    expect(causeOf(powerless, 'iam.no-registration-permission')).toMatchObject({
      severity: 'undecided',
      certainty: 'likely',
      message: expect.stringContaining('or the agent uses other credentials'),
    })
    expect(examine(powerless, INSTANCE).verdict).not.toBe('at-risk')
  })
  it('unless the profile was associated after the ping', () => {
    const [instance] = powerless.Instances as readonly Instance[]
    const fresh: Account = {
      ...powerless,
      IamInstanceProfileAssociations: [
        {
          AssociationId: 'iip-assoc-0a1b2c3d4e5f60016',
          InstanceId: INSTANCE,
          IamInstanceProfile: instance!.IamInstanceProfile!,
          State: 'associated',
          Timestamp: '2026-11-20T11:59:00.000Z',
        },
      ],
    }
    expect(examine(fresh, INSTANCE).verdict).toBe('at-risk')
  })
  it('while credentials outlive a profile that was removed', () => {
    const [{IamInstanceProfile: _, ...instance}] = behindNat.Instances as readonly [Instance]
    expect(examine({...online(behindNat), Instances: [instance]}, INSTANCE).verdict).toBe('at-risk')
  })
})

it('a connected channel contradicts a missing endpoint for it', () => {
  const without = {
    ...behindEndpoints,
    VpcEndpoints: itemsOf(behindEndpoints.VpcEndpoints).filter(
      ({ServiceName}) => !ServiceName.endsWith('.ssmmessages'),
    ),
  }
  const seen = examine(online(without), INSTANCE)
  expect(seen.verdict).toBe('managed')
  expect(seen.causes).toContainEqual(
    expect.objectContaining({id: 'endpoint.ssmmessages-missing', severity: 'undecided', certainty: 'likely'}),
  )
})

describe('a ping of a node whose profile yields no credentials', () => {
  const SETTING = {unreadable: 'AccessDenied: no', error: 'AccessDeniedException', action: 'ssm:GetServiceSetting'}
  const {IamInstanceProfile: _, ...unattached} = itemsOf(behindNat.Instances)[0]!
  const [profile] = itemsOf(behindNat.InstanceProfiles)
  const [role] = itemsOf(behindNat.Roles)
  const faults: readonly (readonly [string, Partial<Account>])[] = [
    ['iam.no-profile', {Instances: [unattached], IamInstanceProfileAssociations: []}],
    ['iam.profile-missing', {InstanceProfiles: []}],
    ['iam.profile-empty', {InstanceProfiles: [{...profile, Roles: []}] as Account['InstanceProfiles']}],
    [
      'iam.profile-recreated',
      {InstanceProfiles: [{...profile, InstanceProfileId: 'AIPANEW'}] as Account['InstanceProfiles']},
    ],
    ['iam.trust-missing-ec2', {Roles: [{...role, AssumeRolePolicyDocument: {Statement: []}}] as Account['Roles']}],
  ]

  it.each(faults)('leaves %s open where it could not be read whether host management is on', (cause, change) => {
    const account = online({...behindNat, ...change, ServiceSettings: SETTING})
    const {verdict, causes, checklist} = examine(account, INSTANCE)
    expect([verdict, causes.filter(({severity}) => severity === 'blocks')]).toEqual(['managed', []])
    expect(causes).toContainEqual(expect.objectContaining({id: cause, severity: 'undecided', certainty: 'likely'}))
    expect(causes).toContainEqual(expect.objectContaining({id: 'target.access-denied'}))
    expect(checklist.filter(({part}) => part === 'fix')).toEqual([])
  })
  it.each(faults)('is at risk by %s where host management is off', (cause, change) => {
    const {verdict, causes} = examine(online({...behindNat, ...change}), INSTANCE)
    expect([verdict, causes[0]]).toMatchObject(['at-risk', {id: cause, severity: 'blocks', certainty: 'proven'}])
  })
  it.each(faults)('that is too old leaves %s likely', (cause, change) => {
    const account = {...behindNat, ...change, ServiceSettings: SETTING}
    expect(causeOf(pingedAt(online(account), '2026-11-20T09:00:00.000Z'), cause)).toMatchObject({
      severity: 'blocks',
      certainty: 'likely',
    })
    expect(causeOf(account, cause)).toMatchObject({severity: 'blocks', certainty: 'likely'})
  })
})

it('confirms missing permissions by the log where it could not be read whether the node pings', () => {
  const [role] = itemsOf(behindNat.Roles)
  const account = {
    ...behindNat,
    Roles: [{...role, AttachedManagedPolicies: []}] as Account['Roles'],
    InstanceInformationList: {unreadable: 'AccessDenied: no'},
  }
  const denied = {kind: 'access-denied', source: 'errors.log', line: 'is not authorized', service: 'ssm'} as const
  const certaintyWith = (action: string) =>
    examine(account, INSTANCE, {evidence: [{...denied, action}]}).causes.find(
      ({id: cause}) => cause === 'iam.no-registration-permission',
    )?.certainty
  expect(certaintyWith('ssm:GetParameter')).toBe('likely')
  expect(certaintyWith('ssm:UpdateInstanceInformation')).toBe('proven')
})
