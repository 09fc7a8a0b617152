import {type Instance, itemsOf, type Reading} from '../model/account.ts'
import {kindsWith} from '../model/kinds.ts'
import {lastPart} from '../util/last-part.ts'
import type {Aws} from './client/aws.ts'
import {eachKnown, join, joinKind} from './client/paginate.ts'
import {readVpcEndpoints} from './readings/vpc.ts'
import type {Place} from './service-names.ts'
import {collectVpcs, type Network} from './vpcs.ts'

/** A hub behind a hub behind the instance's VPC; no network is designed to send the agent's packets further. */
const DEPTH = 3

/**
 * The network of the instances: their VPCs, and further ones that routes and names refer to.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
 */
export async function collectNetwork(aws: Aws, place: Place, instances: readonly Instance[]): Promise<Network> {
  const batches: Network[] = []
  const collectedVpcs = new Set<string>()
  let next = [...new Set(instances.flatMap(({VpcId}) => VpcId ?? []))]
  while (next.length > 0 && batches.length < DEPTH) {
    for (const id of next) collectedVpcs.add(id)
    batches.push(await collectVpcs(aws, place, next, instances, batches))
    next = [...(await reachableVpcs(aws, merged(batches)))].filter((id) => !collectedVpcs.has(id))
  }
  return merged(batches)
}

function merged(batches: readonly Network[]): Network {
  const entries = [...kindsWith('network'), 'NatInstances' as const].map((kind) => {
    const readings = batches.map((batch) => batch[kind] as Reading<unknown>)
    const all =
      kind === 'HostedZones' ? zonesOf(batches) : joinKind(kind === 'NatInstances' ? 'Instances' : kind, readings)
    return [kind, all]
  })
  return Object.fromEntries(entries) as Network
}

/** A zone may be associated with several VPCs, each of which was read separately. */
function zonesOf(batches: readonly Network[]): Network['HostedZones'] {
  const zones = join(
    batches.map(({HostedZones}) => HostedZones),
    ({Id}) => Id,
  )
  const everywhere = batches.flatMap(({HostedZones}) => itemsOf(HostedZones))
  return eachKnown(zones, (zone) => ({
    ...zone,
    VPCs: everywhere.flatMap(({Id, VPCs}) => (Id === zone.Id ? (VPCs ?? []) : [])),
  }))
}

/**
 * VPCs of this Region that are reached through peering connections and transit gateways, or by the names of endpoints.
 */
async function reachableVpcs(aws: Aws, network: Network): Promise<ReadonlySet<string>> {
  const peers = itemsOf(network.VpcPeeringConnections).flatMap(({RequesterVpcInfo, AccepterVpcInfo}) =>
    [RequesterVpcInfo, AccepterVpcInfo].flatMap((side) =>
      side?.VpcId !== undefined && (side.Region ?? aws.region) === aws.region ? [side.VpcId] : [],
    ),
  )
  return new Set([...peers, ...routedVpcs(network), ...(await vpcsOfNamedEndpoints(aws, network))])
}

/** Where the transit gateway's route tables send traffic from the VPCs that were read. */
function routedVpcs(network: Network): string[] {
  const known = new Set(itemsOf(network.Vpcs).map(({VpcId}) => VpcId))
  const tables = itemsOf(network.TransitGatewayRouteTables)
  const outboundTables = tables.filter(({Associations}) =>
    itemsOf(Associations).some(({ResourceId}) => ResourceId !== undefined && known.has(ResourceId)),
  )
  return outboundTables.flatMap(({Routes}) =>
    itemsOf(Routes).flatMap(({TransitGatewayAttachments}) =>
      (TransitGatewayAttachments ?? []).flatMap(({ResourceType, ResourceId}) =>
        ResourceType === 'vpc' && ResourceId ? [ResourceId] : [],
      ),
    ),
  )
}

/** A private zone or a Route 53 Profile may name an endpoint in a VPC without a route to it: then that is the fault. */
async function vpcsOfNamedEndpoints(
  aws: Aws,
  {HostedZones, VpcEndpoints, ProfileResourceAssociations}: Network,
): Promise<string[]> {
  const known = new Set(itemsOf(VpcEndpoints).map(({VpcEndpointId}) => VpcEndpointId))
  const names = itemsOf(HostedZones).flatMap(({ResourceRecordSets}) =>
    itemsOf(ResourceRecordSets).flatMap(({AliasTarget, ResourceRecords}) => [
      AliasTarget?.DNSName ?? '',
      ...(ResourceRecords ?? []).map(({Value}) => Value),
    ]),
  )
  const ofProfiles = itemsOf(ProfileResourceAssociations).map(({ResourceArn}) => lastPart(ResourceArn))
  const values = [...names, ...ofProfiles]
    .flatMap((name) => /^vpce-[0-9a-f]+/.exec(name)?.[0] ?? [])
    .filter((id) => !known.has(id))
  if (values.length === 0) return []
  const found = await readVpcEndpoints(aws, {filter: 'vpc-endpoint-id', values})
  return itemsOf(found).map(({VpcId}) => VpcId)
}
