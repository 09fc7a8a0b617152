import {describe, expect, it} from 'vitest'
import {examine} from '../../../src/diagnosis/examine.ts'
import {type Account, type Instance, itemsOf} from '../../../src/model/account.ts'
import {
  ANYWHERE,
  acl,
  behindNat,
  eni,
  group,
  INSTANCE,
  id,
  instance,
  local,
  OPEN_ACL,
  rule,
  subnet,
  table,
  to,
  VPC,
} from '../../support/network.ts'

type Interface = Instance['NetworkInterfaces'][number]

const NAT_INSTANCE = id('i', 7)
const REFUSED = {unreadable: 'UnauthorizedOperation: no', error: 'UnauthorizedOperation', action: 'ec2:Describe'}
const LOCAL = local('10.0.0.0/16')
const inside: Interface = {
  ...eni(8, 8, '10.0.8.7', [id('sg', 8)]),
  SourceDestCheck: false,
  Attachment: {DeviceIndex: 1},
}
const outside: Interface = {
  ...eni(7, 9, '10.0.9.7', [id('sg', 7)]),
  SourceDestCheck: true,
  Association: {PublicIp: '203.0.113.7'},
  Attachment: {DeviceIndex: 0},
}

/** The route targets the interface in private subnet 8; the other one has a public address, in public subnet 9. */
const account = (NetworkInterfaces: readonly Interface[] = [outside, inside]): Account => ({
  ...behindNat,
  Instances: [
    instance(),
    instance({
      InstanceId: NAT_INSTANCE,
      SubnetId: id('subnet', 9),
      PrivateIpAddress: '10.0.9.7',
      SourceDestCheck: true,
      SecurityGroups: [{GroupId: id('sg', 7)}],
      NetworkInterfaces,
    }),
  ],
  Subnets: [...itemsOf(behindNat.Subnets), subnet(8, '10.0.8.0/24')],
  NetworkAcls: [...itemsOf(behindNat.NetworkAcls), acl(8, VPC, [8])],
  SecurityGroups: [group(1, [], [ANYWHERE]), group(7, [], [ANYWHERE]), group(8, [ANYWHERE], [])],
  RouteTables: [
    table(1, VPC, [1], [LOCAL, to('0.0.0.0/0', {NetworkInterfaceId: id('eni', 8)})]),
    table(8, VPC, [8], [LOCAL]),
    ...itemsOf(behindNat.RouteTables).slice(1),
  ],
  NetworkInterfaces: NetworkInterfaces.map((one) => one as never),
  NatGateways: [],
})
const found = (changed: Account) =>
  examine(changed, INSTANCE)
    .causes.filter(
      ({severity, revealedBy}) => ['blocks', 'degrades', 'undecided'].includes(severity) && revealedBy === undefined,
    )
    .map(({id: cause, severity, resource}) => `${severity} ${cause} ${resource}`)
const undecidedOnly = [`undecided route.unfollowed ${NAT_INSTANCE}`]

describe('a NAT instance with several interfaces', () => {
  it('may send through any of them, whichever the route targets', () => expect(found(account())).toEqual(undecidedOnly))

  it('checks source and destination at the interface that the route targets', () => {
    const checking = account([outside, {...inside, SourceDestCheck: true}])
    expect(found(checking)).toEqual([`blocks nat-instance.src-dst-check ${NAT_INSTANCE}`, ...undecidedOnly])
  })

  it('accepts the traffic by the security groups of the interface that the route targets', () => {
    const closed = {
      ...account(),
      SecurityGroups: [group(1, [], [ANYWHERE]), group(7, [ANYWHERE], [ANYWHERE]), group(8, [], [])],
    }
    expect(found(closed)).toEqual([`blocks nat-instance.sg ${id('sg', 8)}`, ...undecidedOnly])
  })

  it('is blocked if none of them has a public address behind an internet gateway', () => {
    const {Association: _, ...hidden} = outside
    expect(found(account([hidden, inside]))).toContain(`blocks igw.no-public-ip ${NAT_INSTANCE}`)
    const secondOnly = account([hidden, {...inside, Association: {PublicIp: '203.0.113.8'}}])
    expect(found(secondOnly)).toContain(`blocks nat.subnet-no-igw ${NAT_INSTANCE}`)
    const swapped = account([
      {...outside, SubnetId: id('subnet', 8)},
      {...inside, SubnetId: id('subnet', 9)},
    ])
    expect(found(swapped)).toContain(`blocks igw.no-public-ip ${NAT_INSTANCE}`)
  })

  it('may send replies through another than the one that they pass a closed network ACL of', () => {
    const onlyIn = OPEN_ACL.filter(({Egress, RuleAction}) => !Egress || RuleAction === 'deny')
    const closed: Account = {...account(), NetworkAcls: [...itemsOf(behindNat.NetworkAcls), acl(8, VPC, [8], onlyIn)]}
    expect(found(closed)).toEqual(undecidedOnly)
  })

  it('is blocked by the network ACL in front of the interface that the route targets', () => {
    const closed: Account = {...account(), NetworkAcls: [...itemsOf(behindNat.NetworkAcls), acl(8, VPC, [8], [])]}
    expect(found(closed)).toEqual([`blocks nacl.nat-subnet ${id('acl', 8)}`, ...undecidedOnly])
  })
})

it('a NAT instance in a state that this version does not know may be running', () => {
  const inState = (Name: string) => {
    const all = account()
    const Instances = itemsOf(all.Instances).map((one) =>
      one.InstanceId === NAT_INSTANCE ? {...one, State: {Name: Name as never}} : one,
    )
    return found({...all, Instances})
  }
  expect(inState('stopped')).toEqual([`blocks nat-instance.stopped ${NAT_INSTANCE}`])
  expect(inState('hibernating')).toEqual(undecidedOnly)
})

describe('a NAT instance of which not everything was read', () => {
  const unreadIn = (changed: Account) => examine(changed, INSTANCE).unreadable.map(({kind}) => kind)

  it('lists its security groups', () => {
    expect(
      unreadIn({...account(), SecurityGroups: {...REFUSED, known: [group(1, [], [rule(443, {cidr: '0.0.0.0/0'})])]}}),
    ).toContain('SecurityGroups')
  })
  it('lists the instances, where it is not among them', () => {
    const unread = {...account(), Instances: {...REFUSED, known: [instance()]}}
    expect(unreadIn(unread)).toContain('Instances')
    const check = examine(unread, INSTANCE).checks.find((one) => one.id === 'nat-instance')
    expect(check).toMatchObject({
      status: 'unknown',
      notes: [expect.stringContaining(`The route targets ${id('eni', 8)}`)],
    })
    expect(found(unread).filter((cause) => cause.includes('route.unfollowed'))).toEqual([])
  })
})
