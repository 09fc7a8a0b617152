import {
  type Account,
  type Instance,
  type InstanceInformation,
  NO_HISTORY,
  notAsked,
  type Role,
  type RouteTable,
  type SecurityGroup,
  type VpcEndpoint,
} from '../../src/model/account.ts'
import {emptyAccount} from '../../src/plan/empty-account.ts'

export const REGION = 'eu-west-1'
export const OWNER = '111122223333'
export const WEB = 'i-0aaaaaaaaaaaaaa01'
export const VPC = 'vpc-0aaaaaaaaaaaaaa01'
export const SUBNET = 'subnet-0aaaaaaaaaaaaaa1'
export const WEB_GROUP = 'sg-0aaaaaaaaaaaaaa01'
export const ENDPOINT_GROUP = 'sg-0aaaaaaaaaaaaaa02'
export const PROFILE = `arn:aws:iam::${OWNER}:instance-profile/web`
export const ROLE = `arn:aws:iam::${OWNER}:role/web`
export const CORE = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'

const READ_AT = '2026-11-20T12:00:00.000Z'

export const anInstance = (change: Partial<Instance> = {}): Instance => ({
  InstanceId: WEB,
  ImageId: 'ami-0aaaaaaaaaaaaaa01',
  InstanceType: 't3.micro',
  State: {Code: 16, Name: 'running'},
  LaunchTime: '2026-11-18T08:00:00.000Z',
  PlatformDetails: 'Linux/UNIX',
  PrivateIpAddress: '10.0.1.10',
  SubnetId: SUBNET,
  VpcId: VPC,
  SecurityGroups: [{GroupId: WEB_GROUP, GroupName: 'web'}],
  NetworkInterfaces: [
    {
      NetworkInterfaceId: 'eni-0aaaaaaaaaaaaaa01',
      SubnetId: SUBNET,
      VpcId: VPC,
      OwnerId: OWNER,
      PrivateIpAddress: '10.0.1.10',
      PrivateIpAddresses: [{Primary: true, PrivateIpAddress: '10.0.1.10'}],
      Groups: [{GroupId: WEB_GROUP, GroupName: 'web'}],
      Status: 'in-use',
      Attachment: {
        AttachmentId: 'eni-attach-0aaaaaaaaaaaaaa1',
        DeviceIndex: 0,
        NetworkCardIndex: 0,
        Status: 'attached',
      },
    },
  ],
  IamInstanceProfile: {Arn: PROFILE, Id: 'AIPAEXAMPLEWEB'},
  MetadataOptions: {State: 'applied', HttpTokens: 'required', HttpPutResponseHopLimit: 2, HttpEndpoint: 'enabled'},
  Tags: [{Key: 'Name', Value: 'web-1'}],
  ...change,
})

export const aNode = (change: Partial<InstanceInformation> = {}): InstanceInformation => ({
  InstanceId: WEB,
  PingStatus: 'Online',
  LastPingDateTime: '2026-11-20T11:58:00.000Z',
  AgentVersion: '3.3.2746.0',
  PlatformType: 'Linux',
  PlatformName: 'Amazon Linux',
  ResourceType: 'EC2Instance',
  IPAddress: '10.0.1.10',
  AssociationStatus: 'Success',
  ...change,
})

export const aRole = (change: Partial<Role> = {}): Role => ({
  Path: '/',
  RoleName: 'web',
  RoleId: 'AROAEXAMPLEWEB',
  Arn: ROLE,
  CreateDate: '2026-10-01T00:00:00.000Z',
  AssumeRolePolicyDocument: allow('sts:AssumeRole', {Principal: {Service: 'ec2.amazonaws.com'}}),
  RolePolicyList: [],
  AttachedManagedPolicies: [{PolicyName: 'AmazonSSMManagedInstanceCore', PolicyArn: CORE}],
  ...change,
})

export const allow = (
  Action: string | readonly string[],
  rest: {readonly [key: string]: unknown} = {Resource: '*'},
) => ({
  Version: '2012-10-17',
  Statement: [{Effect: 'Allow', Action, ...rest}],
})

export const aGroup = (GroupId: string, change: Partial<SecurityGroup> = {}): SecurityGroup => ({
  GroupId,
  GroupName: GroupId,
  OwnerId: OWNER,
  VpcId: VPC,
  IpPermissions: [],
  IpPermissionsEgress: [{IpProtocol: '-1', IpRanges: [{CidrIp: '0.0.0.0/0'}]}],
  ...change,
})

export const aRouteTable = (change: Partial<RouteTable> = {}): RouteTable => ({
  RouteTableId: 'rtb-0aaaaaaaaaaaaaa01',
  VpcId: VPC,
  OwnerId: OWNER,
  Associations: [
    {Main: true, RouteTableAssociationId: 'rtbassoc-0aaaaaaaaaaaaaa1', RouteTableId: 'rtb-0aaaaaaaaaaaaaa01'},
  ],
  Routes: [{DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active'}],
  ...change,
})

/** The SDK types the states with capitals, which no response has. */
const onTheWire = (state: string) => state as VpcEndpoint['State']

export const anEndpoint = (service: string, at: number): VpcEndpoint => ({
  VpcEndpointId: `vpce-0aaaaaaaaaaaaaa0${at}`,
  VpcEndpointType: 'Interface',
  VpcId: VPC,
  ServiceName: `com.amazonaws.${REGION}.${service}`,
  State: onTheWire('available'),
  PolicyDocument: {Statement: [{Action: '*', Effect: 'Allow', Principal: '*', Resource: '*'}]},
  RouteTableIds: [],
  SubnetIds: [SUBNET],
  Groups: [{GroupId: ENDPOINT_GROUP, GroupName: 'endpoints'}],
  PrivateDnsEnabled: true,
  NetworkInterfaceIds: [`eni-0aaaaaaaaaaaaae0${at}`],
  DnsEntries: [
    {
      DnsName: `vpce-0aaaaaaaaaaaaaa0${at}-abcd.${service}.${REGION}.vpce.amazonaws.com`,
      HostedZoneId: 'Z38GZ743OKFT7T',
    },
    {DnsName: `${service}.${REGION}.amazonaws.com`, HostedZoneId: 'ZONEHIDDENBYAWS'},
  ],
  OwnerId: OWNER,
})

const endpointInterface = (at: number) => ({
  NetworkInterfaceId: `eni-0aaaaaaaaaaaaae0${at}`,
  SubnetId: SUBNET,
  VpcId: VPC,
  OwnerId: OWNER,
  InterfaceType: 'vpc_endpoint' as const,
  PrivateIpAddress: `10.0.1.2${at}`,
  PrivateIpAddresses: [{Primary: true, PrivateIpAddress: `10.0.1.2${at}`}],
  Groups: [{GroupId: ENDPOINT_GROUP, GroupName: 'endpoints'}],
  Status: 'in-use' as const,
})

const entry = (Egress: boolean, RuleNumber: number, RuleAction: 'allow' | 'deny') => ({
  CidrBlock: '0.0.0.0/0',
  Egress,
  Protocol: '-1',
  RuleAction,
  RuleNumber,
})

/** One instance behind three interface endpoints, online and connected: nothing is wrong with it. */
export const healthy: Account = {
  ...emptyAccount(REGION, READ_AT),
  Caller: {Account: OWNER, Arn: `arn:aws:sts::${OWNER}:assumed-role/audit/me`, UserId: 'AROAEXAMPLE:me'},
  Instances: [anInstance()],
  InstanceStatuses: [
    {
      InstanceId: WEB,
      InstanceState: {Code: 16, Name: 'running'},
      SystemStatus: {Status: 'ok', Details: [{Name: 'reachability', Status: 'passed'}]},
      InstanceStatus: {Status: 'ok', Details: [{Name: 'reachability', Status: 'passed'}]},
    },
  ],
  InstanceImageMetadata: [
    {
      InstanceId: WEB,
      ImageMetadata: {
        ImageId: 'ami-0aaaaaaaaaaaaaa01',
        Name: 'al2023-ami-2023.9',
        ImageOwnerAlias: 'amazon',
        State: 'available',
      },
    },
  ],
  IamInstanceProfileAssociations: [
    {
      AssociationId: 'iip-assoc-0aaaaaaaaaaaaaa01',
      InstanceId: WEB,
      IamInstanceProfile: {Arn: PROFILE, Id: 'AIPAEXAMPLEWEB'},
      State: 'associated',
    },
  ],
  InstanceInformationList: [aNode()],
  ConnectionStatuses: [{Target: WEB, Status: 'connected'}],
  ActivationList: notAsked(),
  Organization: notAsked(),
  ServiceSettings: [
    {
      SettingId: '/ssm/managed-instance/default-ec2-instance-management-role',
      SettingValue: '$None',
      LastModifiedDate: '2022-11-01T00:00:00.000Z',
      Status: 'Default',
    },
  ],
  SessionPreferences: [{inputs: {cloudWatchLogGroupName: '/sessions', cloudWatchStreamingEnabled: true}}],
  InstanceProfiles: [
    {
      Path: '/',
      InstanceProfileName: 'web',
      InstanceProfileId: 'AIPAEXAMPLEWEB',
      Arn: PROFILE,
      CreateDate: '2026-10-01T00:00:00.000Z',
      Roles: [
        {Path: '/', RoleName: 'web', RoleId: 'AROAEXAMPLEWEB', Arn: ROLE, CreateDate: '2026-10-01T00:00:00.000Z'},
      ],
    },
  ],
  Roles: [aRole()],
  Policies: [
    {
      PolicyName: 'AmazonSSMManagedInstanceCore',
      Arn: CORE,
      Path: '/',
      DefaultVersionId: 'v2',
      PolicyVersionList: [
        {VersionId: 'v2', IsDefaultVersion: true, Document: allow(['ssm:*', 'ssmmessages:*', 'ec2messages:*'])},
      ],
    },
  ],
  Vpcs: [
    {
      VpcId: VPC,
      CidrBlock: '10.0.0.0/16',
      DhcpOptionsId: 'dopt-0aaaaaaaaaaaaaa01',
      State: 'available',
      OwnerId: OWNER,
      IsDefault: false,
      BlockPublicAccessStates: {InternetGatewayBlockMode: 'off'},
    },
  ],
  VpcAttributes: [{VpcId: VPC, EnableDnsSupport: {Value: true}, EnableDnsHostnames: {Value: true}}],
  DhcpOptions: [
    {
      DhcpOptionsId: 'dopt-0aaaaaaaaaaaaaa01',
      DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: 'AmazonProvidedDNS'}]}],
    },
  ],
  Subnets: [
    {
      SubnetId: SUBNET,
      VpcId: VPC,
      CidrBlock: '10.0.1.0/24',
      AvailabilityZone: `${REGION}a`,
      AvailabilityZoneId: 'euw1-az1',
      State: 'available',
      OwnerId: OWNER,
      MapPublicIpOnLaunch: false,
    },
  ],
  RouteTables: [aRouteTable()],
  NetworkAcls: [
    {
      NetworkAclId: 'acl-0aaaaaaaaaaaaaa01',
      VpcId: VPC,
      IsDefault: true,
      Associations: [
        {NetworkAclAssociationId: 'aclassoc-0aaaaaaaaaaaaaa1', NetworkAclId: 'acl-0aaaaaaaaaaaaaa01', SubnetId: SUBNET},
      ],
      Entries: [
        entry(true, 100, 'allow'),
        entry(true, 32767, 'deny'),
        entry(false, 100, 'allow'),
        entry(false, 32767, 'deny'),
      ],
    },
  ],
  SecurityGroups: [
    aGroup(WEB_GROUP),
    aGroup(ENDPOINT_GROUP, {
      IpPermissions: [
        {IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{GroupId: WEB_GROUP, UserId: OWNER}]},
      ],
    }),
  ],
  NetworkInterfaces: [endpointInterface(1), endpointInterface(2), endpointInterface(3)],
  VpcEndpoints: [anEndpoint('ssm', 1), anEndpoint('ssmmessages', 2), anEndpoint('ec2messages', 3)],
  ServiceNames: ['ssm', 'ssmmessages', 'ec2messages'].map((service) => `com.amazonaws.${REGION}.${service}`),
  ...NO_HISTORY,
}

/** The same instance behind a NAT gateway, with no endpoint in the VPC. */
export const healthyBehindNat: Account = {
  ...healthy,
  RouteTables: [
    aRouteTable({
      Routes: [
        {DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active'},
        {
          DestinationCidrBlock: '0.0.0.0/0',
          NatGatewayId: 'nat-0aaaaaaaaaaaaaa01',
          Origin: 'CreateRoute',
          State: 'active',
        },
      ],
    }),
    aRouteTable({
      RouteTableId: 'rtb-0aaaaaaaaaaaaaa02',
      Associations: [
        {
          Main: false,
          RouteTableAssociationId: 'rtbassoc-0aaaaaaaaaaaaaa2',
          RouteTableId: 'rtb-0aaaaaaaaaaaaaa02',
          SubnetId: 'subnet-0aaaaaaaaaaaaaa2',
        },
      ],
      Routes: [
        {DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active'},
        {DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-0aaaaaaaaaaaaaa01', Origin: 'CreateRoute', State: 'active'},
      ],
    }),
  ],
  Subnets: [
    ...(healthy.Subnets as Extract<Account['Subnets'], readonly unknown[]>),
    {
      SubnetId: 'subnet-0aaaaaaaaaaaaaa2',
      VpcId: VPC,
      CidrBlock: '10.0.2.0/24',
      AvailabilityZone: `${REGION}a`,
      OwnerId: OWNER,
    },
  ],
  InternetGateways: [{InternetGatewayId: 'igw-0aaaaaaaaaaaaaa01', Attachments: [{State: 'attached', VpcId: VPC}]}],
  NatGateways: [
    {
      NatGatewayId: 'nat-0aaaaaaaaaaaaaa01',
      VpcId: VPC,
      SubnetId: 'subnet-0aaaaaaaaaaaaaa2',
      State: 'available',
      ConnectivityType: 'public',
      NatGatewayAddresses: [
        {NetworkInterfaceId: 'eni-0aaaaaaaaaaaaaa0f', PrivateIp: '10.0.2.20', PublicIp: '203.0.113.20'},
      ],
    },
  ],
  SecurityGroups: [aGroup(WEB_GROUP)],
  VpcEndpoints: [],
  NetworkInterfaces: [],
}
