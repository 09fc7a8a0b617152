import type {Account, CloudTrailEvent, NetworkAcl, NetworkAclEntry, Route, RouteTable} from '../../src/model/account.ts'
import {withItem} from '../../src/model/joins.ts'
import {
  aGroup,
  allow,
  anEndpoint,
  anInstance,
  aRole,
  aRouteTable,
  CORE,
  ENDPOINT_GROUP,
  healthy,
  healthyBehindNat,
  OWNER,
  PROFILE,
  REGION,
  SUBNET,
  VPC,
  WEB,
  WEB_GROUP,
} from '../support/healthy.ts'
import {event} from './events.ts'

const ACL = 'acl-0aaaaaaaaaaaaaa01'
const OTHER_ACL = 'acl-0aaaaaaaaaaaaaa02'
const TABLE = 'rtb-0aaaaaaaaaaaaaa01'
const OTHER_TABLE = 'rtb-0aaaaaaaaaaaaaa03'
const ENI = 'eni-0aaaaaaaaaaaaaa01'
const NAT = 'nat-0aaaaaaaaaaaaaa01'
const IGW = 'igw-0aaaaaaaaaaaaaa01'
const OTHER_GROUP = 'sg-0aaaaaaaaaaaaaa09'
const CUSTOM = `arn:aws:iam::${OWNER}:policy/ssm-only`
const ASSOCIATION = 'iip-assoc-0aaaaaaaaaaaaaa01'

const unregistered = {InstanceInformationList: [], ConnectionStatuses: [], SessionPreferences: []}
const base: Account = {...healthy, ...unregistered}
/** The instance is in a security group that allows no outbound traffic. */
const inOtherGroup: Account = {
  ...base,
  Instances: [
    anInstance({
      SecurityGroups: [{GroupId: OTHER_GROUP}] as never,
      NetworkInterfaces: anInstance().NetworkInterfaces.map((one) => ({
        ...one,
        Groups: [{GroupId: OTHER_GROUP}] as never,
      })),
    }),
  ],
  SecurityGroups: [...(healthy.SecurityGroups as readonly never[]), aGroup(OTHER_GROUP, {IpPermissionsEgress: []})],
}

/** The subnet of the NAT gateway has an ACL of its own. */
const behindNat: Account = {
  ...healthyBehindNat,
  ...unregistered,
  NetworkAcls: [
    ...(healthyBehindNat.NetworkAcls as readonly NetworkAcl[]),
    {
      NetworkAclId: 'acl-0aaaaaaaaaaaaaa0f',
      VpcId: VPC,
      IsDefault: false,
      Associations: [
        {
          NetworkAclAssociationId: 'aclassoc-0aaaaaaaaaaaaaaf',
          NetworkAclId: 'acl-0aaaaaaaaaaaaaa0f',
          SubnetId: 'subnet-0aaaaaaaaaaaaaa2',
        },
      ],
      Entries: [true, false].map((Egress) => ({
        CidrBlock: '0.0.0.0/0',
        Egress,
        Protocol: '-1',
        RuleAction: 'allow',
        RuleNumber: 100,
      })),
    },
  ],
}

const rule = (Egress: boolean, RuleNumber: number, RuleAction: 'allow' | 'deny', Protocol = '-1'): NetworkAclEntry => ({
  CidrBlock: '0.0.0.0/0',
  Egress,
  Protocol,
  RuleAction,
  RuleNumber,
})
const aclWith = (account: Account, ...Entries: readonly NetworkAclEntry[]): Account =>
  withItem(account, 'NetworkAcls', 'NetworkAclId', ACL, (acl) => ({...acl, Entries}))
const entryRequest = (egress: boolean, ruleNumber: number, ruleAction: string, aclProtocol = '-1') => ({
  networkAclId: ACL,
  ruleNumber,
  egress,
  ruleAction,
  icmpTypeCode: {},
  portRange: {},
  aclProtocol,
  cidrBlock: '0.0.0.0/0',
})
const anAcl = (
  NetworkAclId: string,
  association: string | undefined,
  ...Entries: readonly NetworkAclEntry[]
): NetworkAcl => ({
  NetworkAclId,
  VpcId: VPC,
  IsDefault: false,
  Associations:
    association === undefined ? [] : [{NetworkAclAssociationId: association, NetworkAclId, SubnetId: SUBNET}],
  Entries,
})

const LOCAL: Route = {
  DestinationCidrBlock: '10.0.0.0/16',
  GatewayId: 'local',
  Origin: 'CreateRouteTable',
  State: 'active',
}
export const natTables = (...main: readonly Route[]): Account =>
  withItem(behindNat, 'RouteTables', 'RouteTableId', TABLE, (table) => ({...table, Routes: [LOCAL, ...main]}))
const DEFAULT: Route = {DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: NAT, Origin: 'CreateRoute', State: 'active'}
const withTable = (account: Account, table: RouteTable): Account => ({
  ...account,
  RouteTables: [...(account.RouteTables as readonly RouteTable[]), table],
})
const isolated = (...Associations: RouteTable['Associations'][number][]) =>
  aRouteTable({RouteTableId: OTHER_TABLE, Associations})

const role = (change: Parameters<typeof aRole>[0]): Account => ({...base, Roles: [aRole(change)]})
const deny = (Action: string) => ({Version: '2012-10-17', Statement: [{Effect: 'Deny', Action, Resource: '*'}]})
const inline = (PolicyName: string, PolicyDocument: object) => ({
  PolicyName,
  PolicyDocument: PolicyDocument as {readonly [key: string]: unknown},
})
const policy = (Document: object, VersionId: string) => ({
  PolicyName: 'ssm-only',
  PolicyId: 'ANPAEXAMPLE',
  Arn: CUSTOM,
  DefaultVersionId: VersionId,
  PolicyVersionList: [{VersionId, IsDefaultVersion: true, Document: Document as {readonly [key: string]: unknown}}],
})
const AGENT = ['ssm:*', 'ssmmessages:*', 'ec2messages:*']
const iam = {service: 'iam', response: null}
const withoutProfile = anInstance()
const {IamInstanceProfile: _, ...noProfile} = withoutProfile
const association = (arn: string, id = ASSOCIATION) => ({
  iamInstanceProfileAssociation: {associationId: id, instanceId: WEB, iamInstanceProfile: {arn, id: 'AIPAEXAMPLEWEB'}},
})

const endpoints = (change: Partial<ReturnType<typeof anEndpoint>>): Account => ({
  ...base,
  VpcEndpoints: [{...anEndpoint('ssm', 1), ...change}, anEndpoint('ssmmessages', 2), anEndpoint('ec2messages', 3)],
})
const SSM = 'vpce-0aaaaaaaaaaaaaa01'

interface Row {
  readonly name: string
  readonly account: Account
  readonly events: readonly CloudTrailEvent[]
  /** The cause, and the call that is responsible for it. */
  readonly cause: string
  readonly by: string
  /** What had to be assumed. */
  readonly likely?: true
}

const AT = '14:02'
/** What came before the change that broke it. */
export const isEarlier = ({EventTime = ''}: CloudTrailEvent) => EventTime.includes('T09:00')
/** Accounts that a change broke, with the change and what came before it. */
export const ROWS: readonly Row[] = [
  {
    name: 'a rule that was narrowed, by the call that made it',
    account: {
      ...base,
      SecurityGroups: [
        aGroup(WEB_GROUP, {
          IpPermissionsEgress: [{IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{CidrIp: '0.0.0.0/0'}]}],
        }),
        ...(healthy.SecurityGroups as readonly ReturnType<typeof aGroup>[]).slice(1),
      ],
    },
    events: [
      event('ModifySecurityGroupRules', AT, {
        ModifySecurityGroupRulesRequest: {
          GroupId: WEB_GROUP,
          SecurityGroupRule: {
            SecurityGroupRuleId: 'sgr-0aaaaaaaaaaaaaa01',
            tag: 1,
            SecurityGroupRule: {IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIpv4: '0.0.0.0/0'},
          },
        },
      }),
      event(
        'AuthorizeSecurityGroupEgress',
        '09:00',
        {groupId: WEB_GROUP, ipPermissions: {}},
        {
          response: {
            _return: true,
            securityGroupRuleSet: {
              items: [
                {
                  groupId: WEB_GROUP,
                  securityGroupRuleId: 'sgr-0aaaaaaaaaaaaaa01',
                  isEgress: true,
                  ipProtocol: '-1',
                  fromPort: -1,
                  toPort: -1,
                  cidrIpv4: '0.0.0.0/0',
                },
              ],
            },
          },
        },
      ),
    ],
    cause: 'sg.no-egress-443',
    by: 'ModifySecurityGroupRules',
  },
  {
    name: 'a rule that was revoked by its id',
    account: {
      ...base,
      SecurityGroups: [
        aGroup(WEB_GROUP, {IpPermissionsEgress: []}),
        ...(healthy.SecurityGroups as readonly ReturnType<typeof aGroup>[]).slice(1),
      ],
    },
    events: [
      event(
        'RevokeSecurityGroupEgress',
        AT,
        {groupId: WEB_GROUP, securityGroupRuleIds: {items: [{securityGroupRuleId: 'sgr-0aaaaaaaaaaaaaa01'}]}},
        {
          response: {
            _return: true,
            revokedSecurityGroupRuleSet: {
              items: [
                {
                  groupId: WEB_GROUP,
                  securityGroupRuleId: 'sgr-0aaaaaaaaaaaaaa01',
                  isEgress: true,
                  ipProtocol: '-1',
                  cidrIpv4: '0.0.0.0/0',
                },
              ],
            },
          },
        },
      ),
    ],
    cause: 'sg.no-egress-443',
    by: 'RevokeSecurityGroupEgress',
  },
  {
    name: 'an entry that was added',
    account: aclWith(behindNat, rule(true, 50, 'deny'), rule(true, 100, 'allow'), rule(false, 100, 'allow')),
    events: [event('CreateNetworkAclEntry', AT, entryRequest(true, 50, 'deny'))],
    cause: 'nacl.egress-443',
    by: 'CreateNetworkAclEntry',
  },
  {
    name: 'an entry that was replaced, by the call that made it',
    account: aclWith(behindNat, rule(true, 100, 'deny'), rule(false, 100, 'allow')),
    events: [
      event('ReplaceNetworkAclEntry', AT, entryRequest(true, 100, 'deny')),
      event('CreateNetworkAclEntry', '09:00', entryRequest(true, 100, 'allow')),
    ],
    cause: 'nacl.egress-443',
    by: 'ReplaceNetworkAclEntry',
  },
  {
    name: 'an entry that was replaced by one for ping',
    account: aclWith(
      behindNat,
      {...rule(true, 100, 'allow', '1'), IcmpTypeCode: {Type: 8, Code: -1}},
      rule(false, 100, 'allow'),
    ),
    events: [
      event('ReplaceNetworkAclEntry', AT, {
        ...entryRequest(true, 100, 'allow', '1'),
        icmpTypeCode: {type: 8, code: -1},
      }),
      event('CreateNetworkAclEntry', '09:00', entryRequest(true, 100, 'allow')),
    ],
    cause: 'nacl.egress-443',
    by: 'ReplaceNetworkAclEntry',
  },
  {
    name: 'an entry that was deleted, by the call that made it',
    account: aclWith(behindNat, rule(true, 100, 'allow')),
    events: [
      event('DeleteNetworkAclEntry', AT, {networkAclId: ACL, ruleNumber: 100, egress: false}),
      event('CreateNetworkAclEntry', '09:00', entryRequest(false, 100, 'allow')),
    ],
    cause: 'nacl.ingress-ephemeral',
    by: 'DeleteNetworkAclEntry',
  },
  {
    name: 'an ACL that was associated instead of another',
    account: {
      ...behindNat,
      NetworkAcls: [
        anAcl(ACL, undefined, rule(true, 100, 'allow'), rule(false, 100, 'allow')),
        anAcl(OTHER_ACL, 'aclassoc-0aaaaaaaaaaaaaa3'),
        ...(behindNat.NetworkAcls as readonly NetworkAcl[]).slice(1),
      ],
    },
    events: [
      event(
        'ReplaceNetworkAclAssociation',
        AT,
        {associationId: 'aclassoc-0aaaaaaaaaaaaaa2', networkAclId: OTHER_ACL},
        {response: {newAssociationId: 'aclassoc-0aaaaaaaaaaaaaa3'}},
      ),
      event(
        'ReplaceNetworkAclAssociation',
        '09:00',
        {associationId: 'aclassoc-0aaaaaaaaaaaaaa1', networkAclId: ACL},
        {response: {newAssociationId: 'aclassoc-0aaaaaaaaaaaaaa2'}, resources: [{ARN: SUBNET}]},
      ),
    ],
    cause: 'nacl.egress-443',
    by: 'ReplaceNetworkAclAssociation',
  },
  {
    name: 'a route that was deleted, by the call that made it',
    account: natTables(),
    events: [
      event('DeleteRoute', AT, {routeTableId: TABLE, destinationCidrBlock: '0.0.0.0/0'}),
      event('CreateRoute', '09:00', {routeTableId: TABLE, destinationCidrBlock: '0.0.0.0/0', natGatewayId: NAT}),
    ],
    cause: 'route.none',
    by: 'DeleteRoute',
  },
  {
    name: 'a route that was replaced, by the call that made it',
    account: natTables({
      ...DEFAULT,
      NatGatewayId: undefined,
      NetworkInterfaceId: 'eni-0bbbbbbbbbbbbbb01',
      State: 'blackhole',
    }),
    events: [
      event('ReplaceRoute', AT, {
        routeTableId: TABLE,
        destinationCidrBlock: '0.0.0.0/0',
        networkInterfaceId: 'eni-0bbbbbbbbbbbbbb01',
      }),
      event('CreateRoute', '09:00', {routeTableId: TABLE, destinationCidrBlock: '0.0.0.0/0', natGatewayId: NAT}),
    ],
    cause: 'route.blackhole',
    by: 'ReplaceRoute',
  },
  {
    name: 'a more specific route that was added',
    account: natTables(
      DEFAULT,
      {
        DestinationCidrBlock: '0.0.0.0/1',
        NetworkInterfaceId: 'eni-0bbbbbbbbbbbbbb01',
        Origin: 'CreateRoute',
        State: 'blackhole',
      },
      {
        DestinationCidrBlock: '128.0.0.0/1',
        NetworkInterfaceId: 'eni-0bbbbbbbbbbbbbb01',
        Origin: 'CreateRoute',
        State: 'blackhole',
      },
    ),
    events: [
      event('CreateRoute', AT, {
        routeTableId: TABLE,
        destinationCidrBlock: '0.0.0.0/1',
        networkInterfaceId: 'eni-0bbbbbbbbbbbbbb01',
      }),
      event('CreateRoute', '14:03', {
        routeTableId: TABLE,
        destinationCidrBlock: '128.0.0.0/1',
        networkInterfaceId: 'eni-0bbbbbbbbbbbbbb01',
      }),
    ],
    cause: 'route.blackhole',
    by: 'CreateRoute',
    likely: true,
  },
  {
    name: 'a table that was associated with the subnet',
    account: withTable(
      behindNat,
      isolated({
        Main: false,
        RouteTableAssociationId: 'rtbassoc-0aaaaaaaaaaaaaac',
        RouteTableId: OTHER_TABLE,
        SubnetId: SUBNET,
      }),
    ),
    events: [
      event(
        'AssociateRouteTable',
        AT,
        {routeTableId: OTHER_TABLE, subnetId: SUBNET},
        {response: {associationId: 'rtbassoc-0aaaaaaaaaaaaaac'}},
      ),
    ],
    cause: 'route.none',
    by: 'AssociateRouteTable',
  },
  {
    name: 'a table whose association ended',
    account: {
      ...withTable(behindNat, aRouteTable({RouteTableId: OTHER_TABLE, Associations: [], Routes: [LOCAL, DEFAULT]})),
      RouteTables: [
        ...(natTables().RouteTables as readonly RouteTable[]),
        aRouteTable({RouteTableId: OTHER_TABLE, Associations: [], Routes: [LOCAL, DEFAULT]}),
      ],
    },
    events: [
      event('DisassociateRouteTable', AT, {associationId: 'rtbassoc-0aaaaaaaaaaaaaac'}),
      event(
        'AssociateRouteTable',
        '09:00',
        {routeTableId: OTHER_TABLE, subnetId: SUBNET},
        {response: {associationId: 'rtbassoc-0aaaaaaaaaaaaaac'}},
      ),
    ],
    cause: 'route.none',
    by: 'DisassociateRouteTable',
  },
  {
    name: 'a table that was associated instead of another',
    account: {
      ...behindNat,
      RouteTables: [
        ...(behindNat.RouteTables as readonly RouteTable[]),
        isolated({
          Main: false,
          RouteTableAssociationId: 'rtbassoc-0aaaaaaaaaaaaaad',
          RouteTableId: OTHER_TABLE,
          SubnetId: SUBNET,
        }),
        aRouteTable({RouteTableId: 'rtb-0aaaaaaaaaaaaaa04', Associations: [], Routes: [LOCAL, DEFAULT]}),
      ],
    },
    events: [
      event(
        'ReplaceRouteTableAssociation',
        AT,
        {associationId: 'rtbassoc-0aaaaaaaaaaaaaac', routeTableId: OTHER_TABLE},
        {response: {newAssociationId: 'rtbassoc-0aaaaaaaaaaaaaad'}},
      ),
      event(
        'AssociateRouteTable',
        '09:00',
        {routeTableId: 'rtb-0aaaaaaaaaaaaaa04', subnetId: SUBNET},
        {response: {associationId: 'rtbassoc-0aaaaaaaaaaaaaac'}},
      ),
    ],
    cause: 'route.none',
    by: 'ReplaceRouteTableAssociation',
  },
  {
    name: 'a managed policy that was detached',
    account: role({AttachedManagedPolicies: []}),
    events: [event('DetachRolePolicy', AT, {roleName: 'web', policyArn: CORE}, iam)],
    cause: 'iam.no-registration-permission',
    by: 'DetachRolePolicy',
  },
  {
    name: 'a managed policy with a Deny that was attached',
    account: {
      ...role({
        AttachedManagedPolicies: [
          {PolicyName: 'core', PolicyArn: CORE},
          {PolicyName: 'ssm-only', PolicyArn: CUSTOM},
        ],
      }),
      Policies: [...(healthy.Policies as readonly never[]), policy(deny('ssm:*'), 'v1')],
    },
    events: [event('AttachRolePolicy', AT, {roleName: 'web', policyArn: CUSTOM}, iam)],
    cause: 'iam.explicit-deny',
    by: 'AttachRolePolicy',
  },
  {
    name: 'an inline policy that was put into a role made since',
    account: role({RolePolicyList: [inline('no', deny('ssm:*'))]}),
    events: [
      event(
        'PutRolePolicy',
        AT,
        {roleName: 'web', policyName: 'no', policyDocument: JSON.stringify(deny('ssm:*'))},
        iam,
      ),
      event('CreateRole', '09:00', {roleName: 'web', assumeRolePolicyDocument: '{}'}, iam),
    ],
    cause: 'iam.explicit-deny',
    by: 'PutRolePolicy',
  },
  {
    name: 'an inline policy that was replaced',
    account: role({AttachedManagedPolicies: [], RolePolicyList: [inline('agent', allow('s3:*'))]}),
    events: [
      event(
        'PutRolePolicy',
        AT,
        {roleName: 'web', policyName: 'agent', policyDocument: JSON.stringify(allow('s3:*'))},
        iam,
      ),
      event(
        'PutRolePolicy',
        '09:00',
        {roleName: 'web', policyName: 'agent', policyDocument: JSON.stringify(allow(AGENT))},
        iam,
      ),
    ],
    cause: 'iam.no-registration-permission',
    by: 'PutRolePolicy',
  },
  {
    name: 'an inline policy that was deleted, by the call that put it there',
    account: role({AttachedManagedPolicies: []}),
    events: [
      event('DeleteRolePolicy', AT, {roleName: 'web', policyName: 'agent'}, iam),
      event(
        'PutRolePolicy',
        '09:00',
        {roleName: 'web', policyName: 'agent', policyDocument: JSON.stringify(allow(AGENT))},
        iam,
      ),
    ],
    cause: 'iam.no-registration-permission',
    by: 'DeleteRolePolicy',
  },
  {
    name: 'a permissions boundary that was put on a role made since',
    account: {
      ...role({
        PermissionsBoundary: {PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: CUSTOM},
      }),
      Policies: [...(healthy.Policies as readonly never[]), policy(allow('s3:*'), 'v1')],
    },
    events: [
      event('PutRolePermissionsBoundary', AT, {roleName: 'web', permissionsBoundary: CUSTOM}, iam),
      event('CreateRole', '09:00', {roleName: 'web', assumeRolePolicyDocument: '{}'}, iam),
    ],
    cause: 'iam.boundary-blocks',
    by: 'PutRolePermissionsBoundary',
  },
  {
    name: 'a trust policy that was changed, by the call that made the role',
    account: role({AssumeRolePolicyDocument: allow('sts:AssumeRole', {Principal: {Service: 'rds.amazonaws.com'}})}),
    events: [
      event('UpdateAssumeRolePolicy', AT, {roleName: 'web', policyDocument: '{"Statement": []}'}, iam),
      event(
        'CreateRole',
        '09:00',
        {
          roleName: 'web',
          assumeRolePolicyDocument: JSON.stringify(
            allow('sts:AssumeRole', {Principal: {Service: 'ec2.amazonaws.com'}}),
          ),
        },
        iam,
      ),
    ],
    cause: 'iam.trust-missing-ec2',
    by: 'UpdateAssumeRolePolicy',
  },
  {
    name: 'a new version of a policy, by the call that made the policy',
    account: {
      ...role({AttachedManagedPolicies: [{PolicyName: 'ssm-only', PolicyArn: CUSTOM}]}),
      Policies: [policy(allow('s3:*'), 'v2')],
    },
    events: [
      event(
        'CreatePolicyVersion',
        AT,
        {policyArn: CUSTOM, policyDocument: JSON.stringify(allow('s3:*')), setAsDefault: true},
        {service: 'iam', response: {policyVersion: {versionId: 'v2', isDefaultVersion: true}}},
      ),
      event(
        'CreatePolicy',
        '09:00',
        {policyName: 'ssm-only', policyDocument: JSON.stringify(allow(AGENT))},
        {service: 'iam', response: {policy: {arn: CUSTOM, defaultVersionId: 'v1'}}},
      ),
    ],
    cause: 'iam.no-registration-permission',
    by: 'CreatePolicyVersion',
  },
  {
    name: 'a role that was taken out of the instance profile',
    account: {
      ...base,
      InstanceProfiles: [{Arn: PROFILE, InstanceProfileName: 'web', Roles: []} as never],
    },
    events: [event('RemoveRoleFromInstanceProfile', AT, {instanceProfileName: 'web', roleName: 'web'}, iam)],
    cause: 'iam.profile-empty',
    by: 'RemoveRoleFromInstanceProfile',
  },
  {
    name: 'an instance profile that was disassociated',
    account: {...base, Instances: [noProfile], IamInstanceProfileAssociations: []},
    events: [
      event(
        'DisassociateIamInstanceProfile',
        AT,
        {DisassociateIamInstanceProfileRequest: {AssociationId: ASSOCIATION}},
        {
          response: {DisassociateIamInstanceProfileResponse: association(PROFILE)},
        },
      ),
    ],
    cause: 'iam.no-profile',
    by: 'DisassociateIamInstanceProfile',
  },
  {
    name: 'a security group that was taken off an endpoint',
    account: {
      ...endpoints({}),
      SecurityGroups: [
        aGroup(WEB_GROUP),
        aGroup(ENDPOINT_GROUP, {IpPermissions: []}),
        aGroup(OTHER_GROUP, {
          IpPermissions: [{IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{CidrIp: '10.0.0.0/16'}]}],
        }),
      ],
    },
    events: ['vpce-0aaaaaaaaaaaaaa01', 'vpce-0aaaaaaaaaaaaaa02', 'vpce-0aaaaaaaaaaaaaa03'].map((VpcEndpointId) =>
      event('ModifyVpcEndpoint', AT, {
        ModifyVpcEndpointRequest: {VpcEndpointId, RemoveSecurityGroupId: {tag: 1, content: OTHER_GROUP}},
      }),
    ),
    cause: 'endpoint.sg-blocks',
    by: 'ModifyVpcEndpoint',
  },
  {
    name: 'the policy of an endpoint, by the call that made the endpoint',
    account: endpoints({PolicyDocument: deny('*')}),
    events: [
      event('ModifyVpcEndpoint', AT, {
        ModifyVpcEndpointRequest: {VpcEndpointId: SSM, PolicyDocument: JSON.stringify(deny('*'))},
      }),
      event(
        'CreateVpcEndpoint',
        '09:00',
        {CreateVpcEndpointRequest: {VpcId: VPC}},
        {
          response: {CreateVpcEndpointResponse: {vpcEndpoint: {vpcEndpointId: SSM}}},
        },
      ),
    ],
    cause: 'endpoint.policy-denies',
    by: 'ModifyVpcEndpoint',
  },
  {
    name: 'an endpoint that was deleted, by the call that made it',
    account: {...base, VpcEndpoints: [anEndpoint('ssmmessages', 2), anEndpoint('ec2messages', 3)]},
    events: [
      event('DeleteVpcEndpoints', AT, {DeleteVpcEndpointsRequest: {VpcEndpointId: {tag: 1, content: SSM}}}),
      event(
        'CreateVpcEndpoint',
        '09:00',
        {
          CreateVpcEndpointRequest: {
            VpcId: VPC,
            ServiceName: `com.amazonaws.${REGION}.ssm`,
            VpcEndpointType: 'Interface',
            SubnetId: {tag: 1, content: SUBNET},
            SecurityGroupId: {tag: 1, content: ENDPOINT_GROUP},
          },
        },
        {response: {CreateVpcEndpointResponse: {vpcEndpoint: {vpcEndpointId: SSM}}}},
      ),
    ],
    cause: 'endpoint.ssm-missing',
    by: 'DeleteVpcEndpoints',
  },
  {
    name: 'private DNS of an endpoint, which was enabled before',
    account: endpoints({PrivateDnsEnabled: false, DnsEntries: anEndpoint('ssm', 1).DnsEntries.slice(0, 1)}),
    events: [
      event('ModifyVpcEndpoint', AT, {ModifyVpcEndpointRequest: {VpcEndpointId: SSM, PrivateDnsEnabled: false}}),
    ],
    cause: 'dns.private-dns-off',
    by: 'ModifyVpcEndpoint',
    likely: true,
  },
  {
    name: 'an attribute of the VPC',
    account: {
      ...base,
      VpcAttributes: [{VpcId: VPC, EnableDnsSupport: {Value: false}, EnableDnsHostnames: {Value: true}}],
    },
    events: [event('ModifyVpcAttribute', AT, {vpcId: VPC, enableDnsSupport: {value: false}})],
    cause: 'dns.support-off',
    by: 'ModifyVpcAttribute',
    likely: true,
  },
  {
    name: 'an attribute of the VPC that an earlier call set otherwise',
    account: {
      ...base,
      VpcAttributes: [{VpcId: VPC, EnableDnsSupport: {Value: false}, EnableDnsHostnames: {Value: true}}],
    },
    events: [
      event('ModifyVpcAttribute', AT, {vpcId: VPC, enableDnsSupport: {value: false}}),
      event('ModifyVpcAttribute', '09:00', {vpcId: VPC, enableDnsSupport: {value: true}}),
    ],
    cause: 'dns.support-off',
    by: 'ModifyVpcAttribute',
  },
  {
    name: 'DHCP options that were associated instead of others',
    account: {
      ...base,
      Instances: [anInstance({InstanceType: 't2.micro'})],
      Vpcs: (healthy.Vpcs as readonly {VpcId: string}[]).map((vpc) => ({
        ...vpc,
        DhcpOptionsId: 'dopt-0aaaaaaaaaaaaaa02',
      })),
      DhcpOptions: [
        ...(healthy.DhcpOptions as readonly never[]),
        {
          DhcpOptionsId: 'dopt-0aaaaaaaaaaaaaa02',
          DhcpConfigurations: [{Key: 'domain-name', Values: [{Value: 'corp'}]}],
        },
      ],
    },
    events: [
      event('AssociateDhcpOptions', AT, {vpcId: VPC, dhcpOptionsId: 'dopt-0aaaaaaaaaaaaaa02'}),
      event('AssociateDhcpOptions', '09:00', {vpcId: VPC, dhcpOptionsId: 'dopt-0aaaaaaaaaaaaaa01'}),
    ],
    cause: 'dns.none',
    by: 'AssociateDhcpOptions',
  },
  {
    name: 'the groups of an instance, which an earlier call set',
    account: inOtherGroup,
    events: [
      event('ModifyInstanceAttribute', AT, {instanceId: WEB, groupSet: {items: [{groupId: OTHER_GROUP}]}}),
      event('ModifyNetworkInterfaceAttribute', '09:00', {
        networkInterfaceId: ENI,
        groupSet: {items: [{groupId: WEB_GROUP}]},
      }),
    ],
    cause: 'sg.no-egress-443',
    by: 'ModifyInstanceAttribute',
  },
  {
    name: 'the groups of a network interface, which the launch set',
    account: inOtherGroup,
    events: [
      event('ModifyNetworkInterfaceAttribute', AT, {
        networkInterfaceId: ENI,
        groupSet: {items: [{groupId: OTHER_GROUP}]},
      }),
      event(
        'RunInstances',
        '09:00',
        {},
        {
          response: {
            instancesSet: {
              items: [
                {
                  instanceId: WEB,
                  networkInterfaceSet: {items: [{networkInterfaceId: ENI, groupSet: {items: [{groupId: WEB_GROUP}]}}]},
                },
              ],
            },
          },
        },
      ),
    ],
    cause: 'sg.no-egress-443',
    by: 'ModifyNetworkInterfaceAttribute',
  },
  {
    name: 'the metadata service, which was enabled before',
    account: {
      ...base,
      Instances: [
        anInstance({
          MetadataOptions: {
            State: 'applied',
            HttpEndpoint: 'disabled',
            HttpTokens: 'required',
            HttpPutResponseHopLimit: 2,
          },
        }),
      ],
    },
    events: [
      event('ModifyInstanceMetadataOptions', AT, {
        ModifyInstanceMetadataOptionsRequest: {InstanceId: WEB, HttpEndpoint: 'disabled'},
      }),
    ],
    cause: 'imds.disabled',
    by: 'ModifyInstanceMetadataOptions',
    likely: true,
  },
  {
    name: 'an instance that was stopped',
    account: {...base, Instances: [anInstance({State: {Code: 80, Name: 'stopped'}})]},
    events: [event('StopInstances', AT, {instancesSet: {items: [{instanceId: WEB}]}, force: false})],
    cause: 'instance.not-running',
    by: 'StopInstances',
  },
  {
    name: 'an internet gateway that was detached',
    account: {...behindNat, InternetGateways: [{InternetGatewayId: IGW, Attachments: []}]},
    events: [event('DetachInternetGateway', AT, {internetGatewayId: IGW, vpcId: VPC})],
    cause: 'igw.detached',
    by: 'DetachInternetGateway',
  },
  {
    name: 'a NAT gateway that was deleted',
    account: {
      ...natTables({...DEFAULT, State: 'blackhole'}),
      NatGateways: (healthyBehindNat.NatGateways as readonly object[]).map((nat) => ({
        ...nat,
        State: 'deleted',
        DeleteTime: '2026-11-20T11:30:00.000Z',
      })) as never,
    },
    events: [event('DeleteNatGateway', AT, {DeleteNatGatewayRequest: {NatGatewayId: NAT}})],
    cause: 'nat.not-available',
    by: 'DeleteNatGateway',
  },
]
