import {agentVersionOf, isOnline} from '../../agent/node.ts'
import {isAtLeast, MINIMUMS} from '../../agent/version.ts'
import {type Instance, isUnreadable, itemsOf} from '../../model/account.ts'
import {isNameOfService} from '../../model/ids.ts'
import {memo} from '../../util/memo.ts'
import {NAT64, PUBLIC} from '../address.ts'
import {type Flow, hop, only, type PathSegment} from '../context.ts'
import {answersWith, endpointsIn, GATEWAY_SERVICES, isInterface, serves} from '../endpoints/endpoint.ts'
import {idleEndpointHop} from '../endpoints/idle-endpoint.ts'
import {outboundSegment} from '../filters/egress.ts'
import {isOutsideAwsLists} from '../filters/filters.ts'
import {rangesOfEntries} from '../filters/security-group.ts'
import type {Hop} from '../path.ts'
import {isPrivateIpv6} from '../private-ipv6.ts'
import {isEmpty, type Ranges} from '../ranges.ts'
import type {WalkReadings} from '../readings.ts'

/** To the public addresses of a service; those of S3 and DynamoDB are known by their prefix lists. */
export function toPublic(flow: Flow): PathSegment {
  if (flow.family === 6) return toPublicFromIpv6(flow)
  const listed = listedAddresses(flow)
  return listed ? outboundSegment({...flow, destination: listed}) : toAnywherePublic({...flow, destination: PUBLIC[4]})
}

/** Where nothing is in the way to one service among the public addresses, nothing is in the way to another. */
function toAnywherePublic(flow: Flow): PathSegment {
  const {readings, instance} = flow
  if (flow.port !== 443 || GATEWAY_SERVICES.has(flow.service) || !isOutsideAwsLists(flow)) return outboundSegment(flow)
  const known = openPaths(readings).get(instance)
  if (known) return known
  const fresh = outboundSegment(flow)
  if ([...fresh.request, ...fresh.reply].every(isPlainlyOpen)) openPaths(readings).set(instance, fresh)
  return fresh
}

/** The services of one walk go the same way. */
const openPaths = memo((_: WalkReadings) => new WeakMap<Instance, PathSegment>())

/** Such hops do not say for which service they were met. */
const isPlainlyOpen = ({verdict, fault}: Hop): boolean =>
  verdict === 'open' && (fault === undefined || (fault.advice === true && fault.detail === undefined))

/** Services with gateway endpoints have prefix lists of their own. */
export function listedAddresses({
  service,
  readings: {ManagedPrefixLists, Region},
}: Pick<Flow, 'service' | 'readings'>): Ranges | undefined {
  if (!GATEWAY_SERVICES.has(service)) return undefined
  const list = itemsOf(ManagedPrefixLists).find(({PrefixListName}) => isNameOfService(PrefixListName, service, Region))
  if (!list || isUnreadable(list.Entries)) return undefined
  const ranges = rangesOfEntries[4](list.Entries)
  return isEmpty(ranges) ? undefined : ranges
}

/**
 * From an IPv6-only subnet the default host names of the agent have no address that it can use, except with DNS64 and
 * NAT64; only agents from 3.3.3270.0 on can be configured to use the dual-stack names.
 * https://github.com/aws/amazon-ssm-agent/releases/tag/3.3.3270.0
 */
function toPublicFromIpv6(flow: Flow): PathSegment {
  const {readings, instance, subnet, service} = flow
  if (subnet.EnableDns64) return outboundSegment({...flow, destination: NAT64})
  const version = agentVersionOf(readings, instance)
  const isPrivate = isPrivateIpv6(readings, subnet.VpcId, flow.source)
  if (isAtLeast(version, MINIMUMS.ipv6.version) && isOnline(readings, instance) && !isPrivate)
    return outboundSegment({...flow, host: `${service}.${readings.Region}.api.aws`, destination: PUBLIC[6]})
  const endpoint = endpointsIn(readings, subnet.VpcId).find(
    (one) => isInterface(one) && serves(one, service, readings.Region) && answersWith(one)[6],
  )
  if (endpoint) {
    const noOtherPath = `subnet ${subnet.SubnetId} has IPv6 only, without DNS64, while the public addresses are IPv4`
    return only(idleEndpointHop(flow, endpoint, noOtherPath), null)
  }
  const what = isPrivate
    ? `is on the internet, which private IPv6 addresses do not reach`
    : `has only IPv4 addresses; enable dual-stack endpoints in the agent`
  const because = `Subnet ${subnet.SubnetId} has IPv6 only, without DNS64, and ${flow.host} ${what}.`
  const fault = {cause: 'ipv6.only-no-ipv4-path', detail: {vpcId: subnet.VpcId}}
  return only(hop('route', subnet.SubnetId, 'blocked', because, {fault}))
}
