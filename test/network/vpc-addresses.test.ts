import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, type Instance, itemsOf, type Route} from '../../src/model/account.ts'
import {pathTo} from '../../src/network/walk.ts'
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
  OWNER,
  pathOf,
  REGION,
  s3Gateway,
  s3Route,
  subnet,
  TGW,
  table,
  to,
  toIpv6,
  VPC,
  vpc,
  withHubEndpoints,
} from '../support/network.ts'

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

// https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html#route-table-routes
describe('an endpoint of a hub whose block another VPC also has', () => {
  const TWIN = id('vpc', 3)
  const peering = (n: number, peer: string) => ({
    VpcPeeringConnectionId: id('pcx', n),
    Status: {Code: 'active' as const},
    RequesterVpcInfo: {VpcId: VPC, CidrBlock: '10.0.0.0/16', Region: REGION, OwnerId: OWNER},
    AccepterVpcInfo: {VpcId: peer, CidrBlock: '10.8.0.0/16', Region: REGION, OwnerId: OWNER},
  })
  const over = (n: number, hub = '10.8.0.0/16'): Account => ({
    ...withHubEndpoints,
    Vpcs: [vpc(VPC, '10.0.0.0/16'), vpc(HUB, hub), vpc(TWIN, '10.8.0.0/16')],
    VpcPeeringConnections: [peering(1, HUB), peering(2, TWIN)],
    TransitGatewayVpcAttachments: [],
    VpcEndpoints: [...itemsOf(withHubEndpoints.VpcEndpoints), s3Gateway([1])],
    RouteTables: [
      table(1, VPC, [1, 3], [local('10.0.0.0/16'), to('10.8.0.0/16', {VpcPeeringConnectionId: id('pcx', n)}), s3Route]),
      table(6, HUB, [5, 6], [local(hub), to('10.0.0.0/16', {VpcPeeringConnectionId: id('pcx', 1)})]),
    ],
  })
  const ENDPOINT = id('vpce', 1)

  it('is not reached through the peering connection of that VPC; a route to that of the hub is the fix', () => {
    expect(pathOf(over(1)).verdict).toBe('open')
    const report = examine({...over(2), InstanceInformationList: []}, INSTANCE)
    expect(report.causes[0]).toMatchObject({
      id: 'route.none',
      certainty: 'likely',
      resource: id('rtb', 1),
      message: expect.stringContaining(
        `routes 10.8.6.20 within VPC ${TWIN}, whose blocks contain it, while endpoint ${ENDPOINT} with this address is in VPC ${HUB}.`,
      ),
    })
    expect(report.checklist[0]).toMatchObject({
      title: `Route 10.8.0.0/16 of route table ${id('rtb', 1)} to ${id('pcx', 1)}`,
      alternatives: [{title: expect.stringContaining('Create interface endpoints')}],
    })
    expect(report.verified).toBe(true)
  })

  it('is not reached where it is that of the instance, whose local route keeps the traffic in it', () => {
    const inOwnBlock: Account = {
      ...over(1, '10.0.0.0/16'),
      NetworkInterfaces: itemsOf(withHubEndpoints.NetworkInterfaces).map((one) => ({
        ...one,
        ...(one.VpcId === HUB && {
          PrivateIpAddress: '10.0.6.20',
          PrivateIpAddresses: [{PrivateIpAddress: '10.0.6.20'}],
        }),
      })),
    }
    const report = examine({...inOwnBlock, InstanceInformationList: []}, INSTANCE)
    expect(report.causes[0]).toMatchObject({id: 'route.none', certainty: 'proven', resource: id('rtb', 1)})
    expect(report.checklist[0]?.title).toContain('Create interface endpoints')
    expect(report.verified).toBe(true)
  })

  it('is another matter than an interface that is no endpoint, for which one that is not visible may answer', () => {
    const account = over(2)
    const server = eni(7, 6, '10.8.6.50', [id('sg', 2)], HUB)
    const [web] = itemsOf(account.Instances)
    const path = pathTo({...account, NetworkInterfaces: [...itemsOf(account.NetworkInterfaces), server]}, web!, {
      service: 'any',
      host: '10.8.6.50',
      port: 443,
    })
    expect(path.verdict).toBe('unknown')
  })
})
