import {isObject, type JsonObject} from '../../util/json.ts'
import {usageError} from '../../util/usage-error.ts'
import {textOf} from '../resource.ts'

/** Transforms that do not change modeled kinds, or that are supported here. */
const KNOWN_TRANSFORMS = /^AWS::(?:Serverless|LanguageExtensions|SecretsManager|CodeDeployBlueGreen|ServiceCatalog)\b/

export function macroIn({Transform, Resources}: JsonObject): string | undefined {
  const own = (Array.isArray(Transform) ? Transform : Transform === undefined ? [] : [Transform]).map((one) =>
    textOf(isObject(one) ? one.Name : one),
  )
  const inside = isObject(Resources) && 'Fn::Transform' in Resources ? ['Fn::Transform'] : []
  return [...own, ...inside].find((name) => name !== undefined && !KNOWN_TRANSFORMS.test(name))
}

/** Only CloudFormation knows the result of a macro. */
export function refuseMacros(template: JsonObject): void {
  const macro = macroIn(template)
  if (macro !== undefined)
    throw usageError(
      `The template uses the macro ${macro}, which only CloudFormation can expand: examine a change set of it, written by aws cloudformation describe-change-set --include-property-values.`,
    )
}
