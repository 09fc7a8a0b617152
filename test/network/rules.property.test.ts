import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {itemsOf, type Route} from '../../src/model/account.ts'
import {EVERYWHERE} from '../../src/network/address.ts'
import {evaluateAcl, portsByCell} from '../../src/network/filters/network-acl.ts'
import {allowedPeers} from '../../src/network/filters/security-group.ts'
import type {Ranges} from '../../src/network/ranges.ts'
import {portionsOf} from '../../src/network/routing/route-table.ts'
import {edgesOf, isIpv6, numberOf} from '../oracle/address.ts'
import {crowded, network, OWN_LIST, S3_CIDRS, S3_LIST} from '../oracle/arbitrary.ts'
import {entriesAllow} from '../oracle/network-acl.ts'
import {type Packet, TCP} from '../oracle/packet.ts'
import {chooseRoutes} from '../oracle/route-table.ts'
import {runs} from '../oracle/runs.ts'
import {addressesOf, groupsAllow} from '../oracle/security-group.ts'

const holds = (set: Ranges, value: bigint): boolean =>
  set.some(([from, to]) => BigInt(from) <= value && value < BigInt(to))

const packet = (address: string, port: number): Packet => ({
  source: address,
  destination: address,
  sourcePort: 50000,
  destinationPort: port,
  protocol: TCP,
})

const LANDMARKS = [
  '8.8.8.8',
  '52.1.1.1',
  '10.0.1.10',
  '10.8.1.50',
  '2600:1f18:1:1::10',
  '2a00::1',
  '255.255.255.255',
  '0.0.0.0',
]

describe('the groups of an interface', () => {
  it('allow the addresses that they allow packet by packet', () =>
    fc.assert(
      fc.property(network, fc.constantFrom(443, 442, 444, 0, 65535, 1024), fc.boolean(), (account, port, egress) => {
        const groups = ['sg-instance', 'sg-second']
        const rules = itemsOf(account.SecurityGroups).flatMap((group) => [
          ...group.IpPermissions,
          ...group.IpPermissionsEgress,
        ])
        const cidrs = rules.flatMap(({IpRanges = [], Ipv6Ranges = []}) => [
          ...IpRanges.flatMap(({CidrIp}) => CidrIp ?? []),
          ...Ipv6Ranges.flatMap(({CidrIpv6}) => CidrIpv6 ?? []),
        ])
        const direction = egress ? ('egress' as const) : ('ingress' as const)
        const ask = (family: 4 | 6) =>
          allowedPeers(account, {groups, direction, family, port, refers: () => true}).ranges
        const sets = {4: ask(4), 6: ask(6)}
        const universe = [
          ...LANDMARKS,
          ...[...new Set([...cidrs, ...S3_CIDRS])].flatMap(edgesOf),
          ...itemsOf(account.NetworkInterfaces).flatMap(addressesOf),
        ]
        const wrong = universe.filter(
          (address) =>
            holds(sets[isIpv6(address) ? 6 : 4], numberOf(address)) !==
            groupsAllow(account, groups, egress ? 'out' : 'in', packet(address, port), 'vpc'),
        )
        expect(wrong).toEqual([])
      }),
      {numRuns: runs(600)},
    ))
})

describe('the entries of a network ACL', () => {
  it('allow what they allow packet by packet', () =>
    fc.assert(
      fc.property(crowded, fc.boolean(), (list, egress) => {
        const cidrs = list.flatMap(({CidrBlock, Ipv6CidrBlock}) => CidrBlock ?? Ipv6CidrBlock ?? [])
        const ports = [
          ...new Set([
            443,
            50000,
            ...list.flatMap(({PortRange: {From = 0, To = 0} = {}}) => [From - 1, From, To, To + 1]),
          ]),
        ].filter((port) => port >= 0 && port <= 65535)
        const boxes = (family: 4 | 6) =>
          evaluateAcl(list, egress, family, {addresses: EVERYWHERE[family], ports: [[0, 65536]]}).allowed
        const allowed = {4: boxes(4), 6: boxes(6)}
        const wrong: unknown[] = []
        for (const address of new Set([...LANDMARKS, ...cidrs.flatMap(edgesOf)])) {
          const family = isIpv6(address) ? 6 : 4
          const value = numberOf(address)
          const cell = portsByCell(allowed[family], EVERYWHERE[family]).find(({addresses}) => holds(addresses, value))
          for (const port of ports) {
            const through = allowed[family].some((box) => holds(box.addresses, value) && holds(box.ports, BigInt(port)))
            const inCell = cell !== undefined && holds(cell.ports, BigInt(port))
            const expected = entriesAllow(list, egress ? 'out' : 'in', packet(address, port))
            if (through !== expected || inCell !== expected) wrong.push([address, port, through, inCell, expected])
          }
        }
        expect(wrong).toEqual([])
      }),
      {numRuns: runs(1000)},
    ))
})

const DESTINATIONS: Partial<Route>[] = [
  {DestinationCidrBlock: '0.0.0.0/0'},
  {DestinationCidrBlock: '0.0.0.0/1'},
  {DestinationCidrBlock: '10.0.0.0/8'},
  {DestinationCidrBlock: '10.0.0.0/16'},
  {DestinationCidrBlock: '10.0.2.0/24'},
  {DestinationCidrBlock: '10.8.0.0/17'},
  {DestinationCidrBlock: '52.0.0.0/8'},
  {DestinationCidrBlock: '52.216.0.0/15'},
  {DestinationPrefixListId: OWN_LIST},
  {DestinationPrefixListId: S3_LIST},
  {DestinationIpv6CidrBlock: '::/0'},
  {DestinationIpv6CidrBlock: '2600:1f18:1::/56'},
]

const route: fc.Arbitrary<Route> = fc
  .record({
    destination: fc.constantFrom(...DESTINATIONS),
    Origin: fc.constantFrom('CreateRoute' as const, 'CreateRoute' as const, 'EnableVgwRoutePropagation' as const),
    State: fc.constantFrom('active' as const, 'blackhole' as const),
    NatGatewayId: fc.constantFrom('nat-1', 'nat-2', 'nat-3'),
  })
  .map(({destination, Origin, ...rest}) => ({
    ...destination,
    ...rest,
    // A virtual private gateway propagates blocks, never prefix lists.
    Origin: destination.DestinationPrefixListId ? ('CreateRoute' as const) : Origin,
  }))

describe('a route table', () => {
  it('routes every address to the target of its highest-priority route', () =>
    fc.assert(
      fc.property(network, fc.uniqueArray(route, {maxLength: 8, selector: JSON.stringify}), (account, routes) => {
        const cidrs = routes.flatMap(({DestinationCidrBlock, DestinationIpv6CidrBlock}) =>
          [DestinationCidrBlock, DestinationIpv6CidrBlock].flatMap((cidr) => cidr ?? []),
        )
        const portions = {
          4: portionsOf(account, routes, 4, EVERYWHERE[4]),
          6: portionsOf(account, routes, 6, EVERYWHERE[6]),
        }
        const wrong: unknown[] = []
        for (const address of new Set([...LANDMARKS, ...[...cidrs, ...S3_CIDRS].flatMap(edgesOf)])) {
          const at = portions[isIpv6(address) ? 6 : 4].filter(({addresses}) => holds(addresses, numberOf(address)))
          const strongest = chooseRoutes(account, routes, address)
          const chosen = at[0]?.route
          const isRight = chosen ? strongest.includes(chosen) : strongest.length === 0
          if (at.length !== 1 || !isRight) wrong.push([address, at, strongest])
        }
        expect(wrong).toEqual([])
      }),
      {numRuns: runs(600)},
    ))
})
