import {terraformType} from '../../model/terraform-names.ts'
import {ID_PREFIXES} from '../resource.ts'

const PREFIXES = new Map(Object.entries(ID_PREFIXES).map(([type, prefix]) => [terraformType(type), prefix]))

/** The prefix of the ids of a type that others refer to. */
export const prefixOf = (type: string): string | undefined => PREFIXES.get(type.replace('aws_default_', 'aws_'))

export interface Types {
  /** Those whose id it is. */
  readonly own: RegExp
  /** Those that create such a resource with themselves, or have its id as an attribute. */
  readonly owners?: RegExp
  /** Attributes of owners that are the id of what they create. */
  readonly parts: readonly string[]
}

const AS_PART_OF_VPC = /^aws_(?:default_)?vpc$/

/** https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html */
const WITH_GROUP = /^aws_(?:(?:default_)?vpc|eks_cluster|directory_service_directory)$/

/**
 * The types that an attribute may refer to, if its name shows it. The rest of its references are conditions and keys.
 */
const NAMED: readonly (readonly [attribute: RegExp, own: RegExp, owners?: RegExp, ...parts: readonly string[]])[] = [
  [/vpc_id$/, /^aws_(?:default_)?vpc$/],
  [/subnet_ids?$|vpc_zone_identifier$/, /^aws_(?:default_)?subnet$/],
  [/security_groups?(?:_ids?)?$/, /^aws_(?:default_)?security_group$/, WITH_GROUP, 'default_security_group_id'],
  [
    /route_table_ids?$/,
    /^aws_(?:default_)?route_table$|^aws_ec2_transit_gateway_route_table$/,
    /^aws_(?:default_)?vpc$|^aws_ec2_transit_gateway/,
    'main_route_table_id',
    'association_default_route_table_id',
  ],
  [/network_acl_id$/, /^aws_(?:default_)?network_acl$/, AS_PART_OF_VPC, 'default_network_acl_id'],
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

export function typesOf(attribute: string): Types | undefined {
  const [, own, owners, ...parts] = NAMED.find(([name]) => name.test(attribute)) ?? []
  return own && {own, ...(owners && {owners}), parts}
}

export const canBe = ({own, owners}: Types, type: string): boolean => own.test(type) || (owners?.test(type) ?? false)

/** Data sources whose values are no ids of networks, instances or roles. */
export const DATA_WITHOUT_IDS =
  /^(?:random|time|tls|archive|template|cloudinit)_|^aws_(?:iam_policy_document|caller_identity|partition|regions?|availability_zones?|ami|ami_ids|arn|default_tags|service_principal|kms_key|kms_alias|ec2_instance_types?|vpc_endpoint_service)$/
