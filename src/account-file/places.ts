import {dirname} from 'node:path'
import {isUnreadable, type Kind} from '../model/account.ts'
import {isAccountId} from '../model/ids.ts'
import {describedBy, KIND, type KindDescription} from '../model/kinds.ts'
import {isObject, stringIn} from '../util/json.ts'
import {usageError} from '../util/usage-error.ts'
import type {Content} from './content.ts'

/**
 * us-west-2-lax-1a and us-east-1-wl1-bos-wlz-1 are zones too:
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
 */
const REGION_OF_ZONE = /^[a-z]{2,}(?:-[a-z]+)+-\d+/

/** The name may be that of a partial response, which is not a kind. */
const described = (name: string): Partial<KindDescription> =>
  Object.hasOwn(KIND, name) ? describedBy(name as Kind) : {}

/** Partial responses of IAM. */
const GLOBAL_PARTS: ReadonlySet<string> = new Set([
  'AttachedPolicies',
  'PolicyNames',
  'InlinePolicies',
  'PolicyVersions',
  'EvaluationResults',
])

export function zoneRegionOf(kind: string, item: unknown): string | undefined {
  if (!described(kind).zoned || !isObject(item)) return undefined
  const zone = stringIn(item, 'AvailabilityZone') ?? stringIn(item.Placement, 'AvailabilityZone')
  return zone === undefined ? undefined : REGION_OF_ZONE.exec(zone)?.[0]
}

/** The accounts and Regions that AWS CLI responses show: their ids show neither; ARNs, zones and owners do. */
interface Places {
  readonly regions: ReadonlySet<string>
  readonly accounts: ReadonlySet<string>
}

function* itemsIn({readings, answers}: Content): Generator<readonly [string, unknown]> {
  for (const [kind, raws] of Object.entries(readings))
    for (const raw of raws ?? []) for (const item of isUnreadable(raw) ? (raw.known ?? []) : raw) yield [kind, item]
  for (const answer of answers)
    for (const [kind, items] of Object.entries(answer)) for (const item of items) yield [kind, item]
}

/** The owner of a shared resource need not be the caller; what IAM and reservations list belongs to the caller. */
function accountsOf(kind: string, item: unknown): string | undefined {
  if (kind === 'Instances') return stringIn(item, 'OwnerId')
  const field = kind === 'ServiceSettings' ? 'ARN' : kind === 'Roles' || kind === 'InstanceProfiles' ? 'Arn' : undefined
  const account = field === undefined ? undefined : stringIn(item, field)?.split(':', 5)[4]
  return account !== undefined && isAccountId(account) ? account : undefined
}

function placesOf(content: Content): Places {
  const {Caller, Region} = content.context
  const regions = new Set(Region === undefined ? [] : [Region])
  const accounts = new Set(Caller === undefined ? [] : [Caller.Account])
  for (const [kind, item] of itemsIn(content)) {
    const {arn: field = '', global} = described(kind)
    const arn = global ? undefined : stringIn(item, field)
    const region = zoneRegionOf(kind, item) ?? (arn?.startsWith('arn:') ? arn.split(':', 4)[3] : undefined)
    const account = accountsOf(kind, item)
    if (region) regions.add(region)
    if (account) accounts.add(account)
  }
  return {regions, accounts}
}

const isGlobal = ({readings, answers}: Content): boolean =>
  Object.keys(readings).every((kind) => described(kind).global) &&
  answers.every((answer) => Object.keys(answer).every((key) => described(key).global || GLOBAL_PARTS.has(key)))

const union = (sets: readonly ReadonlySet<string>[]): readonly string[] =>
  [...new Set(sets.flatMap((set) => [...set]))].sort()

/**
 * The responses of one account and Region each: all of them, or those of each folder, if every folder is of one
 * account and Region. What cannot be distinguished is rejected, never merged.
 */
export function partsByPlace(parts: readonly Content[]): readonly (readonly Content[])[] {
  if (!isMixed(parts)) return [parts]
  const global = parts.filter(isGlobal)
  const local = parts.filter((part) => !isGlobal(part))
  const folders = [...new Set(local.map(({name}) => dirname(name)))]
  const groups = folders.map((folder) =>
    withGlobal(
      folder,
      local.filter(({name}) => dirname(name) === folder),
      global,
    ),
  )
  const [mixed] = groups.filter((group) => isMixed(group) || placesIn(group).regions.length === 0)
  if (mixed !== undefined || groups.length === 0) throw refusalOf(mixed ?? parts, parts)
  return groups
}

/** Identity data from the folder itself, or from elsewhere if it is of the same account. */
function withGlobal(folder: string, own: readonly Content[], global: readonly Content[]): readonly Content[] {
  const near = global.filter(({name}) => dirname(name) === folder)
  const {accounts} = placesIn([...own, ...near])
  const far = global.filter((part) => {
    const named = placesIn([part]).accounts
    return (
      !near.includes(part) && named.length > 0 && accounts.length > 0 && named.every((one) => accounts.includes(one))
    )
  })
  return [...own, ...near, ...far]
}

function placesIn(parts: readonly Content[]): {
  readonly regions: readonly string[]
  readonly accounts: readonly string[]
} {
  const places = parts.map(placesOf)
  return {regions: union(places.map(({regions}) => regions)), accounts: union(places.map(({accounts}) => accounts))}
}

function isMixed(parts: readonly Content[]): boolean {
  const {regions, accounts} = placesIn(parts)
  return regions.length > 1 || accounts.length > 1
}

function refusalOf(group: readonly Content[], parts: readonly Content[]): Error {
  const {regions, accounts} = placesIn(parts)
  const isPlaced = (part: Content) => Object.values(placesIn([part])).some((found) => found.length > 0)
  const name = (group.find(isPlaced) ?? group[0])?.name ?? ''
  const [kind, found] = accounts.length > 1 ? ['account', accounts] : ['Region', regions]
  return usageError(
    `${name}: these answers come from several ${kind}s (${found.join(', ')}); put those of each ${kind} into a separate folder.`,
  )
}
