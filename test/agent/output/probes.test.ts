import {describe, expect, it} from 'vitest'
import {logSignals} from '../../../src/agent/output/log.ts'
import {probesIn, testsInPlace} from '../../../src/agent/output/probes.ts'

const SSM = 'ssm.us-east-1.amazonaws.com'
const NONE = `https://${SSM}/  000`
const kindsIn = (...lines: readonly string[]) =>
  probesIn([{file: 'a', text: lines.join('\n')}]).map(({kind, service}) => `${service} ${kind}`)

describe('curl shows that a machine', () => {
  it.each([
    ['timeout', 'curl: (28) Connection timed out after 10001 milliseconds'],
    ['timeout', `curl: (28) Failed to connect to ${SSM} port 443 after 10002 ms: Timeout was reached`],
    ['timeout', `curl: (7) Failed connect to ${SSM}:443; No route to host`],
    ['unresolved', `curl: (6) Could not resolve host: ${SSM}`],
    ['unresolved', 'curl: (28) Resolving timed out after 10000 milliseconds'],
    ['tls-trust', 'curl: (60) SSL certificate problem: unable to get local issuer certificate'],
    ['clock', 'curl: (60) SSL certificate problem: certificate is not yet valid'],
    ['refused', `curl: (7) Failed to connect to ${SSM} port 443: Connection refused`],
    ['refused', `curl: (35) OpenSSL SSL_connect: Connection reset by peer in connection to ${SSM}:443 `],
    ['proxy-failed', 'curl: (56) Received HTTP code 407 from proxy after CONNECT'],
    ['proxy-failed', 'curl: (56) CONNECT tunnel failed, response 403'],
    ['proxy-failed', 'curl: (5) Could not resolve proxy: proxy.example.com'],
  ] as const)('%s: %s', (kind, error) => expect(kindsIn(error, NONE)).toEqual([`ssm ${kind}`]))

  it('reaches a service that answers with any status', () =>
    expect(
      kindsIn(`https://${SSM}/ 192.0.2.1 404`, 'https://ssmmessages.us-east-1.amazonaws.com/ 192.0.2.2 400'),
    ).toEqual(['ssm reached', 'ssmmessages reached']))

  it('reaches the host of the command above', () =>
    expect(
      kindsIn(`$ curl --silent --write-out '%{remote_ip} %{http_code}\\n' https://${SSM}/`, '192.0.2.1 404'),
    ).toEqual(['ssm reached']))

  it('nothing where no host is named, the certificate expired or another host is tested', () => {
    expect(kindsIn('curl: (28) Connection timed out after 10001 milliseconds', ' 000')).toEqual([])
    expect(kindsIn('curl: (60) SSL certificate problem: certificate has expired', NONE)).toEqual([])
    expect(kindsIn('curl: (6) Could not resolve host: example.com', 'https://example.com/  000')).toEqual([])
  })

  it('reaches it by the last test', () =>
    expect(kindsIn('curl: (28) Connection timed out', NONE, `https://${SSM}/ 192.0.2.1 404`)).toEqual(['ssm reached']))
})

describe('curl without a status shows that a machine', () => {
  it.each([
    [
      'timeout',
      `curl: (28) Failed to connect to ${SSM} port 443 after 130211 ms: Couldn't connect to server, timed out`,
    ],
    ['unresolved', `curl: (6) Could not resolve host: ${SSM}`],
  ] as const)('%s of the host that the error names: %s', (kind, error) =>
    expect(kindsIn(error)).toEqual([`ssm ${kind}`]),
  )
  it.each([
    ['tls-trust', 'curl: (60) SSL certificate problem: unable to get local issuer certificate'],
    ['timeout', 'curl: (28) Connection timed out after 10001 milliseconds'],
    ['reached', 'HTTP/1.1 404 Not Found'],
    ['reached', '< HTTP/2 404'],
  ] as const)('%s of the host of the command: %s', (kind, line) =>
    expect(kindsIn(`$ curl -v https://${SSM}`, line, '$ curl https://example.com')).toEqual([`ssm ${kind}`]),
  )
  it('connects to a proxy alone', () =>
    expect(
      kindsIn(
        `$ curl -v https://${SSM}`,
        '< HTTP/1.1 200 Connection established',
        'curl: (7) Failed to connect to proxy.example.com port 3128: Connection refused',
      ),
    ).toEqual([]))
})

describe('telnet and netcat show that a machine', () => {
  const TELNET = `$ telnet ${SSM} 443`
  const NETCAT = `$ nc -vz ${SSM} 443`
  it.each([
    ['reached', TELNET, 'Trying 192.0.2.1...', `Connected to ${SSM}.`, "Escape character is '^]'."],
    ['timeout', TELNET, 'Trying 192.0.2.1...', 'telnet: connect to address 192.0.2.1: Connection timed out'],
    ['timeout', TELNET, 'Trying 192.0.2.1...', 'telnet: Unable to connect to remote host: Connection timed out'],
    ['unresolved', '', `telnet: ${SSM}: Name or service not known`, `${SSM}: Unknown host`],
    ['unresolved', '', `telnet: could not resolve ${SSM}/443: Temporary failure in name resolution`],
    ['reached', NETCAT, 'Ncat: Version 7.93 ( https://nmap.org/ncat )', 'Ncat: Connected to 192.0.2.1:443.'],
    ['timeout', NETCAT, 'Ncat: TIMEOUT.'],
    ['refused', NETCAT, 'Ncat: Connection refused.'],
    ['unresolved', '', `Ncat: Could not resolve hostname "${SSM}": Name or service not known. QUITTING.`],
    ['reached', '', `Connection to ${SSM} (192.0.2.1) 443 port [tcp/https] succeeded!`],
    ['timeout', '', `nc: connect to ${SSM} (192.0.2.1) port 443 (tcp) failed: Connection timed out`],
    ['timeout', '', `nc: connect to ${SSM} port 443 (tcp) timed out: Operation now in progress`],
    ['refused', '', `nc: connect to ${SSM} port 443 (tcp) failed: Connection refused`],
    ['unresolved', NETCAT, 'nc: getaddrinfo: Name or service not known'],
  ])('%s: %s %s', (kind, ...lines) => expect(kindsIn(...lines)).toEqual([`ssm ${kind}`]))

  it.each([
    [`$ nc -vz ${SSM} 80`, 'Ncat: Connection refused.'],
    [`nc: connect to ${SSM} (192.0.2.1) port 80 (tcp) failed: Connection refused`],
    [`$ curl http://${SSM}`, 'HTTP/1.1 400 Bad Request'],
    [`$ curl http://${SSM}`, `curl: (28) Failed to connect to ${SSM} port 80 after 5001 ms: Timeout was reached`],
    [`$ curl https://${SSM}:8443`, 'curl: (28) Connection timed out after 10001 milliseconds'],
    ['$ curl https://169.254.169.254', 'curl: (7) Failed to connect to 169.254.169.254 port 443: Connection refused'],
  ])('nothing on another port: %s', (...lines) => expect(kindsIn(...lines)).toEqual([]))

  it.each([
    ['$ telnet db.example.com 5432', 'telnet: connect to address 198.51.100.4: Connection refused'],
    ['$ nc -vz 198.51.100.4 22', 'Ncat: Connection refused.'],
    ['[ec2-user@ip-10-0-1-9 ~]$ sftp 198.51.100.4', 'Connected to 198.51.100.4.', 'telnet: x: Connection refused'],
    ['$ curl -I example.com', 'curl: (28) Connection timed out after 10001 milliseconds'],
  ])('nothing where a later command tests another host: %s', (...lines) =>
    expect(kindsIn(TELNET, `Connected to ${SSM}.`, ...lines)).toEqual(['ssm reached']),
  )

  it.each([
    [`$ ip route get "$(getent ahostsv4 ${SSM} | awk '{print $1; exit}')"`, ['ssm timeout']],
    ['$ ip route get 169.254.169.254', ['undefined metadata']],
    ['$ ip route get 198.51.100.4', []],
  ])('has no route: %s', (line, found) =>
    expect(kindsIn(line, 'RTNETLINK answers: Network is unreachable')).toEqual(found),
  )

  it('tried an address', () => {
    const addressOf = (...lines: readonly string[]) =>
      probesIn([{file: 'a', text: lines.join('\n')}]).map(({address}) => address)
    expect(addressOf(TELNET, 'Trying 192.0.2.1...', 'telnet: Unable to connect to remote host: timed out')).toEqual([
      '192.0.2.1',
    ])
    const other =
      'nc: connect to ssmmessages.us-east-1.amazonaws.com port 443 (tcp) timed out: Operation now in progress'
    expect(addressOf(`Connection to ${SSM} (192.0.2.1) 443 port [tcp/https] succeeded!`, other)).toEqual([
      '192.0.2.1',
      undefined,
    ])
    expect(addressOf(`nc: connect to ${SSM} (2001:db8::1) port 443 (tcp) failed: Connection timed out`)).toEqual([
      '2001:db8::1',
    ])
  })
})

it('reads many errors of curl in linear time', () => {
  const error = `curl: (28) Failed to connect to ${SSM} port 443`
  expect(kindsIn(...Array<string>(100_000).fill(error))).toEqual(['ssm timeout'])
}, 15_000)

describe('the last of several tests counts', () => {
  const REACHED = [`$ curl -I https://${SSM}`, 'HTTP/1.1 404 Not Found']
  const WINDOWS = [`ComputerName : ${SSM}`, 'RemoteAddress : 192.0.2.1', 'RemotePort : 443', 'TcpTestSucceeded : False']
  const WITHOUT_ADDRESS = `Host ${SSM} not found: 3(NXDOMAIN)`
  const ADDRESS = `192.0.2.1 STREAM ${SSM}`
  it.each([
    ['ssm reached', [WITHOUT_ADDRESS, ...REACHED]],
    ['ssm unresolved', [...REACHED, WITHOUT_ADDRESS]],
    ['ssm reached', [...WINDOWS, ...REACHED]],
    ['ssm timeout', [...REACHED, ...WINDOWS]],
    ['ssm resolved', [WITHOUT_ADDRESS, ADDRESS]],
    ['ssm unresolved', [ADDRESS, WITHOUT_ADDRESS]],
    ['ssm resolved', [`curl: (6) Could not resolve host: ${SSM}`, ADDRESS]],
  ] as const)('%s: %j', (kind, lines) => expect(kindsIn(...lines)).toEqual([kind]))
})

describe('a test of the metadata service', () => {
  const kinds = (...lines: readonly string[]) => probesIn([{file: 'a', text: lines.join('\n')}]).map(({kind}) => kind)
  const URL = '$ curl -I http://169.254.169.254/latest/meta-data/'
  const WINDOWS = ['ComputerName : 169.254.169.254', 'RemoteAddress : 169.254.169.254', 'RemotePort : 80']
  it.each([
    ['metadata', URL, 'curl: (28) Failed to connect to 169.254.169.254 port 80 after 130000 ms: timed out'],
    ['metadata', '', 'curl: (7) Failed to connect to 169.254.169.254 port 80: No route to host'],
    ['metadata', '$ telnet 169.254.169.254 80', 'telnet: connect to address 169.254.169.254: Connection timed out'],
    ['metadata', '', 'nc: connect to 169.254.169.254 port 80 (tcp) failed: Connection refused'],
    ['metadata', ...WINDOWS, 'TcpTestSucceeded : False'],
    [
      'metadata',
      'Invoke-WebRequest : Unable to connect to the remote server',
      'At line:1 char:1',
      '+ Invoke-WebRequest -Uri http://169.254.169.254/latest/meta-data/instan ...',
    ],
    ['reached', URL, 'HTTP/1.1 401 Unauthorized'],
    ['reached', ...WINDOWS, 'TcpTestSucceeded : True'],
  ])('%s: %s %s', (kind, ...lines) => {
    expect(kinds(...lines)).toEqual([kind])
    const place = {Region: 'us-east-1', Partition: 'aws'}
    expect(testsInPlace(probesIn([{file: 'a', text: lines.join('\n')}]), place)).toHaveLength(1)
  })
})

describe('curl shows nothing', () => {
  it('by errors that are not printed with the status that they belong to', () =>
    expect(
      kindsIn('curl: (28) Connection timed out', 'curl: (6) Could not resolve host: example.com', NONE, NONE),
    ).toEqual([]))
  it('by numbers that another command prints', () =>
    expect(kindsIn(`$ curl --silent https://${SSM}/`, '10 200', '192.0.2.1 999')).toEqual([]))
  it('of the host of an earlier command', () =>
    expect(kindsIn(`$ curl https://${SSM}/`, '$ curl http://example.com/', '192.0.2.1 404')).toEqual([]))
})

describe('a test counts', () => {
  const failed = (host: string) => ['curl: (28) Connection timed out', `https://${host}/  000`]
  const counted = (...lines: readonly string[]) =>
    testsInPlace(logSignals([{file: 'a', text: lines.join('\n')}]), {Region: 'us-east-1', Partition: 'aws'}).map(
      ({host, kind}) => `${host} ${kind}`,
    )
  it.each([
    'ssm.eu-west-1.amazonaws.com',
    'ssm.example.com',
    'vpce-0a1b2c3d4e5f60001-abcdefgh.ssm.us-east-1.vpce.amazonaws.com',
  ])('not of %s, which the agent does not call', (host) => {
    expect(counted(...failed(host))).toEqual([])
    expect(counted(...failed(SSM), `https://${host}/ 192.0.2.1 404`)).toEqual([`${SSM} timeout`])
  })
  it('of a bucket', () => {
    const bucket = 'amazon-ssm-us-east-1.s3.us-east-1.amazonaws.com'
    expect(counted(...failed(bucket))).toEqual([`${bucket} timeout`])
  })
  it('of the last file', () => {
    const files = [failed(SSM).join('\n'), `https://${SSM}/ 192.0.2.1 404`].map((text, at) => ({file: `${at}`, text}))
    expect(logSignals(files).map(({kind, source}) => `${source} ${kind}`)).toEqual(['1 reached'])
  })
  it('not of another instance', () => {
    const text = ['assumed-role/role/i-0a1b2c3d4e5f60002', ...failed(SSM)].join('\n')
    expect(logSignals([{file: 'a', text}], 'i-0a1b2c3d4e5f60001').map(({kind}) => kind)).toEqual(['other-instance'])
  })
})

describe('PowerShell shows that a machine', () => {
  const tested = (address: string, ...rest: readonly string[]) =>
    [`ComputerName     : ${SSM}`, `RemoteAddress    : ${address}`, ...rest].join('\r\n')
  const REST = ['RemotePort       : 443', 'InterfaceAlias   : Ethernet', 'SourceAddress    : 192.168.1.10']

  it.each([
    ['reached', tested('192.0.2.1', ...REST, 'TcpTestSucceeded : True')],
    ['timeout', tested('192.0.2.1', ...REST, 'PingSucceeded    : False', 'TcpTestSucceeded : False')],
    ['unresolved', tested('', 'InterfaceAlias   : ', 'PingSucceeded    : False')],
    [
      'unresolved',
      `    + CategoryInfo          : ResourceUnavailable: (${SSM}:String) [Resolve-DnsName], Win32Exception`,
    ],
  ] as const)('%s', (kind, text) => expect(kindsIn(text)).toEqual([`ssm ${kind}`]))

  it('what its last command shows', () => {
    const unresolved = `    + CategoryInfo : ResourceUnavailable: (${SSM}:String) [Resolve-DnsName], Win32Exception`
    expect(kindsIn(tested('192.0.2.1', ...REST, 'TcpTestSucceeded : True'), unresolved)).toEqual(['ssm unresolved'])
  })

  it('nothing by a ping or another port', () => {
    expect(kindsIn(tested('192.0.2.1', 'InterfaceAlias   : Ethernet', 'PingSucceeded    : False', ''))).toEqual([])
    expect(kindsIn(tested('192.0.2.1', 'RemotePort       : 80', 'TcpTestSucceeded : False'))).toEqual([])
  })
})

it('is part of what a file shows, with the address that was tested', () =>
  expect(
    logSignals([
      {file: 'a', text: `ComputerName : ${SSM}\nRemoteAddress : 10.0.1.9\nRemotePort : 443\nTcpTestSucceeded : False`},
    ]),
  ).toEqual([
    {
      kind: 'timeout',
      service: 'ssm',
      host: SSM,
      address: '10.0.1.9',
      source: 'a',
      isTest: true,
      line: `${SSM}: Test-NetConnection, RemoteAddress 10.0.1.9, TcpTestSucceeded False`,
    },
  ]))

it('is quoted without control characters', () => {
  const [signal] = probesIn([{file: 'a', text: `curl: (6) Could not resolve host:\u0007 ${SSM}\n${NONE}`}])
  expect(signal?.line).toBe(`${SSM}: curl: (6) Could not resolve host:  ${SSM}`)
})
