import type {Account, Instance, InstanceInformation} from '../../src/model/account.ts'
import {NO_HISTORY} from '../../src/model/account.ts'

/** Where nothing was read. */
const UNREAD = {unreadable: 'was not read'}

export const ID = 'i-0a1b2c3d4e5f60010'

export const web: Instance = {
  InstanceId: ID,
  State: {Code: 16, Name: 'running'},
  LaunchTime: '2026-11-18T08:00:00.000Z',
  PrivateIpAddress: '10.0.1.10',
  PrivateDnsName: 'ip-10-0-1-10.ec2.internal',
  PlatformDetails: 'Linux/UNIX',
  MetadataOptions: {State: 'applied', HttpEndpoint: 'enabled', HttpTokens: 'required', HttpPutResponseHopLimit: 2},
  SecurityGroups: [],
  NetworkInterfaces: [],
  Tags: [],
}

export const online: InstanceInformation = {
  InstanceId: ID,
  PingStatus: 'Online',
  LastPingDateTime: '2026-11-20T11:58:00.000Z',
  AgentVersion: '3.3.4364.0',
  PlatformType: 'Linux',
  PlatformName: 'Amazon Linux',
  AssociationStatus: 'Success',
}

/** An account in which the machine is healthy; network and identity are not read. */
export const healthyAccount: Account = {
  Partition: 'aws',
  Region: 'us-east-1',
  ReadAt: '2026-11-20T12:00:00.000Z',
  Instances: [web],
  InstanceStatuses: [
    {
      InstanceId: ID,
      SystemStatus: {Status: 'ok'},
      InstanceStatus: {Status: 'ok'},
      AttachedEbsStatus: {Status: 'ok'},
      Events: [],
    },
  ],
  InstanceImageMetadata: [
    {InstanceId: ID, ImageMetadata: {Name: 'al2023-ami-2023.9.20251014.0-kernel-6.1-x86_64', OwnerId: '137112412989'}},
  ],
  IamInstanceProfileAssociations: UNREAD,
  ConsoleOutputs: [],
  InstanceInformationList: [online],
  ConnectionStatuses: [{Target: ID, Status: 'connected'}],
  InstanceAssociations: [],
  ActivationList: UNREAD,
  ServiceSettings: UNREAD,
  SessionPreferences: [],
  InstanceProfiles: UNREAD,
  Roles: UNREAD,
  Policies: UNREAD,
  PolicySimulations: UNREAD,
  Vpcs: UNREAD,
  VpcAttributes: UNREAD,
  DhcpOptions: UNREAD,
  Subnets: UNREAD,
  RouteTables: UNREAD,
  NetworkAcls: UNREAD,
  SecurityGroups: UNREAD,
  NetworkInterfaces: UNREAD,
  InternetGateways: UNREAD,
  EgressOnlyInternetGateways: UNREAD,
  NatGateways: UNREAD,
  VpcEndpoints: UNREAD,
  VpcPeeringConnections: UNREAD,
  ManagedPrefixLists: UNREAD,
  VpcBlockPublicAccessOptions: UNREAD,
  ServiceNames: ['com.amazonaws.us-east-1.ssm', 'com.amazonaws.us-east-1.ec2messages'],
  TransitGateways: UNREAD,
  TransitGatewayVpcAttachments: UNREAD,
  TransitGatewayRouteTables: UNREAD,
  HostedZones: UNREAD,
  ProfileAssociations: UNREAD,
  ProfileResourceAssociations: UNREAD,
  ResolverRules: UNREAD,
  FirewallRuleGroupAssociations: UNREAD,
  CoveredResources: [],
  AccountStatuses: [],
  ...NO_HISTORY,
}
