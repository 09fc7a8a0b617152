import {describe, expect, it} from 'vitest'
import {examine} from '../../../src/diagnosis/examine.ts'
import {
  type Account,
  type HostedZone,
  itemsOf,
  notAsked,
  type ResourceRecordSet,
  type VpcEndpoint,
} from '../../../src/model/account.ts'
import {resolve} from '../../../src/network/dns/resolve.ts'
import {
  behindEndpoints,
  behindNat,
  firewall,
  group,
  HUB,
  INSTANCE,
  id,
  instance,
  REGION,
  rule,
  to,
  VPC,
  withHubEndpoints,
} from '../../support/network.ts'

const HOST = `ssm.${REGION}.amazonaws.com`
const answer = (account: Account, host = HOST) => resolve(account, instance(), VPC, host)
const verdicts = (account: Account, host = HOST) => answer(account, host).why.map(({verdict}) => verdict)
const causes = (account: Account, host = HOST) => answer(account, host).why.flatMap(({fault}) => fault?.cause ?? [])

const zone = (Name: string, records: readonly ResourceRecordSet[], more: Partial<HostedZone> = {}): HostedZone => ({
  Id: '/hostedzone/Z1',
  Name,
  VPCs: [{VPCId: VPC, VPCRegion: REGION}],
  ResourceRecordSets: records,
  ...more,
})
const a = (Name: string, Value: string): ResourceRecordSet => ({Name, Type: 'A', ResourceRecords: [{Value}]})
const alias = (Name: string, DNSName: string): ResourceRecordSet => ({Name, Type: 'A', AliasTarget: {DNSName}})
const withZones = (...HostedZones: readonly HostedZone[]): Account => ({...behindNat, HostedZones})

describe('a private hosted zone', () => {
  it('answers from the most specific zone', () => {
    const account = withZones(
      zone('amazonaws.com.', [a(HOST, '10.0.1.1')]),
      zone(`${HOST}.`, [a(HOST, '10.0.1.2')], {Id: '/hostedzone/Z2'}),
    )
    expect(answer(account)).toMatchObject({is: 'addresses', zoneId: '/hostedzone/Z2'})
  })
  it('is one of the VPC if it was listed without its associations', () => {
    const {VPCs: _, ...listed} = zone(`${HOST}.`, [a(HOST, '10.0.1.1')])
    expect(answer(withZones(listed))).toMatchObject({is: 'addresses', zoneId: '/hostedzone/Z1'})
    expect(answer(withZones({...listed, VPCs: []})).is).toBe('public')
  })
  it('follows an alias to another record of the zone', () => {
    const account = withZones(
      zone('amazonaws.com.', [alias(HOST, 'vpce.amazonaws.com.'), a('vpce.amazonaws.com.', '10.0.1.9')]),
    )
    expect(answer(account)).toMatchObject({is: 'addresses', zoneId: '/hostedzone/Z1'})
  })
  it('follows a CNAME into another zone of the VPC', () => {
    const account = withZones(
      zone(`${HOST}.`, [{Name: HOST, Type: 'CNAME', ResourceRecords: [{Value: 'ssm.corp.example.'}]}]),
      zone('corp.example.', [a('ssm.corp.example.', '10.0.1.9')], {Id: '/hostedzone/Z2'}),
    )
    expect(answer(account)).toMatchObject({is: 'addresses', zoneId: '/hostedzone/Z2'})
  })
  describe('with a routing policy', () => {
    const rejected = {...itemsOf(withHubEndpoints.VpcEndpoints)[0]!, VpcEndpointId: id('vpce', 7), State: 'rejected'}
    const nameOf = (n: number) => `${id('vpce', n)}-abcd1234.ssm.${REGION}.vpce.amazonaws.com.`
    const withTargets = (...numbers: readonly number[]): Account => ({
      ...withHubEndpoints,
      VpcEndpoints: [...itemsOf(withHubEndpoints.VpcEndpoints), rejected as VpcEndpoint],
      HostedZones: itemsOf(withHubEndpoints.HostedZones).map((one, at) =>
        at === 0 ? {...one, ResourceRecordSets: numbers.map((n) => alias(HOST, nameOf(n)))} : one,
      ),
    })
    const ssmOf = (account: Account) => examine(account, INSTANCE).paths.find(({service}) => service === 'ssm')
    const causesOf = (account: Account) => examine(account, INSTANCE).causes.map((cause) => cause.id)

    it('is unknown if one of its targets works and another does not, in any order', () => {
      for (const account of [withTargets(1, 7), withTargets(7, 1)]) {
        expect(ssmOf(account)?.verdict).toBe('unknown')
        expect(ssmOf(account)?.hops.map(({resource}) => resource)).toContain(id('vpce', 7))
        expect(causesOf(account)).not.toContain('endpoint.not-available')
      }
    })
    it('works if each of its targets does', () => {
      expect(ssmOf(withTargets(1, 1))?.verdict).toBe('open')
    })
    it('is blocked if none of its targets works', () => {
      const account = withTargets(7, 6)
      expect(
        ssmOf({
          ...account,
          VpcEndpoints: [...itemsOf(account.VpcEndpoints), {...rejected, VpcEndpointId: id('vpce', 6)} as VpcEndpoint],
        })?.verdict,
      ).toBe('blocked')
    })
  })
  // https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html
  describe('with addresses by a routing policy', () => {
    const [OWN, LOST] = ['10.8.6.20', '10.99.0.1']
    const withRecords = (...records: readonly Partial<ResourceRecordSet>[]): Account => ({
      ...withHubEndpoints,
      HostedZones: itemsOf(withHubEndpoints.HostedZones).map((one, at) =>
        at === 0 ? {...one, ResourceRecordSets: records.map((record) => ({...a(HOST, OWN), ...record}))} : one,
      ),
    })
    const to = (Value: string, SetIdentifier: string, more: Partial<ResourceRecordSet> = {}) => ({
      ...a(HOST, Value),
      SetIdentifier,
      ...more,
    })
    const ssmOf = (account: Account) => examine(account, INSTANCE).paths.find(({service}) => service === 'ssm')?.verdict

    it('is unknown if one of them works and another does not: AWS does not list which of them answers', () => {
      expect(ssmOf(withRecords(to(OWN, 'primary', {HealthCheckId: 'h'}), to(LOST, 'secondary')))).toBe('unknown')
    })
    it('loses a share of the connections by weight', () => {
      expect(ssmOf(withRecords(to(OWN, 'a', {Weight: 90}), to(LOST, 'b', {Weight: 10})))).toBe('partly')
    })
    it('never answers with a weight of zero while a record with a weight is always healthy', () => {
      expect(ssmOf(withRecords(to(OWN, 'a', {Weight: 90}), to(LOST, 'b', {Weight: 0})))).toBe('open')
      expect(ssmOf(withRecords(to(LOST, 'a', {Weight: 90}), to(OWN, 'b', {Weight: 0})))).toBe('blocked')
      const checked = {Weight: 90, HealthCheckId: 'h'}
      expect(ssmOf(withRecords(to(OWN, 'a', checked), to(LOST, 'b', {Weight: 0})))).toBe('unknown')
    })
    it('is asked for the address records that the instance can use', () => {
      const ipv6 = to('2001:db8::1', 'v6', {Type: 'AAAA'})
      expect(ssmOf(withRecords(to(OWN, 'v4'), ipv6))).toBe('open')
    })
    it('gets no record beside them, which Route 53 rejects', () => {
      const titles = examine(withRecords(to(LOST, 'a', {Weight: 1})), INSTANCE).checklist.map(({title}) => title)
      expect(titles.filter((title) => title.includes('private zone /hostedzone/Z0'))).not.toContainEqual(
        expect.stringContaining(' in private zone /hostedzone/Z0 to the endpoints'),
      )
    })
  })
  // https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-alias-common.html
  describe('with an alias for the addresses of one family', () => {
    const dualStack: Account = {
      ...withHubEndpoints,
      VpcEndpoints: itemsOf(withHubEndpoints.VpcEndpoints).map((one) => ({
        ...one,
        IpAddressType: 'dualstack',
        DnsOptions: {DnsRecordIpType: 'dualstack'},
      })),
    }
    const withTypes = (...types: readonly ('A' | 'AAAA')[]): Account => ({
      ...dualStack,
      HostedZones: itemsOf(dualStack.HostedZones).map((one) => ({
        ...one,
        ResourceRecordSets: types.flatMap((Type) =>
          itemsOf(one.ResourceRecordSets).map((record) => ({...record, Type})),
        ),
      })),
    })
    const blocking = (account: Account) =>
      examine(account, INSTANCE).causes.filter(({severity, id}) => severity === 'blocks' && !id.startsWith('os.'))

    it('has no address for an instance of the other family, and gets the record', () => {
      expect(blocking(withTypes('AAAA'))).toMatchObject([
        {
          id: 'dns.phz-shadow',
          resource: '/hostedzone/Z0',
          message: `Private hosted zone /hostedzone/Z0 has no record of type A for ${HOST}, which ${INSTANCE} needs for IPv4.`,
        },
      ])
      expect(examine(withTypes('AAAA'), INSTANCE).checklist.map(({title}) => title)).toContain(
        `Point ${HOST} in private zone /hostedzone/Z0 to the endpoints`,
      )
    })
    it('has one with an alias for each', () => {
      expect(blocking(withTypes('A'))).toEqual([])
      expect(blocking(withTypes('A', 'AAAA'))).toEqual([])
    })
  })
  it('does not resolve if the target record of an alias is missing', () => {
    const account = withZones(zone('amazonaws.com.', [alias(HOST, 'vpce.amazonaws.com.')]))
    expect(answer(account).is).toBe('none')
    expect(causes(account)).toEqual(['dns.phz-shadow'])
  })
  it('ends if aliases form a loop', () => {
    const account = withZones(zone('amazonaws.com.', [alias(HOST, 'b.amazonaws.com'), alias('b.amazonaws.com', HOST)]))
    expect(verdicts(account)).toContain('unknown')
  })
  it('delegates a name to its name servers', () => {
    const ns = {Name: `${REGION}.amazonaws.com.`, Type: 'NS', ResourceRecords: [{Value: 'ns.corp.example.'}]}
    const account = withZones(zone('amazonaws.com.', [ns, a(HOST, '10.0.1.1')]))
    expect(answer(account).is).toBe('public')
    expect(verdicts(account)).toContain('unknown')
  })
  it('that leads the names to another name or to other servers leaves them unknown, and the checklist asks the instance', () => {
    const proxy = {Name: '*.amazonaws.com.', Type: 'CNAME', ResourceRecords: [{Value: 'proxy.example.com'}]}
    const ns = {Name: `${REGION}.amazonaws.com.`, Type: 'NS', ResourceRecords: [{Value: 'ns.corp.example.'}]}
    for (const record of [proxy, ns]) {
      const {causes: found, checklist} = examine(withZones(zone('amazonaws.com.', [record])), INSTANCE)
      expect(found[0]).toMatchObject({id: 'dns.phz-shadow', severity: 'undecided', resource: '/hostedzone/Z1'})
      expect(checklist[0]).toMatchObject({
        part: 'investigate',
        title: expect.stringMatching(/^Resolve ssm\.eu-west-1\.amazonaws\.com, /),
        commands: expect.arrayContaining([expect.stringContaining('getent ahosts ssm.eu-west-1.amazonaws.com')]),
      })
    }
  })
  it('that names an endpoint which was replaced, in a VPC whose endpoints are listed, most likely names a deleted one', () => {
    const target = `vpce-0dead000000000001-abcd1234.ssm.${REGION}.vpce.amazonaws.com.`
    const records = [{Name: `${HOST}.`, Type: 'A', AliasTarget: {DNSName: target}}]
    const named = (...VPCs: readonly string[]): Account => ({
      ...withHubEndpoints,
      HostedZones: [zone(`${HOST}.`, records, {VPCs: VPCs.map((VPCId) => ({VPCId, VPCRegion: REGION}))})],
    })
    expect(answer(named(VPC, HUB)).why.at(-1)).toMatchObject({
      verdict: 'blocked',
      because: expect.stringMatching(/which AWS does not list, although it lists vpce-\w+ in VPC vpc-\w+ of that zone/),
      fault: {cause: 'dns.phz-shadow', likely: true},
    })
    expect(verdicts(named(VPC))).toContain('unknown')
    const {checks} = examine(named(VPC), INSTANCE)
    expect(JSON.stringify(checks)).not.toContain('lists no private hosted zone')
  })
  it('that leads the names to a load balancer may keep them in the VPC, so a route to public addresses is not missing', () => {
    const target = 'internal-hub-1.eu-west-1.elb.amazonaws.com.'
    const zones = ['ssm', 'ssmmessages', 'ec2messages'].map((service) => {
      const name = `${service}.${REGION}.amazonaws.com.`
      return zone(name, [{Name: name, Type: 'A', AliasTarget: {DNSName: target}}], {Id: `/hostedzone/Z${service}`})
    })
    const inVpc = {
      ...withZones(...zones),
      RouteTables: itemsOf(behindNat.RouteTables).map((table) => ({
        ...table,
        Routes: itemsOf(table.Routes).filter(({DestinationCidrBlock}) => DestinationCidrBlock !== '0.0.0.0/0'),
      })),
    }
    expect(examine(inVpc, INSTANCE).causes.map(({id}) => id)).not.toContain('route.none')
  })
  it('that leads the names elsewhere answers a node that pings', () => {
    const proxy = {Name: '*.amazonaws.com.', Type: 'CNAME', ResourceRecords: [{Value: 'proxy.example.com'}]}
    const ReadAt = '2026-11-20T12:00:00.000Z'
    const node = {InstanceId: INSTANCE, PingStatus: 'Online', LastPingDateTime: ReadAt} as const
    const online = {...withZones(zone('amazonaws.com.', [proxy])), ReadAt, InstanceInformationList: [node]}
    const {verdict, causes: found} = examine(online, INSTANCE)
    expect(verdict).toBe('managed')
    expect(found.map(({id}) => id)).not.toContain('dns.phz-shadow')
  })
  it('is not delegated by its own apex NS record', () => {
    const ns = {Name: `${HOST}.`, Type: 'NS', ResourceRecords: [{Value: 'ns-0.awsdns-00.com.'}]}
    expect(answer(withZones(zone(`${HOST}.`, [ns, a(HOST, '10.0.1.1')]))).is).toBe('addresses')
  })
  it('has no address for a name with records of other types only, wildcard or not', () => {
    const text = {Name: HOST, Type: 'TXT', ResourceRecords: [{Value: '"x"'}]}
    expect(answer(withZones(zone('amazonaws.com.', [text, a('*.amazonaws.com.', '10.0.1.1')]))).is).toBe('none')
  })
  it('answers with its wildcard for a bucket, and not only for the name of S3', () => {
    const bucket = `amazon-ssm-${REGION}.s3.${REGION}.amazonaws.com`
    const top = a(`s3.${REGION}.amazonaws.com.`, '10.0.1.1')
    expect(answer(withZones(zone(`s3.${REGION}.amazonaws.com.`, [top])), bucket).is).toBe('none')
    const wild = a(`\\052.s3.${REGION}.amazonaws.com.`, '10.0.1.1')
    expect(answer(withZones(zone(`s3.${REGION}.amazonaws.com.`, [top, wild])), bucket).is).toBe('addresses')
  })
  it('does not answer while DNS hostnames of the VPC are disabled, which is the cause', () => {
    const account: Account = {
      ...withHubEndpoints,
      VpcAttributes: [{VpcId: VPC, EnableDnsSupport: {Value: true}, EnableDnsHostnames: {Value: false}}],
    }
    const blocking = examine(account, INSTANCE).causes.filter(({severity}) => severity === 'blocks')
    expect(blocking.map((cause) => cause.id)).toEqual(['dns.hostnames-off'])
  })
})

describe('a Route 53 Profile', () => {
  const ARNS = {
    zone: 'arn:aws:route53:::hostedzone/Z1',
    rule: `arn:aws:route53resolver:${REGION}:111122223333:resolver-rule/rslvr-rr-1`,
    firewall: `arn:aws:route53resolver:${REGION}:111122223333:firewall-rule-group/rslvr-frg-1`,
    endpoint: `arn:aws:ec2:${REGION}:111122223333:vpc-endpoint/`,
  }
  const withProfile = (account: Account, ...arns: readonly string[]): Account => ({
    ...account,
    ProfileAssociations: [{Id: 'rpassoc-1', ProfileId: 'rp-1', ResourceId: VPC, Status: 'COMPLETE'}],
    ProfileResourceAssociations: arns.map((ResourceArn, at) => ({Id: `rpr-${at}`, ProfileId: 'rp-1', ResourceArn})),
  })
  const unassociated = (Value: string) => zone(`${HOST}.`, [a(HOST, Value)], {VPCs: []})

  it('adds a zone to the VPC', () => {
    expect(answer(withZones(unassociated('10.0.1.1'))).is).toBe('public')
    expect(answer(withProfile(withZones(unassociated('10.0.1.1')), ARNS.zone)).is).toBe('addresses')
  })
  it('has lower priority than a zone of the VPC for the same name', () => {
    const own = zone(`${HOST}.`, [a(HOST, '10.0.1.2')], {Id: '/hostedzone/Z2'})
    expect(answer(withProfile(withZones(unassociated('10.0.1.1'), own), ARNS.zone))).toMatchObject({
      zoneId: '/hostedzone/Z2',
    })
  })
  it('adds an interface endpoint of another VPC', () => {
    const hub = {...withHubEndpoints, HostedZones: []}
    const endpoints = hub.VpcEndpoints as readonly {VpcEndpointId: string; ServiceName: string; VpcId: string}[]
    const ssm = endpoints.find(({ServiceName}) => ServiceName.endsWith('.ssm'))!
    const private_ = {
      ...hub,
      VpcEndpoints: endpoints.map((one) => ({...one, PrivateDnsEnabled: true})),
    } as unknown as Account
    expect(answer(withProfile(private_, ARNS.endpoint + ssm.VpcEndpointId))).toMatchObject({
      is: 'endpoint',
      endpoint: {VpcEndpointId: ssm.VpcEndpointId},
    })
  })
  it('adds a Resolver rule, and rules of type DELEGATE match no name', () => {
    const rule = {Id: 'rslvr-rr-1', DomainName: 'amazonaws.com.', RuleType: 'FORWARD', VPCIds: []}
    expect(causes({...behindNat, ResolverRules: [rule]})).toEqual([])
    expect(causes(withProfile({...behindNat, ResolverRules: [rule]}, ARNS.rule))).toEqual(['dns.resolver-rule'])
    const delegate = {Id: 'rslvr-rr-1', RuleType: 'DELEGATE', VPCIds: [VPC]}
    expect(causes({...behindNat, ResolverRules: [delegate]})).toEqual([])
  })
  it('adds a DNS Firewall rule group, whose rules may have been read elsewhere', () => {
    const group = {
      Id: 'rslvr-frgassoc-1',
      FirewallRuleGroupId: 'rslvr-frg-1',
      VpcId: id('vpc', 9),
      Priority: 101,
      FirewallRules: [{Priority: 1, Action: 'BLOCK', Domains: [HOST]}],
    }
    expect(causes({...behindNat, FirewallRuleGroupAssociations: [group]})).toEqual([])
    expect(causes(withProfile({...behindNat, FirewallRuleGroupAssociations: [group]}, ARNS.firewall))).toEqual([
      'dns.firewall-block',
    ])
    expect(verdicts(withProfile(behindNat, ARNS.firewall))).toContain('unknown')
  })
  it.each([
    ['zone', ARNS.zone],
    ['rule', ARNS.rule],
    ['endpoint', `${ARNS.endpoint}vpce-0a1b2c3d4e5f69999`],
  ])('leaves the name unknown if the %s is not in the collected data', (_, arn) => {
    expect(verdicts(withProfile(behindNat, arn))).toContain('unknown')
  })
  it('whose association was deleted adds nothing', () => {
    const account = withProfile(withZones(unassociated('10.0.1.1')), ARNS.zone)
    const [association] = account.ProfileAssociations as readonly object[]
    const deleted = {...account, ProfileAssociations: [{...association, Status: 'DELETED'}]} as unknown as Account
    expect(answer(deleted).is).toBe('public')
  })
  it('that could not be read leaves a public name unknown, and names the required permission', () => {
    const refused: Account = {
      ...behindNat,
      ProfileAssociations: {unreadable: 'AccessDenied (needs route53profiles:ListProfileAssociations)'},
    }
    expect(verdicts(refused)).toContain('unknown')
    expect(examine(refused, INSTANCE).unreadable).toMatchObject([
      {kind: 'ProfileAssociations', permission: 'route53profiles:ListProfileAssociations'},
    ])
  })
  it('that could not be read does not affect an endpoint of the VPC', () => {
    const refused: Account = {...behindEndpoints, ProfileAssociations: {unreadable: 'AccessDenied'}}
    expect(verdicts(refused)).toEqual(['open'])
  })
  it('that was not requested makes a missing zone likely, but still a cause', () => {
    const hub: Account = {...withHubEndpoints, HostedZones: []}
    const causeIn = (account: Account) =>
      examine(account, INSTANCE).causes.find((cause) => cause.id === 'dns.phz-not-associated')
    expect(causeIn(hub)).toMatchObject({severity: 'blocks', certainty: 'proven'})
    const older: Account = {...hub, ProfileAssociations: notAsked()}
    expect(causeIn(older)).toMatchObject({severity: 'blocks', certainty: 'likely'})
    expect(examine(older, INSTANCE).unreadable).toEqual([])
  })
  it('that was not requested makes a missing route likely if the table routes to other networks', () => {
    const rootIn = (account: Account) => examine(account, INSTANCE).causes[0]
    const spoke: Account = {...withHubEndpoints, HostedZones: [], VpcEndpoints: []}
    expect(rootIn(spoke)).toMatchObject({id: 'route.none', certainty: 'proven'})
    const older: Account = {...spoke, ProfileAssociations: notAsked()}
    expect(rootIn(older)).toMatchObject({
      id: 'route.none',
      certainty: 'likely',
      message: expect.stringContaining('A Route 53 Profile of VPC'),
    })
    const isolated: Account = {...behindEndpoints, VpcEndpoints: [], ProfileAssociations: notAsked()}
    expect(rootIn(isolated)).toMatchObject({id: 'route.none', certainty: 'proven'})
  })
})

describe('DNS Firewall', () => {
  const withRule = (rule: object): Account => ({
    ...behindNat,
    FirewallRuleGroupAssociations: firewall({
      Name: 'threats',
      Priority: 7,
      Action: 'BLOCK',
      Domains: {unreadable: 'AccessDenied'},
      ...rule,
    }),
  })
  it.each([
    [
      'a list that AWS manages',
      {FirewallDomainListId: 'rslvr-fdl-2c46f2ecbfec4dcc'},
      'domain list rslvr-fdl-2c46f2ecbfec4dcc',
    ],
    ['DNS Firewall Advanced', {}, 'the names that DNS Firewall Advanced detects'],
  ])('that blocks %s leaves the names unknown, and the checklist asks the instance', (_, rule, what) => {
    const {causes: found, checklist, verified, verdict} = examine(withRule(rule), INSTANCE)
    expect(found[0]).toMatchObject({
      id: 'dns.firewall-block',
      severity: 'undecided',
      message: expect.stringContaining(`DNS Firewall rule threats of group rslvr-frg-1 blocks ${what}`),
    })
    expect({verdict, verified}).toEqual({verdict: 'unmanaged', verified: null})
    expect(checklist[0]).toMatchObject({
      part: 'investigate',
      title: expect.stringMatching(/^Check whether DNS Firewall rule group rslvr-frg-1 allows/),
      commands: expect.arrayContaining([expect.stringContaining('getent ahosts ssm.eu-west-1.amazonaws.com')]),
    })
  })
  it.each(['ALERT', 'ALLOW'])('that has only an %s for a list that AWS manages blocks nothing', (Action) => {
    expect(verdicts(withRule({Action, FirewallDomainListId: 'rslvr-fdl-1'}))).toEqual(['open'])
  })
  const blocking = (Qtype: string | undefined): Account => ({
    ...behindNat,
    FirewallRuleGroupAssociations: firewall({Priority: 1, Action: 'BLOCK', Domains: ['*'], ...(Qtype && {Qtype})}),
  })
  it.each([
    [undefined, 'none'],
    ['A', 'none'],
    ['TYPE1', 'none'],
    ['AAAA', 'public'],
    ['TXT', 'public'],
    ['TYPE65', 'public'],
  ])('for query type %s leaves the address %s', (type, is) => {
    expect(answer(blocking(type)).is).toBe(is)
  })
})

describe('custom DNS servers', () => {
  const asking = (account: Account, ...servers: readonly string[]): Account => ({
    ...account,
    DhcpOptions: [
      {
        DhcpOptionsId: id('dopt', 1),
        DhcpConfigurations: [{Key: 'domain-name-servers', Values: servers.map((Value) => ({Value}))}],
      },
    ],
  })
  const blocks = (account: Account) =>
    examine(account, INSTANCE).causes.flatMap((cause) => (cause.severity === 'blocks' ? cause.id : []))
  it('without a route to them block every name', () => {
    expect(blocks(asking(behindEndpoints, '192.168.1.53'))).toEqual(['dns.custom-servers'])
  })
  // https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
  it.each(['10.0.0.2', '169.254.169.253', 'AmazonProvidedDNS'])(
    'block no name beside the Amazon DNS server %s',
    (amazon) => {
      const causesOf = (account: Account) =>
        examine(account, INSTANCE).causes.map(({id, severity}) => `${id} ${severity}`)
      const beside = asking(behindEndpoints, amazon, '192.168.1.53')
      expect(causesOf(beside)).toContain('dns.custom-servers undecided')
      const https = {
        ...beside,
        SecurityGroups: [group(1, [], [rule(443, {cidr: '0.0.0.0/0'})]), ...itemsOf(beside.SecurityGroups).slice(1)],
      }
      expect(blocks(https)).toEqual([])
      expect(blocks(asking(https, '192.168.1.53'))).toEqual(['dns.custom-servers', 'sg.custom-dns-blocked'])
    },
  )
  // https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-limitations
  it('do not answer if the only one is the Amazon DNS server of a peer VPC', () => {
    const peering = (CidrBlock: string): Account => ({
      ...behindEndpoints,
      VpcPeeringConnections: [
        {
          VpcPeeringConnectionId: id('pcx', 1),
          Status: {Code: 'active'},
          RequesterVpcInfo: {VpcId: VPC, CidrBlock: '10.0.0.0/16'},
          AccepterVpcInfo: {VpcId: HUB, CidrBlock, CidrBlockSet: [{CidrBlock}, {CidrBlock: '10.8.0.0/16'}]},
        },
      ],
      RouteTables: itemsOf(behindEndpoints.RouteTables).map((one) => ({
        ...one,
        Routes: [...itemsOf(one.Routes), to('10.8.0.0/15', {VpcPeeringConnectionId: id('pcx', 1)})],
      })),
    })
    const {causes, checklist} = examine(asking(peering('10.8.0.0/16'), '10.8.0.2'), INSTANCE)
    expect(causes[0]).toMatchObject({
      id: 'dns.custom-servers',
      severity: 'blocks',
      certainty: 'proven',
      message: expect.stringContaining(
        `10.8.0.2 is the Amazon DNS server of peer VPC ${HUB}, which answers no other VPC.`,
      ),
    })
    expect(checklist[0]?.title).toBe(`Associate VPC ${VPC} with a DHCP option set that uses AmazonProvidedDNS`)
    expect(blocks(asking(peering('10.8.0.0/16'), '10.8.0.2', 'AmazonProvidedDNS'))).toEqual([])
    expect(blocks(asking(peering('10.9.0.0/16'), '10.8.0.2'))).toEqual([])
  })
  it('of which one is reachable are unknown', () => {
    expect(blocks(asking(behindEndpoints, '192.168.1.53', '10.0.1.53'))).toEqual([])
  })
})

// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-settings.html
describe('DNS Firewall, for a name that a private zone redirects to an endpoint', () => {
  const target = `${id('vpce', 1)}-abcd1234.ssm.${REGION}.vpce.amazonaws.com`
  const allow = {Name: 'allow', Priority: 10, Action: 'ALLOW', FirewallDomainListId: 'a', Domains: [HOST]}
  const block = {Name: 'block', Priority: 20, Action: 'BLOCK', FirewallDomainListId: 'b', Domains: ['*']}
  const cname = {Name: HOST, Type: 'CNAME', ResourceRecords: [{Value: target}]}
  const redirected = (record: ResourceRecordSet, ...rules: readonly object[]): Account => ({
    ...withHubEndpoints,
    HostedZones: [zone(`${HOST}.`, [record])],
    FirewallRuleGroupAssociations: firewall(...rules),
  })
  const trusting = {...allow, FirewallDomainRedirectionAction: 'TRUST_REDIRECTION_DOMAIN'}

  it('evaluates what a CNAME redirects to as well', () => {
    const account = redirected(cname, allow, block)
    expect(answer(account)).toMatchObject({
      is: 'none',
      why: [{because: expect.stringContaining(`blocks ${target}`), fault: {cause: 'dns.firewall-block', likely: true}}],
    })
    expect(answer(redirected(cname, {...block, Domains: ['*.vpce.amazonaws.com']})).is).toBe('none')
  })
  it('does not if the rule that allows the name trusts that, or if the target is allowed too', () => {
    expect(answer(redirected(cname, trusting, block))).toMatchObject({is: 'endpoint'})
    expect(verdicts(redirected(cname, trusting, block))).toEqual(['open'])
    expect(verdicts(redirected(cname, {...allow, Domains: [HOST, target]}, block))).toEqual(['open'])
  })
  it('trusts the whole chain then', () => {
    const first = {Name: HOST, Type: 'CNAME', ResourceRecords: [{Value: 'ssm.corp.example.'}]}
    const chained: Account = {
      ...redirected(first, trusting, block),
      HostedZones: [
        zone(`${HOST}.`, [first]),
        zone('corp.example.', [{...cname, Name: 'ssm.corp.example.'}], {Id: '/hostedzone/Z2'}),
      ],
    }
    expect(verdicts(chained)).toEqual(['open', 'open'])
  })
  it('may evaluate the target of an alias, which AWS does not document', () => {
    expect(answer(redirected(alias(HOST, target), allow, block)).is).toBe('endpoint')
    expect(verdicts(redirected(alias(HOST, target), allow, block))).toEqual(['unknown', 'open'])
  })
  it('is to allow the target as well', () => {
    const titles = examine(redirected(cname, allow, block), INSTANCE).checklist.map(({title}) => title)
    expect(titles).toContainEqual(expect.stringMatching(new RegExp(`^Allow in DNS Firewall group .*${target}`)))
  })
})
