import {oneOf, UNKNOWN} from '../resource.ts'
import {canBe, DATA_WITHOUT_IDS, type Types, typesOf} from './id-types.ts'
import {type Ids, idOf, instancesOf, isText, isWithin, keyed, OWN_ID, type PlanContext} from './identified.ts'
import {NOTHING, type Scope, type Source, sourceOf} from './references.ts'

/** True if an unknown id of these modules can only be that of a resource that the plan creates. */
const isClosed = ({open}: PlanContext, modules: readonly string[]): boolean =>
  ![...open].some((address) => modules.some((module) => isWithin(address, module)))

/** Arguments of modules whose names say that they are names, tags, zones, blocks of addresses or flags. */
export const TEXT =
  /^(?:\w*names?|\w*prefix|\w*tags|azs?|availability_zones?|\w*cidrs?|\w*cidr_blocks?|\w*subnets|env(?:ironment)?|stage|project|region|(?:create|enable)_\w+|\w*(?:description|size|count|capacity|version))$/

/** IAM refers to its resources by name, which other resources can make. */
export const isByName = ({own}: Types): boolean => own.source.includes('iam')

/** Subnets are in lists under their own name. */
const isTextFor =
  (types: Types) =>
  (argument: string): boolean =>
    TEXT.test(argument) && !isByName(types) && !types.own.source.includes('subnet')

const ANYWHERE: Source = {module: '', passed: NOTHING, existing: NOTHING}

export interface NewId {
  readonly id: unknown
  /** False for that of a resource which has such an id as a part. */
  readonly isOwn: boolean
  /** The resource, or the reference that passes it to the module. */
  readonly from: string
}

export interface NewIds {
  readonly all: readonly NewId[]
  /** Whether a list can have ids of what exists beside them. */
  readonly hasExisting: boolean
}

/**
 * The ids that a local value of these modules can be, or any where there is none: those that apply creates. Undefined
 * where another one can be among them.
 */
export function newIdsOf(types: Types, locals: readonly Scope[] | undefined, context: PlanContext): NewIds | undefined {
  const passing = {isOpen: (data: string) => context.open.has(data), isOther: isTextFor(types)}
  const sources = locals?.map((one) => sourceOf(one, passing)) ?? [ANYWHERE]
  const modules = sources.map(({module}) => module)
  if (!isClosed(context, modules)) return undefined
  const hasExisting = sources.some((source) => mayHaveExisting(types, context.ids, source))
  return {all: newIds(types, context.ids, sources), hasExisting}
}

/** The local values of the root module can have any; those of others what their module has, reads or is passed. */
const mayHaveExisting = (types: Types, ids: Ids, {module, existing}: Source): boolean =>
  module === '' ||
  [...ids].some(([address, {isNew, type}]) => !isNew && canBe(types, type) && isWithin(address, module)) ||
  existing.data.some((address) => !DATA_WITHOUT_IDS.test(address.split('.').at(-2) ?? '')) ||
  existing.constants.some((one) => hasId(types, one)) ||
  existing.resources.some(({address, attribute}) =>
    instancesOf(address, ids).some(({isNew, type}) => !isNew && passesOn(types, type, attribute)),
  )

/** Roles have names of any form. */
const hasId = (types: Types, value: unknown): boolean =>
  isText(value)
    ? isByName(types) || /^[a-z-]+-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(value)
    : Object.values(Object(value)).some((one) => hasId(types, one))

/** Those of resources that the plan creates in these modules, or that are passed to them. */
function newIds(types: Types, ids: Ids, sources: readonly Source[]): readonly NewId[] {
  const created = [...ids].flatMap(([address, one]): readonly NewId[] => {
    if (!one.isNew || !canCreate(types, one.type) || !sources.some(({module}) => isWithin(address, module))) return []
    if (types.own.test(one.type)) return [{id: one.id, isOwn: true, from: address}]
    const parts = types.parts.length > 0 ? types.parts.map((part) => idOf({address, ...one}, part)) : [one.id]
    return parts.map((id) => ({id, isOwn: false, from: address}))
  })
  const passed = sources
    .flatMap((source) => source.passed.resources)
    .flatMap(({address, attribute, key}) =>
      keyed(instancesOf(address, ids), key)
        .filter(({isNew, type}) => isNew && passesOn(types, type, attribute))
        .map((one): NewId => {
          const isOwn = attribute !== '' || types.own.test(one.type)
          return {id: isOwn ? idOf(one, attribute) : UNKNOWN, isOwn, from: `${address}.${attribute}`}
        }),
    )
  return [...created, ...passed]
}

/** A role can only name a profile that has the same name. */
const canCreate = (types: Types, type: string): boolean =>
  types.own.test(type) || (canBe(types, type) && !type.startsWith('aws_iam_'))

/** Those of one resource, or of one list of them. A list, other than a set, shows its items that exist. */
export function ofOneList(created: NewIds | undefined, showsExisting: boolean): readonly unknown[] {
  if (!created || (created.hasExisting && !showsExisting)) return []
  const isOne = new Set(created.all.map(({from}) => from)).size === 1 && created.all.every(({isOwn}) => isOwn)
  return isOne ? created.all.map(({id}) => id) : []
}

export function idAmong(all: readonly NewId[] = []): unknown {
  const distinct = [...new Set(all.map(({id}) => id))]
  if (distinct.length === 0 || !distinct.every(isText)) return UNKNOWN
  return distinct.length === 1 && all.every(({isOwn}) => isOwn) ? distinct[0] : oneOf(distinct)
}

/** Whether an attribute of a resource, or the resource as a whole, has an id of these types. */
const passesOn = (types: Types, type: string, attribute: string): boolean =>
  attribute === ''
    ? canBe(types, type)
    : OWN_ID.has(attribute)
      ? types.own.test(type)
      : typesOf(attribute)?.own === types.own
