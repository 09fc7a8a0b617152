/** From, and up to but not including. IPv4 addresses and ports are numbers, IPv6 addresses are bigints. */
export type Range = readonly [from: number | bigint, to: number | bigint]

/**
 * A set of addresses or of ports: ascending, disjoint, with gaps between. The empty list is the empty set. A walk
 * computes hundreds of sets, mostly before its code is optimized, so bounds are read by index: destructuring an array
 * allocates an iterator and an object for each element until then.
 */
export type Ranges = readonly Range[]

export const NOTHING: Ranges = []

const byStart = (a: Range, b: Range): number => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)

/** Any ranges in any order, overlapping or not, as a set. */
export function toRanges(ranges: Iterable<Range>): Ranges {
  const sorted = [...ranges].filter((range) => range[0] < range[1]).sort(byStart)
  const merged: [number | bigint, number | bigint][] = []
  for (const range of sorted) {
    const last = merged.at(-1)
    if (last && range[0] <= last[1]) last[1] = range[1] > last[1] ? range[1] : last[1]
    else merged.push([range[0], range[1]])
  }
  return merged
}

export const union = (a: Ranges, b: Ranges): Ranges =>
  a.length === 0 ? b : b.length === 0 ? a : toRanges([...a, ...b])

export function intersect(a: Ranges, b: Ranges): Ranges {
  const common: Range[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const one = a[i]!
    const other = b[j]!
    const from = one[0] > other[0] ? one[0] : other[0]
    const to = one[1] < other[1] ? one[1] : other[1]
    if (from < to) common.push([from, to])
    if (one[1] < other[1]) i++
    else j++
  }
  return common
}

export function subtract(a: Ranges, b: Ranges): Ranges {
  if (b.length === 0) return a
  const left: Range[] = []
  let j = 0
  for (const range of a) {
    let from = range[0]
    const to = range[1]
    while (j < b.length && b[j]![1] <= from) j++
    for (let k = j; k < b.length && b[k]![0] < to; k++) {
      const cut = b[k]!
      if (from < cut[0]) left.push([from, cut[0]])
      from = cut[1] > from ? cut[1] : from
    }
    if (from < to) left.push(from === range[0] ? range : [from, to])
  }
  return left
}

export const isEmpty = (set: Ranges): boolean => set.length === 0
export const overlaps = (a: Ranges, b: Ranges): boolean => !isEmpty(intersect(a, b))
export const includes = (outer: Ranges, inner: Ranges): boolean => isEmpty(subtract(inner, outer))

/** How many addresses or ports: a float, exact below 2^53. IPv6 bounds are too large to be floats themselves. */
export const sizeOf = (set: Ranges): number => set.reduce((size, range) => size + lengthOf(range), 0)

function lengthOf(range: Range): number {
  const from = range[0]
  return typeof from === 'bigint' ? Number(BigInt(range[1]) - from) : Number(range[1]) - from
}

/** Those with the most addresses first. */
export const largestFirst = <T extends {readonly addresses: Ranges}>(portions: Iterable<T>): readonly T[] =>
  [...portions].sort((a, b) => sizeOf(b.addresses) - sizeOf(a.addresses))
