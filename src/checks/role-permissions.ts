import {type Facts, type Instance, isUnreadable, type Kind, type Role} from '../account/account.ts'
import {find} from '../account/joins.ts'
import {needsEc2Messages} from '../agent/legacy-channel.ts'
import {nodeOf} from '../agent/node.ts'
import {bucketArn, CAPABILITIES, managedBuckets} from '../iam/capabilities.ts'
import {isEditable, narrowed} from '../iam/edit.ts'
import {IDENTITY_KINDS, type Identity, identityOf} from '../iam/identity.ts'
import {awsManaged, CORE, DEPRECATED} from '../iam/managed-policies.ts'
import {actionsOf, isEssential, isUnallowed, type Permission, permissionsOf} from '../iam/permissions.ts'
import {isRead, type StatementRef, sourceInWords, statementInWords} from '../iam/policy.ts'
import {mayCall, sourcesOf} from '../iam/role.ts'
import {usedBy} from '../iam/users.ts'
import {wayTo} from '../iam/way.ts'
import {capital, inShort} from '../iam/words.ts'
import type {Path} from '../network/path.ts'
import {attachRolePolicy, detachRolePolicy, replaceRolePolicy} from '../remedies/attach-role-policy.ts'
import {changeServiceControlPolicy} from '../remedies/change-service-control-policy.ts'
import {extendBoundary, narrowPolicy} from '../remedies/create-policy-version.ts'
import {deleteRolePermissionsBoundary} from '../remedies/delete-role-permissions-boundary.ts'
import {allowActions, putRolePolicy} from '../remedies/put-role-policy.ts'
import type {Remedy} from '../remedies/remedy.ts'
import {defineCheck, type Finding, type Note} from './check.ts'

const WISHES = [
  ...IDENTITY_KINDS,
  'Instances',
  'InstanceImageMetadata',
  'ServiceNames',
  'ConnectionStatuses',
] as const satisfies readonly Kind[]
type PermissionFacts = Facts<never, (typeof WISHES)[number]>

const MESSAGE_APIS =
  'https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html'

export const rolePermissions = defineCheck({
  id: 'role-permissions',
  title: 'The role may make the calls that the agent makes',
  why: 'Systems Manager takes the heartbeat, the message channel and the sessions of a node only from a role that is allowed each call by every policy that binds it.',
  causes: {
    'iam.no-registration-permission': {
      title: 'a role that may not register the node',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-troubleshooting-managed-nodes.html',
    },
    'iam.no-message-permission': {
      title: 'a role that may not open the message channel',
      severity: 'degrades',
      docs: MESSAGE_APIS,
    },
    'iam.no-data-channel': {
      title: 'a role that may not open sessions',
      severity: 'degrades',
      docs: MESSAGE_APIS,
    },
    'iam.explicit-deny': {
      title: 'a policy that denies what the agent needs',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html',
    },
    'iam.boundary-blocks': {
      title: 'a permissions boundary that leaves out what the agent needs',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html',
    },
    'iam.scp-blocks': {
      title: 'a service control policy that leaves out what the agent needs',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html',
    },
    'iam.condition-unknown': {
      title: 'a permission that hangs on something AWS does not show',
      severity: 'undecided',
      docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html',
    },
    'iam.deprecated-policy': {
      title: 'a deprecated policy with rights to every bucket',
      severity: 'advises',
      docs: 'https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2RoleforSSM.html',
    },
    'iam.s3-managed-buckets': {
      title: 'a role that may not read the buckets of AWS behind an endpoint',
      severity: 'advises',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html',
    },
  },
  needs: [],
  wishes: WISHES,
  run: (facts, instance, paths) => {
    const identity = identityOf(facts, instance, paths)
    return [
      ...permissionNotes(facts, instance, identity, paths),
      ...deprecated(facts, identity),
      ...managedBucketAdvice(facts, instance, identity, paths),
    ]
  },
})

/** When the profile cannot register the node, host management is what counts, but for the organization that binds both. */
function permissionNotes(
  facts: PermissionFacts,
  instance: Instance,
  identity: Identity,
  paths: readonly Path[],
): readonly Note[] {
  const {profile, hostManagement, profileWorks} = identity
  const needsLegacy = needsEc2Messages(facts, instance) === true
  if (hostManagement.state === 'on' && profileWorks === 'no') {
    const {role} = hostManagement
    if (role === undefined) return [{skip: 'Host management is in effect, and its role is not known.'}]
    const permissions = permissionsOf(facts, instance, role, 'host-management', paths, needsLegacy)
    const organization = byOrganization(role, permissions)
    return organization.length > 0
      ? organization
      : [{known: `Host management with role ${role.RoleName} is in effect, not the instance profile.`}]
  }
  if (profile.state === 'unknown') return [{unsure: `The role is not known: ${profile.because}`, kind: profile.kind}]
  if (profile.state !== 'role') return [{skip: 'No instance profile gives the instance a role.'}]
  const permissions = permissionsOf(facts, instance, profile.role, 'profile', paths, needsLegacy)
  return judge(facts, instance, identity, profile.role, permissions)
}

function judge(
  facts: PermissionFacts,
  instance: Instance,
  {hostManagement, profileWorks}: Identity,
  role: Role,
  permissions: readonly Permission[],
): readonly Note[] {
  const shadowed = hostManagement.state === 'on' && hostManagement.works !== 'no' && profileWorks === 'yes'
  const findings = [
    ...(shadowed ? [] : unallowed(facts, role, permissions)),
    ...explicitDenies(facts, role, permissions),
    ...byBoundary(facts, role, permissions),
    ...byOrganization(role, permissions),
  ].map((finding) =>
    hostManagement.state === 'unknown' && severityOf(finding) === 'blocks'
      ? {...finding, certainty: 'likely' as const}
      : finding,
  )
  return [
    ...findings,
    ...undecided(facts, instance, role, permissions),
    ...further(role, permissions),
    ...(findings.length > 0 || shadowed ? [] : allowedNotes(role, permissions)),
  ]
}

const severityOf = ({severity, cause}: Finding) =>
  severity ?? (cause === 'iam.no-registration-permission' ? 'blocks' : 'degrades')

const isRegistration = ({capability}: Permission): boolean => capability === 'registration'

const severity = (permissions: readonly Permission[]): 'blocks' | 'degrades' =>
  permissions.some(isRegistration) ? 'blocks' : 'degrades'

const listed = (permissions: readonly Permission[]): string => actionsOf(permissions).join(', ')
const shortly = (permissions: readonly Permission[]): string => inShort(actionsOf(permissions))

/** "so there is no …", for the capabilities that are hit. */
function consequence(permissions: readonly Permission[]): string {
  const hit = CAPABILITIES.filter(({id}) => permissions.some(({capability}) => capability === id))
  const [first] = hit
  if (first?.id === 'registration') return 'the node cannot register or keep its heartbeat'
  return `the node has no ${hit.map(({title}) => title).join(', no ')}`
}

/** One fault, however many actions: the role was not given them, and one policy gives them all. */
function unallowed(facts: PermissionFacts, role: Role, permissions: readonly Permission[]): readonly Finding[] {
  const missing = permissions.filter((permission) => isEssential(permission) && isUnallowed(permission))
  if (missing.length === 0) return []
  const cause = missing.some(isRegistration)
    ? 'iam.no-registration-permission'
    : missing.some(({capability}) => capability === 'messages')
      ? 'iam.no-message-permission'
      : 'iam.no-data-channel'
  const effect = usedBy(facts, role.Arn)
  const all = permissions.filter(isUnallowed)
  return [
    {
      cause,
      resource: role.Arn,
      message: `No policy of role ${role.RoleName} allows ${shortly(missing)}, so ${consequence(missing)}.`,
      evidence: [
        {fact: `missing: ${listed(missing)}`, source: 'iam:GetRole'},
        {fact: policiesOf(facts, role), source: 'iam:ListAttachedRolePolicies'},
        ...(all.length > missing.length
          ? [{fact: `also not allowed: ${listed(all.filter((p) => !missing.includes(p)))}`, source: 'iam:GetRole'}]
          : []),
      ],
      remedies: [attachRolePolicy(facts, role, CORE, effect), allowActions(role, actionsOf(missing), effect)],
    },
  ]
}

function policiesOf(facts: PermissionFacts, role: Role): string {
  const {identity} = sourcesOf(facts, role)
  return identity.length === 0
    ? `role ${role.RoleName} has no policy`
    : `role ${role.RoleName} has ${identity.map(sourceInWords).join(', ')}`
}

const key = ({policy, index}: StatementRef) => `${policy} ${index}`

/** A finding for each statement that denies. */
function explicitDenies(facts: PermissionFacts, role: Role, permissions: readonly Permission[]): readonly Finding[] {
  const groups = new Map<string, Permission[]>()
  for (const permission of permissions) {
    const {decision} = permission
    if (decision.decision !== 'denied' || decision.layer !== 'identity' || !decision.explicit) continue
    const place = decision.statement ? key(decision.statement) : ''
    groups.set(place, [...(groups.get(place) ?? []), permission])
  }
  return [...groups.values()].map((group) => denial(facts, role, group))
}

function denial(facts: PermissionFacts, role: Role, group: readonly Permission[]): Finding {
  const decision = group[0]!.decision
  const statement = decision.decision === 'denied' ? decision.statement : undefined
  const where = statement ? statementInWords(statement) : `a policy of role ${role.RoleName}`
  return {
    cause: 'iam.explicit-deny',
    severity: severity(group),
    resource: statement?.kind === 'customer-managed' ? (statement.arn ?? role.Arn) : role.Arn,
    message: `${capital(where)} denies ${shortly(group)} to role ${role.RoleName}, so ${consequence(group)}. No Allow outweighs a Deny.`,
    evidence: [
      {fact: `denied: ${listed(group)}`, source: statement ? 'iam:GetPolicyVersion' : 'iam:SimulatePrincipalPolicy'},
    ],
    remedies: statement ? narrowings(facts, role, statement, actionsOf(group)) : [],
  }
}

/** Cuts the statement back where the account owns it, and takes the policy off the role where it does not. */
function narrowings(
  facts: PermissionFacts,
  role: Role,
  {kind, policy, arn, index}: StatementRef,
  actions: readonly string[],
): readonly Remedy[] {
  const effect = usedBy(facts, role.Arn)
  if (kind === 'inline') {
    const document = role.RolePolicyList.find(({PolicyName}) => PolicyName === policy)?.PolicyDocument
    if (!isEditable(document)) return []
    const title = `Take ${inShort(actions)} out of statement ${index + 1} of inline policy ${policy} of role ${role.RoleName}`
    return [putRolePolicy(role, policy, narrowed(document, index, actions), title, effect)]
  }
  if (arn === undefined) return []
  const owned = kind === 'customer-managed' ? find(facts.Policies, 'Arn', arn) : undefined
  const narrower = owned && narrowPolicy(owned, index, actions, effect)
  return [...(narrower ? [narrower] : []), detachRolePolicy(role, arn, effect)]
}

function byBoundary(facts: PermissionFacts, role: Role, permissions: readonly Permission[]): readonly Finding[] {
  const blocked = permissions.filter(({decision}) => decision.decision === 'denied' && decision.layer === 'boundary')
  const arn = role.PermissionsBoundary?.PermissionsBoundaryArn
  const decision = blocked[0]?.decision
  if (decision === undefined || arn === undefined) return []
  const effect = usedBy(facts, role.Arn)
  const boundary = find(facts.Policies, 'Arn', arn)
  const extended =
    boundary && !arn.includes(':iam::aws:') ? extendBoundary(boundary, actionsOf(blocked), effect) : undefined
  return [
    {
      cause: 'iam.boundary-blocks',
      severity: severity(blocked),
      resource: arn,
      message: `Permissions boundary ${arn} keeps role ${role.RoleName} from ${shortly(blocked)}, so ${consequence(blocked)}.`,
      evidence: [
        {fact: decision.because, source: 'iam:GetPolicyVersion'},
        {fact: `kept back: ${listed(blocked)}`, source: 'iam:GetPolicyVersion'},
      ],
      remedies: [...(extended ? [extended] : []), deleteRolePermissionsBoundary(role, arn, effect)],
    },
  ]
}

function byOrganization(role: Role, permissions: readonly Permission[]): readonly Finding[] {
  const blocked = permissions.filter(
    ({decision}) => decision.decision === 'denied' && decision.layer === 'organization',
  )
  if (blocked.length === 0) return []
  return [
    {
      cause: 'iam.scp-blocks',
      severity: severity(blocked),
      resource: role.Arn,
      message: `The organization does not allow ${shortly(blocked)} to role ${role.RoleName}, so ${consequence(blocked)}. Only an administrator of the organization can change its service control policies.`,
      evidence: blocked.map(({action}) => ({
        fact: `AllowedByOrganizations is false for ${action}`,
        source: 'iam:SimulatePrincipalPolicy',
      })),
      remedies: [changeServiceControlPolicy(role.Arn, actionsOf(blocked))],
    },
  ]
}

/** What a condition or a malformed statement leaves open is a finding; what could not be read is not. */
function undecided(
  facts: PermissionFacts,
  instance: Instance,
  role: Role,
  permissions: readonly Permission[],
): readonly Note[] {
  const open = permissions.filter((p) => isEssential(p) && p.decision.decision === 'unknown')
  const unseen = open.filter((permission) => !isSeen(facts, instance, permission))
  const doubts = unseen.flatMap(({decision}) => (decision.decision === 'unknown' ? decision.doubts : []))
  const texts = (wanted: boolean) =>
    new Set(doubts.filter(({kind}) => (kind === 'unread') === wanted).map(({because}) => because))
  const malformed = malformedIn(facts, role)
  const undecidable = [...new Set([...texts(false), ...malformed])]
  return [
    ...(undecidable.length === 0 ? [] : [conditionUnknown(role, unseen, undecidable)]),
    ...[...texts(true)].map((because) => ({
      unsure: `Whether role ${role.RoleName} may make the agent's calls is open: ${because}.`,
      kind: 'Policies' as const,
    })),
    ...(open.length > unseen.length
      ? [{known: `The node is seen to make ${listed(open.filter((p) => !unseen.includes(p)))}.`}]
      : []),
  ]
}

const conditionUnknown = (role: Role, unseen: readonly Permission[], doubts: readonly string[]): Finding => ({
  cause: 'iam.condition-unknown',
  resource: role.Arn,
  message: `${unseen.length > 0 ? `Whether role ${role.RoleName} may call ${shortly(unseen)} cannot be told` : `A policy of role ${role.RoleName} cannot be judged`}: ${doubts.join('; ')}.`,
  evidence: doubts.map((fact) => ({fact, source: 'iam:GetPolicyVersion'})),
})

/** A heartbeat that arrives, or a channel that stands, answers what a policy leaves open. */
function isSeen(facts: PermissionFacts, instance: Instance, {capability}: Permission): boolean {
  if (nodeOf(facts, instance)?.PingStatus !== 'Online') return false
  if (capability === 'registration') return true
  const status = find(facts.ConnectionStatuses, 'Target', instance.InstanceId)
  return capability === 'messages' && !isUnreadable(status) && status?.Status === 'connected'
}

function malformedIn(facts: PermissionFacts, role: Role): readonly string[] {
  const {identity, boundary} = sourcesOf(facts, role)
  return [...identity, ...(boundary ? [boundary] : [])].flatMap((source) =>
    isRead(source)
      ? source.policy.malformed.map(({index, why}) =>
          index === undefined
            ? `the document of ${sourceInWords(source)} is malformed: it ${why}`
            : `statement ${index + 1} of ${sourceInWords(source)} is malformed: it ${why}`,
        )
      : [],
  )
}

/** A role with the essentials alone is a sound choice; what it goes without is told. */
function further(role: Role, permissions: readonly Permission[]): readonly Note[] {
  return CAPABILITIES.flatMap((capability) => {
    const missing = permissions.filter((p) => p.capability === capability.id && !isEssential(p) && isUnallowed(p))
    return missing.length === 0
      ? []
      : [{known: `Role ${role.RoleName} goes without ${capability.title}: nothing allows ${listed(missing)}.`}]
  })
}

function allowedNotes(role: Role, permissions: readonly Permission[]): readonly Note[] {
  return permissions
    .filter((permission) => isEssential(permission))
    .flatMap(({decision}) =>
      decision.decision === 'allowed' ? [{known: `Role ${role.RoleName}: ${decision.because}.`}] : [],
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

/** Behind an endpoint AWS asks for read access to its buckets in the role too. */
function managedBucketAdvice(
  facts: PermissionFacts,
  instance: Instance,
  {role, credentials}: Identity,
  paths: readonly Path[],
): readonly Finding[] {
  const path = paths.find(({service}) => service === 's3')
  if (role === undefined || !path?.via?.startsWith('vpce-')) return []
  if (credentials !== 'profile' && credentials !== 'host-management') return []
  const holder = {role, credentials, instance}
  const way = wayTo(facts, instance, paths, 's3')
  const missing = managedBuckets(facts.Region)
    .map((bucket) => bucketArn(facts.Partition, bucket))
    .filter((arn) => mayCall(facts, holder, 's3:GetObject', way, arn.replace(/\*$/, 'object')).decision === 'denied')
  if (missing.length === 0) return []
  const document = {
    Version: '2012-10-17',
    Statement: [{Effect: 'Allow', Action: 's3:GetObject', Resource: missing}],
  }
  const title = `Let role ${role.RoleName} read AWS's own buckets for Systems Manager`
  return [
    {
      cause: 'iam.s3-managed-buckets',
      resource: role.Arn,
      message: `S3 is reached through ${path.via}, and role ${role.RoleName} may not read ${missing.join(', ')}. Agent updates, packages and patch baselines come from there.`,
      evidence: [{fact: `s3:GetObject is not allowed on ${missing.join(', ')}`, source: 'iam:GetRole'}],
      remedies: [putRolePolicy(role, 'ssm-managed-buckets', document, title, usedBy(facts, role.Arn))],
    },
  ]
}
