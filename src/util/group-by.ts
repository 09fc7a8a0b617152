/** The items with each key, in the order in which the keys appear. */
export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}

/** One item for each key: the last one, in the place of the first. */
export const uniqueBy = <T>(items: readonly T[], keyOf: (item: T) => unknown): readonly T[] => [
  ...new Map(items.map((item) => [keyOf(item), item])).values(),
]
