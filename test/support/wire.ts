import type {NormalizedSchema} from '@smithy/core/schema'
import {isObject} from '../../src/util/json.ts'

/** A value as the SDK's schemas describe it. */
export type Value = unknown
export type Shape = NormalizedSchema
export type Fields = {readonly [name: string]: Value}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`)
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const nameOf = (shape: Shape, otherwise: string): string => {
  const name: unknown = shape.getMergedTraits().xmlName
  return typeof name === 'string' ? name : otherwise
}

const isFlat = (shape: Shape): boolean => Boolean(shape.getMergedTraits().xmlFlattened)

const asText = (value: Value): string =>
  value instanceof Date
    ? value.toISOString()
    : value instanceof Uint8Array
      ? Buffer.from(value).toString('base64')
      : String(value)

/** XML as the query protocols and REST-XML return it. */
function xml(shape: Shape, value: Value, name: string): string {
  if (value === undefined || value === null) return ''
  if (shape.isListSchema()) {
    const member = shape.getValueSchema()
    const tag = isFlat(shape) ? name : nameOf(member, 'member')
    const items = (Array.isArray(value) ? value : []).map((item) => xml(member, item, tag)).join('')
    return isFlat(shape) ? items : `<${name}>${items}</${name}>`
  }
  if (shape.isStructSchema()) return `<${name}>${xmlMembers(shape, value)}</${name}>`
  return `<${name}>${escaped(asText(value))}</${name}>`
}

export const xmlMembers = (shape: Shape, value: Value): string =>
  [...shape.structIterator()]
    .map(([key, member]) => xml(member, isObject(value) ? value[key] : undefined, nameOf(member, key)))
    .join('')

/** JSON as the JSON protocols return it: times in seconds. */
export function json(shape: Shape, value: Value): Value {
  if (value === undefined || value === null) return value
  if (shape.isTimestampSchema()) return new Date(asText(value)).getTime() / 1000
  if (shape.isListSchema() && Array.isArray(value)) return value.map((item) => json(shape.getValueSchema(), item))
  if (shape.isMapSchema() && isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, json(shape.getValueSchema(), item)]))
  if (!shape.isStructSchema() || !isObject(value)) return value
  const members = [...shape.structIterator()].filter(([key]) => value[key] !== undefined)
  return Object.fromEntries(
    members.map(([key, member]) => [member.getMergedTraits().jsonName ?? key, json(member, value[key])]),
  )
}

/** The input of a query protocol: `Filter.1.Value.2=…`. EC2 writes capitals and leaves the word `member` out. */
export function fromQuery(shape: Shape, params: URLSearchParams, prefix: string, isEc2: boolean): Value {
  const has = (path: string) => [...params.keys()].some((key) => key === path || key.startsWith(`${path}.`))
  if (shape.isStructSchema()) {
    const members = [...shape.structIterator()].map(([key, member]) => {
      const ec2Name: unknown = member.getMergedTraits().ec2QueryName
      const own = isEc2 ? (typeof ec2Name === 'string' ? ec2Name : capital(nameOf(member, key))) : nameOf(member, key)
      return [key, member, prefix ? `${prefix}.${own}` : own] as const
    })
    return Object.fromEntries(
      members
        .filter(([, , path]) => has(path))
        .map(([key, member, path]) => [key, fromQuery(member, params, path, isEc2)]),
    )
  }
  if (shape.isListSchema()) {
    const member = shape.getValueSchema()
    const base = isEc2 || isFlat(shape) ? prefix : `${prefix}.${nameOf(member, 'member')}`
    const items: Value[] = []
    for (let at = 1; has(`${base}.${at}`); at++) items.push(fromQuery(member, params, `${base}.${at}`, isEc2))
    return items
  }
  return scalar(shape, params.get(prefix) ?? '')
}

export const scalar = (shape: Shape, text: string): Value =>
  shape.isNumericSchema() ? Number(text) : shape.isBooleanSchema() ? text === 'true' : text
