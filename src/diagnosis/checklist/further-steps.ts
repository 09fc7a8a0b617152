import {agent, installUnlessPresent} from '../../checks/node/agent.ts'
import type {Account, Instance} from '../../model/account.ts'
import type {Remedy} from '../../remedies/core/remedy.ts'
import {findingKey} from '../cause-key.ts'
import {type Diagnosis, findingsOf, type ResolvedFinding} from '../diagnosis.ts'
import {registrationOf} from '../registration.ts'
import {isNotRunning} from '../verdict.ts'
import {type ChecklistContext, preferred, remediesFor} from './context.ts'
import {impairingOf, impairs, isOnInstanceOnly} from './progress.ts'
import type {Part, ProposedStep} from './proposed-step.ts'

/** What AWS's API cannot change stays on the checklist, with what the user can do, and so does what a fix reveals. */
export function manualSteps(context: ChecklistContext, first: Diagnosis, last: Diagnosis): readonly ProposedStep[] {
  return mergedByTitle(
    [],
    openAfterFixes(context.instance, first, last).flatMap((finding) => {
      const remedies = remediesFor(context, finding)
      const manual = remedies.filter(({apply}) => !apply)
      if (manual.length === 0) return []
      return stepFor('fix', finding, [...manual, ...remedies.filter(({weakens, apply}) => weakens && apply)])
    }),
  )
}

/**
 * As far as the fixes leave it, in the order in which it showed; what the instance shows is the same before and after.
 * What else is wrong with an instance that does not run shows when it is examined running.
 */
function openAfterFixes(instance: Instance, first: Diagnosis, last: Diagnosis): readonly ResolvedFinding[] {
  const left = impairingOf(last).filter((finding) => !isOnInstanceOnly(finding))
  const before = impairingOf(first).flatMap((finding) =>
    isOnInstanceOnly(finding) ? [finding] : left.filter((one) => findingKey(one) === findingKey(finding)),
  )
  return isNotRunning(instance) ? before : [...new Set([...before, ...left])]
}

/**
 * What to find out for an undetermined cause, and what advice improves, for the causes that the fixes leave. A change
 * for several causes is listed once; one that would block or impair what works is not an improvement, and one that
 * leaves the cause as it is comes after one that does not.
 */
export function furtherSteps(
  context: ChecklistContext,
  fixes: readonly ProposedStep[],
  first: Diagnosis,
  last: Diagnosis,
  model: Account,
): readonly ProposedStep[] {
  if (isNotRunning(context.instance)) return []
  // Its changes continue from what the fixes leave: a policy is written as a whole.
  const left = new Map(findingsOf(last).map((finding) => [findingKey(finding), finding]))
  const open = findingsOf(first).flatMap((finding) =>
    isOnInstanceOnly(finding) ? finding : (left.get(findingKey(finding)) ?? []),
  )
  const improving = (finding: ResolvedFinding): readonly Remedy[] => {
    const tried = preferred(remediesFor(context, finding), context.prefer).flatMap((remedy) => {
      const after = remedy.apply && context.examined(remedy.apply(model))
      if (after && impairs(last, after)) return []
      return {remedy, isLeft: after !== undefined && isIn(after, finding)}
    })
    const best = tried.find(({remedy, isLeft}) => !isLeft && !remedy.weakens) ?? tried[0]
    return best ? [best.remedy, ...tried.filter((one) => one !== best).map(({remedy}) => remedy)] : []
  }
  return mergedByTitle(fixes, [
    ...agentToFindOut(context, fixes, first),
    ...open
      .filter(({severity}) => severity === 'undecided')
      .flatMap((finding) => stepFor('investigate', finding, manualFirst(remediesFor(context, finding)))),
    ...whatIsUnknown(last),
    ...open
      .filter(({severity}) => severity === 'advises')
      .flatMap((finding) => stepFor('improve', finding, improving(finding))),
  ])
}

const isIn = (diagnosis: Diagnosis, finding: ResolvedFinding): boolean =>
  findingsOf(diagnosis).some((one) => findingKey(one) === findingKey(finding))

/** Whether the agent is at fault is not examined beside another cause, and the fixes of that one do not install it. */
function agentToFindOut(
  {account, instance}: ChecklistContext,
  fixes: readonly ProposedStep[],
  first: Diagnosis,
): readonly ProposedStep[] {
  const isExamined = first.outcomes.some(({check, status}) => check.id === agent.id && status !== 'skip')
  if (fixes.length === 0 || isExamined || registrationOf(account, instance).status !== 'absent') return []
  return installUnlessPresent(account, instance).map(withoutCause)
}

/** What can be asked for to decide what a check left undetermined, without a cause that it could name. */
const whatIsUnknown = ({outcomes}: Diagnosis): readonly ProposedStep[] =>
  outcomes
    .flatMap(({notes}) => notes)
    .flatMap((note) => ('unknown' in note ? (note.remedies ?? []) : []))
    .map(withoutCause)

const withoutCause = (remedy: Remedy): ProposedStep => ({part: 'investigate', remedy, causes: [], alternatives: []})

/** Asking costs nothing and changes nothing; a change that avoids the unknown is the alternative. */
const manualFirst = (remedies: readonly Remedy[]): readonly Remedy[] =>
  remedies.toSorted((a, b) => Number(a.apply !== undefined) - Number(b.apply !== undefined))

function stepFor(part: Part, finding: ResolvedFinding, remedies: readonly Remedy[]): readonly ProposedStep[] {
  const [remedy, ...others] = remedies
  if (!remedy) return []
  return [{part, remedy, causes: [finding], alternatives: others.map((other) => ({remedy: other, verified: false}))}]
}

/** What a fix already has all the commands of is not a step of its own. */
function mergedByTitle(fixes: readonly ProposedStep[], steps: readonly ProposedStep[]): readonly ProposedStep[] {
  const fixed = new Set(fixes.map(({remedy}) => remedy.title))
  const commands = new Set(fixes.flatMap(({remedy}) => remedy.steps.map((one) => JSON.stringify(one))))
  const isDone = ({title, steps: own}: Remedy): boolean =>
    fixed.has(title) || (own.length > 0 && own.every((one) => commands.has(JSON.stringify(one))))
  const byTitle = new Map<string, ProposedStep>()
  for (const step of steps.filter(({remedy}) => !isDone(remedy))) {
    const known = byTitle.get(step.remedy.title)
    byTitle.set(step.remedy.title, known ? {...known, causes: [...known.causes, ...step.causes]} : step)
  }
  return [...byTitle.values()]
}
