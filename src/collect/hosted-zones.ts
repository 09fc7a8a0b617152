import {
  type ResourceRecordSet as Answered,
  type HostedZoneSummary,
  ListHostedZonesByVPCCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecord,
  Route53Client,
  type RRType,
  type VPCRegion,
} from '@aws-sdk/client-route-53'
import type {HostedZone, Reading, ResourceRecordSet} from '../model/account.ts'
import type {Aws} from './aws.ts'
import {paginate, readOr, required} from './paginate.ts'

/** Zones of AWS services, such as those of interface endpoints, do not show their records. */
const isOurs = ({Owner}: HostedZoneSummary): boolean => Owner?.OwningService === undefined

/**
 * The private zones that answer in the VPCs. Records are read only of zones that can answer for one of the hosts.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByVPC.html
 */
export const readHostedZones = (
  aws: Aws,
  vpcIds: readonly string[],
  hosts: readonly string[],
): Promise<Reading<HostedZone>> =>
  readOr('route53:ListHostedZonesByVPC', async () => {
    const listed = await Promise.all(vpcIds.map(async (id) => ({id, zones: await zonesOf(aws, id)})))
    const summaries = new Map(
      listed.flatMap(({zones}) => zones.map((zone) => [required(zone.HostedZoneId, 'HostedZoneId'), zone] as const)),
    )
    const vpcsOf = (zoneId: string) =>
      listed.filter(({zones}) => zones.some(({HostedZoneId}) => HostedZoneId === zoneId)).map(({id}) => id)
    return Promise.all(
      [...summaries].map(async ([id, zone]) => ({
        Id: `/hostedzone/${id}`,
        Name: required(zone.Name, 'Name'),
        ...(zone.Owner && {Owner: ownerOf(zone)}),
        VPCs: vpcsOf(id).map((VPCId) => ({VPCId, VPCRegion: aws.region})),
        ResourceRecordSets: await recordsOf(aws, id, zone, hosts),
      })),
    )
  })

const ownerOf = ({Owner}: HostedZoneSummary) => ({
  ...(Owner?.OwningAccount !== undefined && {OwningAccount: Owner.OwningAccount}),
  ...(Owner?.OwningService !== undefined && {OwningService: Owner.OwningService}),
})

const zonesOf = (aws: Aws, VPCId: string): Promise<HostedZoneSummary[]> =>
  paginate(async (NextToken) => {
    const VPCRegion = aws.region as VPCRegion
    const answer = await aws
      .client(Route53Client)
      .send(new ListHostedZonesByVPCCommand({VPCId, VPCRegion, NextToken}), aws.until)
    return {items: answer.HostedZoneSummaries, next: answer.NextToken}
  })

const withoutDot = (name: string): string => name.toLowerCase().replace(/\.$/, '')

/** A zone answers for its own name and for every name below it. */
const answersFor = (zone: string, host: string): boolean => host === zone || host.endsWith(`.${zone}`)

async function recordsOf(
  aws: Aws,
  HostedZoneId: string,
  summary: HostedZoneSummary,
  hosts: readonly string[],
): Promise<Reading<ResourceRecordSet>> {
  const zone = withoutDot(summary.Name ?? '')
  if (!isOurs(summary)) return {unreadable: `the zone belongs to ${summary.Owner?.OwningService}`}
  if (!hosts.some((host) => answersFor(zone, host))) return []
  return readOr('route53:ListResourceRecordSets', () =>
    paginate(async (token) => {
      const [StartRecordName, type, StartRecordIdentifier] = token?.split('\n') ?? []
      const StartRecordType = type as RRType | undefined
      const answer = await aws.client(Route53Client).send(
        new ListResourceRecordSetsCommand({
          HostedZoneId,
          StartRecordName,
          StartRecordType,
          StartRecordIdentifier: StartRecordIdentifier || undefined,
        }),
        aws.until,
      )
      const items = answer.ResourceRecordSets?.map(record)
      const next = [answer.NextRecordName, answer.NextRecordType, answer.NextRecordIdentifier ?? ''].join('\n')
      return {items, next: answer.IsTruncated ? next : undefined}
    }),
  )
}

const valued = ({Value}: ResourceRecord) => ({Value: required(Value, 'Value')})

/** A record that is told without what it answers tells nothing. */
const record = ({Name, Type, AliasTarget, ResourceRecords}: Answered): ResourceRecordSet => ({
  Name: required(Name, 'Name'),
  Type: required(Type, 'Type'),
  ...(AliasTarget && {
    AliasTarget: {
      DNSName: required(AliasTarget.DNSName, 'DNSName'),
      ...(AliasTarget.HostedZoneId !== undefined && {HostedZoneId: AliasTarget.HostedZoneId}),
    },
  }),
  ...(!AliasTarget && {ResourceRecords: required(ResourceRecords, 'ResourceRecords').map(valued)}),
})
