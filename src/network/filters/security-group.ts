import {
  type Account,
  type IpPermission,
  isReadWith,
  isUnreadable,
  type Kind,
  type ManagedPrefixList,
} from '../../model/account.ts'
import {protocolOf} from '../../model/group-rules.ts'
import {allWith, find, lookup} from '../../model/lists.ts'
import {memo} from '../../util/memo.ts'
import {cidrRanges, type Family} from '../address.ts'
import {addressesOf, groupsOf, groupsOfInstance, type InterfaceLike} from '../interfaces.ts'
import {isVisibleTo} from '../ownership.ts'
import {NOTHING, type Ranges, toRanges, union} from '../ranges.ts'

type GroupReadings = Pick<Account, 'SecurityGroups' | 'ManagedPrefixLists' | 'NetworkInterfaces' | 'Instances'> &
  Partial<Pick<Account, 'Caller' | 'AlsoSeenBy'>>

/** A query to the groups of one interface. */
export interface GroupQuestion {
  readonly groups: readonly string[]
  readonly direction: 'ingress' | 'egress'
  readonly family: Family
  readonly port: number
  readonly protocol?: 'tcp' | 'udp'
  /** True if the peer is an AWS service that is in no AWS-managed prefix list, such as Systems Manager. */
  readonly outsideAwsLists?: boolean
  /** Whether a reference to a group counts for members in this VPC: over a transit gateway it may not. */
  readonly refers: (vpcId: string | undefined) => boolean
}

/** What could not be read of a rule, and its kind. */
export interface UnknownReason {
  readonly kind?: Kind
  readonly because: string
}

/** The peers that the groups allow, and what may be missing from that. */
interface AllowedPeers {
  readonly ranges: Ranges
  /** Rules that may allow more, but whose prefix list or group could not be read. */
  readonly unknown: readonly UnknownReason[]
  /** True if every rule for the port names only prefix lists. */
  readonly prefixListsOnly: boolean
}

/**
 * Rules of all groups of an interface add up; there is no deny.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
export function allowedPeers(readings: GroupReadings, question: GroupQuestion): AllowedPeers {
  const unknown: UnknownReason[] = question.groups.length === 0 ? [NO_GROUP] : []
  const rules: IpPermission[] = []
  for (const id of question.groups) {
    const group = find(readings.SecurityGroups, 'GroupId', id)
    if (!group) unknown.push({kind: 'SecurityGroups', because: `security group ${id} could not be read`})
    const all = (question.direction === 'egress' ? group?.IpPermissionsEgress : group?.IpPermissions) ?? []
    rules.push(...all.filter((rule) => isFor(rule, question.protocol ?? 'tcp', question.port)))
  }
  const peers: Peers = {cidrs: [], lists: new Set(), unknown}
  for (const rule of rules) {
    if (rule.unreadable !== undefined) unknown.push({because: rule.unreadable})
    addBlocks(peers, rule, question.family)
    addLists(peers, readings, rule, question.outsideAwsLists)
    addMembers(peers, readings, rule, question.refers)
  }
  return {
    ranges: union(rangesOfLists(question.family, peers.lists), cidrRanges(question.family, peers.cidrs)),
    unknown,
    prefixListsOnly: rules.length > 0 && rules.every(namesOnlyPrefixLists),
  }
}

/**
 * EC2 accepts no instance without one, and adds the default group of the VPC if none is given.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
 */
const NO_GROUP: UnknownReason = {
  because: 'its interface is listed without security groups, and every network interface of an instance has one',
}

export type Entries = readonly {readonly Cidr?: string | undefined}[]

/** One set for each prefix list, so that what is remembered of a set is found again. */
export const rangesOfEntries: Readonly<Record<Family, (entries: Entries) => Ranges>> = {
  4: memo((entries) => blocksOf(4, entries)),
  6: memo((entries) => blocksOf(6, entries)),
}

const blocksOf = (family: Family, entries: Entries): Ranges =>
  cidrRanges(
    family,
    entries.map(({Cidr}) => Cidr),
  )

/** What was asked last: the groups of one interface name the same prefix lists in each question of a walk. */
const MAX_KEPT = 32

/** Sets of prefix lists that were added up, by their first list: a list has up to 1,000 entries, and each counts. */
const addedUp = memo(
  (_: Entries): {readonly lists: ReadonlySet<Entries>; readonly family: Family; readonly ranges: Ranges}[] => [],
)

/** All addresses in prefix lists, added up at once however many rules name them. */
function rangesOfLists(family: Family, lists: ReadonlySet<Entries>): Ranges {
  const [first] = lists
  if (first === undefined) return NOTHING
  if (lists.size === 1) return rangesOfEntries[family](first)
  const known = addedUp(first)
  const before = known.find((one) => one.family === family && areSame(one.lists, lists))
  if (before) return before.ranges
  const ranges = toRanges([...lists].flatMap(rangesOfEntries[family]))
  known.push({lists, family, ranges})
  if (known.length > MAX_KEPT) known.shift()
  return ranges
}

const areSame = (a: ReadonlySet<unknown>, b: ReadonlySet<unknown>): boolean =>
  a.size === b.size && [...a].every((one) => b.has(one))

/**
 * A rule for all protocols is a rule for all ports, whatever its ports say; protocols have names or numbers.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
function isFor({IpProtocol = '-1', FromPort, ToPort}: IpPermission, protocol: 'tcp' | 'udp', port: number): boolean {
  if (IpProtocol === '-1') return true
  if (protocolOf(IpProtocol) !== protocol) return false
  return (FromPort ?? 0) <= port && port <= (ToPort ?? 65535)
}

const namesOnlyPrefixLists = ({IpRanges, Ipv6Ranges, PrefixListIds, UserIdGroupPairs}: IpPermission) =>
  (PrefixListIds ?? []).length > 0 &&
  [IpRanges, Ipv6Ranges, UserIdGroupPairs].every((list) => (list ?? []).length === 0)

/** What the rules so far allow, and what may be missing from that. */
interface Peers {
  readonly cidrs: (string | undefined)[]
  readonly lists: Set<Entries>
  readonly unknown: UnknownReason[]
}

function addBlocks({cidrs}: Peers, {IpRanges = [], Ipv6Ranges = []}: IpPermission, family: Family): void {
  if (family === 4) for (const {CidrIp} of IpRanges) cidrs.push(CidrIp)
  else for (const {CidrIpv6} of Ipv6Ranges) cidrs.push(CidrIpv6)
}

function addLists(
  {lists, unknown}: Peers,
  readings: GroupReadings,
  {PrefixListIds = []}: IpPermission,
  outsideAwsLists = false,
): void {
  for (const {PrefixListId} of PrefixListIds) {
    const list = lookup(readings.ManagedPrefixLists, 'PrefixListId', PrefixListId)
    if (!isReadWith(list, 'Entries'))
      unknown.push({
        kind: 'ManagedPrefixLists',
        because: `the entries of prefix list ${PrefixListId} could not be read`,
      })
    else if (!(outsideAwsLists && isAwsList(list))) lists.add(list.Entries)
  }
}

function addMembers(
  {cidrs, unknown}: Peers,
  readings: GroupReadings,
  {UserIdGroupPairs = []}: IpPermission,
  refers: GroupQuestion['refers'],
): void {
  for (const {GroupId, UserId, VpcId} of UserIdGroupPairs) {
    for (const member of membersOf(readings, GroupId)) if (refers(member.VpcId)) cidrs.push(...addressesOf(member))
    if (isUnreadable(readings.NetworkInterfaces))
      unknown.push({kind: 'NetworkInterfaces', because: `the members of group ${GroupId} could not be read`})
    else if (isForeign(readings, GroupId, UserId) && (VpcId === undefined || refers(VpcId)))
      unknown.push({
        kind: 'SecurityGroups',
        because: `the members of group ${GroupId} of account ${UserId} are not visible to this account`,
      })
  }
}

/** Neither the rules nor the members of a group in another account are listed: in a shared VPC, or a peer's. */
const isForeign = (readings: GroupReadings, groupId: string | undefined, owner: string | undefined): boolean =>
  !isVisibleTo(readings, owner) && find(readings.SecurityGroups, 'GroupId', groupId) === undefined

/** https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html */
const isAwsList = ({OwnerId, PrefixListName}: ManagedPrefixList) =>
  OwnerId === 'AWS' || (PrefixListName ?? '').startsWith('com.amazonaws.')

/** A reference to a group means the private addresses of the interfaces that use it, never public ones. */
const membersOf = (
  {NetworkInterfaces, Instances}: GroupReadings,
  groupId: string | undefined,
): readonly InterfaceLike[] => [
  ...allWith(NetworkInterfaces, groupsOf, groupId),
  ...allWith(Instances, groupsOfInstance, groupId).flatMap((instance) =>
    instance.NetworkInterfaces.filter((one) => groupsOf(one).includes(groupId)),
  ),
]
