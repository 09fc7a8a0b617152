import {describe, expect, it} from 'vitest'
import type {Signal, SignalKind} from '../../../src/agent/output/signal.ts'
import {operatingSystem} from '../../../src/checks/node/operating-system.ts'
import type {Path} from '../../../src/network/path.ts'
import {IMAGES, machineWith, type SystemName} from '../../agent/fixtures.ts'
import {findingsOf} from '../examine.ts'

/** The name check, the route check and the diagnostics of each system. */
const CHECKS: Readonly<Record<SystemName, readonly RegExp[]>> = {
  linux: [/^getent ahosts HOST$/, /^ip route get .*HOST/, /^sudo ssm-cli get-diagnostics/],
  ubuntu: [/^getent ahosts HOST$/, /^ip route get .*HOST/, /^sudo \/snap\/amazon-ssm-agent\/current\/ssm-cli get-d/],
  upstart: [/^getent ahosts HOST$/, /^ip route get .*HOST/, /^sudo ssm-cli get-diagnostics/],
  bottlerocket: [/^sudo sheltie <<< 'getent ahosts HOST'$/, /ip route/, /^apiclient exec control ssm-cli get-d/],
  windows: [/^Resolve-DnsName HOST$/, /^Test-NetConnection HOST -Port 443/, /ssm-cli\.exe" get-diagnostics/],
  macos: [/^dscacheutil -q host -a name HOST$/, /^route -n get HOST$/, /ssm-cli get-diagnostics/],
}

const open = (service: string): Path => ({
  service,
  host: `${service}.us-east-1.amazonaws.com`,
  port: 443,
  via: null,
  verdict: 'open',
  hops: [],
})

function commandsOn(system: SystemName, signal: Partial<Signal> & {kind: SignalKind}): readonly string[] {
  const {instance, ...change} = machineWith(system)
  const whole: Signal = {source: 'errors.log', line: 'a line', ...signal}
  const [found] = findingsOf(operatingSystem, change, instance, [open('ssm'), open('ssmmessages')], [whole])
  return (found?.remedies?.[0]?.steps ?? []).flatMap((step) => ('line' in step ? step.line : []))
}

describe.each(Object.keys(IMAGES) as SystemName[])('on %s', (system) => {
  const expected = (host: string) =>
    CHECKS[system].map((pattern) =>
      expect.stringMatching(new RegExp(pattern.source.replaceAll('HOST', host.replaceAll('.', '\\.')))),
    )

  it.each([
    ['a firewall', {kind: 'timeout', service: 'ssm'}],
    ['a proxy', {kind: 'proxy-failed', service: 'ssm'}],
    ['a custom endpoint', {kind: 'timeout', service: 'ssm', host: 'ssm-fips.us-east-1.amazonaws.com'}],
  ] as const)('names, the route and the diagnostics confirm %s', (_, signal) => {
    expect(commandsOn(system, signal)).toEqual(expect.arrayContaining(expected('ssm.us-east-1.amazonaws.com')))
  })

  it('the host is that of the service that failed', () => {
    expect(commandsOn(system, {kind: 'timeout', service: 'ssmmessages'})).toEqual(
      expect.arrayContaining(expected('ssmmessages.us-east-1.amazonaws.com')),
    )
  })

  it('the issuer of the certificate confirms that something intercepts TLS', () => {
    const issuer =
      system === 'windows' ? /AuthenticateAsClient\('ssm\.us-east-1/ : /^curl -kvs .* https:\/\/ssm\.us-east-1.*issuer/
    expect(commandsOn(system, {kind: 'tls-trust', service: 'ssm'})).toEqual(
      expect.arrayContaining([expect.stringMatching(issuer), expect.stringContaining('get-diagnostics')]),
    )
  })
})
