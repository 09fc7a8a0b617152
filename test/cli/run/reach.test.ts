import {describe, expect, it} from 'vitest'
import {reachIn} from '../../../src/cli/run/reach.ts'

const account = [new URL('../../../examples/endpoints-shadow-nat.json', import.meta.url).pathname]
const ask = (to: string) => reachIn([{id: 'i-0d0c000000002f0a9'}], {account, to, port: 443})

describe('an invalid destination', () => {
  it.each([
    ['foo bar', 'is not an endpoint, service, host or IP address'],
    ['999.1.1.1', 'is not an endpoint, service, host or IP address'],
    ['https://example.com/', 'is not an endpoint, service, host or IP address'],
    ['vpce-0123456789abcdef0', 'Cannot find endpoint vpce-0123456789abcdef0'],
    ['169.254.169.254', 'never leaves the host'],
    ['localhost', 'is the instance itself'],
    ['kmss', 'is not a name that the instance can be known to resolve'],
    ['nosuchhost.internal', 'is not a name that the instance can be known to resolve'],
    ['i-0123456789abcdef0', 'is not in the collected data'],
  ])('%s is reported', async (to, words) => {
    await expect(ask(to)).rejects.toThrow(words)
  })
})

it('is the same service by each of its names', async () => {
  const [short, long, host] = await Promise.all(
    ['kms', 'com.amazonaws.eu-west-1.kms', 'kms.eu-west-1.amazonaws.com'].map(ask),
  )
  expect(short).toEqual(host)
  expect(long).toEqual(host)
})
