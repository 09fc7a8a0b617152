import {isReadWith, type NatGateway, type RouteTable, type Subnet} from '../../model/account.ts'
import {knownTableOf} from '../../model/joins.ts'
import {allWith, find} from '../../model/lists.ts'
import {PUBLIC} from '../../network/address.ts'
import {isInAvailabilityZone} from '../../network/endpoints/zone.ts'
import {attachedVpcsOf} from '../../network/gateways/internet.ts'
import {mainRouteFor} from '../../network/gateways/nat-device.ts'
import {targetOf} from '../../network/routing/route-table.ts'
import {createNatGateway} from '../changes/gateways.ts'
import {type RouteTarget, target} from '../changes/routes.ts'
import type {Change} from '../core/change.ts'
import type {NetworkFacts} from '../core/network-facts.ts'
import {hasRoomFor} from './subnet-families.ts'

/** Provides egress for what has no public address. */
interface EgressTarget {
  readonly change: Change | undefined
  readonly target: RouteTarget
  readonly label: string
  /** Why AWS may reject it. */
  readonly notice?: string
}

export const attachedInternetGateway = (facts: NetworkFacts, vpcId: string): string | undefined =>
  allWith(facts.InternetGateways, attachedVpcsOf, vpcId)[0]?.InternetGatewayId

function leadsToInternet(facts: NetworkFacts, table: RouteTable | undefined): boolean {
  if (!isReadWith(table, 'Routes')) return false
  const route = mainRouteFor({readings: facts, family: 4, destination: PUBLIC[4]}, table)
  return (
    route !== undefined &&
    route.State !== 'blackhole' &&
    targetOf(route) === attachedInternetGateway(facts, table.VpcId)
  )
}

const routesToInternet = (facts: NetworkFacts, subnet: Subnet): boolean =>
  leadsToInternet(facts, knownTableOf(facts, subnet)) &&
  subnet.BlockPublicAccessStates?.InternetGatewayBlockMode !== 'block-bidirectional'

/**
 * AWS creates its route table with a route to the internet gateway; it can be changed.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
 */
function isWorkingRegional(facts: NetworkFacts, {AvailabilityMode, RouteTableId}: NatGateway): boolean {
  const table = find(facts.RouteTables, 'RouteTableId', RouteTableId)
  return AvailabilityMode === 'regional' && (!isReadWith(table, 'Routes') || leadsToInternet(facts, table))
}

/**
 * A NAT gateway takes an address of its subnet: one that failed for lack of them shows that there is none.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html#nat-gateway-troubleshooting-failed
 */
const isFull = ({NatGateways}: NetworkFacts, subnet: Subnet): boolean =>
  !hasRoomFor(1, subnet) ||
  (subnet.AvailableIpAddressCount === undefined &&
    allWith(NatGateways, 'SubnetId', subnet.SubnetId).some(
      ({FailureCode}) => FailureCode === 'InsufficientFreeAddressesInSubnet',
    ))

/** Subnets that route to the internet by a route table other than the one that is to route to the NAT gateway. */
const publicSubnetsOf = (facts: NetworkFacts, vpcId: string, tableIds: readonly string[]): readonly Subnet[] =>
  allWith(facts.Subnets, 'VpcId', vpcId).filter((subnet) => {
    const isOwn = tableIds.includes(knownTableOf(facts, subnet)?.RouteTableId ?? '')
    return !isOwn && !subnet.Ipv6Native && routesToInternet(facts, subnet)
  })

/**
 * A NAT gateway of the VPC that works, or a new one in a public subnet of an Availability Zone; the one in the zone first.
 */
export function egressTargetFor(
  facts: NetworkFacts,
  vpcId: string,
  zone: string | undefined,
  tableIds: readonly string[],
  onlyInZone = false,
): EgressTarget | undefined {
  const inZone = (subnetId: string | undefined) => find(facts.Subnets, 'SubnetId', subnetId)?.AvailabilityZone === zone
  const nearest = <T>(items: readonly T[], near: (item: T) => boolean): T | undefined =>
    items.find(near) ?? (onlyInZone ? undefined : items[0])
  const existing = nearest(workingNatGateways(facts, vpcId, tableIds), ({SubnetId}) => inZone(SubnetId))
  if (existing) {
    const {NatGatewayId: id} = existing
    return {change: undefined, target: target('NatGatewayId', id), label: `NAT gateway ${id}`}
  }
  const withRoom = publicSubnetsOf(facts, vpcId, tableIds).filter((subnet) => !isFull(facts, subnet))
  const inRegion = withRoom.filter(isInAvailabilityZone)
  const subnet = nearest(inRegion.length > 0 ? inRegion : withRoom, ({SubnetId}) => inZone(SubnetId))
  return subnet && newNatGateway(subnet)
}

const workingNatGateways = (facts: NetworkFacts, vpcId: string, tableIds: readonly string[]): readonly NatGateway[] => {
  const publicSubnets = new Set(publicSubnetsOf(facts, vpcId, tableIds).map(({SubnetId}) => SubnetId))
  return allWith(facts.NatGateways, 'VpcId', vpcId).filter(
    ({AttachedAppliances = [], ...gateway}) =>
      (gateway.State ?? 'available') === 'available' &&
      gateway.ConnectivityType !== 'private' &&
      AttachedAppliances.length === 0 &&
      (isWorkingRegional(facts, gateway) || (gateway.SubnetId !== undefined && publicSubnets.has(gateway.SubnetId))),
  )
}

/** https://docs.aws.amazon.com/local-zones/latest/ug/local-zones-connectivity-nat.html */
function newNatGateway(subnet: Subnet): EgressTarget {
  const {target, ...change} = createNatGateway(subnet)
  const label = `a new NAT gateway in public subnet ${subnet.SubnetId}`
  const notice = `Subnet ${subnet.SubnetId} is in a Local Zone or on an Outpost, not all of which support NAT gateways.`
  return {change, target, label, ...(!isInAvailabilityZone(subnet) && {notice})}
}
