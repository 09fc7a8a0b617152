import {itemsOf} from '../../../src/model/account.ts'
import * as a from './account.ts'
import {
  ALL,
  type NetworkFault,
  natTables,
  SSM,
  transit,
  withAttachment,
  withEndpoints,
  withTable,
} from './fault-accounts.ts'
import * as other from './other-accounts.ts'

export const faultsOfRoutes: readonly NetworkFault[] = [
  {
    name: 'no route and no endpoint',
    account: a.withoutEgress,
    cause: 'route.none',
    open: SSM,
    others: ['s3.unreachable'],
  },
  {
    name: 'NAT gateway that is deleted',
    account: {
      ...a.behindNat,
      NatGateways: [],
      RouteTables: natTables([a.to('0.0.0.0/0', {NatGatewayId: a.NAT}, 'blackhole')]),
    },
    cause: 'route.blackhole',
    open: ALL,
  },
  {
    name: 'internet gateway and no public address',
    account: {...a.withoutEgress, RouteTables: natTables([a.to('0.0.0.0/0', {GatewayId: a.IGW})])},
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
    name: 'propagated default route without its gateway',
    account: {
      ...a.behindNat,
      RouteTables: natTables([
        {...a.to('0.0.0.0/0', {GatewayId: a.id('vgw', 1)}, 'blackhole'), Origin: 'EnableVgwRoutePropagation'},
      ]),
    },
    cause: 'route.blackhole',
    open: ALL,
  },
  {
    name: 'private NAT gateway',
    account: {...a.behindNat, NatGateways: [{...a.natGateway(a.NAT, a.PUBLIC_A), ConnectivityType: 'private'}]},
    cause: 'nat.private',
    open: ALL,
  },
  {
    name: 'NAT gateway in a subnet without egress',
    account: {...a.behindNat, RouteTables: natTables([a.to('0.0.0.0/0', {NatGatewayId: a.NAT})], [])},
    cause: 'nat.subnet-no-igw',
    open: ALL,
  },
  {
    name: 'route that sends the endpoints elsewhere',
    account: {
      ...a.behindEndpoints,
      RouteTables: natTables([
        {DestinationPrefixListId: a.PL_S3, GatewayId: a.S3_GATEWAY, State: 'active'},
        a.to('10.0.2.0/24', {TransitGatewayId: a.TGW}),
      ]),
    },
    cause: 'route.more-specific-hijack',
    open: ALL,
  },
  {
    name: 'local route with another target, which is restored',
    account: {
      ...a.behindEndpoints,
      RouteTables: [
        {
          ...a.table(a.PRIVATE_TABLE, [a.PRIVATE_A, a.PRIVATE_B], []),
          Routes: [
            a.to('10.0.0.0/16', {TransitGatewayId: a.TGW}),
            {DestinationPrefixListId: a.PL_S3, GatewayId: a.S3_GATEWAY, State: 'active'},
          ],
        },
      ],
    },
    cause: 'route.more-specific-hijack',
    open: ALL,
  },
  {
    name: 'endpoints whose replies are routed elsewhere',
    account: {
      ...a.behindEndpoints,
      RouteTables: [
        a.table(
          a.PRIVATE_TABLE,
          [a.PRIVATE_A],
          [{DestinationPrefixListId: a.PL_S3, GatewayId: a.S3_GATEWAY, State: 'active'}],
        ),
        a.table(a.PUBLIC_TABLE, [a.PRIVATE_B], [a.to('10.0.1.0/24', {TransitGatewayId: a.TGW})]),
      ],
    },
    cause: 'route.more-specific-hijack',
    open: ALL,
  },
  {
    name: 'egress-only gateway as the only egress',
    account: {
      ...a.withoutEgress,
      RouteTables: natTables([
        {DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: a.id('eigw', 1), State: 'active'},
      ]),
    },
    cause: 'ipv6.eigw-only',
    open: SSM,
    others: ['s3.unreachable'],
  },
  {
    name: 'no public subnet, and a NAT gateway in a separate subnet',
    account: {
      ...a.behindNat,
      InternetGateways: [],
      RouteTables: natTables([a.to('0.0.0.0/0', {NatGatewayId: a.NAT})], []),
    },
    cause: 'nat.subnet-no-igw',
    open: ALL,
  },
  {
    name: 'NAT gateway in the subnet that it serves',
    account: {...a.behindNat, NatGateways: [a.natGateway(a.NAT, a.PRIVATE_B)]},
    cause: 'nat.subnet-no-igw',
    open: ALL,
  },
  {
    name: 'NAT instance that is stopped',
    account: other.behindNatInstance({State: {Code: 80, Name: 'stopped'}}),
    cause: 'nat-instance.stopped',
    open: [],
    others: ['route.unfollowed'],
  },
  {
    name: 'NAT instance that checks sources',
    account: other.behindNatInstance({}, true),
    cause: 'nat-instance.src-dst-check',
    open: [],
    others: ['route.unfollowed'],
  },
  {
    name: 'NAT instance whose group allows nothing',
    account: {
      ...other.behindNatInstance({}),
      SecurityGroups: [a.group(a.GROUP), a.group(other.NAT_GROUP, {IpPermissions: [], IpPermissionsEgress: []})],
    },
    cause: 'nat-instance.sg',
    open: [],
    others: ['route.unfollowed'],
  },
  {
    name: 'attachment that waits to be accepted',
    account: withAttachment({State: 'pendingAcceptance'}),
    cause: 'tgw.attachment-state',
    open: ALL,
  },
  {
    name: 'attachment that failed',
    account: withAttachment({State: 'failed'}),
    cause: 'tgw.attachment-state',
    open: ALL,
  },
  {
    name: 'attachment without the zone',
    account: withAttachment({SubnetIds: [a.PRIVATE_B]}),
    cause: 'tgw.no-subnet-in-az',
    open: ALL,
  },
  {
    name: 'attachment of the hub without the zone of its NAT gateway, where the public subnet is not enough',
    account: {
      ...a.behindHub,
      Subnets: [
        ...itemsOf(a.behindHub.Subnets),
        a.subnet(a.id('subnet', 48), '10.8.2.0/24', 'b', a.HUB),
        {SubnetId: a.id('subnet', 49), VpcId: a.HUB, AvailabilityZone: 'us-east-1a', Ipv6Native: true},
      ],
      RouteTables: itemsOf(a.behindHub.RouteTables).map((one) =>
        one.RouteTableId === a.HUB_TABLE
          ? a.table(
              a.HUB_TABLE,
              [a.HUB_SUBNET, a.id('subnet', 48), a.id('subnet', 49)],
              itemsOf(one.Routes).filter(({GatewayId}) => GatewayId !== 'local'),
              a.HUB,
            )
          : one,
      ),
      NetworkAcls: [
        a.acl(a.ACL, [a.PRIVATE_A, a.PRIVATE_B], a.OPEN),
        a.acl(a.PUBLIC_ACL, [a.HUB_SUBNET, a.HUB_PUBLIC, a.id('subnet', 48), a.id('subnet', 49)], a.OPEN, a.HUB),
      ],
      TransitGatewayVpcAttachments: itemsOf(a.behindHub.TransitGatewayVpcAttachments).map((one) =>
        one.VpcId === a.HUB ? {...one, SubnetIds: [a.id('subnet', 48)]} : one,
      ),
    },
    cause: 'tgw.no-subnet-in-az',
    open: ALL,
  },
  {
    name: 'transit gateway without a route',
    account: {...a.behindHub, TransitGatewayRouteTables: transit(a.behindHub, {[a.SPOKE_ROUTES]: []})},
    cause: 'tgw.no-route',
    open: ALL,
  },
  {
    name: 'transit gateway with a blackhole route',
    account: {
      ...a.behindHub,
      TransitGatewayRouteTables: transit(a.behindHub, {
        [a.SPOKE_ROUTES]: [{DestinationCidrBlock: '0.0.0.0/0', Type: 'static', State: 'blackhole'}],
      }),
    },
    cause: 'tgw.no-route',
    open: ALL,
  },
  {
    name: 'transit gateway with a blackhole route for each half of all addresses',
    account: {
      ...a.behindHub,
      TransitGatewayRouteTables: transit(a.behindHub, {
        [a.SPOKE_ROUTES]: ['0.0.0.0/1', '128.0.0.0/1'].map((half) => ({
          DestinationCidrBlock: half,
          Type: 'static' as const,
          State: 'blackhole' as const,
        })),
      }),
    },
    cause: 'tgw.no-route',
    open: ALL,
  },
  {
    name: 'transit gateway with a blackhole route for the subnet of the endpoints in the hub',
    account: {
      ...a.behindHubEndpoints,
      TransitGatewayRouteTables: transit(a.behindHubEndpoints, {
        [a.SPOKE_ROUTES]: [{DestinationCidrBlock: '10.8.1.0/24', Type: 'static', State: 'blackhole'}],
      }),
    },
    cause: 'tgw.no-route',
    open: ALL,
  },
  {
    name: 'transit gateway without a route to the endpoints of the hub',
    account: {
      ...a.behindHubEndpoints,
      TransitGatewayRouteTables: transit(a.behindHubEndpoints, {[a.SPOKE_ROUTES]: []}),
    },
    cause: 'tgw.no-route',
    open: ALL,
  },
  {
    name: 'attachment without a table',
    account: {
      ...a.behindHub,
      TransitGatewayRouteTables: itemsOf(a.behindHub.TransitGatewayRouteTables).map((one) =>
        one.TransitGatewayRouteTableId === a.SPOKE_ROUTES ? {...one, Associations: []} : one,
      ),
    },
    cause: 'tgw.no-route',
    open: ALL,
  },
  {
    name: 'transit gateway without a return route',
    account: {...a.behindHub, TransitGatewayRouteTables: transit(a.behindHub, {[a.HUB_ROUTES]: []})},
    cause: 'tgw.no-return',
    open: ALL,
  },
  {
    name: 'NAT subnet of the hub without a return route',
    account: withTable(
      a.behindHub,
      a.table(a.HUB_PUBLIC_TABLE, [a.HUB_PUBLIC], [a.to('0.0.0.0/0', {GatewayId: a.HUB_IGW})], a.HUB),
    ),
    cause: 'route.no-return',
    open: ALL,
  },
  {
    name: 'hub without a default route',
    account: withTable(
      a.behindHub,
      a.table(a.HUB_TABLE, [a.HUB_SUBNET], [a.to('10.0.0.0/16', {TransitGatewayId: a.TGW})], a.HUB),
    ),
    cause: 'route.none',
    open: ALL,
  },
  {
    name: 'hub that sends straight to its internet gateway',
    account: withTable(
      a.behindHub,
      a.table(
        a.HUB_TABLE,
        [a.HUB_SUBNET],
        [a.to('0.0.0.0/0', {GatewayId: a.HUB_IGW}), a.to('10.0.0.0/16', {TransitGatewayId: a.TGW})],
        a.HUB,
      ),
    ),
    cause: 'igw.no-public-ip',
    open: ALL,
  },
  {
    name: 'no route to the endpoints of the hub',
    account: withTable(
      a.behindHubEndpoints,
      a.table(
        a.PRIVATE_TABLE,
        [a.PRIVATE_A, a.PRIVATE_B],
        [{DestinationPrefixListId: a.PL_S3, GatewayId: a.S3_GATEWAY, State: 'active'}],
      ),
    ),
    cause: 'route.none',
    open: ALL,
  },
  {
    name: 'default route to a peer',
    account: {
      ...a.withoutEgress,
      RouteTables: natTables([a.to('0.0.0.0/0', {VpcPeeringConnectionId: other.PCX})]),
      VpcPeeringConnections: [other.peering('active')],
    },
    cause: 'pcx.edge-to-edge',
    open: ALL,
  },
  {
    name: 'peering with the hub that waits to be accepted',
    account: other.behindPeering('pending-acceptance'),
    cause: 'pcx.not-active',
    open: ALL,
  },
  {
    name: 'peering with the hub that expired',
    account: other.behindPeering('expired'),
    cause: 'pcx.not-active',
    open: ALL,
  },
  {
    name: 'IPv6-only subnet',
    account: other.ipv6Only,
    cause: 'ipv6.only-no-ipv4-path',
    open: SSM,
    others: ['ipv6.only-no-ipv4-path'],
  },
  {
    name: 'route to a NAT gateway for the addresses of DNS64, and DNS64 off',
    account: other.behindNat64(false, [
      {DestinationIpv6CidrBlock: '64:ff9b::/96', NatGatewayId: a.NAT, State: 'active', Origin: 'CreateRoute'},
    ]),
    cause: 'ipv6.only-no-ipv4-path',
    open: SSM,
    others: ['ipv6.only-no-ipv4-path'],
  },
  {
    name: 'DNS64 without a route to a NAT gateway for its addresses',
    account: other.behindNat64(true, []),
    cause: 'route.none',
    open: SSM,
    others: ['s3.unreachable', 's3.gateway-not-routed'],
  },
  {
    name: 'stopped NAT instance whose route is a blackhole route',
    account: {
      ...other.behindNatInstance({State: {Code: 80, Name: 'stopped'}}),
      RouteTables: natTables([
        a.to('0.0.0.0/0', {InstanceId: other.NAT_INSTANCE, NetworkInterfaceId: a.id('eni', 56)}, 'blackhole'),
      ]),
    },
    cause: 'nat-instance.stopped',
    open: [],
    others: ['route.unfollowed'],
  },
  {
    name: 'default route to a peer, which only S3 takes',
    account: {
      ...a.behindEndpoints,
      VpcEndpoints: withEndpoints((one) => one).filter(({VpcEndpointType}) => VpcEndpointType === 'Interface'),
      RouteTables: natTables([a.to('0.0.0.0/0', {VpcPeeringConnectionId: other.PCX})], []),
      InternetGateways: [],
      VpcPeeringConnections: [other.peering('active')],
    },
    cause: 'pcx.edge-to-edge',
    open: ALL,
  },
  {
    name: 'NAT gateway that no longer exists, next to endpoints whose private DNS is off and a gateway endpoint in another table',
    account: {
      ...a.behindEndpoints,
      InternetGateways: [],
      RouteTables: natTables([a.to('0.0.0.0/0', {NatGatewayId: a.NAT}, 'blackhole')], []),
      VpcAttributes: [{VpcId: a.VPC, EnableDnsSupport: {Value: true}, EnableDnsHostnames: {Value: false}}],
      VpcEndpoints: withEndpoints((one) => ({
        ...one,
        PrivateDnsEnabled: false,
        DnsEntries: one.DnsEntries.slice(0, 1),
      })).map((one) => (one.VpcEndpointType === 'Gateway' ? {...one, RouteTableIds: []} : one)),
    },
    cause: 'route.blackhole',
    open: ALL,
  },
]
