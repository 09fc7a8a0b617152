import {describe, expect, it} from 'vitest'
import {networkContextTo} from '../../src/iam/network-context.ts'
import {type Account, itemsOf, type Route, type TransitGatewayRouteTable} from '../../src/model/account.ts'
import {withItems} from '../../src/model/edits.ts'
import type {Path} from '../../src/network/path.ts'
import {pathTo} from '../../src/network/walk.ts'
import {
  acl,
  behindEndpoints,
  behindNat,
  behindTransitGateway,
  endpoint,
  group,
  HUB,
  id,
  inPublicSubnet,
  instance,
  local,
  NAT,
  natGateway,
  OWNER,
  pathOf,
  routes,
  rule,
  subnet,
  TGW,
  table,
  to,
  VPC,
  vpc,
  withHubEndpoints,
} from '../support/network.ts'

const faultsOf = ({hops}: Path) =>
  hops.flatMap(({verdict, fault, resource}) =>
    verdict === 'open' || !fault ? [] : [`${verdict} ${fault.cause}${fault.likely ? ' likely' : ''} ${resource}`],
  )

// https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
describe('two prefix lists with one block', () => {
  const lists = (account: Account, second: string): Account => ({
    ...account,
    ManagedPrefixLists: [
      ...itemsOf(account.ManagedPrefixLists),
      {PrefixListId: id('pl', 1), Entries: [{Cidr: '0.0.0.0/0'}]},
      {PrefixListId: id('pl', 2), Entries: [{Cidr: second}]},
    ],
  })
  const byList = (n: number, target: Partial<Route>): Route => ({
    DestinationPrefixListId: id('pl', n),
    Origin: 'CreateRoute',
    State: 'active',
    ...target,
  })
  const dead = {...byList(2, {NatGatewayId: id('nat', 2)}), State: 'blackhole'} as const
  const withLists = (second: Route, block = '0.0.0.0/0') =>
    lists(
      routes(behindNat, 1, () => [local('10.0.0.0/16'), byList(1, {NatGatewayId: NAT}), second]),
      block,
    )

  it('and different targets may route to either', () => {
    const path = pathOf(withLists(dead))
    expect(path.verdict).toBe('unknown')
    expect(faultsOf(path)).toEqual([])
    expect(path.hops.find(({at, verdict}) => at === 'route' && verdict === 'unknown')?.because).toContain(
      'AWS chooses one of them',
    )
  })

  it('and one target route there', () => {
    expect(pathOf(withLists(byList(2, {NatGatewayId: NAT}))).verdict).toBe('open')
  })

  it('and two targets that do not work are blocked', () => {
    const gone = withItems(withLists(dead), 'NatGateways', () => [])
    expect(pathOf(gone).verdict).toBe('blocked')
  })

  it('use the longer block if they differ', () => {
    expect(pathOf(withLists(dead, '192.0.2.0/24')).verdict).toBe('open')
  })

  it('leave the target of a reply unknown', () => {
    const hub = routes(withHubEndpoints, 6, (all) => [
      ...all.filter(({TransitGatewayId}) => !TransitGatewayId),
      byList(1, {TransitGatewayId: TGW}),
      byList(2, {VpcPeeringConnectionId: id('pcx', 4)}),
    ])
    expect(pathOf(lists(hub, '0.0.0.0/0')).verdict).toBe('unknown')
    expect(pathOf(lists(hub, '192.0.2.0/24')).verdict).toBe('open')
  })
})

// https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html
describe('an egress-only internet gateway', () => {
  const EIGW = id('eigw', 1)
  const SIX = '2001:db8:1:1::10'
  const host = '2600:1f18::1'
  const account: Account = {
    ...behindNat,
    Vpcs: [vpc(VPC, '10.0.0.0/16', {Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: '2001:db8:1::/56'}]})],
    Instances: [
      instance({
        NetworkInterfaces: itemsOf(behindNat.Instances)[0]!.NetworkInterfaces.map((one) => ({
          ...one,
          Ipv6Addresses: [{Ipv6Address: SIX}],
        })),
      }),
    ],
    SecurityGroups: [group(1, [], [{IpProtocol: '-1', Ipv6Ranges: [{CidrIpv6: '::/0'}]}])],
    NetworkAcls: [
      acl(
        1,
        VPC,
        [1, 9],
        [
          {RuleNumber: 101, Egress: true, RuleAction: 'allow', Protocol: '-1', Ipv6CidrBlock: '::/0'},
          {RuleNumber: 101, Egress: false, RuleAction: 'allow', Protocol: '-1', Ipv6CidrBlock: '::/0'},
        ],
      ),
    ],
    RouteTables: [
      table(
        1,
        VPC,
        [1],
        [
          local('10.0.0.0/16'),
          {DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: EIGW, Origin: 'CreateRoute', State: 'active'},
        ],
      ),
    ],
    EgressOnlyInternetGateways: [{EgressOnlyInternetGatewayId: EIGW, Attachments: [{VpcId: VPC, State: 'attached'}]}],
  }
  const way = (change: Partial<Account> = {}) => {
    const changed = {...account, ...change}
    return pathTo(changed, itemsOf(changed.Instances)[0]!, {service: 'any', host, port: 443})
  }

  it('routes IPv6 out', () => expect(way()).toMatchObject({verdict: 'open', via: EIGW}))
  it('that is missing from the list of its owner no longer exists', () => {
    expect(faultsOf(way({EgressOnlyInternetGateways: []}))).toEqual([`blocked route.blackhole ${id('rtb', 1)}`])
  })
  it('of another VPC accepts nothing', () => {
    const elsewhere = [{EgressOnlyInternetGatewayId: EIGW, Attachments: [{VpcId: HUB, State: 'attached' as const}]}]
    expect(way({EgressOnlyInternetGateways: elsewhere}).verdict).toBe('blocked')
  })
  it('that was not read is unknown', () => {
    expect(way({EgressOnlyInternetGateways: {unreadable: 'no'}}).verdict).toBe('unknown')
  })
  it('of the account that shares the subnet is not visible', () => {
    expect(way({EgressOnlyInternetGateways: [], Caller: {Account: '444455556666'}}).verdict).toBe('unknown')
  })
})

describe('a transit gateway attachment', () => {
  const attached = (more: object): Account =>
    withItems(withHubEndpoints, 'TransitGatewayVpcAttachments', (all) => all.map((one) => ({...one, ...more})))

  // https://docs.aws.amazon.com/vpc/latest/tgw/tgw-policy-tables-associate.html
  it('with a policy table is routed by data that was not read', () => {
    const path = pathOf(attached({Association: {TransitGatewayPolicyTableId: 'tgw-ptb-1', State: 'associated'}}))
    expect(path.verdict).toBe('unknown')
    expect(faultsOf(path)).toEqual([`unknown tgw.opaque ${TGW}`])
  })

  it('with NAT sends from other addresses', () => {
    for (const NatGatewaySupport of ['enabled', 'enabling', 'disabling'])
      expect(pathOf(attached({NatGatewaySupport})).verdict).toBe('unknown')
    expect(pathOf(attached({NatGatewaySupport: 'disabled'})).verdict).toBe('open')
  })

  it('of which neither could be read is not known to be open', () => {
    expect(pathOf(attached({Association: {unreadable: 'UnauthorizedOperation: no'}})).verdict).toBe('unknown')
  })

  it('with no route table is likely to drop everything: it may have a policy table', () => {
    const loose = withItems(withHubEndpoints, 'TransitGatewayRouteTables', (all) =>
      all.map((one) => ({...one, Associations: []})),
    )
    expect(faultsOf(pathOf(loose))).toEqual([`blocked tgw.no-route likely ${TGW}`])
  })
})

describe('a reply that a transit gateway routes through a third VPC', () => {
  const MIDDLE = id('vpc', 3)
  const third = (routesOfMiddle: readonly Route[], tableOfMiddle = '10.0.0.0/16'): Account => ({
    ...withHubEndpoints,
    Vpcs: [...itemsOf(withHubEndpoints.Vpcs), vpc(MIDDLE, '10.9.0.0/16')],
    Subnets: [...itemsOf(withHubEndpoints.Subnets), subnet(7, '10.9.7.0/24', {VpcId: MIDDLE})],
    RouteTables: [...itemsOf(withHubEndpoints.RouteTables), table(7, MIDDLE, [7], routesOfMiddle)],
    TransitGatewayVpcAttachments: [
      ...itemsOf(withHubEndpoints.TransitGatewayVpcAttachments),
      {
        TransitGatewayAttachmentId: id('tgw-attach', 3),
        TransitGatewayId: TGW,
        VpcId: MIDDLE,
        State: 'available',
        SubnetIds: [id('subnet', 7)],
      },
    ],
    TransitGatewayRouteTables: itemsOf(withHubEndpoints.TransitGatewayRouteTables).flatMap(
      (one, at): readonly TransitGatewayRouteTable[] => {
        if (at === 0) return [one]
        const lead = (
          n: number,
          attachment: number,
          DestinationCidrBlock: string,
          target: number,
          ResourceId: string,
        ) => ({
          ...one,
          TransitGatewayRouteTableId: id('tgw-rtb', n),
          Associations: [{TransitGatewayAttachmentId: id('tgw-attach', attachment), State: 'associated' as const}],
          Routes: [
            {
              DestinationCidrBlock,
              State: 'active' as const,
              Type: 'static' as const,
              TransitGatewayAttachments: [
                {
                  TransitGatewayAttachmentId: id('tgw-attach', target),
                  ResourceId,
                  ResourceType: 'vpc' as const,
                },
              ],
            },
          ],
        })
        return [lead(2, 2, '10.0.0.0/8', 3, MIDDLE), lead(3, 3, tableOfMiddle, 1, VPC)]
      },
    ),
  })
  const back = to('10.0.0.0/8', {TransitGatewayId: TGW})

  it('arrives if its tables route it onward', () => {
    expect(pathOf(third([local('10.9.0.0/16'), back])).verdict).toBe('open')
  })

  it('is dropped there without a route, or without one in the table of the third attachment', () => {
    expect(faultsOf(pathOf(third([local('10.9.0.0/16')])))).toEqual([`blocked tgw.no-return ${id('tgw-rtb', 2)}`])
    expect(faultsOf(pathOf(third([local('10.9.0.0/16'), back], '192.0.2.0/24')))).toEqual([
      `blocked tgw.no-return ${id('tgw-rtb', 3)}`,
    ])
  })

  it('is inspected there by a firewall endpoint', () => {
    const firewall = endpoint(7, 'fw', [7], {VpcId: MIDDLE, VpcEndpointType: 'GatewayLoadBalancer', DnsEntries: []})
    const inspected = third([local('10.9.0.0/16'), to('10.0.0.0/16', {GatewayId: id('vpce', 7)})])
    const seen = {
      ...inspected,
      Subnets: [...itemsOf(inspected.Subnets), subnet(8, '10.9.8.0/24', {VpcId: MIDDLE})],
      RouteTables: [...itemsOf(inspected.RouteTables), table(8, MIDDLE, [8], [local('10.9.0.0/16'), back])],
      VpcEndpoints: [...itemsOf(inspected.VpcEndpoints), {...firewall, SubnetIds: [id('subnet', 8)]}],
    }
    expect(faultsOf(pathOf(seen))).toEqual([`unknown gwlb.inspection ${id('tgw-rtb', 2)}`])
  })

  it('is unknown if the third VPC is not in the collected data and another account owns the gateway', () => {
    const account = third([local('10.9.0.0/16'), back])
    const foreign = {
      ...account,
      TransitGatewayVpcAttachments: itemsOf(account.TransitGatewayVpcAttachments).slice(0, 2),
      TransitGateways: itemsOf(account.TransitGateways).map((one) => ({...one, OwnerId: '444455556666'})),
    }
    expect(pathOf(foreign).verdict).toBe('unknown')
  })
})

describe('a reply into a network that is not visible', () => {
  it.each([
    ['a virtual private gateway', {GatewayId: id('vgw', 1)}],
    ['a core network', {CoreNetworkArn: 'arn:aws:networkmanager::111122223333:core-network/core-network-1'}],
  ])('is likely to be lost: %s', (_, target) => {
    const away = routes(withHubEndpoints, 6, () => [local('10.8.0.0/16'), to('10.0.0.0/16', target)])
    expect(faultsOf(pathOf(away))).toEqual([`blocked route.no-return likely ${id('rtb', 6)}`])
  })
})

// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-share-limitations.html
describe('a broken path to public addresses in a subnet of another account', () => {
  const PARTICIPANT = {Caller: {Account: '444455556666'}}
  const failed = {...behindNat, NatGateways: [natGateway(9, {State: 'failed'})]}

  it('is likely, because an endpoint of the owner may own the name', () => {
    expect(faultsOf(pathOf(failed))).toEqual([`blocked nat.not-available ${NAT}`])
    expect(faultsOf(pathOf({...failed, ...PARTICIPANT}))).toEqual([`blocked nat.not-available likely ${NAT}`])
    expect(faultsOf(pathOf({...failed, ...PARTICIPANT, AlsoSeenBy: [OWNER]}))).toEqual([
      `blocked nat.not-available ${NAT}`,
    ])
  })

  it('is proven if it would also block the traffic to that endpoint', () => {
    const shut = {...behindNat, ...PARTICIPANT, SecurityGroups: [group(1, [], [rule(22, {cidr: '0.0.0.0/0'})])]}
    expect(faultsOf(pathOf(shut))).toEqual([`blocked sg.no-egress-443 ${id('sg', 1)}`])
  })
})

describe('the path of a call in condition keys', () => {
  const context = (account: Account) =>
    networkContextTo(account, itemsOf(account.Instances)[0]!, [pathOf(account)], 'ssm')

  it('is the address of the NAT gateway, in a hub as well', () => {
    expect(context(behindNat)).toEqual({addresses: ['203.0.113.5']})
    expect(context(behindTransitGateway)).toEqual({addresses: ['203.0.113.5']})
  })
  it('is the endpoint for the service, and never a firewall endpoint', () => {
    expect(context(behindEndpoints)).toMatchObject({endpoint: {VpcEndpointId: id('vpce', 1)}})
    const firewall = endpoint(7, 'fw', [9], {VpcEndpointType: 'GatewayLoadBalancer', DnsEntries: []})
    const inspected = routes({...behindNat, VpcEndpoints: [firewall]}, 1, () => [
      local('10.0.0.0/16'),
      to('0.0.0.0/0', {GatewayId: id('vpce', 7)}),
    ])
    expect(context(inspected)).toBe('unknown')
  })
  it('is the public address of the instance', () => {
    expect(context(inPublicSubnet)).toEqual({addresses: ['203.0.113.10']})
  })
})
