import {isObject} from '../../util/json.ts'
import {objectOf, UNKNOWN} from '../resource.ts'
import {type Place, referenced} from './future-ids.ts'
import type {PlanContext} from './identified.ts'
import {configOf, referencesIn, type Scope} from './references.ts'
import {isUnknown, type ResourceChange} from './resource-change.ts'

/** The values of one change: known ones as they are, references by the ids that they will be, the rest unknown. */
export interface Reader {
  /** A value, UNKNOWN, or undefined where the plan sets none. */
  readonly get: (attribute: string) => unknown
  /** The blocks under this name, each with its own reader. */
  readonly blocks: (attribute: string) => readonly Reader[] | typeof UNKNOWN | undefined
  /** False if the source leaves it out, so that its value is what AWS has. */
  readonly sets: (attribute: string) => boolean
  /** How many there are is known only after apply: of a block that AWS does not fill in, a dynamic one hides it. */
  readonly isUnknown: (attribute: string) => boolean
  /** What such a block has, which is named like it. */
  readonly dynamic: (attribute: string) => unknown
}

export function readerOf(change: ResourceChange, scope: Scope, context: PlanContext): Reader {
  const {after, after_unknown: unknown} = change.change
  const {expressions} = configOf(scope, change.type, change.name) ?? {}
  const own = reader({change, scope, context}, after, unknown, expressions)
  return {...own, get: (attribute) => (attribute === 'id' ? context.ids.get(change.address)?.id : own.get(attribute))}
}

/** What exists before the change is known. */
export const beforeReader = (change: ResourceChange, scope: Scope): Reader =>
  reader(
    {change, scope, context: {ids: new Map(), open: new Set()}},
    change.change.before,
    {},
    configOf(scope, change.type, change.name)?.expressions,
  )

function reader(place: Place, values: unknown, unknown: unknown, expressions: unknown): Reader {
  const given = (attribute: string) => (isObject(values) ? values[attribute] : undefined)
  const unknownOf = (attribute: string) => (isObject(unknown) ? unknown[attribute] : unknown === true)
  const expressionOf = (attribute: string) => (isObject(expressions) ? expressions[attribute] : undefined)
  const get = (attribute: string): unknown => {
    const unknown = unknownOf(attribute)
    const value = given(attribute)
    if (!isUnknown(unknown)) return value === null ? undefined : value
    const expression = expressionOf(attribute)
    // What the source does not set, the provider fills in with AWS's default, which the model also has.
    if (expression === undefined && isObject(expressions) && !('references' in expressions)) return undefined
    return referenced(place, attribute, expression ?? expressions, value, unknown)
  }
  return {
    get,
    sets: (attribute) => !isObject(expressions) || Object.hasOwn(expressions, attribute) || changes(place, attribute),
    isUnknown: (attribute) => unknownOf(attribute) === true,
    dynamic: (attribute) => referenced(place, attribute, DYNAMIC, undefined, true) ?? UNKNOWN,
    blocks: (attribute) => {
      const list = given(attribute)
      const unknowns = unknownOf(attribute)
      if (unknowns === true) return expressionOf(attribute) === undefined ? undefined : UNKNOWN
      if (!Array.isArray(list)) return undefined
      return list.map((block: unknown, at) => {
        const unknown = Array.isArray(unknowns) ? unknowns[at] : undefined
        const expression = blockExpression(expressionOf(attribute) ?? DYNAMIC, block, at, list.length)
        return reader(place, block, unknown, expression)
      })
    },
  }
}

const changes = ({change: {change}}: Place, attribute: string): boolean =>
  JSON.stringify(objectOf(change.before)[attribute]) !== JSON.stringify(objectOf(change.after)[attribute])

/** The configuration of a plan has no `dynamic` block: what such a block refers to is as hidden as a local value. */
const DYNAMIC = {references: ['local']}

/**
 * Which block of the configuration a block of the values comes from. Sets are not in the order of the source, so blocks
 * are matched by what is constant in them; `route`, `ingress` and `egress` as attributes share one list of references.
 */
function blockExpression(expression: unknown, block: unknown, at: number, count: number): unknown {
  if (!Array.isArray(expression)) return expression
  const fitting = expression.filter(
    (one) =>
      isObject(one) &&
      Object.entries(one).every(
        ([name, part]) =>
          !isObject(part) ||
          !('constant_value' in part) ||
          !isObject(block) ||
          JSON.stringify(block[name]) === JSON.stringify(part.constant_value),
      ),
  )
  if (fitting.length === 1) return fitting[0]
  return expression.length === count && fitting.length === 0 ? expression[at] : {references: referencesIn(expression)}
}
