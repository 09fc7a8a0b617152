import {lineEvidence, ofKind, type RefusedBy, type Signal} from '../agent/output/signal.ts'
import {type Certainty, changedFinding, type Finding, MORE_CERTAIN} from '../checks/check.ts'
import {isFaultOf} from '../checks/network/hops.ts'
import type {Hop, Path} from '../network/path.ts'
import {minutesBetween} from '../util/time.ts'

/**
 * Weighs what AWS's API shows against evidence from the instance itself. Configuration applies now; a line applied
 * when it was printed. So a line never removes a finding and never creates one: it is added to the finding as
 * evidence, raises the certainty of what it confirms, and lowers to `possible` only what it contradicts within the hour
 * before the account was read. An older response of the service only shows that the fault is newer.
 */
export const applyEvidence = (
  finding: Finding,
  signals: readonly Signal[],
  paths: readonly Path[],
  readAt: string,
): Finding => [identity, unreached, answered].reduce((sofar, rule) => rule(sofar, signals, paths, readAt), finding)

type EvidenceRule = (finding: Finding, signals: readonly Signal[], paths: readonly Path[], readAt: string) => Finding

const withEvidence = (finding: Finding, signals: readonly Signal[], certainty?: Certainty): Finding =>
  changedFinding(finding, {
    ...(certainty !== undefined && {certainty}),
    evidence: [...finding.evidence, ...signals.map(lineEvidence)],
  })

/** The SDK finds no credentials, or Systems Manager denies the call: the findings about the identity are confirmed. */
const identity: EvidenceRule = (finding, signals) => {
  const confirming = confirmations(finding, signals)
  const isMadeFromThem = confirming.some((signal) => isCited(finding, signal))
  return isMadeFromThem || confirming.length === 0 ? finding : withEvidence(finding, confirming, 'proven')
}

/** A line does not confirm the finding that was made from it, and another line of the same denial is no other evidence. */
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

/**
 * The findings that a denial confirms whose message names the kind of policy. It names one, and says nothing about others.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const CONFIRMED_BY: Readonly<Record<RefusedBy, RegExp>> = {
  'service-control-policy': /^iam\.scp-blocks$/,
  'resource-control-policy': /^iam\.scp-blocks$/,
  'endpoint-policy': /^endpoint\./,
  'permissions-boundary': /^(?:iam\.boundary-blocks$|dhmc\.)/,
  'session-policy': /^$/,
  'identity-policy': /^(?:iam\.(?!boundary-blocks$|scp-blocks$)|dhmc\.)/,
}

function confirmations(finding: Finding, signals: readonly Signal[]): readonly Signal[] {
  if (WITHOUT_CREDENTIALS.has(finding.cause)) return ofKind(signals, 'no-role', 'host-management-off')
  if (!REFUSED.test(finding.cause)) return []
  return ofKind(signals, 'access-denied').filter(
    ({action, refusedBy}) =>
      action !== undefined &&
      finding.actions?.includes(action) &&
      (refusedBy === undefined || CONFIRMED_BY[refusedBy].test(finding.cause)),
  )
}

/** A failed connection confirms a fault on its path, and shows what the name resolved to. */
const unreached: EvidenceRule = (finding, signals, paths) => {
  const confirming = ofKind(signals, 'timeout', 'refused', 'unresolved').filter((signal) =>
    paths.some(
      (path) =>
        path.service === (signal.service ?? 'ssm') &&
        path.hops.some((hop) => isFaultOf(hop, finding) && canCause(hop, signal, path)),
    ),
  )
  return confirming.length === 0
    ? finding
    : withEvidence(finding, confirming, MORE_CERTAIN[finding.certainty ?? 'proven'])
}

/**
 * Where the name is in question, a failed lookup shows no more than that. A connection that is refused met something
 * that answers: what security groups, network ACLs and missing routes stop ends with a timeout.
 * https://repost.aws/knowledge-center/ec2-linux-resolve-ssh-connection-errors
 */
const canCause = ({at, verdict}: Hop, {kind}: Signal, {hops}: Path): boolean => {
  if (kind === 'timeout' || at === 'name') return true
  if (kind === 'unresolved') return !hops.some((hop) => hop.at === 'name' && hop.fault)
  return verdict === 'unknown'
}

const HOUR = 60

/** A response of the service, even a denial, used the whole path in both directions. */
const answered: EvidenceRule = (finding, signals, paths, readAt) => {
  const contradicting = signals.filter((signal) => isAnswer(signal) && isOnPathOf(finding, signal, paths))
  if (contradicting.length === 0) return finding
  const recent = contradicting.some(({at}) => at !== undefined && (minutesBetween(at, readAt) ?? HOUR) < HOUR)
  return withEvidence(finding, contradicting, recent ? 'possible' : finding.certainty)
}

const isAnswer = ({kind}: Signal): boolean =>
  kind === 'access-denied' || kind === 'reached' || kind === 'connected' || kind === 'host-management-off'

/** Only a fault that blocks this service alone is contradicted; some of the connections may succeed. */
const isOnPathOf = (finding: Finding, {service}: Signal, paths: readonly Path[]): boolean =>
  paths.some(
    (path) =>
      path.service === service &&
      path.hops.some((hop) => hop.verdict === 'blocked' && hop.at !== 'endpoint-policy' && isFaultOf(hop, finding)),
  )

/** Whether the evidence from inside the instance is about the agent itself, whatever else blocks. */
export const hasAgentSignal = (signals: readonly Signal[]): boolean =>
  ofKind(signals, 'agent-stopped', 'agent-absent', 'agent-disabled').length > 0
