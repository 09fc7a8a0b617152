import {failedPart} from '../audit/audit.ts'
import {placeKey} from '../audit/changes.ts'
import type {AuditPart, Scope} from '../audit/report.ts'
import {UNKNOWN_REGION} from '../model/ids.ts'
import {compare} from '../util/compare.ts'
import {usageError} from '../util/usage-error.ts'

/** An account of which there should be a part for each Region. */
export interface Unit {
  readonly account: string
  /** Null: every Region that the account has enabled. */
  readonly regions: readonly string[] | null
  /** Why it cannot be examined, if that is known in advance. */
  readonly failed?: string
}

const NO_PART = 'There is no part of it.'

const isExamined = ({failed}: Scope): boolean => failed === null

/**
 * The parts, each account and Region once, with a placeholder for each that is missing. What was examined takes
 * precedence over what failed, and of two examinations the later one.
 */
export function completed(parts: readonly AuditPart[], units: readonly Unit[]): readonly AuditPart[] {
  const regions = regionsOf(units)
  const kept = withoutFailedTwice(eachOnce(parts), regions)
  const there = new Set(kept.flatMap(({scopes}) => scopes.map(placeKey)))
  const accounts = new Set(kept.flatMap(({scopes}) => scopes.map(({account}) => account)))
  const reasons = new Map(units.flatMap(({account, failed}) => (failed === undefined ? [] : [[account, failed]])))
  const missing = [...regions].flatMap(([account, expected]): readonly Pick<Scope, 'account' | 'region'>[] =>
    expected === null
      ? accounts.has(account)
        ? []
        : [{account, region: UNKNOWN_REGION}]
      : expected.map((region) => ({account, region})).filter((place) => !there.has(placeKey(place))),
  )
  const failed = missing.map((place) =>
    failedPart({...place, readAt: null}, reasons.get(place.account ?? '') ?? NO_PART),
  )
  return inOrderOf(regions, [...kept, ...failed])
}

/** In the order of the units, so the result does not depend on which part was found first; others come last. */
function inOrderOf(
  regions: ReadonlyMap<string, readonly string[] | null>,
  parts: readonly AuditPart[],
): readonly AuditPart[] {
  const places = [...regions].flatMap(([account, some]) =>
    [...(some ?? []), UNKNOWN_REGION].map((region) => placeKey({account, region})),
  )
  const order = new Map(places.map((key, at) => [key, at]))
  const orderOf = (place: Scope) =>
    order.get(placeKey(place)) ?? order.get(placeKey({...place, region: UNKNOWN_REGION}))
  const placeOf = ({scopes: [first]}: AuditPart): number => (first && orderOf(first)) ?? places.length
  return parts.toSorted(
    (a, b) => placeOf(a) - placeOf(b) || compare(a.scopes[0]?.region ?? '', b.scopes[0]?.region ?? ''),
  )
}

/** The Regions of each account; a unit that names them takes precedence over one that does not. */
function regionsOf(units: readonly Unit[]): ReadonlyMap<string, readonly string[] | null> {
  const found = new Map<string, readonly string[] | null>()
  for (const {account, regions} of units) {
    const known = found.get(account) ?? null
    found.set(account, known && regions ? [...new Set([...known, ...regions])] : (known ?? regions))
  }
  return found
}

/**
 * Parts of one account and Region may hold different instances, chosen by tag or VPC. Of two with the same ones the later
 * counts.
 */
export const withoutRepeated = (parts: readonly AuditPart[]): readonly AuditPart[] =>
  withoutEarlier(parts, 'instances', (part) => {
    const readAt = part.scopes.map((scope) => scope.readAt ?? '').reduce(laterOf, '')
    return examinedIn(part).map(({id}) => ({key: id, name: id, readAt}))
  })

const eachOnce = (parts: readonly AuditPart[]): readonly AuditPart[] =>
  withoutEarlier(parts, 'accounts or Regions', ({scopes}) =>
    scopes.filter(isExamined).map((scope) => ({
      key: placeKey(scope),
      name: `Account ${scope.account}, Region ${scope.region},`,
      readAt: scope.readAt ?? '',
    })),
  )

/** Without those that only Inspector lists: instances of other accounts. */
function examinedIn({scopes, instances}: AuditPart): AuditPart['instances'] {
  const places = new Set(scopes.filter(isExamined).map(placeKey))
  return instances.filter((instance) => places.has(placeKey(instance)))
}

const laterOf = (one: string, other: string): string => (one < other ? other : one)

interface Examined {
  readonly key: string
  readonly name: string
  readonly readAt: string
}

/** The parts without those whose whole content is in later ones as well. */
function withoutEarlier(
  parts: readonly AuditPart[],
  others: string,
  contentOf: (part: AuditPart) => readonly Examined[],
): readonly AuditPart[] {
  const contents = parts.map(contentOf)
  const latest = new Map<string, {readonly at: number; readonly readAt: string}>()
  for (const [at, content] of contents.entries())
    for (const {key, readAt} of content) {
      const other = latest.get(key)
      if (!other || other.readAt < readAt) latest.set(key, {at, readAt})
    }
  return parts.filter((_, at) => {
    const content = contents[at]!
    const earlier = content.filter(({key}) => latest.get(key)?.at !== at)
    if (earlier.length === 0) return true
    if (earlier.length === content.length) return false
    throw usageError(
      `${earlier[0]?.name} is in two parts, one of which holds other ${others} as well; leave one of them out.`,
    )
  })
}

/** A failure is resolved once an attempt succeeded, and is reported once. */
function withoutFailedTwice(
  parts: readonly AuditPart[],
  regions: ReadonlyMap<string, readonly string[] | null>,
): readonly AuditPart[] {
  const known = new Set(parts.flatMap(({scopes}) => scopes.filter(isExamined).map(placeKey)))
  const isNews = (scope: Scope): boolean => {
    if (isExamined(scope)) return true
    const isEachReported = scope.region === UNKNOWN_REGION && (regions.get(scope.account ?? '') ?? null) !== null
    if (isEachReported || known.has(placeKey(scope))) return false
    known.add(placeKey(scope))
    return true
  }
  return parts
    .map((part) => ({...part, scopes: part.scopes.filter(isNews)}))
    .filter((part) => part.scopes.length > 0 || part.instances.length > 0)
}
