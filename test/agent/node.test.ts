import {expect, it} from 'vitest'
import {isConnected, systemOf} from '../../src/agent/node.ts'
import type {Account} from '../../src/model/account.ts'
import {aNode, anInstance, WEB} from '../support/healthy.ts'

it.each<[what: string, statuses: Account['ConnectionStatuses'], connected: boolean | undefined]>([
  ['is open', [{Target: WEB, Status: 'connected'}], true],
  ['is not', [{Target: WEB, Status: 'notconnected'}], false],
  ['is not, in the spelling of the SDK', [{Target: WEB, Status: 'NotConnected'}], false],
  ['has a status that this version does not know', [{Target: WEB, Status: 'reconnecting'}], undefined],
  ['is of another instance', [{Target: 'i-0123456789abcdef9', Status: 'connected'}], undefined],
  ['could not be read', [{Target: WEB, unreadable: 'AccessDenied'}], undefined],
  ['could not be read for any instance', {unreadable: 'AccessDenied'}, undefined],
])('the message channel %s', (_, ConnectionStatuses, connected) => {
  expect(isConnected({ConnectionStatuses}, anInstance())).toBe(connected)
})

it.each<[PlatformName: string, PlatformVersion: string, system: ReturnType<typeof systemOf>]>([
  ['Ubuntu', '14.04', 'upstart'],
  ['Ubuntu', '16.04', 'ubuntu'],
  ['Ubuntu', '24.04', 'ubuntu'],
  ['CentOS', '6.10', 'upstart'],
  ['Red Hat Enterprise Linux Server', '6.9', 'upstart'],
  ['Red Hat Enterprise Linux', '9.6', 'linux'],
  ['Oracle Linux Server', '6.8', 'upstart'],
  ['Oracle Linux Server', '8.6', 'linux'],
  ['Amazon Linux AMI', '2018.03', 'upstart'],
])('%s %s has the commands of %s', (PlatformName, PlatformVersion, system) => {
  const InstanceInformationList = [aNode({PlatformName, PlatformVersion})]
  expect(systemOf({InstanceInformationList, InstanceImageMetadata: []}, anInstance())).toBe(system)
})

it.each([
  ['ubuntu/images/hvm-ssd/ubuntu-trusty-14.04-amd64-server-20190514', 'upstart'],
  ['ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20251014.1', 'ubuntu'],
  ['RHEL-6.10_HVM-20211214-x86_64-1-Hourly2-GP2', 'upstart'],
  ['RHEL-9.6.0_HVM-20260101-x86_64-0-Hourly2-GP3', 'linux'],
  ['CentOS Linux 6 x86_64 HVM EBS ENA 1901_01', 'upstart'],
  ['CentOS Stream 9 x86_64 20260601', 'linux'],
  ['OL6.10-x86_64-HVM-2020-06-11', 'upstart'],
  ['older-web-6', 'linux'],
  ['ubuntu-24.04-web-1.12.10', 'ubuntu'],
  ['ubuntu-web-12.10.3', 'ubuntu'],
])('image %s has the commands of %s', (Name, system) => {
  const InstanceImageMetadata = [{InstanceId: WEB, ImageMetadata: {Name}}]
  expect(systemOf({InstanceInformationList: [], InstanceImageMetadata}, anInstance())).toBe(system)
})
