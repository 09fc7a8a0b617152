import {needsEc2Messages} from '../../agent/legacy-channel.ts'
import {isConnected, isOnline} from '../../agent/node.ts'
import {recentDenials} from '../../agent/output/console.ts'
import type {Signal} from '../../agent/output/signal.ts'
import {bucketArn, FURTHER, LEGACY_MESSAGES, managedBuckets} from '../../iam/capabilities.ts'
import {type Identity, identityOf} from '../../iam/identity.ts'
import {awsManaged, CORE, DEPRECATED} from '../../iam/managed-policies.ts'
import {networkContextTo} from '../../iam/network-context.ts'
import {isEssential, isMissing, isUnallowed, type Permission, permissionsOf} from '../../iam/permissions.ts'
import {mayCall, type RoleRef} from '../../iam/role.ts'
import {usedBy} from '../../iam/role-usage.ts'
import type {Instance, Role} from '../../model/account.ts'
import {iamGuide, organizationsGuide, ssmGuide} from '../../model/documentation.ts'
import {isEndpointId} from '../../model/ids.ts'
import type {Path} from '../../network/path.ts'
import {grantActions, putRolePolicy, replaceRolePolicy} from '../../remedies/changes/roles.ts'
import {remediesOfDenial} from '../../remedies/iam/denied-calls.ts'
import {inList} from '../../util/list-in-words.ts'
import {advises, blocks, changedFinding, defineCheck, degrades, type Finding, type Note, undecided} from '../check.ts'
import {
  byBoundary,
  byOrganization,
  explicitDenies,
  listed,
  PERMISSION_KINDS,
  type PermissionFacts,
  unallowed,
} from './permission-findings.ts'
import {deniedToUnreadRole, isUnread, settledByLog, undecidedPermissions} from './permission-unknowns.ts'

const MESSAGE_APIS = ssmGuide('systems-manager-setting-up-messageAPIs')

export const rolePermissions = defineCheck({
  id: 'role-permissions',
  title: 'Role permissions',
  why: 'Systems Manager accepts the heartbeat, the message channel and the sessions of a node only if every policy that applies to its role allows each call.',
  subject: 'both',
  causes: {
    'iam.no-registration-permission': blocks(
      'a role that is not authorized to register the node',
      ssmGuide('fleet-manager-troubleshooting-managed-nodes'),
    ),
    'iam.no-message-permission': degrades('a role that is not authorized to open the message channel', MESSAGE_APIS),
    'iam.no-data-channel': degrades('a role that is not authorized to open sessions', MESSAGE_APIS),
    'iam.explicit-deny': blocks(
      "a policy that denies the agent's calls",
      iamGuide('reference_policies_evaluation-logic'),
    ),
    'iam.boundary-blocks': blocks(
      "a permissions boundary that does not allow the agent's calls",
      iamGuide('access_policies_boundaries'),
    ),
    'iam.scp-blocks': blocks(
      "a policy of the organization that does not allow the agent's calls",
      organizationsGuide('orgs_manage_policies_scps'),
    ),
    'iam.condition-unknown': undecided(
      'a permission that depends on a condition AWS does not expose',
      iamGuide('access_policies_testing-policies'),
    ),
    'iam.deprecated-policy': advises(
      'a deprecated policy with rights to every bucket',
      'https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2RoleforSSM.html',
    ),
    'iam.s3-managed-buckets': advises(
      'a role that is not authorized to read AWS-managed buckets behind an endpoint',
      ssmGuide('ssm-agent-technical-details'),
    ),
  },
  dependsOn: ['credentials', 's3-endpoint'],
  optionalKinds: PERMISSION_KINDS,
  run: (facts, instance, paths, evidence) => {
    const identity = identityOf(facts, instance, paths)
    return [
      ...permissionNotes(facts, instance, identity, paths, evidence),
      ...deprecated(facts, identity),
      ...managedBucketAdvice(facts, instance, identity, paths),
    ]
  },
})

/**
 * If the profile cannot register the node, host management is used, except for organization policies, which apply to
 * both.
 */
function permissionNotes(
  facts: PermissionFacts,
  instance: Instance,
  identity: Identity,
  paths: readonly Path[],
  evidence: readonly Signal[],
): readonly Note[] {
  const {profile, hostManagement, profileWorks, hybridRole} = identity
  if (hybridRole) {
    if (hybridRole.state !== 'role') {
      const denied = deniedToUnreadRole(facts, instance, denialsOf(facts, instance, evidence))
      return denied.length > 0 ? denied : [{skip: 'The service role is not known.'}]
    }
    return notesOnCaller(facts, {instance, role: hybridRole.role, credentials: 'activation'}, identity, paths, evidence)
  }
  if (hostManagement.state === 'on' && profileWorks === 'no') {
    const {role} = hostManagement
    if (role === undefined) return [{skip: 'Host management is in effect, and its role is not known.'}]
    const organization = byOrganization(role, neededBy(facts, {instance, role, credentials: 'host-management'}, paths))
    return organization.length > 0
      ? organization
      : [{fact: `Host management with role ${role.RoleName} is in effect, not the instance profile.`}]
  }
  if (profile.state === 'unknown') {
    const fallsBack = hostManagement.state === 'on' && hostManagement.works !== 'no'
    return [
      ...(fallsBack ? [] : deniedToUnreadRole(facts, instance, denialsOf(facts, instance, evidence))),
      {unknown: `The role is not known: ${profile.because}`, kind: profile.kind},
    ]
  }
  if (profile.state !== 'role') return [{skip: 'No instance profile gives the instance a role.'}]
  return notesOnCaller(facts, {instance, role: profile.role, credentials: 'profile'}, identity, paths, evidence)
}

/** An agent that polls `ec2messages`, in a Region where the existence of the service was not read. */
function legacyNotes(facts: PermissionFacts, caller: RoleRef, paths: readonly Path[]): readonly Note[] {
  if (needsEc2Messages(facts, caller.instance) !== 'unread') return []
  const missing = permissionsOf(facts, caller, paths, true).filter(
    (permission) => permission.capability === LEGACY_MESSAGES.id && permission.decision.decision === 'denied',
  )
  const unknown = `Cannot determine whether Region ${facts.Region} has the service ec2messages, whose calls role ${caller.role.RoleName} does not allow.`
  return missing.length === 0 ? [] : [{unknown, kind: 'ServiceNames'}]
}

const neededBy = (facts: PermissionFacts, caller: RoleRef, paths: readonly Path[]): readonly Permission[] =>
  permissionsOf(facts, caller, paths, needsEc2Messages(facts, caller.instance) === true)

/** Of a node that is online, denials are past, except on a message channel that is closed. */
function denialsOf(facts: PermissionFacts, instance: Instance, evidence: readonly Signal[]): readonly Signal[] {
  if (!isOnline(facts, instance)) return [...recentDenials(facts, instance), ...evidence]
  return isConnected(facts, instance) === false ? evidence.filter(({service}) => service === 'ssmmessages') : []
}

function notesOnCaller(
  facts: PermissionFacts,
  caller: RoleRef,
  {hostManagement, profileWorks}: Identity,
  paths: readonly Path[],
  evidence: readonly Signal[],
): readonly Note[] {
  const {instance, role} = caller
  const needed = neededBy(facts, caller, paths)
  const signals = denialsOf(facts, instance, evidence)
  const permissions =
    signals.length === 0 ? needed : needed.map((permission) => settledByLog(permission, caller, signals))
  const fallsBack = hostManagement.state === 'on' && hostManagement.works !== 'no'
  const shadowed = fallsBack && profileWorks === 'yes'
  const logged = fallsBack || !permissions.some(isUnread) ? [] : deniedToUnreadRole(facts, instance, signals)
  const findings = [
    ...explicitDenies(facts, role, permissions),
    ...(shadowed ? [] : unallowed(facts, role, permissions)),
    ...byBoundary(facts, role, permissions),
    ...byOrganization(role, permissions, signals),
  ].map((finding) =>
    hostManagement.state === 'unknown' && finding.certainty !== 'possible'
      ? changedFinding(finding, {certainty: 'likely'})
      : finding,
  )
  return [
    ...findings,
    ...logged.map((finding) =>
      changedFinding(finding, {
        resource: role.Arn,
        remedies: grantActions(facts, role, CORE, finding.actions ?? [], usedBy(facts, role.Arn)),
      }),
    ),
    ...undecidedPermissions(facts, instance, role, permissions, signals),
    ...optionalNotes(role, permissions),
    ...(findings.length > 0 || shadowed ? [] : allowedNotes(role, permissions)),
    ...legacyNotes(facts, caller, paths),
  ]
}

/** A role with only the essential permissions is fine; what it lacks is listed. */
function optionalNotes(role: Role, permissions: readonly Permission[]): readonly Note[] {
  return FURTHER.flatMap((capability) => {
    const missing = permissions.filter((p) => p.capability === capability.id && isMissing(p))
    return missing.length === 0
      ? []
      : [{fact: `Role ${role.RoleName} does not have the permissions for ${capability.title}: ${listed(missing)}.`}]
  })
}

function allowedNotes(role: Role, permissions: readonly Permission[]): readonly Note[] {
  return permissions
    .filter(isEssential)
    .flatMap(({decision}) =>
      decision.decision === 'allowed' ? [{fact: `Role ${role.RoleName}: ${decision.because}.`}] : [],
    )
}

function deprecated(facts: PermissionFacts, {role}: Identity): readonly Finding[] {
  const arn = awsManaged(facts.Partition, DEPRECATED)
  if (!role?.AttachedManagedPolicies.some(({PolicyArn}) => PolicyArn === arn)) return []
  return [
    {
      cause: 'iam.deprecated-policy',
      resource: role.Arn,
      message: `Role ${role.RoleName} has AmazonEC2RoleforSSM, which AWS has deprecated: it gives read and write access to every S3 bucket.`,
      evidence: [{fact: `${arn} is attached`, source: 'iam:ListAttachedRolePolicies'}],
      remedies: [replaceRolePolicy(facts, role, arn, CORE, usedBy(facts, role.Arn))],
    },
  ]
}

/** Behind an endpoint, AWS requires read access to its buckets in the role as well. */
function managedBucketAdvice(
  facts: PermissionFacts,
  instance: Instance,
  {role, credentials}: Identity,
  paths: readonly Path[],
): readonly Finding[] {
  const path = paths.find(({service}) => service === 's3')
  if (role === undefined || !isEndpointId(path?.via)) return []
  if (credentials !== 'profile' && credentials !== 'host-management') return []
  const roleRef = {role, credentials, instance}
  const network = networkContextTo(facts, instance, paths, 's3')
  const denied = managedBuckets(facts.Region).flatMap((bucket) => {
    const objects = `${bucketArn(facts.Partition, bucket)}/`
    const decision = mayCall(facts, roleRef, 's3:GetObject', network, `${objects}object`)
    return decision.decision === 'denied'
      ? [{action: 's3:GetObject', resources: [`${objects}*`], decision, network}]
      : []
  })
  const [first] = denied
  if (first === undefined) return []
  const missing = denied.flatMap(({resources}) => resources)
  const document = {
    Version: '2012-10-17',
    Statement: [{Effect: 'Allow', Action: 's3:GetObject', Resource: missing}],
  }
  const title = `Allow role ${role.RoleName} to read AWS-managed buckets for Systems Manager`
  return [
    {
      cause: 'iam.s3-managed-buckets',
      resource: role.Arn,
      message: `S3 is reached through ${path.via}, and role ${role.RoleName} is not authorized to read ${inList(missing, 'or')}. They provide agent updates, packages and patch baselines.`,
      evidence: [
        {fact: `s3:GetObject is not allowed on ${missing.join(', ')}`, source: 'iam:GetRole'},
        ...(isUnallowed(first) ? [] : [{fact: first.decision.because, source: 'iam:GetPolicyVersion'}]),
      ],
      get remedies() {
        return remediesOfDenial(facts, role, denied, () => [
          // The buckets are of one Region, and the role may be used in several.
          putRolePolicy(role, `ssm-managed-buckets-${facts.Region}`, document, title, usedBy(facts, role.Arn)),
        ])
      },
    },
  ]
}
