import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {sincePing} from '../../../src/agent/output/lines.ts'
import {installedBy, isReadable, logSignals} from '../../../src/agent/output/log.ts'
import type {Signal} from '../../../src/agent/output/signal.ts'
import {CHANNEL_TIMEOUT, DENIED, kinds, log, post} from './log-lines.ts'

const CONNECTED =
  '2026-11-20 08:20:00.1234 INFO EC2RoleProvider Successfully connected with instance profile role credentials'

it('names the file that contains a line', () => {
  expect(log(DENIED)).toMatchObject([
    {kind: 'access-denied', source: 'errors.log', action: 'ssm:UpdateInstanceInformation'},
  ])
})

it.each([
  '[ec2-user@ip-10-0-1-10 ~]$ df -h',
  'ubuntu@ip-10-0-1-10:~$ df -h',
  '# df -h',
  'PS C:\\Users\\Administrator> df',
])('dates what follows a line of the log by that, but not what a command prints: %s', (command) => {
  const full = '/dev/nvme0n1p1   20G   20G     0 100% /'
  expect(log(DENIED, full)[1]).toMatchObject({kind: 'disk-full', localTime: '2026-11-20T08:14:42Z'})
  expect(log(DENIED, command, full)[1]).toEqual(expect.not.objectContaining({localTime: expect.anything()}))
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

it('drops an unfinished Sysprep that the agent waited for, as on the first boot of an image', () => {
  const waiting = "2026-11-20 08:01:00 INFO Stopping SSM agent because sysprep hasn't completed"
  expect(kinds(waiting)).toEqual(['sysprep'])
  expect(kinds(waiting, '2026-11-20 08:09:00 INFO Starting Agent: amazon-ssm-agent - v3.3.3270.0')).toEqual([
    'agent-started',
  ])
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
  ['ERROR [ssm-session-worker] [me-0a1b] failed to create channel: too many open files', {kind: 'too-many-files'}],
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

/** https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns */
it.each([
  [
    'a service control policy',
    'arn:aws:organizations::444455556666:policy/o-qv5af4abcd/service_control_policy/p-2kgnabcd',
    '. Encoded authorization failure message: x',
  ],
  ['a permissions boundary', 'arn:aws:iam::111122223333:policy/team/bounds.v2', '</Message>'],
  ['an identity-based policy', 'arn:aws:iam::aws:policy/AWSDenyAll', ''],
])('reads the ARN of %s that denied the call', (type, policyArn, rest) => {
  expect(log(`${DENIED} with an explicit deny in ${type}: ${policyArn}${rest}`)).toMatchObject([{policyArn}])
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

it('forgets that the agent was stopped once it has started again', () => {
  const ended = '2026-11-20 09:00:00 INFO [amazon-ssm-agent] Bye.'
  const started = '2026-11-20 09:00:05 INFO [amazon-ssm-agent] amazon-ssm-agent - v3.3.2746.0'
  expect(kinds(started, ended)).toEqual(['agent-started', 'agent-ended'])
  expect(kinds(ended, started)).toEqual(['agent-started'])
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

  /** https://github.com/aws/amazon-ssm-agent/issues/432 */
  it('names the session whose call fails, and the error below it does not', () => {
    const error = 'caused by: Post "https://logs.us-east-1.amazonaws.com/": dial tcp 203.0.113.9:443: i/o timeout'
    const session = '2026-11-20 08:05:02 ERROR [ssm-session-worker] [DataBackend] Error Calling DescribeLogGroups:'
    expect(log(`${session}RequestError: send request failed`, error)).toMatchObject([
      {kind: 'timeout', service: 'logs', plugin: 'session', line: error},
    ])
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
  ['System time     : 3801.000000000 seconds slow of NTP time', ['clock']],
  ['System time     : 0.000041000 seconds fast of NTP time', []],
  ['16:01:23, +3801.0005263s', ['clock']],
  ['16:01:23, -00.0005263s', []],
  ["InvalidSignatureException: Credential should be scoped to a valid region, not 'us-west-2'", ['other-region']],
])('distinguishes what is wrong with a signature: %s', (line, expected) => expect(kinds(line)).toEqual(expected))

it('reads by the last output of chronyc that the clock was set, unless it has no source', () => {
  const off = 'System time     : 3801.000000000 seconds slow of NTP time'
  expect(kinds(off, '200 OK', 'System time     : 0.000041000 seconds fast of NTP time')).toEqual([])
  expect(kinds(off, '200 OK', 'System time     : 0.000000000 seconds fast of NTP time')).toEqual(['clock'])
  expect(kinds('System time     : 0.000041000 seconds fast of NTP time', off)).toEqual(['clock'])
  expect(kinds('16:01:23, -3801.0005263s', '17:04:44, -00.0005263s')).toEqual([])
})

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

it('is found in the journal of Bottlerocket, whose control container runs the agent', () => {
  const kinds = (...lines: readonly string[]) => {
    const text = lines.map((line) => `Nov 20 11:37:37 ip-10-0-1-10.ec2.internal ${line}`).join('\n')
    return logSignals([{file: 'journal', text}]).map(({kind}) => kind)
  }
  for (const program of ['host-ctr[2717]: ', 'host-containers@control[4609]: '])
    expect(
      kinds(
        `${program}2026-11-20 11:37:37 ERROR [HealthCheck] error when calling AWS APIs. RequestError: send request failed`,
        `${program}caused by: Post "https://ssm.us-east-1.amazonaws.com/": dial tcp 10.0.2.5:443: i/o timeout`,
      ),
    ).toEqual(['timeout'])
  expect(kinds('host-ctr[16]: time="2026-11-20T11:37:37Z" level=error msg="NoCredentialProviders"')).toEqual([])
})

it('is not what get-diagnostics prints in the same file, which also tests what a node does not need', () => {
  const failure = 's3.us-east-1.amazonaws.com is not reachable: dial tcp 52.1.1.1:443: i/o timeout'
  for (const line of [
    `│ Connectivity to s3 endpoint          │ Failed  │ ${failure} │`,
    `"Note": "${failure}"`,
    `{"Output":"{\\"Check\\":\\"Connectivity to s3 endpoint\\",\\"Note\\":\\"${failure}\\"}"}`,
  ])
    expect(logSignals([{file: 'all.txt', text: line}])).toEqual([])
  expect(logSignals([{file: 'all.txt', text: failure}])).toMatchObject([{kind: 'timeout'}])
})

describe('a file without a line that shows a fault', () => {
  const INFO = '2026-11-20 08:05:00.1234 INFO [ssm-agent-worker] Worker ssm-agent-worker is running'
  const OTHER = INFO.replace('Worker', '[instanceID=i-0aaaaaaaaaaaaaaaa] Worker')
  const installed = (text: string) => installedBy({file: 'a.log', text}, 'i-0a1b2c3d4e5f60010')

  it('shows that the agent is installed if it is of a log of this instance', () => {
    expect(logSignals([{file: 'a.log', text: INFO}])).toEqual([])
    expect(installed(`${INFO}\n\tdetails`)).toEqual([{kind: 'agent-installed', source: 'a.log', line: INFO}])
    expect(installed(OTHER)).toEqual([])
    expect(installed('Nov 23 03:00:00 host sshd[1]: hello')).toEqual([])
  })

  it.each([INFO, '/dev/xvda1  8.0G  3.0G  5.0G  38% /', '-P OUTPUT ACCEPT'])('is read all the same: %s', (line) =>
    expect(isReadable(`$ command\n${line}`)).toBe(true),
  )
})

it('is not what a bootstrap container of Bottlerocket prints before the agent starts', () => {
  const program = 'Nov 20 11:30:37 ip-10-0-1-10.ec2.internal host-ctr[1201]: '
  const failure = `${program}x509: certificate signed by unknown authority`
  const text = (...lines: readonly string[]) => logSignals([{file: 'journal', text: lines.join('\n')}])
  expect(text(failure)).toEqual([])
  const ofAgent = `${program}2026-11-20 11:37:37 ERROR [HealthCheck] error when calling AWS APIs`
  expect(text(ofAgent, failure)).toMatchObject([{kind: 'tls-trust'}])
})

describe('a log of a node that pinged', () => {
  const PING = '2026-11-20T12:00:00.000Z'
  const lines = (localTime: string, ...kinds: readonly Signal['kind'][]) =>
    kinds.map((kind): Signal => ({kind, service: 'ssm', source: 'errors.log', line: kind, localTime}))
  const left = (...signals: readonly Signal[]) => sincePing(signals, PING).map(({kind}) => kind)

  it('shows no failure from before the ping, which the agent has overcome', () => {
    expect(left(...lines('2026-11-19T10:00:00Z', 'timeout', 'metadata', 'access-denied', 'hibernating'))).toEqual([])
    expect(left(...lines('2026-11-19T10:00:00Z', 'agent-crashed', 'agent-ended', 'no-identity'))).toEqual([])
    expect(left(...lines('2026-11-20T18:00:00Z', 'timeout', 'agent-crashed'))).toEqual(['timeout', 'agent-crashed'])
  })
  it('keeps what may be later in some time zone, what is no call, and the message channel', () => {
    expect(left(...lines('2026-11-20T01:00:00Z', 'timeout'))).toEqual(['timeout'])
    expect(left(...lines('2026-11-01T01:00:00Z', 'disk-full'))).toEqual(['disk-full'])
    const [channel] = lines('2026-11-01T01:00:00Z', 'timeout')
    expect(left({...channel!, service: 'ssmmessages'})).toEqual(['timeout'])
  })
  it('keeps everything where the clock that dates it was wrong, or no node is listed', () => {
    expect(left(...lines('2015-01-01T01:00:00Z', 'timeout', 'clock'))).toEqual(['timeout', 'clock'])
    expect(sincePing(lines('2015-01-01T01:00:00Z', 'timeout'), undefined)).toHaveLength(1)
  })
})
