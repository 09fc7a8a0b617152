import {describe, expect, it} from 'vitest'
import {logSignals} from '../../../src/agent/output/log.ts'
import type {Signal} from '../../../src/agent/output/signal.ts'
import {operatingSystem} from '../../../src/checks/node/operating-system.ts'
import type {Hop, Path} from '../../../src/network/path.ts'
import {ID, online, web} from '../../agent/fixtures.ts'
import {anInstance, healthy} from '../../support/healthy.ts'
import {causesOf, findingsOf} from '../examine.ts'
import {away, path, printed} from './operating-system-output.ts'

const TIMEOUT = 'Post "https://ssm.us-east-1.amazonaws.com/": dial tcp 10.0.3.7:443: i/o timeout'

describe('a node that answers', () => {
  const answering = (Output: string) => ({ConsoleOutputs: [{InstanceId: ID, Output}]})

  it.each(['Kernel panic - not syncing', 'Signature expired', TIMEOUT, 'Agent is in hibernate mode'])(
    'has got past %s',
    (line) => {
      expect(causesOf(operatingSystem, answering(line))).toEqual([])
    },
  )

  it.each(['no space left on device', 'Out of memory: Killed process 77'])('may still suffer from %s', (line) => {
    expect(findingsOf(operatingSystem, answering(line))).toMatchObject([{severity: 'advises', certainty: 'possible'}])
  })
})

describe('a connection that the network allows', () => {
  it('may be blocked on the instance', () => {
    const found = findingsOf(operatingSystem, printed(TIMEOUT), web, [path('ssm', 'open')])
    expect(found).toMatchObject([{cause: 'os.firewall', certainty: 'possible'}])
  })

  it('is confirmed by what was not given yet', () => {
    const given = (source: string): readonly Signal[] => [
      {kind: 'timeout', service: 'ssm', host: 'ssm.us-east-1.amazonaws.com', source, line: TIMEOUT},
    ]
    const messageWith = (source: string) =>
      findingsOf(operatingSystem, away, web, [path('ssm', 'open')], given(source))[0]?.message
    expect(findingsOf(operatingSystem, printed(TIMEOUT), web, [path('ssm', 'open')])[0]?.message).toMatch(
      /pass its output with --diagnostics, or the agent’s log with --agent-log\.$/,
    )
    expect(messageWith('amazon-ssm-agent.log')).toMatch(/pass its output with --diagnostics\.$/)
    expect(messageWith('ssm-cli get-diagnostics')).toMatch(/blocks the connection\.$/)
  })

  it('is fixed at the DNS servers of the instance if the name did not resolve there', () => {
    const line =
      'Post "https://ssm.us-east-1.amazonaws.com/": dial tcp: lookup ssm.us-east-1.amazonaws.com on 127.0.0.53:53: no such host'
    const [found] = findingsOf(operatingSystem, printed(line), web, [path('ssm', 'open')])
    expect(found).toMatchObject({
      cause: 'os.firewall',
      message: expect.stringContaining('could not resolve ssm.us-east-1.amazonaws.com'),
      remedies: [{title: expect.stringMatching(/^Correct the DNS servers/)}],
    })
  })

  it.each(['blocked', 'partly', 'unknown'] as const)(
    'is not attributed to the instance if the path is %s',
    (verdict) => {
      expect(causesOf(operatingSystem, printed(TIMEOUT), web, [path('ssm', verdict)])).toEqual([])
    },
  )

  it('may be refused on the instance where the network only drops some of the connections', () => {
    const refused = 'dial tcp 203.0.113.10:443: connect: connection refused'
    const causesOn = (verdict: Path['verdict']) =>
      causesOf(operatingSystem, printed(refused), web, [path('ssm', verdict)])
    expect(causesOn('partly')).toEqual(['os.firewall'])
    expect(causesOn('blocked')).toEqual([])
  })
})

const NAT = {
  NatGatewayId: 'nat-1',
  State: 'available',
  ConnectivityType: 'public',
  NatGatewayAddresses: [],
  SubnetId: 'subnet-1',
  VpcId: 'vpc-1',
} as const

const networkInterface = (NetworkInterfaceId: string, PrivateIpAddress: string) => ({
  NetworkInterfaceId,
  PrivateIpAddress,
  PrivateIpAddresses: [],
  Groups: [],
})

const ENDPOINT = {
  RouteTableIds: [],
  DnsEntries: [],
  VpcEndpointId: 'vpce-1',
  VpcEndpointType: 'Interface',
  ServiceName: 'com.amazonaws.us-east-1.ssm',
  State: 'available',
  VpcId: 'vpc-1',
  SubnetIds: [],
  Groups: [],
} as const

const CUSTOM_SERVERS = {
  at: 'name',
  resource: 'dopt-1',
  because: 'x',
  leg: 'instance',
  direction: 'request',
  verdict: 'unknown',
  fault: {cause: 'dns.custom-servers'},
} as const

describe('an address other than the one the name resolves to', () => {
  const dialed = (address: string) =>
    printed(`Post "https://ssm.us-east-1.amazonaws.com/": dial tcp ${address}:443: i/o timeout`)
  const through = (via: string): Path => ({...path('ssm', 'open'), via})
  const nat = {NatGateways: [NAT]}
  const endpoint = {
    VpcEndpoints: [{...ENDPOINT, NetworkInterfaceIds: ['eni-1']}],
    NetworkInterfaces: [networkInterface('eni-1', '10.0.1.5')],
  }

  it('a private address behind a public path means that the instance resolves the name differently', () => {
    const [found, ...others] = findingsOf(operatingSystem, {...dialed('172.16.5.5'), ...nat}, web, [through('nat-1')])
    expect(others).toEqual([])
    expect(found).toMatchObject({cause: 'os.name-resolution', certainty: 'likely'})
    expect(found?.message).toContain(
      'tried to connect to 172.16.5.5 for ssm.us-east-1.amazonaws.com, which resolves to public addresses in the VPC: the instance resolves the name differently.',
    )
  })

  it('a public address behind a public path is the expected one', () => {
    expect(causesOf(operatingSystem, {...dialed('52.94.1.1'), ...nat}, web, [through('nat-1')])).toEqual([
      'os.firewall',
    ])
  })

  it("an address of the endpoint's interfaces is the expected one, and any other is not", () => {
    const causes = (address: string) =>
      causesOf(operatingSystem, {...dialed(address), ...endpoint}, web, [through('vpce-1')])
    expect(causes('10.0.1.5')).toEqual(['os.firewall'])
    expect(causes('52.94.1.1')).toEqual(['os.name-resolution'])
    // What only looks like an address is none.
    expect(causes('999.1.1.1')).toEqual(['os.firewall'])
  })

  it('is evaluated over IPv6 too, with the addresses that DNS64 makes', () => {
    const [eni] = endpoint.NetworkInterfaces
    const Ipv6Addresses = [{Ipv6Address: '2001:db8:0:1::5'}]
    const causes = (address: string, facts: object) =>
      causesOf(operatingSystem, {...dialed(`[${address}]`), ...facts}, web, [through('vpce-1')])
    const dualStack = {...endpoint, NetworkInterfaces: [{...eni!, Ipv6Addresses}]}
    for (const own of ['2001:db8:0:1::5', '64:ff9b::a00:105']) expect(causes(own, dualStack)).toEqual(['os.firewall'])
    expect(causes('2001:db8:0:9::9', dualStack)).toEqual(['os.name-resolution'])
  })

  it('shows what other name servers answer where their answer alone is unknown', () => {
    const causes = (address: string, ...unknown: readonly Hop['at'][]) => {
      const hops = unknown.map((at) => ({...CUSTOM_SERVERS, at}))
      const facts = {...dialed(address), ...endpoint}
      return causesOf(operatingSystem, facts, web, [{...through('vpce-1'), verdict: 'unknown', hops}])
    }
    expect(causes('52.94.1.1', 'name')).toEqual(['os.name-resolution'])
    expect(causes('10.0.1.5', 'name')).toEqual(['os.firewall'])
    expect(causes('52.94.1.1', 'name', 'route')).toEqual([])
  })

  it('is reported of a name that was looked up where the path to it is blocked', () => {
    const through = {...path('ssm', 'open'), via: 'vpce-0aaaaaaaaaaaaaa01'}
    const looked = (address: string) =>
      findingsOf(
        operatingSystem,
        {...healthy, InstanceInformationList: []},
        anInstance(),
        [through],
        [{kind: 'resolved', service: 'ssm', address, source: 'a', line: 'x', isTest: true}],
      ).map(({message}) => message)
    expect(looked('52.94.1.1')).toEqual([
      expect.stringMatching(
        /^i-0\w+ resolves ssm\S+ to 52.94.1.1, and the VPC resolves it to endpoint vpce-0aaaaaaaaaaaaaa01. The path to 52.94.1.1 is blocked: Route table rtb-\w+ has no route to public addresses\.$/,
      ),
    ])
    expect(looked('10.0.1.21')).toEqual([])
  })

  it('may be none, by custom DNS servers', () => {
    const [found, ...others] = findingsOf(
      operatingSystem,
      printed(
        'Post "https://ssm.us-east-1.amazonaws.com/": dial tcp: lookup ssm.us-east-1.amazonaws.com: no such host',
      ),
      web,
      [{...through('vpce-1'), verdict: 'unknown', hops: [CUSTOM_SERVERS]}],
    )
    expect(others).toEqual([])
    expect(found).toMatchObject({cause: 'os.name-resolution', certainty: 'likely'})
    expect(found?.message).toContain('the custom DNS servers of its VPC did not answer for the name')
  })

  it('names the interface that has the address', () => {
    const facts = {
      ...dialed('10.0.1.9'),
      ...endpoint,
      NetworkInterfaces: [...endpoint.NetworkInterfaces, networkInterface('eni-9', '10.0.1.9')],
    }
    const [found] = findingsOf(operatingSystem, facts, web, [through('vpce-1')])
    expect(found?.message).toContain('tried to connect to 10.0.1.9 (network interface eni-9)')
  })

  it('is not evaluated if an interface of the endpoint is not in the collected data', () => {
    const facts = {...dialed('10.0.1.9'), ...endpoint, NetworkInterfaces: []}
    expect(causesOf(operatingSystem, facts, web, [through('vpce-1')])).toEqual(['os.firewall'])
  })

  it('is not evaluated with a line from before the endpoint was created', () => {
    const line = `2026-11-20 11:00:00 ERROR dial tcp 52.94.1.1:443: i/o timeout`

    const facts = {
      ...printed(line),
      ...endpoint,
      VpcEndpoints: [{...ENDPOINT, NetworkInterfaceIds: ['eni-1'], CreationTimestamp: '2026-11-20T11:30:00Z'}],
    }
    expect(causesOf(operatingSystem, facts, web, [through('vpce-1')])).toEqual(['os.firewall'])
  })
})

describe('a line without a time zone shows another address', () => {
  const to = (CreationTimestamp: string, line: Partial<Signal>) =>
    findingsOf(
      operatingSystem,
      {
        ...away,
        VpcEndpoints: [{...ENDPOINT, NetworkInterfaceIds: ['eni-1'], CreationTimestamp}],
        NetworkInterfaces: [networkInterface('eni-1', '10.0.1.5')],
      },
      web,
      [{...path('ssm', 'open'), via: 'vpce-1'}],
      [{kind: 'timeout', service: 'ssm', address: '52.94.1.1', source: 'a.log', line: 'i/o timeout', ...line}],
    ).map(({cause, message}) => `${cause}: ${message.slice(0, 9)}`)
  const before = '2026-11-18T00:00:00Z'
  const since = '2026-11-20T06:00:00Z'

  it('in a log that was written after the endpoint was created, in any time zone', () => {
    const log = {localTime: '2026-11-20T11:00:00Z'}
    expect(to(before, log)).toEqual(['os.name-resolution: The agent'])
    expect(to(since, log)).toEqual(['os.firewall: The agent'])
    expect(to(before, {})).toEqual(['os.firewall: The agent'])
  })
  it('in tests, which are run for the examination, unless the endpoint is of the same day', () => {
    expect(to(before, {isTest: true})).toEqual(['os.name-resolution: i-0a1b2c3'])
    expect(to(since, {isTest: true})).toEqual(['os.firewall: i-0a1b2c3'])
    expect(to(before, {source: 'ssm-cli get-diagnostics'})).toEqual(['os.name-resolution: The agent'])
  })
})

it('does not report a firewall for a host whose path was not traced', () => {
  const line = 'Post "https://ssm.corp.example/": dial tcp: lookup ssm.corp.example on 10.0.0.2:53: no such host'
  const found = findingsOf(operatingSystem, printed(line), web, [path('ssm', 'open')])
  expect(found.map(({cause}) => cause)).toEqual(['os.custom-endpoint'])
})

describe('a message channel that is cut without a close message', () => {
  const CUT = {
    kind: 'channel-closed' as const,
    source: 'amazon-ssm-agent.log',
    line: 'WARN [MGSInteractor] Reach the retry limit 5 for receive messages. Error: websocket: close 1006 (abnormal closure): unexpected EOF',
  }
  const connection = (Status: string) => ({...online, ConnectionStatuses: [{Target: ID, Status}]})

  it('degrades a node whose channel stays closed, and no other', () => {
    expect(findingsOf(operatingSystem, connection('notconnected'), web, [], [CUT])).toMatchObject([
      {cause: 'os.firewall', severity: 'degrades', certainty: 'possible'},
    ])
    expect(causesOf(operatingSystem, connection('connected'), web, [], [CUT])).toEqual([])
    expect(causesOf(operatingSystem, away, web, [], [CUT])).toEqual([])
  })

  it('or is refused with a status, which is not said to be cut', () => {
    const [found] = findingsOf(operatingSystem, connection('notconnected'), web, [], [{...CUT, status: '407'}])
    expect(found?.message).toContain('refused with HTTP status 407')
  })

  it('or is refused without one, which is not said to be cut either', () => {
    const text = '2026-11-20 08:00:00 ERROR failed to connect controlchannel: websocket: bad handshake'
    const refused = logSignals([{file: 'a.log', text}])
    const [found] = findingsOf(operatingSystem, connection('notconnected'), web, [], refused)
    expect(found?.message).toContain('was refused (websocket: bad handshake)')
  })
})

describe('a node that is online and whose message channel is closed', () => {
  const closed = {...online, ConnectionStatuses: [{Target: ID, Status: 'notconnected'}]}
  const open = [path('ssm', 'open'), path('ssmmessages', 'open')]
  const toChannel: Signal = {
    kind: 'timeout',
    service: 'ssmmessages',
    source: 'ssm-cli get-diagnostics',
    line: 'ssmmessages.us-east-1.amazonaws.com is not reachable: dial tcp 203.0.113.9:443: i/o timeout',
  }
  const found = (change: object, ...signals: readonly Signal[]) =>
    findingsOf(operatingSystem, change, web, open, signals)

  it.each([
    ['timeout', 'os.firewall'],
    ['tls-trust', 'os.tls-trust'],
    ['proxy-failed', 'os.proxy'],
  ] as const)('is degraded by what its log shows of that connection: %s', (kind, cause) => {
    expect(found(closed, {...toChannel, kind})).toMatchObject([{cause, severity: 'degrades'}])
  })

  it('is degraded by a proxy that it uses for that connection', () => {
    const proxy: Signal = {kind: 'proxy-set', host: '10.0.9.9', source: 'amazon-ssm-agent.log', line: 'https_proxy: x'}
    expect(found(closed, proxy, toChannel)).toMatchObject([{cause: 'os.proxy', severity: 'degrades'}])
  })

  it('is not degraded by another connection, by its console, or while the channel is open', () => {
    expect(found(closed, {...toChannel, service: 'ssm'})).toEqual([])
    expect(found(closed, {...toChannel, source: 'ec2:GetConsoleOutput'})).toEqual([])
    expect(found(online, toChannel)).toEqual([])
    expect(found({...online, ConnectionStatuses: [{Target: ID, Status: 'connected'}]}, toChannel)).toEqual([])
  })
})

describe('a proxy that takes the calls to the metadata service', () => {
  const FAILED = 'Get "http://169.254.169.254/latest/meta-data/instance-id": dial tcp 10.0.9.9:3128: i/o timeout'

  it.each([
    ['http_proxy: proxy.corp:3128', ['os.proxy']],
    ['http_proxy: proxy.corp:3128\nno_proxy: localhost,169.254.169.254', ['imds.unreachable']],
    ['https_proxy: proxy.corp:3128', ['imds.unreachable']],
  ])('is the cause, and the metadata service is not: %s', (settings, causes) => {
    expect(causesOf(operatingSystem, printed(`${settings}\n${FAILED}`))).toEqual(causes)
  })
})

describe('a host other than the one that the agent builds', () => {
  const dialed = (host: string) => printed(`Post "https://${host}/": dial tcp 52.94.1.1:443: i/o timeout`)

  it.each(['ssm-fips.us-east-1.amazonaws.com', 'ssm.us-east-1.api.aws', 'ssm.us-west-2.amazonaws.com'])(
    'is a custom endpoint: %s',
    (host) => {
      expect(causesOf(operatingSystem, dialed(host), web, [path('ssm', 'open')])).toEqual(['os.custom-endpoint'])
    },
  )

  it('is not what something on the path answers for, if the certificate of AWS does not fit its name', () => {
    const fits = 'x509: certificate is valid for ssm.us-east-1.amazonaws.com, not'
    const called = (host: string, error: string) => printed(`Post "https://${host}/": ${error}`)
    const own = 'ssm.us-east-1.amazonaws.com'
    const other = 'vpce-0a1b2c3d-x1.ssm.us-east-1.vpce.amazonaws.com'
    expect(causesOf(operatingSystem, called(other, `${fits} ${other}`))).toEqual(['os.custom-endpoint'])
    expect(causesOf(operatingSystem, called(own, `x509: certificate is valid for proxy.corp, not ${own}`))).toEqual([
      'os.tls-trust',
    ])
    expect(causesOf(operatingSystem, called(other, 'x509: certificate signed by unknown authority'))).toContain(
      'os.tls-trust',
    )
  })

  it('is not a custom endpoint if it is a bucket, which only degrades the node', () => {
    const found = findingsOf(operatingSystem, dialed('amazon-ssm-us-east-1.s3.us-east-1.amazonaws.com'), web, [
      path('s3', 'open'),
    ])
    expect(found).toMatchObject([{cause: 'os.firewall', severity: 'degrades'}])
  })
})

describe('an interface without an address', () => {
  const DOWN = '[FAILED] Failed to start Raise network interfaces.'

  it('keeps the agent from everything, unless another interface is up or nothing booted', () => {
    expect(findingsOf(operatingSystem, printed(DOWN))).toMatchObject([{cause: 'os.boot-failure', certainty: 'likely'}])
    expect(causesOf(operatingSystem, printed(`${DOWN}\nDHCPACK of 10.0.1.10 from 10.0.1.1`))).toEqual([])
    expect(findingsOf(operatingSystem, printed(`${DOWN}\nKernel panic - not syncing`))).toMatchObject([
      {cause: 'os.boot-failure', certainty: 'proven'},
    ])
  })
})

describe('a failure that is not about ssm', () => {
  it.each([
    ['Get "https://s3.us-east-1.amazonaws.com/amazon-ssm-us-east-1/VERSION": Forbidden', 'os.proxy', 'degrades'],
    ['Post "https://ssm.us-east-1.amazonaws.com/": Forbidden', 'os.proxy', undefined],
    ['Post "https://kms.us-east-1.amazonaws.com/": x509: unknown authority', 'os.tls-trust', 'degrades'],
    ['Post "https://ssm.us-east-1.amazonaws.com/": x509: unknown authority', 'os.tls-trust', undefined],
  ])('keeps the node registered: %s', (line, cause, severity) => {
    const [found, ...others] = findingsOf(operatingSystem, printed(line))
    expect(others).toEqual([])
    expect(found?.cause).toBe(cause)
    expect(found?.severity).toBe(severity)
  })
})

describe('an untrusted certificate in the call of get-diagnostics to STS', () => {
  const untrusted: Signal = {kind: 'tls-trust', service: 'sts', source: 'ssm-cli get-diagnostics', line: 'x509: …'}
  const via = (id: string) => [{...path('ssm', 'open'), via: id}]

  it('is likely the same for Systems Manager on the same way out, and says nothing where that has endpoints', () => {
    expect(findingsOf(operatingSystem, away, web, via('nat-0a1b2c3d4e5f60030'), [untrusted])).toMatchObject([
      {cause: 'os.tls-trust', certainty: 'likely'},
    ])
    expect(causesOf(operatingSystem, away, web, via('vpce-0a1b2c3d4e5f60040'), [untrusted])).toEqual([])
  })
})

describe('a proxy', () => {
  const UNREACHED = 'dial tcp 169.254.169.254:80: i/o timeout'
  const of = (...lines: readonly string[]) => causesOf(operatingSystem, printed([...lines, UNREACHED].join('\n')))

  it('for HTTP takes the calls to the metadata service, unless that is exempt', () => {
    expect(of('INFO http_proxy: 10.0.9.9:3128')).toEqual(['os.proxy'])
    expect(of('INFO http_proxy: 10.0.9.9:3128', 'INFO no_proxy: 169.254.169.254')).toEqual(['imds.unreachable'])
  })

  it('for HTTPS alone does not', () => {
    expect(of('INFO https_proxy: 10.0.9.9:3128')).toEqual(['imds.unreachable'])
    expect(of('INFO http_proxy: NULL https_proxy: 10.0.9.9:3128')).toEqual(['imds.unreachable'])
  })
})

it('does not report the metadata service separately where the interface has no address', () => {
  const lines =
    'No DHCPOFFERS received.\n[ 137.8] cloud-init[7]: Giving up on md from [http://169.254.169.254/x] after 9'
  expect(causesOf(operatingSystem, printed(lines))).toEqual(['os.boot-failure'])
})

describe('the firewall of the system', () => {
  const DROPS = '-P OUTPUT DROP'
  it('is likely the cause if it shows no rule for HTTPS', () =>
    expect(findingsOf(operatingSystem, printed(DROPS), web, [path('ssm', 'open')])).toMatchObject([
      {
        cause: 'os.firewall',
        certainty: 'likely',
        message: `The firewall of ${ID} blocks outbound connections that no rule allows, and no rule for TCP 443 is shown.`,
      },
    ]))
  it('is possibly the cause on Windows, which shows neither the rules nor the active profile', () =>
    expect(findingsOf(operatingSystem, printed('DefaultOutboundAction : Block'))).toMatchObject([
      {cause: 'os.firewall', certainty: 'possible'},
    ]))
  it('is none if a test reaches the service', () => {
    const reached = {kind: 'reached', service: 'ssm', source: 'a', line: 'HTTP 404', isTest: true} as const
    expect(causesOf(operatingSystem, printed(DROPS), web, [path('ssm', 'open')], [reached])).toEqual([])
  })
})
