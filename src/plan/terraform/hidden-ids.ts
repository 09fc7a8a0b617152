import {oneOf, UNKNOWN} from '../resource.ts'
import {canBe, type Types, typesOf} from './id-types.ts'
import {type Ids, idOf, instancesOf, isText, isWithin, keyed, OWN_ID, type PlanContext} from './identified.ts'
import {type Scope, type Source, sourceOf} from './references.ts'

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

const ANYWHERE: Source = {module: '', passed: {resources: [], data: []}}

export interface NewId {
  readonly id: unknown
  /** False for that of a resource which has such an id as a part. */
  readonly isOwn: boolean
  /** The resource, or the reference that passes it to the module. */
  readonly from: string
}

/**
 * The ids that a local value of these modules can be, or any where there is none: those that apply creates. Undefined
 * where another one can be among them.
 */
export function newIdsOf(
  types: Types,
  locals: readonly Scope[] | undefined,
  context: PlanContext,
): readonly NewId[] | undefined {
  const passing = {isOpen: (data: string) => context.open.has(data), isOther: isTextFor(types)}
  const sources = locals?.map((one) => sourceOf(one, passing)) ?? [ANYWHERE]
  const modules = sources.map(({module}) => module)
  return isClosed(context, modules) ? newIds(types, context.ids, sources) : undefined
}

/** Those of resources that the plan creates in these modules, or that are passed to them. */
function newIds(types: Types, ids: Ids, sources: readonly Source[]): readonly NewId[] {
  const created = [...ids].flatMap(([address, {isNew, type, id}]): readonly NewId[] =>
    isNew && canCreate(types, type) && sources.some(({module}) => isWithin(address, module))
      ? [{id, isOwn: types.own.test(type), from: address}]
      : [],
  )
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

/** Those of one resource, or of one list of them. */
export const ofOneList = (all: readonly NewId[] = []): readonly unknown[] =>
  new Set(all.map(({from}) => from)).size === 1 ? all.map(({id}) => id) : []

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
