import {needsEc2Messages} from '../agent/legacy-channel.ts'
import {type Instance, itemsOf, type Subnet, type VpcEndpoint} from '../model/account.ts'
import {called, subnetIdOf} from '../model/instance.ts'
import {find} from '../model/lists.ts'
import {agentBucketOf, bucketHostOf, hostOf} from '../model/partition.ts'
import {byFamily, type Family} from './address.ts'
import {combinedWithAlternatives} from './alternative-answers.ts'
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
import {onlyCustomServers, unreachableServers} from './custom-servers.ts'
import type {Answer} from './dns/answer.ts'
import {resolve} from './dns/resolve.ts'
import {answersWith} from './endpoints/endpoint.ts'
import {closedGroups, dnsGroupSegment} from './filters/egress.ts'
import {withIpv6Alternative} from './ipv6-alternative.ts'
import {withOtherInterfaces} from './other-interfaces.ts'
import type {Path} from './path.ts'
import {isBlocked, oneOf, verdictOf} from './path-segment.ts'
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
  const servers = onlyCustomServers(answer)
  const groups = servers ? dnsGroupSegment(flow, servers) : NO_SEGMENT
  const unreachable = unreachableServers(flow, answer, servers)
  if (unreachable) return joined(unreachable, groups)
  return joined(names, groups, withIpv6Alternative(flow, answer, combinedWithAlternatives(flow, answer, answerSegment)))
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
