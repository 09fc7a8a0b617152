import {type Instance, isUnreadable, itemsOf, type Subnet, type VpcEndpoint} from '../account/account.ts'
import {allWith, find, primaryInterfaceOf} from '../account/joins.ts'
import {hostOf} from '../account/partition.ts'
import {needsEc2Messages} from '../agent/legacy-channel.ts'
import {agentVersionOf, nodeOf} from '../agent/node.ts'
import {isAtLeast, MINIMUMS} from '../agent/version.ts'
import {cidrRanges, type Family, formatAddress, inWords, NAT64, PUBLIC} from './address.ts'
import {answersWith, type EndpointInterface, interfacesOf, isAvailable} from './endpoint.ts'
import {endpointPolicyHop} from './endpoint-policy.ts'
import {groupVerdict} from './filters.ts'
import {ephemeralPorts, type Flow, hop, joined, NOWHERE, only, type Target, type Way} from './flow.ts'
import {peerOf} from './gateways/peering.ts'
import {leave} from './leave.ts'
import {type Answer, resolve} from './names.ts'
import type {Hop, Path} from './path.ts'
import {isEmpty, type Ranges, union} from './ranges.ts'
import type {WalkReadings} from './readings.ts'
import {merged, verdictOf} from './way.ts'

/** Somewhere to go: a service of AWS by its name, or any host or address. */
export interface Destination {
  readonly service: string
  readonly host: string
  readonly port: number
}

const HTTPS = 443

/** The way to each service that the agent needs, and back: made once for an instance, before the checks. */
export const walk = (readings: WalkReadings, instance: Instance): readonly Path[] =>
  servicesOf(readings, instance).map((service) =>
    pathTo(readings, instance, {service, host: hostOf(service, readings), port: HTTPS}),
  )

/**
 * What the agent talks to: https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
 * Session encryption and logging only when the session preferences ask for them.
 */
export function servicesOf(readings: WalkReadings, instance: Instance): readonly string[] {
  const inputs = itemsOf(readings.SessionPreferences)[0]?.inputs
  return [
    'ssm',
    'ssmmessages',
    ...(needsEc2Messages(readings, instance) === false ? [] : ['ec2messages']),
    's3',
    ...(inputs?.kmsKeyId ? ['kms'] : []),
    ...(inputs?.cloudWatchLogGroupName ? ['logs'] : []),
  ]
}

/** The way from an instance to any destination, and back. */
export function pathTo(readings: WalkReadings, instance: Instance, to: Destination): Path {
  const eni = primaryInterfaceOf(instance)
  const subnet = find(readings.Subnets, 'SubnetId', eni?.SubnetId ?? instance.SubnetId)
  if (!subnet) {
    const id = eni?.SubnetId ?? instance.SubnetId ?? instance.InstanceId
    return pathOf(to, only(hop('route', id, 'unknown', `Subnet ${id} could not be read.`, {unread: 'Subnets'})))
  }
  return pathOf(to, wayTo(flowOf(readings, instance, subnet, to)))
}

function pathOf({service, host, port}: Destination, way: Way): Path {
  const hops = [...way.request, ...[...way.reply].reverse()]
  return {service, host, port, via: way.via, verdict: verdictOf(hops), hops}
}

function flowOf(readings: WalkReadings, instance: Instance, subnet: Subnet, to: Destination): Flow {
  const eni = primaryInterfaceOf(instance)
  const v4 = cidrRanges(4, [eni?.PrivateIpAddress ?? instance.PrivateIpAddress])
  const family: Family = subnet.Ipv6Native || isEmpty(v4) ? 6 : 4
  const source =
    family === 4
      ? v4
      : cidrRanges(
          6,
          (eni?.Ipv6Addresses ?? []).map(({Ipv6Address}) => Ipv6Address),
        )
  return {readings, instance, subnet, ...to, family, source, ephemeral: ephemeralPorts(instance), destination: []}
}

function wayTo(flow: Flow): Way {
  const {readings, instance, subnet, host} = flow
  const literal = addressAnswer(host)
  const answer = literal ?? resolve(readings, instance, subnet.VpcId, host)
  const names: Way = {...NOWHERE, request: answer.why}
  const onward = wayBehind(flow, answer)
  const servers = customServers(answer)
  const certain = servers && answer.is === 'endpoint' ? agreed(onward, toPublic(flow)) : onward
  const way = joined(names, ...(servers ? [dnsGroupWay(flow, servers)] : []), certain)
  return optional(flow, joined(way, policyWay(flow, way)))
}

/** Where it is not known whether the agent still needs `ec2messages`, a missing endpoint for it is advice. */
function optional({readings, instance, service}: Flow, way: Way): Way {
  if (service !== 'ec2messages' || needsEc2Messages(readings, instance) !== 'unknown') return way
  const soften = (hop: Hop): Hop =>
    hop.fault?.cause === 'endpoint.ec2messages-missing' ? {...hop, fault: {...hop.fault, advice: true}} : hop
  return {...way, request: way.request.map(soften)}
}

/** The policy of the endpoint that carries the traffic, once the traffic gets there. */
function policyWay({readings, instance, service}: Flow, way: Way): Way {
  const endpoint = way.via === null ? undefined : find(readings.VpcEndpoints, 'VpcEndpointId', way.via)
  const carries = endpoint && ['Interface', 'Gateway'].includes(endpoint.VpcEndpointType)
  if (!carries || verdictOf([...way.request, ...way.reply]) === 'blocked') return NOWHERE
  return only(endpointPolicyHop(readings, instance, endpoint, service), way.via)
}

/** A destination that is an address needs no name. */
function addressAnswer(host: string): Answer | undefined {
  const addresses = {4: cidrRanges(4, [host]), 6: cidrRanges(6, [host])}
  return isEmpty(addresses[4]) && isEmpty(addresses[6])
    ? undefined
    : {is: 'addresses', addresses, zoneId: host, why: []}
}

function wayBehind(flow: Flow, answer: Answer): Way {
  switch (answer.is) {
    case 'none':
      return NOWHERE
    case 'public':
      return toPublic(flow)
    case 'addresses':
      return toAddresses(flow, answer.addresses[flow.family], answer.zoneId)
    case 'endpoint': {
      const way = toEndpoint(flow, answer.endpoint, answer.zone)
      return joined(way, endpointAdvice(flow, answer.endpoint, way))
    }
  }
}

/** From the interface's groups through the subnet to wherever the destination of the flow is. */
function onward(flow: Flow): Way {
  const way = leave(flow, flow.subnet, 'instance', {by: 'local'})
  return joined({...NOWHERE, request: [egressHop(flow, way)]}, way)
}

/**
 * Rules of the instance's groups. Without any route the destination is not known yet, so only groups that let
 * nothing out at all are to blame.
 */
function egressHop(flow: Flow, way: Way): Hop {
  const {instance, family, port, readings, subnet} = flow
  const eni = primaryInterfaceOf(instance)
  const groups = (eni?.Groups ?? instance.SecurityGroups).flatMap(({GroupId}) => GroupId ?? [])
  const unrouted = !flow.target && way.via === null && !way.request.some(({at}) => at === 'network-acl')
  const peers = peeredWith(readings, subnet.VpcId)
  const refers = (vpcId: string | undefined) => vpcId === subnet.VpcId || (vpcId !== undefined && peers.has(vpcId))
  const outsideAwsLists = !flow.target && flow.service !== 's3'
  const question = {groups, direction: 'egress', family, port, refers, outsideAwsLists} as const
  const peer = unrouted ? union(flow.destination, vpcRanges(flow)) : flow.destination
  const {verdict, unsure, ranges, prefixListsOnly} = groupVerdict(flow, question, peer)
  const [group = instance.InstanceId] = groups
  const names = groups.join(', ') || 'No security group'

  if (verdict === 'open' || (unrouted && !isEmpty(ranges)))
    return hop('security-group', group, 'open', `${names} lets port ${port} out to ${inWords(peer)}.`)
  if (verdict === 'unknown') {
    const why =
      unsure.length > 0
        ? unsure.join('; ')
        : `its rules let port ${port} out to some of ${inWords(peer)} only, and where ${flow.host} is among them cannot be told`
    const because = `Whether ${names} lets port ${port} out to ${flow.host} cannot be told: ${why}.`
    return hop(
      'security-group',
      group,
      'unknown',
      because,
      unsure.length > 0 ? {unread: unsure[0]!.includes('prefix') ? 'ManagedPrefixLists' : 'SecurityGroups'} : {},
    )
  }
  const byReference = groupVerdict(flow, {...question, refers: () => true}, peer).verdict === 'open'
  const cause = byReference
    ? 'sg.ref-over-tgw-egress'
    : prefixListsOnly
      ? 'sg.egress-prefix-list-only'
      : 'sg.no-egress-443'
  const because = byReference
    ? `${names} lets port ${port} out only to a security group in another VPC, and outbound references do not reach across a transit gateway.`
    : `${names} lets no port ${port} out to ${inWords(peer)}, so the agent cannot reach ${flow.host}.`
  const cidr = flow.target ? inWords(flow.destination) : family === 4 ? '0.0.0.0/0' : '::/0'
  return hop('security-group', group, 'blocked', because, {fault: {cause, detail: {groupId: group, cidr, port}}})
}

function vpcRanges({readings, subnet, family}: Flow): Ranges {
  const vpc = find(readings.Vpcs, 'VpcId', subnet.VpcId)
  return family === 4
    ? cidrRanges(4, [vpc?.CidrBlock, ...(vpc?.CidrBlockAssociationSet ?? []).map(({CidrBlock}) => CidrBlock)])
    : cidrRanges(
        6,
        (vpc?.Ipv6CidrBlockAssociationSet ?? []).map(({Ipv6CidrBlock}) => Ipv6CidrBlock),
      )
}

const peeredWith = ({VpcPeeringConnections}: WalkReadings, vpcId: string): ReadonlySet<string> =>
  new Set(
    itemsOf(VpcPeeringConnections)
      .filter(
        ({Status, RequesterVpcInfo, AccepterVpcInfo}) =>
          Status?.Code === 'active' && [RequesterVpcInfo?.VpcId, AccepterVpcInfo?.VpcId].includes(vpcId),
      )
      .flatMap((peering) => peerOf(peering, vpcId)?.VpcId ?? []),
  )

/** To the public addresses of a service; S3's are known by its prefix list. */
function toPublic(flow: Flow): Way {
  if (flow.family === 6) return toPublicFromIpv6(flow)
  const s3 = flow.service === 's3' ? s3Addresses(flow.readings) : undefined
  return onward({...flow, destination: s3 ?? PUBLIC[4]})
}

function s3Addresses({ManagedPrefixLists, Region}: WalkReadings): Ranges | undefined {
  const list = itemsOf(ManagedPrefixLists).find(({PrefixListName}) => PrefixListName?.endsWith(`.${Region}.s3`))
  if (!list || isUnreadable(list.Entries)) return undefined
  const ranges = cidrRanges(
    4,
    list.Entries.map(({Cidr}) => Cidr),
  )
  return isEmpty(ranges) ? undefined : ranges
}

/**
 * From an IPv6-only subnet the names that an agent dials by default have no address that it can use, but for DNS64 with
 * NAT64; only agents from 3.3.3270.0 on can be told to use the dual-stack names.
 * https://github.com/aws/amazon-ssm-agent/releases/tag/3.3.3270.0
 */
function toPublicFromIpv6(flow: Flow): Way {
  const {readings, instance, subnet, service} = flow
  if (subnet.EnableDns64) return onward({...flow, destination: NAT64})
  const version = agentVersionOf(readings, instance)
  if (isAtLeast(version, MINIMUMS.ipv6.version) && nodeOf(readings, instance)?.PingStatus === 'Online')
    return onward({...flow, host: `${service}.${readings.Region}.api.aws`, destination: PUBLIC[6]})
  const because = `Subnet ${subnet.SubnetId} has IPv6 only, without DNS64, and ${flow.host} has IPv4 addresses for an agent that is not set to dual-stack endpoints.`
  return only(
    hop('route', subnet.SubnetId, 'blocked', because, {
      fault: {cause: 'ipv6.only-no-ipv4-path', detail: {vpcId: subnet.VpcId}},
    }),
  )
}

/** To the interfaces of an endpoint: a connection takes any of those that the name gives. */
function toEndpoint(flow: Flow, endpoint: VpcEndpoint, zone: string | undefined): Way {
  const {VpcEndpointId: id, State} = endpoint
  const dead = (because: string, cause: string, detail = {}) =>
    only(hop('endpoint', id, 'blocked', because, {leg: 'endpoint', fault: {cause, detail}}), id)
  if (!isAvailable(endpoint)) return dead(`Endpoint ${id} is ${State}.`, 'endpoint.not-available', {state: State})
  if (!answersWith(endpoint)[flow.family]) {
    return flow.family === 4
      ? dead(
          `Endpoint ${id} answers with IPv6 addresses only, which an agent on IPv4 cannot use.`,
          'endpoint.ip-family',
        )
      : dead(
          `Endpoint ${id} answers with IPv4 addresses only, and subnet ${flow.subnet.SubnetId} has IPv6 only.`,
          'ipv6.only-no-ipv4-path',
        )
  }
  const interfaces = interfacesOf(flow.readings, endpoint).filter((eni) => zone === undefined || eni.zone === zone)
  if (interfaces.length === 0) {
    return isUnreadable(flow.readings.Subnets)
      ? only(
          hop('endpoint', id, 'unknown', `The interfaces of endpoint ${id} could not be read.`, {
            leg: 'endpoint',
            unread: 'NetworkInterfaces',
          }),
          id,
        )
      : dead(
          `Endpoint ${id} has no network interface, so ${flow.host} has no address to connect to.`,
          'endpoint.no-network-interface',
          {vpcId: endpoint.VpcId},
        )
  }
  const alive = only(
    hop(
      'endpoint',
      id,
      'open',
      `Endpoint ${id} is available with ${interfaces.length} network interface${interfaces.length === 1 ? '' : 's'}.`,
      {leg: 'endpoint'},
    ),
    id,
  )
  return joined({...NOWHERE, via: id}, merged(interfaces.map((eni) => toInterface(flow, id, eni))), alive)
}

function toInterface(flow: Flow, endpointId: string, eni: EndpointInterface): Way {
  const destination = eni.addresses[flow.family]
  if (isEmpty(destination)) {
    const because = `The address of interface ${eni.id} of endpoint ${endpointId} could not be read.`
    return only(
      hop('endpoint', endpointId, 'unknown', because, {leg: 'endpoint', unread: 'NetworkInterfaces'}),
      endpointId,
    )
  }
  const target: Target = {id: eni.id, vpcId: eni.vpcId, subnetId: eni.subnetId, groups: eni.groups, endpointId}
  return onward({...flow, destination, target})
}

/** To addresses that a private zone gives, or that were asked for: an interface that is known, or somewhere routed. */
function toAddresses(flow: Flow, addresses: Ranges, zoneId: string): Way {
  const {readings, subnet, host} = flow
  const ways = addresses.map(([from, to]) => {
    const address = formatAddress(from)
    const eni = interfaceWith(readings, address)
    const destination: Ranges = [[from, to]]
    const target: Target = eni
      ? {
          id: eni.NetworkInterfaceId,
          vpcId: eni.VpcId ?? subnet.VpcId,
          subnetId: eni.SubnetId,
          groups: eni.Groups.flatMap(({GroupId}) => GroupId ?? []),
          ...(endpointWith(readings, eni.NetworkInterfaceId) && {
            endpointId: endpointWith(readings, eni.NetworkInterfaceId)!,
          }),
        }
      : {id: address, vpcId: isEmpty(outside(flow, destination)) ? subnet.VpcId : 'elsewhere', subnetId: undefined}
    const way = onward({...flow, destination, target})
    const lost =
      !eni &&
      (target.vpcId === subnet.VpcId || (way.via === null && way.request.some(({verdict}) => verdict === 'blocked')))
    if (!lost || zoneId === host || isUnreadable(readings.NetworkInterfaces)) return way
    const because = `Private hosted zone ${zoneId} answers ${host} with ${address}, which belongs to nothing known and leads nowhere.`
    return only(
      hop('name', zoneId, 'blocked', because, {fault: {cause: 'dns.phz-shadow', detail: {vpcId: subnet.VpcId}}}),
    )
  })
  return merged(ways)
}

const outside = (flow: Flow, addresses: Ranges): Ranges => {
  const own = vpcRanges(flow)
  return addresses.filter(([from]) => !own.some(([low, high]) => low <= from && from < high))
}

const interfaceWith = ({NetworkInterfaces}: WalkReadings, address: string) =>
  allWith(NetworkInterfaces, 'PrivateIpAddress', address)[0] ??
  itemsOf(NetworkInterfaces).find(
    ({PrivateIpAddresses, Ipv6Addresses = []}) =>
      PrivateIpAddresses.some(({PrivateIpAddress}) => PrivateIpAddress === address) ||
      Ipv6Addresses.some(({Ipv6Address}) => Ipv6Address === address),
  )

const endpointWith = ({VpcEndpoints}: WalkReadings, eni: string): string | undefined =>
  itemsOf(VpcEndpoints).find(({NetworkInterfaceIds}) => NetworkInterfaceIds.includes(eni))?.VpcEndpointId

/** What is worth saying beside the way to an endpoint, and stops nothing. */
function endpointAdvice(flow: Flow, endpoint: VpcEndpoint, way: Way): Way {
  const {VpcEndpointId: id} = endpoint
  const {subnet, host, readings} = flow
  const advice: Hop[] = []
  const zones = interfacesOf(readings, endpoint).map(({zone}) => zone)
  if (
    endpoint.VpcId === subnet.VpcId &&
    zones.length > 0 &&
    !zones.includes(subnet.AvailabilityZone) &&
    !zones.includes(undefined)
  ) {
    const because = `Endpoint ${id} has no interface in ${subnet.AvailabilityZone}, the zone of the instance: the loss of another zone can cut the instance off.`
    advice.push(
      hop('endpoint', id, 'open', because, {leg: 'endpoint', fault: {cause: 'endpoint.single-az', advice: true}}),
    )
  }
  const dead = verdictOf([...way.request, ...way.reply]) === 'blocked'
  const direct = dead && endpoint.VpcId === subnet.VpcId ? toPublic(flow) : undefined
  if (direct && verdictOf([...direct.request, ...direct.reply]) === 'open') {
    const because = `Without endpoint ${id}, whose private DNS owns ${host} for the whole VPC, the instance would reach ${host} through ${direct.via}.`
    advice.push(hop('name', id, 'open', because, {fault: {cause: 'endpoint.shadows-internet', advice: true}}))
  }
  return {...NOWHERE, request: advice}
}

const customServers = ({why}: Answer): readonly string[] | undefined => {
  const fault = why.find(
    ({fault}) => fault?.cause === 'dns.custom-servers' || fault?.cause === 'dns.resolver-rule',
  )?.fault
  const servers = fault?.detail?.servers
  return fault && (Array.isArray(servers) ? servers : [])
}

/** Groups do apply to name servers of one's own. https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html */
function dnsGroupWay(flow: Flow, servers: readonly string[]): Way {
  const groups = (primaryInterfaceOf(flow.instance)?.Groups ?? flow.instance.SecurityGroups).flatMap(
    ({GroupId}) => GroupId ?? [],
  )
  const [group] = groups
  const admits = (server: string, protocol: 'udp' | 'tcp') => {
    const peer = cidrRanges(flow.family, [server])
    const question = {groups, direction: 'egress', family: flow.family, port: 53, protocol, refers: () => true} as const
    return isEmpty(peer) || groupVerdict(flow, question, peer).verdict !== 'blocked'
  }
  if (
    group === undefined ||
    servers.length === 0 ||
    servers.some((server) => admits(server, 'udp') || admits(server, 'tcp'))
  )
    return NOWHERE
  const because = `${groups.join(', ')} lets no port 53 out to the name servers ${servers.join(', ')}, so no name resolves.`
  const fault = {cause: 'sg.custom-dns-blocked', detail: {groupId: group, servers}}
  return only(hop('security-group', group, 'blocked', because, {fault}))
}

/** Where the answer of a name is a guess, only what stands in the way of either answer is certain. */
function agreed(guess: Way, other: Way): Way {
  const stands = (hops: readonly Hop[], {at, resource, direction}: Hop) =>
    hops.some(
      (hop) => hop.verdict === 'blocked' && hop.at === at && hop.resource === resource && hop.direction === direction,
    )
  const soften =
    (hops: readonly Hop[]) =>
    (hop: Hop): Hop => {
      if (hop.verdict !== 'blocked' || stands(hops, hop)) return hop
      const {fault: _, ...rest} = hop
      return {...rest, verdict: 'unknown'}
    }
  return {...guess, request: guess.request.map(soften(other.request)), reply: guess.reply.map(soften(other.reply))}
}
