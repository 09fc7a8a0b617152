import {CloudTrailClient, LookupEventsCommand} from '@aws-sdk/client-cloudtrail'
import {
  ConfigServiceClient,
  GetResourceConfigHistoryCommand,
  type GetResourceConfigHistoryCommandOutput,
  type ResourceType,
} from '@aws-sdk/client-config-service'
import {
  type Account,
  type CloudTrailEvent,
  type ConfigurationItem,
  isUnreadable,
  itemsOf,
  type Reading,
} from '../model/account.ts'
import type {EventLookup, HistoryLookups, RecordedResource} from '../model/history-lookups.ts'
import {homeRegionOf} from '../model/partition.ts'
import type {Aws} from './client/aws.ts'
import {send} from './client/calls.ts'
import {normalized, plain} from './client/normalize.ts'
import {ifExists, readOr} from './client/paginate.ts'
import {CLOCK, type Clock} from './client/rate-limiter.ts'
import {withFormerIdentities} from './former-identities.ts'

/**
 * Two calls a second for each account and Region.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
const GAP = 500
const PAGE = 50
/** The newest 200 events of a resource, and half a minute of calls for all of them. */
const MAX_PAGES = 4
const MAX_CALLS = 60

/**
 * AWS Config returns at most seven days of recordings at a time.
 * https://docs.aws.amazon.com/config/latest/APIReference/API_GetResourceConfigHistory.html
 */
const MAX_CONFIG_PAGES = 14
const MAX_RECORDED = 10

const DAY = 86_400_000
const DAYS = 90

/** The account with the events and the recorded configurations of some of its resources. */
export async function collectHistory(
  aws: Aws,
  account: Account,
  {events, recorded}: HistoryLookups,
  clock: Clock = CLOCK,
): Promise<Account> {
  const [CloudTrailEvents, ConfigurationItems] = await Promise.all([
    events.length === 0 ? account.CloudTrailEvents : readEvents(aws, account.ReadAt, events, clock),
    readRecordings(aws, account, recorded),
  ])
  return withFormerIdentities(aws, {...account, CloudTrailEvents, ConfigurationItems})
}

/** One call after the other, no faster than CloudTrail allows. What a limit or a denial omits is reported. */
async function readEvents(
  aws: Aws,
  readAt: string,
  lookups: readonly EventLookup[],
  clock: Clock,
): Promise<Reading<CloudTrailEvent>> {
  const acquire = spaced(clock)
  const known: CloudTrailEvent[] = []
  let bound: string | undefined
  let calls = 0
  for (const lookup of lookups) {
    let token: string | undefined
    for (let page = 0; page === 0 || token !== undefined; page++) {
      if (calls === MAX_CALLS) return {unreadable: `only ${calls} calls of LookupEvents were made`, known}
      if (page === MAX_PAGES) {
        bound ??= `only the newest ${MAX_PAGES * PAGE} events of ${lookup.value} were read`
        break
      }
      calls += 1
      await acquire(lookup.region)
      const answer = await readOr('cloudtrail:LookupEvents', () => lookUp(aws, readAt, lookup, token))
      if (isUnreadable(answer)) return {...answer, known}
      known.push(...(answer.Events ?? []).map(plain))
      token = answer.NextToken
    }
  }
  return bound === undefined ? known : {unreadable: bound, known}
}

const lookUp = (aws: Aws, readAt: string, {attribute, value, region}: EventLookup, NextToken: string | undefined) =>
  send(
    aws.inRegion(region),
    CloudTrailClient,
    new LookupEventsCommand({
      LookupAttributes: [{AttributeKey: attribute, AttributeValue: value}],
      StartTime: new Date(Date.parse(readAt) - DAYS * DAY),
      MaxResults: PAGE,
      NextToken,
    }),
  )

/** Waits until the Region accepts another call. */
function spaced({now, sleep}: Clock): (region: string) => Promise<void> {
  const next = new Map<string, number>()
  return async (region) => {
    const at = Math.max(now(), next.get(region) ?? 0)
    next.set(region, at + GAP)
    if (at > now()) await sleep(at - now())
  }
}

/** An account without AWS Config, or a resource that it does not record, has no recordings. */
const NOT_RECORDED = ['ResourceNotDiscoveredException', 'NoAvailableConfigurationRecorderException']

async function readRecordings(
  aws: Aws,
  account: Account,
  recorded: readonly RecordedResource[],
): Promise<Reading<ConfigurationItem>> {
  const readings = await Promise.all(recorded.slice(0, MAX_RECORDED).map((one) => readRecording(aws, account, one)))
  const known = readings.flatMap(itemsOf)
  const gap = readings.find(isUnreadable)
  return gap ? {...gap, known} : known
}

async function readRecording(
  aws: Aws,
  account: Account,
  {type, id}: RecordedResource,
): Promise<Reading<ConfigurationItem>> {
  const homeRegion = homeRegionOf(account.Partition)
  const regions = type.startsWith('AWS::IAM::') ? [...new Set([aws.region, homeRegion])] : [aws.region]
  for (const region of regions) {
    const found = await readOr('config:GetResourceConfigHistory', () =>
      ifExists(NOT_RECORDED, () => recordings(aws.inRegion(region), account.ReadAt, type, id)),
    )
    if (found !== undefined) return found
  }
  return []
}

async function recordings(aws: Aws, readAt: string, type: string, id: string): Promise<Reading<ConfigurationItem>> {
  const found: ConfigurationItem[] = []
  let nextToken: string | undefined
  for (let page = 0; page < MAX_CONFIG_PAGES; page++) {
    const command = new GetResourceConfigHistoryCommand({
      resourceType: type as ResourceType,
      resourceId: id,
      earlierTime: new Date(Date.parse(readAt) - DAYS * DAY),
      limit: 100,
      nextToken,
    })
    const answer: GetResourceConfigHistoryCommandOutput = await send(aws, ConfigServiceClient, command)
    for (const item of answer.configurationItems ?? [])
      found.push(normalized(item, ['resourceId', 'resourceType', 'configurationItemCaptureTime']))
    nextToken = answer.nextToken
    if (!nextToken) return found
  }
  return {unreadable: `only the newest ${found.length} configurations of ${id} were read`, known: found}
}
