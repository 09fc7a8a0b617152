import type {VpcEndpoint} from '../../model/account.ts'
import {knownTableOf} from '../../model/joins.ts'
import {endpointsIn, namesIpv6, serves} from '../../network/endpoints/endpoint.ts'
import {addRouteTable, createS3GatewayEndpoint, enableDualStack} from '../changes/endpoints.ts'
import type {Change} from '../core/change.ts'
import {NO_COST} from '../core/prices.ts'
import type {Remedy} from '../core/remedy.ts'
import {type FaultContext, proposed} from './fault-context.ts'

/** The gateway endpoint of the VPC for S3, and the route table of the instance's subnet. */
function placeOf({facts, subnetId, vpcId}: FaultContext) {
  const existing = endpointsIn(facts, vpcId).find(
    (endpoint) => endpoint.VpcEndpointType === 'Gateway' && serves(endpoint, 's3', facts.Region),
  )
  return {existing, table: knownTableOf(facts, {SubnetId: subnetId, VpcId: vpcId})}
}

/** The S3 gateway endpoint in the route table of the instance's subnet: the VPC's own, or a new one. */
export function s3Gateway(fault: FaultContext): Change | undefined {
  const {existing, table} = placeOf(fault)
  if (!table || existing?.RouteTableIds.includes(table.RouteTableId)) return undefined
  return existing
    ? addRouteTable(existing, table.RouteTableId)
    : createS3GatewayEndpoint(fault.facts, fault.vpcId, [table.RouteTableId])
}

export const s3Words = (fault: FaultContext): string =>
  placeOf(fault).existing ? ', and route S3 to its gateway endpoint' : ', and a gateway endpoint for S3'

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html */
const dualStackGateway = (endpoint: VpcEndpoint): readonly Remedy[] =>
  namesIpv6(endpoint)
    ? []
    : proposed(
        `Enable dual-stack addresses for S3 gateway endpoint ${endpoint.VpcEndpointId}`,
        enableDualStack(endpoint),
        {
          docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html',
          cost: NO_COST,
          effect: 'Its route tables then route the IPv6 addresses of S3 to it as well.',
        },
      )

export function addS3GatewayEndpoint(fault: FaultContext): readonly Remedy[] {
  const change = s3Gateway(fault)
  const {existing, table} = placeOf(fault)
  if (existing && !change) return dualStackGateway(existing)
  if (!change || !table) return []
  const title = existing
    ? `Add route table ${table.RouteTableId} to S3 gateway endpoint ${existing.VpcEndpointId}`
    : `Create a gateway endpoint for S3 in VPC ${fault.vpcId}`
  return proposed(title, change, {
    docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html',
    cost: NO_COST,
    effect: `Subnets of route table ${table.RouteTableId} then reach S3 through it; open connections to S3 are interrupted once.`,
  })
}
