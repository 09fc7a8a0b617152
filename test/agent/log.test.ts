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
  ['ERROR RequestManagedInstanceRoleToken: MachineFingerprintDoesNotMatch', {kind: 'hybrid-registration'}],
  ['INFO Agent will take identity from OnPrem', {kind: 'hybrid-registration'}],
  ['open /var/lib/amazon/ssm/Vault/Store: read-only file system', {kind: 'file-system'}],
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
  ['2026-11-20 08:14:42 WARN Machine fingerprint has changed since registration', [{kind: 'hybrid-registration'}]],
  [
    '2026-11-20 08:14:42 ERROR Health ping failed with error - InvalidInstanceId: Not existing InstanceId',
    [{kind: 'unknown-instance'}],
  ],
])('recognizes %s', (line, expected) => expect(log(line)).toMatchObject(expected))
