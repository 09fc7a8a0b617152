import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf, type Route, type RouteTable} from '../../src/model/account.ts'
import {withItem, withItems} from '../../src/model/edits.ts'
import {pathTo} from '../../src/network/walk.ts'
import {
  acl,
  behindEndpoints,
  behindNat,
  behindTransitGateway,
  endpoint,
  group,
  HUB,
  IGW,
  INSTANCE,
  id,
  inPublicSubnet,
  local,
  NAT,
  OPEN_ACL,
  routes,
  subnet,
  TGW,
  table,
  to,
  toIpv6,
  VPC,
  vpc,
} from '../support/network.ts'

const FIREWALL = id('vpce', 7)
const firewall = (more = {}) =>
  endpoint(7, 'fw', [7], {
    VpcEndpointType: 'GatewayLoadBalancer',
    ServiceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0',
    PrivateDnsEnabled: false,
    DnsEntries: [],
    Groups: [],
    ...more,
  })
const toFirewall = (cidr: string): Route => to(cidr, {GatewayId: FIREWALL})
const LOCAL = local('10.0.0.0/16')

/** Private subnet 1, firewall endpoint in subnet 7, NAT gateway in public subnet 9; replies also pass the firewall. */
const behindFirewall: Account = {
  ...behindNat,
  Subnets: [...itemsOf(behindNat.Subnets), subnet(7, '10.0.7.0/24')],
  NetworkAcls: [...itemsOf(behindNat.NetworkAcls), acl(7, VPC, [7])],
  VpcEndpoints: [firewall()],
  RouteTables: [
    table(1, VPC, [1], [LOCAL, toFirewall('0.0.0.0/0')]),
    table(7, VPC, [7], [LOCAL, to('0.0.0.0/0', {NatGatewayId: NAT})]),
    table(9, VPC, [9], [LOCAL, toFirewall('10.0.1.0/24'), to('0.0.0.0/0', {GatewayId: IGW})]),
  ],
}

/** The firewall is between the NAT gateway and the internet gateway. */
const firewallBehindNat: Account = {
  ...behindFirewall,
  RouteTables: [
    table(1, VPC, [1], [LOCAL, to('0.0.0.0/0', {NatGatewayId: NAT})]),
    table(7, VPC, [7], [LOCAL, to('0.0.0.0/0', {GatewayId: IGW})]),
    table(9, VPC, [9], [LOCAL, toFirewall('0.0.0.0/0')]),
    {...table(8, VPC, [], [LOCAL, toFirewall('10.0.9.0/24')]), Associations: [{GatewayId: IGW, Main: false}]},
  ],
}

/** Central egress with inspection: attachment subnet 5, firewall subnet 7 and public subnet 6 of the hub. */
const inspectedInHub: Account = {
  ...behindTransitGateway,
  Subnets: [...itemsOf(behindTransitGateway.Subnets), subnet(7, '10.8.7.0/24', {VpcId: HUB})],
  NetworkAcls: [...itemsOf(behindTransitGateway.NetworkAcls), acl(7, HUB, [7])],
  VpcEndpoints: [firewall({VpcId: HUB})],
  RouteTables: [
    ...itemsOf(behindTransitGateway.RouteTables).slice(0, 1),
    table(5, HUB, [5], [local('10.8.0.0/16'), toFirewall('0.0.0.0/0')]),
    table(
      7,
      HUB,
      [7],
      [local('10.8.0.0/16'), to('0.0.0.0/0', {NatGatewayId: NAT}), to('10.0.0.0/8', {TransitGatewayId: TGW})],
    ),
    table(6, HUB, [6], [local('10.8.0.0/16'), to('0.0.0.0/0', {GatewayId: IGW}), toFirewall('10.0.0.0/8')]),
  ],
}

const without = (account: Account, n: number, cidr: string) =>
  routes(account, n, (all) => all.filter(({DestinationCidrBlock}) => DestinationCidrBlock !== cidr))

const found = (account: Account) =>
  examine(account, INSTANCE)
    .causes.filter(({severity, revealedBy}) => ['blocks', 'undecided'].includes(severity) && revealedBy === undefined)
    .map(({id: cause, severity, certainty, resource}) => `${severity} ${cause} ${certainty} ${resource}`)
const undecidedOnly = [`undecided gwlb.inspection proven ${FIREWALL}`]

describe('behind a firewall endpoint the walk continues', () => {
  it.each([
    ['in front of the NAT gateway', behindFirewall],
    ['behind the NAT gateway', firewallBehindNat],
    ['in the hub', inspectedInHub],
  ])('and only the inspection stays unknown: %s', (_, account) => expect(found(account)).toEqual(undecidedOnly))

  it('to a NAT gateway that no longer exists', () => {
    const gone = {...behindFirewall, NatGateways: []}
    expect(found(gone)).toEqual([`blocks route.blackhole proven ${id('rtb', 7)}`, ...undecidedOnly])
  })

  it('to no target, without a route in its own table', () => {
    const shut = without(behindFirewall, 7, '0.0.0.0/0')
    expect(found(shut)).toEqual([`blocks route.none proven ${id('rtb', 7)}`, ...undecidedOnly])
  })

  it('to an internet gateway, which needs a public address', () => {
    const direct = routes(behindFirewall, 7, () => [LOCAL, to('0.0.0.0/0', {GatewayId: IGW})])
    expect(found(direct)).toContain(`blocks igw.no-public-ip proven ${INSTANCE}`)
    const hub = routes(inspectedInHub, 7, (all) => [
      ...all.filter(({NatGatewayId}) => !NatGatewayId),
      to('0.0.0.0/0', {GatewayId: IGW}),
    ])
    expect(found(hub)).toContain(`blocks igw.no-public-ip proven ${id('rtb', 7)}`)
  })

  it('not from a private NAT gateway to an internet gateway', () => {
    const privately = withItems(firewallBehindNat, 'NatGateways', (all) =>
      all.map((one) => ({...one, ConnectivityType: 'private'})),
    )
    expect(found(privately)).toContain(`blocks nat.private proven ${NAT}`)
  })

  it('not if the endpoint is not in the collected data', () => {
    expect(found({...behindFirewall, VpcEndpoints: []})).toEqual(undecidedOnly)
  })

  it('not if the endpoint does not work', () => {
    const rejected = {...behindFirewall, VpcEndpoints: [firewall({State: 'rejected'})]}
    expect(found(rejected)).toEqual([`blocks endpoint.not-available proven ${FIREWALL}`])
  })

  it.each([
    ['rejected', `Ask the owner of firewall endpoint ${FIREWALL}, which is rejected, to replace it`],
    ['pending', `Wait until endpoint ${FIREWALL} is available`],
  ] as const)('which is replaced by its owner, or waited for: %s', (State, title) => {
    const {checklist} = examine({...behindFirewall, VpcEndpoints: [firewall({State})]}, INSTANCE)
    expect(checklist[0]?.title).toContain(title)
  })

  it('its network ACL is likely to filter the traffic', () => {
    const closed: Account = {
      ...behindFirewall,
      NetworkAcls: [
        ...itemsOf(behindNat.NetworkAcls),
        acl(
          7,
          VPC,
          [7],
          OPEN_ACL.filter(({Egress, RuleAction}) => Egress || RuleAction === 'deny'),
        ),
      ],
    }
    expect(found(closed)).toContain(`blocks nacl.ingress-ephemeral likely ${id('acl', 7)}`)
  })
})

describe('replies to what a firewall endpoint inspected', () => {
  it('must also pass it, or a stateful firewall drops them', () => {
    const past = without(behindFirewall, 9, '10.0.1.0/24')
    expect(found(past)).toEqual([`blocks route.no-return likely ${id('rtb', 9)}`, ...undecidedOnly])
    const [step] = examine(past, INSTANCE).checklist
    expect(step?.commands.join()).toContain(
      `create-route --route-table-id ${id('rtb', 9)} --destination-cidr-block 10.0.1.0/24 --vpc-endpoint-id ${FIREWALL}`,
    )
  })

  it('pass it after an internet gateway, by its own route table', () => {
    const [a, b, c] = itemsOf(firewallBehindNat.RouteTables)
    const tableless = {...firewallBehindNat, RouteTables: [a!, b!, c!]}
    expect(found(tableless)).toEqual([`blocks route.no-return likely ${IGW}`, ...undecidedOnly])
    const back = `10.0.9.0/24, the subnet of NAT gateway ${NAT},`
    expect(examine(tableless, INSTANCE).checklist[0]?.title).toBe(
      `Associate a route table with internet gateway ${IGW} that routes ${back} back to ${FIREWALL}`,
    )
    const straight = routes(firewallBehindNat, 8, () => [LOCAL])
    expect(found(straight)).toEqual([`blocks route.no-return likely ${id('rtb', 8)}`, ...undecidedOnly])
    expect(examine(straight, INSTANCE).checklist[0]?.title).toBe(
      `Route ${back} in route table ${id('rtb', 8)} back to ${FIREWALL}`,
    )
  })

  it('as do those of an instance with a public address', () => {
    const direct: Account = {
      ...inPublicSubnet,
      Subnets: [...itemsOf(inPublicSubnet.Subnets), subnet(7, '10.0.7.0/24')],
      NetworkAcls: [...itemsOf(inPublicSubnet.NetworkAcls), acl(7, VPC, [7])],
      VpcEndpoints: [firewall()],
      RouteTables: [
        table(1, VPC, [1], [LOCAL, toFirewall('0.0.0.0/0')]),
        table(7, VPC, [7], [LOCAL, to('0.0.0.0/0', {GatewayId: IGW})]),
        {...table(8, VPC, [], [LOCAL, toFirewall('10.0.1.0/24')]), Associations: [{GatewayId: IGW, Main: false}]},
      ],
    }
    expect(found(direct)).toEqual(undecidedOnly)
    expect(found(routes(direct, 8, () => [LOCAL]))).toContain(`blocks route.no-return likely ${id('rtb', 8)}`)
  })

  it('need a route in the table of the NAT gateway, and in that of the firewall', () => {
    expect(found(without(inspectedInHub, 6, '10.0.0.0/8'))).toEqual([
      `blocks route.no-return proven ${id('rtb', 6)}`,
      ...undecidedOnly,
    ])
    expect(found(without(inspectedInHub, 7, '10.0.0.0/8'))).toEqual([
      `blocks route.no-return proven ${id('rtb', 7)}`,
      ...undecidedOnly,
    ])
  })

  it('that are the only traffic through a firewall stay unknown, and its table must have a return route', () => {
    const [first] = itemsOf(behindTransitGateway.RouteTables)
    const replyOnly = {
      ...inspectedInHub,
      RouteTables: [
        first!,
        table(5, HUB, [5], [local('10.8.0.0/16'), to('0.0.0.0/0', {NatGatewayId: NAT})]),
        ...itemsOf(inspectedInHub.RouteTables).slice(2),
      ],
    }
    expect(found(replyOnly)).toEqual(undecidedOnly)
    expect(found(without(replyOnly, 7, '10.0.0.0/8'))).toContain(`blocks route.no-return proven ${id('rtb', 7)}`)
  })
})

describe('a firewall endpoint inside the VPC, between two subnets', () => {
  const between = (back: readonly Route[]): Account => ({
    ...behindEndpoints,
    Subnets: [...itemsOf(behindEndpoints.Subnets), subnet(7, '10.0.7.0/24')],
    NetworkAcls: [...itemsOf(behindEndpoints.NetworkAcls), acl(7, VPC, [7])],
    VpcEndpoints: [...itemsOf(behindEndpoints.VpcEndpoints), firewall()],
    RouteTables: [
      table(1, VPC, [1], [LOCAL, toFirewall('10.0.2.0/24')]),
      table(2, VPC, [2], [LOCAL, ...back]),
      table(7, VPC, [7], [LOCAL]),
    ],
  })

  it('inspects both directions', () => {
    expect(found(between([toFirewall('10.0.1.0/24')]))).toEqual(undecidedOnly)
    expect(found(between([]))).toContain(`blocks route.no-return likely ${id('rtb', 2)}`)
  })

  it('makes references to security groups ineffective: only addresses count', () => {
    const referring = withItem(
      between([toFirewall('10.0.1.0/24')]),
      'SecurityGroups',
      'GroupId',
      id('sg', 2),
      (one) => ({
        ...one,
        IpPermissions: [{IpProtocol: '-1', UserIdGroupPairs: [{GroupId: id('sg', 1)}]}],
      }),
    )
    expect(found(referring)).toContain(`blocks endpoint.sg-blocks proven ${id('sg', 2)}`)
  })
})

describe('a reply in a loop of firewall endpoints', () => {
  const OTHER = id('vpce', 8)
  const toOther = (cidr: string): Route => to(cidr, {GatewayId: OTHER})
  const natRoutes = [LOCAL, toFirewall('10.0.1.0/24'), to('0.0.0.0/0', {GatewayId: IGW})]
  const withTables = (first: Route, ofFirewall: readonly Route[], ofOther: readonly Route[] = []): Account => ({
    ...behindFirewall,
    Subnets: [...itemsOf(behindFirewall.Subnets), subnet(8, '10.0.8.0/24')],
    NetworkAcls: [...itemsOf(behindFirewall.NetworkAcls), acl(8, VPC, [8])],
    VpcEndpoints: [firewall(), firewall({VpcEndpointId: OTHER, SubnetIds: [id('subnet', 8)]})],
    RouteTables: [
      table(1, VPC, [1], [LOCAL, first]),
      table(7, VPC, [7], [LOCAL, ...ofFirewall]),
      table(8, VPC, [8], [LOCAL, ...ofOther]),
      table(9, VPC, [9], natRoutes),
    ],
  })
  const direct = to('0.0.0.0/0', {NatGatewayId: NAT})

  it.each([
    ['from an endpoint to itself', withTables(direct, [toFirewall('10.0.1.0/24')]), 7],
    [
      'from an endpoint to itself, which the request passed',
      withTables(toFirewall('0.0.0.0/0'), [toFirewall('10.0.1.0/24'), direct]),
      7,
    ],
    ['between two', withTables(direct, [toOther('10.0.1.0/24')], [toFirewall('10.0.1.0/24')]), 8],
  ])('does not return: %s', (_, account, at) => {
    const report = examine(account, INSTANCE)
    expect(report.causes).toContainEqual(
      expect.objectContaining({id: 'route.more-specific-hijack', resource: id('rtb', at)}),
    )
    expect(report.paths.find(({service}) => service === 'ssm')?.verdict).toBe('blocked')
  })
})

describe('IPv6 through a firewall endpoint', () => {
  const EIGW = id('eigw', 1)
  const LOCAL6 = toIpv6('2001:db8:1::/56', {GatewayId: 'local'})
  const every = (RuleNumber: number, Egress: boolean) =>
    ({RuleNumber, Egress, RuleAction: 'allow', Protocol: '-1', Ipv6CidrBlock: '::/0'}) as const
  const account = (beyond: Partial<Route>, edge: readonly RouteTable[] = []): Account => ({
    ...behindFirewall,
    Vpcs: [vpc(VPC, '10.0.0.0/16', {Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: '2001:db8:1::/56'}]})],
    Instances: withItems(behindFirewall, 'Instances', (all) =>
      all.map((one) => ({
        ...one,
        NetworkInterfaces: one.NetworkInterfaces.map((each) => ({
          ...each,
          Ipv6Addresses: [{Ipv6Address: '2001:db8:1:1::10'}],
        })),
      })),
    ).Instances,
    SecurityGroups: [group(1, [], [{IpProtocol: '-1', Ipv6Ranges: [{CidrIpv6: '::/0'}]}])],
    NetworkAcls: [acl(1, VPC, [1, 7, 9], [every(101, true), every(101, false)])],
    VpcEndpoints: [firewall({IpAddressType: 'dualstack'})],
    RouteTables: [
      table(1, VPC, [1], [LOCAL6, toIpv6('::/0', {GatewayId: FIREWALL})]),
      table(7, VPC, [7], [LOCAL6, toIpv6('::/0', beyond)]),
      ...edge,
    ],
    EgressOnlyInternetGateways: [{EgressOnlyInternetGatewayId: EIGW, Attachments: [{VpcId: VPC, State: 'attached'}]}],
  })
  const edgeTable = (...own: readonly Route[]): RouteTable => ({
    ...table(8, VPC, [], [LOCAL6, ...own]),
    Associations: [{GatewayId: IGW, Main: false}],
  })
  const wayOf = (changed: Account) => {
    const destination = {service: 'any', host: '2600:1f18::1', port: 443}
    const {hops, verdict} = pathTo(changed, itemsOf(changed.Instances)[0]!, destination)
    return [
      verdict,
      ...hops.flatMap(({fault, direction, resource}) => (fault ? `${direction} ${fault.cause} ${resource}` : [])),
    ]
  }
  const inspection = `request gwlb.inspection ${FIREWALL}`

  it('returns through it by the route table of the internet gateway', () => {
    const back = edgeTable(toIpv6('2001:db8:1:1::/64', {GatewayId: FIREWALL}))
    expect(wayOf(account({GatewayId: IGW}, [back]))).toEqual(['unknown', inspection])
  })
  it('returns past it without a route in that table', () => {
    const past = ['blocked', inspection, `reply route.no-return ${id('rtb', 8)}`]
    expect(wayOf(account({GatewayId: IGW}, [edgeTable()]))).toEqual(past)
    const onlyIpv4 = edgeTable(LOCAL, toFirewall('10.0.1.0/24'))
    expect(wayOf(account({GatewayId: IGW}, [onlyIpv4]))).toEqual(past)
  })
  it('returns past it from an egress-only internet gateway, which can have no route table', () => {
    expect(wayOf(account({EgressOnlyInternetGatewayId: EIGW}))).toEqual([
      'blocked',
      inspection,
      `reply route.no-return ${EIGW}`,
    ])
    const {hops} = pathTo(account({EgressOnlyInternetGatewayId: EIGW}), itemsOf(account({}).Instances)[0]!, {
      service: 'any',
      host: '2600:1f18::1',
      port: 443,
    })
    expect(hops.find(({fault}) => fault?.cause === 'route.no-return')).toMatchObject({
      because: `Egress-only internet gateway ${EIGW} has no route table, so replies go past firewall endpoint ${FIREWALL}, which the request passed; a stateful firewall drops such connections.`,
      fault: {likely: true},
    })
  })
  it('of another VPC is not known to leave by an egress-only internet gateway, which is for its own VPC', () => {
    const hub = (VpcId: string) => ({
      ...behindTransitGateway,
      Instances: account({}).Instances,
      SecurityGroups: account({}).SecurityGroups,
      Vpcs: [vpc(VPC, '10.0.0.0/16'), vpc(HUB, '10.8.0.0/16')],
      NetworkAcls: [
        acl(1, VPC, [1, 3], [every(101, true), every(101, false)]),
        acl(5, HUB, [5, 6], [every(101, true), every(101, false)]),
      ],
      RouteTables: [
        table(1, VPC, [1, 3], [LOCAL6, toIpv6('::/0', {TransitGatewayId: TGW})]),
        table(
          5,
          HUB,
          [5],
          [toIpv6('::/0', {EgressOnlyInternetGatewayId: EIGW}), toIpv6('2001:db8:1::/56', {TransitGatewayId: TGW})],
        ),
      ],
      TransitGatewayRouteTables: itemsOf(behindTransitGateway.TransitGatewayRouteTables).map((one, n) => ({
        ...one,
        Routes: itemsOf(one.Routes).map((route) => ({
          ...route,
          DestinationCidrBlock: n === 0 ? '::/0' : '2001:db8:1::/56',
        })),
      })),
      EgressOnlyInternetGateways: [
        {EgressOnlyInternetGatewayId: EIGW, Attachments: [{VpcId, State: 'attached' as const}]},
      ],
    })
    expect(wayOf(hub(HUB))).toEqual(['unknown', `request route.unfollowed ${EIGW}`])
    expect(wayOf(hub(VPC))[0]).toBe('blocked')
  })
})
