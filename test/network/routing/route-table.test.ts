import {describe, expect, it} from 'vitest'
import type {ManagedPrefixList, Reading, Route} from '../../../src/model/account.ts'
import {cidrRanges} from '../../../src/network/address.ts'
import {
  hasUnknownTarget,
  portionsOf,
  routesToOtherNetwork,
  unreadRoutes,
} from '../../../src/network/routing/route-table.ts'
import {to} from '../../support/network.ts'

const LIST = 'pl-0a1b2c3d4e5f00001'
const lists = (Entries: unknown): {readonly ManagedPrefixLists: Reading<ManagedPrefixList>} => ({
  ManagedPrefixLists: [{PrefixListId: LIST, PrefixListName: 'corporate', Entries} as ManagedPrefixList],
})
const byList = (target: Partial<Route>): Route => ({DestinationPrefixListId: LIST, State: 'active', ...target})
const nat = {NatGatewayId: 'nat-0a1b2c3d4e5f00001'}
const tgw = {TransitGatewayId: 'tgw-0a1b2c3d4e5f00001'}
const vgw = {GatewayId: 'vgw-0a1b2c3d4e5f00001'}

/** Which route matches the address. */
const taker = (address: string, routes: readonly Route[], entries: unknown = []) =>
  portionsOf(lists(entries), routes, 4, cidrRanges(4, [address]))[0]?.route

// https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
describe('of routes of the same length', () => {
  const fixed = to('10.8.0.0/16', nat)
  it.each(['EnableVgwRoutePropagation', 'Advertisement'] as const)(
    'the static one is taken before one by %s',
    (Origin) => {
      const propagated = {...to('10.8.0.0/16', vgw), Origin}
      expect(taker('10.8.0.1', [propagated, fixed])).toBe(fixed)
      expect(taker('10.8.0.1', [fixed, propagated])).toBe(fixed)
    },
  )
  it('the one of a prefix list is second', () => {
    const propagated = {...to('10.8.0.0/16', vgw), Origin: 'EnableVgwRoutePropagation'} as Route
    const listed = byList(tgw)
    const entries = [{Cidr: '10.8.0.0/16'}]
    expect(taker('10.8.0.1', [propagated, listed], entries)).toBe(listed)
    expect(taker('10.8.0.1', [listed, fixed], entries)).toBe(fixed)
  })
})

it('uses the longest, whatever its origin', () => {
  const longest = {...to('10.8.1.0/24', vgw), Origin: 'EnableVgwRoutePropagation'} as Route
  expect(taker('10.8.1.1', [to('10.8.0.0/16', nat), longest])).toBe(longest)
})

it('assigns each route its own part, and none to what no route matches', () => {
  const half = to('10.8.0.0/17', nat)
  expect(portionsOf(lists([]), [half], 4, cidrRanges(4, ['10.8.0.0/16']))).toEqual([
    {addresses: cidrRanges(4, ['10.8.0.0/17']), route: half},
    {addresses: cidrRanges(4, ['10.8.128.0/17']), route: undefined},
  ])
})

it('skips entries of the other family, and what is not a block', () => {
  expect(taker('10.8.0.1', [byList(tgw)], [{Cidr: '2001:db8::/32'}, {Cidr: 'nonsense'}, {}])).toBeUndefined()
})

it('keeps the families of one table separate, whatever the order of lookups', () => {
  const four = to('0.0.0.0/0', nat)
  const six: Route = {DestinationIpv6CidrBlock: '::/0', State: 'active', EgressOnlyInternetGatewayId: 'eigw-1'}
  const [readings, routes] = [lists([]), [four, six]]
  expect(portionsOf(readings, routes, 4, cidrRanges(4, ['10.8.0.1']))[0]?.route).toBe(four)
  expect(portionsOf(readings, routes, 6, cidrRanges(6, ['2001:db8::1']))[0]?.route).toBe(six)
  expect(portionsOf(readings, routes, 4, cidrRanges(4, ['10.8.0.2']))[0]?.route).toBe(four)
})

describe('a route of a prefix list that was not read may match anything', () => {
  const refused = {unreadable: 'UnauthorizedOperation'}
  it.each([
    ['the list is missing', {ManagedPrefixLists: []}],
    ['all lists are', {ManagedPrefixLists: refused}],
    ['its entries are', lists(refused)],
  ])('if %s unread', (_, readings) => {
    const route = byList(tgw)
    expect(unreadRoutes(readings as ReturnType<typeof lists>, [to('0.0.0.0/0', nat), route])).toEqual([route])
  })
  it('but not if its target is a gateway endpoint, whose list is managed by AWS', () => {
    expect(unreadRoutes(lists(refused), [byList({GatewayId: 'vpce-0a1b2c3d4e5f00001'})])).toEqual([])
  })
  it('and not if it was read', () => {
    expect(unreadRoutes(lists([{Cidr: '10.8.0.0/16'}]), [byList(tgw)])).toEqual([])
  })
})

describe('a route to another network', () => {
  it.each([
    [true, to('0.0.0.0/0', tgw)],
    [true, to('0.0.0.0/0', {VpcPeeringConnectionId: 'pcx-0a1b2c3d4e5f00001'})],
    [true, to('0.0.0.0/0', vgw)],
    [false, to('0.0.0.0/0', nat)],
    [false, {...to('0.0.0.0/0', tgw), State: 'blackhole'} as Route],
    [true, to('0.0.0.0/0', {CoreNetworkArn: 'arn:aws:networkmanager::111122223333:core-network/core-network-1'})],
    [true, to('0.0.0.0/0', {})],
    [false, to('0.0.0.0/0', {GatewayId: 'igw-0a1b2c3d4e5f00001'})],
    [false, to('0.0.0.0/0', {NetworkInterfaceId: 'eni-0a1b2c3d4e5f00001'})],
  ])('%s: %j', (expected, route) => {
    expect(routesToOtherNetwork(route)).toBe(expected)
  })

  it('is known by its field where a plan names the target, which does not exist yet', () => {
    expect(routesToOtherNetwork(to('0.0.0.0/0', {NatGatewayId: 'Nat'}))).toBe(false)
    expect(hasUnknownTarget(to('0.0.0.0/0', {TransitGatewayId: 'Hub'}))).toBe(false)
    expect(hasUnknownTarget(to('0.0.0.0/0', {VpcPeeringConnectionId: 'aws_vpc_peering_connection.a'}))).toBe(false)
  })
})
