import {type Account, itemsOf} from '../model/account.ts'
import {machinesIn} from '../model/hybrid.ts'

/** What a file says about itself: when and of which account it was read, and the instances and nodes it lists. */
interface Listing {
  readonly account: string | undefined
  readonly readAt: string
  readonly ids: readonly string[]
}

/**
 * Several files of an account may list the same instance. Only the newest counts for it: an older one may show it before
 * a change, and contain resources that no longer exist.
 */
interface NewestFiles<File> {
  /** Without the files all of whose instances are in newer ones. */
  readonly files: readonly File[]
  /** Whether this file, and not a newer one, counts for the instance. */
  readonly isNewest: (file: File, id: string) => boolean
  /** The file and those that complete its network: not the older ones that list an instance of it. */
  readonly completing: (file: File) => readonly File[]
  /** The instances that more than one file lists, with those files, the newest first. */
  readonly repeated: ReadonlyMap<string, readonly File[]>
}

/** Of two files of the same time, the first counts. */
export function newestFiles<File>(all: readonly File[], listingOf: (file: File) => Listing): NewestFiles<File> {
  const listings = new Map(all.map((file) => [file, listingOf(file)]))
  const newestFirst = [...all].sort((a, b) => timeOf(listings.get(b)!) - timeOf(listings.get(a)!))
  const byInstance = new Map<string, File[]>()
  for (const file of newestFirst) {
    const {account, ids} = listings.get(file)!
    for (const id of new Set(ids)) {
      const key = keyOf(account, id)
      const files = byInstance.get(key)
      if (files === undefined) byInstance.set(key, [file])
      else files.push(file)
    }
  }
  const listing = (file: File, id: string): readonly File[] =>
    byInstance.get(keyOf(listings.get(file)?.account, id)) ?? []
  const isNewest = (file: File, id: string): boolean => listing(file, id)[0] === file
  const files = all.filter((file) => {
    const {ids} = listings.get(file)!
    return ids.length === 0 || ids.some((id) => isNewest(file, id))
  })
  const known = new Map<string, readonly File[]>([['', files]])
  const completing = (file: File): readonly File[] => {
    const older = new Set(listings.get(file)!.ids.flatMap((id) => after(listing(file, id), file)))
    const key = files.flatMap((one, at) => (older.has(one) ? [at] : [])).join()
    const rest = known.get(key) ?? files.filter((one) => !older.has(one))
    known.set(key, rest)
    return rest
  }
  const repeated = [...byInstance].filter(([, found]) => found.length > 1)
  return {files, isNewest, completing, repeated: new Map(repeated.map(([key, found]) => [key.split(' ')[1]!, found]))}
}

const keyOf = (account: string | undefined, id: string): string => `${account} ${id}`
const timeOf = ({readAt}: Listing): number => Date.parse(readAt)
const after = <T>(list: readonly T[], item: T): readonly T[] => list.slice(list.indexOf(item) + 1)

export const listingOf = (account: Account): Listing => ({
  account: account.Caller?.Account,
  readAt: account.ReadAt,
  ids: [...itemsOf(account.Instances), ...machinesIn(account)].map(({InstanceId}) => InstanceId),
})
