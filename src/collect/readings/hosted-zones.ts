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
  zoneOfOtherOwner,
} from '../../model/account.ts'
import {isRefusalName} from '../../model/refusals.ts'
import {isWithin, withoutDot} from '../../network/dns/name.ts'
import {defined} from '../../util/json.ts'
import {lastPart} from '../../util/last-part.ts'
import type {Aws} from '../client/aws.ts'
import {pagesOf, send} from '../client/calls.ts'
import {complete, eachKnown, paginate, readList, readOr, required} from '../client/paginate.ts'

/**
 * The private zones of the VPCs, without their records.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByVPC.html
 */
export const readHostedZones = (aws: Aws, vpcIds: readonly string[]): Promise<Reading<HostedZone>> =>
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
    const zones = [...summaries].map(([id, {zone, name}]) => ({
      Id: `/hostedzone/${id}`,
      Name: name,
      ...(zone.Owner && {Owner: ownerOf(zone)}),
      VPCs: vpcsOf(id).map((VPCId) => ({VPCId, VPCRegion})),
      ResourceRecordSets: [],
    }))
    return [...zones, ...ownZones.filter(isUnreadable)]
  })

/**
 * Private zones of a Route 53 Profile, without their records. Those that its owner does not share with this account are
 * omitted. https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZone.html
 */
export async function readZonesOfProfile(aws: Aws, ids: readonly string[]): Promise<readonly HostedZone[]> {
  const zones = await Promise.all(
    ids.map((Id) =>
      readOr('route53:GetHostedZone', async (): Promise<HostedZone> => {
        const answer = await send(aws, Route53Client, new GetHostedZoneCommand({Id}))
        return {
          Id: `/hostedzone/${Id}`,
          Name: required(answer.HostedZone?.Name, 'Name'),
          VPCs: (answer.VPCs ?? []).map(({VPCId, VPCRegion}) => defined({VPCId, VPCRegion})),
          ResourceRecordSets: [],
        }
      }),
    ),
  )
  return zones.flatMap((zone) => (isUnreadable(zone) ? [] : zone))
}

const ownerOf = ({Owner}: HostedZoneSummary) =>
  defined({OwningAccount: Owner?.OwningAccount, OwningService: Owner?.OwningService})

const zonesOfVpc = pagesOf(Route53Client, ListHostedZonesByVPCCommand, 'HostedZoneSummaries')

/**
 * With the records of the zones that can answer for one of the hosts, or for what a CNAME there redirects it to.
 * Zones of AWS services, such as those of interface endpoints, do not show theirs.
 */
export async function withRecords(
  aws: Aws,
  zones: Reading<HostedZone>,
  hosts: readonly string[],
  account: string | undefined,
): Promise<Reading<HostedZone>> {
  const found = new Map<HostedZone, Reading<ResourceRecordSet>>()
  let names = hosts
  while (names.length > 0) {
    const answers = ({Name}: HostedZone) => names.some((host) => isWithin(host, Name))
    const next = itemsOf(zones).filter((zone) => !zone.Owner?.OwningService && !found.has(zone) && answers(zone))
    await Promise.all(next.map(async (zone) => found.set(zone, await recordsOf(aws, lastPart(zone.Id)))))
    names = next.flatMap((zone) => itemsOf(found.get(zone) ?? []).flatMap(redirectedNames))
  }
  return eachKnown(zones, (zone) => ({
    ...zone,
    ResourceRecordSets: unlessOfOther(account, zone, found.get(zone) ?? []),
  }))
}

const redirectedNames = ({Type, ResourceRecords = []}: ResourceRecordSet): readonly string[] =>
  Type === 'CNAME' ? ResourceRecords.map(({Value}) => withoutDot(Value)) : []

/** Whatever the caller is allowed to call, Route 53 denies it the records of another account's zone. */
function unlessOfOther(
  account: string | undefined,
  {Owner: {OwningService, OwningAccount = account} = {}}: HostedZone,
  records: Reading<ResourceRecordSet>,
): Reading<ResourceRecordSet> {
  if (OwningService !== undefined) return zoneOfOtherOwner(OwningService)
  const isDenied = isUnreadable(records) && isRefusalName(records.error)
  return isDenied && account !== undefined && OwningAccount !== account
    ? zoneOfOtherOwner(`account ${OwningAccount}`)
    : records
}

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
