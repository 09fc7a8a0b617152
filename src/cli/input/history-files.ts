import {filesOf, readFile} from '../../account-file/account-file.ts'
import {contentOf} from '../../account-file/parse-accounts.ts'
import {
  type Account,
  type CloudTrailEvent,
  isUnreadable,
  itemsOf,
  type Reading,
  type Unreadable,
} from '../../model/account.ts'
import {isObject} from '../../util/json.ts'
import {usageError} from '../../util/usage-error.ts'

/** The events in answers of `aws cloudtrail lookup-events` and in the log files that CloudTrail writes to S3. */
export async function cloudTrailEventsIn(sources: readonly string[]): Promise<Reading<CloudTrailEvent>> {
  const readings: Reading<CloudTrailEvent>[] = []
  for (const source of await filesOf(sources)) {
    const {name, json} = await readFile(source)
    const found = eventsIn(name, json)
    if (found === undefined)
      throw usageError(
        `${name}: expected the output of "aws cloudtrail lookup-events" (Events), or a log file of CloudTrail (Records).`,
      )
    readings.push(found)
  }
  return joined(readings)
}

function eventsIn(name: string, json: unknown): Reading<CloudTrailEvent> | undefined {
  const {readings} = contentOf({name, json: asAnswer(json)})
  const raws = readings.CloudTrailEvents as readonly Reading<CloudTrailEvent>[] | undefined
  return raws && joined(raws)
}

/** `--query Events` and `jq .Records` print only the list. */
function asAnswer(json: unknown): unknown {
  if (!Array.isArray(json)) return json
  const isRecord = json.some((one) => isObject(one) && typeof one.eventName === 'string')
  return isRecord ? {Records: json} : {Events: json}
}

function joined<T>(readings: readonly Reading<T>[]): Reading<T> {
  const known = readings.flatMap(itemsOf)
  const gap: Unreadable | undefined = readings.find(isUnreadable)
  return gap ? {...gap, known} : known
}

/** The account with these events in addition to its own. */
export function withEvents(account: Account, found: Reading<CloudTrailEvent>): Account {
  const own = itemsOf(account.CloudTrailEvents)
  return {...account, CloudTrailEvents: own.length === 0 ? found : joined([own, found])}
}
