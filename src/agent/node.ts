import {type Context, type Instance, type InstanceInformation, isUnreadable, type Readings} from '../model/account.ts'
import {isHybridId, isOfOtherCloud} from '../model/hybrid.ts'
import {isMac, isWindows} from '../model/instance.ts'
import {allWith, find, hasWith} from '../model/lists.ts'
import {minutesBetween} from '../util/time.ts'
import {imageNameOf} from './image.ts'

export type NodeFacts = Pick<Readings, 'InstanceInformationList'>

/** The registration of the instance in Systems Manager under its own id. */
export const nodeOf = ({InstanceInformationList}: NodeFacts, {InstanceId}: Instance): InstanceInformation | undefined =>
  find(InstanceInformationList, 'InstanceId', InstanceId)

/** The hybrid registration that names the instance as its source, or has both its address and its host name. */
export function hybridNodeOf(nodes: NodeFacts['InstanceInformationList'], instance: Instance) {
  if (isUnreadable(nodes)) return undefined
  return hybridNodesLike(nodes, instance).find(
    (node) =>
      isSource(node, instance) ||
      (!isOfOtherCloud(node) && node.IPAddress === instance.PrivateIpAddress && isSameHost(node, instance)),
  )
}

/** The node names the instance: as its source, or by the host name that EC2 forms of the instance id. */
export const isSource = ({SourceId, ComputerName}: InstanceInformation, {InstanceId}: Instance): boolean =>
  SourceId === InstanceId || hostLabelOf(ComputerName) === InstanceId

/**
 * Whether the node has the host name of the instance, or the one that EC2 forms of its private address.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/hostname-types.html
 */
export function isSameHost({ComputerName}: InstanceInformation, {PrivateDnsName, PrivateIpAddress}: Instance): boolean {
  if (!ComputerName) return false
  if (ComputerName.toLowerCase() === PrivateDnsName?.toLowerCase()) return true
  return PrivateIpAddress !== undefined && hostLabelOf(ComputerName) === `ip-${PrivateIpAddress.replaceAll('.', '-')}`
}

/** The host name without its domain. */
const hostLabelOf = (name: string | undefined): string | undefined => name?.toLowerCase().split('.')[0]

/** Hybrid nodes that have the id, the address or the host name in common with the instance. */
export function hybridNodesLike(
  nodes: readonly InstanceInformation[],
  {InstanceId, PrivateIpAddress, PrivateDnsName}: Pick<Instance, 'InstanceId' | 'PrivateIpAddress' | 'PrivateDnsName'>,
): readonly InstanceInformation[] {
  if (!hasWith(nodes, isHybridNode, true)) return NONE
  const keys = [InstanceId, PrivateIpAddress, PrivateDnsName?.toLowerCase()]
  if (!keys.some((key) => key && hasWith(nodes, hybridKeys, key))) return NONE
  return [...new Set(keys.flatMap((key) => (key ? unlessCommon(allWith(nodes, hybridKeys, key)) : [])))]
}

/**
 * The hybrid node as which the machine of this one has most likely been registered again: it has the same address and
 * host name, is online, and registered after the last ping of this one.
 */
export function successorOf(
  nodes: NodeFacts['InstanceInformationList'],
  {InstanceId, IPAddress, ComputerName, LastPingDateTime = ''}: InstanceInformation,
): InstanceInformation | undefined {
  if (isUnreadable(nodes) || !IPAddress || !ComputerName) return undefined
  const later = hybridNodesLike(nodes, {InstanceId, PrivateIpAddress: IPAddress, PrivateDnsName: ComputerName}).filter(
    (other) =>
      other.PingStatus === 'Online' &&
      other.IPAddress === IPAddress &&
      other.ComputerName?.toLowerCase() === ComputerName.toLowerCase() &&
      Date.parse(other.RegistrationDate ?? '') >= Date.parse(LastPingDateTime),
  )
  return later.length === 1 ? later[0] : undefined
}

const NONE: readonly never[] = []

const isHybridNode = ({InstanceId}: InstanceInformation): readonly unknown[] => (isHybridId(InstanceId) ? [true] : NONE)

const hybridKeys = ({InstanceId, SourceId, IPAddress, ComputerName}: InstanceInformation): readonly unknown[] =>
  isHybridId(InstanceId)
    ? [...new Set([SourceId, IPAddress, ComputerName?.toLowerCase(), hostLabelOf(ComputerName)])]
    : NONE

/** Instances that have the id or the address in common with a hybrid node. */
export const instancesLike = (
  instances: Readings['Instances'],
  {SourceId, IPAddress}: InstanceInformation,
): readonly Instance[] => [
  ...new Set([
    ...(SourceId ? allWith(instances, 'InstanceId', SourceId) : []),
    ...(IPAddress ? unlessCommon(allWith(instances, 'PrivateIpAddress', IPAddress)) : []),
  ]),
]

/** An address or a name that more than these have in common identifies no single machine. */
const MAX_SHARED = 8
const unlessCommon = <T>(alike: readonly T[]): readonly T[] => (alike.length > MAX_SHARED ? [] : alike)

/** Whether Systems Manager lists the instance as online. */
export const isOnline = (facts: NodeFacts, instance: Instance): boolean =>
  nodeOf(facts, instance)?.PingStatus === 'Online'

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetConnectionStatus.html */
const CONNECTED: ReadonlyMap<string, boolean> = new Map([
  ['connected', true],
  ['notconnected', false],
])

/** Whether the agent has its message channel open, which sessions and commands use; undefined where it was not read. */
export function isConnected(
  {ConnectionStatuses}: Pick<Readings, 'ConnectionStatuses'>,
  {InstanceId}: Instance,
): boolean | undefined {
  const connection = find(ConnectionStatuses, 'Target', InstanceId)
  return connection && CONNECTED.get(connection.Status.toLowerCase())
}

export const agentVersionOf = (facts: NodeFacts, instance: Instance): string | undefined =>
  nodeOf(facts, instance)?.AgentVersion

/**
 * AWS asks to wait about five minutes after a start; slow boots and the agent's first retry take longer.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-troubleshooting-managed-nodes.html
 */
const REGISTRATION_GRACE_MINUTES = 15

/**
 * A Mac instance can be used 6 to 20 minutes after its launch, and registers after that.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-mac-instances.html
 */
const MAC_GRACE_MINUTES = 25

/** How long it can take until a node has registered after its launch or start. */
export const graceMinutesOf = (instance: Instance): number =>
  isMac(instance) ? MAC_GRACE_MINUTES : REGISTRATION_GRACE_MINUTES

/** Minutes since the instance was launched or last started, when known. */
export const ageOf = ({ReadAt}: Pick<Context, 'ReadAt'>, {LaunchTime}: Instance): number | undefined =>
  LaunchTime === undefined ? undefined : minutesBetween(LaunchTime, ReadAt)

export function isInGracePeriod(context: Pick<Context, 'ReadAt'>, instance: Instance): boolean {
  const age = ageOf(context, instance)
  return instance.State.Name === 'pending' || (age !== undefined && age < graceMinutesOf(instance))
}

/** Two pings of the default interval. */
export const RECENT_MINUTES = 10
/** The agent reports every 5 minutes and can be set to do so every 60 at the longest. */
export const LONGEST_REPORT_MINUTES = 65
/** How long Fleet Manager lists a node that does not ping. */
export const SHOWN_MINUTES = 30 * 24 * 60

const AGES = [RECENT_MINUTES, LONGEST_REPORT_MINUTES, SHOWN_MINUTES]

/** How many of these ages the last ping has passed; undefined where it is not known. */
export function pingAgeOf(
  {ReadAt}: Pick<Context, 'ReadAt'>,
  {LastPingDateTime}: InstanceInformation,
): number | undefined {
  const age = LastPingDateTime === undefined ? undefined : minutesBetween(LastPingDateTime, ReadAt)
  if (age === undefined) return undefined
  const passed = AGES.findIndex((limit) => age <= limit)
  return passed < 0 ? AGES.length : passed
}

export type System = 'linux' | 'upstart' | 'ubuntu' | 'bottlerocket' | 'windows' | 'macos'

export type MachineFacts = NodeFacts & Pick<Readings, 'InstanceImageMetadata'>

/**
 * Systems before systemd: Amazon Linux 1, Ubuntu 14.04, and version 6 of Red Hat Enterprise Linux and its relatives.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/configure-proxy-ssm-agent.html
 */
const UPSTART =
  /^amzn-ami-|^Amazon Linux AMI|ubuntu\D{0,40}1[0-4]\.(?:04(?:\.[1-6])?|10)(?![\d.])|^(?:(?:CentOS|Red Hat|RHEL|Oracle Linux)\D{0,40}|OL)6\b/i

/** Which operating system's commands apply: what the node reported, otherwise the name of the image. */
export function systemOf(facts: MachineFacts, instance: Instance): System {
  const node = nodeOf(facts, instance)
  const image = imageNameOf(facts, instance) ?? ''
  if (isWindows(instance) || node?.PlatformType === 'Windows') return 'windows'
  if (node?.PlatformType === 'MacOS' || isMac(instance)) return 'macos'
  const name = node?.PlatformName ?? image
  if (/^bottlerocket/i.test(name)) return 'bottlerocket'
  const version = node?.PlatformName === undefined ? name : `${name} ${node.PlatformVersion ?? ''}`
  if (UPSTART.test(version)) return 'upstart'
  return /ubuntu/i.test(name) ? 'ubuntu' : 'linux'
}
