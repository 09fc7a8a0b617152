import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf, type Route} from '../../src/model/account.ts'
import {withItems} from '../../src/model/edits.ts'
import {
  ANYWHERE,
  acl,
  behindEndpoints,
  behindNat,
  behindTransitGateway,
  eni,
  firewall,
  group,
  IGW,
  INSTANCE,
  id,
  inPublicSubnet,
  instance,
  local,
  natGateway,
  OPEN_ACL_IPV6,
  online,
  REGION,
  rule,
  s3Gateway,
  subnet,
  table,
  to,
  toIpv6,
  VPC,
  vpc,
} from '../support/network.ts'
import {causesOf, pathOf, verdictOf} from './examined.ts'

const IPV6 = {IpProtocol: '-1', IpRanges: [], Ipv6Ranges: [{CidrIpv6: '::/0'}], PrefixListIds: [], UserIdGroupPairs: []}
const [nic] = instance().NetworkInterfaces
const dualStack = instance({NetworkInterfaces: [{...nic!, Ipv6Addresses: [{Ipv6Address: '2001:db8:1::10'}]}]})

describe('a dual-stack instance', () => {
  const account: Account = {
    ...inPublicSubnet,
    Instances: [dualStack],
    RouteTables: [
      table(1, VPC, [1], [local('10.0.0.0/16'), to('0.0.0.0/0', {GatewayId: IGW}), toIpv6('::/0', {GatewayId: IGW})]),
    ],
    NetworkAcls: [acl(1, VPC, [1], OPEN_ACL_IPV6)],
    SecurityGroups: [group(1, [], [ANYWHERE, IPV6])],
  }
  const withAgent = (AgentVersion: string): Account => {
    const {InstanceInformationList, ...rest} = online(account)
    return {
      ...rest,
      InstanceInformationList: itemsOf(InstanceInformationList).map((node) => ({
        ...node,
        AgentVersion,
        PingStatus: 'ConnectionLost' as const,
      })),
    }
  }
  // https://github.com/aws/amazon-ssm-agent/releases/tag/3.3.3270.0
  it('without a public IPv4 address may use IPv6, unless its agent is known to be older', () => {
    expect(causesOf(account)).toContain('blocks igw.no-public-ip likely')
    expect(causesOf(withAgent('3.3.3270.0'))).toContain('blocks igw.no-public-ip likely')
    expect(causesOf(withAgent('3.3.2746.0'))).toContain('blocks igw.no-public-ip proven')
  })
  it('may not if that path is blocked too', () => {
    expect(causesOf({...account, SecurityGroups: [group(1, [], [ANYWHERE])]})).toContain(
      'blocks igw.no-public-ip proven',
    )
  })
  it('may not from a private address of IPv6', () => {
    const unique = instance({NetworkInterfaces: [{...nic!, Ipv6Addresses: [{Ipv6Address: 'fd00:1::10'}]}]})
    expect(causesOf({...account, Instances: [unique]})).toContain('blocks igw.no-public-ip proven')
  })
  it('whose endpoints have IPv6 addresses as well reaches them over IPv6', () => {
    const closed = withItems(behindEndpoints, 'VpcEndpoints', (all) =>
      all.map((one) => ({
        ...one,
        IpAddressType: 'dualstack' as const,
        DnsOptions: {DnsRecordIpType: 'dualstack' as const},
      })),
    )
    const both: Account = {
      ...closed,
      Instances: [dualStack],
      NetworkInterfaces: itemsOf(closed.NetworkInterfaces).map((one, n) => ({
        ...one,
        Ipv6Addresses: [{Ipv6Address: `2001:db8:2::${n}`}],
      })),
      RouteTables: [table(1, VPC, [1, 2], [local('10.0.0.0/16'), toIpv6('2001:db8::/32', {GatewayId: 'local'})])],
      NetworkAcls: [acl(1, VPC, [1], OPEN_ACL_IPV6), acl(2, VPC, [2], OPEN_ACL_IPV6)],
      SecurityGroups: [
        group(1, [], [ANYWHERE, IPV6]),
        group(2, [{...IPV6, IpProtocol: 'tcp', FromPort: 443, ToPort: 443}], []),
      ],
    }
    expect(causesOf(both)).toContain('blocks endpoint.sg-blocks likely')
  })
})

describe('a transit gateway route table that routes some public addresses to another attachment', () => {
  const split = (share: string) =>
    withItems(behindTransitGateway, 'TransitGatewayRouteTables', (tables) =>
      tables.map((one, n) =>
        n > 0
          ? one
          : {
              ...one,
              Routes: [
                ...itemsOf(one.Routes),
                {
                  DestinationCidrBlock: share,
                  State: 'active' as const,
                  Type: 'propagated' as const,
                  TransitGatewayAttachments: [
                    {TransitGatewayAttachmentId: id('tgw-attach', 9), ResourceType: 'vpn' as const},
                  ],
                },
              ],
            },
      ),
    )
  it('does not show where the traffic goes', () => {
    expect(verdictOf(behindTransitGateway)).toBe('open')
    expect(verdictOf(split('52.0.0.0/8'))).toBe('unknown')
  })
  it('does if the share is small, or private', () => {
    expect(verdictOf(split('52.94.1.0/24'))).toBe('open')
    expect(verdictOf(split('172.16.0.0/12'))).toBe('open')
  })
})

// https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#nf-attachment-overview
it('a firewall that is attached to a transit gateway may inspect the traffic', () => {
  const firewallArn = `arn:aws:network-firewall:${REGION}:111122223333:firewall/egress`
  const account = withItems(behindTransitGateway, 'TransitGatewayRouteTables', (tables) =>
    tables.map((one) => ({
      ...one,
      Routes: itemsOf(one.Routes).map((route) => ({
        ...route,
        TransitGatewayAttachments: [
          {
            TransitGatewayAttachmentId: id('tgw-attach', 9),
            ResourceType: 'network-function' as const,
            ResourceId: firewallArn,
          },
        ],
      })),
    })),
  )
  expect(examine(account, INSTANCE).causes[0]).toMatchObject({
    id: 'gwlb.inspection',
    severity: 'undecided',
    resource: firewallArn,
  })
})

describe('a custom DNS server', () => {
  const server = (...ingress: Parameters<typeof group>[1]): Account => ({
    ...withItems(behindNat, 'DhcpOptions', (options) =>
      options.map((one) => ({
        ...one,
        DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: '10.0.9.53'}]}],
      })),
    ),
    NetworkInterfaces: [...itemsOf(behindNat.NetworkInterfaces), eni(53, 9, '10.0.9.53', [id('sg', 7)])],
    SecurityGroups: [...itemsOf(behindNat.SecurityGroups), group(7, ingress, [])],
  })
  it('that its group keeps from answering resolves nothing', () => {
    expect(causesOf(server(rule(443, {cidr: '10.0.0.0/16'})))).toContain('blocks dns.custom-servers proven')
  })
  it('that is on the internet cannot be reached from a VPC that has only endpoints, which the Amazon server names', () => {
    const account = withItems(behindEndpoints, 'DhcpOptions', (options) =>
      options.map((one) => ({
        ...one,
        DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: '8.8.8.8'}]}],
      })),
    )
    const {causes, checklist, verified} = examine(account, INSTANCE)
    expect(causes[0]).toMatchObject({
      id: 'dns.custom-servers',
      severity: 'blocks',
      message: expect.stringMatching(/none can be reached: Route table \S+ has no route to public addresses\./),
    })
    expect(checklist[0]?.title).toBe(`Associate VPC ${VPC} with a DHCP option set that uses AmazonProvidedDNS`)
    expect(verified).toBe(true)
  })
  it('may answer by UDP or by TCP', () => {
    const udp = {...rule(53, {cidr: '10.0.0.0/16'}), IpProtocol: 'udp'}
    for (const one of [udp, rule(53, {cidr: '10.0.0.0/16'})])
      expect(causesOf(server(one))).toContain('undecided dns.custom-servers proven')
  })
})

describe('NAT64 behind a firewall endpoint', () => {
  const FIREWALL = id('vpce', 50)
  const LOCAL = toIpv6('2001:db8:1::/56', {GatewayId: 'local'})
  const ipv6Only = subnet(1, '', {Ipv6Native: true, EnableDns64: true})
  const behind = (IpAddressType: 'ipv4' | 'dualstack'): Account => {
    const {PrivateIpAddress: _, ...bare} = dualStack
    const {PrivateIpAddress: __, ...card} = dualStack.NetworkInterfaces[0]!
    return {
      ...behindNat,
      Instances: [{...bare, NetworkInterfaces: [{...card, PrivateIpAddresses: []}]}],
      Vpcs: [vpc(VPC, '10.0.0.0/16', {Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: '2001:db8:1::/56'}]})],
      Subnets: [ipv6Only, subnet(4, '10.0.4.0/24'), subnet(9, '10.0.9.0/24')],
      RouteTables: [
        table(1, VPC, [1], [LOCAL, toIpv6('64:ff9b::/96', {GatewayId: FIREWALL})]),
        table(4, VPC, [4], [LOCAL, local('10.0.0.0/16'), toIpv6('64:ff9b::/96', {NatGatewayId: id('nat', 1)})]),
        table(
          9,
          VPC,
          [9],
          [
            LOCAL,
            local('10.0.0.0/16'),
            toIpv6('2001:db8:1::/64', {GatewayId: FIREWALL}),
            to('0.0.0.0/0', {GatewayId: IGW}),
          ],
        ),
      ],
      NetworkAcls: [1, 4, 9].map((n) => acl(n, VPC, [n], OPEN_ACL_IPV6)),
      SecurityGroups: [group(1, [], [IPV6])],
      NatGateways: [natGateway(9)],
      VpcEndpoints: [
        {
          VpcEndpointId: FIREWALL,
          VpcEndpointType: 'GatewayLoadBalancer',
          VpcId: VPC,
          ServiceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0',
          State: 'available',
          SubnetIds: [id('subnet', 4)],
          RouteTableIds: [],
          Groups: [],
          NetworkInterfaceIds: [],
          DnsEntries: [],
          IpAddressType,
        },
      ],
    }
  }
  const [report, ipv4] = [behind('dualstack'), behind('ipv4')].map((account) => examine(account, INSTANCE))
  it('is traced to the internet and back; only the inspection is undecided', () => {
    expect(
      report?.paths[0]?.hops.filter(({verdict}) => verdict !== 'open').map(({at, resource}) => [at, resource]),
    ).toEqual([['gateway', FIREWALL]])
    expect(report?.paths[0]?.hops.map(({resource}) => resource)).toContain(id('nat', 1))
  })
  it('says so if the endpoint supports IPv4 only', () => {
    expect(JSON.stringify(report)).not.toContain('supports IPv4 only')
    expect(JSON.stringify(ipv4?.causes)).toContain(
      `${FIREWALL}, a firewall or Gateway Load Balancer endpoint, which supports IPv4 only`,
    )
  })
})

describe('S3 from a subnet with IPv6 only', () => {
  const route = {DestinationPrefixListId: 'pl-6da54004', GatewayId: id('vpce', 9), State: 'active'} as const
  const local6 = toIpv6('2001:db8::/56', {GatewayId: 'local'})
  const withGateway = (IpAddressType: 'ipv4' | 'dualstack'): Account => {
    const account = online({
      ...behindEndpoints,
      Instances: [
        instance({
          NetworkInterfaces: [{...nic!, PrivateIpAddresses: [], Ipv6Addresses: [{Ipv6Address: '2001:db8::10'}]}],
        }),
      ],
      Subnets: [subnet(1, '', {Ipv6Native: true})],
      NetworkAcls: [acl(1, VPC, [1], OPEN_ACL_IPV6)],
      SecurityGroups: [group(1, [], [ANYWHERE, IPV6])],
      RouteTables: [table(1, VPC, [1], [local6, route])],
      VpcEndpoints: [s3Gateway([1], {IpAddressType})],
    })
    return withItems(account, 'InstanceInformationList', (nodes) =>
      nodes.map((one) => ({...one, AgentVersion: '3.3.3572.0'})),
    )
  }

  it('is reached through a gateway endpoint with dual-stack addresses', () => {
    expect(pathOf(withGateway('dualstack'), 's3')).toMatchObject({verdict: 'open', via: id('vpce', 9)})
  })
  it('is not through one for IPv4, which can get them', () => {
    const {causes, checklist} = examine(withGateway('ipv4'), INSTANCE)
    expect(causes.find((cause) => cause.id === 's3.unreachable')?.message).toContain('in it is for IPv4 only')
    expect(checklist.map(({title}) => title)).toContain(`Use IPv6 addresses for S3 gateway endpoint ${id('vpce', 9)}`)
  })
  it('needs a route table without subnets that have IPv4 addresses for that', () => {
    const shared = withGateway('ipv4')
    const {checklist} = examine(
      {
        ...shared,
        Subnets: [...itemsOf(shared.Subnets), subnet(2, '10.0.2.0/24')],
        RouteTables: [table(1, VPC, [1, 2], [local6, route])],
      },
      INSTANCE,
    )
    const titles = checklist.map(({title}) => title).join('\n')
    expect(titles).toContain(`Associate subnet ${id('subnet', 1)} with a route table that only subnets with the same`)
    expect(titles).not.toContain(id('vpce', 9))
  })
  it('gets a gateway endpoint of its own if the other route tables of that for IPv4 are not for IPv6 only', () => {
    const other = {...withGateway('ipv4'), VpcEndpoints: [s3Gateway([2], {IpAddressType: 'ipv4'})]}
    const {checklist} = examine({...other, RouteTables: [table(1, VPC, [1], [local6])]}, INSTANCE)
    const titles = checklist.map(({title}) => title)
    expect(titles).toContain(`Create a gateway endpoint for S3 in VPC ${VPC}`)
    expect(titles.join()).not.toContain(id('vpce', 9))
  })
  it('gets a gateway endpoint with IPv6 addresses, and the DNS hostnames that its names need', () => {
    const without = {
      ...withGateway('ipv4'),
      RouteTables: [table(1, VPC, [1], [local6])],
      VpcEndpoints: [],
      VpcAttributes: [{VpcId: VPC, EnableDnsSupport: {Value: true}, EnableDnsHostnames: {Value: false}}],
      ManagedPrefixLists: [
        {
          PrefixListId: 'pl-6da54004',
          PrefixListName: `com.amazonaws.${REGION}.s3`,
          Entries: [{Cidr: '2a05:d050::/32'}],
        },
      ],
    }
    const {checklist} = examine(without, INSTANCE)
    const create = checklist.find(({title}) => title === `Create a gateway endpoint for S3 in VPC ${VPC}`)
    expect(create?.commands.join('\n')).toMatch(/--enable-dns-hostnames Value=true[\s\S]*--ip-address-type ipv6 /)
  })
})

describe('a private zone', () => {
  const NAMES = ['ssm', 'ssmmessages', 'ec2messages'] as const
  const nameOf = (service: string) => `${service}.${REGION}.amazonaws.com.`
  const ownName = (n: number, service: string) => `${id('vpce', n)}-abcd1234.${service}.${REGION}.vpce.amazonaws.com.`
  const withZones = (record: (service: string, n: number) => object): Account => ({
    ...withItems(behindEndpoints, 'VpcEndpoints', (all) =>
      all.map((one) => ({...one, PrivateDnsEnabled: false, DnsEntries: []})),
    ),
    HostedZones: NAMES.map((service, n) => ({
      Id: `/hostedzone/Z${n}`,
      Name: nameOf(service),
      VPCs: [{VPCId: VPC, VPCRegion: REGION}],
      ResourceRecordSets: [{Name: nameOf(service), Type: 'A', ...record(service, n)}],
    })),
  })
  const alias = (n: number, service: string) => ({AliasTarget: {DNSName: ownName(n, service)}})
  const address = (n: number) => ({ResourceRecords: [{Value: `10.0.2.${20 + n}`}]})

  it('that names the endpoint of its service leads there, by alias or by address', () => {
    expect(verdictOf(withZones((service, n) => alias(n + 1, service)))).toBe('open')
    expect(verdictOf(withZones((_, n) => address(n)))).toBe('open')
  })
  it('that names the endpoint of another service does not', () => {
    for (const account of [withZones(() => alias(2, 'ssmmessages')), withZones(() => address(1))]) {
      expect(causesOf(account)).toContain('blocks dns.phz-shadow likely')
      expect(examine(account, INSTANCE).paths.map(({verdict}) => verdict)).toEqual([
        'blocked',
        'open',
        'blocked',
        'open',
      ])
    }
  })
  it('that names an endpoint which is not listed probably names one that was deleted, if those of the others are listed', () => {
    const stale = withZones((service, n) => alias(service === 'ssm' ? 99 : n + 1, service))
    const unlisted = withZones((service, n) => alias(90 + n, service))
    expect(causesOf(stale)).toContain('blocks dns.phz-shadow likely')
    expect(examine(stale, INSTANCE).checklist[0]?.title).toMatch(
      /^Point ssm\.\S+ in private zone \S+ to the endpoints$/,
    )
    expect(examine(online(stale), INSTANCE).verdict).toBe('managed')
    expect(causesOf(unlisted).join()).not.toContain('dns.phz-shadow')
  })
  it('that names an interface of no endpoint leads to a proxy, which only an online node shows to forward', () => {
    const proxied = {
      ...withZones(() => ({ResourceRecords: [{Value: '10.0.2.80'}]})),
      NetworkInterfaces: [...itemsOf(behindEndpoints.NetworkInterfaces), eni(80, 2, '10.0.2.80', [id('sg', 2)])],
    }
    expect(verdictOf(proxied)).toBe('unknown')
    expect(causesOf(proxied).join()).not.toContain('os.agent')
    expect(examine(online(proxied), INSTANCE)).toMatchObject({verdict: 'managed', paths: [{verdict: 'open'}, {}, {}]})
  })
})

it('a DNS Firewall association that is being deleted may block, or block no more', () => {
  const block = {Name: 'all', Priority: 1, Action: 'BLOCK', Domains: ['*']}
  const account = (Status: string): Account => ({
    ...behindNat,
    FirewallRuleGroupAssociations: itemsOf(firewall(block)).map((one) => ({...one, Status: Status as 'COMPLETE'})),
  })
  expect(causesOf(account('COMPLETE'))).toContain('blocks dns.firewall-block proven')
  expect(verdictOf(account('DELETING'))).toBe('unknown')
})

describe('an address of IPv6 that the agent dialed', () => {
  const printed = (account: Account): Account => ({
    ...account,
    ConsoleOutputs: [
      {
        InstanceId: INSTANCE,
        Timestamp: '2026-11-20T11:50:00.000Z',
        Output: `2026/11/20 11:40:00Z: SSM Agent unable to acquire credentials: <error>RequestError: send request failed\ncaused by: Post "https://ssm.${REGION}.amazonaws.com/": dial tcp [2600:1f18:1::1]:443: i/o timeout</error>`,
      },
    ],
  })
  const withIpv6 = (routes: readonly Route[]): Account => ({
    ...behindNat,
    Instances: [dualStack],
    RouteTables: [
      table(1, VPC, [1], [local('10.0.0.0/16'), to('0.0.0.0/0', {NatGatewayId: id('nat', 1)}), ...routes]),
      ...itemsOf(behindNat.RouteTables).slice(1),
    ],
    NetworkAcls: [acl(1, VPC, [1], OPEN_ACL_IPV6), acl(9, VPC, [9])],
    SecurityGroups: [group(1, [], [ANYWHERE, IPV6])],
    InternetGateways: [{InternetGatewayId: IGW, Attachments: [{VpcId: VPC, State: 'available'}]}],
  })
  it('is walked as such: what blocks it explains the failure, not a firewall', () => {
    const {causes} = examine(printed(withIpv6([])), INSTANCE)
    expect(causes.map(({id: cause}) => cause)).not.toContain('os.firewall')
    expect(causes.find(({id: cause}) => cause === 'os.name-resolution')?.message).toContain(
      'tried to connect to 2600:1f18:1::1 for ssm.eu-west-1.amazonaws.com, over IPv6, and that path is blocked:',
    )
  })
  it('points to a firewall if that path is open too', () => {
    expect(causesOf(printed(withIpv6([toIpv6('::/0', {GatewayId: IGW})])))).toContain('blocks os.firewall possible')
  })
})

describe('an endpoint whose answer does not say whether private DNS is enabled', () => {
  it('owns the name that its DNS entries list', () => {
    const flagless = withItems(behindEndpoints, 'VpcEndpoints', (all) =>
      all.map(({PrivateDnsEnabled: _, ...one}) => one),
    )
    expect(verdictOf(flagless)).toBe('open')
  })
})
