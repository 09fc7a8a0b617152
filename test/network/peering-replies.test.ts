import {describe, expect, it} from 'vitest'
import {type Account, itemsOf, type Route} from '../../src/model/account.ts'
import {
  acl,
  entry,
  group,
  HUB,
  id,
  local,
  NAT,
  natGateway,
  OWNER,
  pathOf,
  REGION,
  rule,
  subnet,
  table,
  to,
  VPC,
  withHubEndpoints,
} from '../support/network.ts'

const PEERING = id('pcx', 1)

/** Endpoints of a peer VPC, which the instance reaches through a private NAT gateway in subnet 9, or directly. */
const peered = (through: 'a NAT gateway' | 'nothing else', ...back: readonly Route[]): Account => ({
  ...withHubEndpoints,
  VpcPeeringConnections: [
    {
      VpcPeeringConnectionId: PEERING,
      Status: {Code: 'active'},
      RequesterVpcInfo: {VpcId: VPC, CidrBlock: '10.0.0.0/16', Region: REGION, OwnerId: OWNER},
      AccepterVpcInfo: {VpcId: HUB, CidrBlock: '10.8.0.0/16', Region: REGION, OwnerId: OWNER},
    },
  ],
  Subnets: [...itemsOf(withHubEndpoints.Subnets), subnet(9, '10.0.9.0/24')],
  NetworkAcls: [...itemsOf(withHubEndpoints.NetworkAcls), acl(9, VPC, [9])],
  NatGateways: [
    natGateway(9, {ConnectivityType: 'private', NatGatewayAddresses: [{PrivateIp: '10.0.9.5', IsPrimary: true}]}),
  ],
  RouteTables: [
    table(
      1,
      VPC,
      [1, 3],
      [
        local('10.0.0.0/16'),
        to('10.8.0.0/16', through === 'a NAT gateway' ? {NatGatewayId: NAT} : {VpcPeeringConnectionId: PEERING}),
      ],
    ),
    table(9, VPC, [9], [local('10.0.0.0/16'), to('10.8.0.0/16', {VpcPeeringConnectionId: PEERING})]),
    table(6, HUB, [5, 6], [local('10.8.0.0/16'), ...back]),
  ],
})

const faultsOf = (account: Account) =>
  pathOf(account).hops.flatMap(({verdict, fault}) =>
    verdict === 'blocked' ? [`${fault?.cause}${fault?.likely ? ' likely' : ''}`] : [],
  )

describe('replies of a peered VPC', () => {
  it('need a route to the instance', () => {
    expect(faultsOf(peered('nothing else'))).toEqual(['route.no-return'])
  })

  it('may return to the NAT gateway that sent the request without one', () => {
    expect(faultsOf(peered('a NAT gateway'))).toEqual(['route.no-return likely'])
  })

  const back = to('10.0.0.0/16', {VpcPeeringConnectionId: PEERING})

  it('return to it by a route', () => {
    expect(pathOf(peered('a NAT gateway', back)).verdict).toBe('open')
    expect(pathOf(peered('a NAT gateway', back)).hops.at(-1)).toMatchObject({direction: 'reply', verdict: 'open'})
  })

  it('return to it if the network ACL allows them', () => {
    const closed = peered('a NAT gateway', back)
    const NetworkAcls = itemsOf(closed.NetworkAcls).map((one) =>
      one.VpcId === HUB ? {...one, Entries: [entry(100, false, 'allow')]} : one,
    )
    expect(faultsOf({...closed, NetworkAcls})).toEqual(['nacl.endpoint-subnet'])
  })

  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGatewayAddress.html
  it('return to its addresses, to which one that could not be assigned does not belong', () => {
    const account = peered('a NAT gateway', back)
    const NatGatewayAddresses = [
      {PrivateIp: '10.0.9.5', IsPrimary: true, Status: 'succeeded' as const},
      {PrivateIp: '10.0.9.6', Status: 'failed' as const},
    ]
    const strict: Account = {
      ...account,
      NatGateways: [natGateway(9, {ConnectivityType: 'private', NatGatewayAddresses})],
      SecurityGroups: [
        ...itemsOf(account.SecurityGroups).slice(0, 1),
        group(2, [rule(443, {cidr: '10.0.9.5/32'})], [], HUB),
      ],
    }
    expect(pathOf(strict).verdict).toBe('open')
  })

  it('may return to it where a route leads elsewhere', () => {
    const elsewhere = to('10.0.0.0/8', {VpcPeeringConnectionId: id('pcx', 7)})
    expect(faultsOf(peered('a NAT gateway', elsewhere))).toEqual(['route.no-return likely'])
    expect(faultsOf(peered('nothing else', elsewhere))).toEqual(['route.no-return'])
  })
})
