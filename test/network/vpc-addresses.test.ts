import {describe, expect, it} from 'vitest'
import {type Account, type Instance, itemsOf, type Route} from '../../src/model/account.ts'
import {walk} from '../../src/network/walk.ts'
import {
  ANYWHERE,
  eni,
  group,
  HUB,
  IGW,
  INSTANCE,
  id,
  instance,
  local,
  OPEN_ACL_IPV6,
  REGION,
  subnet,
  TGW,
  table,
  to,
  toIpv6,
  VPC,
  vpc,
  withHubEndpoints,
} from '../support/network.ts'

const pathOf = (account: Account) => {
  const web = itemsOf(account.Instances).find(({InstanceId}) => InstanceId === INSTANCE)
  return walk(account, web!).find(({service}) => service === 'ssm')!
}
const blockedIn = (account: Account) =>
  pathOf(account).hops.flatMap(({verdict, fault, because}) => (verdict === 'blocked' ? [[fault?.cause, because]] : []))

/** The hub has a block of public addresses, which are private there. */
const inPublicBlock: Account = JSON.parse(
  JSON.stringify(withHubEndpoints).replaceAll('10.8.0.0/16', '192.88.0.0/16').replaceAll('10.8.', '192.88.'),
)

const outThrough = (account: Account, ...routes: readonly Route[]): Account => ({
  ...account,
  Instances: [instance({}, '203.0.113.10')],
  InternetGateways: [{InternetGatewayId: IGW, Attachments: [{VpcId: VPC, State: 'available'}]}],
  RouteTables: [
    table(1, VPC, [1, 3], [local('10.0.0.0/16'), ...routes]),
    ...itemsOf(account.RouteTables).filter(({VpcId}) => VpcId === HUB),
  ],
})

describe('endpoints of a VPC with a block of public addresses', () => {
  it('are reached as others are', () => {
    expect(pathOf(inPublicBlock).verdict).toBe('open')
  })

  it('are not on the internet', () => {
    expect(blockedIn(outThrough(inPublicBlock, to('0.0.0.0/0', {GatewayId: IGW})))).toEqual([
      [
        'route.none',
        `Route table ${id('rtb', 1)} has no route to 192.88.6.20: it routes 0.0.0.0/0 to ${IGW} and so to the internet, which does not reach private addresses.`,
      ],
    ])
  })

  it('are meant by the addresses in a private zone', () => {
    const byAddress = (account: Account): Account => ({
      ...account,
      HostedZones: [
        {
          Id: '/hostedzone/ZADDRESSES',
          Name: `ssm.${REGION}.amazonaws.com.`,
          VPCs: [{VPCId: VPC}],
          ResourceRecordSets: [
            {Name: `ssm.${REGION}.amazonaws.com.`, Type: 'A', ResourceRecords: [{Value: '192.88.6.20'}]},
          ],
        },
      ],
    })
    expect(pathOf(byAddress(inPublicBlock))).toMatchObject({verdict: 'open', via: TGW})
    const SecurityGroups = itemsOf(inPublicBlock.SecurityGroups).map((one) =>
      one.GroupId === id('sg', 2) ? group(2, [], [ANYWHERE], HUB) : one,
    )
    expect(blockedIn(byAddress({...inPublicBlock, SecurityGroups})).map(([cause]) => cause)).toEqual([
      'endpoint.sg-blocks',
    ])
  })
})

describe('the IPv6 addresses of endpoints', () => {
  const [web] = itemsOf(withHubEndpoints.Instances)
  const {PrivateIpAddress: _, ...withoutIpv4} = web!
  const {PrivateIpAddress: __, ...card} = web!.NetworkInterfaces[0]!
  const EGRESS_ONLY = id('eigw', 1)
  const spoke = (target: Partial<Route>): Account => ({
    ...withHubEndpoints,
    Instances: [
      {
        ...withoutIpv4,
        NetworkInterfaces: [
          {...card, PrivateIpAddresses: [], Ipv6Addresses: [{Ipv6Address: '2001:db8:1::10'}]},
        ] as unknown as Instance['NetworkInterfaces'],
      },
    ],
    Vpcs: [
      vpc(VPC, '10.0.0.0/16', {Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: '2001:db8:1::/56'}]}),
      vpc(HUB, '10.8.0.0/16', {Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: '2001:db8:8::/56'}]}),
    ],
    Subnets: itemsOf(withHubEndpoints.Subnets).map((one) =>
      one.SubnetId === id('subnet', 1) ? subnet(1, '', {Ipv6Native: true}) : one,
    ),
    EgressOnlyInternetGateways: [
      {EgressOnlyInternetGatewayId: EGRESS_ONLY, Attachments: [{VpcId: VPC, State: 'attached'}]},
    ],
    RouteTables: itemsOf(withHubEndpoints.RouteTables).map((one) => ({
      ...one,
      Routes: [
        ...itemsOf(one.Routes),
        ...(one.VpcId === VPC
          ? [toIpv6('2001:db8:1::/56', {GatewayId: 'local'}), toIpv6('::/0', target)]
          : [toIpv6('2001:db8:8::/56', {GatewayId: 'local'}), toIpv6('::/0', {TransitGatewayId: TGW})]),
      ],
    })),
    NetworkAcls: itemsOf(withHubEndpoints.NetworkAcls).map((one) => ({
      ...one,
      Entries: OPEN_ACL_IPV6,
    })),
    SecurityGroups: itemsOf(withHubEndpoints.SecurityGroups).map((one) => ({
      ...one,
      IpPermissions: [{IpProtocol: '-1', Ipv6Ranges: [{CidrIpv6: '::/0'}]}],
      IpPermissionsEgress: [{IpProtocol: '-1', Ipv6Ranges: [{CidrIpv6: '::/0'}]}],
    })),
    VpcEndpoints: itemsOf(withHubEndpoints.VpcEndpoints).map((one) => ({
      ...one,
      IpAddressType: 'dualstack' as const,
      DnsOptions: {DnsRecordIpType: 'dualstack' as const},
    })),
    NetworkInterfaces: itemsOf(withHubEndpoints.NetworkInterfaces).map((one, at) =>
      one.VpcId === HUB ? {...eni(0, 0, '', []), ...one, Ipv6Addresses: [{Ipv6Address: `2001:db8:8::2${at}`}]} : one,
    ),
    HostedZones: itemsOf(withHubEndpoints.HostedZones).map((zone) => ({
      ...zone,
      ResourceRecordSets: itemsOf(zone.ResourceRecordSets).flatMap((record) => [record, {...record, Type: 'AAAA'}]),
    })),
    TransitGatewayRouteTables: itemsOf(withHubEndpoints.TransitGatewayRouteTables).map((one) => ({
      ...one,
      Routes: itemsOf(one.Routes).flatMap((route) => [route, {...route, DestinationCidrBlock: '::/0'}]),
    })),
  })

  it('are reached through a transit gateway', () => {
    expect(pathOf(spoke({TransitGatewayId: TGW})).verdict).toBe('open')
  })

  it('are not on the internet', () => {
    expect(blockedIn(spoke({EgressOnlyInternetGatewayId: EGRESS_ONLY}))).toEqual([
      [
        'route.none',
        expect.stringContaining(
          `routes ::/0 to ${EGRESS_ONLY} and so to the internet, which does not reach endpoints.`,
        ),
      ],
    ])
  })
})
