import {type Effect, inOrder} from '../../model/effect.ts'
import {inverseOf} from './inverse.ts'
import type {Call, Remedy, Step} from './remedy.ts'

type OneOrMore<T> = T | readonly T[]

/** One entry of `changes/`: the calls, what undoes them, and the effect on the account. */
interface Entry {
  readonly calls: OneOrMore<Step>
  /** Only where it is not what undoes each call. */
  readonly undo?: OneOrMore<Step> | undefined
  readonly effects: OneOrMore<Effect>
}

export interface Change {
  readonly steps: readonly Step[]
  readonly undo: readonly Step[]
  readonly apply: Effect
}

export const change = ({calls, undo, effects}: Entry): Change => {
  const steps = [calls].flat()
  return {steps, undo: undo === undefined ? inverseOf(steps) : [undo].flat(), apply: inOrder(...[effects].flat())}
}

/** A setting gets another value: from the first to the second. Undefined is an unknown value: no call sets it. */
export const setting = <T>(
  call: (to: T, from: T | undefined) => OneOrMore<Step>,
  [from, to]: readonly [from: T | undefined, to: T | undefined],
  effects: Entry['effects'],
): Change =>
  change({
    calls: to === undefined ? [] : call(to, from),
    undo: from === undefined ? [] : call(from, to),
    effects,
  })

/** The undo of a change as a change, with its own effect. */
export const inverse = ({steps, undo}: Change, ...effects: readonly Effect[]): Change => ({
  steps: undo,
  undo: steps,
  apply: inOrder(...effects),
})

/** Only the model changes: no call makes this change. */
export const onModel = (...effects: readonly Effect[]): Change => change({calls: [], effects})

export const inSequence = (...changes: readonly Change[]): Change => ({
  steps: changes.flatMap(({steps}) => steps),
  undo: [...changes].reverse().flatMap(({undo}) => undo),
  apply: inOrder(...changes.map(({apply}) => apply)),
})

type About = Pick<Remedy, 'docs' | 'cost' | 'effect' | 'preferredBy'>

/** A change with its title and what a person should know about it. Without `apply` it cannot be tried on the model. */
export const remedyOf = (
  title: string,
  {steps, undo, apply}: Omit<Change, 'apply'> & Partial<Change>,
  about: About = {},
): Remedy => ({
  title,
  steps,
  ...about,
  ...(undo.length > 0 && {undo}),
  ...(apply && {apply}),
})

/** An entry that is proposed as it is. Without effects it cannot be tried on the model. */
export const remedy = ({
  title,
  calls,
  undo,
  effects,
  ...about
}: {readonly title: string} & About & Omit<Entry, 'effects'> & Partial<Entry>): Remedy => {
  const {apply, ...steps} = change({calls, undo, effects: effects ?? []})
  return remedyOf(title, {...steps, ...(effects && {apply})}, about)
}
export const canBeTried = (one: Remedy | undefined): one is Remedy & Pick<Change, 'apply'> => one?.apply !== undefined

/** What becomes available by itself; the call shows its state. */
export const waitFor = (what: string, state: Call, docs: string): Remedy => ({
  title: `Wait until ${what} is available`,
  steps: [state],
  docs,
})

/** A remedy as a part of another one. */
export const changeOf = ({steps, undo = [], apply}: Remedy & Pick<Change, 'apply'>): Change => ({steps, undo, apply})

/** What AWS's API cannot do: the owner must be asked. The title says who, and for what. */
export const contactOwner = (title: string, docs: string): Remedy => ({title, steps: [], docs})
