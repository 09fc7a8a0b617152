/** What Terraform's AWS provider calls what CloudFormation has a name for. */

/** Types that are not called as CloudFormation's are. https://registry.terraform.io/providers/hashicorp/aws/latest/docs */
const TYPES: Readonly<Record<string, string>> = {
  'AWS::EC2::SecurityGroupIngress': 'aws_vpc_security_group_ingress_rule',
  'AWS::EC2::SecurityGroupEgress': 'aws_vpc_security_group_egress_rule',
  'AWS::EC2::NetworkAclEntry': 'aws_network_acl_rule',
  'AWS::EC2::SubnetRouteTableAssociation': 'aws_route_table_association',
  'AWS::EC2::VPCGatewayAttachment': 'aws_internet_gateway_attachment',
  'AWS::EC2::DHCPOptions': 'aws_vpc_dhcp_options',
  'AWS::EC2::VPCDHCPOptionsAssociation': 'aws_vpc_dhcp_options_association',
  'AWS::EC2::PrefixList': 'aws_ec2_managed_prefix_list',
  'AWS::AutoScaling::LaunchConfiguration': 'aws_launch_configuration',
  'AWS::Route53::HostedZone': 'aws_route53_zone',
  'AWS::Route53::RecordSet': 'aws_route53_record',
  'AWS::IAM::ManagedPolicy': 'aws_iam_policy',
}

const SERVICES: Readonly<Record<string, string>> = {Route53Resolver: 'route53_resolver', InspectorV2: 'inspector2'}

/** `AWS::EC2::TransitGatewayRoute` → `aws_ec2_transit_gateway_route`: most resources of EC2 are called without it. */
export function terraformType(type: string): string {
  const [, service = '', resource = ''] = type.split('::')
  const isWithoutService = service === 'EC2' && !resource.startsWith('TransitGateway')
  return (
    TYPES[type] ?? `aws_${isWithoutService ? '' : `${SERVICES[service] ?? service.toLowerCase()}_`}${snake(resource)}`
  )
}

const PEERS = {
  GroupId: 'security_group_id',
  CidrIp: 'cidr_ipv4',
  SourceSecurityGroupId: 'referenced_security_group_id',
  SourcePrefixListId: 'prefix_list_id',
  DestinationSecurityGroupId: 'referenced_security_group_id',
  DestinationPrefixListId: 'prefix_list_id',
}

/** Arguments that are not called as the property is. */
const ARGUMENTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'AWS::EC2::SecurityGroup': {GroupName: 'name', GroupDescription: 'description'},
  'AWS::EC2::SecurityGroupIngress': PEERS,
  'AWS::EC2::SecurityGroupEgress': PEERS,
  'AWS::EC2::NetworkInterface': {GroupSet: 'security_groups', SecurityGroupIds: 'security_groups'},
  'AWS::EC2::Instance': {SecurityGroupIds: 'vpc_security_group_ids', ImageId: 'ami'},
  'AWS::EC2::LaunchTemplate': {LaunchTemplateName: 'name', SecurityGroupIds: 'vpc_security_group_ids'},
  'AWS::EC2::TransitGatewayAttachment': {
    DefaultAssociation: 'transit_gateway_default_route_table_association',
    DefaultPropagation: 'transit_gateway_default_route_table_propagation',
  },
  'AWS::IAM::Role': {RoleName: 'name'},
  'AWS::IAM::RolePolicy': {RoleName: 'role'},
  'ssm-doctor::RolePolicyAttachment': {RoleName: 'role'},
}

/** The same for every type. */
const COMMON: Readonly<Record<string, string>> = {
  PolicyDocument: 'policy',
  AssumeRolePolicyDocument: 'assume_role_policy',
  PolicyName: 'name',
  ManagedPolicyName: 'name',
  InstanceProfileName: 'name',
  PrefixListName: 'name',
  HostedZoneId: 'zone_id',
  VPCs: 'vpc',
  ResourceRecords: 'records',
  AliasTarget: 'alias',
  DNSName: 'name',
  Groups: 'security_groups',
  EgressOnlyInternetGatewayId: 'egress_only_gateway_id',
}

export const terraformArgument = (property: string, type = ''): string =>
  ARGUMENTS[type]?.[property] ?? COMMON[property] ?? snake(property)

/** `VPCEndpointId` → `vpc_endpoint_id`. */
const snake = (name: string): string =>
  name
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/(?<=[a-z0-9])([A-Z])/g, '_$1')
    .toLowerCase()
