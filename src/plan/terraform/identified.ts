import {entryOf} from '../../util/entry-of.ts'
import {isObject} from '../../util/json.ts'
import {defaultTransitTableId} from '../overlay/transit.ts'
import {defaultAclId, defaultGroupId, mainTableId} from '../overlay/vpc.ts'
import {plannedId} from '../resource.ts'
import {withoutOwnKey} from './references.ts'

/** The ids that the resources have, or will have on the model, by address. */
export type Ids = ReadonlyMap<string, Identified>

export interface Identified {
  readonly type: string
  readonly id: string
  readonly key: string | number | undefined
  readonly values: unknown
  readonly isNew: boolean
  /** An attribute known only by its own references. */
  readonly later: (attribute: string) => unknown
}

/** The scope in which references of the plan are resolved. */
export interface PlanContext {
  readonly ids: Ids
  /** Addresses, without their own keys, of what passes on ids that are not in the plan: data read during apply. */
  readonly open: ReadonlySet<string>
}

/** Attributes that refer to another resource, which is created with the resource. */
const PARTS: Readonly<Record<string, (address: string) => string>> = {
  primary_network_interface_id: (address) => plannedId('eni', address),
  default_route_table_id: mainTableId,
  main_route_table_id: mainTableId,
  default_security_group_id: defaultGroupId,
  default_network_acl_id: defaultAclId,
  association_default_route_table_id: defaultTransitTableId,
  propagation_default_route_table_id: defaultTransitTableId,
}

/**
 * The instances of the key; `element` continues with the first after the last, so a key that none has may be any.
 * https://developer.hashicorp.com/terraform/language/functions/element
 */
export function keyed(instances: readonly Instance[], index: string | number | undefined): readonly Instance[] {
  if (index === undefined) return instances
  const own = instances.filter(({key}) => key === undefined || key === index)
  return own.length === 0 && typeof index === 'number' ? instances : own
}

export interface Instance extends Identified {
  readonly address: string
}

export function instancesOf(address: string, ids: Ids): readonly Instance[] {
  const exact = ids.get(address)
  if (exact) return [{address, ...exact}]
  return [...ids].flatMap(([one, found]) => (withoutOwnKey(one) === address ? [{address: one, ...found}] : []))
}

/**
 * The future value of an attribute of a resource: its id, a part that is created with it, or a value that is already
 * known.
 */
export function idOf({address, type, id, values, later}: Instance, attribute: string): unknown {
  const name = attribute.split('.')[0]?.replace(/\[.*$/, '') ?? ''
  if (OWN_ID.has(name)) return id
  const known = isObject(values) ? values[name] : undefined
  if (known !== undefined && known !== null && typeof known !== 'object') return known
  if (name === 'name' && NAMED_BY_ID.test(type)) return id
  return entryOf(PARTS, name)?.(address) ?? later(name)
}

export const OWN_ID: ReadonlySet<string> = new Set(['', 'id', 'arn', 'zone_id', 'spot_instance_id'])

const NAMED_BY_ID = /^aws_iam_|^aws_launch_configuration$/

/** Whether a resource is in a module; all are in the root. */
export const isWithin = (address: string, module: string): boolean => module === '' || address.startsWith(`${module}.`)

export const isText = (one: unknown): one is string => typeof one === 'string'
