import {isUnreadable} from '../model/account.ts'
import {routeTableOf} from '../model/joins.ts'
import {cidrRanges} from './address.ts'
import {type Flow, NO_SEGMENT, type PathSegment} from './context.ts'
import {endpointsIn, isAvailable, isInterface, serves} from './endpoints/endpoint.ts'
import {outboundSegment} from './filters/egress.ts'
import {isEmpty, type Ranges, union} from './ranges.ts'
import {mayReachPrivate, portionsOf} from './routing/route-table.ts'
import {toEndpoint} from './routing/target-endpoint.ts'
import {vpcRanges} from './vpc-ranges.ts'

/**
 * The possible range of an answer that cannot be read: private addresses (RFC 1918) and the shared block of RFC 6598.
 */
const PRIVATE: Ranges = cidrRanges(4, ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'])

/**
 * The path to the private addresses of other networks, if the route table has one: an organization's own DNS
 * servers usually answer with the endpoints of a central VPC.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
 */
export function toOtherNetworks(flow: Flow): PathSegment | undefined {
  const table = routeTableOf(flow.readings, flow.subnet)
  if (flow.family === 6 || !table || isUnreadable(table) || isUnreadable(table.Routes)) return undefined
  const destination = portionsOf(flow.readings, table.Routes, 4, PRIVATE)
    .filter(({route}) => route !== undefined && mayReachPrivate(route))
    .reduce<Ranges>((all, {addresses}) => union(all, addresses), [])
  if (isEmpty(destination)) return undefined
  const segment = outboundSegment({...flow, destination})
  // A peering connection accepts addresses of the other VPC, and the position of the answer among the private ones is
  // not known.
  return {...segment, request: segment.request.filter(({fault}) => fault?.cause !== 'pcx.edge-to-edge')}
}

/** The path to an endpoint for the service in the VPC, if its addresses were the answer. */
export function toIdleEndpoint(flow: Flow): PathSegment | undefined {
  const {readings, service, subnet} = flow
  const endpoint = endpointsIn(readings, subnet.VpcId).find(
    (one) => isInterface(one) && isAvailable(one) && serves(one, service, readings.Region),
  )
  return endpoint && toEndpoint(flow, endpoint, undefined)
}

/**
 * To an endpoint somewhere in the VPC, in the subnet of the instance perhaps: only security groups are on every path
 * there.
 */
export function toHiddenEndpoint(flow: Flow): PathSegment {
  const destination = vpcRanges(flow)
  const segment = isEmpty(destination) ? NO_SEGMENT : outboundSegment({...flow, destination})
  return {...NO_SEGMENT, request: segment.request.filter(({at}) => at === 'security-group')}
}
