import {entryOf} from '../../util/entry-of.ts'
import {defined} from '../../util/json.ts'
import {ADDED_BY_AWS} from '../overlay/groups.ts'
import {
  hasUnknown,
  isKnown,
  laterOf,
  listOf,
  numberOf,
  objectOf,
  type Part,
  type Properties,
  textOf,
  textsOf,
  UNKNOWN,
} from '../resource.ts'

/** Kinds that the model has under the name of another one. */
const ALIASES: Readonly<Record<string, string>> = {
  'AWS::EC2::TransitGatewayVpcAttachment': 'AWS::EC2::TransitGatewayAttachment',
  'AWS::AutoScaling::LaunchConfiguration': 'AWS::EC2::LaunchTemplate',
  'AWS::EC2::EIP': 'ssm-doctor::PublicAddress',
  'AWS::EC2::EIPAssociation': 'ssm-doctor::PublicAddress',
}

/** What changes nothing without this property: a VPN gateway changes no route by itself. */
const REQUIRED: Readonly<Record<string, string>> = {
  'AWS::EC2::VPCGatewayAttachment': 'InternetGatewayId',
  'AWS::EC2::EIP': 'InstanceId',
}

/** The resources that the model has for one of a template. */
export function partsOf(type: string, properties: Properties, isNew = true): readonly Part[] {
  if (type === 'AWS::Route53::RecordSetGroup') {
    const {HostedZoneId, RecordSets} = properties
    return listOf(RecordSets).flatMap((record) =>
      partsOf('AWS::Route53::RecordSet', {HostedZoneId, ...objectOf(record)}, isNew),
    )
  }
  if (properties[entryOf(REQUIRED, type) ?? ''] === undefined && Object.hasOwn(REQUIRED, type)) return []
  const own = isNew && type === GROUP ? withoutEmptyRules(properties) : properties
  return [modeled(type, {...entryOf(DEFAULTS, type), ...(isNew && entryOf(INITIAL, type)), ...own})]
}

const GROUP = 'AWS::EC2::SecurityGroup'

/** An empty list of outbound rules is none, like a list that is left out. */
const withoutEmptyRules = ({SecurityGroupEgress, ...properties}: Properties): Properties =>
  Array.isArray(SecurityGroupEgress) && SecurityGroupEgress.length === 0
    ? properties
    : defined({...properties, SecurityGroupEgress})

/** A resource as the model has it, whatever the language of the plan. */
export function modeled(type: string, properties: Properties): Part {
  const own = entryOf(PROPERTIES, type)?.(properties)
  return {type: entryOf(ALIASES, type) ?? type, properties: own ? defined(own) : properties}
}

/**
 * A new security group without outbound rules keeps the one that AWS adds. An existing one that loses its rules gets none.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
 */
const INITIAL: Readonly<Record<string, Properties>> = {
  [GROUP]: {SecurityGroupEgress: ADDED_BY_AWS, SecurityGroupIngress: []},
  // CloudFormation then revokes the rule that allows all outbound IPv4 traffic, also one that the group lists.
  // https://github.com/aws/aws-cdk/pull/998, https://github.com/aws-cloudformation/cfn-language-discussion/issues/157
  'AWS::EC2::SecurityGroupEgress': {RevokesDefault: true},
}

/** Properties of CloudFormation's resources that a template does not set. */
const DEFAULTS: Readonly<Record<string, Properties>> = {
  'AWS::Route53::HostedZone': {VPCs: []},
  'AWS::EC2::Instance': {Tags: []},
  'AWS::IAM::Role': {Tags: []},
}

/** Properties that the model has under another name. */
const PROPERTIES: Readonly<Record<string, (properties: Properties) => Properties>> = {
  'AWS::IAM::RolePolicy': ({RoleName, ...properties}) => ({...properties, Roles: [RoleName]}),
  'AWS::EC2::Instance': ({SecurityGroups, ...properties}) => {
    const {SubnetId, GroupSet, AssociatePublicIpAddress, NetworkInterfaceId} = primaryOf(properties)
    return {
      ...{SubnetId, SecurityGroupIds: GroupSet ?? groupsNamed(SecurityGroups), AssociatePublicIpAddress},
      ...properties,
      ...(properties.LaunchTemplate !== undefined && {LaunchTemplate: templateOf(properties)}),
      ...(NetworkInterfaceId !== undefined && {NetworkInterface: NetworkInterfaceId}),
    }
  },
  'AWS::EC2::LaunchTemplate': ({LaunchTemplateName, LaunchTemplateData}) => ({
    ...launchOf(objectOf(LaunchTemplateData)),
    LaunchTemplateName,
  }),
  'AWS::AutoScaling::LaunchConfiguration': ({LaunchConfigurationName, SecurityGroups, ...properties}) => ({
    ...launchOf({...properties, SecurityGroupIds: SecurityGroups}),
    AssociatePublicIpAddress: properties.AssociatePublicIpAddress,
    IamInstanceProfile: properties.IamInstanceProfile,
    LaunchTemplateName: LaunchConfigurationName,
  }),
  'AWS::EC2::NetworkInterface': ({SubnetId, GroupSet, SourceDestCheck}) => ({
    ...{SubnetId, SecurityGroupIds: GroupSet, SourceDestCheck},
  }),
  'AWS::EC2::TransitGatewayVpcAttachment': (properties) => withSubnets(properties),
  'AWS::AutoScaling::AutoScalingGroup': (properties) => ({
    SubnetIds: properties.VPCZoneIdentifier,
    LaunchTemplate: templateOf(properties),
    LaunchTemplateVersion: versionOf(properties),
  }),
}

/**
 * An existing attachment gets and loses subnets by two further lists.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-transitgatewayvpcattachment.html
 */
const withSubnets = ({AddSubnetIds, RemoveSubnetIds, ...properties}: Properties): Properties => {
  const lists = [properties.SubnetIds, AddSubnetIds, RemoveSubnetIds]
  const removed = textsOf(RemoveSubnetIds)
  const kept = [...textsOf(properties.SubnetIds), ...textsOf(AddSubnetIds)].filter((id) => !removed.includes(id))
  return {...properties, SubnetIds: lists.some(hasUnknown) ? UNKNOWN : [...new Set(kept)]}
}

/** The launch template of an Auto Scaling group's own, and that of its instance types. */
const specificationsOf = ({LaunchTemplate, MixedInstancesPolicy}: Properties): readonly [Properties, Properties] => [
  objectOf(LaunchTemplate),
  objectOf(objectOf(objectOf(MixedInstancesPolicy).LaunchTemplate).LaunchTemplateSpecification),
]

const versionOf = (properties: Properties): unknown => {
  const [own, mixed] = specificationsOf(properties)
  return own.Version ?? mixed.Version
}

/** The id or the name of what instances are launched from. */
const templateOf = (properties: Properties): unknown => {
  const [own, mixed] = specificationsOf(properties)
  return (
    own.LaunchTemplateId ??
    own.LaunchTemplateName ??
    mixed.LaunchTemplateId ??
    mixed.LaunchTemplateName ??
    properties.LaunchConfigurationName
  )
}

/** The first interface, which traffic takes by default, may stand behind others. */
function primaryOf({NetworkInterfaces}: Properties): Properties {
  if (!isKnown(NetworkInterfaces)) return {SubnetId: UNKNOWN, Groups: UNKNOWN, GroupSet: UNKNOWN}
  const all = listOf(NetworkInterfaces).map(objectOf)
  return all.find(({DeviceIndex}) => numberOf(DeviceIndex) === 0) ?? all[0] ?? {}
}

/**
 * Groups of a default VPC by name; `Ref` of one in the template is its id.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html
 */
const groupsNamed = (groups: unknown): unknown =>
  groups === undefined
    ? undefined
    : listOf(groups).map((one) =>
        textOf(one)?.startsWith('sg-') || !isKnown(one) ? one : laterOf(String(textOf(one))),
      )

function launchOf(properties: Properties): Properties {
  const {SecurityGroupIds, SecurityGroups, ImageId, InstanceType, MetadataOptions} = properties
  const {SubnetId, Groups, AssociatePublicIpAddress} = primaryOf(properties)
  const profile = objectOf(properties.IamInstanceProfile)
  return {
    ...{ImageId, InstanceType, MetadataOptions},
    SubnetId,
    SecurityGroupIds: Groups ?? SecurityGroupIds ?? groupsNamed(SecurityGroups),
    AssociatePublicIpAddress,
    IamInstanceProfile: profile.Name ?? profile.Arn,
  }
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
  'AWS::EC2::NatGateway': [
    'SubnetId',
    'ConnectivityType',
    'AllocationId',
    'PrivateIpAddress',
    'AvailabilityMode',
    'VpcId',
  ],
  'AWS::EC2::VPCEndpoint': ['VpcId', 'ServiceName', 'VpcEndpointType'],
  'AWS::EC2::VPCPeeringConnection': ['VpcId', 'PeerVpcId', 'PeerOwnerId', 'PeerRegion'],
  'AWS::EC2::TransitGatewayAttachment': ['VpcId', 'TransitGatewayId'],
  'AWS::EC2::TransitGatewayRouteTable': ['TransitGatewayId'],
  'AWS::EC2::Instance': ['SubnetId', 'ImageId', 'KeyName', 'AvailabilityZone', 'NetworkInterfaces', 'LaunchTemplate'],
  'AWS::EC2::LaunchTemplate': ['LaunchTemplateName'],
  'AWS::Route53::HostedZone': ['Name'],
  'AWS::IAM::Role': ['RoleName', 'Path'],
  'AWS::IAM::InstanceProfile': ['InstanceProfileName', 'Path'],
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName', 'Path', 'Description'],
}
