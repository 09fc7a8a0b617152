import {describe, expect, it} from 'vitest'
import type {Account, Instance} from '../../src/model/account.ts'
import {destinationOf, reach} from '../../src/reach/reach.ts'
import {flowLogOf, lineOf, statusLine} from '../support/flow-lines.ts'
import {
  ANYWHERE,
  behindEndpoints,
  behindNat,
  behindTransitGateway,
  endpoint,
  eni,
  firewall,
  group,
  INSTANCE,
  id,
  REGION,
  rule,
  VPC,
} from '../support/network.ts'
import {reachFaultsOf} from '../support/report-schemas.ts'

const walk = (account: Account, to: string, port = 443) =>
  reach(account, (account.Instances as readonly Instance[])[0]!, to, port)
const meant = (account: Account, to: string) =>
  destinationOf(account, (account.Instances as readonly Instance[])[0]!, to, 443)

/** A partner's database behind an endpoint service, on its own port, with a private DNS name of its owner. */
const partner = (State: string, ingress = rule(27017, {cidr: '10.0.0.0/16'})): Account => ({
  ...behindEndpoints,
  SecurityGroups: [group(1, [], [ANYWHERE]), group(5, [ingress], [])],
  VpcEndpoints: [
    endpoint(5, 'unused', [2], {
      ServiceName: `com.amazonaws.vpce.${REGION}.vpce-svc-0123456789abcdef0`,
      State,
      Groups: [{GroupId: id('sg', 5)}],
      DnsEntries: [
        {DnsName: `${id('vpce', 5)}-abcd.vpce-svc-0123456789abcdef0.${REGION}.vpce.amazonaws.com`},
        {DnsName: 'db.example.net'},
      ],
    }),
  ],
  NetworkInterfaces: [eni(1, 1, '10.0.1.10', [id('sg', 1)]), eni(502, 2, '10.0.2.50', [id('sg', 5)])],
})

describe('a destination', () => {
  it('is an endpoint by its id', () => {
    expect(meant(partner('available'), id('vpce', 5))).toMatchObject({
      endpoint: {VpcEndpointId: id('vpce', 5)},
      host: 'db.example.net',
    })
  })
  it('is an endpoint by the name of its service', () => {
    expect(meant(partner('available'), `com.amazonaws.vpce.${REGION}.vpce-svc-0123456789abcdef0`)).toMatchObject({
      endpoint: {VpcEndpointId: id('vpce', 5)},
    })
  })
  it('is a service of AWS by its PrivateLink name or its host', () => {
    expect(meant(behindNat, `com.amazonaws.${REGION}.kms`)).toEqual({
      service: 'kms',
      host: `kms.${REGION}.amazonaws.com`,
      port: 443,
    })
    expect(meant(behindNat, `kms.${REGION}.amazonaws.com`)).toEqual({
      service: 'kms',
      host: `kms.${REGION}.amazonaws.com`,
      port: 443,
    })
  })
})

describe('a destination by an incomplete name', () => {
  it.each([
    ['kms', 'kms', `kms.${REGION}.amazonaws.com`],
    [`com.amazonaws.${REGION}.ecr.api`, 'ecr.api', `api.ecr.${REGION}.amazonaws.com`],
    [`com.amazonaws.${REGION}.sagemaker.runtime`, 'sagemaker.runtime', `runtime.sagemaker.${REGION}.amazonaws.com`],
  ])('%s is reached by the name that AWS serves', (to, service, host) => {
    expect(meant(behindNat, to)).toEqual({service, host, port: 443})
  })
})

describe('the path', () => {
  it('from an instance without IPv6 reaches no IPv6 address', () => {
    expect(walk(behindNat, '2001:db8::1')).toMatchObject({
      verdict: 'blocked',
      path: {hops: [{because: expect.stringContaining('has no IPv6 address')}]},
    })
  })
  it('reaches an endpoint by a wildcard name', () => {
    const account = {
      ...behindEndpoints,
      VpcEndpoints: [endpoint(1, 'ecr.dkr', [2], {DnsEntries: [{DnsName: `*.dkr.ecr.${REGION}.amazonaws.com`}]})],
    }
    expect(walk(account, `111122223333.dkr.ecr.${REGION}.amazonaws.com`)).toMatchObject({
      verdict: 'open',
      path: {via: id('vpce', 1)},
    })
  })
  it('reaches a database through PrivateLink on its own port', () => {
    expect(walk(partner('available'), 'db.example.net', 27017)).toMatchObject({
      verdict: 'open',
      path: {via: id('vpce', 5)},
      causes: [],
    })
  })
  it('is blocked by groups that do not allow the port', () => {
    expect(walk(partner('available', rule(443, {cidr: '10.0.0.0/16'})), 'db.example.net', 27017)).toMatchObject({
      verdict: 'blocked',
      causes: [{id: 'endpoint.sg-blocks', severity: 'blocks', resource: id('sg', 5)}],
    })
  })
  it.each([
    ['pendingAcceptance', 'has not accepted'],
    ['rejected', 'has refused'],
  ])('is blocked at an endpoint that is %s, and shows who must act', (state, words) => {
    expect(walk(partner(state), id('vpce', 5), 27017).causes).toMatchObject([
      {id: 'endpoint.not-available', message: expect.stringContaining(words)},
    ])
  })
  it('reaches a public service through a NAT gateway and through a transit gateway', () => {
    expect(walk(behindNat, `logs.${REGION}.amazonaws.com`)).toMatchObject({verdict: 'open'})
    expect(walk(behindTransitGateway, `logs.${REGION}.amazonaws.com`)).toMatchObject({verdict: 'open'})
  })
  it('reaches one public address, but not a service without a route', () => {
    expect(walk(behindNat, '198.51.100.7')).toMatchObject({verdict: 'open'})
    expect(walk(behindEndpoints, `logs.${REGION}.amazonaws.com`)).toMatchObject({verdict: 'blocked'})
  })
  it('reaches an interface of the VPC by its address, if its groups allow it', () => {
    const account = {
      ...behindEndpoints,
      SecurityGroups: [group(1, [], [ANYWHERE]), group(2, [rule(5432, {group: id('sg', 1)})], [])],
    }
    expect(walk(account, '10.0.2.20', 5432)).toMatchObject({verdict: 'open'})
    expect(walk(account, '10.0.2.20', 3306)).toMatchObject({verdict: 'blocked'})
  })
  it('is unknown to an address that is not in the collected data', () => {
    expect(walk(behindEndpoints, '10.0.2.99', 5432)).toMatchObject({verdict: 'unknown'})
  })
  it('names what could not be read and the permission for it', () => {
    const refused = {...behindNat, NetworkAcls: {unreadable: 'UnauthorizedOperation: no'}}
    expect(walk(refused, `logs.${REGION}.amazonaws.com`)).toMatchObject({
      verdict: 'unknown',
      unreadable: [{kind: 'NetworkAcls', permission: 'ec2:DescribeNetworkAcls'}],
    })
  })
  it('names the denied one of several actions', () => {
    const why = 'AccessDeniedException: no (needs route53resolver:ListFirewallDomains)'
    const error = 'AccessDeniedException'
    const Domains = {unreadable: why, error, action: 'route53resolver:ListFirewallDomains'}
    const refused: Account = {
      ...behindNat,
      FirewallRuleGroupAssociations: firewall({Name: 'malware', Priority: 1, Action: 'BLOCK', Domains}),
    }
    expect(walk(refused, `logs.${REGION}.amazonaws.com`).unreadable).toEqual([
      {
        kind: 'FirewallRuleGroupAssociations',
        reason: why,
        permission: 'route53resolver:ListFirewallDomains',
        action: 'route53resolver:ListFirewallDomains',
        error,
      },
    ])
    const throttled = {
      ...behindNat,
      NetworkAcls: {unreadable: 'RequestLimitExceeded: slow (run it again)', error: 'RequestLimitExceeded'},
    }
    expect(walk(throttled, `logs.${REGION}.amazonaws.com`).unreadable).toMatchObject([{permission: null}])
  })
  it('belongs to the VPC of the instance', () => {
    expect(walk(behindNat, '198.51.100.7').instance).toMatchObject({vpc: VPC, region: REGION})
  })
})

it('conforms to its schema', () => {
  for (const report of [
    walk(behindNat, '198.51.100.7'),
    walk(partner('rejected'), id('vpce', 5)),
    walk(behindEndpoints, '10.0.2.99'),
  ])
    expect(reachFaultsOf(report)).toEqual([])
})

describe('a name on the command line', () => {
  const account = behindEndpoints
  it.each([
    ['mybucket.s3.us-east-1.amazonaws.com', 's3'],
    ['s3.dualstack.us-east-1.amazonaws.com', 's3'],
    ['mybucket.s3.dualstack.us-east-1.amazonaws.com', 's3'],
    ['my.dotted.bucket.s3.us-east-1.amazonaws.com', 's3'],
    ['dynamodb.us-east-1.amazonaws.com', 'dynamodb'],
    ['111122223333.ddb.us-east-1.amazonaws.com', 'dynamodb'],
    ['kms.us-east-1.amazonaws.com', 'kms'],
    ['s3.eu-north-1.amazonaws.com', 's3.eu-north-1.amazonaws.com'],
    ['com.amazonaws.eu-north-1.kms', 'kms.eu-north-1.amazonaws.com'],
  ])('%s is of %s', (to, service) => {
    const regional = to.replaceAll('us-east-1', account.Region)
    expect(meant(account, regional)).toMatchObject({service, host: expect.stringMatching(/amazonaws\.com$/)})
  })
  it('is an instance by its id, and means its private address', () => {
    expect(meant(account, INSTANCE).host).toBe('10.0.1.10')
    expect(meant(account, `${INSTANCE}.ec2.internal`).host).toBe('10.0.1.10')
  })
  it('is an instance by its private DNS name, which contains the address', () => {
    expect(meant(account, 'ip-10-8-6-20.eu-west-1.compute.internal').host).toBe('10.8.6.20')
  })
  it('is an endpoint by its own name', () => {
    const own = (account.VpcEndpoints as readonly {VpcEndpointId: string}[])[0]!.VpcEndpointId
    expect(meant(account, `${own}-abcd1234.ssm.${account.Region}.vpce.amazonaws.com`).endpoint?.VpcEndpointId).toBe(own)
  })
})

describe('flow logs', () => {
  const [own, there] = [id('eni', 1), id('eni', 502)]
  const at = Date.parse('2026-11-20T11:50:00Z') / 1000
  const request = (eni: string, action: 'ACCEPT' | 'REJECT', port = 27_017) =>
    lineOf({eni, from: ['10.0.1.10', 40_000], to: ['10.0.2.24', port], action, at})
  const withInterface = (account: Account): Account => ({
    ...account,
    NetworkInterfaces: [eni(1, 1, '10.0.1.10', [id('sg', 1)]), eni(502, 2, '10.0.2.24', [id('sg', 5)])],
  })
  const shown = (account: Account, lines: readonly string[]) =>
    reach(account, (account.Instances as readonly Instance[])[0]!, 'db.example.net', 27_017, flowLogOf(lines))

  it('show what happens to a request to any port, up to the interface of the endpoint', () => {
    const shut = withInterface(partner('available', rule(443, {cidr: '10.0.0.0/16'})))
    const report = shown(shut, [request(own, 'ACCEPT'), statusLine(own, at + 60), request(there, 'REJECT')])
    expect(report.verdict).toBe('blocked')
    expect(report.flowLogs?.services).toMatchObject([
      {port: 27_017, shown: 'no-reply', endpoint: {interface: there, shown: 'request-rejected'}, agreement: 'agrees'},
    ])
    expect(reachFaultsOf(report)).toEqual([])
  })

  it('for another port show nothing', () => {
    const report = shown(withInterface(partner('available')), [request(own, 'REJECT', 443), statusLine(own, at + 60)])
    expect(report.flowLogs?.services).toMatchObject([{shown: 'undecided', why: 'not-expected'}])
  })

  it('do not record queries to the Amazon DNS server', () => {
    const report = reach(
      behindEndpoints,
      (behindEndpoints.Instances as readonly Instance[])[0]!,
      '10.0.0.2',
      53,
      flowLogOf([]),
    )
    expect(report.flowLogs?.services).toMatchObject([{shown: 'not-logged'}])
  })
})
