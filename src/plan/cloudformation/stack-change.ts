import {entryOf} from '../../util/entry-of.ts'
import type {JsonObject} from '../../util/json.ts'
import {
  contentOf,
  hasUnknown,
  type IgnoredResource,
  isKnown,
  type PlannedResource,
  type Properties,
  type ResourcePlan,
  UNKNOWN,
} from '../resource.ts'
import {REPLACED_BY} from './properties.ts'
import {templatePlan} from './read-template.ts'
import type {StackContext} from './stack.ts'

/**
 * What a new template of a stack changes: both versions of each resource, and those that are only in the earlier one.
 */
export function stackChange(earlier: ResourcePlan, template: JsonObject, context: StackContext): ResourcePlan {
  const before = new Map(earlier.resources.map((one) => [keyOf(one), one]))
  const {later, replaced} = withReplacements(before, template, context)
  const after = new Set(later.resources.map(keyOf))
  return {
    resources: [
      ...later.resources.flatMap((one) => changesOf(before.get(keyOf(one)), one, replaced)),
      ...earlier.resources.filter((one) => !after.has(keyOf(one)) && !one.keeps?.includes('removed')).map(deletionOf),
    ],
    ignored: changedOf(earlier.ignored, later.ignored),
    secrets: [...(earlier.secrets ?? []), ...(later.secrets ?? [])],
  }
}

/** Of resources that are not modeled: those that are new, that differ from before, or that are removed. */
function changedOf(before: readonly IgnoredResource[], after: readonly IgnoredResource[]): readonly IgnoredResource[] {
  const typedContent = ({type, properties}: IgnoredResource) => contentOf([type, properties])
  const known = new Map(before.map((one) => [one.address, typedContent(one)]))
  const kept = new Set(after.map(({address}) => address))
  return [
    ...after.filter((one) => known.get(one.address) !== typedContent(one)),
    ...before.filter(
      ({address, attributes, keeps}) => !attributes && !kept.has(address) && !keeps?.includes('removed'),
    ),
  ]
}

/** A resource can be several of one kind, such as the records of a record set group. */
const keyOf = ({address, type, after}: PlannedResource): string =>
  type === 'AWS::Route53::RecordSet'
    ? contentOf([address, type, after?.Name, after?.Type, after?.SetIdentifier])!
    : `${address} ${type}`

/** What refers to a replaced resource refers to a new id, and may be replaced in turn. */
function withReplacements(
  before: ReadonlyMap<string, PlannedResource>,
  template: JsonObject,
  context: StackContext,
): {readonly later: ResourcePlan; readonly replaced: ReadonlySet<string>} {
  const replaced = new Set<string>()
  for (;;) {
    const physicalIds: StackContext['physicalIds'] = new Map(
      [...context.physicalIds].map(([address, id]) => [address, replaced.has(address) ? undefined : id] as const),
    )
    const later = templatePlan(template, {...context, physicalIds})
    const more = later.resources.filter(
      (one) => physicalIds.get(one.address) !== undefined && isReplaced(before.get(keyOf(one)), one),
    )
    if (more.length === 0) return {later, replaced}
    for (const {address} of more) replaced.add(address)
  }
}

const isReplaced = (before: PlannedResource | undefined, {type, after}: PlannedResource): boolean =>
  before?.after !== undefined &&
  (entryOf(REPLACED_BY, type) ?? []).some((name) => contentOf(before.after?.[name]) !== contentOf(after?.[name]))

function changesOf(
  before: PlannedResource | undefined,
  one: PlannedResource,
  replaced: ReadonlySet<string>,
): readonly PlannedResource[] {
  if (before?.after === undefined) return [one]
  const attributes = changedBetween(before.after, one.after)
  if (replaced.has(one.address))
    return [
      ...(one.keeps?.includes('replaced') ? [] : [{...deletionOf(before), attributes}]),
      {...one, action: 'create', attributes},
    ]
  const isNew = one.action === 'create'
  const updated: PlannedResource = {
    ...one,
    action: isNew ? 'create' : attributes.length > 0 ? 'update' : 'none',
    before: before.after,
    after: withUnset(one.type, before.after, one.after),
    attributes,
  }
  // It exists, and is removed if its condition does not hold any longer.
  const isInDoubt = one.isConditional && !before.isConditional && !isNew && !before.keeps?.includes('removed')
  return isInDoubt ? [{...deletionOf(before), isConditional: true}, updated] : [updated]
}

/** What a property without a value becomes that had one before is not documented: AWS's default, or what it was. */
export const withUnset = (type: string, before: Properties, after: Properties = {}): Properties => ({
  ...after,
  ...Object.fromEntries(
    (entryOf(UNKNOWN_WHEN_UNSET, type) ?? []).flatMap((name) =>
      before[name] !== undefined && after[name] === undefined ? [[name, UNKNOWN]] : [],
    ),
  ),
})

const UNKNOWN_WHEN_UNSET: Readonly<Record<string, readonly string[]>> = {
  'AWS::EC2::VPC': ['EnableDnsSupport', 'EnableDnsHostnames'],
  'AWS::EC2::VPCEndpoint': ['PrivateDnsEnabled', 'SecurityGroupIds', 'SubnetIds', 'PolicyDocument'],
  'AWS::EC2::Instance': ['SecurityGroupIds'],
  'AWS::EC2::NetworkInterface': ['SecurityGroupIds'],
}

/** The properties whose values differ. */
export const changedBetween = (before: Properties, after: Properties = {}): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => contentOf(before[name]) !== contentOf(after[name]),
  )

const deletionOf = ({after, ...one}: PlannedResource): PlannedResource => ({
  ...one,
  action: 'delete',
  ...(after && {before: after}),
})

/** The value of the template, completed with what only CloudFormation knew. */
export function completed(value: unknown, known: unknown): unknown {
  if (!hasUnknown(value) || known === undefined) return value
  if (!isKnown(value)) return known
  if (Array.isArray(value))
    return Array.isArray(known) && known.length === value.length
      ? value.map((one, at) => completed(one, known[at]))
      : value
  return Object.fromEntries(
    Object.entries(value as Properties).map(([name, one]) => [name, completed(one, (known as Properties)?.[name])]),
  )
}
