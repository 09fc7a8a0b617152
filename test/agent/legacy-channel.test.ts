import {expect, it} from 'vitest'
import {needsEc2Messages} from '../../src/agent/legacy-channel.ts'
import type {InstanceInformation} from '../../src/model/account.ts'
import {healthyAccount, ID, online, web} from './fixtures.ts'

const node = (change: Partial<InstanceInformation>) => ({InstanceInformationList: [{...online, ...change}]})
const windows = {...web, PlatformDetails: 'Windows'}
const image = (Name: string) => ({InstanceImageMetadata: [{InstanceId: ID, ImageMetadata: {Name}}]})

it.each([
  ['an agent that is new enough', node({AgentVersion: '3.3.40.0'}), web, false],
  ['an agent that is too old', node({AgentVersion: '3.3.39.9'}), web, true],
  ['an agent that never registered', {InstanceInformationList: []}, web, 'unknown'],
  ['a list that was refused', {InstanceInformationList: {unreadable: 'AccessDenied'}}, web, 'unknown'],
  ['Windows Server 2012 R2', node({PlatformType: 'Windows', PlatformVersion: '6.3.9600'}), windows, true],
  ['Windows Server 2022', node({PlatformType: 'Windows', PlatformVersion: '10.0.20348'}), windows, false],
  ['an image of 2012 R2', {InstanceInformationList: [], ...image('Windows_Server-2012-R2_RTM-English')}, windows, true],
  ['a Region without the service', {...node({AgentVersion: '3.0.0.0'}), ServiceNames: ['a.us-east-1.ssm']}, web, false],
  [
    'a Region of which that is not known',
    {...node({AgentVersion: '3.0.0.0'}), ServiceNames: {unreadable: 'no'}},
    web,
    'unread',
  ],
  ['an unknown agent there', {InstanceInformationList: [], ServiceNames: {unreadable: 'no'}}, web, 'unknown'],
  ['a new agent anywhere', {ServiceNames: {unreadable: 'no'}}, web, false],
] as const)('decides for %s', (_, change, instance, needs) => {
  expect(needsEc2Messages({...healthyAccount, ...change}, instance)).toBe(needs)
})
