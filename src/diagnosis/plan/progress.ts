import {findingKey} from '../cause-key.ts'
import {type Diagnosis, findingsOf, isImpairing, type ResolvedFinding} from '../diagnose.ts'

/** What blocks and what only degrades are different results. */
export const severityKeyOf = (finding: ResolvedFinding) => `${finding.severity} ${findingKey(finding)}`

export const impairingOf = (diagnosis: Diagnosis): readonly ResolvedFinding[] =>
  findingsOf(diagnosis).filter(isImpairing)

export const isGone = (after: Diagnosis, finding: ResolvedFinding): boolean =>
  !impairingOf(after).some((left) => findingKey(left) === findingKey(finding))

/** Resolved, or no longer blocking the registration: what is left of it is a separate fault. */
export const isFixed = (after: Diagnosis, finding: ResolvedFinding): boolean =>
  isGone(after, finding) ||
  (finding.severity === 'blocks' && !impairingOf(after).some((left) => severityKeyOf(left) === severityKeyOf(finding)))

/** A change that blocks a path that works now is not a remedy. */
export const breaks = (before: Diagnosis, after: Diagnosis): boolean =>
  before.paths.some(
    ({service, verdict}) =>
      verdict === 'open' && after.paths.some((path) => path.service === service && path.verdict === 'blocked'),
  )

/** A change that blocks a path that works now, or adds a fault, is not an improvement. */
export const impairs = (before: Diagnosis, after: Diagnosis): boolean => {
  const known = new Set(impairingOf(before).map(findingKey))
  return breaks(before, after) || impairingOf(after).some((finding) => !known.has(findingKey(finding)))
}

/** What only the instance itself shows cannot be tried on a model of the account. */
export const isOnInstanceOnly = ({check}: ResolvedFinding): boolean =>
  check.fallback === true || check.fromInstance === true
