import {expect, it} from 'vitest'
import {chooseSteps} from '../../src/diagnosis/checklist/choose.ts'
import type {ChecklistContext} from '../../src/diagnosis/checklist/context.ts'
import type {Diagnosis, ResolvedFinding} from '../../src/diagnosis/diagnosis.ts'
import type {Account} from '../../src/model/account.ts'
import {NO_COST} from '../../src/remedies/core/prices.ts'
import type {Preference, Remedy} from '../../src/remedies/core/remedy.ts'
import {behindNat, instance} from '../support/network.ts'

/** Two causes. The free change fixes the first one only once the second one is fixed too; the other costs something. */
const FREE: Remedy = {title: 'free', steps: [], cost: NO_COST, apply: (model) => model}
const PAID: Remedy = {title: 'paid', steps: [], cost: '$0.01 an hour', apply: (model) => model}
const OTHER: Remedy = {title: 'other', steps: [], apply: (model) => model}
const finding = (cause: string, ...remedies: readonly Remedy[]) =>
  ({
    cause,
    resource: 'rtb-1',
    severity: 'blocks',
    message: '',
    evidence: [],
    check: {},
    remedies,
  }) as unknown as ResolvedFinding

function twoCauses(made: readonly string[]): readonly ResolvedFinding[] {
  const isFirstFixed = made.includes('paid') || (made.includes('free') && made.includes('other'))
  return [
    ...(isFirstFixed ? [] : [finding('route.none', FREE, PAID)]),
    ...(made.includes('other') ? [] : [finding('sg.no-egress-443', OTHER)]),
  ]
}

/** A model stands for the titles of the changes that were made to it. */
function chosenWith(prefer?: Preference, findingsAfter = twoCauses): readonly string[] {
  const titles = new Map<Account, readonly string[]>([[behindNat, []]])
  const examined = (model: Account) => {
    const findings = findingsAfter(titles.get(model) ?? [])
    return {paths: [], outcomes: [{check: {}, findings}]} as unknown as Diagnosis
  }
  const context: ChecklistContext = {
    account: behindNat,
    instance: instance(),
    prefer,
    undo: () => [],
    examined,
    applied: (model, {title}) => {
      const changed = {...model}
      titles.set(changed, [...(titles.get(model) ?? []), title])
      return changed
    },
  }
  return chooseSteps(context, examined(behindNat)).map(({remedy}) => remedy.title)
}

it('what costs nothing takes the place of what costs, where all steps together fix as much with it', () => {
  expect(chosenWith().toSorted()).toEqual(['free', 'other'])
})

it('a preference of the user keeps what costs', () => {
  expect(chosenWith('private').toSorted()).toEqual(['other', 'paid'])
})

it('what only reverts an earlier change is no step without it', () => {
  const afterAdding = (made: readonly string[]) => [
    made.at(-1) === 'free' ? finding('route.more-specific-hijack', OTHER) : finding('route.no-return', FREE),
  ]
  expect(chosenWith(undefined, afterAdding)).toEqual([])
})
