import {isUnreadable, type Kind, type Reading, type Unreadable, whyUnreadable} from '../../model/account.ts'
import {describedBy} from '../../model/kinds.ts'
import {isObject} from '../../util/json.ts'
import {cameFromAws, errorName, isIncomplete, noAnswer, unreadableFor} from './errors.ts'

/** An error of our own run, such as Ctrl-C, is never a response of AWS. */
const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'

/** The requested data, or why AWS did not return it. `action` is the permission that the call needs. */
export async function readOr<T>(action: string, request: () => Promise<T>): Promise<T | Unreadable> {
  try {
    return await request()
  } catch (error) {
    if (!isAbort(error) && cameFromAws(error)) return unreadableFor(error, action)
    throw error
  }
}

/** As `shape`; an item that lacks a field is omitted, and the others of its list are kept. */
export const complete =
  <Answer, T>(shape: (answer: Answer) => T) =>
  (answer: Answer): T | Unreadable => {
    try {
      return shape(answer)
    } catch (error) {
      if (isIncomplete(error)) return unreadableFor(error)
      throw error
    }
  }

/** The complete items; if others are incomplete, the reading is marked as partial. */
export function allOrUnreadable<T>(items: readonly (T | Unreadable)[]): Reading<T> {
  const gap = items.find(isUnreadable)
  const complete = items.filter((item): item is T => !isUnreadable(item))
  return gap === undefined ? complete : {...gap, known: complete}
}

/** The reading with each of its known items changed. */
export const eachKnown = <T, U>(reading: Reading<T>, change: (item: T) => U): Reading<U> =>
  isUnreadable(reading)
    ? {...whyUnreadable(reading), ...(reading.known && {known: reading.known.map(change)})}
    : reading.map(change)

/** A list of independent items. */
export const readList = <T>(action: string, request: () => Promise<readonly (T | Unreadable)[]>): Promise<Reading<T>> =>
  readOr(action, async () => allOrUnreadable(await request()))

/** If AWS returns an error for "does not exist", that is a response like any other. */
export async function ifExists<T>(absent: readonly string[], request: () => Promise<T>): Promise<T | undefined> {
  try {
    return await request()
  } catch (error) {
    if (cameFromAws(error) && (absent.includes(errorName(error)) || absent.includes(error.name))) return undefined
    throw error
  }
}

interface Page<Item> {
  readonly items: readonly Item[] | undefined
  readonly next: string | undefined
}

/** A required part of a response. AWS includes an empty list; an omitted one was not returned. */
export function required<T>(value: T | null | undefined, what: string): T {
  if (value === undefined || value === null) throw noAnswer(`the answer holds no ${what}`)
  return value
}

/**
 * More than any list of AWS has: 500,000 managed nodes, fifty a page, are ten thousand pages. A service that returns
 * new tokens endlessly would fill the memory.
 */
const MAX_PAGES = 20_000
const MAX_ITEMS = 1_000_000

/** Reads page after page. Repeated tokens would never end, and what they omit is not known. */
export async function paginate<Item>(request: (token: string | undefined) => Promise<Page<Item>>): Promise<Item[]> {
  const found: Item[] = []
  const tokens = new Set<string>()
  let token: string | undefined
  for (;;) {
    const {items, next} = await request(token)
    for (const item of next ? (items ?? []) : required(items, 'list')) found.push(item)
    if (!next) return found
    if (tokens.has(next)) throw noAnswer('pagination returned a repeated token')
    tokens.add(next)
    if (tokens.size >= MAX_PAGES || found.length > MAX_ITEMS)
      throw noAnswer(`too many results: ${found.length} items on ${tokens.size} pages`)
    token = next
  }
}

/** Two readings of one kind, each item once; if either is unreadable, the other is what is known. */
export function join<T>(readings: readonly Reading<T>[], keyOf: (item: T) => unknown): Reading<T> {
  const items = new Map<unknown, T>()
  for (const reading of readings)
    for (const item of isUnreadable(reading) ? (reading.known ?? []) : reading)
      if (!items.has(keyOf(item))) items.set(keyOf(item), item)
  const all = [...items.values()]
  const gap = readings.find(isUnreadable)
  if (!gap) return all
  const why = whyUnreadable(gap)
  return all.length > 0 ? {...why, known: all} : why
}

/** Readings of one kind of data, each item once. */
export function joinKind(kind: Kind, readings: readonly Reading<unknown>[]): Reading<unknown> {
  const {key = ''} = describedBy(kind)
  return join(readings, (item) => (isObject(item) && item[key]) || JSON.stringify(item))
}

/** Every value of the record, awaited in parallel. */
export async function awaitAll<T extends object>(parts: T): Promise<{[K in keyof T]: Awaited<T[K]>}> {
  const entries = await Promise.all(Object.entries(parts).map(async ([key, part]) => [key, await part] as const))
  return Object.fromEntries(entries) as {[K in keyof T]: Awaited<T[K]>}
}
