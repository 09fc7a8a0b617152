import type * as cloudtrail from '@aws-sdk/client-cloudtrail'
import type * as config from '@aws-sdk/client-config-service'
import type * as ec2 from '@aws-sdk/client-ec2'
import type * as iam from '@aws-sdk/client-iam'
import type * as inspector2 from '@aws-sdk/client-inspector2'
import type * as organizations from '@aws-sdk/client-organizations'
import type * as ssm from '@aws-sdk/client-ssm'
import {defined} from '../util/json.ts'

/** A response as JSON: immutable, dates as ISO text, bytes as text. */
export type Plain<T> = T extends Date | Uint8Array
  ? string
  : T extends object
    ? {readonly [K in keyof T]: Plain<T[K]>}
    : T

/** An AWS response with AWS's own field names; required fields are validated when it is read. */
export type With<T, Field extends keyof T> = Plain<T> & {readonly [F in Field]-?: Plain<NonNullable<T[F]>>}

/** What could not be read, and why. */
export interface Unreadable {
  /** A sentence for people, made from the fields if they are present. */
  readonly unreadable: string
  /** The name of the error, as AWS writes it: UnauthorizedOperation. */
  readonly error?: string
  /** The IAM action of the call that failed: ec2:DescribeSubnets. */
  readonly action?: string
  /** The message of AWS. */
  readonly message?: string
}

/** Data that was not requested from AWS: no permission would help. */
export const notAsked = (where = ''): Unreadable => ({unreadable: `not asked for${where}`, error: 'NotAsked'})

/** The records of a private zone that another account, or a service of AWS, owns: no permission would help. */
export const zoneOfOtherOwner = (owner: string): Unreadable => ({
  unreadable: `the zone belongs to ${owner}`,
  error: 'NotOwner',
})

export const isOfOtherOwner = ({error}: Unreadable): boolean => error === 'NotOwner'

/** What AWS returned of one kind: all of it; or why not, with the items of that kind in another account's file. */
export type Reading<T> = readonly T[] | (Unreadable & {readonly known?: readonly T[]})

/** An item of a kind that is read item by item: the item, or its key and why it could not be read. */
export type Item<T, Key extends string> = T | (Unreadable & {readonly [K in Key]: string})

/**
 * A policy document, decoded when it is read. Text that is not valid JSON stays text, so a malformed policy
 * becomes a finding instead of a crash.
 */
export type PolicyDocument = string | {readonly [key: string]: unknown}

export type Instance = With<ec2.Instance, 'InstanceId' | 'State' | 'SecurityGroups' | 'NetworkInterfaces' | 'Tags'> & {
  /** The account that its reservation names. */
  readonly OwnerId?: string
}
export type InstanceNetworkInterface = Instance['NetworkInterfaces'][number]
export type InstanceStatus = With<ec2.InstanceStatus, 'InstanceId'>
export type InstanceImageMetadata = With<ec2.InstanceImageMetadata, 'InstanceId'>
export type IamInstanceProfileAssociation = With<ec2.IamInstanceProfileAssociation, 'InstanceId'>
/** `Output` is text, already decoded, with secrets redacted. */
export interface ConsoleOutput {
  readonly InstanceId: string
  readonly Output?: string
  readonly Timestamp?: string
}

export type InstanceInformation = With<ssm.InstanceInformation, 'InstanceId'>
export interface ConnectionStatus {
  readonly Target: string
  readonly Status: string
}
export type InstanceAssociation = With<ssm.InstanceAssociationStatusInfo, 'InstanceId'>
/** How hybrid nodes are registered. */
export type Activation = With<ssm.Activation, 'ActivationId'>
export type ServiceSetting = With<ssm.ServiceSetting, 'SettingId'>
/**
 * The content of the document SSM-SessionManagerRunShell, whose switches may also be texts such as "true".
 * https://github.com/aws/amazon-ssm-agent/blob/mainline/RELEASENOTES.md (3.0.655.0)
 */
export interface SessionPreferences {
  readonly inputs?: {
    readonly kmsKeyId?: string
    readonly s3BucketName?: string
    readonly s3KeyPrefix?: string
    readonly s3EncryptionEnabled?: boolean | string
    readonly cloudWatchLogGroupName?: string
    readonly cloudWatchEncryptionEnabled?: boolean | string
    readonly cloudWatchStreamingEnabled?: boolean | string
  }
}

export type InstanceProfile = With<iam.InstanceProfile, 'Arn' | 'InstanceProfileName' | 'Roles'>
export type RolePolicy = {readonly PolicyName: string; readonly PolicyDocument: PolicyDocument}
export type Role = Omit<
  With<iam.RoleDetail, 'Arn' | 'RoleName' | 'AttachedManagedPolicies'>,
  'AssumeRolePolicyDocument' | 'RolePolicyList'
> & {
  readonly AssumeRolePolicyDocument?: PolicyDocument
  readonly RolePolicyList: readonly RolePolicy[]
}
export type PolicyVersion = Omit<Plain<iam.PolicyVersion>, 'Document'> & {readonly Document?: PolicyDocument}
export type Policy = Omit<With<iam.ManagedPolicyDetail, 'Arn'>, 'PolicyVersionList'> & {
  readonly PolicyVersionList: readonly PolicyVersion[]
}
export interface PolicySimulation {
  readonly PolicySourceArn: string
  readonly EvaluationResults: readonly Plain<iam.EvaluationResult>[]
}

export type Organization = With<organizations.Organization, 'Id'>

export type Vpc = With<ec2.Vpc, 'VpcId'>
interface VpcAttributes {
  readonly VpcId: string
  readonly EnableDnsSupport: {readonly Value: boolean}
  readonly EnableDnsHostnames: {readonly Value: boolean}
}
export type DhcpOptions = With<ec2.DhcpOptions, 'DhcpOptionsId' | 'DhcpConfigurations'>
export type Subnet = With<ec2.Subnet, 'SubnetId' | 'VpcId'>
export type RouteTable = Omit<With<ec2.RouteTable, 'RouteTableId' | 'VpcId' | 'Associations'>, 'Routes'> & {
  readonly Routes: Reading<Route>
}
export type Route = Plain<ec2.Route>
export type NetworkAcl = Omit<With<ec2.NetworkAcl, 'NetworkAclId' | 'Associations'>, 'Entries'> & {
  readonly Entries: Reading<NetworkAclEntry>
}
export type NetworkAclEntry = With<ec2.NetworkAclEntry, 'RuleNumber' | 'Egress' | 'RuleAction' | 'Protocol'>
export type SecurityGroup = Omit<With<ec2.SecurityGroup, 'GroupId'>, 'IpPermissions' | 'IpPermissionsEgress'> & {
  readonly IpPermissions: readonly IpPermission[]
  readonly IpPermissionsEgress: readonly IpPermission[]
}
export type IpPermission = Plain<ec2.IpPermission> & {
  /** Why the peer of a planned rule is known only later. */
  readonly unreadable?: string
}
export type NetworkInterface = With<ec2.NetworkInterface, 'NetworkInterfaceId' | 'Groups' | 'PrivateIpAddresses'>
export type InternetGateway = Omit<With<ec2.InternetGateway, 'InternetGatewayId'>, 'Attachments'> & {
  readonly Attachments: readonly {readonly VpcId?: string | undefined; readonly State?: string | undefined}[]
}
type EgressOnlyInternetGateway = With<ec2.EgressOnlyInternetGateway, 'EgressOnlyInternetGatewayId' | 'Attachments'>
export type NatGateway = With<ec2.NatGateway, 'NatGatewayId' | 'NatGatewayAddresses'>
export type VpcEndpoint = Omit<
  With<
    ec2.VpcEndpoint,
    | 'VpcEndpointId'
    | 'VpcEndpointType'
    | 'VpcId'
    | 'ServiceName'
    | 'SubnetIds'
    | 'RouteTableIds'
    | 'Groups'
    | 'NetworkInterfaceIds'
    | 'DnsEntries'
  >,
  'PolicyDocument' | 'State'
> & {
  readonly PolicyDocument?: PolicyDocument
  /** The SDK types it as Available, the wire has available: compare case-insensitively. */
  readonly State: string
}
export type VpcPeeringConnection = With<ec2.VpcPeeringConnection, 'VpcPeeringConnectionId'>
export type ManagedPrefixList = Omit<With<ec2.ManagedPrefixList, 'PrefixListId'>, 'Entries'> & {
  readonly Entries: Reading<Plain<ec2.PrefixListEntry>>
}
type VpcBlockPublicAccessOptions = Plain<ec2.VpcBlockPublicAccessOptions>

type TransitGateway = With<ec2.TransitGateway, 'TransitGatewayId'>
export type TransitGatewayVpcAttachment = With<
  ec2.TransitGatewayVpcAttachment,
  'TransitGatewayAttachmentId' | 'SubnetIds'
> & {
  /** From DescribeTransitGatewayAttachments, as is NatGatewaySupport; absent if it was not asked for. */
  readonly Association?: Plain<ec2.TransitGatewayAttachmentAssociation> | Unreadable
  readonly NatGatewaySupport?: string
}
export type TransitGatewayRoute = Plain<ec2.TransitGatewayRoute>
export type TransitGatewayRouteTable = With<ec2.TransitGatewayRouteTable, 'TransitGatewayRouteTableId'> & {
  readonly Associations: Reading<Plain<ec2.TransitGatewayRouteTableAssociation>>
  readonly Routes: Reading<TransitGatewayRoute>
}

export interface ResourceRecordSet {
  readonly Name: string
  readonly Type: string
  readonly AliasTarget?: {
    readonly DNSName: string
    readonly HostedZoneId?: string
    readonly EvaluateTargetHealth?: boolean
  }
  readonly ResourceRecords?: readonly {readonly Value: string}[]
  /** Of records of one name and type among which a routing policy chooses. */
  readonly SetIdentifier?: string
  readonly Weight?: number
  readonly MultiValueAnswer?: boolean
  readonly HealthCheckId?: string
}
export interface HostedZone {
  readonly Id: string
  readonly Name: string
  readonly Owner?: {readonly OwningAccount?: string; readonly OwningService?: string}
  /** Absent if AWS listed the zone for the requested VPC without its associations. */
  readonly VPCs?: readonly {readonly VPCId?: string; readonly VPCRegion?: string}[]
  readonly ResourceRecordSets: Reading<ResourceRecordSet>
}
/**
 * A Route 53 Profile of a VPC.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53profiles_ProfileAssociation.html
 */
export interface ProfileAssociation {
  readonly Id: string
  readonly ProfileId: string
  /** The VPC. */
  readonly ResourceId: string
  readonly Status?: string
}
/** A zone, Resolver rule, DNS Firewall rule group or interface endpoint of a Route 53 Profile. */
export interface ProfileResourceAssociation {
  readonly Id: string
  readonly ProfileId: string
  readonly ResourceArn: string
  /** JSON text: the priority of a DNS Firewall rule group. */
  readonly ResourceProperties?: string
  readonly Status?: string
}
export interface ResolverRule {
  readonly Id: string
  /** Absent for a rule of type DELEGATE. */
  readonly DomainName?: string
  readonly RuleType: string
  readonly TargetIps?: readonly {readonly Ip?: string; readonly Port?: number}[]
  readonly VPCIds: readonly string[]
}
export interface FirewallRule {
  readonly Name?: string
  readonly Priority: number
  readonly Action: string
  /** What a rule that blocks responds: `NXDOMAIN`, `NODATA` or `OVERRIDE`. */
  readonly BlockResponse?: string
  readonly FirewallDomainListId?: string
  /** The one query type that the rule is for. */
  readonly Qtype?: string
  /** Whether the names that an allowed one is redirected to are evaluated as well: they are, if absent. */
  readonly FirewallDomainRedirectionAction?: string
  readonly Domains: Reading<string>
}
export interface FirewallRuleGroupAssociation {
  readonly Id: string
  readonly FirewallRuleGroupId: string
  readonly VpcId: string
  readonly Priority: number
  readonly Status?: string
  readonly FirewallRules: Reading<FirewallRule>
}

export type CoveredResource = With<inspector2.CoveredResource, 'resourceId'>
export type AccountStatus = Plain<inspector2.AccountState>

/** As `aws cloudtrail lookup-events` prints it: `CloudTrailEvent` is JSON text. */
export type CloudTrailEvent = Plain<cloudtrail.Event>
/** As `aws configservice get-resource-config-history` prints it: `configuration` is JSON text. */
export type ConfigurationItem = With<
  config.ConfigurationItem,
  'resourceId' | 'resourceType' | 'configurationItemCaptureTime'
>

/** sts get-caller-identity: the caller. */
export interface Caller {
  readonly Account: string
  readonly Arn?: string
  readonly UserId?: string
}

/** Where and when the account was read, known in every examination. */
export interface Context {
  readonly Partition: string
  readonly Region: string
  /** ISO time: the "now" of every age that is computed. */
  readonly ReadAt: string
  /** If absent, ownership is unknown. */
  readonly Caller?: Caller
  /** Accounts whose own files complete this one: what they own in this Region is visible to them. */
  readonly AlsoSeenBy?: readonly string[]
}

/** Every kind of data that is read from AWS: the keys of an account file. */
export interface Readings {
  readonly Instances: Reading<Instance>
  readonly InstanceStatuses: Reading<InstanceStatus>
  readonly InstanceImageMetadata: Reading<InstanceImageMetadata>
  readonly IamInstanceProfileAssociations: Reading<IamInstanceProfileAssociation>
  readonly ConsoleOutputs: Reading<Item<ConsoleOutput, 'InstanceId'>>
  readonly InstanceInformationList: Reading<InstanceInformation>
  readonly ConnectionStatuses: Reading<Item<ConnectionStatus, 'Target'>>
  readonly InstanceAssociations: Reading<Item<InstanceAssociation, 'InstanceId'>>
  readonly ActivationList: Reading<Activation>
  readonly ServiceSettings: Reading<ServiceSetting>
  /** None or one. */
  readonly SessionPreferences: Reading<SessionPreferences>
  readonly InstanceProfiles: Reading<Item<InstanceProfile, 'Arn'>>
  readonly Roles: Reading<Item<Role, 'Arn'>>
  readonly Policies: Reading<Item<Policy, 'Arn'>>
  readonly PolicySimulations: Reading<Item<PolicySimulation, 'PolicySourceArn'>>
  /** None or one, that of the account. */
  readonly Organization: Reading<Organization>
  readonly Vpcs: Reading<Vpc>
  readonly VpcAttributes: Reading<Item<VpcAttributes, 'VpcId'>>
  readonly DhcpOptions: Reading<DhcpOptions>
  readonly Subnets: Reading<Subnet>
  readonly RouteTables: Reading<RouteTable>
  readonly NetworkAcls: Reading<NetworkAcl>
  readonly SecurityGroups: Reading<SecurityGroup>
  readonly NetworkInterfaces: Reading<NetworkInterface>
  readonly InternetGateways: Reading<InternetGateway>
  readonly EgressOnlyInternetGateways: Reading<EgressOnlyInternetGateway>
  readonly NatGateways: Reading<NatGateway>
  readonly VpcEndpoints: Reading<VpcEndpoint>
  readonly VpcPeeringConnections: Reading<VpcPeeringConnection>
  readonly ManagedPrefixLists: Reading<ManagedPrefixList>
  readonly VpcBlockPublicAccessOptions: Reading<VpcBlockPublicAccessOptions>
  readonly ServiceNames: Reading<string>
  readonly TransitGateways: Reading<TransitGateway>
  readonly TransitGatewayVpcAttachments: Reading<TransitGatewayVpcAttachment>
  readonly TransitGatewayRouteTables: Reading<TransitGatewayRouteTable>
  readonly HostedZones: Reading<HostedZone>
  readonly ProfileAssociations: Reading<ProfileAssociation>
  readonly ProfileResourceAssociations: Reading<ProfileResourceAssociation>
  readonly ResolverRules: Reading<ResolverRule>
  readonly FirewallRuleGroupAssociations: Reading<FirewallRuleGroupAssociation>
  readonly CoveredResources: Reading<CoveredResource>
  readonly AccountStatuses: Reading<AccountStatus>
  readonly CloudTrailEvents: Reading<CloudTrailEvent>
  readonly ConfigurationItems: Reading<ConfigurationItem>
}

export type Kind = keyof Readings

/** Kinds of historical data, which are read only on request. */
export const NO_HISTORY = {
  CloudTrailEvents: notAsked(),
  ConfigurationItems: notAsked(),
} as const satisfies Partial<Readings>

export type ItemOf<K extends Kind> = Readings[K] extends Reading<infer T> ? T : never

/** All data that the examination can use. An account file is this, as JSON. */
export type Account = Context & Readings

/** The part of the account that a check declared: `Required` is known to be readable, `Optional` may not be. */
export type Facts<Required extends Kind, Optional extends Kind = never> = Context & {
  readonly [K in Required]: readonly ItemOf<K>[]
} & {readonly [K in Optional]: Readings[K]}

export const isUnreadable = (value: unknown): value is Unreadable =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && 'unreadable' in value

/** Whether the item was read, and the list in it. */
export const isReadWith = <T extends object, F extends keyof T>(
  item: T | Unreadable | undefined,
  field: F,
): item is T & {readonly [K in F]: Extract<T[K], readonly unknown[]>} =>
  item !== undefined && !isUnreadable(item) && !isUnreadable((item as T)[field])

/** Why something could not be read, without the items that are known anyway. */
export const whyUnreadable = ({unreadable, error, action, message}: Unreadable): Unreadable =>
  defined({unreadable, error, action, message})

/** It was not requested from AWS, so it may exist; a conclusion that depends on it is at most likely. */
export const isNotAsked = (reading: unknown): boolean => isUnreadable(reading) && reading.error === 'NotAsked'

/** It was requested, and AWS did not return it. */
export const isRefused = (reading: unknown): boolean => isUnreadable(reading) && !isNotAsked(reading)

export const canRead = <Required extends Kind>(
  account: Account,
  needs: readonly Required[],
): account is Account & Facts<Required> => needs.every((need) => !isUnreadable(account[need]))

/** The items that are known; if they could not be read, a missing one may still exist. */
export const itemsOf = <T>(reading: Reading<T>): readonly T[] =>
  isUnreadable(reading) ? (reading.known ?? []) : reading
