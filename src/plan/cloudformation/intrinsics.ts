import {isObject, type JsonObject} from '../../account-file/schema.ts'
import {UNKNOWN} from '../resource.ts'
import {splitCidr} from './cidr.ts'

/** What the functions of a template need to know. Whatever is not known here is known only after apply. */
export interface Environment {
  readonly parameters: Readonly<Record<string, unknown>>
  readonly mappings: Readonly<Record<string, unknown>>
  readonly conditions: Readonly<Record<string, unknown>>
  /** AWS::Region and its relatives. */
  readonly pseudo: Readonly<Record<string, unknown>>
  /** What `Ref` of a resource gives: the id on the model, or undefined where there is no such resource. */
  readonly ref: (logicalId: string) => string | undefined
  readonly attribute: (logicalId: string, attribute: string) => unknown
}

/** What AWS::NoValue leaves out. */
const NO_VALUE: unique symbol = Symbol('AWS::NoValue')

type Function = (argument: unknown, environment: Environment) => unknown

/** Deeper than any template: what is nested further is not read. */
const MOST_DEPTH = 100

export function evaluate(value: unknown, environment: Environment, depth = 0): unknown {
  const result = evaluated(value, environment, depth)
  return result === NO_VALUE ? undefined : result
}

function evaluated(value: unknown, environment: Environment, depth: number): unknown {
  if (depth > MOST_DEPTH) return UNKNOWN
  if (Array.isArray(value))
    return value.map((one) => evaluated(one, environment, depth + 1)).filter((one) => one !== NO_VALUE)
  if (!isObject(value)) return value
  const [name, ...others] = Object.keys(value)
  const call = name !== undefined && others.length === 0 ? FUNCTIONS[name] : undefined
  if (call) return call(value[name!], environment)
  if (name?.startsWith('Fn::') && others.length === 0) return UNKNOWN
  const entries = Object.entries(value).map(([key, one]) => [key, evaluated(one, environment, depth + 1)] as const)
  return Object.fromEntries(entries.filter(([, one]) => one !== NO_VALUE))
}

const texts = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every((one) => typeof one === 'string' || typeof one === 'number')
    ? value.map(String)
    : undefined

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
const FUNCTIONS: Readonly<Record<string, Function>> = {
  Ref: (name, environment) => refOf(String(name), environment),
  'Fn::GetAtt': (argument, environment) => {
    const [id = '', ...rest] = typeof argument === 'string' ? argument.split('.') : (texts(argument) ?? [])
    return environment.attribute(id, rest.join('.'))
  },
  'Fn::Sub': (argument, environment) => substituted(argument, environment),
  'Fn::Join': (argument, environment) => {
    const [separator, list] = Array.isArray(argument) ? argument : []
    const parts = texts(evaluate(list, environment))
    return parts ? parts.join(String(separator)) : UNKNOWN
  },
  'Fn::Split': (argument, environment) => {
    const [separator, text] = Array.isArray(argument) ? argument : []
    const whole = evaluate(text, environment)
    return typeof whole === 'string' ? whole.split(String(separator)) : UNKNOWN
  },
  'Fn::Select': (argument, environment) => {
    const [index, list] = Array.isArray(argument) ? argument : []
    const items = evaluate(list, environment)
    const at = Number(evaluate(index, environment))
    return Array.isArray(items) && at < items.length ? items[at] : UNKNOWN
  },
  'Fn::If': (argument, environment) => {
    const [name, yes, no] = Array.isArray(argument) ? argument : []
    const holds = conditionOf(String(name), environment)
    return holds === UNKNOWN ? UNKNOWN : evaluated(holds ? yes : no, environment, 0)
  },
  'Fn::FindInMap': (argument, environment) => {
    const [map, first, second] = (Array.isArray(argument) ? argument : []).map((one) => evaluate(one, environment))
    const table = environment.mappings[String(map)]
    const row = isObject(table) ? table[String(first)] : undefined
    const found = isObject(row) ? row[String(second)] : undefined
    return found === undefined ? UNKNOWN : found
  },
  'Fn::Cidr': (argument, environment) => {
    const [block, count, bits] = (Array.isArray(argument) ? argument : []).map((one) => evaluate(one, environment))
    return typeof block === 'string' ? (splitCidr(block, Number(count), Number(bits ?? 8)) ?? UNKNOWN) : UNKNOWN
  },
  'Fn::GetAZs': (argument, environment) => {
    const region = evaluate(argument, environment)
    const name = region === '' || region === undefined ? environment.pseudo['AWS::Region'] : region
    return typeof name === 'string' ? ['a', 'b', 'c'].map((zone) => `${name}${zone}`) : UNKNOWN
  },
  'Fn::Base64': () => UNKNOWN,
  'Fn::ImportValue': () => UNKNOWN,
  'Fn::Transform': () => UNKNOWN,
  'Fn::Length': (argument, environment) => {
    const list = evaluate(argument, environment)
    return Array.isArray(list) ? list.length : UNKNOWN
  },
  'Fn::ToJsonString': (argument, environment) => JSON.stringify(evaluate(argument, environment)),
  Condition: (name, environment) => conditionOf(String(name), environment),
  'Fn::Equals': (argument, environment) => {
    const [one, other] = (Array.isArray(argument) ? argument : []).map((side) => evaluate(side, environment))
    return one === UNKNOWN || other === UNKNOWN ? UNKNOWN : String(one) === String(other)
  },
  'Fn::And': (argument, environment) => combined(argument, environment, false),
  'Fn::Or': (argument, environment) => combined(argument, environment, true),
  'Fn::Not': (argument, environment) => {
    const value = evaluate(Array.isArray(argument) ? argument[0] : argument, environment)
    return value === UNKNOWN ? UNKNOWN : !isTruthy(value)
  },
}

const isTruthy = (value: unknown): boolean => value === true || value === 'true'

/** True decides an Or and false an And, whatever else is unknown. */
function combined(argument: unknown, environment: Environment, decisive: boolean): unknown {
  const values = (Array.isArray(argument) ? argument : []).map((one) => evaluate(one, environment))
  if (values.some((value) => value !== UNKNOWN && isTruthy(value) === decisive)) return decisive
  return values.includes(UNKNOWN) ? UNKNOWN : !decisive
}

export function conditionOf(name: string, environment: Environment): boolean | typeof UNKNOWN {
  const {[name]: condition, ...others} = environment.conditions
  // A condition that names itself has no value.
  const value = condition === undefined ? UNKNOWN : evaluate(condition, {...environment, conditions: others})
  return value === UNKNOWN ? UNKNOWN : isTruthy(value)
}

function refOf(name: string, environment: Environment): unknown {
  if (name === 'AWS::NoValue') return NO_VALUE
  if (name in environment.pseudo) return environment.pseudo[name]
  if (name in environment.parameters) return withoutDynamic(environment.parameters[name])
  return environment.ref(name) ?? UNKNOWN
}

/** `{{resolve:ssm:…}}` is looked up when the stack is made. */
const withoutDynamic = (value: unknown): unknown =>
  typeof value === 'string' && value.includes('{{resolve:') ? UNKNOWN : value

function substituted(argument: unknown, environment: Environment): unknown {
  const [text, own] = Array.isArray(argument) ? argument : [argument]
  const values: JsonObject = isObject(own) ? own : {}
  if (typeof text !== 'string') return UNKNOWN
  let isUnknown = text.includes('{{resolve:')
  const result = text.replaceAll(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`
    const key = name.trim()
    const value =
      key in values
        ? evaluate(values[key], environment)
        : key.includes('.')
          ? environment.attribute(key.slice(0, key.indexOf('.')), key.slice(key.indexOf('.') + 1))
          : refOf(key, environment)
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
    isUnknown = true
    return whole
  })
  return isUnknown ? UNKNOWN : result
}
