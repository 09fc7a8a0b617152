import {machineKeysIn} from '../agent/machine-key.ts'
import {type Dependence, isFinding} from '../checks/check.ts'
import {instanceChecks} from '../checks/index.ts'
import type {Outcome} from '../diagnosis/diagnosis.ts'
import {endpointNamesOf, pathsOf} from '../diagnosis/paths.ts'
import {type FleetCache, untouchedBy} from '../diagnosis/reuse.ts'
import {hasRestrictions} from '../iam/endpoint-restriction.ts'
import {identityKeysIn, networkDependencesIn} from '../iam/identity-key.ts'
import type {Account, Instance} from '../model/account.ts'
import {isEndpointId} from '../model/ids.ts'
import {groupIdsOf} from '../model/instance.ts'
import {networkKeysIn} from '../network/network-key.ts'
import type {Path} from '../network/path.ts'
import {remembered} from '../util/memo.ts'
import {numbering, type Values} from '../util/numbering.ts'

/** By the position of the check. Null: the check reports the instance itself, or its groups, and runs for each. */
type Outcomes = (Outcome | null | undefined)[]

/** Instances that are equal in everything that checks depend on. */
export interface InstanceClass {
  /**
   * The outcomes of checks that depend on the same things, once looked up: of the model, then those that it shares with
   * the account. Null if they belong to one instance.
   */
  readonly shared: (Outcomes | null | undefined)[]
  /** The same text for all instances that are equal in what a check depends on; undefined if only this one has it. */
  readonly keyFor: (dependsOn: readonly Dependence[]) => string | undefined
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
  /** A cache for a model of the account, which has in common with it what the change leaves as it is. */
  readonly forModel: (model: Account) => AuditCache
}

/** The numbers of what instances have in common, in the account and in models of it. */
interface Numbers {
  readonly identity: (values: Values) => number
  readonly machine: (values: Values) => number
  readonly position: (values: Values) => number
  readonly endpointNames: (values: Values) => number
  readonly nextPlace: () => number
}

function numbersOfFleet(): Numbers {
  let places = 0
  return {
    identity: numbering(),
    machine: numbering(),
    position: numbering(),
    endpointNames: numbering(),
    nextPlace: () => places++,
  }
}

/** The class of each combination of a place, credentials and a machine. */
function classesOf(
  numbers: Numbers,
): (place: Place, identity: number, dependsOnNetwork: boolean, machine: number | undefined) => InstanceClass {
  const classes: InstanceClass[] = []
  const classNumber = numbering()
  const create: ReturnType<typeof classesOf> = (place, identity, dependsOnNetwork, machine) => {
    const s3 = place.paths.find(({service}) => service === 's3')?.via
    const names = dependsOnNetwork ? endpointNamesOf(place.paths).names : ''
    const parts: Readonly<Record<Dependence, string>> = {
      path: `path ${place.number}`,
      credentials: `credentials ${identity}.${numbers.endpointNames([names])}`,
      's3-endpoint': isEndpointId(s3) ? s3 : '',
      machine: `machine ${machine}`,
    }
    return {
      shared: [],
      isSharedByAll: machine !== undefined && !place.isOwn,
      keyFor: (dependsOn) =>
        machine === undefined && dependsOn.includes('machine')
          ? undefined
          : dependsOn.map((part) => parts[part]).join(),
    }
  }
  return (place, identity, dependsOnNetwork, machine) => {
    const at = classNumber([place.number, identity, machine])
    classes[at] ??= create(place, identity, dependsOnNetwork, machine)
    return classes[at]
  }
}

/** Each combination of these has its own sum, which is less than `ALL`. */
const BITS: Readonly<Record<Dependence, number>> = {path: 1, credentials: 2, 's3-endpoint': 4, machine: 8}
const ALL = 16

/** What each check depends on, by its position. */
const DEPENDENCES = instanceChecks.map(({dependsOn}) => dependsOn.reduce((sum, part) => sum + BITS[part], 0))

/** What the cache of a model takes from that of the account, as far as the change leaves it as it is. */
interface Base {
  readonly account: Account
  readonly numbers: Numbers
  readonly places: Places
  readonly outcomesFor: (key: string) => Outcomes
}

/** One walk for all instances in one position, one outcome of a check for all that are equal in what it depends on. */
export const createFleetCache = (account: Account): AuditCache => cacheFor(account)

function cacheFor(account: Account, base?: Base): AuditCache {
  const untouched = base && untouchedBy(base.account, account)
  const numbers = base?.numbers ?? numbersOfFleet()
  const places: Places = base && untouched?.keepsPaths ? base.places : new Map()
  const placeOf = placesIn(account, places, numbers)
  const classOf = classesOf(numbers)
  const outcomesFor = remembered((_: string): Outcomes => [])
  const sources = instanceChecks.map((check) =>
    base && untouched?.isUntouched(check) ? base.outcomesFor : outcomesFor,
  )
  const sharedBy = ({shared, keyFor}: InstanceClass, at: number): Outcomes | null => {
    const source = sources[at]!
    const position = DEPENDENCES[at]! + (source === outcomesFor ? 0 : ALL)
    const known = shared[position]
    if (known !== undefined) return known
    const key = keyFor(instanceChecks[at]!.dependsOn)
    const outcomes = key === undefined ? null : source(key)
    shared[position] = outcomes
    return outcomes
  }
  const identityKeyOf = identityKeysIn(account)
  const dependsOnNetwork = networkDependencesIn(account)
  const machineKeyOf = machineKeysIn(account)
  let last: InstanceKeys | undefined

  const lookUp = (instance: Instance): InstanceKeys => {
    if (last?.instance === instance) return last
    const identity = numbers.identity(identityKeyOf(instance))
    const place = placeOf(instance, identity)
    const paths = place === undefined || place.isOwn ? pathsOf(account, instance) : place.paths
    const machineKey = machineKeyOf(instance)
    const machine = machineKey && numbers.machine(machineKey)
    last = {instance, paths, is: place && classOf(place, identity, dependsOnNetwork(instance), machine)}
    return last
  }

  return {
    classOf: (instance) => {
      const {is} = lookUp(instance)
      return is?.isSharedByAll ? is : undefined
    },
    paths: (instance) => lookUp(instance).paths,
    cacheFor: (instance, paths) => {
      const {is, paths: modeled} = lookUp(instance)
      // What the instance itself shows about its paths applies to no other.
      if (is === undefined || paths !== modeled) return undefined
      return {
        known: (at) => sharedBy(is, at)?.[at] ?? undefined,
        keep: (at, outcome) => {
          const outcomes = sharedBy(is, at)
          if (outcomes && outcomes[at] === undefined) outcomes[at] = reportsInstance(outcome, instance) ? null : outcome
        },
      }
    },
    forModel: (model) => cacheFor(model, base ?? {account, numbers, places, outcomesFor}),
  }
}

/** Used if a packet is blocked by the groups: then each set of groups is a separate position. */
const GROUP_SENSITIVE = Symbol('depends on the groups')

/** By the number of the position, with the credentials or the groups where they matter. */
type Places = Map<number | string, Place | typeof GROUP_SENSITIVE>

/** The position of each instance, with one walk. */
function placesIn(
  account: Account,
  places: Places,
  numbers: Numbers,
): (instance: Instance, identity: number) => Place | undefined {
  const matters = hasRestrictions(account)
  const networkKeyOf = networkKeysIn(account)
  return (instance, identity) => {
    const values = networkKeyOf(instance)
    if (values === undefined) return undefined
    const position = numbers.position(values)
    const key = matters ? `${position} ${identity}` : position
    const known = places.get(key)
    if (known !== undefined && known !== GROUP_SENSITIVE) return known
    const named = `${key} ${groupIdsOf(instance).join()}`
    const same = known && places.get(named)
    if (same !== undefined && same !== GROUP_SENSITIVE) return same
    const paths = pathsOf(account, instance)
    const place = {number: numbers.nextPlace(), paths, isOwn: names(paths, instance.InstanceId)}
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
