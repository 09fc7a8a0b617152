import type {RouteTable, VpcEndpoint} from '../../model/account.ts'
import {knownTableOf} from '../../model/joins.ts'
import {allWith} from '../../model/lists.ts'
import {endpointsIn, namesIpv6, serves} from '../../network/endpoints/endpoint.ts'
import {addRouteTable, createS3GatewayEndpoint, type Ipv6Addresses, useAddresses} from '../changes/endpoints.ts'
import {enablePrivateNames} from '../changes/names.ts'
import {type Change, contactOwner, inSequence} from '../core/change.ts'
import {NO_COST} from '../core/prices.ts'
import type {Remedy} from '../core/remedy.ts'
import {type FaultContext, proposed} from './fault-context.ts'
import {ipv6AddressesFor, neededFamily} from './subnet-families.ts'

interface Place {
  /** The gateway endpoint of the VPC for S3 that the route table has, or can get. */
  readonly existing: VpcEndpoint | undefined
  /** The route table of the instance's subnet. */
  readonly table: RouteTable | undefined
  readonly needsIpv6: boolean
  /** The address type with IPv6 that a gateway endpoint of this route table can have, where it is needed. */
  readonly addresses: Ipv6Addresses | undefined
}

function placeOf(fault: FaultContext): Place {
  const {facts, subnetId, vpcId} = fault
  const table = knownTableOf(facts, {SubnetId: subnetId, VpcId: vpcId})
  const needsIpv6 = neededFamily(fault) !== undefined
  const addresses = needsIpv6 && table ? ipv6AddressesOf(fault, [table.RouteTableId]) : undefined
  const all = endpointsIn(facts, vpcId).filter(
    (endpoint) => endpoint.VpcEndpointType === 'Gateway' && serves(endpoint, 's3', facts.Region),
  )
  const own = all.find(({RouteTableIds}) => table && RouteTableIds.includes(table.RouteTableId))
  const suits = ({IpAddressType = 'ipv4'}: VpcEndpoint) => !needsIpv6 || IpAddressType === addresses
  return {existing: own ?? all.find(suits), table, needsIpv6, addresses}
}

/** https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html#gateway-endpoint-ip-address-type */
const ipv6AddressesOf = ({facts, vpcId}: FaultContext, tableIds: readonly string[]): Ipv6Addresses | undefined =>
  ipv6AddressesFor(
    allWith(facts.Subnets, 'VpcId', vpcId).filter((subnet) =>
      tableIds.includes(knownTableOf(facts, subnet)?.RouteTableId ?? ''),
    ),
  )

/** The S3 gateway endpoint in the route table of the instance's subnet: the VPC's own, or a new one. */
export function s3Gateway(fault: FaultContext): Change | undefined {
  const {existing, table, needsIpv6, addresses} = placeOf(fault)
  if (!table || (needsIpv6 && !addresses) || existing?.RouteTableIds.includes(table.RouteTableId)) return undefined
  if (existing) return addRouteTable(existing, table.RouteTableId)
  const {facts, vpcId} = fault
  const created = createS3GatewayEndpoint(facts, vpcId, [table.RouteTableId], addresses)
  return addresses ? inSequence(...enablePrivateNames(facts, vpcId), created) : created
}

export const s3Words = (fault: FaultContext): string =>
  placeOf(fault).existing ? ', and route S3 to its gateway endpoint' : ', and a gateway endpoint for S3'

/**
 * Records with IPv6 addresses need both DNS attributes of the VPC.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html#gateway-endpoint-dns-record-ip-type
 */
function ipv6Gateway(fault: FaultContext, endpoint: VpcEndpoint): readonly Remedy[] {
  const {IpAddressType: type, VpcEndpointId} = endpoint
  const addresses = type === undefined || type === 'ipv4' ? ipv6AddressesOf(fault, endpoint.RouteTableIds) : type
  if (namesIpv6(endpoint)) return []
  if (!addresses) return [ownTable(fault)]
  const names = enablePrivateNames(fault.facts, fault.vpcId)
  const [what, effect] =
    addresses === 'dualstack'
      ? ['Enable dual-stack', 'Its route tables then route the IPv6 addresses of S3 to it as well.']
      : ['Use IPv6', 'Its route tables, whose subnets have IPv6 only, then route the IPv6 addresses of S3 to it.']
  return proposed(
    `${what} addresses for S3 gateway endpoint ${VpcEndpointId}`,
    inSequence(...names, useAddresses(endpoint, addresses)),
    {docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html', cost: NO_COST, effect},
  )
}

/** Subnets with other kinds of addresses use the same route table, so its gateway endpoint cannot have IPv6 ones. */
const ownTable = ({subnetId}: FaultContext): Remedy =>
  contactOwner(
    `Associate subnet ${subnetId} with a route table that only subnets with the same kinds of addresses use, and create a gateway endpoint for S3 with IPv6 addresses for it`,
    'https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html',
  )

export function addS3GatewayEndpoint(fault: FaultContext): readonly Remedy[] {
  const change = s3Gateway(fault)
  const {existing, table} = placeOf(fault)
  if (existing && !change) return ipv6Gateway(fault, existing)
  if (!table) return []
  if (!change) return [ownTable(fault)]
  const title = existing
    ? `Add route table ${table.RouteTableId} to S3 gateway endpoint ${existing.VpcEndpointId}`
    : `Create a gateway endpoint for S3 in VPC ${fault.vpcId}`
  return proposed(title, change, {
    docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html',
    cost: NO_COST,
    effect: `Subnets of route table ${table.RouteTableId} then reach S3 through it; open connections to S3 are interrupted once.`,
  })
}
