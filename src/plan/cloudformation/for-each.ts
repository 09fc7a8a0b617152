import {isObject, type JsonObject} from '../../util/json.ts'
import {usageError} from '../../util/usage-error.ts'

/** CloudFormation allows 500 resources; loops within loops multiply. */
const MAX_COPIES = 5000
const MAX_NESTED = 5

type ListOf = (collection: unknown) => readonly string[] | undefined

/**
 * Entries of a template with its `Fn::ForEach` loops expanded. A loop over unknown items stays as it is.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html
 */
export function withoutLoops(entries: JsonObject, listOf: ListOf): JsonObject {
  let copied = 0
  const expanded = (within: JsonObject, nested: number): readonly (readonly [string, unknown])[] =>
    Object.entries(within).flatMap(([key, value]): readonly (readonly [string, unknown])[] => {
      const copies = key.startsWith('Fn::ForEach::') && nested < MAX_NESTED ? copiesOf(value, listOf) : undefined
      if (!copies) return [[key, value]]
      copied += copies.length
      if (copied > MAX_COPIES)
        throw usageError(`The Fn::ForEach loops of the template make more than ${MAX_COPIES} copies.`)
      return copies.flatMap((copy) => expanded(copy(), nested + 1))
    })
  return Object.fromEntries(expanded(entries, 0))
}

/** The result of a loop for each item, or nothing if its items are unknown. */
function copiesOf(loop: unknown, listOf: ListOf): readonly (() => JsonObject)[] | undefined {
  const [name, collection, body] = Array.isArray(loop) ? loop : []
  const items = listOf(collection)
  if (typeof name !== 'string' || !items || !isObject(body)) return undefined
  return items.map((item) => () => replaced(body, name, item) as JsonObject)
}

/** The value with each mention of the loop's name replaced by one item; `&{Name}` keeps only letters and digits. */
function replaced(value: unknown, name: string, item: string): unknown {
  const inText = (text: string) =>
    text.replaceAll(`\${${name}}`, () => item).replaceAll(`&{${name}}`, () => item.replaceAll(/[^A-Za-z0-9]/g, ''))
  if (typeof value === 'string') return inText(value)
  if (Array.isArray(value)) return value.map((one) => replaced(one, name, item))
  if (!isObject(value)) return value
  if (value.Ref === name) return item
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [inText(key), replaced(one, name, item)]))
}
