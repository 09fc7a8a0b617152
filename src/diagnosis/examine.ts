import {isInGracePeriod} from '../agent/node.ts'
import {severityRank} from '../checks/severity.ts'
import type {Account, Instance} from '../model/account.ts'
import {isHybridId, subjectOf} from '../model/hybrid.ts'
import {accountIdOf, nameOf} from '../model/instance.ts'
import type {Remedy} from '../remedies/core/remedy.ts'
import {type Checklist, checklistFor} from './checklist/checklist.ts'
import {diagnose} from './diagnose.ts'
import {type Diagnosis, findingsOf, unreadKindsOf} from './diagnosis.ts'
import type {ExamineOptions} from './examine-options.ts'
import {reportedFlowLogs} from './flow-logs/reported.ts'
import {withoutInstance} from './missing-instance.ts'
import {registrationOf} from './registration.ts'
import type {Report, ReportedCause, UnreadKind} from './report.ts'
import {accessDenied, reportedCause, reportedCheck, reportedPath, reportedStep} from './reported.ts'
import {unreadKind} from './unread-kind.ts'
import {verdictOf} from './verdict.ts'
import {vpcResourceMapOf} from './vpc-resource-map.ts'

/** The whole examination of one instance: diagnosis, checklist and verdict, as the report. */
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
  const checklist = checklistFor(account, instance, diagnosis, options.prefer, options.undo)
  const findings = [...findingsOf(diagnosis), ...checklist.revealed.map(({finding}) => finding)]
  const unread = unreadOf(account, diagnosis, checklist)
  const all = [...findings, ...accessDenied(instanceId, unread)]
  const registration = registrationOf(account, instance)
  const causes = all.map((finding) => reportedCause(finding, checklist.revealed))
  const report: Report = {
    schema: 'ssm-doctor/report/1',
    instance: describedInstance(account, instance),
    verdict: verdictOf(instance, registration, causes, isInGracePeriod(account, instance)),
    registration,
    checks: diagnosis.outcomes.map(reportedCheck),
    causes: inOrder(causes),
    paths: diagnosis.paths.map((path) => reportedPath(account, instance, path)),
    network: isHybridId(instanceId) ? null : vpcResourceMapOf(account, instance, diagnosis.paths),
    ...(flowLog && {flowLogs: reportedFlowLogs(instance, flowLog, diagnosis.comparisons)}),
    checklist: checklist.steps.map((step, at) => reportedStep(step, account, options, at)),
    verified: checklist.verified,
    unreadable: unread,
  }
  return {
    report,
    remedies: checklist.steps.flatMap(({part, remedy, account: owner}) =>
      part === 'fix' && owner === undefined ? [remedy] : [],
    ),
  }
}

/** Revealed causes follow the initial ones, within their severity. */
const inOrder = (causes: readonly ReportedCause[]): readonly ReportedCause[] =>
  causes.toSorted((a, b) => severityRank(a.severity) - severityRank(b.severity))

const describedInstance = (account: Account, instance: Instance): Report['instance'] => ({
  id: instance.InstanceId,
  name: nameOf(instance) ?? null,
  account: accountIdOf(account, instance) ?? null,
  region: account.Region,
  vpc: instance.VpcId ?? null,
  subnet: instance.SubnetId ?? null,
  platform: instance.PlatformDetails ?? null,
})

/** Missing kinds that leave a check, a hop or the verification of the checklist unknown. */
const unreadOf = (account: Account, diagnosis: Diagnosis, {unread}: Checklist): readonly UnreadKind[] =>
  [...new Set([...unreadKindsOf(diagnosis), ...unread])].map((kind) => unreadKind(account, kind))
