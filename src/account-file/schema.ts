import {type PolicyDocument, type Unreadable, whyUnreadable} from '../model/account.ts'
import {decodeDocument} from '../model/documents.ts'
import {isObject, type JsonObject} from '../util/json.ts'
import {usageError, visible} from '../util/usage-error.ts'
import {withReasonFields} from './reason-fields.ts'

/**
 * Validates a value when it is read: returns it, as the same object if nothing had to change, or throws a
 * mismatch. Why these are not a library's schemas: `docs/decisions/0003-own-shapes.md`.
 */
export type Shape = (value: unknown) => unknown
export type Fields = {readonly [field: string]: Shape}

interface Mismatch {
  readonly mismatch: true
  readonly expected: string
  readonly found: unknown
  /** The path to the value, from the inside out. */
  readonly path: (string | number)[]
}

const isMismatch = (error: unknown): error is Mismatch =>
  typeof error === 'object' && error !== null && 'mismatch' in error

export const mismatch = (expected: string, found: unknown): Mismatch => ({mismatch: true, expected, found, path: []})

const isAbsent = (value: unknown): boolean => value === undefined || value === null

function within(error: unknown, key: string | number): unknown {
  if (isMismatch(error)) error.path.push(key)
  return error
}

const pathOf = (path: readonly (string | number)[]): string =>
  path.reduceRight<string>(
    (path, key) => (typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`),
    '',
  )

function described(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value)
  return visible(text.length > 60 ? `${text.slice(0, 57)}…` : text)
}

/**
 * The result of `read`; an invalid value becomes one error that names the file, the path, and the expected and actual
 * value.
 */
export function reading<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!isMismatch(error)) throw error
    const path = pathOf(error.path)
    throw usageError(
      `${file}: ${path === '' ? '' : `${path}: `}expected ${error.expected}, found ${described(error.found)}`,
    )
  }
}

export function text(value: unknown): string {
  if (typeof value !== 'string') throw mismatch('text', value)
  return value
}

export function number(value: unknown): number {
  if (!Number.isFinite(value) || typeof value !== 'number') throw mismatch('a number', value)
  return value
}

export function flag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw mismatch('true or false', value)
  return value
}

export function flagOrText(value: unknown): boolean | string {
  if (typeof value !== 'boolean' && typeof value !== 'string') throw mismatch('true or false', value)
  return value
}

const CANONICAL = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/
const DAY_FIRST = /^\d{4}-\d\d-\d\d(?:$|[T ])/

/** Times of other years have no ISO text of four digits, which is what this tool writes and reads. */
const FIRST = new Date('0000-01-01T00:00:00.000Z')
const LAST = new Date('9999-12-31T23:59:59.999Z')

/** ISO text. The AWS CLI prints times with an offset, or as seconds since 1970 when `cli_timestamp_format` says so. */
export function time(value: unknown): string {
  if (typeof value === 'string' && CANONICAL.test(value)) return value
  const moment = new Date(millisecondsOf(value))
  if (!(moment >= FIRST && moment <= LAST)) throw mismatch('an ISO 8601 time', value)
  return moment.toISOString()
}

function millisecondsOf(value: unknown): number {
  if (typeof value === 'number') return value * 1000
  return typeof value === 'string' && DAY_FIRST.test(value) ? Date.parse(value) : Number.NaN
}

export function document(value: unknown): PolicyDocument {
  if (typeof value !== 'string' && !isObject(value)) throw mismatch('a policy document', value)
  return decodeDocument(value)
}

/** Whether a value is valid without a change, determined without creating anything. False decides nothing yet. */
type Accepts = (value: unknown) => boolean

const isText: Accepts = (value) => typeof value === 'string'
const isCanonical: Accepts = (value) => typeof value === 'string' && CANONICAL.test(value)

/** Most values of a fleet need no change: only for others does the shape itself run, and says what is wrong. */
const ACCEPTS = new WeakMap<Shape, Accepts>([
  [text, isText],
  [number, Number.isFinite],
  [flag, (value) => typeof value === 'boolean'],
  [time, isCanonical],
])

const NEVER: Accepts = () => false
const acceptsOf = (shape: Shape): Accepts => ACCEPTS.get(shape) ?? NEVER

function accepting<S extends Shape>(shape: S, accepts: Accepts): S {
  ACCEPTS.set(shape, accepts)
  return shape
}

interface Field {
  readonly name: string
  readonly shape: Shape
  readonly isRequired: boolean
  readonly accepts: Accepts
  /** Fleets have millions of texts, so they need no function call. */
  readonly isText: boolean
}

const fieldsOf = (fields: Fields, isRequired: boolean): readonly Field[] =>
  Object.entries(fields).map(([name, shape]) => ({
    name,
    shape,
    isRequired,
    accepts: acceptsOf(shape),
    isText: shape === text,
  }))

/**
 * An object that has the `required` fields, and whose `optional` ones are valid if present. Other fields are not
 * validated. `then` may normalize what follows from several fields.
 */
export function object(required: Fields, optional: Fields = {}, then?: (value: JsonObject) => JsonObject): Shape {
  const fields = [...fieldsOf(required, true), ...fieldsOf(optional, false)]
  const accepts = (value: unknown): value is JsonObject => {
    if (!isObject(value)) return false
    for (const field of fields) {
      const found = value[field.name]
      if (found === undefined) {
        if (field.isRequired) return false
      } else if (!(field.isText ? typeof found === 'string' : field.accepts(found))) return false
    }
    return true
  }
  const shape = (value: unknown) => {
    const valid = accepts(value) ? value : changed(fields, value)
    return then ? then(valid) : valid
  }
  return then ? shape : accepting(shape, accepts)
}

function changed(fields: readonly Field[], value: unknown): JsonObject {
  if (!isObject(value)) throw mismatch('an object', value)
  let copy: Record<string, unknown> | undefined
  for (const {name, shape, isRequired} of fields) {
    const before = value[name]
    if (before === undefined && !isRequired) continue
    const after = before === null && !isRequired ? undefined : shapedAt(name, shape, before)
    if (after === before) continue
    copy ??= {...value}
    if (after === undefined) delete copy[name]
    else copy[name] = after
  }
  return copy ?? value
}

function shapedAt(name: string, shape: Shape, value: unknown): unknown {
  try {
    return shape(value)
  } catch (error) {
    throw within(error, name)
  }
}

/** AWS returns some objects empty when there is nothing. */
export function optionalObject(optional: Fields): Shape {
  const shape = object({}, optional)
  const accepts = acceptsOf(shape)
  const isEmpty = (value: unknown) => isObject(value) && Object.keys(value).length === 0
  return accepting(
    (value) => (isEmpty(value) ? undefined : shape(value)),
    (value) => !isEmpty(value) && accepts(value),
  )
}

/** Free keys, each with text. */
export function textMap(value: unknown): JsonObject {
  if (!isObject(value)) throw mismatch('an object', value)
  for (const [key, entry] of Object.entries(value))
    if (typeof entry !== 'string') throw within(mismatch('text', entry), key)
  return value
}

export function list(item: Shape): (value: unknown) => readonly unknown[] {
  const accepts = acceptsOf(item)
  return accepting(
    (value) => (Array.isArray(value) ? eachMatches(item, value) : notAList(value)),
    (value) => Array.isArray(value) && value.every(accepts),
  )
}

function notAList(value: unknown): never {
  throw mismatch('a list', value)
}

function eachMatches(item: Shape, value: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | undefined
  let at = 0
  try {
    for (; at < value.length; at++) {
      const before: unknown = value[at]
      const after = item(before)
      if (after === before) continue
      copy ??= value.slice()
      copy[at] = after
    }
  } catch (error) {
    throw within(error, at)
  }
  return copy ?? value
}

const NONE: readonly never[] = []

/** A list that AWS omits if it is empty. */
export const listOrNone = (item: Shape): Shape => {
  const full = list(item)
  return accepting((value) => (value === undefined || value === null ? NONE : full(value)), acceptsOf(full))
}

const unreadable = object({unreadable: text}, {error: text, action: text, message: text})

/** AWS's denial, with only its reason and the key of the requested item. */
export const isRefusal = (value: unknown): value is JsonObject & Unreadable =>
  isObject(value) && Object.hasOwn(value, 'unreadable')

function refusal(value: JsonObject, known?: Shape): JsonObject {
  const fields = {...withReasonFields(whyUnreadable(unreadable(value) as unknown as Unreadable))}
  if (known === undefined || value.known === undefined) return fields
  try {
    return {...fields, known: known(value.known)}
  } catch (error) {
    throw within(error, 'known')
  }
}

/**
 * A list, or `{unreadable: why}`, which may contain the known items. An item that lacks a field is unknown,
 * and the others are.
 */
export const listOrWhy = (item: Shape, name: string): Shape => {
  const full = list(item)
  const read = (items: unknown): unknown => {
    try {
      return full(items)
    } catch (error) {
      // The last key of the path is the index of the item.
      if (!isIncomplete(error, 1)) throw error
      const why = incomplete({...error, path: [...error.path, name]})
      return {...why, known: completeItems(items as readonly unknown[], full)}
    }
  }
  return (value) => {
    if (!isRefusal(value)) return read(value)
    const given = refusal(value, read)
    return isRefusal(given.known) ? {...given, known: given.known.known} : given
  }
}

/** A field is missing, not the value itself, which is at this depth. */
const isIncomplete = (error: unknown, depth = 0): error is Mismatch =>
  isMismatch(error) && isAbsent(error.found) && error.path.length > depth

function completeItems(items: readonly unknown[], listed: (items: readonly unknown[]) => readonly unknown[]) {
  return items.flatMap((one, at) => {
    try {
      return listed([one])
    } catch (error) {
      if (isIncomplete(error, 1)) return []
      if (isMismatch(error)) error.path[error.path.length - 1] = at
      throw error
    }
  })
}

/** Why an item that lacks a field cannot be used. */
const incomplete = ({path}: Pick<Mismatch, 'path'>): Unreadable => unreadableAnswer(`${pathOf(path)} is missing`)

/** For a response that is not as AWS documents it. */
export const unreadableAnswer = (message: string, error = 'IncompleteAnswer'): Unreadable => ({
  unreadable: `${error}: ${message}`,
  error,
  message,
})

/** Why a kind, or a part of an item, cannot be read from a file that does not have it. */
export const NOT_IN_FILE: Unreadable = {unreadable: 'not in the account file'}

/** A list that AWS always returns: if it is missing, it was not read. */
export const listOrGap = (item: Shape, name: string): Shape => {
  const listed = listOrWhy(item, name)
  return (value) => (value === undefined || value === null ? NOT_IN_FILE : listed(value))
}

/** An item, or its key and why it could not be read. One that has its key and lacks another field is unreadable. */
export const itemOrWhy = (key: string, item: Shape): Shape => {
  const known = object({[key]: text})
  return (value) => {
    if (isRefusal(value)) return {[key]: (known(value) as JsonObject)[key], ...refusal(value)}
    try {
      return item(value)
    } catch (error) {
      if (!isIncomplete(error) || !isObject(value) || typeof value[key] !== 'string') throw error
      return {[key]: value[key], ...incomplete(error)}
    }
  }
}
