import fc from 'fast-check'
import {expect, it} from 'vitest'
import {logSignals} from '../../src/agent/log.ts'

const log = (...lines: readonly string[]) => logSignals(lines.join('\n'), 'errors.log')
const kinds = (...lines: readonly string[]) => log(...lines).map(({kind}) => kind)

const DENIED =
  '2026-11-20 08:14:42.1234 WARN EC2RoleProvider Failed to connect to Systems Manager with instance profile role credentials. Err: retrieved credentials failed to report to ssm. Error: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60010 is not authorized to perform: ssm:UpdateInstanceInformation on resource: *'
const CONNECTED =
  '2026-11-20 08:20:00.1234 INFO EC2RoleProvider Successfully connected with instance profile role credentials'
const CHANNEL_TIMEOUT =
  '2026-11-20 08:30:00.1234 ERROR [MessageGatewayService] Failed to get controlchannel token, error: Post "https://ssmmessages.us-east-1.amazonaws.com/v1/control-channel/i-0a1b2c3d4e5f60010": dial tcp 10.0.3.9:443: i/o timeout'

it('names the file that a line stands in', () => {
  expect(log(DENIED)).toMatchObject([
    {kind: 'access-denied', source: 'errors.log', action: 'ssm:UpdateInstanceInformation'},
  ])
})

it('forgets what failed before the agent got through, service by service', () => {
  expect(kinds(DENIED, CONNECTED)).toEqual(['connected'])
  expect(kinds(CHANNEL_TIMEOUT, CONNECTED)).toEqual(['timeout', 'connected'])
  expect(log(CHANNEL_TIMEOUT)).toMatchObject([{service: 'ssmmessages', address: '10.0.3.9'}])
})

it('keeps the failure that made the agent hibernate', () => {
  const backingOff = '2026-11-20 08:49:08 INFO Backing off health check to every 600 seconds for 1800 seconds.'
  expect(kinds(DENIED, backingOff)).toEqual(['access-denied', 'hibernating'])
  expect(kinds(backingOff, CONNECTED)).toEqual(['connected'])
})

it('reads lines that journald has put a host in front of', () => {
  expect(
    kinds(
      `Nov 20 08:14:42 ip-10-0-1-10 amazon-ssm-agent[2373]: ${DENIED}`,
      `Nov 20 08:20:00 ip-10-0-1-10 amazon-ssm-agent[2373]: ${CONNECTED}`,
    ),
  ).toEqual(['connected'])
})

it('reads logs of Windows', () => {
  expect(kinds('2026-11-20 08:14:42 ERROR EC2RoleRequestError: no EC2 instance role found\r', '')).toEqual(['no-role'])
})

it('does not compare times whose zone the log does not name', () => {
  expect(log(DENIED)[0]).not.toHaveProperty('at')
})

it('answers any bytes', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({maxLength: 2000}).map((bytes) => String.fromCharCode(...bytes)),
      (text) => Array.isArray(logSignals(text, 'x')),
    ),
  )
})
