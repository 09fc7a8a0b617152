import {CONSOLE} from '../../../agent/output/console.ts'
import {DIAGNOSTICS} from '../../../agent/output/diagnostics.ts'
import {ofKind, type Signal} from '../../../agent/output/signal.ts'
import {repairFor} from '../../../agent/repairs.ts'
import {isEndpointId} from '../../../model/ids.ts'
import {AGENT_SERVICES, hostOf} from '../../../model/partition.ts'
import type {Path} from '../../../network/path.ts'
import {type DialedElsewhere, dialedElsewhere} from '../dialed-address.ts'
import {testedBy} from '../machine.ts'
import {
  confirm,
  confirmIssuer,
  from,
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

/** AWS's own certificate does not fit a name that the agent only calls because it is configured to. */
const certificateLines = (context: SystemContext) => [
  ...ofKind(context.signals, 'tls-trust').filter(
    (signal) => isOnPathOfAgent(context, signal) && !(signal.isForOtherName && isOtherHost(context, signal)),
  ),
  ...ofKind(context.signals, 'clock').filter((signal) => hasExpired(context, signal)),
]

export const tlsTrust = from(whenOffline(certificateLines), (context, signals) => ({
  cause: 'os.tls-trust',
  ...certaintyOfTrust(signals),
  ...onlyDegrades(signals),
  message: `${context.instance.InstanceId} ${certificateInWords(signals)}`,
  fix: 'Trust the Amazon root certificates, and exempt Systems Manager from TLS inspection',
  commands: repair(context, 'trust', ...confirmIssuer(context, signals)),
}))

/** Another program may have certificates and a proxy of its own, and the agent may trust what intercepts its calls. */
function certaintyOfTrust(signals: readonly Signal[]) {
  if (signals.every(({issuer}) => issuer !== undefined)) return {certainty: 'possible' as const}
  return signals.every(({service, isTest}) => service === 'sts' || isTest) && {certainty: 'likely' as const}
}

function certificateInWords(signals: readonly Signal[]): string {
  const issuer = signals.find((signal) => signal.issuer !== undefined)?.issuer
  if (issuer !== undefined)
    return `gets a certificate for Systems Manager that Amazon did not issue (${issuer}): something in the path intercepts TLS.`
  const hasOld = signals.some(({kind}) => kind === 'clock')
  const what = hasOld ? 'gets an expired certificate' : 'does not trust the certificate that it gets'
  return `${what} for Systems Manager: an Amazon root certificate is missing, or something in the path intercepts TLS.`
}

/**
 * STS has a path of its own where Systems Manager has endpoints: what intercepts its TLS does not see the agent's calls.
 */
const isOnPathOfAgent = ({paths}: SystemContext, {service}: Signal): boolean =>
  service !== 'sts' || !paths.some((path) => path.service === 'ssm' && isEndpointId(path.via))

/** The faults that leave a path partly open drop connections; they refuse none. */
const openPathOf = ({paths}: SystemContext, {kind, service = 'ssm'}: Signal): Path | undefined =>
  paths.find(
    (path) =>
      path.service === service && (path.verdict === 'open' || (path.verdict === 'partly' && kind === 'refused')),
  )

/** The address that was dialed shows what other name servers answer, if nothing else on the path is unknown. */
const pathBehindName = ({paths}: SystemContext, {service = 'ssm'}: Signal): Path | undefined =>
  paths.find(
    (path) =>
      path.service === service &&
      path.verdict === 'unknown' &&
      unknownHops(path).length > 0 &&
      unknownHops(path).every(({at}) => at === 'name'),
  )

const unknownHops = ({hops}: Path) => hops.filter(({verdict}) => verdict === 'unknown')

const pathOf = (context: SystemContext, signal: Signal): Path | undefined =>
  openPathOf(context, signal) ?? (signal.address === undefined ? undefined : pathBehindName(context, signal))

const otherAddressOf = (context: SystemContext, signal: Signal): DialedElsewhere | undefined => {
  const path = pathOf(context, signal)
  const other = path && dialedElsewhere(context.facts, context.instance, path, signal)
  // Without a failed connection the other address may serve as well.
  return signal.kind === 'resolved' && other?.path.verdict !== 'blocked' ? undefined : other
}

/** Lines about connections to the service that no proxy explains. */
const connectionsOf = (context: SystemContext, ...kinds: readonly Signal['kind'][]): readonly Signal[] =>
  ofKind(context.signals, 'proxy-failed', 'proxy-set').length > 0
    ? []
    : ofKind(context.signals, ...kinds).filter((signal) => !isOtherHost(context, signal))

/** Failed connections on paths that are open as far as AWS's API shows. */
const firewallLines = (context: SystemContext) =>
  connectionsOf(context, 'timeout', 'refused', 'unresolved').filter(
    (signal) => pathOf(context, signal) !== undefined && otherAddressOf(context, signal) === undefined,
  )

/** Unless a test gets through. */
const blockedLines = ({signals}: SystemContext) =>
  ofKind(signals, 'reached').some(({service}) => service === 'ssm') ? [] : ofKind(signals, 'outbound-blocked')

/** What the firewall itself shows explains the connections that failed. */
export const firewall = from(
  whenOffline((context) => [...blockedLines(context), ...firewallLines(context)]),
  (context, signals) => ({
    cause: 'os.firewall',
    certainty: isShownToBlock(signals[0]) ? 'likely' : 'possible',
    ...onlyDegrades(signals),
    ...wordsForFirewall(context, signals),
  }),
)

/** Windows shows the action of its profiles without the rules. */
const isShownToBlock = (signal: Signal | undefined): boolean =>
  signal?.kind === 'outbound-blocked' && !signal.isOfProfile

function wordsForFirewall(context: SystemContext, signals: readonly Signal[]) {
  if (signals[0]?.kind === 'outbound-blocked')
    return {
      ...stopped(context, signals),
      message: `The firewall of ${context.instance.InstanceId} blocks outbound connections that no rule allows, and no rule for TCP 443 is shown.`,
    }
  return signals.every(({kind}) => kind === 'unresolved') ? unresolvedName(context, signals) : stopped(context, signals)
}

const stopped = (context: SystemContext, signals: readonly Signal[]) => ({
  message: `${testedBy(signals.at(-1)!)}${context.instance.InstanceId} could not connect although the network allows it: the network was fixed since, or a firewall, a proxy, TLS inspection or the resolver of the instance blocks the connection.${confirmation(context)}`,
  fix: 'Allow outbound TCP 443 on the instance, and restart the agent',
  commands: repair(context, 'firewall', ...confirm(context, signals)),
})

/** A hosts file cannot make a lookup fail, so there is nothing to remove from it. */
const unresolvedName = (context: SystemContext, signals: readonly Signal[], because = NOT_ANSWERED) => ({
  message: `${testedBy(signals.at(-1)!)}${context.instance.InstanceId} could not resolve ${signals.at(-1)?.host ?? 'the names of Systems Manager'}${because}${confirmation(context)}`,
  fix: 'Correct the DNS servers that the instance uses, and restart the agent',
  commands: [
    ...repairFor('names', context.facts, context.instance).look,
    ...confirm(context, signals),
    restart(context),
  ],
})

const NOT_ANSWERED =
  ', although the name resolves in the VPC: the network was fixed since, or the DNS servers that the instance uses do not answer for it.'
const NOT_ANSWERED_BY_CUSTOM = ': the custom DNS servers of its VPC did not answer for the name, or were not reached.'

/** What would confirm it and was not given. */
function confirmation({signals}: SystemContext): string {
  if (signals.some(({source}) => source === DIAGNOSTICS)) return ''
  const orLog = signals.some(({source}) => source !== CONSOLE) ? '' : ', or the agent’s log with --agent-log'
  return ` ssm-cli get-diagnostics on the instance confirms it; pass its output with --diagnostics${orLog}.`
}

const dialedLines = (context: SystemContext) =>
  connectionsOf(context, 'timeout', 'refused', 'resolved').filter(
    (signal) => otherAddressOf(context, signal) !== undefined,
  )

/** What custom DNS servers answer is not visible to AWS's API. */
const unansweredLines = (context: SystemContext) =>
  connectionsOf(context, 'unresolved').filter((signal) =>
    pathBehindName(context, signal)?.hops.some(({fault}) => fault?.cause === 'dns.custom-servers'),
  )

/**
 * The instance resolves the name to another address than the VPC, where what blocks the path explains the failure, or
 * to none.
 */
export const nameResolution: Rule = (context) => [...elsewhere(context), ...unanswered(context)]

const elsewhere = from(whenOffline(dialedLines), (context, signals) => ({
  cause: 'os.name-resolution',
  certainty: 'likely',
  ...onlyDegrades(signals),
  message: `${testedBy(signals[0]!)}${dialedSentence(context, signals[0]!, otherAddressOf(context, signals[0]!)!)}`,
  fix: 'Correct the hosts file or the DNS servers that the instance uses, and restart the agent',
  commands: repair(context, 'names', ...confirm(context, signals)),
}))

const unanswered = from(
  whenOffline((context) => (dialedLines(context).length > 0 ? [] : unansweredLines(context))),
  (context, signals) => ({
    cause: 'os.name-resolution',
    certainty: 'likely',
    ...onlyDegrades(signals),
    ...unresolvedName(context, signals, NOT_ANSWERED_BY_CUSTOM),
  }),
)

function dialedSentence(
  {instance}: SystemContext,
  {kind}: Signal,
  {address, host, endpoint, networkInterface, path}: DialedElsewhere,
): string {
  const expected = endpoint ? `endpoint ${endpoint.VpcEndpointId}` : 'public addresses'
  const known = networkInterface ? `network interface ${networkInterface.NetworkInterfaceId}` : undefined
  const block = path.hops.find(({verdict}) => verdict === 'blocked')
  if (block && address.includes(':'))
    return `${instance.InstanceId} tried to connect to ${address} for ${host}, over IPv6, and that path is blocked: ${block.because}`
  const there = block ? ` The path to ${address} is blocked: ${block.because}` : ''
  const named = `${address}${known ? ` (${known})` : ''}`
  return kind === 'resolved'
    ? `${instance.InstanceId} resolves ${host} to ${named}, and the VPC resolves it to ${expected}.${there}`
    : `${instance.InstanceId} tried to connect to ${named} for ${host}, which resolves to ${expected} in the VPC: the instance resolves the name differently.${there}`
}

/** What fails where a proxy is set; with one that takes its calls, the metadata service too. */
const connectionLines = (context: SystemContext) => [
  ...ofKind(context.signals, 'timeout', 'refused', 'unresolved'),
  ...(isMetadataProxied(context) ? ofKind(context.signals, 'metadata') : []),
]

const proxyLines = (context: SystemContext) => {
  const failed = ofKind(context.signals, 'proxy-failed')
  return failed.length === 0 && connectionLines(context).length > 0 ? ofKind(context.signals, 'proxy-set') : failed
}

export const proxy = from(whenOffline(proxyLines), (context, signals) => {
  const failed = ofKind(signals, 'proxy-failed')
  return {
    cause: 'os.proxy',
    certainty: 'possible',
    ...onlyDegrades(failed.length > 0 ? failed : connectionLines(context)),
    message: `${failed.length > 0 && failed.every(({isTest}) => isTest) ? 'A test' : 'The agent'} on ${context.instance.InstanceId} is configured to use a proxy and cannot connect through it; the proxy must allow Systems Manager, and no_proxy must name 169.254.169.254.`,
    fix: 'Correct the proxy settings of the agent (replace PROXY_HOST:PORT), with no_proxy=169.254.169.254',
    commands: repair(context, 'proxy', ...confirm(context, [...failed, ...connectionLines(context)])),
  }
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

const otherHostLines = (context: SystemContext) =>
  ofKind(context.signals, 'timeout', 'refused', 'unresolved', 'tls-trust', 'other-region').filter(
    (signal) => signal.kind === 'other-region' || isOtherHost(context, signal),
  )

export const customEndpoint = from(whenOffline(otherHostLines), (context, signals) => {
  const what =
    signals[0]?.kind === 'other-region'
      ? 'signs its calls for another Region than that of the service that it calls'
      : `calls ${signals[0]?.host}, which is not its Region's own name for the service`
  return {
    cause: 'os.custom-endpoint',
    certainty: 'possible',
    ...onlyDegrades(signals),
    message: `The agent on ${context.instance.InstanceId} ${what}.`,
    fix: 'Remove the custom endpoint, Region or UseDualStackEndpoint from amazon-ssm-agent.json, or set the file aside',
    commands: repair(context, 'configuration', ...confirm(context, signals)),
  }
})

const closedLines = (context: SystemContext) =>
  context.online && isChannelClosed(context) ? ofKind(context.signals, 'channel-closed') : []

/**
 * Something on the path closes idle connections: a NAT gateway after 350 seconds, a firewall, a proxy. The agent
 * connects again, so it matters only if the channel stays closed.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
 */
export const channelClosed = from(closedLines, (context, signals) => ({
  cause: 'os.firewall',
  severity: 'degrades',
  certainty: 'possible',
  message: closedSentence(context.instance.InstanceId, signals.at(-1)!),
  fix: 'Keep the WebSocket connection to ssmmessages open, and restart the agent',
  commands: [...confirm(context, [{...signals[0]!, service: 'ssmmessages'}]), restart(context)],
}))

function closedSentence(id: string, {status, isHandshakeRefused}: Signal): string {
  if (status !== undefined)
    return `The message channel of ${id} was refused with HTTP status ${status}: a firewall or a proxy on the path does not pass WebSocket connections, or the service refuses this one.`
  return isHandshakeRefused
    ? `The message channel of ${id} was refused (websocket: bad handshake): a firewall or a proxy on the path does not pass WebSocket connections, or the service refuses this one.`
    : `The message channel of ${id} ended without a close message (websocket close 1006): a firewall, a proxy or an idle timeout on the path closes it.`
}
