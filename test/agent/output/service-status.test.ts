import {describe, expect, it} from 'vitest'
import {logSignals} from '../../../src/agent/output/log.ts'
import {serviceStatusIn} from '../../../src/agent/output/service-status.ts'

const kindIn = (...lines: readonly string[]) => serviceStatusIn(lines.join('\n'))?.kind
const UNIT = '● amazon-ssm-agent.service - amazon-ssm-agent'
const LOADED = '   Loaded: loaded (/usr/lib/systemd/system/amazon-ssm-agent.service; disabled; vendor preset: disabled)'
const DEAD = '   Active: inactive (dead)'
const RUNNING = '     Active: active (running) since Fri 2026-11-20 11:24:07 UTC; 35min ago'

it.each([
  ['agent-running', 'root      2181     1  0 08:00 ?        00:00:01 /usr/bin/amazon-ssm-agent'],
  [
    'agent-running',
    'root  2181  0.1  1.9 1758192 19340 ?  Ssl  08:00   0:01 /snap/amazon-ssm-agent/9881/amazon-ssm-agent',
  ],
  [undefined, 'ec2-user  2190  2100  0 08:00 pts/0    00:00:00 grep --color=auto ssm'],
  [undefined, 'Nov 20 08:00:01 ip-10-0-1-10 aide[900]: removed: /usr/bin/amazon-ssm-agent'],
  [undefined, 'vi 2181 1 0 08:00 ? 00:00:01 vi /usr/bin/amazon-ssm-agent'],
])('ps shows it: %s, %s', (kind, line) => expect(kindIn(line)).toBe(kind))

describe('systemctl status shows that the agent', () => {
  it.each([
    ['agent-stopped', [UNIT, LOADED, DEAD]],
    ['agent-stopped', ['○ amazon-ssm-agent.service - amazon-ssm-agent', LOADED, '     Active: inactive (dead)']],
    ['agent-running', [UNIT, LOADED, RUNNING]],
    ['agent-running', ['● snap.amazon-ssm-agent.amazon-ssm-agent.service - Service for snap application', RUNNING]],
    [
      'agent-not-started',
      ['× amazon-ssm-agent.service - x', LOADED, '     Active: failed (Result: exit-code) since Fri'],
    ],
    ['agent-not-started', [UNIT, LOADED, '   Active: activating (auto-restart) (Result: exit-code) since Fri']],
    ['agent-disabled', ['● amazon-ssm-agent.service', '   Loaded: masked (Reason: Unit is masked.)', DEAD]],
    ['agent-absent', ['● amazon-ssm-agent.service', '   Loaded: not-found (Reason: No such file or directory)', DEAD]],
  ] as const)('%s', (kind, lines) => expect(kindIn(...lines)).toBe(kind))

  it('is not another unit', () => {
    expect(kindIn('● nginx.service - nginx', LOADED, DEAD)).toBeUndefined()
    expect(kindIn(UNIT, LOADED, RUNNING, '○ nginx.service - nginx', DEAD)).toBe('agent-running')
    expect(kindIn(DEAD)).toBeUndefined()
  })

  it('has been started since', () => expect(kindIn(UNIT, DEAD, UNIT, RUNNING)).toBe('agent-running'))
})

it.each([
  ['agent-running', 'amazon-ssm-agent.amazon-ssm-agent  enabled   active    -'],
  ['agent-stopped', 'amazon-ssm-agent.amazon-ssm-agent  disabled  inactive  -'],
  ['agent-running', 'amazon-ssm-agent start/running, process 1234'],
  ['agent-stopped', 'amazon-ssm-agent stop/waiting'],
  ['agent-running', 'Running  AmazonSSMAgent     Amazon SSM Agent'],
  ['agent-stopped', 'Stopped  AmazonSSMAgent     Amazon SSM Agent'],
  ['agent-stopped', '{"settings":{"host-containers":{"control":{"enabled":false,"source":"x"}}}}'],
])('snapd, Upstart, PowerShell and Bottlerocket show it: %s, %s', (kind, line) => expect(kindIn(line)).toBe(kind))

it.each([
  ['agent-stopped', ['SERVICE_NAME: AmazonSSMAgent', '        STATE              : 1  STOPPED ']],
  ['agent-running', ['SERVICE_NAME: AmazonSSMAgent', '        STATE              : 4  RUNNING ']],
  [
    'agent-stopped',
    ['Name                : AmazonSSMAgent', 'DisplayName         : x', 'Status              : Stopped'],
  ],
  [
    'agent-running',
    ['Name                : AmazonSSMAgent', 'DisplayName         : x', 'Status              : Running'],
  ],
  [undefined, ['Name   : AmazonSSMAgent', 'Name   : Spooler', 'Status : Stopped']],
  [undefined, ['SERVICE_NAME: Spooler', '        STATE              : 1  STOPPED ']],
  [
    'agent-running',
    ['SERVICE_NAME: AmazonSSMAgent', 'STATE : 1  STOPPED ', 'Running  AmazonSSMAgent     Amazon SSM Agent'],
  ],
])('sc and lists of PowerShell show it: %s, %j', (kind, lines) => expect(kindIn(...lines)).toBe(kind))

it('is what Bottlerocket printed last of its control container, and no setting of that name of another program', () => {
  const printed = (enabled: boolean) => `{"settings":{"host-containers":{"control":{"enabled":${enabled}}}}}`
  expect(kindIn(printed(true), printed(false))).toBe('agent-stopped')
  expect(kindIn(printed(false), printed(true))).toBeUndefined()
  expect(kindIn('INFO {"control": {"enabled": false}}')).toBeUndefined()
})

it('is part of what a log file shows, by the last file', () => {
  const file = (name: string, active: string) => ({file: name, text: [UNIT, LOADED, active].join('\n')})
  expect(logSignals([file('a', DEAD), file('b', RUNNING)])).toEqual([
    {kind: 'agent-running', source: 'b', line: RUNNING.trim()},
  ])
})
