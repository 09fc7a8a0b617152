import {ofKind, type Signal} from '../../agent/signal.ts'
import {isEndpointId} from '../../model/ids.ts'
import {AGENT_SERVICES, hostOf} from '../../model/partition.ts'
import type {Path} from '../../network/path.ts'
import {runOnInstance} from '../../remedies/core/on-instance.ts'
import {type DialedElsewhere, dialedElsewhere} from '../dialed-address.ts'
import {
  confirm,
  confirmIssuer,
  finding,
  hasExpired,
  isChannelClosed,
  isMetadataProxied,
  onlyDegrades,
  type Rule,
  repair,
  restart,
  type SystemContext,
  whenOffline,
} from './context.ts'

/** Findings about failed connections of the agent: certificates, firewall, DNS, proxy, custom endpoints. */

export const tlsTrust = whenOffline((context) => {
  const expired = ofKind(context.signals, 'clock').filter((signal) => hasExpired(context, signal))
  const signals = [
    ...ofKind(context.signals, 'tls-trust').filter((signal) => isOnPathOfAgent(context, signal)),
    ...expired,
  ]
  if (signals.length === 0) return []
  const what = expired.length > 0 ? 'gets an expired certificate' : 'does not trust the certificate that it gets'
  return [
    finding(context, signals, {
      cause: 'os.tls-trust',
      ...(signals.every(({service}) => service === 'sts') && {certainty: 'likely' as const}),
      ...onlyDegrades(signals),
      message: `${context.instance.InstanceId} ${what} for Systems Manager: an Amazon root certificate is missing, or something in the path intercepts TLS.`,
      remedy: runOnInstance(
        'Trust the Amazon root certificates, and exempt Systems Manager from TLS inspection',
        repair(context, 'trust', ...confirmIssuer(context, signals)),
      ),
    }),
  ]
})

/**
 * STS has a path of its own where Systems Manager has endpoints: what intercepts its TLS does not see the agent's calls.
 */
const isOnPathOfAgent = ({paths}: SystemContext, {service}: Signal): boolean =>
  service !== 'sts' || !paths.some((path) => path.service === 'ssm' && isEndpointId(path.via))

const openPathOf = ({paths}: SystemContext, {service = 'ssm'}: Signal): Path | undefined =>
  paths.find((path) => path.service === service && path.verdict === 'open')

const otherAddressOf = (context: SystemContext, signal: Signal): DialedElsewhere | undefined => {
  const path = openPathOf(context, signal)
  return path && dialedElsewhere(context.facts, context.instance, path, signal)
}

/** Failed connections on paths that are open as far as AWS's API shows. */
const failuresOnOpenPaths = (context: SystemContext): readonly Signal[] =>
  ofKind(context.signals, 'proxy-failed', 'proxy-set').length > 0
    ? []
    : ofKind(context.signals, 'timeout', 'refused', 'unresolved').filter(
        (signal) => !isOtherHost(context, signal) && openPathOf(context, signal) !== undefined,
      )

export const firewall = whenOffline((context) => {
  const signals = failuresOnOpenPaths(context).filter((signal) => otherAddressOf(context, signal) === undefined)
  if (signals.length === 0) return []
  return [
    finding(context, signals, {
      cause: 'os.firewall',
      certainty: 'possible',
      ...onlyDegrades(signals),
      message: `The agent on ${context.instance.InstanceId} could not connect although the network allows it: the network was fixed since, or a firewall, a proxy, TLS inspection or the resolver of the instance blocks the connection. ssm-cli get-diagnostics on the instance confirms it; pass its output with --diagnostics, or the agent’s log with --agent-log.`,
      remedy: runOnInstance(
        'Allow outbound TCP 443 on the instance, and restart the agent',
        repair(context, 'firewall', ...confirm(context, signals)),
      ),
    }),
  ]
})

/**
 * The agent connected to another address than the one to which the name resolves in the VPC: what blocks there explains
 * the failure.
 */
export const nameResolution = whenOffline((context) => {
  const dialed = failuresOnOpenPaths(context).flatMap((signal) => {
    const otherAddress = otherAddressOf(context, signal)
    return otherAddress ? [{signal, elsewhere: otherAddress}] : []
  })
  const [first] = dialed
  if (first === undefined) return []
  const signals = dialed.map(({signal}) => signal)
  return [
    finding(context, signals, {
      cause: 'os.name-resolution',
      certainty: 'likely',
      ...onlyDegrades(signals),
      message: dialedSentence(context, first.elsewhere),
      remedy: runOnInstance(
        'Correct the hosts file or the DNS servers that the instance uses, and restart the agent',
        repair(context, 'names', ...confirm(context, signals)),
      ),
    }),
  ]
})

function dialedSentence(
  {instance}: SystemContext,
  {address, host, endpoint, networkInterface, path}: DialedElsewhere,
): string {
  const expected = endpoint ? `endpoint ${endpoint.VpcEndpointId}` : 'public addresses'
  const known = networkInterface ? `network interface ${networkInterface.NetworkInterfaceId}` : undefined
  const block = path.hops.find(({verdict}) => verdict === 'blocked')
  if (block && address.includes(':'))
    return `The agent on ${instance.InstanceId} tried to connect to ${address} for ${host}, over IPv6, and that path is blocked: ${block.because}`
  const there = block ? ` The path to ${address} is blocked: ${block.because}` : ''
  return `The agent on ${instance.InstanceId} tried to connect to ${address}${known ? ` (${known})` : ''} for ${host}, which resolves to ${expected} in the VPC: the instance resolves the name differently.${there}`
}

const CONNECTION_TROUBLE = ['timeout', 'refused', 'unresolved'] as const

export const proxy = whenOffline((context) => {
  const failed = ofKind(context.signals, 'proxy-failed')
  const connectionSignals = [
    ...ofKind(context.signals, ...CONNECTION_TROUBLE),
    ...(isMetadataProxied(context) ? ofKind(context.signals, 'metadata') : []),
  ]
  const signals = failed.length > 0 ? failed : connectionSignals.length > 0 ? ofKind(context.signals, 'proxy-set') : []
  if (signals.length === 0) return []
  return [
    finding(context, signals, {
      cause: 'os.proxy',
      certainty: 'possible',
      ...onlyDegrades(failed.length > 0 ? failed : connectionSignals),
      message: `The agent on ${context.instance.InstanceId} is configured to use a proxy and cannot connect through it; the proxy must allow Systems Manager, and no_proxy must name 169.254.169.254.`,
      remedy: runOnInstance(
        'Correct the proxy settings of the agent (replace PROXY_HOST:PORT), with no_proxy=169.254.169.254',
        repair(context, 'proxy', ...confirm(context, [...failed, ...connectionSignals])),
      ),
    }),
  ]
})

/**
 * The agent builds `service.region.domain` itself, unless its configuration names another host. It calls its buckets by
 * their own names.
 */
function isOtherHost({facts}: SystemContext, {host, service}: Signal): boolean {
  if (host === undefined) return false
  if (service === undefined) return true
  return AGENT_SERVICES.includes(service) && host !== hostOf(service, facts)
}

export const customEndpoint = whenOffline((context) => {
  const signals = ofKind(context.signals, 'timeout', 'refused', 'unresolved', 'tls-trust', 'other-region').filter(
    (signal) => signal.kind === 'other-region' || isOtherHost(context, signal),
  )
  const [first] = signals
  if (first === undefined) return []
  const what =
    first.kind === 'other-region'
      ? 'signs its calls for another Region than that of the service that it calls'
      : `calls ${first.host}, which is not its Region’s own name for the service`
  return [
    finding(context, signals, {
      cause: 'os.custom-endpoint',
      certainty: 'possible',
      message: `The agent on ${context.instance.InstanceId} ${what}.`,
      remedy: runOnInstance(
        'Remove the custom endpoint, Region or UseDualStackEndpoint from amazon-ssm-agent.json, or set the file aside',
        repair(context, 'configuration', ...confirm(context, signals)),
      ),
    }),
  ]
})

/**
 * Something on the path closes idle connections: a NAT gateway after 350 seconds, a firewall, a proxy. The agent
 * connects again, so it matters only if the channel stays closed.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
 */
export const channelClosed: Rule = (context) => {
  const {instance, online} = context
  const signals = ofKind(context.signals, 'channel-closed')
  if (signals.length === 0 || !online || !isChannelClosed(context)) return []
  return [
    finding(context, signals, {
      cause: 'os.firewall',
      severity: 'degrades',
      certainty: 'possible',
      message: closedSentence(instance.InstanceId, signals.at(-1)?.status),
      remedy: runOnInstance('Keep the WebSocket connection to ssmmessages open, and restart the agent', [
        ...confirm(context, [{...signals[0]!, service: 'ssmmessages'}]),
        restart(context),
      ]),
    }),
  ]
}

const closedSentence = (id: string, status: string | undefined): string =>
  status === undefined
    ? `The message channel of ${id} ended without a close message (websocket close 1006): a firewall, a proxy or an idle timeout on the path closes it.`
    : `The message channel of ${id} was refused with HTTP status ${status}: a firewall or a proxy on the path does not pass WebSocket connections, or the service refuses this one.`
