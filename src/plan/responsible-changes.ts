import type {Account} from '../model/account.ts'
import {find} from '../model/joins.ts'
import {outcomeOf, sameNamed} from './outcome.ts'
import {applyResources} from './overlay/overlay.ts'
import {type ComparedInstance, causeKey, type PlannedCause, type ResponsibleChange} from './plan-report.ts'
import type {PlannedResource} from './resource.ts'

/** More trials than this take too long: then only the resources that the cause itself names are considered. */
const MOST_TRIALS = 2000

/**
 * The changes without which a cause does not exist. If there is none, because several lead to it, those that do so
 * alone.
 */
export function responsibleChangesFor(before: Account, resources: readonly PlannedResource[]) {
  const changed = resources.filter(({action}) => action !== 'none')
  const addresses = [...new Set(changed.map(({address}) => address))]
  const known = new Map<string, readonly ResponsibleChange[]>()
  const memoized = (chosen: (address: string) => readonly PlannedResource[]) => {
    const models = new Map<string, Account>()
    return (address: string): Account => {
      const model = models.get(address) ?? applyResources(before, chosen(address))
      models.set(address, model)
      return model
    }
  }
  let trials = 0
  const without = memoized((address) => changed.filter((one) => one.address !== address))
  const alone = memoized((address) => changed.filter((one) => one.address === address))
  const responsibleChange = (address: string): ResponsibleChange => ({
    address,
    attributes: [...new Set(changed.filter((one) => one.address === address).flatMap(({attributes}) => attributes))],
  })
  const named = (cause: PlannedCause) => changed.filter(({id}) => id === cause.resource).map(({address}) => address)
  return ({id, plannedId, change}: ComparedInstance, cause: PlannedCause): readonly ResponsibleChange[] => {
    if (change === 'new') return [...new Set(named(cause))].map(responsibleChange)
    const key = causeKey(cause)
    const found = known.get(key)
    if (found) return found
    const tried = trials + addresses.length > MOST_TRIALS ? named(cause) : addresses
    trials += tried.length
    const isCauseIn = (model: Account): boolean | undefined => {
      const instance = find(model.Instances, 'InstanceId', plannedId) ?? find(model.Instances, 'InstanceId', id)
      if (!instance) return undefined
      const {causes} = sameNamed(outcomeOf(model, instance), plannedId, id)
      return causes.some((one) => causeKey(one) === key)
    }
    const needed = tried.filter((address) => isCauseIn(without(address)) === false)
    const responsible = needed.length > 0 ? needed : tried.filter((address) => isCauseIn(alone(address)))
    const changes = responsible.map(responsibleChange)
    known.set(key, changes)
    return changes
  }
}
