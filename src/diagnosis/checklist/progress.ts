import {FOLLOWS_REGISTRATION} from '../../checks/node/inspector.ts'
import {isImpairing} from '../../checks/severity.ts'
import {findingKey} from '../cause-key.ts'
import {type Diagnosis, findingsOf, type ResolvedFinding} from '../diagnosis.ts'

/** What blocks and what only degrades are different results. */
const severityKeyOf = (finding: ResolvedFinding) => `${finding.severity} ${findingKey(finding)}`

export const impairingOf = (diagnosis: Diagnosis): readonly ResolvedFinding[] =>
  findingsOf(diagnosis).filter(isImpairing)

/** What would still impair the node: a status of Amazon Inspector that needs no step of its own follows the rest. */
export const remainingOf = (diagnosis: Diagnosis): readonly ResolvedFinding[] =>
  impairingOf(diagnosis).filter(({cause, remedies = []}) => !(FOLLOWS_REGISTRATION.has(cause) && remedies.length === 0))

/** What a change leaves: the faults, and the paths that became unknown. */
export const leftIn = (diagnosis: Diagnosis): ReadonlySet<string> =>
  new Set([
    ...impairingOf(diagnosis).map(severityKeyOf),
    ...diagnosis.paths.flatMap(({service, verdict}) => (verdict === 'unknown' ? `unknown path to ${service}` : [])),
  ])

const isGone = (after: Diagnosis, finding: ResolvedFinding): boolean =>
  !impairingOf(after).some((left) => findingKey(left) === findingKey(finding))

/** Resolved, or no longer blocking the registration: what is left of it is a separate fault. */
export const isFixed = (after: Diagnosis, finding: ResolvedFinding): boolean =>
  isGone(after, finding) ||
  (finding.severity === 'blocks' && !impairingOf(after).some((left) => severityKeyOf(left) === severityKeyOf(finding)))

/** What is left of this cause and resource is another fault: the next of several. */
export const isNextOfSeveral = (after: Diagnosis, finding: ResolvedFinding): boolean => {
  const left = impairingOf(after).filter((one) => findingKey(one) === findingKey(finding))
  return left.length > 0 && left.every((one) => distinctionOf(one) !== distinctionOf(finding))
}

const distinctionOf = ({distinction}: ResolvedFinding): string | undefined => JSON.stringify(distinction)

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
