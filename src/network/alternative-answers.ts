import {isReadWith} from '../model/account.ts'
import {routeTableOf} from '../model/joins.ts'
import {PRIVATE} from './address.ts'
import {type Flow, NO_SEGMENT, type PathSegment, vpcRanges} from './context.ts'
import {endpointsIn, isAvailable, isInterface, serves} from './endpoints/endpoint.ts'
import {outboundSegment} from './filters/egress.ts'
import {isEmpty, type Ranges, union} from './ranges.ts'
import {mayReachPrivate, portionsOf} from './routing/route-table.ts'
import {toEndpoint} from './routing/target-endpoint.ts'

/**
 * The path to the private addresses of other networks, where an answer that cannot be read may be, if the route table
 * has one: an organization's own DNS servers usually answer with the endpoints of a central VPC.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
 */
export function toOtherNetworks(flow: Flow): PathSegment | undefined {
  const table = routeTableOf(flow.readings, flow.subnet)
  if (flow.family === 6 || !isReadWith(table, 'Routes')) return undefined
  const destination = portionsOf(flow.readings, table.Routes, 4, PRIVATE[4])
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
