import {describe, expect, it} from 'vitest'
import type {Signal} from '../../../src/agent/output/signal.ts'
import {machine} from '../../../src/checks/node/machine.ts'
import {examine} from '../../../src/diagnosis/examine.ts'
import type {Account} from '../../../src/model/account.ts'
import {machineOf} from '../../../src/model/hybrid.ts'
import {aMachine, aServiceRole, hybrid, lost, MACHINE} from '../../support/hybrid.ts'
import {findingsOf, notesOf} from '../examine.ts'

const away = (change: object = {}) => aMachine({PingStatus: 'ConnectionLost', ...change})
const on = (node = away(), change: Partial<Account> = {}) =>
  findingsOf(machine, {...hybrid, InstanceInformationList: [node], ...change}, machineOf(node))
const lines = (node = away(), change: Partial<Account> = {}) =>
  on(node, change)[0]?.remedies?.[0]?.steps.map((step) => ('line' in step ? step.line : '')) ?? []

it('is the likely cause if AWS shows no other fault', () => {
  expect(on()).toMatchObject([{cause: 'hybrid.machine-unreachable', certainty: 'likely'}])
})

it('is a possible cause if the role is unknown', () => {
  expect(on(away({IamRole: undefined}))).toMatchObject([{certainty: 'possible'}])
})

describe('the commands for the machine', () => {
  it.each([
    [
      'Linux',
      away(),
      [
        /systemctl status amazon-ssm-agent/,
        /curl .* https:\/\/ssm\.eu-west-1\.amazonaws\.com\//,
        /ssm-cli get-diagnostics/,
      ],
    ],
    [
      'Windows',
      away({PlatformType: 'Windows', PlatformName: 'Microsoft Windows Server 2022 Datacenter'}),
      [/Get-Service AmazonSSMAgent/, /Test-NetConnection ssm\.eu-west-1\.amazonaws\.com -Port 443/, /ssm-cli\.exe/],
    ],
    ['macOS', away({PlatformType: 'MacOS'}), [/curl .* https:\/\/ssm/, /launchctl/]],
  ])('match %s', (_, node, patterns) => {
    for (const pattern of patterns) expect(lines(node)).toContainEqual(expect.stringMatching(pattern))
  })

  it('name the endpoints of the Region and its partition', () => {
    const china = {Region: 'cn-north-1', Partition: 'aws-cn'}
    const hosts = lines(away(), china).join('\n')
    for (const host of ['ssm', 'ssmmessages', 'amazon-ssm-cn-north-1.s3'])
      expect(hosts).toContain(`https://${host}.cn-north-1.amazonaws.com.cn/`)
  })

  it('include ec2messages for an agent that still polls it', () => {
    const ServiceNames = ['com.amazonaws.eu-west-1.ec2messages']
    expect(lines(away({AgentVersion: '3.1.0.0'}), {ServiceNames}).join()).toContain('ec2messages')
    expect(lines(away({AgentVersion: '3.3.2746.0'}), {ServiceNames}).join()).not.toContain('ec2messages')
  })
})

it('shows the evidence from the machine itself', () => {
  const inside = (kind: 'agent-stopped' | 'agent-running') =>
    notesOf(machine, {...hybrid, ...lost}, machineOf(away()), [], [{kind, source: 'ssm-cli', line: 'Agent service'}])
  expect(inside('agent-stopped')).toMatchObject([{message: `The agent on ${MACHINE} is installed and does not run.`}])
  expect(inside('agent-stopped')).not.toMatchObject([{certainty: 'likely'}])
  expect(inside('agent-running')).toMatchObject([{fact: expect.stringContaining('runs')}])
})

describe('an agent that get-diagnostics shows running', () => {
  const running = {kind: 'agent-running', source: 'ssm-cli', line: 'Agent service'} as const
  const also = (kind: Signal['kind'], service = 'ssm') => {
    const evidence = [running, {kind, service, source: 'ssm-cli', line: 'a line'}]
    return notesOf(machine, {...hybrid, ...lost}, machineOf(away()), [], evidence)
  }

  it('may not reach Systems Manager, or may have a registration that is not accepted', () => {
    for (const kind of ['timeout', 'refused', 'unresolved', 'fingerprint', 'unknown-instance'] as const)
      expect(also(kind)).toMatchObject([{cause: 'hybrid.machine-unreachable'}])
  })

  it('registers and pings although it does not reach another service, and was started after a log ends', () => {
    expect(also('timeout', 'logs')).toMatchObject([{fact: expect.stringContaining('runs')}])
    for (const past of ['agent-ended', 'agent-not-started'] as const)
      expect(also(past)).toMatchObject([{fact: expect.stringContaining('runs')}])
  })
})

describe('a test of the connection on the machine', () => {
  const tested = (host: string) => {
    const evidence = [{kind: 'timeout', service: 'ssm', host, isTest: true, source: 'a', line: 'curl: (28)'}] as const
    return examine({...hybrid, ...lost}, MACHINE, {evidence}).causes.find(({id}) => id === 'hybrid.machine-unreachable')
  }
  it('is not one of its agent, which may have a proxy', () =>
    expect(tested('ssm.eu-west-1.amazonaws.com')).toMatchObject({
      certainty: 'likely',
      message: `${MACHINE} gets no answer from Systems Manager.`,
    }))
  it('does not count of another Region', () =>
    expect(tested('ssm.us-east-1.amazonaws.com')?.message).toContain('AWS shows no fault of'))
})

describe('the step for what a log of the machine shows', () => {
  const stepsFor = (kind: Signal['kind'], node = away()) => {
    const evidence = [{kind, source: 'errors.log', line: 'a line'}]
    const account = {...hybrid, InstanceInformationList: [node]}
    const [found] = findingsOf(machine, account, machineOf(node), [], evidence)
    return found?.remedies?.[0]?.steps.map((step) => ('line' in step ? step.line : '')) ?? []
  }

  it('registers a machine again whose fingerprint has changed', () => {
    expect(stepsFor('fingerprint')).toEqual([
      'sudo systemctl stop amazon-ssm-agent',
      'sudo amazon-ssm-agent -register -code ACTIVATION_CODE -id ACTIVATION_ID -region eu-west-1',
      'sudo systemctl start amazon-ssm-agent',
    ])
  })

  it('registers a machine again whose agent finds no registration, or whose activation is not accepted', () => {
    for (const kind of ['no-identity', 'activation-rejected'] as const)
      expect(stepsFor(kind)).toContain(
        'sudo amazon-ssm-agent -register -code ACTIVATION_CODE -id ACTIVATION_ID -region eu-west-1',
      )
  })

  it('installs an agent that is missing', () => {
    for (const kind of ['agent-absent', 'agent-removed'] as const)
      expect(stepsFor(kind)).toContain('sudo dpkg -i /tmp/amazon-ssm-agent.deb')
  })

  it('starts one that is stopped or disabled, and tests no network', () => {
    for (const kind of ['agent-stopped', 'agent-ended', 'agent-disabled'] as const)
      expect(stepsFor(kind)).toContain('sudo systemctl enable --now amazon-ssm-agent')
    expect(stepsFor('agent-disabled')).toContain('sudo systemctl unmask amazon-ssm-agent')
    expect(stepsFor('agent-stopped').join()).not.toContain('curl')
  })

  it('tests the network where the agent does not reach it', () => {
    expect(stepsFor('timeout').join()).toContain('curl')
  })
})

describe('a machine that was registered again', () => {
  const former = away({LastPingDateTime: '2026-11-18T10:00:00.000Z'})
  const later = aMachine({InstanceId: 'mi-0aaaaaaaaaaaaaa02', RegistrationDate: '2026-11-18T10:30:00.000Z'})
  const messages = (...nodes: readonly (typeof former)[]) =>
    on(former, {InstanceInformationList: [former, ...nodes]})[0]?.message

  it('is online under its new id, and the former one is deregistered once the machine confirms it', () => {
    const [found] = on(former, {InstanceInformationList: [former, later]})
    expect(found).toMatchObject({certainty: 'likely', message: expect.stringContaining('registered again')})
    expect(found?.remedies).toMatchObject([
      {
        steps: [
          {on: 'machine', line: 'sudo ssm-cli get-instance-information'},
          {operation: 'DeregisterManagedInstance', input: {InstanceId: MACHINE}},
        ],
      },
    ])
    expect(found?.remedies?.[0]?.apply).toBeUndefined()
  })

  it('is another machine if it registered earlier, is offline, or differs in address or name', () => {
    const others = [
      {...later, RegistrationDate: '2026-11-18T09:30:00.000Z'},
      {...later, PingStatus: 'ConnectionLost' as const},
      {...later, IPAddress: '192.168.10.8'},
      {...later, ComputerName: 'press8.corp.example'},
    ]
    for (const other of others) expect(messages(other)).toContain('the machine is off')
  })

  it('is not known if several have its address and name', () => {
    expect(messages(later, {...later, InstanceId: 'mi-0aaaaaaaaaaaaaa03'})).toContain('the machine is off')
  })
})

it('runs only for a node that is offline without another explanation', () => {
  const idsOf = (account: Account) => examine(account, MACHINE).causes.map(({id}) => id)
  expect(idsOf({...hybrid, ...lost})).toContain('hybrid.machine-unreachable')
  expect(idsOf(hybrid)).not.toContain('hybrid.machine-unreachable')
  const roleless = {...hybrid, ...lost, Roles: [aServiceRole({AttachedManagedPolicies: []})]}
  expect(idsOf(roleless)).toEqual(['iam.no-registration-permission', 'registration.connection-lost'])
})

describe('a log of the machine', () => {
  const logged = (kind: Signal['kind'], line: string): Signal => ({kind, source: 'errors.log', line, service: 'ssm'})
  const causes = (...evidence: readonly Signal[]) => {
    const account = {...hybrid, InstanceInformationList: [away()]}
    const {causes: found} = examine(account, MACHINE, {evidence}) ?? {causes: []}
    return found.filter(({severity}) => severity === 'blocks').map(({id}) => id)
  }

  it.each([
    ['clock', 'Signature expired', 'os.time-skew'],
    ['tls-trust', 'x509: certificate signed by unknown authority', 'os.tls-trust'],
    ['proxy-failed', 'proxyconnect tcp: connection refused', 'os.proxy'],
    ['disk-full', 'no space left on device', 'os.disk-full'],
    ['timeout', 'dial tcp 52.94.1.1:443: i/o timeout', 'hybrid.machine-unreachable'],
    ['fingerprint', 'MachineFingerprintDoesNotMatch', 'hybrid.machine-unreachable'],
    ['activation-rejected', 'ActivationExpired', 'hybrid.machine-unreachable'],
    ['unknown-instance', 'Not existing InstanceId mi-0aaaaaaaaaaaaaa09', 'hybrid.machine-unreachable'],
    ['metadata', 'dial tcp 169.254.169.254:80: i/o timeout', 'hybrid.machine-unreachable'],
  ] as const)('%s: %s', (kind, line, cause) => expect(causes(logged(kind, line))).toEqual([cause]))

  it('is not explained by the wait that follows from it', () => {
    const wait = logged('hibernating', 'Sleeping for 24h57m12s before retrying retrieve credentials')
    expect(causes(logged('fingerprint', 'MachineFingerprintDoesNotMatch'), wait)).toEqual([
      'hybrid.machine-unreachable',
    ])
  })

  it('names the missing permission where the service role cannot be read', () => {
    const denied: Signal = {
      ...logged('access-denied', 'because no identity-based policy allows the ssm:UpdateInstanceInformation action'),
      action: 'ssm:UpdateInstanceInformation',
      refusedBy: 'identity-policy',
      isImplicit: true,
      principal: `arn:aws:sts::111122223333:assumed-role/hybrid/${MACHINE}`,
    }
    const account = {...hybrid, InstanceInformationList: [away()], Roles: {unreadable: 'AccessDenied'}}
    expect(examine(account, MACHINE, {evidence: [denied]}).causes).toContainEqual(
      expect.objectContaining({id: 'iam.no-registration-permission', certainty: 'likely'}),
    )
  })

  it('says what it shows', () => {
    const evidence = [logged('fingerprint', 'MachineFingerprintDoesNotMatch')]
    const [found] = findingsOf(machine, {...hybrid, InstanceInformationList: [away()]}, machineOf(away()), [], evidence)
    expect(found?.message).toContain('register the machine again with a new activation')
    expect(found?.evidence[0]?.fact).toBe('MachineFingerprintDoesNotMatch')
  })
})
