import {createFleetCache} from '../audit/outcome-cache.ts'
import type {ExamineOptions} from '../diagnosis/examine.ts'
import {examination} from '../diagnosis/examine.ts'
import type {Verdict} from '../diagnosis/report.ts'
import {type Account, itemsOf} from '../model/account.ts'
import {find, nameOf} from '../model/joins.ts'
import {type Outcome, outcomeOf, withoutObservations} from './outcome.ts'
import {afterApply} from './overlay/effect.ts'
import {applyResources} from './overlay/overlay.ts'
import type {Culprit, PlanChange, PlanFix, PlannedCause, PlannedInstance, PlanReport} from './plan-report.ts'
import type {PlannedResource, ResourcePlan} from './resource.ts'

/** Every instance before and after the plan: who is lost, who degrades, who is fixed, and which change does it. */
export function comparePlan(
  account: Account,
  plan: ResourcePlan,
  source: PlanReport['source'],
  options: Pick<ExamineOptions, 'snippet' | 'prefer'> = {},
): PlanReport {
  const before = withoutObservations(account)
  const after = applyResources(before, plan.resources)
  const instances = compared(before, after, plan.resources)
  const blame = blamer(before, plan.resources)
  const changed = instances.filter(({change}) => change !== 'unchanged')
  return {
    schema: 'ssm-doctor/plan/1',
    source,
    account: account.Caller?.Account ?? null,
    region: account.Region,
    totals: totalsOf(instances),
    instances: changed
      .toSorted((a, b) => CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change))
      .map((one) => ({
        ...one,
        causes: one.causes.map((cause) => ({...cause, by: blame(one, cause)})),
        fixes: fixesOf(after, one, options),
      })),
    ignored: plan.ignored,
  }
}

const CHANGES = [
  'lost',
  'degraded',
  'unknown',
  'new',
  'fixed',
  'removed',
  'unchanged',
] as const satisfies readonly PlanChange[]

type Compared = Omit<PlannedInstance, 'fixes'>

const totalsOf = (instances: readonly Compared[]): PlanReport['totals'] => {
  const totals: Record<PlanChange, number> = {
    lost: 0,
    degraded: 0,
    unknown: 0,
    new: 0,
    fixed: 0,
    removed: 0,
    unchanged: 0,
  }
  for (const {change} of instances) totals[change] += 1
  return totals
}

function compared(before: Account, after: Account, resources: readonly PlannedResource[]): readonly Compared[] {
  const caches = {before: createFleetCache(before), after: createFleetCache(after)}
  const addresses = new Map(resources.map(({id, address}) => [id, address]))
  const doubts = doubtsIn(after, resources)
  const ids = new Set([
    ...[...itemsOf(before.Instances), ...itemsOf(after.Instances)].map(({InstanceId}) => InstanceId),
    ...doubts.keys(),
  ])
  return [...ids].map((id) => {
    const [old, now] = [find(before.Instances, 'InstanceId', id), find(after.Instances, 'InstanceId', id)]
    const was = old && outcomeOf(before, old, caches.before)
    const will = now ? outcomeOf(after, now, caches.after) : doubts.get(id)
    return {
      id,
      name: nameOf(now ?? old ?? {}) ?? null,
      address: addresses.get(id.replace(/#\d+$/, '')) ?? null,
      before: was?.verdict ?? null,
      after: will?.verdict ?? null,
      change: changeOf(was, will),
      causes: newCauses(was, will),
      unknown: will?.verdict === 'undecided' && was?.verdict !== 'undecided' ? will.unknown : [],
    }
  })
}

/** Instances whose subnet or groups only apply tells: nothing can be examined in their place. */
const doubtsIn = (after: Account, resources: readonly PlannedResource[]): ReadonlyMap<string, Outcome> =>
  new Map(
    resources
      .filter(({type, action}) => LAUNCHES.has(type) && (action === 'create' || action === 'update'))
      .filter(({id}) => !find(after.Instances, 'InstanceId', id))
      .map(({id, address}) => [id, {verdict: 'undecided', causes: [], unknown: [afterApply(address)]}]),
  )

const LAUNCHES: ReadonlySet<string> = new Set(['AWS::EC2::Instance', 'AWS::AutoScaling::AutoScalingGroup'])

const RANK: Readonly<Record<Verdict, number>> = {managed: 0, degraded: 1, 'at-risk': 1, undecided: 2, unmanaged: 3}

function changeOf(was: Outcome | undefined, will: Outcome | undefined): PlanChange {
  if (!will) return 'removed'
  if (!was) return 'new'
  if (will.verdict === 'undecided')
    return was.verdict === 'undecided' || was.verdict === 'unmanaged' ? 'unchanged' : 'unknown'
  if (RANK[will.verdict] > RANK[was.verdict]) return will.verdict === 'unmanaged' ? 'lost' : 'degraded'
  if (RANK[will.verdict] < RANK[was.verdict]) return 'fixed'
  return will.verdict === 'degraded' && newCauses(was, will).length > 0 ? 'degraded' : 'unchanged'
}

const keyOf = ({id, resource}: {readonly id: string; readonly resource: string}) => `${id} ${resource}`

function newCauses(was: Outcome | undefined, will: Outcome | undefined): readonly PlannedCause[] {
  const known = new Set(was?.causes.map(keyOf))
  return (will?.causes ?? []).filter((cause) => !known.has(keyOf(cause))).map((cause) => ({...cause, by: []}))
}

/** More trials than this are not worth their time: then only what the cause itself names is blamed. */
const MOST_TRIALS = 2000

/**
 * A change is to blame for a cause that is gone when all the others are made without it. Where several bring it about,
 * each of those is that does so alone.
 */
function blamer(before: Account, resources: readonly PlannedResource[]) {
  const changed = resources.filter(({action}) => action !== 'none')
  const addresses = [...new Set(changed.map(({address}) => address))]
  const known = new Map<string, readonly Culprit[]>()
  const memoized = (chosen: (address: string) => readonly PlannedResource[]) => {
    const models = new Map<string, Account>()
    return (address: string): Account => {
      const model = models.get(address) ?? applyResources(before, chosen(address))
      models.set(address, model)
      return model
    }
  }
  let trials = 0
  const without = memoized((address) => changed.filter((one) => one.address !== address))
  const alone = memoized((address) => changed.filter((one) => one.address === address))
  const culprit = (address: string): Culprit => ({
    address,
    attributes: [...new Set(changed.filter((one) => one.address === address).flatMap(({attributes}) => attributes))],
  })
  const named = (cause: PlannedCause) => changed.filter(({id}) => id === cause.resource).map(({address}) => address)
  return ({id, change}: Compared, cause: PlannedCause): readonly Culprit[] => {
    if (change === 'new') return [...new Set(named(cause))].map(culprit)
    const key = keyOf(cause)
    const found = known.get(key)
    if (found) return found
    const tried = trials + addresses.length > MOST_TRIALS ? named(cause) : addresses
    trials += tried.length
    const isCauseIn = (model: Account): boolean | undefined => {
      const instance = find(model.Instances, 'InstanceId', id)
      return instance && outcomeOf(model, instance).causes.some((one) => keyOf(one) === key)
    }
    const needed = tried.filter((address) => isCauseIn(without(address)) === false)
    const guilty = needed.length > 0 ? needed : tried.filter((address) => isCauseIn(alone(address)))
    const blamed = guilty.map(culprit)
    known.set(key, blamed)
    return blamed
  }
}

const MOST_FIXES = 3

/** The first changes of the checklist that the same language, or the AWS CLI, can make on what exists. */
function fixesOf(
  after: Account,
  {id, change, causes}: Compared,
  options: Pick<ExamineOptions, 'snippet' | 'prefer'>,
): readonly PlanFix[] {
  if (!['lost', 'degraded', 'new'].includes(change) || causes.length === 0) return []
  const {report} = examination(after, id, {...options, residual: false})
  return report.checklist
    .filter(({part, causes: solved}) => part === 'fix' && solved.some((id) => causes.some((cause) => cause.id === id)))
    .slice(0, MOST_FIXES)
    .map(({title, snippet, commands}) => ({title, text: snippet ?? commands.join('\n')}))
}
