import {describe, expect, it} from 'vitest'
import {type Account, itemsOf, type RouteTable} from '../../src/model/account.ts'
import {
  ANYWHERE,
  behindEndpoints,
  behindNat,
  behindTransitGateway,
  group,
  HUB,
  IGW,
  id,
  inPublicSubnet,
  local,
  NAT,
  natGateway,
  pathOf,
  rule,
  TGW,
  table,
  to,
  VPC,
  withHubEndpoints,
} from '../support/network.ts'

const faultsOf = (account: Account, service = 'ssm') => {
  const {verdict, hops} = pathOf(account, service)
  return {
    verdict,
    causes: [...new Set(hops.flatMap(({verdict: one, fault}) => (one !== 'open' && fault ? [fault.cause] : [])))],
  }
}

const MINE = {Caller: {Account: '444455556666'}}
const OWNER_FILE = {AlsoSeenBy: ['111122223333']}

describe('a subnet that another account shares', () => {
  it.each([
    ['NAT gateway', {...behindNat, NatGateways: []}],
    ['internet gateway', {...inPublicSubnet, InternetGateways: []}],
  ])('hides the %s of its owner', (_, account) => {
    expect(faultsOf({...account, ...MINE})).toEqual({verdict: 'unknown', causes: ['route.unfollowed']})
  })

  it('hides nothing if the file of the owner is given', () => {
    expect(faultsOf({...behindNat, NatGateways: [], ...MINE, ...OWNER_FILE})).toEqual({
      verdict: 'blocked',
      causes: ['route.blackhole'],
    })
  })

  it('hides nothing from its owner', () => {
    expect(faultsOf({...behindNat, NatGateways: [], Caller: {Account: '111122223333'}}).verdict).toBe('blocked')
  })

  it('shows a route to what no longer exists as a blackhole', () => {
    const gone = (tables: Account['RouteTables']): readonly RouteTable[] =>
      itemsOf(tables).map((one) => ({
        ...one,
        Routes: itemsOf(one.Routes).map((route) =>
          route.NatGatewayId ? {...route, State: 'blackhole' as const} : route,
        ),
      }))
    const account = {...behindNat, NatGateways: [], RouteTables: gone(behindNat.RouteTables), ...MINE}
    expect(faultsOf(account)).toEqual({verdict: 'blocked', causes: ['route.blackhole']})
  })
})

describe('a rule that refers to a group of another account', () => {
  const referring = (UserId: string | undefined, more: object = {}): Account => {
    const [first, ...others] = itemsOf(behindEndpoints.SecurityGroups)
    const pair = {GroupId: 'sg-0ffffffffffffff99', ...(UserId !== undefined && {UserId})}
    const egress = [{IpProtocol: '-1', UserIdGroupPairs: [pair]}]
    return {...behindEndpoints, SecurityGroups: [{...first!, IpPermissionsEgress: egress}, ...others], ...more}
  }

  it('may allow members that are not visible to this account', () => {
    expect(pathOf(referring('999988887777', MINE)).verdict).toBe('unknown')
  })

  it('allows nothing else if the group belongs to this account', () => {
    expect(pathOf(referring('444455556666', MINE)).verdict).toBe('blocked')
  })
})

describe('the route table of an internet gateway', () => {
  const edge = (...routes: Parameters<typeof table>[3]): RouteTable => ({
    ...table(77, VPC, [], [...routes]),
    Associations: [{GatewayId: IGW, RouteTableId: id('rtb', 77)}],
  })
  const withEdge = (account: Account, ...routes: Parameters<typeof table>[3]): Account => ({
    ...account,
    RouteTables: [...itemsOf(account.RouteTables), edge(...routes)],
  })

  it('that has only local routes allows replies in', () => {
    expect(pathOf(withEdge(inPublicSubnet, local('10.0.0.0/16'))).verdict).toBe('open')
  })

  it.each([
    ['an instance behind it', inPublicSubnet],
    ['a NAT gateway behind it', {...behindNat}],
  ])('that routes replies for %s to a deleted target drops them', (_, account) => {
    const subnet = account === inPublicSubnet ? '10.0.1.0/24' : '10.0.9.0/24'
    const gone = {...to(subnet, {NetworkInterfaceId: id('eni', 500)}), State: 'blackhole' as const}
    expect(faultsOf(withEdge(account, local('10.0.0.0/16'), gone))).toEqual({
      verdict: 'blocked',
      causes: ['route.blackhole'],
    })
  })

  it('that routes replies to a firewall endpoint leaves the inspection unknown', () => {
    const inspected = to('10.0.1.0/24', {GatewayId: id('vpce', 900)})
    expect(faultsOf(withEdge(inPublicSubnet, local('10.0.0.0/16'), inspected))).toEqual({
      verdict: 'unknown',
      causes: ['gwlb.inspection'],
    })
  })
})

describe('a transit gateway', () => {
  it('uses the attachment that is available, not the one that was rejected before', () => {
    const [home, ...others] = itemsOf(behindTransitGateway.TransitGatewayVpcAttachments)
    const rejected = {...home!, TransitGatewayAttachmentId: id('tgw-attach', 9), State: 'rejected' as const}
    const account = {...behindTransitGateway, TransitGatewayVpcAttachments: [rejected, home!, ...others]}
    expect(pathOf(account).verdict).toBe(pathOf(behindTransitGateway).verdict)
  })

  it('does not support references to security groups at interface endpoints', () => {
    const enabled = {SecurityGroupReferencingSupport: 'enable' as const}
    const account: Account = {
      ...withHubEndpoints,
      SecurityGroups: [group(1, [], [ANYWHERE]), group(2, [rule(443, {group: id('sg', 1)})], [ANYWHERE], HUB)],
      TransitGateways: itemsOf(withHubEndpoints.TransitGateways).map((one) => ({...one, Options: enabled})),
      TransitGatewayVpcAttachments: itemsOf(withHubEndpoints.TransitGatewayVpcAttachments).map((one) => ({
        ...one,
        Options: enabled,
      })),
    }
    expect(faultsOf(account)).toEqual({verdict: 'blocked', causes: ['endpoint.sg-blocks']})
  })
})

describe('routes inside the VPC', () => {
  const inside = (change: object) => ({
    ...behindEndpoints,
    RouteTables: [
      table(
        1,
        VPC,
        [1, 2],
        [local('10.0.0.0/16'), {...to('10.0.2.0/24', {NetworkInterfaceId: id('eni', 500)}), ...change}],
      ),
    ],
  })

  it('that are static and more specific than local come first', () => {
    expect(faultsOf(inside({Origin: 'CreateRoute'})).verdict).not.toBe('open')
  })

  it('that are propagated never do', () => {
    expect(
      pathOf(
        inside({
          Origin: 'EnableVgwRoutePropagation',
          NetworkInterfaceId: undefined,
          GatewayId: 'vgw-0a1b2c3d4e5f60001',
        }),
      ).verdict,
    ).toBe('open')
  })
})

describe('a private NAT gateway before a transit gateway', () => {
  const NAT_SUBNET = 4
  const spoke: Account = {
    ...withHubEndpoints,
    Subnets: [
      ...itemsOf(withHubEndpoints.Subnets),
      {...itemsOf(withHubEndpoints.Subnets)[0]!, SubnetId: id('subnet', NAT_SUBNET), CidrBlock: '10.0.4.0/24'},
    ],
    RouteTables: [
      table(1, VPC, [1], [local('10.0.0.0/16'), to('10.8.0.0/16', {NatGatewayId: NAT})]),
      table(4, VPC, [3, NAT_SUBNET], [local('10.0.0.0/16'), to('10.8.0.0/16', {TransitGatewayId: TGW})]),
      ...itemsOf(withHubEndpoints.RouteTables).slice(1),
    ],
    NetworkAcls: itemsOf(withHubEndpoints.NetworkAcls).map((acl) =>
      acl.Associations.some(({SubnetId}) => SubnetId === id('subnet', 1))
        ? {
            ...acl,
            Associations: [...acl.Associations, {NetworkAclId: acl.NetworkAclId, SubnetId: id('subnet', NAT_SUBNET)}],
          }
        : acl,
    ),
    NatGateways: [
      natGateway(NAT_SUBNET, {
        ConnectivityType: 'private',
        NatGatewayAddresses: [{PrivateIp: '10.0.4.7', IsPrimary: true, Status: 'succeeded'}],
      }),
    ],
  }

  it('reaches the endpoints of the hub from its own address', () => {
    expect(faultsOf(spoke)).toEqual({verdict: 'open', causes: []})
  })

  it('is blocked by a group that allows only the instance', () => {
    const narrow = {
      ...spoke,
      SecurityGroups: [group(1, [], [ANYWHERE]), group(2, [rule(443, {cidr: '10.0.1.0/24'})], [ANYWHERE], HUB)],
    }
    expect(faultsOf(narrow)).toEqual({verdict: 'blocked', causes: ['endpoint.sg-blocks']})
  })
})
