import {isOnline} from '../agent/node.ts'
import type {Instance, InstanceNetworkInterface} from '../model/account.ts'
import {isWindows, primaryInterfaceOf} from '../model/instance.ts'
import type {PathSegment} from './context.ts'
import {isBlocked, isBlockedByGroupsAlone, unlessOnOtherPath} from './path-segment.ts'
import type {WalkReadings} from './readings.ts'

/** Interfaces of containers: the operating system of the instance does not send from them. */
const OF_CONTAINERS: ReadonlySet<string> = new Set(['branch', 'trunk', 'efa-only'])

const ownAddressOf = ({Association, PrivateIpAddresses}: Partial<InstanceNetworkInterface>): string | undefined =>
  Association?.PublicIp ?? PrivateIpAddresses?.find(({Primary}) => Primary)?.Association?.PublicIp

export const hasPublicAddress = (eni: Partial<InstanceNetworkInterface>): boolean => ownAddressOf(eni) !== undefined

/**
 * The public IPv4 address of the primary interface. The address of the instance is the one, unless an interface says
 * that it belongs to another of its private addresses.
 */
export function publicAddressOf(instance: Instance): string | undefined {
  const {NetworkInterfaces, PublicIpAddress} = instance
  const own = ownAddressOf(primaryInterfaceOf(instance) ?? {})
  if (own !== undefined || PublicIpAddress === undefined) return own
  const isElsewhere = NetworkInterfaces.some(({Association, PrivateIpAddresses = []}) =>
    [{Association}, ...PrivateIpAddresses].some((one) => one.Association?.PublicIp === PublicIpAddress),
  )
  return isElsewhere ? undefined : PublicIpAddress
}

const groupsOf = ({Groups}: InstanceNetworkInterface): string => (Groups ?? []).map(({GroupId}) => GroupId).join()

/**
 * The interfaces other than the primary one whose traffic takes another path. The routes of the operating system, which
 * AWS does not show, choose among them.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/scenarios-enis.html
 */
export function otherInterfacesOf(instance: Instance): readonly InstanceNetworkInterface[] {
  const primary = primaryInterfaceOf(instance)
  if (primary === undefined || instance.NetworkInterfaces.length < 2) return []
  return instance.NetworkInterfaces.filter(
    (eni) =>
      eni !== primary &&
      !OF_CONTAINERS.has(eni.InterfaceType ?? '') &&
      (eni.SubnetId !== primary.SubnetId ||
        groupsOf(eni) !== groupsOf(primary) ||
        (hasPublicAddress(eni) && !hasPublicAddress(primary))),
  )
}

/**
 * What blocks the path of the primary interface is certain only if it blocks those of the others as well. If the node is
 * online nevertheless, its operating system uses the other one.
 */
export function withOtherInterfaces(
  readings: WalkReadings,
  instance: Instance,
  segment: PathSegment,
  segmentFrom: (instance: Instance) => PathSegment | undefined,
): PathSegment {
  const others = otherInterfacesOf(instance)
  if (others.length === 0 || !isBlocked(segment)) return segment
  for (const eni of others) {
    const other = segmentFrom(withOnly(instance, eni))
    if (!other || isBlocked(other)) continue
    return isOnline(readings, instance) && !isBlockedByGroupsAlone(segment)
      ? other
      : unlessOnOtherPath(segment, inWords(instance, eni))
  }
  return segment
}

function withOnly(instance: Instance, eni: InstanceNetworkInterface): Instance {
  const {SubnetId, PrivateIpAddress} = eni
  const {PublicIpAddress: _, ...shared} = instance
  return {
    ...shared,
    NetworkInterfaces: [eni],
    ...(SubnetId !== undefined && {SubnetId}),
    ...(PrivateIpAddress !== undefined && {PrivateIpAddress}),
  }
}

/**
 * Linux prefers the default route of the primary interface; Windows has one for each interface.
 * https://docs.aws.amazon.com/linux/al2023/ug/networking-service.html
 */
const inWords = (instance: Instance, {SubnetId}: InstanceNetworkInterface): string =>
  isWindows(instance)
    ? `From its interface in subnet ${SubnetId}, which Windows may use instead, the path is not blocked.`
    : `From its interface in subnet ${SubnetId} the path is not blocked, but by default the operating system uses the primary interface.`
