import {isUnreadable, itemsOf, type PolicyDocument, type Role} from '../../model/account.ts'
import {decodeDocument} from '../../model/documents.ts'
import {set} from '../../model/effect.ts'
import {find} from '../../model/joins.ts'
import {addRole, inProfile} from '../../remedies/changes/instance-profiles.ts'
import {setDocument} from '../../remedies/changes/policies.ts'
import {attachPolicy, changeBoundary, changeInline, changeTrust, detachPolicy} from '../../remedies/changes/roles.ts'
import {inverse} from '../../remedies/core/change.ts'
import type {ChangeEvent} from '../event.ts'
import {flagIn, type Parameters, partIn, textIn} from '../parameters.ts'
import {formerly, isCreatedIn, NOTHING, type Reversal, type Revert, type RevertContext} from './context.ts'

const roleOf = ({account, event}: Pick<RevertContext, 'account' | 'event'>): Role | undefined => {
  const name = textIn(event.request, 'roleName')
  const role = itemsOf(account.Roles).find((one) => !isUnreadable(one) && one.RoleName === name)
  return role === undefined || isUnreadable(role) ? undefined : role
}

/** The role as AWS Config recorded it. */
const recordedRole = ({recorded}: RevertContext, {Arn}: Role): Role | undefined =>
  recorded && find(recorded.Roles, 'Arn', Arn)

const documentIn = (parameters: Parameters | undefined, ...names: readonly string[]): PolicyDocument | undefined => {
  const text = textIn(parameters, ...names)
  const document = text === undefined ? undefined : decodeDocument(text)
  return typeof document === 'string' ? undefined : document
}

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

/** The earlier inline policy: null for none, undefined if unknown. */
function formerInline(context: RevertContext, role: Role, name: string): PolicyDocument | null | undefined {
  const known = recordedRole(context, role)
  if (known) return known.RolePolicyList.find(({PolicyName}) => PolicyName === name)?.PolicyDocument ?? null
  const former = formerly(context.older, (event) => {
    if (!isOf(event, role) || textIn(event.request, 'policyName') !== name) return undefined
    if (event.name === 'DeleteRolePolicy') return null
    return event.name === 'PutRolePolicy' ? documentIn(event.request, 'policyDocument') : undefined
  })
  return former !== undefined ? former : isCreatedIn(context.older, 'CreateRole', role.RoleName) ? null : undefined
}

const revertInline: Revert = (context) => {
  const role = roleOf(context)
  const PolicyName = textIn(context.event.request, 'policyName')
  const before = role && PolicyName !== undefined ? formerInline(context, role, PolicyName) : undefined
  if (!role || PolicyName === undefined || before === undefined) return undefined
  const now = context.event.name === 'DeleteRolePolicy' ? null : documentIn(context.event.request, 'policyDocument')
  return {change: changeInline(role, PolicyName, [now, before])}
}

/** The earlier boundary: null for none, undefined if unknown. */
function formerBoundary(context: RevertContext, role: Role): string | null | undefined {
  const known = recordedRole(context, role)
  if (known) return known.PermissionsBoundary?.PermissionsBoundaryArn ?? null
  return formerly(context.older, (event) => {
    if (!isOf(event, role)) return undefined
    if (event.name === 'DeleteRolePermissionsBoundary') return null
    if (event.name === 'PutRolePermissionsBoundary') return textIn(event.request, 'permissionsBoundary')
    return event.name === 'CreateRole' ? (textIn(event.request, 'permissionsBoundary') ?? null) : undefined
  })
}

const revertBoundary: Revert = (context) => {
  const role = roleOf(context)
  const before = role && formerBoundary(context, role)
  if (!role || before === undefined) return undefined
  const now = textIn(context.event.request, 'permissionsBoundary') ?? null
  return {change: changeBoundary(role, [now, before])}
}

const revertTrust: Revert = (context) => {
  const role = roleOf(context)
  if (!role) return undefined
  const before =
    recordedRole(context, role)?.AssumeRolePolicyDocument ??
    formerly(context.older, (event) => {
      if (!isOf(event, role)) return undefined
      if (event.name === 'UpdateAssumeRolePolicy') return documentIn(event.request, 'policyDocument')
      return event.name === 'CreateRole' ? documentIn(event.request, 'assumeRolePolicyDocument') : undefined
    })
  const now = documentIn(context.event.request, 'policyDocument')
  if (before === undefined) return undefined
  return {change: changeTrust(role, [now, before])}
}

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
    const profileName = textIn(event.request, 'instanceProfileName')
    const profile = itemsOf(account.InstanceProfiles).find(
      (one) => !isUnreadable(one) && one.InstanceProfileName === profileName,
    )
    const role = roleOf(context)
    if (profile === undefined || isUnreadable(profile)) return undefined
    if (!isAdded && !role) return undefined
    const name = textIn(event.request, 'roleName') ?? ''
    const others = profile.Roles.filter(({RoleName}) => RoleName !== name)
    const added = addRole(profile, name, role ? [...others, inProfile(role)] : others)
    return {change: isAdded ? inverse(added, set('InstanceProfiles', profile.Arn, {Roles: others})) : added}
  }

export const ROLES: Readonly<Record<string, Revert>> = {
  AttachRolePolicy: attachment(true),
  DetachRolePolicy: attachment(false),
  PutRolePolicy: revertInline,
  DeleteRolePolicy: revertInline,
  PutRolePermissionsBoundary: revertBoundary,
  DeleteRolePermissionsBoundary: revertBoundary,
  UpdateAssumeRolePolicy: revertTrust,
  CreatePolicyVersion: revertPolicy,
  SetDefaultPolicyVersion: revertPolicy,
  AddRoleToInstanceProfile: profileRole(true),
  RemoveRoleFromInstanceProfile: profileRole(false),
}
