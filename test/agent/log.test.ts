import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {logSignals} from '../../src/agent/log.ts'

const log = (...lines: readonly string[]) => logSignals([{text: lines.join('\n'), file: 'errors.log'}])
const kinds = (...lines: readonly string[]) => log(...lines).map(({kind}) => kind)

const DENIED =
  '2026-11-20 08:14:42.1234 WARN EC2RoleProvider Failed to connect to Systems Manager with instance profile role credentials. Err: retrieved credentials failed to report to ssm. Error: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60010 is not authorized to perform: ssm:UpdateInstanceInformation on resource: *'
const CONNECTED =
  '2026-11-20 08:20:00.1234 INFO EC2RoleProvider Successfully connected with instance profile role credentials'
const CHANNEL_TIMEOUT =
  '2026-11-20 08:30:00.1234 ERROR [MessageGatewayService] Failed to get controlchannel token, error: Post "https://ssmmessages.us-east-1.amazonaws.com/v1/control-channel/i-0a1b2c3d4e5f60010": dial tcp 10.0.3.9:443: i/o timeout'

it('names the file that contains a line', () => {
  expect(log(DENIED)).toMatchObject([
    {kind: 'access-denied', source: 'errors.log', action: 'ssm:UpdateInstanceInformation'},
  ])
})

it('drops failures from before the agent connected, for each service', () => {
  expect(kinds(DENIED, CONNECTED)).toEqual(['connected'])
  expect(kinds(CHANNEL_TIMEOUT, CONNECTED)).toEqual(['timeout', 'connected'])
  expect(log(CHANNEL_TIMEOUT)).toMatchObject([{service: 'ssmmessages', address: '10.0.3.9'}])
})

it('keeps the failure that made the agent hibernate', () => {
  const backingOff = '2026-11-20 08:49:08 INFO Backing off health check to every 600 seconds for 1800 seconds.'
  expect(kinds(DENIED, backingOff)).toEqual(['access-denied', 'hibernating'])
  expect(kinds(backingOff, CONNECTED)).toEqual(['connected'])
})

it('reads lines that journald prefixed with a host name', () => {
  expect(
    kinds(
      `Nov 20 08:14:42 ip-10-0-1-10 amazon-ssm-agent[2373]: ${DENIED}`,
      `Nov 20 08:20:00 ip-10-0-1-10 amazon-ssm-agent[2373]: ${CONNECTED}`,
    ),
  ).toEqual(['connected'])
})

it('reads Windows logs', () => {
  expect(kinds('2026-11-20 08:14:42 ERROR EC2RoleRequestError: no EC2 instance role found\r', '')).toEqual(['no-role'])
})

it('does not compare times without a time zone', () => {
  expect(log(DENIED)[0]).not.toHaveProperty('at')
})

it('accepts any bytes', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({maxLength: 2000}).map((bytes) => String.fromCharCode(...bytes)),
      (text) => Array.isArray(logSignals([{text, file: 'x'}])),
    ),
  )
})

const post = (rest: string) => `caused by: Post "https://ssm.us-east-1.amazonaws.com/": ${rest}`

it.each([
  [
    post('dial tcp 10.0.3.7:443: connectex: A connection attempt failed because the peer did not answer.'),
    {kind: 'timeout', address: '10.0.3.7'},
  ],
  [
    post('dial tcp 10.0.3.7:443: connectex: A socket operation was attempted to an unreachable network.'),
    {kind: 'timeout', address: '10.0.3.7'},
  ],
  [
    post('dial tcp 10.0.3.7:443: connectex: No connection could be made because it was actively refused.'),
    {kind: 'refused', address: '10.0.3.7'},
  ],
  [
    post('dial tcp 10.0.3.7:443: connectex: An attempt was made to access a socket in a forbidden manner.'),
    {kind: 'refused', address: '10.0.3.7'},
  ],
  [
    post('dial tcp: lookup ssm.us-east-1.amazonaws.com: getaddrinfow: No such host is known.'),
    {kind: 'unresolved', host: 'ssm.us-east-1.amazonaws.com'},
  ],
  [
    post('dial tcp: lookup ssm.us-east-1.amazonaws.com: getaddrinfow: A temporary error occurred.'),
    {kind: 'unresolved', host: 'ssm.us-east-1.amazonaws.com'},
  ],
  [
    post('read tcp 10.0.1.10:37516->10.0.3.7:443: read: connection reset by peer'),
    {kind: 'refused', address: '10.0.3.7'},
  ],
  [
    post('read tcp 10.0.1.10:37516->10.0.3.7:443: wsarecv: An existing connection was forcibly closed.'),
    {kind: 'refused', address: '10.0.3.7'},
  ],
  [post('write tcp 10.0.1.10:37516->10.0.3.7:443: write: broken pipe'), {kind: 'refused', address: '10.0.3.7'}],
  [
    post('read tcp 10.0.1.10:40000->10.0.3.7:443: i/o timeout (Client.Timeout exceeded while awaiting headers)'),
    {kind: 'timeout'},
  ],
  [
    'createControlChannel request failed: <BadRequest><message>Unauthorized request.</message></BadRequest>',
    {kind: 'access-denied', service: 'ssmmessages', action: 'ssmmessages:CreateControlChannel'},
  ],
  [
    'createDataChannel request failed: <BadRequest><message>0a1b: Request is not authenticated.</message></BadRequest>',
    {kind: 'access-denied', service: 'ssmmessages', action: 'ssmmessages:CreateDataChannel'},
  ],
  ['ERROR GetBucketEncryption failed: AccessDenied: Access Denied', {kind: 'access-denied', service: 's3'}],
  ['ERROR AuthorizationFailureException: the request is not authorized', {kind: 'access-denied'}],
  [
    'ERROR ExpiredTokenException: The security token included in the request is expired',
    {kind: 'credentials-rejected'},
  ],
  ['ERROR UnrecognizedClientException: The security token is invalid', {kind: 'credentials-rejected'}],
  ['failed to sign the request: shared credentials are already expired', {kind: 'credentials-rejected'}],
  ['ERROR error occurred trying to start core module. Plugin name: StartupProcessor', {kind: 'agent-crashed'}],
  ['panic: runtime error: index out of range', {kind: 'agent-crashed'}],
  ['ERROR Failed to create channel: too many open files', {kind: 'too-many-files'}],
  ['ERROR Plugin with name aws:runShellScript not found. Step name: run', {kind: 'plugin-missing'}],
  ['ERROR RequestManagedInstanceRoleToken: MachineFingerprintDoesNotMatch', {kind: 'fingerprint'}],
  ['INFO Agent will take identity from OnPrem', {kind: 'hybrid-registration'}],
  ['open /var/lib/amazon/ssm/Vault/Store: read-only file system', {kind: 'vault-denied'}],
  ['open /var/log/messages: read-only file system', {kind: 'file-system'}],
  ['host-containers@control: failed to pull image: no basic auth credentials', {kind: 'control-container'}],
  ['INFO [amazon-ssm-agent] amazon-ssm-agent - v3.1.1732.0', {kind: 'agent-started', version: '3.1.1732.0'}],
])('recognizes %s', (line, signal) => {
  expect(log(line)).toMatchObject([signal])
})

it.each([
  ['with an explicit deny in a service control policy', 'service-control-policy'],
  ['because no service control policy allows the ssm:UpdateInstanceInformation action', 'service-control-policy'],
  ['with an explicit deny in a resource control policy', 'resource-control-policy'],
  ['because no VPC endpoint policy allows the ssm:UpdateInstanceInformation action', 'endpoint-policy'],
  ['because no permissions boundary allows the ssm:UpdateInstanceInformation action', 'permissions-boundary'],
  ['because no identity-based policy allows the ssm:UpdateInstanceInformation action', 'identity-policy'],
  ['because no session policy allows the ssm:UpdateInstanceInformation action', 'session-policy'],
])('reads which policy denied the call, and shows the line up to there: %s', (reason, refusedBy) => {
  const [signal] = log(`${DENIED}${'x'.repeat(300)} ${reason}`)
  expect(signal).toMatchObject({kind: 'access-denied', refusedBy})
  expect(signal?.line).toContain(reason)
})

it('reads that EC2 could not assume the role, and the account of a resource', () => {
  expect(log('ERROR EC2RoleRequestError: AssumeRoleUnauthorizedAccess')).toMatchObject([
    {kind: 'no-role', action: 'sts:AssumeRole'},
  ])
  expect(log('ERROR EC2RoleRequestError: no EC2 instance role found')[0]).not.toHaveProperty('action')
  const line =
    'ERROR [ssm-session-worker] User: arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60010 is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:444455556666:key/1 with an explicit deny in a resource control policy'
  expect(log(line)).toMatchObject([{action: 'kms:Decrypt', resourceAccount: '444455556666'}])
})

it.each(['ERROR Agent failed to assume any identity', 'ERROR failed to find agent identity'])(
  'does not report the metadata service for %s',
  (line) => {
    expect(log(line)).toEqual([])
  },
)

describe('a log that another instance wrote', () => {
  const OTHER = DENIED.replaceAll('i-0a1b2c3d4e5f60010', 'i-0aaaaaaaaaaaaaaaa')
  const STARTED = '2026-11-20 09:00:00 INFO [amazon-ssm-agent] amazon-ssm-agent - v3.3.2746.0'
  const of = (...lines: readonly string[]) =>
    logSignals([{text: lines.join('\n'), file: 'errors.log'}], 'i-0a1b2c3d4e5f60010')

  it('is reported and proves nothing for this instance', () => {
    expect(of(OTHER)).toMatchObject([{kind: 'other-instance', nodeId: 'i-0aaaaaaaaaaaaaaaa'}])
  })

  it('counts again from the lines of an instance that was launched from its image', () => {
    expect(of(OTHER, STARTED, DENIED).map(({kind}) => kind)).toEqual([
      'agent-started',
      'access-denied',
      'other-instance',
    ])
    expect(of(OTHER, STARTED).map(({kind}) => kind)).toEqual(['agent-started', 'other-instance'])
  })
})

it.each([
  [
    '2026-11-20 08:14:42 WARN [ssm-agent-worker] [MessageService] [MGSInteractor] Reach the retry limit 5 for receive messages. Error: websocket: close 1006 (abnormal closure): unexpected EOF',
    [{kind: 'channel-closed', service: 'ssmmessages'}],
  ],
  [post('dial tcp 52.94.1.2:443: connect: operation not permitted'), [{kind: 'refused', address: '52.94.1.2'}]],
  ['2026-11-20 08:14:42 ERROR Failed to set permission for vault folder or its content', [{kind: 'vault-denied'}]],
  ['2026-11-20 08:14:42 WARN Machine fingerprint has changed since registration', [{kind: 'fingerprint'}]],
  [
    '2026-11-20 08:14:42 ERROR Health ping failed with error - InvalidInstanceId: Not existing InstanceId',
    [{kind: 'unknown-instance'}],
  ],
])('recognizes %s', (line, expected) => expect(log(line)).toMatchObject(expected))

it.each([
  ['EC2RoleProvider Successfully connected with Systems Manager role credentials', {kind: 'connected', service: 'ssm'}],
  ['INFO [Registrar] EC2 registration was successful.', {kind: 'reached', service: 'ssm'}],
  [
    'is not authorized: User: arn:aws:sts::111122223333:assumed-role/hybrid/mi-0a1b2c3d4e5f60077 ',
    {kind: 'hybrid-registration', nodeId: 'mi-0a1b2c3d4e5f60077'},
  ],
  ['InvalidInstanceId: Not existing InstanceId mi-0a1b2c3d4e5f60077', {kind: 'hybrid-registration'}],
  [
    'failed to start worker, err: fork/exec /usr/bin/ssm-agent-worker: operation not permitted',
    {kind: 'agent-not-started'},
  ],
  [
    'fork/exec C:\\Program Files\\Amazon\\SSM\\ssm-agent-worker.exe: This program is blocked by group policy.',
    {kind: 'agent-not-started'},
  ],
  ['unable to save registration information. open Store: permission denied', {kind: 'vault-denied'}],
  ['<BadRequest><message>Unable to process due to throttling.</message></BadRequest>', {kind: 'throttled'}],
  ['failed to connect controlchannel: websocket: bad handshake', {kind: 'channel-closed', service: 'ssmmessages'}],
  [post('EOF'), {kind: 'refused', service: 'ssm'}],
  [post('unexpected EOF'), {kind: 'refused', service: 'ssm'}],
  [post('remote error: tls: handshake failure'), {kind: 'refused', service: 'ssm'}],
  [post('http: server gave HTTP response to HTTPS client'), {kind: 'refused', service: 'ssm'}],
  [post('x509: certificate relies on legacy Common Name field, use SANs instead'), {kind: 'tls-trust'}],
  [post('x509: cannot verify signature: insecure algorithm SHA1-RSA'), {kind: 'tls-trust'}],
  [post('x509: failed to load system roots and no roots provided'), {kind: 'tls-trust'}],
  [
    post(
      'x509: certificate has expired or is not yet valid: current time 2026-11-20T08:05:02Z is after 2026-09-30T14:01:15Z',
    ),
    {kind: 'clock', clock: '2026-11-20T08:05:02Z', expired: '2026-09-30T14:01:15Z'},
  ],
  [post('Forbidden'), {kind: 'proxy-failed'}],
  [post('Bad Gateway'), {kind: 'proxy-failed'}],
  [post('context deadline exceeded'), {kind: 'timeout', service: 'ssm'}],
  [post('dial tcp: i/o timeout'), {kind: 'timeout', service: 'ssm'}],
  [post('dial tcp 52.94.1.1:443: connect: cannot assign requested address'), {kind: 'refused', address: '52.94.1.1'}],
  [
    post('dial tcp 52.94.1.1:443: connectex: Only one usage of each socket address is normally permitted.'),
    {kind: 'refused', address: '52.94.1.1'},
  ],
  [post('read tcp 10.0.1.10:5->10.0.3.7:443: wsarecv: A connection attempt failed'), {kind: 'refused'}],
  ['INFO no_proxy: localhost,169.254.169.254', {kind: 'proxy-exempt'}],
  ['ERROR write C:\\ProgramData\\Amazon\\SSM\\Vault: The media is write protected.', {kind: 'vault-denied'}],
  ['INFO [CredentialRefresher] Sleeping for 5h4m32s before retrying retrieve credentials', {kind: 'hibernating'}],
  ['INFO [CredentialRefresher] Sleeping for 29m27.5s before retrying retrieve credentials', {kind: 'hibernating'}],
  ['INFO [amazon-ssm-agent] amazon-ssm-agent got signal:terminated value:0x7f30', {kind: 'agent-ended'}],
  ['Get "https://ssm-fips.us-east-1.amazonaws.com/": dial tcp 10.0.3.7:443: i/o timeout', {service: 'ssm'}],
  ['Get "https://b.s3.us-east-1.amazonaws.com/": dial tcp 10.0.3.7:443: i/o timeout', {service: 's3'}],
])('reads %s', (line, signal) => expect(log(line)[0]).toMatchObject(signal))

it('reads one thing where a proxy fails on the way to the metadata service', () => {
  const line = 'Get "http://169.254.169.254/latest/meta-data/": proxyconnect tcp: dial tcp 10.0.9.9:3128: i/o timeout'
  expect(kinds(line)).toEqual(['proxy-failed'])
})

it('reads that the metadata service denied a call without a token', () => {
  expect(kinds('EC2MetadataError: failed to make EC2Metadata request', '', '\tstatus code: 401, request id: ')).toEqual(
    ['metadata-token'],
  )
})

describe('whose credentials were denied', () => {
  const denied = (principal: string, action: string) =>
    log(`AccessDeniedException: User: ${principal} is not authorized to perform: ${action} on resource: *`)
  const OTHER = 'arn:aws:sts::444455556666:assumed-role/deploy/bootstrap'

  it.each([
    ...[
      'ssm:UpdateInstanceInformation',
      'ssm:ListInstanceAssociations',
      'ssm:ListAssociations',
      'ssm:DescribeAssociation',
    ],
    ...['ssm:UpdateAssociationStatus', 'ssm:PutInventory', 'ssm:PutComplianceItems', 'ssm:PutConfigurePackageResult'],
    ...['ssm:GetManifest', 'ssm:GetDeployablePatchSnapshotForInstance', 'ssm:RegisterManagedInstance'],
    ...['ssm:RequestManagedInstanceRoleToken', 'ssmmessages:CreateControlChannel', 'ec2messages:GetMessages'],
  ])('are those of the agent if it makes the call itself: %s', (action) =>
    expect(denied(OTHER, action)).toMatchObject([{action, principal: OTHER}]),
  )

  it.each(['ssm:GetParameter', 's3:GetObject', 'kms:Decrypt'])('may be those of a script: %s', (action) => {
    expect(denied(OTHER, action)[0]).not.toHaveProperty('principal')
  })

  it('are not read from calls to services that the agent does not use', () => {
    expect(denied(OTHER, 'ec2:CreateTags')).toEqual([])
  })
})

describe('the identity of the agent', () => {
  const HYBRID = '2026-11-20 08:00:00 INFO Agent will take identity from OnPrem'
  const EC2 = '2026-11-20 09:00:00 INFO Agent will take identity from EC2'
  const CHANGED = '2026-11-20 09:00:01 WARN fingerprint has changed'

  it('is the one of its last start', () => {
    expect(kinds(HYBRID, EC2)).toEqual([])
    expect(kinds(EC2, HYBRID)).toEqual(['hybrid-registration'])
  })

  it('has no fingerprint on EC2', () => {
    expect(kinds(EC2, CHANGED)).toEqual([])
    expect(kinds(HYBRID, CHANGED)).toEqual(['hybrid-registration', 'fingerprint'])
  })
})

it('forgets that the agent was stopped once it has started again', () => {
  const ended = '2026-11-20 09:00:00 INFO [amazon-ssm-agent] Bye.'
  const started = '2026-11-20 09:00:05 INFO [amazon-ssm-agent] amazon-ssm-agent - v3.3.2746.0'
  expect(kinds(started, ended)).toEqual(['agent-started', 'agent-ended'])
  expect(kinds(ended, started)).toEqual(['agent-started'])
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

describe('the first line of a message', () => {
  const lost = [
    '2026-11-20 08:05:02.5 ERROR Retrieve credentials produced error',
    post('dial tcp 52.94.1.1:443: i/o timeout'),
  ]
  const found =
    '2026-11-20 08:20:00.1 INFO EC2RoleProvider Successfully connected with instance profile role credentials'

  it.each([
    ['of a colored log', (line: string) => `\u001b[0m\u001b[31m${line}\u001b[0m`],
    ['with the time of a container', (line: string) => `2026-11-20T08:00:00.000000000Z ${line}`],
    ['of a syslog without process ids', (line: string) => `Nov 20 08:00:00 ip-10-0-1-10 amazon-ssm-agent: ${line}`],
    ['in JSON', (line: string) => `{"message":"${line}`],
  ])('is found %s', (_, prefixed) => expect(kinds(...[...lost, found].map(prefixed))).toEqual(['connected']))

  it('is found before the agent has read how to log', () => {
    expect(
      kinds(
        '1763625602066534055 [Error] Post "https://ssm.us-east-1.amazonaws.com/": dial tcp 52.94.1.1:443: i/o timeout',
        '1763625700066534055 [Info] EC2RoleProvider Successfully connected with instance profile role credentials',
      ),
    ).toEqual(['connected'])
  })
})

describe('a report of the health', () => {
  const at = (time: string) =>
    `2026-11-18 ${time} INFO [ssm-agent-worker] [HealthCheck] HealthCheck reporting agent health.`
  const HIBERNATE = '2026-11-18 08:00:01 INFO Entering SSM Agent hibernate - RequestError: send request failed'
  const TIMEOUT = post('dial tcp 52.94.1.1:443: i/o timeout')

  it('arrived if the next one follows without an error, and the agent hibernates no longer', () => {
    expect(kinds(HIBERNATE, TIMEOUT, at('09:00:00'), at('09:05:00'))).toEqual([])
  })

  it('did not arrive if an error follows, or if nothing is known of it', () => {
    const failed = `2026-11-18 09:05:30 ERROR [HealthCheck] error when calling AWS APIs. ${TIMEOUT}`
    expect(kinds(at('09:00:00'), at('09:05:00'), failed, at('09:10:00'))).toEqual(['timeout'])
    expect(kinds(HIBERNATE, TIMEOUT, at('09:00:00'))).toEqual(['hibernating', 'timeout'])
  })
})

it('takes the renewal of credentials as the success of a hybrid node', () => {
  const failed = `2026-11-18 06:14:50 ERROR [CredentialRefresher] ${post('EOF')}`
  const renewed = '2026-11-18 11:19:31 INFO [CredentialRefresher] Next credential rotation will be in 29.99 minutes'
  expect(kinds(failed, renewed)).toEqual(['connected'])
})

it('does not take a wait of seconds for hibernation', () => {
  expect(kinds('INFO [CredentialRefresher] Sleeping for 15s before retrying retrieve credentials')).toEqual([])
  expect(kinds('INFO [CredentialRefresher] Sleeping for 24h57m12s before retrying retrieve credentials')).toEqual([
    'hibernating',
  ])
})

it.each([
  ['404', []],
  ['429', []],
  ['500', []],
  ['401', ['metadata-token']],
  ['403', ['metadata']],
  ['502', ['metadata']],
  ['503', ['metadata']],
])('reads from status %s whether the metadata service answers', (status, expected) => {
  expect(kinds('EC2MetadataError: failed to make EC2Metadata request', '', `\tstatus code: ${status}, id: `)).toEqual(
    expected,
  )
})

it.each([
  ['InvalidSignatureException: The request signature we calculated does not match', ['signature']],
  ['SignatureDoesNotMatch: The request signature we calculated does not match', ['signature']],
  ['InvalidSignatureException: Signature expired: 20261120T060000Z is now earlier than', ['clock']],
  ['InvalidSignatureException: Signature not yet current: 20261120T060000Z', ['clock']],
  ['RequestExpired: Request has expired', ['clock']],
  ['RequestTimeTooSkewed: The difference is too large', ['clock']],
  ["InvalidSignatureException: Credential should be scoped to a valid region, not 'us-west-2'", ['other-region']],
])('distinguishes what is wrong with a signature: %s', (line, expected) => expect(kinds(line)).toEqual(expected))

it.each([
  ['Failed to dial websocket, status: 407 Proxy Authentication Required, err: websocket: bad handshake', '407'],
  ['Failed to dial websocket, status: 403 Forbidden, err: websocket: bad handshake', '403'],
])('reads the status of a WebSocket: %s', (line, status) =>
  expect(log(line).find(({kind}) => kind === 'channel-closed')).toMatchObject({status, service: 'ssmmessages'}),
)

it.each([
  '1000 (normal)',
  '1001 (going away)',
  '1008 (policy violation): Token expired',
  '1011 (internal server error)',
])('finds nothing in a WebSocket that the service closes: %s', (close) =>
  expect(kinds(`Reach the retry limit 5 for receive messages. Error: websocket: close ${close}`)).toEqual([]),
)

describe('something on the path', () => {
  it.each([
    'tls: server selected unsupported protocol version 301',
    'tls: first record does not look like a TLS handshake',
    'net/http: HTTP/1.x transport connection broken: malformed HTTP response "<html>"',
    'http2: server sent GOAWAY and closed the connection',
    'http: server closed idle connection',
  ])('ends the connection: %s', (text) => expect(kinds(post(text))).toEqual(['refused']))

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

  it.each([
    'dial tcp: lookup ssm.us-east-1.amazonaws.com: operation was canceled',
    'dial tcp: lookup ssm.us-east-1.amazonaws.com on 10.0.0.2:53: operation was canceled',
    'dial tcp 52.94.1.1:443: operation was canceled',
    'context canceled',
  ])('is not there when the agent cancels its own call: %s', (text) => expect(kinds(post(text))).toEqual([]))
})

describe('the folders of the agent', () => {
  it.each([
    'open /var/lib/amazon/ssm/runtimeconfig/identity_config.json: read-only file system',
    'failed to create IPC folder, mkdir /var/lib/amazon/ssm/ipc: permission denied',
    'failed to create IPC folder, mkdir C:\\ProgramData\\Amazon\\SSM\\ipc: Access is denied.',
    'Failed to save vault manifest: open Manifest: permission denied',
    'Unable to create folder of the vault',
    'unable to write Vault',
    'failed to store the Vault',
  ])('cannot be written: %s', (line) => expect(kinds(`2026-11-20 08:00:01 ERROR ${line}`)).toEqual(['vault-denied']))

  it('are not where a script of a command may not run', () => {
    const line = 'fork/exec /var/lib/amazon/ssm/i-1/document/orchestration/c-1/_script.sh: permission denied'
    expect(kinds(`2026-11-20 08:00:01 ERROR [ssm-document-worker] [c-1] ${line}`)).toEqual([])
  })
})

it('ignores the agent that ECS Exec runs in a container', () => {
  const of = (...lines: readonly string[]) =>
    logSignals([{text: lines.join('\n'), file: 'errors.log'}], 'i-0a1b2c3d4e5f60010')
  const task = '2026-11-20 08:00:00 INFO Agent will take identity from ECS'
  const host = '2026-11-20 09:00:00 INFO Agent will take identity from EC2'
  expect(of(task, DENIED)).toMatchObject([{kind: 'other-instance', line: 'an ECS task'}])
  expect(of(task, DENIED, host, CHANNEL_TIMEOUT).map(({kind}) => kind)).toEqual(['timeout', 'other-instance'])
})

it('ignores the log of the CloudWatch agent', () => {
  expect(
    kinds(
      '2026-11-20T08:00:31Z E! WriteToCloudWatch failure, err: RequestError: send request failed',
      'caused by: Post "https://monitoring.us-east-1.amazonaws.com/": dial tcp 52.94.1.9:443: i/o timeout',
      '2026-11-20T08:00:32Z E! EC2MetadataError: failed to make EC2Metadata request',
    ),
  ).toEqual([])
})

describe('several logs of one agent', () => {
  const failed = `2026-11-20 08:05:02 ERROR Retrieve credentials produced error\n${post('dial tcp 52.94.1.1:443: i/o timeout')}`
  const connected =
    '2026-11-20 08:20:00 INFO EC2RoleProvider Successfully connected with instance profile role credentials'
  const of = (...texts: readonly string[]) =>
    logSignals(texts.map((text, place) => ({text, file: `${place}.log`}))).map(({kind, source}) => `${kind} ${source}`)

  it('are one story, whatever their order: the success of one ends the failure of the other', () => {
    expect(of(failed, connected)).toEqual(['connected 1.log'])
    expect(of(connected, failed)).toEqual(['connected 0.log'])
    expect(of(connected, failed.replaceAll('08:05', '08:35'))).toEqual(['connected 0.log', 'timeout 1.log'])
  })

  it('keep their own order where the clock went back', () => {
    const later =
      '2026-11-20 07:01:00 INFO EC2RoleProvider Successfully connected with instance profile role credentials'
    expect(of(`${failed}\n${later}`)).toEqual(['connected 0.log'])
    expect(of(`${failed}\n${later}`, '2026-11-20 06:00:00 INFO amazon-ssm-agent - v3.3.2299.0')).toEqual([
      'agent-started 1.log',
      'connected 0.log',
    ])
  })
})

it('knows that a proxy refuses the message channel alone', () => {
  const line =
    '2026-11-20 09:00:00 WARN [ssm-agent-worker] [MGSInteractor] Failed to dial websocket, status: 407 Proxy Authentication Required, err: websocket: bad handshake'
  expect(log(line)).toContainEqual(expect.objectContaining({kind: 'proxy-failed', service: 'ssmmessages'}))
})
