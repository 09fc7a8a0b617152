import {causeKey} from '../diagnosis/cause-key.ts'
import type {Account} from '../model/account.ts'
import {allWith, find} from '../model/lists.ts'
import {lastPart} from '../util/last-part.ts'
import {outcomeOf, sameNamed} from './outcome.ts'
import {applyResources} from './overlay/overlay.ts'
import type {ComparedInstance, PlannedCause, ResponsibleChange} from './plan-report.ts'
import type {PlannedResource} from './resource.ts'

/** More examinations than this, or more changes applied to make their models, are not worth their time. */
const MAX_TRIALS = 2000
const MAX_APPLIED = 250_000

const INSTANCE = 'AWS::EC2::Instance'

/**
 * The changes without which a cause does not exist. If there is none, because several cause it, those that do so
 * alone. Where a plan has too many changes to try each, what the cause itself names, if it alone causes it.
 */
export function responsibleChangesFor(before: Account, resources: readonly PlannedResource[]) {
  const changed = resources.filter(({action}) => action !== 'none')
  const known = new Map<string, readonly ResponsibleChange[]>()
  const all = modelsOf(before, changed)
  const narrower = modelsWithoutOthers(before, changed)
  const isAffordable = withinBudget()
  const responsibleChange = (address: string): ResponsibleChange => ({
    address,
    attributes: [...new Set(allWith(changed, 'address', address).flatMap(({attributes}) => attributes))],
  })
  const responsible = (
    instance: ComparedInstance,
    cause: PlannedCause,
    named: readonly string[],
  ): readonly string[] => {
    const isCauseIn = causeIn(instance, causeKey(cause))
    for (const models of new Set([narrower(instance) ?? all, all])) {
      if (!isAffordable(models)) break
      if (!isCauseIn(models.together())) continue
      const needed = models.addresses.filter((address) => isCauseIn(models.without(address)) === false)
      return needed.length > 0 ? needed : models.addresses.filter((address) => isCauseIn(models.alone(address)))
    }
    return named.filter((address) => isCauseIn(all.alone(address)))
  }
  return (instance: ComparedInstance, cause: PlannedCause): readonly ResponsibleChange[] => {
    const own = changed.filter(({type, id}) => id === cause.resource || isRole(type, id, cause.resource))
    const named = [...new Set(own.map(({address}) => address))]
    if (instance.change === 'new') return named.map(responsibleChange)
    const key = causeKey(cause)
    const found = known.get(key) ?? responsible(instance, cause, named).map(responsibleChange)
    known.set(key, found)
    return found
  }
}

/** A role has its name as its id, and a cause its ARN. */
const isRole = (type: string, id: string, arn: string): boolean =>
  type === 'AWS::IAM::Role' && arn.includes(':role/') && lastPart(arn) === id

/** Whether one more cause can be tried on these models. */
function withinBudget(): (models: Models) => boolean {
  let trials = 0
  let applied = 0
  return ({addresses, cost}) => {
    const isWithin = trials + addresses.length <= MAX_TRIALS && applied + cost() <= MAX_APPLIED
    if (isWithin) {
      trials += addresses.length
      applied += cost()
    }
    return isWithin
  }
}

/** Whether the instance has the cause on a model; undefined where there is no such instance. */
const causeIn =
  ({plannedId, id}: ComparedInstance, key: string) =>
  (model: Account): boolean | undefined => {
    const instance = find(model.Instances, 'InstanceId', plannedId) ?? find(model.Instances, 'InstanceId', id)
    if (!instance) return undefined
    const {causes} = sameNamed(outcomeOf(model, instance), plannedId, id)
    return causes.some((one) => causeKey(one) === key)
  }

/** What changes of other instances rarely matters to one: its causes are tried without them first. */
function modelsWithoutOthers(before: Account, changed: readonly PlannedResource[]) {
  const others = changed.filter(({type}) => type !== INSTANCE)
  const shared = modelsOf(before, others)
  return ({id, plannedId}: ComparedInstance): Models | undefined => {
    const own = [...new Set([id, plannedId])]
      .flatMap((one) => allWith(changed, 'id', one))
      .filter(({type}) => type === INSTANCE)
    if (others.length + own.length === changed.length) return undefined
    return own.length === 0 ? shared : modelsOf(before, [...others, ...own])
  }
}

type Models = ReturnType<typeof modelsOf>

/** Models in which all of these changes are made, all but those of one address, or those alone. Each is made once. */
function modelsOf(before: Account, changed: readonly PlannedResource[]) {
  const addresses = [...new Set(changed.map(({address}) => address))]
  const without = once((address) => changed.filter((one) => one.address !== address))
  const alone = once((address) => allWith(changed, 'address', address))
  const together = once(() => changed)
  function once(chosen: (address: string) => readonly PlannedResource[]) {
    const made = new Map<string, Account>()
    const model = (address: string): Account => {
      const known = made.get(address) ?? applyResources(before, chosen(address))
      made.set(address, known)
      return known
    }
    return {made, model}
  }
  return {
    addresses,
    /** How many changes are applied to make the models that are not there yet. */
    cost: () => (addresses.length - without.made.size) * changed.length,
    together: () => together.model(''),
    without: without.model,
    alone: alone.model,
  }
}
