import {afterEach, expect, it, vi} from 'vitest'
import {examineAll, otherRegionOf} from '../../../src/cli/run/examine-all.ts'
import {probeFor} from '../../../src/cli/watch/instance-probe.ts'
import {clientsOf} from '../../support/clients-of.ts'
import type {Call} from '../../support/fake-aws.ts'
import {healthy, REGION, WEB} from '../../support/healthy.ts'
import {serve} from '../../support/serve.ts'

const open: {close(): void}[] = []
afterEach(() => {
  for (const fake of open.splice(0)) fake.close()
  vi.unstubAllEnvs()
})

/** AWS, with the instance in one Region only, and the calls that it received. */
function servingInstanceIn(home: string) {
  const operations: string[] = []
  const unless = ({operation, region}: Call) => {
    operations.push(operation)
    return operation === 'DescribeInstances' && region !== home ? ({Reservations: []} as never) : undefined
  }
  const fake = serve(healthy, {unless})
  open.push(fake)
  return {fake, operations}
}

async function awsWithInstanceIn(home: string) {
  const {fake, operations} = servingInstanceIn(home)
  return {aws: await clientsOf(fake), operations}
}

it('an instance that is watched may be in another Region', async () => {
  const {aws} = await awsWithInstanceIn('us-east-1')
  const {report} = await probeFor(aws, WEB, {prefer: undefined}, () => 0).examine()
  expect(report.causes).toMatchObject([
    {id: 'target.wrong-region', message: expect.stringContaining('It is in Region us-east-1.')},
  ])
})

it('an instance that is examined in AWS may be in another Region', async () => {
  const {fake} = servingInstanceIn('us-east-1')
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: await fake.listen(),
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
  }))
    vi.stubEnv(name, value)
  const [examined] = await examineAll([{id: WEB}], {region: REGION})
  expect(examined?.report.causes).toMatchObject([
    {id: 'target.wrong-region', message: expect.stringContaining('It is in Region us-east-1.')},
  ])
})

it('other Regions are not searched if the instance is here, or if the instances could not be read', async () => {
  const {aws, operations} = await awsWithInstanceIn('us-east-1')
  expect(await otherRegionOf(aws, healthy, WEB)).toBeUndefined()
  expect(await otherRegionOf(aws, {...healthy, Instances: {unreadable: 'AccessDenied'}}, WEB)).toBeUndefined()
  expect(operations).toEqual([])
  expect(await otherRegionOf(aws, {...healthy, Instances: []}, WEB)).toBe('us-east-1')
})
