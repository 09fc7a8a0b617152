import {CERTAINTIES, type Check, type Finding, type Note} from '../checks/check.ts'
import {type Severity, severityRank} from '../checks/severity.ts'
import type {Instance, Kind} from '../model/account.ts'
import type {Path} from '../network/path.ts'
import {compare} from '../util/compare.ts'
import type {FlowComparison} from './flow-logs/comparison.ts'
import {NEEDED_TO_REGISTER} from './registration.ts'
import type {Status} from './report.ts'

export interface Diagnosis {
  readonly instance: Instance
  readonly paths: readonly Path[]
  /** The paths before observations of the instance were applied. */
  readonly modelPaths: readonly Path[]
  readonly outcomes: readonly Outcome[]
  /** The outcomes as the checks returned them, before observations of the instance were applied. */
  readonly modelOutcomes: readonly Outcome[]
  /** Each path with what a flow log shows for it, if one was read. */
  readonly comparisons: readonly FlowComparison[]
}
export interface Outcome {
  readonly check: Check
  readonly status: Status
  readonly notes: readonly Note[]
  /** The notes that are findings, with check and severity. */
  readonly findings: readonly ResolvedFinding[]
}

/** A finding with its check and its final severity. */
export interface ResolvedFinding extends Finding {
  readonly check: Check
  readonly severity: Severity
}

/** By severity, certainty, position of the check and resource: the first is the root cause. */
export function findingsOf({outcomes}: Pick<Diagnosis, 'outcomes'>): readonly ResolvedFinding[] {
  const found: ResolvedFinding[] = []
  for (const {findings} of outcomes)
    if (findings.length === 1) found.push(findings[0]!)
    else if (findings.length > 1) found.push(...findings.toSorted((a, b) => compare(a.resource, b.resource)))
  return found.length < 2 ? found : found.sort(bySeverity)
}

/** Findings of equal severity and certainty stay in the order of their checks. */
const bySeverity = (a: ResolvedFinding, b: ResolvedFinding): number =>
  severityRank(a.severity) - severityRank(b.severity) ||
  CERTAINTIES.indexOf(a.certainty ?? 'proven') - CERTAINTIES.indexOf(b.certainty ?? 'proven')

/** Kinds that the diagnosis needed and could not read, so a check or a hop stays unknown. */
export const unreadKindsOf = ({outcomes, paths}: Pick<Diagnosis, 'outcomes' | 'paths'>): ReadonlySet<Kind> =>
  new Set([
    ...outcomes.flatMap(({notes}) => notes.flatMap((note) => ('unknown' in note && note.kind ? [note.kind] : []))),
    ...paths.flatMap(({hops}) =>
      hops.flatMap(({verdict, unread}) => (verdict === 'unknown' && unread ? [unread] : [])),
    ),
  ])

/**
 * Whether anything that registration requires is unknown: the path to `ssm`, the state of the instance, or the identity
 * and permissions of the agent.
 */
export const isRegistrationUnknown = ({
  paths,
  outcomes,
}: {
  readonly paths: readonly Pick<Path, 'service' | 'verdict'>[]
  readonly outcomes: readonly {readonly check: Pick<Check, 'id'>; readonly status: Status}[]
}): boolean =>
  paths.some(({service, verdict}) => service === 'ssm' && verdict === 'unknown') ||
  outcomes.some(({check, status}) => NEEDED_TO_REGISTER.has(check.id) && status === 'unknown')
