import {isObject, type JsonObject} from '../../util/json.ts'
import {hasUnknown, isKnown, laterOf, objectOf, type Properties} from '../resource.ts'
import {type Environment, evaluate} from './intrinsics.ts'

/** Functions whose result may differ although their text does not: it depends on what is elsewhere, or on the account. */
const INDIRECT: ReadonlySet<string> = new Set(
  ['If', 'FindInMap', 'Transform', 'GetStackOutput', 'GetAZs'].map((name) => `Fn::${name}`),
)

/** How a template and what it is evaluated in decide on one expression. */
interface Within {
  readonly template: JsonObject
  readonly environment: Environment
  /** Parameters of a nested stack are expressions of the one that it is nested in. */
  readonly isNested: boolean
}

/**
 * The properties, in which what is known only after apply is named for its expression: an imported value, or a parameter
 * without a value, stays what it was where a new template has the same expression. An exported value that is imported
 * cannot change.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
 */
export const namedUnknowns = (properties: Properties, raw: unknown, within: Within): Properties =>
  Object.fromEntries(
    Object.entries(properties).map(([name, value]) => {
      const expression = objectOf(raw)[name]
      const isNamed = hasUnknown(value) && isStable(expression, within)
      return [name, isNamed ? withName(value, JSON.stringify(expression)) : value]
    }),
  )

function withName(value: unknown, expression: string): unknown {
  if (!isKnown(value)) return laterOf(expression)
  if (Array.isArray(value)) return value.map((one) => withName(one, expression))
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withName(one, expression)]))
    : value
}

function isStable(expression: unknown, within: Within): boolean {
  if (typeof expression === 'string') return !expression.includes('{{resolve:')
  if (Array.isArray(expression)) return expression.every((one) => isStable(one, within))
  if (!isObject(expression)) return true
  return Object.entries(expression).every(([name, argument]) => {
    if (name === 'Ref') return isStableName(String(argument), within)
    if (name === 'Fn::GetAtt') return !hasUnknown(evaluate({[name]: argument}, within.environment))
    return (
      !INDIRECT.has(name) && isStable(argument, within) && (name !== 'Fn::Sub' || isStablePattern(argument, within))
    )
  })
}

/** The value of a parameter of Systems Manager may have changed. */
function isStableName(name: string, {template, isNested}: Within): boolean {
  const parameter = objectOf(template.Parameters)[name]
  return parameter === undefined || !(isNested || /^AWS::SSM::Parameter/.test(String(objectOf(parameter).Type)))
}

function isStablePattern(argument: unknown, within: Within): boolean {
  const [pattern, own] = Array.isArray(argument) ? argument : [argument]
  const names = [...String(pattern).matchAll(/\$\{([^!}][^}]*)\}/g)].flatMap(([, name = '']) => name.trim())
  return names
    .filter((name) => !Object.hasOwn(objectOf(own), name))
    .every((name) => isStable(name.includes('.') ? {'Fn::GetAtt': name} : {Ref: name}, within))
}
