import {knownTableOf} from '../../model/joins.ts'
import {find} from '../../model/lists.ts'
import {NAT64, NAT64_BLOCK} from '../../network/address.ts'
import {portionsOf} from '../../network/routing/route-table.ts'
import {decapitalized} from '../../util/list-in-words.ts'
import {setDns64} from '../changes/names.ts'
import {routesOf} from '../changes/routes.ts'
import {canBeTried, changeOf, inSequence, remedyOf} from '../core/change.ts'
import {NO_COST} from '../core/prices.ts'
import type {Remedy} from '../core/remedy.ts'
import {type FaultContext, proposed} from './fault-context.ts'
import {throughNat} from './routes.ts'

const DOCS = 'https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html'

/**
 * What is missing of NAT64: DNS64 of the subnet, or the route to what translates its addresses. Both only for a NAT
 * gateway that exists, because endpoints keep the subnet private for what a new one costs.
 */
export function completeNat64(fault: FaultContext): readonly Remedy[] {
  const {facts, subnetId} = fault
  const subnet = find(facts.Subnets, 'SubnetId', subnetId)
  const table = subnet && knownTableOf(facts, subnet)
  if (!subnet || !table) return []
  const route = portionsOf(facts, routesOf(facts, table.RouteTableId), 6, NAT64)[0]?.route
  // A transit gateway may lead to the NAT gateway of a hub.
  const gateway = route?.NatGatewayId ?? route?.TransitGatewayId
  const isRouted = gateway !== undefined && route?.State !== 'blackhole'
  const routes = isRouted ? [] : throughNat(fault, [{table, destination: NAT64_BLOCK}])
  if (subnet.EnableDns64) return routes
  const title = `Enable DNS64 of subnet ${subnetId}`
  const change = setDns64(subnetId, true)
  const effect = `In the subnet, names with IPv4 addresses only then also have IPv6 addresses, of ${NAT64_BLOCK}.`
  const about = {docs: DOCS, preferredBy: ['cheapest', 'least-change']} as const
  if (isRouted) return proposed(title, change, {...about, cost: NO_COST, effect})
  return routes
    .filter(({preferredBy = []}) => preferredBy.includes('cheapest'))
    .filter(canBeTried)
    .map((one) =>
      remedyOf(`${title}, and ${decapitalized(one.title)}`, inSequence(change, changeOf(one)), {
        ...about,
        cost: one.cost,
        effect: `${effect} ${one.effect}`,
      }),
    )
}
