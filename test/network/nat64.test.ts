import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf, type Route} from '../../src/model/account.ts'
import {pathTo} from '../../src/network/walk.ts'
import {networkRemedies} from '../../src/remedies/network/network-remedies.ts'
import {
  acl,
  behindTransitGateway,
  endpoint,
  eni,
  firewall,
  group,
  HUB,
  IGW,
  INSTANCE,
  id,
  NAT,
  OPEN_ACL_IPV6,
  REGION,
  rule,
  s3Gateway,
  s3Route,
  subnet,
  TGW,
  table,
  to,
  toIpv6,
  VPC,
  vpc,
} from '../support/network.ts'
import {healthy} from '../support/network-breakages.ts'
import {blockingCausesOf, pathOf, verdictOf} from './examined.ts'

const {account} = healthy.find(({name}) => name === 'IPv6 only with DNS64 and NAT64')!
const [local64 = {}] = itemsOf(account.RouteTables)[0]!.Routes as readonly Route[]
const EGRESS_ONLY = id('eigw', 1)

const withRoute = (route: Partial<Route>): Account => ({
  ...account,
  RouteTables: [
    table(1, VPC, [1], [local64, {Origin: 'CreateRoute', State: 'active', ...route}]),
    ...itemsOf(account.RouteTables).slice(1),
  ],
  EgressOnlyInternetGateways: [
    {EgressOnlyInternetGatewayId: EGRESS_ONLY, Attachments: [{VpcId: VPC, State: 'attached'}]},
  ],
})

const stepsOf = (account: Account) => examine(account, INSTANCE).checklist.map(({title}) => title)

/** https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html */
describe('addresses that DNS64 made', () => {
  it.each([
    ['an egress-only internet gateway', {DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: EGRESS_ONLY}],
    ['an internet gateway', {DestinationIpv6CidrBlock: '::/0', GatewayId: IGW}],
    ['an internet gateway by their own block', {DestinationIpv6CidrBlock: '64:ff9b::/96', GatewayId: IGW}],
  ])('do not reach IPv4 through %s', (_, route) => {
    const {causes, paths} = examine(withRoute(route), INSTANCE)
    expect(paths.find(({service}) => service === 'ssm')?.verdict).toBe('blocked')
    expect(causes[0]).toMatchObject({
      id: 'ipv6.only-no-ipv4-path',
      severity: 'blocks',
      certainty: 'proven',
      resource: id('subnet', 1),
      message: expect.stringContaining('need a route to a NAT gateway'),
    })
  })
  it('reach it through a NAT gateway, beside an egress-only internet gateway for the rest', () => {
    const route = {DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: EGRESS_ONLY}
    const [own, ...others] = itemsOf(account.RouteTables)
    const beside = {
      ...own!,
      Routes: [...(own!.Routes as readonly Route[]), {Origin: 'CreateRoute', State: 'active', ...route} as Route],
    }
    const open = {...withRoute(route), RouteTables: [beside, ...others]}
    expect(examine(open, INSTANCE).paths.map(({verdict}) => verdict)).toContain('open')
    expect(examine(open, INSTANCE).causes.map((cause) => cause.id)).not.toContain('ipv6.only-no-ipv4-path')
  })
  it('need rules for IPv6 in the network ACL', () => {
    const onlyIpv4 = itemsOf(account.NetworkAcls).map((one) => ({
      ...one,
      Entries: (one.Entries as readonly {readonly CidrBlock?: string}[]).filter(({CidrBlock}) => CidrBlock),
    }))
    const {causes} = examine({...account, NetworkAcls: onlyIpv4 as never}, INSTANCE)
    expect(causes.filter(({severity}) => severity === 'blocks').map((cause) => cause.id)).toEqual(
      expect.arrayContaining(['nacl.egress-443', 'nacl.ingress-ephemeral']),
    )
  })
})

describe('an endpoint with IPv4 addresses, in a subnet with IPv6 only', () => {
  const groupFrom = (cidr: string) => group(2, [rule(443, {cidr})], [])
  const withEndpoints: Account = {
    ...account,
    VpcEndpoints: ['ssm', 'ssmmessages', 'ec2messages'].map((service, n) => endpoint(n + 1, service, [9])),
    NetworkInterfaces: [
      ...itemsOf(account.NetworkInterfaces),
      ...[1, 2, 3].map((n) => eni(100 * n + 9, 9, `10.0.9.${20 + n}`, [id('sg', 2)])),
    ],
    SecurityGroups: [
      ...itemsOf(account.SecurityGroups).filter(({GroupId}) => GroupId !== id('sg', 2)),
      groupFrom('10.0.9.5/32'),
    ],
  }

  it('is reached through the NAT gateway, from the address of the NAT gateway', () => {
    expect(verdictOf(withEndpoints)).toBe('open')
    expect(blockingCausesOf(withEndpoints)).not.toContain('ipv6.only-no-ipv4-path proven')
  })
  it('must allow the address of the NAT gateway', () => {
    const closed = {
      ...withEndpoints,
      SecurityGroups: [...itemsOf(withEndpoints.SecurityGroups).slice(0, -1), groupFrom('10.0.1.0/24')],
    }
    expect(blockingCausesOf(closed)).toEqual(['endpoint.sg-blocks proven'])
  })
  it('is not reached without DNS64, which is enabled then, or without a route for its addresses', () => {
    const withoutDns64 = {
      ...withEndpoints,
      Subnets: itemsOf(withEndpoints.Subnets).map((one) => ({...one, EnableDns64: false})),
    }
    const withoutTheRoute = {
      ...withEndpoints,
      RouteTables: withRoute({DestinationIpv6CidrBlock: '2001:db9::/32', NatGatewayId: NAT}).RouteTables,
    }
    expect(blockingCausesOf(withoutDns64)).toEqual(['ipv6.only-no-ipv4-path proven'])
    expect(stepsOf(withoutDns64)[0]).toBe(`Enable DNS64 of subnet ${id('subnet', 1)}`)
    expect(examine(withoutDns64, INSTANCE).verified).toBe(true)
    expect(blockingCausesOf(withoutTheRoute)).toEqual(['ipv6.only-no-ipv4-path proven'])
    expect(stepsOf(withoutTheRoute)[0]).toBe(`Route 64:ff9b::/96 of route table ${id('rtb', 1)} to NAT gateway ${NAT}`)
  })
  it('lacks both where the VPC has a NAT gateway, which then translates its addresses', () => {
    const neither: Account = {
      ...withRoute({DestinationIpv6CidrBlock: '2001:db9::/32', NatGatewayId: NAT}),
      Subnets: itemsOf(account.Subnets).map((one) => ({...one, EnableDns64: false})),
    }
    expect(blockingCausesOf(neither)).toEqual(['ipv6.only-no-ipv4-path proven'])
    const {checklist, verified} = examine(neither, INSTANCE)
    expect(checklist[0]).toMatchObject({
      title: `Enable DNS64 of subnet ${id('subnet', 1)}, and route 64:ff9b::/96 of route table ${id('rtb', 1)} to NAT gateway ${NAT}`,
      commands: [expect.stringContaining('--enable-dns64'), expect.stringContaining('64:ff9b::/96')],
    })
    expect(verified).toBe(true)
  })
  it('may be reached through a regional NAT gateway', () => {
    const [nat] = itemsOf(withEndpoints.NatGateways)
    const {SubnetId: _, ...rest} = nat!
    expect(verdictOf({...withEndpoints, NatGateways: [{...rest, AvailabilityMode: 'regional'}]})).toBe('unknown')
  })
  it('in another VPC is reached by a route of the NAT gateway to that VPC only, not through the internet', () => {
    const inHub = endpoint(5, 'ssm', [5], {VpcId: HUB})
    const hub: Account = {
      ...withEndpoints,
      Vpcs: [...itemsOf(account.Vpcs), vpc(HUB, '10.1.0.0/16')],
      Subnets: [...itemsOf(account.Subnets), subnet(5, '10.1.5.0/24', {VpcId: HUB})],
      VpcEndpoints: [inHub],
      NetworkInterfaces: [...itemsOf(account.NetworkInterfaces), eni(505, 5, '10.1.5.20', [id('sg', 2)], HUB)],
    }
    const host = `ssm.${REGION}.amazonaws.com`
    const path = pathTo(hub, itemsOf(hub.Instances)[0]!, {service: 'ssm', host, port: 443, endpoint: inHub})
    expect(path.verdict).toBe('blocked')
    expect(path.hops.find(({verdict}) => verdict === 'blocked')).toMatchObject({
      resource: id('rtb', 9),
      leg: 'nat',
      fault: {cause: 'route.none'},
    })
  })
})

describe('without a route for the addresses that DNS64 made', () => {
  it('the route to the NAT gateway is the fix', () => {
    const unrouted = withRoute({DestinationIpv6CidrBlock: '2001:db9::/32', NatGatewayId: NAT})
    const report = examine(unrouted, INSTANCE)
    expect(report.causes[0]).toMatchObject({
      id: 'route.none',
      message: expect.stringContaining('no route to 64:ff9b::/96'),
    })
    expect(stepsOf(unrouted)[0]).toBe(`Route 64:ff9b::/96 of route table ${id('rtb', 1)} to NAT gateway ${NAT}`)
    expect(report.verified).toBe(true)
  })
})

/** https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/centralized-egress-for-ipv6.html */
describe('the NAT gateway of a hub, which translates for an IPv6-only subnet of another VPC', () => {
  const out = '64:ff9b::/96'
  const spoke = '2001:db8::/56'
  const [own, ...others] = itemsOf(account.Subnets).filter(({SubnetId}) => SubnetId !== id('subnet', 9))
  const [toHub, toSpoke] = itemsOf(behindTransitGateway.TransitGatewayRouteTables)
  const routedTo = (one: typeof toHub, DestinationCidrBlock: string) => ({
    ...one!,
    Routes: itemsOf(one!.Routes).map((route) => ({...route, DestinationCidrBlock})),
  })
  const inHub: Account = {
    ...behindTransitGateway,
    Instances: account.Instances,
    NetworkInterfaces: account.NetworkInterfaces,
    SecurityGroups: account.SecurityGroups,
    InstanceInformationList: [],
    Vpcs: [...itemsOf(account.Vpcs), vpc(HUB, '10.8.0.0/16')],
    Subnets: [own!, ...others, ...itemsOf(behindTransitGateway.Subnets).slice(1)],
    NetworkAcls: [acl(1, VPC, [1, 3], OPEN_ACL_IPV6), acl(5, HUB, [5, 6], OPEN_ACL_IPV6)],
    TransitGatewayRouteTables: [routedTo(toHub, out), routedTo(toSpoke, spoke)],
    RouteTables: [
      table(1, VPC, [1, 3], [local64, toIpv6(out, {TransitGatewayId: TGW})]),
      table(5, HUB, [5], [toIpv6(out, {NatGatewayId: NAT})]),
      table(6, HUB, [6], [to('0.0.0.0/0', {GatewayId: IGW}), toIpv6(spoke, {TransitGatewayId: TGW})]),
    ],
  }
  const firstStepOf = (changed: Account) => {
    const {checklist, verified} = examine(changed, INSTANCE)
    return [checklist[0]?.title, verified]
  }
  it('is reached through the transit gateway', () => {
    expect(verdictOf(inHub)).toBe('open')
  })
  it('needs a route for what DNS64 makes in the transit gateway route table', () => {
    const title = `Route ${out} in ${id('tgw-rtb', 1)} to attachment ${id('tgw-attach', 2)} (VPC ${HUB})`
    expect(firstStepOf({...inHub, TransitGatewayRouteTables: [toHub!, routedTo(toSpoke, spoke)]})).toEqual([
      title,
      true,
    ])
  })
  it('needs the same route in the subnet where the hub is attached', () => {
    const [first, second, third] = itemsOf(inHub.RouteTables)
    const unrouted = {...inHub, RouteTables: [first!, {...second!, Routes: []}, third!]}
    const title = `Route ${out} of route table ${id('rtb', 5)} to NAT gateway ${NAT}`
    expect(firstStepOf(unrouted)).toEqual([title, true])
  })
  it('is used once DNS64 is enabled', () => {
    const [subnet, ...rest] = itemsOf(inHub.Subnets)
    const disabled = {...inHub, Subnets: [{...subnet!, EnableDns64: false}, ...rest]}
    expect(firstStepOf(disabled)).toEqual([`Enable DNS64 of subnet ${id('subnet', 1)}`, true])
  })
  it('that was deleted is replaced in the route of those addresses', () => {
    const title = `Route ${out} of route table ${id('rtb', 5)} to a new NAT gateway in public subnet ${id('subnet', 6)}`
    expect(firstStepOf({...inHub, NatGateways: []})).toEqual([title, true])
  })
})

/** https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html#gateway-endpoint-dns-record-ip-type */
describe('S3 through a dual-stack gateway endpoint, in a subnet with DNS64', () => {
  const LIST = 'pl-0123456789abcdef0'
  const behindGateway = (
    records: 'service-defined' | 'dualstack' | undefined,
    ...routes: readonly Route[]
  ): Account => ({
    ...account,
    RouteTables: [
      table(1, VPC, [1], [local64, ...routes, {...s3Route, DestinationPrefixListId: LIST}]),
      ...itemsOf(account.RouteTables).slice(1),
    ],
    VpcEndpoints: [s3Gateway([1], {IpAddressType: 'dualstack', DnsOptions: records ? {DnsRecordIpType: records} : {}})],
    ManagedPrefixLists: [
      {
        PrefixListId: LIST,
        PrefixListName: `com.amazonaws.${REGION}.s3`,
        Entries: [{Cidr: '52.218.0.0/17'}, {Cidr: '2a05:d050:8000::/40'}],
      },
    ],
  })
  const toNat: Route = {DestinationIpv6CidrBlock: '64:ff9b::/96', NatGatewayId: NAT, State: 'active'}

  it('is reached through it if it gives the names IPv6 addresses', () => {
    expect(pathOf(behindGateway('dualstack'), 's3')).toMatchObject({verdict: 'open', via: id('vpce', 9)})
  })
  it('is otherwise reached through the NAT gateway, which DNS64 leads to', () => {
    for (const records of ['service-defined', undefined] as const)
      expect(pathOf(behindGateway(records, toNat), 's3')).toMatchObject({verdict: 'open', via: NAT})
  })
  it('is undetermined if the prefix list could not be read', () => {
    const unread = {...behindGateway('service-defined', toNat), ManagedPrefixLists: {unreadable: 'AccessDenied'}}
    expect(pathOf(unread, 's3')).toMatchObject({verdict: 'unknown'})
  })
  it('is not reached without both, and the endpoint can give such addresses', () => {
    const unrouted = behindGateway('service-defined')
    const host = pathOf(unrouted, 's3')!.host
    const {verdict, hops} = pathTo(unrouted, itemsOf(unrouted.Instances)[0]!, {service: 's3', host, port: 443})
    expect(verdict).toBe('blocked')
    const blocked = hops.filter((hop) => hop.verdict === 'blocked')
    expect(blocked.map(({because}) => because).join()).toContain(
      `S3 gateway endpoint ${id('vpce', 9)} in it gives the names of S3 no IPv6 addresses`,
    )
    const [enable] = networkRemedies(unrouted, itemsOf(unrouted.Instances)[0]!, blocked, ['s3'])
    expect(enable?.title).toBe(`Enable dual-stack addresses for S3 gateway endpoint ${id('vpce', 9)}`)
    expect(pathOf(enable!.apply!(unrouted), 's3')).toMatchObject({verdict: 'open', via: id('vpce', 9)})
  })
})

describe('a dual-stack instance without an IPv4 route', () => {
  const [web] = itemsOf(account.Instances)
  const [nic] = web!.NetworkInterfaces
  const dualStack: Account = {
    ...account,
    Instances: [
      {
        ...web!,
        PrivateIpAddress: '10.0.1.10',
        NetworkInterfaces: [
          {
            ...nic!,
            PrivateIpAddress: '10.0.1.10',
            PrivateIpAddresses: [{Primary: true, PrivateIpAddress: '10.0.1.10'}],
          },
        ],
      },
    ],
    Subnets: [
      subnet(1, '10.0.1.0/24', {EnableDns64: true, Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: '2001:db8::/64'}]}),
      ...itemsOf(account.Subnets).slice(1),
    ],
  }
  it('reaches the services over NAT64, whatever its agent is', () => {
    expect(verdictOf(dualStack)).toBe('open')
    expect(blockingCausesOf(dualStack)).toEqual(['os.agent-not-running likely'])
  })
  it('may reach them over NAT64 if what follows the NAT gateway is undetermined', () => {
    const NatGateways = itemsOf(dualStack.NatGateways).map((nat) => ({...nat, AttachedAppliances: [{}]}))
    const {causes} = examine({...dualStack, NatGateways}, INSTANCE)
    expect(causes.find((cause) => cause.id === 'route.none')).toMatchObject({
      certainty: 'likely',
      message: expect.stringContaining('Over NAT64, which the agent tries as well, the path is not blocked.'),
    })
  })
  it('does not without DNS64', () => {
    const withoutDns64 = {
      ...dualStack,
      Subnets: itemsOf(dualStack.Subnets).map((one) => ({...one, EnableDns64: false})),
    }
    expect(blockingCausesOf(withoutDns64)).toContain('route.none proven')
  })
})

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-settings.html */
describe('a rule of DNS Firewall that blocks IPv6 addresses', () => {
  const Instances = itemsOf(account.Instances).map(({PrivateIpAddress: _, ...one}) => ({
    ...one,
    NetworkInterfaces: one.NetworkInterfaces.map(({PrivateIpAddress: __, ...ipv6}) => ipv6),
  }))
  const blockedBy = (BlockResponse: string | undefined, Qtype: string | undefined, more: Partial<Account> = {}) =>
    verdictOf({
      ...account,
      ...more,
      Instances,
      FirewallRuleGroupAssociations: firewall({Priority: 1, Action: 'BLOCK', Domains: ['*'], BlockResponse, Qtype}),
    })

  it.each(['AAAA', 'TYPE28'])('as names that do not exist leaves those that DNS64 makes, for query type %s', (type) => {
    expect(blockedBy('NXDOMAIN', type)).toBe('open')
  })
  it.each([
    ['NODATA', 'AAAA'],
    ['OVERRIDE', 'AAAA'],
    ['NXDOMAIN', undefined],
    [undefined, 'AAAA'],
  ])('with response %s and query type %s blocks them too', (response, type) => {
    expect(blockedBy(response, type)).toBe('blocked')
  })
  it('blocks those of an endpoint, which are its own', () => {
    const dualstack = {IpAddressType: 'dualstack', DnsOptions: {DnsRecordIpType: 'dualstack'}} as const
    const VpcEndpoints = ['ssm'].map((service) => endpoint(1, service, [1], dualstack))
    expect(blockedBy('NXDOMAIN', 'AAAA', {VpcEndpoints})).toBe('blocked')
  })
})
