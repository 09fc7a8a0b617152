import {itemsOf, type Route, type RouteTable} from '../../model/account.ts'
import {isInternetGatewayId} from '../../model/ids.ts'
import {called} from '../../model/instance.ts'
import {knownTableOf} from '../../model/joins.ts'
import {allWith, find} from '../../model/lists.ts'
import {hasDestination} from '../../model/routes.ts'
import {byFamily, cidrRanges, NAT64_BLOCK, parseCidr} from '../../network/address.ts'
import {sourcesOf} from '../../network/context.ts'
import {peerRanges} from '../../network/gateways/peers.ts'
import {publicAddressOf} from '../../network/other-interfaces.ts'
import {includes, isEmpty, overlaps} from '../../network/ranges.ts'
import {destinationOf, isPropagated, targetOf} from '../../network/routing/route-table.ts'
import {groupBy} from '../../util/group-by.ts'
import {inList} from '../../util/list-in-words.ts'
import {
  deleteRoute,
  type RouteTarget,
  restoreLocalRoute,
  routesOf,
  setRoute,
  target,
  targetNamed,
} from '../changes/routes.ts'
import {canBeTried, contactOwner, inSequence, remedyOf} from '../core/change.ts'
import type {NetworkFacts} from '../core/network-facts.ts'
import {NO_COST, natGatewayCost} from '../core/prices.ts'
import {type Remedy, untried} from '../core/remedy.ts'
import {pathAfter} from '../core/verify.ts'
import {tableEffect} from './blast-radius.ts'
import {blockAround, blocksOf, blocksOfVpc, EVERYWHERE, isDefault, leadsOut, subnetBlockAround} from './blocks.ts'
import {attachedInternetGateway, egressTargetFor} from './egress-target.ts'
import {endpointSet, endpointsFor} from './endpoint-set.ts'
import {type FaultContext, proposed, textOf, textsOf} from './fault-context.ts'
import {publicAddress} from './internet.ts'

const DOCS = 'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html'
const NAT_DOCS = 'https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html'

/**
 * Of IPv6, a NAT gateway translates only what DNS64 makes of IPv4 addresses.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html
 */
const isForNat = (destination: string): boolean => destination === NAT64_BLOCK || parseCidr(destination)?.family !== 6

/** Points routes at a NAT gateway that works, or at a new one. */
export function throughNat(
  fault: FaultContext,
  given: readonly {readonly table: RouteTable; readonly destination: string}[],
  onlyInZone = false,
): readonly Remedy[] {
  const {facts} = fault
  const routes = given.filter(({destination}) => isForNat(destination))
  const [first] = routes
  if (!first) return []
  const tableIds = routes.map(({table}) => table.RouteTableId)
  const zone = find(facts.Subnets, 'SubnetId', fault.subnetId)?.AvailabilityZone
  const egressTarget = egressTargetFor(facts, first.table.VpcId, zone, tableIds, onlyInZone)
  if (!egressTarget) return []
  const change = inSequence(
    ...(egressTarget.change ? [egressTarget.change] : []),
    ...routes.map(({table, destination}) => setRoute(facts, table.RouteTableId, destination, egressTarget.target)),
  )
  const byTable = [...groupBy(routes, ({table}) => table)]
  const where = byTable.map(
    ([{RouteTableId}, own]) => `${inList(own.map(({destination}) => destination))} of route table ${RouteTableId}`,
  )
  const remedy = remedyOf(`Route ${where.join(' and ')} to ${egressTarget.label}`, change, {
    docs: NAT_DOCS,
    cost: egressTarget.change
      ? natGatewayCost(facts.Region)
      : 'The NAT gateway exists; its data processing is billed per GB',
    effect: byTable.map(([table]) => tableEffect(fault, table)).join(' '),
    ...(egressTarget.change === undefined && {preferredBy: ['cheapest', 'least-change'] as const}),
  })
  return [egressTarget.notice === undefined ? remedy : untried(remedy, egressTarget.notice)]
}

const tableOf = ({facts, resource}: FaultContext): RouteTable | undefined =>
  find(facts.RouteTables, 'RouteTableId', resource)

/**
 * No egress. An internet gateway for the public address of the instance, or a NAT gateway, that exists costs nothing more;
 * of what is paid for, endpoints keep the subnet private, and a new NAT gateway or a public address connects it to the
 * internet.
 */
export function addRoute(fault: FaultContext): readonly Remedy[] {
  const {hop} = fault
  const table = tableOf(fault)
  if (!table) return []
  const {cidrs = [EVERYWHERE]} = fault.detail
  if (Array.isArray(cidrs) && !cidrs.some(leadsOut))
    return [...privateRoute(fault, table, cidrs[0]), ...endpointsFor(fault)]
  const isTranslated = textsOf(fault, 'cidrs').includes(NAT64_BLOCK) || (hop.leg === 'instance' && usesNat64(fault))
  const nat = throughNat(fault, [{table, destination: isTranslated ? NAT64_BLOCK : EVERYWHERE}])
  if (hop.leg !== 'instance') return [...nat, ...endpointsFor(fault)]
  const toExisting = ({preferredBy = []}: Remedy) => preferredBy.includes('least-change')
  const internet = isTranslated ? [] : toInternet(fault, table)
  const existing = [...internet, ...nat].filter(toExisting)
  return [
    ...existing,
    ...(existing.length > 0 ? endpointsWithS3(fault) : endpointsFor(fault)),
    ...[...nat, ...internet].filter((one) => !toExisting(one)),
  ]
}

const WITHOUT_S3_ROUTE: ReadonlySet<string | undefined> = new Set(['s3.unreachable', 's3.gateway-not-routed'])

/** Instead of a route that leads to S3, too, which is a cause of its own. */
function endpointsWithS3(fault: FaultContext): readonly Remedy[] {
  const {facts, instance, services} = fault
  const set = endpointSet(fault, services)
  if (!canBeTried(set)) return set ? [set] : []
  const lacksS3 = pathAfter(facts, instance, 's3', set).hops.some((one) => WITHOUT_S3_ROUTE.has(one.fault?.cause))
  return lacksS3 ? endpointsFor({...fault, services: [...services, 's3']}) : [set]
}

/** Without an IPv4 address, the instance reaches IPv4 by the addresses that DNS64 makes. */
function usesNat64({facts, subnetId, instance}: FaultContext): boolean {
  const {EnableDns64 = false, Ipv6Native = false} = find(facts.Subnets, 'SubnetId', subnetId) ?? {}
  return EnableDns64 && (Ipv6Native || isEmpty(sourcesOf(instance)[4]))
}

/**
 * A route to an attached internet gateway, with an address that it accepts unless the instance has one. Where VPC Block
 * Public Access stops it there, another change does not have to open that as well.
 */
function toInternet(fault: FaultContext, table: RouteTable): readonly Remedy[] {
  const {facts, instance, services, vpcId} = fault
  const gateway = attachedInternetGateway(facts, vpcId)
  if (gateway === undefined) return []
  const route = setRoute(facts, table.RouteTableId, EVERYWHERE, target('GatewayId', gateway))
  const title = `Route ${EVERYWHERE} of route table ${table.RouteTableId} to internet gateway ${gateway}`
  const about = {
    docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html',
    effect: `Every subnet of the table becomes public: inbound traffic that the security groups allow from the internet then reaches the instances there that have public addresses. ${tableEffect(fault, table)}`,
  }
  if (publicAddressOf(instance) !== undefined) {
    const isBlocked = pathAfter(facts, instance, services[0] ?? 'ssm', route).hops.some(
      ({at, verdict}) => at === 'gateway' && verdict === 'blocked',
    )
    const preferredBy = isBlocked ? (['cheapest'] as const) : (['cheapest', 'least-change'] as const)
    return proposed(title, route, {...about, cost: NO_COST, preferredBy})
  }
  const address = publicAddress(fault)
  if (!address) return []
  return proposed(`${title} and give ${called(instance)} a public address`, inSequence(route, address.change), {
    ...about,
    cost: address.cost,
    preferredBy: ['cheapest'],
  })
}

/** To addresses of another VPC: through a transit gateway or a peering connection of the VPC. */
function privateRoute(fault: FaultContext, table: RouteTable, address: string | undefined): readonly Remedy[] {
  const {facts} = fault
  if (address === undefined) return []
  const block = blockAround(facts, address)
  // The local route of a block of the VPC itself is the only one to it.
  if (blocksOf(facts, table.VpcId).includes(block)) return []
  const present = itemsOf(table.Routes).find((route) => hasDestination(route, block))
  const targets = routeTargetsTo(facts, table.VpcId, block).filter(({id}) => !present || targetOf(present) !== id)
  return targets.map((to) =>
    remedyOf(
      `Route ${block} of route table ${table.RouteTableId} to ${to.id}`,
      setRoute(facts, table.RouteTableId, block, to),
      {
        docs: DOCS,
        effect: tableEffect(fault, table),
      },
    ),
  )
}

function routeTargetsTo(facts: NetworkFacts, vpcId: string, block: string): readonly RouteTarget[] {
  const family = parseCidr(block)?.family ?? 4
  const hasBlock = (id: string | undefined) => id !== undefined && blocksOf(facts, id).includes(block)
  const peerings = itemsOf(facts.VpcPeeringConnections).filter((peering) => {
    const ends = [peering.RequesterVpcInfo?.VpcId, peering.AccepterVpcInfo?.VpcId]
    return (
      peering.Status?.Code === 'active' &&
      ends.includes(vpcId) &&
      includes(peerRanges(peering, vpcId, family), cidrRanges(family, [block]))
    )
  })
  const attachments = allWith(facts.TransitGatewayVpcAttachments, 'VpcId', vpcId).filter(
    ({State, TransitGatewayId}) =>
      State === 'available' &&
      allWith(facts.TransitGatewayVpcAttachments, 'TransitGatewayId', TransitGatewayId).some(({VpcId}) =>
        hasBlock(VpcId),
      ),
  )
  return [
    ...attachments.flatMap(({TransitGatewayId}) =>
      TransitGatewayId === undefined ? [] : [target('TransitGatewayId', TransitGatewayId)],
    ),
    ...peerings.map(({VpcPeeringConnectionId}) => target('VpcPeeringConnectionId', VpcPeeringConnectionId)),
  ]
}

/** A route whose target no longer exists. */
export function replaceBlackhole(fault: FaultContext): readonly Remedy[] {
  const table = tableOf(fault)
  const destination = textOf(fault, 'destination')
  if (!table || destination === undefined) return endpointsFor(fault)
  if (!leadsOut(destination)) return [...deleteBlackholeRoute(fault, table, destination), ...endpointsFor(fault)]
  const alike = itemsOf(table.Routes).filter((route) => targetOf(route) === textOf(fault, 'target'))
  const routes = alike
    .map((route) => ({table, destination: destinationOf(route)}))
    .filter((one) => leadsOut(one.destination))
  return [...throughNat(fault, routes), ...endpointsFor(fault)]
}

/** Without the blackhole route a less specific one matches the traffic, if there is one. */
function deleteBlackholeRoute(fault: FaultContext, table: RouteTable, destination: string): readonly Remedy[] {
  const routes = routesOf(fault.facts, table.RouteTableId)
  const dead = routes.find((route) => hasDestination(route, destination))
  const fallback = routes.some(
    (route) => route.State !== 'blackhole' && (isDefault(destinationOf(route)) || isLocalAround(route, destination)),
  )
  if (!dead || isPropagated(dead) || !fallback) return []
  const title = `Delete the route of ${destination} in route table ${table.RouteTableId}, whose target no longer exists`
  const effect = tableEffect(fault, table)
  return proposed(title, deleteRoute(table.RouteTableId, destination, dead), {docs: DOCS, effect})
}

/** Whether the traffic stays in the VPC once a more specific route is deleted. */
function isLocalAround(route: Route, destination: string): boolean {
  const [vpc, part] = [destinationOf(route), destination].map(parseCidr)
  if (!vpc || !part || targetOf(route) !== 'local') return false
  return vpc.family === part.family && includes(vpc.ranges, part.ranges)
}

/** A more specific route that matches addresses of the VPC itself. */
export function removeMoreSpecificRoute(fault: FaultContext): readonly Remedy[] {
  const table = tableOf(fault)
  const route = table && moreSpecificRouteIn(fault, table)
  if (!table || !route) return []
  const destination = destinationOf(route)
  const isLocal = isLocalRoute(fault.facts, table, route)
  const change = (isLocal ? restoreLocalRoute : deleteRoute)(table.RouteTableId, destination, route)
  const title = isLocal
    ? `Restore the local target of route ${destination} in route table ${table.RouteTableId}, which targets ${targetOf(route)}`
    : `Remove the route ${destination} to ${targetOf(route)} from route table ${table.RouteTableId}`
  return proposed(title, change, {
    docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html',
    effect:
      `${tableEffect(fault, table)} ${fault.hop.direction === 'reply' ? 'Replies to the instance then stay in the VPC.' : ''}`.trim(),
  })
}

/**
 * The local route of a block of the VPC with another target: it cannot be deleted, and its target can be restored.
 * https://docs.aws.amazon.com/vpc/latest/userguide/replace-local-route-target.html
 */
function isLocalRoute(facts: NetworkFacts, {VpcId}: RouteTable, route: Route): boolean {
  const vpc = find(facts.Vpcs, 'VpcId', VpcId)
  return route.Origin === 'CreateRouteTable' || (vpc !== undefined && blocksOfVpc(vpc).includes(destinationOf(route)))
}

function moreSpecificRouteIn(fault: FaultContext, table: RouteTable): Route | undefined {
  const destination = textOf(fault, 'destination')
  const routes = itemsOf(table.Routes)
  if (destination !== undefined) return routes.find((route) => hasDestination(route, destination))
  const formerTarget = textOf(fault, 'target')
  const source = byFamily([textOf(fault, 'source')])
  return routes.find((route) => {
    const {4: ipv4, 6: ipv6} = byFamily([route.DestinationCidrBlock, route.DestinationIpv6CidrBlock])
    return targetOf(route) === formerTarget && (overlaps(ipv4, source[4]) || overlaps(ipv6, source[6]))
  })
}

/** The reply must leave through the gateway of the request. */
export function addReturnRoute(fault: FaultContext): readonly Remedy[] {
  const {facts} = fault
  const table = tableOf(fault)
  const to = targetNamed(textOf(fault, 'expected') ?? '')
  const source = textOf(fault, 'source')
  if (!to || source === undefined) return []
  if (!table) return withGatewayTable(fault, subnetBlockAround(facts, source), to)
  // Inside the VPC only a route more specific than `local` has another target.
  const isInside = table.VpcId === textOf(fault, 'vpcId')
  const block = (isInside ? subnetBlockAround : blockAround)(facts, source)
  const title = `Route ${block}, the ${isInside ? 'subnet' : 'VPC'} of ${textOf(fault, 'sender')}, in route table ${table.RouteTableId} back to ${to.id}`
  return proposed(title, setRoute(facts, table.RouteTableId, block, to), {
    docs: DOCS,
    effect: tableEffect(fault, table),
  })
}

/** An internet gateway without a route table of its own; an egress-only one has none. */
function withGatewayTable(fault: FaultContext, block: string, to: RouteTarget): readonly Remedy[] {
  if (!isInternetGatewayId(fault.resource)) return []
  const title = `Associate a route table with internet gateway ${fault.resource} that routes ${block}, the subnet of ${textOf(fault, 'sender')}, back to ${to.id}`
  return [contactOwner(title, 'https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html')]
}

/** A hub subnet that sends traffic of others directly to the internet gateway needs a NAT gateway in between. */
export function natForHub(fault: FaultContext): readonly Remedy[] {
  const table = tableOf(fault)
  return table ? throughNat(fault, [{table, destination: EVERYWHERE}]) : []
}

/** A NAT gateway in the zone of the instance, for the tables that route to the one in another zone. */
export function addNatInZone(fault: FaultContext): readonly Remedy[] {
  const table = knownTableOf(fault.facts, {SubnetId: fault.subnetId, VpcId: fault.vpcId})
  return table ? throughNat(fault, [{table, destination: EVERYWHERE}], true) : []
}
