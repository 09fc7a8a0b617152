import {asText} from '../../iam/edit.ts'
import {isUnreadable, itemsOf, type PolicyDocument, type Role} from '../../model/account.ts'
import {decodeDocument} from '../../model/documents.ts'
import {edit} from '../../model/effect.ts'
import {find} from '../../model/joins.ts'
import type {Change} from '../../remedies/core/change.ts'
import {type Call, iam} from '../../remedies/core/remedy.ts'
import {editRole, setPolicyDocument} from '../../remedies/core/role.ts'
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

const changing = (role: Role, steps: readonly Call[], undo: readonly Call[], change: (role: Role) => Role): Change => ({
  steps,
  undo,
  apply: editRole(role.Arn, change),
})

const attachment =
  (isAttached: boolean): Revert =>
  (context) => {
    const role = roleOf(context)
    const PolicyArn = textIn(context.event.request, 'policyArn')
    if (!role || PolicyArn === undefined) return undefined
    if (isAttached && wasAttached(context, role, PolicyArn)) return NOTHING
    const input = {RoleName: role.RoleName, PolicyArn}
    const [attach, detach] = [iam('AttachRolePolicy', input), iam('DetachRolePolicy', input)]
    const others = (found: Role) => found.AttachedManagedPolicies.filter((one) => one.PolicyArn !== PolicyArn)
    return {
      change: isAttached
        ? changing(role, [detach], [attach], (found) => ({...found, AttachedManagedPolicies: others(found)}))
        : changing(role, [attach], [detach], (found) => ({
            ...found,
            AttachedManagedPolicies: [...others(found), {PolicyArn, PolicyName: PolicyArn.split('/').at(-1)}],
          })),
    }
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
  const call = (document: PolicyDocument | null): Call =>
    document === null
      ? iam('DeleteRolePolicy', {RoleName: role.RoleName, PolicyName})
      : iam('PutRolePolicy', {RoleName: role.RoleName, PolicyName, PolicyDocument: asText(document)})
  return {
    change: changing(role, [call(before)], now === undefined ? [] : [call(now)], (found) => ({
      ...found,
      RolePolicyList: [
        ...found.RolePolicyList.filter((one) => one.PolicyName !== PolicyName),
        ...(before === null ? [] : [{PolicyName, PolicyDocument: before}]),
      ],
    })),
  }
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
  const call = (arn: string | null): Call =>
    arn === null
      ? iam('DeleteRolePermissionsBoundary', {RoleName: role.RoleName})
      : iam('PutRolePermissionsBoundary', {RoleName: role.RoleName, PermissionsBoundary: arn})
  return {
    change: changing(role, [call(before)], [call(now)], ({PermissionsBoundary: _, ...rest}) =>
      before === null
        ? rest
        : {
            ...rest,
            PermissionsBoundary: {
              PermissionsBoundaryArn: before,
              PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
            },
          },
    ),
  }
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
  const call = (document: PolicyDocument): Call =>
    iam('UpdateAssumeRolePolicy', {RoleName: role.RoleName, PolicyDocument: asText(document)})
  return {
    change: changing(role, [call(before)], now === undefined ? [] : [call(now)], (found) => ({
      ...found,
      AssumeRolePolicyDocument: before,
    })),
  }
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
  const call = iam('CreatePolicyVersion', {PolicyArn: arn, PolicyDocument: asText(before), SetAsDefault: true})
  return {change: {steps: [call], undo: [], apply: setPolicyDocument(arn, before)}}
}

/** The role of an instance profile; a profile contains one. */
const profileRole =
  (isAdded: boolean): Revert =>
  (context) => {
    const {account, event} = context
    const name = textIn(event.request, 'instanceProfileName')
    const profile = itemsOf(account.InstanceProfiles).find(
      (one) => !isUnreadable(one) && one.InstanceProfileName === name,
    )
    const role = roleOf(context)
    if (profile === undefined || isUnreadable(profile)) return undefined
    if (!isAdded && !role) return undefined
    const RoleName = textIn(event.request, 'roleName') ?? ''
    const input = {InstanceProfileName: profile.InstanceProfileName, RoleName}
    const [add, remove] = [iam('AddRoleToInstanceProfile', input), iam('RemoveRoleFromInstanceProfile', input)]
    const others = profile.Roles.filter((one) => one.RoleName !== RoleName)
    const own = role && {Arn: role.Arn, RoleName, RoleId: role.RoleId, Path: role.Path, CreateDate: role.CreateDate}
    const Roles = isAdded || !own ? others : [...others, {...own, AssumeRolePolicyDocument: undefined}]
    return {
      change: {
        steps: [isAdded ? remove : add],
        undo: [isAdded ? add : remove],
        apply: (model) =>
          edit('InstanceProfiles', profile.Arn, (one) => (isUnreadable(one) ? one : {...one, Roles}))(model),
      },
    }
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
