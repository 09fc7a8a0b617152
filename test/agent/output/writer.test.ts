import {describe, expect, it} from 'vitest'
import {classifyConsole} from '../../../src/agent/output/console.ts'
import {log} from './log-lines.ts'

const kinds = (text: string) => classifyConsole(text).map(({kind}) => kind)

describe('a line of another program', () => {
  it.each([
    '[   40.1] kubelet[2210]: Get "https://A0.gr7.us-east-1.eks.amazonaws.com/api": dial tcp 10.0.2.77:443: i/o timeout',
    '[   40.1] kubelet[2210]: Get "https://10.100.0.1:443/apis": dial tcp 10.100.0.1:443: connect: connection refused',
    'Nov 20 08:00:01 ip-10-0-1-10 kubelet: E1120 08:00:01.1 2210 reflector.go:138] dial tcp 10.0.2.77:443: i/o timeout',
    'Nov 20 08:00:01 ip-10-0-1-10 dockerd[77]: Get "https://registry-1.docker.io/v2/": dial tcp 10.0.2.7:443: i/o timeout',
    '[   40.1] cloud-init[1534]: Get "https://artifacts.corp.example/x": x509: certificate signed by unknown authority',
    '[   40.1] cloud-init[1534]: User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: ssm:GetParameter',
    'An error occurred (AccessDeniedException) when calling the GetParametersByPath operation: User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: ssm:GetParametersByPath',
  ])('shows nothing about the agent: %s', (line) => expect(kinds(line)).toEqual([]))

  it.each([
    [
      '[   40.1] systemd[1]: amazon-ssm-agent.service: Failed at step EXEC spawning it: Permission denied',
      'agent-not-started',
    ],
    ['[   40.1] dockerd[77]: write /var/lib/docker/x: no space left on device', 'disk-full'],
    [
      '[   10.1] host-ctr[16]: failed to pull image: Head "https://1.dkr.ecr.us-east-1.amazonaws.com/v2/bottlerocket-control": dial tcp 10.0.2.7:443: i/o timeout',
      'control-container',
    ],
  ])('shows the state of the machine: %s', (line, kind) => expect(kinds(line)).toEqual([kind]))
})

it('is not known for a line without a program that names a host outside AWS', () => {
  expect(kinds('Get "https://artifacts.corp.example/x": dial tcp 10.0.2.7:443: i/o timeout')).toEqual([])
})

it.each([
  '[   40.1] amazon-ssm-agent[812]: Post "https://ssm.corp.example/": dial tcp 10.0.2.7:443: i/o timeout',
  'Nov 20 08:00:01 ip-10-0-1-10 amazon-ssm-agent.amazon-ssm-agent[812]: dial tcp 10.0.2.7:443: i/o timeout',
  '2026/11/20 08:00:01Z: SSM Agent unable to acquire credentials: Post "https://10.0.2.7/": dial tcp 10.0.2.7:443: i/o timeout',
  'dial tcp 10.0.2.7:443: i/o timeout',
])('is the agent for %s', (line) => expect(kinds(line)).toEqual(['timeout']))

it('does not take the memory limit of a container for that of the machine', () => {
  const lines = [
    '[  400.1] java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0',
    '[  400.2] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),task=java,pid=4242,uid=0',
    '[  400.3] Memory cgroup out of memory: Killed process 4242 (java)',
  ]
  expect(kinds(lines.join('\n'))).toEqual([])
  expect(kinds('[  400.2] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),task=java,pid=4242')).toEqual([
    'out-of-memory',
  ])
})

it.each([
  "[   30.1] cloud-init[900]: + grep -q 'Out of memory: Killed process' /var/log/messages",
  "[   30.2] cloud-init[900]: ++ echo 'no space left on device'",
  "+ grep 'Kernel panic - not syncing' /dev/null",
  '+ Invoke-RestMethod -uri  http://169.254.169.254/latest/dynamic/instanc ...',
])('does not take a command that a shell shows for its result: %s', (line) => expect(kinds(line)).toEqual([]))

it('does not believe cloud-init for a script that it runs, which may be in a container', () => {
  const line =
    '[   30.1] cloud-init[1201]: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, request canceled, context deadline exceeded'
  expect(kinds(line)).toEqual([])
})

it('believes cloud-init about the metadata service', () => {
  const line =
    "[  137.8] cloud-init[733]: DataSourceEc2.py[CRITICAL]: Giving up on md from ['http://169.254.169.254/x'] after 124 seconds"
  expect(kinds(line)).toEqual(['metadata'])
  expect(kinds(line.replace('Giving up on md from', 'Calling'))).toEqual([])
})

it('reads that the agent is killed for its memory, and not that another unit is', () => {
  expect(
    kinds('[9.1] systemd-oomd[5]: Killed /system.slice/amazon-ssm-agent.service due to memory pressure for /'),
  ).toEqual(['out-of-memory'])
  const unit = '[9.1] systemd[1]: amazon-ssm-agent.service: A process of this unit has been killed by the OOM killer.'
  expect(kinds(unit)).toEqual(['out-of-memory'])
  expect(kinds(unit.replace('amazon-ssm-agent', 'jenkins'))).toEqual([])
})

it.each([
  ['kernel: EXT4-fs error (device nvme0n1p1): ext4_lookup:1801: deleted inode referenced', 'file-system'],
  ["cloud-init[733]: Giving up on md from ['http://169.254.169.254/x'] after 124 seconds", 'metadata'],
])('is not of the session whose line is before it in a journal: %s', (line, kind) => {
  const session =
    'Nov 20 08:00:00 ip-10-0-1-10 amazon-ssm-agent[901]: 2026-11-20 08:00:00.1234 INFO [ssm-session-worker] [s-1] Session started'
  const signals = log(session, `Nov 20 08:00:01 ip-10-0-1-10 ${line}`)
  expect(signals.map((signal) => [signal.kind, signal.plugin])).toEqual([[kind, undefined]])
})

it.each([
  '[   40.1] cloud-init[9]: Nov 20 08:00:01 amazon-ssm-agent: dial tcp 10.0.2.7:443: i/o timeout',
  '[   40.1] cloud-init[9]: SSM Agent unable to acquire credentials: dial tcp 10.0.2.7:443: i/o timeout',
])('believes a program that prints what the agent wrote: %s', (line) => expect(kinds(line)).toEqual(['timeout']))
