import ipaddr from 'ipaddr.js'

type Parsed = ipaddr.IPv4 | ipaddr.IPv6

const addresses = new Map<string, Parsed>()
const blocks = new Map<string, readonly [Parsed, number]>()

function parsed(address: string): Parsed {
  const known = addresses.get(address)
  if (known) return known
  const fresh = ipaddr.parse(address)
  addresses.set(address, fresh)
  return fresh
}

function block(cidr: string): readonly [Parsed, number] {
  const known = blocks.get(cidr)
  if (known) return known
  const fresh = ipaddr.parseCIDR(cidr)
  blocks.set(cidr, fresh)
  return fresh
}

export const isIpv6 = (address: string): boolean => parsed(address).kind() === 'ipv6'

export const lengthOf = (cidr: string): number => block(cidr)[1]

const answers = new Map<string, Map<string, boolean>>()

/** Called with the same few blocks and addresses for every packet, so each pair is computed once. */
export function contains(cidr: string, address: string): boolean {
  const known = answers.get(cidr) ?? new Map<string, boolean>()
  answers.set(cidr, known)
  const answer = known.get(address) ?? isWithin(cidr, address)
  known.set(address, answer)
  return answer
}

function isWithin(cidr: string, address: string): boolean {
  const [base, length] = block(cidr)
  const it = parsed(address)
  if (base instanceof ipaddr.IPv4) return it instanceof ipaddr.IPv4 && it.match(base, length)
  return it instanceof ipaddr.IPv6 && it.match(base, length)
}

/** The address as a number: bytes are read one by one, most significant first. */
export const numberOf = (address: string): bigint =>
  parsed(address)
    .toByteArray()
    .reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)

export function addressOf(value: bigint, family: 4 | 6): string {
  const bytes: number[] = []
  for (let at = family === 4 ? 3 : 15; at >= 0; at--) bytes.push(Number((value >> BigInt(8 * at)) & 255n))
  return ipaddr.fromByteArray(bytes).toString()
}

/** The first and last address of the block, and its neighbors outside, if any. */
export function edgesOf(cidr: string): readonly string[] {
  const [base, length] = block(cidr)
  const family = base instanceof ipaddr.IPv4 ? 4 : 6
  const bits = family === 4 ? 32 : 128
  const first = (numberOf(base.toString()) >> BigInt(bits - length)) << BigInt(bits - length)
  const last = first + (1n << BigInt(bits - length)) - 1n
  const top = (1n << BigInt(bits)) - 1n
  return [first - 1n, first, last, last + 1n]
    .filter((value) => value >= 0n && value <= top)
    .map((value) => addressOf(value, family))
}

/** A destination that is only on the internet. */
export function isPublic(address: string): boolean {
  const known = publicOnes.get(address) ?? parsed(address).range() === 'unicast'
  publicOnes.set(address, known)
  return known
}

const publicOnes = new Map<string, boolean>()
