import type {SnippetPlace} from '../../remedies/core/snippet-place.ts'

/** What another resource of the same code has: its id, or an attribute under CloudFormation's name. */
export interface Reference {
  readonly reference: {readonly type: string; readonly name: string; readonly attribute?: string}
}
/** Text of the language itself: a reference to what the code manages already. */
export interface Code {
  readonly code: string
}
/** `null` is what a property no longer is. */
export type Value = string | number | boolean | null | Reference | Code | readonly Value[] | Properties
export type Properties = {readonly [name: string]: Value}

/** What identifies a resource: one property, or several together. */
export type Key = Properties

/**
 * What a change makes of one resource, under CloudFormation's names of types and properties. Each printer writes it in
 * its language.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
export type Part =
  | {readonly change: 'created'; readonly type: string; readonly name: string; readonly properties: Properties}
  /** It exists, and these of its properties change; or these are all it has (`complete`), so that it can be imported. */
  | {
      readonly change: 'set'
      readonly type: string
      readonly key: Key
      readonly properties: Properties
      readonly complete?: true
    }
  | {readonly change: 'deleted'; readonly type: string; readonly key: Key}
  /** It exists, and an item is added to or removed from one of its lists; the label distinguishes the item. */
  | {
      readonly change: 'added' | 'removed'
      readonly type: string
      readonly key: Key
      readonly list: string
      readonly item: Value
      readonly label: string
    }

/** A resource that the code creates. */
export interface Resource {
  readonly kind: 'resource'
  readonly type: string
  readonly name: string
  readonly properties: Properties
  /** The id by which an existing one is imported. */
  readonly imports?: string
  /** The Region that it belongs to, if that is not the Region of the rest of the code. */
  readonly region?: string
}
/** An existing resource: some of its settings change, or it is deleted. */
export interface Existing {
  readonly kind: 'changed' | 'deleted'
  readonly type: string
  readonly id: string
  readonly properties: Properties
}
export type Fragment = Resource | Existing

export const resource = (type: string, name: string, properties: Properties): Resource => ({
  kind: 'resource',
  type,
  name: slug(name),
  properties,
})
export const changed = (type: string, id: string, properties: Properties): Existing => ({
  kind: 'changed',
  type,
  id,
  properties,
})
export const deleted = (type: string, id: string): Existing => ({kind: 'deleted', type, id, properties: {}})

/** Letters, digits and underscores, not beginning with a digit. */
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .replace(/^(?=\d|$)/, 'n')

export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value)
export const isReference = (value: Value | undefined): value is Reference =>
  typeof value === 'object' && value !== null && 'reference' in value
export const isCode = (value: Value | undefined): value is Code =>
  typeof value === 'object' && value !== null && 'code' in value
export const isStructure = (value: Value | undefined): value is Properties =>
  typeof value === 'object' && value !== null && !isList(value) && !isReference(value) && !isCode(value)

/** The value as a part of a name or an id. */
export const textOf = (value: Value | undefined): string =>
  isReference(value) ? value.reference.name : typeof value === 'string' || typeof value === 'number' ? `${value}` : ''

export const structureIn = (properties: Properties, name: string): Properties => {
  const value = properties[name]
  return isStructure(value) ? value : {}
}
export const listIn = (properties: Properties, name: string): readonly Value[] => {
  const value = properties[name]
  return isList(value) ? value : []
}

/** Without the properties that are undefined. */
export const given = (properties: {readonly [name: string]: Value | undefined}): Properties =>
  Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )

/** The code that manages each resource, by resource id. */
export type CodeReferences = NonNullable<SnippetPlace['codeReferences']>

/** What is known when a part is written: the parts of the same change, and the code that manages its resources. */
export interface PartContext {
  readonly parts: readonly Part[]
  readonly managed?: CodeReferences
}
