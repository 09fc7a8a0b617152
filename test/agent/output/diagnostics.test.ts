import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {diagnosedInstance, diagnosticsSignals} from '../../../src/agent/output/diagnostics.ts'

const diagnosed = (Check: string, Status: string, Note: string) =>
  diagnosticsSignals(JSON.stringify({DiagnosticsOutput: [{Check, Status, Note}]}))

it.each([
  ['EC2 IMDS', 'Failed', 'IMDS request timeout', {kind: 'metadata'}],
  [
    'Hybrid instance registration',
    'Success',
    'Instance has hybrid registration with instance id mi-0a1b2c3d4e5f60099 in region us-east-1',
    {kind: 'hybrid-registration', nodeId: 'mi-0a1b2c3d4e5f60099'},
  ],
  [
    'Connectivity to ssm endpoint',
    'Success',
    'ssm.us-east-1.amazonaws.com is reachable',
    {kind: 'reached', service: 'ssm', host: 'ssm.us-east-1.amazonaws.com'},
  ],
  [
    'Connectivity to ssmmessages endpoint',
    'Failed',
    'ssmmessages.us-east-1.amazonaws.com is not reachable: dial tcp 10.0.3.7:443: i/o timeout',
    {kind: 'timeout', service: 'ssmmessages', address: '10.0.3.7'},
  ],
  [
    'Connectivity to logs endpoint',
    'Failed',
    'logs.us-east-1.amazonaws.com is not reachable: dial tcp: lookup logs.us-east-1.amazonaws.com on 10.0.0.2:53: no such host',
    {kind: 'unresolved', service: 'logs'},
  ],
  [
    'Connectivity to ssm endpoint',
    'Failed',
    'connection timed out for ssm.us-east-1.amazonaws.com',
    {kind: 'proxy-failed', service: 'ssm', host: 'ssm.us-east-1.amazonaws.com'},
  ],
  [
    'Connectivity to ssm endpoint',
    'Failed',
    'Failed to initialize proxy client: proxy: unknown scheme: socks4',
    {kind: 'proxy-failed', service: 'ssm'},
  ],
  ['EC2 IMDS', 'Failed', 'IMDS\u0007request timeout', {line: 'EC2 IMDS: Failed: IMDS request timeout'}],
  [
    'AWS Credentials',
    'Success',
    'Credentials are for arn:aws:iam::111122223333:user/admin and will expire at 2026-11-20',
    {kind: 'principal', principal: 'arn:aws:iam::111122223333:user/admin'},
  ],
  ['AWS Credentials', 'Failed', 'EC2RoleRequestError: no EC2 instance role found', {kind: 'no-role'}],
  [
    'AWS Credentials',
    'Failed',
    'no EC2 IMDS role found, operation error ec2imds: GetMetadata, http response error StatusCode: 404',
    {kind: 'no-role'},
  ],
  ['Agent service', 'Failed', 'Agent is installed as a systemctl service but is not running', {kind: 'agent-stopped'}],
  ['Agent service', 'Failed', 'Unable to find ssm agent on this instance', {kind: 'agent-absent'}],
  [
    'Agent service',
    'Failed',
    'Failed to open the agent service: Der angegebene Dienst ist kein installierter Dienst.',
    {kind: 'agent-absent'},
  ],
  ['Agent service', 'Failed', 'Agent service is not running, state is: Stopped', {kind: 'agent-stopped'}],
  ['Agent service', 'Failed', 'Service not found in launchctl', {kind: 'agent-stopped'}],
  [
    'Agent service',
    'Failed',
    'Agent service is running but failed to get user: agent process not found',
    {kind: 'agent-running'},
  ],
  [
    'Agent service',
    'Failed',
    'Agent service is running but agent is running as x instead of expected user root',
    {kind: 'agent-running'},
  ],
  [
    'EC2 IMDS',
    'Failed',
    'Failed to query IMDS: EC2MetadataError: failed\n\n\tstatus code: 401, request id: ',
    {kind: 'metadata-token'},
  ],
  [
    'AWS Credentials',
    'Failed',
    'Failed call sts endpoint: SignatureDoesNotMatch: Signature expired: 20261120T060000Z',
    {kind: 'clock'},
  ],
  [
    'AWS Credentials',
    'Failed',
    'Failed call sts endpoint: SignatureDoesNotMatch: The request signature',
    {kind: 'signature'},
  ],
  [
    'AWS Credentials',
    'Failed',
    'Failed call sts endpoint: ExpiredToken: The security token is expired',
    {kind: 'credentials-rejected'},
  ],
  [
    'AWS Credentials',
    'Failed',
    'RequestError: send request failed\ncaused by: Post "https://sts.us-east-1.amazonaws.com/": x509: certificate signed by unknown authority',
    {kind: 'tls-trust', service: 'sts'},
  ],
  [
    'Proxy configuration',
    'Success',
    'Detected proxy configuration: http_proxy: NULL no_proxy: 169.254.169.254 ',
    {kind: 'proxy-exempt'},
  ],
  [
    'Proxy configuration',
    'Success',
    'Detected proxy configuration: http_proxy: NULL https_proxy: proxy.example.com:3128 no_proxy: NULL ',
    {kind: 'proxy-set', host: 'proxy.example.com:3128'},
  ],
  [
    'Windows sysprep image state',
    'Failed',
    'Windows image state should be IMAGE_STATE_COMPLETE but it is IMAGE_STATE_UNDEPLOYABLE',
    {kind: 'sysprep'},
  ],
  [
    'Windows sysprep image state',
    'Failed',
    'Windows image state value is IMAGE_STATE_SPECIALIZE_RESEAL_TO_OOBE',
    {kind: 'sysprep'},
  ],
])('%s, %s: %s', (check, status, note, signal) => {
  expect(diagnosed(check, status, note)).toMatchObject([signal])
})

it.each([
  ['AWS Credentials', 'Failed', 'STS call timed out'],
  [
    'AWS Credentials',
    'Failed',
    'Failed call sts endpoint: RequestError: send request failed caused by: dial tcp 203.0.113.9:443: i/o timeout',
  ],
  ['Hybrid instance registration', 'Skipped', 'Instance does not have hybrid registration'],
  ['Proxy configuration', 'Skipped', 'No proxy configuration detected'],
  ['A check of tomorrow', 'Failed', 'whatever'],
  ['Agent service', 'InProgress', 'whatever'],
  ['Connectivity to ssm endpoint', 'InProgress', 'ssm.us-east-1.amazonaws.com is reachable'],
  ['Agent service', 'Failed', 'Command timeout when requesting systemctl status'],
  ['Agent service', 'Failed', 'Unexpected exit code from systemctl status: -1'],
  ['EC2 IMDS', 'Failed', 'Failed to query IMDS: EC2MetadataError: failed\n\n\tstatus code: 429, request id: '],
])('reports no fault for %s, %s: %s', (check, status, note) => {
  expect(diagnosed(check, status, note)).toEqual([])
})

it('does not treat other files as diagnostics', () => {
  expect(diagnosticsSignals('| EC2 IMDS | Success |')).toBeUndefined()
  expect(diagnosticsSignals('{"Checks": []}')).toBeUndefined()
  expect(diagnosticsSignals('\uFEFF{"DiagnosticsOutput": []}')).toEqual([])
})

it('reads on which instance the diagnostics ran', () => {
  const Note = 'IMDS is accessible and has instance id i-0a1b2c3d4e5f60010 in region us-east-1'
  const text = JSON.stringify({DiagnosticsOutput: [{Check: 'EC2 IMDS', Status: 'Success', Note}]})
  expect(diagnosedInstance(text)).toBe('i-0a1b2c3d4e5f60010')
  expect(diagnosedInstance('{"DiagnosticsOutput": []}')).toBeUndefined()
})

it('accepts any JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (DiagnosticsOutput) => {
      diagnosticsSignals(JSON.stringify({DiagnosticsOutput}))
    }),
  )
})

it('reads that the agent runs, and its version', () => {
  expect(
    diagnosed('Agent service', 'Success', 'Agent service is running and is running as expected user'),
  ).toMatchObject([{kind: 'agent-running'}])
  expect(diagnosed('SSM Agent version', 'Success', 'SSM Agent version is 3.1.1732.0')).toMatchObject([
    {kind: 'agent-started', version: '3.1.1732.0'},
  ])
})

describe('the output is read', () => {
  const OUTPUT = {
    DiagnosticsOutput: [
      {
        Check: 'EC2 IMDS',
        Status: 'Success',
        Note: 'IMDS is accessible and has instance id i-0a1b2c3d4e5f60010 in region us-east-1',
      },
      {
        Check: 'Connectivity to ssm endpoint',
        Status: 'Failed',
        Note: 'ssm.us-east-1.amazonaws.com is not reachable: dial tcp 10.0.3.7:443: i/o timeout',
      },
    ],
  }
  const JSON_TEXT = JSON.stringify(OUTPUT, null, 2)
  const TABLE = [
    '┌──────────────────────────────┬─────────┬────────────────────────────────────────────────────┐',
    '│ Check                        │ Status  │ Note                                               │',
    '├──────────────────────────────┼─────────┼────────────────────────────────────────────────────┤',
    '│ EC2 IMDS                     │ Success │ IMDS is accessible and has instance id             │',
    '│                              │         │ i-0a1b2c3d4e5f60010 in region us-east-1            │',
    '├──────────────────────────────┼─────────┼────────────────────────────────────────────────────┤',
    '│ Connectivity to ssm endpoint │ Failed  │ ssm.us-east-1.amazonaws.com is not reachable: dial │',
    '│                              │         │ tcp 10.0.3.7:443: i/o timeout                      │',
    '└──────────────────────────────┴─────────┴────────────────────────────────────────────────────┘',
  ].join('\r\n')

  it.each([
    ['as JSON', JSON_TEXT],
    ['as a table', TABLE],
    ['as a table with the line breaks of Linux', TABLE.replaceAll('\r\n', '\n')],
    ['as a table with the line breaks of old terminals', TABLE.replaceAll('\r\n', '\r')],
    ['inside the output of a terminal', `sh-5.2$ sudo ssm-cli get-diagnostics\n${JSON_TEXT}\nsh-5.2$ exit`],
    ['inside the answer of Run Command', JSON.stringify({CommandId: 'x', StandardOutputContent: JSON_TEXT})],
    ['if it was cut', `${JSON_TEXT.slice(0, -3)},\n    {\n      "Check": "AWS Cred`],
  ])('%s', (_, text) => {
    expect(diagnosticsSignals(text)).toMatchObject([{kind: 'timeout', service: 'ssm', address: '10.0.3.7'}])
    expect(diagnosedInstance(text)).toBe('i-0a1b2c3d4e5f60010')
  })

  it('of the last run, if a file has several', () => {
    const reachable = {
      ...OUTPUT.DiagnosticsOutput[1],
      Status: 'Success',
      Note: 'ssm.us-east-1.amazonaws.com is reachable',
    }
    const text = `${JSON_TEXT}\n${JSON.stringify({DiagnosticsOutput: [reachable]})}`
    expect(diagnosticsSignals(text)).toMatchObject([{kind: 'reached', service: 'ssm'}])
  })
})
