import {type ItemOf, isUnreadable, itemsOf, type Kind, type Reading} from '../model/account.ts'
import {hasWith} from '../model/lists.ts'
import {memo} from '../util/memo.ts'
import {parseCidr, parseIpv4} from './address.ts'
import type {WalkReadings} from './readings.ts'

/**
 * The narrowest block in any rule or route that contains the address, if it is narrower than the subnet:
 * blocks nest or are apart, so that it represents all the others that do.
 */
export function narrowestBlockOf(readings: WalkReadings, narrower: readonly number[], address: string): string {
  const at = narrower.length === 0 ? undefined : parseIpv4(address)
  if (at === undefined) return ''
  for (const length of narrower) {
    const block = blockKey(at, length)
    if (isNamed(readings, block)) return `${block}`
  }
  return ''
}

const blockKey = (address: number, length: number): number => Math.floor(address / 2 ** (32 - length)) * 64 + length

/** An IPv4 block by its key, its length, and the wider blocks that contain it; an IPv6 block by the wider subnets. */
const keysOfBlocks = (cidrs: readonly (string | undefined)[]): readonly unknown[] =>
  cidrs.flatMap((cidr): readonly unknown[] => {
    const parsed = cidr === undefined ? undefined : parseCidr(cidr)
    if (parsed?.family === 4) return keysOfIpv4(parsed.ranges[0]?.[0] as number, parsed.prefix)
    return parsed ? IPV6_SUBNETS.filter((prefix) => prefix < parsed.prefix).map(narrowerKey) : []
  })

const lengthKey = (length: number): string => `/${length}`

/**
 * The lengths of blocks by which parts of subnets are found. No subnet is wider than the first.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
const CONTAINING = [16, 20, 24]
const containingKey = (address: number, length: number): number => -blockKey(address, length)

const keysOfIpv4 = (from: number, prefix: number): readonly unknown[] => [
  blockKey(from, prefix),
  lengthKey(prefix),
  ...CONTAINING.filter((length) => length < prefix).map((length) => containingKey(from, length)),
]

const isNamed = (readings: WalkReadings, key: unknown): boolean =>
  NAMING.some(({kind, by}) => hasWith(readings[kind] as Reading<object>, by, key))

/** The lengths of blocks in rules and routes that may be parts of this IPv4 block, the narrowest first. */
export function lengthsWithin(readings: WalkReadings, cidr: string): readonly number[] {
  const parsed = parseCidr(cidr)
  if (parsed?.family !== 4) return []
  const {prefix, ranges} = parsed
  const length = CONTAINING.findLast((one) => one <= prefix)
  if (length !== undefined && !isNamed(readings, containingKey(ranges[0]?.[0] as number, length))) return []
  return blockLengthsIn(readings).filter((one) => one > prefix)
}

/**
 * The prefixes that IPv6 blocks of subnets may have.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
const IPV6_SUBNETS = [44, 48, 52, 56, 60, 64]
const narrowerKey = (prefix: number): string => `IPv6 narrower than /${prefix}`

/** Whether a rule or route names a part of an IPv6 subnet with this prefix. */
export function namesPartsOfIpv6Subnet(readings: WalkReadings, prefix: number): boolean {
  const key = narrowerKey(IPV6_SUBNETS.findLast((one) => one <= prefix) ?? 44)
  return isNamed(readings, key)
}

interface Naming {
  readonly kind: keyof WalkReadings & Kind
  readonly by: (item: object) => readonly unknown[]
  /** The lengths of its blocks. */
  readonly lengthsIn: (items: readonly object[]) => readonly number[]
}

function naming<K extends keyof WalkReadings & Kind>(
  kind: K,
  blocksOf: (item: ItemOf<K>) => readonly (string | undefined)[],
): Naming {
  const by = (item: object) => keysOfBlocks(blocksOf(item as ItemOf<K>))
  const lengthsIn = memo((items: readonly object[]) =>
    LENGTHS.filter((length) => hasWith(items, by, lengthKey(length))),
  )
  return {kind, by, lengthsIn}
}

const LENGTHS = Array.from({length: 33}, (_, at) => 32 - at)

/** Every block that a rule for the source of the traffic, or a route for its replies, may name. */
const NAMING: readonly Naming[] = [
  naming('NetworkAcls', ({Entries}) =>
    itemsOf(Entries).flatMap(({CidrBlock, Ipv6CidrBlock}) => [CidrBlock, Ipv6CidrBlock]),
  ),
  naming('SecurityGroups', ({IpPermissions}) =>
    IpPermissions.flatMap(({IpRanges = [], Ipv6Ranges = []}) => [
      ...IpRanges.map(({CidrIp}) => CidrIp),
      ...Ipv6Ranges.map(({CidrIpv6}) => CidrIpv6),
    ]),
  ),
  naming('ManagedPrefixLists', (list) => (isUnreadable(list) ? [] : itemsOf(list.Entries).map(({Cidr}) => Cidr))),
  naming('RouteTables', ({Routes}) =>
    itemsOf(Routes).flatMap((route) => [route.DestinationCidrBlock, route.DestinationIpv6CidrBlock]),
  ),
  naming('TransitGatewayRouteTables', ({Routes}) =>
    itemsOf(Routes).map(({DestinationCidrBlock}) => DestinationCidrBlock),
  ),
]

/** The lengths of all these blocks, the narrowest first. */
const blockLengthsIn = memo((readings: WalkReadings): readonly number[] => {
  const lengths = NAMING.flatMap((one) => one.lengthsIn(itemsOf(readings[one.kind] as Reading<object>)))
  return [...new Set(lengths)].sort((a, b) => b - a)
})
