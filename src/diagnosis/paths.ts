import {needsEc2Messages} from '../agent/legacy-channel.ts'
import {endpointPolicyHop, sessionPolicyHop} from '../iam/endpoint-policy.ts'
import type {Account, Instance} from '../model/account.ts'
import {find} from '../model/lists.ts'
import type {Hop, Path} from '../network/path.ts'
import {isStop, verdictOf} from '../network/path-segment.ts'
import {type Destination, walk, pathTo as walkTo} from '../network/walk.ts'
import {memo} from '../util/memo.ts'

/** The path to each service that the agent needs, with the policy of its endpoint. */
export const pathsOf = (account: Account, instance: Instance): readonly Path[] =>
  walk(account, instance).map((path) => asNeeded(account, instance, withPolicy(account, instance, path)))

/** The path to any destination, in the same way. */
export const pathTo = (account: Account, instance: Instance, destination: Destination): Path =>
  withPolicy(account, instance, walkTo(account, instance, destination))

/**
 * The endpoints and gateways on the path to each service: the part of paths that credentials depend on. Beyond a
 * transit gateway a NAT gateway may send for the instance.
 */
export const endpointNamesOf = memo((paths: readonly Path[]): {readonly names: string} => ({
  names: paths
    .map(({service, via, hops}) =>
      [service, via, ...new Set(hops.flatMap(({at, resource}) => (at === 'gateway' ? resource : [])))].join(':'),
    )
    .join(),
}))

/** The policy of an endpoint applies to requests that reach the endpoint; it is the last hop of the request. */
function withPolicy(account: Account, instance: Instance, path: Path): Path {
  const endpoint = path.via === null ? undefined : find(account.VpcEndpoints, 'VpcEndpointId', path.via)
  const isEndpoint = endpoint && ['Interface', 'Gateway'].includes(endpoint.VpcEndpointType)
  if (!isEndpoint || path.verdict === 'blocked') return path
  const ofSessions = sessionPolicyHop(account, instance, endpoint, path.service)
  const policy = [endpointPolicyHop(account, instance, endpoint, path.service), ...(ofSessions ? [ofSessions] : [])]
  const replies = path.hops.findIndex(({direction}) => direction === 'reply')
  const at = replies === -1 ? path.hops.length : replies
  const hops = [...path.hops.slice(0, at), ...policy, ...path.hops.slice(at)]
  return {...path, hops, verdict: verdictOf(hops)}
}

/**
 * The path to `ec2messages` as far as the agent needs the service. What blocks it is advice if it is not known whether
 * the agent polls the service, and unknown if it was not read whether the Region has it.
 */
function asNeeded(account: Account, instance: Instance, path: Path): Path {
  const need = path.service === 'ec2messages' && needsEc2Messages(account, instance)
  if (need !== 'unknown' && need !== 'unread') return path
  const soften = need === 'unknown' ? asAdvice : (hop: Hop) => asUnread(hop, account.Region)
  const hops = path.hops.map((hop) => (isStop(hop) ? soften(hop) : hop))
  return {...path, hops, verdict: verdictOf(hops)}
}

const asAdvice = (hop: Hop): Hop => (hop.fault ? {...hop, fault: {...hop.fault, advice: true}} : hop)

const asUnread = (hop: Hop, region: string): Hop => ({
  ...hop,
  verdict: 'unknown',
  because: `${hop.because} Cannot determine whether Region ${region} has the service ec2messages.`,
  unread: 'ServiceNames',
})
