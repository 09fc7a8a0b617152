import {lazyArray} from '../util/lazy-array.ts'
import {memo} from '../util/memo.ts'
import {isUnreadable, itemsOf, type Reading, type Unreadable} from './account.ts'

type Items = readonly object[]

/**
 * What an item is found by: the value of a field, or any number of keys. Functions are cached by identity, so create
 * each once.
 */
export type IndexKey<T extends object> = (keyof T & string) | ((item: T) => readonly unknown[])

interface Index extends Pick<ReadonlyMap<unknown, Items>, 'get' | 'has'> {
  /** The number of keys, where it was counted. */
  readonly size?: number
}

/** Created once for each list, so lookups in a fleet take constant time. */
const indexes = memo((_: Items) => new Map<IndexKey<never>, Index>())

function indexOf(items: Items, by: IndexKey<never>): Index {
  const known = indexes(items).get(by)
  if (known) return known
  const origin = origins.get(items)
  const fresh = origin ? indexLike(items, origin, by) : freshIndex(items, by)
  indexes(items).set(by, fresh)
  return fresh
}

const valueIn = (item: object, field: string): unknown => (item as Record<string, unknown>)[field]

const keysIn = (item: object | undefined, by: IndexKey<never>): readonly unknown[] =>
  item === undefined ? NONE : typeof by === 'string' ? [valueIn(item, by)] : by(item as never)

const holds = (item: object | undefined, by: IndexKey<never>, key: unknown): item is object =>
  item !== undefined && keysIn(item, by).includes(key)

/** From this length on, a list in the order of its field is searched without an index. */
const VERY_LONG = 1000

const freshIndex = (items: Items, by: IndexKey<never>): Index =>
  items.length >= VERY_LONG && typeof by === 'string' && isAscending(items, by)
    ? sortedIndex(items, by)
    : hashIndex(items, by)

/** Whether the list is in the order of this field, without two of the same: snapshots are in the order of their ids. */
function isAscending(items: Items, field: string): boolean {
  let last = ''
  for (let at = 0; at < items.length; at++) {
    const value = valueIn(items[at]!, field)
    if (typeof value !== 'string' || value <= last) return false
    last = value
  }
  return true
}

/** Instances and what belongs to them are looked up one after the other; others are found by binary search. */
function sortedIndex(items: Items, field: string): Index {
  const valueAt = (at: number) => (at < items.length ? valueIn(items[at]!, field) : undefined)
  let last = -1
  let lastKey: unknown
  let answer: Items | undefined
  const find = (key: string): number => {
    if (valueAt(last + 1) === key) return last + 1
    let [from, to] = [0, items.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if ((valueAt(middle) as string) < key) from = middle + 1
      else to = middle
    }
    return valueAt(from) === key ? from : -1
  }
  const positionOf = (key: unknown): number => (typeof key === 'string' ? find(key) : -1)
  return {
    size: items.length,
    has: (key) => positionOf(key) >= 0,
    get: (key) => {
      if (key === lastKey) return answer
      const at = positionOf(key)
      lastKey = key
      answer = at < 0 ? undefined : [items[at]!]
      if (at >= 0) last = at
      return answer
    },
  }
}

/** Most keys have one item: it is stored without a list, which is created on demand. */
function hashIndex(items: Items, by: IndexKey<never>): Index {
  const found = new Map<unknown, object | object[]>()
  const put = (key: unknown, item: object) => {
    const same = found.get(key)
    if (same === undefined) found.set(key, item)
    else if (Array.isArray(same)) same.at(-1) !== item && same.push(item)
    else if (same !== item) found.set(key, [same, item])
  }
  if (typeof by === 'string') for (const item of items) put(valueIn(item, by), item)
  else for (const item of items) for (const key of by(item as never)) put(key, item)
  let lastKey: unknown
  let answer: Items | undefined
  return {
    size: found.size,
    has: (key) => found.has(key),
    get: (key) => {
      // Instances are looked up one after the other, each several times.
      if (key === lastKey) return answer
      const same = found.get(key)
      lastKey = key
      answer = same === undefined || Array.isArray(same) ? same : [same]
      return answer
    },
  }
}

/** The current item at an index, and the earlier one. */
interface Difference {
  readonly before: object | undefined
  readonly after: object | undefined
}

/** A list before a few of its items were changed, removed, or appended. */
interface Origin {
  readonly items: Items
  readonly differences: readonly Difference[]
  /** The number of copies between the list and one that has its own index. */
  readonly depth: number
}

const origins = new WeakMap<readonly unknown[], Origin>()

/** From this length on, a copy is searched through the index of its original list. */
const LONG = 20

/** A copy of a copy searches each of them: after this many it gets its own index. */
const DEEP = 50

/** A copy of the list with some items replaced, or removed where nothing replaces them, and with others appended. */
export function copyOf<T>(
  items: readonly T[],
  replaced: ReadonlyMap<T, T | undefined>,
  added: readonly T[] = [],
): readonly T[] {
  const removed = [...replaced.values()].filter((after) => after === undefined).length
  const make = () => changedItems(items, replaced, added)
  const copy = items.length > LONG ? lazyArray(items.length - removed + added.length, make) : make()
  const differences = () => [
    ...[...replaced].map(([before, after]) => ({before, after})),
    ...added.map((after) => ({before: undefined, after})),
  ]
  keepOrigin(copy, items as Items, differences as () => readonly Difference[])
  return copy
}

function changedItems<T>(
  items: readonly T[],
  replaced: ReadonlyMap<T, T | undefined>,
  added: readonly T[],
): readonly T[] {
  const all = items.concat(added)
  let at = 0
  for (const [before, after] of replaced) {
    if (after === undefined) continue
    // They are usually in the order of the list.
    const next = items.indexOf(before, at)
    at = next < 0 ? items.indexOf(before) : next
    all[at] = after
  }
  const isRemoved = (item: T) => replaced.has(item) && replaced.get(item) === undefined
  return [...replaced.values()].includes(undefined) ? all.filter((item) => !isRemoved(item)) : all
}

/** The copy is searched through the index of the original list, which has nearly the same items. */
function keepOrigin(copy: readonly unknown[], items: Items, differences: () => readonly Difference[]): void {
  const depth = (origins.get(items)?.depth ?? 0) + 1
  if (items.length > LONG && depth <= DEEP) origins.set(copy, {items, differences: differences(), depth})
}

const positions = memo((items: Items): ReadonlyMap<object, number> => new Map(items.map((item, at) => [item, at])))

/** More than a list has items. */
const MANY = 1e9

/** The position of an item: that of the one that it replaced, and after all others if it was appended. */
function positionIn(items: Items, item: object): number {
  const origin = origins.get(items)
  if (origin === undefined) return positions(items).get(item) ?? MANY
  const at = origin.differences.findIndex(({after}) => after === item)
  const {before} = origin.differences[at] ?? {before: item}
  return before === undefined ? origin.depth * MANY + at : positionIn(origin.items, before)
}

/** Some items of a list, in its order. */
function inOrderOf(items: Items, some: Items): Items {
  if (some.length < 2) return some
  const placed = some.map((item) => ({item, at: positionIn(items, item)}))
  return placed.sort((a, b) => a.at - b.at).map(({item}) => item)
}

/**
 * The index of a list that differs from an indexed one in a few items: a model of a fleet changes one item of a hundred
 * thousand, and only a few are looked up.
 */
function indexLike(items: Items, {items: before, differences}: Origin, by: IndexKey<never>): Index {
  const index = indexOf(before, by)
  const changes = new Map<unknown, Difference[]>()
  for (const difference of differences)
    for (const key of new Set([...keysIn(difference.before, by), ...keysIn(difference.after, by)])) {
      const same = changes.get(key)
      if (same) same.push(difference)
      else changes.set(key, [difference])
    }
  const fresh = (key: unknown, near: readonly Difference[]): Items => {
    const replaced = new Map(near.map(({before, after}) => [before, after]))
    const found = index.get(key) ?? NONE
    const kept = found.flatMap((item) => {
      if (!replaced.has(item)) return [item]
      const after = replaced.get(item)
      return holds(after, by, key) ? [after] : []
    })
    const joined = near.filter(({before, after}) => holds(after, by, key) && !holds(before, by, key))
    const all = [...kept, ...joined.flatMap(({after}) => after ?? [])]
    if (joined.some(({before}) => before !== undefined)) return inOrderOf(items, all)
    const ofKey = (item: object | undefined) => (holds(item, by, key) ? item : undefined)
    keepOrigin(all, found, () => near.map(({before, after}) => ({before: ofKey(before), after: ofKey(after)})))
    return all
  }
  const answers = new Map<unknown, Items>()
  return {
    has: (key) => {
      const near = changes.get(key)
      if (near === undefined) return index.has(key)
      return (
        near.some(({after}) => holds(after, by, key)) ||
        (index.get(key) ?? []).some((item) => near.every(({before}) => before !== item))
      )
    },
    get: (key) => {
      const near = changes.get(key)
      if (near === undefined) return index.get(key)
      const known = answers.get(key)
      if (known !== undefined) return known
      const answer = fresh(key, near)
      answers.set(key, answer)
      return answer
    },
  }
}

/** The items of a list that are not in an earlier state of it. */
export function changedSince<T extends object>(before: readonly T[], now: readonly T[]): readonly T[] {
  const changed: object[] = []
  const replaced = new Set<object | undefined>()
  let at: Items = now
  for (let origin = origins.get(at); at !== before && origin; origin = origins.get(at)) {
    const {differences, items} = origin
    for (const {after} of differences) if (after && !replaced.has(after)) changed.push(after)
    for (const {before} of differences) replaced.add(before)
    at = items
  }
  if (at === before) return inOrderOf(now, changed) as readonly T[]
  const known = new Set<object>(before)
  return now.filter((item) => !known.has(item))
}

const NONE: readonly never[] = []

/** Every known item that is found by `value`. */
export function allWith<T extends object>(reading: Reading<T>, by: IndexKey<T>, value: unknown): readonly T[] {
  const items = itemsOf(reading)
  if (items.length === 0) return NONE
  return (indexOf(items, by as IndexKey<never>).get(value) as readonly T[] | undefined) ?? NONE
}

/** Whether any known item is found by `value`. */
export function hasWith<T extends object>(reading: Reading<T>, by: IndexKey<T>, value: unknown): boolean {
  const items = itemsOf(reading)
  return items.length > 0 && indexOf(items, by as IndexKey<never>).has(value)
}

/** `hasWith` for many values in one list, whose index is looked up once. */
export function memberTestIn<T extends object>(reading: Reading<T>, by: IndexKey<T>): (value: unknown) => boolean {
  const items = itemsOf(reading)
  const index = items.length === 0 ? undefined : indexOf(items, by as IndexKey<never>)
  return index === undefined || index.size === 0 ? NEVER : index.has
}

const NEVER = () => false

/** Whether no two items have the same value in this field, in a list that is then searched by it. */
export const isUnique = <T extends object>(items: readonly T[], field: keyof T & string): boolean =>
  indexOf(items, field as IndexKey<never>).size === items.length

/** The item whose `field` is `value`; why it cannot be determined; or undefined, when it does not exist. */
export const lookup = <T extends object>(
  reading: Reading<T>,
  field: keyof T & string,
  value: unknown,
): T | Unreadable | undefined => allWith(reading, field, value)[0] ?? (isUnreadable(reading) ? reading : undefined)

/** `find` for many values in one list, whose index is looked up once. */
export function finderIn<T extends object>(
  reading: Reading<T>,
  field: keyof T & string,
): (value: unknown) => Exclude<T, Unreadable> | undefined {
  const items = itemsOf(reading)
  if (items.length === 0) return () => undefined
  const index = indexOf(items, field as IndexKey<never>)
  return (value) => ifRead(index.get(value)?.[0] as T | undefined)
}

const ifRead = <T extends object>(item: T | undefined): Exclude<T, Unreadable> | undefined =>
  isUnreadable(item) ? undefined : (item as Exclude<T, Unreadable> | undefined)

/** The item whose `field` is `value`, when it is known. */
export const find = <T extends object>(
  reading: Reading<T>,
  field: keyof T & string,
  value: unknown,
): Exclude<T, Unreadable> | undefined => ifRead(allWith(reading, field, value)[0])
