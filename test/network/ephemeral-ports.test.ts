import {expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import type {Account, Instance} from '../../src/model/account.ts'
import {acl, behindNat, entry, INSTANCE, instance, online, VPC} from '../support/network.ts'

/** Replies come back to the ports that the operating system dials from. */
const withReplies = (change: Partial<Instance>, ports: readonly [number, number]): Account =>
  online({
    ...behindNat,
    Instances: [instance(change)],
    NetworkAcls: [
      acl(1, VPC, [1], [entry(100, true, 'allow'), entry(100, false, 'allow', '0.0.0.0/0', ports)]),
      acl(9, VPC, [9]),
    ],
  })

const linux = {}
const windows = {PlatformDetails: 'Windows with SQL Server Standard', Platform: 'windows'} as const
const mac = {InstanceType: 'mac2-m2.metal'} as const

it.each([
  ['Linux', linux, [32768, 60999], 'managed'],
  ['Linux', linux, [49152, 65535], 'degraded'],
  ['Linux with SQL Server', {PlatformDetails: 'Linux with SQL Server Web'}, [32768, 60999], 'managed'],
  ['Windows', windows, [49152, 65535], 'managed'],
  ['Windows', windows, [32768, 60999], 'degraded'],
  ['macOS', mac, [49152, 65535], 'managed'],
  ['macOS', mac, [32768, 60999], 'degraded'],
  [
    'an instance type that only starts like one of Mac instances',
    {InstanceType: 'm8g.large'},
    [32768, 60999],
    'managed',
  ],
] as const)('%s with replies to %j', (_, change, ports, verdict) => {
  const report = examine(withReplies(change as Partial<Instance>, ports), INSTANCE)
  expect(report.verdict).toBe(verdict)
  expect(report.causes.some(({id}) => id === 'nacl.partial-ephemeral')).toBe(verdict === 'degraded')
})
