import type {RouteTable, Subnet} from '../../model/account.ts'
import {blocksOf, formatAddress, inWords} from '../address.ts'
import {type Flow, hop} from '../context.ts'
import {interfaceWith} from '../interface-with.ts'
import type {Hop, Leg} from '../path.ts'

/**
 * Blocks of VPCs may overlap. Traffic that is in a VPC with the address does not leave it for the interface with the same
 * address in another VPC. An interface that is no endpoint may have been mistaken for one that is not visible.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html#route-table-routes
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
 */
export function inOtherVpcHop(
  {readings, subnet: {VpcId: own}, target, destination}: Flow,
  {RouteTableId: table}: RouteTable,
  {SubnetId: subnetId}: Subnet,
  leg: Leg,
  vpcId: string,
): Hop | undefined {
  if (!target?.groups || target.vpcId === vpcId) return undefined
  const where = inWords(destination)
  const owner = target.endpointId ? `endpoint ${target.endpointId}` : `interface ${target.id}`
  const because = `Route table ${table} routes ${where} within VPC ${vpcId}, whose blocks contain it, while ${owner} with this address is in VPC ${target.vpcId}.`
  const known = interfaceWith(readings, vpcId, formatAddress(destination[0]![0]))
  if (known || target.endpointId === undefined)
    return hop('route', table, 'unknown', because, {leg, fault: {cause: 'route.unfollowed'}})
  const detail = {vpcId, subnetId, cidrs: blocksOf(destination)}
  const fault = {cause: 'route.none', detail, ...(vpcId !== own && {likely: true as const})}
  return hop('route', table, 'blocked', because, {leg, fault})
}
