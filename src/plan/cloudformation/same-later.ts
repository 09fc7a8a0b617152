import {isObject, type JsonObject} from '../../util/json.ts'
import {contentOf, hasUnknown, isKnown, laterOf, objectOf, type Properties, withLeaves} from '../resource.ts'
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
      const expression = hasUnknown(value) ? nameOf(objectOf(raw)[name], within) : undefined
      if (expression === undefined) return [name, value]
      return [name, withLeaves(value, (leaf) => (isKnown(leaf) ? leaf : laterOf(expression)))]
    }),
  )

/**
 * The expression, with the values of what it refers to: a parameter decides which value is imported. Nothing if the
 * result may differ although all of that is the same.
 */
function nameOf(expression: unknown, within: Within): string | undefined {
  const references = referencesIn(expression)
  if (!isDirect(expression) || !references.every((one) => isStable(one, within))) return undefined
  return contentOf([expression, evaluate(references, within.environment)])
}

function isDirect(expression: unknown): boolean {
  if (typeof expression === 'string') return !expression.includes('{{resolve:')
  if (Array.isArray(expression)) return expression.every(isDirect)
  if (!isObject(expression)) return true
  return Object.entries(expression).every(([name, argument]) => !INDIRECT.has(name) && isDirect(argument))
}

/** Each `Ref` and `Fn::GetAtt` of an expression, those within the pattern of `Fn::Sub` as well. */
function referencesIn(expression: unknown): readonly JsonObject[] {
  if (Array.isArray(expression)) return expression.flatMap(referencesIn)
  if (!isObject(expression)) return []
  return Object.entries(expression).flatMap(([name, argument]) => {
    if (name === 'Ref' || name === 'Fn::GetAtt') return [{[name]: argument}]
    return [...referencesIn(argument), ...(name === 'Fn::Sub' ? variablesIn(argument) : [])]
  })
}

function variablesIn(argument: unknown): readonly JsonObject[] {
  const [pattern, own] = Array.isArray(argument) ? argument : [argument]
  const names = [...String(pattern).matchAll(/\$\{([^!}][^}]*)\}/g)].flatMap(([, name = '']) => name.trim())
  return names
    .filter((name) => !Object.hasOwn(objectOf(own), name))
    .map((name) => (name.includes('.') ? {'Fn::GetAtt': name} : {Ref: name}))
}

/** A parameter without a value keeps the one it had, but not what Systems Manager has for it. */
function isStable(reference: JsonObject, {template, environment, isNested}: Within): boolean {
  const name = String(reference.Ref)
  const parameter = objectOf(template.Parameters)[name]
  const isKept =
    parameter !== undefined &&
    !/^AWS::SSM::Parameter/.test(String(objectOf(parameter).Type)) &&
    isDirect(environment.parameters[name])
  return (isKept && !isNested) || !hasUnknown(evaluate(reference, environment))
}
