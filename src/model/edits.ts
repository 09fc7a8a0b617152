import {type Account, type ItemOf, isUnreadable, itemsOf, type Kind, type Reading} from './account.ts'
import {allWith, copyOf} from './lists.ts'

const withReading = <K extends Kind>(account: Account, kind: K, items: readonly ItemOf<K>[]): Account => {
  const reading = account[kind] as Reading<ItemOf<K>>
  return {...account, [kind]: isUnreadable(reading) ? {...reading, known: items} : items}
}

const knownOf = <K extends Kind>(account: Account, kind: K): readonly ItemOf<K>[] =>
  itemsOf(account[kind] as Reading<ItemOf<K>>)

/** A copy of the account with the known items of one kind changed: used by remedies. */
export const withItems = <K extends Kind>(
  account: Account,
  kind: K,
  change: (items: readonly ItemOf<K>[]) => readonly ItemOf<K>[],
): Account => withReading(account, kind, change(knownOf(account, kind)))

/** A copy of the account with further items of one kind. */
export const withNew = <K extends Kind>(account: Account, kind: K, ...added: readonly ItemOf<K>[]): Account =>
  withItems(account, kind, (items) => copyOf(items, new Map(), added))

/** A copy of the account with this item, which replaces the one with the same id, if any. */
export const withPut = <K extends Kind>(
  account: Account,
  kind: K,
  field: keyof ItemOf<K> & string,
  item: ItemOf<K>,
): Account => {
  const known = allWith(knownOf(account, kind) as readonly object[], field as never, item[field])
  return known.length > 0 ? withItem(account, kind, field, item[field], () => item) : withNew(account, kind, item)
}

/** A copy of the account in which the items of one kind with this id are changed, or removed if nothing is left. */
export function withItem<K extends Kind>(
  account: Account,
  kind: K,
  field: (keyof ItemOf<K> & string) | ((item: ItemOf<K>) => readonly unknown[]),
  id: unknown,
  change: (item: ItemOf<K>) => ItemOf<K> | undefined,
): Account {
  const items = knownOf(account, kind)
  const found = allWith(items as readonly object[], field as never, id) as readonly ItemOf<K>[]
  if (found.length === 0) return account
  return withReading(account, kind, copyOf(items, new Map(found.map((item) => [item, change(item)]))))
}
