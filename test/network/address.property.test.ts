import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import {describe, expect, it} from 'vitest'
import {
  cidrRanges,
  type Family,
  formatAddress,
  parseCidr,
  parseIpv4,
  parseIpv6,
  toCidrs,
} from '../../src/network/address.ts'
import type {Ranges} from '../../src/network/ranges.ts'
import {addressOf, contains, edgesOf, numberOf} from '../oracle/address.ts'
import {runs} from '../oracle/runs.ts'

const ipv4 = fc.ipV4()
/** ipaddr.js treats `::1.2.3.4` as a mapped address, which it is not, so this form is not generated. */
const ipv6 = fc
  .tuple(fc.bigInt(0n, 2n ** 128n - 1n), fc.integer({min: 0, max: 127}), fc.boolean())
  .map(([value, shift, low]) => addressOf(low ? value >> BigInt(shift) : (value >> BigInt(shift)) << BigInt(shift), 6))
const cidr4 = fc.tuple(ipv4, fc.integer({min: 0, max: 32})).map(([address, length]) => `${address}/${length}`)
const cidr6 = fc.tuple(ipv6, fc.integer({min: 0, max: 128})).map(([address, length]) => `${address}/${length}`)

const holds = (set: Ranges, value: bigint): boolean =>
  set.some(([from, to]) => BigInt(from) <= value && value < BigInt(to))

const check = <T>(arbitrary: fc.Arbitrary<T>, claim: (value: T) => void) =>
  fc.assert(
    fc.property(arbitrary, (value) => void claim(value)),
    {numRuns: runs(1000)},
  )

describe('an address', () => {
  it('is the number that ipaddr.js reads', () => {
    check(ipv4, (address) => expect(BigInt(parseIpv4(address)!)).toBe(numberOf(address)))
    check(ipv6, (address) => expect(parseIpv6(address)).toBe(numberOf(address)))
  })

  it('parses back to the same number, in the form of RFC 5952', () => {
    check(ipv4, (address) => expect(formatAddress(parseIpv4(address)!)).toBe(ipaddr.parse(address).toString()))
    check(ipv6, (address) =>
      expect(formatAddress(parseIpv6(address)!)).toBe(ipaddr.IPv6.parse(address).toRFC5952String()),
    )
  })
})

describe('a block', () => {
  it.each([
    [4, cidr4],
    [6, cidr6],
  ] as const)('of IPv%i contains its first and last address, but not their neighbors', (family: Family, cidr) =>
    check(cidr, (text) => {
      const set = cidrRanges(family, [text])
      expect(parseCidr(text)).toMatchObject({family, prefix: Number(text.split('/')[1])})
      for (const edge of edgesOf(text)) expect(holds(set, numberOf(edge))).toBe(contains(text, edge))
      expect(cidrRanges(family === 4 ? 6 : 4, [text])).toEqual([])
    }),
  )

  it.each([
    [4, cidr4],
    [6, cidr6],
  ] as const)('of IPv%i can be combined with others, and sets are written as blocks again', (family: Family, cidr) =>
    check(fc.array(cidr, {maxLength: 4}), (texts) => {
      const set = cidrRanges(family, texts)
      for (const edge of texts.flatMap(edgesOf))
        expect(holds(set, numberOf(edge))).toBe(texts.some((text) => contains(text, edge)))
      expect(cidrRanges(family, toCidrs(set))).toEqual(set)
    }),
  )

  it('is written with the fewest blocks', () =>
    check(fc.tuple(fc.nat(64), fc.nat(64)), ([from, length]) => {
      const cidrs = toCidrs([[from, from + length + 1]])
      const siblings = cidrs.map(
        (cidr) =>
          `${numberOf(cidr.split('/')[0]!) ^ (2n ** BigInt(32 - Number(cidr.split('/')[1])))}/${cidr.split('/')[1]}`,
      )
      expect(
        siblings.filter((one) =>
          cidrs.some((cidr) => `${numberOf(cidr.split('/')[0]!)}/${cidr.split('/')[1]}` === one),
        ),
      ).toEqual([])
      expect(addressOf(BigInt(from), 4)).toBe(cidrs[0]!.split('/')[0])
    }))
})
