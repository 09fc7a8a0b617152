import {describe, expect, it} from 'vitest'
import type {Signal} from '../../src/agent/signal.ts'
import {operatingSystem} from '../../src/checks/operating-system.ts'
import type {Path} from '../../src/network/path.ts'
import {ID, online, web} from '../agent/fixtures.ts'
import {causesOf, findingsOf, notesOf} from './examine.ts'

const away = {InstanceInformationList: []}
const printed = (Output: string) => ({...away, ConsoleOutputs: [{InstanceId: ID, Output}]})
const path = (service: string, verdict: Path['verdict']): Path => ({
  service,
  host: `${service}.us-east-1.amazonaws.com`,
  port: 443,
  via: null,
  verdict,
  hops: [],
})
const TIMEOUT = 'Post "https://ssm.us-east-1.amazonaws.com/": dial tcp 10.0.3.7:443: i/o timeout'

it('is skipped where the console output has no relevant lines', () => {
  expect(notesOf(operatingSystem)).toEqual([{skip: 'No log or console line of the instance shows its state.'}])
})

it('passes if the agent logged its start', () => {
  expect(notesOf(operatingSystem, printed('Amazon SSM Agent v3.3.3270.0 is running'))).toEqual([
    {fact: 'SSM Agent 3.3.3270.0 announced itself.'},
  ])
})

it.each([
  ['[    1.2] Kernel panic - not syncing: VFS', 'os.boot-failure', undefined],
  ['[   12.1] EXT4-fs error (device nvme0n1p1)', 'os.boot-failure', 'possible'],
  ['no space left on device', 'os.disk-full', undefined],
  ['Out of memory: Killed process 77 (java)', 'os.oom', undefined],
  ['InvalidSignatureException: Signature expired', 'os.time-skew', undefined],
  ['SignatureDoesNotMatch: The request signature', 'os.time-skew', 'possible'],
  ['x509: certificate signed by unknown authority', 'os.tls-trust', undefined],
  ['proxyconnect tcp: dial tcp 10.0.9.9:3128: i/o timeout', 'os.proxy', 'possible'],
  ['dial tcp 169.254.169.254:80: i/o timeout', 'imds.unreachable', undefined],
  ['Agent is in hibernate mode. Reducing logging.', 'agent.hibernating', undefined],
])('%s: %s', (line, cause, certainty) => {
  const [found, ...others] = findingsOf(operatingSystem, printed(line))
  expect(others).toEqual([])
  expect(found).toMatchObject({cause, evidence: [{fact: line, source: 'ec2:GetConsoleOutput'}]})
  if (certainty) expect(found?.certainty).toBe(certainty)
  else expect(found?.certainty ?? 'proven').toBe('proven')
})

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

  it.each(['blocked', 'partly', 'unknown'] as const)(
    'is not attributed to the instance if the path is %s',
    (verdict) => {
      expect(causesOf(operatingSystem, printed(TIMEOUT), web, [path('ssm', verdict)])).toEqual([])
    },
  )
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

describe('a registration that the agent misses', () => {
  const missing = printed('ec2 instance not yet registered with Systems Manager')
  const setting = (SettingValue: string) => ({
    ServiceSettings: [{SettingId: '/ssm/managed-instance/default-ec2-instance-management-role', SettingValue}],
  })
  const on = setting('service-role/AWSSystemsManagerDefaultEC2InstanceManagementRole')

  it('is missing if the path is open and host management is enabled', () => {
    expect(findingsOf(operatingSystem, {...missing, ...on}, web, [path('ssm', 'open')])).toMatchObject([
      {cause: 'dhmc.registration-lost', certainty: 'likely'},
    ])
  })

  it('is expected later while the path is blocked, and not expected while host management is disabled', () => {
    expect(causesOf(operatingSystem, {...missing, ...on}, web, [path('ssm', 'blocked')])).toEqual([])
    expect(causesOf(operatingSystem, {...missing, ...setting('$None')}, web, [path('ssm', 'open')])).toEqual([])
  })
})

it('leaves a disabled metadata service to its own cause', () => {
  const off = {...web, MetadataOptions: {HttpEndpoint: 'disabled' as const}}
  expect(causesOf(operatingSystem, printed('dial tcp 169.254.169.254:80: i/o timeout'), off)).toEqual([])
})

it('reports a host that the agent would not call by default', () => {
  const line = 'Post "https://ssm.eu-west-1.amazonaws.com/": dial tcp 203.0.113.9:443: i/o timeout'
  expect(findingsOf(operatingSystem, printed(line))).toMatchObject([
    {cause: 'os.custom-endpoint', certainty: 'possible'},
  ])
})

it('does not report a firewall for a host whose path was not traced', () => {
  const line = 'Post "https://ssm.corp.example/": dial tcp: lookup ssm.corp.example on 10.0.0.2:53: no such host'
  const found = findingsOf(operatingSystem, printed(line), web, [path('ssm', 'open')])
  expect(found.map(({cause}) => cause)).toEqual(['os.custom-endpoint'])
})

it.each([
  'caused by: Get "http://169.254.169.254/latest/meta-data/iam/security-credentials/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  'caused by: Put "http://169.254.169.254/latest/api/token": read tcp 10.0.1.10:40000: connection reset by peer',
  'caused by: EC2MetadataError: failed to make EC2Metadata request\n\n\tstatus code: 503, request id: ',
])('attributes an unanswered metadata call to nothing else: %s', (lines) => {
  const found = findingsOf(operatingSystem, printed(`EC2RoleRequestError: no EC2 instance role found\n${lines}`), web, [
    path('ssm', 'open'),
  ])
  expect(found.map(({cause}) => cause)).toEqual(['imds.unreachable'])
})

it('treats a metadata service that returns 404 as reached', () => {
  const lines = 'EC2MetadataError: failed to make EC2Metadata request\n\n\tstatus code: 404, request id: '
  expect(causesOf(operatingSystem, printed(`EC2RoleRequestError: no EC2 instance role found\n${lines}`))).toEqual([])
})

it('detects Windows Server 2008', () => {
  const node = {
    ...online,
    PingStatus: 'ConnectionLost' as const,
    PlatformName: 'Microsoft Windows Server 2008 R2 Standard',
  }
  expect(causesOf(operatingSystem, {InstanceInformationList: [node]})).toEqual(['os.unsupported'])
})

it('reports that a denial came over an open network, without a cause of its own', () => {
  const line =
    'AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60010 is not authorized to perform: ssm:UpdateInstanceInformation'
  expect(notesOf(operatingSystem, printed(line))).toEqual([
    {fact: `The service answered the agent, so the network allowed it at that time: ${line}`},
  ])
})

it("reports root's credentials that override the instance role", () => {
  const line =
    'AccessDeniedException: User: arn:aws:iam::111122223333:user/admin is not authorized to perform: ssm:UpdateInstanceInformation'
  expect(findingsOf(operatingSystem, printed(line))).toMatchObject([
    {
      cause: 'os.root-credentials',
      message: `The agent on ${ID} signs with arn:aws:iam::111122223333:user/admin instead of the instance role: root's credentials file takes precedence.`,
    },
  ])
  expect(causesOf(operatingSystem, {...printed(line), InstanceInformationList: [online]})).toEqual([])
})

it('uses evidence from the given files', () => {
  const sysprep = {kind: 'sysprep', source: 'ssm-cli get-diagnostics', line: 'image state'} as const
  expect(causesOf(operatingSystem, away, web, [], [sysprep])).toEqual(['os.windows-sysprep'])
})

describe('a denial whose message names the policy type', () => {
  const refused = (reason: string) =>
    printed(
      `AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web/${ID} is not authorized to perform: ssm:UpdateInstanceInformation on resource: * ${reason}`,
    )

  it.each([
    ['with an explicit deny in a service control policy', 'iam.scp-blocks'],
    ['because no VPC endpoint policy allows the ssm:UpdateInstanceInformation action', 'endpoint.policy-denies'],
    ['with an explicit deny in a permissions boundary', 'iam.boundary-blocks'],
  ])('is evidence for a policy that is not visible: %s', (reason, cause) => {
    const found = findingsOf(operatingSystem, refused(reason))
    expect(found).toMatchObject([{cause, severity: 'blocks', certainty: 'likely'}])
    expect(found[0]?.evidence[0]?.fact).toContain(reason)
  })

  it('is not a separate finding if the role lacks the permission', () => {
    expect(causesOf(operatingSystem, refused('because no identity-based policy allows the action'))).toEqual([])
  })
})

it('treats hibernation as a symptom if another line names the reason', () => {
  const lines = 'proxyconnect tcp: tls: first record does not look like a TLS handshake\nAgent is in hibernate mode.'
  expect(findingsOf(operatingSystem, printed(lines))).toMatchObject([
    {cause: 'os.proxy'},
    {cause: 'agent.hibernating', severity: 'symptom'},
  ])
})

it.each([
  ['InvalidSignatureException: Signature expired', 'sudo chronyc makestep'],
  ['inotify_init: too many open files', 'sudo sysctl --system'],
  ['proxyconnect tcp: dial tcp 10.0.9.9:3128: i/o timeout', 'sudo systemctl daemon-reload'],
  ['proxyconnect tcp: dial tcp 10.0.9.9:3128: i/o timeout', 'sudo ssm-cli get-diagnostics --output table'],
])('%s: the step says %s', (line, command) => {
  const [found] = findingsOf(operatingSystem, printed(line))
  expect(found?.remedies?.[0]?.steps).toContainEqual({on: 'instance', line: command})
})

it('uses Upstart on Amazon Linux 1', () => {
  const old = [{InstanceId: ID, ImageMetadata: {Name: 'amzn-ami-hvm-2018.03.0.20230515.0-x86_64-gp2'}}]
  const [found] = findingsOf(operatingSystem, {
    ...printed('Agent is in hibernate mode.'),
    InstanceImageMetadata: old,
  })
  expect(found?.remedies?.[0]?.steps).toEqual([{on: 'instance', line: 'sudo restart amazon-ssm-agent'}])
})

describe('hibernation', () => {
  const HIBERNATING = 'Agent is in hibernate mode. Reducing logging.'

  it.each([
    'Health ping failed with error - ThrottlingException: Rate exceeded',
    'InvalidInstanceId: Not existing InstanceId i-0a1b2c3d4e5f60010',
    'NoCredentialProviders: no valid providers in chain',
    'AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60010 is not authorized to perform: ssm:UpdateInstanceInformation',
    'dial tcp 10.0.3.7:443: connect: connection reset by peer',
  ])('is a symptom if the log names a reason: %s', (line) => {
    const found = findingsOf(operatingSystem, printed(`${line}\n${HIBERNATING}`))
    expect(found).toContainEqual(expect.objectContaining({cause: 'agent.hibernating', severity: 'symptom'}))
  })

  it('is the cause where nothing else is known', () => {
    expect(findingsOf(operatingSystem, printed(HIBERNATING))).toMatchObject([{cause: 'agent.hibernating'}])
    expect(findingsOf(operatingSystem, printed(HIBERNATING))[0]).not.toHaveProperty('severity')
  })
})

describe('a denial that only a log shows', () => {
  const refused = (reason: string) =>
    printed(
      `AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web/${ID} is not authorized to perform: ssm:UpdateInstanceInformation on resource: arn:aws:ec2:us-east-1:111122223333:instance/${ID} ${reason}`,
    )

  it.each([
    [
      'with an explicit deny in a service control policy',
      'organizations list-policies-for-target --target-id 111122223333',
    ],
    ['because no VPC endpoint policy allows the ssm:UpdateInstanceInformation action', 'DescribeVpcEndpoints'],
    ['with an explicit deny in a permissions boundary', '{"RoleName":"web"}'],
  ])('comes with where to change it: %s', (reason, step) => {
    const [found] = findingsOf(operatingSystem, refused(reason))
    expect(found?.remedies?.[0]?.title).toContain('ssm:UpdateInstanceInformation')
    expect(JSON.stringify(found?.remedies?.[0]?.steps)).toContain(step)
  })
})

describe('a vault that the agent cannot write', () => {
  it.each([
    'failed to store instance info in vault: open /var/lib/amazon/ssm/Vault/Manifest: permission denied',
    'ERROR Failed to create vault folder, error: mkdir /var/lib/amazon/ssm/Vault: read-only file system',
  ])('keeps it from working: %s', (line) => {
    expect(findingsOf(operatingSystem, printed(line))).toContainEqual(
      expect.objectContaining({cause: 'os.disk-full', certainty: 'possible'}),
    )
  })

  it('is not the fault if only a key is missing from it', () => {
    const line = 'Failed to load instance info from vault. RegistrationKey does not exist.'
    expect(causesOf(operatingSystem, printed(line))).toEqual([])
  })
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
})

it('finds an unfinished Sysprep in a log', () => {
  expect(causesOf(operatingSystem, printed('ImageState is IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE'))).toEqual([
    'os.windows-sysprep',
  ])
  expect(causesOf(operatingSystem, printed('ImageState is IMAGE_STATE_COMPLETE'))).toEqual([])
})

describe('a certificate that has expired', () => {
  const rejected = (clock: string, relation: string, limit: string) =>
    printed(`x509: certificate has expired or is not yet valid: current time ${clock} is ${relation} ${limit}`)

  it('is not from AWS if the clock is right', () => {
    expect(
      findingsOf(operatingSystem, rejected('2026-11-20T08:05:02Z', 'after', '2026-09-30T14:01:15Z')),
    ).toMatchObject([{cause: 'os.tls-trust', message: expect.stringContaining('gets an expired certificate')}])
  })

  it.each([
    ['ahead', '2031-01-01T00:00:00Z', 'after', '2027-02-01T00:00:00Z'],
    ['behind', '2015-01-01T00:00:00Z', 'before', '2026-02-01T00:00:00Z'],
  ])('shows that the clock is %s', (_, clock, relation, limit) => {
    expect(causesOf(operatingSystem, rejected(clock, relation, limit))).toEqual(['os.time-skew'])
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

  it('is not a custom endpoint if it is a bucket, which only degrades the node', () => {
    const found = findingsOf(operatingSystem, dialed('amazon-ssm-us-east-1.s3.us-east-1.amazonaws.com'), web, [
      path('s3', 'open'),
    ])
    expect(found).toMatchObject([{cause: 'os.firewall', severity: 'degrades'}])
  })
})

it('does not report the credentials of a hybrid node as those of root', () => {
  const line =
    'AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/hybrid/mi-0a1b2c3d4e5f60077 is not authorized to perform: ssm:UpdateInstanceInformation'
  expect(causesOf(operatingSystem, printed(line))).toEqual([])
})

describe('a denial by a policy that is not visible, on a node that is online', () => {
  const REASON = 'with an explicit deny in a service control policy'
  const denied = (action: string): Signal => ({
    kind: 'access-denied',
    service: action.split(':')[0] ?? '',
    action,
    refusedBy: 'service-control-policy',
    source: 'errors.log',
    line: `is not authorized to perform: ${action} ${REASON}`,
  })
  const status = (Status: string) => ({ConnectionStatuses: [{Target: ID, Status}]})

  it('counts if the channel that it closes is closed', () => {
    const found = findingsOf(
      operatingSystem,
      status('notconnected'),
      web,
      [],
      [denied('ssmmessages:CreateControlChannel')],
    )
    expect(found).toMatchObject([{cause: 'iam.scp-blocks', severity: 'degrades', certainty: 'likely'}])
  })

  it('may name a resource control policy, which is not a service control policy', () => {
    const signal: Signal = {...denied('ssmmessages:CreateControlChannel'), refusedBy: 'resource-control-policy'}
    expect(findingsOf(operatingSystem, status('notconnected'), web, [], [signal])).toMatchObject([
      {
        cause: 'iam.scp-blocks',
        message: expect.stringContaining('names a resource control policy'),
        remedies: [{title: expect.stringContaining('resource control policies')}],
      },
    ])
    const ofSession: Signal = {...denied('kms:Decrypt'), refusedBy: 'resource-control-policy'}
    expect(causesOf(operatingSystem, {InstanceInformationList: []}, web, [], [ofSession])).toEqual([])
  })

  it.each([
    ['connected', 'ssmmessages:CreateControlChannel'],
    ['notconnected', 'ssm:UpdateInstanceInformation'],
  ])('is past if the node is %s and %s was denied', (connection, action) => {
    expect(causesOf(operatingSystem, status(connection), web, [], [denied(action)])).toEqual([])
  })
})

it('does not need the registration for host management where that is disabled', () => {
  const denied: Signal = {
    kind: 'access-denied',
    service: 'ssm',
    action: 'ssm:RegisterManagedInstance',
    refusedBy: 'endpoint-policy',
    source: 'errors.log',
    line: 'because no VPC endpoint policy allows the ssm:RegisterManagedInstance action',
  }
  const setting = (SettingValue: string) => ({
    ...away,
    ServiceSettings: [{SettingId: '/ssm/managed-instance/default-ec2-instance-management-role', SettingValue}],
  })
  expect(causesOf(operatingSystem, setting('$None'), web, [], [denied])).toEqual([])
  expect(causesOf(operatingSystem, setting('service-role/Host'), web, [], [denied])).toEqual(['endpoint.policy-denies'])
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

it('asks for nothing of EC2 on a machine outside it', () => {
  const outside = {...web, InstanceId: 'mi-0a1b2c3d4e5f60077'}
  const clock: Signal = {kind: 'clock', source: 'errors.log', line: 'Signature expired'}
  const [found] = findingsOf(operatingSystem, away, outside, [], [clock])
  expect(found?.remedies?.[0]).toMatchObject({
    title: 'Set the clock by a time server',
    steps: [{on: 'machine'}, {}, {}],
  })
  expect(found?.remedies?.[0]).not.toHaveProperty('effect')
})

it.each([
  ['ssm:UpdateInstanceInformation', 'blocks'],
  ['ssm:PutInventory', 'degrades'],
  ['ssmmessages:CreateControlChannel', 'degrades'],
])('a hidden policy that denies %s %s', (action, severity) => {
  const denied: Signal = {
    kind: 'access-denied',
    service: action.split(':')[0] ?? '',
    action,
    refusedBy: 'service-control-policy',
    source: 'errors.log',
    line: 'with an explicit deny in a service control policy',
  }
  expect(findingsOf(operatingSystem, away, web, [], [denied])).toMatchObject([{cause: 'iam.scp-blocks', severity}])
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

it('finds another Region in the configuration of the agent by its signatures', () => {
  const line = "InvalidSignatureException: Credential should be scoped to a valid region, not 'us-west-2'."
  expect(findingsOf(operatingSystem, printed(line))).toMatchObject([
    {cause: 'os.custom-endpoint', certainty: 'possible', message: expect.stringContaining('another Region')},
  ])
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
