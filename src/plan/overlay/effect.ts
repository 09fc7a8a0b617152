import {type Account, itemsOf, type Kind, type Reading} from '../../model/account.ts'
import {AFTER_APPLY, candidatesOf, type PlannedResource, type Properties, textOf} from '../resource.ts'
import {withinBoth} from '../scope.ts'

/** The effect of one kind of resource on the model. A change removes the earlier version and adds the new one. */
export interface Effect {
  readonly add: (account: Account, properties: Properties, resource: PlannedResource) => Account
  readonly remove: (account: Account, properties: Properties, resource: PlannedResource) => Account
}

export const accountIdOf = ({Caller}: Account): string => Caller?.Account ?? ''

/** Why a part of the model is unreadable. */
export const afterApply = (address: string): string => `${address}: ${AFTER_APPLY}`

/** The reading with its items known and the rest not: an item that is known only after apply may be among the rest. */
export const inDoubt = <K extends Kind>(
  account: Account,
  kind: K,
  address: string,
  /** The possible VPCs of the item, if the plan names them. */
  vpcIds?: readonly string[],
): Account => {
  const reading = account[kind] as Reading<unknown>
  const known = itemsOf(reading)
  return {...account, [kind]: {unreadable: afterApply(address), known, ...withinBoth(reading, vpcIds)}}
}

/** A VPC whose id is in the plan, or that may be the one. */
export const vpcsOf = (id: unknown): readonly string[] | undefined => {
  const text = textOf(id)
  return text === undefined ? candidatesOf(id) : [text]
}

/** The plan does not identify the item that it changes, so none is known. */
export const allInDoubt = (account: Account, kind: Kind, address: string): Account => ({
  ...account,
  [kind]: {unreadable: afterApply(address)},
})

/** The plan names only what it may change: each of these is unknown, or all items if even that is not known. */
export const eachInDoubt = (
  account: Account,
  kind: Kind,
  id: unknown,
  address: string,
  doubt: (account: Account, id: string) => Account,
): Account => candidatesOf(id)?.reduce(doubt, account) ?? allInDoubt(account, kind, address)
