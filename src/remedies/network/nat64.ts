import {knownTableOf} from '../../model/joins.ts'
import {find} from '../../model/lists.ts'
import {NAT64, NAT64_BLOCK} from '../../network/address.ts'
import {portionsOf} from '../../network/routing/route-table.ts'
import {setDns64} from '../changes/names.ts'
import {routesOf} from '../changes/routes.ts'
import {NO_COST} from '../core/prices.ts'
import type {Remedy} from '../core/remedy.ts'
import {type FaultContext, proposed} from './fault-context.ts'
import {throughNat} from './routes.ts'

const DOCS = 'https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html'

/** The half of NAT64 that is missing: DNS64 of the subnet, or the route to what translates its addresses. */
export function completeNat64(fault: FaultContext): readonly Remedy[] {
  const {facts, subnetId} = fault
  const subnet = find(facts.Subnets, 'SubnetId', subnetId)
  const table = subnet && knownTableOf(facts, subnet)
  if (!subnet || !table) return []
  const route = portionsOf(facts, routesOf(facts, table.RouteTableId), 6, NAT64)[0]?.route
  // A transit gateway may lead to the NAT gateway of a hub.
  const gateway = route?.NatGatewayId ?? route?.TransitGatewayId
  const isRouted = gateway !== undefined && route?.State !== 'blackhole'
  if (isRouted === (subnet.EnableDns64 ?? false)) return []
  if (!isRouted) return throughNat(fault, [{table, destination: NAT64_BLOCK}])
  return proposed(`Enable DNS64 of subnet ${subnetId}`, setDns64(subnetId, true), {
    docs: DOCS,
    cost: NO_COST,
    effect: `In the subnet, names with IPv4 addresses only then also have IPv6 addresses, of ${NAT64_BLOCK}.`,
    preferredBy: ['cheapest', 'least-change'],
  })
}
