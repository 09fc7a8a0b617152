import {memo} from '../util/memo.ts'
import {
  type Account,
  type Instance,
  type InstanceNetworkInterface,
  type ItemOf,
  isUnreadable,
  itemsOf,
  type Kind,
  type NetworkAcl,
  type Reading,
  type RouteTable,
  type Unreadable,
} from './account.ts'

type Items = readonly object[]

type Index = Pick<ReadonlyMap<unknown, Items>, 'get'>

/** field → value → the items that carry it; made once for each list, so that fleets are searched in constant time. */
const indexes = memo((_: Items) => new Map<string, Index>())

function indexOf(items: Items, field: string): Index {
  const known = indexes(items).get(field)
  if (known) return known
  const fresh = (isLong(items) ? indexLike(items, field) : undefined) ?? freshIndex(items, field)
  indexes(items).set(field, fresh)
  return fresh
}

const valueIn = (item: object, field: string): unknown => (item as Record<string, unknown>)[field]

function freshIndex(items: Items, field: string): Index {
  const fresh = new Map<unknown, object[]>()
  for (const item of items) {
    const value = valueIn(item, field)
    const same = fresh.get(value)
    if (same) same.push(item)
    else fresh.set(value, [item])
  }
  return fresh
}

/** From here on a copy is searched through the index of the list it was made from. */
const isLong = ({length}: Items): boolean => length > 500

/** What stands in a place now, and what stood there before. */
interface Difference {
  readonly before: object | undefined
  readonly after: object | undefined
}

/** A list as it was before a few of its items changed or some were added to its end. */
interface Origin {
  readonly items: Items
  readonly differences: readonly Difference[]
}

const origins = new WeakMap<Items, Origin>()

/**
 * The index of a list that differs from an indexed one in a few places: a model of a fleet changes one item of a hundred
 * thousand, and is asked for a few.
 */
function indexLike(items: Items, field: string): Index | undefined {
  const origin = origins.get(items)
  if (!origin) return undefined
  const {differences} = origin
  const index = indexOf(origin.items, field)
  const holds = (item: object | undefined, value: unknown) => item !== undefined && valueIn(item, field) === value
  return {
    get: (value) => {
      const near = differences.filter(({before, after}) => holds(before, value) || holds(after, value))
      if (near.length === 0) return index.get(value)
      // Where in the order of its new value an item stands that had another one before, only the list tells.
      if (near.some(({before, after}) => before !== undefined && holds(after, value) && !holds(before, value)))
        return items.filter((item) => holds(item, value))
      const kept = (index.get(value) ?? []).flatMap((item) => {
        const change = near.find(({before}) => before === item)
        return change === undefined ? [item] : change.after && holds(change.after, value) ? [change.after] : []
      })
      return [...kept, ...near.flatMap(({before, after}) => (before === undefined && after ? [after] : []))]
    },
  }
}

const NONE: readonly never[] = []

/** Every known item whose `field` is `value`. */
export const allWith = <T extends object>(reading: Reading<T>, field: keyof T & string, value: unknown): readonly T[] =>
  (indexOf(itemsOf(reading), field).get(value) as readonly T[] | undefined) ?? NONE

/** The item whose `field` is `value`; why it cannot be told; or undefined, when it does not exist. */
export const lookup = <T extends object>(
  reading: Reading<T>,
  field: keyof T & string,
  value: unknown,
): T | Unreadable | undefined => allWith(reading, field, value)[0] ?? (isUnreadable(reading) ? reading : undefined)

/** The item whose `field` is `value`, when it is known. */
export function find<T extends object>(
  reading: Reading<T>,
  field: keyof T & string,
  value: unknown,
): Exclude<T, Unreadable> | undefined {
  const item = allWith(reading, field, value)[0]
  return isUnreadable(item) ? undefined : (item as Exclude<T, Unreadable> | undefined)
}

export const nameOf = ({
  Tags,
}: {
  readonly Tags?: readonly {readonly Key?: string | undefined; readonly Value?: string | undefined}[] | undefined
}) => Tags?.find(({Key}) => Key === 'Name')?.Value

export const isWindows = ({Platform, PlatformDetails}: Instance): boolean =>
  Platform?.toLowerCase() === 'windows' || (PlatformDetails ?? '').startsWith('Windows')

/**
 * The interface that carries the default route of an untouched operating system: device 0 of card 0.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
 */
export const primaryInterfaceOf = ({NetworkInterfaces}: Instance): InstanceNetworkInterface | undefined =>
  NetworkInterfaces.find(
    ({Attachment}) => (Attachment?.DeviceIndex ?? 0) === 0 && (Attachment?.NetworkCardIndex ?? 0) === 0,
  ) ?? NetworkInterfaces[0]

/** The table that routes what leaves the subnet: its own, or the main table of the VPC. */
export function routeTableOf(
  {RouteTables}: Pick<Account, 'RouteTables'>,
  subnet: {readonly SubnetId: string; readonly VpcId: string},
): RouteTable | Unreadable | undefined {
  const inVpc = allWith(RouteTables, 'VpcId', subnet.VpcId)
  return (
    inVpc.find(({Associations}) => Associations.some(({SubnetId}) => SubnetId === subnet.SubnetId)) ??
    (isUnreadable(RouteTables) ? RouteTables : inVpc.find(({Associations}) => Associations.some(({Main}) => Main)))
  )
}

const aclBySubnet = memo((acls: readonly NetworkAcl[]) => {
  const found = new Map<string, NetworkAcl>()
  for (const acl of acls)
    for (const {SubnetId} of acl.Associations) if (SubnetId !== undefined) found.set(SubnetId, acl)
  return found
})

export const networkAclOf = (
  {NetworkAcls}: Pick<Account, 'NetworkAcls'>,
  subnetId: string,
): NetworkAcl | Unreadable | undefined =>
  aclBySubnet(itemsOf(NetworkAcls)).get(subnetId) ?? (isUnreadable(NetworkAcls) ? NetworkAcls : undefined)

const withReading = <K extends Kind>(account: Account, kind: K, items: readonly ItemOf<K>[]): Account => {
  const reading = account[kind] as Reading<ItemOf<K>>
  return {...account, [kind]: isUnreadable(reading) ? {...reading, known: items} : items}
}

const knownOf = <K extends Kind>(account: Account, kind: K): readonly ItemOf<K>[] =>
  itemsOf(account[kind] as Reading<ItemOf<K>>)

/** A copy of the account with the known items of one kind changed: how remedies write. */
export const withItems = <K extends Kind>(
  account: Account,
  kind: K,
  change: (items: readonly ItemOf<K>[]) => readonly ItemOf<K>[],
): Account => withReading(account, kind, change(knownOf(account, kind)))

/** A copy of the account with further items of one kind. */
export function withNew<K extends Kind>(account: Account, kind: K, ...added: readonly ItemOf<K>[]): Account {
  const before = knownOf(account, kind)
  const after = before.concat(added)
  const differences = added.map((item): Difference => ({before: undefined, after: item as object}))
  if (isLong(before as Items)) origins.set(after as Items, {items: before as Items, differences})
  return withReading(account, kind, after)
}

/** A copy of the account with this item, in the place of the one with the same id where there is one. */
export const withPut = <K extends Kind>(
  account: Account,
  kind: K,
  field: keyof ItemOf<K> & string,
  item: ItemOf<K>,
): Account => {
  const known = allWith(knownOf(account, kind) as readonly object[], field as never, item[field])
  return known.length > 0 ? withItem(account, kind, field, item[field], () => item) : withNew(account, kind, item)
}

/** A copy of the account in which the items of one kind with this id are replaced by what `change` makes of them. */
export function withItem<K extends Kind>(
  account: Account,
  kind: K,
  field: keyof ItemOf<K> & string,
  id: unknown,
  change: (item: ItemOf<K>) => ItemOf<K>,
): Account {
  const items = knownOf(account, kind)
  const after = items.slice()
  const differences: Difference[] = []
  for (const before of allWith(items as readonly object[], field as never, id) as readonly ItemOf<K>[]) {
    const at = items.indexOf(before)
    const changed = change(before)
    after[at] = changed
    differences.push({before: before as object, after: changed as object})
  }
  if (differences.length === 0) return account
  if (isLong(items as Items)) origins.set(after as Items, {items: items as Items, differences})
  return withReading(account, kind, after)
}
