import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {reachIn} from '../../../src/cli/run/reach.ts'
import {aFolder} from '../../support/folder.ts'

const account = [new URL('../../../examples/endpoints-shadow-nat.json', import.meta.url).pathname]
const askPort = (to: string, port: number) => reachIn([{id: 'i-0d0c000000002f0a9'}], {account, to, port})
const ask = (to: string) => askPort(to, 443)

describe('an invalid destination', () => {
  it.each([
    ['foo bar', 'is not an endpoint, service, host or IP address'],
    ['999.1.1.1', 'is not an endpoint, service, host or IP address'],
    ['https://example.com/', 'is not an endpoint, service, host or IP address'],
    ['vpce-0123456789abcdef0', 'Cannot find endpoint vpce-0123456789abcdef0'],
    ['169.254.169.254', 'never leaves the host'],
    ['fd00:ec2::254', 'never leaves the host'],
    ['localhost', 'is the instance itself'],
    ['10.20.11.24', 'is the instance itself'],
    ['i-0d0c000000002f0a9', 'is the instance itself'],
    ['0.0.0.0', 'which a VPC does not route'],
    ['224.0.0.1', 'which a VPC does not route'],
    ['255.255.255.255', 'which a VPC does not route'],
    ['fe80::1', 'which a VPC does not route'],
    ['::ffff:10.8.6.20', 'use 10.8.6.20.'],
    ['kmss', 'is not a name that the instance can be known to resolve'],
    ['nosuchhost.internal', 'is not a name that the instance can be known to resolve'],
    ['i-0123456789abcdef0', 'is not in the collected data'],
  ])('%s is reported', async (to, words) => {
    await expect(ask(to)).rejects.toThrow(words)
  })
})

it('starts at an instance that was read; otherwise the reason is named', async () => {
  const file = join(aFolder(), 'account.json')
  const unreadable = 'UnauthorizedOperation (needs ec2:DescribeInstances)'
  writeFileSync(file, JSON.stringify({Format: 'ssm-doctor/account/1', Region: 'eu-west-1', Instances: {unreadable}}))
  const from = reachIn([{id: 'i-0d0c000000002f0a9'}], {account: [file], to: 'kms', port: 443})
  await expect(from).rejects.toThrow(`i-0d0c000000002f0a9 could not be read: ${unreadable}.`)
})

// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
it('has no path to the Amazon DNS server of its VPC, which no security group or network ACL filters', async () => {
  await expect(askPort('10.20.0.2', 53)).rejects.toThrow('10.20.0.2 is the Amazon DNS server of VPC vpc-')
  expect((await ask('10.20.0.2')).to.port).toBe(443)
  expect((await askPort('10.20.0.9', 53)).to.port).toBe(53)
})

it('is the same service by each of its names', async () => {
  const [short, long, host] = await Promise.all(
    ['kms', 'com.amazonaws.eu-west-1.kms', 'kms.eu-west-1.amazonaws.com'].map(ask),
  )
  expect(short).toEqual(host)
  expect(long).toEqual(host)
})
