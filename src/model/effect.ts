import {type Account, type ItemOf, isUnreadable, type Kind, type Unreadable} from './account.ts'
import {withItem, withItems, withNew, withPut} from './edits.ts'
import {describedBy, type KIND} from './kinds.ts'

/** What a change does to the account. */
export type Effect = (account: Account) => Account

/** Several effects, one after the other. */
export const inOrder =
  (...effects: readonly Effect[]): Effect =>
  (account) =>
    effects.reduce((changed, effect) => effect(changed), account)

/** Kinds whose items have an id. */
export type KeyedKind = {[K in Kind]: (typeof KIND)[K] extends {readonly key: string} ? K : never}[Kind]
type Known<K extends Kind> = Exclude<ItemOf<K>, Unreadable>
type FieldOf<K extends KeyedKind> = keyof ItemOf<K> & string

const keyOf = <K extends KeyedKind>(kind: K): FieldOf<K> => describedBy(kind).key as FieldOf<K>

/** The item with this id changes, unless it could not be read. */
export const edit =
  <K extends KeyedKind>(kind: K, id: string, change: (item: Known<K>) => Known<K>): Effect =>
  (account) =>
    withItem(account, kind, keyOf(kind), id, (item) => (isUnreadable(item) ? item : change(item as Known<K>)))

/** Fields of the item with this id have other values. */
export const set = <K extends KeyedKind>(kind: K, id: string, fields: Partial<Known<K>>): Effect =>
  edit(kind, id, (item) => Object.assign({}, item, fields))

export type ListField<K extends Kind> = {
  [F in keyof Known<K> & string]: NonNullable<Known<K>[F]> extends readonly unknown[] | Unreadable ? F : never
}[keyof Known<K> & string]
export type ListOf<K extends Kind, F extends ListField<K>> = Extract<NonNullable<Known<K>[F]>, readonly unknown[]>

/** A list in the item with this id changes, unless it could not be read. */
export const editList = <K extends KeyedKind, F extends ListField<K>>(
  kind: K,
  id: string,
  field: F,
  change: (items: ListOf<K, F>) => readonly ListOf<K, F>[number][],
): Effect =>
  edit(kind, id, (item) => {
    const items: unknown = item[field] ?? []
    return isUnreadable(items) ? item : Object.assign({}, item, {[field]: change(items as ListOf<K, F>)})
  })

/** Every item changes that is found by `value`: the content of a field, or one of several keys. */
export const editEach =
  <K extends Kind>(
    kind: K,
    field: (keyof ItemOf<K> & string) | ((item: ItemOf<K>) => readonly unknown[]),
    value: unknown,
    change: (item: ItemOf<K>) => ItemOf<K>,
  ): Effect =>
  (account) =>
    withItem(account, kind, field, value, change)

/** Every item of the kind may change. */
export const editAll =
  <K extends Kind>(kind: K, change: (item: ItemOf<K>) => ItemOf<K>): Effect =>
  (account) =>
    withItems(account, kind, (items) => items.map(change))

/** Items are added to a list in the item with this id. */
export const append = <K extends KeyedKind, F extends ListField<K>>(
  kind: K,
  id: string,
  field: F,
  ...added: readonly ListOf<K, F>[number][]
): Effect => editList(kind, id, field, (items) => [...items, ...added])

/** The item exists; it replaces one with the same id. */
export const put =
  <K extends KeyedKind>(kind: K, item: ItemOf<K>): Effect =>
  (account) =>
    withPut(account, kind, keyOf(kind), item)

/** Further items, whose ids are not known. */
export const add =
  <K extends Kind>(kind: K, ...items: readonly ItemOf<K>[]): Effect =>
  (account) =>
    withNew(account, kind, ...items)

/** The item with this id, or those whose other field has this value, no longer exist. */
export const remove =
  <K extends KeyedKind>(kind: K, value: string, field: FieldOf<K> = keyOf(kind)): Effect =>
  (account) =>
    withItem(account, kind, field, value, () => undefined)

/** Every such item no longer exists. */
export const removeWhere =
  <K extends Kind>(kind: K, isGone: (item: ItemOf<K>) => boolean): Effect =>
  (account) =>
    withItems(account, kind, (items) => items.filter((item) => !isGone(item)))
