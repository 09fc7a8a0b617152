import {describe, expect, it} from 'vitest'
import type {Signal, SignalKind} from '../../src/agent/signal.ts'
import {operatingSystem} from '../../src/checks/operating-system.ts'
import type {Account, Instance} from '../../src/model/account.ts'
import type {Path} from '../../src/network/path.ts'
import {ID, web} from '../agent/fixtures.ts'
import {findingsOf} from './examine.ts'

const IMAGES = {
  linux: 'al2023-ami-2023.6.20261101.0-kernel-6.1-x86_64',
  ubuntu: 'ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20261001',
  upstart: 'amzn-ami-hvm-2018.03.0.20230515.0-x86_64-gp2',
  bottlerocket: 'bottlerocket-aws-k8s-1.31-x86_64-v1.26.1-abcdef',
  windows: 'Windows_Server-2022-English-Full-Base-2026.10.14',
  macos: 'amzn-ec2-macos-15.1-20261001-arm64',
} as const
type SystemName = keyof typeof IMAGES

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
  const instance: Instance = {
    ...web,
    ...(system === 'windows' && {Platform: 'Windows' as const}),
    ...(system === 'macos' && {InstanceType: 'mac2.metal'}),
  }
  const change: Partial<Account> = {
    InstanceInformationList: [],
    InstanceImageMetadata: [{InstanceId: ID, ImageMetadata: {Name: IMAGES[system]}}],
  }
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
