import {IDENTITY_KINDS, type Identity, identityOf} from '../../iam/identity.ts'
import {networkContextTo} from '../../iam/network-context.ts'
import {mayCall} from '../../iam/role.ts'
import {usedBy} from '../../iam/role-usage.ts'
import {decisionOn, grantedFor, requirementsOf, type SessionRequirement} from '../../iam/session-requirements.ts'
import {type Instance, isUnreadable, type Role} from '../../model/account.ts'
import {accountOf} from '../../model/arn.ts'
import {ssmGuide} from '../../model/documentation.ts'
import {SESSION_DOCUMENT} from '../../model/kinds.ts'
import type {Path} from '../../network/path.ts'
import {putRolePolicy} from '../../remedies/changes/roles.ts'
import {contactOwner} from '../../remedies/core/change.ts'
import type {Remedy} from '../../remedies/core/remedy.ts'
import {type DecidedCall, remediesOfDenial} from '../../remedies/iam/denied-calls.ts'
import {networkRemedies} from '../../remedies/network/network-remedies.ts'
import {inList} from '../../util/list-in-words.ts'
import {defineCheck, degrades, type Finding, isFinding, type Note, unknownNote} from '../check.ts'
import {faultsOnlyOf, onPathTo} from '../network/hops.ts'
import {reasonsOf} from './permission-findings.ts'
import {LOGGING, PREREQUISITES, SESSION_KINDS, type SessionFacts, shownInSessions} from './session-log.ts'

const DOCUMENT = `ssm:GetDocument ${SESSION_DOCUMENT}`
const ENDPOINTS = ssmGuide('setup-create-vpc')

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
  optionalKinds: SESSION_KINDS,
  decidedBy: ['SessionPreferences', ...IDENTITY_KINDS],
  run: (facts, instance, paths, evidence) => {
    const notes = required(facts, instance, paths)
    const unexplained = shownInSessions({facts, instance, paths, evidence}, notes.filter(isFinding))
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
    ...(isOfOtherRegion(facts, requirement)
      ? [unusable(facts, requirement)]
      : permissions(facts, instance, paths, identity, requirement)),
    ...reach(facts, instance, paths, requirement),
  ])
  return notes.length > 0 ? notes : [{fact: `The role may use ${requirements.map(({what}) => what).join(' and ')}.`}]
}

const isOfOtherRegion = ({Region}: SessionFacts, {region = ''}: SessionRequirement): boolean =>
  region !== '' && region !== Region

/**
 * The agent calls KMS in the Region of the node, where the ARN of a key in another one is invalid.
 * https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
 */
const unusable = ({Region}: SessionFacts, {denied: cause, what, whenDenied}: SessionRequirement): Finding => ({
  cause,
  certainty: 'likely',
  resource: SESSION_DOCUMENT,
  message: `The session preferences of ${Region} name ${what}, and KMS accepts only keys of its own Region, so ${whenDenied([])}.`,
  evidence: [{fact: `The preferences name ${what}`, source: DOCUMENT}],
  remedies: [
    contactOwner(`Name a key of ${Region} in the session preferences, document ${SESSION_DOCUMENT}`, PREREQUISITES),
  ],
})

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
      ...(needed.resource !== '*' && {resources: grantedFor(requirement.grant(facts, account), [needed.action])}),
      decision: decisionOn(needed, (resource) =>
        mayCall(facts, {role, credentials, instance}, needed.action, network, resource),
      ),
      network,
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
    message: `The session preferences require ${requirement.what}, and role ${role.RoleName} is not authorized to call ${inList(actions, 'or')}, so ${requirement.whenDenied(actions)}.`,
    evidence: [
      {fact: `The preferences name ${requirement.what}`, source: DOCUMENT},
      ...denied.map(({decision}) => ({fact: decision.because, source: 'iam:GetRole and its policies'})),
    ],
    distinction: reasonsOf(denied),
    remedies: remediesOfDenial(facts, role, denied, () => [grant(facts, role, requirement)]),
  }
}

/** Keys and log groups are of one Region, and a role may be used in several: each has a policy of its own. */
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
    `session-${service}-${facts.Region}`,
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
      message: `The session preferences require ${requirement.what}, and ${instance.InstanceId} cannot reach ${path.host}, so ${requirement.whenUnreachable}.`,
      evidence: [{fact: `The preferences name ${requirement.what}`, source: DOCUMENT}, ...onPathTo(path.host, own)],
      remedies: networkRemedies(facts, instance, own, [requirement.service]),
    },
  ]
}
