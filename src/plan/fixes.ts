import {examination} from '../diagnosis/examine.ts'
import type {CodeReference, ExamineOptions, SnippetPlace} from '../diagnosis/examine-options.ts'
import {type Account, type Instance, isUnreadable, itemsOf} from '../model/account.ts'
import {allWith, find, withItems} from '../model/joins.ts'
import {type ComparedInstance, causeKey, type PlanFix} from './plan-report.ts'
import {titled} from './references.ts'

const MAX_FIXES = 3
/** Each fix that names one instance takes an examination: beyond this many a report has enough of them. */
const MAX_EXAMINED = 20

interface FixOptions extends Pick<ExamineOptions, 'snippet' | 'prefer'> {
  /** How the plan's source refers to its resources. */
  readonly held: ReadonlyMap<string, CodeReference>
}

/** The fixes of an instance, shared by those in the same position with the same causes. */
export function fixer(after: Account, options: FixOptions) {
  const known = new Map<string, readonly PlanFix[]>()
  let examined = 0
  return (compared: ComparedInstance): readonly PlanFix[] => {
    const {plannedId: id, change, causes} = compared
    if (!['lost', 'degraded', 'new'].includes(change) || causes.length === 0) return []
    const instance = find(after.Instances, 'InstanceId', id)
    const {SubnetId, SecurityGroups, IamInstanceProfile} = instance ?? {}
    const key = JSON.stringify([SubnetId, SecurityGroups, IamInstanceProfile, change, causes.map(causeKey)])
    const found = known.get(key)
    if (found) return found
    if (examined === MAX_EXAMINED) return []
    examined += 1
    const fixes = fixesOf(after, compared, options)
    const own = instance === undefined ? [id] : ownNames(after, instance)
    if (!fixes.some(({title, text}) => own.some((one) => title.includes(one) || text.includes(one))))
      known.set(key, fixes)
    return fixes
  }
}

/**
 * The account with the instance and those that routes go through: other instances that a fix affects are not considered
 * here.
 */
function alone(account: Account, id: string): Account {
  const targets = new Set(
    itemsOf(account.RouteTables).flatMap(({Routes}) =>
      isUnreadable(Routes)
        ? []
        : Routes.flatMap(({InstanceId, NetworkInterfaceId}) => [InstanceId, NetworkInterfaceId]),
    ),
  )
  return withItems(account, 'Instances', (all) =>
    all.filter(
      ({InstanceId, NetworkInterfaces}) =>
        InstanceId === id ||
        targets.has(InstanceId) ||
        NetworkInterfaces.some(({NetworkInterfaceId}) => targets.has(NetworkInterfaceId)),
    ),
  )
}

/** The names of this instance only: a fix that contains one does not apply to another instance. */
const ownNames = (
  {IamInstanceProfileAssociations}: Account,
  {InstanceId, PrivateIpAddress, NetworkInterfaces}: Instance,
): readonly string[] =>
  [
    InstanceId,
    PrivateIpAddress,
    ...NetworkInterfaces.map(({NetworkInterfaceId}) => NetworkInterfaceId),
    ...allWith(IamInstanceProfileAssociations, 'InstanceId', InstanceId).map(({AssociationId}) => AssociationId),
  ].filter((name) => name !== undefined)

/** The first changes of the checklist that the same language, or the AWS CLI, can apply to existing resources. */
function fixesOf(after: Account, {plannedId: id, causes}: ComparedInstance, options: FixOptions): readonly PlanFix[] {
  const {snippet, prefer, held} = options
  const own =
    snippet && ((steps: Parameters<typeof snippet>[0], place: SnippetPlace) => snippet(steps, {...place, held}))
  const {report} = examination(alone(after, id), id, {prefer, ...(own && {snippet: own}), includeFallback: false})
  return report.checklist
    .filter(({part, causes: solved}) => part === 'fix' && solved.some((id) => causes.some((cause) => cause.id === id)))
    .slice(0, MAX_FIXES)
    .map(({title, snippet: code, commands}) => ({title: titled(title, held), text: code ?? commands.join('\n')}))
}
