import type {Context, Readings, VpcEndpoint} from '../model/account.ts'
import {isNameOfService} from '../model/ids.ts'
import {agentBucketOf, bucketHostOf, hostOf} from '../model/partition.ts'
import type {Aws} from './client/aws.ts'
import {readServiceNames} from './readings/vpc.ts'

export type Place = Pick<Context, 'Region' | 'Partition' | 'Caller'>

/**
 * The services whose names matter. https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
 */
const SERVICES = ['ssm', 'ssmmessages', 'ec2messages', 's3', 'kms', 'logs'] as const

/** The host names of the agent and of its downloads. */
export const hostsOf = (place: Place): string[] => [
  ...SERVICES.map((service) => hostOf(service, place)),
  bucketHostOf(agentBucketOf(place), place),
]

/**
 * Regions launched since 2024 have no ec2messages. If there is an endpoint, the service exists, and no call is needed.
 */
export async function serviceNames(
  aws: Aws,
  {Region, Partition}: Place,
  endpoints: readonly VpcEndpoint[],
): Promise<Readings['ServiceNames']> {
  const own = endpoints.map(({ServiceName}) => ServiceName)
  if (own.some((name) => isNameOfService(name, 'ec2messages', Region))) return [...new Set(own)]
  const names = SERVICES.map((service) => `com.amazonaws.${Region}.${service}`)
  const values = Partition === 'aws-cn' ? [...names, ...names.map((name) => `cn.${name}`)] : names
  return readServiceNames(aws, {filter: 'service-name', values})
}
