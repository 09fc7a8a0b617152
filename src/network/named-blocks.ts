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

/** A block by its key, and its length as text. */
const keysOfBlocks = (cidrs: readonly (string | undefined)[]): readonly unknown[] =>
  cidrs.flatMap((cidr) => {
    const parsed = cidr === undefined ? undefined : parseCidr(cidr)
    return parsed?.family === 4
      ? [blockKey(parsed.ranges[0]?.[0] as number, parsed.prefix), lengthKey(parsed.prefix)]
      : []
  })
const lengthKey = (length: number): string => `/${length}`

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
  naming('NetworkAcls', ({Entries}) => itemsOf(Entries).map(({CidrBlock}) => CidrBlock)),
  naming('SecurityGroups', ({IpPermissions}) =>
    IpPermissions.flatMap(({IpRanges}) => (IpRanges ?? []).map(({CidrIp}) => CidrIp)),
  ),
  naming('ManagedPrefixLists', (list) => (isUnreadable(list) ? [] : itemsOf(list.Entries).map(({Cidr}) => Cidr))),
  naming('RouteTables', ({Routes}) => itemsOf(Routes).map(({DestinationCidrBlock}) => DestinationCidrBlock)),
  naming('TransitGatewayRouteTables', ({Routes}) =>
    itemsOf(Routes).map(({DestinationCidrBlock}) => DestinationCidrBlock),
  ),
]

/** The lengths of all these blocks, the narrowest first. */
export const blockLengthsIn = memo((readings: WalkReadings): readonly number[] => {
  const lengths = NAMING.flatMap((one) => one.lengthsIn(itemsOf(readings[one.kind] as Reading<object>)))
  return [...new Set(lengths)].sort((a, b) => b - a)
})
