import {ofKind, type Signal} from '../../agent/signal.ts'
import {hostOf} from '../../model/partition.ts'
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
  type Scene,
  whenOffline,
} from './scene.ts'

/** Findings about failed connections of the agent: certificates, firewall, DNS, proxy, custom endpoints. */

export const tlsTrust = whenOffline((scene) => {
  const expired = ofKind(scene.signals, 'clock').filter((signal) => hasExpired(scene, signal))
  const signals = [...ofKind(scene.signals, 'tls-trust').filter((signal) => isOnPathOfAgent(scene, signal)), ...expired]
  if (signals.length === 0) return []
  const what = expired.length > 0 ? 'gets an expired certificate' : 'does not trust the certificate that it gets'
  return [
    finding(scene, signals, {
      cause: 'os.tls-trust',
      ...(signals.every(({service}) => service === 'sts') && {certainty: 'likely' as const}),
      ...onlyDegrades(signals),
      message: `${scene.instance.InstanceId} ${what} for Systems Manager: an Amazon root certificate is missing, or something in the path intercepts TLS.`,
      remedy: runOnInstance(
        'Trust the Amazon root certificates, and exempt Systems Manager from TLS inspection',
        repair(scene, 'trust', ...confirmIssuer(scene, signals)),
      ),
    }),
  ]
})

/**
 * STS has a path of its own where Systems Manager has endpoints: what intercepts its TLS does not see the agent's calls.
 */
const isOnPathOfAgent = ({paths}: Scene, {service}: Signal): boolean =>
  service !== 'sts' || !paths.some((path) => path.service === 'ssm' && path.via?.startsWith('vpce-'))

const openPathOf = ({paths}: Scene, {service = 'ssm'}: Signal): Path | undefined =>
  paths.find((path) => path.service === service && path.verdict === 'open')

const otherAddressOf = (scene: Scene, signal: Signal): DialedElsewhere | undefined => {
  const path = openPathOf(scene, signal)
  return path && dialedElsewhere(scene.facts, scene.instance, path, signal)
}

/** Failed connections on paths that are open as far as AWS's API shows. */
const failuresOnOpenPaths = (scene: Scene): readonly Signal[] =>
  ofKind(scene.signals, 'proxy-failed', 'proxy-set').length > 0
    ? []
    : ofKind(scene.signals, 'timeout', 'refused', 'unresolved').filter(
        (signal) => !isOtherHost(scene, signal) && openPathOf(scene, signal) !== undefined,
      )

export const firewall = whenOffline((scene) => {
  const signals = failuresOnOpenPaths(scene).filter((signal) => otherAddressOf(scene, signal) === undefined)
  if (signals.length === 0) return []
  return [
    finding(scene, signals, {
      cause: 'os.firewall',
      certainty: 'possible',
      ...onlyDegrades(signals),
      message: `The agent on ${scene.instance.InstanceId} could not connect although the network allows it: the network was fixed since, or a firewall, a proxy, TLS inspection or the resolver of the instance blocks the connection. ssm-cli get-diagnostics on the instance confirms it; pass its output with --diagnostics, or the agent’s log with --agent-log.`,
      remedy: runOnInstance(
        'Allow outbound TCP 443 on the instance, and restart the agent',
        repair(scene, 'firewall', ...confirm(scene, signals)),
      ),
    }),
  ]
})

/**
 * The agent connected to another address than the one to which the name resolves in the VPC: what blocks there explains
 * the failure.
 */
export const nameResolution = whenOffline((scene) => {
  const dialed = failuresOnOpenPaths(scene).flatMap((signal) => {
    const otherAddress = otherAddressOf(scene, signal)
    return otherAddress ? [{signal, elsewhere: otherAddress}] : []
  })
  const [first] = dialed
  if (first === undefined) return []
  const signals = dialed.map(({signal}) => signal)
  return [
    finding(scene, signals, {
      cause: 'os.name-resolution',
      certainty: 'likely',
      ...onlyDegrades(signals),
      message: dialedSentence(scene, first.elsewhere),
      remedy: runOnInstance(
        'Correct the hosts file or the DNS servers that the instance uses, and restart the agent',
        repair(scene, 'names', ...confirm(scene, signals)),
      ),
    }),
  ]
})

function dialedSentence({instance}: Scene, {address, host, endpoint, networkInterface, path}: DialedElsewhere): string {
  const expected = endpoint ? `endpoint ${endpoint.VpcEndpointId}` : 'public addresses'
  const known = networkInterface ? `network interface ${networkInterface.NetworkInterfaceId}` : undefined
  const block = path.hops.find(({verdict}) => verdict === 'blocked')
  if (block && address.includes(':'))
    return `The agent on ${instance.InstanceId} tried to connect to ${address} for ${host}, over IPv6, and that path is blocked: ${block.because}`
  const there = block ? ` The path to ${address} is blocked: ${block.because}` : ''
  return `The agent on ${instance.InstanceId} tried to connect to ${address}${known ? ` (${known})` : ''} for ${host}, which resolves to ${expected} in the VPC: the instance resolves the name differently.${there}`
}

const CONNECTION_TROUBLE = ['timeout', 'refused', 'unresolved'] as const

export const proxy = whenOffline((scene) => {
  const failed = ofKind(scene.signals, 'proxy-failed')
  const connectionSignals = [
    ...ofKind(scene.signals, ...CONNECTION_TROUBLE),
    ...(isMetadataProxied(scene) ? ofKind(scene.signals, 'metadata') : []),
  ]
  const signals = failed.length > 0 ? failed : connectionSignals.length > 0 ? ofKind(scene.signals, 'proxy-set') : []
  if (signals.length === 0) return []
  return [
    finding(scene, signals, {
      cause: 'os.proxy',
      certainty: 'possible',
      ...onlyDegrades(failed.length > 0 ? failed : connectionSignals),
      message: `The agent on ${scene.instance.InstanceId} is configured to use a proxy and cannot connect through it; the proxy must allow Systems Manager, and no_proxy must name 169.254.169.254.`,
      remedy: runOnInstance(
        'Correct the proxy settings of the agent (replace PROXY_HOST:PORT), with no_proxy=169.254.169.254',
        repair(scene, 'proxy', ...confirm(scene, [...failed, ...connectionSignals])),
      ),
    }),
  ]
})

const BUILT_BY_AGENT: ReadonlySet<string> = new Set(['ssm', 'ssmmessages', 'ec2messages'])

/**
 * The agent builds `service.region.domain` itself, unless its configuration names another host. It calls its buckets by
 * their own names.
 */
function isOtherHost({facts}: Scene, {host, service}: Signal): boolean {
  if (host === undefined) return false
  if (service === undefined) return true
  return BUILT_BY_AGENT.has(service) && host !== hostOf(service, facts)
}

export const customEndpoint = whenOffline((scene) => {
  const signals = ofKind(scene.signals, 'timeout', 'refused', 'unresolved', 'tls-trust', 'other-region').filter(
    (signal) => signal.kind === 'other-region' || isOtherHost(scene, signal),
  )
  const [first] = signals
  if (first === undefined) return []
  const what =
    first.kind === 'other-region'
      ? 'signs its calls for another Region than that of the service that it calls'
      : `calls ${first.host}, which is not its Region’s own name for the service`
  return [
    finding(scene, signals, {
      cause: 'os.custom-endpoint',
      certainty: 'possible',
      message: `The agent on ${scene.instance.InstanceId} ${what}.`,
      remedy: runOnInstance(
        'Remove the custom endpoint, Region or UseDualStackEndpoint from amazon-ssm-agent.json, or set the file aside',
        repair(scene, 'configuration', ...confirm(scene, signals)),
      ),
    }),
  ]
})

/**
 * Something on the path closes idle connections: a NAT gateway after 350 seconds, a firewall, a proxy. The agent
 * connects again, so it matters only if the channel stays closed.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
 */
export const channelClosed: Rule = (scene) => {
  const {instance, online} = scene
  const signals = ofKind(scene.signals, 'channel-closed')
  if (signals.length === 0 || !online || !isChannelClosed(scene)) return []
  return [
    finding(scene, signals, {
      cause: 'os.firewall',
      severity: 'degrades',
      certainty: 'possible',
      message: closedSentence(instance.InstanceId, signals.at(-1)?.status),
      remedy: runOnInstance('Keep the WebSocket connection to ssmmessages open, and restart the agent', [
        ...confirm(scene, [{...signals[0]!, service: 'ssmmessages'}]),
        restart(scene),
      ]),
    }),
  ]
}

const closedSentence = (id: string, status: string | undefined): string =>
  status === undefined
    ? `The message channel of ${id} was cut without a close message (websocket close 1006): a firewall, a proxy or an idle timeout on the path ends it.`
    : `The message channel of ${id} was refused with HTTP status ${status}: a firewall or a proxy on the path does not pass WebSocket connections, or the service refuses this one.`
