import {restartCommand} from '../../agent/commands.ts'
import {agentVersionOf, isOnline, nodeOf} from '../../agent/node.ts'
import {consoleSignals} from '../../agent/output/console.ts'
import {lineEvidence, ofKind, type Signal} from '../../agent/output/signal.ts'
import {isAtLeast, MINIMUMS} from '../../agent/version.ts'
import {HOST_MANAGEMENT_ROLE} from '../../iam/host-management.ts'
import {IDENTITY_KINDS, type Identity, identityOf} from '../../iam/identity.ts'
import type {ProfileState} from '../../iam/profile.ts'
import {changesSinceLastPing} from '../../iam/recent-changes.ts'
import {readableRoles, rolesNamed} from '../../iam/role.ts'
import {suitableIn} from '../../iam/role-candidates.ts'
import {usedBy} from '../../iam/role-usage.ts'
import {trustsEc2} from '../../iam/trust.ts'
import {type Facts, type Instance, isUnreadable, type Kind} from '../../model/account.ts'
import {accountOf} from '../../model/arn.ts'
import {ec2Api, iamGuide, ssmGuide} from '../../model/documentation.ts'
import {accountIdOf, called, calledFirst} from '../../model/instance.ts'
import {profileAssociationOf} from '../../model/joins.ts'
import {allWith} from '../../model/lists.ts'
import {
  addRoleToInstanceProfile,
  associateInstanceProfile,
  createInstanceProfile,
  recreateInstanceProfile,
} from '../../remedies/changes/instance-profiles.ts'
import {enableHostManagement, registerHostManagement} from '../../remedies/changes/new-roles.ts'
import {runOnInstance} from '../../remedies/core/on-instance.ts'
import type {Remedy} from '../../remedies/core/remedy.ts'
import {lastPart} from '../../util/last-part.ts'
import {advises, blocks, defineCheck, type Finding, inMessage, type Note} from '../check.ts'

const OPTIONAL_KINDS = [
  ...IDENTITY_KINDS,
  'Instances',
  'InstanceImageMetadata',
  'ConsoleOutputs',
] as const satisfies readonly Kind[]
type ProfileCheckFacts = Facts<never, (typeof OPTIONAL_KINDS)[number]>

const TROUBLE = iamGuide('troubleshoot_iam-ec2')
const PERMISSIONS = ssmGuide('setup-instance-permissions')

export const instanceProfile = defineCheck({
  id: 'instance-profile',
  title: 'Instance profile',
  why: 'The agent signs every call with the credentials of the instance profile, or with those of Default Host Management Configuration.',
  causes: {
    'iam.no-profile': blocks('no instance profile', ssmGuide('fleet-manager-troubleshooting-managed-nodes')),
    'iam.profile-missing': blocks('an instance profile that was deleted', TROUBLE),
    'iam.profile-recreated': blocks('an instance profile that was deleted and created again', TROUBLE),
    'iam.profile-empty': blocks('an instance profile without a role', TROUBLE),
    'iam.association-transition': advises(
      'a profile association that is still changing',
      ec2Api('API_IamInstanceProfileAssociation'),
    ),
    'iam.recent-change': advises('the IAM identity changed while the agent was backing off', PERMISSIONS),
  },
  dependsOn: ['credentials', 'machine'],
  optionalKinds: OPTIONAL_KINDS,
  run: (facts, instance, paths, evidence) => {
    const identity = identityOf(facts, instance, paths)
    return [
      ...profileNotes(facts, instance, identity),
      ...transition(facts, instance),
      ...recentChange(facts, instance, identity, [...consoleSignals(facts, instance), ...evidence]),
    ]
  },
})

/** A fault of the profile counts if host management is not used instead, and is only likely if that is unknown. */
function profileNotes(
  facts: ProfileCheckFacts,
  instance: Instance,
  {profile, hostManagement}: Identity,
): readonly Note[] {
  if (profile.state === 'unknown')
    return [{unknown: `The instance profile could not be judged: ${profile.because}`, kind: profile.kind}]
  if (profile.state === 'role')
    return [{fact: `Instance profile ${profile.profile.InstanceProfileName} holds role ${profile.role.RoleName}.`}]
  if (profile.state === 'none' && isAssociating(facts, instance))
    return [{unknown: `The profile that is being associated with ${instance.InstanceId} is not active yet.`}]
  if (hostManagement.state === 'on')
    return [{fact: `${sentenceOf(profile, instance)}; host management takes its place.`}]
  return [fault(facts, instance, profile, hostManagement.state === 'unknown')]
}

type Faulty = Exclude<ProfileState, {state: 'role' | 'unknown'}>

const CAUSES: Record<Faulty['state'], string> = {
  none: 'iam.no-profile',
  missing: 'iam.profile-missing',
  recreated: 'iam.profile-recreated',
  empty: 'iam.profile-empty',
}

function sentenceOf(profile: Faulty, {InstanceId}: Instance): string {
  switch (profile.state) {
    case 'none':
      return `${calledFirst({InstanceId})} has no instance profile`
    case 'missing':
      return `Instance profile ${profile.arn} of ${called({InstanceId})} does not exist`
    case 'recreated':
      return `${InstanceId} holds instance profile ${profile.attachedId}, which was deleted; the profile now named ${profile.profile.InstanceProfileName} is ${profile.profile.InstanceProfileId ?? profile.profile.Arn}`
    case 'empty':
      return `Instance profile ${profile.profile.InstanceProfileName} holds no role`
  }
}

function fault(facts: ProfileCheckFacts, instance: Instance, profile: Faulty, likely: boolean): Finding {
  return {
    cause: CAUSES[profile.state],
    ...(likely ? {certainty: 'likely'} : {}),
    resource: resourceOf(profile, instance),
    message: `${sentenceOf(profile, instance)}, so the agent has no credentials to register with.`,
    evidence: [
      inMessage(
        sentenceOf(profile, instance),
        profile.state === 'none' ? 'ec2:DescribeInstances' : 'iam:GetInstanceProfile',
      ),
      {
        fact: likely
          ? 'whether host management is enabled could not be read'
          : 'Default Host Management Configuration is not enabled',
        source: 'ssm:GetServiceSetting',
      },
    ],
    remedies: remediesFor(facts, instance, profile),
  }
}

const resourceOf = (profile: Faulty, {InstanceId}: Instance): string =>
  profile.state === 'missing' ? profile.arn : profile.state === 'none' ? InstanceId : profile.profile.Arn

const associationsOf = ({IamInstanceProfileAssociations}: ProfileCheckFacts, {InstanceId}: Instance) =>
  allWith(IamInstanceProfileAssociations, 'InstanceId', InstanceId)

function remediesFor(facts: ProfileCheckFacts, instance: Instance, profile: Faulty): readonly Remedy[] {
  const suitable = suitableIn(facts, instance)
  const association = profileAssociationOf(facts, instance)
  const again = profile.state === 'recreated' ? [associateInstanceProfile(instance, profile.profile, association)] : []
  const recreated = profile.state === 'missing' ? recreations(facts, instance, profile.arn) : []
  const roleRemedies = profile.state === 'empty' ? profileRoles(facts, profile.profile, suitable.roles) : []
  const other = suitable.profiles.find(({Arn}) => profile.state !== 'recreated' || Arn !== profile.profile.Arn)
  const others = other ? [associateInstanceProfile(instance, other, association)] : []
  const account =
    accountIdOf(facts, instance) ?? accountOf(instance.IamInstanceProfile?.Arn ?? readableRoles(facts)[0]?.Arn ?? '')
  const created =
    others.length > 0 || account === '' ? [] : [createInstanceProfile(facts, account, instance, association)]
  return [...again, ...recreated, ...roleRemedies, ...others, ...created, ...hostManagement(facts, instance, account)]
}

/** The role with the name of a deleted profile is most often the one it had; the workload needs its permissions too. */
const recreations = (facts: ProfileCheckFacts, instance: Instance, arn: string): readonly Remedy[] =>
  rolesNamed(facts, lastPart(arn))
    .filter((role) => trustsEc2(role)(facts).effect === 'allow')
    .map((role) => recreateInstanceProfile(arn, role, instance, profileAssociationOf(facts, instance)))

/** The role with the name of the profile comes first: most often it is the intended one. */
function profileRoles(
  facts: ProfileCheckFacts,
  profile: Extract<Faulty, {state: 'empty'}>['profile'],
  suitable: ReturnType<typeof suitableIn>['roles'],
): readonly Remedy[] {
  const named = rolesNamed(facts, profile.InstanceProfileName)[0]
  const role = named ?? suitable[0]
  return role ? [addRoleToInstanceProfile(profile, role, usedBy(facts, role.Arn))] : []
}

function hostManagement(facts: ProfileCheckFacts, instance: Instance, account: string): readonly Remedy[] {
  const isTooOld = isAtLeast(agentVersionOf(facts, instance), MINIMUMS.hostManagement.version) === false
  if (account === '' || isTooOld || isUnreadable(facts.ServiceSettings)) return []
  const exists = rolesNamed(facts, HOST_MANAGEMENT_ROLE).some(({Arn}) =>
    Arn.endsWith(`:role/service-role/${HOST_MANAGEMENT_ROLE}`),
  )
  const enable = enableHostManagement(facts, account, exists)
  return exists ? [enable] : [registerHostManagement(facts.Partition, account), enable]
}

const isAssociating = (facts: ProfileCheckFacts, instance: Instance): boolean =>
  associationsOf(facts, instance).some(({State}) => State === 'associating')

function transition(facts: ProfileCheckFacts, instance: Instance): readonly Finding[] {
  return associationsOf(facts, instance)
    .filter(({State}) => State === 'associating' || State === 'disassociating')
    .map(({AssociationId, IamInstanceProfile, State}) => ({
      cause: 'iam.association-transition',
      resource: instance.InstanceId,
      message: `Association ${AssociationId} of ${IamInstanceProfile?.Arn ?? 'the instance profile'} with ${instance.InstanceId} is ${State}; the credentials change when it completes.`,
      evidence: [{fact: `State is ${State}`, source: 'ec2:DescribeIamInstanceProfileAssociations'}],
    }))
}

/** The agent waits up to an hour after a failure, so changes since its last ping take effect only then. */
function recentChange(
  facts: ProfileCheckFacts,
  instance: Instance,
  identity: Identity,
  signals: readonly Signal[],
): readonly Finding[] {
  const {profile} = identity
  const changes = changesSinceLastPing(facts, instance, () => (profile.state === 'role' ? profile.role : undefined))
  const what = changes.map(({fact}) => fact).join('; ')
  const isLaunch = nodeOf(facts, instance)?.LastPingDateTime === undefined
  const change: Pick<Finding, 'certainty' | 'message' | 'evidence'> | undefined =
    changes.length === 0
      ? replacedRole(facts, instance, identity, signals)
      : {
          message: `${what}, after ${isLaunch ? `${instance.InstanceId} was launched` : 'the last ping'}.`,
          evidence: changes.map(({fact, source}) => ({fact, source})),
        }
  if (change === undefined) return []
  return [
    {
      cause: 'iam.recent-change',
      resource: instance.InstanceId,
      ...change,
      message: `${change.message} The agent may wait up to an hour before it retries; restart it to retry immediately.`,
      remedies: [runOnInstance(`Restart the agent on ${instance.InstanceId}`, [restartCommand(facts, instance)])],
    },
  ]
}

/**
 * EC2 names the session of an instance's credentials after the instance. A denial in such a session of another role
 * shows the credentials that the agent had before; when the role of a profile was replaced is not shown by IAM.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html
 */
function replacedRole(
  facts: ProfileCheckFacts,
  instance: Instance,
  {profile, hostManagement}: Identity,
  signals: readonly Signal[],
): Pick<Finding, 'certainty' | 'message' | 'evidence'> | undefined {
  const {InstanceId} = instance
  const signal = ofKind(signals, 'access-denied').findLast(({principal}) => principal !== undefined)
  const [, name, session] = /:assumed-role\/([^/]+)\/(.+)$/.exec(signal?.principal ?? '') ?? []
  if (signal === undefined || session !== InstanceId || isOnline(facts, instance)) return undefined
  if (profile.state !== 'role' || profile.role.RoleName === name) return undefined
  if (hostManagement.state === 'on' && lastPart(hostManagement.roleArn) === name) return undefined
  return {
    certainty: 'likely',
    message: `AWS denied ${signal.action ?? 'a call of the agent'} on ${InstanceId} to role ${name}, and its instance profile holds role ${profile.role.RoleName}, so the role was most likely replaced since then.`,
    evidence: [
      lineEvidence(signal),
      {
        fact: `${profile.profile.InstanceProfileName} holds role ${profile.role.RoleName}`,
        source: 'iam:GetInstanceProfile',
      },
    ],
  }
}
