import {isUnreadable, type NetworkAcl, type SecurityGroup} from '../../model/account.ts'
import {allWith, changedSince, find} from '../../model/lists.ts'
import {capital} from '../../util/list-in-words.ts'
import {contactOwner} from './change.ts'
import {asAccount, type NetworkFacts} from './network-facts.ts'
import {type Remedy, untried} from './remedy.ts'

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

const DIRECTIONS = ['outbound', 'inbound'] as const
const FAMILIES = ['IPv4', 'IPv6'] as const
type Direction = (typeof DIRECTIONS)[number]
type Family = (typeof FAMILIES)[number]

/** The rule that denies the rest also counts. */
const rulesOfAcl = ({Entries}: NetworkAcl, direction: Direction, family: Family): number =>
  isUnreadable(Entries)
    ? 0
    : Entries.filter(
        ({Egress, CidrBlock, Ipv6CidrBlock}) =>
          Egress === (direction === 'outbound') && (family === 'IPv4' ? CidrBlock : Ipv6CidrBlock) !== undefined,
      ).length

/** A rule of a group or a prefix list counts for both families, a prefix list as its most entries. */
const rulesOfGroup =
  ({ManagedPrefixLists}: NetworkFacts) =>
  ({IpPermissions, IpPermissionsEgress}: SecurityGroup, direction: Direction, family: Family): number =>
    (direction === 'outbound' ? IpPermissionsEgress : IpPermissions).reduce(
      (sum, {IpRanges, Ipv6Ranges, UserIdGroupPairs = [], PrefixListIds = []}) =>
        sum +
        ((family === 'IPv4' ? IpRanges : Ipv6Ranges)?.length ?? 0) +
        UserIdGroupPairs.length +
        PrefixListIds.reduce(
          (entries, {PrefixListId}) =>
            entries + (find(ManagedPrefixLists, 'PrefixListId', PrefixListId)?.MaxEntries ?? 1),
          0,
        ),
      0,
    )

/** The lists of rules that the change makes longer than the default quota: AWS counts each direction and family. */
function overfull(facts: NetworkFacts, apply: NonNullable<Remedy['apply']>) {
  const after = apply(asAccount(facts))
  const grown = <T>(
    [before, now]: readonly [T, T],
    owner: string,
    quota: Quota,
    count: (item: T, direction: Direction, family: Family) => number,
  ) =>
    DIRECTIONS.flatMap((direction) =>
      FAMILIES.map((family) => ({
        list: `${direction} ${family}`,
        owner,
        quota,
        rules: count(now, direction, family),
        before: count(before, direction, family),
      })),
    )
  return [
    ...changed(facts.NetworkAcls, after.NetworkAcls, 'NetworkAclId').flatMap((pair) =>
      grown(pair, `network ACL ${pair[1].NetworkAclId}`, ACL_RULES, rulesOfAcl),
    ),
    ...changed(facts.SecurityGroups, after.SecurityGroups, 'GroupId').flatMap((pair) =>
      grown(pair, `security group ${pair[1].GroupId}`, GROUP_RULES, rulesOfGroup(facts)),
    ),
  ].filter(({rules, before, quota}) => rules > before && rules > quota.usual)
}

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

/** https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html */
const MOST_ENDPOINTS = 50

const countsForQuota = (type: unknown): boolean => type === 'Interface' || type === 'GatewayLoadBalancer'

/** Why AWS may reject the change, if a VPC then has more endpoints than the default quota. */
function crowded({VpcEndpoints}: NetworkFacts, {steps}: Remedy): string | undefined {
  const calls = steps.flatMap((step) => ('operation' in step ? [step] : []))
  const created = calls.flatMap(({operation, input}) =>
    operation === 'CreateVpcEndpoint' && countsForQuota(input.VpcEndpointType) ? [input.VpcId] : [],
  )
  const [vpcId] = created
  if (vpcId === undefined || calls.some(({operation}) => operation === 'DeleteVpcEndpoints')) return undefined
  const existing = allWith(VpcEndpoints, 'VpcId', vpcId).filter((one) => countsForQuota(one.VpcEndpointType))
  const count = existing.length + created.length
  return count > MOST_ENDPOINTS
    ? `VPC ${vpcId} then has ${count} interface endpoints: the quota is ${MOST_ENDPOINTS} and can be raised.`
    : undefined
}

/**
 * A rule or an endpoint above the quota is rejected. Above the default quota the calls are not tried: whether AWS has
 * raised it is not read. Above the maximum, an existing rule must be removed first.
 */
export function withinQuotas(facts: NetworkFacts, remedy: Remedy): Remedy {
  const endpoints = remedy.apply && crowded(facts, remedy)
  if (endpoints !== undefined) return untried(remedy, endpoints)
  const [full] = remedy.apply && addsRules(remedy) ? overfull(facts, remedy.apply) : []
  if (!full) return remedy
  const {owner, list, rules, before, quota} = full
  if (rules > quota.most)
    return contactOwner(
      `Replace or widen a rule of ${owner}: it has ${before} ${list} rules, and ${quota.inWords}. Needed: ${remedy.title}`,
      DOCS,
    )
  const room = `${owner} then has ${rules} ${list} rules: ${quota.inWords}. Otherwise replace or widen a rule that is there.`
  return untried(remedy, capital(room))
}
