import {entryOf} from '../../util/entry-of.ts'
import type {JsonObject} from '../../util/json.ts'
import {isKnown, isTrue, objectOf, textsOf, UNKNOWN} from '../resource.ts'

/** The values of a template's parameters: the given ones, or their defaults. */
export function parametersOf(
  template: JsonObject,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(objectOf(template.Parameters)).map(([name, raw]) => {
      const {Default, Type = 'String', NoEcho} = objectOf(raw)
      const value = entryOf(given, name) ?? Default
      const isMasked = isTrue(NoEcho) && /^\*+$/.test(String(value))
      if (value === undefined || isMasked || String(Type).startsWith('AWS::SSM::Parameter')) return [name, UNKNOWN]
      const isList = String(Type).startsWith('List<') || Type === 'CommaDelimitedList'
      return [
        name,
        isList && typeof value !== 'object' && isKnown(value)
          ? String(value)
              .split(',')
              .map((one) => one.trim())
          : value,
      ]
    }),
  )
}

/** The values of NoEcho parameters, each item of a list. */
export function secretsOf(template: JsonObject, given: Readonly<Record<string, unknown>>): readonly string[] {
  const values = parametersOf(template, given)
  return Object.entries(objectOf(template.Parameters)).flatMap(([name, raw]) =>
    isTrue(objectOf(raw).NoEcho) ? textsOf(values[name]) : [],
  )
}
