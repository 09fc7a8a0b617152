import {describe, expect, it} from 'vitest'
import type {Account, Instance, Route, TransitGatewayVpcAttachment} from '../../src/model/account.ts'
import {reach} from '../../src/reach/reach.ts'
import {
  ANYWHERE,
  acl,
  bare,
  endpoint,
  eni,
  group,
  IGW,
  id,
  instance,
  local,
  NAT,
  natGateway,
  OWNER,
  REGION,
  rule,
  s3Gateway,
  s3Route,
  subnet,
  table,
  to,
  vpc,
} from '../support/network.ts'

/**
 * Networks of the shapes that the end-to-end tests of Batfish trace, with the disposition that it asserts. Its flows
 * that begin at the internet or at a virtual private gateway have no instance to ask about.
 * https://github.com/batfish/batfish/tree/master/projects/batfish/src/test/java/org/batfish/representation/aws
 */
const machine = (n: number, address: string, vpcId: string, publicIp?: string): Instance => {
  const own = eni(n, n, address, [id('sg', n)], vpcId)
  return instance({
    InstanceId: id('i', n),
    PrivateIpAddress: address,
    SubnetId: id('subnet', n),
    VpcId: vpcId,
    SecurityGroups: [{GroupId: id('sg', n)}],
    NetworkInterfaces: [
      {
        ...own,
        OwnerId: OWNER,
        Attachment: {DeviceIndex: 0, NetworkCardIndex: 0},
        ...(publicIp && {Association: {PublicIp: publicIp}}),
      } as Instance['NetworkInterfaces'][number],
    ],
  })
}

interface Place {
  readonly n: number
  readonly address: string
  readonly vpcId: string
  readonly routes: readonly Route[]
  readonly publicIp?: string
  readonly zone?: string
}

/** One instance in one subnet with one route table for each place; groups allow nothing in, as the default does. */
function network(
  vpcs: Readonly<Record<string, string>>,
  places: readonly Place[],
  more: Partial<Account> = {},
): Account {
  const cidrOf = (address: string) => address.replace(/\.\d+$/, '.0/24')
  return {
    ...bare,
    Vpcs: Object.entries(vpcs).map(([VpcId, cidr]) => vpc(VpcId, cidr)),
    VpcAttributes: Object.keys(vpcs).map((VpcId) => ({
      VpcId,
      EnableDnsSupport: {Value: true},
      EnableDnsHostnames: {Value: true},
    })),
    Instances: places.map(({n, address, vpcId, publicIp}) => machine(n, address, vpcId, publicIp)),
    Subnets: places.map(({n, address, vpcId: VpcId, zone = 'a'}) =>
      subnet(n, cidrOf(address), {
        VpcId,
        AvailabilityZone: `${REGION}${zone}`,
        AvailabilityZoneId: zone === 'a' ? 'euw1-az1' : 'euw1-az2',
      }),
    ),
    RouteTables: places.map(({n, vpcId, routes}) => table(n, vpcId, [n], [local(vpcs[vpcId]!), ...routes])),
    NetworkAcls: places.map(({n, vpcId}) => acl(n, vpcId, [n])),
    SecurityGroups: places.map(({n, vpcId}) => group(n, [], [ANYWHERE], vpcId)),
    NetworkInterfaces: places.map(({n, address, vpcId}) => eni(n, n, address, [id('sg', n)], vpcId)),
    InternetGateways: [{InternetGatewayId: IGW, Attachments: [{VpcId: id('vpc', 1), State: 'available'}]}],
    ...more,
  }
}

const reached = (account: Account, from: number, destination: string, port = 80) => {
  const source = (account.Instances as readonly Instance[]).find(({InstanceId}) => InstanceId === id('i', from))!
  const {verdict, path, causes} = reach(account, source, destination, port)
  const stops = path.hops.filter((hop) => hop.verdict === 'blocked').map(({at}) => at)
  return {verdict, stops: [...new Set(stops)], causes: causes.map((cause) => cause.id)}
}

/** The traffic arrives, and the group of the destination denies it. */
const DENIED_IN = {verdict: 'blocked', stops: ['security-group'], causes: ['endpoint.sg-blocks']}

const [A, B, C] = [id('vpc', 1), id('vpc', 2), id('vpc', 3)]

describe('a private subnet behind a NAT gateway', () => {
  const account = network(
    {[A]: '10.1.0.0/16'},
    [
      {n: 1, address: '10.1.1.10', vpcId: A, routes: [to('0.0.0.0/0', {NatGatewayId: NAT})]},
      {n: 9, address: '10.1.250.20', vpcId: A, routes: [to('0.0.0.0/0', {GatewayId: IGW})]},
    ],
    {NatGateways: [natGateway(9, {NatGatewayAddresses: [{PrivateIp: '10.1.250.210', PublicIp: '203.0.113.5'}]})]},
  )
  it('reaches the internet', () => expect(reached(account, 1, '8.8.8.8').verdict).toBe('open'))
  it('the gateway accepts no connection to its own address', () =>
    expect(reached(account, 9, '10.1.250.210').verdict).toBe('blocked'))
})

describe('a public and a private subnet, the private one with a virtual private gateway', () => {
  const account = network({[A]: '10.0.0.0/16'}, [
    {n: 1, address: '10.0.0.47', vpcId: A, routes: [to('0.0.0.0/0', {GatewayId: IGW})], publicIp: '203.0.113.60'},
    {n: 2, address: '10.0.1.204', vpcId: A, routes: [to('0.0.0.0/0', {GatewayId: id('vgw', 1)})]},
  ])
  it('the private instance and the public one do not accept each other', () => {
    expect(reached(account, 2, '10.0.0.47')).toEqual(DENIED_IN)
    expect(reached(account, 1, '10.0.1.204')).toEqual(DENIED_IN)
  })
  it('the public instance reaches the internet, and a site with public addresses there', () => {
    expect(reached(account, 1, '8.8.8.8').verdict).toBe('open')
    expect(reached(account, 1, '19.168.0.0').verdict).toBe('open')
  })
  it.each(['203.0.113.60', '8.8.8.8', '19.168.0.0'])('what the private one sends to %s ends at the gateway', (host) => {
    expect(reached(account, 2, host)).toEqual({verdict: 'unknown', stops: [], causes: ['vgw.onprem-egress']})
  })
})

describe('an instance in a public subnet', () => {
  const account = network({[A]: '192.168.0.0/16'}, [
    {n: 1, address: '192.168.2.18', vpcId: A, routes: [to('0.0.0.0/0', {GatewayId: IGW})], publicIp: '203.0.113.22'},
  ])
  it('reaches the internet', () => expect(reached(account, 1, '8.8.8.8').verdict).toBe('open'))
})

const S3_ADDRESS = '52.218.1.77'
const OTHER_ADDRESS = '54.222.57.1'

describe('a gateway endpoint', () => {
  const account = network(
    {[A]: '10.1.0.0/16'},
    [
      {n: 1, address: '10.1.1.10', vpcId: A, routes: [s3Route]},
      {
        n: 2,
        address: '10.1.2.10',
        vpcId: A,
        routes: [s3Route, to('0.0.0.0/0', {GatewayId: IGW})],
        publicIp: '203.0.113.22',
      },
    ],
    {VpcEndpoints: [s3Gateway([1, 2], {VpcId: A})]},
  )
  it('takes what is bound for its service, from both subnets', () => {
    expect(reached(account, 1, S3_ADDRESS, 443).verdict).toBe('open')
    expect(reached(account, 2, S3_ADDRESS, 443).verdict).toBe('open')
  })
  it('and nothing else', () => {
    expect(reached(account, 1, OTHER_ADDRESS, 443)).toMatchObject({verdict: 'blocked', stops: ['route']})
    expect(reached(account, 2, OTHER_ADDRESS, 443).verdict).toBe('open')
  })
})

describe('an interface endpoint', () => {
  const account = network(
    {[A]: '10.1.0.0/16'},
    [
      {n: 1, address: '10.1.1.10', vpcId: A, routes: []},
      {n: 2, address: '10.1.101.10', vpcId: A, routes: []},
    ],
    {VpcEndpoints: [endpoint(1, 'ssm', [2], {VpcId: A, Groups: [{GroupId: id('sg', 7)}]})]},
  )
  const whole = {
    ...account,
    SecurityGroups: [
      ...(account.SecurityGroups as never[]),
      group(7, [rule(443, {cidr: '10.1.0.0/16'})], [], A) as never,
    ],
    NetworkInterfaces: [
      ...(account.NetworkInterfaces as never[]),
      eni(102, 2, '10.1.101.97', [id('sg', 7)], A) as never,
    ],
  }
  it.each([1, 2])('is reached from subnet %i', (n) =>
    expect(reached(whole, n, '10.1.101.97', 443).verdict).toBe('open'),
  )
})

describe('three VPCs, of which the first is peered with two of the same block', () => {
  const [toB, toC] = [id('pcx', 1), id('pcx', 2)]
  const peering = (VpcPeeringConnectionId: string, VpcId: string) => ({
    VpcPeeringConnectionId,
    Status: {Code: 'active' as const},
    RequesterVpcInfo: {VpcId: A, CidrBlock: '10.10.0.0/16', Region: REGION},
    AccepterVpcInfo: {VpcId, CidrBlock: '192.168.0.0/16', Region: REGION},
  })
  const account = network(
    {[A]: '10.10.0.0/16', [B]: '192.168.0.0/16', [C]: '192.168.0.0/16'},
    [
      {
        n: 1,
        address: '10.10.10.157',
        vpcId: A,
        routes: [
          to('192.168.1.0/24', {VpcPeeringConnectionId: toB}),
          to('192.168.2.0/24', {VpcPeeringConnectionId: toC}),
        ],
      },
      {n: 2, address: '192.168.1.106', vpcId: B, routes: [to('10.10.0.0/16', {VpcPeeringConnectionId: toB})]},
      {n: 3, address: '192.168.2.106', vpcId: C, routes: [to('10.10.0.0/16', {VpcPeeringConnectionId: toC})]},
    ],
    {VpcPeeringConnections: [peering(toB, B), peering(toC, C)]},
  )
  it('arrive at the instances of each other', () => {
    expect(reached(account, 1, '192.168.1.106')).toEqual(DENIED_IN)
    expect(reached(account, 2, '10.10.10.157')).toEqual(DENIED_IN)
  })
  it('have no route to a subnet that the table does not name', () =>
    expect(reached(account, 1, '192.168.100.1')).toMatchObject({verdict: 'blocked', stops: ['route']}))
  it.each(['10.10.100.1', '10.10.10.11'])('do not claim that %s, which nothing has, is reached', (host) =>
    expect(reached(account, 2, host).verdict).not.toBe('open'),
  )
})

const attachment = (n: number, gateway: string, VpcId: string, place: number): TransitGatewayVpcAttachment => ({
  TransitGatewayAttachmentId: id('tgw-attach', n),
  TransitGatewayId: gateway,
  VpcId,
  VpcOwnerId: OWNER,
  State: 'available',
  SubnetIds: [id('subnet', place)],
})

type Target = readonly ['vpc' | 'peering', string, string]

const gatewayTable = (n: number, gateway: string, attachments: readonly string[], routes: Record<string, Target>) => ({
  TransitGatewayRouteTableId: id('tgw-rtb', n),
  TransitGatewayId: gateway,
  Associations: attachments.map((TransitGatewayAttachmentId) => ({
    TransitGatewayAttachmentId,
    State: 'associated' as const,
  })),
  Routes: Object.entries(routes).map(([DestinationCidrBlock, [ResourceType, ResourceId, attached]]) => ({
    DestinationCidrBlock,
    State: 'active' as const,
    Type: 'propagated' as const,
    TransitGatewayAttachments: [{TransitGatewayAttachmentId: attached, ResourceId, ResourceType}],
  })),
})

const gateway = (n: number) => ({TransitGatewayId: id('tgw', n), State: 'available' as const, OwnerId: OWNER})
const through = (n: number) => to('0.0.0.0/0', {TransitGatewayId: id('tgw', n)})
const attached = (n: number) => id('tgw-attach', n)

describe('two VPCs and a transit gateway', () => {
  const one = id('tgw', 1)
  const places = (zoneOfSecond: string): readonly Place[] => [
    {n: 1, address: '10.10.10.157', vpcId: A, routes: [through(1)]},
    {n: 2, address: '10.10.20.154', vpcId: A, routes: [through(1)], zone: zoneOfSecond},
    {n: 3, address: '192.168.1.106', vpcId: B, routes: [through(1)]},
  ]
  const account = network({[A]: '10.10.0.0/16', [B]: '192.168.0.0/16'}, places('b'), {
    TransitGateways: [gateway(1)],
    TransitGatewayVpcAttachments: [attachment(1, one, A, 1), attachment(2, one, B, 3)],
    TransitGatewayRouteTables: [
      gatewayTable(1, one, [attached(1), attached(2)], {
        '10.10.0.0/16': ['vpc', A, attached(1)],
        '192.168.0.0/16': ['vpc', B, attached(2)],
      }),
    ],
  })
  it('with one table arrive at each other', () => {
    expect(reached(account, 1, '192.168.1.106')).toEqual(DENIED_IN)
    expect(reached(account, 3, '10.10.10.157')).toEqual(DENIED_IN)
  })
  it('with two tables as well', () => {
    const two: Account = {
      ...account,
      TransitGatewayRouteTables: [
        gatewayTable(1, one, [attached(1)], {'192.168.0.0/16': ['vpc', B, attached(2)]}),
        gatewayTable(2, one, [attached(2)], {'10.10.0.0/16': ['vpc', A, attached(1)]}),
      ],
    }
    expect(reached(two, 1, '192.168.1.106')).toEqual(DENIED_IN)
    expect(reached(two, 3, '10.10.10.157')).toEqual(DENIED_IN)
  })
  it('do not serve a zone without a subnet of the attachment, in either direction', () => {
    expect(reached(account, 2, '192.168.1.106').causes).toContain('tgw.no-subnet-in-az')
    expect(reached(account, 3, '10.10.20.154').causes).toContain('tgw.no-subnet-in-az')
  })
})

describe('two VPCs whose traffic takes one transit gateway there and another back', () => {
  const account = network(
    {[A]: '10.1.0.0/16', [B]: '10.2.0.0/16'},
    [
      {n: 1, address: '10.1.1.100', vpcId: A, routes: [through(1)]},
      {n: 2, address: '10.2.1.100', vpcId: B, routes: [through(2)]},
    ],
    {
      TransitGateways: [gateway(1), gateway(2)],
      TransitGatewayVpcAttachments: [
        attachment(1, id('tgw', 1), A, 1),
        attachment(2, id('tgw', 1), B, 2),
        attachment(3, id('tgw', 2), A, 1),
        attachment(4, id('tgw', 2), B, 2),
      ],
      TransitGatewayRouteTables: [
        gatewayTable(1, id('tgw', 1), [attached(1)], {'10.2.0.0/16': ['vpc', B, attached(2)]}),
        gatewayTable(2, id('tgw', 2), [attached(4)], {'10.1.0.0/16': ['vpc', A, attached(3)]}),
      ],
    },
  )
  it('arrive at each other', () => {
    expect(reached(account, 1, '10.2.1.100')).toEqual(DENIED_IN)
    expect(reached(account, 2, '10.1.1.100')).toEqual(DENIED_IN)
  })
})

describe('two peered transit gateways, the second VPC of the first one not propagated', () => {
  const [near, far, link] = [id('tgw', 1), id('tgw', 2), id('tgw-attach', 9)]
  const account = network(
    {[A]: '10.10.0.0/16', [B]: '10.20.0.0/16', [C]: '192.168.0.0/16'},
    [
      {n: 1, address: '10.10.1.100', vpcId: A, routes: [through(1)]},
      {n: 2, address: '10.20.1.100', vpcId: B, routes: [through(1)]},
      {n: 3, address: '192.168.1.100', vpcId: C, routes: [through(2)]},
    ],
    {
      TransitGateways: [gateway(1), gateway(2)],
      TransitGatewayVpcAttachments: [attachment(1, near, A, 1), attachment(2, near, B, 2), attachment(3, far, C, 3)],
      TransitGatewayRouteTables: [
        gatewayTable(1, near, [attached(1), link], {'10.10.0.0/16': ['vpc', A, attached(1)]}),
        gatewayTable(2, near, [attached(2)], {'192.168.0.0/16': ['peering', far, link]}),
        gatewayTable(3, far, [attached(3), link], {
          '192.168.0.0/16': ['vpc', C, attached(3)],
          '10.20.0.0/16': ['peering', near, link],
        }),
      ],
    },
  )
  it('the first VPC has no route to the far one, nor back', () => {
    expect(reached(account, 1, '192.168.1.100').causes).toEqual(['tgw.no-route'])
    expect(reached(account, 3, '10.10.1.100').causes).toEqual(['tgw.no-route'])
  })
  it('what the second sends arrives, and nothing comes back', () => {
    const {stops, causes} = reached(account, 2, '192.168.1.100')
    expect(stops).toContain('security-group')
    expect(causes).toEqual(expect.arrayContaining(['tgw.no-return', 'endpoint.sg-blocks']))
  })
  it('what the far one sends to the second ends at the near transit gateway', () => {
    const source = (account.Instances as readonly Instance[])[2]!
    const {causes} = reach(account, source, '10.20.1.100', 80)
    expect(causes.map(({id: cause, resource}) => [cause, resource])).toEqual([['tgw.no-route', id('tgw-rtb', 1)]])
  })
})
