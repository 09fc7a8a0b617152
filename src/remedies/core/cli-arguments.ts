import {parsedJson} from '../../util/json.ts'
import type {Segment} from './quote.ts'
import {type Input, isList, isScalar, isVariable} from './remedy.ts'

/** A document on several lines is equivalent on one line. */
export function compact(value: Input): Input {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value) || !value.includes('\n')) return value
  const json = parsedJson(value)
  return json === undefined ? value : JSON.stringify(json)
}

/** The arguments of one option: a list has several, unless one of them has no short form. */
export function wordsOf(value: Input): readonly (readonly Segment[])[] {
  if (isScalar(value)) return [[String(value)]]
  if (!isList(value)) return [shorthand(value) ?? asJson(value)]
  const words = value.map((item) => (isScalar(item) ? [String(item)] : isVariable(item) ? [item] : shorthand(item)))
  return words.length > 0 && words.every((word) => word !== undefined) ? words : [asJson(value)]
}

/**
 * What the AWS CLI's shorthand accepts without quotes.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
 */
const SHORT = /^[A-Za-z0-9_.:/@+*-]+$/

/** `Key=value,List=[a,b],Structure={Key=value}`, or undefined if only JSON is possible. */
function shorthand(value: Input): readonly Segment[] | undefined {
  if (isList(value) || isScalar(value) || isVariable(value)) return undefined
  const members = Object.entries(value).map(([key, member]) => {
    const inner = nested(member)
    return SHORT.test(key) && inner && ([`${key}=`, ...inner] as const)
  })
  return members.length > 0 && members.every((member) => member !== undefined && member !== false)
    ? merged(members.flatMap((member, at) => (at === 0 ? member : [',', ...member])))
    : undefined
}

function nested(value: Input): readonly Segment[] | undefined {
  if (isVariable(value)) return [value]
  if (isScalar(value)) return SHORT.test(String(value)) ? [String(value)] : undefined
  if (!isList(value)) {
    const structure = shorthand(value)
    return structure && ['{', ...structure, '}']
  }
  const items = value.map(nested)
  if (items.length === 0 || !items.every((item) => item !== undefined)) return undefined
  return ['[', ...items.flatMap((item, at) => (at === 0 ? item : [',', ...item])), ']']
}

/** JSON text, split where the value of a variable is inserted. */
export function asJson(value: Input): readonly Segment[] {
  if (isVariable(value)) return ['"', value, '"']
  if (isScalar(value)) return [JSON.stringify(value)]
  const members = isList(value)
    ? value.map(asJson)
    : Object.entries(value).map(([key, member]) => [`${JSON.stringify(key)}:`, ...asJson(member)])
  const [open, close] = isList(value) ? '[]' : '{}'
  return merged([open!, ...members.flatMap((member, at) => (at === 0 ? member : [',', ...member])), close!])
}

function merged(segments: readonly Segment[]): readonly Segment[] {
  const joined: Segment[] = []
  for (const segment of segments) {
    const last = joined.at(-1)
    if (typeof last === 'string' && typeof segment === 'string') joined[joined.length - 1] = last + segment
    else joined.push(segment)
  }
  return joined
}
