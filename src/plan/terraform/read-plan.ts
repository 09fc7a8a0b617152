import {isObject, type JsonObject} from '../../util/json.ts'
import {guardStackOverflow, usageError} from '../../util/usage-error.ts'
import {withLaunchTemplates} from '../launch-templates.ts'
import {
  objectOf,
  type Part,
  type PlannedResource,
  type Properties,
  plannedId,
  type ResourcePlan,
  UNKNOWN,
} from '../resource.ts'
import {isElsewhere, type Providers, type Target, text} from './place.ts'
import {type Module, type Scope, scopeOf} from './references.ts'
import {secretsIn} from './sensitive.ts'
import {TRANSLATIONS} from './types.ts'
import {beforeReader, type Ids, prefixOf, type ResourceChange, readerOf, type Surroundings} from './values.ts'

/** The plan of `terraform show -json`. Values that Terraform marks as sensitive are used and never printed. */
export const terraformPlan = (name: string, json: unknown, target?: Target): ResourcePlan =>
  guardStackOverflow(() => resourcePlan(planIn(name, json), target), `${name} is nested too deeply to be read.`)

function resourcePlan(plan: Plan, target: Target | undefined): ResourcePlan {
  const {changes, root, variables} = plan
  const current = changes.filter(({deposed}) => deposed === undefined)
  const scopeFor = (change: ResourceChange) => scopeOf(root, change.module_address ?? '', variables)
  const resolving = new Set<string>()
  const ids: Ids = new Map(
    current.map((change) => [
      change.address,
      {
        type: change.type,
        id: idOf(change),
        key: change.index,
        values: change.change.after ?? change.change.before,
        isNew: change.change.actions.includes('create'),
        later: (attribute) => {
          // What refers to itself has no value.
          const key = `${change.address}.${attribute}`
          if (resolving.has(key)) return UNKNOWN
          resolving.add(key)
          const value = readerOf(change, scopeFor(change), surroundings).get(attribute)
          resolving.delete(key)
          return value ?? UNKNOWN
        },
      },
    ]),
  )
  const surroundings: Surroundings = {ids, isClosed: isClosed(changes)}
  const placed = changes.filter(({mode}) => mode !== 'data').map((change) => ({change, scope: scopeFor(change)}))
  const isHere = ({change, scope}: (typeof placed)[number]) => !target || !isElsewhere(change, scope, plan, target)
  const own = placed.filter(isHere)
  const resources = own
    .filter(({change: {type}}) => Object.hasOwn(TRANSLATIONS, type))
    .flatMap(({change, scope}) => {
      const attributes = changedIn(change)
      return resourcesOf(change, scope, surroundings).map((one): PlannedResource => ({...one, attributes}))
    })
  return {
    resources: withLaunchTemplates(resources),
    ignored: own
      .map(({change}) => change)
      .filter(({type, change}) => !Object.hasOwn(TRANSLATIONS, type) && !isNoOp(change.actions))
      .map(({address, type, change}) => ({address, type, properties: propertiesOf(change)})),
    elsewhere: placed
      .filter((one) => !isHere(one) && !isNoOp(one.change.change.actions))
      .map(({change: {address}}) => address),
    secrets: secretsIn(changes),
  }
}

/** Types that create no AWS id, or pass none on. */
const WITHOUT_IDS = /^(?:null_resource|(?:random|time|tls|local|archive|template)_)|^aws_(?!cloudformation_stack)/

const isClosed = (changes: readonly ResourceChange[]): boolean =>
  changes.every(({mode, type, change}) =>
    mode === 'data' ? hasNoChange(change) : WITHOUT_IDS.test(type) || hasNoChange(change),
  )

const hasNoChange = ({actions}: ResourceChange['change']): boolean => actions.every((action) => action === 'no-op')

interface Plan extends Providers {
  readonly changes: readonly ResourceChange[]
  readonly root: Module
}

function planIn(name: string, json: unknown): Plan {
  const changes = changesOf(name, json)
  const {configuration, variables} = json as JsonObject
  const {root_module, provider_config} = isObject(configuration) ? configuration : ({} as JsonObject)
  const given = Object.entries(isObject(variables) ? variables : {})
  return {
    changes,
    root: isObject(root_module) ? (root_module as Module) : {},
    variables: Object.fromEntries(given.map(([key, one]) => [key, isObject(one) ? one.value : undefined])),
    providers: isObject(provider_config) ? provider_config : {},
  }
}

/** The changes of the plan, or one sentence on why it is not a plan. */
export function changesOf(name: string, json: unknown): readonly ResourceChange[] {
  const wrong = (what: string) =>
    usageError(`${name} is not a Terraform plan: ${what}. Write one with: terraform show -json tfplan > ${name}`)
  if (!isObject(json)) throw wrong('expected a JSON object')
  if (!('format_version' in json)) throw wrong('format_version is missing')
  if (json.errored === true) throw wrong('planning ended with an error, so it is not complete')
  const changes = json.resource_changes ?? []
  if (!Array.isArray(changes)) throw wrong('resource_changes is not a list')
  return changes.map((one: unknown, at) => {
    const {address, type, name: label, change} = isObject(one) ? one : ({} as JsonObject)
    if (
      typeof address !== 'string' ||
      typeof type !== 'string' ||
      typeof label !== 'string' ||
      !isObject(change) ||
      !Array.isArray(change.actions)
    )
      throw wrong(`resource_changes[${at}] has no address, type, name or change`)
    return one as ResourceChange
  })
}

/** What is known before apply about a resource that is changed or deleted. */
const propertiesOf = ({before, after}: ResourceChange['change']): Properties => ({
  ...(isObject(before) && before),
  ...(isObject(after) && after),
})

type Bare = Omit<PlannedResource, 'attributes'>

/** The attributes whose values differ, or will be known after apply. */
function changedIn({change: {before, after, after_unknown: unknown}}: ResourceChange): readonly string[] {
  if (!isObject(before) || !isObject(after)) return []
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  const isDifferent = (name: string) =>
    JSON.stringify(before[name]) !== JSON.stringify(after[name]) || (isObject(unknown) && hasTrue(unknown[name]))
  return [...names].filter(isDifferent).sort()
}

const hasTrue = (value: unknown): boolean =>
  value === true || (typeof value === 'object' && value !== null && Object.values(value).some(hasTrue))

const isNoOp = (actions: readonly string[]): boolean =>
  actions.every((action) => action === 'no-op' || action === 'read' || action === 'forget')

/** The earlier one is deleted, or no longer managed. */
const isReplaced = (actions: readonly string[]): boolean =>
  actions.includes('create') && (actions.includes('delete') || actions.includes('forget'))

/** A managed policy has an ARN, other resources of IAM have a name, and everything else has an id. */
const identifierIn = (type: string, values: unknown): string | undefined =>
  isObject(values)
    ? text(values[type === 'aws_iam_policy' ? 'arn' : type.startsWith('aws_iam_') ? 'name' : 'id'])
    : undefined

function idOf({type, address, change: {actions, before, after}}: ResourceChange): string {
  const known = (isReplaced(actions) ? undefined : identifierIn(type, before)) ?? identifierIn(type, after)
  if (known !== undefined) return known
  return type.startsWith('aws_iam_')
    ? (text(objectOf(after).name) ?? plannedId('iam', address))
    : plannedId(prefixOf(type) ?? type, address)
}

function resourcesOf(change: ResourceChange, scope: Scope, surroundings: Surroundings): readonly Bare[] {
  const {
    address,
    type,
    change: {actions, before, after},
  } = change
  const translate = TRANSLATIONS[type]!
  const oldId = identifierIn(type, before)
  const was = isObject(before) ? translate(beforeReader(change)) : []
  const willBe = isObject(after) ? translate(withDefaults(change, readerOf(change, scope, surroundings))) : []
  const id = surroundings.ids.get(address)?.id ?? address
  if (isNoOp(actions))
    return willBe.map((part) =>
      resource({address, id, action: 'none', type: part.type}, part.properties, part.properties),
    )
  return [
    ...(actions.includes('delete')
      ? was.map((part) => resource({address, id: oldId ?? id, action: 'delete', type: part.type}, part.properties))
      : []),
    ...(actions.includes('create')
      ? willBe.map((part) => resource({address, id, action: 'create', type: part.type}, undefined, part.properties))
      : []),
    ...(actions.includes('update') ? updated(address, id, was, willBe) : []),
  ]
}

const resource = (
  named: Pick<PlannedResource, 'address' | 'id' | 'action' | 'type'>,
  before?: Properties,
  after?: Properties,
): Bare => ({
  ...named,
  ...(before !== undefined && {before}),
  ...(after !== undefined && {after}),
})

/** A resource of Terraform that is several rules may have more or fewer of them afterwards. */
function updated(address: string, id: string, was: readonly Part[], willBe: readonly Part[]): readonly Bare[] {
  if (was.length === 1 && willBe.length === 1)
    return [resource({address, id, action: 'update', type: willBe[0]!.type}, was[0]!.properties, willBe[0]!.properties)]
  return [
    ...was.map((part) => resource({address, id, action: 'delete', type: part.type}, part.properties)),
    ...willBe.map((part) => resource({address, id, action: 'create', type: part.type}, undefined, part.properties)),
  ]
}

/**
 * A new security group of Terraform has no outbound rule unless the source has one: the provider removes the one that
 * AWS adds. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group
 */
function withDefaults(change: ResourceChange, reader: ReturnType<typeof readerOf>): ReturnType<typeof readerOf> {
  if (change.type !== 'aws_security_group' || !change.change.actions.includes('create')) return reader
  return {...reader, blocks: (attribute) => reader.blocks(attribute) ?? []}
}
