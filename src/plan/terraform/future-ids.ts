import {isKnown, oneOf, UNKNOWN} from '../resource.ts'
import {idAmong, isByName, newIdsOf, ofOneList} from './hidden-ids.ts'
import {canBe, type Types, typesOf} from './id-types.ts'
import {type Ids, idOf, instancesOf, isText, keyed, type PlanContext} from './identified.ts'
import {documentIn} from './policy-document.ts'
import {configOf, type Found, isOfPassedItems, resolveOf, type Scope} from './references.ts'
import {isUnknown, type ResourceChange} from './resource-change.ts'

const IS_LIST = /(?:ids|security_groups|vpc_zone_identifier|roles)$/

const IS_POLICY = /policy$/

/** A resource of the plan, with its resolved references. */
export interface Place {
  readonly change: ResourceChange
  readonly scope: Scope
  readonly context: PlanContext
}

/** The ids that an unknown attribute will have, if its references unambiguously name resources of the plan. */
export function referenced(
  {change, scope, context}: Place,
  attribute: string,
  expression: unknown,
  value: unknown,
  unknown: unknown,
): unknown {
  const {ids, open} = context
  const config = configOf(scope, change.type, change.name) ?? {}
  const found = resolveOf(expression, config, scope)
  const {resources, hidden, isKeyed, data, constants} = found
  const isOpen = (address: string) => open.has(address)
  const isAbsent = resources.every(({address}) => instancesOf(address, ids).length === 0)
  // The source leaves it out, as one that refers to a resource with `count = 0`: the provider fills it in.
  if (expression !== undefined && isAbsent && hidden.length + data.length === 0 && !isKeyed) return undefined
  if (IS_POLICY.test(attribute))
    return documentIn(found, change.index, context, isOfPassedItems(expression, config, scope))
  const types = typesOf(attribute)
  const isList = IS_LIST.test(attribute)
  const distinct = named(found, types, change.index, ids)
  const isSure = hidden.length === 0 && distinct.every(isKnown)
  const isOnlyHidden = hidden.length > 0 && resources.length === 0 && !data.some(isOpen)
  if (isList && !isOnlyHidden)
    return isSure && data.length === 0 ? listedIds(distinct, value, unknown, constants) : UNKNOWN
  if (isSure && distinct.length > 0 && !data.some(isOpen))
    return distinct.length === 1 ? distinct[0] : oneOf(distinct.map(String))
  const created = types && newIdsOf(types, isOnlyHidden ? hidden : undefined, context)
  // Only apply makes an id that is not known: where it makes none, the source leaves it out.
  if (isOnlyHidden && created?.all.length === 0 && types && !isByName(types)) return undefined
  return isList ? listedIds(ofOneList(created, Array.isArray(value)), value, unknown, constants) : idAmong(created?.all)
}

/** The ids that the references name, of the kind that the attribute refers to. */
function named({resources, isKeyed}: Found, types: Types | undefined, index: ResourceChange['index'], ids: Ids) {
  const candidates = resources.flatMap(({address, attribute: part, key}) =>
    keyed(instancesOf(address, ids), key ?? (isKeyed ? index : undefined))
      .filter(({type}) => types === undefined || canBe(types, type) || types.own === typesOf(part)?.own)
      .map((instance) => idOf(instance, part)),
  )
  return [...new Set(candidates.filter((id) => id !== undefined))]
}

/** A list of ids; one whose references may be the branches of a condition is unknown. */
function listedIds(ids: readonly unknown[], value: unknown, unknown: unknown, constants: readonly unknown[]): unknown {
  if (ids.length === 0) return UNKNOWN
  if (Array.isArray(value)) {
    const missing = Array.isArray(unknown) ? unknown.filter(isUnknown).length : 1
    return missing === ids.length ? [...value.filter(isText), ...ids] : UNKNOWN
  }
  // A set with any unknown item is not shown at all, including what a variable adds to it.
  const lists = constants.filter(Array.isArray)
  if (ids.length > 1 && constants.length > lists.length) return UNKNOWN
  return [...new Set([...ids, ...lists.flat().filter(isText)])]
}
