import {lineEvidence, ofKind, type RefusedBy, type Signal} from '../agent/signal.ts'
import {IDENTITY_KINDS, type Identity, identityOf} from '../iam/identity.ts'
import {networkContextTo} from '../iam/network-context.ts'
import {mayCall} from '../iam/role.ts'
import {usedBy} from '../iam/role-usage.ts'
import {actionsOfService} from '../iam/service-actions.ts'
import {
  decisionOn,
  grantedFor,
  mustBeEncrypted,
  requirementsOf,
  type SessionRequirement,
} from '../iam/session-requirements.ts'
import {type Facts, type Instance, isUnreadable, type Role} from '../model/account.ts'
import {accountOf} from '../model/arn.ts'
import {ssmGuide} from '../model/documentation.ts'
import {SESSION_DOCUMENT} from '../model/kinds.ts'
import {hostOf} from '../model/partition.ts'
import type {Path} from '../network/path.ts'
import {WALK_KINDS} from '../network/readings.ts'
import {pathTo} from '../network/walk.ts'
import {putRolePolicy} from '../remedies/changes/roles.ts'
import type {Remedy} from '../remedies/core/remedy.ts'
import {networkRemedies} from '../remedies/plans/network-remedies.ts'
import {defineCheck, degrades, type Finding, isFinding, type Note, unknownNote} from './check.ts'
import {faultsOnlyOf} from './hops.ts'
import {type DecidedCall, reasonsOf, remediesOfDenial} from './permission-findings.ts'
import {POLICY_IN_WORDS, remedyOfOrganization} from './refused-by.ts'

const OPTIONAL_KINDS = [...new Set([...WALK_KINDS, ...IDENTITY_KINDS])]
const DOCUMENT = `ssm:GetDocument ${SESSION_DOCUMENT}`
const PREREQUISITES = ssmGuide('session-manager-prerequisites')
const LOGGING = ssmGuide('session-manager-logging')
const ENDPOINTS = ssmGuide('setup-create-vpc')

type SessionFacts = Facts<never, (typeof OPTIONAL_KINDS)[number]>
/** Preferences apply to every session of the account in the Region, even for instances they were not meant for. */
export const sessionPreferences = defineCheck({
  id: 'session-preferences',
  title: 'Session preferences',
  why: 'Session preferences make the agent call KMS, CloudWatch Logs or S3; where it cannot, sessions fail or stall.',
  subject: 'both',
  causes: {
    'session.kms-denied': degrades('a session key that the role is not authorized to use', PREREQUISITES),
    'session.kms-unreachable': degrades('no path to KMS', ENDPOINTS),
    'session.logs-denied': degrades('session logs that the role is not authorized to write', LOGGING),
    'session.logs-unreachable': degrades('no path to CloudWatch Logs', ENDPOINTS),
  },
  dependsOn: ['path', 'credentials'],
  optionalKinds: OPTIONAL_KINDS,
  decidedBy: ['SessionPreferences', ...IDENTITY_KINDS],
  run: (facts, instance, paths, evidence) => {
    const denied = deniedInSessions(facts, instance, paths, evidence)
    const notes = required(facts, instance, paths)
    const found = notes.filter(isFinding)
    const isOfLogs = ({cause}: Finding): boolean => cause.startsWith('session.logs-')
    const unexplained = [
      ...denied.filter(({cause}) => !found.some((finding) => finding.cause === cause)),
      ...unreachedInSessions(facts, instance, paths, evidence),
      ...([...found, ...denied].some(isOfLogs) ? [] : unencrypted(facts, instance, paths, evidence)),
    ]
    return unexplained.length > 0 ? [...notes.filter((note) => !('skip' in note)), ...unexplained] : notes
  },
})

function required(facts: SessionFacts, instance: Instance, paths: readonly Path[]): readonly Note[] {
  if (isUnreadable(facts.SessionPreferences))
    return [
      {
        unknown: `Cannot determine what the session preferences require: ${facts.SessionPreferences.unreadable}`,
        kind: 'SessionPreferences',
      },
    ]
  const requirements = requirementsOf(facts.SessionPreferences[0]?.inputs ?? {})
  if (requirements.length === 0) return [{skip: 'The session preferences require neither a key nor logs.'}]
  const identity = identityOf(facts, instance, paths)
  const notes = requirements.flatMap((requirement) => [
    ...permissions(facts, instance, paths, identity, requirement),
    ...reach(facts, instance, paths, requirement),
  ])
  return notes.length > 0 ? notes : [{fact: `The role may use ${requirements.map(({what}) => what).join(' and ')}.`}]
}

/** The policies of a key or a bucket of another account are not read, but the log of a session shows their denials. */
function deniedInSessions(
  facts: SessionFacts,
  instance: Instance,
  paths: readonly Path[],
  evidence: readonly Signal[],
): readonly Finding[] {
  const {InstanceId} = instance
  const denied = ofKind(evidence, 'access-denied').filter(({line}) => line.includes('ssm-session-worker'))
  const of = (cause: string, ...services: readonly string[]): readonly Finding[] => {
    const signals = denied.filter(({service}) => service !== undefined && services.includes(service))
    const actions = [...new Set(signals.flatMap(({action}) => action ?? []))]
    const [signal] = signals
    if (signal === undefined) return []
    const {refusedBy, principal} = signal
    const why = refusedBy === undefined ? '' : `, and its error message names ${POLICY_IN_WORDS[refusedBy]}`
    const remedy =
      remedyOfOrganization(refusedBy, signal, {facts, instance}, actions) ??
      remedyInAccount(facts, identityOf(facts, instance, paths).role, signal, actions)
    return [
      {
        cause,
        certainty: 'likely',
        resource: principal ?? InstanceId,
        message: `AWS refused ${actions.join(', ')} in a session on ${InstanceId}${why}; sessions there end.`,
        evidence: signals.map(lineEvidence),
        actions,
        remedies: [remedy],
      },
    ]
  }
  return [...of('session.kms-denied', 'kms'), ...of('session.logs-denied', 'logs', 's3')]
}

/** Where the preferences could not be read, the log of a session shows which service they require and do not reach. */
function unreachedInSessions(
  facts: SessionFacts,
  instance: Instance,
  paths: readonly Path[],
  evidence: readonly Signal[],
): readonly Finding[] {
  if (!isUnreadable(facts.SessionPreferences)) return []
  const failed = ofKind(evidence, 'timeout', 'refused', 'unresolved').filter(({line}) =>
    line.includes('ssm-session-worker'),
  )
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
        evidence: [
          ...signals.map(lineEvidence),
          ...hops.map(({because, direction}) => ({fact: because, source: `the ${direction} on the path to ${host}`})),
        ],
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
function unencrypted(
  facts: SessionFacts,
  instance: Instance,
  paths: readonly Path[],
  evidence: readonly Signal[],
): readonly Finding[] {
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
  {refusedBy, service = ''}: Signal,
  actions: readonly string[],
): Remedy {
  const {SessionPreferences} = facts
  const name = role === undefined ? 'the role of the node' : `role ${role.RoleName}`
  const inputs = isUnreadable(SessionPreferences) ? {} : (SessionPreferences[0]?.inputs ?? {})
  const required = requirementsOf(inputs).find((requirement) => requirement.service === service)?.what
  const resource = service === 'logs' ? undefined : (required ?? RESOURCES[service])
  return {
    title: `Allow ${actions.join(', ')} ${placeOf(refusedBy, name, service) ?? (resource === undefined ? `in the policies of ${name}` : `for ${name}, in its policies or in the policy of ${resource}`)}`,
    steps: [],
    docs: service === 'kms' ? PREREQUISITES : LOGGING,
  }
}

function placeOf(refusedBy: RefusedBy | undefined, role: string, service: string): string | undefined {
  if (refusedBy === 'endpoint-policy') return `in the policy of the VPC endpoint for ${service}`
  if (refusedBy === 'permissions-boundary') return `in the permissions boundary of ${role}`
  return refusedBy === 'identity-policy' ? `in the policies of ${role}` : undefined
}

const RESOURCES: Readonly<Record<string, string>> = {
  kms: 'the key that encrypts sessions or their logs',
  s3: 'the bucket that receives the session logs',
}

function permissions(
  facts: SessionFacts,
  instance: Instance,
  paths: readonly Path[],
  identity: Identity,
  requirement: SessionRequirement,
): readonly Note[] {
  const {role, credentials} = identity
  if (credentials === 'none') return []
  if (role === undefined || credentials === 'unknown')
    return [{unknown: `Whether the agent may use ${requirement.what} is not known: ${identity.because}.`}]
  const network = networkContextTo(facts, instance, paths, requirement.service)
  const account = accountOf(role.Arn)
  const decisions = requirement.calls(facts, account).map(
    (needed): DecidedCall => ({
      action: needed.action,
      ...(!isKnownByName(needed.action) && {resources: grantedFor(requirement.grant(facts, account), [needed.action])}),
      decision: decisionOn(needed, (resource) =>
        mayCall(facts, {role, credentials, instance}, needed.action, network, resource),
      ),
    }),
  )
  const denied = decisions.filter(({decision}) => decision.decision === 'denied')
  if (denied.length > 0) return [denial(facts, role, requirement, denied)]
  return decisions.flatMap(({decision}) =>
    decision.decision === 'unknown'
      ? [{unknown: `Whether role ${role.RoleName} may use ${requirement.what} is not known: ${decision.because}.`}]
      : [],
  )
}

/** A Deny of a service whose actions are known loses the action alone; one of another service exempts the resource. */
const isKnownByName = (action: string): boolean => actionsOfService(action.split(':')[0] ?? '') !== undefined

/** A policy of the key or the bucket would not override a Deny. */
function denial(
  facts: SessionFacts,
  role: Role,
  requirement: SessionRequirement,
  denied: readonly DecidedCall[],
): Finding {
  const actions = denied.map(({action}) => action)
  const isExplicit = denied.some(({decision}) => decision.decision === 'denied' && decision.statement !== undefined)
  return {
    cause: requirement.denied,
    certainty: isExplicit || requirement.ownPolicy(accountOf(role.Arn)) !== 'may' ? 'proven' : 'likely',
    resource: role.Arn,
    message: `The session preferences require ${requirement.what}, and role ${role.RoleName} is not authorized to call ${actions.join(', ')}, so ${requirement.whenDenied(actions)}.`,
    evidence: [
      {fact: `The preferences name ${requirement.what}`, source: DOCUMENT},
      ...denied.map(({decision}) => ({fact: decision.because, source: 'iam:GetRole and its policies'})),
    ],
    distinction: reasonsOf(denied),
    remedies: remediesOfDenial(facts, role, denied, () => [grant(facts, role, requirement)]),
  }
}

function grant(
  facts: SessionFacts,
  role: Role,
  {service, what, ownPolicy, ...requirement}: SessionRequirement,
): Remedy {
  const account = accountOf(role.Arn)
  const document = {Version: '2012-10-17', Statement: requirement.grant(facts, account)}
  const title = `Allow role ${role.RoleName} to use ${what}`
  const effect = usedBy(facts, role.Arn)
  const alsoNeeded = ' The key belongs to another account, so its key policy must allow the role too.'
  return putRolePolicy(
    role,
    `session-${service}`,
    document,
    title,
    ownPolicy(account) === 'must' ? `${effect}${alsoNeeded}` : effect,
  )
}

/** What also blocks the agent from Systems Manager, or the policy of an endpoint, is reported by its own check. */
function reach(
  facts: SessionFacts,
  instance: Instance,
  paths: readonly Path[],
  requirement: SessionRequirement,
): readonly Note[] {
  const path = paths.find(({service}) => service === requirement.service)
  if (path === undefined || requirement.unreachable === undefined || path.verdict === 'open') return []
  if (path.verdict === 'unknown') {
    const open = path.hops.find(({verdict}) => verdict === 'unknown')
    const unknown = `Whether ${path.host} can be reached is not known${open ? `: ${open.because}` : '.'}`
    return [unknownNote(unknown, open?.unread)]
  }
  const own = faultsOnlyOf(path, paths).filter(({at}) => at !== 'endpoint-policy')
  if (own.length === 0) return []
  return [
    {
      cause: requirement.unreachable,
      resource: instance.InstanceId,
      message: `The session preferences require ${requirement.what}, and the instance cannot reach ${path.host}, so ${requirement.whenUnreachable}.`,
      evidence: [
        {fact: `The preferences name ${requirement.what}`, source: DOCUMENT},
        ...own.map(({because, direction}) => ({fact: because, source: `the ${direction} on the path to ${path.host}`})),
      ],
      remedies: networkRemedies(facts, instance, own, [requirement.service]),
    },
  ]
}
