import type {Account} from '../../model/account.ts'
import type {Preference, Remedy, Step} from './remedy.ts'

/** Calls, their effect on the account, and the calls that undo them. */
export interface Change {
  readonly steps: readonly Step[]
  readonly undo: readonly Step[]
  readonly apply: (account: Account) => Account
}

export const inSequence = (...changes: readonly Change[]): Change => ({
  steps: changes.flatMap(({steps}) => steps),
  undo: [...changes].reverse().flatMap(({undo}) => undo),
  apply: (account) => changes.reduce((changed, {apply}) => apply(changed), account),
})

interface Words {
  readonly docs?: string | undefined
  readonly cost?: string | undefined
  readonly effect?: string | undefined
  readonly preferredBy?: readonly Preference[] | undefined
}

/** A change with its title and effect. */
export const remedyOf = (title: string, {steps, undo, apply}: Change, about: Words = {}): Remedy => ({
  title,
  steps,
  ...(about.docs !== undefined && {docs: about.docs}),
  ...(about.cost !== undefined && {cost: about.cost}),
  ...(about.effect !== undefined && {effect: about.effect}),
  ...(about.preferredBy !== undefined && {preferredBy: about.preferredBy}),
  ...(undo.length > 0 && {undo}),
  apply,
})

/** What AWS's API cannot do: the owner must be asked. The title says who, and for what. */
export const contactOwner = (title: string, docs: string): Remedy => ({title, steps: [], docs})
