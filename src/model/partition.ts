import {entryOf} from '../util/entry-of.ts'
import type {Context} from './account.ts'

type Place = Pick<Context, 'Region' | 'Partition'>

/**
 * The suffix of AWS's public names in each partition.
 * https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json
 */
const DNS_SUFFIXES: Readonly<Record<string, string>> = {
  aws: 'amazonaws.com',
  'aws-us-gov': 'amazonaws.com',
  'aws-cn': 'amazonaws.com.cn',
  'aws-iso': 'c2s.ic.gov',
  'aws-iso-b': 'sc2s.sgov.gov',
  'aws-iso-e': 'cloud.adc-e.uk',
  'aws-iso-f': 'csp.hci.ic.gov',
  'aws-eusc': 'amazonaws.eu',
}

export const dnsSuffix = (partition: string): string => entryOf(DNS_SUFFIXES, partition) ?? 'amazonaws.com'

/**
 * The services of Systems Manager that the agent calls.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html
 */
export const AGENT_SERVICES: readonly string[] = ['ssm', 'ssmmessages', 'ec2messages']

/** The host name that the agent connects to. https://docs.aws.amazon.com/general/latest/gr/ssm.html */
export const hostOf = (service: string, {Region, Partition}: Place): string =>
  `${service}.${Region}.${dnsSuffix(Partition)}`

/**
 * The host name for which an endpoint of the service has private DNS: api.ecr of ecr.api.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 */
export const endpointHostOf = (service: string, place: Place): string =>
  hostOf(service.split('.').reverse().join('.'), place)

/**
 * The host name of a bucket, which S3 requires: the service name alone serves no bucket.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export const bucketHostOf = (bucket: string, place: Place): string => `${bucket}.${hostOf('s3', place)}`

/**
 * A bucket of AWS from which agents are updated.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html#ssm-agent-minimum-s3-permissions
 */
export const agentBucketOf = ({Region}: {readonly Region: string}): string => `amazon-ssm-${Region}`

/** https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
const REGION_PREFIXES = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
] as const

export const partitionOf = (region: string): string =>
  REGION_PREFIXES.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws'

/**
 * The Region that every account of the partition has, and in which IAM and other global services record their events.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html
 */
const HOME_REGIONS: Readonly<Record<string, string>> = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-iso': 'us-iso-east-1',
  'aws-iso-b': 'us-isob-east-1',
  'aws-iso-e': 'eu-isoe-west-1',
  'aws-iso-f': 'us-isof-south-1',
  'aws-eusc': 'eusc-de-east-1',
}

export const homeRegionOf = (partition: string): string => entryOf(HOME_REGIONS, partition) ?? 'us-east-1'
