import type {Signal} from '../agent/output/signal.ts'
import {type Check, type Finding, isFinding, type Note} from '../checks/check.ts'
import type {Severity} from '../checks/severity.ts'
import {type Account, canRead, type Instance, isUnreadable, type Kind} from '../model/account.ts'
import type {Path} from '../network/path.ts'
import {memo} from '../util/memo.ts'
import type {Outcome, ResolvedFinding} from './diagnosis.ts'
import type {Status} from './report.ts'

const NONE: readonly never[] = []

export function outcomeOf(
  check: Check,
  account: Account,
  instance: Instance,
  paths: readonly Path[],
  evidence: readonly Signal[],
): Outcome {
  if (!canRead(account, check.requiredKinds)) {
    const unread = check.requiredKinds.flatMap((kind) => unreadNote(account, kind))
    return {check, status: 'unknown', notes: unread, findings: NONE}
  }
  const notes = check.run(account, instance, paths, evidence)
  return {check, status: statusOf(check, notes), notes, findings: resolve(check, notes)}
}

export const notRun = memo((check: Check) => skipped(check, 'Only checked when nothing else explains the problem.'))

export const skipped = (check: Check, skip: string): Outcome => ({
  check,
  status: 'skip',
  notes: [{skip}],
  findings: NONE,
})

function unreadNote(account: Account, kind: Kind): readonly Note[] {
  const reading = account[kind]
  return isUnreadable(reading) ? [{unknown: `${kind} could not be read: ${reading.unreadable}`, kind}] : []
}

function statusOf(check: Check, notes: readonly Note[]): Status {
  let isOpen = false
  let isSkipped = notes.length > 0
  for (const note of notes) {
    const severity = isFinding(note) ? severityOf(check, note) : undefined
    if (severity === 'blocks' || severity === 'degrades' || severity === 'symptom') return 'fail'
    isOpen ||= severity === 'undecided' || 'unknown' in note
    isSkipped &&= 'skip' in note
  }
  return isOpen ? 'unknown' : isSkipped ? 'skip' : 'pass'
}

const severityOf = (check: Check, {cause, severity}: Finding): Severity =>
  severity ?? check.causes[cause]?.severity ?? 'advises'

const resolve = (check: Check, notes: readonly Note[]): readonly ResolvedFinding[] =>
  notes.some(isFinding) ? notes.filter(isFinding).map((finding) => resolvedFinding(check, finding)) : NONE

/** A finding with its severity. Its remedies are computed on demand: they are tried on models. */
const resolvedFinding = (check: Check, finding: Finding): ResolvedFinding => ({
  cause: finding.cause,
  ...(finding.certainty && {certainty: finding.certainty}),
  resource: finding.resource,
  message: finding.message,
  evidence: finding.evidence,
  ...(finding.distinction !== undefined && {distinction: finding.distinction}),
  check,
  severity: severityOf(check, finding),
  get remedies() {
    return finding.remedies ?? NONE
  },
})

/** The outcomes with their findings reweighed; their statuses do not change. */
export const reevaluated = (
  outcomes: readonly Outcome[],
  reweigh: (finding: Finding, check: Check) => Finding,
): readonly Outcome[] => outcomes.map((outcome) => withFindings(outcome, (finding) => reweigh(finding, outcome.check)))

/** The outcome with another note in place of each finding. */
function withFindings(outcome: Outcome, noteFor: (finding: Finding) => Note): Outcome {
  if (outcome.findings.length === 0) return outcome
  const notes = outcome.notes.map((note) => (isFinding(note) ? noteFor(note) : note))
  if (notes.every((note, at) => note === outcome.notes[at])) return outcome
  return {...outcome, notes, findings: resolve(outcome.check, notes)}
}

/** The same where a finding may become a note of another kind, so that the status changes. */
export function withNotes(outcome: Outcome, noteFor: (finding: Finding, severity: Severity) => Note): Outcome {
  const {check} = outcome
  const changed = withFindings(outcome, (finding) => noteFor(finding, severityOf(check, finding)))
  return changed === outcome ? outcome : {...changed, status: statusOf(check, changed.notes)}
}
