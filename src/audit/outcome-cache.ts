import {nodeOf} from '../agent/node.ts'
import {type Check, isFinding} from '../checks/check.ts'
import type {FleetCache, Outcome} from '../diagnosis/diagnose.ts'
import {pathsOf} from '../diagnosis/paths.ts'
import {isFullAccess} from '../iam/endpoint-policy.ts'
import {identityKeyOf} from '../iam/identity-key.ts'
import {policyOf} from '../iam/policy.ts'
import type {Account, Instance, VpcEndpoint} from '../model/account.ts'
import {allWith, primaryInterfaceOf} from '../model/joins.ts'
import {groupsOf, networkKeyOf} from '../network/network-key.ts'
import type {Path} from '../network/path.ts'

/**
 * What a check looks at beside the account: the ways alone; the credentials and the endpoints or gateways that the ways
 * lead through; or both. Every other check looks at the instance itself, and is asked for each.
 */
const DEPENDS_ON: Readonly<Record<string, 'way' | 'credentials' | 'both'>> = {
  names: 'way',
  'security-group': 'way',
  'network-acl': 'way',
  route: 'way',
  'internet-gateway': 'way',
  'block-public-access': 'way',
  'nat-gateway': 'both',
  'nat-instance': 'way',
  'transit-gateway': 'way',
  peering: 'way',
  'onward-network': 'way',
  endpoint: 'way',
  'endpoint-group': 'way',
  'endpoint-policy': 'way',
  s3: 'way',
  'instance-profile': 'credentials',
  'role-trust': 'credentials',
  'role-permissions': 'credentials',
  'host-management': 'credentials',
  'session-preferences': 'both',
}

/** By check. Null: the check blames the instance itself, or its groups, and is asked for each. */
type ByKey = Map<string, Outcome | null>

/** What instances of one place and one standing are told, by what the checks look at. */
type Class = Readonly<Record<'way' | 'credentials' | 'both', ByKey>>

/** Where instances stand together, the ways from there, and what was told of them. */
interface Place {
  readonly paths: readonly Path[]
  /** Whoever walked first, where the ways blame that instance itself. */
  readonly representative: Instance | undefined
  readonly endpointPolicies: string
  readonly told: ByKey
  /** By standing. */
  readonly classes: Map<string, Class>
}

function shelf(shelves: Map<string, ByKey>, key: string): ByKey {
  const known = shelves.get(key)
  if (known) return known
  const fresh: ByKey = new Map()
  shelves.set(key, fresh)
  return fresh
}

const placeFrom = (paths: readonly Path[], representative: Instance | undefined): Place => ({
  paths,
  representative: representative && names(paths, representative.InstanceId) ? representative : undefined,
  endpointPolicies: paths.map(({service, via}) => `${service}:${via}`).join(),
  told: new Map(),
  classes: new Map(),
})

const names = (paths: readonly Path[], id: string): boolean =>
  paths.some(({hops}) => hops.some(({resource, fault}) => resource === id || fault?.resource === id))

function asWalkedBy(paths: readonly Path[], representative: Instance, instance: Instance): readonly Path[] {
  const eniOf = (one: Instance) => primaryInterfaceOf(one)?.NetworkInterfaceId
  const [from, to] = [eniOf(representative), eniOf(instance)]
  const text = JSON.stringify(paths).replaceAll(representative.InstanceId, instance.InstanceId)
  return JSON.parse(from === undefined || to === undefined ? text : text.replaceAll(from, to))
}

/** Stands where a packet does not get past the groups: there each set of groups is a place of its own. */
const GROUP_SENSITIVE = placeFrom([], undefined)

const passesGroups = (paths: readonly Path[]): boolean =>
  paths.every(({hops}) =>
    hops.every(
      ({at, leg, verdict, fault}) =>
        at !== 'security-group' || leg !== 'instance' || (verdict === 'open' && fault === undefined),
    ),
  )

/** One walk for all instances in one position, one judgement for all with one standing. */
export function createFleetCache(account: Account): FleetCache {
  const places = new Map<string, Place>()
  const placeOf = new WeakMap<readonly Path[], Place>()
  const judged = new Map<string, ByKey>()
  const matters = endpointPoliciesMatter(account)
  let identityKey = {of: undefined as Instance | undefined, is: ''}

  const standingNow = (instance: Instance): string => {
    if (identityKey.of !== instance) identityKey = {of: instance, is: identityKeyOf(account, instance)}
    return identityKey.is
  }

  /** Ways that blame the instance that walked them blame each in its place. */
  const pathsFor = (place: Place, instance: Instance): readonly Path[] => {
    if (place.representative === undefined || place.representative === instance) return place.paths
    const own = asWalkedBy(place.paths, place.representative, instance)
    placeOf.set(own, place)
    return own
  }

  const paths = (instance: Instance): readonly Path[] => {
    const position = networkKeyOf(account, instance)
    if (position === undefined) return pathsOf(account, instance)
    const key = matters ? `${position} ${standingNow(instance)}` : position
    const known = places.get(key)
    if (known && known !== GROUP_SENSITIVE) return pathsFor(known, instance)
    const named = known === undefined ? undefined : `${key} ${groupsOf(instance).join()}`
    const same = named === undefined ? undefined : places.get(named)
    if (same) return pathsFor(same, instance)
    const place = placeFrom(pathsOf(account, instance), instance)
    placeOf.set(place.paths, place)
    if (named !== undefined) places.set(named, place)
    else if (passesGroups(place.paths)) places.set(key, place)
    else places.set(key, GROUP_SENSITIVE).set(`${key} ${groupsOf(instance).join()}`, place)
    return place.paths
  }

  const classIn = (place: Place, instance: Instance): Class => {
    const is = standingNow(instance)
    const known = place.classes.get(is)
    if (known) return known
    const fresh = {way: place.told, both: new Map(), credentials: shelf(judged, `${is} ${place.endpointPolicies}`)}
    place.classes.set(is, fresh)
    return fresh
  }

  const board: FleetCache['board'] = (instance, ways) => {
    const place = placeOf.get(ways)
    if (!place) return undefined
    const shelves = classIn(place, instance)
    const shelfOf = ({id}: Check): ByKey | undefined => {
      const looksAt = DEPENDS_ON[id]
      const isOwn = looksAt === undefined || (id === 'instance-profile' && !isReusable(account, instance))
      return isOwn ? undefined : shelves[looksAt]
    }
    return {
      told: (check) => shelfOf(check)?.get(check.id) ?? undefined,
      tell: (check, outcome) => {
        const known = shelfOf(check)
        if (known && !known.has(check.id)) known.set(check.id, blames(outcome, instance) ? null : outcome)
      },
    }
  }
  return {paths, board}
}

const blames = ({notes}: Outcome, instance: Instance): boolean =>
  notes.some(
    (note) => isFinding(note) && (note.resource === instance.InstanceId || groupsOf(instance).includes(note.resource)),
  )

/** Neither its profile nor its role can have changed since the node was last heard. */
const isReusable = (account: Account, instance: Instance): boolean =>
  nodeOf(account, instance)?.PingStatus === 'Online' &&
  allWith(account.IamInstanceProfileAssociations, 'InstanceId', instance.InstanceId).every(
    ({State}) => State === 'associated',
  )

/** A policy that asks who calls makes the way a matter of credentials. */
const endpointPoliciesMatter = ({VpcEndpoints}: Account): boolean =>
  allWith(VpcEndpoints, asksWhoCalls, true).length > 0

const asksWhoCalls = ({PolicyDocument}: VpcEndpoint) => [
  PolicyDocument !== undefined && !isFullAccess(policyOf(PolicyDocument)),
]
