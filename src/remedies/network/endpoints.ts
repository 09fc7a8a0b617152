import {needsEc2Messages} from '../../agent/legacy-channel.ts'
import {agentVersionOf, isOnline} from '../../agent/node.ts'
import {isAtLeast, MINIMUMS} from '../../agent/version.ts'
import {type HostedZone, type Instance, itemsOf, type Subnet, type VpcEndpoint} from '../../model/account.ts'
import {called} from '../../model/instance.ts'
import {knownTableOf} from '../../model/joins.ts'
import {allWith, find} from '../../model/lists.ts'
import {AGENT_SERVICES, hostOf} from '../../model/partition.ts'
import {PUBLIC} from '../../network/address.ts'
import {sourcesOf} from '../../network/context.ts'
import {withoutDot} from '../../network/dns/name.ts'
import {claims, endpointsIn, interfacesOf, isAvailable, isOnlyInOtherZones} from '../../network/endpoints/endpoint.ts'
import {isInAvailabilityZone} from '../../network/endpoints/zone.ts'
import {isPrivateIpv6} from '../../network/private-ipv6.ts'
import {largestFirst} from '../../network/ranges.ts'
import {portionsOf} from '../../network/routing/route-table.ts'
import {compare} from '../../util/compare.ts'
import {inList} from '../../util/list-in-words.ts'
import {
  addRouteTable,
  addSubnet,
  createInterfaceEndpoint,
  deleteVpcEndpoint,
  isOnModelOnly,
  untilGone,
  useAddresses,
} from '../changes/endpoints.ts'
import {enablePrivateNames} from '../changes/names.ts'
import {pointNameAtNewEndpoint} from '../changes/records.ts'
import {updateAgent} from '../changes/systems-manager.ts'
import {type Change, canBeTried, changeOf, contactOwner, inSequence, waitFor} from '../core/change.ts'
import {endpointCost, NO_COST} from '../core/prices.ts'
import {ec2, type Remedy} from '../core/remedy.ts'
import {tableEffect, vpcEffect} from './blast-radius.ts'
import {endpointSet, endpointsFor, groupsOf} from './endpoint-set.ts'
import {type FaultContext, proposed, textOf} from './fault-context.ts'
import {endpointsWithEgress} from './groups.ts'
import {addS3GatewayEndpoint, s3Gateway} from './s3-gateway.ts'
import {hasBothFamilies, hasIpv4, hasRoomFor, neededFamily} from './subnet-families.ts'

const ENDPOINT_DOCS = 'https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html'

const endpointOf = ({facts, resource}: FaultContext): VpcEndpoint | undefined =>
  find(facts.VpcEndpoints, 'VpcEndpointId', resource)

/** The endpoint that its siblings lack. An agent that only needs the old channel is updated instead, at no cost. */
export function addEndpoint(fault: FaultContext): readonly Remedy[] {
  const {facts, instance, services} = fault
  const legacyOnly = services.every((service) => service === 'ec2messages')
  const polls = needsEc2Messages(facts, instance) !== 'unknown'
  const update =
    legacyOnly && polls && takesCommandsOverChannel(facts, instance)
      ? [updateAgent(facts, instance, MINIMUMS.singleChannel.version)]
      : []
  return [...update, ...endpointsFor(fault)]
}

/** Without `ec2messages` a command arrives over `ssmmessages`, which older agents do not support. */
const takesCommandsOverChannel = (facts: FaultContext['facts'], instance: Instance): boolean =>
  isOnline(facts, instance) && isAtLeast(agentVersionOf(facts, instance), MINIMUMS.commandsOverChannel.version) === true

/** In the Region of the instance: in addition to the one of the other Region, or replacing it if it owns the name. */
export function addInRegion(fault: FaultContext): readonly Remedy[] {
  const {facts, services} = fault
  const endpoint = endpointOf(fault)
  const set = endpointSet(fault, services, {like: endpoint})
  if (set) return [set]
  const service = endpoint?.ServiceName.split('.').at(-1) ?? ''
  const own = endpoint && newOne(fault, endpoint, service)
  if (!own) return []
  const title = `Replace endpoint ${endpoint.VpcEndpointId}, which is for another Region, with one for ${service} in ${facts.Region}`
  return proposed(title, inSequence(deleteVpcEndpoint(endpoint), own), {
    docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-cross-region-privatelink-support.html',
    ...replacementOf(fault, endpoint),
  })
}

function removalOf(endpoint: VpcEndpoint, state: string): readonly Change[] {
  if (state === 'deleted') return []
  return [state === 'deleting' ? untilGone(endpoint) : deleteVpcEndpoint(endpoint)]
}

const replacementOf = (fault: FaultContext, endpoint: VpcEndpoint) => ({
  cost:
    endpoint.VpcEndpointType === 'Gateway'
      ? NO_COST
      : endpointCost(fault.facts.Region, 1, Math.max(endpoint.SubnetIds.length, 1)),
  effect: `The new endpoint resolves after the old one is deleted, which takes a few minutes. ${vpcEffect(fault, endpoint.VpcId)}`,
})

const CONCEPTS = 'https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html'

/** An endpoint that cannot recover is recreated with the same settings. */
export function recreateEndpoint(fault: FaultContext): readonly Remedy[] {
  const endpoint = endpointOf(fault)
  if (!endpoint) return []
  const {VpcEndpointId} = endpoint
  const state = endpoint.State.toLowerCase()
  // Nothing is replaced that waiting fixes.
  if (['pending', 'pendingacceptance'].includes(state)) {
    const shown = ec2('DescribeVpcEndpoints', {VpcEndpointIds: [VpcEndpointId]})
    return [waitFor(`endpoint ${VpcEndpointId}`, shown, CONCEPTS)]
  }
  if (endpoint.VpcEndpointType === 'GatewayLoadBalancer') {
    const title = `Ask the owner of firewall endpoint ${VpcEndpointId}, which is ${state}, to replace it`
    return [contactOwner(`${title}, and route the traffic to the new one`, CONCEPTS)]
  }
  const service = endpoint.ServiceName.split('.').at(-1) ?? fault.services[0] ?? ''
  const replacement = newOne(fault, endpoint, service)
  if (!replacement) return []
  const change = inSequence(...removalOf(endpoint, state), replacement)
  return proposed(`Recreate endpoint ${VpcEndpointId} for ${service}`, change, {
    docs: CONCEPTS,
    ...replacementOf(fault, endpoint),
  })
}

function newOne(fault: FaultContext, endpoint: VpcEndpoint, service: string): Change | undefined {
  const {facts} = fault
  if (endpoint.VpcEndpointType === 'Gateway') return recreatedGatewayEndpoint(fault)
  const like = endpoint.SubnetIds.length > 0 && endpoint.Groups.length > 0 ? endpoint : undefined
  if (!like) {
    const set = endpointSet(fault, [service])
    return canBeTried(set) ? changeOf(set) : undefined
  }
  const {VpcId, SubnetIds, IpAddressType = 'ipv4', PrivateDnsEnabled} = like
  const zones = zonesNaming(facts, like, hostOf(service, facts))
  // The zones own the name where the endpoint has no private DNS.
  const isNamedByZones = zones.length > 0 && !PrivateDnsEnabled
  return inSequence(
    ...(isNamedByZones ? [] : enablePrivateNames(facts, VpcId)),
    createInterfaceEndpoint(facts, {
      vpcId: VpcId,
      service,
      subnetIds: SubnetIds,
      groups: groupsOf(like),
      ...(IpAddressType !== 'ipv4' && {addresses: IpAddressType}),
      ...(isNamedByZones && {privateDns: false}),
    }),
    ...zones.map((zone) => pointNameAtNewEndpoint(facts, zone, service, VpcId)),
  )
}

/** The private zones with an alias of the name to the endpoint, whose own name ends with it. */
const zonesNaming = ({HostedZones}: FaultContext['facts'], {VpcEndpointId}: VpcEndpoint, host: string) =>
  allWith(HostedZones, aliasesIn, `${host} ${VpcEndpointId}`)

/** Those without a routing policy: the only record of their name and type. */
const aliasesIn = ({ResourceRecordSets}: HostedZone): readonly string[] =>
  itemsOf(ResourceRecordSets)
    .filter(({Name, Type}, _, all) => all.filter((one) => one.Name === Name && one.Type === Type).length === 1)
    .map(({Name, AliasTarget}) => `${withoutDot(Name)} ${/^vpce-[0-9a-z]+/.exec(AliasTarget?.DNSName ?? '')?.[0]}`)

/** The failed gateway endpoint does not count as an existing one. */
const recreatedGatewayEndpoint = (fault: FaultContext): Change | undefined => {
  const {facts, resource} = fault
  const VpcEndpoints = itemsOf(facts.VpcEndpoints).filter(({VpcEndpointId}) => VpcEndpointId !== resource)
  return s3Gateway({...fault, facts: {...facts, VpcEndpoints}})
}

/** Without an interface there is no address. */
export function addSubnetToEndpoint(fault: FaultContext): readonly Remedy[] {
  const endpoint = endpointOf(fault)
  return endpoint ? addSubnetTo(fault, endpoint) : []
}

/** One step for all endpoints that the agent uses and that have no interface in the zone of the instance. */
export function addZoneToEndpoints(fault: FaultContext): readonly Remedy[] {
  const {facts, instance, subnetId} = fault
  const endpoint = endpointOf(fault)
  if (!endpoint) return []
  const zone = find(facts.Subnets, 'SubnetId', subnetId)?.AvailabilityZone
  const hosts = [...AGENT_SERVICES, 's3']
    .filter((service) => service !== 'ec2messages' || needsEc2Messages(facts, instance) !== false)
    .map((service) => hostOf(service, facts))
  const others = endpointsIn(facts, endpoint.VpcId).filter(
    (one) =>
      one !== endpoint &&
      isAvailable(one) &&
      !isOnModelOnly(one) &&
      isOnlyInOtherZones(facts, one, zone) &&
      hosts.some((host) => claims(one, host, facts)),
  )
  return addSubnetTo(fault, endpoint, others)
}

/** The subnet of the instance first, if it is in the endpoint's VPC; to the others as well if it suits them. */
function addSubnetTo(
  fault: FaultContext,
  endpoint: VpcEndpoint,
  others: readonly VpcEndpoint[] = [],
): readonly Remedy[] {
  const subnet = subnetFor(fault, endpoint)
  if (!subnet) return []
  const suited = others.filter((one) => subnetFor(fault, one) === subnet)
  const endpoints = [endpoint, ...(hasRoomFor(1 + suited.length, subnet) ? suited : [])].toSorted((a, b) =>
    compare(a.VpcEndpointId, b.VpcEndpointId),
  )
  const ids = endpoints.map(({VpcEndpointId}) => VpcEndpointId)
  const title = `Add subnet ${subnet.SubnetId} to ${ids.length === 1 ? 'endpoint' : 'endpoints'} ${inList(ids)}`
  return proposed(title, inSequence(...endpoints.map((one) => addSubnet(one, subnet.SubnetId))), {
    docs: ENDPOINT_DOCS,
    cost: endpointCost(fault.facts.Region, endpoints.length, 1),
  })
}

function subnetFor({facts, subnetId}: FaultContext, endpoint: VpcEndpoint): Subnet | undefined {
  const own = find(facts.Subnets, 'SubnetId', subnetId)
  const taken = new Set(interfacesOf(facts, endpoint).map(({zone}) => zone))
  return allWith(facts.Subnets, 'VpcId', endpoint.VpcId)
    .filter((one) => isInAvailabilityZone(one) && hasAddressesFor(endpoint, one) && hasRoomFor(1, one))
    .filter(({AvailabilityZone}) => AvailabilityZone === undefined || !taken.has(AvailabilityZone))
    .sort((a, b) => proximity(b, own) - proximity(a, own))[0]
}

const proximity = (subnet: Subnet, own: Subnet | undefined): number =>
  Number(subnet.SubnetId === own?.SubnetId) * 2 + Number(subnet.AvailabilityZone === own?.AvailabilityZone)

/** Whether the subnet has the addresses that an interface of the endpoint gets: one for IPv6 needs IPv6-only subnets. */
function hasAddressesFor({IpAddressType = 'ipv4'}: VpcEndpoint, subnet: Subnet): boolean {
  if (IpAddressType === 'ipv6') return subnet.Ipv6Native === true
  return IpAddressType === 'dualstack' ? hasBothFamilies(subnet) : hasIpv4(subnet)
}

/** The endpoint's names must have the addresses that the agent can use. */
export function changeAnswers(fault: FaultContext): readonly Remedy[] {
  const endpoint = endpointOf(fault)
  const isDualStack = endpoint?.IpAddressType === 'dualstack'
  if (
    !endpoint ||
    !(isDualStack || endpoint.SubnetIds.every((id) => hasBothFamilies(find(fault.facts.Subnets, 'SubnetId', id))))
  )
    return endpointsWithEgress(fault)
  return proposed(
    `Enable dual-stack addresses for endpoint ${endpoint.VpcEndpointId}`,
    useAddresses(endpoint, 'dualstack'),
    {
      docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html',
      cost: NO_COST,
      effect: `Its subnets need blocks of both kinds. ${vpcEffect(fault, endpoint.VpcId)}`,
    },
  )
}

/**
 * From 3.3.3270.0 on the agent supports IPv6, if it is configured; without a route for that its subnet needs one.
 * https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html
 */
export function dualStackAgent({facts, instance, subnetId, vpcId}: FaultContext): readonly Remedy[] {
  if (isPrivateIpv6(facts, vpcId, sourcesOf(instance)[6])) return []
  const table = knownTableOf(facts, {SubnetId: subnetId, VpcId: vpcId})
  const routes = itemsOf(table?.Routes ?? [])
  const [most] = largestFirst(portionsOf(facts, routes, 6, PUBLIC[6]))
  const route =
    table === undefined || most?.route
      ? ''
      : `, and route ::/0 in ${table.RouteTableId} to an egress-only internet gateway`
  return [
    contactOwner(
      `Run agent 3.3.3270.0 or later on ${called(instance)}, with UseDualStackEndpoint in its configuration${route}`,
      'https://github.com/aws/amazon-ssm-agent/releases/tag/3.3.3270.0',
    ),
  ]
}

export function routeGateway(fault: FaultContext): readonly Remedy[] {
  if (neededFamily(fault)) return addS3GatewayEndpoint(fault)
  const endpoint = endpointOf(fault)
  const table = find(fault.facts.RouteTables, 'RouteTableId', textOf(fault, 'routeTableId'))
  if (!endpoint || !table) return []
  const title = `Add route table ${table.RouteTableId} to S3 gateway endpoint ${endpoint.VpcEndpointId}`
  return proposed(title, addRouteTable(endpoint, table.RouteTableId), {
    docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html',
    cost: NO_COST,
    effect: tableEffect(fault, table),
  })
}
