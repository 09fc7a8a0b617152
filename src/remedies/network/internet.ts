import {itemsOf, type Subnet} from '../../model/account.ts'
import {isInternetGatewayId} from '../../model/ids.ts'
import {called, primaryInterfaceOf} from '../../model/instance.ts'
import {allWith, find} from '../../model/lists.ts'
import {destinationOf} from '../../network/routing/route-table.ts'
import {
  associateAddress,
  attachInternetGateway,
  createBlockPublicAccessExclusion,
  createInternetGateway,
  type ExclusionMode,
  widenBlockPublicAccessExclusion,
} from '../changes/gateways.ts'
import {type RouteTarget, replaceRoute, routesTo, target} from '../changes/routes.ts'
import {type Change, inSequence, waitFor} from '../core/change.ts'
import type {NetworkFacts} from '../core/network-facts.ts'
import {NO_COST, publicAddressCost} from '../core/prices.ts'
import {ec2, type Remedy} from '../core/remedy.ts'
import {countedOrNo, vpcEffect} from './blast-radius.ts'
import {attachedInternetGateway} from './egress-target.ts'
import {type FaultContext, proposed, textOf} from './fault-context.ts'

const IGW_DOCS = 'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html'
const BPA_DOCS = 'https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html'

/** An Elastic IP address for the first interface of the instance on the path to the internet gateway. */
export function publicAddress({facts, instance, resource}: Pick<FaultContext, 'facts' | 'instance' | 'resource'>) {
  const carrier = find(facts.Instances, 'InstanceId', resource) ?? instance
  const {NetworkInterfaceId: eni, SubnetId = carrier.SubnetId} = primaryInterfaceOf(carrier) ?? {}
  return eni === undefined
    ? undefined
    : {
        change: associateAddress(carrier, eni, find(facts.Subnets, 'SubnetId', SubnetId)),
        cost: publicAddressCost(facts.Region),
        title: `Associate a separate public address with ${called(carrier)}`,
      }
}

export function associatePublicAddress(fault: FaultContext): readonly Remedy[] {
  const address = find(fault.facts.RouteTables, 'RouteTableId', fault.resource) ? undefined : publicAddress(fault)
  if (!address) return []
  const effect = 'Inbound traffic that the security groups allow from the internet then reaches the instance.'
  return proposed(address.title, address.change, {
    docs: IGW_DOCS,
    cost: address.cost,
    effect,
    preferredBy: ['cheapest', 'least-change'],
  })
}

/** A detached gateway is attached; if the VPC has another one, or none, the routes are replaced. */
export function attachGateway(fault: FaultContext): readonly Remedy[] {
  const {facts, resource} = fault
  const vpcId = textOf(fault, 'vpcId') ?? fault.vpcId
  const gateway = find(facts.InternetGateways, 'InternetGatewayId', resource)
  const other = attachedInternetGateway(facts, vpcId)
  const effect = vpcEffect(fault, vpcId)
  if (other !== undefined) {
    const title = `Change the routes that target ${resource} to ${other}, the internet gateway of VPC ${vpcId}`
    const change = rerouted(facts, resource, vpcId, target('GatewayId', other))
    return proposed(title, change, {docs: IGW_DOCS, effect})
  }
  const about = {docs: IGW_DOCS, cost: NO_COST, effect}
  const isLeaving = gateway?.Attachments.some(({VpcId, State}) => VpcId === vpcId && State === 'detaching')
  if (gateway && (isLeaving || gateway.Attachments.length === 0)) {
    const title = `Attach internet gateway ${resource} to VPC ${vpcId}`
    const when = isLeaving ? ' AWS accepts this when the gateway is detached, which it is about to be.' : ''
    return proposed(title, attachInternetGateway(resource, vpcId), {...about, effect: `${effect}${when}`})
  }
  if (gateway?.Attachments.some(({VpcId, State}) => VpcId === vpcId && State === 'attaching'))
    return [
      waitFor(
        `internet gateway ${resource}`,
        ec2('DescribeInternetGateways', {InternetGatewayIds: [resource]}),
        IGW_DOCS,
      ),
    ]
  const fresh = createInternetGateway(vpcId)
  const title = `Create an internet gateway for VPC ${vpcId} and replace the target ${resource} of the routes with it`
  return proposed(title, inSequence(fresh, rerouted(facts, resource, vpcId, fresh.target)), about)
}

/** If a route's internet gateway no longer exists, another one replaces it. */
export function replaceGateway(fault: FaultContext): readonly Remedy[] {
  const gatewayId = textOf(fault, 'target')
  return isInternetGatewayId(gatewayId) ? attachGateway({...fault, resource: gatewayId}) : []
}

const rerouted = (facts: NetworkFacts, from: string, vpcId: string, to: RouteTarget): Change =>
  inSequence(
    ...routesTo(facts, from)
      .filter(({table}) => table.VpcId === vpcId)
      .map(({table, route}) => replaceRoute(table.RouteTableId, destinationOf(route), to)),
  )

/**
 * The declarative policy of the organization may allow exclusions, which weaken it.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcBlockPublicAccessOptions.html
 */
export const excludeFromPolicy = (fault: FaultContext): readonly Remedy[] =>
  itemsOf(fault.facts.VpcBlockPublicAccessOptions).some(({ExclusionsAllowed}) => ExclusionsAllowed === 'allowed')
    ? excludeFromBlock(fault).map((one) => ({...one, weakens: true as const}))
    : []

/** An exclusion for the subnet of the gateway, no wider than the traffic needs. */
export function excludeFromBlock(fault: FaultContext): readonly Remedy[] {
  const {facts, instance, hops} = fault
  const subnetId = textOf(fault, 'subnetId')
  if (subnetId === undefined) return []
  const isWide = hops.some((hop) => hop.fault?.detail?.exclusion === 'allow-bidirectional')
  const mode: ExclusionMode = isWide ? 'allow-bidirectional' : 'allow-egress'
  const place = find(facts.Vpcs, 'VpcId', subnetId) ? {VpcId: subnetId} : {SubnetId: subnetId}
  const others = allWith(facts.Instances, 'SubnetId', subnetId).filter(
    ({InstanceId}) => InstanceId !== instance.InstanceId,
  )
  const own = isWide ? subnetWithExclusion(facts, subnetId) : undefined
  const title = own
    ? `Change the exclusion of ${subnetId} from VPC Block Public Access to ${mode}`
    : `Exclude ${subnetId} from VPC Block Public Access (${mode})`
  const change = own ? widenBlockPublicAccessExclusion(facts, own) : createBlockPublicAccessExclusion(place, mode)
  return proposed(title, change, {
    docs: BPA_DOCS,
    cost: NO_COST,
    preferredBy: ['cheapest', 'least-change'],
    effect: `The excluded subnet or VPC has ${countedOrNo(others.length, 'other instance')}. An exclusion takes a few minutes to take effect.`,
  })
}

/** A subnet whose effective mode is not that of its VPC has an exclusion of its own. */
function subnetWithExclusion({Subnets, Vpcs}: NetworkFacts, subnetId: string): Subnet | undefined {
  const subnet = find(Subnets, 'SubnetId', subnetId)
  const vpc = find(Vpcs, 'VpcId', subnet?.VpcId)
  const isOwn =
    subnet?.OwnerId !== undefined &&
    subnet.BlockPublicAccessStates?.InternetGatewayBlockMode === 'block-ingress' &&
    vpc?.BlockPublicAccessStates?.InternetGatewayBlockMode === 'block-bidirectional'
  return isOwn ? subnet : undefined
}
