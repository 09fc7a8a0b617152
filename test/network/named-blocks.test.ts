import fc from 'fast-check'
import {expect, it} from 'vitest'
import type {Account} from '../../src/model/account.ts'
import {formatAddress, parseCidr} from '../../src/network/address.ts'
import {lengthsWithin, narrowestBlockOf} from '../../src/network/named-blocks.ts'
import {ANYWHERE, behindNat, group, rule} from '../support/network.ts'

/** Blocks that are often near each other: of 10.0.0.0/14. */
const aBlock = (from: number, to: number) =>
  fc.record({address: fc.nat(2 ** 18 - 1), prefix: fc.integer({min: from, max: to})}).map(({address, prefix}) => {
    const size = 2 ** (32 - prefix)
    return `${formatAddress(Math.floor((0x0a000000 + address) / size) * size)}/${prefix}`
  })

it('finds the narrowest block that a rule names within the subnet, in any subnet that AWS allows', () => {
  fc.assert(
    fc.property(fc.array(aBlock(8, 32), {maxLength: 8}), aBlock(15, 28), fc.nat(), (named, subnet, offset) => {
      const account: Account = {
        ...behindNat,
        SecurityGroups: [
          group(
            1,
            named.map((cidr) => rule(443, {cidr})),
            [ANYWHERE],
          ),
        ],
        NetworkAcls: [],
        RouteTables: [],
      }
      const {prefix, ranges} = parseCidr(subnet)!
      const [from, to] = ranges[0]!.map(Number) as [number, number]
      const address = from + (offset % (to - from))
      const around = named
        .map((cidr) => parseCidr(cidr)!)
        .filter((one) => one.prefix > prefix && one.ranges[0]![0] <= address && address < one.ranges[0]![1])
      const narrowest = Math.max(...around.map((one) => one.prefix))
      const found = narrowestBlockOf(account, lengthsWithin(account, subnet), formatAddress(address))
      expect(found === '' ? -Infinity : Number(found) % 64).toBe(narrowest)
    }),
    {numRuns: 2000},
  )
})

it('knows no blocks within a subnet without an IPv4 block', () => {
  const account: Account = {...behindNat, SecurityGroups: [group(1, [rule(443, {cidr: '10.0.1.0/25'})], [ANYWHERE])]}
  expect(lengthsWithin(account, '')).toEqual([])
  expect(lengthsWithin(account, '2600:1f18::/64')).toEqual([])
  expect(lengthsWithin(account, '10.0.1.0/24')).toContain(25)
})
