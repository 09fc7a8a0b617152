import {parseJson} from '../account-file/json-text.ts'
import type {Suppression} from '../audit/suppressions.ts'
import type {Unit} from '../fleet/expected.ts'
import {lastPart} from '../util/last-part.ts'
import type {Store} from './aws.ts'

/** What every result of a run depends on. */
export interface RunSettings {
  readonly accounts: readonly string[]
  readonly excludedAccounts: readonly string[]
  readonly includeSuspended: boolean
  readonly regions: readonly string[] | 'all'
  readonly excludedRegions: readonly string[]
  readonly includeStopped: boolean
  readonly ownerTag: string
  readonly suppressions: readonly Suppression[]
}

/** The start of a run. */
export interface Run {
  readonly run: string
  readonly startedAt: string
  readonly settings: RunSettings
  /** The run that this one is compared with. */
  readonly before: string | null
}

/** Why Security Hub rejected findings of a Region; null if a later attempt imported them. */
export interface NotImported {
  readonly region: string
  readonly why: string | null
}

/** Where the results of a run are in the bucket. */
export const keysOf = (run: string) => ({
  run: `runs/${run}/run.json`,
  units: `runs/${run}/units.json`,
  todo: `runs/${run}/todo.json`,
  /** The Regions that an account was found to have enabled. */
  regionsOf: (account: string) => `runs/${run}/regions/${account}.json`,
  regions: `runs/${run}/regions/`,
  part: (name: string) => `runs/${run}/parts/${name}.json`,
  parts: (account = '') => `runs/${run}/parts/${account}`,
  failure: (name: string) => `runs/${run}/failed/${name}.json`,
  failures: (account = '') => `runs/${run}/failed/${account}`,
  /** Why Security Hub rejected the findings of an account and Region. */
  notImported: (name: string) => `runs/${run}/not-imported/${name}.json`,
  allNotImported: `runs/${run}/not-imported/`,
  report: (file: string) => `runs/${run}/report/${file}`,
  /** What a later run is compared with. */
  baseline: `runs/${run}/baseline.json`,
})

/** The run that was started last, and the one that was finished last. */
export const NEWEST = {begun: 'begun.json', finished: 'finished.json', suppressions: 'suppressions.json'} as const

/** Objects that the functions wrote; undefined if absent. */
export async function jsonAt<T>(store: Store, key: string): Promise<T | undefined> {
  const text = await store.read(key)
  return text === undefined ? undefined : (parseJson(key, text) as T)
}

export async function runAt(store: Store, run: string): Promise<Run> {
  const found = await jsonAt<Run>(store, keysOf(run).run)
  if (found === undefined) throw new Error(`There is no run ${run}.`)
  return found
}

export const unitsAt = async (store: Store, key: string): Promise<readonly Unit[]> =>
  (await jsonAt<readonly Unit[]>(store, key)) ?? []

/** The name after the prefix, without `.json`. */
export const nameIn = (key: string): string => lastPart(key).replace(/\.json$/, '')

/** Objects that are read from the bucket at a time. */
const AT_ONCE = 50

/** The content of each key, in order. */
export async function eachOf<T>(keys: readonly string[], read: (key: string) => Promise<T>): Promise<readonly T[]> {
  const found: T[] = new Array(keys.length)
  const waiting = keys.entries()
  const work = async () => {
    for (const [at, key] of waiting) found[at] = await read(key)
  }
  await Promise.all(Array.from({length: AT_ONCE}, work))
  return found
}
