import {machineKeyOf} from '../agent/machine-key.ts'
import {type Check, type Dependence, isFinding} from '../checks/check.ts'
import type {FleetCache, Outcome} from '../diagnosis/diagnose.ts'
import {endpointNamesOf, haveCallers, pathsOf} from '../diagnosis/paths.ts'
import {identityKeyOf} from '../iam/identity-key.ts'
import type {Account, Instance} from '../model/account.ts'
import {groupIdsOf} from '../model/joins.ts'
import {networkKeyOf} from '../network/network-key.ts'
import type {Path} from '../network/path.ts'

/** By check. Null: the check reports the instance itself, or its groups, and runs for each. */
type Outcomes = Map<Check, Outcome | null>

/** Instances that are equal in everything that checks depend on. */
export interface InstanceClass {
  /** The outcomes of a check: shared by all instances that are equal in what it depends on. */
  readonly outcomesOf: (check: Check) => Outcomes | undefined
  readonly isSharedByAll: boolean
}

/** Instances in the same position, and the paths from there. */
interface Place {
  readonly number: number
  readonly paths: readonly Path[]
  /** The paths report the instance itself, so each needs its own walk. */
  readonly isOwn: boolean
}

const names = (paths: readonly Path[], id: string): boolean =>
  paths.some(({hops}) => hops.some(({resource, fault}) => resource === id || fault?.resource === id))

const passesGroups = (paths: readonly Path[]): boolean =>
  paths.every(({hops}) =>
    hops.every(
      ({at, leg, verdict, fault}) =>
        at !== 'security-group' || leg !== 'instance' || (verdict === 'open' && fault === undefined),
    ),
  )

interface InstanceKeys {
  readonly instance: Instance
  readonly paths: readonly Path[]
  readonly is: InstanceClass | undefined
}

export interface AuditCache extends FleetCache {
  /** Undefined if something depends on the instance itself. */
  readonly classOf: (instance: Instance) => InstanceClass | undefined
}

/** The class of each combination of a place, credentials and a machine. */
function classesOf(): (place: Place, identity: number, machine: number | undefined) => InstanceClass {
  const endpointNames = numbering()
  const classes = new Map<string, InstanceClass>()
  const outcomes = new Map<string, Outcomes>()
  const create = (place: Place, identity: number, machine: number | undefined): InstanceClass => {
    const parts: Readonly<Record<Dependence, string | undefined>> = {
      path: `${place.number}`,
      credentials: `${identity}.${endpointNames(endpointNamesOf(place.paths).names)}`,
      machine: machine === undefined ? undefined : `${machine}`,
    }
    const known = new Map<string, Outcomes>()
    return {
      isSharedByAll: machine !== undefined && !place.isOwn,
      outcomesOf: ({dependsOn}) => {
        const dependencies = dependsOn.length === 1 ? dependsOn[0]! : dependsOn.join()
        const own = known.get(dependencies)
        if (own || dependsOn.some((part) => parts[part] === undefined)) return own
        const key = `${dependencies} ${dependsOn.map((part) => parts[part]).join()}`
        return setOnce(known, dependencies, () => setOnce(outcomes, key, () => new Map()))
      },
    }
  }
  return (place, identity, machine) =>
    setOnce(classes, `${place.number} ${identity} ${machine}`, () => create(place, identity, machine))
}

/** The value of the key, which is created the first time. */
function setOnce<T>(map: Map<string, T>, key: string, create: () => T): T {
  const known = map.get(key)
  if (known !== undefined) return known
  const created = create()
  map.set(key, created)
  return created
}

/** One walk for all instances in one position, one outcome of a check for all that are equal in what it depends on. */
export function createFleetCache(account: Account): AuditCache {
  const placeOf = placesIn(account)
  const [identities, machines] = [numbering(), numbering()]
  const classOf = classesOf()
  let last: InstanceKeys | undefined

  const lookUp = (instance: Instance): InstanceKeys => {
    if (last?.instance === instance) return last
    const identity = identities(identityKeyOf(account, instance))
    const place = placeOf(instance, identity)
    const paths = place === undefined || place.isOwn ? pathsOf(account, instance) : place.paths
    const machine = machineKeyOf(account, instance)
    const is = place && classOf(place, identity, machine === undefined ? undefined : machines(machine))
    last = {instance, paths, is}
    return last
  }

  return {
    classOf: (instance) => {
      const {is} = lookUp(instance)
      return is?.isSharedByAll ? is : undefined
    },
    paths: (instance) => lookUp(instance).paths,
    cacheFor: (instance, paths) => {
      const {is, paths: modelled} = lookUp(instance)
      // What the instance itself shows about its paths applies to no other.
      if (is === undefined || paths !== modelled) return undefined
      return {
        known: (check) => is.outcomesOf(check)?.get(check) ?? undefined,
        keep: (check, outcome) => {
          const known = is.outcomesOf(check)
          if (known && !known.has(check)) known.set(check, reportsInstance(outcome, instance) ? null : outcome)
        },
      }
    },
  }
}

/** Gives the same text the same number. */
function numbering(): (text: string) => number {
  const numbers = new Map<string, number>()
  return (text) => {
    const known = numbers.get(text)
    if (known !== undefined) return known
    numbers.set(text, numbers.size)
    return numbers.size - 1
  }
}

/** Used if a packet is blocked by the groups: then each set of groups is a separate position. */
const GROUP_SENSITIVE = Symbol('depends on the groups')

/** The position of each instance, with one walk. */
function placesIn(account: Account): (instance: Instance, identity: number) => Place | undefined {
  const places = new Map<string, Place | typeof GROUP_SENSITIVE>()
  const matters = haveCallers(account)
  let number = 0
  return (instance, identity) => {
    const position = networkKeyOf(account, instance)
    if (position === undefined) return undefined
    const key = matters ? `${position} ${identity}` : position
    const known = places.get(key)
    if (known !== undefined && known !== GROUP_SENSITIVE) return known
    const named = `${key} ${groupIdsOf(instance).join()}`
    const same = known && places.get(named)
    if (same !== undefined && same !== GROUP_SENSITIVE) return same
    const paths = pathsOf(account, instance)
    const place = {number: number++, paths, isOwn: names(paths, instance.InstanceId)}
    if (known === undefined && passesGroups(paths)) places.set(key, place)
    else places.set(key, GROUP_SENSITIVE).set(named, place)
    return place
  }
}

const reportsInstance = ({notes}: Outcome, instance: Instance): boolean =>
  notes.some(
    (note) =>
      isFinding(note) && (note.resource === instance.InstanceId || groupIdsOf(instance).includes(note.resource)),
  )
