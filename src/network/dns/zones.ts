import {
  type HostedZone,
  isUnreadable,
  itemsOf,
  type Kind,
  type ResourceRecordSet,
  type VpcEndpoint,
} from '../../model/account.ts'
import {allWith, find, hasWith} from '../../model/lists.ts'
import {groupBy} from '../../util/group-by.ts'
import {lastPart} from '../../util/last-part.ts'
import {byFamily, type Family, PUBLIC} from '../address.ts'
import {vpcRanges} from '../context.ts'
import {
  claimedName,
  endpointNamed,
  endpointsIn,
  isAvailable,
  isInterface,
  otherServiceOf,
} from '../endpoints/endpoint.ts'
import {interfaceWith} from '../interface-with.ts'
import {isVisibleTo} from '../ownership.ts'
import type {Hop} from '../path.ts'
import {includes, isEmpty, overlaps, type Ranges, union} from '../ranges.ts'
import type {WalkReadings} from '../readings.ts'
import {type Answer, nameHop, type Question, unknownAnswer, unknownName} from './answer.ts'
import {isRedirectionTrusted, redirectionHop} from './firewall.ts'
import {isWithin, labelCount, matchesName, recordName, withoutDot} from './name.ts'

/** The owner of a name in a VPC: the private DNS of an endpoint, or a private hosted zone. */
interface Owner {
  readonly labels: number
  /** Of the VPC itself, which takes precedence over its Profile for the same name. */
  readonly isOwn: boolean
  readonly endpoint?: VpcEndpoint
  readonly zone?: HostedZone
}

/**
 * The most specific owner of the name. AWS rejects a private zone and the private DNS of an endpoint with one name in a
 * VPC; on a model the zone stays.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/profiles.html
 * https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
 */
export function ownerOf(question: Question): Owner | undefined {
  const owners = [...zoneOwners(question), ...endpointOwners(question)]
  return owners.sort((a, b) => b.labels - a.labels || Number(b.isOwn) - Number(a.isOwn))[0]
}

function endpointOwners({readings, vpcId, host, profile}: Question): readonly Owner[] {
  const own = endpointsIn(readings, vpcId).map((endpoint) => ({endpoint, isOwn: true}))
  const shared = profile.endpoints.flatMap((id) => {
    const endpoint = find(readings.VpcEndpoints, 'VpcEndpointId', id)
    return endpoint && endpoint.VpcId !== vpcId ? {endpoint, isOwn: false} : []
  })
  return [...own, ...shared].flatMap(({endpoint, isOwn}) => {
    const name = isAvailable(endpoint) ? claimedName(endpoint, host, readings) : undefined
    return name === undefined ? [] : {endpoint, isOwn, labels: labelCount(name)}
  })
}

function zoneOwners({readings, vpcId, host, profile}: Question): readonly Owner[] {
  const own = zonesIn(readings, vpcId)
  const shared = profile.zones.flatMap((id) => allWith(readings.HostedZones, zoneId, id))
  return [...new Set([...own, ...shared])]
    .filter((zone) => zone.Owner?.OwningService === undefined && isWithin(host, zone.Name))
    .map((zone) => ({zone, isOwn: own.includes(zone), labels: labelCount(zone.Name)}))
}

type Zones = Pick<WalkReadings, 'HostedZones'>

/** The private hosted zones that are associated with a VPC. */
export const zonesIn = ({HostedZones}: Zones, vpcId: string): readonly HostedZone[] => [
  ...allWith(HostedZones, vpcIdsOf, vpcId),
  ...allWith(HostedZones, vpcIdsOf, REQUESTED),
]

/** Without associations, a zone was listed for the VPC that was requested. */
const REQUESTED = Symbol('the requested VPC')
const vpcIdsOf = ({VPCs = [{VPCId: REQUESTED}]}: {readonly VPCs?: readonly {readonly VPCId?: unknown}[]}) =>
  VPCs.map(({VPCId}) => VPCId)

const zoneId = ({Id}: HostedZone) => [lastPart(Id)]

/** More links than any name has. */
const LONGEST_CHAIN = 8

export function ownersAnswer(question: Question, {endpoint, zone, isOwn}: Owner, links = 0): Answer {
  const {vpcId, host, profile} = question
  if (zone) return zoneAnswer(question, zone, links)
  const by = isOwn ? '' : ` by Route 53 Profile ${profile.id}`
  const because = `${host} resolves to endpoint ${endpoint!.VpcEndpointId} in VPC ${endpoint!.VpcId}${by}.`
  const why = [nameHop(isOwn ? endpoint!.VpcEndpointId : (profile.id ?? vpcId), 'open', because)]
  return {is: 'endpoint', endpoint: endpoint!, zone: undefined, why}
}

function zoneAnswer(question: Question, zone: HostedZone, links: number): Answer {
  const {host} = question
  const name = withoutDot(zone.Name)
  if (isUnreadable(zone.ResourceRecordSets)) {
    const owner = zone.Owner?.OwningAccount
    const what = isVisibleTo(question.readings, owner)
      ? 'its records could not be read'
      : `its records are visible only to account ${owner}, which owns it; add its account file`
    const because = `Private hosted zone ${zone.Id} (${name}) answers for ${host}, and ${what}.`
    return unknownAnswer(zone.Id, because, 'HostedZones')
  }
  const delegation = delegationFor(zone, zone.ResourceRecordSets, host)
  if (delegation)
    return hiddenAnswer(
      zone,
      `Private hosted zone ${zone.Id} delegates ${recordName(delegation.Name)} to ${valuesOf([delegation]).join(', ')}; their answers are not visible.`,
    )
  const records = recordsFor(zone.ResourceRecordSets, host)
  if (records.length === 0) return withoutRecord(question, zone)
  const [first, ...others] = alternativesIn(question, records).map((some) => recordsAnswer(question, zone, some, links))
  return others.length === 0 ? first! : {is: 'one of', answers: [first!, ...others], why: []}
}

function recordsAnswer(
  question: Question,
  zone: HostedZone,
  records: readonly ResourceRecordSet[],
  links: number,
): Answer {
  const targets = targetsOf(records)
  const [target] = targets
  if (target === undefined) return addressAnswer(question, zone, valuesOf(records))
  const onlyFamily = familyOf(records)
  const [first, ...others] = [...targets]
    .map((one) => targetAnswer(question, zone, one, links, isAliasIn(records, one)))
    .map((one): Answer => (one.is === 'endpoint' && onlyFamily ? {...one, onlyFamily} : one))
  return others.length === 0 ? first! : {is: 'one of', answers: [first!, ...others], why: []}
}

const isAliasIn = (records: readonly ResourceRecordSet[], target: string): boolean =>
  records.some(({AliasTarget}) => AliasTarget && recordName(AliasTarget.DNSName) === target)

/** An alias answers for the address records of its own type only. A CNAME answers for both. */
function familyOf(records: readonly ResourceRecordSet[]): Family | undefined {
  if (records.every(({Type}) => Type === 'A')) return 4
  return records.every(({Type}) => Type === 'AAAA') ? 6 : undefined
}

/**
 * The records that answer together, and those that answer instead of them by a routing policy. What a policy decides by
 * health, place or latency is not in the collected data; weights share the queries.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html
 */
function alternativesIn(
  {queryType}: Question,
  records: readonly ResourceRecordSet[],
): readonly (readonly ResourceRecordSet[])[] {
  const used = records.filter((record) => !isUnused(record, records))
  const isPlain = ({SetIdentifier, MultiValueAnswer = false, Weight = 0, ...health}: ResourceRecordSet) =>
    SetIdentifier === undefined || MultiValueAnswer || (Weight > 0 && isAlwaysHealthy(health))
  if (used.every(isPlain)) return [used]
  const asked = used.filter(({Type}) => Type === queryType || Type === 'CNAME')
  const byPolicy = groupBy(asked.length > 0 ? asked : used, (record) => (isPlain(record) ? '' : record.SetIdentifier))
  return [...byPolicy.values()]
}

/**
 * A weight of zero counts only while no record with a weight is healthy.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html
 */
const isUnused = ({Type, Weight}: ResourceRecordSet, records: readonly ResourceRecordSet[]): boolean =>
  Weight === 0 && records.some((one) => one.Type === Type && (one.Weight ?? 0) > 0 && isAlwaysHealthy(one))

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html */
const isAlwaysHealthy = ({HealthCheckId, AliasTarget}: Pick<ResourceRecordSet, 'HealthCheckId' | 'AliasTarget'>) =>
  HealthCheckId === undefined && AliasTarget?.EvaluateTargetHealth !== true

/**
 * The names that aliases and CNAMEs resolve to: one, unless the records have a routing policy.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
 */
const targetsOf = (records: readonly ResourceRecordSet[]): ReadonlySet<string> =>
  new Set(
    records.flatMap(({AliasTarget, Type, ResourceRecords = []}) => {
      const target = AliasTarget?.DNSName ?? (Type === 'CNAME' ? ResourceRecords[0]?.Value : undefined)
      return target === undefined ? [] : recordName(target)
    }),
  )

function withoutRecord({host, profile}: Question, zone: HostedZone): Answer {
  const because = `Private hosted zone ${zone.Id} (${withoutDot(zone.Name)}) answers for ${host} and has no record for it, so the name does not resolve.`
  const fault = {cause: 'dns.phz-shadow', ...(profile.isNotAsked && {likely: true as const})}
  return {is: 'none', why: [nameHop(zone.Id, 'blocked', because, fault)]}
}

function addressAnswer(question: Question, zone: HostedZone, values: readonly string[]): Answer {
  const {host} = question
  const addresses = byFamily(values)
  const because = `Private hosted zone ${zone.Id} (${withoutDot(zone.Name)}) resolves ${host} to ${values.join(', ')}.`
  const why = [nameHop(zone.Id, 'open', because)]
  const all = union(addresses[4], [])
  if (!isEmpty(all) && includes(PUBLIC[4], all) && !areOfVpc(question, all, values)) return {is: 'public', why}
  return {is: 'addresses', addresses, zoneId: zone.Id, why}
}

/**
 * A VPC may have a block of public addresses, which are private there.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html#vpc-private-ipv4-addresses
 */
const areOfVpc = ({readings, vpcId}: Question, addresses: Ranges, values: readonly string[]): boolean =>
  overlaps(vpcRanges({readings, family: 4, subnet: {VpcId: vpcId}}), addresses) ||
  values.some((value) => interfaceWith(readings, vpcId, value) !== undefined)

const valuesOf = (records: readonly ResourceRecordSet[]): readonly string[] =>
  records.flatMap(({ResourceRecords = []}) => ResourceRecords.map(({Value}) => Value))

/**
 * Name servers below the top of the zone answer for everything from their name on.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-rules-managing.html
 */
const delegationFor = (
  {Name: top}: HostedZone,
  sets: readonly ResourceRecordSet[],
  host: string,
): ResourceRecordSet | undefined =>
  sets.find(({Name, Type}) => Type === 'NS' && recordName(Name) !== withoutDot(top) && isWithin(host, recordName(Name)))

/** Records of the name itself, otherwise of the closest wildcard, which applies to names without their own records. */
function recordsFor(sets: readonly ResourceRecordSet[], host: string): readonly ResourceRecordSet[] {
  const useful = (records: readonly ResourceRecordSet[]) => records.filter(({Type}) => /^(?:A|AAAA|CNAME)$/.test(Type))
  const exact = sets.filter(({Name}) => recordName(Name) === host)
  if (exact.length > 0) return useful(exact)
  const wildcards = sets.filter(({Name}) => recordName(Name).startsWith('*.') && matchesName(Name, host))
  const longest = Math.max(...wildcards.map(({Name}) => labelCount(recordName(Name))))
  return useful(wildcards.filter(({Name}) => labelCount(recordName(Name)) === longest))
}

/** An alias or a CNAME: the name of an endpoint, or another name that the VPC resolves in turn. */
function targetAnswer(question: Question, zone: HostedZone, target: string, links: number, isAlias: boolean): Answer {
  const {readings, host} = question
  const redirection = redirectionHop(question, target, isAlias)
  if (redirection?.verdict === 'blocked') return {is: 'none', why: [redirection]}
  if (redirection) {
    const answer = targetAnswer({...question, isTrusted: true}, zone, target, links, isAlias)
    return {...answer, why: [redirection, ...answer.why]}
  }
  const named = endpointNamed(readings, target)
  const other = named?.endpoint && otherServiceOf(named.endpoint, host, readings)
  if (named && other !== undefined) return wrongEndpoint(question, zone, named.id, other)
  if (named?.endpoint) {
    const because = `Private hosted zone ${zone.Id} resolves ${host} to endpoint ${named.id} in VPC ${named.endpoint.VpcId}.`
    return {is: 'endpoint', endpoint: named.endpoint, zone: named.zone, why: [nameHop(zone.Id, 'open', because)]}
  }
  const others = named && listedInstead(question, zone)
  if (named && others !== undefined) {
    const because = `Private hosted zone ${zone.Id} resolves ${host} to endpoint ${named.id}, which AWS does not list, although it lists ${others}: it may have been deleted.`
    return {is: 'none', why: [nameHop(zone.Id, 'blocked', because, {cause: 'dns.phz-shadow', likely: true})]}
  }
  if (named)
    return unknownAnswer(
      zone.Id,
      `Private hosted zone ${zone.Id} resolves ${host} to endpoint ${named.id}, which is not in the collected data; add the account file of its owner.`,
      'VpcEndpoints',
    )
  const next: Question = {...question, host: target, isTrusted: isRedirectionTrusted(question)}
  const owner = links < LONGEST_CHAIN ? ownerOf(next) : undefined
  if (owner) {
    const link: Hop = nameHop(zone.Id, 'open', `Private hosted zone ${zone.Id} resolves ${host} as ${target}.`)
    const answer = ownersAnswer(next, owner, links + 1)
    return {...answer, why: [link, ...answer.why]}
  }
  return hiddenAnswer(
    zone,
    `Private hosted zone ${zone.Id} resolves ${host} as ${target}, whose address is not visible.`,
  )
}

/** The zone leads to a name or to servers that only the instance can ask. */
const hiddenAnswer = ({Id}: HostedZone, because: string): Answer => ({
  is: 'public',
  why: [nameHop(Id, 'unknown', because, {cause: 'dns.phz-shadow'})],
})

/**
 * Endpoints that other zones of the VPC name are listed, or another one for the name in another VPC of the zone, so one
 * that is not listed probably no longer exists.
 */
function listedInstead({readings, vpcId, host}: Question, zone: HostedZone): string | undefined {
  if (isUnreadable(readings.VpcEndpoints)) return undefined
  const isOfOthers = zonesIn(readings, vpcId).some(
    ({Id, ResourceRecordSets}) =>
      Id !== zone.Id &&
      itemsOf(ResourceRecordSets).some(
        ({AliasTarget}) => AliasTarget && endpointNamed(readings, AliasTarget.DNSName)?.endpoint,
      ),
  )
  if (isOfOthers) return 'those of the other zones'
  const [other] = (zone.VPCs ?? [])
    .filter(({VPCId}) => VPCId !== vpcId)
    .flatMap(({VPCId}) => endpointsIn(readings, VPCId ?? ''))
    .filter((one) => isInterface(one) && isAvailable(one) && otherServiceOf(one, host, readings) === undefined)
  return other && `${other.VpcEndpointId} in VPC ${other.VpcId} of that zone`
}

/** The endpoint of one service does not answer for the name of another. */
function wrongEndpoint({host}: Question, zone: HostedZone, endpointId: string, service: string): Answer {
  const because = `Private hosted zone ${zone.Id} resolves ${host} to endpoint ${endpointId}, which is for another service than ${service}.`
  return {is: 'none', why: [nameHop(zone.Id, 'blocked', because, {cause: 'dns.phz-shadow', likely: true})]}
}

/** Owners that may exist and are not in the collected data; none matters if an endpoint of the VPC owns the name. */
export function unreadOwners(question: Question, owner: Owner | undefined): readonly Hop[] {
  if (owner?.endpoint && owner.isOwn) return []
  const {readings, vpcId, host, profile} = question
  const may = (what: string) => `The ${what} of VPC ${vpcId} could not be read; one may answer for ${host}.`
  const brought = (what: string, id: string, kind: Kind) =>
    unknownName(
      id,
      `Route 53 Profile ${profile.id} brings ${what} ${id} to VPC ${vpcId}, which is not in the collected data; it may answer for ${host}.`,
      kind,
    )
  const unknownHops: readonly (Hop | false)[] = [
    isUnreadable(readings.VpcEndpoints) &&
      (owner === undefined || owner.labels < labelCount(host)) &&
      unknownName(vpcId, may('endpoints'), 'VpcEndpoints'),
    isUnreadable(readings.HostedZones) &&
      !owner?.endpoint &&
      unknownName(vpcId, may('private hosted zones'), 'HostedZones'),
    profile.unread !== undefined && unknownName(vpcId, may('Route 53 Profiles'), profile.unread),
    ...profile.zones
      .filter((id) => !hasWith(readings.HostedZones, zoneId, id))
      .map((id) => brought('private hosted zone', id, 'HostedZones')),
    ...profile.endpoints
      .filter((id) => owner === undefined && find(readings.VpcEndpoints, 'VpcEndpointId', id) === undefined)
      .map((id) => brought('endpoint', id, 'VpcEndpoints')),
  ]
  return unknownHops.filter((hop) => hop !== false)
}
