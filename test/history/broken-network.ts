import {itemsOf, type NetworkAcl, type RouteTable} from '../../src/model/account.ts'
import {
  aGroup,
  anInstance,
  aRouteTable,
  healthy,
  healthyBehindNat,
  OWNER,
  SUBNET,
  VPC,
  WEB,
  WEB_GROUP,
} from '../support/healthy.ts'
import {
  ACL,
  AT,
  aclWith,
  anAcl,
  base,
  behindNat,
  DEFAULT,
  ENI,
  entryRequest,
  IGW,
  inOtherGroup,
  isolated,
  LOCAL,
  NAT,
  natTables,
  OTHER_ACL,
  OTHER_GROUP,
  OTHER_TABLE,
  type Row,
  rule,
  TABLE,
  withTable,
} from './broken-accounts.ts'
import {event} from './events.ts'

const BLOCKED = {BlockPublicAccessStates: {InternetGatewayBlockMode: 'block-bidirectional'}} as const

export const NETWORK: readonly Row[] = [
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
  {
    name: 'a NAT gateway that is no longer listed, by the call that made it',
    account: {...natTables({...DEFAULT, State: 'blackhole'}), NatGateways: []},
    events: [
      event('DeleteNatGateway', AT, {DeleteNatGatewayRequest: {NatGatewayId: NAT}}),
      event(
        'CreateNatGateway',
        '09:00',
        {CreateNatGatewayRequest: {SubnetId: 'subnet-0aaaaaaaaaaaaaa2', AllocationId: 'eipalloc-0aaaaaaaaaaaaaa1'}},
        {
          response: {
            CreateNatGatewayResponse: {
              natGateway: {natGatewayId: NAT, subnetId: 'subnet-0aaaaaaaaaaaaaa2', vpcId: VPC},
            },
          },
        },
      ),
    ],
    cause: 'route.blackhole',
    by: 'DeleteNatGateway',
  },
  {
    name: 'an Elastic IP address that was disassociated, by the call that associated it',
    account: {...natTables({...LOCAL, DestinationCidrBlock: '0.0.0.0/0', GatewayId: IGW}), Instances: [anInstance()]},
    events: [
      event('DisassociateAddress', AT, {associationId: 'eipassoc-0aaaaaaaaaaaaaa1'}),
      event(
        'AssociateAddress',
        '09:00',
        {instanceId: WEB, allocationId: 'eipalloc-0aaaaaaaaaaaaaa1', allowReassociation: false},
        {response: {_return: true, associationId: 'eipassoc-0aaaaaaaaaaaaaa1'}},
      ),
    ],
    cause: 'igw.no-public-ip',
    by: 'DisassociateAddress',
  },
  {
    name: 'an Elastic IP address that was associated with another instance',
    account: {...natTables({...LOCAL, DestinationCidrBlock: '0.0.0.0/0', GatewayId: IGW}), Instances: [anInstance()]},
    events: [
      event(
        'AssociateAddress',
        AT,
        {instanceId: 'i-0bbbbbbbbbbbbbb02', allocationId: 'eipalloc-0aaaaaaaaaaaaaa1'},
        {response: {_return: true, associationId: 'eipassoc-0bbbbbbbbbbbbbb2'}},
      ),
      event(
        'AssociateAddress',
        '09:00',
        {instanceId: WEB, allocationId: 'eipalloc-0aaaaaaaaaaaaaa1'},
        {response: {_return: true, associationId: 'eipassoc-0aaaaaaaaaaaaaa1'}},
      ),
    ],
    cause: 'igw.no-public-ip',
    by: 'AssociateAddress',
  },
  {
    name: 'an exclusion from VPC Block Public Access that was deleted',
    account: {
      ...behindNat,
      Vpcs: itemsOf(behindNat.Vpcs).map((one) => ({...one, ...BLOCKED})),
      Subnets: itemsOf(behindNat.Subnets).map((one) => ({...one, ...BLOCKED})),
      VpcBlockPublicAccessOptions: [BLOCKED.BlockPublicAccessStates],
    },
    events: [
      event(
        'DeleteVpcBlockPublicAccessExclusion',
        AT,
        {DeleteVpcBlockPublicAccessExclusionRequest: {ExclusionId: 'vpcbpa-exclude-0aaaaaaaaaaaaaa1'}},
        {
          response: {
            DeleteVpcBlockPublicAccessExclusionResponse: {
              vpcBlockPublicAccessExclusion: {
                exclusionId: 'vpcbpa-exclude-0aaaaaaaaaaaaaa1',
                internetGatewayExclusionMode: 'allow-egress',
                resourceArn: `arn:aws:ec2:eu-west-1:${OWNER}:vpc/${VPC}`,
                state: 'delete-in-progress',
              },
              requestId: '00000000-0000-4000-8000-000000000000',
            },
          },
        },
      ),
    ],
    cause: 'bpa.bidirectional',
    by: 'DeleteVpcBlockPublicAccessExclusion',
  },
]
