import type {LaunchNetwork} from '../../collect/preflight.ts'
import {find} from '../../model/lists.ts'
import {groupsOfOtherVpcs, type Launch, missingResources} from '../../preflight/launch.ts'
import {preflight} from '../../preflight/preflight.ts'
import {usageError} from '../../util/usage-error.ts'
import {inAws} from '../input/connection.ts'
import type {AccountFlags, RemedyFlags} from '../input/flags.ts'
import type {InstanceExamination} from './examination.ts'
import {examineOptionsOf} from './examine-options.ts'

/** Examines a launch in account files or in AWS. */
export async function preflightIn(launch: Launch, flags: AccountFlags & RemedyFlags): Promise<InstanceExamination> {
  const {account, associated, hasImage, platformDetails} = await networkOf(launch, flags)
  const launchWithPlatform = {...launch, platformDetails}
  const missing = missingResources(account, launchWithPlatform, hasImage)
  if (missing.length > 0) {
    // The file of an instance contains the groups of the instance alone.
    const isDefaultUsed = launch.groups.length === 0 && find(account.Subnets, 'SubnetId', launch.subnet) !== undefined
    const instead = isDefaultUsed ? ', or specify --security-group' : ''
    throw usageError(`Cannot find ${missing.join(', ')} in ${account.Region}; check the id and --region${instead}.`)
  }
  for (const {group, groupVpcId, subnetVpcId} of groupsOfOtherVpcs(account, launchWithPlatform))
    if (!associated.includes(group))
      throw usageError(
        `Security group ${group} is in ${groupVpcId} and subnet ${launch.subnet} in ${subnetVpcId}, so EC2 would reject the launch.`,
      )
  return preflight(account, launchWithPlatform, await examineOptionsOf(flags))
}

async function networkOf(launch: Launch, flags: AccountFlags): Promise<LaunchNetwork> {
  const {subnet} = launch
  if (!flags.account)
    return inAws(`Querying AWS for subnet ${subnet}`, flags, async (aws) => {
      const {collectPreflight} = await import('../../collect/preflight.ts')
      return collectPreflight(aws, launch)
    })
  const {accountsIn, viewOfNetwork} = await import('../input/account-files.ts')
  const accounts = await accountsIn(flags.account, flags.region)
  const account = viewOfNetwork(accounts, ({Subnets}) => find(Subnets, 'SubnetId', subnet) !== undefined)
  return {account, associated: []}
}
