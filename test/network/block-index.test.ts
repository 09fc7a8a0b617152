import fc from 'fast-check'
import {expect, it} from 'vitest'
import {cidrRanges} from '../../src/network/address.ts'
import {blockIndex} from '../../src/network/block-index.ts'
import {overlaps} from '../../src/network/ranges.ts'

const block = fc
  .tuple(
    fc.constantFrom('10.0', '10.1', '192.168'),
    fc.nat(7),
    fc.nat(3),
    fc.constantFrom(0, 8, 14, 16, 22, 24, 31, 32),
  )
  .map(([net, third, fourth, length]) => `${net}.${third}.${fourth}/${length}`)

it('finds the blocks that overlap a set of addresses, in their original order', () => {
  fc.assert(
    fc.property(fc.array(block, {maxLength: 40}), fc.array(block, {maxLength: 3}), (blocks, asked) => {
      const addresses = cidrRanges(4, asked)
      const find = blockIndex(
        4,
        blocks.map((cidr, at) => [cidr, at] as const),
      )
      const meeting = blocks.flatMap((cidr, at) => (overlaps(cidrRanges(4, [cidr]), addresses) ? [at] : []))
      expect(find(addresses).map(({of}) => of)).toEqual(meeting)
    }),
  )
})

it('finds IPv6 blocks, and ignores what is not a block of the family', () => {
  const find = blockIndex(6, [
    ['2001:db8::/32', 'wide'],
    ['10.0.0.0/8', 'of another family'],
    [undefined, 'nothing'],
    ['2001:db8:1::/48', 'narrow'],
    ['fd00::/8', 'elsewhere'],
  ])
  expect(find(cidrRanges(6, ['2001:db8:1::1'])).map(({of}) => of)).toEqual(['wide', 'narrow'])
})
