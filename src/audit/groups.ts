import {docsOf} from '../checks/catalog.ts'
import {severityRank} from '../checks/severity.ts'
import {findingKey} from '../diagnosis/cause-key.ts'
import type {Account} from '../model/account.ts'
import {canBeTried} from '../remedies/core/change.ts'
import {commandLine} from '../remedies/core/command-line.ts'
import type {Remedy} from '../remedies/core/remedy.ts'
import {compare} from '../util/compare.ts'
import {groupBy} from '../util/group-by.ts'
import type {AuditCache} from './outcome-cache.ts'
import {type Group, type GroupChange, groupIdOf, ownersOf} from './report.ts'
import {type AffectedInstance, type CauseGroup, remediesFor, type Trial, trialsOf} from './trials.ts'

/** Writes the fix of a group in another form than commands; undefined if it is not requested. */
export type FixWriter = (
  remedy: Remedy,
  group: Pick<Group, 'id' | 'account' | 'region' | 'affected'> & {readonly step: number},
) => string | undefined

/** One cause of one resource, ordered by how many instances its change would make managed. */
export function groupsOf(
  account: Account,
  affected: readonly AffectedInstance[],
  fleetCache: AuditCache | undefined,
  write: FixWriter | undefined,
): readonly Group[] {
  const grouped = gather(affected)
  const trials = trialsOf(account, grouped, fleetCache)
  return inOrder(grouped.map((one, at) => groupOf(account, one, trials.get(one.key), write, at + 1)))
}

function gather(affected: readonly AffectedInstance[]): readonly CauseGroup[] {
  const all = affected.flatMap((one) => one.findings.map((finding) => ({affected: one, finding})))
  const groups = groupBy(all, ({finding}) => findingKey(finding))
  return [...groups].map(([key, members]) => ({key, members}))
}

function groupOf(
  account: Account,
  grouped: CauseGroup,
  trial: Trial | undefined,
  write: FixWriter | undefined,
  step: number,
): Group {
  const {members} = grouped
  const findings = members.map(({finding}) => finding)
  const {cause, resource, severity} = findings.reduce((one, other) =>
    severityRank(other.severity) < severityRank(one.severity) ? other : one,
  )
  const id = groupIdOf({id: cause, resource})
  const [owner, region] = [account.Caller?.Account ?? null, account.Region]
  const affected = members.map((one) => one.affected.instance.InstanceId)
  const remedy = trial?.remedy ?? remedyByHand(grouped)
  const snippet = remedy && write?.(remedy, {id, account: owner, region, affected, step})
  return {
    ...{id, cause, resource, severity},
    account: owner,
    region,
    message: findings[0]!.message,
    docs: docsOf(cause),
    affected,
    owners: ownersOf(members.map((one) => one.affected)),
    change: remedy
      ? {...wordsOf(remedy, account), ...gainOf(grouped, trial), ...(snippet !== undefined && {snippet})}
      : null,
  }
}

export const wordsOf = ({title, steps, cost, effect}: Remedy, account: Account) => ({
  title,
  commands: steps.map((step) => commandLine(step, 'sh', {region: account.Region})),
  ...(cost && {cost}),
  ...(effect && {effect}),
})

/** For how many instances the change was verified, and what the others also need. */
function gainOf({key}: CauseGroup, trial: Trial | undefined): Pick<GroupChange, 'fixes' | 'alsoFixes'> {
  if (!trial) return {fixes: null, alsoFixes: []}
  const others = trial.left.flat().filter((finding) => findingKey(finding) !== key)
  const alsoFixes = [...groupBy(others, findingKey).values()]
    .map((same) => ({cause: same[0]!.cause, resource: same[0]!.resource, instances: same.length}))
    .sort((a, b) => b.instances - a.instances || compare(a.cause, b.cause))
  return {fixes: trial.fixes, alsoFixes}
}

/** What the user can do if AWS's API cannot, or if no change was verified. */
function remedyByHand(grouped: CauseGroup): Remedy | undefined {
  const remedies = remediesFor(grouped)
  return remedies.find((one) => !canBeTried(one)) ?? remedies[0]
}

/** What fixes the most comes first; then what affects the most. */
export const inOrder = (groups: readonly Group[]): readonly Group[] =>
  groups.toSorted(
    (a, b) =>
      (b.change?.fixes ?? 0) - (a.change?.fixes ?? 0) ||
      b.affected.length - a.affected.length ||
      severityRank(a.severity) - severityRank(b.severity) ||
      compare(a.id, b.id),
  )
