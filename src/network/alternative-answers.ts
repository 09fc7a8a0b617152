import {isOnline} from '../agent/node.ts'
import {isReadWith, type Kind} from '../model/account.ts'
import {routeTableOf} from '../model/joins.ts'
import {PRIVATE} from './address.ts'
import {type Flow, hop, joined, NO_SEGMENT, only, type PathSegment, vpcRanges} from './context.ts'
import {customServers} from './custom-servers.ts'
import type {Answer} from './dns/answer.ts'
import {endpointsIn, isAvailable, isInterface, serves} from './endpoints/endpoint.ts'
import {outboundSegment} from './filters/egress.ts'
import {isShared} from './ownership.ts'
import type {Hop} from './path.ts'
import {asLikely, combined, segmentVerdict, withHops} from './path-segment.ts'
import {isEmpty, type Ranges, union} from './ranges.ts'
import {mayReachPrivate, portionsOf} from './routing/route-table.ts'
import {toEndpoint} from './routing/target-endpoint.ts'
import {toPublic} from './routing/target-public.ts'

/**
 * What else the name may resolve to if its answer is a guess: public addresses, those of other networks, an endpoint
 * that does not own the name, or one that is not visible.
 */
export function combinedWithAlternatives(flow: Flow, answer: Answer, assumed: PathSegment): PathSegment {
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

/**
 * The path to the private addresses of other networks, where an answer that cannot be read may be, if the route table
 * has one: an organization's own DNS servers usually answer with the endpoints of a central VPC.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
 */
function toOtherNetworks(flow: Flow): PathSegment | undefined {
  const table = routeTableOf(flow.readings, flow.subnet)
  if (flow.family === 6 || !isReadWith(table, 'Routes')) return undefined
  const destination = portionsOf(flow.readings, table.Routes, 4, PRIVATE[4])
    .filter(({route}) => route !== undefined && mayReachPrivate(route))
    .reduce<Ranges>((all, {addresses}) => union(all, addresses), [])
  if (isEmpty(destination)) return undefined
  const segment = outboundSegment({...flow, destination})
  // A peering connection accepts addresses of the other VPC, and the position of the answer among the private ones is
  // not known.
  return {...segment, request: segment.request.filter(({fault}) => fault?.cause !== 'pcx.edge-to-edge')}
}

/** The path to an endpoint for the service in the VPC, if its addresses were the answer. */
function toIdleEndpoint(flow: Flow): PathSegment | undefined {
  const {readings, service, subnet} = flow
  const endpoint = endpointsIn(readings, subnet.VpcId).find(
    (one) => isInterface(one) && isAvailable(one) && serves(one, service, readings.Region),
  )
  return endpoint && toEndpoint(flow, endpoint, undefined)
}

/**
 * To an endpoint somewhere in the VPC, in the subnet of the instance perhaps: only security groups are on every path
 * there.
 */
function toHiddenEndpoint(flow: Flow): PathSegment {
  const destination = vpcRanges(flow)
  const segment = isEmpty(destination) ? NO_SEGMENT : outboundSegment({...flow, destination})
  return {...NO_SEGMENT, request: segment.request.filter(({at}) => at === 'security-group')}
}
