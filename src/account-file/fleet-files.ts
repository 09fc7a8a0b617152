import {stat} from 'node:fs/promises'
import {getHeapStatistics} from 'node:v8'
import {type Account, itemsOf} from '../model/account.ts'
import {usageError} from '../util/usage-error.ts'
import {filesOf, readAccounts, readFile} from './account-file.ts'
import {viewFor} from './fleet.ts'
import {type AccountFile, accountOf, contentOf, ignoredFileNote, isEmpty} from './parse-accounts.ts'
import type {Source} from './sources.ts'
import {type FileSummary, summaryOf, unanswered} from './summary.ts'

/** One account and Region of a fleet of files. */
interface FleetFile {
  readonly account: string | null
  readonly region: string
  readonly readAt: string
  /** Its instances and their network; released after use, so it is in memory only where it is used. */
  readonly read: () => Promise<{readonly account: Account; readonly own: Account['Instances']}>
}

interface FleetFiles {
  readonly homes: readonly FleetFile[]
  readonly notes: readonly string[]
  /** Files that are damaged or cannot be read; they do not stop the others. */
  readonly damaged: readonly string[]
}

interface FleetFilesOptions {
  /** The Region of files that do not name one. */
  readonly region?: string | undefined
  readonly say?: (what: string) => void
}

/**
 * The accounts and Regions in files: a first pass collects from each file what others may need, and keeps the account
 * until it is examined if memory allows; otherwise it is read again then, so only one at a time is in memory. What is
 * alone, or consists of AWS CLI responses, is read once.
 */
export async function fleetFilesIn(
  sources: readonly string[],
  {region, say = () => {}}: FleetFilesOptions,
): Promise<FleetFiles> {
  const options = {region, now: new Date().toISOString()}
  const files = await filesOf(sources)
  const isOnce = files.length === 1 || !(await Promise.all(files.map(isThereTwice))).every(Boolean)
  const snapshots = isOnce ? undefined : await looksAt(files, options, say)
  if (snapshots === undefined) return await inMemory(sources, options)
  const good = snapshots.flatMap((snapshot) => ('outline' in snapshot ? [snapshot] : []))
  const damaged = snapshots.flatMap((snapshot) => ('damage' in snapshot ? [snapshot.damage] : []))
  if (good.length === 0) throw usageError(damaged[0] ?? 'No account found in these files.')
  const fleet = (await outlinesOf(good, options)).map(({account}) => account)
  return {
    homes: good.map((snapshot) => homeOf(snapshot, fleet, options)),
    notes: [...snapshots.flatMap((snapshot) => ('notes' in snapshot ? snapshot.notes : [])), ...listedTwice(good)],
    damaged,
  }
}

const homeOf = (snapshot: Snapshot, fleet: readonly Account[], options: Options): FleetFile => ({
  ...placeOf(snapshot.outline.account),
  read: async () => {
    const ownAccount = await accountIn(snapshot, options)
    snapshot.account = undefined
    return {account: viewFor(fleet, ownAccount), own: ownAccount.Instances}
  },
})

const placeOf = ({Caller, Region, ReadAt}: Account) => ({
  account: Caller?.Account ?? null,
  region: Region,
  readAt: ReadAt,
})

const accountIn = async ({file, account}: Snapshot, options: Options): Promise<Account> =>
  account ?? onlyOf(await readFile(file), options)

/** The share of V8's memory for the files themselves; three times as much is left for examining them. */
function hasRoom(): boolean {
  const {used_heap_size, heap_size_limit} = getHeapStatistics()
  return used_heap_size < heap_size_limit / 4
}

function onlyOf(file: AccountFile, options: Options): Account {
  const [account] = accountOf(contentOf(file), options).accounts
  if (!account) throw usageError(`${file.name}: expected an account file.`)
  return account
}

/** Pipes, such as those of `<(…)` in a shell, are empty when they are read again. */
const isThereTwice = async ({path}: Source): Promise<boolean> =>
  path !== undefined &&
  (await stat(path).then(
    (found) => found.isFile(),
    () => true,
  ))

type Options = {readonly region: string | undefined; readonly now: string}

async function inMemory(sources: readonly string[], options: Options): Promise<FleetFiles> {
  const {accounts, notes} = await readAccounts(sources, options)
  const homes = accounts.map((account): FleetFile => {
    const snapshot = {account: viewFor(accounts, account), own: account.Instances}
    return {...placeOf(account), read: async () => snapshot}
  })
  return {homes, notes, damaged: []}
}

interface Snapshot {
  readonly file: Source
  readonly outline: FileSummary
  /** Kept if memory allows, until it is examined. */
  account: Account | undefined
  /** The instances that the file lists. */
  readonly ids: readonly string[]
  readonly notes: readonly string[]
}
type Aside = {readonly notes: readonly string[]} | {readonly damage: string}

/** The type of each file; undefined if one is not an account file, so that all belong together. */
async function looksAt(
  files: readonly Source[],
  options: Options,
  say: (what: string) => void,
): Promise<readonly (Snapshot | Aside)[] | undefined> {
  const snapshots: (Snapshot | Aside)[] = []
  for (const [at, file] of files.entries()) {
    say(`Reading file ${at + 1} of ${files.length}: ${file.name}`)
    const snapshot = await lookAt(file, options)
    if (snapshot === undefined) return undefined
    snapshots.push(snapshot)
  }
  return snapshots
}

async function lookAt(file: Source, options: Options): Promise<Snapshot | Aside | undefined> {
  try {
    const content = contentOf(await readFile(file))
    if (isEmpty(content)) return {notes: [ignoredFileNote(content)]}
    if (!content.whole) return undefined
    const {accounts, notes} = accountOf(content, options)
    const account = accounts[0]!
    const ids = itemsOf(account.Instances).map(({InstanceId}) => InstanceId)
    return {file, outline: summaryOf(account), account: hasRoom() ? account : undefined, ids, notes}
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'UsageError') throw error
    return {damage: error.message}
  }
}

/** If files name what others omitted, all are read once more. */
async function outlinesOf(snapshots: readonly Snapshot[], options: Options): Promise<readonly FileSummary[]> {
  const outlines = snapshots.map(({outline}) => outline)
  const requestedIds = unanswered(outlines)
  if (requestedIds.size === 0) return outlines
  const again: FileSummary[] = []
  for (const snapshot of snapshots) again.push(summaryOf(await accountIn(snapshot, options), requestedIds))
  return again
}

/** An instance belongs to each file that lists it, and is counted for each: a notice says so. */
function listedTwice(snapshots: readonly Snapshot[]): readonly string[] {
  const first = new Map<string, string>()
  const again: (readonly [id: string, file: string])[] = []
  for (const {file, ids} of snapshots)
    for (const id of ids)
      if (first.has(id)) again.push([id, file.name])
      else first.set(id, file.name)
  const [one] = again
  if (!one) return []
  const [id, file] = one
  const files = new Set(again.map(([, name]) => name)).size
  const also = files > 1 ? `, and ${files - 1} more files list some again` : ''
  return [
    `${first.get(id)} and ${file} both list ${id}${also}: each is examined on its own, and for the network resources that they share the newer file counts.`,
  ]
}
