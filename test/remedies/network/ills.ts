import type {Account, VpcEndpoint} from '../../../src/account/account.ts'
import {itemsOf} from '../../../src/account/account.ts'
import * as a from './account.ts'

export interface Ill {
  readonly name: string
  readonly account: Account
  readonly cause: string
  /** What is reached once the cause is gone. */
  readonly open: readonly string[]
  /** Causes that the account has beside this one, and keeps. */
  readonly others?: readonly string[]
}

const SSM = ['ssm', 'ssmmessages']
const ALL = ['ssm', 'ssmmessages', 'ec2messages', 's3']

const withEndpoints = (change: (endpoint: VpcEndpoint) => VpcEndpoint): readonly VpcEndpoint[] =>
  itemsOf(a.behindEndpoints.VpcEndpoints).map((endpoint) =>
    endpoint.VpcEndpointType === 'Interface' ? change(endpoint) : endpoint,
  )
const without = (...services: readonly string[]) =>
  itemsOf(a.behindEndpoints.VpcEndpoints).filter(
    ({ServiceName}) => !services.some((service) => ServiceName.endsWith(`.${service}`)),
  )
const natTables = (routes: Parameters<typeof a.table>[2], publicRoutes = [a.to('0.0.0.0/0', {GatewayId: a.IGW})]) => [
  a.table(a.PRIVATE_TABLE, [a.PRIVATE_A, a.PRIVATE_B], routes),
  a.table(a.PUBLIC_TABLE, [a.PUBLIC_A], publicRoutes),
]
const oneGroup = (change: Parameters<typeof a.group>[1]) => [
  a.group(a.GROUP, change),
  a.group(a.ENDPOINT_GROUP, {IpPermissions: a.HTTPS_FROM_VPC}),
]
const acls = (entries: Parameters<typeof a.acl>[2], publicEntries = a.OPEN) => [
  a.acl(a.ACL, [a.PRIVATE_A, a.PRIVATE_B], entries),
  a.acl(a.PUBLIC_ACL, [a.PUBLIC_A], publicEntries),
]

export const ills: readonly Ill[] = [
  {name: 'no route and no endpoint', account: a.bare, cause: 'route.none', open: SSM, others: ['s3.unreachable']},
  {name: 'no way to S3', account: a.bare, cause: 's3.unreachable', open: ['s3'], others: ['route.none']},
  {
    name: 'no egress at all, behind endpoints',
    account: {...a.behindEndpoints, SecurityGroups: oneGroup({IpPermissionsEgress: []})},
    cause: 'sg.no-egress-443',
    open: ALL,
  },
  {
    name: 'no egress at all, behind a NAT gateway',
    account: {...a.behindNat, SecurityGroups: oneGroup({IpPermissionsEgress: []})},
    cause: 'sg.no-egress-443',
    open: ALL,
  },
  {
    name: 'egress to a prefix list only',
    account: {
      ...a.behindNat,
      SecurityGroups: oneGroup({
        IpPermissionsEgress: [
          {IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{PrefixListId: a.PL_S3}]},
        ],
      }),
    },
    cause: 'sg.egress-prefix-list-only',
    open: ALL,
  },
  {
    name: 'endpoint group that admits nobody',
    account: {...a.behindEndpoints, SecurityGroups: [a.group(a.GROUP), a.group(a.ENDPOINT_GROUP)]},
    cause: 'endpoint.sg-blocks',
    open: ALL,
  },
  {
    name: 'network ACL without the request',
    account: {...a.behindNat, NetworkAcls: acls([a.rule(false, 100, 'allow'), a.rule(true, 100, 'allow', [80, 80])])},
    cause: 'nacl.egress-443',
    open: ALL,
  },
  {
    name: 'network ACL that denies the request before allowing all',
    account: {
      ...a.behindNat,
      NetworkAcls: acls([...a.OPEN, a.rule(true, 50, 'deny', [443, 443]), a.rule(true, 49, 'allow', [80, 80])]),
    },
    cause: 'nacl.egress-443',
    open: ALL,
  },
  {
    name: 'network ACL without replies',
    account: {...a.behindNat, NetworkAcls: acls([a.rule(true, 100, 'allow'), a.rule(false, 100, 'allow', [443, 443])])},
    cause: 'nacl.ingress-ephemeral',
    open: ALL,
  },
  {
    name: 'network ACL with half of the replies',
    account: {
      ...a.behindNat,
      NetworkAcls: acls([a.rule(true, 100, 'allow'), a.rule(false, 100, 'allow', [1024, 49151])]),
    },
    cause: 'nacl.partial-ephemeral',
    open: ALL,
  },
  {
    name: 'network ACL of the NAT gateway that is shut both ways',
    account: {...a.behindNat, NetworkAcls: acls(a.OPEN, [])},
    cause: 'nacl.nat-subnet',
    open: ALL,
  },
  {
    name: 'network ACL of the endpoints that sends no replies',
    account: {
      ...a.behindEndpoints,
      NetworkAcls: [
        a.acl(a.ACL, [a.PRIVATE_A], a.OPEN),
        a.acl(a.PUBLIC_ACL, [a.PRIVATE_B], [a.rule(false, 100, 'allow'), a.rule(true, 100, 'allow', [443, 443])]),
      ],
    },
    cause: 'nacl.endpoint-subnet',
    open: ALL,
  },
  {
    name: 'NAT gateway that is gone',
    account: {
      ...a.behindNat,
      NatGateways: [],
      RouteTables: natTables([a.to('0.0.0.0/0', {NatGatewayId: a.NAT}, 'blackhole')]),
    },
    cause: 'route.blackhole',
    open: ALL,
  },
  {
    name: 'ssm endpoint missing',
    account: {...a.behindEndpoints, VpcEndpoints: without('ssm')},
    cause: 'endpoint.ssm-missing',
    open: ALL,
  },
  {
    name: 'ssmmessages endpoint missing',
    account: {...a.behindEndpoints, VpcEndpoints: without('ssmmessages')},
    cause: 'endpoint.ssmmessages-missing',
    open: ALL,
  },
  {
    name: 'ec2messages endpoint missing',
    account: {
      ...a.behindEndpoints,
      VpcEndpoints: without('ec2messages'),
      InstanceInformationList: [{InstanceId: a.WEB, AgentVersion: '3.2.2303.0', PingStatus: 'Online'}],
    },
    cause: 'endpoint.ec2messages-missing',
    open: ALL,
  },
  {
    name: 'endpoints that failed',
    account: {...a.behindEndpoints, VpcEndpoints: withEndpoints((one) => ({...one, State: 'failed'}))},
    cause: 'endpoint.not-available',
    open: ALL,
  },
  {
    name: 'private DNS off',
    account: {
      ...a.behindEndpoints,
      VpcEndpoints: withEndpoints((one) => ({
        ...one,
        PrivateDnsEnabled: false,
        DnsEntries: one.DnsEntries.slice(0, 1),
      })),
    },
    cause: 'dns.private-dns-off',
    open: ALL,
  },
  {
    name: 'DNS hostnames off',
    account: {
      ...a.behindEndpoints,
      VpcAttributes: [{VpcId: a.VPC, EnableDnsSupport: {Value: true}, EnableDnsHostnames: {Value: false}}],
    },
    cause: 'dns.hostnames-off',
    open: ALL,
  },
  {
    name: 'DNS support off',
    account: {
      ...a.behindEndpoints,
      VpcAttributes: [{VpcId: a.VPC, EnableDnsSupport: {Value: false}, EnableDnsHostnames: {Value: true}}],
    },
    cause: 'dns.support-off',
    open: ALL,
  },
  {
    name: 'no DHCP options on Xen',
    account: {
      ...a.behindNat,
      Instances: [{...a.web, InstanceType: 't2.micro'}],
      Vpcs: itemsOf(a.behindNat.Vpcs).map((vpc) => ({...vpc, DhcpOptionsId: 'default'})),
      DhcpOptions: [],
    },
    cause: 'dns.none',
    open: ALL,
  },
  {
    name: 'internet gateway and no public address',
    account: {...a.bare, RouteTables: natTables([a.to('0.0.0.0/0', {GatewayId: a.IGW})])},
    cause: 'igw.no-public-ip',
    open: ALL,
  },
  {
    name: 'internet gateway that is detached',
    account: {
      ...a.behindNat,
      InternetGateways: [{InternetGatewayId: a.IGW, Attachments: []}],
      RouteTables: natTables(
        [a.to('0.0.0.0/0', {NatGatewayId: a.NAT})],
        [a.to('0.0.0.0/0', {GatewayId: a.IGW}, 'blackhole')],
      ),
    },
    cause: 'igw.detached',
    open: ALL,
  },
  {
    name: 'NAT gateway that failed',
    account: {...a.behindNat, NatGateways: [{...a.natGateway(a.NAT, a.PUBLIC_A), State: 'failed'}]},
    cause: 'nat.not-available',
    open: ALL,
  },
  {
    name: 'private NAT gateway',
    account: {...a.behindNat, NatGateways: [{...a.natGateway(a.NAT, a.PUBLIC_A), ConnectivityType: 'private'}]},
    cause: 'nat.private',
    open: ALL,
  },
  {
    name: 'NAT gateway in a subnet without a way out',
    account: {...a.behindNat, RouteTables: natTables([a.to('0.0.0.0/0', {NatGatewayId: a.NAT})], [])},
    cause: 'nat.subnet-no-igw',
    open: ALL,
  },
  {
    name: 'S3 gateway endpoint in another table',
    account: {
      ...a.behindEndpoints,
      RouteTables: natTables([]),
      VpcEndpoints: [
        ...withEndpoints((one) => one).filter(({VpcEndpointType}) => VpcEndpointType === 'Interface'),
        {...a.s3Gateway, RouteTableIds: []},
      ],
    },
    cause: 's3.gateway-not-routed',
    open: ALL,
  },
]
