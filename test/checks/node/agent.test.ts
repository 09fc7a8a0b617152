import {describe, expect, it} from 'vitest'
import {logSignals} from '../../../src/agent/output/log.ts'
import {ofKind, type Signal} from '../../../src/agent/output/signal.ts'
import {agent} from '../../../src/checks/node/agent.ts'
import type {Instance} from '../../../src/model/account.ts'
import {ID, online, web} from '../../agent/fixtures.ts'
import {findingsOf, notesOf} from '../examine.ts'

const absent = {InstanceInformationList: []}
const image = (ImageMetadata: object) => ({...absent, InstanceImageMetadata: [{InstanceId: ID, ImageMetadata}]})
const DEBIAN = {Name: 'debian-12-amd64-20260914-2230', OwnerId: '136693071363'}

it('concludes from an image with the agent that the agent is not running', () => {
  expect(findingsOf(agent, absent)).toMatchObject([
    {
      cause: 'os.agent-not-running',
      certainty: 'likely',
      remedies: [
        {steps: expect.arrayContaining([{on: 'instance', line: expect.stringContaining('systemctl enable')}])},
      ],
    },
  ])
})

it.each([
  ['Debian', DEBIAN],
  ['a custom image with a familiar name', {Name: 'al2023-ami-2023.9-ours', OwnerId: '111122223333'}],
])('concludes from %s that the agent is not installed', (_, metadata) => {
  expect(findingsOf(agent, image(metadata))).toMatchObject([{cause: 'os.agent-not-installed', certainty: 'likely'}])
})

it('concludes from a package that the system lists that the agent is not running, whatever the image', () => {
  const line = 'ii  amazon-ssm-agent 3.3.1611.0-1 amd64  Agent of AWS'
  const installed: Signal = {kind: 'agent-installed', source: 'packages.txt', line}
  expect(findingsOf(agent, image(DEBIAN), web, [], [installed])).toMatchObject([
    {
      cause: 'os.agent-not-running',
      certainty: 'likely',
      message: expect.stringContaining('and packages.txt shows that it is installed, so the agent'),
    },
  ])
})

it.each([
  ['Out of memory: Killed process 999 (java) total-vm:1kB', 'os.agent-not-installed'],
  ['https_proxy=http://proxy.example.com:3128', 'os.agent-not-installed'],
  ['2026-11-20 08:00:00 INFO https_proxy: http://proxy.example.com:3128', 'os.agent-not-running'],
  ['Out of memory: Killed process 901 (ssm-agent-worke) total-vm:1kB', 'os.agent-not-running'],
])('takes no line that any machine shows for one that the agent wrote: %s', (text, cause) => {
  const signals = logSignals([{file: 'dmesg.txt', text}])
  expect(findingsOf(agent, image(DEBIAN), web, [], signals)).toMatchObject([{cause}])
})

it('is unknown if the image could not be read', () => {
  const unread = {...absent, InstanceImageMetadata: {unreadable: 'AccessDenied'}}
  expect(findingsOf(agent, unread)).toMatchObject([{cause: 'os.agent-not-installed'}])
})

it.each([
  ['that was registered', {InstanceInformationList: [{...online, PingStatus: 'ConnectionLost' as const}]}],
  [
    'that logged a failure to the console',
    {ConsoleOutputs: [{InstanceId: ID, Output: 'SSM Agent unable to acquire credentials: x'}]},
  ],
  [
    'that a script installed',
    {ConsoleOutputs: [{InstanceId: ID, Output: 'Setting up amazon-ssm-agent (3.3.2746.0-1) ...'}]},
  ],
  [
    'that systemd started',
    {ConsoleOutputs: [{InstanceId: ID, Output: '[  OK  ] Started amazon-ssm-agent.\n[  OK  ] Started sshd.'}]},
  ],
  [
    'that systemd started, with its name in bold,',
    {
      ConsoleOutputs: [
        {InstanceId: ID, Output: '[\x1b[0;32m  OK  \x1b[0m] Started \x1b[0;1;39mamazon-ssm-agent\x1b[0m.'},
      ],
    },
  ],
  ['that logged its start', {ConsoleOutputs: [{InstanceId: ID, Output: 'Amazon SSM Agent v3.3.2746.0 is running'}]}],
])('concludes that an agent %s is installed', (_, change) => {
  expect(findingsOf(agent, {...image(DEBIAN), ...change})).toMatchObject([{cause: 'os.agent-not-running'}])
})

it('does not take a test of the network for an agent that is installed', () => {
  const reached: Signal = {kind: 'reached', service: 'ssm', source: 'out.txt', line: 'ssm: HTTP 404', isTest: true}
  expect(findingsOf(agent, image(DEBIAN), undefined, [], [reached])).toMatchObject([{cause: 'os.agent-not-installed'}])
})

it('does not take a package that is not installed for an installed one', () => {
  const output = (Output: string) => ({...image(DEBIAN), ConsoleOutputs: [{InstanceId: ID, Output}]})
  for (const line of ['package amazon-ssm-agent is not installed', 'Removing amazon-ssm-agent (3.3.2746.0-1) ...'])
    expect(findingsOf(agent, output(line))).toMatchObject([{cause: 'os.agent-not-installed'}])
})

it.each(['dpkg-query: no packages found matching amazon-ssm-agent', 'rc  amazon-ssm-agent 3.3.1611.0-1 amd64  Agent'])(
  'names the package that a paste shows not to be there: %s',
  (line) => {
    const signals = logSignals([{file: 'paste.txt', text: line}])
    expect(findingsOf(agent, absent, web, [], signals)).toMatchObject([
      {cause: 'os.agent-not-installed', message: `The operating system of ${ID} finds no package of the agent.`},
    ])
  },
)

it('prints PowerShell for Windows', () => {
  const windows = {...web, PlatformDetails: 'Windows'}
  expect(findingsOf(agent, absent, windows)[0]?.remedies?.[0]?.steps).toContainEqual({
    on: 'instance',
    line: 'Get-Service AmazonSSMAgent',
  })
})

it.each([
  ['agent-stopped', 'os.agent-not-running'],
  ['agent-absent', 'os.agent-not-installed'],
] as const)('is certain after diagnostics that say %s', (kind, cause) => {
  const inside = {kind, source: 'ssm-cli get-diagnostics', line: 'Agent service: Failed'}
  const [found] = findingsOf(agent, {}, web, [], [inside])
  expect(found).toMatchObject({cause, evidence: [{source: 'ssm-cli get-diagnostics'}]})
  expect(found?.certainty).toBeUndefined()
})

describe('lines of the agent itself', () => {
  const unregistered = {...absent, InstanceImageMetadata: []}
  const signal = (kind: Signal['kind']): Signal => ({kind, source: 'agent.log', line: 'a line'})
  const run = (kind: Signal['kind']) => notesOf(agent, unregistered, web, [], [signal(kind)])

  it.each(['agent-started', 'timeout', 'access-denied'] as const)('show that it is installed: %s', (kind) => {
    expect(run(kind)).toMatchObject([{cause: 'os.agent-not-running'}])
  })

  it.each(['agent-running', 'hybrid-registration'] as const)('show that it runs: %s', (kind) => {
    expect(run(kind)).toMatchObject([{fact: expect.stringContaining('runs')}])
  })

  it.each([
    ['online', 'Online', ID, true],
    ['lost', 'ConnectionLost', ID, false],
  ] as const)(
    'can be those of a hybrid node that names the instance as its source: %s',
    (_, PingStatus, SourceId, runs) => {
      const hybrid = {
        InstanceId: 'mi-0123456789abcdef0',
        PingStatus,
        SourceId,
        ResourceType: 'ManagedInstance' as const,
      }
      const notes = notesOf(agent, {...unregistered, InstanceInformationList: [hybrid]}, web, [], [])
      expect(notes).toMatchObject([
        runs ? {fact: expect.stringContaining('is online')} : {cause: 'os.agent-not-running'},
      ])
    },
  )

  it('can be those of a hybrid node with the address and the host name of the instance', () => {
    const hybrid = {
      InstanceId: 'mi-0123456789abcdef0',
      PingStatus: 'Online' as const,
      IPAddress: web.PrivateIpAddress,
      ResourceType: 'ManagedInstance' as const,
    }
    const notes = (ComputerName: string) =>
      notesOf(agent, {...unregistered, InstanceInformationList: [{...hybrid, ComputerName}]}, web, [], [])
    expect(notes(`ip-${web.PrivateIpAddress?.replaceAll('.', '-')}`)).toMatchObject([
      {fact: expect.stringContaining('is online')},
    ])
    expect(notes('printer')).toMatchObject([{cause: 'os.agent-not-installed'}])
  })

  it('from another instance show nothing', () => {
    expect(run('other-instance')).toMatchObject([{cause: 'os.agent-not-installed'}])
  })

  it.each(['agent-crashed', 'agent-not-started', 'agent-disabled', 'control-container'] as const)(
    'say why it does not run: %s',
    (kind) => {
      expect(run(kind)).toMatchObject([{cause: 'os.agent-not-running', evidence: [{fact: 'a line'}]}])
    },
  )

  it.each([
    ['eks.amazonaws.com', 'EKS Auto Mode'],
    ['ecs.amazonaws.com', 'ECS Managed Instances'],
  ])('does not propose to install it where %s does not allow it', (Principal, name) => {
    const operated = {...web, Operator: {Managed: true, Principal}}
    expect(notesOf(agent, unregistered, operated)).toMatchObject([{fact: expect.stringContaining(name)}])
  })
})

it.each([
  ['[FAILED] Failed to start amazon-ssm-agent.service - amazon-ssm-agent.', 'cannot start it or keep it running'],
  ['[   30.1] systemd[1]: Dependency failed for amazon-ssm-agent.service - amazon-ssm-agent.', 'requires failed'],
  ["[  900.1] systemd[1]: amazon-ssm-agent.service: Failed with result 'oom-kill'.", 'memory of the machine ran out'],
  ['ERROR error occurred trying to start core module. Plugin name: StartupProcessor', 'crashes when it starts'],
  ['Removed /etc/systemd/system/multi-user.target.wants/amazon-ssm-agent.service.', 'is disabled'],
  ['host-containers@control: failed to pull image: no basic auth credentials', 'cannot pull the control container'],
])('believes the console: %s', (Output, message) => {
  const facts = {...image(DEBIAN), ConsoleOutputs: [{InstanceId: ID, Output}]}
  expect(findingsOf(agent, facts)).toMatchObject([
    {cause: 'os.agent-not-running', message: expect.stringContaining(message)},
  ])
})

it('enables a disabled snap, which has no service to start', () => {
  const facts = {...image(DEBIAN), ConsoleOutputs: [{InstanceId: ID, Output: 'amazon-ssm-agent disabled'}]}
  expect(findingsOf(agent, facts)[0]?.remedies?.[0]?.steps).toContainEqual({
    on: 'instance',
    line: 'sudo snap enable amazon-ssm-agent',
  })
})

it('says that the log ends with the end of the agent', () => {
  const ended = {kind: 'agent-ended', source: 'amazon-ssm-agent.log', line: 'Bye.'} as const
  expect(findingsOf(agent, absent, web, [], [ended])).toMatchObject([
    {cause: 'os.agent-not-running', message: expect.stringContaining('its log shows no start since')},
  ])
})

it('believes get-diagnostics that the service runs, where a log only shows that it was stopped', () => {
  const of = (kind: Signal['kind']): Signal => ({kind, source: 'x', line: 'a line'})
  const run = (...kinds: readonly Signal['kind'][]) => notesOf(agent, image(DEBIAN), web, [], kinds.map(of))
  for (const past of ['agent-ended', 'agent-disabled', 'agent-not-started', 'agent-removed'] as const)
    expect(run(past, 'agent-running')).toEqual([{fact: expect.stringContaining('runs')}])
  const ofWorker = logSignals([{file: 'x', text: 'fork/exec /usr/bin/ssm-agent-worker: permission denied'}])
  expect(notesOf(agent, image(DEBIAN), web, [], [...ofWorker, of('agent-running')])).toMatchObject([
    {cause: 'os.agent-not-running'},
  ])
  expect(run('agent-crashed', 'agent-running')).toMatchObject([{cause: 'os.agent-not-running'}])
})

it.each([
  [
    'access-denied',
    'was refused, so either the permission or host management came later, or a policy that could not be read denies it',
  ],
  ['throttled', 'was throttled'],
  ['no-role', 'had no credentials'],
  ['host-management-off', 'the instance profile, its permissions or host management came later'],
] as const)('says of an agent whose last call ended in %s that it waits', (kind, why) => {
  const signal: Signal = {kind, source: 'amazon-ssm-agent.log', line: 'a line'}
  expect(findingsOf(agent, image(DEBIAN), web, [], [signal])).toMatchObject([
    {
      cause: 'os.agent-not-running',
      certainty: 'likely',
      message: expect.stringContaining(why),
      evidence: [{fact: 'a line'}],
      remedies: [{title: expect.stringContaining('Restart SSM Agent')}],
    },
  ])
})

it('an agent that runs and was refused last waits: its service shows no more than that it runs', () => {
  const running: Signal = {kind: 'agent-running', source: 'status.txt', line: 'Active: active (running)'}
  const denied: Signal = {kind: 'access-denied', source: 'status.txt', line: 'AccessDeniedException', service: 'ssm'}
  const found = (...signals: readonly Signal[]) => notesOf(agent, absent, web, [], signals)
  expect(found(denied, running)).toMatchObject([
    {
      cause: 'os.agent-not-running',
      message: expect.stringMatching(/was refused, .+; it waits before it calls again\.$/),
    },
  ])
  const hybrid: Signal = {kind: 'hybrid-registration', source: 'a.log', line: 'OnPrem'}
  expect(found(denied, running, hybrid)).toMatchObject([{fact: expect.stringContaining('runs: OnPrem')}])
})

it('names the policy that denied the last call, as its error message does', () => {
  const refused = (reason: Partial<Signal>) =>
    findingsOf(agent, image(DEBIAN), web, [], [{kind: 'access-denied', source: 'x', line: 'a line', ...reason}])
  const policyArn = 'arn:aws:iam::111122223333:policy/guard'
  expect(refused({refusedBy: 'identity-policy', policyArn})).toMatchObject([
    {message: expect.stringContaining('was refused, and its error message names identity-based policy guard, so')},
  ])
})

it('does not say that of a call which no registration needs', () => {
  const signal: Signal = {
    kind: 'access-denied',
    source: 'x',
    line: 'a line',
    action: 'ssm:GetParameter',
    service: 'ssm',
  }
  expect(findingsOf(agent, image(DEBIAN), web, [], [signal])).toMatchObject([
    {message: expect.not.stringContaining('refused')},
  ])
})

it('does not say that of a call before the message channel opened, which needs a registered agent', () => {
  const refused: Signal = {kind: 'access-denied', source: 'x', line: 'a line'}
  const connected: Signal = {kind: 'connected', source: 'x', line: 'another line', service: 'ssmmessages'}
  const [found] = findingsOf(agent, image(DEBIAN), web, [], [refused, connected])
  expect(found?.message).not.toContain('the last call')
  const [later] = findingsOf(agent, image(DEBIAN), web, [], [connected, refused])
  expect(later?.message).toContain('the last call of the agent')
})

it('installs snapd again, which was removed with the agent', () => {
  const signals = logSignals([{file: 'x', text: 'Removing snap amazon-ssm-agent and revision 9881'}])
  const ubuntu = image({Name: 'ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20261001'})
  const [found] = findingsOf(agent, {Region: 'us-east-1', Partition: 'aws', ...ubuntu}, web, [], signals)
  expect(found?.remedies?.[0]?.steps.map((step) => 'line' in step && step.line)).toEqual([
    'sudo apt-get install -y snapd',
    'sudo snap install amazon-ssm-agent --classic',
    'sudo snap start --enable amazon-ssm-agent',
  ])
})

describe('the step for an agent that the operating system does not start', () => {
  const stepsFor = (kind: Signal['kind'], metadata: object, text?: string, change: Partial<Instance> = {}) => {
    const signals =
      text === undefined ? [{kind, source: 'x', line: 'a line'}] : ofKind(logSignals([{file: 'x', text}]), kind)
    const account = {Region: 'us-east-1', Partition: 'aws', ...image(metadata)}
    const [found] = findingsOf(agent, account, {...web, ...change}, [], signals)
    return found?.remedies?.[0]?.steps.map((step) => ('line' in step ? step.line : ''))
  }
  const UBUNTU = {Name: 'ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20261001'}

  it('unmasks a disabled one before it is enabled', () => {
    expect(stepsFor('agent-disabled', DEBIAN)?.slice(1)).toEqual([
      'sudo systemctl unmask amazon-ssm-agent',
      'sudo systemctl enable --now amazon-ssm-agent',
    ])
    expect(stepsFor('agent-disabled', UBUNTU)?.slice(1)).toEqual([
      'sudo systemctl unmask snap.amazon-ssm-agent.amazon-ssm-agent',
      'sudo snap start --enable amazon-ssm-agent',
    ])
  })

  it('shows why, and installs it again', () => {
    const steps = stepsFor('agent-not-started', DEBIAN)
    expect(steps?.[1]).toContain('journalctl')
    expect(steps).toContain('sudo dpkg -i /tmp/amazon-ssm-agent.deb')
    expect(steps?.at(-1)).toBe('sudo systemctl enable --now amazon-ssm-agent')
  })

  it('starts it once', () => {
    const steps = stepsFor('agent-not-started', {Name: 'CentOS-7-2111'})
    expect(steps?.filter((line) => line === 'sudo systemctl enable --now amazon-ssm-agent')).toHaveLength(1)
  })

  it('changes no account on Linux, where a number of a Windows event is that of a process', () => {
    const line = 'systemd[7041]: amazon-ssm-agent.service: Failed with result exit-code'
    expect(stepsFor('agent-not-started', {Name: 'debian-12-amd64'}, line)?.join()).not.toContain('sc.exe')
  })

  it('gives the service on Windows its account back', () => {
    const line = 'The AmazonSSMAgent service was unable to log on as .\\svc with the currently configured password'
    const steps = stepsFor('agent-not-started', {Name: 'Windows_Server-2022-English-Full-Base'}, line, {
      PlatformDetails: 'Windows',
    })
    expect(steps).toEqual([
      'Get-Service AmazonSSMAgent',
      'sc.exe config AmazonSSMAgent obj= LocalSystem',
      expect.stringContaining('Start-Service AmazonSSMAgent'),
    ])
  })

  it.each([
    ['amazon-ssm-agent.service: Failed to fork: Cannot allocate memory', 'tail -n 50'],
    ['Dependency failed for amazon-ssm-agent.service', 'systemctl list-units --failed'],
  ])('installs nothing where its files are not the reason: %s', (line, step) => {
    const steps = stepsFor('agent-not-started', DEBIAN, line)
    expect(steps?.join()).not.toContain('dpkg')
    expect(steps).toContainEqual(expect.stringContaining(step))
    expect(steps).toContain('sudo systemctl enable --now amazon-ssm-agent')
  })
})

describe('an operating system without a service of the agent', () => {
  const line = 'Unit amazon-ssm-agent.service could not be found.'
  const unknown: Signal = {kind: 'agent-absent', source: 'status.txt', line}

  it('most likely has no agent, which on Ubuntu may be a snap', () => {
    expect(findingsOf(agent, absent, web, [], [unknown])).toMatchObject([
      {cause: 'os.agent-not-installed', certainty: 'likely'},
    ])
    const ubuntu = image({Name: 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260901'})
    expect(findingsOf(agent, ubuntu, web, [], [unknown])).toMatchObject([{certainty: 'possible'}])
    const snap = logSignals([{file: 'status.txt', text: 'error: snap "amazon-ssm-agent" not found'}])
    expect(findingsOf(agent, ubuntu, web, [], snap)).toMatchObject([{certainty: 'likely'}])
  })

  it.each(['bottlerocket-aws-k8s-1.33-x86_64-v1.44.0', 'amzn-ec2-macos-15.3-20260901-000000'])(
    'possibly has none where a shell does not find ssm-cli by its name: %s',
    (Name) => {
      const system = Name.includes('mac') ? {...web, InstanceType: 'mac2.metal' as const} : web
      const missing = {...unknown, line: 'sudo: ssm-cli: command not found'}
      expect(findingsOf(agent, image({Name}), system, [], [missing])).toMatchObject([{certainty: 'possible'}])
    },
  )

  it('has one since where the node is online, or its service runs', () => {
    expect(notesOf(agent, {}, web, [], [unknown])).toMatchObject([{fact: expect.stringContaining('is online')}])
    const running: Signal = {kind: 'agent-running', source: 'status.txt', line: 'Active: active (running)'}
    expect(notesOf(agent, absent, web, [], [unknown, running])).toMatchObject([{fact: expect.stringContaining('runs')}])
  })
})
