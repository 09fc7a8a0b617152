import {profileNamed} from '../../iam/profile.ts'
import {rolesNamed} from '../../iam/role.ts'
import type {Account, PolicyDocument, Role} from '../../model/account.ts'
import {set} from '../../model/effect.ts'
import {find} from '../../model/lists.ts'
import {addRole, inProfile} from '../../remedies/changes/instance-profiles.ts'
import {setDocument} from '../../remedies/changes/policies.ts'
import {attachPolicy, changeBoundary, changeInline, changeTrust, detachPolicy} from '../../remedies/changes/roles.ts'
import {inverse} from '../../remedies/core/change.ts'
import type {ChangeEvent} from '../event.ts'
import {documentIn, flagIn, type Parameters, partIn, textIn} from '../parameters.ts'
import {formerly, NOTHING, type Reversal, type Revert, type RevertContext} from './context.ts'
import {none, placeNamedBy, revertSetting} from './setting.ts'

const roleNamed = (account: Account, name = ''): Role | undefined => rolesNamed(account, name)[0]

const roleOf = ({account, event}: RevertContext): Role | undefined =>
  roleNamed(account, textIn(event.request, 'roleName'))

const isOf = ({request}: ChangeEvent, role: Role): boolean => textIn(request, 'roleName') === role.RoleName

const attachment =
  (isAttached: boolean): Revert =>
  (context) => {
    const role = roleOf(context)
    const PolicyArn = textIn(context.event.request, 'policyArn')
    if (!role || PolicyArn === undefined) return undefined
    if (isAttached && wasAttached(context, role, PolicyArn)) return NOTHING
    return {change: isAttached ? detachPolicy(role, PolicyArn) : attachPolicy(role, PolicyArn)}
  }

/** Attaching what is attached succeeds and changes nothing. */
const wasAttached = ({older}: RevertContext, role: Role, arn: string): boolean =>
  formerly(older, (event) =>
    isOf(event, role) && textIn(event.request, 'policyArn') === arn && /^(?:At|De)tachRolePolicy$/.test(event.name)
      ? event.name === 'AttachRolePolicy'
      : undefined,
  ) ?? false

const byRole = placeNamedBy({role: 'roleName'})
const byPolicy = placeNamedBy({role: 'roleName', policy: 'policyName'})

const inline = revertSetting({
  placeIn: byPolicy,
  after: {PutRolePolicy: (request) => documentIn(request, 'policyDocument'), DeleteRolePolicy: none},
  recorded: (account, {role, policy}) => {
    const known = roleNamed(account, role)
    return known && (known.RolePolicyList.find(({PolicyName}) => PolicyName === policy)?.PolicyDocument ?? null)
  },
  creation: ['CreateRole', ({role}) => role],
  change: ({role, policy}, values, account) => {
    const found = roleNamed(account, role)
    return found && changeInline(found, policy, values)
  },
})

const boundaryIn = (request: Parameters | undefined) => textIn(request, 'permissionsBoundary')

const boundary = revertSetting({
  placeIn: byRole,
  after: {
    PutRolePermissionsBoundary: boundaryIn,
    DeleteRolePermissionsBoundary: none,
    CreateRole: (request) => boundaryIn(request) ?? null,
  },
  recorded: (account, {role}) => {
    const known = roleNamed(account, role)
    return known && (known.PermissionsBoundary?.PermissionsBoundaryArn ?? null)
  },
  change: ({role}, values, account) => {
    const found = roleNamed(account, role)
    return found && changeBoundary(found, values)
  },
})

const trust = revertSetting({
  placeIn: byRole,
  after: {
    UpdateAssumeRolePolicy: (request) => documentIn(request, 'policyDocument'),
    CreateRole: (request) => documentIn(request, 'assumeRolePolicyDocument'),
  },
  recorded: (account, {role}) => roleNamed(account, role)?.AssumeRolePolicyDocument,
  change: ({role}, [now, before], account) => {
    const found = roleNamed(account, role)
    return found && before !== null ? changeTrust(found, [now ?? undefined, before]) : undefined
  },
})

/** The earlier document of a managed policy: in an earlier call, in AWS Config, or in a version that still exists. */
function formerDocument({account, event, older, recorded}: RevertContext, arn: string): PolicyDocument | undefined {
  const known = recorded && find(recorded.Policies, 'Arn', arn)
  const former = known?.PolicyVersionList.find(({IsDefaultVersion}) => IsDefaultVersion)?.Document
  if (former !== undefined) return former
  const version = formerly(older, (one) => defaultVersionAfter(one, arn))
  if (version?.document !== undefined) return version.document
  const versions = find(account.Policies, 'Arn', arn)?.PolicyVersionList ?? []
  const id = version?.id ?? versionBefore(event)
  return versions.find(({VersionId}) => VersionId !== undefined && VersionId === id)?.Document
}

interface DefaultVersion {
  readonly id?: string | undefined
  readonly document?: PolicyDocument | undefined
}

function defaultVersionAfter({name, request, response}: ChangeEvent, arn: string): DefaultVersion | undefined {
  if (name === 'CreatePolicy' && textIn(partIn(response, 'policy'), 'arn') === arn)
    return {id: 'v1', document: documentIn(request, 'policyDocument')}
  if (textIn(request, 'policyArn') !== arn) return undefined
  if (name === 'SetDefaultPolicyVersion') return {id: textIn(request, 'versionId')}
  if (name !== 'CreatePolicyVersion' || flagIn(request, 'setAsDefault') !== true) return undefined
  return {
    id: textIn(partIn(response, 'policyVersion'), 'versionId'),
    document: documentIn(request, 'policyDocument'),
  }
}

/** Version ids count up, and the first version is the default one; with two there is no other. */
const versionBefore = ({name, response}: ChangeEvent): string | undefined =>
  name === 'CreatePolicyVersion' && textIn(partIn(response, 'policyVersion'), 'versionId') === 'v2' ? 'v1' : undefined

const revertPolicy: Revert = (context): Reversal | undefined => {
  const {request, name} = context.event
  const arn = textIn(request, 'policyArn')
  if (name === 'CreatePolicyVersion' && flagIn(request, 'setAsDefault') !== true) return NOTHING
  const before = arn === undefined ? undefined : formerDocument(context, arn)
  if (arn === undefined || before === undefined || typeof before === 'string') return undefined
  return {change: setDocument(arn, before)}
}

/** The role of an instance profile; a profile contains one. */
const profileRole =
  (isAdded: boolean): Revert =>
  (context) => {
    const {account, event} = context
    const profile = profileNamed(account, textIn(event.request, 'instanceProfileName'))
    const role = roleOf(context)
    if (!profile || !(isAdded || role)) return undefined
    const name = textIn(event.request, 'roleName') ?? ''
    const others = profile.Roles.filter(({RoleName}) => RoleName !== name)
    const added = addRole(profile, name, role ? [...others, inProfile(role)] : others)
    return {change: isAdded ? inverse(added, set('InstanceProfiles', profile.Arn, {Roles: others})) : added}
  }

export const ROLES: Readonly<Record<string, Revert>> = {
  AttachRolePolicy: attachment(true),
  DetachRolePolicy: attachment(false),
  PutRolePolicy: inline,
  DeleteRolePolicy: inline,
  PutRolePermissionsBoundary: boundary,
  DeleteRolePermissionsBoundary: boundary,
  UpdateAssumeRolePolicy: trust,
  CreatePolicyVersion: revertPolicy,
  SetDefaultPolicyVersion: revertPolicy,
  AddRoleToInstanceProfile: profileRole(true),
  RemoveRoleFromInstanceProfile: profileRole(false),
}
