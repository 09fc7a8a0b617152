import {type Direction, peerProperty} from '../../model/group-rules.ts'
import {DESTINATIONS, TARGETS} from '../../model/routes.ts'
import {terraformArgument} from '../../model/terraform-names.ts'
import {defined, isObject} from '../../util/json.ts'
import {modeled} from '../cloudformation/properties.ts'
import {METADATA_DEFAULTS} from '../metadata-defaults.ts'
import {hasUnknown, isKnown, listOf, numberOf, type Part, type Properties, UNKNOWN} from '../resource.ts'
import type {Reader} from './reader.ts'

/** One resource of Terraform can be several of CloudFormation's kinds. */
type Translation = (reader: Reader) => readonly Part[]

/** Attributes under other names; what the plan does not set is omitted. */
const renamed = (reader: Reader, names: Readonly<Record<string, string>>): Properties =>
  Object.fromEntries(
    Object.entries(names).flatMap(([property, attribute]) => {
      const value = reader.get(attribute)
      return value === undefined || value === '' ? [] : [[property, value]]
    }),
  )

/** Attributes under CloudFormation's names. */
const named = (reader: Reader, properties: readonly string[], type?: string): Properties =>
  renamed(reader, Object.fromEntries(properties.map((property) => [property, terraformArgument(property, type)])))

const one =
  (type: string, properties: readonly string[], more: (reader: Reader) => Properties = () => ({})): Translation =>
  (reader) => [modeled(type, {...named(reader, properties, type), ...defined(more(reader))})]

/** The only block under this name. */
const blockIn = (reader: Reader | undefined, attribute: string): Reader | undefined => {
  const blocks = reader?.blocks(attribute)
  return Array.isArray(blocks) ? blocks[0] : undefined
}

/** Blocks become a list of properties; unknown if the plan does not show how many there are. */
const blocksAs = (reader: Reader, attribute: string, make: (block: Reader) => readonly Properties[]): unknown => {
  const blocks = reader.blocks(attribute)
  return blocks === undefined || blocks === UNKNOWN ? blocks : blocks.flatMap(make)
}

const isFilled = (value: unknown): boolean => Array.isArray(value) && value.length > 0

/** A Terraform rule has many peers; a CloudFormation rule has one. */
function rulesOf(block: Reader, direction: Direction, self: unknown): readonly Properties[] {
  const what = renamed(block, {IpProtocol: 'protocol', FromPort: 'from_port', ToPort: 'to_port'})
  const [group, prefixList] = ['GroupId', 'PrefixListId'].map((field) => peerProperty(direction, field))
  const peers = (attribute: string, property = ''): readonly Properties[] => {
    const value = block.get(attribute)
    if (!isKnown(value)) return [{...what, [property]: UNKNOWN}]
    return listOf(value).map((peer) => ({...what, [property]: peer}))
  }
  // The provider fills in the group of a rule that has other peers, beside which a source group cannot be.
  // https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group_rule
  const hasOthers = ['cidr_blocks', 'ipv6_cidr_blocks'].some((name) => isFilled(block.get(name)))
  return [
    ...peers('cidr_blocks', 'CidrIp'),
    ...peers('ipv6_cidr_blocks', 'CidrIpv6'),
    ...peers('prefix_list_ids', prefixList),
    ...peers('security_groups', group),
    ...(hasOthers || block.get('self') === true ? [] : peers('source_security_group_id', group)),
    ...(block.get('self') === true ? [{...what, [group ?? '']: self}] : []),
  ]
}

const group: Translation = one('AWS::EC2::SecurityGroup', ['VpcId', 'GroupName'], (reader) => ({
  SecurityGroupIngress: blocksAs(reader, 'ingress', (block) => rulesOf(block, 'Ingress', reader.get('id'))),
  SecurityGroupEgress: blocksAs(reader, 'egress', (block) => rulesOf(block, 'Egress', reader.get('id'))),
}))

const groupRule: Translation = (reader) => {
  const direction = reader.get('type') === 'ingress' ? 'Ingress' : 'Egress'
  const GroupId = reader.get('security_group_id')
  return rulesOf(reader, direction, GroupId).map((rule) => ({
    type: `AWS::EC2::SecurityGroup${direction}`,
    properties: {...rule, GroupId},
  }))
}

const vpcRule = (direction: Direction): Translation =>
  one(`AWS::EC2::SecurityGroup${direction}`, [
    ...['GroupId', 'IpProtocol', 'FromPort', 'ToPort', 'CidrIp', 'CidrIpv6'],
    ...['PrefixListId', 'GroupId'].map((field) => peerProperty(direction, field)),
  ])

const portRange = (reader: Reader): Properties => {
  const [From, To] = [reader.get('from_port'), reader.get('to_port')]
  return From === undefined ? {} : {PortRange: {From, To}}
}

const entry =
  (Egress: boolean) =>
  (block: Reader): readonly Properties[] => [
    {
      Egress,
      ...renamed(block, {RuleNumber: 'rule_no', RuleAction: 'action'}),
      ...named(block, ['Protocol', 'CidrBlock', 'Ipv6CidrBlock']),
      ...portRange(block),
    },
  ]

const acl: Translation = one('AWS::EC2::NetworkAcl', ['VpcId', 'SubnetIds'], (reader) => {
  const [ingress, egress] = [blocksAs(reader, 'ingress', entry(false)), blocksAs(reader, 'egress', entry(true))]
  if (ingress === undefined && egress === undefined) return {}
  return {Entries: [ingress, egress].includes(UNKNOWN) ? UNKNOWN : [...listOf(ingress), ...listOf(egress)]}
})

const ROUTE_TARGETS = [...TARGETS.filter((field) => field !== 'InstanceId'), 'VpcEndpointId']

const table: Translation = one('AWS::EC2::RouteTable', ['VpcId'], (reader) => ({
  Routes: blocksAs(reader, 'route', (block) => [
    {
      ...renamed(block, {DestinationCidrBlock: 'cidr_block', DestinationIpv6CidrBlock: 'ipv6_cidr_block'}),
      ...named(block, ['DestinationPrefixListId', ...ROUTE_TARGETS]),
    },
  ]),
}))

const endpoint: Translation = one(
  'AWS::EC2::VPCEndpoint',
  [
    ...['VpcId', 'ServiceName', 'SubnetIds', 'SecurityGroupIds', 'RouteTableIds', 'PrivateDnsEnabled'],
    'PolicyDocument',
  ],
  (reader) => {
    const options = blockIn(reader, 'dns_options')
    const IpAddressType = reader.get('ip_address_type')
    return {
      IpAddressType: isKnown(IpAddressType) ? IpAddressType : undefined,
      VpcEndpointType: reader.get('vpc_endpoint_type') ?? 'Gateway',
      DnsOptions: options && named(options, ['DnsRecordIpType', 'PrivateDnsOnlyForInboundResolverEndpoint']),
    }
  },
)

const metadataOptions = (reader: Reader): Properties | undefined => {
  const options = blockIn(reader, 'metadata_options')
  return options && named(options, ['HttpEndpoint', 'HttpTokens', 'HttpPutResponseHopLimit'])
}

/** With those that the provider adds to every resource; undefined if some are known only after apply. */
function tagsIn(reader: Reader): readonly Properties[] | undefined {
  const tags = reader.get('tags_all') ?? reader.get('tags') ?? {}
  return isObject(tags) && !hasUnknown(tags) ? Object.entries(tags).map(([Key, Value]) => ({Key, Value})) : undefined
}

const templateIn = (reader: Reader | undefined): Properties | undefined => {
  const template = blockIn(reader, 'launch_template')
  return template && renamed(template, {LaunchTemplateId: 'id', LaunchTemplateName: 'name', Version: 'version'})
}

const instance: Translation = one(
  'AWS::EC2::Instance',
  ['SubnetId', 'SecurityGroupIds', 'IamInstanceProfile', 'ImageId', 'InstanceType', 'SourceDestCheck'],
  (reader) => {
    const attached = reader.blocks('network_interface')
    // The provider fills in the other one for every instance.
    const primary = reader.sets('primary_network_interface') ? blockIn(reader, 'primary_network_interface') : undefined
    const isFirst = (one: Reader) => numberOf(one.get('device_index')) === 0
    const first = (Array.isArray(attached) ? attached.find(isFirst) : undefined) ?? primary
    const options = metadataOptions(reader)
    const AssociatePublicIpAddress = reader.get('associate_public_ip_address')
    return {
      AssociatePublicIpAddress: isKnown(AssociatePublicIpAddress) ? AssociatePublicIpAddress : undefined,
      LaunchTemplate: templateIn(reader),
      NetworkInterfaces: first && [named(first, ['NetworkInterfaceId'])],
      Tags: tagsIn(reader),
      MetadataOptions: options && Object.fromEntries(Object.entries(options).filter(([, value]) => isKnown(value))),
    }
  },
)

/**
 * It launches an instance with the arguments of one; its tags are those of the request.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/spot_instance_request
 */
const spotRequest: Translation = (reader) =>
  instance(reader).map(({type, properties: {Tags: _, ...properties}}) => ({type, properties}))

const role: Translation = one(
  'AWS::IAM::Role',
  ['RoleName', 'AssumeRolePolicyDocument', 'PermissionsBoundary'],
  (reader) => {
    // A single empty block removes all inline policies.
    const inline = blocksAs(reader, 'inline_policy', (block) => {
      const policy = named(block, ['PolicyName', 'PolicyDocument'])
      return policy.PolicyDocument ? [policy] : []
    })
    // Otherwise it lists the policies that other resources attach.
    const managed = reader.sets('managed_policy_arns') ? reader.get('managed_policy_arns') : undefined
    return {
      Tags: tagsIn(reader),
      Policies: isFilled(reader.blocks('inline_policy')) ? inline : undefined,
      ManagedPolicyArns: isFilled(managed) ? managed : undefined,
    }
  },
)

const zone: Translation = one('AWS::Route53::HostedZone', ['Name'], (reader) => ({
  VPCs: blocksAs(reader, 'vpc', (block) => [{VPCId: block.get('vpc_id')}]),
}))

const record: Translation = one(
  'AWS::Route53::RecordSet',
  ['HostedZoneId', 'Name', 'Type', 'SetIdentifier', 'HealthCheckId', 'ResourceRecords'],
  (reader) => {
    const alias = blockIn(reader, 'alias')
    return {
      AliasTarget: alias && {DNSName: alias.get('name'), EvaluateTargetHealth: alias.get('evaluate_target_health')},
      Weight: blockIn(reader, 'weighted_routing_policy')?.get('weight'),
      MultiValueAnswer: reader.get('multivalue_answer_routing_policy'),
    }
  },
)

const prefixList: Translation = one('AWS::EC2::PrefixList', ['PrefixListName'], (reader) => ({
  Entries: blocksAs(reader, 'entry', (block) => [{Cidr: block.get('cidr')}]),
}))

/**
 * One policy with all the roles of the account that have it: it is detached from every other one.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_policy_attachment
 */
const policyAttachment: Translation = (reader) => {
  const roles = reader.get('roles')
  const RoleNames = isKnown(roles) ? listOf(roles) : [UNKNOWN]
  const PolicyArn = reader.get('policy_arn')
  return [
    ...RoleNames.map((RoleName) => ({type: 'ssm-doctor::RolePolicyAttachment', properties: {RoleName, PolicyArn}})),
    {type: 'ssm-doctor::RolesOfPolicy', properties: {PolicyArn, RoleNames}},
  ]
}

const autoScalingGroup: Translation = one('AWS::AutoScaling::AutoScalingGroup', [], (reader) => {
  const mixed = blockIn(blockIn(reader, 'mixed_instances_policy'), 'launch_template')
  const specification = blockIn(mixed, 'launch_template_specification')
  return {
    ...renamed(reader, {VPCZoneIdentifier: 'vpc_zone_identifier', LaunchConfigurationName: 'launch_configuration'}),
    LaunchTemplate: templateIn(reader),
    MixedInstancesPolicy: specification && {
      LaunchTemplate: {
        LaunchTemplateSpecification: named(specification, ['LaunchTemplateId', 'LaunchTemplateName', 'Version']),
      },
    },
  }
})

/** Without an association, an address belongs to nothing. */
const publicAddress =
  (InstanceId: string, NetworkInterfaceId: string): Translation =>
  (reader) => {
    const properties = renamed(reader, {InstanceId, NetworkInterfaceId})
    return Object.keys(properties).length > 0 ? [{type: 'ssm-doctor::PublicAddress', properties}] : []
  }

const launchConfiguration: Translation = one(
  'AWS::AutoScaling::LaunchConfiguration',
  ['ImageId', 'InstanceType', 'SecurityGroups', 'IamInstanceProfile', 'AssociatePublicIpAddress'],
  (reader) => ({...renamed(reader, {LaunchConfigurationName: 'name'}), MetadataOptions: metadataOptions(reader)}),
)

const launchTemplate: Translation = one('AWS::EC2::LaunchTemplate', ['LaunchTemplateName'], (reader) => {
  const profile = blockIn(reader, 'iam_instance_profile')
  return {
    LaunchTemplateData: {
      ...named(reader, ['ImageId', 'InstanceType', 'SecurityGroupIds'], 'AWS::EC2::LaunchTemplate'),
      MetadataOptions: metadataOptions(reader),
      IamInstanceProfile: reader.isUnknown('iam_instance_profile')
        ? {Name: reader.dynamic('iam_instance_profile')}
        : profile && named(profile, ['Name', 'Arn']),
      NetworkInterfaces: blocksAs(reader, 'network_interfaces', (block) => [
        {
          ...named(block, ['DeviceIndex', 'SubnetId', 'AssociatePublicIpAddress']),
          ...renamed(block, {Groups: 'security_groups'}),
        },
      ]),
    },
  }
})

const subnet: Translation = one('AWS::EC2::Subnet', [
  'VpcId',
  'CidrBlock',
  'AvailabilityZone',
  'AvailabilityZoneId',
  'Ipv6CidrBlock',
  'MapPublicIpOnLaunch',
  'AssignIpv6AddressOnCreation',
  'EnableDns64',
  'Ipv6Native',
])

const TRANSIT_ROUTING = ['TransitGatewayRouteTableId', 'TransitGatewayAttachmentId']

/** Each type of Terraform's AWS provider that is modeled. */
export const TRANSLATIONS: Readonly<Record<string, Translation>> = {
  aws_vpc: one('AWS::EC2::VPC', ['CidrBlock', 'EnableDnsSupport', 'EnableDnsHostnames']),
  aws_default_vpc: one('AWS::EC2::VPC', ['EnableDnsSupport', 'EnableDnsHostnames']),
  aws_subnet: subnet,
  aws_default_subnet: subnet,
  aws_vpc_dhcp_options: one('AWS::EC2::DHCPOptions', ['DomainNameServers']),
  aws_vpc_dhcp_options_association: one('AWS::EC2::VPCDHCPOptionsAssociation', ['VpcId', 'DhcpOptionsId']),
  aws_security_group: group,
  aws_default_security_group: group,
  aws_security_group_rule: groupRule,
  aws_vpc_security_group_ingress_rule: vpcRule('Ingress'),
  aws_vpc_security_group_egress_rule: vpcRule('Egress'),
  aws_network_acl: acl,
  aws_default_network_acl: acl,
  aws_network_acl_rule: one(
    'AWS::EC2::NetworkAclEntry',
    ['NetworkAclId', 'RuleNumber', 'Egress', 'RuleAction', 'Protocol', 'CidrBlock', 'Ipv6CidrBlock'],
    portRange,
  ),
  aws_network_acl_association: one('AWS::EC2::SubnetNetworkAclAssociation', ['NetworkAclId', 'SubnetId']),
  aws_internet_gateway: one('AWS::EC2::InternetGateway', ['VpcId']),
  aws_internet_gateway_attachment: one('AWS::EC2::VPCGatewayAttachment', ['VpcId', 'InternetGatewayId']),
  aws_egress_only_internet_gateway: one('AWS::EC2::EgressOnlyInternetGateway', ['VpcId']),
  aws_nat_gateway: one('AWS::EC2::NatGateway', ['SubnetId', 'ConnectivityType', 'AvailabilityMode', 'VpcId']),
  aws_vpc_peering_connection: one(
    'AWS::EC2::VPCPeeringConnection',
    ['VpcId', 'PeerVpcId', 'PeerOwnerId', 'PeerRegion'],
    (reader) => ({IsAccepted: reader.get('auto_accept') === true}),
  ),
  aws_vpc_peering_connection_accepter: one('ssm-doctor::PeeringAcceptance', ['VpcPeeringConnectionId', 'AutoAccept']),
  aws_ec2_transit_gateway: one('AWS::EC2::TransitGateway', [
    'DefaultRouteTableAssociation',
    'DefaultRouteTablePropagation',
    'SecurityGroupReferencingSupport',
  ]),
  aws_ec2_transit_gateway_vpc_attachment: one(
    'AWS::EC2::TransitGatewayAttachment',
    ['VpcId', 'SubnetIds', 'TransitGatewayId', 'DefaultAssociation', 'DefaultPropagation'],
    (reader) => ({Options: named(reader, ['ApplianceModeSupport', 'SecurityGroupReferencingSupport'])}),
  ),
  aws_ec2_transit_gateway_route_table: one('AWS::EC2::TransitGatewayRouteTable', ['TransitGatewayId']),
  aws_ec2_transit_gateway_route: one('AWS::EC2::TransitGatewayRoute', [
    ...TRANSIT_ROUTING,
    'DestinationCidrBlock',
    'Blackhole',
  ]),
  aws_ec2_transit_gateway_route_table_association: one(
    'AWS::EC2::TransitGatewayRouteTableAssociation',
    TRANSIT_ROUTING,
  ),
  aws_ec2_transit_gateway_route_table_propagation: one(
    'AWS::EC2::TransitGatewayRouteTablePropagation',
    TRANSIT_ROUTING,
  ),
  aws_route_table: table,
  aws_default_route_table: table,
  aws_route: one('AWS::EC2::Route', ['RouteTableId', ...DESTINATIONS, ...ROUTE_TARGETS]),
  aws_route_table_association: one('AWS::EC2::SubnetRouteTableAssociation', ['RouteTableId', 'SubnetId', 'GatewayId']),
  aws_main_route_table_association: one('ssm-doctor::MainRouteTableAssociation', [
    'VpcId',
    'RouteTableId',
    'OriginalRouteTableId',
  ]),
  aws_vpc_endpoint: endpoint,
  aws_vpc_endpoint_policy: one('ssm-doctor::EndpointPolicy', ['VpcEndpointId', 'PolicyDocument']),
  aws_vpc_endpoint_subnet_association: one('ssm-doctor::EndpointSubnet', ['VpcEndpointId', 'SubnetId']),
  aws_vpc_endpoint_security_group_association: one('ssm-doctor::EndpointSecurityGroup', [
    'VpcEndpointId',
    'SecurityGroupId',
    'ReplaceDefaultAssociation',
  ]),
  aws_vpc_endpoint_route_table_association: one('ssm-doctor::EndpointRouteTable', ['VpcEndpointId', 'RouteTableId']),
  aws_route53_zone: zone,
  aws_route53_zone_association: one('ssm-doctor::HostedZoneAssociation', ['HostedZoneId', 'VpcId']),
  aws_route53_record: record,
  aws_ec2_managed_prefix_list: prefixList,
  aws_iam_role: role,
  aws_iam_policy: one('AWS::IAM::ManagedPolicy', ['ManagedPolicyName', 'PolicyDocument']),
  aws_iam_role_policy_attachment: one('ssm-doctor::RolePolicyAttachment', ['RoleName', 'PolicyArn']),
  aws_iam_policy_attachment: policyAttachment,
  aws_iam_role_policy: one('AWS::IAM::RolePolicy', ['RoleName', 'PolicyName', 'PolicyDocument']),
  aws_iam_instance_profile: one('AWS::IAM::InstanceProfile', ['InstanceProfileName'], (reader) => ({
    Roles: reader.get('role') === undefined ? undefined : [reader.get('role')],
  })),
  aws_instance: instance,
  aws_spot_instance_request: spotRequest,
  aws_launch_template: launchTemplate,
  aws_launch_configuration: launchConfiguration,
  aws_autoscaling_group: autoScalingGroup,
  aws_network_interface: one('AWS::EC2::NetworkInterface', ['SubnetId', 'GroupSet', 'SourceDestCheck']),
  aws_network_interface_sg_attachment: one('ssm-doctor::InterfaceGroup', ['NetworkInterfaceId', 'SecurityGroupId']),
  aws_eip: publicAddress('instance', 'network_interface'),
  aws_eip_association: publicAddress('instance_id', 'network_interface_id'),
  aws_vpc_ipv4_cidr_block_association: one('AWS::EC2::VPCCidrBlock', ['VpcId', 'CidrBlock']),
  aws_ec2_managed_prefix_list_entry: one('ssm-doctor::PrefixListEntry', ['PrefixListId', 'Cidr']),
  aws_iam_role_policies_exclusive: one('ssm-doctor::RoleInlinePolicies', ['RoleName', 'PolicyNames']),
  aws_iam_role_policy_attachments_exclusive: one('ssm-doctor::RoleAttachments', ['RoleName', 'PolicyArns']),
  aws_ec2_instance_metadata_defaults: one(METADATA_DEFAULTS, ['HttpEndpoint', 'HttpTokens', 'HttpPutResponseHopLimit']),
  aws_ssm_service_setting: one('ssm-doctor::ServiceSetting', ['SettingId', 'SettingValue']),
}
