import {commandsFor} from '../agent/commands.ts'
import {isConnected, nodeOf, RECENT_MINUTES} from '../agent/node.ts'
import {changedFinding, type Finding} from '../checks/check.ts'
import {isFaultOf} from '../checks/network/hops.ts'
import type {Severity} from '../checks/severity.ts'
import {type Account, type Instance, isUnreadable} from '../model/account.ts'
import {HOST_MANAGEMENT_SETTING} from '../model/kinds.ts'
import {allWith, find} from '../model/lists.ts'
import {hostOf} from '../model/partition.ts'
import {dependsOnAddress} from '../network/context.ts'
import type {Hop, Path} from '../network/path.ts'
import {isStop, verdictOf} from '../network/path-segment.ts'
import {runOnInstance, runThroughSystemsManager} from '../remedies/core/on-instance.ts'
import type {Remedy} from '../remedies/core/remedy.ts'
import {minutesBetween, timeOfDay} from '../util/time.ts'

/**
 * What the service itself observed of the node recently. The agent calls UpdateInstanceInformation every five minutes,
 * so a recent ping used the path to `ssm` in both directions, with the permissions that the call needs.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstanceInformation.html
 */
export interface Observation {
  /** When the node last pinged. */
  readonly pingAt: string
  /** The control channel over `ssmmessages` is open. */
  readonly isConnected: boolean
  /** It was read that the channel is not open. */
  readonly isDisconnected: boolean
  /** The hops of the modeled paths that it contradicts. */
  readonly contradicted: readonly Hop[]
  /** What blocks the path to `ssm`, where it does not contradict that path. */
  readonly consistent: readonly Hop[]
  /** Those that an open channel would contradict, where it was not read whether there is one. */
  readonly unknownHops: readonly Hop[]
  readonly paths: readonly Path[]
}

export function observationOf(account: Account, instance: Instance, modeled: readonly Path[]): Observation | undefined {
  const node = nodeOf(account, instance)
  const pingAt = node?.PingStatus === 'Online' ? node.LastPingDateTime : undefined
  const age = pingAt === undefined ? undefined : minutesBetween(pingAt, account.ReadAt)
  if (pingAt === undefined || age === undefined || age > RECENT_MINUTES) return undefined
  const connection = find(account.ConnectionStatuses, 'Target', instance.InstanceId)
  const isChannelUnread = isUnreadable(connection ?? account.ConnectionStatuses)
  const isOpen = isConnected(account, instance) === true
  const isDisconnected = isConnected(account, instance) === false
  const isContradicted = contradictionIn(account, {pingAt, isConnected: isOpen}, modeled)
  const contradicted = modeled.filter(isContradicted).flatMap(({hops}) => hops.filter(isStop))
  const consistent = modeled
    .filter((path) => path.service === 'ssm' && !isContradicted(path))
    .flatMap(({hops}) => hops.filter(({verdict}) => verdict === 'blocked'))
  const paths =
    contradicted.length === 0 ? modeled : modeled.map((path) => (isContradicted(path) ? undecided(path) : path))
  const ifConnected = isChannelUnread ? contradictionIn(account, {pingAt, isConnected: true}, paths) : () => false
  const unknownHops = paths.filter(ifConnected).flatMap(({hops}) => hops.filter(isStop))
  return {pingAt, isConnected: isOpen, isDisconnected, contradicted, consistent, unknownHops, paths}
}

/**
 * Tracked connections outlive a change of a security group.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
 */
const actsOnEveryPacket = ({at, fault}: Hop): boolean =>
  at !== 'security-group' && at !== 'endpoint-group' && fault?.cause !== 'nat-instance.sg'

/**
 * An open channel uses routes, network ACLs and the interfaces of its endpoint with every packet; its name and its
 * permission were needed once.
 */
const actsOnOpenChannel = ({at}: Hop): boolean =>
  at === 'route' || at === 'network-acl' || at === 'gateway' || at === 'endpoint'

/** Created, deleted or changed after the ping: the ping says nothing about it. */
function isNewer(account: Account, {resource, fault}: Hop, pingAt: string): boolean {
  const id = fault?.resource ?? resource
  const gateway = find(account.NatGateways, 'NatGatewayId', id)
  const endpoint = find(account.VpcEndpoints, 'VpcEndpointId', id)
  const times = [gateway?.DeleteTime, gateway?.CreateTime, endpoint?.CreationTimestamp]
  return times.some((time) => isAfter(time, pingAt))
}

/**
 * Which of the modeled paths the observation contradicts. If the model blocks every packet of a service that responds
 * nevertheless, the traffic takes another path than the model, which is no more reliable for other services there.
 */
function contradictionIn(
  account: Account,
  {pingAt, isConnected}: Pick<Observation, 'pingAt' | 'isConnected'>,
  modeled: readonly Path[],
): (path: Path) => boolean {
  const hopsThat = ({hops}: Path, applies: (hop: Hop) => boolean) =>
    hops.filter((hop) => isStop(hop) && applies(hop) && !isNewer(account, hop, pingAt))
  const isContradicted = (service: string, applies: (hop: Hop) => boolean) =>
    modeled.some(
      (path) => path.service === service && hopsThat(path, applies).some(({verdict}) => verdict === 'blocked'),
    )
  const isModelWrong = isContradicted('ssm', actsOnEveryPacket)
  const isUnreadFor = (name: string) => modeled.some(({service, hops}) => service === name && hops.some(isUnread))
  const isModelUnread = isUnreadFor('ssm')
  const isChannelWrong = isConnected && (isContradicted('ssmmessages', actsOnOpenChannel) || isUnreadFor('ssmmessages'))
  return (path) =>
    hopsThat(path, actsOnEveryPacket).length > 0
      ? isModelWrong || (isChannelWrong && path.service === 'ssmmessages') || isModelUnread
      : path.hops.some(isUnread)
}

/** The model may be wrong where data on the path to `ssm` and back was not read. */
const isUnread = ({verdict, unread}: Hop): boolean => verdict === 'unknown' && unread !== undefined

function undecided(path: Path): Path {
  const hops = path.hops.map((hop): Hop => (isStop(hop) ? {...hop, verdict: 'unknown'} : hop))
  return {...path, hops, verdict: verdictOf(hops)}
}

/**
 * Permissions are checked on every call. What removes the credentials themselves shows hours later, when those in
 * use expire. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
 */
const CHECKED_WITH_EVERY_CALL: ReadonlySet<string> = new Set([
  'iam.no-registration-permission',
  'iam.explicit-deny',
  'iam.boundary-blocks',
  'iam.scp-blocks',
  'dhmc.permissions',
])

/** Faults of the profile that are only likely where it could not be read whether host management takes its place. */
const REPLACED_BY_HOST_MANAGEMENT: ReadonlySet<string> = new Set([
  'iam.no-profile',
  'iam.profile-empty',
  'iam.profile-missing',
  'iam.profile-recreated',
  'iam.trust-missing-ec2',
])

/** The instance profile or the host management role was changed after the ping, which came with earlier credentials. */
const isIdentityNewer = (account: Account, {InstanceId}: Instance, pingAt: string): boolean =>
  [
    ...allWith(account.IamInstanceProfileAssociations, 'InstanceId', InstanceId).map(({Timestamp}) => Timestamp),
    ...allWith(account.ServiceSettings, 'SettingId', HOST_MANAGEMENT_SETTING).map(
      ({LastModifiedDate}) => LastModifiedDate,
    ),
  ].some((time) => isAfter(time, pingAt))

const isAfter = (time: string | undefined, pingAt: string): boolean =>
  time !== undefined && (minutesBetween(pingAt, time) ?? 0) > 0

/**
 * Which addresses the services have for the instance decides, and one of them works: of `ssm`, where the node pings, and
 * of `ssmmessages`, unless its channel is known not to be open.
 */
export function isForOtherAddresses({paths, isDisconnected}: Observation, finding: Finding): boolean {
  const services = paths
    .filter(({service, hops}) =>
      hops.some(
        (hop) => (dependsOnAddress(hop) || (service !== 's3' && isHiddenAnswer(hop))) && isFaultOf(hop, finding),
      ),
    )
    .map(({service}) => service)
  return services.length > 0 && !(isDisconnected && services.includes('ssmmessages'))
}

/** A private zone leads the name to another one, or to servers, whose answer only the instance gets. */
const isHiddenAnswer = ({at, verdict, fault}: Hop): boolean =>
  at === 'name' && verdict === 'unknown' && fault?.cause === 'dns.phz-shadow'

/** A finding that the observation contradicts: at most likely, not blocking, and with both explanations. */
export function observedFinding(
  account: Account,
  instance: Instance,
  observation: Observation,
  finding: Finding,
  severity: Severity,
): Finding {
  const {pingAt, isConnected, isDisconnected, contradicted, consistent, unknownHops} = observation
  const isPermission =
    severity === 'blocks' && CHECKED_WITH_EVERY_CALL.has(finding.cause) && !isIdentityNewer(account, instance, pingAt)
  const isReplaced =
    severity === 'blocks' && finding.certainty === 'likely' && REPLACED_BY_HOST_MANAGEMENT.has(finding.cause)
  const stands = consistent.some((hop) => isFaultOf(hop, finding))
  if (!isPermission && !isReplaced && (stands || !contradicted.some((hop) => isFaultOf(hop, finding))))
    return unknownHops.some((hop) => isFaultOf(hop, finding)) ? likelyAtMost(finding) : finding
  const ping = timeOfDay(pingAt)
  const channel = isConnected ? ' and its control channel is connected' : ''
  const other = isReplaced ? HOST_MANAGED : isPermission ? 'the agent uses other credentials' : UNSEEN_PATH
  return changedFinding(finding, {
    severity: 'undecided',
    certainty: finding.certainty === 'possible' ? 'possible' : 'likely',
    message: `${finding.message} However, ${instance.InstanceId} pinged Systems Manager at ${ping}${channel}: either this changed after that, or ${other}.`,
    evidence: [...finding.evidence, {fact: `LastPingDateTime is ${pingAt}`, source: 'ssm:DescribeInstanceInformation'}],
    // A denial that the log shows does not confirm what the ping contradicts.
    actions: [],
    ...(other === UNSEEN_PATH &&
      isOnUsedPath(observation, finding) && {remedies: [showPath(account, instance, isDisconnected)]}),
  })
}

/** What is on the path to S3 alone is not shown to work. */
const isOnUsedPath = ({paths, isConnected}: Observation, finding: Finding): boolean =>
  paths
    .filter(({service}) => service === 'ssm' || (service === 'ssmmessages' && isConnected))
    .some(({hops}) => hops.some((hop) => isFaultOf(hop, finding)))

/**
 * A path that works needs no change: the agent shows its proxy, and the names the addresses that it calls. Commands use
 * its control channel.
 */
function showPath(account: Account, instance: Instance, isDisconnected: boolean): Remedy {
  const {diagnostics, name} = commandsFor(account, instance)
  const names = ['ssm', 'ssmmessages'].map((service) => name(hostOf(service, account)))
  const run = isDisconnected ? runOnInstance : runThroughSystemsManager
  return run(`Find out how SSM Agent on ${instance.InstanceId} reaches Systems Manager`, [diagnostics, ...names])
}

/** Whether the node pings was not read, and a ping would contradict these findings: they are at most likely. */
export function unobservedFinding(paths: readonly Path[], finding: Finding): Finding {
  const isContradicted =
    CHECKED_WITH_EVERY_CALL.has(finding.cause) ||
    paths.some(({hops}) => hops.some((hop) => isStop(hop) && isFaultOf(hop, finding)))
  return isContradicted ? likelyAtMost(finding) : finding
}

const likelyAtMost = (finding: Finding): Finding =>
  (finding.certainty ?? 'proven') === 'proven' ? changedFinding(finding, {certainty: 'likely'}) : finding

const HOST_MANAGED = 'host management, which could not be read, supplies its credentials'
const UNSEEN_PATH =
  'the agent takes a path that ssm-doctor does not see, such as a proxy, a Route 53 Profile or a peered VPC'
