import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, type Instance, itemsOf} from '../../src/model/account.ts'
import {
  behindNat,
  eni,
  group,
  INSTANCE,
  id,
  instance,
  local,
  online,
  rule,
  subnet,
  table,
  to,
  VPC,
} from '../support/network.ts'
import {blockingCausesOf} from './examined.ts'

type Interface = Instance['NetworkInterfaces'][number]

const second = (more: Partial<Interface> = {}): Interface => ({
  ...(eni(60, 9, '10.0.9.60', [id('sg', 1)]) as Interface),
  Attachment: {DeviceIndex: 1, NetworkCardIndex: 0},
  Association: {PublicIp: '203.0.113.60'},
  ...more,
})

const withSecond = (account: Account, more?: Partial<Interface>): Account => ({
  ...account,
  Instances: itemsOf(account.Instances).map((one) => ({
    ...one,
    NetworkInterfaces: [...one.NetworkInterfaces, second(more)],
  })),
})

const [, publicTable] = itemsOf(behindNat.RouteTables)
/** The subnet of the primary interface has no route out. */
const cutOff: Account = {
  ...behindNat,
  RouteTables: [table(1, VPC, [1], [local('10.0.0.0/16')]), publicTable!],
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/scenarios-enis.html */
describe('an instance with several interfaces', () => {
  it('is cut off for certain if its only interface is', () => {
    expect(blockingCausesOf(cutOff)).toEqual(['route.none proven'])
  })

  it('may use another interface whose path is not blocked', () => {
    expect(blockingCausesOf(withSecond(cutOff))).toEqual(['route.none likely'])
    const [cause] = examine(withSecond(cutOff), INSTANCE).causes
    expect(cause?.message).toContain(
      `From its interface in subnet ${id('subnet', 9)} the path is not blocked, but by default the operating system uses the primary interface.`,
    )
  })

  it('may use either interface with Windows', () => {
    const account = withSecond(cutOff)
    const Instances = itemsOf(account.Instances).map((one) => ({...one, PlatformDetails: 'Windows'}))
    expect(examine({...account, Instances}, INSTANCE).causes[0]?.message).toContain(
      `From its interface in subnet ${id('subnet', 9)}, which Windows may use instead, the path is not blocked.`,
    )
  })

  it('uses the other interface if it is online although the path of the primary one is blocked', () => {
    const {verdict, causes, paths, checklist} = examine(online(withSecond(cutOff)), INSTANCE)
    expect({verdict, causes, checklist}).toEqual({verdict: 'managed', causes: [], checklist: []})
    expect(paths.map((path) => path.verdict)).toEqual(['open', 'open', 'open'])
    expect(paths[0]?.hops.find(({at, leg}) => at === 'route' && leg === 'instance')?.resource).toBe(id('rtb', 9))
  })

  it('is online through the primary interface with connections that its security group would no longer allow', () => {
    const shut = {
      ...online(behindNat),
      SecurityGroups: [group(1, [], []), group(3, [], [rule('all', {cidr: '0.0.0.0/0'})])],
    }
    const account = withSecond(shut, {
      SubnetId: id('subnet', 1),
      Groups: [{GroupId: id('sg', 3)}],
      Association: undefined,
    })
    expect(examine(account, INSTANCE).causes).toContainEqual(
      expect.objectContaining({id: 'sg.no-egress-443', certainty: 'likely'}),
    )
  })

  it('is cut off for certain if the path of the other interface is blocked as well', () => {
    expect(blockingCausesOf(withSecond(cutOff, {Association: undefined}))).toEqual(['route.none proven'])
  })

  it.each(['trunk', 'branch', 'efa-only'])('does not send from an interface of type %s', (InterfaceType) => {
    expect(blockingCausesOf(withSecond(cutOff, {InterfaceType}))).toEqual(['route.none proven'])
  })

  it('has a security group that may not be the one that filters', () => {
    const shut: Account = {
      ...behindNat,
      SecurityGroups: [group(1, [], []), group(3, [], [rule('all', {cidr: '0.0.0.0/0'})])],
    }
    const inOneSubnet = {SubnetId: id('subnet', 1), Groups: [{GroupId: id('sg', 3)}], Association: undefined}
    expect(blockingCausesOf(withSecond(shut, inOneSubnet))).toEqual(['sg.no-egress-443 likely'])
    const sameGroup = {...inOneSubnet, Groups: [{GroupId: id('sg', 1)}]}
    expect(blockingCausesOf(withSecond(shut, sameGroup))).toEqual(['sg.no-egress-443 proven'])
  })

  it('leaves a path alone that is open from the primary interface', () => {
    const account: Account = {
      ...behindNat,
      Subnets: [...itemsOf(behindNat.Subnets), subnet(4, '10.0.4.0/24')],
      RouteTables: [...itemsOf(behindNat.RouteTables), table(4, VPC, [4], [local('10.0.0.0/16')])],
    }
    expect(blockingCausesOf(withSecond(account, {SubnetId: id('subnet', 4)}))).toEqual(['os.agent-not-running likely'])
  })
})

describe('a default route to a network interface', () => {
  const detached: Account = {
    ...behindNat,
    Instances: [instance()],
    RouteTables: [
      table(1, VPC, [1], [local('10.0.0.0/16'), to('0.0.0.0/0', {NetworkInterfaceId: id('eni', 50)})]),
      publicTable!,
    ],
    NetworkInterfaces: [
      ...itemsOf(behindNat.NetworkInterfaces),
      {...eni(50, 9, '10.0.9.50', [id('sg', 2)]), Status: 'available'},
    ],
  }

  it('drops the traffic if the interface is attached to nothing', () => {
    const [cause] = examine(detached, INSTANCE).causes
    expect(cause).toMatchObject({id: 'route.blackhole', certainty: 'proven'})
    expect(cause?.message).toContain('which is not attached to any instance')
  })

  it('cannot be followed if the interface is attached to something that is not known', () => {
    const NetworkInterfaces = itemsOf(detached.NetworkInterfaces).map((one) => ({...one, Status: 'in-use' as const}))
    expect(examine({...detached, NetworkInterfaces}, INSTANCE).causes).toMatchObject([
      {id: 'route.unfollowed', severity: 'undecided'},
      {severity: 'symptom'},
    ])
  })
})

/** https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html */
describe('a blackhole route for a part of the public addresses', () => {
  const beside = (block: string): Account => ({
    ...behindNat,
    RouteTables: [
      {
        ...itemsOf(behindNat.RouteTables)[0]!,
        Routes: [
          local('10.0.0.0/16'),
          to('0.0.0.0/0', {NatGatewayId: id('nat', 1)}),
          {...to(block, {NatGatewayId: id('nat', 5)}), State: 'blackhole'},
        ],
      },
      publicTable!,
    ],
  })

  it('leaves it open whether the service is there, in a block of AWS', () => {
    expect(examine(beside('52.94.0.0/16'), INSTANCE).paths[0]).toMatchObject({service: 'ssm', verdict: 'unknown'})
  })

  it.each(['52.94.7.0/24', '129.10.0.0/16'])('does not matter for %s', (block) => {
    expect(examine(beside(block), INSTANCE).paths[0]).toMatchObject({service: 'ssm', verdict: 'open'})
  })
})

/** The instance in the subnet of the NAT gateway, whose default route leads to the internet gateway. */
const direct = (one: Partial<Instance>, own: Partial<Interface> = {}, ...others: readonly Interface[]): Account => ({
  ...behindNat,
  RouteTables: itemsOf(behindNat.RouteTables).map((table) => ({...table, Routes: publicTable!.Routes})),
  Instances: itemsOf(behindNat.Instances).map((all) => ({
    ...all,
    ...one,
    NetworkInterfaces: [...all.NetworkInterfaces.map((each) => ({...each, ...own})), ...others],
  })),
})

const PUBLIC = '203.0.113.60'
const atSecondaryAddress = {
  PrivateIpAddresses: [
    {PrivateIpAddress: '10.0.1.10', Primary: true},
    {PrivateIpAddress: '10.0.1.11', Primary: false, Association: {PublicIp: PUBLIC}},
  ],
}

/** What is left where the path is open. */
const AGENT = ['os.agent-not-running likely']

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html */
describe('the public address of an instance', () => {
  it.each<readonly [string, Account, readonly string[]]>([
    ['missing', direct({}), ['igw.no-public-ip proven']],
    ['of the interface', direct({}, {Association: {PublicIp: PUBLIC}}), AGENT],
    ['of the interface and the instance', direct({PublicIpAddress: PUBLIC}, {Association: {PublicIp: PUBLIC}}), AGENT],
    ['of the instance only', direct({PublicIpAddress: PUBLIC}), AGENT],
    ['of a secondary address', direct({PublicIpAddress: PUBLIC}, atSecondaryAddress), ['igw.no-public-ip proven']],
    [
      'of the second interface, in another private subnet',
      direct({PublicIpAddress: PUBLIC}, {}, second({SubnetId: id('subnet', 1)})),
      ['igw.no-public-ip likely'],
    ],
    [
      'of the instance only, and not of its second interface',
      direct({PublicIpAddress: PUBLIC}, {}, second({Association: undefined})),
      AGENT,
    ],
  ])('%s', (_, account, expected) => {
    expect(blockingCausesOf(account)).toEqual(expected)
  })
})
