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
import {type HostedZone, isUnreadable, type Reading, type ResourceRecordSet, type Unreadable} from '../model/account.ts'
import {isWithin, withoutDot} from '../network/dns/name.ts'
import {defined} from '../util/json.ts'
import type {Aws} from './aws.ts'
import {pagesOf, send} from './calls.ts'
import {complete, paginate, readList, readOr, required} from './paginate.ts'

/** Zones of AWS services, such as those of interface endpoints, do not show their records. */
const isOurs = ({Owner}: HostedZoneSummary): boolean => Owner?.OwningService === undefined

/**
 * The private zones of the VPCs. Records are read only from zones that can answer for one of the hosts.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByVPC.html
 */
export const readHostedZones = (
  aws: Aws,
  vpcIds: readonly string[],
  hosts: readonly string[],
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
    const zones = await Promise.all(
      [...summaries].map(async ([id, {zone, name}]) => ({
        Id: `/hostedzone/${id}`,
        Name: name,
        ...(zone.Owner && {Owner: ownerOf(zone)}),
        VPCs: vpcsOf(id).map((VPCId) => ({VPCId, VPCRegion})),
        ResourceRecordSets: await recordsOf(aws, id, zone, hosts),
      })),
    )
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
          ResourceRecordSets: await recordsOf(aws, Id, {HostedZoneId: Id, Name, Owner: undefined}, hosts),
        }
      }),
    ),
  )
  return zones.flatMap((zone) => (isUnreadable(zone) ? [] : zone))
}

const ownerOf = ({Owner}: HostedZoneSummary) =>
  defined({OwningAccount: Owner?.OwningAccount, OwningService: Owner?.OwningService})

const zonesOfVpc = pagesOf(Route53Client, ListHostedZonesByVPCCommand, 'HostedZoneSummaries')

async function recordsOf(
  aws: Aws,
  HostedZoneId: string,
  summary: HostedZoneSummary,
  hosts: readonly string[],
): Promise<Reading<ResourceRecordSet>> {
  const zone = withoutDot(summary.Name ?? '')
  if (!isOurs(summary)) return {unreadable: `the zone belongs to ${summary.Owner?.OwningService}`}
  if (!hosts.some((host) => isWithin(host, zone))) return []
  return readList('route53:ListResourceRecordSets', () =>
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
}

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
