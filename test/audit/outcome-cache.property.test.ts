import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {fleetAccount} from '../../bench/fleet-account.ts'
import {parseAccounts} from '../../src/account-file/parse-accounts.ts'
import {auditAccount} from '../../src/audit/audit.ts'
import {createFleetCache} from '../../src/audit/outcome-cache.ts'
import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {type Diagnosis, findingsOf} from '../../src/diagnosis/diagnosis.ts'
import {type Account, type Instance, type InstanceInformation, itemsOf, type Role} from '../../src/model/account.ts'
import {withItem} from '../../src/model/edits.ts'
import {hostRole, onHostManagement} from '../checks/identity/identity-accounts.ts'
import {INSTANCE, network} from '../oracle/arbitrary.ts'
import {runs} from '../oracle/runs.ts'
import {allow, healthy, healthyBehindNat, OWNER} from '../support/healthy.ts'
import {
  acl,
  behindTransitGateway,
  id,
  instance,
  local,
  REGION,
  subnet,
  TGW,
  table,
  to,
  VPC,
} from '../support/network.ts'

/** Everything that a verdict depends on. Texts may name another instance in the same place. */
const outcomeOf = (diagnosis: Diagnosis) => ({
  causes: findingsOf(diagnosis).map(({cause, resource, severity, certainty = 'proven', check}) => ({
    cause,
    resource,
    severity,
    certainty,
    check: check.id,
  })),
  checks: diagnosis.outcomes.map(({check, status}) => `${check.id} ${status}`),
  paths: diagnosis.paths.map(({service, verdict, via}) => `${service} ${verdict} ${via}`),
})

/** Every instance, in this order: the cached outcome of the first must hold for the last. */
function differencesIn(account: Account): readonly unknown[] {
  const sharing = createFleetCache(account)
  return itemsOf(account.Instances).flatMap((instance) => {
    const shared = outcomeOf(diagnose(account, instance, {includeFallback: true, fleetCache: sharing}))
    const alone = outcomeOf(diagnose(account, instance))
    return JSON.stringify(shared) === JSON.stringify(alone) ? [] : [{id: instance.InstanceId, shared, alone}]
  })
}

interface Twist {
  readonly last: number
  readonly groups: boolean
  readonly isPublic: boolean
  readonly agent: string | undefined
  readonly windows: boolean
  readonly profile: boolean
  readonly metadata: boolean
  readonly type: string
  /** What only this instance has, by its index in the list below. */
  readonly peculiarity: number | undefined
}

type Items = Readonly<Record<string, unknown>>

/** The account with an item of one kind for the instance, over what is there. */
const said =
  (kind: keyof Account, field: string, id: string, item: Items) =>
  (account: Account): Account => {
    const items = itemsOf(account[kind] as readonly Items[])
    const others = items.filter((one) => one[field] !== id)
    return {...account, [kind]: [...others, {...items.find((one) => one[field] === id), [field]: id, ...item}]}
  }

const machine = (change: Items) => (id: string, account: Account) =>
  said('Instances', 'InstanceId', id, change)(account)
const node = (change: Items) => (id: string, account: Account) =>
  said('InstanceInformationList', 'InstanceId', id, change)(account)
const image = (Name: string) => (id: string, account: Account) =>
  said('InstanceImageMetadata', 'InstanceId', id, {ImageMetadata: {Name, OwnerId: '137112412989'}})(account)
const imageOf2021 = (id: string, account: Account) =>
  said('InstanceImageMetadata', 'InstanceId', id, {
    ImageMetadata: {
      Name: 'al2023-ami-2023.9.20251014.0',
      OwnerId: '137112412989',
      CreationDate: '2021-01-26T00:00:00Z',
    },
  })(account)
const status = (change: Items) => (id: string, account: Account) =>
  said('InstanceStatuses', 'InstanceId', id, {SystemStatus: {Status: 'ok'}, InstanceStatus: {Status: 'ok'}, ...change})(
    account,
  )
const options = (change: Items) => (id: string, account: Account) =>
  machine({MetadataOptions: {HttpEndpoint: 'enabled', HttpTokens: 'optional', State: 'applied', ...change}})(
    id,
    account,
  )
const ago = (minutes: number, {ReadAt}: Account): string =>
  new Date(Date.parse(ReadAt) - minutes * 60_000).toISOString()

const associated = (minutes: number) => (id: string, account: Account) =>
  said('IamInstanceProfileAssociations', 'InstanceId', id, {
    AssociationId: `iip-${id}`,
    State: 'associated',
    Timestamp: ago(minutes, account),
  })(account)

/** Each is something that some check reads for a single instance. */
const PECULIARITIES: readonly ((id: string, account: Account) => Account)[] = [
  machine({State: {Name: 'stopped'}}),
  machine({State: {Name: 'stopped'}, StateReason: {Code: 'Client.InternalError'}}),
  machine({State: {Name: 'pending'}}),
  (id, account) => machine({LaunchTime: ago(3, account)})(id, account),
  (id, account) => machine({LaunchTime: ago(3000, account)})(id, account),
  machine({Operator: {Managed: true, Principal: 'eks.amazonaws.com'}}),
  machine({Platform: 'windows'}),
  machine({InstanceType: 'mac2.metal'}),
  (id, account) =>
    options({HttpPutResponseHopLimit: 1})(id, machine({Tags: [{Key: 'eks:cluster-name', Value: 'a'}]})(id, account)),
  (id, account) => options({HttpPutResponseHopLimit: 1})(id, image('amazon-eks-node-1.30')(id, account)),
  (id, account) => {
    const own = itemsOf(account.Instances).find(({InstanceId}) => InstanceId === id)?.NetworkInterfaces ?? []
    const SubnetId = itemsOf(account.Subnets).at(-1)?.SubnetId
    return machine({NetworkInterfaces: [...own, {...own[0], SubnetId, Attachment: {DeviceIndex: 1}}]})(id, account)
  },
  imageOf2021,
  options({HttpTokens: 'required'}),
  options({State: 'pending'}),
  node({PingStatus: 'Online', IsLatestVersion: false}),
  node({PingStatus: 'Online', AssociationStatus: 'Failed'}),
  node({PingStatus: 'Online', IamRole: 'service-role/AWSSystemsManagerDefaultEC2InstanceManagementRole'}),
  node({PingStatus: 'Online', PlatformType: 'Windows', PlatformVersion: '6.3.9600'}),
  node({PingStatus: 'Online', PlatformName: 'Bottlerocket'}),
  ...[8, 30, 90, 50_000].map(
    (minutes) => (id: string, account: Account) =>
      node({PingStatus: 'Online', LastPingDateTime: ago(minutes, account)})(id, account),
  ),
  (id, account) => node({PingStatus: 'ConnectionLost', LastPingDateTime: ago(5000, account)})(id, account),
  node({PingStatus: 'ConnectionLost'}),
  (id, account) => node({PingStatus: 'Inactive', LastPingDateTime: ago(50_000, account)})(id, account),
  (id, account) =>
    associated(100)(id, node({PingStatus: 'ConnectionLost', LastPingDateTime: ago(200, account)})(id, account)),
  (id, account) => ({
    ...account,
    InstanceInformationList: itemsOf(account.InstanceInformationList).filter(({InstanceId}) => InstanceId !== id),
  }),
  (id, account) => associated(1000)(id, machine({LaunchTime: ago(2000, account)})(id, account)),
  image('bottlerocket-aws-k8s-1.30-x86_64-v1.20.0'),
  image('amzn2-ami-hvm-2.0.20260101.0-x86_64-gp2'),
  status({SystemStatus: {Status: 'impaired'}}),
  status({AttachedEbsStatus: {Status: 'impaired'}}),
  status({Events: [{Code: 'system-reboot', NotBefore: '2026-12-01T00:00:00.000Z'}]}),
  (id, account) => said('ConnectionStatuses', 'Target', id, {Status: 'notconnected'})(account),
  (id, account) => said('ConnectionStatuses', 'Target', id, {Status: 'connected'})(account),
  (id, account) => said('ConnectionStatuses', 'Target', id, {unreadable: 'no'})(account),
  (id, account) => said('ConsoleOutputs', 'InstanceId', id, {Output: 'Kernel panic - not syncing: VFS'})(account),
  (id, account) =>
    said('InstanceAssociations', 'InstanceId', id, {
      AssociationId: 'a',
      Name: 'AWS-GatherSoftwareInventory',
      Status: 'Failed',
    })(account),
  (id, account) =>
    said('CoveredResources', 'resourceId', id, {
      resourceType: 'AWS_EC2_INSTANCE',
      scanType: 'PACKAGE',
      scanStatus: {statusCode: 'INACTIVE', reason: 'UNMANAGED_EC2_INSTANCE'},
    })(account),
  (id, account) =>
    said('IamInstanceProfileAssociations', 'InstanceId', id, {AssociationId: 'iip-1', State: 'disassociating'})(
      account,
    ),
  (id, account) =>
    said('InstanceInformationList', 'InstanceId', 'mi-0123456789abcdef0', {SourceId: id, PingStatus: 'Online'})(
      account,
    ),
]

const twist: fc.Arbitrary<Twist> = fc.record({
  last: fc.constantFrom(10, 11, 12, 100, 127, 128, 200),
  groups: fc.boolean(),
  isPublic: fc.boolean(),
  agent: fc.constantFrom(undefined, '3.3.2746.0', '3.3.500.0', '3.2.0.0', '2.3.0.0'),
  peculiarity: fc.option(fc.nat({max: PECULIARITIES.length - 1}), {nil: undefined, freq: 2}),
  windows: fc.boolean(),
  profile: fc.boolean(),
  metadata: fc.boolean(),
  type: fc.constantFrom('t3.micro', 'm3.large', 'mac2.metal'),
})

/** Neighbors of an instance: other addresses, groups, systems, agents and profiles in the same subnet. */
function withNeighbours(account: Account, twists: readonly Twist[]): Account {
  const first = itemsOf(account.Instances).find(({InstanceId}) => InstanceId === INSTANCE)
  if (!first) return account
  const neighbours = twists.map((one, n) => neighbourOf(first, one, n))
  const nodes = twists.flatMap(({agent}, n): InstanceInformation[] =>
    agent === undefined
      ? []
      : [
          {
            InstanceId: idOf(n),
            PingStatus: n % 2 === 0 ? 'Online' : 'ConnectionLost',
            AgentVersion: agent,
            LastPingDateTime: account.ReadAt,
          },
        ],
  )
  const all: Account = {
    ...account,
    Instances: [...itemsOf(account.Instances), ...neighbours],
    InstanceInformationList: [...itemsOf(account.InstanceInformationList), ...nodes],
  }
  return twists.reduce(
    (sum, {peculiarity}, n) => (peculiarity === undefined ? sum : PECULIARITIES[peculiarity]!(idOf(n), sum)),
    all,
  )
}

const idOf = (n: number): string => `i-0b${String(n).padStart(15, '0')}`

function neighbourOf(first: Instance, one: Twist, n: number): Instance {
  const eni = first.NetworkInterfaces[0]
  const address = (eni?.PrivateIpAddress ?? first.PrivateIpAddress ?? '10.0.1.1').replace(/\d+$/, String(one.last + n))
  const Groups = one.groups ? (eni?.Groups ?? first.SecurityGroups) : (eni?.Groups ?? []).slice(0, 1)
  const {IamInstanceProfile, PlatformDetails: _, ...rest} = first
  return {
    ...rest,
    InstanceId: idOf(n),
    InstanceType: one.type as NonNullable<Instance['InstanceType']>,
    PrivateIpAddress: address,
    PlatformDetails: one.windows ? 'Windows' : 'Linux/UNIX',
    SecurityGroups: Groups,
    ...(one.profile && IamInstanceProfile && {IamInstanceProfile}),
    MetadataOptions: {...first.MetadataOptions, HttpEndpoint: one.metadata ? 'enabled' : 'disabled'},
    NetworkInterfaces: [
      {
        ...eni,
        NetworkInterfaceId: `eni-0b${String(n).padStart(15, '0')}`,
        PrivateIpAddress: address,
        PrivateIpAddresses: [{Primary: true, PrivateIpAddress: address}],
        Groups,
        ...(one.isPublic ? {Association: {PublicIp: '203.0.113.9'}} : {Association: undefined}),
      },
    ],
  }
}

const fleetOf = (instances: number): Account =>
  parseAccounts([{name: 'fleet', json: fleetAccount({instances})}]).accounts[0]!

const auditOf = (account: Account, share: boolean) =>
  auditAccount(account, account.Instances, {ownerTag: 'Owner', chosen: () => true, share})

describe('sharing of outcomes', () => {
  it('never changes an outcome on random networks', () => {
    fc.assert(
      fc.property(network, fc.array(twist, {minLength: 2, maxLength: 8}), (account, twists) => {
        expect(differencesIn(withNeighbours(account, twists))).toEqual([])
      }),
      {numRuns: runs(60)},
    )
  })

  it('never changes an outcome in a fleet with ten faults', () => {
    expect(differencesIn(fleetOf(700))).toEqual([])
  })

  it('never changes an audit on random networks', () => {
    fc.assert(
      fc.property(network, fc.array(twist, {minLength: 2, maxLength: 8}), (account, twists) => {
        const all = withNeighbours(account, twists)
        expect(auditOf(all, true)).toEqual(auditOf(all, false))
      }),
      {numRuns: runs(60)},
    )
  })

  it.each(PECULIARITIES.map((peculiar, n) => [n, peculiar] as const))(
    'never changes an audit of a fleet in which single nodes differ, %i',
    (_, peculiar) => {
      const fleet = fleetOf(60)
      const ids = itemsOf(fleet.Instances).map(({InstanceId}) => InstanceId)
      const account = ids.filter((_, n) => n % 7 === 3).reduce((sum, id) => peculiar(id, sum), fleet)
      expect(differencesIn(account)).toEqual([])
      expect(auditOf(account, true)).toEqual(auditOf(account, false))
    },
  )

  it('distinguishes an instance that is not listed from a node without a status', () => {
    const first = {...itemsOf(healthy.Instances)[0]!, LaunchTime: ago(90_000, healthy)}
    const listed = {...first, InstanceId: 'i-0aaaaaaaaaaaaaa02'}
    const account: Account = {
      ...healthy,
      InstanceInformationList: [{InstanceId: listed.InstanceId}],
      ConnectionStatuses: [],
      InstanceStatuses: [],
      InstanceImageMetadata: [],
    }
    for (const Instances of [
      [first, listed],
      [listed, first],
    ])
      expect(differencesIn({...account, Instances})).toEqual([])
  })

  it('distinguishes an agent that is too old for a NAT gateway from its neighbors in the same place', () => {
    const fleet = fleetOf(850)
    const {InstanceId: old} = itemsOf(fleet.Instances)[600]!
    const account = node({PingStatus: 'Online', AgentVersion: '3.3.500.0'})(old, fleet)
    const hit = auditOf(account, true).instances.filter(({causes}) => causes.some(({id}) => id === 'nat.idle-timeout'))
    expect(hit.map(({id}) => id)).toEqual([old])
  })

  it('examines a fleet far less often than it has instances', () => {
    const fleet = fleetOf(700)
    const sharing = createFleetCache(fleet)
    const classes = new Set(itemsOf(fleet.Instances).map((instance) => sharing.classOf(instance)))
    expect(classes.size).toBeLessThan(120)
  })

  it('walks a fleet far less often than it has instances', () => {
    const fleet = fleetOf(700)
    const sharing = createFleetCache(fleet)
    const ways = new Set(itemsOf(fleet.Instances).map((instance) => sharing.paths(instance)))
    expect(ways.size).toBeLessThan(60)
  })
})

/** Two instances with one role, which a policy treats differently. */
const twins = (change: Partial<Account>): Account => {
  const [web] = itemsOf(healthy.Instances)
  const other = {...web!, InstanceId: 'i-0aaaaaaaaaaaaaa02', Tags: [{Key: 'Kept', Value: 'out'}]}
  return {...healthy, Instances: [web!, other], ...change}
}

const denial = (rest: object): Pick<Role, 'RolePolicyList'> => {
  const deny = {Version: '2012-10-17', Statement: [{Effect: 'Deny', Action: 'ssm:UpdateInstanceInformation', ...rest}]}
  return {RolePolicyList: [{PolicyName: 'out', PolicyDocument: deny}]}
}

const denying = (rest: object): Pick<Account, 'Roles'> => {
  const [role] = itemsOf(healthy.Roles) as readonly Role[]
  return {Roles: [{...role!, ...denial(rest)}]}
}

describe('a change of the role counts only for the agents that have not called since', () => {
  const [web] = itemsOf(healthy.Instances)
  const role = (itemsOf(healthy.Roles) as readonly Role[])[0]!
  const offline = (account: Account, minutes: number, n: number): Account => {
    const InstanceId = `i-0aaaaaaaaaaaaaa0${n}`
    const lost = {InstanceId, PingStatus: 'ConnectionLost' as const, LastPingDateTime: ago(minutes, account)}
    return {
      ...account,
      Instances: [...itemsOf(account.Instances), {...web!, InstanceId, LaunchTime: ago(90_000, account)}],
      InstanceInformationList: [...itemsOf(account.InstanceInformationList), lost],
    }
  }
  const none: Account = {...healthy, Instances: [], InstanceInformationList: [], ConnectionStatuses: []}
  const changed: Account = {...none, Roles: [{...role, CreateDate: ago(1000, none)}]}

  it.each([[[500, 2000, 600, 3000]], [[2000, 500, 3000, 600]]])('that last called %j minutes ago', (pings) => {
    const account = pings.reduce((sum, minutes, n) => offline(sum, minutes, n), changed)
    expect(differencesIn(account)).toEqual([])
    const rows = auditOf(account, true).instances
    const isChanged = rows.map(({causes}) => causes.some(({id}) => id === 'iam.recent-change'))
    expect(isChanged).toEqual(pings.map((minutes) => minutes > 1000))
  })
})

describe('policies that distinguish instances', () => {
  it.each([
    ['by a tag', {Resource: '*', Condition: {StringEquals: {'aws:ResourceTag/Kept': 'out'}}}],
    ['by an id', {Resource: `arn:aws:ec2:*:${OWNER}:instance/i-0aaaaaaaaaaaaaa02`}],
    ['by a part of an id', {Resource: 'arn:aws:ec2:*:*:instance/*2'}],
    ['by the ARN of the source', {Resource: '*', Condition: {ArnLike: {'ec2:SourceInstanceARN': '*2'}}}],
    ['by a variable', {Resource: `arn:aws:ec2:*:*:instance/\${aws:ResourceTag/Kept}`}],
  ])('are evaluated for each: %s', (_, rest) => {
    const account = twins(denying(rest))
    expect(differencesIn(account)).toEqual([])
  })

  it('are evaluated for each whose console shows what AWS denied it', () => {
    const id = 'i-0aaaaaaaaaaaaaa02'
    const line = `2026/11/20 11:40:00Z: SSM Agent unable to acquire credentials: AccessDeniedException: User: arn:aws:sts::${OWNER}:assumed-role/web/${id} is not authorized to perform: ssm:UpdateInstanceInformation on resource: arn:aws:ec2:eu-west-1:${OWNER}:instance/${id} because no identity-based policy allows the ssm:UpdateInstanceInformation action`
    const maybe = denying({Resource: '*', Condition: {StringNotEquals: {'aws:PrincipalOrgID': 'o-1'}}})
    const account = twins({
      ...maybe,
      InstanceInformationList: [],
      ConnectionStatuses: [],
      ConsoleOutputs: [{InstanceId: id, Output: line}],
    })
    for (const Instances of [account.Instances as readonly Instance[], itemsOf(account.Instances).toReversed()])
      expect(differencesIn({...account, Instances})).toEqual([])
  })

  it('are evaluated for each at an endpoint', () => {
    const endpoints = itemsOf(healthy.VpcEndpoints).map((endpoint) => ({
      ...endpoint,
      PolicyDocument: allow('*', {
        Principal: '*',
        Resource: '*',
        Condition: {
          StringEquals: {'ec2:SourceInstanceARN': `arn:aws:ec2:eu-west-1:${OWNER}:instance/i-0aaaaaaaaaaaaaa02`},
        },
      }),
    }))
    expect(differencesIn(twins({VpcEndpoints: endpoints}))).toEqual([])
  })
})

describe('the policy of an endpoint decides which credentials an agent uses', () => {
  it('only in the VPC of the endpoint', () => {
    const [web] = itemsOf(healthy.Instances)
    const [role] = itemsOf(healthy.Roles) as readonly Role[]
    const elsewhere = {VpcId: 'vpc-0aaaaaaaaaaaaaa02', SubnetId: 'subnet-0aaaaaaaaaaaaaa09'}
    const NetworkInterfaces = web!.NetworkInterfaces.map((eni) => ({...eni, ...elsewhere}))
    const other: Instance = {...web!, ...elsewhere, NetworkInterfaces, InstanceId: 'i-0aaaaaaaaaaaaaa02'}
    const PolicyDocument = allow('*', {
      Principal: '*',
      Resource: '*',
      Condition: {ArnNotEquals: {'aws:PrincipalArn': role!.Arn}},
    })
    const account: Account = {
      ...healthy,
      ...onHostManagement(),
      Roles: [{...role!, ...denial({Action: 'ssmmessages:*', Resource: '*'})}, hostRole()],
      VpcEndpoints: itemsOf(healthy.VpcEndpoints).map((endpoint) => ({...endpoint, PolicyDocument})),
      InstanceInformationList: [],
      ConnectionStatuses: [],
    }
    for (const Instances of [
      [web!, other],
      [other, web!],
    ])
      expect(differencesIn({...account, Instances})).toEqual([])
  })
})

/** A role that may call Systems Manager through one endpoint alone, as a data perimeter has it. */
const elsewhere = {
  Action: '*',
  Resource: '*',
  Condition: {StringNotEquals: {'aws:SourceVpce': 'vpce-0aaaaaaaaaaaaaa01'}},
}

describe('a network perimeter is evaluated by the path of the calls', () => {
  const [web] = itemsOf(healthyBehindNat.Instances)

  it('with a public address and without one', () => {
    const eni = web!.NetworkInterfaces[0]!
    const other: Instance = {
      ...web!,
      InstanceId: 'i-0aaaaaaaaaaaaaa02',
      NetworkInterfaces: [{...eni, Association: {PublicIp: '203.0.113.9'}}],
    }
    const tables = itemsOf(healthyBehindNat.RouteTables).map((table) => ({
      ...table,
      Routes: itemsOf(table.Routes).map((route) =>
        route.NatGatewayId
          ? {DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-0aaaaaaaaaaaaaa01', State: 'active' as const}
          : route,
      ),
    }))
    const account: Account = {...healthyBehindNat, RouteTables: tables, ...denying(elsewhere)}
    for (const Instances of [
      [web!, other],
      [other, web!],
    ])
      expect(differencesIn({...account, Instances, InstanceInformationList: [], ConnectionStatuses: []})).toEqual([])
  })

  it('and by the VPC of the instance', () => {
    const other: Instance = {...web!, InstanceId: 'i-0aaaaaaaaaaaaaa02', VpcId: 'vpc-0aaaaaaaaaaaaaa02'}
    const denied = {...elsewhere, Condition: {StringNotEquals: {'aws:Ec2InstanceSourceVpc': web!.VpcId}}}
    const account: Account = {...healthyBehindNat, ...denying(denied)}
    for (const Instances of [
      [web!, other],
      [other, web!],
    ])
      expect(differencesIn({...account, Instances, InstanceInformationList: [], ConnectionStatuses: []})).toEqual([])
  })

  it('with a NAT gateway behind a transit gateway and without one', () => {
    const far = subnet(2, '10.0.2.0/24', {AvailabilityZone: `${REGION}b`, AvailabilityZoneId: 'euw1-az2'})
    const address = '10.0.2.10'
    const here = instance()
    const other = instance({
      InstanceId: id('i', 2),
      SubnetId: far.SubnetId,
      PrivateIpAddress: address,
      NetworkInterfaces: here.NetworkInterfaces.map((eni) => ({
        ...eni,
        SubnetId: far.SubnetId,
        PrivateIpAddress: address,
        PrivateIpAddresses: [{Primary: true, PrivateIpAddress: address}],
      })),
    })
    const account = withItem(
      {
        ...behindTransitGateway,
        Subnets: [...itemsOf(behindTransitGateway.Subnets), far],
        NetworkAcls: [...itemsOf(behindTransitGateway.NetworkAcls), acl(2, VPC, [2])],
        Roles: itemsOf(behindTransitGateway.Roles).map((role) => ({...role, ...denial(elsewhere)})),
      },
      'RouteTables',
      'RouteTableId',
      id('rtb', 1),
      () => table(1, VPC, [1, 2, 3], [local('10.0.0.0/16'), to('0.0.0.0/0', {TransitGatewayId: TGW})]),
    )
    for (const Instances of [
      [here, other],
      [other, here],
    ])
      expect(differencesIn({...account, Instances})).toEqual([])
  })
})

describe('an agent that polls ec2messages, in a Region whose services were not read', () => {
  it('is distinguished from one of an unknown version', () => {
    const {Roles} = denying({Action: 'ec2messages:*', Resource: '*'})
    const account = image('Windows_Server-2012-R2_RTM-English-64Bit-Base-2026.01.01')('i-0aaaaaaaaaaaaaa02', {
      ...twins({}),
      InstanceInformationList: [],
      ConnectionStatuses: [],
      ServiceNames: {unreadable: 'no'},
    } as Account)
    const instances = itemsOf(account.Instances).map((one) => ({...one, Platform: 'Windows' as const}))
    for (const Instances of [instances, instances.toReversed()])
      expect(differencesIn({...account, Instances, Roles})).toEqual([])
  })
  it('is distinguished from one of an unknown version by the path too', () => {
    const account = image('Windows_Server-2012-R2_RTM-English-64Bit-Base-2026.01.01')('i-0aaaaaaaaaaaaaa02', {
      ...twins({}),
      InstanceInformationList: [],
      ConnectionStatuses: [],
      ServiceNames: {unreadable: 'no'},
      VpcEndpoints: itemsOf(healthy.VpcEndpoints).filter(({ServiceName}) => !ServiceName.endsWith('.ec2messages')),
    } as Account)
    const instances = itemsOf(account.Instances).map((one) => ({...one, Platform: 'Windows' as const}))
    for (const Instances of [instances, instances.toReversed()])
      expect(differencesIn({...account, Instances})).toEqual([])
  })
})
