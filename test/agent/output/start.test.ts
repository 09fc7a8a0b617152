import {describe, expect, it} from 'vitest'
import {classifyConsole} from '../../../src/agent/output/console.ts'
import {logSignals} from '../../../src/agent/output/log.ts'
import {AGENT_INSTALLED} from '../../../src/agent/output/start.ts'

const inConsole = (...lines: readonly string[]) => classifyConsole(lines.join('\n')).map(({kind}) => kind)
const inLog = (...lines: readonly string[]) =>
  logSignals([{text: lines.join('\n'), file: 'errors.log'}]).map(({kind}) => kind)

it.each([
  '2026-11-20 08:00:01 ERROR error occurred trying to start core module. Plugin name: StartupProcessor',
  "panic: opensslcrypto: can't initialize OpenSSL",
  'Nov 20 08:00:01 ip-10-0-1-10 amazon-ssm-agent[812]: panic: runtime error: slice bounds out of range',
  'Nov 20 08:00:01 ip-10-0-1-10 amazon-ssm-agent: fatal error: all goroutines are asleep',
  'SIGSYS: bad system call',
  '2026-11-20 08:00:01 CRITICAL Failed to start agent. context could not be loaded',
  '2026-11-20 08:00:01 ERROR Failed to start agent. context could not be loaded',
  '2026-11-20 08:00:01 ERROR error occurred when starting amazon-ssm-agent: failed to start message bus, address in use',
  '2026-11-20 08:00:01 ERROR core Agent crashed with message runtime error: invalid memory address!',
  "app config could not be loaded - invalid character '}' looking for beginning of object key string",
])('a log shows that the agent crashes: %s', (line) => expect(inLog(line)).toEqual(['agent-crashed']))

it.each([
  '2026-11-20 08:00:01 ERROR [CredentialRefresher] credentials refresher panic: runtime error: index out of range',
  '2026-11-20 08:00:01 ERROR [ssm-session-worker] [s-1] WebsocketChannel listener run panic: runtime error: invalid memory address',
  '2026-11-20 08:00:01 ERROR [ssm-document-worker] [c-1] Plugin crashed with message runtime error: invalid memory address',
])('the agent recovers from some: %s', (line) => expect(inLog(line)).toEqual([]))

it('an agent that ends because it finds no identity does not crash', () => {
  const line =
    'ERROR error occurred when starting amazon-ssm-agent: failed to get identity: failed to find agent identity'
  expect(inLog(line)).toEqual(['no-identity'])
})

it.each([
  '[FAILED] Failed to start amazon-ssm-agent.service - amazon-ssm-agent.',
  '[FAILED] Failed to start Service for snap application amazon-ssm-agent.amazon-ssm-agent.',
  '[   30.1] systemd[1]: amazon-ssm-agent.service: Failed with result "exit-code".',
  '[   30.1] systemd[1]: amazon-ssm-agent.service: Start request repeated too quickly.',
  '[   30.1] systemd[1]: snap.amazon-ssm-agent.amazon-ssm-agent.service: Failed with result "exit-code".',
  '[DEPEND] Dependency failed for amazon-ssm-agent.service - amazon-ssm-agent.',
  "[   30.1] systemd[1]: amazon-ssm-agent.service: Job amazon-ssm-agent.service/start failed with result 'dependency'.",
  '[   30.1] systemd[1]: Unit amazon-ssm-agent.service entered failed state.',
  '[   30.1] systemd[1]: amazon-ssm-agent.service failed.',
  '[   30.1] systemd[1]: fork/exec /usr/bin/ssm-agent-worker: permission denied',
  "[   30.1] amazon-ssm-agent[9]: /usr/bin/amazon-ssm-agent: /lib64/libc.so.6: version `GLIBC_2.32' not found",
  '[   30.1] bash[9]: /usr/bin/amazon-ssm-agent: cannot execute: required file not found',
  '[   30.1] bash[9]: /usr/bin/amazon-ssm-agent: Exec format error',
  '[   30.1] bash[9]: /usr/bin/amazon-ssm-agent: error while loading shared libraries: libc.so.6',
  '[   30.1] systemd[1]: fork/exec /usr/bin/amazon-ssm-agent: exec format error',
  '[   30.1] audit: type=1400 audit(1.2:3): avc:  denied  { execute } for  pid=9 comm="amazon-ssm-agen" name="ssm-agent-worker" tclass=file permissive=0',
  '[   30.1] audit: type=1400 audit(1.2:3): apparmor="DENIED" operation="exec" profile="x" name="/usr/bin/ssm-agent-worker" pid=9',
  '[   30.1] audit: type=1400 audit(1.2:3): avc:  denied  { execute } for  pid=9 comm="(sm-agent)" name="amazon-ssm-agent" tclass=file permissive=0',
  '[   30.1] audit: type=1400 audit(1.2:3): apparmor="DENIED" operation="exec" profile="x" name="/usr/bin/amazon-ssm-agent" pid=9',
  '[   30.1] fapolicyd[8]: rule=13 dec=deny perm=execute auid=-1 pid=9 exe=/usr/bin/amazon-ssm-agent : path=/usr/bin/ssm-agent-worker trust=0',
  '[   30.1] fapolicyd[8]: rule=13 dec=deny_audit perm=execute auid=-1 pid=9 exe=/usr/lib/systemd/systemd : path=/usr/bin/amazon-ssm-agent trust=0',
])('the console shows that Linux does not start it: %s', (line) =>
  expect(inConsole(line)).toEqual(['agent-not-started']),
)

it.each([
  '09/11/2020 14:25:56  7000 Error  The AmazonSSMAgent service failed to start due to the following error: ...',
  '09/11/2020 14:25:56  7009 Error  A timeout was reached (30000 milliseconds) while waiting for the Amazon SSM Agent service to connect.',
  '09/11/2020 14:25:56  7034 エラー  Amazon SSM Agent サービスは予期せず終了しました。',
  'The AmazonSSMAgent service failed to start due to the following error:',
  'The AmazonSSMAgent service was unable to log on as .\\svc with the currently configured password',
  'The Amazon SSM Agent service hung on starting.',
  'The Amazon SSM Agent service could not be started.',
  "Start-Service : Service 'Amazon SSM Agent (AmazonSSMAgent)' cannot be started due to the following error: ...",
  "Restart-Service : Failed to start service 'Amazon SSM Agent (AmazonSSMAgent)'.",
  'Job for amazon-ssm-agent.service failed because the control process exited with error code.',
  'Job for snap.amazon-ssm-agent.amazon-ssm-agent.service failed because a timeout was exceeded.',
  'The Amazon SSM Agent service terminated unexpectedly.  It has done this 3 time(s).',
  'failed to rollback amazon-ssm-agent to 3.3.3572.0, failed to start the agent',
  'Nov 20 08:00:01 mac com.apple.xpc.launchd[1] (com.amazon.aws.ssm[311]): Service exited with abnormal code: 78',
])('an event log or an update shows that it does not start: %s', (line) =>
  expect(inLog(line)).toEqual(['agent-not-started']),
)

it.each([
  '[   30.1] audit: type=1400 audit(1.2:3): avc:  denied  { execute } for  pid=9 name="ssm-agent-worker" permissive=1',
  '[   30.1] audit: type=1400 audit(1.2:3): avc:  denied  { getattr } for  pid=9 comm="ssm-agent-worke" path="/x" permissive=0',
  '[   30.1] audit: type=1400 audit(1.2:3): apparmor="ALLOWED" operation="exec" name="/usr/bin/ssm-agent-worker"',
  '[   30.1] systemd[1]: jenkins.service: Failed with result "exit-code".',
  '[FAILED] Failed to start agent for monitoring.',
  '[   30.1] ecs[900]: panic: runtime error: invalid memory address or nil pointer dereference',
  ...[7035, 7036, 7040, 7042, 7045].map((number) => `EventLog: ${number} The Amazon SSM Agent service was …`),
  '2026/11/20 08:00:41Z: EventLog: 7036 The Amazon SSM Agent service entered the running state.',
])('the console shows nothing about its start: %s', (line) => expect(inConsole(line)).toEqual([]))

it.each([
  'Failed to start amazon-ssm-agent.service: Interactive authentication required.',
  'Failed to start amazon-ssm-agent.service: Access denied',
  "Start-Service : Service 'Amazon SSM Agent (AmazonSSMAgent)' cannot be started due to the following error: Cannot open",
])('a user who may not start the agent shows nothing about it: %s', (line) => expect(inConsole(line)).toEqual([]))

it('does not trust what another agent says about its own start', () => {
  expect(inConsole('[    5.1] agent[77]: ERROR Failed to start agent. no license')).toEqual([])
})

describe('a script disables the agent', () => {
  const removed =
    '[ 30.1] cloud-init[9]: Removed "/etc/systemd/system/multi-user.target.wants/amazon-ssm-agent.service".'
  const masked = 'Created symlink /etc/systemd/system/amazon-ssm-agent.service → /dev/null.'
  const enabled =
    'Created symlink /etc/systemd/system/multi-user.target.wants/amazon-ssm-agent.service → /usr/lib/systemd/system/amazon-ssm-agent.service.'

  const refused = 'Failed to start amazon-ssm-agent.service: Unit amazon-ssm-agent.service is masked.'
  const arrows = [
    refused,
    removed,
    masked,
    masked.replace('→', '->'),
    removed.replace('wants/', 'wants/snap.amazon-ssm-agent.'),
  ]

  it.each(arrows)('with %s', (line) => expect(inConsole(line)).toEqual(['agent-disabled']))

  it('and enables it again, or not', () => {
    const [disabled, reenabled] = ['disabled', 'enabled'].map((word) => `cloud-init[9]: amazon-ssm-agent ${word}`)
    expect(inConsole(disabled!)).toEqual(['agent-disabled'])
    expect(inConsole(disabled!, reenabled!)).toEqual([])
    expect(inConsole(removed, enabled)).toEqual([])
    expect(inConsole(removed, enabled.replace('→', '->'))).toEqual([])
    expect(inConsole(enabled, removed)).toEqual(['agent-disabled'])
  })
})

describe('there is no service of the agent', () => {
  it.each([
    'Unit amazon-ssm-agent.service could not be found.',
    'Failed to restart amazon-ssm-agent.service: Unit amazon-ssm-agent.service not found.',
    'Failed to start amazon-ssm-agent.service: Unit amazon-ssm-agent.service not found.',
    'Failed to enable unit: Unit file amazon-ssm-agent.service does not exist.',
    'sudo: ssm-cli: command not found',
    'sudo: /snap/amazon-ssm-agent/current/ssm-cli: command not found',
    '    + CategoryInfo          : ObjectNotFound: (C:\\Program Files\\Amazon\\SSM\\ssm-cli.exe:String) [], CommandNotFoundException',
    'error: snap "amazon-ssm-agent" not found',
    'status: Unknown job: amazon-ssm-agent',
    'package amazon-ssm-agent is not installed',
    "dpkg-query: package 'amazon-ssm-agent' is not installed and no information is available",
    'dpkg-query: no packages found matching amazon-ssm-agent',
    'rc  amazon-ssm-agent 3.3.1611.0-1 amd64  Agent of AWS',
    "Get-Service : Cannot find any service with service name 'AmazonSSMAgent'.",
    '    + CategoryInfo          : ObjectNotFound: (AmazonSSMAgent:String) [Get-Service], ServiceCommandException',
  ])('as %s', (line) => expect(inLog(line)).toEqual(['agent-absent']))

  it('until a script installs it', () => {
    const line = '[   30.1] cloud-init[9]: Unit amazon-ssm-agent.service could not be found.'
    expect(inConsole(line)).toEqual(['agent-absent'])
    expect(inConsole(line, 'Setting up amazon-ssm-agent (3.3.2746.0-1) ...')).toEqual([])
    const enables =
      'Created symlink /etc/systemd/system/multi-user.target.wants/amazon-ssm-agent.service → /etc/systemd/system/amazon-ssm-agent.service.'
    expect(inConsole(line, enables)).toEqual([])
  })

  it.each([
    'amazon-ssm-agent-3.3.1611.0-1.amzn2023.x86_64',
    'ii  amazon-ssm-agent 3.3.1611.0-1 amd64  Agent of AWS',
    'amazon-ssm-agent  3.3.1611.0  9881  latest/stable/…  aws✓  classic',
  ])('until a later line of the same output lists the package: %s', (line) => {
    expect(inLog('package amazon-ssm-agent is not installed', line)).toEqual(['agent-installed'])
    expect(inLog(line, 'package amazon-ssm-agent is not installed')).toEqual(['agent-absent'])
    expect(inLog('  Erasing : amazon-ssm-agent-3.3.1611.0-1.x86_64 1/1', `  ${line}`)).toEqual(['agent-removed'])
  })
})

describe('a script removes the agent', () => {
  it.each([
    'Removing amazon-ssm-agent (3.3.2746.0-1) ...',
    '  Erasing          : amazon-ssm-agent-3.3.2746.0-1.x86_64   1/1',
    'amazon-ssm-agent removed',
    'Stopping unit snap.amazon-ssm-agent.amazon-ssm-agent.service',
    'Removing snap.amazon-ssm-agent.amazon-ssm-agent.service',
    'Removing snap amazon-ssm-agent and revision 9881',
  ])('with %s', (line) => expect(inConsole(line)).toEqual(['agent-removed']))

  it.each([
    'Setting up amazon-ssm-agent (3.3.2746.0-1) ...',
    '  Installing       : amazon-ssm-agent-3.3.2746.0-1.x86_64   1/1',
    '  Reinstalling     : amazon-ssm-agent-3.3.2746.0-1.x86_64   1/1',
    'Package amazon-ssm-agent-3.3.2746.0-1.x86_64 already installed and latest version',
    'Package amazon-ssm-agent-3.3.2746.0-1.amzn2023.x86_64 is already installed.',
    'amazon-ssm-agent 3.3.2299.0 from Amazon Web Services (aws) installed',
  ])('or only another version of it, with %s after that', (line) =>
    expect(inConsole('2026/11/20 08:00:01Z: Removing amazon-ssm-agent (3.3.2746.0-1) ...', line)).toEqual([]),
  )
})

it('is installed if it reports a failure to the console, also where that is passed as a log', () =>
  expect(
    inLog('2026/11/20 08:14:42Z: SSM Agent unable to acquire credentials: no valid credentials could be retrieved'),
  ).toEqual(['agent-installed']))

it.each([
  '[  OK  ] Started amazon-ssm-agent.',
  '[  OK  ] Started amazon-ssm-agent.service - amazon-ssm-agent.',
  '[   12.3] systemd[1]: Started Service for snap application amazon-ssm-agent.amazon-ssm-agent.',
])('is installed if systemd starts it: %s', (line) => expect(AGENT_INSTALLED.test(line)).toBe(true))

it.each([
  '[FAILED] Failed to start amazon-ssm-agent.service - amazon-ssm-agent.',
  'package amazon-ssm-agent-3.3.2746.0-1.x86_64 cannot be installed',
  'amazon-ssm-agent failed to be installed',
  'amazon-ssm-agent is not installed',
])('shows no installation where it says: %s', (line) => expect(AGENT_INSTALLED.test(line)).toBe(false))

it.each([
  "[  900.1] systemd[1]: amazon-ssm-agent.service: Failed with result 'oom-kill'.",
  '[  900.1] systemd[1]: amazon-ssm-agent.service: Failed to fork: Cannot allocate memory',
  '[  900.1] systemd[1]: fork/exec /usr/bin/ssm-agent-worker: cannot allocate memory',
])('shows that memory is what an agent lacks that was killed or not started: %s', (line) =>
  expect(inConsole(line).toSorted()).toEqual(['agent-not-started', 'out-of-memory']),
)
