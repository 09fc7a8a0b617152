import {describe, expect, it} from 'vitest'
import {type Account, itemsOf, type Route} from '../../../src/model/account.ts'
import {pathTo} from '../../../src/network/walk.ts'
import {behindTransitGateway, HUB, id, inPublicSubnet, local, table, to, VPC} from '../../support/network.ts'

const PUBLIC = {service: 'any', host: '203.0.113.9', port: 443}

const faultsOf = (account: Account) => {
  const {verdict, hops} = pathTo(account, itemsOf(account.Instances)[0]!, PUBLIC)
  return {verdict, causes: hops.flatMap(({fault}) => fault?.cause ?? [])}
}

/** An instance whose subnet routes everything to this target. */
const routing = (target: Partial<Route>, more: Partial<Account> = {}): Account => ({
  ...inPublicSubnet,
  RouteTables: [table(1, VPC, [1], [local('10.0.0.0/16'), to('0.0.0.0/0', target)])],
  ...more,
})

describe('the target of a route', () => {
  it.each([
    ['a filtered route', {GatewayId: id('igw', 1), State: 'filtered' as 'active'}, 'route.unfollowed'],
    ['a virtual private gateway', {GatewayId: id('vgw', 1)}, 'vgw.onprem-egress'],
    ['a local gateway', {LocalGatewayId: id('lgw', 1)}, 'route.unfollowed'],
  ])('is unknown if it is %s', (_, target, cause) => {
    expect(faultsOf(routing(target))).toEqual({verdict: 'unknown', causes: [cause]})
  })

  it.each([
    ['a virtual private gateway', {GatewayId: id('vgw', 1)}],
    ['a local gateway', {LocalGatewayId: id('lgw', 1)}],
  ])('blocks if it is %s and the route is a blackhole route', (_, target) => {
    expect(faultsOf(routing({...target, State: 'blackhole'}))).toEqual({
      verdict: 'blocked',
      causes: ['route.blackhole'],
    })
  })

  it.each([
    ['internet gateway', {GatewayId: id('igw', 1)}, {InternetGateways: []}],
    ['peering connection', {VpcPeeringConnectionId: id('pcx', 1)}, {VpcPeeringConnections: []}],
    ['transit gateway', {TransitGatewayId: id('tgw', 1)}, {TransitGatewayVpcAttachments: []}],
  ])(
    'in a shared subnet is hidden if it is an active %s, and missing if the route is a blackhole route',
    (_, target, none) => {
      const participant = {Caller: {Account: '444455556666'}, ...none}
      expect(faultsOf(routing(target, participant)).verdict).toBe('unknown')
      expect(faultsOf(routing({...target, State: 'blackhole'}, participant)).verdict).toBe('blocked')
    },
  )

  it('in a hub is unknown if it is a peering connection', () => {
    const RouteTables = itemsOf(behindTransitGateway.RouteTables).map((one) =>
      one.VpcId === HUB
        ? {
            ...one,
            Routes: itemsOf(one.Routes).map((route) =>
              route.DestinationCidrBlock === '0.0.0.0/0'
                ? to('0.0.0.0/0', {VpcPeeringConnectionId: id('pcx', 1)})
                : route,
            ),
          }
        : one,
    )
    const peering = {
      VpcPeeringConnectionId: id('pcx', 1),
      Status: {Code: 'active' as const},
      RequesterVpcInfo: {VpcId: HUB, CidrBlock: '10.8.0.0/16'},
      AccepterVpcInfo: {VpcId: id('vpc', 3), CidrBlock: '203.0.113.0/24'},
    }
    const account = {...behindTransitGateway, RouteTables, VpcPeeringConnections: [peering]}
    expect(faultsOf(account)).toEqual({verdict: 'unknown', causes: ['route.unfollowed']})
  })
})
