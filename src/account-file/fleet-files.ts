import {stat} from 'node:fs/promises'
import {getHeapStatistics} from 'node:v8'
import type {Account} from '../model/account.ts'
import {counted} from '../util/counted.ts'
import {memo} from '../util/memo.ts'
import {isUsageError, usageError} from '../util/usage-error.ts'
import {filesOf, readAccounts, readFile} from './account-file.ts'
import {viewFor} from './fleet.ts'
import {listingOf, newestFiles} from './newest.ts'
import {type AccountFile, accountOf, contentOf, ignoredFileNote, isEmpty} from './parse-accounts.ts'
import type {Source} from './sources.ts'
import {type FileSummary, summaryOf, unanswered} from './summary.ts'
import {ownOf, viewsOf} from './views.ts'

/** One account and Region of a fleet of files. */
interface FleetFile {
  readonly account: string | null
  readonly region: string
  readonly readAt: string
  /** Its instances and their network; released after use, so it is in memory only where it is used. */
  readonly read: () => Promise<{readonly account: Account; readonly own: Account['Instances']}>
}

interface FleetFiles {
  readonly files: readonly FleetFile[]
  readonly notes: readonly string[]
  /** Files that are damaged or cannot be read; they do not stop the others. */
  readonly damaged: readonly string[]
}

interface FleetFilesOptions {
  /** The Region of files that do not name one. */
  readonly region?: string | undefined
  readonly report?: (what: string) => void
}

/**
 * The accounts and Regions in files: a first pass collects from each file what others may need, and keeps the account
 * until it is examined if memory allows; otherwise it is read again then, so only one at a time is in memory. What is
 * alone, or consists of AWS CLI responses, is read once.
 */
export async function fleetFilesIn(
  sources: readonly string[],
  {region, report = () => {}}: FleetFilesOptions,
): Promise<FleetFiles> {
  const options = {region, now: new Date().toISOString()}
  const files = await filesOf(sources)
  const isOnce = files.length === 1 || !(await Promise.all(files.map(isListedTwice))).every(Boolean)
  const snapshots = isOnce ? undefined : await snapshotsOf(files, options, report)
  if (snapshots === undefined) return await inMemory(sources, options)
  const readable = snapshots.flatMap((snapshot) => ('outline' in snapshot ? [snapshot] : []))
  const damaged = snapshots.flatMap((snapshot) => ('damage' in snapshot ? [snapshot.damage] : []))
  if (readable.length === 0) throw usageError(damaged[0] ?? 'No account found in these files.')
  const newest = newestFiles(readable, ({listing}) => listing)
  const outlines = await outlinesOf(newest.files, options)
  const outlineOf = new Map(newest.files.map((file, at) => [file, outlines[at]!.account] as const))
  const fleetOf = memo((files: readonly Snapshot[]) => files.map((file) => outlineOf.get(file)!))
  const accountFiles = newest.files.map(
    (file): FleetFile => ({
      ...placeOf(file.outline.account),
      read: async () => {
        const own = ownOf(await accountIn(file, options), (id) => newest.isNewest(file, id))
        file.account = undefined
        return {account: viewFor(fleetOf(newest.completing(file)), own), own: own.Instances}
      },
    }),
  )
  const notes = snapshots.flatMap((snapshot) => ('notes' in snapshot ? snapshot.notes : []))
  return {files: accountFiles, notes: [...notes, ...repeatedNote(newest.repeated, ({file}) => file.name)], damaged}
}

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

/** Pipes, such as those of `<(…)` in a shell, are empty when they are read again. A folder is one that cannot be listed. */
const isListedTwice = async ({path}: Source): Promise<boolean> =>
  path !== undefined &&
  (await stat(path).then(
    (found) => found.isFile() || found.isDirectory(),
    () => true,
  ))

type Options = {readonly region: string | undefined; readonly now: string}

async function inMemory(sources: readonly string[], options: Options): Promise<FleetFiles> {
  const {accounts, notes} = await readAccounts(sources, options)
  const {views, repeated} = viewsOf(accounts)
  return {
    files: views.map((view) => ({...placeOf(view.account), read: async () => view})),
    notes: [...notes, ...repeatedNote(repeated, ({ReadAt}) => `The file of ${ReadAt}`)],
    damaged: [],
  }
}

interface Snapshot {
  readonly file: Source
  readonly outline: FileSummary
  /** Kept if memory allows, until it is examined. */
  account: Account | undefined
  readonly listing: ReturnType<typeof listingOf>
  readonly notes: readonly string[]
}
type IgnoredFile = {readonly notes: readonly string[]} | {readonly damage: string}

/** The type of each file; undefined if one is not an account file, so that all belong together. */
async function snapshotsOf(
  files: readonly Source[],
  options: Options,
  report: (what: string) => void,
): Promise<readonly (Snapshot | IgnoredFile)[] | undefined> {
  const snapshots: (Snapshot | IgnoredFile)[] = []
  for (const [at, file] of files.entries()) {
    report(`Reading file ${at + 1} of ${files.length}: ${file.name}`)
    const snapshot = await snapshotOf(file, options)
    if (snapshot === undefined) return undefined
    snapshots.push(snapshot)
  }
  return snapshots
}

async function snapshotOf(file: Source, options: Options): Promise<Snapshot | IgnoredFile | undefined> {
  try {
    const content = contentOf(await readFile(file))
    if (isEmpty(content)) return {notes: [ignoredFileNote(content)]}
    if (!content.isAccountFile) return undefined
    const {accounts, notes} = accountOf(content, options)
    const account = accounts[0]!
    const listing = listingOf(account)
    return {file, outline: summaryOf(account), account: hasRoom() ? account : undefined, listing, notes}
  } catch (error) {
    if (!isUsageError(error)) throw error
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

/** A notice that older files do not count for some instances. */
function repeatedNote<File>(
  repeated: ReadonlyMap<string, readonly File[]>,
  nameOf: (file: File) => string,
): readonly string[] {
  const [first] = repeated
  if (!first) return []
  const [id, [newest, ...older]] = first
  const others = older.length === 1 ? 'another file' : `${older.length} other files`
  const more = repeated.size > 1 ? `, and ${counted(repeated.size - 1, 'other instance')} several files` : ''
  return [`${nameOf(newest!)} and ${others} list ${id}${more}: for each instance only the newest file counts.`]
}
