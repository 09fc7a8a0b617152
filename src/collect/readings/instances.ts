import {
  DescribeIamInstanceProfileAssociationsCommand,
  DescribeInstanceImageMetadataCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  EC2Client,
  type Filter,
  GetConsoleOutputCommand,
  type Reservation,
} from '@aws-sdk/client-ec2'
import {
  type ConsoleOutput,
  type Instance,
  type InstanceStatus,
  type ItemOf,
  isUnreadable,
  type Readings,
  type Unreadable,
} from '../../model/account.ts'
import {inChunks} from '../../util/chunks.ts'
import {redactSecrets} from '../../util/redact-secrets.ts'
import type {Aws} from '../client/aws.ts'
import {pagesOf, send} from '../client/calls.ts'
import {cameFromAws, errorName} from '../client/errors.ts'
import * as normal from '../client/normalize.ts'
import {complete, ifExists, join, readList, readOr, required} from '../client/paginate.ts'
import {inFilters, PAGE_OF_MANY, reader} from './ec2-reader.ts'

type Instances = Readings['Instances']

/** One call takes so many ids. */
const IDS = 100

/**
 * Instances that fit the filters. A filter skips an id that does not exist, where `InstanceIds` would fail the call.
 */
export const instancesWith = async (
  aws: Aws,
  Filters: Filter[] | undefined,
  more: {readonly IncludeManagedResources?: true} = {},
): Promise<(Instance | Unreadable)[]> => (await reservations(aws, {Filters, MaxResults: PAGE_OF_MANY, ...more})).flat()

function inReservation({OwnerId, Instances}: Reservation): readonly (Instance | Unreadable)[] {
  const list = complete(() => required(Instances, 'Instances'))({})
  return isUnreadable(list)
    ? [list]
    : list.map(complete((one) => ({...normal.instance(one), ...(OwnerId !== undefined && {OwnerId})})))
}

const reservations = pagesOf(EC2Client, DescribeInstancesCommand, 'Reservations', inReservation)

/** The instances with these ids, or with these values in another filter. */
export const readInstances = (aws: Aws, values: readonly string[], filter = 'instance-id'): Promise<Instances> =>
  readList('ec2:DescribeInstances', () => inFilters(filter, values, (filters) => instancesWith(aws, filters)))

export const readInstancesNamed = async (aws: Aws, ids: readonly string[]): Promise<Instances> =>
  withHidden(aws, await readInstances(aws, ids), ids)

/**
 * What was listed, with those of the ids that are missing: an account may hide instances that a service operates, such as
 * those of EKS Auto Mode, from lists. EC2 hides none where it does not know the parameter.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedResourceVisibility.html
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
export async function withHidden(aws: Aws, listed: Instances, ids: readonly string[]): Promise<Instances> {
  if (isUnreadable(listed)) return listed
  const known = new Set(listed.map(({InstanceId}) => InstanceId))
  const missing = ids.filter((id) => !known.has(id))
  const named = (Filters: Filter[]) => instancesWith(aws, Filters, {IncludeManagedResources: true})
  const hidden = await readList(
    'ec2:DescribeInstances',
    async () => (await ifExists(['UnknownParameter'], () => inFilters('instance-id', missing, named))) ?? [],
  )
  return join([listed, hidden], ({InstanceId}) => InstanceId)
}

const statuses = pagesOf(
  EC2Client,
  DescribeInstanceStatusCommand,
  'InstanceStatuses',
  complete(normal.withIds('InstanceId')),
)

/** `ids` undefined: of the whole Region. One unknown id fails the call, so each is then requested separately. */
export const readInstanceStatuses = (
  aws: Aws,
  ids: readonly string[] | undefined,
): Promise<Readings['InstanceStatuses']> =>
  readList('ec2:DescribeInstanceStatus', async () =>
    ids === undefined
      ? statuses(aws, {MaxResults: PAGE_OF_MANY, IncludeAllInstances: true})
      : (await Promise.all(inChunks(ids, IDS).map((chunk) => statusesOfKnown(aws, chunk)))).flat(),
  )

async function statusesOfKnown(aws: Aws, ids: string[]): Promise<(InstanceStatus | Unreadable)[]> {
  try {
    return await statuses(aws, {InstanceIds: ids, IncludeAllInstances: true})
  } catch (error) {
    if (!cameFromAws(error) || !errorName(error).startsWith('InvalidInstanceID')) throw error
    if (ids.length === 1) return []
    return (await Promise.all(ids.map((id) => statusesOfKnown(aws, [id])))).flat()
  }
}

export const readInstanceImageMetadata = reader(
  DescribeInstanceImageMetadataCommand,
  'InstanceImageMetadata',
  normal.withIds('InstanceId'),
  {MaxResults: PAGE_OF_MANY},
)

export const readProfileAssociations = reader(
  DescribeIamInstanceProfileAssociationsCommand,
  'IamInstanceProfileAssociations',
  normal.withIds('InstanceId'),
  {MaxResults: PAGE_OF_MANY},
)

/**
 * The latest output if the instance supports it, which only Nitro instances do; otherwise the output from the boot.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html
 */
async function consoleOutput(aws: Aws, InstanceId: string): Promise<ConsoleOutput> {
  const request = (Latest: boolean) => send(aws, EC2Client, new GetConsoleOutputCommand({InstanceId, Latest}))
  const {Output, Timestamp} = await request(true).catch((error: unknown) => {
    if (cameFromAws(error) && errorName(error) === 'UnsupportedOperation') return request(false)
    throw error
  })
  return {
    InstanceId,
    ...(Output !== undefined && {Output: redactSecrets(Buffer.from(Output, 'base64').toString('utf8'))}),
    ...(Timestamp !== undefined && {Timestamp: Timestamp.toISOString()}),
  }
}

export const readConsoleOutputs = (aws: Aws, ids: readonly string[]): Promise<readonly ItemOf<'ConsoleOutputs'>[]> =>
  Promise.all(
    ids.map(async (InstanceId) => ({
      InstanceId,
      ...(await readOr('ec2:GetConsoleOutput', () => consoleOutput(aws, InstanceId))),
    })),
  )
