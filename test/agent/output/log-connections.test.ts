import {describe, expect, it} from 'vitest'
import {kinds, log, post} from './log-lines.ts'

it('reads one thing where a proxy fails on the way to the metadata service', () => {
  const line = 'Get "http://169.254.169.254/latest/meta-data/": proxyconnect tcp: dial tcp 10.0.9.9:3128: i/o timeout'
  expect(kinds(line)).toEqual(['proxy-failed'])
})

describe('a connection that fails', () => {
  it.each([
    ['dial tcp 52.94.1.1:443: connect: operation timed out', 'timeout'],
    ['dial tcp 52.94.1.1:443: connect: no route to host', 'timeout'],
    ['dial tcp 52.94.1.1:443: connect: network is unreachable', 'timeout'],
    ['read tcp 10.0.1.10:5->52.94.1.1:443: i/o timeout', 'timeout'],
    ['read tcp 10.0.1.10:5->52.94.1.1:443: read: connection timed out', 'timeout'],
    ['write tcp 10.0.1.10:5->52.94.1.1:443: write: connection timed out', 'timeout'],
    ['write tcp 10.0.1.10:5->52.94.1.1:443: i/o timeout', 'timeout'],
    ["dial tcp 52.94.1.1:443: connect: can't assign requested address", 'refused'],
    ['write tcp 10.0.1.10:5->52.94.1.1:443: write: operation not permitted', 'refused'],
    [
      'dial tcp 52.94.1.1:443: connectex: Ein Verbindungsversuch ist fehlgeschlagen, da die Gegenstelle nicht antwortet.',
      'refused',
    ],
    ['dial tcp 52.94.1.1:443: connectex: 接続済みの呼び出し先が応答しなかったため、接続できませんでした。', 'refused'],
    [
      'read tcp 10.0.1.10:5->52.94.1.1:443: wsarecv: Se ha forzado la interrupción de una conexión existente.',
      'refused',
    ],
    ['dial tcp 52.94.1.1:443: connectex: the system lacked sufficient buffer space or a queue was full.', 'refused'],
  ])('is read in the words of each system and language: %s', (text, kind) =>
    expect(log(post(text))).toMatchObject([{kind, service: 'ssm', address: '52.94.1.1'}]),
  )

  it.each([
    'no such host',
    'getaddrinfow: Der angegebene Host ist unbekannt.',
    'Temporary failure in name resolution',
    'The requested name is valid, but no data of the requested type was found.',
  ])('finds no address: %s', (text) =>
    expect(log(post(`dial tcp: lookup ssm.us-east-1.amazonaws.com: ${text}`))).toMatchObject([
      {kind: 'unresolved', host: 'ssm.us-east-1.amazonaws.com'},
    ]),
  )

  it.each([
    'dial udp [::1]:53: connect: cannot assign requested address',
    'dial udp 10.9.9.9:53: connect: network is unreachable',
    'cannot unmarshal DNS message',
  ])('finds no DNS server that answers: %s', (text) =>
    expect(kinds(post(`dial tcp: lookup ssm.us-east-1.amazonaws.com on 10.0.0.2:53: ${text}`))).toEqual(['unresolved']),
  )

  it('has no other reason where the limit on open files is reached', () => {
    const text = 'dial tcp: lookup ssm.us-east-1.amazonaws.com: dial udp 10.0.0.2:53: socket: too many open files'
    expect(kinds(post(text))).toEqual(['too-many-files'])
  })

  it('is not one that the agent closes itself', () => {
    expect(kinds('Error: read tcp 10.0.1.10:5->52.94.1.1:443: use of closed network connection')).toEqual([])
  })

  it.each(['Unauthorized', 'Method Not Allowed', 'Internal Server Error', 'Gateway Timeout', 'Too Many Requests'])(
    'is refused by a proxy, in the words of its status: %s',
    (status) => expect(kinds(post(status))).toEqual(['proxy-failed']),
  )
})

describe('the part of the agent that makes a call', () => {
  const RESET = 'read tcp 10.0.1.10:5->52.94.1.1:443: read: connection reset by peer'

  it.each([
    ['[ssm-agent-worker] [MessageService] [MGSInteractor]', 'ssmmessages'],
    ['[MessageGatewayService]', 'ssmmessages'],
    ['[ssm-agent-worker] [MessageService] [MDSInteractor]', 'ec2messages'],
    ['[MessagingDeliveryService]', 'ec2messages'],
    ['[MessageProcessor]', 'ec2messages'],
  ])('shows which service it calls: %s', (part, service) =>
    expect(log(`2026-11-20 09:00:00 WARN ${part} error when calling AWS APIs`, `caused by: ${RESET}`)).toMatchObject([
      {kind: 'refused', service},
    ]),
  )

  it('reads associations from Systems Manager', () => {
    const line = `2026-11-20 09:00:00 WARN [MessagingDeliveryService] [Association] ${RESET}`
    expect(log(line)[0]).not.toHaveProperty('service')
  })

  it('does not replace the host that a line names', () => {
    const line = `2026-11-20 09:00:00 WARN [MGSInteractor] Post "https://ssm.us-east-1.amazonaws.com/": ${RESET}`
    expect(log(line)).toMatchObject([{service: 'ssm'}])
  })
})

describe('the process of a session or a command', () => {
  const of = (text: string) => `2026-11-20 09:00:00 ERROR [ssm-document-worker] [c-1] [pluginName=x] ${text}`

  it.each([
    'dial tcp 10.0.5.5:443: connect: connection refused',
    'dial tcp: lookup db.corp.example on 10.0.0.2:53: no such host',
    'curl: (60) x509: certificate signed by unknown authority',
    'bash: /tmp/x: Too many open files',
    'open /etc/sudoers.d/ssm-agent-users: read-only file system',
    'Get "http://169.254.169.254/latest/": context deadline exceeded',
  ])('shows nothing about the agent with %s', (text) => {
    expect(kinds(of(text))).toEqual([])
    expect(kinds(of('failed'), text)).toEqual([])
    expect(kinds(of(text).replace('document', 'session'))).toEqual([])
  })

  it('shows that a service of AWS is not reached', () => {
    const line = of('Post "https://kms.us-east-1.amazonaws.com/": x509: certificate signed by unknown authority')
    expect(log(line)).toMatchObject([{kind: 'tls-trust', service: 'kms'}])
  })
})

describe('something on the path', () => {
  it.each([
    'tls: server selected unsupported protocol version 301',
    'tls: first record does not look like a TLS handshake',
    'net/http: HTTP/1.x transport connection broken: malformed HTTP response "<html>"',
    'http2: server sent GOAWAY and closed the connection',
    'http: server closed idle connection',
  ])('ends the connection: %s', (text) => expect(kinds(post(text))).toEqual(['refused']))

  // https://go.dev/doc/go1.23#crypto-x509
  it('presents a certificate that cannot be parsed', () =>
    expect(kinds(post('tls: failed to parse certificate from server: x509: negative serial number'))).toEqual([
      'tls-trust',
    ]))

  it('answers with a page instead of the service', () => {
    expect(
      kinds("SerializationError: failed to decode response body. invalid character '<' looking for beginning of value"),
    ).toEqual(['refused'])
  })

  it.each([
    'net/http: TLS handshake timeout',
    'net/http: timeout awaiting response headers',
    'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
  ])('lets it wait: %s', (text) => expect(kinds(post(text))).toContain('timeout'))

  it.each(['net/http: request canceled', 'context deadline exceeded'])(
    'is not there when a request for messages ends without one: %s',
    (text) => {
      const line = post(`${text} (Client.Timeout exceeded while awaiting headers)`)
      expect(kinds(line)).toEqual(['timeout'])
      expect(kinds(line.replace('ssm.', 'ec2messages.'))).toEqual([])
      const refused = post('dial tcp 10.0.3.9:443: i/o timeout (Client.Timeout exceeded while awaiting headers)')
      expect(kinds(refused.replace('ssm.', 'ec2messages.'))).toEqual(['timeout'])
    },
  )

  it.each([
    'dial tcp: lookup ssm.us-east-1.amazonaws.com: operation was canceled',
    'dial tcp: lookup ssm.us-east-1.amazonaws.com on 10.0.0.2:53: operation was canceled',
    'dial tcp 52.94.1.1:443: operation was canceled',
    'context canceled',
  ])('is not there when the agent cancels its own call: %s', (text) => expect(kinds(post(text))).toEqual([]))
})

it('knows that a proxy refuses the message channel alone', () => {
  const line =
    '2026-11-20 09:00:00 WARN [ssm-agent-worker] [MGSInteractor] Failed to dial websocket, status: 407 Proxy Authentication Required, err: websocket: bad handshake'
  expect(log(line)).toContainEqual(expect.objectContaining({kind: 'proxy-failed', service: 'ssmmessages'}))
})
