import {isObject, type JsonObject} from '../../util/json.ts'

/** More copies than this are not a valid template: CloudFormation allows 500 resources. */
const MAX_COPIES = 5000
const MAX_NESTED = 5

/**
 * Entries of a template with its `Fn::ForEach` loops expanded. A loop over unknown items stays as it is.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html
 */
export function withoutLoops(
  entries: JsonObject,
  listOf: (collection: unknown) => readonly string[] | undefined,
  nested = 0,
): JsonObject {
  const result: [string, unknown][] = []
  for (const [key, value] of Object.entries(entries)) {
    const copies = key.startsWith('Fn::ForEach::') && nested < MAX_NESTED ? copiesOf(value, listOf) : undefined
    if (!copies) result.push([key, value])
    else for (const copy of copies) result.push(...Object.entries(withoutLoops(copy, listOf, nested + 1)))
    if (result.length > MAX_COPIES) break
  }
  return Object.fromEntries(result)
}

/** The result of a loop for each item, or nothing if its items are unknown. */
function copiesOf(
  loop: unknown,
  listOf: (collection: unknown) => readonly string[] | undefined,
): readonly JsonObject[] | undefined {
  const [name, collection, body] = Array.isArray(loop) ? loop : []
  const items = listOf(collection)
  if (typeof name !== 'string' || !items || !isObject(body)) return undefined
  return items.slice(0, MAX_COPIES).map((item) => replaced(body, name, item) as JsonObject)
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
