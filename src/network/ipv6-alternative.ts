import {agentVersionOf, isOnline} from '../agent/node.ts'
import {isAtLeast, MINIMUMS} from '../agent/version.ts'
import {NAT64, PUBLIC} from './address.ts'
import {type Flow, type PathSegment, sourcesOf} from './context.ts'
import type {Answer} from './dns/answer.ts'
import {answersWith} from './endpoints/endpoint.ts'
import {outboundSegment} from './filters/egress.ts'
import {isBlocked, isBlockedByGroupsAlone, segmentVerdict, unlessOnOtherPath} from './path-segment.ts'
import {isPrivateIpv6} from './private-ipv6.ts'
import {isEmpty} from './ranges.ts'
import {toEndpoint} from './routing/target-endpoint.ts'

/**
 * A dual-stack instance reaches over IPv6 what it does not over IPv4: an endpoint that has IPv6 addresses too, or the
 * dual-stack names of AWS, if its agent is recent and configured for them, which a node is that is online nevertheless.
 * https://github.com/aws/amazon-ssm-agent/releases/tag/3.3.3270.0
 */
export function withIpv6Alternative(flow: Flow, answer: Answer, segment: PathSegment): PathSegment {
  const source = sourcesOf(flow.instance)[6]
  if (flow.family === 6 || isEmpty(source) || !isBlocked(segment)) return segment
  const overFamily6: Flow = {...flow, family: 6, source}
  const translated = answer.is === 'public' ? overNat64(overFamily6) : undefined
  const verdict = translated && segmentVerdict(translated)
  if (translated && verdict === 'open') return translated
  if (verdict !== undefined && verdict !== 'blocked')
    return unlessOnOtherPath(segment, 'Over NAT64, which the agent tries as well, the path is not blocked.')
  const other = overIpv6(overFamily6, answer)
  if (!other || isBlocked(other)) return segment
  if (isOnline(flow.readings, flow.instance) && !isBlockedByGroupsAlone(segment)) return other
  const otherPath = `Over IPv6, which an agent from ${MINIMUMS.ipv6.version} on may use, the path is not blocked.`
  return unlessOnOtherPath(segment, otherPath)
}

/**
 * With DNS64 the names have IPv6 addresses too, which every agent tries as well, and a NAT gateway translates them.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html
 */
const overNat64 = (flow: Flow): PathSegment | undefined =>
  flow.subnet.EnableDns64 ? outboundSegment({...flow, destination: NAT64}) : undefined

function overIpv6(flow: Flow, answer: Answer): PathSegment | undefined {
  if (answer.is === 'endpoint')
    return answersWith(answer.endpoint)[6] && answer.onlyFamily !== 4
      ? toEndpoint(flow, answer.endpoint, answer.zone)
      : undefined
  const isOld = isAtLeast(agentVersionOf(flow.readings, flow.instance), MINIMUMS.ipv6.version) === false
  const isPrivate = isPrivateIpv6(flow.readings, flow.subnet.VpcId, flow.source)
  return answer.is === 'public' && !isOld && !isPrivate ? outboundSegment({...flow, destination: PUBLIC[6]}) : undefined
}
