import {parseAccounts} from '../../src/account-file/parse-accounts.ts'
import type {Account} from '../../src/model/account.ts'

/** An account file with an item of every kind, in the canonical form: reading it changes nothing but null to a list. */

const owner = '111122223333'
const vpc = 'vpc-0a1b2c3d4e5f60001'
const subnet = 'subnet-0a1b2c3d4e5f60021'
const group = {GroupId: 'sg-0a1b2c3d4e5f60012', GroupName: 'web-servers'}
const allow = {Version: '2012-10-17', Statement: [{Effect: 'Allow', Action: 'ssm:*', Resource: '*'}]}
const roleArn = `arn:aws:iam::${owner}:role/storefront`
const profileArn = `arn:aws:iam::${owner}:instance-profile/storefront`
const address = {Primary: true, PrivateIpAddress: '10.0.1.10'}

export const fullAccountFile = {
  Format: 'ssm-doctor/account/1',
  Partition: 'aws',
  Region: 'us-east-1',
  ReadAt: '2026-11-20T12:00:00.000Z',
  Caller: {Account: owner, Arn: `arn:aws:sts::${owner}:assumed-role/audit/jane`, UserId: 'AROAEXAMPLEAUDIT:jane'},
  Instances: [
    {
      InstanceId: 'i-0a1b2c3d4e5f60010',
      State: {Code: 16, Name: 'running'},
      LaunchTime: '2026-11-18T08:00:00.000Z',
      ImageId: 'ami-0a1b2c3d4e5f60091',
      PlatformDetails: 'Linux/UNIX',
      SubnetId: subnet,
      VpcId: vpc,
      PrivateIpAddress: '10.0.1.10',
      PublicIpAddress: '203.0.113.20',
      PublicDnsName: 'ec2-203-0-113-20.compute-1.amazonaws.com',
      IamInstanceProfile: {Arn: profileArn, Id: 'AIPAEXAMPLESTORE'},
      MetadataOptions: {HttpTokens: 'required', HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 2},
      SecurityGroups: [group],
      NetworkInterfaces: [
        {
          NetworkInterfaceId: 'eni-0a1b2c3d4e5f60011',
          OwnerId: owner,
          Groups: [group],
          PrivateIpAddresses: [address],
          Association: {PublicIp: '203.0.113.20', IpOwnerId: 'amazon'},
          Attachment: {DeviceIndex: 0, NetworkCardIndex: 0, Status: 'attached'},
        },
      ],
      Tags: [
        {Key: 'Name', Value: 'storefront-1'},
        {Key: 'cost-centre', Value: 'retail-42'},
      ],
    },
  ],
  InstanceStatuses: [
    {InstanceId: 'i-0a1b2c3d4e5f60010', SystemStatus: {Status: 'ok'}, InstanceStatus: {Status: 'ok'}, Events: []},
  ],
  InstanceImageMetadata: [
    {
      InstanceId: 'i-0a1b2c3d4e5f60010',
      ImageMetadata: {
        ImageId: 'ami-0a1b2c3d4e5f60091',
        Name: 'al2023-ami-2023.9.20251014.0-kernel-6.1-x86_64',
        OwnerId: '137112412989',
        ImageOwnerAlias: 'amazon',
      },
    },
  ],
  IamInstanceProfileAssociations: [
    {
      AssociationId: 'iip-assoc-0a1b2c3d4e5f60016',
      InstanceId: 'i-0a1b2c3d4e5f60010',
      IamInstanceProfile: {Arn: profileArn},
      State: 'associated',
    },
  ],
  ConsoleOutputs: [
    {InstanceId: 'i-0a1b2c3d4e5f60010', Timestamp: '2026-11-18T08:05:00.000Z', Output: 'ip-10-0-1-10 login: '},
  ],
  InstanceInformationList: [
    {
      InstanceId: 'i-0a1b2c3d4e5f60010',
      PingStatus: 'Online',
      LastPingDateTime: '2026-11-20T11:58:00.000Z',
      AgentVersion: '3.3.2746.0',
      IsLatestVersion: false,
      ComputerName: 'storefront-1.shop.example.com',
    },
  ],
  ConnectionStatuses: [
    {Target: 'i-0a1b2c3d4e5f60010', unreadable: 'AccessDeniedException', error: 'AccessDeniedException'},
  ],
  InstanceAssociations: [
    {InstanceId: 'i-0a1b2c3d4e5f60010', AssociationId: 'a-1', Name: 'AWS-GatherSoftwareInventory', Status: 'Success'},
    {InstanceId: 'i-0a1b2c3d4e5f60010', AssociationId: 'a-2', Name: 'AWS-RunPatchBaseline', Status: 'Failed'},
  ],
  ActivationList: [
    {
      ActivationId: '8a6f1234-5678-4abc-9def-123456789012',
      Description: 'machines of the warehouse',
      DefaultInstanceName: 'warehouse',
      IamRole: 'service-role/warehouse',
      RegistrationLimit: 50,
      RegistrationsCount: 7,
      ExpirationDate: '2026-12-01T00:00:00.000Z',
      Expired: false,
      CreatedDate: '2026-11-01T00:00:00.000Z',
      Tags: [{Key: 'site', Value: 'warehouse-9'}],
    },
  ],
  ServiceSettings: [
    {
      SettingId: '/ssm/managed-instance/default-ec2-instance-management-role',
      SettingValue: '$None',
      ARN: `arn:aws:ssm:us-east-1:${owner}:servicesetting/ssm/managed-instance/default-ec2-instance-management-role`,
    },
  ],
  SessionPreferences: {inputs: {kmsKeyId: '', s3BucketName: 'shop-session-logs', s3EncryptionEnabled: true}},
  InstanceProfiles: [
    {Arn: profileArn, InstanceProfileName: 'storefront', Roles: [{Arn: roleArn, RoleName: 'storefront'}]},
  ],
  Roles: [
    {
      Arn: roleArn,
      RoleName: 'storefront',
      RoleId: 'AROAEXAMPLESTORE',
      AssumeRolePolicyDocument: allow,
      RolePolicyList: [{PolicyName: 'buckets', PolicyDocument: allow}],
      AttachedManagedPolicies: [
        {PolicyName: 'AmazonSSMManagedInstanceCore', PolicyArn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'},
      ],
    },
    {
      Arn: `arn:aws:iam::${owner}:role/hidden`,
      unreadable: 'AccessDenied (needs iam:GetRole)',
      error: 'AccessDenied',
      action: 'iam:GetRole',
    },
  ],
  Policies: [
    {
      Arn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
      PolicyName: 'AmazonSSMManagedInstanceCore',
      DefaultVersionId: 'v1',
      PolicyVersionList: [{VersionId: 'v1', IsDefaultVersion: true, Document: allow}],
    },
  ],
  PolicySimulations: [
    {
      PolicySourceArn: roleArn,
      EvaluationResults: [{EvalActionName: 'ssm:UpdateInstanceInformation', EvalDecision: 'allowed'}],
    },
  ],
  Organization: [
    {
      Id: 'o-shop123456',
      Arn: `arn:aws:organizations::${owner}:organization/o-shop123456`,
      MasterAccountId: owner,
    },
  ],
  Vpcs: [{VpcId: vpc, CidrBlock: '10.0.0.0/16', OwnerId: owner, DhcpOptionsId: 'dopt-0a1b2c3d4e5f60061', Tags: []}],
  VpcAttributes: [{VpcId: vpc, EnableDnsSupport: {Value: true}, EnableDnsHostnames: {Value: true}}],
  DhcpOptions: [
    {
      DhcpOptionsId: 'dopt-0a1b2c3d4e5f60061',
      DhcpConfigurations: [
        {Key: 'domain-name', Values: [{Value: 'shop.example.com'}]},
        {Key: 'domain-name-servers', Values: [{Value: 'AmazonProvidedDNS'}]},
      ],
    },
  ],
  Subnets: [{SubnetId: subnet, VpcId: vpc, CidrBlock: '10.0.1.0/24', AvailabilityZoneId: 'use1-az1', OwnerId: owner}],
  RouteTables: [
    {
      RouteTableId: 'rtb-0a1b2c3d4e5f60031',
      VpcId: vpc,
      OwnerId: owner,
      Routes: [
        {DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active'},
        {DestinationCidrBlock: '203.0.113.0/24', GatewayId: 'igw-0a1b2c3d4e5f60051', State: 'active'},
      ],
      Associations: [{Main: true, RouteTableId: 'rtb-0a1b2c3d4e5f60031'}],
    },
  ],
  NetworkAcls: [
    {
      NetworkAclId: 'acl-0a1b2c3d4e5f60041',
      VpcId: vpc,
      Entries: [
        {
          RuleNumber: 100,
          Egress: true,
          RuleAction: 'allow',
          Protocol: '6',
          CidrBlock: '0.0.0.0/0',
          PortRange: {From: 443, To: 443},
        },
      ],
      Associations: [{NetworkAclId: 'acl-0a1b2c3d4e5f60041', SubnetId: subnet}],
    },
  ],
  SecurityGroups: [
    {
      ...group,
      VpcId: vpc,
      IpPermissions: [],
      IpPermissionsEgress: [
        {IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{CidrIp: '0.0.0.0/0', Description: 'to our shop'}]},
      ],
    },
  ],
  NetworkInterfaces: [{NetworkInterfaceId: 'eni-0a1b2c3d4e5f60011', Groups: [group], PrivateIpAddresses: [address]}],
  InternetGateways: [{InternetGatewayId: 'igw-0a1b2c3d4e5f60051', Attachments: [{VpcId: vpc, State: 'available'}]}],
  EgressOnlyInternetGateways: [],
  NatGateways: [
    {NatGatewayId: 'nat-0a1b2c3d4e5f60052', State: 'available', NatGatewayAddresses: [{PublicIp: '203.0.113.9'}]},
  ],
  VpcEndpoints: [
    {
      VpcEndpointId: 'vpce-0a1b2c3d4e5f600a1',
      VpcEndpointType: 'Interface',
      VpcId: vpc,
      ServiceName: 'com.amazonaws.us-east-1.ssm',
      State: 'available',
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: '*',
            Action: '*',
            Resource: '*',
            Condition: {StringEquals: {'aws:PrincipalArn': roleArn}},
          },
        ],
      },
      SubnetIds: [subnet],
      RouteTableIds: [],
      Groups: [group],
      NetworkInterfaceIds: ['eni-0a1b2c3d4e5f6a100'],
      DnsEntries: [{DnsName: 'ssm.us-east-1.amazonaws.com'}],
    },
  ],
  VpcPeeringConnections: [{VpcPeeringConnectionId: 'pcx-0a1b2c3d4e5f60072', Status: {Code: 'active'}}],
  ManagedPrefixLists: [
    {PrefixListId: 'pl-63a5400a', PrefixListName: 'com.amazonaws.us-east-1.s3', Entries: [{Cidr: '3.5.0.0/19'}]},
  ],
  VpcBlockPublicAccessOptions: [{AwsAccountId: owner, InternetGatewayBlockMode: 'off'}],
  ServiceNames: ['com.amazonaws.us-east-1.ssm'],
  TransitGateways: [{TransitGatewayId: 'tgw-0a1b2c3d4e5f60071', OwnerId: '444455556666', State: 'available'}],
  TransitGatewayVpcAttachments: [
    {
      TransitGatewayAttachmentId: 'tgw-attach-0a1b2c3d4e5f60001',
      TransitGatewayId: 'tgw-0a1b2c3d4e5f60071',
      VpcId: vpc,
      SubnetIds: [subnet],
      NatGatewaySupport: 'disabled',
      Association: {TransitGatewayPolicyTableId: 'tgw-ptb-0a1b2c3d4e5f60001'},
    },
  ],
  TransitGatewayRouteTables: [
    {
      TransitGatewayRouteTableId: 'tgw-rtb-0a1b2c3d4e5f60001',
      Associations: [],
      Routes: {unreadable: 'UnauthorizedOperation', error: 'UnauthorizedOperation'},
    },
  ],
  HostedZones: [
    {
      Id: 'Z01',
      Name: 'shop.example.com.',
      VPCs: [{VPCId: vpc, VPCRegion: 'us-east-1'}],
      ResourceRecordSets: [{Name: 'db.shop.example.com.', Type: 'A', ResourceRecords: [{Value: '10.0.1.11'}]}],
    },
  ],
  ProfileAssociations: [{Id: 'rpassoc-1', ProfileId: 'rp-1', ResourceId: vpc, Name: 'shop', Status: 'COMPLETE'}],
  ProfileResourceAssociations: [
    {
      Id: 'rpr-1',
      ProfileId: 'rp-1',
      ResourceArn: 'arn:aws:route53resolver:us-east-1:111122223333:firewall-rule-group/rslvr-frg-1',
      ResourceType: 'FIREWALL_RULE_GROUP',
    },
  ],
  ResolverRules: [
    {
      Id: 'rslvr-rr-1',
      DomainName: 'shop.example.com.',
      RuleType: 'FORWARD',
      TargetIps: [{Ip: '10.9.0.2', Port: 53}],
      VPCIds: [vpc],
    },
  ],
  FirewallRuleGroupAssociations: [
    {
      Id: 'rslvr-frgassoc-1',
      FirewallRuleGroupId: 'rslvr-frg-1',
      VpcId: vpc,
      Priority: 101,
      FirewallRules: [{Priority: 1, Action: 'BLOCK', Domains: ['*.shop.example.com.']}],
    },
  ],
  CoveredResources: [
    {resourceId: 'i-0a1b2c3d4e5f60010', accountId: owner, scanStatus: {statusCode: 'ACTIVE', reason: 'SUCCESSFUL'}},
  ],
  AccountStatuses: {unreadable: 'AccessDeniedException', error: 'AccessDeniedException'},
  CloudTrailEvents: [
    {
      EventId: '7d3c0b1e-0000-4000-8000-000000000001',
      EventName: 'RevokeSecurityGroupEgress',
      EventTime: '2026-11-19T14:02:00.000Z',
      ReadOnly: 'false',
      CloudTrailEvent: '{"eventName":"RevokeSecurityGroupEgress"}',
    },
  ],
  ConfigurationItems: [
    {
      resourceType: 'AWS::EC2::SecurityGroup',
      resourceId: 'sg-0a1b2c3d4e5f60001',
      configurationItemCaptureTime: '2026-11-18T09:00:00.000Z',
      configuration: '{"groupId":"sg-0a1b2c3d4e5f60001"}',
    },
  ],
}

/** The file with some of its keys replaced, or left out where the new value is undefined. */
export const accountIn = (json: unknown): Account => parseAccounts([{name: 'a', json}]).accounts[0]!

export const fileWith = (changes: {readonly [key: string]: unknown}): {readonly [key: string]: unknown} => {
  const entries = Object.entries({...fullAccountFile, ...changes})
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}
