import {type Account, isUnreadable, itemsOf, type Kind, type Reading} from '../../model/account.ts'
import {edit, editList, type KeyedKind, type ListField, type ListOf, remove} from '../../model/effect.ts'
import {
  AFTER_APPLY,
  candidatesOf,
  hasUnknown,
  isSame,
  listOf,
  objectOf,
  type PlannedResource,
  type Properties,
  textOf,
  textsOf,
} from '../resource.ts'
import {withinBoth} from '../scope.ts'

/** The effect of one kind of resource on the model. A change removes the earlier version and adds the new one. */
export interface ResourceEffect {
  readonly add: (account: Account, properties: Properties, resource: PlannedResource) => Account
  readonly remove: (account: Account, properties: Properties, resource: PlannedResource) => Account
  /** True if it is a part of another resource: its earlier version is removed before it changes. */
  readonly isPart?: true
}

export const callersAccount = ({Caller}: Account): string => Caller?.Account ?? ''

/** Why a part of the model is unreadable. */
export const afterApply = (address: string): string => `${address}: ${AFTER_APPLY}`

/**
 * The reading with its items known and the rest not: an item that is known only after apply may be among the rest, in
 * the VPC if the plan names one, or several that it may be.
 */
export const someUnknown = (account: Account, kind: Kind, address: string, vpcId?: unknown): Account => {
  const reading = account[kind] as Reading<unknown>
  const known = itemsOf(reading)
  return {...account, [kind]: {unreadable: afterApply(address), known, ...withinBoth(reading, possibleIds(vpcId))}}
}

/** The item is not what it was, and what it will be is known only after apply. */
export const itemUnknown = (account: Account, kind: KeyedKind, id: string, address: string, vpcId?: unknown): Account =>
  someUnknown(remove(kind, id)(account), kind, address, vpcId)

/** IAM resources by name or ARN: a plan refers to them by either. */
export const arnOf = (account: Account, kind: string, name: string): string =>
  name.startsWith('arn:') ? name : `arn:${account.Partition}:iam::${callersAccount(account)}:${kind}/${name}`

/** The id that is in the plan, or those that it may be. */
export const possibleIds = (id: unknown): readonly string[] | undefined => {
  const text = textOf(id)
  return text === undefined ? candidatesOf(id) : [text]
}

/** The plan does not identify the item that it changes, so none is known. */
export const allUnknown = (account: Account, kind: Kind, address: string): Account => ({
  ...account,
  [kind]: {unreadable: afterApply(address)},
})

/** The plan names only what it may change: each of these is unknown, or all items if even that is not known. */
export const eachUnknown = (
  account: Account,
  kind: Kind,
  id: unknown,
  address: string,
  makeUnknown: (account: Account, id: string) => Account,
): Account => possibleIds(id)?.reduce(makeUnknown, account) ?? allUnknown(account, kind, address)

/** A resource without which the model has one item less. */
export const removalOf =
  (kind: KeyedKind): ResourceEffect['remove'] =>
  (account, _, {id}) =>
    remove(kind, id)(account)

/** A list that is a property of the item: unknown if one item is; as it was if the plan does not set it. */
export const listIn = (
  properties: Properties,
  address: string,
  itemsOf: (item: Properties) => readonly object[],
  more: readonly object[] = [],
): Properties =>
  Object.fromEntries(
    Object.entries(properties)
      .filter(([, list]) => list !== undefined)
      .map(([name, list]) => [
        name,
        hasUnknown(list)
          ? {unreadable: afterApply(address)}
          : [...more, ...listOf(list).map(objectOf).flatMap(itemsOf)],
      ]),
  )

/**
 * What changes of an item, which is everything of a new one. The rest stays as it is in the account: rules, routes and
 * policies that are resources of their own are in its lists as well, and change without it.
 */
export const changedOf = (known: object | undefined, after: Properties, before: Properties = {}): Properties =>
  known
    ? Object.fromEntries(
        Object.entries(after).filter(([name, value]) => before[name] === undefined || !isSame(before[name], value)),
      )
    : after

export const groupsIn = (ids: unknown) => textsOf(ids).map((GroupId) => ({GroupId}))

type Tag = {readonly Key: string; readonly Value: string}
const tagsOf = (value: unknown): readonly Tag[] =>
  listOf(value)
    .map(objectOf)
    .flatMap(({Key, Value}) => (typeof Key === 'string' ? [{Key, Value: textOf(Value) ?? ''}] : []))

/** Tags that the plan does not manage stay, such as those of AWS. */
export function tagsAfter<T extends {readonly Key?: string | undefined}>(
  known: readonly T[] | undefined,
  before: unknown,
  after: unknown,
): {readonly Tags?: readonly (T | Tag)[]} {
  if (after === undefined || hasUnknown(after)) return {}
  const managed = new Set([...tagsOf(before), ...tagsOf(after)].map(({Key}) => Key))
  const others = (known ?? []).filter(({Key}) => Key === undefined || !managed.has(Key))
  return {Tags: [...others, ...tagsOf(after)]}
}

interface ListPart<K extends KeyedKind, F extends ListField<K>> {
  readonly kind: K
  /** The property that names the item, and its id on the model. */
  readonly owner: string
  readonly idOf?: (owner: string) => string
  readonly list: F
  readonly itemOf: (properties: Properties) => ListOf<K, F>[number]
  readonly isSame: (one: ListOf<K, F>[number], other: ListOf<K, F>[number]) => boolean
}

/** A resource that is an item in a list of another one. With one item known only after apply, the list is unknown. */
export function partOfList<K extends KeyedKind, F extends ListField<K>>(part: ListPart<K, F>): ResourceEffect {
  const {kind, owner, idOf = (id) => id, list, itemOf, isSame} = part
  const without = (properties: Properties) => {
    const former = itemOf(properties)
    return (items: ListOf<K, F>) => items.filter((item) => !isSame(item, former))
  }
  return {
    add: (account, properties, {address}) => {
      const id = textOf(properties[owner])
      const withUnknownList = (model: Account, one: string) =>
        edit(kind, idOf(one), (item) =>
          isUnreadable(item[list]) ? item : Object.assign({}, item, {[list]: {unreadable: afterApply(address)}}),
        )(model)
      if (id === undefined) return eachUnknown(account, kind, properties[owner], address, withUnknownList)
      if (hasUnknown(properties)) return withUnknownList(account, id)
      return editList(kind, idOf(id), list, (items) => [...without(properties)(items), itemOf(properties)])(account)
    },
    remove: (account, properties) =>
      editList(kind, idOf(textOf(properties[owner]) ?? ''), list, without(properties))(account),
    isPart: true,
  }
}
