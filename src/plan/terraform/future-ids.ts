import {terraformType} from '../../model/terraform-names.ts'
import {entryOf} from '../../util/entry-of.ts'
import {isObject} from '../../util/json.ts'
import {defaultTransitTableId} from '../overlay/transit.ts'
import {defaultAclId, defaultGroupId, mainTableId} from '../overlay/vpc.ts'
import {ID_PREFIXES, isKnown, oneOf, plannedId, UNKNOWN} from '../resource.ts'
import {type Found, referencesIn, resolve, type Scope, sourceOf, withoutOwnKey} from './references.ts'
import type {ResourceChange} from './resource-change.ts'

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

/** True if an unknown id of these modules can only be that of a resource that the plan creates. */
const isClosed = ({open}: PlanContext, modules: readonly string[]): boolean =>
  ![...open].some((address) => modules.some((module) => module === '' || address.startsWith(`${module}.`)))

const PREFIXES = new Map(Object.entries(ID_PREFIXES).map(([type, prefix]) => [terraformType(type), prefix]))

/** The prefix of the ids of a type that others refer to. */
export const prefixOf = (type: string): string | undefined => PREFIXES.get(type.replace('aws_default_', 'aws_'))

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

interface Types {
  /** Those whose id it is. */
  readonly own: RegExp
  /** Those that create such a resource with themselves, or have its id as an attribute. */
  readonly owners?: RegExp
}

const AS_PART_OF_VPC = /^aws_(?:default_)?vpc$/

/**
 * The types that an attribute may refer to, if its name shows it. The rest of its references are conditions and keys.
 */
const NAMED: readonly (readonly [attribute: RegExp, own: RegExp, owners?: RegExp])[] = [
  [/vpc_id$/, /^aws_(?:default_)?vpc$/],
  [/subnet_ids?$|vpc_zone_identifier$/, /^aws_(?:default_)?subnet$/],
  [/security_groups?(?:_ids?)?$/, /^aws_(?:default_)?security_group$/, AS_PART_OF_VPC],
  [
    /route_table_ids?$/,
    /^aws_(?:default_)?route_table$|^aws_ec2_transit_gateway_route_table$/,
    /^aws_(?:default_)?vpc$|^aws_ec2_transit_gateway/,
  ],
  [/network_acl_id$/, /^aws_(?:default_)?network_acl$/, AS_PART_OF_VPC],
  [/^nat_gateway_id$/, /^aws_nat_gateway$/],
  [/^(?:internet_)?gateway_id$/, /^aws_internet_gateway$|^aws_vpn_gateway$/],
  [/egress_only_gateway_id$/, /^aws_egress_only_internet_gateway$/],
  [/vpc_endpoint_id$/, /^aws_vpc_endpoint$/],
  [/vpc_peering_connection_id$/, /^aws_vpc_peering_connection$/],
  [/transit_gateway_attachment_id$/, /^aws_ec2_transit_gateway_vpc_attachment$/],
  [/transit_gateway_id$/, /^aws_ec2_transit_gateway$/],
  [/prefix_list_ids?$/, /^aws_ec2_managed_prefix_list$/, /^aws_vpc_endpoint$/],
  [/zone_id$/, /^aws_route53_zone$/],
  [/dhcp_options_id$/, /^aws_vpc_dhcp_options$/],
  [/^iam_instance_profile$/, /^aws_iam_instance_profile$/, /^aws_iam_role$/],
  [/^(?:role|role_name|roles)$/, /^aws_iam_role$/, /^aws_iam_instance_profile$/],
  [/^policy_arn$/, /^aws_iam_policy$/],
  [/^instance(?:_id)?$/, /^aws_(?:instance|spot_instance_request)$/],
  [/^network_interface(?:_id)?$/, /^aws_network_interface$/, /^aws_instance$/],
  [/^launch_configuration$/, /^aws_launch_configuration$/],
  [/^(?:launch_template_)?id$/, /^aws_launch_template$/],
]

function typesOf(attribute: string): Types | undefined {
  const [, own, owners] = NAMED.find(([name]) => name.test(attribute)) ?? []
  return own && {own, ...(owners && {owners})}
}

const canBe = ({own, owners}: Types, type: string): boolean => own.test(type) || (owners?.test(type) ?? false)

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
  const found = resolve(referencesIn(expression), scope)
  const {resources, hidden, isKeyed, data, constants} = found
  const isOpen = (address: string) => open.has(address)
  const isAbsent = resources.every(({address}) => instancesOf(address, ids).length === 0)
  // The source leaves it out, as one that refers to a resource with `count = 0`: the provider fills it in.
  if (expression !== undefined && isAbsent && hidden.length + data.length === 0 && !isKeyed) return undefined
  if (IS_POLICY.test(attribute)) return documentIn(found, change.index, ids)
  const types = typesOf(attribute)
  const isList = IS_LIST.test(attribute)
  const candidates = resources.flatMap(({address, attribute: part, key}) =>
    keyed(instancesOf(address, ids), key ?? (isKeyed ? change.index : undefined))
      .filter(({type}) => types === undefined || canBe(types, type) || types.own === typesOf(part)?.own)
      .map((instance) => idOf(instance, part)),
  )
  const distinct = [...new Set(candidates.filter((id) => id !== undefined))]
  const isSure = hidden.length === 0 && distinct.every(isKnown)
  if (isList) return isSure && data.length === 0 ? listedIds(distinct, value, unknown, constants) : UNKNOWN
  if (isSure && distinct.length > 0 && !data.some(isOpen))
    return distinct.length === 1 ? distinct[0] : oneOf(distinct.map(String))
  const isOnlyHidden = hidden.length > 0 && resources.length === 0 && !data.some(isOpen)
  const modules = isOnlyHidden ? hidden.map((one) => sourceOf(one, isOpen)) : ['']
  return isClosed(context, modules) && types ? oneOfNew(types, ids, modules) : UNKNOWN
}

/** A document that is one of the plan's as a whole; one that only refers to resources is not known. */
function documentIn({resources, hidden, isKeyed, data}: Found, index: string | number | undefined, ids: Ids): unknown {
  const [source, ...others] = [...resources, ...data.map((address) => ({address, attribute: 'json', key: undefined}))]
  if (!source || others.length + hidden.length > 0 || !/policy$|json$/.test(source.attribute)) return UNKNOWN
  const [document, ...more] = keyed(instancesOf(source.address, ids), source.key ?? (isKeyed ? index : undefined))
  return document && more.length === 0 ? idOf(document, source.attribute) : UNKNOWN
}

/**
 * The instances of the key; `element` continues with the first after the last, so a key that none has may be any.
 * https://developer.hashicorp.com/terraform/language/functions/element
 */
function keyed(instances: readonly Instance[], index: string | number | undefined): readonly Instance[] {
  if (index === undefined) return instances
  const own = instances.filter(({key}) => key === undefined || key === index)
  return own.length === 0 && typeof index === 'number' ? instances : own
}

/** A list of ids; one whose references may be the branches of a condition is unknown. */
function listedIds(ids: readonly unknown[], value: unknown, unknown: unknown, constants: readonly unknown[]): unknown {
  const isText = (one: unknown): one is string => typeof one === 'string'
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

/** An id that apply creates: that of one of the resources that the plan creates in these modules. */
function oneOfNew(types: Types, ids: Ids, modules: readonly string[]): unknown {
  const created = [...ids].filter(
    ([address, {type, isNew}]) =>
      isNew && canBe(types, type) && modules.some((module) => module === '' || address.startsWith(`${module}.`)),
  )
  const distinct = [...new Set(created.map(([, {id}]) => id))]
  if (distinct.length === 1 && created.every(([, {type}]) => types.own.test(type))) return distinct[0]
  return distinct.length > 0 ? oneOf(distinct) : UNKNOWN
}

interface Instance extends Identified {
  readonly address: string
}

function instancesOf(address: string, ids: Ids): readonly Instance[] {
  const exact = ids.get(address)
  if (exact) return [{address, ...exact}]
  return [...ids].flatMap(([one, found]) => (withoutOwnKey(one) === address ? [{address: one, ...found}] : []))
}

/**
 * The future value of an attribute of a resource: its id, a part that is created with it, or a value that is already
 * known.
 */
function idOf({address, type, id, values, later}: Instance, attribute: string): unknown {
  const name = attribute.split('.')[0]?.replace(/\[.*$/, '') ?? ''
  if (OWN_ID.has(name)) return id
  const known = isObject(values) ? values[name] : undefined
  if (known !== undefined && known !== null && typeof known !== 'object') return known
  if (name === 'name' && NAMED_BY_ID.test(type)) return id
  return entryOf(PARTS, name)?.(address) ?? later(name)
}

const OWN_ID: ReadonlySet<string> = new Set(['', 'id', 'arn', 'zone_id', 'spot_instance_id'])

const NAMED_BY_ID = /^aws_iam_|^aws_launch_configuration$/

/** True if the plan marks any part of the value as known only after apply. */
export const isUnknown = (unknown: unknown): boolean =>
  unknown === true ||
  (Array.isArray(unknown) && unknown.some(isUnknown)) ||
  (isObject(unknown) && Object.values(unknown).some(isUnknown))
