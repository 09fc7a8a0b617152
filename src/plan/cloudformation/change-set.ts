import {allWith} from '../../model/lists.ts'
import {entryOf} from '../../util/entry-of.ts'
import type {JsonObject} from '../../util/json.ts'
import {usageError} from '../../util/usage-error.ts'
import {withLaunchTemplates} from '../launch-templates.ts'
import {
  type IgnoredResource,
  listOf,
  objectOf,
  type PlannedResource,
  type Properties,
  plannedParts,
  type ResourcePlan,
  textOf,
  UNKNOWN,
  withLeaves,
} from '../resource.ts'
import {notModeledIn} from './not-modeled.ts'
import {partsOf} from './properties.ts'
import {isModeled, templatePlan} from './read-template.ts'
import {newId, type StackContext} from './stack.ts'
import {changedBetween, completed, withUnset} from './stack-change.ts'

interface StackResourceChange {
  readonly logicalId: string
  readonly type: string
  readonly action: 'create' | 'update' | 'delete' | 'none'
  readonly physicalId: string | undefined
  readonly isReplaced: boolean
  /** What is removed or replaced stays in the account. */
  readonly isRetained: boolean
  readonly before: Properties | undefined
  readonly after: Properties | undefined
  readonly causes: ReadonlyMap<string, string>
}

const isNew = ({action, isReplaced}: StackResourceChange): boolean => action === 'create' || isReplaced

const ACTIONS: Readonly<Record<string, StackResourceChange['action']>> = {
  Add: 'create',
  Modify: 'update',
  Dynamic: 'update',
  Remove: 'delete',
}

/**
 * The changes that `describe-change-set` prints, with their property values if they were requested.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
 */
export function changesIn({Changes, NextToken}: JsonObject): readonly StackResourceChange[] {
  if (textOf(NextToken))
    throw usageError(
      'The change set is not complete: it ends with a NextToken. Run describe-change-set without --no-paginate and --max-items.',
    )
  return listOf(Changes)
    .map((change) => objectOf(objectOf(change).ResourceChange))
    .flatMap((change) => {
      const [logicalId, type] = [textOf(change.LogicalResourceId), textOf(change.ResourceType)]
      if (logicalId === undefined || type === undefined) return []
      return {
        logicalId,
        type,
        action: entryOf(ACTIONS, String(change.Action)) ?? 'none',
        physicalId: textOf(change.PhysicalResourceId),
        isReplaced: change.Replacement === 'True',
        isRetained: /Retain/.test(String(change.PolicyAction)),
        before: propertiesIn(change.BeforeContext),
        after: propertiesIn(change.AfterContext),
        causes: causesIn(change.Details),
      }
    })
}

export const isChangeSet = (json: JsonObject): boolean => Array.isArray(json.Changes) && !('Resources' in json)

/** `{"Properties": …}` as text, in which `{{changeSet:KNOWN_AFTER_APPLY}}` stands for unknown values. */
function propertiesIn(context: unknown): Properties | undefined {
  if (typeof context !== 'string') return undefined
  try {
    return objectOf(withLeaves(objectOf(JSON.parse(context)).Properties ?? {}, known))
  } catch {
    return undefined
  }
}

const known = (value: unknown): unknown =>
  typeof value === 'string' && /\{\{(?:changeSet|resolve):/.test(value) ? UNKNOWN : value

/** The resource that each property with one value refers to: `Subnet`, or `Group.GroupId`. */
const causesIn = (details: unknown): ReadonlyMap<string, string> =>
  new Map(
    listOf(details)
      .map(objectOf)
      .flatMap(({Target, CausingEntity, ChangeSource}) => {
        const [path, cause] = [textOf(objectOf(Target).Path), textOf(CausingEntity)]
        const [, name] = /^\/Properties\/(\w+)$/.exec(path ?? '') ?? []
        const isReference = ChangeSource === 'ResourceReference' || ChangeSource === 'ResourceAttribute'
        return isReference && name !== undefined && cause !== undefined ? [[name, cause] as const] : []
      }),
  )

/**
 * The plan of a change set: with the template that it was created from, also what only references of the template show.
 */
export function changeSetPlan(
  changes: readonly StackResourceChange[],
  context: StackContext,
  template?: JsonObject,
): ResourcePlan {
  const ids = new Map(
    changes.map((change) => {
      const {logicalId, physicalId, type} = change
      return [logicalId, isNew(change) ? newId(logicalId, type) : physicalId]
    }),
  )
  const planned = template === undefined ? undefined : planOf(template, changes, context)
  const written = new Map(planned?.resources.map((one) => [one.address, one.after ?? {}]))
  const resources = changes.flatMap((change) => {
    const {logicalId, after} = change
    const own = written.get(logicalId)
    return resourcesOf(change, ids, own === undefined ? after : (completed(own, after) as Properties))
  })
  return {
    resources: withLaunchTemplates(resources),
    ignored: changes.flatMap(({logicalId, type, action, isReplaced, before, after}): readonly IgnoredResource[] => {
      const one = {address: logicalId, type, isCreated: action === 'create', isReplaced}
      if (action === 'none') return []
      if (!isModeled(type)) return [one]
      return after ? notModeledIn(one, after, before) : allWith(planned?.ignored ?? [], 'address', logicalId)
    }),
  }
}

/** The plan of the template, in which unchanged resources have unknown ids. */
function planOf(template: JsonObject, changes: readonly StackResourceChange[], context: StackContext): ResourcePlan {
  const changed = new Map(changes.map((one) => [one.logicalId, one]))
  const physicalIds = new Map(
    Object.keys(objectOf(template.Resources)).flatMap((logicalId) => {
      const change = changed.get(logicalId)
      if (change && isNew(change)) return []
      return [[logicalId, context.physicalIds.get(logicalId) ?? change?.physicalId ?? UNKNOWN] as const]
    }),
  )
  return templatePlan(template, {...context, physicalIds})
}

function resourcesOf(
  change: StackResourceChange,
  ids: ReadonlyMap<string, string | undefined>,
  after: Properties | undefined,
): readonly PlannedResource[] {
  const {logicalId, type, action, physicalId, before, isReplaced, isRetained, causes} = change
  if (!isModeled(type) || action === 'none') return []
  if (action !== 'delete' && after === undefined)
    throw usageError(
      'The change set has no property values: write it with aws cloudformation describe-change-set --include-property-values.',
    )
  const referred = Object.fromEntries(
    Object.entries(after ?? {}).map(([name, value]) => {
      const [cause = '', attribute = 'Id'] = causes.get(name)?.split('.') ?? []
      return [name, value === UNKNOWN && attribute.endsWith('Id') ? (ids.get(cause) ?? UNKNOWN) : value]
    }),
  )
  const isGone = (action === 'delete' || isReplaced) && !isRetained
  const actions = [
    ...(isGone ? ['delete'] : []),
    ...(isNew(change) ? ['create'] : []),
    ...(action === 'update' && !isReplaced ? ['update'] : []),
  ]
  const ownId = newId(logicalId, type)
  const oldId = physicalId ?? ownId
  const isUpdated = before !== undefined && !isNew(change)
  return plannedParts(actions, {
    address: logicalId,
    attributes: before && after ? changedBetween(before, referred) : [],
    ids: [oldId, isNew(change) ? ownId : oldId],
    before: before || isGone ? partsOf(type, before ?? {}, false) : undefined,
    after: partsOf(type, isUpdated ? withUnset(type, before, referred) : referred, isNew(change)),
  })
}
