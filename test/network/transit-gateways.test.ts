import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {
  type Account,
  type InstanceNetworkInterface,
  itemsOf,
  type TransitGatewayRouteTable,
} from '../../src/model/account.ts'
import {pathTo} from '../../src/network/walk.ts'
import {
  ANYWHERE,
  acl,
  behindTransitGateway,
  group,
  HUB,
  INSTANCE,
  id,
  instance,
  local,
  NAT,
  natGateway,
  OPEN_ACL_IPV6,
  OWNER,
  online,
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

const OTHER_TGW = id('tgw', 2)
const MIDDLE = id('vpc', 3)
const PEERING = id('tgw-attach', 9)

const attachment = (n: number, TransitGatewayId: string, VpcId: string, subnetNumber: number) => ({
  TransitGatewayAttachmentId: id('tgw-attach', n),
  TransitGatewayId,
  VpcId,
  VpcOwnerId: OWNER,
  State: 'available' as const,
  SubnetIds: [id('subnet', subnetNumber)],
})

const gatewayTable = (
  n: number,
  TransitGatewayId: string,
  attached: string,
  routes: Readonly<Record<string, readonly [type: 'vpc' | 'peering', resource: string, attachment: string]>>,
): TransitGatewayRouteTable => ({
  TransitGatewayRouteTableId: id('tgw-rtb', n),
  TransitGatewayId,
  Associations: [{TransitGatewayAttachmentId: attached, State: 'associated'}],
  Routes: Object.entries(routes).map(([DestinationCidrBlock, [ResourceType, ResourceId, there]]) => ({
    DestinationCidrBlock,
    State: 'active' as const,
    Type: 'static' as const,
    TransitGatewayAttachments: [{TransitGatewayAttachmentId: there, ResourceId, ResourceType}],
  })),
})

const gateway = (TransitGatewayId: string, OwnerId = OWNER) => ({
  TransitGatewayId,
  OwnerId,
  State: 'available' as const,
})

const ENDPOINT = '10.8.6.20'
const pathToEndpoint = (account: Account) =>
  pathTo(account, itemsOf(account.Instances)[0]!, {service: 'ssm', host: ENDPOINT, port: 443})

/** The routes of the hub, whose subnets are 5 and 6, to the spoke by this transit gateway. */
const hubTables = (TransitGatewayId: string) =>
  [5, 6].map((n) => table(n, HUB, [n], [local('10.8.0.0/16'), to('10.0.0.0/16', {TransitGatewayId})]))

describe('two peered transit gateways', () => {
  const peeredTables = [
    gatewayTable(1, TGW, id('tgw-attach', 1), {'10.8.0.0/16': ['peering', OTHER_TGW, PEERING]}),
    gatewayTable(2, OTHER_TGW, PEERING, {'10.8.0.0/16': ['vpc', HUB, id('tgw-attach', 2)]}),
    gatewayTable(3, OTHER_TGW, id('tgw-attach', 2), {'10.0.0.0/16': ['peering', TGW, PEERING]}),
    gatewayTable(4, TGW, PEERING, {'10.0.0.0/16': ['vpc', VPC, id('tgw-attach', 1)]}),
  ]
  const peered: Account = {
    ...withHubEndpoints,
    RouteTables: [...itemsOf(withHubEndpoints.RouteTables).filter(({VpcId}) => VpcId === VPC), ...hubTables(OTHER_TGW)],
    TransitGateways: [gateway(TGW), gateway(OTHER_TGW)],
    TransitGatewayVpcAttachments: [attachment(1, TGW, VPC, 3), attachment(2, OTHER_TGW, HUB, 5)],
    TransitGatewayRouteTables: peeredTables,
  }
  const without = (n: number): Account => ({
    ...peered,
    TransitGatewayRouteTables: peeredTables.map((one, i) => (i === n - 1 ? {...one, Routes: []} : one)),
  })

  // https://docs.aws.amazon.com/vpc/latest/tgw/tgw-peering.html
  it('are traced in both directions if both are in the collected data', () => {
    const {verdict, hops} = pathToEndpoint(peered)
    expect(verdict).toBe('open')
    expect(hops.filter(({at}) => at === 'gateway').map(({resource}) => resource)).toEqual(
      [1, 2, 3, 4].map((n) => id('tgw-rtb', n)),
    )
  })

  it.each([
    [1, 'tgw.no-route'],
    [2, 'tgw.no-route'],
    [3, 'tgw.no-return'],
    [4, 'tgw.no-return'],
  ])('drop the traffic if table %i of the four has no route', (n, cause) => {
    const blocked = pathToEndpoint(without(n)).hops.filter(({verdict}) => verdict === 'blocked')
    expect(blocked.map(({resource, fault}) => [resource, fault?.cause])).toEqual([[id('tgw-rtb', n), cause]])
  })

  it('are unknown if the other one belongs to another account', () => {
    const foreign: Account = {
      ...peered,
      TransitGateways: [gateway(TGW), gateway(OTHER_TGW, '999988887777')],
      TransitGatewayRouteTables: peeredTables.filter(({TransitGatewayId}) => TransitGatewayId === TGW),
    }
    const {verdict, hops} = pathToEndpoint(foreign)
    expect(verdict).toBe('unknown')
    expect(hops.find((hop) => hop.verdict === 'unknown')).toMatchObject({
      resource: OTHER_TGW,
      because: expect.stringContaining('owned by account 999988887777'),
    })
  })
})

describe('a VPC between two transit gateways', () => {
  const middleRoutes = [
    local('10.4.0.0/16'),
    to('10.8.0.0/16', {TransitGatewayId: OTHER_TGW}),
    to('10.0.0.0/16', {TransitGatewayId: TGW}),
  ]
  const between = (routes = middleRoutes): Account => ({
    ...withHubEndpoints,
    Vpcs: [...itemsOf(withHubEndpoints.Vpcs), vpc(MIDDLE, '10.4.0.0/16')],
    Subnets: [...itemsOf(withHubEndpoints.Subnets), subnet(7, '10.4.7.0/24', {VpcId: MIDDLE})],
    NetworkAcls: [...itemsOf(withHubEndpoints.NetworkAcls), acl(7, MIDDLE, [7])],
    RouteTables: [
      ...itemsOf(withHubEndpoints.RouteTables).filter(({VpcId}) => VpcId === VPC),
      ...hubTables(OTHER_TGW),
      table(7, MIDDLE, [7], routes),
    ],
    TransitGateways: [gateway(TGW), gateway(OTHER_TGW)],
    TransitGatewayVpcAttachments: [
      attachment(1, TGW, VPC, 3),
      attachment(3, TGW, MIDDLE, 7),
      attachment(4, OTHER_TGW, MIDDLE, 7),
      attachment(2, OTHER_TGW, HUB, 5),
    ],
    TransitGatewayRouteTables: [
      gatewayTable(1, TGW, id('tgw-attach', 1), {'10.8.0.0/16': ['vpc', MIDDLE, id('tgw-attach', 3)]}),
      gatewayTable(2, TGW, id('tgw-attach', 3), {'10.0.0.0/16': ['vpc', VPC, id('tgw-attach', 1)]}),
      gatewayTable(3, OTHER_TGW, id('tgw-attach', 4), {'10.8.0.0/16': ['vpc', HUB, id('tgw-attach', 2)]}),
      gatewayTable(4, OTHER_TGW, id('tgw-attach', 2), {'10.0.0.0/16': ['vpc', MIDDLE, id('tgw-attach', 4)]}),
    ],
  })

  it('is traced in both directions', () => {
    expect(pathToEndpoint(between()).verdict).toBe('open')
  })

  it('drops the reply if its route table has no return route', () => {
    const path = pathToEndpoint(between(middleRoutes.slice(0, 2)))
    expect(path.verdict).toBe('blocked')
    expect(path.hops.find(({verdict}) => verdict === 'blocked')).toMatchObject({
      resource: id('rtb', 7),
      direction: 'reply',
      fault: {cause: 'route.no-return'},
    })
  })

  it('that sends the traffic back and forth does not cause an endless loop', () => {
    const account = between()
    const circle: Account = {
      ...account,
      RouteTables: [
        ...itemsOf(account.RouteTables).filter(({VpcId}) => VpcId !== MIDDLE),
        table(7, MIDDLE, [7], [local('10.4.0.0/16'), to('10.0.0.0/8', {TransitGatewayId: TGW})]),
      ],
      TransitGatewayRouteTables: [
        gatewayTable(1, TGW, id('tgw-attach', 1), {'10.8.0.0/16': ['vpc', MIDDLE, id('tgw-attach', 3)]}),
        gatewayTable(2, TGW, id('tgw-attach', 3), {'10.8.0.0/16': ['vpc', MIDDLE, id('tgw-attach', 3)]}),
      ],
    }
    expect(pathToEndpoint(circle).hops.map(({verdict}) => verdict)).toContain('unknown')
  })
})

/** https://docs.aws.amazon.com/vpc/latest/tgw/tgw-route-tables.html */
describe('a blackhole route for the reply', () => {
  const dropping: Account = {
    ...withHubEndpoints,
    TransitGatewayRouteTables: itemsOf(withHubEndpoints.TransitGatewayRouteTables).map((one, i) =>
      i === 0
        ? one
        : {
            ...one,
            Routes: [...itemsOf(one.Routes), {DestinationCidrBlock: '10.0.1.0/24', State: 'blackhole', Type: 'static'}],
          },
    ),
  }
  const report = examine(dropping, INSTANCE)

  it('is named, although a shorter route has the way back', () => {
    expect(report.causes.find((cause) => cause.id === 'tgw.no-return')?.message).toContain(
      'drops the reply: its route 10.0.1.0/24 is a blackhole route.',
    )
  })

  it('is replaced itself', () => {
    const titles = report.checklist.map(({title}) => title)
    expect(titles).toContainEqual(
      expect.stringMatching(/^Route 10\.0\.1\.0\/24, which contains the instance, in tgw-rtb-/),
    )
    expect(report.verified).toBe(true)
  })
})

// https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-scenarios.html#private-nat-overlapping-networks
describe('a missing route for replies to a private NAT gateway', () => {
  const BLOCKS = ['10.0.0.0/16', '100.64.0.0/16']
  const locals = BLOCKS.map(local)
  const translated: Account = {
    ...withHubEndpoints,
    Vpcs: [
      vpc(VPC, '10.0.0.0/16', {CidrBlockAssociationSet: BLOCKS.map((CidrBlock) => ({CidrBlock}))}),
      vpc(HUB, '10.8.0.0/16'),
    ],
    Subnets: [...itemsOf(withHubEndpoints.Subnets), subnet(9, '100.64.9.0/24')],
    NetworkAcls: [...itemsOf(withHubEndpoints.NetworkAcls), acl(9, VPC, [9])],
    SecurityGroups: [group(1, [], [ANYWHERE]), group(2, [ANYWHERE], [], HUB)],
    NatGateways: [natGateway(9, {ConnectivityType: 'private', NatGatewayAddresses: [{PrivateIp: '100.64.9.5'}]})],
    VpcEndpoints: [...itemsOf(withHubEndpoints.VpcEndpoints), s3Gateway([1])],
    RouteTables: [
      table(1, VPC, [1, 3], [...locals, to('10.8.0.0/16', {NatGatewayId: NAT}), s3Route]),
      table(9, VPC, [9], [...locals, to('10.8.0.0/16', {TransitGatewayId: TGW})]),
      ...hubTables(TGW),
    ],
  }
  const report = examine({...translated, InstanceInformationList: []}, INSTANCE)

  it('is added for the block of the NAT gateway, not for that of the instance', () => {
    const sender = `100.64.0.0/16, the VPC of NAT gateway ${NAT},`
    expect(report.checklist.map(({title}) => title)).toEqual([
      `Route ${sender} in route table ${id('rtb', 6)} back to ${TGW}`,
      `Route ${sender} in ${id('tgw-rtb', 2)} to attachment ${id('tgw-attach', 1)}`,
    ])
    expect(report.verified).toBe(true)
  })
})

describe('a missing route for replies over IPv6', () => {
  const [spoke, hub] = ['2001:db8:1::/56', '2001:db8:8::/56']
  const own = {Ipv6Addresses: [{Ipv6Address: '2001:db8:1:1::10'}]}
  const {PrivateIpAddress: _, ...bareInstance} = instance()
  const [{PrivateIpAddress: __, ...bareInterface}] = instance().NetworkInterfaces as [InstanceNetworkInterface]
  const ipv6: Account = {
    ...withHubEndpoints,
    Vpcs: [VPC, HUB].map((one, i) =>
      vpc(one, `10.${i * 8}.0.0/16`, {
        Ipv6CidrBlockAssociationSet: [
          {Ipv6CidrBlock: i === 0 ? spoke : hub, Ipv6CidrBlockState: {State: 'associated'}},
        ],
      }),
    ),
    Instances: [{...bareInstance, NetworkInterfaces: [{...bareInterface, PrivateIpAddresses: [], ...own}]}],
    NetworkInterfaces: itemsOf(withHubEndpoints.NetworkInterfaces).map((eni) => ({
      ...eni,
      ...(eni.VpcId === HUB ? {Ipv6Addresses: [{Ipv6Address: '2001:db8:8:6::20'}]} : own),
    })),
    NetworkAcls: itemsOf(withHubEndpoints.NetworkAcls).map((one) => ({...one, Entries: OPEN_ACL_IPV6})),
    RouteTables: [
      table(1, VPC, [1, 3], [toIpv6(spoke, {GatewayId: 'local'}), toIpv6(hub, {TransitGatewayId: TGW})]),
      table(5, HUB, [5, 6], [toIpv6(hub, {GatewayId: 'local'})]),
    ],
    TransitGatewayRouteTables: [
      gatewayTable(1, TGW, id('tgw-attach', 1), {[hub]: ['vpc', HUB, id('tgw-attach', 2)]}),
      gatewayTable(2, TGW, id('tgw-attach', 2), {}),
    ],
    VpcEndpoints: itemsOf(withHubEndpoints.VpcEndpoints).map((one) => ({
      ...one,
      IpAddressType: 'dualstack',
      DnsOptions: {DnsRecordIpType: 'dualstack'},
    })),
    HostedZones: itemsOf(withHubEndpoints.HostedZones).map((zone) => ({
      ...zone,
      ResourceRecordSets: itemsOf(zone.ResourceRecordSets).map((one) => ({...one, Type: 'AAAA'})),
    })),
  }

  it('is added for the IPv6 block of the VPC', () => {
    const titles = examine({...ipv6, InstanceInformationList: []}, INSTANCE).checklist.map(({title}) => title)
    expect(titles).toContain(`Route ${spoke}, the VPC of the instance, in route table ${id('rtb', 5)} back to ${TGW}`)
    expect(titles).toContain(
      `Route ${spoke}, the VPC of the instance, in ${id('tgw-rtb', 2)} to attachment ${id('tgw-attach', 1)}`,
    )
  })
})

// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
describe('an attachment that was deleted', () => {
  const deleted = {...attachment(1, TGW, VPC, 3), State: 'deleted' as const}
  const attachedBy = (...own: readonly (typeof deleted | ReturnType<typeof attachment>)[]): Account => ({
    ...withHubEndpoints,
    TransitGatewayVpcAttachments: [...own, attachment(2, TGW, HUB, 5)],
  })

  it('passes nothing while AWS still lists it', () => {
    expect(pathToEndpoint(attachedBy(deleted)).hops.filter(({verdict}) => verdict === 'blocked')).toMatchObject([
      {
        resource: id('tgw-attach', 1),
        fault: {cause: 'tgw.attachment-state'},
        because: `Attachment ${id('tgw-attach', 1)} of VPC ${VPC} to transit gateway ${TGW} is in the deleted state.`,
      },
    ])
  })

  it('does not count beside the one that took its place, listed before or after it', () => {
    const former = {...deleted, TransitGatewayAttachmentId: id('tgw-attach', 8)}
    const now = attachment(1, TGW, VPC, 3)
    const pending = {...now, State: 'pendingAcceptance' as const}
    expect(pathToEndpoint(attachedBy(former, now)).verdict).toBe('open')
    expect(pathToEndpoint(attachedBy(now, former)).verdict).toBe('open')
    expect(pathToEndpoint(attachedBy(former, pending as never)).hops).toContainEqual(
      expect.objectContaining({resource: id('tgw-attach', 1), verdict: 'blocked'}),
    )
  })
})

// https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html
describe('a VPC for inspection between the VPC of the instance and the hub', () => {
  const FIREWALL = id('vpce', 50)
  type Routes = Parameters<typeof gatewayTable>[3]
  const [toSpoke, toHub, toInspection]: readonly (readonly ['vpc', string, string])[] = [
    ['vpc', VPC, id('tgw-attach', 1)],
    ['vpc', HUB, id('tgw-attach', 2)],
    ['vpc', MIDDLE, id('tgw-attach', 3)],
  ]
  const inspected = (ofHub: Routes, ofInspection: Routes): Account => ({
    ...behindTransitGateway,
    InstanceInformationList: [],
    Vpcs: [...itemsOf(behindTransitGateway.Vpcs), vpc(MIDDLE, '10.9.0.0/16')],
    Subnets: [
      ...itemsOf(behindTransitGateway.Subnets),
      subnet(7, '10.9.7.0/24', {VpcId: MIDDLE}),
      subnet(8, '10.9.8.0/24', {VpcId: MIDDLE}),
    ],
    NetworkAcls: [...itemsOf(behindTransitGateway.NetworkAcls), acl(7, MIDDLE, [7, 8])],
    VpcEndpoints: [
      {
        ...s3Gateway([]),
        VpcEndpointId: FIREWALL,
        VpcEndpointType: 'GatewayLoadBalancer',
        ServiceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60073',
        VpcId: MIDDLE,
        SubnetIds: [id('subnet', 8)],
      },
    ],
    RouteTables: [
      ...itemsOf(behindTransitGateway.RouteTables),
      table(7, MIDDLE, [7], [local('10.9.0.0/16'), to('0.0.0.0/0', {GatewayId: FIREWALL})]),
      table(8, MIDDLE, [8], [local('10.9.0.0/16'), to('0.0.0.0/0', {TransitGatewayId: TGW})]),
    ],
    TransitGatewayVpcAttachments: [
      ...itemsOf(behindTransitGateway.TransitGatewayVpcAttachments),
      attachment(3, TGW, MIDDLE, 7),
    ],
    TransitGatewayRouteTables: [
      gatewayTable(1, TGW, id('tgw-attach', 1), {'0.0.0.0/0': toInspection!}),
      gatewayTable(2, TGW, id('tgw-attach', 2), ofHub),
      gatewayTable(3, TGW, id('tgw-attach', 3), ofInspection),
    ],
  })
  const through = {'10.0.0.0/16': toInspection!}
  const both = {'0.0.0.0/0': toHub!, '10.0.0.0/16': toSpoke!}
  const found = (account: Account) => {
    const {causes, checklist} = examine(account, INSTANCE)
    const blocking = causes.filter(({severity}) => severity === 'blocks')
    return [...blocking.map((one) => `${one.id} ${one.certainty} ${one.resource}`), checklist[0]?.title]
  }

  it('is passed in both directions', () => {
    expect(found(inspected(through, both))).toEqual([expect.stringContaining('Ask the owner of firewall endpoint')])
  })
  it('that only replies pass returns them, also by a prefix list that was not read and has the same target', () => {
    const account = inspected(through, both)
    const [, ...others] = itemsOf(account.TransitGatewayRouteTables)
    const direct = gatewayTable(1, TGW, id('tgw-attach', 1), {'0.0.0.0/0': toHub!})
    const listed = itemsOf(account.RouteTables).map((one) => ({
      ...one,
      Routes:
        one.RouteTableId === id('rtb', 8)
          ? [...itemsOf(one.Routes), {DestinationPrefixListId: id('pl', 7), TransitGatewayId: TGW}]
          : one.Routes,
    }))
    const hops = pathOf({...account, TransitGatewayRouteTables: [direct, ...others], RouteTables: listed}).hops
    const because = hops.map((one) => one.because).join()
    expect(because).toContain('which the request did not pass, and whose route table routes it back')
    expect(because).not.toContain('could not be read')
  })
  it('that replies go past is a likely fault, which a route through it resolves', () => {
    const past = inspected({'10.0.0.0/16': toSpoke!}, both)
    expect(found(past)).toEqual([
      `tgw.no-return likely ${id('tgw-rtb', 2)}`,
      `Route 10.0.0.0/16, the VPC of the instance, in ${id('tgw-rtb', 2)} to attachment ${id('tgw-attach', 3)}`,
    ])
    expect(examine(past, INSTANCE).causes[0]?.message).toContain(`directly to VPC ${VPC}, past firewall endpoint`)
  })
  it('without a firewall endpoint leaves it undetermined whether replies may go past', () => {
    const past = inspected({'10.0.0.0/16': toSpoke!}, both)
    const RouteTables = itemsOf(past.RouteTables).map((one) =>
      one.RouteTableId === id('rtb', 7) ? table(7, MIDDLE, [7], [to('0.0.0.0/0', {TransitGatewayId: TGW})]) : one,
    )
    const {causes, paths} = examine({...past, RouteTables}, INSTANCE)
    expect(paths[0]?.verdict).toBe('unknown')
    expect(causes.filter(({severity}) => severity === 'blocks')).toEqual([])
  })
  it('that sends replies back to the hub lacks the route, not the hub that sent them there', () => {
    expect(found(inspected(through, {'0.0.0.0/0': toHub!}))).toEqual([
      `tgw.no-return proven ${id('tgw-rtb', 3)}`,
      `Route 10.0.0.0/16, the VPC of the instance, in ${id('tgw-rtb', 3)} to attachment ${id('tgw-attach', 1)}`,
    ])
  })
})

it('a hub without any way out leaves endpoints in the VPC of the instance', () => {
  const dead: Account = {
    ...behindTransitGateway,
    NatGateways: [],
    InternetGateways: [],
    RouteTables: [itemsOf(behindTransitGateway.RouteTables)[0]!, ...hubTables(TGW)],
  }
  const report = examine({...dead, InstanceInformationList: []}, INSTANCE)
  expect(report.causes[0]).toMatchObject({id: 'route.none', resource: id('rtb', 5)})
  expect(report.checklist[0]?.title).toContain(`endpoints for ssm, ssmmessages and ec2messages in VPC ${VPC}`)
  expect(report.verified).toBe(true)
})

// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html
describe('a gateway endpoint for S3 in the hub', () => {
  const routedIn = (n: number): Account =>
    online({
      ...behindTransitGateway,
      RouteTables: itemsOf(behindTransitGateway.RouteTables).map((one) =>
        one.RouteTableId === id('rtb', n) ? {...one, Routes: [...itemsOf(one.Routes), s3Route]} : one,
      ),
      VpcEndpoints: [s3Gateway([n], {VpcId: HUB})],
    })

  it('does not take what comes from another VPC; that VPC can have its own', () => {
    const report = examine(routedIn(5), INSTANCE)
    expect(report.causes.filter(({severity}) => severity === 'degrades')).toMatchObject([
      {id: 's3.unreachable', resource: id('rtb', 1), certainty: 'likely'},
    ])
    expect(report.checklist.map(({title}) => title)).toContain(`Create a gateway endpoint for S3 in VPC ${VPC}`)
    expect(report.verified).toBe(true)
  })
  it('takes what the NAT gateway of the hub sends', () => {
    expect(examine(routedIn(6), INSTANCE).verdict).toBe('managed')
  })
})

// https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html
describe('a hub that is attached in two Availability Zones, with a blackhole route in the other one', () => {
  const attachedWith = (ApplianceModeSupport: 'enable' | 'disable'): Account => ({
    ...behindTransitGateway,
    Subnets: [
      ...itemsOf(behindTransitGateway.Subnets),
      subnet(7, '10.8.7.0/24', {VpcId: HUB, AvailabilityZone: `${REGION}b`, AvailabilityZoneId: 'euw1-az2'}),
    ],
    NetworkAcls: [...itemsOf(behindTransitGateway.NetworkAcls), acl(7, HUB, [7])],
    RouteTables: [
      ...itemsOf(behindTransitGateway.RouteTables),
      table(7, HUB, [7], [local('10.8.0.0/16'), to('0.0.0.0/0', {NatGatewayId: id('nat', 7), State: 'blackhole'})]),
    ],
    TransitGatewayVpcAttachments: itemsOf(behindTransitGateway.TransitGatewayVpcAttachments).map((one) =>
      one.VpcId === HUB
        ? {...one, SubnetIds: [id('subnet', 5), id('subnet', 7)], Options: {ApplianceModeSupport}}
        : one,
    ),
  })
  const degradingOf = (account: Account) =>
    examine(account, INSTANCE).causes.filter(({severity}) => severity === 'degrades')

  it('loses a share of the connections in appliance mode, which may choose either zone', () => {
    expect(degradingOf(attachedWith('enable'))).toMatchObject([{id: 'route.blackhole', resource: id('rtb', 7)}])
  })
  it('loses none without, because the traffic stays in its zone', () => {
    expect(degradingOf(attachedWith('disable'))).toEqual([])
  })
})

describe('a transit gateway route table', () => {
  const routed = (route: object): Account => ({
    ...behindTransitGateway,
    TransitGatewayRouteTables: itemsOf(behindTransitGateway.TransitGatewayRouteTables).map((one, i) =>
      i === 0 ? {...one, Routes: [{DestinationCidrBlock: '0.0.0.0/0', ...route}]} : one,
    ) as readonly TransitGatewayRouteTable[],
  })

  /** https://docs.aws.amazon.com/vpc/latest/tgw/create-prefix-list-reference.html */
  it('that drops what a prefix list holds gets a static route, which overrides it', () => {
    const [step] = examine(
      routed({PrefixListId: 'pl-0a1b2c3d4e5f60001', State: 'blackhole', Type: 'static'}),
      INSTANCE,
    ).checklist
    expect(step?.commands[0]).toMatch(/^aws ec2 create-transit-gateway-route --destination-cidr-block 0\.0\.0\.0\/0 /)
  })

  it.each(['vpn', 'vpn-concentrator'])('that routes to a %s attachment leads to another network', (ResourceType) => {
    const ResourceId = 'vpn-0a1b2c3d4e5f60001'
    const there = {TransitGatewayAttachmentId: id('tgw-attach', 8), ResourceId, ResourceType}
    const {causes} = examine(
      routed({State: 'active', Type: 'propagated', TransitGatewayAttachments: [there]}),
      INSTANCE,
    )
    expect(causes[0]).toMatchObject({id: 'vgw.onprem-egress', severity: 'undecided', resource: TGW})
  })
})
