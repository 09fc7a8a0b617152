import {type ItemOf, isUnreadable, itemsOf, type Kind, type Reading} from '../model/account.ts'
import {hasWith} from '../model/joins.ts'
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
    if (NAMING.some(({kind, by}) => hasWith(readings[kind] as Reading<object>, by, block))) return `${block}`
  }
  return ''
}

const blockKey = (address: number, length: number): number => Math.floor(address / 2 ** (32 - length)) * 64 + length

/** An IPv4 block by its key, and its length as text; IPv6 blocks only by whether one is narrower than a subnet. */
const keysOfBlocks = (cidrs: readonly (string | undefined)[]): readonly unknown[] =>
  cidrs.flatMap((cidr): readonly unknown[] => {
    const parsed = cidr === undefined ? undefined : parseCidr(cidr)
    if (parsed?.family === 4)
      return [blockKey(parsed.ranges[0]?.[0] as number, parsed.prefix), lengthKey(parsed.prefix)]
    return parsed && parsed.prefix > IPV6_SUBNET ? [NARROW_IPV6] : []
  })
const lengthKey = (length: number): string => `/${length}`

/**
 * The longest prefix of an IPv6 subnet.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
const IPV6_SUBNET = 64
const NARROW_IPV6 = Symbol('an IPv6 block narrower than a subnet')

/** Whether a rule or route distinguishes IPv6 addresses of one subnet. */
export const namesPartsOfIpv6Subnets = memo((readings: WalkReadings): boolean =>
  NAMING.some(({kind, by}) => hasWith(readings[kind] as Reading<object>, by, NARROW_IPV6)),
)

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
export const blockLengthsIn = memo((readings: WalkReadings): readonly number[] => {
  const lengths = NAMING.flatMap((one) => one.lengthsIn(itemsOf(readings[one.kind] as Reading<object>)))
  return [...new Set(lengths)].sort((a, b) => b - a)
})
