import {needsEc2Messages} from '../agent/legacy-channel.ts'
import {isOnline} from '../agent/node.ts'
import {type Instance, itemsOf, type Kind, type Subnet, type VpcEndpoint} from '../model/account.ts'
import {called, subnetIdOf} from '../model/instance.ts'
import {find} from '../model/lists.ts'
import {agentBucketOf, bucketHostOf, hostOf} from '../model/partition.ts'
import {byFamily, type Family} from './address.ts'
import {toHiddenEndpoint, toIdleEndpoint, toOtherNetworks} from './alternative-answers.ts'
import {
  ephemeralPorts,
  type Flow,
  hop,
  joined,
  NO_SEGMENT,
  only,
  type PathSegment,
  sourcesOf,
  unreadHop,
} from './context.ts'
import type {Answer} from './dns/answer.ts'
import {NO_SERVER, peersServerHop} from './dns/peers-server.ts'
import {resolve} from './dns/resolve.ts'
import {answersWith} from './endpoints/endpoint.ts'
import {closedGroups, dnsGroupSegment} from './filters/egress.ts'
import {withIpv6Alternative} from './ipv6-alternative.ts'
import {withOtherInterfaces} from './other-interfaces.ts'
import {isShared} from './ownership.ts'
import type {Fault, Hop, Path} from './path.ts'
import {asLikely, combined, isBlocked, oneOf, segmentVerdict, verdictOf, withHops} from './path-segment.ts'
import {isEmpty} from './ranges.ts'
import type {WalkReadings} from './readings.ts'
import {toAddresses} from './routing/target-addresses.ts'
import {endpointAdvice, toEndpoint} from './routing/target-endpoint.ts'
import {toPublic} from './routing/target-public.ts'

/** A destination: an AWS service by its name, or any host or address. */
export interface Destination {
  readonly service: string
  readonly host: string
  readonly port: number
  /** TCP if absent. */
  readonly protocol?: 'tcp' | 'udp'
  /** The endpoint itself is requested, whatever its names resolve to. */
  readonly endpoint?: VpcEndpoint
}

const HTTPS = 443

/** The path to each service that the agent needs, and back: computed once for an instance, before the checks. */
export const walk = (readings: WalkReadings, instance: Instance): readonly Path[] =>
  servicesOf(readings, instance).flatMap((service) =>
    service === 's3'
      ? bucketPaths(readings, instance)
      : pathTo(readings, instance, {service, host: hostOf(service, readings), port: HTTPS}),
  )

/** S3 is used through the host names of buckets: one of AWS's, and that of session logs if its path differs. */
function bucketPaths(readings: WalkReadings, instance: Instance): readonly Path[] {
  const to = (bucket: string) =>
    pathTo(readings, instance, {service: 's3', host: bucketHostOf(bucket, readings), port: HTTPS})
  const ofAgent = to(agentBucketOf(readings))
  const sessionBucket = itemsOf(readings.SessionPreferences)[0]?.inputs?.s3BucketName
  const ofSessions = sessionBucket ? to(sessionBucket) : undefined
  const isSame = ofSessions?.verdict === ofAgent.verdict && ofSessions.via === ofAgent.via
  return ofSessions && !isSame ? [ofAgent, ofSessions] : [ofAgent]
}

/**
 * The services that the agent uses: https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
 * Session encryption and logging only when the session preferences require them.
 */
function servicesOf(readings: WalkReadings, instance: Instance): readonly string[] {
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

/** The path from an instance to any destination, and back. */
export function pathTo(readings: WalkReadings, instance: Instance, to: Destination): Path {
  const subnetId = subnetIdOf(instance)
  const subnet = find(readings.Subnets, 'SubnetId', subnetId)
  if (!subnet) {
    const id = subnetId ?? instance.InstanceId
    const unread = only(unreadHop('route', id, `Subnet ${id}`, 'Subnets'))
    return pathOf(to, joined(closedGroups(readings, instance, to), unread))
  }
  const segment = segmentTo(flowOf(readings, instance, subnet, to), to)
  return pathOf(
    to,
    withOtherInterfaces(readings, instance, segment, (other) => segmentFrom(readings, other, to)),
  )
}

function segmentFrom(readings: WalkReadings, instance: Instance, to: Destination): PathSegment | undefined {
  const subnet = find(readings.Subnets, 'SubnetId', instance.SubnetId)
  return subnet && segmentTo(flowOf(readings, instance, subnet, to), to)
}

function pathOf({service, host, port}: Destination, segment: PathSegment): Path {
  const hops = [...segment.request, ...[...segment.reply].reverse()]
  return {service, host, port, via: segment.via, verdict: verdictOf(hops), hops}
}

function flowOf(readings: WalkReadings, instance: Instance, subnet: Subnet, to: Destination): Flow {
  const {service, host, port, protocol = 'tcp'} = to
  const sources = sourcesOf(instance)
  const family: Family = subnet.Ipv6Native || isEmpty(sources[4]) ? 6 : 4
  const [source, ephemeral] = [sources[family], ephemeralPorts(instance)]
  return {readings, instance, subnet, service, host, port, protocol, family, source, ephemeral, destination: []}
}

/** What the destination's name resolves to in the VPC. */
export function answerFor(readings: WalkReadings, instance: Instance, vpcId: string, to: Destination): Answer {
  const {endpoint, host} = to
  const explicitAnswer: Answer | undefined = endpoint && {is: 'endpoint', endpoint, zone: undefined, why: []}
  return explicitAnswer ?? addressAnswer(host) ?? resolve(readings, instance, vpcId, host)
}

function segmentTo(flow: Flow, to: Destination): PathSegment {
  const {readings, instance, subnet} = flow
  const answer = answerFor(readings, instance, subnet.VpcId, to)
  const names: PathSegment = {...NO_SEGMENT, request: answer.why}
  const answerSegment = segmentForAnswer(flow, answer)
  const servers = withoutAmazonServer(answer) ? customServers(answer) : undefined
  const groups = servers ? dnsGroupSegment(flow, servers) : NO_SEGMENT
  const unreachable = unreachableServers(flow, answer, servers ?? [])
  if (unreachable) return joined(unreachable, groups)
  return joined(names, groups, withIpv6Alternative(flow, answer, combinedWithAlternatives(flow, answer, answerSegment)))
}

/** If the Amazon DNS server is one of the servers, it answers where the others do not. */
const withoutAmazonServer = ({why}: Answer): boolean => why.every(({fault}) => fault?.detail?.besides !== 'Amazon')

const DNS = 53

/** Custom DNS servers that no query reaches, by UDP or by TCP, through the routes and network ACLs. */
function unreachableServers(flow: Flow, {why}: Answer, servers: readonly string[]): PathSegment | undefined {
  const options = why.find(({fault}) => fault?.cause === 'dns.custom-servers')
  if (!options || servers.length === 0) return undefined
  const stops = servers.map((server) => blockedHopTo(flow, server))
  const [stop] = stops
  if (!stop || stops.some((one) => one === undefined)) return undefined
  const because = `DHCP options ${options.resource} configure the custom DNS servers ${servers.join(', ')}, and none can be reached: ${stop.because}`
  const fault: Fault = {
    cause: 'dns.custom-servers',
    blocks: true,
    detail: {servers, ...(stops.every((one) => one?.fault?.cause === NO_SERVER) && {state: 'absent'})},
  }
  return only(hop('name', options.resource, 'blocked', because, {fault}))
}

function blockedHopTo(flow: Flow, server: string): Hop | undefined {
  const addresses = byFamily([server])
  if (isEmpty(addresses[4]) && isEmpty(addresses[6])) return undefined
  const blockedHopOver = (protocol: 'tcp' | 'udp') => {
    const query: Flow = {...flow, service: 'dns', host: server, port: DNS, protocol}
    const {request, reply, via} = toAddresses(query, addresses, server)
    const blocked = [...request, ...reply].find(
      ({at, leg, verdict}) => verdict === 'blocked' && (at !== 'security-group' || leg === 'endpoint'),
    )
    return blocked ?? peersServerHop(query, server, via)
  }
  return blockedHopOver('tcp') && blockedHopOver('udp')
}

/** A destination that is an address needs no name. */
function addressAnswer(host: string): Answer | undefined {
  const addresses = byFamily([host])
  return isEmpty(addresses[4]) && isEmpty(addresses[6])
    ? undefined
    : {is: 'addresses', addresses, zoneId: host, why: []}
}

function segmentForAnswer(flow: Flow, answer: Answer): PathSegment {
  switch (answer.is) {
    case 'none':
      return NO_SEGMENT
    case 'public':
      return toPublic(flow)
    case 'addresses':
      return toAddresses(flow, answer.addresses, answer.zoneId)
    case 'one of':
      return toOneOf(flow, answer.answers)
    case 'endpoint': {
      const lacking = lackingRecord(flow, answer)
      if (lacking) return lacking
      const segment = toEndpoint(flow, answer.endpoint, answer.zone)
      return joined(segment, endpointAdvice(flow, answer.endpoint, segment))
    }
  }
}

/**
 * The zone has address records of the other family only, although the endpoint has addresses of both. With DNS64 the
 * DNS server makes addresses of IPv6.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-alias-common.html
 */
function lackingRecord(
  {instance, subnet, family, host}: Flow,
  {endpoint, onlyFamily, why}: Extract<Answer, {is: 'endpoint'}>,
): PathSegment | undefined {
  const isTranslated = family === 6 && subnet.EnableDns64
  const zoneId = why.at(-1)?.resource
  if (!onlyFamily || onlyFamily === family || isTranslated || zoneId === undefined || !answersWith(endpoint)[family])
    return undefined
  const type = family === 4 ? 'A' : 'AAAA'
  const because = `Private hosted zone ${zoneId} has no record of type ${type} for ${host}, which ${called(instance)} needs for IPv${family}.`
  const fault = {cause: 'dns.phz-shadow', detail: {vpcId: subnet.VpcId}}
  return only(hop('name', zoneId, 'blocked', because, {fault}))
}

function toOneOf(flow: Flow, answers: readonly Answer[]): PathSegment {
  const segments = answers.map((one) =>
    joined({...NO_SEGMENT, request: one.why}, combinedWithAlternatives(flow, one, segmentForAnswer(flow, one))),
  )
  const blockedFirst = segments.toSorted((a, b) => Number(isBlocked(b)) - Number(isBlocked(a)))
  const zone = answers[0]?.why[0]?.resource ?? flow.host
  const because = `Records with a routing policy in private hosted zone ${zone} resolve ${flow.host}; cannot determine which of them answers.`
  return oneOf(blockedFirst, (unread) => hop('name', zone, 'unknown', because, {unread}))
}

/**
 * What else the name may resolve to if its answer is a guess: public addresses, those of other networks, an endpoint
 * that does not own the name, or one that is not visible.
 */
function combinedWithAlternatives(flow: Flow, answer: Answer, assumed: PathSegment): PathSegment {
  const segment = combinedWithUnreadAnswers(flow, answer, assumed)
  return mayBeOwnersEndpoint(flow, answer) ? likelyOnSharedSubnet(flow, segment) : segment
}

/** A participant of a shared VPC does not see the owner's endpoints, whose private DNS may own the name. */
const mayBeOwnersEndpoint = ({readings, subnet}: Flow, {is}: Answer): boolean =>
  is === 'public' && isShared(readings, subnet)

/**
 * What blocks the traffic to public addresses blocks nothing on the path to an endpoint in the VPC, and an open path
 * may not be the one that is used, unless the node is online.
 */
function likelyOnSharedSubnet(flow: Flow, segment: PathSegment): PathSegment {
  const {readings, instance, subnet, host} = flow
  const verdict = segmentVerdict(segment)
  if (verdict === 'blocked') return likelyWithin(flow, segment)
  if (verdict === 'unknown' || isOnline(readings, instance)) return segment
  const because = `Subnet ${subnet.SubnetId} is shared by account ${subnet.OwnerId}, whose endpoints this account cannot see; one may answer for ${host}.`
  const fault = {cause: 'endpoint.invisible-shared'}
  return joined(only(hop('endpoint', subnet.SubnetId, 'unknown', because, {fault})), segment)
}

/** Only what blocks the traffic to every address of the VPC as well is certain. */
function likelyWithin(flow: Flow, segment: PathSegment): PathSegment {
  const blockedHops = toHiddenEndpoint(flow).request.filter(({verdict}) => verdict === 'blocked')
  const isCertain = (one: Hop) => blockedHops.some(({at, resource}) => at === one.at && resource === one.resource)
  return withHops(segment, (one) => (one.verdict === 'blocked' && !isCertain(one) ? asLikely(one) : one))
}

function combinedWithUnreadAnswers(flow: Flow, answer: Answer, assumed: PathSegment): PathSegment {
  const {is, why} = answer
  if (is !== 'public' && is !== 'none') return combinedWithOtherOwners(flow, answer, assumed)
  const unknownHops = why.filter(
    ({verdict, unread}) => verdict === 'unknown' && !(unread && IRRELEVANT_KINDS.has(unread)),
  )
  if (is !== 'public' || unknownHops.length === 0) return assumed
  // What a private zone leads to may be an endpoint, or a load balancer, of the VPC itself.
  const mayBeInVpc = unknownHops.some(
    ({unread, fault}) => unread === 'VpcEndpoints' || fault?.cause === 'dns.phz-shadow',
  )
  const hidden = mayBeInVpc ? toHiddenEndpoint(flow) : undefined
  const others = [toOtherNetworks(flow), toIdleEndpoint(flow), hidden].filter((segment) => segment !== undefined)
  return likelyWithin(flow, others.reduce(combined, assumed))
}

/** The DNS servers are custom or were not read, or whether private zones answer at all was not read. */
const isOwnerUnknown = (answer: Answer): boolean =>
  customServers(answer) !== undefined ||
  answer.why.some(({unread}) => unread === 'Vpcs' || unread === 'DhcpOptions' || unread === 'VpcAttributes')

/** What else answers if the owner of the name is another one. */
function combinedWithOtherOwners(flow: Flow, answer: Answer, assumed: PathSegment): PathSegment {
  const isUnread = (kind: Kind) => answer.why.some(({unread}) => unread === kind)
  const others = [
    ...(isOwnerUnknown(answer) ? [toPublic(flow), toOtherNetworks(flow)] : []),
    isUnread('VpcEndpoints') ? toHiddenEndpoint(flow) : undefined,
  ].filter((segment) => segment !== undefined)
  const segment = others.reduce(combined, assumed)
  return isUnread('ResolverRules') || isUnread('HostedZones') ? likelyWithin(flow, segment) : segment
}

/** Without these a name may have no answer at all, and never another one. */
const IRRELEVANT_KINDS: ReadonlySet<string> = new Set(['VpcAttributes', 'FirewallRuleGroupAssociations'])

export const customServers = ({why}: Answer): readonly string[] | undefined => {
  const fault = why.find(
    ({fault}) => fault?.cause === 'dns.custom-servers' || fault?.cause === 'dns.resolver-rule',
  )?.fault
  const servers = fault?.detail?.servers
  return fault && (Array.isArray(servers) ? servers : [])
}
