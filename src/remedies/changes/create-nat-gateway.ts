import {isUnreadable, itemsOf, type NatGateway, type Route, type Subnet} from '../../model/account.ts'
import {allWith, find, routeTableOf, withPut} from '../../model/joins.ts'
import {targetOf} from '../../network/routing/route-table.ts'
import type {Change} from '../core/change.ts'
import {modelId} from '../core/model-id.ts'
import {answer, type Step} from '../core/remedy.ts'
import type {NetworkFacts} from '../plans/fault-context.ts'
import {type RouteTarget, target} from '../plans/routes-of-table.ts'

/** Provides egress for what has no public address. */
interface EgressTarget {
  readonly change: Change | undefined
  readonly target: RouteTarget
  readonly label: string
}

export const attachedInternetGateway = (facts: NetworkFacts, vpcId: string): string | undefined =>
  itemsOf(facts.InternetGateways).find(({Attachments}) => Attachments.some(({VpcId}) => VpcId === vpcId))
    ?.InternetGatewayId

function defaultRouteOf(facts: NetworkFacts, subnet: Subnet): Route | undefined {
  const table = routeTableOf(facts, subnet)
  if (!table || isUnreadable(table)) return undefined
  return itemsOf(table.Routes).find(({DestinationCidrBlock}) => DestinationCidrBlock === '0.0.0.0/0')
}

function routesToInternet(facts: NetworkFacts, subnet: Subnet): boolean {
  const route = defaultRouteOf(facts, subnet)
  return (
    route !== undefined &&
    route.State !== 'blackhole' &&
    targetOf(route) === attachedInternetGateway(facts, subnet.VpcId) &&
    subnet.BlockPublicAccessStates?.InternetGatewayBlockMode !== 'block-bidirectional'
  )
}

/** Subnets that route to the internet by a route table other than the one that is to route to the NAT gateway. */
const publicSubnetsOf = (facts: NetworkFacts, vpcId: string, tableIds: readonly string[]): readonly Subnet[] =>
  allWith(facts.Subnets, 'VpcId', vpcId).filter((subnet) => {
    const table = routeTableOf(facts, subnet)
    const own = table !== undefined && !isUnreadable(table) && tableIds.includes(table.RouteTableId)
    return !own && !subnet.Ipv6Native && routesToInternet(facts, subnet)
  })

/** A NAT gateway of the VPC that works, or a new one in a public subnet; the one in the zone first. */
export function outletOf(
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
  const subnet = nearest(publicSubnetsOf(facts, vpcId, tableIds), ({SubnetId}) => inZone(SubnetId))
  return subnet && newOutlet(facts, subnet)
}

const workingNatGateways = (facts: NetworkFacts, vpcId: string, tableIds: readonly string[]): readonly NatGateway[] => {
  const seats = new Set(publicSubnetsOf(facts, vpcId, tableIds).map(({SubnetId}) => SubnetId))
  return allWith(facts.NatGateways, 'VpcId', vpcId).filter(
    ({State, ConnectivityType, AvailabilityMode, SubnetId, AttachedAppliances = []}) =>
      (State ?? 'available') === 'available' &&
      ConnectivityType !== 'private' &&
      AttachedAppliances.length === 0 &&
      (AvailabilityMode === 'regional' || (SubnetId !== undefined && seats.has(SubnetId))),
  )
}

const newOutlet = (facts: NetworkFacts, subnet: Subnet): EgressTarget => ({
  change: createNatGateway(facts, subnet),
  target: {field: 'NatGatewayId', input: NAT_GATEWAY, id: natGatewayIn(subnet)},
  label: `a new NAT gateway in public subnet ${subnet.SubnetId}`,
})

const NAT_GATEWAY = answer('NAT_GATEWAY')
const ADDRESS = answer('NAT_ADDRESS')
const natGatewayIn = ({SubnetId}: Subnet) => modelId('nat', SubnetId)

/** https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html */
function createNatGateway({Region}: NetworkFacts, subnet: Subnet): Change {
  const {SubnetId} = subnet
  return {
    steps: [
      {
        service: 'ec2',
        operation: 'AllocateAddress',
        input: {Domain: 'vpc'},
        save: {as: 'NAT_ADDRESS', query: 'AllocationId'},
      },
      {
        service: 'ec2',
        operation: 'CreateNatGateway',
        input: {SubnetId, AllocationId: ADDRESS},
        save: {as: 'NAT_GATEWAY', query: 'NatGateway.NatGatewayId'},
      },
      ...waiting(Region, 'available'),
    ],
    undo: [
      {service: 'ec2', operation: 'DeleteNatGateway', input: {NatGatewayId: NAT_GATEWAY}},
      ...waiting(Region, 'deleted'),
      {service: 'ec2', operation: 'ReleaseAddress', input: {AllocationId: ADDRESS}},
    ],
    apply: (account) => withPut(account, 'NatGateways', 'NatGatewayId', modelOf(subnet)),
  }
}

/** Its address is a documentation address. */
const modelOf = (subnet: Subnet): NatGateway => ({
  NatGatewayId: natGatewayIn(subnet),
  SubnetId: subnet.SubnetId,
  VpcId: subnet.VpcId,
  State: 'available',
  ConnectivityType: 'public',
  NatGatewayAddresses: [{AllocationId: modelId('eipalloc', subnet.SubnetId), PublicIp: '203.0.113.2', IsPrimary: true}],
})

/** A route accepts a NAT gateway only once it exists, which takes a minute or two. */
const waiting = (region: string, state: 'available' | 'deleted'): readonly Step[] =>
  /^[a-z0-9-]+$/.test(region)
    ? [
        {
          on: 'here',
          waits: true,
          line: `aws ec2 wait nat-gateway-${state} --nat-gateway-ids "$NAT_GATEWAY" --region ${region}`,
        },
      ]
    : []
