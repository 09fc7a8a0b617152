import {entryOf, listOf, objectOf, type Part, type Properties, withoutUndefined} from '../resource.ts'

const ALIASES: Readonly<Record<string, string>> = {
  'AWS::EC2::TransitGatewayVpcAttachment': 'AWS::EC2::TransitGatewayAttachment',
}

/** Properties of CloudFormation that the model has under another name or as a separate resource. */
export function partsOf(type: string, properties: Properties): readonly Part[] {
  const name = entryOf(ALIASES, type) ?? type
  return entryOf(MODELED_OTHERWISE, name)?.(properties) ?? [{type: name, properties}]
}

const MODELED_OTHERWISE: Readonly<Record<string, (properties: Properties) => readonly Part[]>> = {
  'AWS::EC2::SecurityGroup': (properties) => [
    {type: 'AWS::EC2::SecurityGroup', properties: {...DEFAULT_EGRESS, ...properties}},
  ],
  // A VPN gateway changes no route by itself.
  'AWS::EC2::VPCGatewayAttachment': (properties) =>
    properties.InternetGatewayId === undefined ? [] : [{type: 'AWS::EC2::VPCGatewayAttachment', properties}],
  'AWS::Route53::HostedZone': (properties) => [
    {type: 'AWS::Route53::HostedZone', properties: {...properties, VPCs: properties.VPCs ?? []}},
  ],
  'AWS::Route53::RecordSetGroup': ({HostedZoneId, RecordSets}) =>
    listOf(RecordSets).map((record) => ({
      type: 'AWS::Route53::RecordSet',
      properties: {HostedZoneId, ...objectOf(record)},
    })),
  'AWS::IAM::RolePolicy': ({RoleName, ...properties}) => [
    {type: 'AWS::IAM::RolePolicy', properties: {...properties, Roles: [RoleName]}},
  ],
  'AWS::EC2::Instance': (properties) => {
    const [first] = listOf(properties.NetworkInterfaces).map(objectOf)
    const network = first
      ? {
          SubnetId: first.SubnetId,
          SecurityGroupIds: first.GroupSet,
          AssociatePublicIpAddress: first.AssociatePublicIpAddress,
        }
      : {}
    const attached = first?.NetworkInterfaceId === undefined ? {} : {NetworkInterface: first.NetworkInterfaceId}
    const template = properties.LaunchTemplate === undefined ? {} : {LaunchTemplate: templateOf(properties)}
    return [
      {type: 'AWS::EC2::Instance', properties: {...withoutUndefined(network), ...properties, ...template, ...attached}},
    ]
  },
  'AWS::EC2::LaunchTemplate': ({LaunchTemplateName, LaunchTemplateData}) => [
    {
      type: 'AWS::EC2::LaunchTemplate',
      properties: withoutUndefined({...launchOf(objectOf(LaunchTemplateData)), LaunchTemplateName}),
    },
  ],
  'AWS::AutoScaling::LaunchConfiguration': ({LaunchConfigurationName, SecurityGroups, ...properties}) => [
    {
      type: 'AWS::EC2::LaunchTemplate',
      properties: withoutUndefined({
        ...launchOf({...properties, SecurityGroupIds: SecurityGroups}),
        AssociatePublicIpAddress: properties.AssociatePublicIpAddress,
        IamInstanceProfile: properties.IamInstanceProfile,
        LaunchTemplateName: LaunchConfigurationName,
      }),
    },
  ],
  'AWS::EC2::NetworkInterface': ({SubnetId, GroupSet}) => [
    {type: 'AWS::EC2::NetworkInterface', properties: withoutUndefined({SubnetId, SecurityGroupIds: GroupSet})},
  ],
  // Without an association, an address belongs to nothing.
  'AWS::EC2::EIP': ({InstanceId}) =>
    InstanceId === undefined ? [] : [{type: 'ssm-doctor::PublicAddress', properties: {InstanceId}}],
  'AWS::EC2::EIPAssociation': (properties) => [{type: 'ssm-doctor::PublicAddress', properties}],
  'AWS::AutoScaling::AutoScalingGroup': (properties) => [
    {
      type: 'AWS::AutoScaling::AutoScalingGroup',
      properties: {SubnetIds: properties.VPCZoneIdentifier, LaunchTemplate: templateOf(properties)},
    },
  ],
}

/** The id or the name of what instances are launched from. */
const templateOf = ({LaunchTemplate, MixedInstancesPolicy, LaunchConfigurationName}: Properties): unknown => {
  const mixed = objectOf(objectOf(objectOf(MixedInstancesPolicy).LaunchTemplate).LaunchTemplateSpecification)
  const own = objectOf(LaunchTemplate)
  return (
    own.LaunchTemplateId ??
    own.LaunchTemplateName ??
    mixed.LaunchTemplateId ??
    mixed.LaunchTemplateName ??
    LaunchConfigurationName
  )
}

/** A CloudFormation security group without outbound rules keeps the one that AWS adds. */
const DEFAULT_EGRESS = {SecurityGroupEgress: [{IpProtocol: '-1', CidrIp: '0.0.0.0/0'}], SecurityGroupIngress: []}

function launchOf({
  SecurityGroupIds,
  ImageId,
  InstanceType,
  IamInstanceProfile,
  NetworkInterfaces,
  MetadataOptions,
}: Properties): Properties {
  const [first] = listOf(NetworkInterfaces).map(objectOf)
  const profile = objectOf(IamInstanceProfile)
  return withoutUndefined({
    SubnetId: first?.SubnetId,
    SecurityGroupIds: first?.Groups ?? SecurityGroupIds,
    AssociatePublicIpAddress: first?.AssociatePublicIpAddress,
    ImageId,
    InstanceType,
    MetadataOptions,
    IamInstanceProfile: profile.Name ?? profile.Arn,
  })
}

/**
 * Properties whose change makes CloudFormation replace the resource, for modeled kinds.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/introduction.html
 */
export const REPLACED_BY: Readonly<Record<string, readonly string[]>> = {
  'AWS::EC2::DHCPOptions': ['DomainName', 'DomainNameServers', 'NtpServers', 'NetbiosNameServers', 'NetbiosNodeType'],
  'AWS::EC2::VPC': ['CidrBlock'],
  'AWS::EC2::Subnet': ['VpcId', 'CidrBlock', 'AvailabilityZone', 'AvailabilityZoneId'],
  'AWS::EC2::SecurityGroup': ['VpcId', 'GroupName', 'GroupDescription'],
  'AWS::EC2::NetworkAcl': ['VpcId'],
  'AWS::EC2::RouteTable': ['VpcId'],
  'AWS::EC2::EgressOnlyInternetGateway': ['VpcId'],
  'AWS::EC2::NatGateway': ['SubnetId', 'ConnectivityType', 'AllocationId', 'PrivateIpAddress'],
  'AWS::EC2::VPCEndpoint': ['VpcId', 'ServiceName', 'VpcEndpointType'],
  'AWS::EC2::VPCPeeringConnection': ['VpcId', 'PeerVpcId', 'PeerOwnerId', 'PeerRegion'],
  'AWS::EC2::TransitGatewayAttachment': ['VpcId', 'TransitGatewayId'],
  'AWS::EC2::TransitGatewayVpcAttachment': ['VpcId', 'TransitGatewayId'],
  'AWS::EC2::TransitGatewayRouteTable': ['TransitGatewayId'],
  'AWS::EC2::Instance': ['SubnetId', 'ImageId', 'KeyName', 'AvailabilityZone', 'NetworkInterfaces', 'LaunchTemplate'],
  'AWS::EC2::LaunchTemplate': ['LaunchTemplateName'],
  'AWS::Route53::HostedZone': ['Name'],
  'AWS::IAM::Role': ['RoleName', 'Path'],
  'AWS::IAM::InstanceProfile': ['InstanceProfileName', 'Path'],
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName', 'Path', 'Description'],
}
