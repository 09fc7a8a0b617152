import {type IpPermission, isUnreadable, type NetworkAcl, type SecurityGroup} from '../../model/account.ts'
import {allWith, changedSince, find} from '../../model/joins.ts'
import {capital} from '../../util/list-in-words.ts'
import {contactOwner} from './change.ts'
import {asAccount, type NetworkFacts} from './network-facts.ts'
import type {Remedy} from './remedy.ts'

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const DOCS = 'https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html'

/** How many rules a list may have: the default quota, and the maximum on request. */
interface Quota {
  readonly usual: number
  readonly most: number
  readonly inWords: string
}

const ACL_RULES: Quota = {usual: 20, most: 40, inWords: 'the quota is 20 and can be raised to at most 40'}
/** A raised quota for rules times the quota for groups of an interface is at most 1,000. */
const GROUP_RULES: Quota = {usual: 60, most: 1000, inWords: 'the quota is 60 and can be raised'}

/** A list of rules that AWS counts on its own: one direction and one family of one network ACL or security group. */
interface Count {
  readonly owner: string
  readonly direction: string
  readonly rules: number
  readonly quota: Quota
}

const FAMILIES = ['IPv4', 'IPv6'] as const

/** The rule that denies the rest also counts. */
function countsOfAcl({NetworkAclId, Entries}: NetworkAcl): readonly Count[] {
  if (isUnreadable(Entries)) return []
  return [true, false].flatMap((egress) =>
    FAMILIES.map((family) => ({
      owner: `network ACL ${NetworkAclId}`,
      direction: `${egress ? 'outbound' : 'inbound'} ${family}`,
      rules: Entries.filter(
        ({Egress, CidrBlock, Ipv6CidrBlock}) =>
          Egress === egress && (family === 'IPv4' ? CidrBlock : Ipv6CidrBlock) !== undefined,
      ).length,
      quota: ACL_RULES,
    })),
  )
}

/** A rule of a group or a prefix list counts for both families, a prefix list as its most entries. */
function countsOfGroup(
  facts: NetworkFacts,
  {GroupId, IpPermissions, IpPermissionsEgress}: SecurityGroup,
): readonly Count[] {
  const rulesOf = (
    family: (typeof FAMILIES)[number],
    {IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds}: IpPermission,
  ) =>
    ((family === 'IPv4' ? IpRanges : Ipv6Ranges)?.length ?? 0) +
    (UserIdGroupPairs?.length ?? 0) +
    (PrefixListIds ?? []).reduce((sum, list) => sum + entriesOf(facts, list.PrefixListId), 0)
  return [['outbound', IpPermissionsEgress] as const, ['inbound', IpPermissions] as const].flatMap(
    ([direction, permissions]) =>
      FAMILIES.map((family) => ({
        owner: `security group ${GroupId}`,
        direction: `${direction} ${family}`,
        rules: permissions.reduce((sum, one) => sum + rulesOf(family, one), 0),
        quota: GROUP_RULES,
      })),
  )
}

const entriesOf = ({ManagedPrefixLists}: NetworkFacts, id: string | undefined): number =>
  find(ManagedPrefixLists, 'PrefixListId', id)?.MaxEntries ?? 1

/** The lists of rules that the change makes longer than the default quota. */
function overfull(
  facts: NetworkFacts,
  apply: NonNullable<Remedy['apply']>,
): readonly (Count & {readonly before: number})[] {
  const after = apply(asAccount(facts))
  const groups = changed(facts.SecurityGroups, after.SecurityGroups, 'GroupId')
  const acls = changed(facts.NetworkAcls, after.NetworkAcls, 'NetworkAclId')
  return [
    ...acls.flatMap(([before, now]) => pairs(countsOfAcl(before), countsOfAcl(now))),
    ...groups.flatMap(([before, now]) => pairs(countsOfGroup(facts, before), countsOfGroup(facts, now))),
  ].filter(({rules, before, quota}) => rules > before && rules > quota.usual)
}

const pairs = (before: readonly Count[], after: readonly Count[]) =>
  after.map((count, i) => ({...count, before: before[i]?.rules ?? 0}))

function changed<Item extends object>(
  before: readonly Item[] | object,
  after: readonly Item[] | object,
  id: keyof Item & string,
): readonly (readonly [before: Item, after: Item])[] {
  if (!Array.isArray(before) || !Array.isArray(after)) return []
  return changedSince<Item>(before, after).flatMap((item) => {
    const old = allWith<Item>(before, id, item[id]).at(-1)
    return old ? [[old, item] as const] : []
  })
}

/** The calls that make a list of rules longer: other changes need not be tried. */
const ADDS_RULES: ReadonlySet<string> = new Set([
  'AuthorizeSecurityGroupEgress',
  'AuthorizeSecurityGroupIngress',
  'CreateNetworkAclEntry',
])

/** To lists that exist: a group that the change itself creates has few rules. */
const addsRules = ({steps}: Remedy): boolean =>
  steps.some(
    (step) =>
      'operation' in step &&
      ADDS_RULES.has(step.operation) &&
      typeof (step.input.GroupId ?? step.input.NetworkAclId) === 'string',
  )

/**
 * A rule above the quota is rejected. Above the default quota the calls are shown, but not tried on the model: whether
 * AWS has raised the quota is not read. Above the maximum, an existing rule must be removed first.
 */
export function withinQuotas(facts: NetworkFacts, remedy: Remedy): Remedy {
  const [full] = remedy.apply && addsRules(remedy) ? overfull(facts, remedy.apply) : []
  if (!full) return remedy
  const {owner, direction, rules, before, quota} = full
  if (rules > quota.most)
    return contactOwner(
      `Replace or widen a rule of ${owner}: it has ${before} ${direction} rules, and ${quota.inWords}. Needed: ${remedy.title}`,
      DOCS,
    )
  const {apply: _, ...untried} = remedy
  const room = `${owner} then has ${rules} ${direction} rules: ${quota.inWords}. Otherwise replace or widen a rule that is there.`
  return {...untried, effect: [remedy.effect, capital(room)].filter(Boolean).join(' ')}
}
