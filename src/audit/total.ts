import {catalogById} from '../checks/catalog.ts'
import {compare} from '../util/compare.ts'
import {groupBy} from '../util/group-by.ts'
import {firstOf} from '../util/list-in-words.ts'
import {inOrder} from './groups.ts'
import {
  type Audit,
  type AuditedInstance,
  type AuditPart,
  type CauseTotal,
  type Group,
  type GroupChange,
  groupIdOf,
  ownersOf,
  type Verdicts,
} from './report.ts'

/** The results of accounts and Regions, merged into one audit. */
export function auditOf(parts: readonly AuditPart[], readAt: string): Audit {
  const instances = parts.flatMap((part) => part.instances)
  return {
    schema: 'ssm-doctor/audit/1',
    readAt,
    scopes: parts.flatMap(({scopes}) => scopes),
    totals: totalsOf(instances),
    groups: joinedGroups(
      parts.flatMap(({groups}) => groups),
      instances,
    ),
    instances,
    unreadable: parts.flatMap(({unreadable}) => unreadable),
    suppressed: parts.flatMap(({suppressed}) => suppressed),
    expired: parts.flatMap(({expired}) => expired),
  }
}

type Counts = {-readonly [K in keyof Verdicts]: number}
const none = (): Counts => ({managed: 0, degraded: 0, 'at-risk': 0, unmanaged: 0, undecided: 0})

/** What is known of a place, and how many of its instances have which verdict. */
type Total<Place> = Place & {instances: number; readonly verdicts: Counts}

/** Instances are counted by VPC; those of accounts and Regions are the sums of their VPCs. */
function totalsOf(instances: readonly AuditedInstance[]): Audit['totals'] {
  const vpcs = totalsBy(
    instances,
    ({account, region, vpc}) => `${account} ${region} ${vpc}`,
    ({vpc, account, region}) => ({vpc, account, region}),
    (total, {verdict}) => {
      total.instances += 1
      total.verdicts[verdict] += 1
    },
  )
  const all = totalsBy(
    vpcs,
    () => '',
    () => ({}),
    addTotal,
  )[0]
  return {
    instances: instances.length,
    verdicts: all?.verdicts ?? none(),
    causes: causeTotals(instances),
    accounts: totalsBy(
      vpcs,
      ({account}) => account ?? '',
      ({account}) => ({account}),
      addTotal,
    ),
    regions: totalsBy(
      vpcs,
      ({region}) => region,
      ({region}) => ({region}),
      addTotal,
    ),
    vpcs,
  }
}

function addTotal(total: Total<unknown>, {instances, verdicts}: Total<unknown>): void {
  total.instances += instances
  for (const verdict of Object.keys(verdicts) as (keyof Verdicts)[]) total.verdicts[verdict] += verdicts[verdict]
}

function totalsBy<Item, Place extends object>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  placeOf: (item: Item) => Place,
  count: (total: Total<unknown>, item: Item) => void,
): readonly Total<Place>[] {
  const found = new Map<string, Total<Place>>()
  for (const item of items) {
    const key = keyOf(item)
    const known = found.get(key)
    const total = known ?? {...placeOf(item), instances: 0, verdicts: none()}
    if (known === undefined) found.set(key, total)
    count(total, item)
  }
  return [...found].sort(([a], [b]) => compare(a, b)).map(([, total]) => total)
}

function causeTotals(instances: readonly AuditedInstance[]): readonly CauseTotal[] {
  const found = new Map<string, CauseTotal & {instances: number}>()
  for (const {causes} of instances)
    for (const [i, {id, severity}] of causes.entries()) {
      if (causes.findIndex((one) => one.id === id) !== i) continue
      const {title = id, docs = ''} = catalogById.get(id) ?? {}
      const known = found.get(id)
      if (known) known.instances += 1
      else found.set(id, {id, severity, title, docs, instances: 1})
    }
  return [...found.values()].sort((a, b) => b.instances - a.instances || compare(a.id, b.id))
}

/** A role is the same in every Region, a hub in every account: its groups are merged. */
function joinedGroups(groups: readonly Group[], instances: readonly AuditedInstance[]): readonly Group[] {
  const found = groupBy(groups, ({id}) => id)
  const isMany = found.size < groups.length
  const owners = isMany ? new Map(instances.map((one) => [one.id, one])) : new Map<string, AuditedInstance>()
  return inOrder([...found.values()].map((same) => (same.length === 1 ? same[0]! : joined(same, owners))))
}

function joined(groups: readonly Group[], known: ReadonlyMap<string, AuditedInstance>): Group {
  const [first] = groups as [Group]
  const affected = groups.flatMap((group) => group.affected)
  return {
    ...first,
    affected,
    owners: ownersOf(affected.map((id) => ({owner: known.get(id)?.owner ?? null}))),
    change: joinedChange(groups),
  }
}

/**
 * What is set in each Region, or opened for each network, needs the commands of all. Of several documents for the same
 * policy each would replace the one before, so that the first is the change.
 */
function joinedChange(groups: readonly Group[]): GroupChange | null {
  const changes = groups.flatMap(({change}) => change ?? [])
  const distinct = [...groupBy(changes, withoutDocument).values()].map((same) => same[0]!)
  const [first] = distinct
  if (!first) return null
  const made = new Set(distinct.map(textOf))
  const fixes = changes.every((change) => change.fixes === null)
    ? null
    : changes.reduce((sum, change) => sum + (made.has(textOf(change)) ? (change.fixes ?? 0) : 0), 0)
  const snippets = [...new Set(distinct.flatMap(({snippet}) => snippet ?? []))]
  const left = groups.filter(({change}) => change && !made.has(textOf(change))).map(({region}) => region)
  const effect = [...joinedEffect(groups), ...againIn([...new Set(left)])].join(' ')
  return {
    ...first,
    title: firstOf([...new Set(distinct.map(({title}) => title))], MAX_NAMED, '; '),
    commands: distinct.flatMap(({commands}) => commands),
    ...(snippets.length > 0 && {snippet: snippets.join('\n\n')}),
    ...(effect !== '' && {effect}),
    fixes,
    alsoFixes: joinedNeeds(changes.flatMap(({alsoFixes}) => alsoFixes)),
  }
}

const textOf = ({commands}: GroupChange): string => commands.join('\n')

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html */
const withoutDocument = (change: GroupChange): string =>
  textOf(change).replace(/(?<= --policy-document )'(?:[^']|'\\'')*'/g, '')

const joinedNeeds = (needs: GroupChange['alsoFixes']): GroupChange['alsoFixes'] =>
  [...groupBy(needs, ({cause, resource}) => groupIdOf({id: cause, resource})).values()]
    .map((same) => ({...same[0]!, instances: same.reduce((sum, {instances}) => sum + instances, 0)}))
    .sort((a, b) => b.instances - a.instances)

/** What else uses the resource is known of each Region separately. */
function joinedEffect(groups: readonly Group[]): readonly string[] {
  const isOne = new Set(groups.map(({region}) => region)).size === 1
  const effects = groups.flatMap(({region, change}) =>
    change?.effect === undefined ? [] : isOne ? change.effect : `${region}: ${change.effect}`,
  )
  return effects.length === 0 ? [] : [firstOf([...new Set(effects)], MAX_NAMED, ' ')]
}

const againIn = (regions: readonly string[]): readonly string[] =>
  regions.length === 0
    ? []
    : [`The same policy also has to change for ${firstOf(regions, MAX_NAMED)}: audit again after this change.`]

const MAX_NAMED = 3
