import type {Account} from '../../model/account.ts'
import type {Change} from '../../remedies/core/change.ts'
import type {ChangeEvent} from '../event.ts'

/** A change to turn back, with what else is known. */
export interface TurnContext {
  /** The account as it was when the change had been made. */
  readonly account: Account
  readonly event: ChangeEvent
  /** Earlier changes, newest first: they may show what was there before. */
  readonly older: readonly ChangeEvent[]
  /** The account with what AWS Config recorded before the change. */
  readonly recorded?: Account
}

/** The change that turns the event back. */
export interface Reversal {
  readonly change: Change
  /** What had to be taken for granted, because CloudTrail records the new value of a setting alone. */
  readonly assumption?: string
}

/** Undefined where what was there before is not known. */
export type TurnBack = (context: TurnContext) => Reversal | undefined

export const NOTHING: Reversal = {change: {steps: [], undo: [], apply: (account) => account}}

/** Only the model goes back: no call of AWS's API brings the thing itself back. */
export const onModel = (apply: Change['apply']): Reversal => ({change: {steps: [], undo: [], apply}})

/** The newest of the earlier changes that show something of the same resource. */
export function formerly<T>(older: readonly ChangeEvent[], read: (event: ChangeEvent) => T | undefined): T | undefined {
  for (const event of older) {
    const found = read(event)
    if (found !== undefined) return found
  }
  return undefined
}

/** The thing was made within the time that is known, so that what no event put there was not there. */
export const isCreatedIn = (older: readonly ChangeEvent[], name: string, id: string): boolean =>
  older.some((event) => event.name === name && event.mentions.has(id))
