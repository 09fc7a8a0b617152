import {
  type ResourceRecordSet as Answered,
  GetHostedZoneCommand,
  type HostedZoneSummary,
  ListHostedZonesByVPCCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecord,
  Route53Client,
  type RRType,
  type VPCRegion,
} from '@aws-sdk/client-route-53'
import {
  type HostedZone,
  isUnreadable,
  itemsOf,
  type Reading,
  type ResourceRecordSet,
  type Unreadable,
  zoneOf,
} from '../model/account.ts'
import {isRefusalName} from '../model/refusals.ts'
import {isWithin, withoutDot} from '../network/dns/name.ts'
import {defined} from '../util/json.ts'
import {lastPart} from '../util/last-part.ts'
import type {Aws} from './aws.ts'
import {pagesOf, send} from './calls.ts'
import {complete, paginate, readList, readOr, required} from './paginate.ts'

/** Zones of AWS services, such as those of interface endpoints, do not show their records. */
const isOurs = ({Owner}: HostedZoneSummary): boolean => Owner?.OwningService === undefined

/**
 * The private zones of the VPCs. Records are read only from zones that can answer for one of the hosts, or for what
 * they redirect one to.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByVPC.html
 */
export const readHostedZones = (
  aws: Aws,
  vpcIds: readonly string[],
  hosts: readonly string[],
  account: string | undefined,
): Promise<Reading<HostedZone>> =>
  readList('route53:ListHostedZonesByVPC', async () => {
    const VPCRegion = aws.region as VPCRegion
    const listed = await Promise.all(
      vpcIds.map(async (id) => ({id, zones: await zonesOfVpc(aws, {VPCId: id, VPCRegion})})),
    )
    const ownZones = listed.flatMap(({zones}) =>
      zones.map(
        complete((zone) => ({
          zone,
          id: required(zone.HostedZoneId, 'HostedZoneId'),
          name: required(zone.Name, 'Name'),
        })),
      ),
    )
    const summaries = new Map(ownZones.flatMap((one) => (isUnreadable(one) ? [] : [[one.id, one] as const])))
    const vpcsOf = (zoneId: string) =>
      listed.filter(({zones}) => zones.some(({HostedZoneId}) => HostedZoneId === zoneId)).map(({id}) => id)
    const own = [...summaries.values()].filter(({zone}) => isOurs(zone))
    const recordsOfZone = await recordsFor(aws, own, hosts)
    const zones = [...summaries].map(([id, {zone, name}]) => ({
      Id: `/hostedzone/${id}`,
      Name: name,
      ...(zone.Owner && {Owner: ownerOf(zone)}),
      VPCs: vpcsOf(id).map((VPCId) => ({VPCId, VPCRegion})),
      ResourceRecordSets: isOurs(zone)
        ? unlessOfOther(account, zone, recordsOfZone(id))
        : zoneOf(String(zone.Owner?.OwningService)),
    }))
    return [...zones, ...ownZones.filter(isUnreadable)]
  })

/**
 * Private zones of a Route 53 Profile. Those that its owner does not share with this account are omitted.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZone.html
 */
export async function readZonesOfProfile(
  aws: Aws,
  ids: readonly string[],
  hosts: readonly string[],
): Promise<readonly HostedZone[]> {
  const zones = await Promise.all(
    ids.map((Id) =>
      readOr('route53:GetHostedZone', async (): Promise<HostedZone> => {
        const answer = await send(aws, Route53Client, new GetHostedZoneCommand({Id}))
        const Name = required(answer.HostedZone?.Name, 'Name')
        return {
          Id: `/hostedzone/${Id}`,
          Name,
          VPCs: (answer.VPCs ?? []).map(({VPCId, VPCRegion}) => defined({VPCId, VPCRegion})),
          ResourceRecordSets: [],
        }
      }),
    ),
  )
  const shared = zones.flatMap((zone) => (isUnreadable(zone) ? [] : zone))
  const named = shared.map(({Id, Name}) => ({id: lastPart(Id), name: Name}))
  const recordsOfZone = await recordsFor(aws, named, hosts)
  return shared.map((zone) => ({...zone, ResourceRecordSets: recordsOfZone(lastPart(zone.Id))}))
}

const ownerOf = ({Owner}: HostedZoneSummary) =>
  defined({OwningAccount: Owner?.OwningAccount, OwningService: Owner?.OwningService})

/** Whatever the caller is allowed to call, Route 53 denies it the records of another account's zone. */
function unlessOfOther(
  account: string | undefined,
  {Owner}: HostedZoneSummary,
  records: Reading<ResourceRecordSet>,
): Reading<ResourceRecordSet> {
  const {OwningAccount: owner = account} = Owner ?? {}
  const isDenied = isUnreadable(records) && isRefusalName(records.error)
  return isDenied && account !== undefined && owner !== account ? zoneOf(`account ${owner}`) : records
}

const zonesOfVpc = pagesOf(Route53Client, ListHostedZonesByVPCCommand, 'HostedZoneSummaries')

interface NamedZone {
  readonly id: string
  readonly name: string
}

/** The records of the zones that answer for the names, and of those that answer for what a CNAME there redirects to. */
async function recordsFor(aws: Aws, zones: readonly NamedZone[], hosts: readonly string[]) {
  const found = new Map<string, Reading<ResourceRecordSet>>()
  let names = hosts
  let next: readonly NamedZone[]
  do {
    const answersOne = ({name}: NamedZone) => names.some((host) => isWithin(host, name))
    next = zones.filter((zone) => !found.has(zone.id) && answersOne(zone))
    await Promise.all(next.map(async ({id}) => found.set(id, await recordsOf(aws, id))))
    names = next.flatMap(({id}) => itemsOf(found.get(id) ?? []).flatMap(redirectedNames))
  } while (next.length > 0)
  return (id: string): Reading<ResourceRecordSet> => found.get(id) ?? []
}

const redirectedNames = ({Type, ResourceRecords = []}: ResourceRecordSet): readonly string[] =>
  Type === 'CNAME' ? ResourceRecords.map(({Value}) => withoutDot(Value)) : []

const recordsOf = (aws: Aws, HostedZoneId: string): Promise<Reading<ResourceRecordSet>> =>
  readList('route53:ListResourceRecordSets', () =>
    paginate<ResourceRecordSet | Unreadable>(async (token) => {
      const [StartRecordName, type, StartRecordIdentifier] = token?.split('\n') ?? []
      const start = {
        StartRecordName,
        StartRecordType: type as RRType | undefined,
        StartRecordIdentifier: StartRecordIdentifier || undefined,
      }
      const answer = await send(aws, Route53Client, new ListResourceRecordSetsCommand({HostedZoneId, ...start}))
      const items = answer.ResourceRecordSets?.map(complete(record))
      const next = [answer.NextRecordName, answer.NextRecordType, answer.NextRecordIdentifier ?? ''].join('\n')
      return {items, next: answer.IsTruncated ? next : undefined}
    }),
  )

const valued = ({Value}: ResourceRecord) => ({Value: required(Value, 'Value')})

/** A record without its values cannot be used. */
const record = ({Name, Type, AliasTarget, ResourceRecords, ...policy}: Answered): ResourceRecordSet => ({
  Name: required(Name, 'Name'),
  Type: required(Type, 'Type'),
  ...(AliasTarget && {
    AliasTarget: defined({
      DNSName: required(AliasTarget.DNSName, 'DNSName'),
      HostedZoneId: AliasTarget.HostedZoneId,
      EvaluateTargetHealth: AliasTarget.EvaluateTargetHealth,
    }),
  }),
  ...(!AliasTarget && {ResourceRecords: required(ResourceRecords, 'ResourceRecords').map(valued)}),
  ...policyOf(policy),
})

const policyOf = ({SetIdentifier, Weight, MultiValueAnswer, HealthCheckId}: Partial<Answered>) =>
  defined({SetIdentifier, Weight, MultiValueAnswer, HealthCheckId})
