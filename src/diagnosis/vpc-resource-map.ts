import {type Account, type Instance, itemsOf, type Subnet, type VpcEndpoint} from '../model/account.ts'
import {nameOf, primaryInterfaceOf} from '../model/instance.ts'
import {find} from '../model/lists.ts'
import type {Path} from '../network/path.ts'

/** Something in a subnet, or at the edge of the VPC. */
export interface Located {
  readonly id: string
  readonly kind:
    | 'instance'
    | 'endpoint'
    | 'nat-gateway'
    | 'internet-gateway'
    | 'egress-only-internet-gateway'
    | 'transit-gateway'
    | 'peering'
    | 'gateway-endpoint'
  /** The service of an endpoint, such as `com.amazonaws.eu-west-1.ssm`. */
  readonly service: string | null
}

interface MappedSubnet {
  readonly id: string
  readonly name: string | null
  readonly cidr: string | null
  readonly contents: readonly Located[]
}

/** The part of the instance's VPC that its paths use: subnets by zone, endpoints and gateways. */
export interface VpcResourceMap {
  readonly id: string
  readonly cidr: string | null
  /** The instance's primary network interface. */
  readonly interface: string | null
  readonly zones: readonly {
    readonly name: string
    readonly subnets: readonly MappedSubnet[]
    /** Subnets of the zone that none of the paths uses. */
    readonly others: number
  }[]
  readonly edge: readonly Located[]
}

const located = (kind: Located['kind'], id: string, service: string | null = null): Located => ({id, kind, service})

const AGENT_ENDPOINT = /\.(?:ssm|ssmmessages|ec2messages|s3)$/

/** Null if the VPC of the instance was not collected. */
export function vpcResourceMapOf(account: Account, instance: Instance, paths: readonly Path[]): VpcResourceMap | null {
  const {VpcId} = instance
  if (VpcId === undefined) return null
  const onPath = new Set(paths.flatMap(({via, hops}) => [via ?? '', ...hops.map(({resource}) => resource)]))
  const endpoints = itemsOf(account.VpcEndpoints).filter(
    ({VpcEndpointId, VpcId: vpc, ServiceName = ''}) =>
      vpc === VpcId && (onPath.has(VpcEndpointId) || AGENT_ENDPOINT.test(ServiceName)),
  )
  const subnets = itemsOf(account.Subnets).filter((subnet) => subnet.VpcId === VpcId)
  const mapped = subnets.map((subnet) => mappedSubnet(account, instance, subnet, endpoints, onPath))
  const zones = [...new Set(subnets.map(zoneOf))].sort()
  return {
    id: VpcId,
    cidr: find(account.Vpcs, 'VpcId', VpcId)?.CidrBlock ?? null,
    interface: primaryInterfaceOf(instance)?.NetworkInterfaceId ?? null,
    zones: zones.map((name) => {
      const members = mapped.filter((_, at) => zoneOf(subnets[at]!) === name)
      const shown = members.filter(({contents}) => contents.length > 0)
      return {name, subnets: shown, others: members.length - shown.length}
    }),
    edge: edgeOf(account, VpcId, endpoints, onPath),
  }
}

const zoneOf = ({AvailabilityZone, AvailabilityZoneId}: Subnet): string => AvailabilityZone ?? AvailabilityZoneId ?? ''

function mappedSubnet(
  account: Account,
  instance: Instance,
  subnet: Subnet,
  endpoints: readonly VpcEndpoint[],
  onPath: ReadonlySet<string>,
): MappedSubnet {
  const {SubnetId} = subnet
  const own = instance.SubnetId === SubnetId ? [located('instance', instance.InstanceId)] : []
  const served = endpoints
    .filter(({SubnetIds}) => SubnetIds?.includes(SubnetId))
    .map(({VpcEndpointId, ServiceName}) => located('endpoint', VpcEndpointId, ServiceName))
  const nats = itemsOf(account.NatGateways)
    .filter((nat) => nat.SubnetId === SubnetId && onPath.has(nat.NatGatewayId))
    .map(({NatGatewayId}) => located('nat-gateway', NatGatewayId))
  return {
    id: SubnetId,
    name: nameOf(subnet) ?? null,
    cidr: subnet.CidrBlock ?? null,
    contents: [...own, ...served, ...nats],
  }
}

const EDGE_KINDS: readonly (readonly [RegExp, Located['kind']])[] = [
  [/^igw-/, 'internet-gateway'],
  [/^eigw-/, 'egress-only-internet-gateway'],
  [/^tgw-[0-9a-f]/, 'transit-gateway'],
  [/^pcx-/, 'peering'],
]

function edgeOf(
  account: Account,
  vpcId: string,
  endpoints: readonly VpcEndpoint[],
  onPath: ReadonlySet<string>,
): readonly Located[] {
  const attached = itemsOf(account.InternetGateways).flatMap(({InternetGatewayId, Attachments}) =>
    Attachments.some(({VpcId}) => VpcId === vpcId) ? [InternetGatewayId] : [],
  )
  const gateways = [...new Set([...attached, ...onPath])].flatMap((id) => {
    const kind = EDGE_KINDS.find(([pattern]) => pattern.test(id))?.[1]
    return kind ? [located(kind, id)] : []
  })
  const free = endpoints
    .filter(({VpcEndpointType}) => VpcEndpointType === 'Gateway')
    .map(({VpcEndpointId, ServiceName}) => located('gateway-endpoint', VpcEndpointId, ServiceName))
  return [...gateways, ...free]
}

/** The VPC and the owner of the resource of a hop, if it is not the instance's own VPC: a hub's, or a peer's. */
export function locationInOtherVpc(
  account: Account,
  instance: Instance,
  resource: string,
): {readonly vpc?: string; readonly owner?: string} {
  const found =
    find(account.SecurityGroups, 'GroupId', resource) ??
    find(account.NetworkAcls, 'NetworkAclId', resource) ??
    find(account.RouteTables, 'RouteTableId', resource) ??
    find(account.VpcEndpoints, 'VpcEndpointId', resource) ??
    find(account.NatGateways, 'NatGatewayId', resource)
  if (found?.VpcId === undefined || found.VpcId === instance.VpcId) return {}
  const owner = 'OwnerId' in found ? found.OwnerId : undefined
  return {vpc: found.VpcId, ...(owner !== undefined && {owner})}
}
