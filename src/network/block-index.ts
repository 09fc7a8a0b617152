import {type Family, parseCidr} from './address.ts'
import type {Range, Ranges} from './ranges.ts'

/** A block and what it belongs to; `at` is its index in the input. */
export interface Block<T> {
  readonly range: Range
  readonly prefix: number
  readonly of: T
  readonly at: number
}

interface Nested<T> extends Block<T> {
  readonly around: Nested<T> | undefined
}

/**
 * Finds the blocks that overlap a set of addresses without visiting all of them, in their original order. CIDR
 * blocks nest or are apart, so those around an address are the last one that starts before it and those around that.
 */
export function blockIndex<T>(
  family: Family,
  blocks: readonly (readonly [cidr: string | undefined, of: T])[],
): (addresses: Ranges) => readonly Block<T>[] {
  const sorted = nested(
    blocks
      .flatMap(([cidr, of], at): readonly Block<T>[] => {
        const parsed = cidr === undefined ? undefined : parseCidr(cidr)
        return parsed?.family === family ? [{range: parsed.ranges[0]!, prefix: parsed.prefix, of, at}] : []
      })
      .sort((a, b) => (a.range[0] < b.range[0] ? -1 : a.range[0] > b.range[0] ? 1 : a.prefix - b.prefix)),
  )
  return (addresses) => {
    const found = new Set<Nested<T>>()
    for (const [from, to] of addresses) {
      let at = firstAfter(sorted, from)
      for (let around = sorted[at - 1]; around !== undefined; around = around.around)
        if (around.range[1] > from) found.add(around)
      for (; at < sorted.length && sorted[at]!.range[0] < to; at++) found.add(sorted[at]!)
    }
    return [...found].sort((a, b) => a.at - b.at)
  }
}

/** Each with the smallest block that contains it; of equal blocks, the earlier contains the later. */
function nested<T>(sorted: readonly Block<T>[]): readonly Nested<T>[] {
  let last: Nested<T> | undefined
  return sorted.map((block) => {
    let around = last
    while (around !== undefined && around.range[1] <= block.range[0]) around = around.around
    last = {...block, around}
    return last
  })
}

function firstAfter<T>(sorted: readonly Block<T>[], address: number | bigint): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]!.range[0] <= address) low = middle + 1
    else high = middle
  }
  return low
}
