import {GetCallerIdentityCommand, STSClient} from '@aws-sdk/client-sts'
import {type Caller, type Context, isUnreadable, type Reading, type Unreadable} from '../model/account.ts'
import {homeRegionOf, partitionOf} from '../model/partition.ts'
import {isRefusalName} from '../model/refusals.ts'
import {defined} from '../util/json.ts'
import type {Aws} from './client/aws.ts'
import {send} from './client/calls.ts'
import {
  accessError,
  cameFromAws,
  errorName,
  hasNoCredentials,
  isExpired,
  isNoAnswerOfAws,
  isRejected,
  isSkewed,
  messageOf,
  SKEWED,
  unreadableFor,
} from './client/errors.ts'
import {required} from './client/paginate.ts'

type CallerResult = Caller | (Unreadable & {readonly unreachable: boolean})

/** The caller identity. Credentials that AWS rejects end the run: every other call would fail the same way. */
export async function readCaller(aws: Aws): Promise<CallerResult> {
  try {
    return await callerIn(aws)
  } catch (error) {
    if (hasNoCredentials(error)) throw accessError(messageOf(error), error)
    if (isSkewed(error)) throw accessError(SKEWED, error)
    if (isExpired(error)) throw accessError(EXPIRED, error)
    if (isRejected(error)) throw accessError(await whyRejected(aws, error), error)
    if (!cameFromAws(error)) throw error
    return {...unreadableFor(error, 'sts:GetCallerIdentity'), unreachable: isNoAnswerOfAws(error)}
  }
}

const EXPIRED = 'The AWS credentials have expired; log in again (such as `aws sso login`) and run this again.'

async function callerIn(aws: Aws): Promise<Caller> {
  const {Account, Arn, UserId} = await send(aws, STSClient, new GetCallerIdentityCommand({}))
  return defined({Account: required(Account, 'Account'), Arn, UserId})
}

export function contextOf(aws: Aws, caller: CallerResult, ReadAt: string): Context {
  const Partition = isUnreadable(caller) ? undefined : caller.Arn?.split(':')[1]
  return {
    Partition: Partition ?? partitionOf(aws.region),
    Region: aws.region,
    ReadAt,
    ...(isUnreadable(caller) ? {} : {Caller: caller}),
  }
}

/**
 * A Region that is not enabled rejects valid keys with the same error as invalid ones; one that is always enabled
 * distinguishes them.
 * https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
async function whyRejected(aws: Aws, error: unknown): Promise<string> {
  const homeRegion = homeRegionOf(partitionOf(aws.region))
  const otherRegions =
    homeRegion === aws.region ? undefined : await callerIn(aws.inRegion(homeRegion)).catch(() => undefined)
  return otherRegions
    ? `Region ${aws.region} is not enabled for account ${otherRegions.Account}; use another --region, or enable it with \`aws account enable-region --region-name ${aws.region}\`.`
    : `AWS rejected the credentials (${errorName(error)}: ${messageOf(error)}); check them with \`aws sts get-caller-identity\`.`
}

/** Neither the caller identity nor any instance: nothing can be read at all. */
export function assertReachable(aws: Aws, caller: CallerResult, instances: Reading<unknown>): void {
  if (!isUnreadable(caller) || !caller.unreachable || !isUnreadable(instances)) return
  if (isRefusalName(instances.error ?? '')) return
  throw accessError(
    `Cannot reach AWS in Region ${aws.region} (${[caller.error, caller.message].filter(Boolean).join(': ')}); check the name of the Region, your network and your proxy.`,
  )
}
