import {needsEc2Messages} from '../agent/legacy-channel.ts'
import {
  type Instance,
  type InstanceNetworkInterface,
  type ItemOf,
  isUnreadable,
  itemsOf,
  type Kind,
  type Reading,
  type RouteTable,
  type SecurityGroup,
} from '../model/account.ts'
import {allWith, find, finderIn, isWindows, primaryInterfaceOf, routeTableOf} from '../model/joins.ts'
import {memo, remembered} from '../util/memo.ts'
import {parseCidr, parseIpv4} from './address.ts'
import {hasPublicAddress, otherInterfacesOf} from './other-interfaces.ts'
import {isShared} from './ownership.ts'
import type {WalkReadings} from './readings.ts'
import {routesToOtherNetwork} from './routing/route-table.ts'

/** Instances with the same text have the same hops on every path: one walk applies to all of them. */
type NetworkKey = string

/**
 * The position of an instance, as far as a walk can distinguish instances. What rules name more narrowly than its
 * subnet counts too: two instances of one subnet may be on different sides of such a block, or in different groups.
 * Undefined if the path depends on the instance itself.
 */
export const networkKeyOf = (readings: WalkReadings, instance: Instance): NetworkKey | undefined =>
  keysIn(readings)(instance)

/** What all instances of an account have in common is looked up once. */
const keysIn = memo((readings: WalkReadings): ((instance: Instance) => NetworkKey | undefined) => {
  const groundOf = groundsIn(readings)
  const positionOf = positionsIn(readings, groundOf)
  const nodeOf = finderIn(readings.InstanceInformationList, 'InstanceId')
  const familyOf = familiesIn(readings)
  const forwards = forwardersIn(readings)
  return (instance) => {
    const eni = primaryInterfaceOf(instance)
    const address = eni?.PrivateIpAddress ?? instance.PrivateIpAddress
    const subnetId = eni?.SubnetId ?? instance.SubnetId
    const {isIpv6Only, isAnswering} = groundOf(subnetId)
    if (address === undefined || isIpv6Only || forwards(instance)) return undefined
    const online = isAnswering && nodeOf(instance.InstanceId)?.PingStatus === 'Online' ? ' online' : ''
    const system = `${isWindows(instance)}${needsEc2Messages(readings, instance)}${familyOf(instance)}${online}`
    const own = positionOf(eni ?? {}, instance)
    const others = otherInterfacesOf(instance).map((other) => positionOf(other, instance))
    return [instance.VpcId, system, own, ...others].join(' ')
  }
})

type PositionOf = (eni: Partial<InstanceNetworkInterface>, instance: Instance) => string

/** What the rules and routes distinguish interfaces by. */
function positionsIn(readings: WalkReadings, groundOf: GroundOf): PositionOf {
  const rulesOf = rulesIn(readings)
  const membershipOf = membershipsIn(readings)
  return (eni, instance) => {
    const {SubnetId = instance.SubnetId, PrivateIpAddress = instance.PrivateIpAddress ?? ''} = eni
    const groups = rulesOf(eni.Groups ?? instance.SecurityGroups)
    const cell = cellOf(readings, groundOf(SubnetId).narrower, PrivateIpAddress)
    const around = `${cell} ${membershipOf(eni.VpcId ?? instance.VpcId, PrivateIpAddress)}`
    return `${SubnetId} ${eni.VpcId} ${groups} ${hasPublicAddress(eni)} ${around}`
  }
}

/** What all instances of one subnet have in common. */
interface Ground {
  readonly isIpv6Only: boolean
  /** The lengths of blocks in rules and routes that are narrower than its own, the narrowest first. */
  readonly narrower: readonly number[]
  /**
   * That a node is online is evidence about names where its route table leads to other networks, or its VPC is shared.
   */
  readonly isAnswering: boolean
}
type GroundOf = (subnetId: string | undefined) => Ground

const groundsIn = (readings: WalkReadings): GroundOf =>
  remembered((subnetId: string | undefined) => {
    const subnet = find(readings.Subnets, 'SubnetId', subnetId)
    const table = subnet && routeTableOf(readings, subnet)
    const hasOnwardRoute = table !== undefined && !isUnreadable(table) && leading(table).on
    const within = parseCidr(subnet?.CidrBlock ?? '')?.prefix ?? 33
    return {
      isIpv6Only: subnet?.Ipv6Native === true,
      narrower: lengthsIn(readings).filter((length) => length > within),
      isAnswering: subnet !== undefined && (hasOnwardRoute || isShared(readings, subnet)),
    }
  })

/** An instance that is a route target may be on its own path. */
function forwardersIn({RouteTables}: WalkReadings): (instance: Instance) => boolean {
  const targets = machinesRoutedTo(itemsOf(RouteTables))
  return ({InstanceId, NetworkInterfaces}) =>
    targets.size > 0 &&
    (targets.has(InstanceId) ||
      NetworkInterfaces.some(({NetworkInterfaceId: id}) => id !== undefined && targets.has(id)))
}

const machinesRoutedTo = memo(
  (tables: readonly RouteTable[]): ReadonlySet<string> =>
    new Set(
      tables.flatMap(({Routes}) =>
        itemsOf(Routes).flatMap(({InstanceId, NetworkInterfaceId}) =>
          [InstanceId ?? [], NetworkInterfaceId ?? []].flat(),
        ),
      ),
    ),
)

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

/** The groups themselves, if they block a packet: then their names are the resource to change. */
export const groupsOf = (instance: Instance): readonly string[] =>
  (primaryInterfaceOf(instance)?.Groups ?? instance.SecurityGroups).flatMap(({GroupId}) => GroupId ?? [])

/** If the DHCP options name no server, the instance family decides whether there is one. */
function familiesIn({DhcpOptions, Vpcs}: WalkReadings): (instance: Instance) => string {
  const nameServers = remembered((vpcId: string | undefined) => {
    const options = find(DhcpOptions, 'DhcpOptionsId', find(Vpcs, 'VpcId', vpcId)?.DhcpOptionsId)
    return options?.DhcpConfigurations.some(({Key, Values}) => Key === 'domain-name-servers' && Values?.length) ?? false
  })
  return ({VpcId, InstanceType}) => (nameServers(VpcId) ? '' : String(InstanceType))
}

const leading = memo(({Routes}: RouteTable) => ({on: itemsOf(Routes).some(routesToOtherNetwork)}))

/**
 * The narrowest block in any rule or route that contains the address, if it is narrower than the subnet:
 * blocks nest or are apart, so that it represents all the others that do.
 */
function cellOf(readings: WalkReadings, narrower: readonly number[], address: string): string {
  const at = narrower.length === 0 ? undefined : parseIpv4(address)
  if (at === undefined) return ''
  for (const length of narrower) {
    const block = blockKey(at, length)
    if (NAMING.some(({kind, by}) => allWith(readings[kind] as Reading<object>, by, block).length > 0)) return `${block}`
  }
  return ''
}

const blockKey = (address: number, length: number): number => Math.floor(address / 2 ** (32 - length)) * 64 + length

/** A block by its key, and its length as text. */
const keysOfBlocks = (cidrs: readonly (string | undefined)[]): readonly unknown[] =>
  cidrs.flatMap((cidr) => {
    const parsed = cidr === undefined ? undefined : parseCidr(cidr)
    return parsed?.family === 4
      ? [blockKey(parsed.ranges[0]?.[0] as number, parsed.prefix), lengthKey(parsed.prefix)]
      : []
  })
const lengthKey = (length: number): string => `/${length}`

interface Naming {
  readonly kind: keyof WalkReadings & Kind
  readonly by: (item: object) => readonly unknown[]
  /** The lengths of its blocks. */
  readonly lengthsIn: (items: readonly object[]) => readonly number[]
}

function naming<K extends keyof WalkReadings & Kind>(
  kind: K,
  blocksOf: (item: ItemOf<K>) => readonly (string | undefined)[],
): Naming {
  const by = (item: object) => keysOfBlocks(blocksOf(item as ItemOf<K>))
  const lengthsIn = memo((items: readonly object[]) =>
    LENGTHS.filter((length) => allWith(items, by, lengthKey(length)).length > 0),
  )
  return {kind, by, lengthsIn}
}

const LENGTHS = Array.from({length: 33}, (_, at) => 32 - at)

/** Every block that a rule for the source of the traffic, or a route for its replies, may name. */
const NAMING: readonly Naming[] = [
  naming('NetworkAcls', ({Entries}) => itemsOf(Entries).map(({CidrBlock}) => CidrBlock)),
  naming('SecurityGroups', ({IpPermissions}) =>
    IpPermissions.flatMap(({IpRanges}) => (IpRanges ?? []).map(({CidrIp}) => CidrIp)),
  ),
  naming('ManagedPrefixLists', (list) => (isUnreadable(list) ? [] : itemsOf(list.Entries).map(({Cidr}) => Cidr))),
  naming('RouteTables', ({Routes}) => itemsOf(Routes).map(({DestinationCidrBlock}) => DestinationCidrBlock)),
  naming('TransitGatewayRouteTables', ({Routes}) =>
    itemsOf(Routes).map(({DestinationCidrBlock}) => DestinationCidrBlock),
  ),
]

/** The lengths of all these blocks, the narrowest first. */
const lengthsIn = memo((readings: WalkReadings): readonly number[] => {
  const lengths = NAMING.flatMap((one) => one.lengthsIn(itemsOf(readings[one.kind] as Reading<object>)))
  return [...new Set(lengths)].sort((a, b) => b - a)
})

/** The groups of the address, if a rule refers to one: those of every interface that has it. */
function membershipsIn(readings: WalkReadings): (vpcId: string | undefined, address: string) => string {
  const {SecurityGroups, NetworkInterfaces, Instances} = readings
  if (allWith(SecurityGroups, groupsReferredTo, ANY).length === 0) return () => ''
  const {of, placesOf, placesOfInstance} = peersByVpc(readings)
  return (vpcId, address) => {
    const place = `${of(vpcId)} ${address}`
    const carriers = [
      ...allWith(NetworkInterfaces, placesOf, place),
      ...allWith(Instances, placesOfInstance, place).flatMap((instance) =>
        instance.NetworkInterfaces.filter((one) => placesOf(one).includes(place)),
      ),
    ]
    const named = carriers.flatMap(({VpcId, Groups = []}: InterfaceLike) =>
      Groups.flatMap(({GroupId}) =>
        allWith(SecurityGroups, groupsReferredTo, GroupId).length > 0 ? `${GroupId}@${VpcId}` : [],
      ),
    )
    return [...new Set(named)].join()
  }
}

const ANY = Symbol('any group')

const groupsReferredTo = ({IpPermissions, IpPermissionsEgress}: SecurityGroup): readonly unknown[] => {
  const pairs = [...IpPermissions, ...IpPermissionsEgress].flatMap(({UserIdGroupPairs}) => UserIdGroupPairs ?? [])
  return pairs.length === 0 ? pairs : [ANY, ...pairs.map(({GroupId}) => GroupId)]
}

interface InterfaceLike {
  readonly VpcId?: string | undefined
  readonly Groups?: readonly {readonly GroupId?: string | undefined}[] | undefined
  readonly PrivateIpAddresses?: readonly {readonly PrivateIpAddress?: string | undefined}[] | undefined
}

/**
 * Which network of joined VPCs a VPC belongs to, and the addresses there that interfaces have: addresses repeat from
 * network to network.
 */
interface PeerIndex {
  readonly of: (vpcId: string | undefined) => string
  readonly placesOf: (carrier: InterfaceLike) => readonly string[]
  readonly placesOfInstance: (instance: Instance) => readonly string[]
}

const peerIndexOf = memo((peerings: WalkReadings['VpcPeeringConnections']) =>
  memo((attachments: WalkReadings['TransitGatewayVpcAttachments']): PeerIndex => {
    const parents = new Map<string, string>()
    const rootOf = (id: string): string => {
      let root = id
      for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent
      if (root !== id) parents.set(id, root)
      return root
    }
    const join = (one: string | undefined, other: string | undefined) => {
      if (one === undefined || other === undefined || rootOf(one) === rootOf(other)) return
      parents.set(rootOf(one), rootOf(other))
    }
    for (const {RequesterVpcInfo, AccepterVpcInfo} of itemsOf(peerings))
      join(RequesterVpcInfo?.VpcId, AccepterVpcInfo?.VpcId)
    for (const {VpcId, TransitGatewayId} of itemsOf(attachments)) join(VpcId, TransitGatewayId)
    const of = (vpcId = '') => rootOf(vpcId)
    const placesOf = ({VpcId, PrivateIpAddresses = []}: InterfaceLike) =>
      PrivateIpAddresses.map(({PrivateIpAddress}) => `${of(VpcId)} ${PrivateIpAddress}`)
    return {of, placesOf, placesOfInstance: ({NetworkInterfaces}) => NetworkInterfaces.flatMap(placesOf)}
  }),
)

const peersByVpc = ({VpcPeeringConnections, TransitGatewayVpcAttachments}: WalkReadings): PeerIndex =>
  peerIndexOf(VpcPeeringConnections)(TransitGatewayVpcAttachments)
