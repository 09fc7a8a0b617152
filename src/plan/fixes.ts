import {causeKey} from '../diagnosis/cause-key.ts'
import {examination} from '../diagnosis/examine.ts'
import type {ExamineOptions} from '../diagnosis/examine-options.ts'
import {type Account, itemsOf} from '../model/account.ts'
import {removeWhere} from '../model/effect.ts'
import {find} from '../model/lists.ts'
import {atLaunch} from '../remedies/core/at-launch.ts'
import type {CodeReference, LaunchSource} from '../remedies/core/snippet-place.ts'
import {fleetIdOf} from './launch-templates.ts'
import {interfaceIdOf} from './overlay/instances.ts'
import type {ComparedInstance, PlanFix} from './plan-report.ts'

const MAX_FIXES = 3
/** Each fix that names one instance takes an examination: beyond this many a report has enough of them. */
const MAX_EXAMINED = 40

interface FixOptions extends Pick<ExamineOptions, 'snippet' | 'prefer'> {
  /** How the plan's source refers to its resources. */
  readonly codeReferences: ReadonlyMap<string, CodeReference>
  /** What each Auto Scaling group launches from, by its id. */
  readonly launchSources: ReadonlyMap<string, LaunchSource | undefined>
}

/**
 * The fixes of an instance, shared by those in the same position with the same causes: once two of them have the same
 * fixes to the letter, these name neither, and the others have them too.
 */
export function fixer(model: Account, options: FixOptions) {
  const known = new Map<string, {readonly fixes: readonly PlanFix[]; readonly isShared: boolean}>()
  let examined = 0
  return (compared: ComparedInstance): readonly PlanFix[] => {
    const {plannedId: id, change, causes} = compared
    if (!['lost', 'degraded', 'new'].includes(change) || causes.length === 0) return []
    const instance = find(model.Instances, 'InstanceId', id)
    const {SubnetId, SecurityGroups, IamInstanceProfile} = instance ?? {}
    const key = JSON.stringify([SubnetId, SecurityGroups, IamInstanceProfile, change, causes.map(causeKey)])
    const found = known.get(key)
    if (found?.isShared) return found.fixes
    if (examined === MAX_EXAMINED) return []
    examined += 1
    const fixes = fixesOf(model, compared, options)
    known.set(key, {fixes, isShared: JSON.stringify(found?.fixes) === JSON.stringify(fixes)})
    return fixes
  }
}

/**
 * The account with the instance and those that routes go through: other instances that a fix affects are not considered
 * here.
 */
function alone(account: Account, id: string): Account {
  const targets = new Set(
    itemsOf(account.RouteTables)
      .flatMap(({Routes}) => itemsOf(Routes))
      .flatMap(({InstanceId, NetworkInterfaceId}) => [InstanceId, NetworkInterfaceId]),
  )
  return removeWhere(
    'Instances',
    ({InstanceId, NetworkInterfaces}) =>
      !(
        InstanceId === id ||
        targets.has(InstanceId) ||
        NetworkInterfaces.some(({NetworkInterfaceId}) => targets.has(NetworkInterfaceId))
      ),
  )(account)
}

/** The first changes of the checklist that the same language, or the AWS CLI, can apply to existing resources. */
function fixesOf(after: Account, {plannedId: id, causes}: ComparedInstance, options: FixOptions): readonly PlanFix[] {
  const {snippet, prefer, codeReferences, launchSources} = options
  const launchedFrom = launchSources.get(fleetIdOf(id))
  const {report} = examination(alone(after, id), id, {
    prefer,
    ...(snippet && {snippet: (steps, place) => snippet(steps, {...place, codeReferences, launchedFrom})}),
    ...(launchedFrom && {steps: atLaunch(id, interfaceIdOf(id))}),
    includeFallback: false,
  })
  return report.checklist
    .filter(({part, causes: solved}) => part === 'fix' && solved.some((id) => causes.some((cause) => cause.id === id)))
    .slice(0, MAX_FIXES)
    .map(({title, snippet: code, commands}) => ({title, text: code ?? commands.join('\n')}))
}
