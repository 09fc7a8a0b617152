import {type Account, type Instance, itemsOf, type Route, type Subnet} from '../../../src/model/account.ts'
import {
  ACL,
  acl,
  behindHubEndpoints,
  behindNat,
  eni,
  GROUP,
  group,
  HTTPS_FROM_VPC,
  HUB,
  HUB_SUBNET,
  HUB_TABLE,
  IGW,
  id,
  OPEN,
  PL_S3,
  PRIVATE_A,
  PRIVATE_B,
  PRIVATE_TABLE,
  PUBLIC_A,
  PUBLIC_TABLE,
  S3_GATEWAY,
  table,
  to,
  VPC,
  vpc,
  web,
  withoutEgress,
} from './account.ts'

export const NAT_INSTANCE = id('i', 55)
export const NAT_GROUP = id('sg', 15)

/** Egress through an instance that forwards. */
export const behindNatInstance = (change: Partial<Instance>, checks = false): Account => {
  const forwarder = {
    NetworkInterfaceId: id('eni', 56),
    SubnetId: PUBLIC_A,
    VpcId: VPC,
    PrivateIpAddress: '10.0.100.9',
    PrivateIpAddresses: [{Primary: true, PrivateIpAddress: '10.0.100.9'}],
    Groups: [{GroupId: NAT_GROUP}],
    SourceDestCheck: checks,
    Association: {PublicIp: '203.0.113.9'},
  }
  const nat: Instance = {
    ...web,
    InstanceId: NAT_INSTANCE,
    PrivateIpAddress: '10.0.100.9',
    SubnetId: PUBLIC_A,
    SourceDestCheck: checks,
    SecurityGroups: [{GroupId: NAT_GROUP}],
    NetworkInterfaces: [forwarder],
    ...change,
  }
  return {
    ...withoutEgress,
    Instances: [web, nat],
    SecurityGroups: [group(GROUP), group(NAT_GROUP, {IpPermissions: HTTPS_FROM_VPC})],
    NetworkInterfaces: [eni, forwarder],
    RouteTables: [
      table(
        PRIVATE_TABLE,
        [PRIVATE_A, PRIVATE_B],
        [to('0.0.0.0/0', {InstanceId: NAT_INSTANCE, NetworkInterfaceId: id('eni', 56)})],
      ),
      table(PUBLIC_TABLE, [PUBLIC_A], [to('0.0.0.0/0', {GatewayId: IGW})]),
    ],
  }
}

export const PCX = id('pcx', 81)

export const peering = (Code: 'active' | 'pending-acceptance' | 'expired') => ({
  VpcPeeringConnectionId: PCX,
  Status: {Code},
  RequesterVpcInfo: {VpcId: VPC, CidrBlock: '10.0.0.0/16', Region: 'us-east-1'},
  AccepterVpcInfo: {VpcId: HUB, CidrBlock: '10.8.0.0/16', Region: 'us-east-1'},
})

/** The hub's endpoints over a peering connection; the VPC itself has an internet gateway that is not used. */
export const behindPeering = (state: 'active' | 'pending-acceptance' | 'expired'): Account => ({
  ...behindHubEndpoints,
  VpcPeeringConnections: [peering(state)],
  RouteTables: [
    table(
      PRIVATE_TABLE,
      [PRIVATE_A, PRIVATE_B],
      [
        to('10.8.0.0/16', {VpcPeeringConnectionId: PCX}),
        {DestinationPrefixListId: PL_S3, GatewayId: S3_GATEWAY, State: 'active'},
      ],
    ),
    table(HUB_TABLE, [HUB_SUBNET], [to('10.0.0.0/16', {VpcPeeringConnectionId: PCX})], HUB),
  ],
})

const IPV6_ONLY: Subnet = {
  SubnetId: id('subnet', 26),
  VpcId: VPC,
  AvailabilityZone: 'us-east-1a',
  OwnerId: '111122223333',
  Ipv6Native: true,
  Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: '2001:db8:1:1::/64'}],
}

const ipv6Web: Instance = {
  ...web,
  SubnetId: IPV6_ONLY.SubnetId,
  PrivateIpAddress: '',
  NetworkInterfaces: [
    {
      NetworkInterfaceId: id('eni', 11),
      SubnetId: IPV6_ONLY.SubnetId,
      VpcId: VPC,
      PrivateIpAddresses: [],
      Ipv6Addresses: [{Ipv6Address: '2001:db8:1:1::10'}],
      Groups: [{GroupId: GROUP}],
    },
  ],
}

const v6Rule = (Egress: boolean) => ({
  Egress,
  RuleNumber: 110,
  RuleAction: 'allow' as const,
  Protocol: '-1',
  Ipv6CidrBlock: '::/0',
})

const LOCAL_IPV6: Route = {
  DestinationIpv6CidrBlock: '2001:db8:1::/56',
  GatewayId: 'local',
  State: 'active',
  Origin: 'CreateRouteTable',
}

export const ipv6Only: Account = {
  ...withoutEgress,
  Instances: [ipv6Web],
  Vpcs: [{...vpc(VPC, '10.0.0.0/16'), Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: '2001:db8:1::/56'}]}],
  Subnets: [IPV6_ONLY],
  RouteTables: [table(PRIVATE_TABLE, [IPV6_ONLY.SubnetId], [LOCAL_IPV6])],
  NetworkAcls: [acl(ACL, [IPV6_ONLY.SubnetId], [...OPEN, v6Rule(false), v6Rule(true)])],
  SecurityGroups: [group(GROUP, {IpPermissionsEgress: [{IpProtocol: '-1', Ipv6Ranges: [{CidrIpv6: '::/0'}]}]})],
  NetworkInterfaces: [],
}

/** Behind a NAT gateway, by these routes of IPv6 besides the local one, with DNS64 or without. */
export const behindNat64 = (EnableDns64: boolean, routes: readonly Route[]): Account => ({
  ...behindNat,
  Instances: [ipv6Web],
  Vpcs: itemsOf(ipv6Only.Vpcs),
  Subnets: [{...IPV6_ONLY, EnableDns64}, ...itemsOf(behindNat.Subnets)],
  RouteTables: [
    ...itemsOf(ipv6Only.RouteTables).map((one) => ({
      ...one,
      RouteTableId: id('rtb', 26),
      Routes: [...itemsOf(one.Routes), ...routes],
    })),
    ...itemsOf(behindNat.RouteTables).map((one) => ({...one, Routes: [...itemsOf(one.Routes), LOCAL_IPV6]})),
  ],
  NetworkAcls: [
    ...itemsOf(ipv6Only.NetworkAcls).map((one) => ({...one, NetworkAclId: id('acl', 26)})),
    ...itemsOf(behindNat.NetworkAcls).map((one) => ({...one, Entries: [...OPEN, v6Rule(false), v6Rule(true)]})),
  ],
  SecurityGroups: itemsOf(ipv6Only.SecurityGroups),
})
