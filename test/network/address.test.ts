import {describe, expect, it} from 'vitest'
import {
  blocksOf,
  cidrRanges,
  EVERYWHERE,
  formatAddress,
  inWords,
  NAT64,
  PUBLIC,
  parseCidr,
  parseIpv4,
  parseIpv6,
  toCidrs,
} from '../../src/network/address.ts'
import {includes} from '../../src/network/ranges.ts'

describe('an IPv4 address', () => {
  it.each([
    ['0.0.0.0', 0],
    ['0.0.1.2', 258],
    ['10.0.0.255', 167772415],
    ['255.255.255.255', 4294967295],
  ])('%s is the number %i', (text, value) => expect(parseIpv4(text)).toBe(value))

  it.each(['', '10.0.0', '10.0.0.256', '10.0.0.01', '10.0.0.00', 'x10.0.0.1', '10.0.0.1x', '10.0.0.1.1', '1000.0.0.1'])(
    'is not %j',
    (text) => expect(parseIpv4(text)).toBeUndefined(),
  )
})

describe('an IPv6 address', () => {
  it.each([
    ['::', 0n],
    ['::1', 1n],
    ['1::', 1n << 112n],
    ['1:2:3:4:5:6:7::', 0x00010002000300040005000600070000n],
    ['1:2:3:4:5:6:7:8', 0x00010002000300040005000600070008n],
    ['FD00:EC2::254', 0xfd000ec2000000000000000000000254n],
    ['64:ff9b::192.0.2.33', 0x0064ff9b0000000000000000c0000221n],
    ['::ffff:10.20.130.140', 0xffff0a14828cn],
    ['1:2:3:4:5:6:1.2.3.4', 0x00010002000300040005000601020304n],
  ])('%s is the number %i', (text, value) => expect(parseIpv6(text)).toBe(value))

  it.each([
    '',
    ':',
    '1:2:3',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '1:2:3:4::5:6:7:8',
    '1:2:3:4:5:6:7:8::',
    '12345::',
    'g::',
    '1:::2',
    '::1g',
    '::g1',
    '::ffff:10.0.0.256',
    '::ffff:10.0.0.1x',
    '10.0.0.1',
  ])('is not %j', (text) => expect(parseIpv6(text)).toBeUndefined())
})

describe('a block', () => {
  it.each([
    ['10.1.2.3/16', 4, 16, 0x0a010000, 0x0a020000],
    ['10.1.2.3', 4, 32, 0x0a010203, 0x0a010204],
    ['0.0.0.0/0', 4, 0, 0, 2 ** 32],
    ['2001:db8:1::1/32', 6, 32, 0x20010db8n << 96n, 0x20010db9n << 96n],
    ['::1', 6, 128, 1n, 2n],
    ['::/0', 6, 0, 0n, 1n << 128n],
  ])('%s ignores its host bits', (text, family, prefix, from, to) =>
    expect(parseCidr(text)).toEqual({family, prefix, ranges: [[from, to]]}),
  )

  it.each([
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '10.0.0.0/x8',
    '10.0.0.0/8x',
    '10.0.0.0/0008',
    '10.0.0/8',
    '::/129',
    '',
  ])('is not %j', (text) => expect(parseCidr(text)).toBeUndefined())

  it('is ignored if it is of the other family, or not a block at all', () => {
    expect(cidrRanges(4, [undefined, '::/0', 'nonsense', '10.0.0.4/31'])).toEqual([[0x0a000004, 0x0a000006]])
  })
})

describe('public addresses', () => {
  // https://www.iana.org/assignments/iana-ipv4-special-registry/
  it.each([
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.31.0.1',
    '192.168.0.1',
    '198.19.0.1',
    '240.0.0.1',
  ])('do not include %s', (address) => expect(includes(PUBLIC[4], cidrRanges(4, [address]))).toBe(false))
  it.each(['9.255.255.255', '52.94.0.1', '100.128.0.1', '172.32.0.1', '192.169.0.1', '223.255.255.255'])(
    'hold %s',
    (address) => expect(includes(PUBLIC[4], cidrRanges(4, [address]))).toBe(true),
  )
  it('of IPv6 are the global unicast addresses', () => {
    expect(toCidrs(PUBLIC[6])).toEqual(['2000::/3'])
  })
  it('of IPv4 have a prefix in IPv6 behind NAT64', () => {
    expect(toCidrs(NAT64)).toEqual(['64:ff9b::/96'])
  })
})

describe('an address in writing', () => {
  it.each([
    '10.0.0.1',
    '255.1.2.0',
    '::',
    '::1',
    'fe80::',
    '1:2:3:4:5:6:7:8',
    '1:0:2:3:4:5:6:7',
    '1:0:0:2::3',
    '2001:db8::1:0:0:1',
  ])('is %s', (text) => expect(formatAddress(parseCidr(text)!.ranges[0]![0])).toBe(text))
})

describe('a set in writing', () => {
  it.each([
    [[[1, 3]], ['0.0.0.1/32', '0.0.0.2/32']],
    [[[0, 2 ** 32]], ['0.0.0.0/0']],
    [[[2, 8]], ['0.0.0.2/31', '0.0.0.4/30']],
    [[[1n, 4n]], ['::1/128', '::2/127']],
    [[[0n, 1n << 128n]], ['::/0']],
  ] as const)('is the fewest blocks', (set, cidrs) => expect(toCidrs(set)).toEqual(cidrs))

  it.each([
    [PUBLIC[4], 'public addresses'],
    [PUBLIC[6], 'public addresses'],
    [cidrRanges(4, ['10.0.0.1']), '10.0.0.1'],
    [cidrRanges(6, ['2001:db8::1']), '2001:db8::1'],
    [cidrRanges(4, ['10.0.0.0/9']), '10.0.0.0/9'],
    [cidrRanges(4, ['10.0.0.1', '10.0.1.0/24', '10.0.3.0/24']), '10.0.0.1, 10.0.1.0/24, 10.0.3.0/24'],
    [
      cidrRanges(4, ['10.0.0.1', '10.0.1.0/24', '10.0.3.0/24', '10.0.5.0/24']),
      '10.0.0.1, 10.0.1.0/24 and 2 more blocks',
    ],
  ])('is short in a sentence', (set, words) => expect(inWords(set)).toBe(words))
})

describe('the blocks of a set', () => {
  it('are an address alone, and the block that holds all', () => {
    expect(blocksOf(cidrRanges(4, ['10.0.0.4/32', '10.1.0.0/16']))).toEqual(['10.0.0.4', '10.1.0.0/16'])
    expect([blocksOf(EVERYWHERE[4]), blocksOf(EVERYWHERE[6])]).toEqual([['0.0.0.0/0'], ['::/0']])
  })

  it('are none where they are too many for a rule or a route each', () => {
    expect(blocksOf(PUBLIC[4])).toEqual([])
    expect(blocksOf(PUBLIC[6])).toEqual([])
    expect(blocksOf(cidrRanges(4, ['10.0.0.0/24', '10.0.2.0/24', '10.0.4.0/24', '10.0.6.0/24']))).toEqual([])
  })
})
