import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {logSignals} from '../../src/agent/log.ts'

const log = (...lines: readonly string[]) => logSignals(lines.join('\n'), 'errors.log')
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
      (text) => Array.isArray(logSignals(text, 'x')),
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
  const of = (...lines: readonly string[]) => logSignals(lines.join('\n'), 'errors.log', 'i-0a1b2c3d4e5f60010')

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
    {kind: 'agent-crashed'},
  ],
  [
    'fork/exec C:\\Program Files\\Amazon\\SSM\\ssm-agent-worker.exe: This program is blocked by group policy.',
    {kind: 'agent-crashed'},
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

  it.each(['ssm:UpdateInstanceInformation', 'ssm:ListInstanceAssociations', 'ssmmessages:CreateControlChannel'])(
    'are those of the agent if it makes the call itself: %s',
    (action) => expect(denied(OTHER, action)).toMatchObject([{action, principal: OTHER}]),
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
