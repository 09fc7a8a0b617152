import type {Instance, RouteTable} from '../../model/account.ts'
import {inOrder} from '../../model/effect.ts'
import {permission} from '../../model/group-rules.ts'
import {knownTableOf} from '../../model/joins.ts'
import {find} from '../../model/lists.ts'
import {destinationOf} from '../../network/routing/route-table.ts'
import {inList} from '../../util/list-in-words.ts'
import {authorize} from '../changes/filters.ts'
import {createInternetGateway, setSourceDestCheck} from '../changes/gateways.ts'
import {startInstance} from '../changes/instances.ts'
import {activateRoutesTo, routesOf, routesTo, setRoute, target} from '../changes/routes.ts'
import {inSequence, remedyOf, waitFor} from '../core/change.ts'
import {NO_COST} from '../core/prices.ts'
import {ec2, type Remedy} from '../core/remedy.ts'
import {groupEffect, subnetsOf, tableEffect} from './blast-radius.ts'
import {EVERYWHERE, leadsOut, subnetBlockAround} from './blocks.ts'
import {attachedInternetGateway} from './egress-target.ts'
import {endpointsFor} from './endpoint-set.ts'
import {type FaultContext, textOf, textsOf} from './fault-context.ts'
import {throughNat} from './routes.ts'

const NAT_TROUBLESHOOTING = 'https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html'
const NAT_INSTANCE_DOCS = 'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_NAT_Instance.html'

/** Every route to it is replaced by one to a NAT gateway that works. */
function replaced(fault: FaultContext): readonly Remedy[] {
  const {facts, resource} = fault
  const routes = routesTo(facts, resource).map(({table, route}) => ({table, destination: destinationOf(route)}))
  const [first] = routes
  return first
    ? throughNat(
        fault,
        routes.filter(({table}) => table.VpcId === first.table.VpcId),
      )
    : []
}

export function replaceNatGateway(fault: FaultContext): readonly Remedy[] {
  const {facts, resource} = fault
  const {State, ConnectivityType} = find(facts.NatGateways, 'NatGatewayId', resource) ?? {}
  // Nothing is replaced that waiting fixes, as it does not fix a private one.
  if (State === 'pending' && ConnectivityType !== 'private') {
    const shown = ec2('DescribeNatGateways', {NatGatewayIds: [resource]})
    return [waitFor(`NAT gateway ${resource}`, shown, NAT_TROUBLESHOOTING)]
  }
  return [...replaced(fault), ...endpointsFor(fault)]
}

/**
 * The subnet of the NAT device must route to an internet gateway, but not by the table that routes to the NAT device
 * itself.
 */
export function routeNatToInternet(fault: FaultContext): readonly Remedy[] {
  const {facts} = fault
  const elsewhere = replaced(fault)
  const table = find(facts.RouteTables, 'RouteTableId', textOf(fault, 'routeTableId'))
  if (!table || usesSameTable(fault, table)) return [...elsewhere, ...endpointsFor(fault)]
  const known = attachedInternetGateway(facts, table.VpcId)
  const fresh = known === undefined ? createInternetGateway(table.VpcId) : undefined
  const to = fresh ? fresh.target : target('GatewayId', known ?? '')
  const ipv4 = routesOf(facts, table.RouteTableId).flatMap(({DestinationCidrBlock}) => DestinationCidrBlock ?? [])
  const present = ipv4.filter(leadsOut)
  const destinations = present.length > 0 ? present : [EVERYWHERE]
  const routes = destinations.map((destination) => setRoute(facts, table.RouteTableId, destination, to))
  const change = inSequence(...(fresh ? [fresh] : []), ...routes)
  const where = fresh ? `a new internet gateway of VPC ${table.VpcId}` : `internet gateway ${known}`
  const title = `Route ${inList(destinations)} of route table ${table.RouteTableId} to ${where}`
  const out = remedyOf(title, change, {
    docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html',
    cost: NO_COST,
    effect: `Its subnets become public. ${tableEffect(fault, table)}`,
  })
  return [...elsewhere, out, ...endpointsFor(fault)]
}

/** In the route table of its own subnet alone, a route to the NAT device is a loop, and no one's path. */
function usesSameTable(fault: FaultContext, table: RouteTable): boolean {
  const {facts, subnetId, vpcId, resource} = fault
  const own = knownTableOf(facts, {SubnetId: subnetId, VpcId: vpcId})
  const isPath = subnetsOf(facts, table).some((id) => id !== textOf(fault, 'subnetId'))
  return own === table || (isPath && routesTo(facts, resource).some((one) => one.table === table))
}

const natInstanceOf = ({facts, resource}: FaultContext) => find(facts.Instances, 'InstanceId', resource)

export function startNatInstance(fault: FaultContext): readonly Remedy[] {
  const nat = natInstanceOf(fault)
  return [...(nat ? [started(nat)] : []), ...replaced(fault), ...endpointsFor(fault)]
}

/** Routes to a stopped instance are blackhole routes until it runs. */
function started(nat: Instance): Remedy {
  const start = startInstance(nat)
  const enis = nat.NetworkInterfaces.flatMap(({NetworkInterfaceId}) => NetworkInterfaceId ?? [])
  const effects = [nat.InstanceId, ...enis].map(activateRoutesTo)
  return {
    ...start,
    ...(start.apply && {apply: inOrder(start.apply, ...effects)}),
    preferredBy: ['cheapest', 'least-change'],
  }
}

export function allowForwarding(fault: FaultContext): readonly Remedy[] {
  const nat = natInstanceOf(fault)
  const eni = textOf(fault, 'eni')
  if (!nat || eni === undefined) return endpointsFor(fault)
  const title = `Disable source/destination checking of NAT instance ${nat.InstanceId}`
  const off = remedyOf(title, setSourceDestCheck(nat, eni, false), {docs: NAT_INSTANCE_DOCS, cost: NO_COST})
  return [off, ...replaced(fault), ...endpointsFor(fault)]
}

/** HTTPS in from the subnet of the instance, and out to wherever AWS's addresses are. */
export function allowThroughNatInstance(context: FaultContext): readonly Remedy[] {
  const {facts, hops} = context
  const groupId = textOf(context, 'groupId')
  if (groupId === undefined || !find(facts.SecurityGroups, 'GroupId', groupId)) return endpointsFor(context)
  const sources = [...new Set(textsOf(context, 'sources').map((source) => subnetBlockAround(facts, source)))]
  const closed = new Set(hops.map(({fault}) => fault?.detail?.direction))
  const rules = (
    [
      {side: 'ingress', direction: 'Ingress', cidrs: sources, what: `inbound TCP 443 from ${sources.join(', ')}`},
      {side: 'egress', direction: 'Egress', cidrs: [EVERYWHERE], what: `outbound TCP 443 to ${EVERYWHERE}`},
    ] as const
  ).filter(({side}) => closed.has(side))
  const changes = rules.map(({direction, cidrs}) => authorize(direction, groupId, [permission('tcp', 443, {cidrs})]))
  const title = `Allow ${rules.map(({what}) => what).join(' and ')} in security group ${groupId} of the NAT instance`
  const effect = groupEffect(context, groupId)
  return [remedyOf(title, inSequence(...changes), {docs: NAT_INSTANCE_DOCS, effect}), ...endpointsFor(context)]
}
