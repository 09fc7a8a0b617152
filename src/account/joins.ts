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
import {memo} from './memo.ts'

type Items = readonly object[]

/** field → value → the items that carry it; made once for each list, so that fleets are searched in constant time. */
const indexes = memo((_: Items) => new Map<string, ReadonlyMap<unknown, Items>>())

function indexOf(items: Items, field: string): ReadonlyMap<unknown, Items> {
  const known = indexes(items).get(field)
  if (known) return known
  const fresh = new Map<unknown, object[]>()
  for (const item of items) {
    const value = (item as Record<string, unknown>)[field]
    const same = fresh.get(value)
    if (same) same.push(item)
    else fresh.set(value, [item])
  }
  indexes(items).set(field, fresh)
  return fresh
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
    inVpc.find(({Associations}) => Associations.some(({Main}) => Main)) ??
    (isUnreadable(RouteTables) ? RouteTables : undefined)
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

/** A copy of the account with the known items of one kind changed: how remedies write. */
export const withItems = <K extends Kind>(
  account: Account,
  kind: K,
  change: (items: readonly ItemOf<K>[]) => readonly ItemOf<K>[],
): Account => {
  const reading = account[kind] as Reading<ItemOf<K>>
  return {...account, [kind]: isUnreadable(reading) ? {...reading, known: change(itemsOf(reading))} : change(reading)}
}

/** A copy of the account in which the items of one kind with this id are replaced by what `change` makes of them. */
export const withItem = <K extends Kind>(
  account: Account,
  kind: K,
  field: keyof ItemOf<K> & string,
  id: unknown,
  change: (item: ItemOf<K>) => ItemOf<K>,
): Account => withItems(account, kind, (items) => items.map((item) => (item[field] === id ? change(item) : item)))
