import {defined, type JsonObject, stringIn} from '../util/json.ts'
import {object} from './schema.ts'

/** One event as CloudTrail writes it to S3; only text fields are used. */
export const eventRecord = object({})

/**
 * The event as LookupEvents returns it.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export const eventOfRecord = (record: JsonObject): JsonObject =>
  defined({
    EventId: stringIn(record, 'eventID'),
    EventName: stringIn(record, 'eventName'),
    EventSource: stringIn(record, 'eventSource'),
    EventTime: timeIn(record),
    CloudTrailEvent: JSON.stringify(record),
  })

function timeIn(record: JsonObject): string | undefined {
  const time = new Date(stringIn(record, 'eventTime') ?? Number.NaN)
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}
