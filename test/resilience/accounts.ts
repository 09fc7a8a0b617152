import type {Account, Route} from '../../src/model/account.ts'
import {withItems} from '../../src/model/edits.ts'
import {
  acl,
  behindEndpoints,
  behindNat,
  behindTransitGateway,
  entry,
  group,
  HUB,
  INSTANCE,
  id,
  local,
  NAT,
  OWNER,
  online,
  REGION,
  rule,
  table,
  to,
  VPC,
  withHubEndpoints,
} from '../support/network.ts'

const allow = (Action: readonly string[]) => ({
  Version: '2012-10-17',
  Statement: [{Effect: 'Allow', Action, Resource: '*'}],
})

const CORE = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'
const BOUNDARY = `arn:aws:iam::${OWNER}:policy/boundary`
const PEERING = id('pcx', 1)
const EGRESS_ONLY = id('eigw', 1)
const COMPANY_LIST = id('pl', 7)

/** What a real account has in addition to the path, so that every operation is called. */
const grown = (account: Account): Account => ({
  ...account,
  Caller: {Account: OWNER, Arn: `arn:aws:sts::${OWNER}:assumed-role/audit/me`, UserId: 'AROAEXAMPLE:me'},
  Roles: [
    {
      ...(account.Roles as readonly Extract<Account['Roles'], readonly unknown[]>[number][])[0],
      PermissionsBoundary: {PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: BOUNDARY},
    },
  ] as Account['Roles'],
  Policies: [
    {
      Arn: CORE,
      PolicyName: 'AmazonSSMManagedInstanceCore',
      DefaultVersionId: 'v2',
      PolicyVersionList: [
        {VersionId: 'v2', IsDefaultVersion: true, Document: allow(['ssm:*', 'ssmmessages:*', 'ec2messages:*'])},
      ],
    },
    {
      Arn: BOUNDARY,
      PolicyName: 'boundary',
      DefaultVersionId: 'v1',
      PolicyVersionList: [{VersionId: 'v1', IsDefaultVersion: true, Document: allow(['*'])}],
    },
  ],
  PolicySimulations: [
    {
      PolicySourceArn: `arn:aws:iam::${OWNER}:role/web`,
      EvaluationResults: ['ssm:UpdateInstanceInformation', 'ssmmessages:CreateControlChannel'].map(
        (EvalActionName) => ({
          EvalActionName,
          EvalDecision: 'allowed',
          OrganizationsDecisionDetail: {AllowedByOrganizations: true},
        }),
      ),
    },
  ],
  SessionPreferences: [{inputs: {cloudWatchStreamingEnabled: true}}],
  ConsoleOutputs: [{InstanceId: INSTANCE, Output: 'Linux version 6.1\nlogin:'}],
  RouteTables: withItems(account, 'RouteTables', (tables) =>
    tables.map((one) => (one.RouteTableId === id('rtb', 1) ? {...one, Routes: [...routesIn(one), ...SIDEWAYS]} : one)),
  ).RouteTables,
  SecurityGroups: withItems(account, 'SecurityGroups', (groups) =>
    groups.map((one) =>
      one.GroupId === id('sg', 1)
        ? {...one, IpPermissionsEgress: [...one.IpPermissionsEgress, rule(8443, {list: COMPANY_LIST})]}
        : one,
    ),
  ).SecurityGroups,
  ManagedPrefixLists: withItems(account, 'ManagedPrefixLists', (lists) => [
    ...lists,
    {PrefixListId: COMPANY_LIST, PrefixListName: 'offices', Entries: [{Cidr: '198.51.100.0/24'}]},
  ]).ManagedPrefixLists,
  VpcPeeringConnections: [
    {
      VpcPeeringConnectionId: PEERING,
      Status: {Code: 'active'},
      RequesterVpcInfo: {VpcId: VPC, CidrBlock: '10.0.0.0/16', Region: REGION, OwnerId: OWNER},
      AccepterVpcInfo: {VpcId: id('vpc', 9), CidrBlock: '10.200.0.0/16', Region: 'us-east-1', OwnerId: OWNER},
    },
  ],
  EgressOnlyInternetGateways: [{EgressOnlyInternetGatewayId: EGRESS_ONLY, Attachments: [{VpcId: VPC}]}],
  ResolverRules: [
    {Id: 'rslvr-rr-1', DomainName: 'corp.example.', RuleType: 'FORWARD', VPCIds: [VPC], TargetIps: [{Ip: '10.9.0.2'}]},
  ],
  FirewallRuleGroupAssociations: [
    {
      Id: 'rslvr-frgassoc-1',
      FirewallRuleGroupId: 'rslvr-frg-1',
      VpcId: VPC,
      Priority: 101,
      Status: 'COMPLETE',
      FirewallRules: [
        {
          Name: 'malware',
          Priority: 1,
          Action: 'BLOCK',
          FirewallDomainListId: 'rslvr-fdl-1',
          Domains: ['malware.example.'],
        },
      ],
    },
  ],
  HostedZones:
    Array.isArray(account.HostedZones) && account.HostedZones.length > 0
      ? account.HostedZones
      : [
          {
            Id: '/hostedzone/ZCORP',
            Name: 'corp.example.',
            VPCs: [{VPCId: VPC, VPCRegion: REGION}],
            ResourceRecordSets: [],
          },
        ],
  CoveredResources: [
    {
      resourceId: INSTANCE,
      accountId: OWNER,
      resourceType: 'AWS_EC2_INSTANCE',
      scanType: 'PACKAGE',
      scanStatus: {statusCode: 'ACTIVE', reason: 'SUCCESSFUL'},
    },
  ],
  AccountStatuses: [
    {accountId: OWNER, state: {status: 'ENABLED', errorCode: 'ALREADY_ENABLED', errorMessage: ''}},
  ] as unknown as Account['AccountStatuses'],
})

const routesIn = (one: {readonly Routes: readonly Route[] | object}): readonly Route[] =>
  Array.isArray(one.Routes) ? one.Routes : []

/** Routes that no packet of the agent uses. */
const SIDEWAYS: readonly Route[] = [
  to('10.200.0.0/16', {VpcPeeringConnectionId: PEERING}),
  {
    DestinationIpv6CidrBlock: '::/0',
    EgressOnlyInternetGatewayId: EGRESS_ONLY,
    Origin: 'CreateRoute',
    State: 'active',
  },
]

/** Block Public Access that blocks inbound traffic, which does not affect a NAT gateway. */
function blockedFromOutside(account: Account): Account {
  const InternetGatewayBlockMode = 'block-ingress' as const
  const states = {BlockPublicAccessStates: {InternetGatewayBlockMode}}
  return {
    ...account,
    VpcBlockPublicAccessOptions: [{InternetGatewayBlockMode, ManagedBy: 'account', ExclusionsAllowed: 'allowed'}],
    Vpcs: withItems(account, 'Vpcs', (vpcs) => vpcs.map((one) => ({...one, ...states}))).Vpcs,
    Subnets: withItems(account, 'Subnets', (subnets) => subnets.map((one) => ({...one, ...states}))).Subnets,
  }
}

const withFailedAssociation = (account: Account): Account => ({
  ...withItems(account, 'InstanceInformationList', (nodes) =>
    nodes.map((node) => ({...node, AssociationStatus: 'Failed'})),
  ),
  InstanceAssociations: [{InstanceId: INSTANCE, Name: 'AWS-RunPatchBaseline', Status: 'Failed'}],
})

/** In any account, the instance's agent never registered. */
const broken = (account: Account): Account => grown(account)

const GONE_NAT = table(
  1,
  VPC,
  [1],
  [local('10.0.0.0/16'), {...to('0.0.0.0/0', {NatGatewayId: NAT}), State: 'blackhole'}],
)

const LATE_REPLIES = [
  entry(100, true, 'allow'),
  entry(90, false, 'deny', '0.0.0.0/0', [1024, 65535]),
  entry(100, false, 'allow'),
]

/** Three healthy ones, one without an explanation, and four with more than one fault. */
export const ACCOUNTS: Readonly<Record<string, Account>> = {
  'online behind endpoints': online(grown(behindEndpoints)),
  'online behind a NAT gateway': online(grown(blockedFromOutside(behindNat))),
  'online behind a hub with endpoints': withFailedAssociation(online(grown(withHubEndpoints))),
  'absent, and nothing explains it': broken(behindNat),
  'absent: the endpoints allow no inbound traffic, the role trusts another': broken({
    ...behindEndpoints,
    SecurityGroups: [group(1, [], [rule('all', {cidr: '0.0.0.0/0'})]), group(2, [], [])],
    Roles: (behindEndpoints.Roles as readonly object[]).map((role) => ({
      ...role,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{Effect: 'Allow', Principal: {Service: 'rds.amazonaws.com'}, Action: 'sts:AssumeRole'}],
      },
    })) as unknown as Account['Roles'],
  }),
  'absent: the NAT gateway is deleted, DNS is disabled': broken({
    ...behindNat,
    RouteTables: [GONE_NAT, table(9, VPC, [9], [local('10.0.0.0/16')])],
    NatGateways: [],
    VpcAttributes: [{VpcId: VPC, EnableDnsSupport: {Value: false}, EnableDnsHostnames: {Value: false}}],
  }),
  'absent: the hub allows no replies in': broken({
    ...behindTransitGateway,
    NetworkAcls: [acl(1, VPC, [1, 3]), acl(5, HUB, [5]), acl(6, HUB, [6], LATE_REPLIES)],
  }),
  'online and at risk: the group allows nothing out': online(
    grown({...behindEndpoints, SecurityGroups: [group(1, [], []), group(2, [rule(443, {cidr: '10.0.0.0/16'})], [])]}),
  ),
}
