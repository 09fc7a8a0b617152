import {type Account, isUnreadable, itemsOf, type Kind, type Reading, whyUnreadable} from '../model/account.ts'
import {KIND, type KindsWith, kindsWith} from '../model/kinds.ts'
import {allWith, isUnique} from '../model/lists.ts'
import {groupBy} from '../util/group-by.ts'
import type {JsonObject} from '../util/json.ts'
import {memo} from '../util/memo.ts'
import {namesFor} from './fleet-names.ts'

/** EC2 resources, whose ids are unique; everything else comes from the account's own file only. */
export const SHARED = kindsWith('shared')

type SharedKind = KindsWith<'shared'>

/** A resource as one of the files has it. */
interface Candidate {
  readonly item: JsonObject
  readonly isOwners: boolean
  readonly readAt: number
}

/** All EC2 resources in the files of one partition, each once, in one list that all views share. */
type Pool = Readonly<Record<SharedKind, readonly JsonObject[]>>

function ownerOf({OwnerId, VpcOwnerId, NetworkInterfaces}: JsonObject): unknown {
  if (OwnerId !== undefined || VpcOwnerId !== undefined) return OwnerId ?? VpcOwnerId
  const [first] = Array.isArray(NetworkInterfaces) ? NetworkInterfaces : []
  return (first as JsonObject | undefined)?.OwnerId
}

/** The owner's view wins, then the later one; what could not be read never wins. */
const isNewer = (one: Candidate, other: Candidate): boolean => {
  const [read, otherRead] = [!isUnreadable(one.item), !isUnreadable(other.item)]
  if (read !== otherRead) return read
  return one.isOwners === other.isOwners ? one.readAt > other.readAt : one.isOwners
}

const itemsOfKind = (account: Account, kind: Kind): readonly JsonObject[] =>
  itemsOf<unknown>(account[kind]) as readonly JsonObject[]

function poolOf(accounts: readonly Account[], kind: SharedKind): Pool[SharedKind] {
  const {key} = KIND[kind]
  const all = accounts.flatMap((account) => itemsOfKind(account, kind))
  if (isUnique(all, key)) return all
  const best = new Map<unknown, Candidate>()
  for (const account of accounts) {
    const readAt = Date.parse(account.ReadAt)
    for (const item of itemsOfKind(account, kind)) {
      const owner = ownerOf(item)
      const candidate = {item, readAt, isOwners: owner !== undefined && owner === account.Caller?.Account}
      const known = best.get(item[key])
      if (known === undefined || isNewer(candidate, known)) best.set(item[key], candidate)
    }
  }
  return [...best.values()].map(({item}) => item)
}

const pools = memo((fleet: readonly Account[]) => {
  const partitions = groupBy(fleet, ({Partition}) => Partition)
  const entries = [...partitions].map(([partition, accounts]) => {
    const pool = Object.fromEntries(SHARED.map((kind) => [kind, poolOf(accounts, kind)]))
    return [partition, pool as unknown as Pool] as const
  })
  return new Map(entries)
})

/** Accounts whose files are complete for this Region: an account with gaps in its file may own more than it shows. */
const isComplete = (account: Account): boolean => SHARED.every((kind) => !isUnreadable(account[kind]))

const observers = memo((fleet: readonly Account[]) => {
  const groups = groupBy(fleet.filter(isComplete), ({Partition, Region}) => `${Partition} ${Region}`)
  return new Map(
    [...groups].map(([place, all]) => [place, [...new Set(all.flatMap(({Caller}) => Caller?.Account ?? []))]]),
  )
})

const otherOwners = (fleet: readonly Account[], {Partition, Region, Caller}: Account): readonly string[] =>
  (observers(fleet).get(`${Partition} ${Region}`) ?? []).filter((account) => account !== Caller?.Account)

/** An instance belongs to the file that lists it, whatever other files contain. */
function instancesFor(ownAccount: Account, items: Pool[SharedKind]): readonly JsonObject[] {
  const own = itemsOfKind(ownAccount, 'Instances')
  if (own.every((instance) => allWith(items, 'InstanceId', instance.InstanceId)[0] === instance)) return items
  const ids = new Set(own.map(({InstanceId}) => InstanceId))
  return [...own, ...items.filter(({InstanceId}) => !ids.has(InstanceId))]
}

/** If only summaries of the fleet are in memory, they do not contain the interfaces of the account's own instances. */
function interfacesFor(ownAccount: Account, items: Pool[SharedKind]): readonly JsonObject[] {
  const own = itemsOfKind(ownAccount, 'NetworkInterfaces').filter(
    ({NetworkInterfaceId}) => allWith(items, 'NetworkInterfaceId', NetworkInterfaceId).length === 0,
  )
  return own.length === 0 ? items : [...items, ...own]
}

const itemsFor = (ownAccount: Account, kind: SharedKind, pool: Pool): readonly JsonObject[] =>
  kind === 'Instances'
    ? instancesFor(ownAccount, pool[kind])
    : kind === 'NetworkInterfaces'
      ? interfacesFor(ownAccount, pool[kind])
      : pool[kind]

function readingFor(ownAccount: Account, kind: SharedKind, pool: Pool): Reading<JsonObject> {
  const items = itemsFor(ownAccount, kind, pool)
  const own: Reading<unknown> = ownAccount[kind]
  if (!isUnreadable(own)) return items
  return items.length === 0 ? whyUnreadable(own) : {unreadable: own.unreadable, known: items}
}

const views = memo((_: readonly Account[]) => new WeakMap<Account, Account>())

/**
 * The account with the EC2 resources of the other files of the fleet: a hub in another account's file completes the
 * path of a spoke. All views of a fleet share the lists, so they are created, and indexed, once.
 */
export function viewFor(fleet: readonly Account[], ownAccount: Account): Account {
  if (fleet.length < 2) return ownAccount
  const known = views(fleet).get(ownAccount)
  if (known !== undefined) return known
  const pool = pools(fleet).get(ownAccount.Partition)
  if (pool === undefined) return ownAccount
  const readings = Object.fromEntries(SHARED.map((kind) => [kind, readingFor(ownAccount, kind, pool)]))
  const view: Account = {
    ...ownAccount,
    ...readings,
    ...namesFor(fleet, ownAccount),
    AlsoSeenBy: otherOwners(fleet, ownAccount),
  }
  views(fleet).set(ownAccount, view)
  return view
}
