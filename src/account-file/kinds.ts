import type {Instance, Kind} from '../model/account.ts'
import {primaryInterfaceOf} from '../model/joins.ts'
import {redactSecrets} from '../util/redact-secrets.ts'
import {
  document,
  type Fields,
  flag,
  isObject,
  itemOrWhy,
  type JsonObject,
  list,
  listOrGap,
  listOrNone,
  listOrWhy,
  number,
  object,
  type Shape,
  text,
  textMap,
  time,
} from './schema.ts'

/** The items of every kind, in AWS's own words. What no reader relies on is not named and passes unseen. */

const texts = (...names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, text]))
const times = (...names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, time]))
const flags = (...names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, flag]))
const numbers = (...names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, number]))
const some = (optional: Fields): Shape => object({}, optional)

/** EC2 answers `Association: {}` for an interface without a public address. */
const someOrNothing = (optional: Fields): Shape => {
  const shape = some(optional)
  return (value) => (isObject(value) && Object.keys(value).length === 0 ? undefined : shape(value))
}

const tags = list(some(texts('Key', 'Value')))
const tagged: Fields = {Tags: tags}
const status = some({
  ...texts('Status'),
  Details: list(some({...texts('Name', 'Status'), ...times('ImpairedSince')})),
})

const publicAddress = someOrNothing(
  texts('PublicIp', 'PublicDnsName', 'IpOwnerId', 'AllocationId', 'AssociationId', 'CarrierIp', 'CustomerOwnedIp'),
)
const groups = list(some(texts('GroupId', 'GroupName')))
const interfaceFields: Fields = {
  ...texts(
    'SubnetId',
    'VpcId',
    'OwnerId',
    'PrivateIpAddress',
    'PrivateDnsName',
    'PublicDnsName',
    'Status',
    'InterfaceType',
  ),
  ...texts('AvailabilityZone', 'AvailabilityZoneId', 'Description', 'MacAddress', 'RequesterId'),
  ...flags('SourceDestCheck', 'RequesterManaged'),
  Association: publicAddress,
  PrivateIpAddresses: list(
    some({...texts('PrivateIpAddress', 'PrivateDnsName'), ...flags('Primary'), Association: publicAddress}),
  ),
  Ipv6Addresses: list(some({...texts('Ipv6Address', 'PublicIpv6DnsName'), ...flags('IsPrimaryIpv6')})),
  Attachment: some({
    ...texts('AttachmentId', 'Status', 'InstanceId', 'InstanceOwnerId'),
    ...numbers('DeviceIndex', 'NetworkCardIndex'),
    ...flags('DeleteOnTermination'),
    ...times('AttachTime'),
  }),
  TagSet: tags,
}

interface Grouped {
  readonly SecurityGroups: readonly {readonly GroupId?: string | undefined}[]
  readonly NetworkInterfaces: Instance['NetworkInterfaces']
}

const sameGroups = (one: Grouped['SecurityGroups'], other: Grouped['SecurityGroups']): boolean =>
  one.length === other.length && one.every(({GroupId}, at) => GroupId === other[at]?.GroupId)

/** The groups that filter an instance's packets are those of its interface; the instance repeats the primary one's. */
function withGroupsOfInterface(instance: JsonObject): JsonObject {
  const {SecurityGroups, NetworkInterfaces} = instance as unknown as Grouped
  const primary = primaryInterfaceOf({NetworkInterfaces} as Instance)
  if (primary === undefined) return instance
  if (primary.Groups === undefined) {
    const known = {...primary, Groups: SecurityGroups}
    return {...instance, NetworkInterfaces: NetworkInterfaces.map((one) => (one === primary ? known : one))}
  }
  return sameGroups(primary.Groups, SecurityGroups) ? instance : {...instance, SecurityGroups: primary.Groups}
}

export const instance = object(
  {
    InstanceId: text,
    State: some({...texts('Name'), ...numbers('Code')}),
    SecurityGroups: listOrNone(some(texts('GroupId', 'GroupName'))),
    NetworkInterfaces: listOrNone(some({...interfaceFields, ...texts('NetworkInterfaceId'), Groups: groups})),
    Tags: listOrNone(some(texts('Key', 'Value'))),
  },
  {
    ...texts(
      'Architecture',
      'ImageId',
      'InstanceType',
      'InstanceLifecycle',
      'Ipv6Address',
      'OwnerId',
      'KeyName',
      'OutpostArn',
    ),
    ...texts('Platform', 'PlatformDetails', 'PrivateDnsName', 'PrivateIpAddress', 'PublicDnsName', 'PublicIpAddress'),
    ...texts('RootDeviceType', 'StateTransitionReason', 'SubnetId', 'UsageOperation', 'VirtualizationType', 'VpcId'),
    ...texts('Hypervisor', 'CapacityReservationId', 'SpotInstanceRequestId'),
    ...flags('SourceDestCheck', 'EbsOptimized', 'EnaSupport'),
    ...times('LaunchTime', 'UsageOperationUpdateTime'),
    IamInstanceProfile: some(texts('Arn', 'Id')),
    MetadataOptions: some({
      ...texts('State', 'HttpTokens', 'HttpEndpoint', 'HttpProtocolIpv6', 'InstanceMetadataTags'),
      ...numbers('HttpPutResponseHopLimit'),
    }),
    Monitoring: some(texts('State')),
    Operator: some({...flags('Managed'), ...texts('Principal')}),
    Placement: some({
      ...texts('AvailabilityZone', 'AvailabilityZoneId', 'GroupName', 'GroupId', 'HostId', 'Tenancy'),
    }),
    StateReason: some(texts('Code', 'Message')),
  },
  withGroupsOfInterface,
)

const instanceStatus = object(
  {InstanceId: text},
  {
    ...texts('AvailabilityZone', 'AvailabilityZoneId', 'OutpostArn'),
    InstanceState: some({...texts('Name'), ...numbers('Code')}),
    SystemStatus: status,
    InstanceStatus: status,
    AttachedEbsStatus: status,
    Events: list(
      some({
        ...texts('Code', 'Description', 'InstanceEventId'),
        ...times('NotBefore', 'NotAfter', 'NotBeforeDeadline'),
      }),
    ),
  },
)

const instanceImageMetadata = object(
  {InstanceId: text},
  {
    ...texts('AvailabilityZone', 'InstanceType', 'OwnerId', 'ZoneId'),
    ...times('LaunchTime'),
    State: some({...texts('Name'), ...numbers('Code')}),
    ImageMetadata: some({
      ...texts('ImageId', 'Name', 'OwnerId', 'ImageOwnerAlias', 'State', 'CreationDate', 'DeprecationTime'),
      ...flags('IsPublic', 'ImageAllowed'),
    }),
    ...tagged,
  },
)

const profileAssociation = object(
  {InstanceId: text},
  {...texts('AssociationId', 'State'), ...times('Timestamp'), IamInstanceProfile: some(texts('Arn', 'Id'))},
)

const BASE64 = /^[A-Za-z0-9+/]{8,}={0,2}$/

/** The API gives console output in base64, the AWS CLI as text. */
function plainOutput(output: string): string {
  const packed = output.replaceAll(/[\r\n]/g, '')
  if (packed.length % 4 !== 0 || !BASE64.test(packed)) return output
  return Buffer.from(packed, 'base64').toString('utf8')
}

const consoleOutput = object({InstanceId: text}, {...times('Timestamp'), Output: (value) => redactSecrets(text(value))})
/** What `get-console-output` prints. */
export const consoleAnswer = object(
  {InstanceId: text},
  {...times('Timestamp'), Output: (value) => redactSecrets(plainOutput(text(value)))},
  ({InstanceId, Timestamp, Output}) => ({
    InstanceId,
    ...(Timestamp === undefined ? {} : {Timestamp}),
    ...(Output === undefined ? {} : {Output}),
  }),
)

const instanceInformation = object(
  {InstanceId: text},
  {
    ...texts(
      'PingStatus',
      'AgentVersion',
      'PlatformType',
      'PlatformName',
      'PlatformVersion',
      'ActivationId',
      'IamRole',
    ),
    ...texts('ResourceType', 'Name', 'IPAddress', 'ComputerName', 'AssociationStatus', 'SourceId', 'SourceType'),
    ...times(
      'LastPingDateTime',
      'RegistrationDate',
      'LastAssociationExecutionDate',
      'LastSuccessfulAssociationExecutionDate',
    ),
    ...flags('IsLatestVersion'),
    AssociationOverview: some(texts('DetailedStatus')),
  },
)

export const connectionStatus = object({Target: text, Status: text})

export const instanceAssociation = object(
  {InstanceId: text},
  {
    ...texts('AssociationId', 'Name', 'DocumentVersion', 'AssociationVersion', 'Status', 'DetailedStatus'),
    ...texts('ExecutionSummary', 'ErrorCode', 'AssociationName'),
    ...times('ExecutionDate'),
    OutputUrl: some({S3OutputUrl: some(texts('OutputUrl'))}),
  },
)

export const serviceSetting = object(
  {SettingId: text},
  {...texts('SettingValue', 'LastModifiedUser', 'ARN', 'Status'), ...times('LastModifiedDate')},
)

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-schema.html */
export const sessionPreferences = some({
  inputs: some({
    ...texts('kmsKeyId', 's3BucketName', 's3KeyPrefix', 'cloudWatchLogGroupName'),
    ...flags('s3EncryptionEnabled', 'cloudWatchEncryptionEnabled', 'cloudWatchStreamingEnabled'),
  }),
})

export const instanceProfile = object(
  {Arn: text, InstanceProfileName: text},
  {
    ...texts('Path', 'InstanceProfileId'),
    ...times('CreateDate'),
    ...tagged,
    Roles: list(
      some({
        ...texts('Path', 'RoleName', 'RoleId', 'Arn', 'Description'),
        ...times('CreateDate'),
        AssumeRolePolicyDocument: document,
      }),
    ),
  },
)

export const rolePolicy = object({PolicyName: text, PolicyDocument: document})
export const attachedPolicies = list(some(texts('PolicyName', 'PolicyArn')))
export const role = object(
  {Arn: text, RoleName: text},
  {
    ...texts('Path', 'RoleId', 'Description'),
    ...numbers('MaxSessionDuration'),
    ...times('CreateDate'),
    ...tagged,
    AssumeRolePolicyDocument: document,
    RolePolicyList: list(rolePolicy),
    AttachedManagedPolicies: attachedPolicies,
    PermissionsBoundary: some(texts('PermissionsBoundaryType', 'PermissionsBoundaryArn')),
    RoleLastUsed: some({...times('LastUsedDate'), ...texts('Region')}),
    InstanceProfileList: list(instanceProfile),
  },
)

export const policyVersion = some({
  ...texts('VersionId'),
  ...flags('IsDefaultVersion'),
  ...times('CreateDate'),
  Document: document,
})
export const policy = object(
  {Arn: text},
  {
    ...texts('PolicyName', 'PolicyId', 'Path', 'DefaultVersionId', 'Description'),
    ...numbers('AttachmentCount', 'PermissionsBoundaryUsageCount'),
    ...flags('IsAttachable'),
    ...times('CreateDate', 'UpdateDate'),
    PolicyVersionList: list(policyVersion),
  },
)

export const evaluationResult = some({
  ...texts('EvalActionName', 'EvalResourceName', 'EvalDecision'),
  OrganizationsDecisionDetail: some(flags('AllowedByOrganizations')),
  PermissionsBoundaryDecisionDetail: some(flags('AllowedByPermissionsBoundary')),
  MatchedStatements: list(some(texts('SourcePolicyId', 'SourcePolicyType'))),
  MissingContextValues: list(text),
})
const policySimulation = object({PolicySourceArn: text, EvaluationResults: list(evaluationResult)})

const blockPublicAccess: Fields = {BlockPublicAccessStates: some(texts('InternetGatewayBlockMode'))}
const blockState = some(texts('State', 'StatusMessage'))

const vpc = object(
  {VpcId: text},
  {
    ...texts('CidrBlock', 'DhcpOptionsId', 'State', 'OwnerId', 'InstanceTenancy'),
    ...flags('IsDefault'),
    ...tagged,
    ...blockPublicAccess,
    CidrBlockAssociationSet: list(some({...texts('AssociationId', 'CidrBlock'), CidrBlockState: blockState})),
    Ipv6CidrBlockAssociationSet: list(
      some({
        ...texts('AssociationId', 'Ipv6CidrBlock', 'NetworkBorderGroup', 'Ipv6Pool'),
        Ipv6CidrBlockState: blockState,
      }),
    ),
  },
)

const attribute = object({Value: flag})
export const vpcAttributes = object({VpcId: text}, {EnableDnsSupport: attribute, EnableDnsHostnames: attribute})

const dhcpOptions = object(
  {
    DhcpOptionsId: text,
    DhcpConfigurations: listOrNone(some({...texts('Key'), Values: list(some(texts('Value')))})),
  },
  {...texts('OwnerId'), ...tagged},
)

const subnet = object(
  {SubnetId: text, VpcId: text},
  {
    ...texts('CidrBlock', 'AvailabilityZone', 'AvailabilityZoneId', 'State', 'OwnerId', 'SubnetArn', 'OutpostArn'),
    ...flags('MapPublicIpOnLaunch', 'AssignIpv6AddressOnCreation', 'Ipv6Native', 'EnableDns64', 'DefaultForAz'),
    ...numbers('AvailableIpAddressCount'),
    ...tagged,
    ...blockPublicAccess,
    Ipv6CidrBlockAssociationSet: list(
      some({...texts('AssociationId', 'Ipv6CidrBlock'), Ipv6CidrBlockState: blockState}),
    ),
    PrivateDnsNameOptionsOnLaunch: some(texts('HostnameType')),
  },
)

const route = some(
  texts(
    ...['DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId', 'EgressOnlyInternetGatewayId'],
    ...['GatewayId', 'InstanceId', 'InstanceOwnerId', 'NatGatewayId', 'TransitGatewayId', 'LocalGatewayId'],
    ...['CarrierGatewayId', 'NetworkInterfaceId', 'Origin', 'State', 'VpcPeeringConnectionId', 'CoreNetworkArn'],
  ),
)
const routeTable = object(
  {
    RouteTableId: text,
    VpcId: text,
    Routes: listOrGap(route, 'Routes'),
    Associations: listOrNone(
      some({
        ...texts('RouteTableAssociationId', 'RouteTableId', 'SubnetId', 'GatewayId'),
        ...flags('Main'),
        AssociationState: blockState,
      }),
    ),
  },
  {...texts('OwnerId'), ...tagged, PropagatingVgws: list(some(texts('GatewayId')))},
)

const networkAclEntry = object(
  {RuleNumber: number, Egress: flag, RuleAction: text, Protocol: text},
  {
    ...texts('CidrBlock', 'Ipv6CidrBlock'),
    IcmpTypeCode: some(numbers('Code', 'Type')),
    PortRange: some(numbers('From', 'To')),
  },
)
const networkAcl = object(
  {
    NetworkAclId: text,
    Associations: listOrNone(some(texts('NetworkAclAssociationId', 'NetworkAclId', 'SubnetId'))),
    Entries: listOrGap(networkAclEntry, 'Entries'),
  },
  {...texts('VpcId', 'OwnerId'), ...flags('IsDefault'), ...tagged},
)

const permission = some({
  ...texts('IpProtocol'),
  ...numbers('FromPort', 'ToPort'),
  IpRanges: list(some(texts('CidrIp', 'Description'))),
  Ipv6Ranges: list(some(texts('CidrIpv6', 'Description'))),
  PrefixListIds: list(some(texts('PrefixListId', 'Description'))),
  UserIdGroupPairs: list(
    some(texts('GroupId', 'GroupName', 'UserId', 'VpcId', 'VpcPeeringConnectionId', 'PeeringStatus', 'Description')),
  ),
})
const securityGroup = object(
  {GroupId: text, IpPermissions: listOrNone(permission), IpPermissionsEgress: listOrNone(permission)},
  {...texts('GroupName', 'Description', 'VpcId', 'OwnerId', 'SecurityGroupArn'), ...tagged},
)

const networkInterface = object(
  {
    NetworkInterfaceId: text,
    Groups: listOrNone(some(texts('GroupId', 'GroupName'))),
    PrivateIpAddresses: listOrNone(
      some({...texts('PrivateIpAddress', 'PrivateDnsName'), ...flags('Primary'), Association: publicAddress}),
    ),
  },
  Object.fromEntries(Object.entries(interfaceFields).filter(([name]) => name !== 'PrivateIpAddresses')),
)

const attachments = listOrNone(some(texts('VpcId', 'State')))
const internetGateway = object({InternetGatewayId: text, Attachments: attachments}, {...texts('OwnerId'), ...tagged})
const egressOnlyGateway = object({EgressOnlyInternetGatewayId: text, Attachments: attachments}, tagged)

const natGateway = object(
  {
    NatGatewayId: text,
    NatGatewayAddresses: listOrNone(
      some({
        ...texts('AllocationId', 'NetworkInterfaceId', 'PrivateIp', 'PublicIp', 'AssociationId', 'FailureMessage'),
        ...texts('Status', 'AvailabilityZone', 'AvailabilityZoneId'),
        ...flags('IsPrimary'),
      }),
    ),
  },
  {
    ...texts('State', 'SubnetId', 'VpcId', 'ConnectivityType', 'AvailabilityMode', 'FailureCode', 'FailureMessage'),
    ...texts('RouteTableId', 'AutoScalingIps', 'AutoProvisionZones'),
    ...times('CreateTime', 'DeleteTime'),
    ...tagged,
  },
)

const ENDPOINT_TYPES = ['Interface', 'Gateway', 'GatewayLoadBalancer', 'Resource', 'ServiceNetwork']
const endpointType: Shape = (value) => {
  const given = text(value)
  return ENDPOINT_TYPES.find((type) => type.toLowerCase() === given.toLowerCase()) ?? given
}

const ENDPOINT_STATES = [
  ...['available', 'pending', 'pendingAcceptance', 'deleting', 'deleted', 'rejected', 'failed', 'expired', 'partial'],
]
/** The API writes `available` where its reference and other tools write `Available`. */
const endpointState: Shape = (value) => {
  const given = text(value)
  return ENDPOINT_STATES.find((state) => state.toLowerCase() === given.toLowerCase()) ?? given
}

const endpointOfService = object(
  {
    VpcEndpointId: text,
    VpcEndpointType: endpointType,
    VpcId: text,
    ServiceName: text,
    State: endpointState,
    SubnetIds: listOrNone(text),
    RouteTableIds: listOrNone(text),
    Groups: listOrNone(some(texts('GroupId', 'GroupName'))),
    NetworkInterfaceIds: listOrNone(text),
    DnsEntries: listOrNone(some(texts('DnsName', 'HostedZoneId'))),
  },
  {
    ...texts('IpAddressType', 'OwnerId', 'ServiceRegion', 'FailureReason'),
    ...flags('PrivateDnsEnabled', 'RequesterManaged'),
    ...times('CreationTimestamp'),
    ...tagged,
    PolicyDocument: document,
    DnsOptions: some({
      ...texts('DnsRecordIpType', 'PrivateDnsPreference'),
      ...flags('PrivateDnsOnlyForInboundResolverEndpoint'),
      PrivateDnsSpecifiedDomains: list(text),
    }),
    LastError: some(texts('Message', 'Code')),
  },
)

/** The name of its service; an endpoint of VPC Lattice leads to a resource or a service network and has none. */
export const serviceNameOf = (endpoint: {
  readonly VpcEndpointType?: string | undefined
  readonly ServiceName?: string | undefined
}): string | undefined =>
  endpoint.ServiceName ??
  (endpoint.VpcEndpointType === 'Resource' || endpoint.VpcEndpointType === 'ServiceNetwork' ? '' : undefined)

/** https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html */
const vpcEndpoint: Shape = (value) => {
  const name = isObject(value) ? serviceNameOf(value) : undefined
  return endpointOfService(isObject(value) && name === '' ? {...value, ServiceName: name} : value)
}

const peer = some({
  ...texts('CidrBlock', 'OwnerId', 'VpcId', 'Region'),
  CidrBlockSet: list(some(texts('CidrBlock'))),
  Ipv6CidrBlockSet: list(some(texts('Ipv6CidrBlock'))),
  PeeringOptions: some(flags('AllowDnsResolutionFromRemoteVpc')),
})
const peering = object(
  {VpcPeeringConnectionId: text},
  {
    Status: some(texts('Code', 'Message')),
    RequesterVpcInfo: peer,
    AccepterVpcInfo: peer,
    ...times('ExpirationTime'),
    ...tagged,
  },
)

export const prefixListEntries = list(some(texts('Cidr', 'Description')))
export const prefixList = object(
  {PrefixListId: text},
  {
    ...texts('PrefixListName', 'AddressFamily', 'OwnerId', 'State', 'StateMessage', 'PrefixListArn'),
    ...numbers('MaxEntries', 'Version'),
    ...tagged,
    Cidrs: list(text),
    Entries: listOrWhy(some(texts('Cidr', 'Description')), 'Entries'),
  },
)

export const blockPublicAccessOptions = some({
  ...texts(
    'AwsAccountId',
    'AwsRegion',
    'State',
    'InternetGatewayBlockMode',
    'Reason',
    'ManagedBy',
    'ExclusionsAllowed',
  ),
  ...times('LastUpdateTimestamp'),
})

const transitGateway = object(
  {TransitGatewayId: text},
  {
    ...texts('TransitGatewayArn', 'State', 'OwnerId', 'Description'),
    ...times('CreationTime'),
    ...tagged,
    Options: some({
      ...texts('DefaultRouteTableAssociation', 'AssociationDefaultRouteTableId', 'DefaultRouteTablePropagation'),
      ...texts('PropagationDefaultRouteTableId', 'AutoAcceptSharedAttachments', 'VpnEcmpSupport', 'DnsSupport'),
      ...texts('SecurityGroupReferencingSupport', 'MulticastSupport'),
      ...numbers('AmazonSideAsn'),
      TransitGatewayCidrBlocks: list(text),
    }),
  },
)
const transitGatewayAttachment = object(
  {TransitGatewayAttachmentId: text, SubnetIds: listOrNone(text)},
  {
    ...texts('TransitGatewayId', 'VpcId', 'VpcOwnerId', 'State'),
    ...times('CreationTime'),
    ...tagged,
    Options: some(texts('DnsSupport', 'SecurityGroupReferencingSupport', 'Ipv6Support', 'ApplianceModeSupport')),
  },
)
export const transitGatewayAssociation = some(
  texts('TransitGatewayRouteTableId', 'TransitGatewayAttachmentId', 'ResourceId', 'ResourceType', 'State'),
)
export const transitGatewayRoute = some({
  ...texts('DestinationCidrBlock', 'PrefixListId', 'TransitGatewayRouteTableAnnouncementId', 'Type', 'State'),
  TransitGatewayAttachments: list(some(texts('ResourceId', 'TransitGatewayAttachmentId', 'ResourceType'))),
})
const transitGatewayRouteTable = object(
  {TransitGatewayRouteTableId: text},
  {
    ...texts('TransitGatewayId', 'State'),
    ...flags('DefaultAssociationRouteTable', 'DefaultPropagationRouteTable'),
    ...times('CreationTime'),
    ...tagged,
    Associations: listOrWhy(transitGatewayAssociation, 'Associations'),
    Routes: listOrWhy(transitGatewayRoute, 'Routes'),
  },
)

export const recordSet = object(
  {Name: text, Type: text},
  {
    AliasTarget: object({DNSName: text}, texts('HostedZoneId')),
    ResourceRecords: list(object({Value: text})),
  },
)
export const zoneVpcs = list(some(texts('VPCId', 'VPCRegion')))
export const hostedZone = object(
  {Id: text, Name: text},
  {
    Config: some({...flags('PrivateZone'), ...texts('Comment')}),
    Owner: some(texts('OwningAccount', 'OwningService')),
    VPCs: zoneVpcs,
    ResourceRecordSets: listOrWhy(recordSet, 'ResourceRecordSets'),
  },
)

export const route53ProfileAssociation = object(
  {Id: text, ProfileId: text, ResourceId: text},
  {...texts('Name', 'OwnerId', 'Status', 'StatusMessage'), ...times('CreationTime', 'ModificationTime')},
)
export const profileResourceAssociation = object(
  {Id: text, ProfileId: text, ResourceArn: text},
  {
    ...texts('Name', 'OwnerId', 'ResourceType', 'ResourceProperties', 'Status', 'StatusMessage'),
    ...times('CreationTime', 'ModificationTime'),
  },
)

/** A rule of type DELEGATE has no domain name. */
export const resolverRule = object(
  {Id: text, RuleType: text},
  {
    ...texts('DomainName', 'DelegationRecord'),
    ...texts('Name', 'OwnerId', 'Arn', 'Status', 'ResolverEndpointId', 'ShareStatus'),
    TargetIps: list(some({...texts('Ip', 'Ipv6', 'Protocol'), ...numbers('Port')})),
    VPCIds: list(text),
  },
)

export const firewallRule = object(
  {Priority: number, Action: text},
  {
    ...texts('Name', 'BlockResponse', 'FirewallDomainListId', 'FirewallRuleGroupId', 'Qtype'),
    Domains: listOrWhy(text, 'Domains'),
  },
)
const firewallAssociation = object(
  {Id: text, FirewallRuleGroupId: text, VpcId: text, Priority: number},
  {...texts('Status', 'Name', 'Arn', 'MutationProtection'), FirewallRules: listOrWhy(firewallRule, 'FirewallRules')},
)

/** Inspector writes times as seconds since 1970 in its JSON. */
export const coveredResource = object(
  {resourceId: text},
  {
    ...texts('accountId', 'resourceType', 'scanType', 'scanMode'),
    ...times('lastScannedAt'),
    scanStatus: some(texts('statusCode', 'reason')),
    resourceMetadata: some({ec2: some({...texts('amiId', 'platform'), tags: textMap})}),
  },
)
const accountState = some(texts('status', 'errorCode', 'errorMessage'))
const resourceState = some(texts('status', 'errorCode', 'errorMessage'))
export const accountStatus = some({
  ...texts('accountId'),
  state: accountState,
  resourceState: some({
    ec2: resourceState,
    ecr: resourceState,
    lambda: resourceState,
    lambdaCode: resourceState,
    codeRepository: resourceState,
  }),
})

/** One item of each kind, as an account file lists it. */
export const ITEMS: Readonly<Record<Kind, Shape>> = {
  Instances: instance,
  InstanceStatuses: instanceStatus,
  InstanceImageMetadata: instanceImageMetadata,
  IamInstanceProfileAssociations: profileAssociation,
  ConsoleOutputs: itemOrWhy('InstanceId', consoleOutput),
  InstanceInformationList: instanceInformation,
  ConnectionStatuses: itemOrWhy('Target', connectionStatus),
  InstanceAssociations: itemOrWhy('InstanceId', instanceAssociation),
  ServiceSettings: serviceSetting,
  SessionPreferences: sessionPreferences,
  InstanceProfiles: itemOrWhy('Arn', instanceProfile),
  Roles: itemOrWhy('Arn', role),
  Policies: itemOrWhy('Arn', policy),
  PolicySimulations: itemOrWhy('PolicySourceArn', policySimulation),
  Vpcs: vpc,
  VpcAttributes: itemOrWhy('VpcId', vpcAttributes),
  DhcpOptions: dhcpOptions,
  Subnets: subnet,
  RouteTables: routeTable,
  NetworkAcls: networkAcl,
  SecurityGroups: securityGroup,
  NetworkInterfaces: networkInterface,
  InternetGateways: internetGateway,
  EgressOnlyInternetGateways: egressOnlyGateway,
  NatGateways: natGateway,
  VpcEndpoints: vpcEndpoint,
  VpcPeeringConnections: peering,
  ManagedPrefixLists: prefixList,
  VpcBlockPublicAccessOptions: blockPublicAccessOptions,
  ServiceNames: text,
  TransitGateways: transitGateway,
  TransitGatewayVpcAttachments: transitGatewayAttachment,
  TransitGatewayRouteTables: transitGatewayRouteTable,
  HostedZones: hostedZone,
  ProfileAssociations: route53ProfileAssociation,
  ProfileResourceAssociations: profileResourceAssociation,
  ResolverRules: resolverRule,
  FirewallRuleGroupAssociations: firewallAssociation,
  CoveredResources: coveredResource,
  AccountStatuses: accountStatus,
}

/** The field that names an item, for kinds in which it names no more than one. */
export const KEYS: Readonly<Partial<Record<Kind, string>>> = {
  Instances: 'InstanceId',
  InstanceStatuses: 'InstanceId',
  InstanceImageMetadata: 'InstanceId',
  IamInstanceProfileAssociations: 'AssociationId',
  ConsoleOutputs: 'InstanceId',
  InstanceInformationList: 'InstanceId',
  ConnectionStatuses: 'Target',
  ServiceSettings: 'SettingId',
  InstanceProfiles: 'Arn',
  Roles: 'Arn',
  Policies: 'Arn',
  PolicySimulations: 'PolicySourceArn',
  Vpcs: 'VpcId',
  VpcAttributes: 'VpcId',
  DhcpOptions: 'DhcpOptionsId',
  Subnets: 'SubnetId',
  RouteTables: 'RouteTableId',
  NetworkAcls: 'NetworkAclId',
  SecurityGroups: 'GroupId',
  NetworkInterfaces: 'NetworkInterfaceId',
  InternetGateways: 'InternetGatewayId',
  EgressOnlyInternetGateways: 'EgressOnlyInternetGatewayId',
  NatGateways: 'NatGatewayId',
  VpcEndpoints: 'VpcEndpointId',
  VpcPeeringConnections: 'VpcPeeringConnectionId',
  ManagedPrefixLists: 'PrefixListId',
  TransitGateways: 'TransitGatewayId',
  TransitGatewayVpcAttachments: 'TransitGatewayAttachmentId',
  TransitGatewayRouteTables: 'TransitGatewayRouteTableId',
  HostedZones: 'Id',
  ProfileAssociations: 'Id',
  ProfileResourceAssociations: 'Id',
  ResolverRules: 'Id',
  FirewallRuleGroupAssociations: 'Id',
  AccountStatuses: 'accountId',
}

export const KINDS = Object.keys(ITEMS) as readonly Kind[]
