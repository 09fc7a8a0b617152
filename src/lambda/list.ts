import {openerFor, withoutExcluded} from '../fleet/account-regions.ts'
import {type AccountsChoice, accountsOf, type Open} from '../fleet/accounts.ts'
import type {Unit} from '../fleet/expected.ts'
import {suppressionsIn} from '../fleet/inputs.ts'
import {usageError} from '../util/usage-error.ts'
import {type Store, storeIn} from './aws.ts'
import {isOn, listFrom, PARAMETERS, textFrom, textOr} from './environment.ts'
import {startIn} from './events.ts'
import {eachOf, jsonAt, keysOf, NEWEST, nameIn, type Run, type RunSettings, unitsAt} from './run-store.ts'

/** The start of the state machine: its input, and its start time. */
interface ListEvent {
  readonly startedAt: string
  /** `run` continues the run of this name, or starts it. */
  readonly input?: {readonly run?: string} | null
}

export interface ListResult {
  readonly run: string
  /** How many units there are to examine. */
  readonly units: number
  readonly todo: {readonly Bucket: string; readonly Key: string}
}

/** All units, and which of them remain to be examined. */
export async function list(event: ListEvent): Promise<ListResult> {
  const {startedAt, named} = startIn(event)
  const Bucket = textFrom('BUCKET')
  const store = storeIn(Bucket)
  const settings = await settingsOf(store)
  const {run} = await runFor(store, settings, startedAt, named)
  const keys = keysOf(run)
  const known = await store.read(keys.units)
  const units = known === undefined ? await unitsOf(settings) : await unitsAt(store, keys.units)
  if (known === undefined) await store.write(keys.units, lines(units))
  const todo = remaining(await withRegions(store, run, units), await store.keysUnder(keys.parts()))
  await store.write(keys.todo, lines(todo))
  return {run, units: todo.length, todo: {Bucket, Key: keys.todo}}
}

/** A JSON list with an item on each line. */
const lines = (items: readonly object[]): string => `[\n${items.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`

async function settingsOf(store: Store): Promise<RunSettings> {
  const regions = listFrom('REGIONS')
  const suppressions = await store.read(NEWEST.suppressions)
  return {
    accounts: listFrom('ACCOUNTS'),
    excludedAccounts: listFrom('EXCLUDED_ACCOUNTS'),
    includeSuspended: isOn('INCLUDE_SUSPENDED'),
    regions: regions.length === 0 || regions.includes('all') ? 'all' : regions,
    excludedRegions: listFrom('EXCLUDED_REGIONS'),
    includeStopped: isOn('INCLUDE_STOPPED'),
    ownerTag: textOr('OWNER_TAG') ?? 'Owner',
    suppressions: suppressions === undefined ? [] : suppressionsIn({name: NEWEST.suppressions, text: suppressions}),
  }
}

const A_DAY = 24 * 60 * 60 * 1000

/**
 * The named run; otherwise the unfinished one that was started within a day with the same settings, so
 * starting again continues it; otherwise a new one.
 */
async function runFor(store: Store, settings: RunSettings, startedAt: string, named?: string): Promise<Run> {
  const [started, finished] = await Promise.all([jsonAt<Run>(store, NEWEST.begun), jsonAt<Run>(store, NEWEST.finished)])
  const isOpen =
    started !== undefined &&
    started.run !== finished?.run &&
    Date.parse(startedAt) - Date.parse(started.startedAt) < A_DAY &&
    isSame(started.settings, settings)
  const run = named ?? (isOpen ? started.run : startedAt.replaceAll(/[^\w.-]/g, '-'))
  const known = await jsonAt<Run>(store, keysOf(run).run)
  if (known && !isSame(known.settings, settings))
    throw usageError(`Run ${run} was begun with other settings; give the run another name.`)
  if (known) return known
  const before = finished === undefined || finished.run === run ? null : finished.run
  const fresh: Run = {run, startedAt, settings, before}
  await store.write(keysOf(run).run, JSON.stringify(fresh))
  await store.write(NEWEST.begun, JSON.stringify(fresh))
  return fresh
}

const isSame = (one: RunSettings, other: RunSettings): boolean => JSON.stringify(one) === JSON.stringify(other)

async function unitsOf(settings: RunSettings): Promise<readonly Unit[]> {
  const open = await openerFor({count: {calls: 0, throttled: 0}})
  const {accounts, inactive, notes} = await accountsOf(accountsChoice(settings), open)
  for (const note of notes) console.warn(note)
  const split = listFrom('SPLIT_ACCOUNTS')
  const named = settings.regions === 'all' ? null : withoutExcluded(settings.regions, {...settings, names: PARAMETERS})
  const units = await Promise.all(
    accounts.map(async ({account, connection}): Promise<readonly Unit[]> => {
      if (account === null || !split.includes(account)) return [{account: account ?? '', regions: named}]
      const regions = named ?? (await regionsOf(connection, open, settings))
      return regions.map((region) => ({account, regions: [region]}))
    }),
  )
  return [...units.flat(), ...inactive.map(({account, why}) => ({account, regions: null, failed: why}))]
}

async function regionsOf(
  connection: Parameters<Open>[0],
  open: Open,
  settings: RunSettings,
): Promise<readonly string[]> {
  const {listedRegions} = await import('../collect/regions.ts')
  return withoutExcluded(await listedRegions(await open(connection)), {...settings, names: PARAMETERS})
}

const ORGANIZATION = 'organization'
const IS_UNIT = /^(?:ou|r)-/

/** `organization`, organizational units, or account ids. */
function accountsChoice({accounts: selection, excludedAccounts, includeSuspended}: RunSettings): AccountsChoice {
  const units = selection.filter((one) => IS_UNIT.test(one))
  const listed = selection.filter((one) => !IS_UNIT.test(one) && one !== ORGANIZATION)
  if (listed.length > 0 && listed.length < selection.length)
    throw usageError('Accounts: name accounts, or organizational units, or the organization, not several of these.')
  return {
    accounts:
      listed.length > 0
        ? {listed, source: PARAMETERS.accounts}
        : {units: selection.includes(ORGANIZATION) ? [] : units, suspended: includeSuspended},
    excludedAccounts,
    names: PARAMETERS,
    roleName: textFrom('ROLE_NAME'),
    externalId: textOr('EXTERNAL_ID'),
  }
}

/** Units whose Regions were not known when they were listed, with those that an earlier attempt found. */
async function withRegions(store: Store, run: string, units: readonly Unit[]): Promise<readonly Unit[]> {
  const keys = keysOf(run)
  const found = (await eachOf(await store.keysUnder(keys.regions), (key) => unitsAt(store, key))).flat()
  const regionsOf = new Map(found.map(({account, regions}) => [account, regions]))
  return units.map((unit) => ({...unit, regions: unit.regions ?? regionsOf.get(unit.account) ?? null}))
}

function remaining(units: readonly Unit[], parts: readonly string[]): readonly Unit[] {
  const examined = new Set(parts.map(nameIn))
  return units.flatMap(({account, regions, failed}): readonly Unit[] => {
    if (failed !== undefined) return []
    const left = regions?.filter((region) => !examined.has(`${account}.${region}`)) ?? null
    return left?.length === 0 ? [] : [{account, regions: left}]
  })
}
