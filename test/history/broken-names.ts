import {type Account, itemsOf} from '../../src/model/account.ts'
import {AGENT_SERVICES} from '../../src/model/partition.ts'
import {
  aGroup,
  anEndpoint,
  anInstance,
  ENDPOINT_GROUP,
  healthy,
  healthyBehindNat,
  REGION,
  SUBNET,
  VPC,
  WEB_GROUP,
} from '../support/healthy.ts'
import {AT, base, deny, endpoints, NAT, OTHER_GROUP, type Row, SSM} from './broken-accounts.ts'
import {event} from './events.ts'

/** A subnet with IPv6 only that routes the addresses of DNS64 to a NAT gateway. */
const behindNat64: Account = {
  ...base,
  ...healthyBehindNat,
  InstanceInformationList: [],
  ConnectionStatuses: [],
  Instances: [
    anInstance({
      PrivateIpAddress: '',
      NetworkInterfaces: anInstance().NetworkInterfaces.map((one) => ({
        ...one,
        PrivateIpAddress: '',
        PrivateIpAddresses: [],
        Ipv6Addresses: [{Ipv6Address: '2001:db8:1:1::10'}],
      })),
    }),
  ],
  NetworkAcls: itemsOf(healthyBehindNat.NetworkAcls).map((one) => ({
    ...one,
    Entries: [true, false].flatMap((Egress) =>
      [{CidrBlock: '0.0.0.0/0'}, {Ipv6CidrBlock: '::/0'}].map((block, n) => ({
        ...block,
        Egress,
        RuleNumber: 100 + n,
        RuleAction: 'allow' as const,
        Protocol: '-1',
      })),
    ),
  })),
  SecurityGroups: [aGroup(WEB_GROUP, {IpPermissionsEgress: [{IpProtocol: '-1', Ipv6Ranges: [{CidrIpv6: '::/0'}]}]})],
  Subnets: itemsOf(healthyBehindNat.Subnets).map((one) => ({...one, Ipv6Native: one.SubnetId === SUBNET})),
  RouteTables: itemsOf(healthyBehindNat.RouteTables).map((one) => ({
    ...one,
    Routes: [
      ...itemsOf(one.Routes),
      {DestinationIpv6CidrBlock: '2001:db8:1::/48', GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active'},
      {DestinationIpv6CidrBlock: '64:ff9b::/96', NatGatewayId: NAT, Origin: 'CreateRoute', State: 'active'},
    ],
  })),
}

const MADE = ['vpce-0aaaaaaaaaaaaaa01', 'vpce-0aaaaaaaaaaaaaa02', 'vpce-0aaaaaaaaaaaaaa03']

export const ENDPOINTS_AND_NAMES: readonly Row[] = [
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
    name: 'all endpoints of a VPC without another way out, by the calls that made them',
    account: {...base, VpcEndpoints: []},
    events: [
      event('DeleteVpcEndpoints', AT, {
        DeleteVpcEndpointsRequest: {VpcEndpointId: MADE.map((content, n) => ({tag: n + 1, content}))},
      }),
      ...MADE.map((vpcEndpointId, n) =>
        event(
          'CreateVpcEndpoint',
          '09:00',
          {
            CreateVpcEndpointRequest: {
              VpcId: VPC,
              ServiceName: `com.amazonaws.${REGION}.${AGENT_SERVICES[n]}`,
              VpcEndpointType: 'Interface',
              SubnetId: {tag: 1, content: SUBNET},
              SecurityGroupId: {tag: 1, content: ENDPOINT_GROUP},
            },
          },
          {response: {CreateVpcEndpointResponse: {vpcEndpoint: {vpcEndpointId}}}},
        ),
      ),
    ],
    cause: 'route.none',
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
    name: 'DNS64 of a subnet with IPv6 only',
    account: behindNat64,
    events: [event('ModifySubnetAttribute', AT, {subnetId: SUBNET, enableDns64: {value: false}})],
    cause: 'ipv6.only-no-ipv4-path',
    by: 'ModifySubnetAttribute',
    likely: true,
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
]
