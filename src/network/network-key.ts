import {needsEc2Messages} from '../agent/legacy-channel.ts'
import {agentVersionOf} from '../agent/node.ts'
import {isAtLeast, MINIMUMS} from '../agent/version.ts'
import {
  type Instance,
  type InstanceNetworkInterface,
  isUnreadable,
  itemsOf,
  type RouteTable,
  type SecurityGroup,
  type Subnet,
} from '../model/account.ts'
import {ipv6BlocksOf} from '../model/blocks.ts'
import {isMac, isWindows, primaryInterfaceOf, subnetIdOf} from '../model/instance.ts'
import {changedSince, find, finderIn, hasWith} from '../model/lists.ts'
import {memo, remembered} from '../util/memo.ts'
import type {Values} from '../util/numbering.ts'
import {cidrRanges, parseCidr} from './address.ts'
import {lengthsWithin, namesPartsOfIpv6Subnet, narrowestBlockOf} from './named-blocks.ts'
import {hasPublicAddress, otherInterfacesOf, publicAddressOf} from './other-interfaces.ts'
import {isShared} from './ownership.ts'
import {isPrivateIpv6} from './private-ipv6.ts'
import {WALK_KINDS, type WalkReadings} from './readings.ts'
import {referredGroupsIn} from './referred-groups.ts'

/**
 * The position of an instance, as far as a walk can distinguish instances: those with the same values have the same hops
 * on every path, so one walk applies to all of them. What rules name more narrowly than its subnet counts too: two
 * instances of one subnet may be on different sides of such a block, or in different groups. Undefined if the path
 * depends on the instance itself.
 */
export const networkKeyOf = (readings: WalkReadings, instance: Instance): Values | undefined =>
  networkKeysIn(readings)(instance)

/** What all instances of an account have in common is looked up once. */
export const networkKeysIn = memo((readings: WalkReadings): ((instance: Instance) => Values | undefined) => {
  const subnetFactsOf = subnetFactsIn(readings)
  const positionOf = positionsIn(readings, subnetFactsOf)
  const nodeOf = finderIn(readings.InstanceInformationList, 'InstanceId')
  const familyOf = familiesIn(readings)
  const forwards = forwardersIn(readings)
  return (instance) => {
    const eni = primaryInterfaceOf(instance)
    const address = eni?.PrivateIpAddress ?? instance.PrivateIpAddress
    const {isIpv6Only, isAnswering} = subnetFactsOf(subnetIdOf(instance))
    if (address === undefined || isIpv6Only || forwards(instance)) return undefined
    const others = otherInterfacesOf(instance)
    const {subnet, vpc, rules, isPublic, ipv6, block, referredGroups} = positionOf(eni ?? {}, instance)
    const values = [
      subnet,
      vpc,
      rules,
      isPublic,
      ipv6,
      block,
      referredGroups,
      instance.VpcId,
      isWindows(instance),
      isMac(instance),
      needsEc2Messages(readings, instance),
      familyOf(instance),
      isAnswering && nodeOf(instance.InstanceId)?.PingStatus === 'Online',
      publicAddressOf(instance) !== undefined,
    ]
    const isDualStack = eni !== undefined && hasIpv6(eni)
    if (others.length === 0 && !isDualStack) return values
    const isOnline = nodeOf(instance.InstanceId)?.PingStatus === 'Online'
    const mayUseIpv6 = isDualStack && !isTooOldForIpv6(readings, instance)
    return [...values, isOnline, mayUseIpv6, ...others.flatMap((other) => Object.values(positionOf(other, instance)))]
  }
})

/**
 * Whether a change left the paths from every position as they were. Of instances that no route leads to, a walk from
 * another reads only the network interfaces.
 */
export function keepsPaths(before: WalkReadings, after: WalkReadings): boolean {
  if (!WALK_KINDS.every((kind) => before[kind] === after[kind] || kind === 'Instances')) return false
  return before.Instances === after.Instances || (!hasForwarders(after.RouteTables) && keepsInterfaces(before, after))
}

function keepsInterfaces({Instances: before}: WalkReadings, {Instances: after}: WalkReadings): boolean {
  if (isUnreadable(before) || isUnreadable(after) || before.length !== after.length) return false
  return changedSince(before, after).every(
    (instance) => find(before, 'InstanceId', instance.InstanceId)?.NetworkInterfaces === instance.NetworkInterfaces,
  )
}

/** What the rules and routes distinguish interfaces by. */
interface Position {
  readonly subnet: string | undefined
  readonly vpc: string | undefined
  readonly rules: string
  readonly isPublic: boolean
  readonly ipv6: string | boolean
  readonly block: string
  readonly referredGroups: string
}
type PositionOf = (eni: Partial<InstanceNetworkInterface>, instance: Instance) => Position

function positionsIn(readings: WalkReadings, subnetFactsOf: SubnetFactsOf): PositionOf {
  const rulesOf = rulesIn(readings)
  const referredGroupsOf = referredGroupsIn(readings)
  return (eni, instance) => {
    const {SubnetId = instance.SubnetId, PrivateIpAddress = instance.PrivateIpAddress ?? ''} = eni
    const {narrower, ipv6Of} = subnetFactsOf(SubnetId)
    return {
      subnet: SubnetId,
      vpc: eni.VpcId,
      rules: rulesOf(eni.Groups ?? instance.SecurityGroups),
      isPublic: hasPublicAddress(eni),
      ipv6: ipv6Of(eni),
      block: narrowestBlockOf(readings, narrower, PrivateIpAddress),
      referredGroups: referredGroupsOf(eni.VpcId ?? instance.VpcId, PrivateIpAddress),
    }
  }
}

const hasIpv6 = ({Ipv6Addresses = []}: Partial<InstanceNetworkInterface>): boolean => Ipv6Addresses.length > 0

/** Whether it has addresses, and whether the internet is closed to them: see ipv6-alternative.ts. */
const ipv6KindIn =
  (readings: WalkReadings) =>
  (eni: Partial<InstanceNetworkInterface>): string | boolean => {
    if (!hasIpv6(eni)) return false
    const addresses = (eni.Ipv6Addresses ?? []).map(({Ipv6Address}) => Ipv6Address)
    return isPrivateIpv6(readings, eni.VpcId, cidrRanges(6, addresses)) ? 'private' : true
  }

const ipv6AddressesOf = ({Ipv6Addresses = []}: Partial<InstanceNetworkInterface>): string =>
  Ipv6Addresses.map(({Ipv6Address}) => Ipv6Address).join()

/** What such an agent does not reach over IPv4 it does not reach over IPv6 either: see ipv6-alternative.ts. */
const isTooOldForIpv6 = (readings: WalkReadings, instance: Instance): boolean =>
  isAtLeast(agentVersionOf(readings, instance), MINIMUMS.ipv6.version) === false

/** What all instances of one subnet have in common. */
interface SubnetFacts {
  readonly isIpv6Only: boolean
  /** The lengths of blocks in rules and routes that are narrower than its own, the narrowest first. */
  readonly narrower: readonly number[]
  /** Its IPv6 addresses where a rule or route names a part of the subnet, otherwise whether it has any, and which. */
  readonly ipv6Of: (eni: Partial<InstanceNetworkInterface>) => string | boolean
  /** That a node is online is evidence about names where private zones answer, or its VPC is shared. */
  readonly isAnswering: boolean
}
type SubnetFactsOf = (subnetId: string | undefined) => SubnetFacts

const subnetFactsIn = (readings: WalkReadings): SubnetFactsOf =>
  remembered((subnetId: string | undefined) => {
    const subnet = find(readings.Subnets, 'SubnetId', subnetId)
    return {
      isIpv6Only: subnet?.Ipv6Native === true,
      narrower: lengthsWithin(readings, subnet?.CidrBlock ?? ''),
      ipv6Of: namesPartsOfIpv6Subnet(readings, ipv6PrefixOf(subnet)) ? ipv6AddressesOf : ipv6KindIn(readings),
      isAnswering: subnet !== undefined && (itemsOf(readings.HostedZones).length > 0 || isShared(readings, subnet)),
    }
  })

/** Of its widest IPv6 block; nearly all have /64. */
const ipv6PrefixOf = (subnet: Subnet | undefined): number =>
  Math.min(64, ...(subnet ? ipv6BlocksOf(subnet) : []).flatMap((block) => parseCidr(block)?.prefix ?? []))

/** An instance that is a route target may be on its own path. */
function forwardersIn({RouteTables}: WalkReadings): (instance: Instance) => boolean {
  const isRouted = (id: unknown) => hasWith(RouteTables, machinesRoutedTo, id)
  if (!hasForwarders(RouteTables)) return () => false
  return ({InstanceId, NetworkInterfaces}) =>
    isRouted(InstanceId) || NetworkInterfaces.some(({NetworkInterfaceId}) => isRouted(NetworkInterfaceId))
}

const ANY = Symbol('any machine')

const hasForwarders = (tables: WalkReadings['RouteTables']): boolean => hasWith(tables, machinesRoutedTo, ANY)

const machinesRoutedTo = ({Routes}: RouteTable): readonly unknown[] => {
  const ids = itemsOf(Routes).flatMap(({InstanceId, NetworkInterfaceId}) => [InstanceId, NetworkInterfaceId])
  const machines = ids.filter((id) => id !== undefined)
  return machines.length === 0 ? machines : [ANY, ...machines]
}

/** The destinations that the groups allow: groups with other names and the same rules are equal for a packet. */
function rulesIn({SecurityGroups}: WalkReadings): (groups: Instance['SecurityGroups']) => string {
  const rulesOf = remembered((id: string | undefined) => {
    const group = find(SecurityGroups, 'GroupId', id)
    return group ? numberOf(group) : `${id}`
  })
  return (groups) => groups.map(({GroupId}) => rulesOf(GroupId)).join()
}

const NUMBERS = new Map<string, string>()
const MAX_NUMBERS = 100_000
let numbered = 0

/** Rules with the same text have the same number, and no number is given twice. */
const numberOf = memo(({IpPermissionsEgress}: SecurityGroup): string => {
  const rules = JSON.stringify(IpPermissionsEgress)
  const known = NUMBERS.get(rules)
  if (known !== undefined) return known
  if (NUMBERS.size >= MAX_NUMBERS) NUMBERS.clear()
  const fresh = `rules ${numbered++}`
  NUMBERS.set(rules, fresh)
  return fresh
})

/** If the DHCP options name no server, the instance family decides whether there is one. */
function familiesIn({DhcpOptions, Vpcs}: WalkReadings): (instance: Instance) => string {
  const nameServers = remembered((vpcId: string | undefined) => {
    const options = find(DhcpOptions, 'DhcpOptionsId', find(Vpcs, 'VpcId', vpcId)?.DhcpOptionsId)
    return options?.DhcpConfigurations.some(({Key, Values}) => Key === 'domain-name-servers' && Values?.length) ?? false
  })
  return ({VpcId, InstanceType}) => (nameServers(VpcId) ? '' : String(InstanceType))
}
