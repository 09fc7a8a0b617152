import type {PolicyDocument} from '../model/account.ts'
import {decodeDocument} from '../model/documents.ts'
import {isObject, type JsonObject} from '../util/json.ts'
import {decapitalized} from '../util/list-in-words.ts'

/**
 * The parameters or the response of a call as CloudTrail records them: names begin with a lowercase letter, lists are
 * lists.
 */
export type Parameters = JsonObject

/** Deeper than any AWS request: deeper nesting is ignored. */
const DEEPEST = 24

/**
 * CloudTrail records the calls of Amazon EC2 in two forms. Older operations have `ipPermissions: {items: […]}`, and
 * newer ones `ModifyVpcEndpointRequest: {AddSubnetId: {tag: 1, content: …}}`, where a single item is not in a list.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function parametersOf(value: unknown): Parameters | undefined {
  if (!isObject(value)) return undefined
  const plain = plainOf(unwrapped(value), 0)
  return isObject(plain) ? plain : undefined
}

function unwrapped(value: Parameters): Parameters {
  const [only, ...others] = Object.entries(value)
  if (only === undefined || others.length > 0) return value
  const [name, inner] = only
  return /(?:Request|Response)$/.test(name) && isObject(inner) ? inner : value
}

function plainOf(value: unknown, depth: number): unknown {
  if (depth > DEEPEST) return undefined
  if (Array.isArray(value)) return value.map((item) => plainOf(item, depth + 1))
  if (!isObject(value)) return value
  const entries = Object.entries(value).filter(([name]) => name !== 'tag')
  const [only, ...others] = entries
  if (only !== undefined && others.length === 0) {
    const [name, inner] = only
    if (name === 'items') return listed(inner).map((item) => plainOf(item, depth + 1))
    if (name === 'content') return plainOf(inner, depth + 1)
  }
  return Object.fromEntries(entries.map(([name, inner]) => [decapitalized(name), plainOf(inner, depth + 1)]))
}

const listed = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]

/** The placeholder of CloudTrail for values that it does not show. */
const isHidden = (value: string): boolean => value.startsWith('HIDDEN_DUE_TO_SECURITY_REASONS')

export function textIn(parameters: Parameters | undefined, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = parameters?.[name]
    if (typeof value === 'string' && value !== '' && !isHidden(value)) return value
  }
  return undefined
}

export function numberIn(parameters: Parameters | undefined, name: string): number | undefined {
  const value = parameters?.[name]
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** `true`, or `{value: true}` as attributes have it. */
export function flagIn(parameters: Parameters | undefined, name: string): boolean | undefined {
  const value = parameters?.[name]
  const flag = isObject(value) ? value.value : value
  return flag === true || flag === 'true' ? true : flag === false || flag === 'false' ? false : undefined
}

export function partIn(parameters: Parameters | undefined, name: string): Parameters | undefined {
  const value = parameters?.[name]
  return isObject(value) ? value : undefined
}

/** A policy document; undefined if its text is not JSON. */
export function documentIn(parameters: Parameters | undefined, name: string): PolicyDocument | undefined {
  const text = textIn(parameters, name)
  const document = text === undefined ? undefined : decodeDocument(text)
  return typeof document === 'string' ? undefined : document
}

/** The objects of a list. */
export const partsIn = (parameters: Parameters | undefined, name: string): readonly Parameters[] =>
  listed(parameters?.[name]).filter(isObject)

export const textsIn = (parameters: Parameters | undefined, ...names: readonly string[]): readonly string[] =>
  names.flatMap((name) => listed(parameters?.[name])).filter((value) => typeof value === 'string')

/** Every text inside, at any depth. */
export function* textsWithin(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (Array.isArray(value)) for (const item of value) yield* textsWithin(item)
  else if (isObject(value)) for (const item of Object.values(value)) yield* textsWithin(item)
}
