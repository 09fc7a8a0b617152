import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {classifyConsole, consoleSignals} from '../../../src/agent/output/console.ts'
import {ID, web} from '../fixtures.ts'

const BOOT = '[    0.000000] Linux version 6.1.155 (gcc 11.5.0)'
const HOST_MANAGEMENT_OFF = [
  "2026/11/20 08:01:51Z: SSM Agent unable to acquire credentials: <error>no valid credentials could be retrieved for ec2 identity. Default Host Management Err: error calling RequestManagedInstanceRoleToken: AccessDeniedException: Systems Manager's instance management role is not configured for account: 111122223333",
  '\tstatus code: 400, request id: 00000000-0000-0000-0000-000000000000</error>',
].join('\r\n')
const TIMEOUT = [
  '2026/11/20 08:03:51Z: SSM Agent unable to acquire credentials: <error>unexpected error getting instance profile role credentials or calling UpdateInstanceInformation. Skipping default host management fallback: RequestError: send request failed',
  'caused by: Post "https://ssm.us-east-1.amazonaws.com/": dial tcp 10.0.3.7:443: i/o timeout</error>',
].join('\n')
const RUNNING = '2026/11/20 08:05:00Z: Amazon SSM Agent v3.3.3270.0 is running'

const kinds = (text: string, launchTime?: string) => classifyConsole(text, launchTime).map(({kind}) => kind)

describe('what the agent prints', () => {
  it('recognizes that there is no role, that host management is disabled and that ssm answered', () => {
    expect(classifyConsole(HOST_MANAGEMENT_OFF)).toMatchObject([
      {kind: 'host-management-off', service: 'ssm', at: '2026-11-20T08:01:51Z'},
    ])
  })

  it('reads what the name resolved to inside the instance, on the line after the date', () => {
    expect(classifyConsole(TIMEOUT)).toMatchObject([
      {
        kind: 'timeout',
        service: 'ssm',
        host: 'ssm.us-east-1.amazonaws.com',
        address: '10.0.3.7',
        at: '2026-11-20T08:03:51Z',
      },
    ])
  })

  it('reads the denied action and the denied principal', () => {
    const line =
      '2026/11/20 08:03:51Z: SSM Agent unable to acquire credentials: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60010 is not authorized to perform: ssm:UpdateInstanceInformation on resource: arn:aws:ec2:us-east-1:111122223333:instance/i-0a1b2c3d4e5f60010 with an explicit deny in a service control policy'
    expect(classifyConsole(line)).toMatchObject([
      {
        kind: 'access-denied',
        service: 'ssm',
        action: 'ssm:UpdateInstanceInformation',
        principal: 'arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60010',
      },
    ])
  })

  it.each([
    [
      'caused by: Post "https://ssm.us-east-1.amazonaws.com/": dial tcp: lookup ssm.us-east-1.amazonaws.com on 10.0.0.2:53: no such host',
      'unresolved',
    ],
    [
      'dial tcp: lookup ssm.us-east-1.amazonaws.com: Temporary failure: read udp 10.0.1.10:4->10.0.0.2:53: i/o timeout',
      'unresolved',
    ],
    ['dial tcp [2001:db8::1]:443: connect: network is unreachable', 'timeout'],
    ['dial tcp 10.0.3.7:443: connect: connection refused', 'refused'],
    ['tls: failed to verify certificate: x509: certificate signed by unknown authority', 'tls-trust'],
    ['x509: certificate has expired or is not yet valid: current time 2019-01-01T00:00:00Z is before', 'clock'],
    [
      'InvalidSignatureException: Signature not yet current: 20261120T081000Z is still later than 20261120T080500Z',
      'clock',
    ],
    ['EC2RoleRequestError: no EC2 instance role found', 'no-role'],
    ['dial tcp 169.254.169.254:80: connect: network is unreachable', 'metadata'],
    ['proxyconnect tcp: dial tcp 10.0.9.9:3128: connect: connection refused', 'proxy-failed'],
    ['Entering SSM Agent hibernate - RequestError', 'hibernating'],
    ['[  123.4] Out of memory: Killed process 1234 (java)', 'out-of-memory'],
    ['[    1.2] Kernel panic - not syncing: VFS: Unable to mount root fs', 'boot-failure'],
    ['Give root password for maintenance', 'boot-failure'],
    ['write /var/log/x: no space left on device', 'disk-full'],
    ['[   12.1] EXT4-fs error (device nvme0n1p1): ext4_find_entry', 'file-system'],
  ])('%s', (line, kind) => {
    expect(kinds(line)).toEqual([kind])
  })

  it('treats a metadata service that returns 404 as a missing role, not as a missing service', () => {
    expect(
      kinds(
        'EC2RoleRequestError: no EC2 instance role found\ncaused by: EC2MetadataError: failed to make EC2Metadata request\n\tstatus code: 404',
      ),
    ).toEqual(['no-role'])
  })

  // https://github.com/aws/amazon-ssm-agent/issues/544
  it('reads the status below the page that the metadata service returns', () => {
    const page = (status: string) =>
      [
        'EC2MetadataError: failed to make EC2Metadata request',
        '<?xml version="1.0" encoding="iso-8859-1"?>',
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"',
        '\t"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">',
        '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">',
        ...[' <head>', `  <title>${status}</title>`, ' </head>', ' <body>', `  <h1>${status}</h1>`, ' </body>'],
        ...['</html>', '', `\tstatus code: ${status.slice(0, 3)}, request id: `],
      ].join('\n')
    expect(kinds(page('404 - Not Found'))).toEqual([])
    expect(kinds(page('403 - Forbidden'))).toEqual(['metadata'])
    expect(kinds(page('401 - Unauthorized'))).toEqual(['metadata-token'])
  })

  it('does not take an answer of the metadata service for none where its status was cut off', () =>
    expect(kinds('caused by: EC2MetadataError: failed to make EC2Metadata request')).toEqual([]))
})

describe('which lines count', () => {
  it('the last failure', () => {
    expect(kinds(`${HOST_MANAGEMENT_OFF}\n${TIMEOUT}`)).toEqual(['timeout'])
  })

  it('no failure before the agent logged that it runs', () => {
    expect(kinds(`${TIMEOUT}\n${RUNNING}`)).toEqual(['agent-started'])
    expect(kinds(`${RUNNING}\n2026/11/20 09:00:00Z: dial tcp 10.0.3.7:443: i/o timeout`)).toEqual([
      'agent-started',
      'timeout',
    ])
  })

  it('nothing of an earlier boot', () => {
    expect(kinds(`${BOOT}\n[   9.1] Kernel panic - not syncing\n${BOOT}\n${RUNNING}`)).toEqual(['agent-started'])
  })

  it('nothing from before the launch', () => {
    expect(kinds(TIMEOUT, '2026-11-20T08:03:52.000Z')).toEqual([])
    expect(kinds(TIMEOUT, '2026-11-20T08:03:51.000Z')).toEqual(['timeout'])
  })

  it('a wrong clock, whatever time it gives', () => {
    expect(
      kinds('2019/01/01 00:00:00Z: x509: certificate has expired or is not yet valid', '2026-11-20T08:00:00Z'),
    ).toEqual(['clock'])
  })

  it('nothing of a buffer that EC2 captured before the launch', () => {
    const Output = '[    1.2] Kernel panic - not syncing'
    const taken = (Timestamp: string) => consoleSignals({ConsoleOutputs: [{InstanceId: ID, Output, Timestamp}]}, web)
    expect(taken('2026-11-18T07:00:00.000Z')).toEqual([])
    expect(taken('2026-11-18T09:00:00.000Z')).toHaveLength(1)
  })
})

it('returns nothing if nothing was read', () => {
  expect(consoleSignals({ConsoleOutputs: {unreadable: 'AccessDenied'}}, web)).toEqual([])
  expect(consoleSignals({ConsoleOutputs: [{InstanceId: ID, unreadable: 'AccessDenied'}]}, web)).toEqual([])
})

it('shows no secret and no control character', () => {
  const [signal] = classifyConsole('\u001b[31mno space left on device, password=hunter2hunter2\u001b[0m')
  expect(signal?.line).toBe('no space left on device, password=[redacted]')
})

const HOSTILE = fc.array(
  fc.oneof(
    fc.uint8Array().map((bytes) => String.fromCharCode(...bytes)),
    fc.constantFrom(
      'AccessDenied',
      'User: arn:',
      ' is not authorized to perform: ',
      'dial tcp ',
      ': lookup ',
      'x509: ',
      '\n',
      BOOT,
      TIMEOUT,
      'http_proxy: ',
      '<error>',
      ']: ',
    ),
    fc.constantFrom('a', '.', ':', ' ', '=', '\t').map((character) => character.repeat(3000)),
  ),
  {maxLength: 12},
)

it('returns short lines of known kinds for any input', () => {
  fc.assert(
    fc.property(HOSTILE, (pieces) => {
      for (const {line, source} of classifyConsole(pieces.join(''), '2026-11-20T08:00:00Z')) {
        expect(line.length).toBeLessThanOrEqual(400)
        expect(source).toBe('ec2:GetConsoleOutput')
      }
    }),
    {numRuns: 60},
  )
})

it('finishes on two megabytes without a line break', () => {
  expect(kinds('AccessDenied '.repeat(150_000))).toEqual([])
})

it('starts at the line of the kernel, not at a script that prints /proc/version', () => {
  const failed =
    '2026/05/23 17:01:51Z: SSM Agent unable to acquire credentials: x509: certificate signed by unknown authority'
  const started = '[    0.000000] Linux version 6.1.0-13-amd64 (gcc)'
  const printed = 'Linux version 6.1.0-13-amd64 (gcc)'
  const kinds = (...lines: readonly string[]) => classifyConsole(lines.join('\n')).map(({kind}) => kind)
  expect(kinds(started, failed, printed)).toEqual(['tls-trust'])
  expect(kinds(failed, started)).toEqual([])
  expect(kinds(failed, printed)).toEqual([])
})
