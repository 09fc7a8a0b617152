import {createFleetCache} from '../audit/outcome-cache.ts'
import {causeKey} from '../diagnosis/cause-key.ts'
import type {ExamineOptions} from '../diagnosis/examine-options.ts'
import type {Verdict} from '../diagnosis/report.ts'
import {type Account, type Instance, itemsOf} from '../model/account.ts'
import {nameOf} from '../model/instance.ts'
import {find} from '../model/lists.ts'
import {fixer} from './fixes.ts'
import {ignoredIn} from './ignored.ts'
import {fleetIdOf} from './launch-templates.ts'
import {type Outcome, outcomeOf, sameNamed, withoutObservations} from './outcome.ts'
import {applyResources} from './overlay/overlay.ts'
import type {ComparedInstance, PlanChange, PlannedCause, PlanReport} from './plan-report.ts'
import {named, referencesTo} from './references.ts'
import type {PlannedResource, ResourcePlan} from './resource.ts'
import {responsibleChangesFor} from './responsible-changes.ts'
import {withoutSecrets} from './secrets.ts'

/** Every instance before and after the plan: which are lost, degraded or fixed, and by which change. */
export function comparePlan(
  account: Account,
  plan: ResourcePlan,
  source: PlanReport['source'],
  options: Pick<ExamineOptions, 'snippet' | 'prefer'> = {},
): PlanReport {
  const before = withoutObservations(account)
  const {resources, idOf} = named(plan.resources)
  const after = applyResources(before, resources)
  const instances = compared(before, after, resources)
  const responsibleFor = responsibleChangesFor(before, resources)
  const launchSources = new Map(resources.map(({id, launchedFrom}) => [id, launchedFrom]))
  const fixesOf = fixer(after, {...options, launchSources, codeReferences: referencesTo(resources, source.language)})
  const changed = instances.filter(({change}) => change !== 'unchanged')
  const report: PlanReport = {
    schema: 'ssm-doctor/plan/1',
    source,
    account: account.Caller?.Account ?? null,
    region: account.Region,
    totals: totalsOf(instances),
    instances: changed
      .toSorted((a, b) => CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change))
      .map(({plannedId: _, ...one}, at, all) => ({
        ...one,
        id: idOf(one.id),
        causes: one.causes.map((cause) => ({...cause, by: responsibleFor(all[at]!, cause)})),
        fixes: fixesOf(all[at]!),
      })),
    ignored: ignoredIn(after, plan.ignored),
    elsewhere: plan.elsewhere ?? [],
  }
  return withoutSecrets(report, plan.secrets)
}

const CHANGES: readonly PlanChange[] = ['lost', 'degraded', 'unknown', 'new', 'fixed', 'removed', 'unchanged']

const totalsOf = (instances: readonly ComparedInstance[]): PlanReport['totals'] =>
  Object.fromEntries(
    CHANGES.map((change) => [change, instances.filter((one) => one.change === change).length]),
  ) as PlanReport['totals']

function compared(before: Account, after: Account, resources: readonly PlannedResource[]): readonly ComparedInstance[] {
  const caches = {before: createFleetCache(before), after: createFleetCache(after)}
  const addresses = new Map(resources.map(({id, address}) => [id, address]))
  const undecided = undecidedIn(after, resources)
  const successors = successorsIn(resources)
  const succeeding = new Set(successors.values())
  const ids = new Set([
    ...[...itemsOf(before.Instances), ...itemsOf(after.Instances)].map(({InstanceId}) => InstanceId),
    ...undecided.keys(),
  ])
  return [...ids]
    .filter((id) => !succeeding.has(id))
    .map((id) => {
      const plannedId = successors.get(id) ?? id
      const [old, now] = [find(before.Instances, 'InstanceId', id), find(after.Instances, 'InstanceId', plannedId)]
      const was = old && outcomeOf(before, old, caches.before)
      const will = now
        ? withLeftSubnet(sameNamed(outcomeOf(after, now, caches.after), plannedId, fleetIdOf(id)), now, resources)
        : undecided.get(plannedId)
      return {
        id,
        plannedId,
        name: nameOf(now ?? old ?? {}) ?? null,
        address: addresses.get(fleetIdOf(plannedId)) ?? null,
        before: was?.verdict ?? null,
        after: will?.verdict ?? null,
        change: changeOf(was, will),
        causes: newCauses(was, will),
        unknown: will?.verdict === 'undecided' && was?.verdict !== 'undecided' ? will.unknown : [],
      }
    })
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/subnet-deleting.html */
function withLeftSubnet(
  outcome: Outcome,
  {InstanceId, SubnetId}: Instance,
  resources: readonly PlannedResource[],
): Outcome {
  const left = resources.find(({type, action, id}) => type === SUBNET && action === 'delete' && id === SubnetId)
  if (!left || outcome.verdict !== 'undecided') return outcome
  const why = `AWS does not delete ${left.address} (${SubnetId}) while ${InstanceId} is in it, so what the plan would leave is not known.`
  return {...outcome, unknown: [why]}
}

const SUBNET = 'AWS::EC2::Subnet'

/** An instance that is replaced is the same one for its users: its new id by the old one. */
const successorsIn = (resources: readonly PlannedResource[]): ReadonlyMap<string, string> => {
  const instances = resources.filter(({type}) => type === 'AWS::EC2::Instance')
  const created = new Map(instances.flatMap(({action, address, id}) => (action === 'create' ? [[address, id]] : [])))
  return new Map(
    instances.flatMap(({action, address, id}) => {
      const next = action === 'delete' ? created.get(address) : undefined
      return next === undefined || next === id ? [] : [[id, next] as const]
    }),
  )
}

/** Instances whose subnet or groups are known only after apply: they cannot be examined. */
const undecidedIn = (after: Account, resources: readonly PlannedResource[]): ReadonlyMap<string, Outcome> =>
  new Map(
    resources
      .filter(({type, action}) => LAUNCHES.has(type) && (action === 'create' || action === 'update'))
      .filter(({id}) => !find(after.Instances, 'InstanceId', id))
      .map(({id, address}) => [
        id,
        {
          verdict: 'undecided',
          causes: [],
          unknown: [
            `The subnet or the security groups of ${address} are known only after the plan is applied, or are set outside the plan.`,
          ],
        },
      ]),
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

function newCauses(was: Outcome | undefined, will: Outcome | undefined): readonly PlannedCause[] {
  const known = new Set(was?.causes.map(causeKey))
  return (will?.causes ?? []).filter((cause) => !known.has(causeKey(cause))).map((cause) => ({...cause, by: []}))
}
