import {docsOf} from '../checks/catalog.ts'
import {type Finding, isFinding} from '../checks/check.ts'
import {target} from '../checks/node/target.ts'
import type {Account, Instance} from '../model/account.ts'
import {isRefusalName} from '../model/refusals.ts'
import type {Path} from '../network/path.ts'
import {commandLine} from '../remedies/core/command-line.ts'
import type {Remedy, Step} from '../remedies/core/remedy.ts'
import type {Checklist} from './checklist/checklist.ts'
import type {ProposedStep} from './checklist/proposed-step.ts'
import type {Outcome, ResolvedFinding} from './diagnosis.ts'
import type {ExamineOptions} from './examine-options.ts'
import type {ChecklistStep, CheckResult, ReportedCause, ReportedPath, UnreadKind} from './report.ts'
import {locationInOtherVpc} from './vpc-resource-map.ts'

export function reportedCause(finding: ResolvedFinding, revealed: Checklist['revealed'] = []): ReportedCause {
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

export const reportedCheck = ({check, status, notes}: Outcome): CheckResult => ({
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
    ...locationInOtherVpc(account, instance, resource),
  })),
})

export function reportedStep(
  {part, remedy, causes, alternatives, account: owner}: ProposedStep,
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
    docs: remedy.docs ?? docsOf(main?.cause ?? ''),
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

/** Reported once, with the denied actions, and only if a denial left something undetermined. */
export function accessDenied(instanceId: string, unread: readonly UnreadKind[]): readonly ResolvedFinding[] {
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
