import {memo} from '../util/memo.ts'
import {NOTHING, type Range, type Ranges, subtract, toRanges} from './ranges.ts'

export type Family = 4 | 6

export interface Addresses {
  readonly family: Family
  readonly ranges: Ranges
}

/** A dotted quad as a number, or undefined. Leading zeros do not mean octal here: they are rejected. */
export function parseIpv4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (!match) return undefined
  let value = 0
  for (const part of match.slice(1)) {
    if (Number(part) > 255 || (part.length > 1 && part.startsWith('0'))) return undefined
    value = value * 256 + Number(part)
  }
  return value
}

/** An IPv6 address as a bigint, or undefined. */
export function parseIpv6(text: string): bigint | undefined {
  const mixed = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const tail = mixed ? parseIpv4(mixed[2]!) : undefined
  if (mixed && tail === undefined) return undefined
  const plain = mixed ? `${mixed[1]}${Math.floor(tail! / 65536).toString(16)}:${(tail! % 65536).toString(16)}` : text

  const halves = plain.split('::')
  if (halves.length > 2) return undefined
  const groups = (half: string) => (half === '' ? [] : half.split(':'))
  const head = groups(halves[0]!)
  const end = groups(halves[1] ?? '')
  const missing = 8 - head.length - end.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const all = [...head, ...Array<string>(halves.length === 1 ? 0 : missing).fill('0'), ...end]
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
}

const CIDRS = new Map<string, (Addresses & {readonly prefix: number}) | undefined>()

/** A CIDR block or a single address; host bits are ignored, as AWS does. Undefined for anything else. */
export function parseCidr(text: string): (Addresses & {readonly prefix: number}) | undefined {
  if (CIDRS.has(text)) return CIDRS.get(text)
  if (CIDRS.size > 100_000) CIDRS.clear()
  const parsed = readCidr(text)
  CIDRS.set(text, parsed)
  return parsed
}

function readCidr(text: string): (Addresses & {readonly prefix: number}) | undefined {
  const [address = '', length, ...rest] = text.split('/')
  if (rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined
  const v4 = parseIpv4(address)
  if (v4 !== undefined) {
    const prefix = Number(length ?? 32)
    if (prefix > 32) return undefined
    const size = 2 ** (32 - prefix)
    const from = Math.floor(v4 / size) * size
    return {family: 4, prefix, ranges: [[from, from + size]]}
  }
  const v6 = parseIpv6(address)
  const prefix = Number(length ?? 128)
  if (v6 === undefined || prefix > 128) return undefined
  const shift = BigInt(128 - prefix)
  const from = (v6 >> shift) << shift
  return {family: 6, prefix, ranges: [[from, from + (1n << shift)]]}
}

/** The addresses of one family in a list of CIDR blocks; what is not a CIDR block is ignored. */
export const cidrRanges = (family: Family, cidrs: readonly (string | undefined)[]): Ranges => {
  const ranges: Range[] = []
  for (const cidr of cidrs) {
    const parsed = cidr === undefined ? undefined : parseCidr(cidr)
    if (parsed?.family === family) ranges.push(...parsed.ranges)
  }
  return ranges.length === 0 ? NOTHING : ranges.length === 1 ? ranges : toRanges(ranges)
}

/** A set of addresses of each family. */
export type ByFamily = Readonly<Record<Family, Ranges>>

export const byFamily = (cidrs: readonly (string | undefined)[]): ByFamily => ({
  4: cidrRanges(4, cidrs),
  6: cidrRanges(6, cidrs),
})

export const EVERYWHERE: ByFamily = byFamily(['0.0.0.0/0', '::/0'])

/**
 * Addresses of private networks: RFC 1918, the shared block of RFC 6598, and unique local addresses of RFC 4193.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
 */
export const PRIVATE: ByFamily = byFamily([
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'],
  'fc00::/7',
])

/**
 * Where a public service may be: all addresses except those reserved for private and special use.
 * https://www.iana.org/assignments/iana-ipv4-special-registry/
 */
export const PUBLIC: ByFamily = {
  4: subtract(
    subtract(EVERYWHERE[4], PRIVATE[4]),
    cidrRanges(4, [
      '0.0.0.0/8',
      '127.0.0.0/8',
      '169.254.0.0/16',
      '192.0.0.0/24',
      '192.0.2.0/24',
      '198.18.0.0/15',
      '198.51.100.0/24',
      '203.0.113.0/24',
      '224.0.0.0/3',
    ]),
  ),
  6: cidrRanges(6, ['2000::/3']),
}

/** NAT64's well-known prefix: how an IPv6-only subnet names IPv4 destinations. RFC 6052. */
export const NAT64_BLOCK = '64:ff9b::/96'
export const NAT64: Ranges = cidrRanges(6, [NAT64_BLOCK])

/** What DNS64 makes of IPv4 addresses. */
export const madeByDns64 = (addresses: Ranges): Ranges => {
  const base = BigInt(NAT64[0]![0])
  return addresses.map(([from, to]) => [base + BigInt(from), base + BigInt(to)])
}

const formatIpv4 = (value: number): string =>
  `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`

function formatIpv6(value: bigint): string {
  const groups = Array.from({length: 8}, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16))
  const zeros = [...groups.join(':').matchAll(/\b0(?::0)+\b/g)].sort((a, b) => b[0].length - a[0].length)[0]
  if (!zeros) return groups.join(':')
  const text = groups.join(':')
  return `${text.slice(0, zeros.index).replace(/:$/, '')}::${text.slice(zeros.index + zeros[0].length).replace(/^:/, '')}`
}

export const formatAddress = (value: number | bigint): string =>
  typeof value === 'bigint' ? formatIpv6(value) : formatIpv4(value)

/** A set as the smallest number of CIDR blocks. */
export function toCidrs(set: Ranges): readonly string[] {
  const cidrs: string[] = []
  for (const [from, to] of set) {
    if (typeof from === 'number' && typeof to === 'number') {
      cidrs.push(...ipv4Cidrs(from, to))
      continue
    }
    for (let at = BigInt(from); at < BigInt(to); ) {
      let size = 0n
      while (size < 128n && at % (1n << (size + 1n)) === 0n && at + (1n << (size + 1n)) <= BigInt(to)) size++
      cidrs.push(`${formatIpv6(at)}/${128n - size}`)
      at += 1n << size
    }
  }
  return cidrs
}

function ipv4Cidrs(from: number, to: number): readonly string[] {
  const cidrs: string[] = []
  for (let at = from; at < to; ) {
    let size = 1
    while (size < 2 ** 32 && at % (size * 2) === 0 && at + size * 2 <= to) size *= 2
    cidrs.push(`${formatIpv4(at)}/${32 - Math.log2(size)}`)
    at += size
  }
  return cidrs
}

/** More blocks than this are not listed one by one. */
const MAX_BLOCKS = 3

/** The blocks of a set, an address without its prefix; none where they are too many for a rule or a route each. */
export const blocksOf = memo((set: Ranges): readonly string[] => {
  if (set === PUBLIC[4] || set === PUBLIC[6]) return []
  const cidrs = shortCidrs(set)
  return cidrs.length > MAX_BLOCKS ? [] : cidrs
})

const shortCidrs = (set: Ranges): readonly string[] => toCidrs(set).map((cidr) => cidr.replace(/\/(32|128)$/, ''))

/** A set in a sentence: an address, a few blocks, or a count. */
export const inWords = memo((set: Ranges): string => {
  if (set === PUBLIC[4] || set === PUBLIC[6]) return 'public addresses'
  const cidrs = shortCidrs(set)
  return cidrs.length <= MAX_BLOCKS
    ? cidrs.join(', ')
    : `${cidrs.slice(0, 2).join(', ')} and ${cidrs.length - 2} more blocks`
})
