import {identityOf} from '../iam/identity.ts'
import {isSimulationRefused} from '../iam/role.ts'
import type {Account, Instance, Kind} from '../model/account.ts'
import {subjectOf} from '../model/hybrid.ts'
import {contactOwner} from '../remedies/core/change.ts'
import {otherOwnerOf} from '../remedies/core/owner.ts'
import type {Preference, Remedy, Step} from '../remedies/core/remedy.ts'
import {memo} from '../util/memo.ts'
import {
  type Diagnosis,
  diagnose,
  findingsOf,
  isRegistrationUnknown,
  type ResolvedFinding,
  unreadKindsOf,
} from './diagnose.ts'
import {registrationOf} from './registration.ts'
import {isGone as isInstanceGone} from './verdict.ts'

/** What a step is for: only the steps that fix decide whether a checklist is verified, and the exit code. */
type Part = 'fix' | 'investigate' | 'improve'

/** One change, the causes that it fixes, and the other changes that would work. */
export interface PlannedStep {
  readonly part: Part
  readonly remedy: Remedy
  readonly causes: readonly ResolvedFinding[]
  readonly alternatives: readonly {readonly remedy: Remedy; readonly verified: boolean}[]
  /** The account that must make the change, if it is not the caller's. */
  readonly account?: string
}

export interface Plan {
  readonly steps: readonly PlannedStep[]
  /** What showed only after an earlier step had been tried. */
  readonly revealed: readonly RevealedFinding[]
  /** True if nothing is left that blocks or degrades; null if only unknowns are left. */
  readonly verified: boolean | null
  /** Kinds that were not read, which make it null. */
  readonly unread: readonly Kind[]
  /** The account after every step that AWS's API can apply. */
  readonly account: Account
}

/** A cause on the model that has the steps before it. */
interface RevealedFinding {
  readonly finding: ResolvedFinding
  /** The index of the step that shows it. */
  readonly by: number
  readonly account: Account
  readonly diagnosis: Diagnosis
}

/** A change that was tried on the model, and what it was tried for. */
interface ChosenStep {
  readonly remedy: Remedy
  readonly finding: ResolvedFinding
}

/** More faults than one instance can have; a plan that gets here is in a loop. */
const MAX_STEPS = 40

/**
 * Applies remedies to a copy of the account and examines again, until nothing that can be fixed is left. An instance
 * that does not run has that as its only cause: what else is wrong shows when it is examined running.
 */
export function planFor(
  account: Account,
  instance: Instance,
  first: Diagnosis,
  prefer?: Preference,
  undo: PlanContext['undo'] = () => [],
): Plan {
  const context: PlanContext = {account, instance, prefer, undo, ...trialsOf(instance)}
  const all = buildPlan(context, first)
  const needed = pruneRedundant(context, all)
  const models = modelsOf(context, needed)
  const diagnoses = models.map((model, i) => (i === 0 ? first : context.examined(model)))
  const last = diagnoses.at(-1) ?? first
  const fixes = needed.map(
    (chosen, i): PlannedStep => ({
      part: 'fix',
      remedy: chosen.remedy,
      causes: fixedBetween(diagnoses[i]!, diagnoses[i + 1]!, chosen.finding),
      alternatives: alternativesTo(context, needed, chosen, last),
    }),
  )
  const model = models.at(-1) ?? account
  const mandatory = [...fixes, ...manualSteps(context, first, last)]
  const steps = [...mandatory, ...furtherSteps(context, mandatory, first, last, model)].map((step) =>
    withOwner(context, model, step),
  )
  const open = openAfter(context, first, last, model)
  const needsOthers = steps.some(({part, account: owner}) => part === 'fix' && owner !== undefined)
  const verified = needsOthers ? false : verifiedOf(first, last, open.isOpen)
  return {
    steps,
    revealed: isInstanceGone(instance) ? [] : revealedIn(diagnoses, models),
    verified,
    unread: verified === null ? open.unread : [],
    account: model,
  }
}

/**
 * What AWS runs for a service is changed through that service: EC2 denies the call.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/amazon-ec2-managed-instances.html
 */
function remediesFor(context: PlanContext, finding: ResolvedFinding): readonly Remedy[] {
  const {Operator, InstanceId, NetworkInterfaces} = context.instance
  const remedies = [...namedUndo(context, finding), ...separateUndo(context, finding)]
  if (!Operator?.Managed) return remedies
  const own = new Set([InstanceId, ...NetworkInterfaces.map(({NetworkInterfaceId}) => NetworkInterfaceId)])
  const changes = (step: Step) =>
    'operation' in step &&
    step.service === 'ec2' &&
    Object.values(step.input)
      .flat()
      .some((value) => typeof value === 'string' && own.has(value))
  return remedies.map((remedy) =>
    remedy.steps.some(changes)
      ? contactOwner(`${remedy.title}, through ${Operator.Principal ?? 'the service'} that operates it`, MANAGED_DOCS)
      : remedy,
  )
}

const isSame = (one: Remedy, other: Remedy): boolean => JSON.stringify(one.steps) === JSON.stringify(other.steps)

/** The remedies; one that makes the calls of the undo says so. */
const namedUndo = ({undo}: PlanContext, finding: ResolvedFinding): readonly Remedy[] => {
  const [first] = undo(finding)
  const remedies = finding.remedies ?? []
  if (!first) return remedies
  return remedies.map((one) => (isSame(one, first) ? {...one, title: `${one.title} (${first.title})`} : one))
}

const separateUndo = ({undo}: PlanContext, finding: ResolvedFinding): readonly Remedy[] =>
  undo(finding).filter((one) => !(finding.remedies ?? []).some((remedy) => isSame(remedy, one)))

const MANAGED_DOCS = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/amazon-ec2-managed-instances.html'

interface PlanContext {
  readonly account: Account
  readonly instance: Instance
  readonly prefer: Preference | undefined
  /** The undo of the call that is responsible for a cause: proposed if it fixes as much as the recommended change. */
  readonly undo: (finding: ResolvedFinding) => readonly Remedy[]
  readonly applied: (model: Account, remedy: Remedy) => Account
  readonly examined: (model: Account) => Diagnosis
}

/** Each change is made once to each model and each model examined once: choosing, pruning and reporting ask again. */
function trialsOf(instance: Instance): Pick<PlanContext, 'applied' | 'examined'> {
  const changesOf = memo((model: Account) => memo((remedy: Remedy) => remedy.apply!(model)))
  return {
    applied: (model, remedy) => changesOf(model)(remedy),
    // On a model that is being fixed nothing registers, so what is left when nothing else explains the node is not asked.
    examined: memo((model) =>
      diagnose(model, subjectOf(model, instance.InstanceId) ?? instance, {includeFallback: false}),
    ),
  }
}

export const isImpairing = ({severity}: ResolvedFinding): boolean => severity === 'blocks' || severity === 'degrades'
const keyOf = ({cause, resource}: ResolvedFinding) => `${cause} ${resource}`
/** What blocks and what only degrades are different results. */
const severityKeyOf = (finding: ResolvedFinding) => `${finding.severity} ${keyOf(finding)}`
const impairingOf = (diagnosis: Diagnosis): readonly ResolvedFinding[] => findingsOf(diagnosis).filter(isImpairing)

const modelsOf = ({account, applied}: PlanContext, steps: readonly ChosenStep[]): readonly Account[] =>
  steps.reduce<Account[]>((models, {remedy}) => models.concat(applied(models.at(-1)!, remedy)), [account])

function buildPlan(context: PlanContext, first: Diagnosis): readonly ChosenStep[] {
  const chosen: ChosenStep[] = []
  let model = context.account
  let diagnosis = first
  const most = isInstanceGone(context.instance) ? 1 : MAX_STEPS
  while (chosen.length < most) {
    const next = nextStep(context, model, diagnosis, chosen)
    if (!next) break
    chosen.push(next.chosen)
    model = next.model
    diagnosis = next.diagnosis
  }
  return chosen
}

/** The first cause that a change removes from the model without harm, and that change. */
function nextStep(context: PlanContext, model: Account, diagnosis: Diagnosis, chosen: readonly ChosenStep[]) {
  for (const finding of impairingOf(diagnosis).filter((one) => !isOnInstanceOnly(one)))
    for (const remedy of recommendable(context, finding)) {
      if (!remedy.apply || chosen.some((one) => one.remedy.title === remedy.title)) continue
      const changed = context.applied(model, remedy)
      const after = context.examined(changed)
      if (isFixed(after, finding) && !breaks(diagnosis, after))
        return {chosen: {remedy, finding}, model: changed, diagnosis: after}
    }
  return undefined
}

const preferred = (remedies: readonly Remedy[], prefer: Preference | undefined): readonly Remedy[] =>
  prefer === undefined
    ? remedies
    : remedies.toSorted(
        (a, b) => Number(b.preferredBy?.includes(prefer) ?? false) - Number(a.preferredBy?.includes(prefer) ?? false),
      )

/** Not a change that weakens a guardrail if there is another one before it: that is for the user to choose. */
function recommendable(context: PlanContext, finding: ResolvedFinding): readonly Remedy[] {
  const remedies = remediesFor(context, finding)
  return preferred(
    remedies.filter(({weakens}, i) => !weakens || remedies.slice(0, i).every((before) => before.weakens)),
    context.prefer,
  )
}

const isGone = (after: Diagnosis, finding: ResolvedFinding): boolean =>
  !impairingOf(after).some((left) => keyOf(left) === keyOf(finding))

/** Resolved, or no longer blocking the registration: what is left of it is a separate fault. */
const isFixed = (after: Diagnosis, finding: ResolvedFinding): boolean =>
  isGone(after, finding) ||
  (finding.severity === 'blocks' && !impairingOf(after).some((left) => severityKeyOf(left) === severityKeyOf(finding)))

/** A change that blocks a path that works now is not a remedy. */
const breaks = (before: Diagnosis, after: Diagnosis): boolean =>
  before.paths.some(
    ({service, verdict}) =>
      verdict === 'open' && after.paths.some((path) => path.service === service && path.verdict === 'blocked'),
  )

/** Removes every step without which nothing more is left than with it: a later step made it unnecessary. */
function pruneRedundant(context: PlanContext, steps: readonly ChosenStep[]): readonly ChosenStep[] {
  if (steps.length < 2) return steps
  const left = leftAfter(context, steps)
  return steps.reduceRight<readonly ChosenStep[]>((kept, step) => {
    const fewer = kept.filter((one) => one !== step)
    return [...leftAfter(context, fewer)].every((key) => left.has(key)) ? fewer : kept
  }, steps)
}

const leftAfter = (context: PlanContext, steps: readonly ChosenStep[]): ReadonlySet<string> =>
  new Set(impairingOf(context.examined(modelsOf(context, steps).at(-1)!)).map(severityKeyOf))

const fixedBetween = (before: Diagnosis, after: Diagnosis, finding: ResolvedFinding): readonly ResolvedFinding[] => {
  const fixed = impairingOf(before).filter((one) => !isOnInstanceOnly(one) && isFixed(after, one))
  return fixed.length > 0 ? fixed : [finding]
}

function revealedIn(diagnoses: readonly Diagnosis[], models: readonly Account[]): readonly RevealedFinding[] {
  const seen = new Set<string>()
  return diagnoses.flatMap((diagnosis, i) => {
    const fresh = impairingOf(diagnosis).filter((finding) => !seen.has(keyOf(finding)))
    for (const finding of fresh) seen.add(keyOf(finding))
    return i === 0 ? [] : fresh.map((finding) => ({finding, by: i - 1, account: models[i]!, diagnosis}))
  })
}

/**
 * Each other change for the same cause, instead of the chosen one: nothing more may be left than with the chosen one.
 */
function alternativesTo(
  context: PlanContext,
  steps: readonly ChosenStep[],
  {finding, remedy: chosen}: ChosenStep,
  last: Diagnosis,
): PlannedStep['alternatives'] {
  const left = new Set(impairingOf(last).map(severityKeyOf))
  const undone = new Set(separateUndo(context, finding).map(({title}) => title))
  return remediesFor(context, finding)
    .filter(({title}) => title !== chosen.title)
    .map((remedy) => {
      if (!remedy.apply) return {remedy, verified: false}
      const others = steps.map((one) => (one.remedy === chosen ? {...one, remedy} : one))
      return {remedy, verified: [...leftAfter(context, others)].every((key) => left.has(key))}
    })
    .filter(({remedy, verified}) => verified || !undone.has(remedy.title))
}

/** What AWS's API cannot change stays on the checklist, with what the user can do. */
function manualSteps(context: PlanContext, first: Diagnosis, last: Diagnosis): readonly PlannedStep[] {
  return impairingOf(first)
    .filter((finding) => isOnInstanceOnly(finding) || !isGone(last, finding))
    .flatMap((finding) => {
      const remedies = remediesFor(context, finding)
      const manual = remedies.filter(({apply}) => !apply)
      const [remedy, ...others] =
        manual.length === 0 ? [] : [...manual, ...remedies.filter(({weakens, apply}) => weakens && apply)]
      return remedy
        ? [
            {
              part: 'fix',
              remedy,
              causes: [finding],
              alternatives: others.map((other) => ({remedy: other, verified: false})),
            },
          ]
        : []
    })
}

/**
 * What to find out for an undetermined cause, and what advice improves, for the causes that the fixes leave. A change
 * for several causes is listed once; one that would block what works is not an improvement.
 */
function furtherSteps(
  context: PlanContext,
  fixes: readonly PlannedStep[],
  first: Diagnosis,
  last: Diagnosis,
  model: Account,
): readonly PlannedStep[] {
  if (isInstanceGone(context.instance)) return []
  const left = new Set(findingsOf(last).map(keyOf))
  const open = findingsOf(first).filter((finding) => isOnInstanceOnly(finding) || left.has(keyOf(finding)))
  const isSafe = ({apply}: Remedy): boolean => !apply || !breaks(last, context.examined(apply(model)))
  return mergedByTitle(fixes, [
    ...open
      .filter(({severity}) => severity === 'undecided')
      .flatMap((finding) => stepFor('investigate', finding, manualFirst(remediesFor(context, finding)))),
    ...open
      .filter(({severity}) => severity === 'advises')
      .flatMap((finding) =>
        stepFor('improve', finding, preferred(remediesFor(context, finding), context.prefer).filter(isSafe)),
      ),
  ])
}

/** Asking costs nothing and changes nothing; a change that avoids the unknown is the alternative. */
const manualFirst = (remedies: readonly Remedy[]): readonly Remedy[] =>
  remedies.toSorted((a, b) => Number(a.apply !== undefined) - Number(b.apply !== undefined))

function stepFor(part: Part, finding: ResolvedFinding, remedies: readonly Remedy[]): readonly PlannedStep[] {
  const [remedy, ...others] = remedies
  if (!remedy) return []
  return [{part, remedy, causes: [finding], alternatives: others.map((other) => ({remedy: other, verified: false}))}]
}

function mergedByTitle(fixes: readonly PlannedStep[], steps: readonly PlannedStep[]): readonly PlannedStep[] {
  const fixed = new Set(fixes.map(({remedy}) => remedy.title))
  const byTitle = new Map<string, PlannedStep>()
  for (const step of steps.filter(({remedy}) => !fixed.has(remedy.title))) {
    const known = byTitle.get(step.remedy.title)
    byTitle.set(step.remedy.title, known ? {...known, causes: [...known.causes, ...step.causes]} : step)
  }
  return [...byTitle.values()]
}

/** What another account owns is a step for that account, and no alternative that needs one is verified. */
function withOwner({account, instance}: PlanContext, model: Account, step: PlannedStep): PlannedStep {
  const self = account.Caller?.Account ?? instance.NetworkInterfaces[0]?.OwnerId
  const ownerOf = ({steps}: Remedy) => otherOwnerOf(model, self, steps)
  const owner = ownerOf(step.remedy)
  return {
    ...step,
    alternatives: step.alternatives.map(({remedy, verified}) => ({
      remedy,
      verified: verified && ownerOf(remedy) === undefined,
    })),
    ...(owner !== undefined && {account: owner}),
  }
}

/** What only the instance itself shows cannot be tried on a model of the account. */
const isOnInstanceOnly = ({check}: ResolvedFinding): boolean => check.fallback === true || check.fromInstance === true

/** Causes that AWS's API cannot change make it false, and unknowns make it null. */
function verifiedOf(first: Diagnosis, last: Diagnosis, isOpen: boolean): boolean | null {
  if (impairingOf(first).some(isOnInstanceOnly) || impairingOf(last).length > 0) return false
  return isOpen ? null : true
}

/**
 * Whether the agent itself is at fault is checked for a node that is known to be unregistered: if that is unknown,
 * nothing is verified. The same applies if a path is unknown, if sessions may fail because of the preferences, or if
 * the organization may deny what the role allows.
 */
function openAfter({account, instance}: PlanContext, first: Diagnosis, last: Diagnosis, model: Account) {
  const {status} = registrationOf(account, instance)
  const unread: readonly Kind[] = isOrganizationUnread(model, last) ? ['PolicySimulations'] : []
  const isOpen =
    unread.length > 0 ||
    status === 'unknown' ||
    (status !== 'online' && isUnexplained(first)) ||
    isRegistrationUnknown(last) ||
    last.paths.some(({verdict}) => verdict === 'unknown') ||
    areSessionsUnknown(last)
  return {isOpen, unread: [...unreadKindsOf(last), ...unread]}
}

/** What keeps the node away may be what is not known, whatever the fixes do. */
const isUnexplained = (first: Diagnosis): boolean =>
  isRegistrationUnknown(first) && !findingsOf(first).some(({severity}) => severity === 'blocks')

const areSessionsUnknown = ({outcomes}: Diagnosis): boolean =>
  outcomes.some(({check, status}) => check.id === 'session-preferences' && status === 'unknown')

/** The organization allows what an open channel needs; otherwise the simulation of the role shows whether it does. */
function isOrganizationUnread(model: Account, {instance, paths}: Diagnosis): boolean {
  const {status, connected} = registrationOf(model, instance)
  if (status === 'online' && connected === true) return false
  const {role} = identityOf(model, instance, paths)
  return role !== undefined && isSimulationRefused(model, role)
}
