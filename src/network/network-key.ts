import {needsEc2Messages} from '../agent/legacy-channel.ts'
import {nodeOf} from '../agent/node.ts'
import {type Instance, isUnreadable, itemsOf, type RouteTable, type Subnet, type Unreadable} from '../model/account.ts'
import {find, isWindows, primaryInterfaceOf, routeTableOf} from '../model/joins.ts'
import {memo} from '../util/memo.ts'
import {parseCidr} from './address.ts'
import type {WalkReadings} from './readings.ts'
import {leadsOn} from './routing/route-table.ts'

/** Instances with the same text meet the same things on every way: one walk is the walk of all of them. */
export type NetworkKey = string

/**
 * Where an instance stands, as far as a walk can tell instances apart. What rules name more narrowly than its subnet
 * counts too: two instances of one subnet may lie on different sides of such a block, or in different groups.
 * Undefined where the way depends on the instance itself.
 */
export function networkKeyOf(readings: WalkReadings, instance: Instance): NetworkKey | undefined {
  const eni = primaryInterfaceOf(instance)
  const address = eni?.PrivateIpAddress ?? instance.PrivateIpAddress
  const subnetId = eni?.SubnetId ?? instance.SubnetId
  const subnet = find(readings.Subnets, 'SubnetId', subnetId)
  if (address === undefined || subnet?.Ipv6Native || forwards(readings, instance)) return undefined
  const isPublic = (eni?.Association?.PublicIp ?? primaryAddress(eni)?.Association?.PublicIp) !== undefined
  const groups = rulesOf(readings, eni?.Groups ?? instance.SecurityGroups)
  const system = `${isWindows(instance)}${needsEc2Messages(readings, instance)}${familyOf(readings, instance)}${answering(readings, instance, subnet)}`
  const around = `${cellOf(readings, subnet, address)} ${membershipOf(readings, eni?.VpcId ?? instance.VpcId, address)}`
  return `${subnetId} ${instance.VpcId} ${eni?.VpcId} ${groups} ${isPublic} ${system} ${around}`
}

/** An instance that routes lead to may stand on its own way. */
const forwards = ({RouteTables}: WalkReadings, {InstanceId, NetworkInterfaces}: Instance): boolean => {
  const targets = routedTo(RouteTables)
  return targets.has(InstanceId) || NetworkInterfaces.some(({NetworkInterfaceId: id}) => targets.has(id))
}

const routedTo = memo((tables: WalkReadings['RouteTables']): ReadonlySet<string | undefined> => {
  const routes = itemsOf(tables).flatMap(({Routes}) => known(Routes))
  const targets = new Set(routes.flatMap(({InstanceId, NetworkInterfaceId}) => [InstanceId, NetworkInterfaceId]))
  targets.delete(undefined)
  return targets
})

/** Whom the groups let the traffic out to: groups with other names and the same rules are the same to a packet. */
const rulesOf = (readings: WalkReadings, groups: Instance['SecurityGroups']): string =>
  groups.map(({GroupId}) => rulesById(readings.SecurityGroups).get(GroupId) ?? GroupId).join()

const rulesById = memo((groups: WalkReadings['SecurityGroups']): ReadonlyMap<string | undefined, string> => {
  const numbers = new Map<string, string>()
  return new Map(
    itemsOf(groups).map(({GroupId, IpPermissionsEgress}) => {
      const rules = JSON.stringify(IpPermissionsEgress)
      const known = numbers.get(rules) ?? `rules ${numbers.size}`
      numbers.set(rules, known)
      return [GroupId, known] as const
    }),
  )
})

/** The groups themselves, for where a packet does not get past them: then their names are the resource to change. */
export const groupsOf = (instance: Instance): readonly string[] =>
  (primaryInterfaceOf(instance)?.Groups ?? instance.SecurityGroups).flatMap(({GroupId}) => GroupId ?? [])

const primaryAddress = (eni: ReturnType<typeof primaryInterfaceOf>) =>
  eni?.PrivateIpAddresses?.find(({Primary}) => Primary)

/** Where the DHCP options name no server, it depends on the instance family whether there is one. */
function familyOf(readings: WalkReadings, {VpcId, InstanceType}: Instance): string {
  const options = find(readings.DhcpOptions, 'DhcpOptionsId', find(readings.Vpcs, 'VpcId', VpcId)?.DhcpOptionsId)
  const names = options?.DhcpConfigurations.some(({Key, Values}) => Key === 'domain-name-servers' && Values?.length)
  return names ? '' : String(InstanceType)
}

/** That a node is online tells something of names only where its route table leads to other networks. */
function answering(readings: WalkReadings, instance: Instance, subnet: Subnet | undefined): string {
  const table = subnet && routeTableOf(readings, subnet)
  if (!table || isUnreadable(table) || !leading(table).on) return ''
  return nodeOf(readings, instance)?.PingStatus === 'Online' ? ' online' : ''
}

const leading = memo(({Routes}: RouteTable) => ({on: known(Routes).some(leadsOn)}))

/** The blocks narrower than a subnet that some rule or route names. */
function cellOf(readings: WalkReadings, subnet: Subnet | undefined, address: string): string {
  const cuts = subnet && cutsOf(readings).get(subnet.CidrBlock ?? '')
  if (!cuts) return ''
  const at = startOf(address)
  return cuts.findIndex(({from, to}) => from <= at && at < to).toString()
}

interface Cut {
  readonly from: number
  readonly to: number
}

const startOf = (cidr: string): number => Number(parseCidr(cidr)?.ranges[0]?.[0] ?? -1)

/**
 * By subnet block, the narrower blocks in it, the narrowest first: blocks nest or are apart, so that the first that
 * holds an address tells all that do.
 */
const cutsOf = memo((readings: WalkReadings): ReadonlyMap<string, readonly Cut[]> => {
  const {lengths, byStart} = blocksOf(readings.Subnets)
  const cuts = new Map<string, Cut[]>()
  for (const cidr of namedIn(readings)) {
    const parsed = parseCidr(cidr)
    if (parsed?.family !== 4) continue
    const [from, to] = parsed.ranges[0] as readonly [number, number]
    for (const length of lengths) {
      if (length >= parsed.prefix) continue
      const size = 2 ** (32 - length)
      const block = byStart.get(`${Math.floor(from / size) * size}/${length}`)
      if (block === undefined) continue
      const known = cuts.get(block)
      if (known) known.push({from, to})
      else cuts.set(block, [{from, to}])
    }
  }
  for (const list of cuts.values()) list.sort((a, b) => a.to - a.from - (b.to - b.from))
  return cuts
})

/** The blocks of the subnets by start and length, and the lengths that occur. */
const blocksOf = memo((subnets: WalkReadings['Subnets']) => {
  const blocks = [...new Set(itemsOf(subnets).flatMap(({CidrBlock}) => CidrBlock ?? []))]
  return {
    lengths: [...new Set(blocks.map((block) => parseCidr(block)?.prefix ?? 33))],
    byStart: new Map(blocks.map((block) => [`${startOf(block)}/${parseCidr(block)?.prefix}`, block])),
  }
})

/** Every block that a rule for the source of the traffic, or a route for its replies, may name. */
const namedIn = (readings: WalkReadings): ReadonlySet<string> =>
  new Set([
    ...namedByAcls(readings.NetworkAcls),
    ...namedByGroups(readings.SecurityGroups),
    ...namedByLists(readings.ManagedPrefixLists),
    ...namedByTables(readings.RouteTables),
    ...namedByTransit(readings.TransitGatewayRouteTables),
  ])

type Named = ReadonlySet<string>

const setOf = (blocks: Iterable<string | undefined>): Named => {
  const named = new Set(blocks)
  named.delete(undefined)
  return named as Named
}

// A model of the account changes one list: the others are not looked through again.
const namedByAcls = memo((acls: WalkReadings['NetworkAcls']) =>
  setOf(itemsOf(acls).flatMap(({Entries}) => known(Entries).map(({CidrBlock}) => CidrBlock))),
)
const namedByGroups = memo((groups: WalkReadings['SecurityGroups']) =>
  setOf(
    itemsOf(groups).flatMap(({IpPermissions}) =>
      IpPermissions.flatMap(({IpRanges}) => (IpRanges ?? []).map(({CidrIp}) => CidrIp)),
    ),
  ),
)
const namedByLists = memo((lists: WalkReadings['ManagedPrefixLists']) =>
  setOf(itemsOf(lists).flatMap(({Entries}) => known(Entries).map(({Cidr}) => Cidr))),
)
const namedByTables = memo((tables: WalkReadings['RouteTables']) =>
  setOf(itemsOf(tables).flatMap(({Routes}) => known(Routes).map((route) => route.DestinationCidrBlock))),
)
const namedByTransit = memo((tables: WalkReadings['TransitGatewayRouteTables']) =>
  setOf(itemsOf(tables).flatMap(({Routes}) => known(Routes).map((route) => route.DestinationCidrBlock))),
)

const known = <T>(reading: readonly T[] | Unreadable): readonly T[] => (isUnreadable(reading) ? [] : reading)

/** The groups that the address stands for, where a rule refers to one: those of every interface that has it. */
function membershipOf(readings: WalkReadings, vpcId: string | undefined, address: string): string {
  const joined = neighboursOf(readings)
  const referred = referredTo(readings.SecurityGroups)
  if (referred.size === 0) return ''
  const names = members(readings.NetworkInterfaces)(readings.Instances)(joined)(referred)
  return names.get(`${joined.of(vpcId)} ${address}`)?.join() ?? ''
}

const referredTo = memo((groups: WalkReadings['SecurityGroups']): ReadonlySet<string | undefined> => {
  const rules = itemsOf(groups).flatMap(({IpPermissions, IpPermissionsEgress}) => [
    ...IpPermissions,
    ...IpPermissionsEgress,
  ])
  return new Set(rules.flatMap(({UserIdGroupPairs}) => (UserIdGroupPairs ?? []).map(({GroupId}) => GroupId)))
})

interface Carrier {
  readonly VpcId?: string | undefined
  readonly Groups?: readonly {readonly GroupId?: string | undefined}[] | undefined
  readonly PrivateIpAddresses?: readonly {readonly PrivateIpAddress?: string | undefined}[] | undefined
}

/** Addresses repeat from network to network, so each network of VPCs that are joined has its own. Most groups no rule names. */
const members = memo((interfaces: WalkReadings['NetworkInterfaces']) =>
  memo((instances: WalkReadings['Instances']) =>
    memo((joined: PeerIndex) =>
      memo((referred: ReadonlySet<string | undefined>): ReadonlyMap<string, readonly string[]> => {
        const found = new Map<string, string[]>()
        const add = ({VpcId, Groups = [], PrivateIpAddresses = []}: Carrier) => {
          for (const {GroupId} of Groups) {
            if (!referred.has(GroupId)) continue
            const name = `${GroupId}@${VpcId}`
            for (const {PrivateIpAddress} of PrivateIpAddresses) {
              const place = `${joined.of(VpcId)} ${PrivateIpAddress}`
              const known = found.get(place)
              if (known === undefined) found.set(place, [name])
              else if (!known.includes(name)) known.push(name)
            }
          }
        }
        for (const carrier of itemsOf(interfaces)) add(carrier)
        for (const {NetworkInterfaces} of itemsOf(instances)) for (const carrier of NetworkInterfaces) add(carrier)
        return found
      }),
    ),
  ),
)

/** Which network of joined VPCs a VPC belongs to. */
interface PeerIndex {
  readonly of: (vpcId: string | undefined) => string
}

const peers = memo((peerings: WalkReadings['VpcPeeringConnections']) =>
  memo((attachments: WalkReadings['TransitGatewayVpcAttachments']): PeerIndex => {
    const parents = new Map<string, string>()
    const rootOf = (id: string): string => {
      const parent = parents.get(id)
      return parent === undefined ? id : rootOf(parent)
    }
    const join = (one: string | undefined, other: string | undefined) => {
      if (one === undefined || other === undefined || rootOf(one) === rootOf(other)) return
      parents.set(rootOf(one), rootOf(other))
    }
    for (const {RequesterVpcInfo, AccepterVpcInfo} of itemsOf(peerings))
      join(RequesterVpcInfo?.VpcId, AccepterVpcInfo?.VpcId)
    for (const {VpcId, TransitGatewayId} of itemsOf(attachments)) join(VpcId, TransitGatewayId)
    return {of: (vpcId = '') => rootOf(vpcId)}
  }),
)

const neighboursOf = ({VpcPeeringConnections, TransitGatewayVpcAttachments}: WalkReadings): PeerIndex =>
  peers(VpcPeeringConnections)(TransitGatewayVpcAttachments)
