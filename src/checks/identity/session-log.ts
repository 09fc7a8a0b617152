import {lineEvidence, ofKind, type Signal} from '../../agent/output/signal.ts'
import {IDENTITY_KINDS, identityOf} from '../../iam/identity.ts'
import {mustBeEncrypted, requirementsOf} from '../../iam/session-requirements.ts'
import {type Facts, type Instance, isUnreadable, type Role} from '../../model/account.ts'
import {ssmGuide} from '../../model/documentation.ts'
import {hostOf} from '../../model/partition.ts'
import type {Path} from '../../network/path.ts'
import {WALK_KINDS} from '../../network/readings.ts'
import {pathTo} from '../../network/walk.ts'
import type {Remedy} from '../../remedies/core/remedy.ts'
import {networkRemedies} from '../../remedies/network/network-remedies.ts'
import type {Finding} from '../check.ts'
import {faultsOnlyOf, onPathTo} from '../network/hops.ts'
import {actionsIn, boundaryInWords, denialOf, namedPolicy, remedyOfOrganization} from './refused-by.ts'

export const SESSION_KINDS = [...new Set([...WALK_KINDS, ...IDENTITY_KINDS])]
export type SessionFacts = Facts<never, (typeof SESSION_KINDS)[number]>

export const PREREQUISITES = ssmGuide('session-manager-prerequisites')
export const LOGGING = ssmGuide('session-manager-logging')

/** Lines from inside an instance, and what is known about it. */
interface SessionLog {
  readonly facts: SessionFacts
  readonly instance: Instance
  readonly paths: readonly Path[]
  readonly evidence: readonly Signal[]
}

/** What the logs of sessions show beyond what the preferences and the policies explain. */
export function shownInSessions(log: SessionLog, found: readonly Finding[]): readonly Finding[] {
  const denied = deniedInSessions(log)
  const isOfLogs = ({cause}: Finding): boolean => cause.startsWith('session.logs-')
  return [
    ...denied.filter(({cause}) => !found.some((finding) => finding.cause === cause)),
    ...unreachedInSessions(log),
    ...([...found, ...denied].some(isOfLogs) ? [] : unencrypted(log)),
  ]
}

/** The policies of a key or a bucket of another account are not read, but the log of a session shows their denials. */
function deniedInSessions({facts, instance, paths, evidence}: SessionLog): readonly Finding[] {
  const {InstanceId} = instance
  const denied = ofKind(evidence, 'access-denied').filter(({plugin}) => plugin === 'session')
  const of = (cause: string, ...services: readonly string[]): readonly Finding[] => {
    const signals = denied.filter(({service}) => service !== undefined && services.includes(service))
    const actions = actionsIn(signals)
    const signal = denialOf(signals)
    if (signal === undefined) return []
    const remedy =
      remedyOfOrganization(signal, {facts, instance}, actions) ??
      remedyInAccount(facts, identityOf(facts, instance, paths).role, signal, actions)
    return [
      {
        cause,
        certainty: 'likely',
        resource: signal.principal ?? InstanceId,
        message: `AWS refused ${actions.join(', ')} in a session on ${InstanceId}${namedPolicy(signal)}; sessions there end.`,
        evidence: signals.map(lineEvidence),
        actions,
        remedies: [remedy],
      },
    ]
  }
  return [...of('session.kms-denied', 'kms'), ...of('session.logs-denied', 'logs', 's3')]
}

/** Where the preferences could not be read, the log of a session shows which service they require and do not reach. */
function unreachedInSessions({facts, instance, paths, evidence}: SessionLog): readonly Finding[] {
  if (!isUnreadable(facts.SessionPreferences)) return []
  const failed = ofKind(evidence, 'timeout', 'refused', 'unresolved').filter(({plugin}) => plugin === 'session')
  return ['kms', 'logs'].flatMap((service): readonly Finding[] => {
    const signals = failed.filter((signal) => signal.service === service)
    if (signals.length === 0) return []
    const host = hostOf(service, facts)
    const path = paths.find((one) => one.service === service) ?? pathTo(facts, instance, {service, host, port: 443})
    const own = path.verdict === 'blocked' || path.verdict === 'partly' ? faultsOnlyOf(path, paths) : []
    const hops = own.filter(({at}) => at !== 'endpoint-policy')
    if (hops.length === 0) return []
    return [
      {
        cause: `session.${service}-unreachable`,
        certainty: 'likely',
        resource: instance.InstanceId,
        message: `A session on ${instance.InstanceId} called ${host} for its key or its logs and could not reach it.`,
        evidence: [...signals.map(lineEvidence), ...onPathTo(host, hops)],
        remedies: networkRemedies(facts, instance, hops, [service]),
      },
    ]
  })
}

/**
 * The agent ends a session whose logs must be encrypted where it does not find that they are. No reading shows whether
 * a log group is encrypted. The preferences may have changed since.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-logging.html
 */
function unencrypted({facts, instance, paths, evidence}: SessionLog): readonly Finding[] {
  const {InstanceId} = instance
  const {SessionPreferences} = facts
  const inputs = isUnreadable(SessionPreferences) ? undefined : (SessionPreferences[0]?.inputs ?? {})
  const signal = ofKind(evidence, 'logs-unencrypted').findLast(
    ({service}) => inputs === undefined || mustBeEncrypted(inputs, service),
  )
  if (signal === undefined) return []
  const {service} = signal
  const what =
    requirementsOf(inputs ?? {}).find((requirement) => requirement.service === service)?.what ??
    (service === 's3' ? 'the bucket of session logs' : 'the log group of sessions')
  const role = identityOf(facts, instance, paths).role?.RoleName
  const action = service === 's3' ? 's3:GetEncryptionConfiguration' : 'logs:DescribeLogGroups'
  return [
    {
      cause: 'session.logs-denied',
      certainty: 'likely',
      resource: InstanceId,
      message: `A session on ${InstanceId} ended, because the agent did not find that ${what} is encrypted: it is not, it does not exist, or a policy denies ${action}.`,
      evidence: [lineEvidence(signal)],
      remedies: [
        {
          title: `Encrypt ${what}, allow ${action} for ${role === undefined ? 'the role of the node' : `role ${role}`}, or disable the encryption of logs in the session preferences`,
          steps: [],
          docs: LOGGING,
        },
      ],
    },
  ]
}

/** Where the error message does not name the policy, it may be one of the role, or that of the key or the bucket. */
function remedyInAccount(
  facts: SessionFacts,
  role: Role | undefined,
  signal: Signal,
  actions: readonly string[],
): Remedy {
  const {SessionPreferences} = facts
  const {service = ''} = signal
  const name = role === undefined ? 'the role of the node' : `role ${role.RoleName}`
  const inputs = isUnreadable(SessionPreferences) ? {} : (SessionPreferences[0]?.inputs ?? {})
  const required = requirementsOf(inputs).find((requirement) => requirement.service === service)?.what
  const resource = service === 'logs' ? undefined : (required ?? RESOURCES[service])
  return {
    title: `Allow ${actions.join(', ')} ${placeOf(signal, name) ?? (resource === undefined ? `in the policies of ${name}` : `for ${name}, in its policies or in the policy of ${resource}`)}`,
    steps: [],
    docs: service === 'kms' ? PREREQUISITES : LOGGING,
  }
}

function placeOf(signal: Signal, role: string): string | undefined {
  const {refusedBy, service} = signal
  if (refusedBy === 'endpoint-policy') return `in the policy of the VPC endpoint for ${service}`
  if (refusedBy === 'permissions-boundary') return `in ${boundaryInWords(signal, role)}`
  return refusedBy === 'identity-policy' ? `in the policies of ${role}` : undefined
}

const RESOURCES: Readonly<Record<string, string>> = {
  kms: 'the key that encrypts sessions or their logs',
  s3: 'the bucket that receives the session logs',
}
