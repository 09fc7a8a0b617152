import {restartCommand} from '../../agent/commands.ts'
import {dayOf, imageNameOf, imageOf, isAgentPreinstalled} from '../../agent/image.ts'
import {installCommands} from '../../agent/install.ts'
import {agentVersionOf, isOnline} from '../../agent/node.ts'
import {consoleSignals} from '../../agent/output/console.ts'
import {lineEvidence, ofKind, type Signal} from '../../agent/output/signal.ts'
import {isAtLeast} from '../../agent/version.ts'
import {MESSAGES} from '../../iam/capabilities.ts'
import {allowed, type HostManagement, hostManagementOf} from '../../iam/host-management.ts'
import {IDENTITY_KINDS, type Identity, identityOf} from '../../iam/identity.ts'
import {CORE, HOST_MANAGEMENT} from '../../iam/managed-policies.ts'
import {
  actionsOf,
  isEssential,
  isUnallowed,
  missingEssentials,
  type Permission,
  permissionsOf,
} from '../../iam/permissions.ts'
import {suitableIn} from '../../iam/role-candidates.ts'
import {usedBy} from '../../iam/role-usage.ts'
import type {Facts, Instance, Kind, Role} from '../../model/account.ts'
import {isProtectedRole} from '../../model/arn.ts'
import {ssmGuide} from '../../model/documentation.ts'
import {accountIdOf, called} from '../../model/instance.ts'
import {profileAssociationOf} from '../../model/joins.ts'
import type {Path} from '../../network/path.ts'
import {associateInstanceProfile, createInstanceProfile} from '../../remedies/changes/instance-profiles.ts'
import {enableMetadataService} from '../../remedies/changes/instances.ts'
import {restoreHostManagementRole} from '../../remedies/changes/new-roles.ts'
import {attachRolePolicy, grantActions, updateAssumeRolePolicy} from '../../remedies/changes/roles.ts'
import {updateAgent} from '../../remedies/changes/systems-manager.ts'
import {runOnInstance} from '../../remedies/core/on-instance.ts'
import type {Remedy} from '../../remedies/core/remedy.ts'
import {throughNetworkOr} from '../../remedies/iam/denied-calls.ts'
import {lastPart} from '../../util/last-part.ts'
import {inShort} from '../../util/list-in-words.ts'
import {minutesBetween} from '../../util/time.ts'
import {advises, blocks, defineCheck, degrades, type Finding, isFinding, type Note} from '../check.ts'
import {byBoundary, certaintyOf, explicitDenies, reasonsOf} from './permission-findings.ts'
import {undecidedPermissions} from './permission-unknowns.ts'
import {trustNote} from './trust-findings.ts'

const OPTIONAL_KINDS = [
  ...IDENTITY_KINDS,
  'Instances',
  'InstanceImageMetadata',
  'ConsoleOutputs',
  'ConnectionStatuses',
] as const satisfies readonly Kind[]
type HostFacts = Facts<never, (typeof OPTIONAL_KINDS)[number]>
type On = HostManagement & {state: 'on'}

const DOCS = ssmGuide('fleet-manager-default-host-management-configuration')

export const hostManagement = defineCheck({
  id: 'host-management',
  title: 'Default Host Management',
  why: 'Where the instance profile cannot register the node, the agent falls back to the role of Default Host Management Configuration, which has its own prerequisites.',
  causes: {
    'dhmc.role-missing': blocks('a host management role that does not exist', DOCS),
    'dhmc.trust': blocks('a host management role that Systems Manager cannot assume', DOCS),
    'dhmc.permissions': blocks('a host management role without the required permissions', DOCS),
    'dhmc.shadowed': degrades('a profile that registers the node, so host management is not used', DOCS),
    'dhmc.agent-too-old': blocks('an agent too old for host management', DOCS),
    'dhmc.imdsv2': advises('host management without IMDSv2', DOCS),
    'dhmc.registration-lost': blocks('a lost registration for host management', DOCS),
    'dhmc.just-enabled': advises('host management was just enabled', DOCS),
  },
  dependsOn: ['path', 'credentials', 'machine'],
  optionalKinds: OPTIONAL_KINDS,
  run: (facts, instance, paths, evidence): readonly Note[] => {
    const isOff = hostManagementOf(facts, instance, {state: 'none'}).state === 'off'
    const identity = isOff ? undefined : identityOf(facts, instance, paths)
    if (identity === undefined || identity.hostManagement.state === 'off')
      return [{skip: 'Default Host Management Configuration is not enabled in this Region.'}]
    const {profileWorks} = identity
    const host = identity.hostManagement
    const signals = [...consoleSignals(facts, instance), ...evidence]
    const lost = profileWorks === 'yes' ? [] : registrationLost(facts, instance, paths, signals)
    if (host.state === 'unknown')
      return [
        profileWorks === 'yes'
          ? {fact: 'The instance profile registers the node, so host management does not matter.'}
          : {unknown: `Whether host management is enabled could not be read: ${host.because}`, kind: 'ServiceSettings'},
        ...lost,
      ]
    if (profileWorks === 'yes') return shadowed(facts, instance, identity, host, paths)
    if (profileWorks === 'unknown' && identity.credentials !== 'host-management')
      return [
        {
          unknown:
            'Cannot determine whether the agent falls back to host management, because its profile could not be evaluated.',
        },
        ...lost,
      ]
    return [...lost, ...inEffect(facts, instance, host, paths, signals)]
  },
})

/** Every precondition is checked, because each has its own fix. */
function inEffect(
  facts: HostFacts,
  instance: Instance,
  host: On,
  paths: readonly Path[],
  evidence: readonly Signal[],
): readonly Note[] {
  const notes = [
    ...roleNotes(facts, host),
    ...[...trustNotes(facts, instance, host), ...permissionNotes(facts, instance, host, paths)].map((note) =>
      ofRole(facts, host, note),
    ),
    ...agentTooOld(facts, instance, host, evidence),
    ...metadataOff(instance, host),
    ...justEnabled(facts, instance, host),
  ]
  return notes.length > 0 ? notes : [{fact: `Host management gives the agent role ${lastPart(host.roleArn)}.`}]
}

/** What is wrong with a role that only AWS can change is fixed by another role. */
function ofRole(facts: HostFacts, {roleArn}: On, note: Note): Note {
  const isOfRole = isFinding(note) && note.cause.startsWith('dhmc.')
  const other = isOfRole && isProtectedRole(roleArn) ? restoreHostManagementRole(facts, roleArn) : undefined
  return other ? {...note, remedies: [other]} : note
}

function roleNotes(facts: HostFacts, {role, unread, roleArn}: On): readonly Note[] {
  if (role !== undefined) return []
  if (unread !== undefined)
    return [{unknown: `Role ${roleArn} of host management could not be read: ${unread}`, kind: 'Roles'}]
  const remedy = restoreHostManagementRole(facts, roleArn)
  return [
    {
      cause: 'dhmc.role-missing',
      resource: roleArn,
      message: `Host management names role ${roleArn}, which does not exist, so the agent gets no credentials.`,
      evidence: [
        {fact: `the setting names ${roleArn}`, source: 'ssm:GetServiceSetting'},
        {fact: 'the role does not exist', source: 'iam:GetRole'},
      ],
      remedies: remedy ? [remedy] : [],
    },
  ]
}

function trustNotes(facts: HostFacts, instance: Instance, {role, trust}: On): readonly Note[] {
  if (role === undefined || trust === undefined || trust.effect === 'allow') return []
  const common = {service: 'ssm', cause: 'dhmc.trust', partition: facts.Partition, effectOn} as const
  return [trustNote({role, trust}, {...common, hasAlternative: isOnline(facts, instance)})]
}

const effectOn = ({RoleName}: Role) =>
  `Role ${RoleName} applies to every instance in the account and Region that host management manages.`

/** Denied by the role's policies or its boundary; what the organization denies is reported separately. */
const isRoles = ({decision}: Permission) => decision.decision === 'denied' && decision.layer !== 'organization'

function permissionNotes(facts: HostFacts, instance: Instance, {role}: On, paths: readonly Path[]): readonly Note[] {
  if (role === undefined) return []
  const permissions = permissionsOf(facts, {instance, role, credentials: 'host-management'}, paths, false).filter(
    isEssential,
  )
  const missing = permissions.filter(isRoles)
  return missing.length > 0
    ? [missingPermissions(facts, role, missing)]
    : undecidedPermissions(facts, instance, role, permissions)
}

function missingPermissions(facts: HostFacts, role: Role, missing: readonly Permission[]): Finding {
  const registers = !missing.some(({capability}) => capability === 'registration')
  const actions = actionsOf(missing)
  return {
    cause: 'dhmc.permissions',
    severity: registers ? 'degrades' : 'blocks',
    ...certaintyOf(missing),
    resource: role.Arn,
    message: `Role ${role.RoleName} of host management is not authorized to call ${inShort(actions, 'or')}, so the node ${registers ? 'accepts no commands or sessions' : 'cannot register or send heartbeats'}.`,
    evidence: [...new Set(missing.map(({decision}) => decision.because))].map((fact) => ({
      fact,
      source: 'iam:GetRole',
    })),
    distinction: reasonsOf(missing),
    actions,
    remedies: missing.every(isUnallowed)
      ? throughNetworkOr(facts, role, missing, grantActions(facts, role, HOST_MANAGEMENT, actions, effectOn(role)))
      : ([...byBoundary(facts, role, missing), ...explicitDenies(facts, role, missing)][0]?.remedies ?? []),
  }
}

/** Systems Manager knows the version of a registered agent; one that never registered logs and prints it. */
function agentTooOld(facts: HostFacts, instance: Instance, host: On, evidence: readonly Signal[]): readonly Note[] {
  const {version, feature} = host.agent
  const registered = agentVersionOf(facts, instance)
  const logged = evidence.findLast(({kind}) => kind === 'agent-started')
  const found = registered ?? logged?.version
  if (found === undefined) {
    const tooOld = imageTooOld(facts, instance, host)
    return [tooOld ?? {fact: `Host management needs agent ${version}; the version on the instance is not known.`}]
  }
  if (isAtLeast(found, version) !== false) return []
  return [
    {
      cause: 'dhmc.agent-too-old',
      resource: instance.InstanceId,
      message: `The agent on ${called(instance)} is ${found}, too old for ${feature}, which needs ${version}, so the agent gets no credentials.`,
      evidence: [
        registered === undefined && logged
          ? lineEvidence(logged)
          : {fact: `AgentVersion is ${found}`, source: 'ssm:DescribeInstanceInformation'},
      ],
      remedies: [...profileInstead(facts, instance), newAgent(facts, instance, version)],
    },
  ]
}

/** An agent that never registered is most likely still the one of its image. */
function imageTooOld(facts: HostFacts, instance: Instance, {agent}: On): Finding | undefined {
  const {version, imagesSince} = agent
  const day = dayOf(imageOf(facts, instance.InstanceId))
  if (day === undefined || day >= imagesSince || isOnline(facts, instance)) return undefined
  if (isAgentPreinstalled(facts, instance) !== 'yes') return undefined
  const name = imageNameOf(facts, instance)
  return {
    cause: 'dhmc.agent-too-old',
    certainty: 'likely',
    resource: instance.InstanceId,
    message: `Image ${name} of ${called(instance)} is of ${day}, before agent ${version}, which host management needs, was released: unless the agent was updated since, it gets no credentials.`,
    evidence: [{fact: `Image ${name} is of ${day}`, source: 'ec2:DescribeInstanceImageMetadata'}],
    remedies: [...profileInstead(facts, instance), newAgent(facts, instance, version)],
  }
}

/** Only a node that is online takes a command from Systems Manager. */
const newAgent = (facts: HostFacts, instance: Instance, version: string): Remedy =>
  isOnline(facts, instance)
    ? updateAgent(facts, instance, version)
    : runOnInstance(`Update SSM Agent on ${called(instance)}`, installCommands(facts, instance))

/**
 * The role of the instance gets the trust or the permissions that it lacks: another profile would take away those that
 * the workload uses.
 */
function profileInstead(facts: HostFacts, instance: Instance): readonly Remedy[] {
  const {profile} = identityOf(facts, instance)
  if (profile.state === 'role' && allowed(profile.trust) === 'no')
    return [updateAssumeRolePolicy(profile, 'ec2', usedBy(facts, profile.role.Arn))]
  if (profile.state === 'role') return [attachRolePolicy(facts, profile.role, CORE, usedBy(facts, profile.role.Arn))]
  const [suitable] = suitableIn(facts, instance).profiles
  const association = profileAssociationOf(facts, instance)
  if (suitable) return [associateInstanceProfile(instance, suitable, association)]
  const account = accountIdOf(facts, instance)
  return account ? [createInstanceProfile(facts, account, instance, association)] : []
}

/**
 * Right after the boot the line is normal, and while the path to `ssm` is blocked. An agent that prints it last
 * although the path is open has lost its registration.
 */
function registrationLost(
  facts: HostFacts,
  instance: Instance,
  paths: readonly Path[],
  signals: readonly Signal[],
): readonly Finding[] {
  const lines = ofKind(signals, 'not-registered')
  const isOpen = paths.find(({service}) => service === 'ssm')?.verdict === 'open'
  if (lines.length === 0 || !isOpen || isOnline(facts, instance)) return []
  return [
    {
      cause: 'dhmc.registration-lost',
      certainty: 'likely',
      resource: instance.InstanceId,
      message: `The agent on ${called(instance)} requests host management credentials without a registration.`,
      evidence: lines.map(lineEvidence),
      remedies: [
        ...profileInstead(facts, instance),
        runOnInstance('Restart the agent, or launch the instance again if its registration remains lost', [
          restartCommand(facts, instance),
        ]),
      ],
    },
  ]
}

/** A disabled metadata service is a separate fault with its own finding. */
const metadataOff = (instance: Instance, {metadataOff: isOff}: On): readonly Finding[] =>
  isOff
    ? [
        {
          cause: 'dhmc.imdsv2',
          resource: instance.InstanceId,
          message: `Host management works through IMDSv2, and the metadata service of ${called(instance)} is disabled.`,
          evidence: [{fact: 'MetadataOptions.HttpEndpoint is disabled', source: 'ec2:DescribeInstances'}],
          remedies: [enableMetadataService(instance)],
        },
      ]
    : []

const ACTIVATION_MINUTES = 30

function justEnabled(facts: HostFacts, instance: Instance, {setting}: On): readonly Finding[] {
  const {LastModifiedDate} = setting
  if (LastModifiedDate === undefined) return []
  const minutes = minutesBetween(LastModifiedDate, facts.ReadAt)
  if (minutes === undefined || minutes < 0 || minutes >= ACTIVATION_MINUTES) return []
  return [
    {
      cause: 'dhmc.just-enabled',
      resource: instance.InstanceId,
      message: `Host management was changed at ${LastModifiedDate}; agents may take up to ${ACTIVATION_MINUTES} minutes to use it.`,
      evidence: [{fact: `LastModifiedDate is ${LastModifiedDate}`, source: 'ssm:GetServiceSetting'}],
      remedies: [runOnInstance(`Restart the agent on ${called(instance)}`, [restartCommand(facts, instance)])],
    },
  ]
}

/** The agent uses the profile if it can register with it, whatever else is denied. */
function shadowed(
  facts: HostFacts,
  instance: Instance,
  {profile}: Identity,
  host: On,
  paths: readonly Path[],
): readonly Note[] {
  if (profile.state !== 'role') return []
  const {role} = profile
  const missing = missingEssentials(permissionsOf(facts, {instance, role, credentials: 'profile'}, paths, false))
  if (missing.length === 0 || host.works === 'no')
    return [{fact: `The instance profile registers the node, so host management is not used.`}]
  const actions = actionsOf(missing)
  return [
    {
      cause: 'dhmc.shadowed',
      ...certaintyOf(missing),
      resource: role.Arn,
      message: `Role ${role.RoleName} of the instance profile allows ssm:UpdateInstanceInformation but not ${inShort(actions, 'or')}. The agent therefore never falls back to host management, and the node accepts no ${actions.some((action) => MESSAGES.actions.includes(action)) ? 'commands or sessions' : 'sessions'}.`,
      evidence: [
        {fact: `missing: ${actions.join(', ')}`, source: 'iam:GetRole'},
        {fact: `host management names ${host.roleArn}`, source: 'ssm:GetServiceSetting'},
      ],
      actions,
      remedies: grantActions(facts, role, CORE, actions, usedBy(facts, role.Arn)),
    },
  ]
}
