import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import type {
  Account,
  HostedZone,
  RouteTable,
  Subnet,
  TransitGatewayVpcAttachment,
  Vpc,
  VpcEndpoint,
} from '../../src/model/account.ts'
import {
  ANYWHERE,
  acl,
  behindEndpoints,
  behindNat,
  entry,
  firewall,
  group,
  HUB,
  IGW,
  INSTANCE,
  id,
  inPublicSubnet,
  instance,
  local,
  online,
  REGION,
  subnet,
  table,
  to,
  VPC,
  withHubEndpoints,
} from '../support/network.ts'

const REFUSED = {
  unreadable: 'UnauthorizedOperation: You are not authorized to perform this operation.',
  error: 'UnauthorizedOperation',
}
const ids = (account: Account, ...severities: readonly string[]) =>
  examine(account, INSTANCE)
    .causes.filter(({severity}) => severities.includes(severity))
    .map(({id: cause}) => cause)
const hurting = (account: Account) => ids(account, 'blocks', 'degrades')

const endpointsWith = (change: Partial<VpcEndpoint>): Account => ({
  ...behindEndpoints,
  VpcEndpoints: (behindEndpoints.VpcEndpoints as readonly VpcEndpoint[]).map((endpoint) =>
    endpoint.VpcEndpointType === 'Interface' ? {...endpoint, ...change} : endpoint,
  ),
})

describe('an instance that does not run', () => {
  const off = (account: Account): Account => ({...account, Instances: [instance({State: {Name: 'stopped'}})]})
  it('has that as its only cause, whatever starting it would uncover', () => {
    const report = examine(off({...behindNat, SecurityGroups: []}), INSTANCE)
    expect(report.causes.map(({id: cause}) => cause)).toEqual(['instance.not-running'])
    expect(report.checklist).toHaveLength(1)
  })
  it('is not verified as fixed by starting it while something else is wrong', () => {
    expect(examine(off(behindNat), INSTANCE).verified).toBe(true)
    expect(examine(off({...behindNat, InstanceProfiles: []}), INSTANCE).verified).toBe(false)
  })
})

describe('an instance in a state that AWS added', () => {
  const hibernating = instance({State: {Name: 'hibernating' as never}})

  it('may not be running, so its agent is no cause', () => {
    expect(hurting(behindNat)).toEqual(['os.agent-not-running'])
    const account = {...behindNat, Instances: [hibernating]}
    expect(hurting(account)).toEqual([])
    expect(examine(account, INSTANCE)).toMatchObject({verdict: 'unmanaged', verified: null})
  })
})

describe('a denied call for a list inside an item', () => {
  const table = {...(behindNat.RouteTables as readonly object[])[0], Routes: REFUSED}
  it.each([
    ['routes', {...behindNat, RouteTables: [table]} as unknown as Account, []],
    [
      'the domains of a rule of DNS Firewall',
      {
        ...behindNat,
        FirewallRuleGroupAssociations: firewall({Priority: 1, Action: 'BLOCK', Domains: REFUSED}),
      } satisfies Account,
      ['dns.firewall-block'],
    ],
  ])('is reported as denied: %s', (_, account, open) => {
    expect(ids(account, 'undecided')).toEqual([...open, 'target.access-denied'])
    expect(examine(account, INSTANCE).unreadable.map(({reason}) => reason)).toEqual([REFUSED.unreadable])
  })
})

describe('an endpoint of another Region', () => {
  it('does not serve the agent, even where its private DNS claims the name', () => {
    expect(ids(endpointsWith({ServiceRegion: 'us-west-2'}), 'blocks')).toEqual(['endpoint.cross-region'])
  })
  it('is the cause before its private DNS', () => {
    const silent = {ServiceRegion: 'us-west-2', PrivateDnsEnabled: false, DnsEntries: []}
    expect(ids(endpointsWith(silent), 'blocks')).toEqual(['endpoint.cross-region'])
  })
  it('that names its own Region is not one', () => {
    expect(hurting(endpointsWith({ServiceRegion: REGION}))).toEqual(['os.agent-not-running'])
  })
})

describe('a path to S3 is not reported as missing', () => {
  const local = {
    RouteTables: [{...(behindEndpoints.RouteTables as readonly object[])[0], Routes: []}],
  } as unknown as Partial<Account>
  it('while endpoints could not be read', () => {
    expect(hurting({...behindEndpoints, ...local, VpcEndpoints: REFUSED})).toEqual([])
  })
  it('in a subnet whose owner may have an endpoint that this account cannot see', () => {
    const shared = [1, 2].map((n) => subnet(n, `10.0.${n}.0/24`, {OwnerId: '444455556666'}))
    const account = {...behindEndpoints, ...local, Subnets: shared, VpcEndpoints: []}
    expect(hurting(account)).toEqual([])
    expect(ids(account, 'undecided')).toEqual(['endpoint.invisible-shared'])
    expect(hurting({...account, Caller: {Account: '444455556666'}})).toContain('s3.unreachable')
  })
})

describe('what the Amazon DNS server would not resolve', () => {
  const own: Partial<Account> = {
    DhcpOptions: [
      {
        DhcpOptionsId: id('dopt', 1),
        DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: '10.0.1.53'}]}],
      },
    ],
  }
  const off = {VpcAttributes: [{VpcId: VPC, EnableDnsSupport: {Value: false}, EnableDnsHostnames: {Value: false}}]}
  const empty = {HostedZones: [{Id: 'Z1', Name: 'amazonaws.com.', ResourceRecordSets: []}]}
  it.each([
    ['DNS support that is off', off, 'dns.support-off'],
    [
      'DNS Firewall',
      {FirewallRuleGroupAssociations: firewall({Priority: 1, Action: 'BLOCK', Domains: ['*']})},
      'dns.firewall-block',
    ],
    ['a private zone without the name', empty, 'dns.phz-shadow'],
  ] as const)('is not a fault if the instance uses other DNS servers: %s', (_, change, cause) => {
    expect(ids({...behindNat, ...change} as Account, 'blocks')).toEqual([cause])
    expect(hurting({...behindNat, ...own, ...change} as Account)).toEqual([])
    expect(ids({...behindNat, ...own, ...change} as Account, 'undecided')).toEqual(['dns.custom-servers'])
  })
  it('is unknown if a rule with domains that could not be read may allow it first', () => {
    const block = {Priority: 2, Action: 'BLOCK', Domains: ['*']}
    const account = {
      ...behindNat,
      FirewallRuleGroupAssociations: firewall({Priority: 1, Action: 'ALLOW', Domains: REFUSED}, block),
    }
    expect(hurting(account)).toEqual([])
    expect(hurting({...behindNat, FirewallRuleGroupAssociations: firewall(block)})).toEqual(['dns.firewall-block'])
  })
})

describe('an internet gateway that a route names', () => {
  it('makes the route a blackhole if it no longer exists, and another one takes its place', () => {
    const gone = {...inPublicSubnet, InternetGateways: []}
    expect(ids(gone, 'blocks')).toEqual(['route.blackhole'])
    expect(examine(gone, INSTANCE)).toMatchObject({
      verified: true,
      checklist: [
        {title: `Create an internet gateway for VPC ${VPC} and replace the target ${IGW} of the routes with it`},
      ],
    })
  })
  it('makes the route in the subnet of a NAT gateway a blackhole if it no longer exists', () => {
    const gone = {...behindNat, InternetGateways: []}
    const blocks = examine(gone, INSTANCE).causes.filter(({severity}) => severity === 'blocks')
    expect(blocks).toMatchObject([{id: 'route.blackhole', resource: id('rtb', 9)}])
  })
  it('is detached if it exists', () => {
    const loose = {...inPublicSubnet, InternetGateways: [{InternetGatewayId: IGW, Attachments: []}]}
    expect(ids(loose, 'blocks')).toEqual(['igw.detached'])
  })
})

describe('private zones that were not read', () => {
  const zones = withHubEndpoints.HostedZones as readonly object[]
  it.each([
    ['all of them', REFUSED],
    ['the records of each', zones.map((zone) => ({...zone, ResourceRecordSets: REFUSED}))],
  ])('may resolve to a hub: %s', (_, HostedZones) => {
    const account = {...withHubEndpoints, HostedZones} as Account
    expect(ids(account, 'blocks')).toEqual([])
    expect(examine(account, INSTANCE).paths.find(({service}) => service === 'ssm')?.verdict).toBe('unknown')
  })
  it('do not help where the route table has no route', () => {
    expect(
      ids({...behindNat, RouteTables: [table(1, VPC, [1, 3], [local('10.0.0.0/16')])], HostedZones: REFUSED}, 'blocks'),
    ).toEqual(['route.none'])
  })
})

describe('names that custom DNS servers resolve', () => {
  const towards: Account = {...withHubEndpoints, HostedZones: []}
  const rule = {Id: 'rslvr-rr-1', DomainName: `${REGION}.amazonaws.com.`, RuleType: 'FORWARD', VPCIds: [VPC]}
  const forwarded: Account = {...towards, ResolverRules: [{...rule, TargetIps: [{Ip: '10.8.6.53', Port: 53}]}]}
  const withServer = (Value: string) => [
    {DhcpOptionsId: id('dopt', 1), DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value}]}]},
  ]
  const own: Account = {...towards, DhcpOptions: withServer('10.8.6.53')}
  it.each([
    ['a resolver rule', forwarded, 'dns.resolver-rule'],
    ['DHCP options', own, 'dns.custom-servers'],
  ])('may resolve to a hub, with %s', (_, account, cause) => {
    expect(hurting(account)).toEqual([])
    expect(ids(account, 'undecided')).toEqual([cause])
  })
  it('may resolve to a hub of an account that was not read', () => {
    const elsewhere = {...forwarded, VpcEndpoints: [], NetworkInterfaces: []}
    expect(ids(elsewhere, 'blocks')).toEqual([])
    expect(ids(online(elsewhere), 'blocks', 'degrades')).toEqual([])
  })
  it('do not help where the route table has no route', () => {
    const RouteTables = [table(1, VPC, [1, 3], [local('10.0.0.0/16')])]
    expect(ids({...forwarded, RouteTables, VpcEndpoints: []}, 'blocks')).toEqual(['route.none'])
  })
  it('may resolve to an endpoint without private DNS', () => {
    const idle = {...endpointsWith({PrivateDnsEnabled: false, DnsEntries: []}), DhcpOptions: withServer('10.0.1.53')}
    expect(hurting(idle)).toEqual([])
    const refusing = {...idle, SecurityGroups: [group(1, [], [ANYWHERE]), group(2, [], [])]}
    expect(ids(refusing, 'undecided')).toEqual(['dns.custom-servers'])
    expect(examine(online(idle), INSTANCE).verdict).toBe('managed')
  })
  it('do not change the outcome for security groups that allow nothing out', () => {
    expect(ids({...forwarded, SecurityGroups: [group(1, [], [])]}, 'blocks')).toEqual(['sg.no-egress-443'])
  })
})

// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByVPC.html
describe('a node that is online through a name that is not visible', () => {
  const towards: Account = {...withHubEndpoints, HostedZones: []}
  it('is not at risk: zones of a Route 53 Profile are not listed', () => {
    const {verdict, paths} = examine(online(towards), INSTANCE)
    expect(ids(online(towards), 'blocks')).toEqual([])
    expect(verdict).not.toBe('at-risk')
    expect(paths.find(({service}) => service === 'ssm')?.verdict).toBe('unknown')
  })
  it('does not apply to one that is not registered', () => {
    expect(ids(towards, 'blocks')).toEqual(['dns.phz-not-associated'])
  })
  it('does not apply to the other names if the zone of ssm is visible', () => {
    const HostedZones = (withHubEndpoints.HostedZones as readonly HostedZone[]).filter(
      ({Name}) => !Name.startsWith('ssmmessages.'),
    )
    expect(ids(online({...withHubEndpoints, HostedZones}), 'degrades')).toContain('dns.phz-not-associated')
  })
})

it('gives a bare-metal instance of a Xen family a DNS server without DHCP options', () => {
  const Vpcs = (behindNat.Vpcs as readonly Vpc[]).map((one) => ({...one, DhcpOptionsId: 'default'}))
  const on = (InstanceType: 'i3.metal' | 'i3.large') => ({...behindNat, Vpcs, Instances: [instance({InstanceType})]})
  expect(ids(on('i3.metal'), 'blocks')).not.toContain('dns.none')
  expect(ids(on('i3.large'), 'blocks')).toContain('dns.none')
})

describe('a peering connection that is not visible', () => {
  const peered = (OwnerId: string): Account => ({
    ...withHubEndpoints,
    Subnets: (withHubEndpoints.Subnets as readonly Subnet[]).map((one) =>
      one.VpcId === VPC ? {...one, OwnerId} : one,
    ),
    RouteTables: (withHubEndpoints.RouteTables as readonly RouteTable[]).map((one) =>
      one.VpcId === VPC
        ? table(
            1,
            VPC,
            [1, 3],
            [local('10.0.0.0/16'), to('10.8.0.0/16', {VpcPeeringConnectionId: 'pcx-00000000000000001'})],
          )
        : one,
    ),
  })
  it('no longer exists in a VPC of the own account', () => {
    expect(ids(peered('111122223333'), 'blocks')).toEqual(['route.blackhole'])
  })
  it('may exist in a shared one', () => {
    const shared = peered('444455556666')
    expect(ids(shared, 'blocks')).toEqual([])
    expect(ids(shared, 'undecided')).toContain('route.unfollowed')
  })
})

it('attributes a blocked return path to the ACL of the endpoints, even if the transit gateway is also in their subnet', () => {
  const closed = acl(6, HUB, [6], [entry(100, false, 'allow'), entry(100, true, 'allow', '10.8.0.0/16')])
  const account = {
    ...withHubEndpoints,
    NetworkAcls: [acl(1, VPC, [1]), acl(3, VPC, [3]), closed],
    TransitGatewayVpcAttachments: (
      withHubEndpoints.TransitGatewayVpcAttachments as readonly TransitGatewayVpcAttachment[]
    ).map((one) => (one.VpcId === HUB ? {...one, SubnetIds: [id('subnet', 6)]} : one)),
  }
  expect(ids(account, 'blocks')).toEqual(['nacl.endpoint-subnet'])
})
