import {isInGracePeriod} from '../agent/node.ts'
import type {Signal} from '../agent/signal.ts'
import {type Finding, isFinding} from '../checks/check.ts'
import {target} from '../checks/target.ts'
import type {FlowLog} from '../flow-logs/flow-log.ts'
import {type Account, type Instance, isUnreadable, type Kind, type Unreadable} from '../model/account.ts'
import {isHybridId, subjectOf} from '../model/hybrid.ts'
import {nameOf} from '../model/joins.ts'
import {actionsFor} from '../model/permissions.ts'
import {isRefusalName} from '../model/refusals.ts'
import type {Path} from '../network/path.ts'
import {commandLine} from '../remedies/core/command-line.ts'
import type {Preference, Remedy, Step} from '../remedies/core/remedy.ts'
import {type Diagnosis, diagnose, findingsOf, type Outcome, type ResolvedFinding, unreadKindsOf} from './diagnose.ts'
import {type Plan, type PlannedStep, planFor} from './plan.ts'
import {registrationOf} from './registration.ts'
import type {ChecklistStep, CheckResult, Report, ReportedCause, ReportedPath, UnreadKind} from './report.ts'
import {reportedFlowLogs} from './reported-flow-logs.ts'
import {verdictOf} from './verdict.ts'
import {foreignPlaceOf, vpcPlanOf} from './vpc-plan.ts'

/** How infrastructure code names a resource that it contains, and refers to it. */
export interface CodeReference {
  readonly address: string
  readonly reference: string
  /** Rules that are part of the resource itself, by direction, and not separate resources. */
  readonly inline?: readonly ('ingress' | 'egress')[]
}

/** The position of a change in its checklist, and what the code already contains. */
export interface SnippetPlace {
  readonly region: string
  /** The position of the change in its checklist, from 1, so no two changes give a resource the same name. */
  readonly step: number
  /** What the code already contains, by id. */
  readonly held?: ReadonlyMap<string, CodeReference>
}

export interface ExamineOptions {
  /** Another Region of the account in which the id was found. */
  readonly elsewhere?: string
  /** Lines from inside the instance that were handed over: an agent log, or the diagnostics of ssm-cli. */
  readonly evidence?: readonly Signal[]
  /** The flow log of the instance's interface, where it was read. */
  readonly flowLog?: FlowLog | undefined
  /** The preference if several changes would work. */
  readonly prefer?: Preference | undefined
  /** Writes the changes in another form than a POSIX shell's. */
  readonly snippet?: (steps: readonly Step[], place: SnippetPlace) => string
  /** The undo of the call that is responsible for a cause. */
  readonly undo?: (finding: {readonly cause: string; readonly resource: string}) => readonly Remedy[]
  /** Whether the checks for what is left when nothing else explains the node run. */
  readonly includeFallback?: boolean
  /** The steps of a change for an instance that is not launched yet. */
  readonly steps?: (steps: readonly Step[]) => readonly Step[]
}

/** The whole examination of one instance: diagnosis, plan and verdict, as the report. */
export const examine = (account: Account, instanceId: string, options: ExamineOptions = {}): Report =>
  examination(account, instanceId, options).report

/** The report, with the changes that fix as data. */
export interface Examination {
  readonly report: Report
  readonly remedies: readonly Remedy[]
}

export function examination(account: Account, instanceId: string, options: ExamineOptions = {}): Examination {
  const instance = subjectOf(account, instanceId)
  if (!instance) return {report: withoutInstance(account, instanceId, options), remedies: []}

  const {evidence = [], includeFallback = true, flowLog} = options
  const diagnosis = diagnose(account, instance, {includeFallback, evidence, flowLog})
  const plan = planFor(account, instance, diagnosis, options.prefer, options.undo)
  const findings = [...findingsOf(diagnosis), ...plan.revealed.map(({finding}) => finding)]
  const unread = unreadOf(account, diagnosis, plan)
  const all = [...findings, ...accessDenied(instanceId, unread)]
  const registration = registrationOf(account, instance)
  const causes = all.map((finding) => reportedCause(finding, plan))
  const report: Report = {
    schema: 'ssm-doctor/report/1',
    instance: identityOf(account, instance),
    verdict: verdictOf(instance, registration, causes, isInGracePeriod(account, instance)),
    registration,
    checks: diagnosis.outcomes.map(reportedCheck),
    causes: inOrder(causes),
    paths: diagnosis.paths.map((path) => reportedPath(account, instance, path)),
    network: isHybridId(instanceId) ? null : vpcPlanOf(account, instance, diagnosis.paths),
    ...(flowLog && {flowLogs: reportedFlowLogs(instance, flowLog, diagnosis.comparisons)}),
    checklist: plan.steps.map((step, at) => reportedStep(step, account, options, at)),
    verified: plan.verified,
    unreadable: unread,
  }
  return {
    report,
    remedies: plan.steps.flatMap(({part, remedy, account: owner}) =>
      part === 'fix' && owner === undefined ? [remedy] : [],
    ),
  }
}

const SEVERITIES = ['blocks', 'degrades', 'undecided', 'advises', 'symptom'] as const

/** Revealed causes follow the initial ones, within their severity. */
const inOrder = (causes: readonly ReportedCause[]): readonly ReportedCause[] =>
  causes.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))

const identityOf = ({Region, Caller}: Account, instance: Instance): Report['instance'] => ({
  id: instance.InstanceId,
  name: nameOf(instance) ?? null,
  account: instance.OwnerId ?? instance.NetworkInterfaces[0]?.OwnerId ?? Caller?.Account ?? null,
  region: Region,
  vpc: instance.VpcId ?? null,
  subnet: instance.SubnetId ?? null,
  platform: instance.PlatformDetails ?? null,
})

function reportedCause(finding: ResolvedFinding, {revealed}: Plan): ReportedCause {
  const {cause, severity, certainty = 'proven', check, resource, message, evidence} = finding
  const reveal = revealed.find((one) => one.finding === finding)
  return {
    id: cause,
    severity,
    certainty,
    check: check.id,
    resource,
    message,
    evidence,
    ...(reveal && {revealedBy: reveal.by}),
  }
}

const reportedCheck = ({check, status, notes}: Outcome): CheckResult => ({
  id: check.id,
  title: check.title,
  status,
  notes: notes.flatMap((note) =>
    isFinding(note) ? [] : 'unknown' in note ? note.unknown : 'fact' in note ? note.fact : note.skip,
  ),
})

export const reportedPath = (
  account: Account,
  instance: Instance,
  {service, host, via, verdict, hops}: Path,
): ReportedPath => ({
  service,
  host,
  via,
  verdict,
  hops: hops.map(({at, resource, leg, direction, verdict: each, because}) => ({
    at,
    resource,
    leg,
    direction,
    verdict: each,
    because,
    ...foreignPlaceOf(account, instance, resource),
  })),
})

function reportedStep(
  {part, remedy, causes, alternatives, account: owner}: PlannedStep,
  {Region}: Account,
  options: ExamineOptions,
  at: number,
): ChecklistStep {
  const adapted = options.steps ?? ((steps) => steps)
  const inShell = (steps: readonly Step[]) => adapted(steps).map((step) => commandLine(step, 'sh', {region: Region}))
  const asSnippet = ({steps}: Remedy) =>
    options.snippet && {snippet: options.snippet(adapted(steps), {region: Region, step: at + 1})}
  const [main] = causes
  return {
    part,
    title: remedy.title,
    causes: causes.map(({cause}) => cause),
    commands: inShell(remedy.steps),
    ...asSnippet(remedy),
    docs: remedy.docs ?? main?.check.causes[main.cause]?.docs ?? '',
    ...(remedy.cost && {cost: remedy.cost}),
    ...(remedy.effect && {effect: remedy.effect}),
    ...(owner && {account: owner}),
    ...(remedy.undo && {undo: inShell(remedy.undo)}),
    alternatives: alternatives.map((alternative) => ({
      title: alternative.remedy.title,
      commands: inShell(alternative.remedy.steps),
      ...asSnippet(alternative.remedy),
      ...(alternative.remedy.cost && {cost: alternative.remedy.cost}),
      verified: alternative.verified,
    })),
  }
}

/** Missing kinds that leave a check, a hop or the verification of the checklist unknown. */
const unreadOf = (account: Account, diagnosis: Diagnosis, {unread}: Plan): readonly UnreadKind[] =>
  [...new Set([...unreadKindsOf(diagnosis), ...unread])].map((kind) => unreadKind(account, kind))

/** For a kind that takes several calls, the permission of the denied one. */
export function unreadKind(account: Account, kind: Kind): UnreadKind {
  const {unreadable: reason, error, action} = whyUnread(account[kind]) ?? {unreadable: 'part of it could not be read'}
  const permission = error === undefined || isRefusalName(error) ? (action ?? actionsFor([kind])[0] ?? null) : null
  return {kind, reason, permission, ...(error !== undefined && {error})}
}

/** A kind, one of its items, or a list inside an item, as deep as the domains of a rule of a firewall rule group. */
function whyUnread(value: unknown, depth = 6): Unreadable | undefined {
  if (isUnreadable(value)) return value
  if (typeof value !== 'object' || value === null || depth === 0) return undefined
  for (const part of Object.values(value)) {
    const why = whyUnread(part, depth - 1)
    if (why !== undefined) return why
  }
  return undefined
}

/** Reported once, with the denied actions, and only if a denial left something undetermined. */
function accessDenied(instanceId: string, unread: readonly UnreadKind[]): readonly ResolvedFinding[] {
  const refused = unread.filter(({error}) => isRefusalName(error))
  if (refused.length === 0) return []
  const actions = [...new Set(refused.flatMap(({permission}) => permission ?? []))]
  const finding: Finding = {
    cause: 'target.access-denied',
    resource: instanceId,
    message: `Access denied on calls needed for a full diagnosis: ${actions.join(', ')}.`,
    evidence: refused.map(({kind, reason, permission}) => ({
      fact: `${kind}: ${reason}`,
      source: permission ?? kind,
    })),
  }
  return [{...finding, check: target, severity: 'undecided'}]
}

function withoutInstance(account: Account, id: string, options: ExamineOptions): Report {
  const {elsewhere} = options
  const {Region, Caller} = account
  const kind = isHybridId(id) ? 'InstanceInformationList' : 'Instances'
  const isUnread = isUnreadable(account[kind])
  const unread = isUnread ? [unreadKind(account, kind)] : []
  const causes = isUnread ? accessDenied(id, unread) : [notHere(account, id, elsewhere)]
  return {
    schema: 'ssm-doctor/report/1',
    instance: {
      id,
      name: null,
      account: Caller?.Account ?? null,
      region: Region,
      vpc: null,
      subnet: null,
      platform: null,
    },
    verdict: isUnread ? 'undecided' : 'unmanaged',
    registration: {
      status: isHybridId(id) && !isUnread ? 'absent' : 'unknown',
      lastPing: null,
      agentVersion: null,
      connected: null,
    },
    checks: [
      {
        id: target.id,
        title: target.title,
        status: isUnread ? 'unknown' : 'fail',
        notes: unread.map(({reason}) => reason),
      },
    ],
    causes: causes.map((finding) =>
      reportedCause(finding, {steps: [], revealed: [], verified: false, unread: [], account}),
    ),
    paths: [],
    checklist: causes.flatMap(({cause, remedies = [], check}) =>
      remedies
        .map((remedy) =>
          reportedStep(
            {part: 'fix', remedy, causes: causes.filter((one) => one.cause === cause), alternatives: []},
            account,
            options,
            0,
          ),
        )
        .map((step) => ({...step, docs: check.causes[cause]?.docs ?? step.docs})),
    ),
    verified: false,
    unreadable: unread,
  }
}

function notHere({Region, Caller}: Account, id: string, elsewhere: string | undefined): ResolvedFinding {
  const where = `Region ${Region}${Caller ? ` of account ${Caller.Account}` : ''}`
  const isNode = isHybridId(id)
  const fact = isNode ? `${id} is not registered in ${where}.` : `${id} does not exist in ${where}.`
  const finding = {
    resource: id,
    evidence: [{fact, source: isNode ? 'ssm:DescribeInstanceInformation' : 'ec2:DescribeInstances'}],
    check: target,
    severity: 'blocks',
  } as const
  if (elsewhere !== undefined) {
    const again = {
      title: `Examine ${id} in ${elsewhere}`,
      steps: [{on: 'here', line: `ssm-doctor ${id} --region ${elsewhere}`}],
    } as const
    return {
      ...finding,
      cause: 'target.wrong-region',
      message: `${fact} It is in Region ${elsewhere}.`,
      remedies: [again],
    }
  }
  const investigation: Remedy = {
    title: `Check the id, Region and account of ${id}`,
    steps: [
      isNode
        ? {
            service: 'ssm',
            operation: 'DescribeInstanceInformation',
            input: {Filters: [{Key: 'InstanceIds', Values: [id]}]},
          }
        : {service: 'ec2', operation: 'DescribeInstances', input: {InstanceIds: [id]}},
    ],
  }
  return {
    ...finding,
    cause: 'target.not-found',
    message: isNode
      ? `${fact} It may be in another Region or account, or deregistered; registering it again needs a new activation.`
      : `${fact} It may be in another Region or account, or it was terminated more than an hour ago.`,
    remedies: [investigation],
  }
}
