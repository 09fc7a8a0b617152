import {entryOf} from '../../util/entry-of.ts'
import {isObject} from '../../util/json.ts'
import {guardStackOverflow} from '../../util/usage-error.ts'
import type {Defaults} from '../defaults.ts'
import {withLaunchTemplates} from '../launch-templates.ts'
import {withMetadataDefaults} from '../metadata-defaults.ts'
import {
  type IgnoredResource,
  objectOf,
  type PlannedResource,
  plannedId,
  plannedParts,
  type ResourcePlan,
  UNKNOWN,
} from '../resource.ts'
import {adoptedId, adoptionsIn} from './adopted.ts'
import {DATA_WITHOUT_IDS, prefixOf} from './id-types.ts'
import type {Identified, PlanContext} from './identified.ts'
import {notModeledAttributes} from './not-modeled.ts'
import {type Plan, planIn} from './parse-plan.ts'
import {isElsewhere, type Target, text} from './place.ts'
import {POLICY_DOCUMENT, policyDocument} from './policy-document.ts'
import {beforeReader, type Reader, readerOf} from './reader.ts'
import {configOf, type Scope, scopeOf, withoutOwnKey} from './references.ts'
import type {ResourceChange} from './resource-change.ts'
import {TRANSLATIONS} from './types.ts'

/** The plan of `terraform show -json`. Values that Terraform marks as sensitive are used and never printed. */
export const terraformPlan = (name: string, json: unknown, target?: Target): ResourcePlan =>
  guardStackOverflow(() => resourcePlan(planIn(name, json), target), `${name} is nested too deeply to be read.`)

function resourcePlan(plan: Plan, target: Target | undefined): ResourcePlan {
  const {changes, root, variables} = plan
  const current = changes.filter(({deposed}) => deposed === undefined)
  const scopeFor = (change: ResourceChange) => scopeOf(root, change.module_address ?? '', variables)
  const resolving = new Set<string>()
  const ids = new Map(
    current.map((change): [string, Identified] => [
      change.address,
      {
        type: change.type,
        id: idOf(change),
        key: change.index,
        values: change.change.after ?? change.change.before,
        isNew: change.change.actions.includes('create'),
        later: (attribute) => {
          if (change.type === POLICY_DOCUMENT) return policyDocument(change)
          // What refers to itself has no value.
          const key = `${change.address}.${attribute}`
          if (resolving.has(key)) return UNKNOWN
          resolving.add(key)
          const value = readerOf(change, scopeFor(change), context).get(attribute)
          resolving.delete(key)
          return value ?? (attribute === 'prefix_list_id' ? prefixListOf(change, target?.defaults) : UNKNOWN)
        },
      },
    ]),
  )
  const context: PlanContext = {ids, open: openIn(changes)}
  for (const change of adoptionsIn(current)) {
    const reader = readerOf(change, scopeFor(change), context)
    const id = adoptedId(change, reader, ids, target?.defaults)
    if (id !== undefined) ids.set(change.address, {...ids.get(change.address)!, id})
  }
  const placed = changes.filter(({mode}) => mode !== 'data').map((change) => ({change, scope: scopeFor(change)}))
  const isHere = ({change, scope}: (typeof placed)[number]) => !target || !isElsewhere(change, scope, plan, target)
  const own = placed.filter(isHere)
  const resources = own
    .filter(({change: {type}}) => Object.hasOwn(TRANSLATIONS, type))
    .flatMap(({change, scope}) => resourcesOf(change, scope, context))
  return {
    resources: withMetadataDefaults(withLaunchTemplates(resources), resources),
    ignored: own.flatMap(({change, scope}) => ignoredIn(change, scope)),
    elsewhere: placed
      .filter((one) => !isHere(one) && !isNoOp(one.change.change.actions))
      .map(({change: {address}}) => address),
    secrets: secretsIn(changes),
  }
}

/** What is not evaluated: a whole resource, or what changes of one that is modeled. */
function ignoredIn(change: ResourceChange, scope: Scope): readonly IgnoredResource[] {
  const {address, type} = change
  const {actions} = change.change
  if (isNoOp(actions)) return []
  const ignored = {address, type, isCreated: actions.join() === 'create', isReplaced: isReplaced(actions)}
  if (!Object.hasOwn(TRANSLATIONS, type)) return [ignored]
  const attributes = notModeledAttributes(change, scope)
  const zone = type === 'aws_route53_record' ? text(objectOf(change.change.after).zone_id) : undefined
  return attributes.length > 0 ? [{...ignored, attributes, zone}] : []
}

/** The prefix list of the service of a new gateway endpoint exists, or has the id that the endpoint gives it. */
function prefixListOf({change}: ResourceChange, defaults: Defaults | undefined): unknown {
  const service = text(objectOf(change.after).service_name)
  return service === undefined ? UNKNOWN : (defaults?.prefixListOf(service) ?? plannedId('pl', service))
}

/** Types that create no AWS id, or pass none on. */
const WITHOUT_IDS =
  /^(?:null_resource$|(?:random|time|tls|local|archive|template|kubernetes|helm|kubectl)_)|^aws_(?!cloudformation_stack)/

const openIn = (changes: readonly ResourceChange[]): ReadonlySet<string> =>
  new Set(
    changes
      .filter(({mode, type, change}) => {
        const isWithoutIds = mode === 'data' ? DATA_WITHOUT_IDS : WITHOUT_IDS
        return !isWithoutIds.test(type) && !change.actions.every((action) => action === 'no-op')
      })
      .map(({address}) => withoutOwnKey(address)),
  )

/**
 * The attributes whose values differ; what will be known after apply is left out of the new ones. What AWS assigns, as
 * the id of a replacement, is not in the source.
 * https://developer.hashicorp.com/terraform/internals/json-format#change-representation
 */
function changedIn(
  {type, name, change: {before, after, after_unknown}}: ResourceChange,
  scope: Scope,
): readonly string[] {
  if (!isObject(before) || !isObject(after)) return []
  const {expressions} = configOf(scope, type, name) ?? {}
  const isAssigned = (one: string) =>
    expressions !== undefined && !Object.hasOwn(expressions, one) && objectOf(after_unknown)[one] === true
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names]
    .filter((one) => !isAssigned(one) && JSON.stringify(before[one]) !== JSON.stringify(after[one]))
    .sort()
}

const isNoOp = (actions: readonly string[]): boolean =>
  actions.every((action) => action === 'no-op' || action === 'read' || action === 'forget')

/** The earlier one is deleted, or no longer managed. */
const isReplaced = (actions: readonly string[]): boolean =>
  actions.includes('create') && (actions.includes('delete') || actions.includes('forget'))

/** What identifies a resource on the model: its id, unless it is one of these; other resources of IAM have a name. */
const IDENTIFIERS: Readonly<Record<string, string>> = {
  aws_iam_policy: 'arn',
  aws_spot_instance_request: 'spot_instance_id',
}

const identifierIn = (type: string, values: unknown): string | undefined =>
  isObject(values)
    ? text(values[entryOf(IDENTIFIERS, type) ?? (type.startsWith('aws_iam_') ? 'name' : 'id')])
    : undefined

function idOf({type, address, change: {actions, before, after}}: ResourceChange): string {
  const known = (isReplaced(actions) ? undefined : identifierIn(type, before)) ?? identifierIn(type, after)
  if (known !== undefined) return known
  return type.startsWith('aws_iam_')
    ? (text(objectOf(after).name) ?? plannedId('iam', address))
    : plannedId(prefixOf(type) ?? type, address)
}

function resourcesOf(change: ResourceChange, scope: Scope, context: PlanContext): readonly PlannedResource[] {
  const {address, type} = change
  const {actions, before, after} = change.change
  const translate = TRANSLATIONS[type]!
  const id = context.ids.get(address)?.id ?? address
  const versions = {
    address,
    attributes: changedIn(change, scope),
    ids: [identifierIn(type, before) ?? id, id] as const,
    before: isObject(before) ? translate(beforeReader(change, scope)) : [],
    after: isObject(after) ? translate(withDefaults(change, readerOf(change, scope, context))) : [],
  }
  if (!isNoOp(actions))
    return plannedParts(actions, versions).map((one) => ({...one, ...(change.isDeferred && {isConditional: true})}))
  return plannedParts(['create'], versions).map((one) => ({
    ...one,
    action: 'none',
    ...(one.after && {before: one.after}),
  }))
}

/**
 * A new security group of Terraform has no outbound rule unless the source has one: the provider removes the one that
 * AWS adds, and removes every rule or route of a default group or route table that it takes over.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/default_route_table
 */
function withDefaults(change: ResourceChange, reader: Reader): Reader {
  if (!STARTS_EMPTY.has(change.type) || !change.change.actions.includes('create')) return reader
  return {...reader, blocks: (attribute) => reader.blocks(attribute) ?? []}
}

const STARTS_EMPTY = new Set(['aws_security_group', 'aws_default_security_group', 'aws_default_route_table'])

/** Texts that the plan marks as sensitive. */
const secretsIn = (changes: readonly ResourceChange[]): readonly string[] => [
  ...new Set(
    changes.flatMap(({change: {before, after, before_sensitive, after_sensitive}}) => [
      ...sensitive(before, before_sensitive),
      ...sensitive(after, after_sensitive),
    ]),
  ),
]

function sensitive(value: unknown, mark: unknown): readonly string[] {
  if (mark === true && typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null || mark === undefined || mark === false) return []
  return Object.entries(value).flatMap(([key, one]) =>
    sensitive(one, mark === true ? true : Reflect.get(Object(mark), key)),
  )
}
