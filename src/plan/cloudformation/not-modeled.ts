import {entryOf} from '../../util/entry-of.ts'
import {
  contentOf,
  hasUnknown,
  type IgnoredResource,
  isKnown,
  listOf,
  objectOf,
  type Properties,
  textOf,
} from '../resource.ts'

const ROUTING_POLICIES = ['CidrRoutingConfig', 'Failover', 'GeoLocation', 'GeoProximityLocation', 'Region']

/** Properties of modeled kinds that nothing reads, although the path or the launch of an instance depends on them. */
const NOT_MODELED: Readonly<Record<string, readonly string[]>> = {
  'AWS::EC2::VPC': ['VpcEncryptionControl'],
  'AWS::EC2::Subnet': ['OutpostArn'],
  'AWS::EC2::NatGateway': ['AvailabilityZoneAddresses'],
  'AWS::EC2::VPCEndpoint': ['ServiceRegion'],
  'AWS::EC2::TransitGateway': ['AssociationDefaultRouteTableId', 'PropagationDefaultRouteTableId'],
  'AWS::EC2::EIPAssociation': ['PrivateIpAddress'],
  'AWS::EC2::LaunchTemplate': ['LaunchTemplateData.NetworkInterfaces.NetworkInterfaceId'],
  'AWS::AutoScaling::LaunchConfiguration': ['InstanceId'],
  'AWS::AutoScaling::AutoScalingGroup': [
    'InstanceId',
    'MixedInstancesPolicy.LaunchTemplate.Overrides.LaunchTemplateSpecification',
  ],
  'AWS::Route53::RecordSet': ROUTING_POLICIES,
  'AWS::Route53::RecordSetGroup': ROUTING_POLICIES.map((name) => `RecordSets.${name}`),
}

/** Those of which a value that is known only later is not evaluated. */
const NOT_UNKNOWN: Readonly<Record<string, readonly string[]>> = {
  'AWS::EC2::Instance': ['MetadataOptions.HttpEndpoint', 'NetworkInterfaces.AssociatePublicIpAddress'],
  'AWS::EC2::LaunchTemplate': [
    'LaunchTemplateData.MetadataOptions.HttpEndpoint',
    'LaunchTemplateData.NetworkInterfaces.AssociatePublicIpAddress',
  ],
  'AWS::AutoScaling::LaunchConfiguration': ['MetadataOptions.HttpEndpoint', 'AssociatePublicIpAddress'],
}

/** The values at a path, in each item of the lists on it; what is known only later stands for all that it may contain. */
const valuesAt = (value: unknown, [name, ...rest]: readonly string[]): readonly unknown[] =>
  name === undefined || !isKnown(value)
    ? listOf(value)
    : listOf(value).flatMap((one) => valuesAt(objectOf(one)[name], rest))

const pathsIn = (type: string, properties: Properties): Properties => {
  const valuesOf = (paths: readonly string[] = []) =>
    paths.map((path) => [path, valuesAt(properties, path.split('.'))] as const)
  return Object.fromEntries([
    ...valuesOf(entryOf(NOT_MODELED, type)).filter(([, values]) => values.length > 0),
    ...valuesOf(entryOf(NOT_UNKNOWN, type)).filter(([, values]) => hasUnknown(values)),
  ])
}

/** What a modeled resource sets, and did not set before, without being evaluated. */
export function notModeledIn(
  resource: IgnoredResource,
  properties: Properties,
  before: Properties = {},
): readonly IgnoredResource[] {
  const [former, values] = [before, properties].map((one) => pathsIn(resource.type, one)) as [Properties, Properties]
  const attributes = Object.keys(values).filter((path) => contentOf(values[path]) !== contentOf(former[path]))
  const zone = textOf(properties.HostedZoneId)
  return attributes.length > 0 ? [{...resource, attributes, properties: values, zone}] : []
}
