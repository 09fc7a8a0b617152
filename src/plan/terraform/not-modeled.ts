import {isObject} from '../../util/json.ts'
import type {Reader} from './reader.ts'
import {configOf, type Scope} from './references.ts'
import type {ResourceChange} from './resource-change.ts'
import {TRANSLATIONS} from './types.ts'

/**
 * Attributes of modeled types that nothing reads, because no connection and no permission of an instance depends on
 * them: names and tags, disks and prices, addresses that AWS would choose otherwise, how many instances there are.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs
 */
const HARMLESS: readonly RegExp[] = [
  /^\w+\.(?:id|arn|region|name_prefix|path|tags(?:_all)?|timeouts|force_\w+)$|\.(?:comment|description)$/,
  /^aws_(?:default_)?vpc\.(?:instance_tenancy|enable_network_address_usage_metrics|ipv4_)/,
  /^aws_(?:default_)?subnet\.(?:enable_resource_name_dns|private_dns_hostname_type|\w*customer_owned)/,
  /^aws_vpc_dhcp_options\.|\.revoke_rules_on_delete$|\.icmp_(?:code|type)$/,
  /^aws_default_\w+\.default_\w+_id$/,
  /^aws_nat_gateway\.(?:allocation_id|private_ip|secondary_)/,
  /^aws_vpc_peering_connection\w*\.(?:accepter|requester)$/,
  /^aws_ec2_transit_gateway\.(?:amazon_side_asn|auto_accept|multicast|vpn_ecmp|dns_support|transit_gateway_cidr)/,
  /^aws_ec2_transit_gateway_\w+\.(?:dns_support|replace_existing_association)$/,
  /^aws_vpc_endpoint\.(?:auto_accept|subnet_configuration)$/,
  /^aws_route53_\w+\.(?:delegation_set_id|(?:vpc\.)?vpc_region|allow_overwrite|ttl|alias\.zone_id)$/,
  /^aws_ec2_managed_prefix_list\.(?:address_family|max_entries)$/,
  /^aws_vpc_ipv4_cidr_block_association\.ipv4_/,
  /^aws_iam_\w+\.(?:max_session_duration|groups|users|name)$/,
  /^aws_(?:instance|spot_instance_request|launch_\w+)\.(?:availability_zone|cpu_|disable_api|ebs_|ephemeral_|enclave_)/,
  /^aws_(?:instance|spot_instance_request|launch_\w+)\.(?:get_password|hibernation|host_|instance_(?:init|mark|inter|req))/,
  /^aws_(?:instance|spot_instance_request|launch_\w+)\.(?:key_name|\w*monitoring|placement|tenancy|user_data|volume_)/,
  /^aws_(?:instance|spot_instance_request|launch_\w+)\.(?:capacity_|cre|mainten|private_(?:ip|dns)|root_|secondary_)/,
  /^aws_spot_instance_request\.(?:block_duration|launch_group|spot_|valid_|wait_for)/,
  /^aws_launch_\w+\.(?:\w*default_version|block_device|elastic_|kernel_id|ram_disk_id|license_|tag_spec|spot_price)/,
  /^aws_launch_template\.network_interfaces\.(?:delete_|device_|interface_type|ipv[46]_|network_card|private_|primary_)/,
  /^aws_launch_template\.network_interfaces\.(?:connection_tracking|ena_srd)/,
  /\.(?:http_protocol_ipv6|instance_metadata_tags|network_interface\.\w+)$/,
  /^aws_autoscaling_group\.(?!availability_zones$|mixed_instances_policy)/,
  /^aws_autoscaling_group\.mixed_\w+\.(?:instances_distribution|launch_template\.override\.(?!launch_template_spec))/,
  /^aws_network_interface\.(?:attachment|interface_type|ipv4_|private_ip)/,
  /^aws_eip(?:_association)?\.(?:address|allo|customer_|domain|ipam_|network_border|public_|vpc$)/,
]

/** What only adds addresses of IPv6: those of IPv4 stay, and the agent uses them. */
const ADDS_IPV6 = /^aws_(?!vpc_endpoint)\w+\.\w*ipv6_/

/** An attribute is harmless if it is, or the block that it is in. */
const isHarmless = (type: string, path: string): boolean =>
  path
    .split('.')
    .map((_, at, names) => [type, ...names.slice(0, at + 1)].join('.'))
    .some((one) => HARMLESS.some((pattern) => pattern.test(one)))

/** What a translation reads of a resource, and of the blocks in it. */
interface Read {
  readonly attributes: Set<string>
  readonly blocks: Map<string, Read>
}

const nothingRead = (): Read => ({attributes: new Set(), blocks: new Map()})

/** A reader without values that records what is read. */
const recorder = ({attributes, blocks}: Read): Reader => ({
  get: (attribute) => {
    attributes.add(attribute)
    return undefined
  },
  sets: () => true,
  isUnknown: () => false,
  dynamic: () => undefined,
  blocks: (attribute) => {
    const inner = blocks.get(attribute) ?? nothingRead()
    blocks.set(attribute, inner)
    return [recorder(inner)]
  },
})

const readOf = new Map<string, Read>()

function whatIsRead(type: string): Read {
  const known = readOf.get(type)
  if (known) return known
  const read = nothingRead()
  TRANSLATIONS[type]?.(recorder(read))
  readOf.set(type, read)
  return read
}

/** Values that set nothing, in AWS's words as well. */
const isUnset = (value: unknown): boolean =>
  [undefined, null, false, '', 0, 'disable'].includes(value as null) ||
  (typeof value === 'object' && Object.values(value ?? {}).every(isUnset))

/** The attributes that change and are neither read nor known to be harmless. */
export function notModeledAttributes({type, name, change}: ResourceChange, scope: Scope): readonly string[] {
  const {before, after, after_unknown} = change
  if (!isObject(after)) return []
  const {expressions} = configOf(scope, type, name) ?? {}
  const unknown = isObject(after_unknown) ? after_unknown : {}
  // What the source does not set, AWS or the provider fills in; what it no longer sets has changed.
  const isOwn = (attribute: string) =>
    expressions === undefined || Object.hasOwn(expressions, attribute)
      ? expressions !== undefined || unknown[attribute] !== true
      : isObject(before) && unknown[attribute] !== true
  const values = Object.fromEntries(Object.entries({...after, ...unknownIn(unknown)}).filter(([key]) => isOwn(key)))
  const former = isObject(before) ? Object.fromEntries(Object.entries(before).filter(([key]) => isOwn(key))) : {}
  return changedPaths(former, values, whatIsRead(type))
    .filter(({path, isAdded}) => !isHarmless(type, path) && !(isAdded && ADDS_IPV6.test(`${type}.${path}`)))
    .map(({path}) => path)
    .sort()
}

const unknownIn = (unknown: object): object =>
  Object.fromEntries(Object.entries(unknown).filter(([, one]) => one === true))

interface ChangedPath {
  readonly path: string
  readonly isAdded: boolean
}

function changedPaths(before: unknown, after: unknown, read: Read): readonly ChangedPath[] {
  const [old, now] = [before, after].map((one) => (isObject(one) ? one : {}))
  const names = new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})])
  const changed = [...names].flatMap((name): readonly ChangedPath[] => {
    const [was, is] = [old?.[name], now?.[name]]
    if (read.attributes.has(name) || JSON.stringify(was) === JSON.stringify(is) || (isUnset(was) && isUnset(is)))
      return []
    const hasBlocks = [was, is].some((one) => Array.isArray(one) && one.some(isObject))
    const inner = read.blocks.get(name) ?? (hasBlocks ? nothingRead() : undefined)
    if (!inner) return [{path: name, isAdded: isUnset(was)}]
    const [former, later] = [was, is].map((one) => (Array.isArray(one) ? one : []))
    const count = Math.max(former?.length ?? 0, later?.length ?? 0)
    return Array.from({length: count}).flatMap((_, at) =>
      changedPaths(former?.[at], later?.[at], inner).map((one) => ({...one, path: `${name}.${one.path}`})),
    )
  })
  return [...new Map(changed.map((one) => [one.path, one])).values()]
}
