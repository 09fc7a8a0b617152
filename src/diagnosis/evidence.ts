import {lineEvidence, ofKind, type Signal} from '../agent/signal.ts'
import {minutesBetween} from '../agent/time.ts'
import type {Certainty, Finding} from '../checks/check.ts'
import type {Hop, Path} from '../network/path.ts'

/**
 * Weighs what AWS's API shows against what the instance says of itself. Configuration is what holds now; a line is what
 * held when it was printed. So a line never removes a finding and never makes one up: it stands beside the finding as
 * evidence, raises the certainty of what it confirms, and lowers to `possible` only what it contradicts within the hour
 * before the account was read. An older answer of the service says no more than that the fault is younger.
 */
export function applyEvidence<F extends Finding>(
  findings: readonly F[],
  signals: readonly Signal[],
  paths: readonly Path[],
  readAt: string,
): readonly F[] {
  const judges: readonly Judge[] = [identity, unreached, answered]
  return findings.map((finding) => {
    const start: Finding = finding
    const withEvidence = judges.reduce((sofar, judge) => judge(sofar, signals, paths, readAt), start)
    return withEvidence === start ? finding : {...finding, ...withEvidence}
  })
}

type Judge = (finding: Finding, signals: readonly Signal[], paths: readonly Path[], readAt: string) => Finding

const SURER: Readonly<Record<Certainty, Certainty>> = {possible: 'likely', likely: 'proven', proven: 'proven'}

const withEvidence = (finding: Finding, signals: readonly Signal[], certainty?: Certainty): Finding => ({
  ...finding,
  ...(certainty !== undefined && {certainty}),
  evidence: [...finding.evidence, ...signals.map(lineEvidence)],
})

/** The SDK finds no credentials, or Systems Manager refuses the call: what is known of the identity is confirmed. */
const identity: Judge = (finding, signals) => {
  const confirming = confirmations(finding, signals).filter((signal) => !isCited(finding, signal))
  return confirming.length === 0 ? finding : withEvidence(finding, confirming, 'proven')
}

/** A line does not confirm the finding that was made from it. */
const isCited = ({evidence}: Finding, signal: Signal): boolean =>
  evidence.some(({fact, source}) => fact === lineEvidence(signal).fact && source === signal.source)

const WITHOUT_CREDENTIALS = new Set([
  'iam.no-profile',
  'iam.profile-missing',
  'iam.profile-recreated',
  'iam.profile-empty',
  'iam.trust-missing-ec2',
])
const REFUSED = /^(?:iam|dhmc)\.|^endpoint\.policy-denies$/

function confirmations(finding: Finding, signals: readonly Signal[]): readonly Signal[] {
  if (WITHOUT_CREDENTIALS.has(finding.cause)) return ofKind(signals, 'no-role', 'host-management-off')
  if (!REFUSED.test(finding.cause)) return []
  return ofKind(signals, 'access-denied').filter(({action}) => action !== undefined && names(finding, action))
}

const names = ({message, evidence}: Finding, action: string): boolean =>
  message.includes(action) || evidence.some(({fact}) => fact.includes(action))

/** A connection that was not made confirms a fault on its path, and shows what the name resolved to. */
const unreached: Judge = (finding, signals, paths) => {
  const confirming = ofKind(signals, 'timeout', 'refused', 'unresolved').filter(({service}) =>
    paths.some((path) => path.service === (service ?? 'ssm') && path.hops.some((hop) => isFault(hop, finding))),
  )
  return confirming.length === 0 ? finding : withEvidence(finding, confirming, SURER[finding.certainty ?? 'proven'])
}

const HOUR = 60

/** An answer of the service, be it a refusal, came over the whole path and back. */
const answered: Judge = (finding, signals, paths, readAt) => {
  const contradicting = signals.filter((signal) => isAnswer(signal) && isOnPathOf(finding, signal, paths))
  if (contradicting.length === 0) return finding
  const recent = contradicting.some(({at}) => at !== undefined && (minutesBetween(at, readAt) ?? HOUR) < HOUR)
  return withEvidence(finding, contradicting, recent ? 'possible' : finding.certainty)
}

const isAnswer = ({kind}: Signal): boolean =>
  kind === 'access-denied' || kind === 'reached' || kind === 'connected' || kind === 'host-management-off'

/** Only a fault that stops this service alone is contradicted; a part of the connections may well get through. */
const isOnPathOf = (finding: Finding, {service}: Signal, paths: readonly Path[]): boolean =>
  paths.some(
    (path) =>
      path.service === service &&
      path.hops.some((hop) => hop.verdict === 'blocked' && hop.at !== 'endpoint-policy' && isFault(hop, finding)),
  )

const isFault = ({fault, resource}: Hop, finding: Finding): boolean =>
  fault?.cause === finding.cause && (fault.resource ?? resource) === finding.resource

/** Whether what was found inside the instance speaks of the agent itself, whatever else stands in the way. */
export const hasAgentSignal = (signals: readonly Signal[]): boolean =>
  ofKind(signals, 'agent-stopped', 'agent-absent').length > 0
