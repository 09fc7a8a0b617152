import {isKnown, numberOf, type Properties, UNKNOWN} from '../resource.ts'
import type {Reader} from './values.ts'

/** A resource of the plan in CloudFormation's kinds; one of Terraform's can be several. */
export interface Part {
  readonly type: string
  readonly properties: Properties
}

type Translation = (reader: Reader) => readonly Part[]

/** Attributes under CloudFormation's names; what the plan does not set is omitted. */
function named(reader: Reader, names: Readonly<Record<string, string>>): Properties {
  return Object.fromEntries(
    Object.entries(names).flatMap(([property, attribute]) => {
      const value = reader.get(attribute)
      return value === undefined || value === '' ? [] : [[property, value]]
    }),
  )
}

const one =
  (
    type: string,
    names: Readonly<Record<string, string>>,
    more: (reader: Reader) => Properties = () => ({}),
  ): Translation =>
  (reader) => [{type, properties: {...named(reader, names), ...more(reader)}}]

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])

/** Blocks become a list of properties; unknown if the plan does not show how many there are. */
const blocksAs = (reader: Reader, attribute: string, make: (block: Reader) => readonly Properties[]): unknown => {
  const blocks = reader.blocks(attribute)
  return blocks === undefined || blocks === UNKNOWN ? blocks : blocks.flatMap(make)
}

const PROTOCOL_ALL = '-1'

/** A Terraform rule has many peers; a CloudFormation rule has one. */
function rulesOf(block: Reader, direction: 'Source' | 'Destination', self: unknown): readonly Properties[] {
  const protocol = block.get('protocol')
  const what = {
    IpProtocol: protocol === 'all' ? PROTOCOL_ALL : protocol,
    ...named(block, {FromPort: 'from_port', ToPort: 'to_port'}),
  }
  const peers = (attribute: string, property: string): readonly Properties[] => {
    const value = block.get(attribute)
    if (!isKnown(value)) return [{...what, [property]: UNKNOWN}]
    return list(value).map((peer) => ({...what, [property]: peer}))
  }
  return [
    ...peers('cidr_blocks', 'CidrIp'),
    ...peers('ipv6_cidr_blocks', 'CidrIpv6'),
    ...peers('prefix_list_ids', `${direction}PrefixListId`),
    ...peers('security_groups', `${direction}SecurityGroupId`),
    ...peers('source_security_group_id', `${direction}SecurityGroupId`),
    ...(block.get('self') === true ? [{...what, [`${direction}SecurityGroupId`]: self}] : []),
  ]
}

const group =
  (idOf: (reader: Reader) => unknown): Translation =>
  (reader) => {
    const ingress = blocksAs(reader, 'ingress', (block) => rulesOf(block, 'Source', idOf(reader)))
    const egress = blocksAs(reader, 'egress', (block) => rulesOf(block, 'Destination', idOf(reader)))
    return [
      {
        type: 'AWS::EC2::SecurityGroup',
        properties: {
          ...named(reader, {VpcId: 'vpc_id', GroupName: 'name'}),
          ...(ingress !== undefined && {SecurityGroupIngress: ingress}),
          ...(egress !== undefined && {SecurityGroupEgress: egress}),
        },
      },
    ]
  }

const groupRule: Translation = (reader) => {
  const isIngress = reader.get('type') === 'ingress'
  const GroupId = reader.get('security_group_id')
  return rulesOf(reader, isIngress ? 'Source' : 'Destination', GroupId).map((rule) => ({
    type: isIngress ? 'AWS::EC2::SecurityGroupIngress' : 'AWS::EC2::SecurityGroupEgress',
    properties: {...rule, GroupId},
  }))
}

const vpcRule = (type: string, peer: 'Source' | 'Destination'): Translation =>
  one(type, {
    GroupId: 'security_group_id',
    IpProtocol: 'ip_protocol',
    FromPort: 'from_port',
    ToPort: 'to_port',
    CidrIp: 'cidr_ipv4',
    CidrIpv6: 'cidr_ipv6',
    [`${peer}PrefixListId`]: 'prefix_list_id',
    [`${peer}SecurityGroupId`]: 'referenced_security_group_id',
  })

const portRange = (reader: Reader): Properties => {
  const [From, To] = [reader.get('from_port'), reader.get('to_port')]
  return From === undefined ? {} : {PortRange: {From, To}}
}

const entry =
  (Egress: boolean) =>
  (block: Reader): readonly Properties[] => [
    {
      Egress,
      ...named(block, {
        RuleNumber: 'rule_no',
        RuleAction: 'action',
        Protocol: 'protocol',
        CidrBlock: 'cidr_block',
        Ipv6CidrBlock: 'ipv6_cidr_block',
      }),
      ...portRange(block),
    },
  ]

const acl: Translation = (reader) => {
  const ingress = blocksAs(reader, 'ingress', entry(false))
  const egress = blocksAs(reader, 'egress', entry(true))
  const isOpen = ingress === undefined && egress === undefined
  const entries = isOpen
    ? {}
    : {Entries: [ingress, egress].includes(UNKNOWN) ? UNKNOWN : [...list(ingress), ...list(egress)]}
  return [
    {
      type: 'AWS::EC2::NetworkAcl',
      properties: {...named(reader, {VpcId: 'vpc_id', SubnetIds: 'subnet_ids'}), ...entries},
    },
  ]
}

const ROUTE_TARGETS = {
  GatewayId: 'gateway_id',
  NatGatewayId: 'nat_gateway_id',
  TransitGatewayId: 'transit_gateway_id',
  VpcPeeringConnectionId: 'vpc_peering_connection_id',
  NetworkInterfaceId: 'network_interface_id',
  VpcEndpointId: 'vpc_endpoint_id',
  EgressOnlyInternetGatewayId: 'egress_only_gateway_id',
  LocalGatewayId: 'local_gateway_id',
  CarrierGatewayId: 'carrier_gateway_id',
  CoreNetworkArn: 'core_network_arn',
}

const table: Translation = (reader) => {
  const routes = blocksAs(reader, 'route', (block) => [
    named(block, {
      DestinationCidrBlock: 'cidr_block',
      DestinationIpv6CidrBlock: 'ipv6_cidr_block',
      DestinationPrefixListId: 'destination_prefix_list_id',
      ...ROUTE_TARGETS,
    }),
  ])
  return [
    {
      type: 'AWS::EC2::RouteTable',
      properties: {...named(reader, {VpcId: 'vpc_id'}), ...(routes !== undefined && {Routes: routes})},
    },
  ]
}

const endpoint: Translation = one(
  'AWS::EC2::VPCEndpoint',
  {
    VpcId: 'vpc_id',
    ServiceName: 'service_name',
    SubnetIds: 'subnet_ids',
    SecurityGroupIds: 'security_group_ids',
    RouteTableIds: 'route_table_ids',
    PrivateDnsEnabled: 'private_dns_enabled',
  },
  (reader) => ({
    VpcEndpointType: reader.get('vpc_endpoint_type') ?? 'Gateway',
    ...named(reader, {PolicyDocument: 'policy'}),
  }),
)

const instance: Translation = (reader) => {
  const options = firstIn(reader, 'metadata_options')
  const attached = reader.blocks('network_interface')
  const first = Array.isArray(attached) ? attached.find((one) => numberOf(one.get('device_index')) === 0) : undefined
  const isFromTemplate = list(reader.blocks('launch_template')).length > 0
  return [
    {
      type: 'AWS::EC2::Instance',
      properties: {
        ...named(reader, {
          SubnetId: 'subnet_id',
          SecurityGroupIds: 'vpc_security_group_ids',
          IamInstanceProfile: 'iam_instance_profile',
          ImageId: 'ami',
          InstanceType: 'instance_type',
        }),
        ...(isKnown(reader.get('associate_public_ip_address')) &&
          named(reader, {AssociatePublicIpAddress: 'associate_public_ip_address'})),
        ...(isFromTemplate && {LaunchTemplate: templateOf(reader)}),
        ...(first && {NetworkInterface: first.get('network_interface_id')}),
        ...(options && {
          MetadataOptions: Object.fromEntries(
            Object.entries(metadataOptions(options)).filter(([, value]) => isKnown(value)),
          ),
        }),
      },
    },
  ]
}

const role: Translation = (reader) => {
  const inline = blocksAs(reader, 'inline_policy', (block) => [
    named(block, {PolicyName: 'name', PolicyDocument: 'policy'}),
  ])
  const managed = reader.get('managed_policy_arns')
  return [
    {
      type: 'AWS::IAM::Role',
      properties: {
        ...named(reader, {
          RoleName: 'name',
          AssumeRolePolicyDocument: 'assume_role_policy',
          PermissionsBoundary: 'permissions_boundary',
        }),
        ...(Array.isArray(inline) && inline.length > 0 && {Policies: inline}),
        ...(Array.isArray(managed) && managed.length > 0 && {ManagedPolicyArns: managed}),
      },
    },
  ]
}

const zone: Translation = (reader) => {
  const vpcs = blocksAs(reader, 'vpc', (block) => [{VPCId: block.get('vpc_id')}])
  return [
    {
      type: 'AWS::Route53::HostedZone',
      properties: {...named(reader, {Name: 'name'}), ...(vpcs !== undefined && {VPCs: vpcs})},
    },
  ]
}

const record: Translation = (reader) => {
  const aliases = reader.blocks('alias')
  const [alias] = Array.isArray(aliases) ? aliases : []
  return [
    {
      type: 'AWS::Route53::RecordSet',
      properties: {
        ...named(reader, {HostedZoneId: 'zone_id', Name: 'name', Type: 'type', ResourceRecords: 'records'}),
        ...(alias && {AliasTarget: {DNSName: alias.get('name')}}),
      },
    },
  ]
}

const prefixList: Translation = (reader) => {
  const entries = blocksAs(reader, 'entry', (block) => [{Cidr: block.get('cidr')}])
  return [
    {
      type: 'AWS::EC2::PrefixList',
      properties: {...named(reader, {PrefixListName: 'name'}), ...(entries !== undefined && {Entries: entries})},
    },
  ]
}

const attachments: Translation = one('ssm-doctor::RolePolicyAttachment', {RoleName: 'role', PolicyArn: 'policy_arn'})

/** An old resource that attaches one policy to many roles. */
const policyAttachment: Translation = (reader) => {
  const roles = reader.get('roles')
  return list(isKnown(roles) ? roles : [UNKNOWN]).map((RoleName) => ({
    type: 'ssm-doctor::RolePolicyAttachment',
    properties: {RoleName, PolicyArn: reader.get('policy_arn')},
  }))
}

const launchTemplateInstance: Translation = (reader) => [
  {
    type: 'AWS::AutoScaling::AutoScalingGroup',
    properties: {
      ...named(reader, {SubnetIds: 'vpc_zone_identifier'}),
      LaunchTemplate: templateOf(reader),
    },
  },
]

const firstIn = (reader: Reader | undefined, attribute: string): Reader | undefined => {
  const blocks = reader?.blocks(attribute)
  return Array.isArray(blocks) ? blocks[0] : undefined
}

const templateOf = (reader: Reader): unknown => {
  const template = firstIn(reader, 'launch_template')
  const mixed = firstIn(firstIn(reader, 'mixed_instances_policy'), 'launch_template')
  const specification = firstIn(mixed, 'launch_template_specification')
  return (
    template?.get('id') ??
    template?.get('name') ??
    specification?.get('launch_template_id') ??
    specification?.get('launch_template_name') ??
    reader.get('launch_configuration')
  )
}

/** Without an association, an address belongs to nothing. */
const publicAddress =
  (instanceId: string, interfaceId: string): Translation =>
  (reader) => {
    const properties = named(reader, {InstanceId: instanceId, NetworkInterfaceId: interfaceId})
    return Object.keys(properties).length > 0 ? [{type: 'ssm-doctor::PublicAddress', properties}] : []
  }

/** A launch template; what a launch configuration says is the same in other words. */
function launch(reader: Reader, properties: Properties): readonly Part[] {
  const options = firstIn(reader, 'metadata_options')
  return [
    {
      type: 'AWS::EC2::LaunchTemplate',
      properties: {
        ...named(reader, {LaunchTemplateName: 'name', ImageId: 'image_id', InstanceType: 'instance_type'}),
        ...properties,
        ...(options && {MetadataOptions: metadataOptions(options)}),
      },
    },
  ]
}

const launchConfiguration: Translation = (reader) =>
  launch(
    reader,
    named(reader, {
      SecurityGroupIds: 'security_groups',
      IamInstanceProfile: 'iam_instance_profile',
      AssociatePublicIpAddress: 'associate_public_ip_address',
    }),
  )

const metadataOptions = (options: Reader): Properties =>
  named(options, {
    HttpEndpoint: 'http_endpoint',
    HttpTokens: 'http_tokens',
    HttpPutResponseHopLimit: 'http_put_response_hop_limit',
  })

const launchTemplate: Translation = (reader) => {
  const [profile, network] = ['iam_instance_profile', 'network_interfaces'].map((name) => firstIn(reader, name))
  return launch(reader, {
    ...named(reader, {SecurityGroupIds: 'vpc_security_group_ids'}),
    ...(network &&
      named(network, {
        SubnetId: 'subnet_id',
        SecurityGroupIds: 'security_groups',
        AssociatePublicIpAddress: 'associate_public_ip_address',
      })),
    ...(profile && {IamInstanceProfile: profile.get('name') ?? profile.get('arn')}),
  })
}

/** Each type of Terraform's AWS provider that is modeled. */
export const TRANSLATIONS: Readonly<Record<string, Translation>> = {
  aws_vpc: one('AWS::EC2::VPC', {
    CidrBlock: 'cidr_block',
    EnableDnsSupport: 'enable_dns_support',
    EnableDnsHostnames: 'enable_dns_hostnames',
  }),
  aws_default_vpc: one('AWS::EC2::VPC', {
    EnableDnsSupport: 'enable_dns_support',
    EnableDnsHostnames: 'enable_dns_hostnames',
  }),
  aws_subnet: one('AWS::EC2::Subnet', {
    VpcId: 'vpc_id',
    CidrBlock: 'cidr_block',
    AvailabilityZone: 'availability_zone',
    MapPublicIpOnLaunch: 'map_public_ip_on_launch',
  }),
  aws_vpc_dhcp_options: one('AWS::EC2::DHCPOptions', {DomainNameServers: 'domain_name_servers'}),
  aws_vpc_dhcp_options_association: one('AWS::EC2::VPCDHCPOptionsAssociation', {
    VpcId: 'vpc_id',
    DhcpOptionsId: 'dhcp_options_id',
  }),
  aws_security_group: group((reader) => reader.get('id')),
  aws_default_security_group: group((reader) => reader.get('id')),
  aws_security_group_rule: groupRule,
  aws_vpc_security_group_ingress_rule: vpcRule('AWS::EC2::SecurityGroupIngress', 'Source'),
  aws_vpc_security_group_egress_rule: vpcRule('AWS::EC2::SecurityGroupEgress', 'Destination'),
  aws_network_acl: acl,
  aws_default_network_acl: acl,
  aws_network_acl_rule: one(
    'AWS::EC2::NetworkAclEntry',
    {
      NetworkAclId: 'network_acl_id',
      RuleNumber: 'rule_number',
      Egress: 'egress',
      RuleAction: 'rule_action',
      Protocol: 'protocol',
      CidrBlock: 'cidr_block',
      Ipv6CidrBlock: 'ipv6_cidr_block',
    },
    portRange,
  ),
  aws_network_acl_association: one('AWS::EC2::SubnetNetworkAclAssociation', {
    NetworkAclId: 'network_acl_id',
    SubnetId: 'subnet_id',
  }),
  aws_internet_gateway: one('AWS::EC2::InternetGateway', {VpcId: 'vpc_id'}),
  aws_internet_gateway_attachment: one('AWS::EC2::VPCGatewayAttachment', {
    VpcId: 'vpc_id',
    InternetGatewayId: 'internet_gateway_id',
  }),
  aws_egress_only_internet_gateway: one('AWS::EC2::EgressOnlyInternetGateway', {VpcId: 'vpc_id'}),
  aws_nat_gateway: one('AWS::EC2::NatGateway', {SubnetId: 'subnet_id', ConnectivityType: 'connectivity_type'}),
  aws_vpc_peering_connection: one(
    'AWS::EC2::VPCPeeringConnection',
    {VpcId: 'vpc_id', PeerVpcId: 'peer_vpc_id', PeerOwnerId: 'peer_owner_id', PeerRegion: 'peer_region'},
    (reader) => ({IsAccepted: reader.get('auto_accept') === true}),
  ),
  aws_vpc_peering_connection_accepter: one('ssm-doctor::PeeringAcceptance', {
    VpcPeeringConnectionId: 'vpc_peering_connection_id',
    AutoAccept: 'auto_accept',
  }),
  aws_ec2_transit_gateway: one('AWS::EC2::TransitGateway', {
    DefaultRouteTableAssociation: 'default_route_table_association',
    DefaultRouteTablePropagation: 'default_route_table_propagation',
  }),
  aws_ec2_transit_gateway_vpc_attachment: one('AWS::EC2::TransitGatewayAttachment', {
    VpcId: 'vpc_id',
    SubnetIds: 'subnet_ids',
    TransitGatewayId: 'transit_gateway_id',
    DefaultAssociation: 'transit_gateway_default_route_table_association',
    DefaultPropagation: 'transit_gateway_default_route_table_propagation',
  }),
  aws_ec2_transit_gateway_route_table: one('AWS::EC2::TransitGatewayRouteTable', {
    TransitGatewayId: 'transit_gateway_id',
  }),
  aws_ec2_transit_gateway_route: one('AWS::EC2::TransitGatewayRoute', {
    TransitGatewayRouteTableId: 'transit_gateway_route_table_id',
    DestinationCidrBlock: 'destination_cidr_block',
    TransitGatewayAttachmentId: 'transit_gateway_attachment_id',
    Blackhole: 'blackhole',
  }),
  aws_ec2_transit_gateway_route_table_association: one('AWS::EC2::TransitGatewayRouteTableAssociation', {
    TransitGatewayRouteTableId: 'transit_gateway_route_table_id',
    TransitGatewayAttachmentId: 'transit_gateway_attachment_id',
  }),
  aws_ec2_transit_gateway_route_table_propagation: one('AWS::EC2::TransitGatewayRouteTablePropagation', {
    TransitGatewayRouteTableId: 'transit_gateway_route_table_id',
    TransitGatewayAttachmentId: 'transit_gateway_attachment_id',
  }),
  aws_route_table: table,
  aws_default_route_table: table,
  aws_route: one('AWS::EC2::Route', {
    RouteTableId: 'route_table_id',
    DestinationCidrBlock: 'destination_cidr_block',
    DestinationIpv6CidrBlock: 'destination_ipv6_cidr_block',
    DestinationPrefixListId: 'destination_prefix_list_id',
    ...ROUTE_TARGETS,
  }),
  aws_route_table_association: one('AWS::EC2::SubnetRouteTableAssociation', {
    RouteTableId: 'route_table_id',
    SubnetId: 'subnet_id',
    GatewayId: 'gateway_id',
  }),
  aws_main_route_table_association: one('ssm-doctor::MainRouteTableAssociation', {
    VpcId: 'vpc_id',
    RouteTableId: 'route_table_id',
    OriginalRouteTableId: 'original_route_table_id',
  }),
  aws_vpc_endpoint: endpoint,
  aws_vpc_endpoint_policy: one('ssm-doctor::EndpointPolicy', {
    VpcEndpointId: 'vpc_endpoint_id',
    PolicyDocument: 'policy',
  }),
  aws_vpc_endpoint_subnet_association: one('ssm-doctor::EndpointSubnet', {
    VpcEndpointId: 'vpc_endpoint_id',
    SubnetId: 'subnet_id',
  }),
  aws_vpc_endpoint_security_group_association: one('ssm-doctor::EndpointSecurityGroup', {
    VpcEndpointId: 'vpc_endpoint_id',
    SecurityGroupId: 'security_group_id',
  }),
  aws_vpc_endpoint_route_table_association: one('ssm-doctor::EndpointRouteTable', {
    VpcEndpointId: 'vpc_endpoint_id',
    RouteTableId: 'route_table_id',
  }),
  aws_route53_zone: zone,
  aws_route53_zone_association: one('ssm-doctor::HostedZoneAssociation', {HostedZoneId: 'zone_id', VpcId: 'vpc_id'}),
  aws_route53_record: record,
  aws_ec2_managed_prefix_list: prefixList,
  aws_iam_role: role,
  aws_iam_policy: one('AWS::IAM::ManagedPolicy', {ManagedPolicyName: 'name', PolicyDocument: 'policy'}),
  aws_iam_role_policy_attachment: attachments,
  aws_iam_policy_attachment: policyAttachment,
  aws_iam_role_policy: one('AWS::IAM::RolePolicy', {PolicyName: 'name', PolicyDocument: 'policy'}, (reader) => ({
    Roles: [reader.get('role')],
  })),
  aws_iam_instance_profile: one('AWS::IAM::InstanceProfile', {InstanceProfileName: 'name'}, (reader) => ({
    ...(reader.get('role') !== undefined && {Roles: [reader.get('role')]}),
  })),
  aws_instance: instance,
  aws_launch_template: launchTemplate,
  aws_launch_configuration: launchConfiguration,
  aws_autoscaling_group: launchTemplateInstance,
  aws_network_interface: one('AWS::EC2::NetworkInterface', {
    SubnetId: 'subnet_id',
    SecurityGroupIds: 'security_groups',
  }),
  aws_network_interface_sg_attachment: one('ssm-doctor::InterfaceGroup', {
    NetworkInterfaceId: 'network_interface_id',
    SecurityGroupId: 'security_group_id',
  }),
  aws_eip: publicAddress('instance', 'network_interface'),
  aws_eip_association: publicAddress('instance_id', 'network_interface_id'),
  aws_vpc_ipv4_cidr_block_association: one('AWS::EC2::VPCCidrBlock', {VpcId: 'vpc_id', CidrBlock: 'cidr_block'}),
  aws_ec2_managed_prefix_list_entry: one('ssm-doctor::PrefixListEntry', {
    PrefixListId: 'prefix_list_id',
    Cidr: 'cidr',
  }),
  aws_iam_role_policy_attachments_exclusive: one('ssm-doctor::RoleAttachments', {
    RoleName: 'role_name',
    PolicyArns: 'policy_arns',
  }),
  aws_ssm_service_setting: one('ssm-doctor::ServiceSetting', {SettingId: 'setting_id', SettingValue: 'setting_value'}),
}
