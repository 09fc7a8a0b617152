import {type Account, itemsOf} from '../../model/account.ts'
import {find} from '../../model/lists.ts'
import {type Change, onModel} from '../../remedies/core/change.ts'
import type {ChangeEvent} from '../event.ts'

/** A change to revert, with what else is known. */
export interface RevertContext {
  readonly account: Account
  readonly event: ChangeEvent
  /** Earlier changes, newest first: they may show the earlier state. */
  readonly older: readonly ChangeEvent[]
  /** The account with what AWS Config recorded before the change. */
  readonly recorded?: Account
}
export interface Reversal {
  readonly change: Change
  /** What had to be assumed, because CloudTrail records only the new value of a setting. */
  readonly assumption?: string
}

/** Undefined if the earlier state is unknown. */
export type Revert = (context: RevertContext) => Reversal | undefined

export const NOTHING: Reversal = {change: onModel()}

/** A setting that has two values had the other one, unless an earlier call shows it; setting it again changes nothing. */
export function toggled(
  now: boolean,
  former: boolean | undefined,
  change: (value: boolean) => Change,
  inWords: string,
): Reversal {
  if (former === now) return NOTHING
  const assumption = `that ${inWords} before, which CloudTrail does not record`
  return {change: change(!now), ...(former === undefined && {assumption})}
}

/** The newest of the earlier changes that show something about the same resource. */
export function formerly<T>(older: readonly ChangeEvent[], read: (event: ChangeEvent) => T | undefined): T | undefined {
  for (const event of older) {
    const found = read(event)
    if (found !== undefined) return found
  }
  return undefined
}

/** All of them, if there are any and each is known. */
export function allKnown<T>(items: readonly (T | undefined)[]): readonly T[] | undefined {
  const known = items.filter((item) => item !== undefined)
  return known.length > 0 && known.length === items.length ? known : undefined
}

/** The resource was created within the known time, so what no event added did not exist. */
export const isCreatedIn = (older: readonly ChangeEvent[], name: string, id: string): boolean =>
  older.some((event) => event.name === name && event.mentions.has(id))

/** The id of the instance that an interface is attached to. */
export const instanceOfInterface = (account: Account, interfaceId: string): string | undefined =>
  find(account.NetworkInterfaces, 'NetworkInterfaceId', interfaceId)?.Attachment?.InstanceId ??
  itemsOf(account.Instances).find(({NetworkInterfaces}) =>
    NetworkInterfaces.some(({NetworkInterfaceId}) => NetworkInterfaceId === interfaceId),
  )?.InstanceId
