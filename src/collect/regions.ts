import {DescribeRegionsCommand, EC2Client} from '@aws-sdk/client-ec2'
import {isUnreadable} from '../model/account.ts'
import {isHybridId} from '../model/hybrid.ts'
import type {Aws} from './client/aws.ts'
import {send} from './client/calls.ts'
import {accessError, cameFromAws, reasonOf} from './client/errors.ts'
import {readOr, required} from './client/paginate.ts'
import {readInstancesNamed} from './readings/instances.ts'
import {readNodes} from './readings/nodes.ts'

const enabledRegions = async (aws: Aws): Promise<readonly string[]> => {
  const {Regions} = await send(aws, EC2Client, new DescribeRegionsCommand({}))
  return required(Regions, 'list').flatMap(({RegionName}) => RegionName ?? [])
}

/** The same for those who cannot go on without them. */
export async function listedRegions(aws: Aws): Promise<readonly string[]> {
  try {
    return await enabledRegions(aws)
  } catch (error) {
    if (!cameFromAws(error)) throw error
    throw accessError(`Cannot list the Regions of the account (${reasonOf(error, 'ec2:DescribeRegions')}).`, error)
  }
}

/**
 * The other Region of the account in which the instance or hybrid node exists, if any. A Region that does not respond
 * is skipped.
 */
export async function regionOfInstance(aws: Aws, instanceId: string): Promise<string | undefined> {
  const regions = await readOr('ec2:DescribeRegions', () => enabledRegions(aws))
  if ('unreadable' in regions) return undefined
  const found = await Promise.all(
    regions
      .filter((region) => region !== aws.region)
      .map(async (region) => {
        const there = aws.inRegion(region)
        const found = await (isHybridId(instanceId)
          ? readNodes(there, [instanceId])
          : readInstancesNamed(there, [instanceId]))
        return !isUnreadable(found) && found.length > 0 ? region : undefined
      }),
  )
  return found.find((region) => region !== undefined)
}
