import type {Instance, Kind} from '../model/account.ts'
import {ENDPOINT_STATES, ENDPOINT_TYPES, serviceNameOf} from '../model/endpoints.ts'
import {primaryInterfaceOf} from '../model/instance.ts'
import {describedBy, KINDS} from '../model/kinds.ts'
import {defined, isObject, type JsonObject} from '../util/json.ts'
import {redactSecrets} from '../util/redact-secrets.ts'
import {
  document,
  type Fields,
  flag,
  flagOrText,
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

const texts = (...names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, text]))
const times = (...names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, time]))
const flags = (...names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, flag]))
const numbers = (...names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, number]))
const some = (optional: Fields): Shape => object({}, optional)

const tag = some(texts('Key', 'Value'))
const tags = list(tag)
const tagged: Fields = {Tags: tags}
const status = some({
  ...texts('Status'),
  Details: list(some({...texts('Name', 'Status'), ...times('ImpairedSince')})),
})

/** EC2 returns `Association: {}` for an interface without a public address. */
const publicAddress = optionalObject(texts('PublicIp', 'AllocationId', 'AssociationId'))
const group = some(texts('GroupId', 'GroupName'))
const instanceState = some({...texts('Name'), ...numbers('Code')})
const profileOfInstance = some(texts('Arn', 'Id'))
const privateAddress = some({
  ...texts('PrivateIpAddress', 'PrivateDnsName'),
  ...flags('Primary'),
  Association: publicAddress,
})
const interfaceFields: Fields = {
  ...texts('SubnetId', 'VpcId', 'OwnerId', 'PrivateIpAddress', 'PrivateDnsName', 'Status', 'InterfaceType'),
  ...texts('AvailabilityZone', 'AvailabilityZoneId', 'Description'),
  ...flags('SourceDestCheck', 'RequesterManaged'),
  Association: publicAddress,
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

const BASE64 = /^[A-Za-z0-9+/]{8,}={0,2}$/

/** The API returns console output in base64, the AWS CLI as text. */
function plainOutput(output: string): string {
  const packed = output.replaceAll(/[\r\n]/g, '')
  if (packed.length % 4 !== 0 || !BASE64.test(packed)) return output
  return Buffer.from(packed, 'base64').toString('utf8')
}

/** What `get-console-output` prints. */
export const consoleAnswer = object(
  {InstanceId: text},
  {...times('Timestamp'), Output: (value) => redactSecrets(plainOutput(text(value)))},
  ({InstanceId, Timestamp, Output}) => defined({InstanceId, Timestamp, Output}),
)

const instanceProfile = object(
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

export const policyVersion = some({
  ...texts('VersionId'),
  ...flags('IsDefaultVersion'),
  ...times('CreateDate'),
  Document: document,
})

export const evaluationResult = some({
  ...texts('EvalActionName', 'EvalDecision'),
  OrganizationsDecisionDetail: some(flags('AllowedByOrganizations')),
  PermissionsBoundaryDecisionDetail: some(flags('AllowedByPermissionsBoundary')),
  MissingContextValues: list(text),
})

const blockPublicAccess: Fields = {BlockPublicAccessStates: some(texts('InternetGatewayBlockMode'))}
const blockState = some(texts('State'))
const ipv6Blocks = list(
  some({...texts('AssociationId', 'Ipv6CidrBlock', 'Ipv6AddressAttribute'), Ipv6CidrBlockState: blockState}),
)

const attribute = object({Value: flag})

const route = some(
  texts(
    ...['DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId', 'EgressOnlyInternetGatewayId'],
    ...['GatewayId', 'InstanceId', 'NatGatewayId', 'TransitGatewayId', 'LocalGatewayId'],
    ...['CarrierGatewayId', 'NetworkInterfaceId', 'Origin', 'State', 'VpcPeeringConnectionId', 'CoreNetworkArn'],
  ),
)

const networkAclEntry = object(
  {RuleNumber: number, Egress: flag, RuleAction: text, Protocol: text},
  {
    ...texts('CidrBlock', 'Ipv6CidrBlock'),
    PortRange: some(numbers('From', 'To')),
    IcmpTypeCode: some(numbers('Type', 'Code')),
  },
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

const attachments = list(some(texts('VpcId', 'State')))

/** The API returns `available` where its reference and other tools use `Available`. */
const inAnyCase =
  (known: readonly string[]): Shape =>
  (value) => {
    const spelled = text(value)
    return known.find((one) => one.toLowerCase() === spelled.toLowerCase()) ?? spelled
  }

const endpointOfService = object(
  {
    VpcEndpointId: text,
    VpcEndpointType: inAnyCase(ENDPOINT_TYPES),
    VpcId: text,
    ServiceName: text,
    State: inAnyCase(ENDPOINT_STATES),
    SubnetIds: listOrNone(text),
    RouteTableIds: listOrNone(text),
    Groups: listOrNone(group),
    NetworkInterfaceIds: listOrNone(text),
    DnsEntries: listOrNone(some(texts('DnsName', 'HostedZoneId'))),
  },
  {
    ...texts('IpAddressType', 'OwnerId', 'ServiceRegion'),
    ...flags('PrivateDnsEnabled', 'RequesterManaged'),
    ...times('CreationTimestamp'),
    ...tagged,
    PolicyDocument: document,
    DnsOptions: some({...texts('DnsRecordIpType'), ...flags('PrivateDnsOnlyForInboundResolverEndpoint')}),
  },
)

/**
 * https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html
 * https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-cidr-ranges.html
 */
const vpcEndpoint: Shape = (value) => {
  const name = isObject(value) ? serviceNameOf(value) : undefined
  return endpointOfService(isObject(value) && name === '' ? {...value, ServiceName: name} : value)
}

const peer = some({
  ...texts('CidrBlock', 'OwnerId', 'VpcId', 'Region'),
  CidrBlockSet: list(some(texts('CidrBlock'))),
  Ipv6CidrBlockSet: list(some(texts('Ipv6CidrBlock'))),
})

const prefixListEntry = some(texts('Cidr', 'Description'))
export const prefixListEntries = list(prefixListEntry)

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

export const recordSet = object(
  {Name: text, Type: text},
  {
    AliasTarget: object({DNSName: text}, {...texts('HostedZoneId'), ...flags('EvaluateTargetHealth')}),
    ResourceRecords: list(object({Value: text})),
    ...texts('SetIdentifier', 'HealthCheckId'),
    ...numbers('Weight'),
    ...flags('MultiValueAnswer'),
  },
)
export const zoneVpcs = list(some(texts('VPCId', 'VPCRegion')))

export const firewallRule = object(
  {Priority: number, Action: text},
  {
    ...texts('Name', 'BlockResponse', 'FirewallDomainListId', 'Qtype', 'FirewallDomainRedirectionAction'),
    Domains: listOrWhy(text, 'Domains'),
  },
)

const exclusion = some(texts('State'))

const scanState = some(texts('status', 'errorCode', 'errorMessage'))

/** The structure of an item of each kind, with AWS's own field names. Fields that no code uses are not validated. */
export const SHAPES: Readonly<Record<Kind, Shape>> = {
  Instances: object(
    {
      InstanceId: text,
      State: instanceState,
      SecurityGroups: listOrNone(group),
      NetworkInterfaces: listOrNone(
        some({
          ...interfaceFields,
          ...texts('NetworkInterfaceId'),
          PrivateIpAddresses: list(privateAddress),
          Groups: list(group),
        }),
      ),
      Tags: listOrNone(tag),
    },
    {
      ...texts('Architecture', 'ImageId', 'InstanceType', 'Ipv6Address', 'OwnerId', 'OutpostArn'),
      ...texts('Platform', 'PlatformDetails', 'PrivateDnsName', 'PrivateIpAddress', 'PublicIpAddress'),
      ...texts('StateTransitionReason', 'SubnetId', 'VpcId', 'InstanceLifecycle', 'RootDeviceType'),
      ...flags('SourceDestCheck'),
      ...times('LaunchTime', 'UsageOperationUpdateTime'),
      IamInstanceProfile: profileOfInstance,
      MetadataOptions: some({...texts('State', 'HttpTokens', 'HttpEndpoint'), ...numbers('HttpPutResponseHopLimit')}),
      Operator: some({...flags('Managed'), ...texts('Principal')}),
      Placement: some(texts('AvailabilityZone', 'AvailabilityZoneId', 'Affinity')),
      StateReason: some(texts('Code', 'Message')),
    },
    withGroupsOfInterface,
  ),
  InstanceStatuses: object(
    {InstanceId: text},
    {
      ...texts('AvailabilityZone', 'AvailabilityZoneId', 'OutpostArn'),
      SystemStatus: status,
      InstanceStatus: status,
      AttachedEbsStatus: status,
      Events: list(some({...texts('Code', 'Description'), ...times('NotBefore')})),
    },
  ),
  InstanceImageMetadata: object(
    {InstanceId: text},
    {
      ...texts('AvailabilityZone', 'InstanceType', 'OwnerId'),
      ...times('LaunchTime'),
      State: instanceState,
      ImageMetadata: some(texts('ImageId', 'Name', 'OwnerId', 'ImageOwnerAlias', 'State', 'CreationDate')),
      ...tagged,
    },
  ),
  IamInstanceProfileAssociations: object(
    {InstanceId: text},
    {...texts('AssociationId', 'State'), ...times('Timestamp'), IamInstanceProfile: profileOfInstance},
  ),
  ConsoleOutputs: object({InstanceId: text}, {...times('Timestamp'), Output: (value) => redactSecrets(text(value))}),
  InstanceInformationList: object(
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
  ),
  ConnectionStatuses: object({Target: text, Status: text}),
  InstanceAssociations: object(
    {InstanceId: text},
    {
      ...texts('AssociationId', 'Name', 'Status', 'DetailedStatus', 'ErrorCode', 'AssociationName'),
      ...times('ExecutionDate'),
    },
  ),
  ActivationList: object(
    {ActivationId: text},
    {
      ...texts('Description'),
      ...numbers('RegistrationLimit', 'RegistrationsCount'),
      ...flags('Expired'),
      ...times('ExpirationDate'),
    },
  ),
  ServiceSettings: object(
    {SettingId: text},
    {...texts('SettingValue', 'LastModifiedUser', 'ARN', 'Status'), ...times('LastModifiedDate')},
  ),
  /** https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-schema.html */
  SessionPreferences: some({
    inputs: some({
      ...texts('kmsKeyId', 's3BucketName', 's3KeyPrefix', 'cloudWatchLogGroupName'),
      s3EncryptionEnabled: flagOrText,
      cloudWatchEncryptionEnabled: flagOrText,
      cloudWatchStreamingEnabled: flagOrText,
    }),
  }),
  InstanceProfiles: instanceProfile,
  Roles: object(
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
  ),
  Policies: object(
    {Arn: text},
    {
      ...texts('PolicyName', 'Path', 'DefaultVersionId', 'Description'),
      ...times('CreateDate', 'UpdateDate'),
      PolicyVersionList: list(policyVersion),
    },
  ),
  PolicySimulations: object({PolicySourceArn: text, EvaluationResults: list(evaluationResult)}),
  Organization: object({Id: text}, texts('Arn', 'MasterAccountId')),
  Vpcs: object(
    {VpcId: text},
    {
      ...texts('CidrBlock', 'DhcpOptionsId', 'State', 'OwnerId'),
      ...flags('IsDefault'),
      ...tagged,
      ...blockPublicAccess,
      EncryptionControl: some({
        ...texts('Mode'),
        ResourceExclusions: some({InternetGateway: exclusion, NatGateway: exclusion}),
      }),
      CidrBlockAssociationSet: list(some({...texts('AssociationId', 'CidrBlock'), CidrBlockState: blockState})),
      Ipv6CidrBlockAssociationSet: ipv6Blocks,
    },
  ),
  VpcAttributes: object({VpcId: text}, {EnableDnsSupport: attribute, EnableDnsHostnames: attribute}),
  DhcpOptions: object(
    {
      DhcpOptionsId: text,
      DhcpConfigurations: listOrNone(some({...texts('Key'), Values: list(some(texts('Value')))})),
    },
    {...texts('OwnerId'), ...tagged},
  ),
  Subnets: object(
    {SubnetId: text, VpcId: text},
    {
      ...texts('CidrBlock', 'AvailabilityZone', 'AvailabilityZoneId', 'State', 'OwnerId', 'SubnetArn', 'OutpostArn'),
      ...numbers('AvailableIpAddressCount'),
      ...flags('MapPublicIpOnLaunch', 'AssignIpv6AddressOnCreation', 'Ipv6Native', 'EnableDns64', 'DefaultForAz'),
      ...tagged,
      ...blockPublicAccess,
      Ipv6CidrBlockAssociationSet: ipv6Blocks,
    },
  ),
  RouteTables: object(
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
  ),
  NetworkAcls: object(
    {
      NetworkAclId: text,
      Entries: listOrGap(networkAclEntry, 'Entries'),
      Associations: list(some(texts('NetworkAclId', 'SubnetId'))),
    },
    {...texts('VpcId', 'OwnerId'), ...flags('IsDefault'), ...tagged},
  ),
  SecurityGroups: object(
    {GroupId: text, IpPermissions: list(permission), IpPermissionsEgress: list(permission)},
    {...texts('GroupName', 'Description', 'VpcId', 'OwnerId', 'SecurityGroupArn'), ...tagged},
  ),
  NetworkInterfaces: object(
    {NetworkInterfaceId: text, Groups: listOrNone(group), PrivateIpAddresses: listOrNone(privateAddress)},
    interfaceFields,
  ),
  InternetGateways: object({InternetGatewayId: text, Attachments: attachments}, {...texts('OwnerId'), ...tagged}),
  EgressOnlyInternetGateways: object({EgressOnlyInternetGatewayId: text, Attachments: attachments}, tagged),
  NatGateways: object(
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
      ...texts('State', 'SubnetId', 'VpcId', 'ConnectivityType', 'AvailabilityMode', 'FailureCode', 'RouteTableId'),
      ...times('CreateTime', 'DeleteTime'),
      ...tagged,
    },
  ),
  VpcEndpoints: vpcEndpoint,
  VpcPeeringConnections: object(
    {VpcPeeringConnectionId: text},
    {Status: some(texts('Code', 'Message')), RequesterVpcInfo: peer, AccepterVpcInfo: peer, ...tagged},
  ),
  ManagedPrefixLists: object(
    {PrefixListId: text},
    {
      ...texts('PrefixListName', 'OwnerId', 'State', 'PrefixListArn'),
      ...numbers('MaxEntries', 'Version'),
      ...tagged,
      Cidrs: list(text),
      Entries: listOrWhy(prefixListEntry, 'Entries'),
    },
  ),
  VpcBlockPublicAccessOptions: some({
    ...texts('AwsAccountId', 'AwsRegion', 'State', 'InternetGatewayBlockMode'),
    ...texts('Reason', 'ManagedBy', 'ExclusionsAllowed'),
    ...times('LastUpdateTimestamp'),
  }),
  ServiceNames: text,
  TransitGateways: object(
    {TransitGatewayId: text},
    {
      ...texts('TransitGatewayArn', 'State', 'OwnerId', 'Description'),
      ...times('CreationTime'),
      ...tagged,
      Options: some({
        ...texts('DefaultRouteTableAssociation', 'AssociationDefaultRouteTableId', 'DefaultRouteTablePropagation'),
        ...texts('PropagationDefaultRouteTableId', 'SecurityGroupReferencingSupport'),
      }),
    },
  ),
  TransitGatewayVpcAttachments: object(
    {TransitGatewayAttachmentId: text, SubnetIds: listOrNone(text)},
    {
      ...texts('TransitGatewayId', 'VpcId', 'VpcOwnerId', 'State', 'NatGatewaySupport'),
      ...times('CreationTime'),
      ...tagged,
      Options: some(texts('SecurityGroupReferencingSupport', 'ApplianceModeSupport')),
      Association: some(texts('TransitGatewayPolicyTableId')),
    },
  ),
  TransitGatewayRouteTables: object(
    {TransitGatewayRouteTableId: text},
    {
      ...texts('TransitGatewayId', 'State'),
      ...flags('DefaultAssociationRouteTable', 'DefaultPropagationRouteTable'),
      ...times('CreationTime'),
      ...tagged,
      Associations: listOrWhy(transitGatewayAssociation, 'Associations'),
      Routes: listOrWhy(transitGatewayRoute, 'Routes'),
    },
  ),
  HostedZones: object(
    {Id: text, Name: text},
    {
      Config: some(flags('PrivateZone')),
      Owner: some(texts('OwningAccount', 'OwningService')),
      VPCs: zoneVpcs,
      ResourceRecordSets: listOrWhy(recordSet, 'ResourceRecordSets'),
    },
  ),
  ProfileAssociations: object({Id: text, ProfileId: text, ResourceId: text}, texts('Status')),
  ProfileResourceAssociations: object(
    {Id: text, ProfileId: text, ResourceArn: text},
    texts('ResourceProperties', 'Status'),
  ),
  /** A rule of type DELEGATE has no domain name. */
  ResolverRules: object(
    {Id: text, RuleType: text},
    {
      ...texts('DomainName', 'Arn'),
      TargetIps: list(some({...texts('Ip', 'Protocol'), ...numbers('Port')})),
      VPCIds: list(text),
    },
  ),
  FirewallRuleGroupAssociations: object(
    {Id: text, FirewallRuleGroupId: text, VpcId: text, Priority: number},
    {...texts('Status', 'Arn'), FirewallRules: listOrWhy(firewallRule, 'FirewallRules')},
  ),
  /** Inspector returns times as seconds since 1970 in its JSON. */
  CoveredResources: object(
    {resourceId: text},
    {
      ...texts('accountId', 'resourceType', 'scanType', 'scanMode'),
      ...times('lastScannedAt'),
      scanStatus: some(texts('statusCode', 'reason')),
      resourceMetadata: some({ec2: some({...texts('platform'), tags: textMap})}),
    },
  ),
  AccountStatuses: some({
    ...texts('accountId'),
    state: scanState,
    resourceState: some({
      ec2: scanState,
      ecr: scanState,
      lambda: scanState,
      lambdaCode: scanState,
      codeRepository: scanState,
    }),
  }),
  /** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Event.html */
  CloudTrailEvents: some({
    ...texts('EventId', 'EventName', 'EventSource', 'ReadOnly', 'Username', 'CloudTrailEvent'),
    ...times('EventTime'),
    Resources: list(some(texts('ResourceName'))),
  }),
  /** https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationItem.html */
  ConfigurationItems: object(
    {resourceId: text, resourceType: text, configurationItemCaptureTime: time},
    texts('configurationItemStatus', 'arn', 'configuration'),
  ),
}

const itemOf = (kind: Kind): Shape => {
  const {itemKey} = describedBy(kind)
  return itemKey === undefined ? SHAPES[kind] : itemOrWhy(itemKey, SHAPES[kind])
}

/** One item of each kind, as an account file lists it. */
export const ITEMS = Object.fromEntries(KINDS.map((kind) => [kind, itemOf(kind)])) as Readonly<Record<Kind, Shape>>
