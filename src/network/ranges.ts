/** From, and up to but not including. IPv4 addresses and ports are numbers, IPv6 addresses are bigints. */
export type Range = readonly [from: number | bigint, to: number | bigint]

/** A set of addresses or of ports: ascending, disjoint, with gaps between. The empty list is the empty set. */
export type Ranges = readonly Range[]

export const NOTHING: Ranges = []

/** Any ranges in any order, overlapping or not, as a set. */
export function toRanges(ranges: Iterable<Range>): Ranges {
  const sorted = [...ranges].filter(([from, to]) => from < to).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const merged: [number | bigint, number | bigint][] = []
  for (const [from, to] of sorted) {
    const last = merged.at(-1)
    if (last && from <= last[1]) last[1] = to > last[1] ? to : last[1]
    else merged.push([from, to])
  }
  return merged
}

export const union = (a: Ranges, b: Ranges): Ranges =>
  a.length === 0 ? b : b.length === 0 ? a : toRanges([...a, ...b])

export function intersect(a: Ranges, b: Ranges): Ranges {
  const common: Range[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [aFrom, aTo] = a[i]!
    const [bFrom, bTo] = b[j]!
    const from = aFrom > bFrom ? aFrom : bFrom
    const to = aTo < bTo ? aTo : bTo
    if (from < to) common.push([from, to])
    if (aTo < bTo) i++
    else j++
  }
  return common
}

export function subtract(a: Ranges, b: Ranges): Ranges {
  if (b.length === 0) return a
  const left: Range[] = []
  let j = 0
  for (let [from, to] of a) {
    while (j < b.length && b[j]![1] <= from) j++
    for (let k = j; k < b.length && b[k]![0] < to; k++) {
      const [cutFrom, cutTo] = b[k]!
      if (from < cutFrom) left.push([from, cutFrom])
      from = cutTo > from ? cutTo : from
    }
    if (from < to) left.push([from, to])
  }
  return left
}

export const isEmpty = (set: Ranges): boolean => set.length === 0
export const overlaps = (a: Ranges, b: Ranges): boolean => !isEmpty(intersect(a, b))
export const includes = (outer: Ranges, inner: Ranges): boolean => isEmpty(subtract(inner, outer))

/** How many addresses or ports: a float, exact below 2^53. IPv6 bounds are too large to be floats themselves. */
export const sizeOf = (set: Ranges): number => set.reduce((size, range) => size + lengthOf(range), 0)

const lengthOf = ([from, to]: Range): number =>
  typeof from === 'bigint' ? Number(BigInt(to) - from) : Number(to) - from

/** Those with the most addresses first. */
export const largestFirst = <T extends {readonly addresses: Ranges}>(portions: Iterable<T>): readonly T[] =>
  [...portions].sort((a, b) => sizeOf(b.addresses) - sizeOf(a.addresses))
