import {describe, expect, it} from 'vitest'
import {logSignals} from '../../../src/agent/output/log.ts'
import type {Signal} from '../../../src/agent/output/signal.ts'
import {operatingSystem} from '../../../src/checks/node/operating-system.ts'
import {ID, online, web} from '../../agent/fixtures.ts'
import {causesOf, findingsOf, notesOf} from '../examine.ts'
import {away, path, printed} from './operating-system-output.ts'

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
  ['[   40.1] dockerd[77]: write /data/overlay2/x: no space left on device', 'os.disk-full', 'likely'],
  ['/dev/nvme0n1p1  8.0G  8.0G   20K 100% /', 'os.disk-full', 'likely'],
  ['/dev/nvme0n1p1  4194304  4194304  0  100% /var', 'os.disk-full', 'likely'],
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

it.each([
  '/dev/loop0  26M  26M  0 100% /snap/amazon-ssm-agent/9881',
  'overlay  8.0G  8.0G  20K 100% /var/lib/docker/overlay2/x/merged',
  '/dev/nvme0n1p1  1.0T  1019G  5.0G 100% /',
  'composefs  5.8M  5.8M  0 100% /',
  '/dev/dm-0  412M  412M  0 100% /',
])('df shows no file system of the agent without space: %s', (line) =>
  expect(causesOf(operatingSystem, printed(line))).toEqual([]),
)

describe('a log', () => {
  const line = (localTime: string, kind: Signal['kind'] = 'tls-trust'): Signal => ({
    ...{kind, service: 'ssm', source: 'errors.log', line: 'x509: certificate signed by unknown authority', localTime},
  })
  const found = (...signals: readonly Signal[]) =>
    findingsOf(operatingSystem, {...away, ReadAt: '2026-11-20T12:00:00.000Z'}, web, [], signals)[0]
  it('proves what its last lines show', () =>
    expect(found(line('2026-11-18T12:00:00Z'))?.certainty ?? 'proven').toBe('proven'))
  it('shows what may have been fixed if it is older than any wait of the agent', () => {
    const old = line('2026-01-18T12:00:00Z')
    expect(found(old)).toMatchObject({
      certainty: 'possible',
      message: expect.stringContaining('The log is 306 days old, so this may have been fixed since.'),
    })
    expect(found(line('2026-11-17T11:00:00Z'))?.certainty).toBe('possible')
    expect(found(old, line('2026-11-20T02:00:00Z', 'hibernating'))?.certainty ?? 'proven').toBe('proven')
  })
  it('is not old if the clock that dates it is wrong', () =>
    expect(found(line('2015-01-18T12:00:00Z', 'clock'))?.certainty ?? 'proven').toBe('proven'))
})

const TAR = '2026-11-20 11:00:00 INFO [ssm-document-worker] tar: x: Cannot write: No space left on device'

describe('an agent that cannot create files, on a node that is online', () => {
  const FULL = '2026-11-20 11:00:00 ERROR [ssm-document-worker] failed to create channel: no space left on device'
  const found = (text: string, source: string) => {
    const facts = {InstanceInformationList: [online], ReadAt: '2026-11-20T12:00:00.000Z'}
    return findingsOf(operatingSystem, facts, web, [], logSignals([{file: source, text}]))
  }
  it('opens no sessions, so its disk is freed in another way', () =>
    expect(found(FULL, 'errors.log')).toMatchObject([
      {
        cause: 'os.disk-full',
        severity: 'degrades',
        certainty: 'likely',
        message: expect.stringContaining('sessions and commands fail'),
        remedies: [{effect: expect.stringContaining('serial console')}],
      },
    ]))
  it('may have another reason than its disk if only its plugin is missing', () => {
    const line = 'Plugin with name Standard_Stream not found. Step name: Standard_Stream'
    const signal: Signal = {kind: 'plugin-missing', source: 'errors.log', line}
    expect(findingsOf(operatingSystem, {InstanceInformationList: [online]}, web, [], [signal])).toMatchObject([
      {severity: 'degrades', certainty: 'possible'},
    ])
  })
  it.each([
    ['the console, which shows the boot', FULL, 'ec2:GetConsoleOutput'],
    ['another program', '[   40.1] dockerd[77]: write /data/overlay2/x: no space left on device', 'errors.log'],
    ['a command', TAR, 'errors.log'],
    ['an old log', FULL.replace('2026-11-20', '2026-10-01'), 'errors.log'],
  ])('is not what %s shows', (_, line, source) =>
    expect(found(line, source)).toMatchObject([{severity: 'advises', certainty: 'possible'}]),
  )
})

it('is likely, not proven, that the disk of the agent is the one that is full for a command', () => {
  const signals = logSignals([{file: 'agent.log', text: TAR}])
  expect(findingsOf(operatingSystem, away, web, [], signals)).toMatchObject([
    {cause: 'os.disk-full', certainty: 'likely'},
  ])
})

describe('a disk that was full before the agent started again', () => {
  const line = (localTime: string | undefined, kind: Signal['kind']): Signal => ({
    ...{kind, source: 'agent.log', line: `${localTime} no space left on device`},
    ...(localTime !== undefined && {localTime}),
  })
  const full = (localTime?: string) =>
    findingsOf(
      operatingSystem,
      {...away, ReadAt: '2026-11-20T12:00:00.000Z'},
      web,
      [],
      [line(localTime, 'disk-full'), line('2026-11-20T08:00:00Z', 'agent-started')],
    )[0]
  it('is possibly still full', () =>
    expect(full('2026-11-10T08:00:00Z')).toMatchObject({
      certainty: 'possible',
      message: expect.stringContaining('It has started since, so this may have been fixed.'),
    }))
  it.each(['2026-11-20T09:00:00Z', undefined])('is full if that was later, or is of no known time: %s', (time) =>
    expect(full(time)?.certainty).toBe('proven'),
  )
})

describe('a full file system', () => {
  const FULL = '/dev/xvda1  8.0G  8.0G   20K 100% /'
  it('is what the last df of it shows', () => {
    const freed = '/dev/xvda1  8.0G  3.0G  5.0G  38% /'
    expect(causesOf(operatingSystem, printed(`${FULL}\n${freed}`))).toEqual([])
    expect(causesOf(operatingSystem, printed(`${freed}\n${FULL}`))).toEqual(['os.disk-full'])
  })
  it.each(['/dev/xvdb  8.0G  3.0G  5.0G  38% /var', '/dev/xvda1  4194304  97120  4097184  3% /'])(
    'is not freed by another file system or by free inodes: %s',
    (line) => expect(causesOf(operatingSystem, printed(`${FULL}\n${line}`))).toEqual(['os.disk-full']),
  )
  it('is that of the data volume on Bottlerocket', () => {
    const full = '/dev/nvme1n1p1  20G  20G  0 100% /local'
    const Name = 'bottlerocket-aws-k8s-1.33-x86_64-v1.48.0-0123abcd'
    const bottlerocket = {InstanceImageMetadata: [{InstanceId: ID, ImageMetadata: {Name}}]}
    expect(causesOf(operatingSystem, {...printed(full), ...bottlerocket})).toEqual(['os.disk-full'])
    expect(causesOf(operatingSystem, printed(full))).toEqual([])
  })
})

it('leaves a disabled metadata service to its own cause', () => {
  const off = {...web, MetadataOptions: {HttpEndpoint: 'disabled' as const}}
  expect(causesOf(operatingSystem, printed('dial tcp 169.254.169.254:80: i/o timeout'), off)).toEqual([])
})

it('a certificate of another issuer makes TLS inspection possible, and an error of the agent proves it', () => {
  const test = {kind: 'tls-trust', service: 'ssm', issuer: 'O=Zscaler', isTest: true, source: 'a', line: 'x'} as const
  const found = (...signals: readonly Signal[]) => findingsOf(operatingSystem, away, web, [], signals)
  expect(found(test)).toMatchObject([
    {
      certainty: 'possible',
      message: `${ID} gets a certificate for Systems Manager that Amazon did not issue (O=Zscaler): something in the path intercepts TLS.`,
    },
  ])
  expect(found(test, {kind: 'tls-trust', source: 'a', line: 'x509: y'})[0]).not.toHaveProperty('certainty')
})

describe('a test with curl', () => {
  const found = (kind: Signal['kind']) => {
    const evidence = [{kind, service: 'ssm', isTest: true, source: 'a', line: 'curl: (60)'}] as const
    return findingsOf(operatingSystem, away, web, [path('ssm', 'open')], evidence)[0]
  }
  it('may trust other certificates than the agent', () =>
    expect(found('tls-trust')).toMatchObject({cause: 'os.tls-trust', certainty: 'likely'}))
  it('does not show which proxy the agent has', () =>
    expect(found('proxy-failed')?.message).toMatch(/^A test on \S+ is configured to use a proxy/))
})

it('reports a host that the agent would not call by default', () => {
  const line = 'Post "https://ssm.eu-west-1.amazonaws.com/": dial tcp 203.0.113.9:443: i/o timeout'
  expect(findingsOf(operatingSystem, printed(line))).toMatchObject([
    {cause: 'os.custom-endpoint', certainty: 'possible'},
  ])
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
  // Get-ComputerInfo came with PowerShell 5.1.
  expect(findingsOf(operatingSystem, {InstanceInformationList: [node]})[0]?.remedies?.[0]?.steps).toEqual([
    {on: 'instance', line: 'systeminfo'},
  ])
})

it('uses evidence from the given files', () => {
  const sysprep = {kind: 'sysprep', source: 'ssm-cli get-diagnostics', line: 'image state'} as const
  expect(causesOf(operatingSystem, away, web, [], [sysprep])).toEqual(['os.windows-sysprep'])
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

it('marks file systems as nofail where one of /etc/fstab keeps the system from booting', () => {
  const [found] = findingsOf(operatingSystem, printed('[DEPEND] Dependency failed for Local File Systems.'))
  expect(found).toMatchObject({cause: 'os.boot-failure', message: expect.stringContaining('/etc/fstab')})
  const lines = found?.remedies?.[0]?.steps.map((step) => ('line' in step ? step.line : ''))
  expect(lines).toContainEqual(expect.stringMatching(/sed .*nofail.* \/mnt\/etc\/fstab/))
  const [panic] = findingsOf(operatingSystem, printed('[    1.2] Kernel panic - not syncing: VFS'))
  expect(panic?.message).not.toContain('fstab')
})

it('raises the limits, and frees no disk, where the agent only ran out of inotify instances', () => {
  const watcher =
    'ERROR [NewFileWatcherChannel @ filewatcherchannel.go.104] filewatcher listener encountered error when start watcher: too many open file'
  const titleAfter = (text: string) => findingsOf(operatingSystem, printed(text))[0]?.remedies?.[0]?.title
  expect(titleAfter(watcher)).toBe('Raise the limits on inotify instances and open files')
  expect(titleAfter(`${watcher}\nno space left on device`)).toBe('Free disk space, or extend the volume')
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
    'Retrieve credentials produced unrecoverable aws error: MachineFingerprintDoesNotMatch',
  ])('is a symptom if the log names a reason: %s', (line) => {
    const found = findingsOf(operatingSystem, printed(`${line}\n${HIBERNATING}`))
    expect(found).toContainEqual(expect.objectContaining({cause: 'agent.hibernating', severity: 'symptom'}))
  })

  it('is the cause where nothing else is known', () => {
    expect(findingsOf(operatingSystem, printed(HIBERNATING))).toMatchObject([{cause: 'agent.hibernating'}])
    expect(findingsOf(operatingSystem, printed(HIBERNATING))[0]).not.toHaveProperty('severity')
  })

  it('lasts as long as the agent says', () => {
    const line = 'INFO [CredentialRefresher] Sleeping for 10h17m32s before retrying retrieve credentials'
    expect(findingsOf(operatingSystem, printed(line))[0]?.message).toContain('waits 10h17m32s before it retries')
  })
})

it('finds an unfinished Sysprep in a log', () => {
  expect(causesOf(operatingSystem, printed('ImageState is IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE'))).toEqual([
    'os.windows-sysprep',
  ])
  expect(causesOf(operatingSystem, printed('ImageState is IMAGE_STATE_COMPLETE'))).toEqual([])
})

describe('sessions that run as a user who does not exist', () => {
  const REFUSED = 'ERROR [ssm-session-worker] Unable to start shell: failed to start pty since RunAs user'
  const found = (line: string, node: object = {}) =>
    findingsOf(operatingSystem, {...printed(line), InstanceInformationList: [{...online, ...node}]})

  it('degrade a node that is online, and the user can be created', () => {
    expect(found(`${REFUSED} ubuntu does not exist`)).toMatchObject([
      {
        cause: 'os.run-as-user',
        certainty: 'likely',
        message: expect.stringContaining('run as operating system user ubuntu'),
        remedies: [{steps: [{line: 'id ubuntu'}, {line: 'sudo useradd --create-home ubuntu'}]}],
      },
    ])
    const [onMac] = found(`${REFUSED} ops does not exist`, {PlatformType: 'MacOS'})
    expect(onMac?.remedies?.[0]?.steps).toContainEqual({on: 'instance', line: 'sudo sysadminctl -addUser ops'})
  })

  it('need ssm-user, which the agent could not create', () => {
    const [found] = findingsOf(
      operatingSystem,
      {InstanceInformationList: [{...online, PlatformType: 'Windows'}]},
      {...web, Platform: 'Windows'},
      [],
      [{kind: 'run-as-user', user: 'ssm-user', source: 'errors.log', line: 'Failed to create ssm-user: exit status 1'}],
    )
    expect(found).toMatchObject({
      cause: 'os.run-as-user',
      message: expect.stringContaining('the agent creates it for the first session'),
      remedies: [{steps: [{}, {line: 'net localgroup Administrators ssm-user /add'}]}],
    })
  })

  it('are fixed through Systems Manager, unless its message channel is closed as well', () => {
    const line = `${REFUSED} ubuntu does not exist`
    expect(found(line)[0]?.remedies?.[0]).not.toHaveProperty('effect')
    const closed = {...printed(line), InstanceInformationList: [online]}
    const ConnectionStatuses = [{Target: online.InstanceId, Status: 'notconnected' as const}]
    expect(findingsOf(operatingSystem, {...closed, ConnectionStatuses})[0]?.remedies?.[0]).toMatchObject({
      effect: expect.stringContaining('serial console'),
    })
  })

  it('are reported by their last line, without a command for a name that no shell should read', () => {
    const [only, ...others] = found(`${REFUSED} ubuntu does not exist\n${REFUSED} $(x) does not exist`)
    expect(others).toEqual([])
    expect(only).toMatchObject({message: expect.stringContaining('user $(x)'), remedies: [{steps: []}]})
  })

  it('end as well if no user is named', () => {
    expect(found('Unable to start command: please set the RunAs default user')).toMatchObject([
      {cause: 'os.run-as-user', message: expect.stringContaining('names an operating system user')},
    ])
  })
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

it('finds another Region in the configuration of the agent by its signatures', () => {
  const line = "InvalidSignatureException: Credential should be scoped to a valid region, not 'us-west-2'."
  expect(findingsOf(operatingSystem, printed(line))).toMatchObject([
    {cause: 'os.custom-endpoint', certainty: 'possible', message: expect.stringContaining('another Region')},
  ])
})

describe('a system that was halted', () => {
  const line = '[ 9000.2] reboot: System halted'

  it('does not run, although EC2 shows the instance as running, until it is rebooted', () => {
    expect(findingsOf(operatingSystem, printed(line))).toMatchObject([
      {
        cause: 'os.boot-failure',
        message: expect.stringContaining('was halted'),
        evidence: [{fact: line, source: 'ec2:GetConsoleOutput'}],
        remedies: [{title: expect.stringMatching(/^Reboot instance /)}],
      },
    ])
  })

  it('has been booted since if the agent started or the node is online', () => {
    expect(
      causesOf(operatingSystem, printed(`${line}\n2026/11/20 08:05:00Z: Amazon SSM Agent v3.3.3270.0 is running`)),
    ).toEqual([])
    expect(causesOf(operatingSystem, {ConsoleOutputs: [{InstanceId: ID, Output: line}]})).toEqual([])
  })

  it('is halted by what went wrong in it', () => {
    const output = `[ 9000.1] Kernel panic - not syncing: VFS\n${line}`
    expect(findingsOf(operatingSystem, printed(output))).toMatchObject([
      {cause: 'os.boot-failure', message: expect.stringContaining('did not boot cleanly')},
    ])
  })
})

it('looks at the clock as well where AWS rejects the credentials of the agent', () => {
  const [found] = findingsOf(operatingSystem, printed('ExpiredTokenException: The security token is expired'))
  expect(found?.remedies?.[0]?.steps[0]).toMatchObject({line: 'chronyc tracking; chronyc sources'})
})
