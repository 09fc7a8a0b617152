import {withItems} from '../../model/joins.ts'
import type {Remedy} from '../core/remedy.ts'

/** Enables Amazon Inspector for the EC2 instances of an account, in the account's Region. */
export const enableInspector = (accountId: string): Remedy => ({
  title: `Enable Amazon Inspector for EC2 in account ${accountId}`,
  steps: [{service: 'inspector2', operation: 'Enable', input: {accountIds: [accountId], resourceTypes: ['EC2']}}],
  docs: 'https://docs.aws.amazon.com/inspector/v2/APIReference/API_Enable.html',
  cost: 'Amazon Inspector is billed for each instance that it scans.',
  effect: `Amazon Inspector then scans all instances of account ${accountId} in this Region.`,
  undo: [{service: 'inspector2', operation: 'Disable', input: {accountIds: [accountId], resourceTypes: ['EC2']}}],
  apply: (account) =>
    withItems(account, 'AccountStatuses', (statuses) =>
      statuses.map((status) => (status.accountId === accountId ? enabled(status) : status)),
    ),
})

type Status = Parameters<Parameters<typeof withItems<'AccountStatuses'>>[2]>[0][number]

/** The other resource types do not change. */
function enabled(status: Status): Status {
  const resourceState = status.resourceState && {
    ...status.resourceState,
    ec2: {status: 'ENABLED' as const, errorCode: undefined, errorMessage: undefined},
  }
  return {...status, resourceState}
}
