import type {Instance, Kind} from '../model/account.ts'
import {primaryInterfaceOf} from '../model/joins.ts'
import {describedBy, KINDS} from '../model/kinds.ts'
import {isObject, type JsonObject} from '../util/json.ts'
import {redactSecrets} from '../util/redact-secrets.ts'
import {
  document,
  type Fields,
  flag,
  itemOrWhy,
  list,
  listOrGap,
  listOrNone,
  listOrWhy,
  number,
  object,
  optionalObject,
  type Shape,
  text,
  textMap,
  time,
} from './schema.ts'

/** The items of every kind, with AWS's own field names. Fields that no code uses are not validated. */

const texts = (...names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, text]))
const times = (...names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, time]))
const flags = (...names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, flag]))
const numbers = (...names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, number]))
const some = (optional: Fields): Shape => object({}, optional)

const tags = list(some(texts('Key', 'Value')))
const tagged: Fields = {Tags: tags}
const status = some({
  ...texts('Status'),
  Details: list(some({...texts('Name', 'Status'), ...times('ImpairedSince')})),
})

/** EC2 returns `Association: {}` for an interface without a public address. */
const publicAddress = optionalObject(texts('PublicIp', 'AllocationId', 'AssociationId'))
const groups = list(some(texts('GroupId', 'GroupName')))
const interfaceFields: Fields = {
  ...texts('SubnetId', 'VpcId', 'OwnerId', 'PrivateIpAddress', 'PrivateDnsName', 'Status', 'InterfaceType'),
  ...texts('AvailabilityZone', 'AvailabilityZoneId', 'Description'),
  ...flags('SourceDestCheck', 'RequesterManaged'),
  Association: publicAddress,
  PrivateIpAddresses: list(
    some({...texts('PrivateIpAddress', 'PrivateDnsName'), ...flags('Primary'), Association: publicAddress}),
  ),
  Ipv6Addresses: list(some(texts('Ipv6Address'))),
  Attachment: some({
    ...texts('Status', 'InstanceId'),
    ...numbers('DeviceIndex', 'NetworkCardIndex'),
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
    ...texts('Architecture', 'ImageId', 'InstanceType', 'Ipv6Address', 'OwnerId', 'OutpostArn'),
    ...texts('Platform', 'PlatformDetails', 'PrivateDnsName', 'PrivateIpAddress', 'PublicIpAddress'),
    ...texts('StateTransitionReason', 'SubnetId', 'VpcId', 'InstanceLifecycle', 'RootDeviceType'),
    ...flags('SourceDestCheck'),
    ...times('LaunchTime', 'UsageOperationUpdateTime'),
    IamInstanceProfile: some(texts('Arn', 'Id')),
    MetadataOptions: some({
      ...texts('State', 'HttpTokens', 'HttpEndpoint'),
      ...numbers('HttpPutResponseHopLimit'),
    }),
    Operator: some({...flags('Managed'), ...texts('Principal')}),
    Placement: some({
      ...texts('AvailabilityZone', 'AvailabilityZoneId'),
    }),
  },
  withGroupsOfInterface,
)

const instanceStatus = object(
  {InstanceId: text},
  {
    ...texts('AvailabilityZone', 'AvailabilityZoneId', 'OutpostArn'),
    SystemStatus: status,
    InstanceStatus: status,
    AttachedEbsStatus: status,
    Events: list(
      some({
        ...texts('Code', 'Description'),
        ...times('NotBefore'),
      }),
    ),
  },
)

const instanceImageMetadata = object(
  {InstanceId: text},
  {
    ...texts('AvailabilityZone', 'InstanceType', 'OwnerId'),
    ...times('LaunchTime'),
    State: some({...texts('Name'), ...numbers('Code')}),
    ImageMetadata: some({
      ...texts('ImageId', 'Name', 'OwnerId', 'ImageOwnerAlias', 'State'),
    }),
    ...tagged,
  },
)

const profileAssociation = object(
  {InstanceId: text},
  {...texts('AssociationId', 'State'), ...times('Timestamp'), IamInstanceProfile: some(texts('Arn', 'Id'))},
)

const BASE64 = /^[A-Za-z0-9+/]{8,}={0,2}$/

/** The API returns console output in base64, the AWS CLI as text. */
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
    ...texts('PingStatus', 'AgentVersion', 'PlatformType', 'PlatformName', 'PlatformVersion', 'IamRole'),
    ...texts('ResourceType', 'Name', 'IPAddress', 'ComputerName', 'AssociationStatus', 'SourceId'),
    ...times(
      'LastPingDateTime',
      'RegistrationDate',
      'LastAssociationExecutionDate',
      'LastSuccessfulAssociationExecutionDate',
    ),
    ...flags('IsLatestVersion'),
  },
)

export const connectionStatus = object({Target: text, Status: text})

export const instanceAssociation = object(
  {InstanceId: text},
  {
    ...texts('AssociationId', 'Name', 'Status', 'DetailedStatus'),
    ...texts('ErrorCode', 'AssociationName'),
    ...times('ExecutionDate'),
  },
)

const activation = object(
  {ActivationId: text},
  {...texts('Description'), ...flags('Expired'), ...times('ExpirationDate')},
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
    ...texts('PolicyName', 'Path', 'DefaultVersionId', 'Description'),
    ...times('CreateDate', 'UpdateDate'),
    PolicyVersionList: list(policyVersion),
  },
)

export const evaluationResult = some({
  ...texts('EvalActionName', 'EvalDecision'),
  OrganizationsDecisionDetail: some(flags('AllowedByOrganizations')),
  PermissionsBoundaryDecisionDetail: some(flags('AllowedByPermissionsBoundary')),
  MissingContextValues: list(text),
})
const policySimulation = object({PolicySourceArn: text, EvaluationResults: list(evaluationResult)})

const blockPublicAccess: Fields = {BlockPublicAccessStates: some(texts('InternetGatewayBlockMode'))}
const blockState = some(texts('State'))

const vpc = object(
  {VpcId: text},
  {
    ...texts('CidrBlock', 'DhcpOptionsId', 'State', 'OwnerId'),
    ...flags('IsDefault'),
    ...tagged,
    ...blockPublicAccess,
    CidrBlockAssociationSet: list(some({...texts('AssociationId', 'CidrBlock'), CidrBlockState: blockState})),
    Ipv6CidrBlockAssociationSet: list(
      some({
        ...texts('AssociationId', 'Ipv6CidrBlock'),
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
    ...flags('MapPublicIpOnLaunch', 'AssignIpv6AddressOnCreation', 'Ipv6Native', 'EnableDns64'),
    ...tagged,
    ...blockPublicAccess,
    Ipv6CidrBlockAssociationSet: list(
      some({...texts('AssociationId', 'Ipv6CidrBlock'), Ipv6CidrBlockState: blockState}),
    ),
  },
)

const route = some(
  texts(
    ...['DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId', 'EgressOnlyInternetGatewayId'],
    ...['GatewayId', 'InstanceId', 'NatGatewayId', 'TransitGatewayId', 'LocalGatewayId'],
    ...['CarrierGatewayId', 'NetworkInterfaceId', 'Origin', 'State', 'VpcPeeringConnectionId', 'CoreNetworkArn'],
  ),
)
const routeTable = object(
  {
    RouteTableId: text,
    VpcId: text,
    Routes: listOrGap(route, 'Routes'),
    Associations: list(
      some({
        ...texts('RouteTableAssociationId', 'RouteTableId', 'SubnetId', 'GatewayId'),
        ...flags('Main'),
        AssociationState: blockState,
      }),
    ),
  },
  {...texts('OwnerId'), ...tagged},
)

const networkAclEntry = object(
  {RuleNumber: number, Egress: flag, RuleAction: text, Protocol: text},
  {
    ...texts('CidrBlock', 'Ipv6CidrBlock'),
    PortRange: some(numbers('From', 'To')),
    IcmpTypeCode: some(numbers('Type', 'Code')),
  },
)
const networkAcl = object(
  {
    NetworkAclId: text,
    Entries: listOrGap(networkAclEntry, 'Entries'),
    Associations: list(some(texts('NetworkAclId', 'SubnetId'))),
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
  {GroupId: text, IpPermissions: list(permission), IpPermissionsEgress: list(permission)},
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

const attachments = list(some(texts('VpcId', 'State')))
const internetGateway = object({InternetGatewayId: text, Attachments: attachments}, {...texts('OwnerId'), ...tagged})
const egressOnlyGateway = object({EgressOnlyInternetGatewayId: text, Attachments: attachments}, tagged)

const natGateway = object(
  {
    NatGatewayId: text,
    NatGatewayAddresses: listOrNone(
      some({
        ...texts('AllocationId', 'NetworkInterfaceId', 'PrivateIp', 'PublicIp', 'AssociationId'),
        ...texts('Status', 'AvailabilityZone', 'AvailabilityZoneId'),
        ...flags('IsPrimary'),
      }),
    ),
  },
  {
    ...texts('State', 'SubnetId', 'VpcId', 'ConnectivityType', 'AvailabilityMode', 'FailureCode'),
    ...texts('RouteTableId'),
    ...times('CreateTime', 'DeleteTime'),
    ...tagged,
  },
)

const ENDPOINT_TYPES = ['Interface', 'Gateway', 'GatewayLoadBalancer', 'Resource', 'ServiceNetwork']
const endpointType: Shape = (value) => {
  const spelled = text(value)
  return ENDPOINT_TYPES.find((type) => type.toLowerCase() === spelled.toLowerCase()) ?? spelled
}

const ENDPOINT_STATES = [
  ...['available', 'pending', 'pendingAcceptance', 'deleting', 'deleted', 'rejected', 'failed', 'expired', 'partial'],
]
/** The API returns `available` where its reference and other tools use `Available`. */
const endpointState: Shape = (value) => {
  const spelled = text(value)
  return ENDPOINT_STATES.find((state) => state.toLowerCase() === spelled.toLowerCase()) ?? spelled
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
    ...texts('IpAddressType', 'OwnerId', 'ServiceRegion'),
    ...flags('PrivateDnsEnabled', 'RequesterManaged'),
    ...times('CreationTimestamp'),
    ...tagged,
    PolicyDocument: document,
    DnsOptions: some({
      ...texts('DnsRecordIpType'),
      ...flags('PrivateDnsOnlyForInboundResolverEndpoint'),
    }),
  },
)

/** The name of its service; a VPC Lattice endpoint is for a resource or a service network and has none. */
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
})
const peering = object(
  {VpcPeeringConnectionId: text},
  {
    Status: some(texts('Code', 'Message')),
    RequesterVpcInfo: peer,
    AccepterVpcInfo: peer,
    ...tagged,
  },
)

export const prefixListEntries = list(some(texts('Cidr', 'Description')))
export const prefixList = object(
  {PrefixListId: text},
  {
    ...texts('PrefixListName', 'OwnerId', 'State', 'PrefixListArn'),
    ...numbers('MaxEntries', 'Version'),
    ...tagged,
    Cidrs: list(text),
    Entries: listOrWhy(some(texts('Cidr', 'Description')), 'Entries'),
  },
)

const blockPublicAccessOptions = some({
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
      ...texts('PropagationDefaultRouteTableId'),
      ...texts('SecurityGroupReferencingSupport'),
    }),
  },
)
const transitGatewayAttachment = object(
  {TransitGatewayAttachmentId: text, SubnetIds: listOrNone(text)},
  {
    ...texts('TransitGatewayId', 'VpcId', 'VpcOwnerId', 'State'),
    ...times('CreationTime'),
    ...tagged,
    ...texts('NatGatewaySupport'),
    Options: some(texts('SecurityGroupReferencingSupport')),
    Association: some(texts('TransitGatewayPolicyTableId')),
  },
)
/** The part of an attachment of any type that only DescribeTransitGatewayAttachments returns. */
export const anyTransitGatewayAttachment = object(
  {TransitGatewayAttachmentId: text, ResourceType: text},
  {...texts('NatGatewaySupport'), Association: some(texts('TransitGatewayPolicyTableId'))},
)
export const transitGatewayAssociation = some(
  texts('TransitGatewayRouteTableId', 'TransitGatewayAttachmentId', 'ResourceId', 'ResourceType', 'State'),
)
export const transitGatewayRoute = some({
  ...texts('DestinationCidrBlock', 'PrefixListId', 'Type', 'State'),
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
    Config: some(flags('PrivateZone')),
    Owner: some(texts('OwningAccount', 'OwningService')),
    VPCs: zoneVpcs,
    ResourceRecordSets: listOrWhy(recordSet, 'ResourceRecordSets'),
  },
)

const route53ProfileAssociation = object({Id: text, ProfileId: text, ResourceId: text}, texts('Status'))
const profileResourceAssociation = object(
  {Id: text, ProfileId: text, ResourceArn: text},
  texts('ResourceProperties', 'Status'),
)

/** A rule of type DELEGATE has no domain name. */
export const resolverRule = object(
  {Id: text, RuleType: text},
  {
    ...texts('DomainName', 'Arn'),
    TargetIps: list(some({...texts('Ip', 'Protocol'), ...numbers('Port')})),
    VPCIds: list(text),
  },
)

export const firewallRule = object(
  {Priority: number, Action: text},
  {
    ...texts('Name', 'FirewallDomainListId', 'Qtype'),
    Domains: listOrWhy(text, 'Domains'),
  },
)
const firewallAssociation = object(
  {Id: text, FirewallRuleGroupId: text, VpcId: text, Priority: number},
  {...texts('Status', 'Arn'), FirewallRules: listOrWhy(firewallRule, 'FirewallRules')},
)

/** Inspector returns times as seconds since 1970 in its JSON. */
export const coveredResource = object(
  {resourceId: text},
  {
    ...texts('accountId', 'resourceType', 'scanType', 'scanMode'),
    ...times('lastScannedAt'),
    scanStatus: some(texts('statusCode', 'reason')),
    resourceMetadata: some({ec2: some({...texts('platform'), tags: textMap})}),
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

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Event.html */
export const cloudTrailEvent = some({
  ...texts('EventId', 'EventName', 'EventSource', 'ReadOnly', 'Username', 'CloudTrailEvent'),
  ...times('EventTime'),
  Resources: list(some(texts('ResourceName'))),
})

/** https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationItem.html */
export const configurationItem = object(
  {resourceId: text, resourceType: text, configurationItemCaptureTime: time},
  texts('configurationItemStatus', 'arn', 'configuration'),
)

const SHAPES: Readonly<Record<Kind, Shape>> = {
  Instances: instance,
  InstanceStatuses: instanceStatus,
  InstanceImageMetadata: instanceImageMetadata,
  IamInstanceProfileAssociations: profileAssociation,
  ConsoleOutputs: consoleOutput,
  InstanceInformationList: instanceInformation,
  ConnectionStatuses: connectionStatus,
  InstanceAssociations: instanceAssociation,
  ActivationList: activation,
  ServiceSettings: serviceSetting,
  SessionPreferences: sessionPreferences,
  InstanceProfiles: instanceProfile,
  Roles: role,
  Policies: policy,
  PolicySimulations: policySimulation,
  Vpcs: vpc,
  VpcAttributes: vpcAttributes,
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
  CloudTrailEvents: cloudTrailEvent,
  ConfigurationItems: configurationItem,
}

const itemOf = (kind: Kind): Shape => {
  const {itemKey} = describedBy(kind)
  return itemKey === undefined ? SHAPES[kind] : itemOrWhy(itemKey, SHAPES[kind])
}

/** One item of each kind, as an account file lists it. */
export const ITEMS = Object.fromEntries(KINDS.map((kind) => [kind, itemOf(kind)])) as Readonly<Record<Kind, Shape>>
