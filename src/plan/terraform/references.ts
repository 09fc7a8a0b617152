import {isObject} from '../../util/json.ts'

/** The parts of `terraform show -json` that references are followed through. */
interface Expression {
  readonly references?: readonly string[]
  readonly constant_value?: unknown
}
interface ConfigResource {
  readonly address: string
  readonly mode?: string
  readonly type: string
  readonly name: string
  readonly provider_config_key?: string
  readonly expressions?: Readonly<Record<string, unknown>>
  readonly for_each_expression?: unknown
}
export interface Module {
  readonly resources?: readonly ConfigResource[]
  readonly outputs?: Readonly<Record<string, {readonly expression?: Expression}>>
  readonly module_calls?: Readonly<
    Record<
      string,
      {
        readonly expressions?: Readonly<Record<string, unknown>>
        readonly for_each_expression?: unknown
        readonly module?: Module
      }
    >
  >
}

/** A module of the configuration, the address of one of its instances, and the module that calls it. */
export interface Scope {
  readonly module: Module
  /** `module.net["a"]`, or the empty text for the root. */
  readonly address: string
  readonly parent?: {readonly scope: Scope; readonly call: string}
  /** The values of the root module's variables. */
  readonly variables?: Readonly<Record<string, unknown>>
}

/** `[0]` or `["a"]`, in which an instance of a resource or of a module is named. */
const KEY = /\[("(?:[^"\\]|\\.)*"|\d+)\]/.source
const KEYS = new RegExp(KEY, 'g')
const LEADING_KEY = new RegExp(`^${KEY}`)
const OWN_KEY = new RegExp(`${KEY}$`)
const STEPS = new RegExp(`module\\.[\\w-]+(?:${KEY})?`, 'g')
const RESOURCE = new RegExp(`^([\\w-]+\\.[\\w-]+(?:${KEY})?)\\.?(.*)$`)

const withoutKeys = (address: string): string => address.replaceAll(KEYS, '')

/** The address without the key of the resource itself; those of its modules are in references as well. */
export const withoutOwnKey = (address: string): string => address.replace(OWN_KEY, '')

/** `module.a["x"].module.b` as its steps: `module.a["x"]`, then `module.b`. */
const stepsOf = (address: string): readonly string[] => address.match(STEPS) ?? []

export function scopeOf(root: Module, moduleAddress: string, variables: Readonly<Record<string, unknown>> = {}): Scope {
  return stepsOf(moduleAddress).reduce(within, {module: root, address: '', variables})
}

/** The module that a step leads to. */
function within(scope: Scope, step: string): Scope {
  const call = withoutKeys(step).slice('module.'.length)
  const module = scope.module.module_calls?.[call]?.module ?? {}
  return {module, address: addressIn(scope, step), parent: {scope, call}}
}

const addressIn = ({address}: Scope, name: string): string => (address === '' ? name : `${address}.${name}`)

/** What is not a list has no items. */
const listOf = <T>(value: unknown): readonly T[] =>
  Array.isArray(value) ? (value.filter(isObject) as unknown as readonly T[]) : []

export const configOf = ({module}: Scope, type: string, name: string): ConfigResource | undefined =>
  listOf<ConfigResource>(module.resources).find((one) => one.type === type && one.name === name && one.mode !== 'data')

/** The references of an expression; those of a block are of all its attributes. */
export function referencesIn(expression: unknown): readonly string[] {
  if (Array.isArray(expression)) return expression.flatMap(referencesIn)
  if (!isObject(expression)) return []
  if (Array.isArray(expression.references)) return expression.references.map(String)
  if ('constant_value' in expression) return []
  return Object.values(expression).flatMap(referencesIn)
}

export interface Found {
  /** Addresses without keys, or with those in the reference; the key of one in a list or map that a module returns. */
  readonly resources: readonly {
    readonly address: string
    readonly attribute: string
    readonly key?: string | number
  }[]
  /** Where it refers to something that the plan does not show: a local value, or a computed key. */
  readonly hidden: readonly Scope[]
  /** True if the key of `for_each` or `count` chooses among them. */
  readonly isKeyed: boolean
  /** Addresses of data sources, whose values may be known without being shown. */
  readonly data: readonly string[]
  /** Values of variables that are also referred to. */
  readonly constants: readonly unknown[]
}

export const NOTHING: Found = {resources: [], hidden: [], isKeyed: false, data: [], constants: []}

const MAX_STEPS = 32

const hiddenIn = (scope: Scope): Found => ({...NOTHING, hidden: [scope]})

const rootOf = (scope: Scope): Scope => (scope.parent ? rootOf(scope.parent.scope) : scope)

/** Where the value of a local can come from. */
export interface Source {
  /** The module that has it, or one that contains that: variables may pass on other local values, or data read later. */
  readonly module: string
  /** What variables pass to that module. */
  readonly passed: Pick<Found, 'resources' | 'data'>
  /** All that variables pass on the way to that module, and what is read on it: what exists can be among it. */
  readonly existing: Found
}

/** Whether data is read during apply, and whether an argument of a module, by its name, passes no id of the kind. */
interface Passing {
  readonly isOpen: (data: string) => boolean
  readonly isOther: (argument: string) => boolean
}

export function sourceOf(scope: Scope, passing: Passing): Source {
  const {address, parent, module} = scope
  if (!parent) return {module: address, passed: NOTHING, existing: NOTHING}
  const {expressions = {}, for_each_expression} = parent.scope.module.module_calls?.[parent.call] ?? {}
  const given = Object.entries(expressions).flatMap(([name, one]) => (passing.isOther(name) ? [] : [one]))
  const passed = resolve(referencesIn([given, for_each_expression]), parent.scope)
  const read = listOf<ConfigResource>(module.resources).filter(({mode}) => mode === 'data')
  const constants = [...given, for_each_expression].map((one) => (isObject(one) ? one.constant_value : undefined))
  const existing = merged(passed, {...NOTHING, constants, data: read.map((one) => addressIn(scope, one.address))})
  if (passed.hidden.length === 0 && !passed.data.some(passing.isOpen)) return {module: address, passed, existing}
  const outer = sourceOf(parent.scope, passing)
  return {...outer, existing: merged(outer.existing, existing)}
}

/** References to what is no resource, by their first part. */
const OTHERS: ReadonlyMap<string, Found> = new Map([
  ...['each', 'count'].map((head) => [head, {...NOTHING, isKeyed: true}] as const),
  ...['path', 'terraform', 'self'].map((head) => [head, NOTHING] as const),
])

const merged = (one: Found, other: Found): Found => ({
  resources: [...one.resources, ...other.resources],
  hidden: [...one.hidden, ...other.hidden],
  isKeyed: one.isKeyed || other.isKeyed,
  data: [...one.data, ...other.data],
  constants: [...one.constants, ...other.constants],
})

/** The resources that these references refer to, through variables of a module and outputs of others. */
const resolve = (references: readonly string[], scope: Scope, depth = 0): Found =>
  depth > MAX_STEPS
    ? hiddenIn(rootOf(scope))
    : longest(references)
        .map((reference) => foundBy(reference, scope, depth))
        .reduce(merged, NOTHING)

/** What the attribute of a resource refers to; `each.value` is of what its `for_each` refers to. */
export function resolveOf(expression: unknown, {for_each_expression}: Partial<ConfigResource>, scope: Scope): Found {
  const references = referencesIn(expression)
  const found = resolve(references, scope)
  const isOfEach = found.resources.length === 0 && references.some(isEachValue)
  return isOfEach ? merged(found, resolve(referencesIn(for_each_expression), scope)) : found
}

const isEachValue = (reference: string): boolean => reference.startsWith('each.value')

/** Whether it is only of the items of a local value that is named like the argument with which its module is called. */
export function isOfPassedItems(expression: unknown, each: Partial<ConfigResource>, {parent}: Scope): boolean {
  const items = referencesIn(each.for_each_expression)
  const given = parent?.scope.module.module_calls?.[parent.call]?.expressions ?? {}
  return (
    referencesIn(expression).every(isEachValue) &&
    items.every((one) => one.startsWith('local.') && Object.hasOwn(given, one.slice('local.'.length)))
  )
}

function foundBy(reference: string, scope: Scope, depth: number): Found {
  const [head = '', second = '', label = ''] = withoutKeys(reference).split('.')
  if (head === 'var') return variable(second, scope, depth)
  if (head === 'module') return output(reference, scope, depth)
  if (head === 'local') return hiddenIn(scope)
  if (head === 'data') return {...NOTHING, data: [addressIn(scope, `data.${second}.${label}`)]}
  const other = OTHERS.get(head)
  if (other) return other
  const [, address = '', , attribute = ''] = RESOURCE.exec(reference) ?? []
  return {...NOTHING, resources: [{address: addressIn(scope, address), attribute}]}
}

/** Terraform lists `a.b.id` and then `a.b`: the longer one is sufficient. */
const longest = (references: readonly string[]): readonly string[] =>
  references.filter(
    (one, at) =>
      !references.some(
        (other, n) => n !== at && other !== one && (other.startsWith(`${one}.`) || other.startsWith(`${one}[`)),
      ),
  )

function variable(name: string, {parent, variables}: Scope, depth: number): Found {
  if (!parent) return {...NOTHING, constants: [variables?.[name]]}
  const expression = parent.scope.module.module_calls?.[parent.call]?.expressions?.[name]
  if (expression === undefined) return NOTHING
  const found = resolve(referencesIn(expression), parent.scope, depth + 1)
  return isObject(expression) && 'constant_value' in expression
    ? {...found, constants: [...found.constants, expression.constant_value]}
    : found
}

function output(reference: string, scope: Scope, depth: number): Found {
  const [step = ''] = stepsOf(reference)
  const inner = within(scope, step)
  const [, , name = ''] = withoutKeys(reference).split('.')
  const expression = inner.module.outputs?.[name]?.expression
  if (expression === undefined) return hiddenIn(rootOf(scope))
  const found = resolve(referencesIn(expression), inner, depth + 1)
  const key = LEADING_KEY.exec(reference.slice(`${step}.${name}`.length))?.[1]
  const [only, ...others] = found.resources
  return key === undefined || !only || others.length > 0
    ? found
    : {...found, resources: [{...only, key: JSON.parse(key) as string | number}]}
}
