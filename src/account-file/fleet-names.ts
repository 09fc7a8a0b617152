import {
  type Account,
  type FirewallRuleGroupAssociation,
  type HostedZone,
  type ItemOf,
  isUnreadable,
  itemsOf,
  type Reading,
  type ResolverRule,
} from '../model/account.ts'
import {uniqueBy} from '../util/group-by.ts'
import {memo} from '../util/memo.ts'

/**
 * What decides DNS in a VPC and is often shared by a hub account: its own file has the records, rules and resources
 * that the spoke account is not authorized to read.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/profiles.html
 */
export const NAME_KINDS = [
  ...(['HostedZones', 'ResolverRules', 'FirewallRuleGroupAssociations'] as const),
  ...(['ProfileAssociations', 'ProfileResourceAssociations'] as const),
] as const

type NameKind = (typeof NAME_KINDS)[number]

type NameItem<K extends NameKind> = ItemOf<K> & {readonly Id: string}
type NamePool = {readonly [K in NameKind]: readonly NameItem<K>[]}

const readable = <T>(one: Reading<T>, other: Reading<T>): Reading<T> =>
  isUnreadable(one) && !isUnreadable(other) ? other : one

/** Associations of both files; a zone without any was listed for the VPC that was asked about. */
function mergedZone(one: HostedZone, other: HostedZone): HostedZone {
  const VPCs = one.VPCs && uniqueBy([...one.VPCs, ...(other.VPCs ?? [])], ({VPCId}) => VPCId)
  return {...one, ...(VPCs && {VPCs}), ResourceRecordSets: readable(one.ResourceRecordSets, other.ResourceRecordSets)}
}

const mergedRule = (one: ResolverRule, other: ResolverRule): ResolverRule => ({
  ...other,
  ...one,
  VPCIds: [...new Set([...one.VPCIds, ...other.VPCIds])],
})

const merged: {readonly [K in NameKind]: (one: NameItem<K>, other: NameItem<K>) => NameItem<K>} = {
  HostedZones: mergedZone,
  ResolverRules: mergedRule,
  FirewallRuleGroupAssociations: (one) => one,
  ProfileAssociations: (one) => one,
  ProfileResourceAssociations: (one) => one,
}

function mergedById<K extends NameKind>(kind: K, items: readonly NameItem<K>[]): readonly NameItem<K>[] {
  const byId = new Map<string, NameItem<K>>()
  for (const item of items) {
    const known = byId.get(item.Id)
    byId.set(item.Id, known === undefined ? item : merged[kind](known, item))
  }
  return [...byId.values()]
}

/** The rules of a shared group are those that any file has of the group. */
function withRules(groups: readonly FirewallRuleGroupAssociation[]): readonly FirewallRuleGroupAssociation[] {
  const known = new Map(
    groups.flatMap(({FirewallRuleGroupId: id, FirewallRules: rules}) => (isUnreadable(rules) ? [] : [[id, rules]])),
  )
  return groups.map((group) => {
    const rules = isUnreadable(group.FirewallRules) ? known.get(group.FirewallRuleGroupId) : undefined
    return rules === undefined ? group : {...group, FirewallRules: rules}
  })
}

/** A zone without its VPCs belongs to a VPC of its own file, and to no other known one. */
const hasNetwork = (item: object): boolean => !('ResourceRecordSets' in item) || 'VPCs' in item

function poolOf(accounts: readonly Account[]): NamePool {
  const newestFirst = [...accounts].sort((a, b) => Date.parse(b.ReadAt) - Date.parse(a.ReadAt))
  const all = <K extends NameKind>(kind: K) =>
    mergedById(
      kind,
      newestFirst.flatMap((account) => itemsOf(account[kind] as unknown as Reading<NameItem<K>>)).filter(hasNetwork),
    )
  return {
    HostedZones: all('HostedZones'),
    ResolverRules: all('ResolverRules'),
    FirewallRuleGroupAssociations: withRules(all('FirewallRuleGroupAssociations')),
    ProfileAssociations: all('ProfileAssociations'),
    ProfileResourceAssociations: all('ProfileResourceAssociations'),
  }
}

const pools = memo((_: readonly Account[]) => new Map<string, NamePool>())

function poolFor(fleet: readonly Account[], partition: string): NamePool {
  const known = pools(fleet).get(partition)
  if (known) return known
  const fresh = poolOf(fleet.filter(({Partition}) => Partition === partition))
  pools(fleet).set(partition, fresh)
  return fresh
}

function readingFor<K extends NameKind>(ownAccount: Account, kind: K, pool: NamePool): Reading<NameItem<K>> {
  const own = ownAccount[kind] as unknown as Reading<NameItem<K>>
  const withoutNetwork = itemsOf(own).filter((item) => !hasNetwork(item))
  const shared: readonly NameItem<K>[] = pool[kind]
  const items = withoutNetwork.length === 0 ? shared : mergedById(kind, [...withoutNetwork, ...shared])
  if (!isUnreadable(own)) return items
  return items.length === 0 ? own : {...own, known: items}
}

/** The file of a Profile's owner has all resources of the Profile, whether or not the account itself can list them. */
function resourcesFor(
  ownAccount: Account,
  pool: NamePool,
  fleet: readonly Account[],
): Account['ProfileResourceAssociations'] {
  const reading = readingFor(ownAccount, 'ProfileResourceAssociations', pool)
  if (!isUnreadable(reading)) return reading
  const own = new Set(itemsOf(ownAccount.Vpcs).map(({VpcId}) => VpcId))
  const profiles = pool.ProfileAssociations.filter(({ResourceId}) => own.has(ResourceId))
  const isRead = (id: string) =>
    fleet.some(
      ({ProfileResourceAssociations: resources}) =>
        !isUnreadable(resources) && resources.some(({ProfileId}) => ProfileId === id),
    )
  return profiles.length > 0 && profiles.every(({ProfileId}) => isRead(ProfileId)) ? itemsOf(reading) : reading
}

/** What all files of the partition know about DNS in the account's VPCs. */
export function namesFor(fleet: readonly Account[], ownAccount: Account): Pick<Account, NameKind> {
  const pool = poolFor(fleet, ownAccount.Partition)
  return {
    HostedZones: readingFor(ownAccount, 'HostedZones', pool),
    ResolverRules: readingFor(ownAccount, 'ResolverRules', pool),
    FirewallRuleGroupAssociations: readingFor(ownAccount, 'FirewallRuleGroupAssociations', pool),
    ProfileAssociations: readingFor(ownAccount, 'ProfileAssociations', pool),
    ProfileResourceAssociations: resourcesFor(ownAccount, pool, fleet),
  }
}
