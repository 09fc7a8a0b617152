import {
  allowStatement,
  allowsAnywhere,
  asText,
  canNarrow,
  type Denying,
  type Editable,
  isEditable,
  type Narrowing,
  narrowed,
  narrowedInWords,
  withException,
  withStatement,
} from '../../iam/policy/edit.ts'
import type {Policy, PolicyDocument, Role} from '../../model/account.ts'
import {edit} from '../../model/effect.ts'
import {counted} from '../../util/counted.ts'
import {inShort} from '../../util/list-in-words.ts'
import {type Change, change, contactOwner} from '../core/change.ts'
import {charactersIn, MANAGED_SIZE, remedyWithin} from '../core/iam-quotas.ts'
import {type Call, fromVariable, iam, type Remedy} from '../core/remedy.ts'
import {forgetDecisions} from '../core/role.ts'

const defaultVersionOf = ({PolicyVersionList, DefaultVersionId}: Policy) =>
  PolicyVersionList.find(({IsDefaultVersion}) => IsDefaultVersion) ??
  PolicyVersionList.find(({VersionId}) => VersionId === DefaultVersionId)

export const defaultDocumentOf = (policy: Policy): PolicyDocument | undefined => defaultVersionOf(policy)?.Document

function documentOf(policy: Policy): Editable | undefined {
  const document = defaultDocumentOf(policy)
  return isEditable(document) ? document : undefined
}

const deleteVersion = (PolicyArn: string, VersionId: Call['input'][string]): Call =>
  iam('DeletePolicyVersion', {PolicyArn, VersionId})

/** A managed policy has at most five versions; the oldest that is not the default must be deleted before a sixth. */
function roomFor({Arn, PolicyVersionList}: Policy): readonly Call[] {
  if (PolicyVersionList.length < 5) return []
  const [oldest] = PolicyVersionList.filter(({IsDefaultVersion}) => !IsDefaultVersion)
    .map(({VersionId}) => VersionId)
    .filter((id) => id !== undefined)
    .toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
  return oldest === undefined ? [] : [deleteVersion(Arn, oldest)]
}

/** The default version of the policy is a new one; the former one is the default again when this is undone. */
export const setDocument = (
  PolicyArn: string,
  document: Exclude<PolicyDocument, string>,
  former?: string,
  room: readonly Call[] = [],
): Change =>
  change({
    calls: [
      ...room,
      iam(
        'CreatePolicyVersion',
        {PolicyArn, PolicyDocument: asText(document), SetAsDefault: true},
        former === undefined ? undefined : {as: 'NEW_VERSION', query: 'PolicyVersion.VersionId'},
      ),
    ],
    undo:
      former === undefined
        ? []
        : [
            iam('SetDefaultPolicyVersion', {PolicyArn, VersionId: former}),
            deleteVersion(PolicyArn, fromVariable('NEW_VERSION')),
          ],
    effects: [
      edit('Policies', PolicyArn, (policy) => ({
        ...policy,
        PolicyVersionList: [
          ...policy.PolicyVersionList.map((version) => ({...version, IsDefaultVersion: false})),
          {IsDefaultVersion: true, Document: {...document}},
        ],
      })),
      forgetDecisions,
    ],
  })

export function newVersion(policy: Policy, document: Editable, title: string, effect: string): Remedy {
  const VersionId = defaultVersionOf(policy)?.VersionId ?? policy.DefaultVersionId
  const growth = {
    what: `Policy ${nameOf(policy)}`,
    before: charactersIn(defaultDocumentOf(policy)),
    after: charactersIn(document),
    quota: MANAGED_SIZE,
  }
  return remedyWithin(growth, title, setDocument(policy.Arn, document, VersionId, roomFor(policy)), {
    effect: `${effect} The change affects everything that the policy is attached to.`,
    docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html',
  })
}

/** "Remove ssm:PutInventory from statement DenySsm", for a title that continues with the policy. */
export const removalFrom = (narrowings: readonly Narrowing[]): string => {
  const of = (field: 'actions' | 'resources') => [...new Set(narrowings.flatMap((one) => one[field] ?? []))]
  const [resources, actions] = [of('resources'), of('actions')]
  const on = resources.length > 1 ? [counted(resources.length, 'resource')] : resources
  const what = [inShort(actions, 'and'), ...on].join(' on ')
  return `Remove ${what} from ${narrowedInWords(narrowings)}`
}

/** Narrows each Deny by the actions that the agent needs; undefined if nothing would be left of the policy. */
export function narrowPolicy(policy: Policy, narrowings: readonly Narrowing[], effect: string): Remedy | undefined {
  const document = documentOf(policy)
  if (document === undefined) return undefined
  const title = `${removalFrom(narrowings)} of policy ${nameOf(policy)}`
  if (!canNarrow(document, narrowings)) return keepTheRest(title)
  const changed = narrowed(document, narrowings)
  return changed && newVersion(policy, changed, title, effect)
}

/** For a pattern whose other actions are not known here: the user decides which of them stay denied. */
export const keepTheRest = (title: string): Remedy =>
  contactOwner(
    `${title}, and list the other actions of its patterns, so that they stay denied`,
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html',
  )

/** What a boundary must allow, and the statements that deny it. */
interface Needed {
  readonly actions: readonly string[]
  /** Where only these are to be opened. */
  readonly resources?: readonly string[]
  readonly denying: Denying
}

/**
 * Extends a permissions boundary to these actions, which some of its statements may deny: on the condition that all of its
 * Allows have, or without it where the agent does not meet it.
 */
export function extendBoundary(
  policy: Policy,
  role: Pick<Role, 'Arn' | 'RoleName'>,
  {actions, resources, denying}: Needed,
  effect: string,
): readonly Remedy[] {
  const document = documentOf(policy)
  if (document === undefined) return []
  const title = `Allow ${inShort(actions, 'and')} for role ${role.RoleName} in permissions boundary ${nameOf(policy)}`
  const narrower = withException(document, denying, {actions, ...(resources && {resources})}, role.Arn)
  const missing = actions.filter((action) => !allowsAnywhere(narrower, action))
  if (missing.length === 0) return [newVersion(policy, narrower, title, effect)]
  const added = allowStatement(narrower, missing, resources)
  const {Condition, ...unconditional} = added
  return [
    newVersion(policy, withStatement(narrower, added), title, effect),
    ...(Condition === undefined
      ? []
      : [
          newVersion(
            policy,
            withStatement(narrower, unconditional),
            `${title}, without the condition of the others`,
            effect,
          ),
        ]),
  ]
}

const nameOf = ({PolicyName, Arn}: Policy) => PolicyName ?? Arn
