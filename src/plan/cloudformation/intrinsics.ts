import {cidrRanges, formatAddress} from '../../network/address.ts'
import {entryOf} from '../../util/entry-of.ts'
import {isObject} from '../../util/json.ts'
import {memo} from '../../util/memo.ts'
import {hasUnknown, numberOf, UNKNOWN} from '../resource.ts'

/** The data that the functions of a template need. Whatever is not known here is known only after apply. */
export interface Environment {
  readonly parameters: Readonly<Record<string, unknown>>
  readonly mappings: Readonly<Record<string, unknown>>
  readonly conditions: Readonly<Record<string, unknown>>
  /** AWS::Region and the other pseudo parameters. */
  readonly pseudo: Readonly<Record<string, unknown>>
  /** The value of `Ref` for a resource: the id on the model, or undefined if there is no such resource. */
  readonly ref: (logicalId: string) => unknown
  readonly attribute: (logicalId: string, attribute: string) => unknown
}

/** The value of AWS::NoValue: the property is omitted. */
const NO_VALUE: unique symbol = Symbol('AWS::NoValue')

/** Evaluates an argument of a function, one level deeper. */
type Evaluate = (value: unknown) => unknown
type Function = (argument: unknown, value: Evaluate, environment: Environment, depth: number) => unknown

/** Deeper than any template: deeper nesting is not read. */
const MAX_DEPTH = 100
/** Longer than any value of a template: functions that double a text repeatedly end here. */
const MAX_TEXT = 100_000

export function evaluate(value: unknown, environment: Environment, depth = 0): unknown {
  const result = evaluated(value, environment, depth)
  return result === NO_VALUE ? undefined : result
}

function evaluated(value: unknown, environment: Environment, depth: number): unknown {
  if (depth > MAX_DEPTH) return UNKNOWN
  if (Array.isArray(value))
    return value.map((one) => evaluated(one, environment, depth + 1)).filter((one) => one !== NO_VALUE)
  if (!isObject(value)) return isDynamic(value) ? UNKNOWN : value
  const [name, ...others] = Object.keys(value)
  const isCall = name !== undefined && others.length === 0
  const call = isCall ? entryOf(FUNCTIONS, name) : undefined
  if (call) return call(value[name!], (one) => evaluate(one, environment, depth + 1), environment, depth)
  if (isCall && name.startsWith('Fn::')) return UNKNOWN
  const entries = Object.entries(value).map(([key, one]) => [key, evaluated(one, environment, depth + 1)] as const)
  return Object.fromEntries(entries.filter(([, one]) => one !== NO_VALUE))
}

/** `{{resolve:ssm:…}}` is resolved when the stack is created. */
const isDynamic = (value: unknown): boolean => typeof value === 'string' && value.includes('{{resolve:')

const listOf = (argument: unknown): readonly unknown[] => (Array.isArray(argument) ? argument : [])

/** The items of a list, if all of them are known. */
export const texts = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every((one) => typeof one === 'string' || typeof one === 'number')
    ? value.map(String)
    : undefined

const text = (value: string): string | typeof UNKNOWN => (value.length > MAX_TEXT ? UNKNOWN : value)

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
const FUNCTIONS: Readonly<Record<string, Function>> = {
  Ref: (name, _, environment) => refOf(String(name), environment),
  'Fn::GetAtt': (argument, value, environment) => {
    const [id = '', ...rest] = typeof argument === 'string' ? argument.split('.') : (texts(value(argument)) ?? [])
    return environment.attribute(id, rest.join('.'))
  },
  'Fn::Sub': (argument, value, environment) => substituted(argument, value, environment),
  'Fn::Join': (argument, value) => {
    const [separator, list] = listOf(argument)
    const parts = texts(value(list))
    return parts ? text(parts.join(String(separator))) : UNKNOWN
  },
  'Fn::Split': (argument, value) => {
    const [separator, whole] = listOf(argument)
    const joined = value(whole)
    return typeof joined === 'string' ? joined.split(String(separator)) : UNKNOWN
  },
  'Fn::Select': (argument, value) => {
    const [index, list] = listOf(argument)
    const [items, at] = [value(list), numberOf(value(index))]
    return (Array.isArray(items) ? items[at] : undefined) ?? UNKNOWN
  },
  'Fn::If': (argument, _, environment, depth) => {
    const [name, yes, no] = listOf(argument)
    const holds = conditionOf(String(name), environment)
    return holds === UNKNOWN ? UNKNOWN : evaluated(holds ? yes : no, environment, depth + 1)
  },
  'Fn::FindInMap': (argument, value, {mappings}) => {
    const [map, first, second, options] = listOf(argument).map(value)
    const table = entryOf(mappings, String(map))
    const row = isObject(table) ? entryOf(table, String(first)) : undefined
    const found = isObject(row) ? entryOf(row, String(second)) : undefined
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-findinmap-enhancements.html
    const isSure = ![map, first, second].some(hasUnknown)
    return found ?? (isSure && isObject(options) ? options.DefaultValue : undefined) ?? UNKNOWN
  },
  'Fn::Cidr': (argument, value) => {
    const [block, count, bits] = listOf(argument).map(value)
    return typeof block === 'string' ? (splitCidr(block, numberOf(count), numberOf(bits ?? 8)) ?? UNKNOWN) : UNKNOWN
  },
  'Fn::GetAZs': (argument, value, {pseudo}) => {
    const region = value(argument)
    const name = region === '' || region === undefined ? pseudo['AWS::Region'] : region
    return typeof name === 'string' ? ['a', 'b', 'c'].map((zone) => `${name}${zone}`) : UNKNOWN
  },
  'Fn::Length': (argument, value) => {
    const list = value(argument)
    return Array.isArray(list) ? list.length : UNKNOWN
  },
  'Fn::ToJsonString': (argument, value) => {
    const json = value(argument)
    return hasUnknown(json) ? UNKNOWN : text(JSON.stringify(json) ?? '')
  },
  Condition: (name, _, environment) => conditionOf(String(name), environment),
  'Fn::Equals': (argument, value) => {
    const [one, other] = listOf(argument).map(value)
    return hasUnknown([one, other]) ? UNKNOWN : plain(one) === plain(other)
  },
  'Fn::And': (argument, value) => combined(argument, value, false),
  'Fn::Or': (argument, value) => combined(argument, value, true),
  'Fn::Not': (argument, value) => {
    const one = value(Array.isArray(argument) ? argument[0] : argument)
    return one === UNKNOWN ? UNKNOWN : !isTruthy(one)
  },
}

/** The first blocks of a block, each with this many host bits: the result of `Fn::Cidr`. */
export function splitCidr(block: string, count: number, bits: number): readonly string[] | undefined {
  const family = block.includes(':') ? 6 : 4
  const [range] = cidrRanges(family, [block])
  const size = family === 4 ? 32 : 128
  const isWithin = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most
  if (!range || !isWithin(count, 256) || !isWithin(bits, size)) return undefined
  const [from, to] = [BigInt(range[0]), BigInt(range[1])]
  const step = 1n << BigInt(bits)
  if (from + step * BigInt(count) > to) return undefined
  return Array.from({length: count}, (_, at) => {
    const address = from + step * BigInt(at)
    return `${formatAddress(family === 4 ? Number(address) : address)}/${size - bits}`
  })
}

const plain = (value: unknown): string | undefined =>
  typeof value === 'object' ? JSON.stringify(value) : String(value)

const isTruthy = (value: unknown): boolean => value === true || value === 'true'

/** True decides an Or and false an And, even if the rest is unknown. */
function combined(argument: unknown, value: Evaluate, decisive: boolean): unknown {
  const values = listOf(argument).map(value)
  if (values.some((one) => one !== UNKNOWN && isTruthy(one) === decisive)) return decisive
  return values.includes(UNKNOWN) ? UNKNOWN : !decisive
}

/** Each is evaluated once, and one that refers to itself has no value. */
export function once<T>(value: (key: string) => T, circular: T): (key: string) => T {
  const known = new Map<string, T>()
  return (key) => {
    const found = known.get(key)
    if (known.has(key)) return found as T
    known.set(key, circular)
    const result = value(key)
    known.set(key, result)
    return result
  }
}

const conditionsOf = memo((environment: Environment) =>
  once((name): boolean | typeof UNKNOWN => {
    const value = evaluate(entryOf(environment.conditions, name) ?? UNKNOWN, environment)
    return value === UNKNOWN ? UNKNOWN : isTruthy(value)
  }, UNKNOWN),
)

export const conditionOf = (name: string, environment: Environment): boolean | typeof UNKNOWN =>
  conditionsOf(environment)(name)

function refOf(name: string, {pseudo, parameters, ref}: Environment): unknown {
  if (name === 'AWS::NoValue') return NO_VALUE
  if (Object.hasOwn(pseudo, name)) return pseudo[name]
  if (Object.hasOwn(parameters, name)) return isDynamic(parameters[name]) ? UNKNOWN : parameters[name]
  return ref(name) ?? UNKNOWN
}

function substituted(argument: unknown, evaluateOne: Evaluate, environment: Environment): unknown {
  const [pattern, own] = Array.isArray(argument) ? argument : [argument]
  const values = isObject(own) ? own : {}
  if (typeof pattern !== 'string' || isDynamic(pattern)) return UNKNOWN
  const named = (key: string): unknown => {
    if (Object.hasOwn(values, key)) return evaluateOne(values[key])
    const [id = '', ...attribute] = key.split('.')
    return attribute.length > 0 ? environment.attribute(id, attribute.join('.')) : refOf(key, environment)
  }
  let isUnknown = false
  const result = pattern.replaceAll(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`
    const value = named(name.trim())
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
    isUnknown = true
    return whole
  })
  return isUnknown ? UNKNOWN : text(result)
}
