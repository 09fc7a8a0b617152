import {isObject, type JsonObject, stringIn} from '../util/json.ts'
import {mismatch, type Shape} from './schema.ts'

/** One event as CloudTrail writes it to S3; only text fields are used. */
export const eventRecord: Shape = (value) => {
  if (!isObject(value)) throw mismatch('an object', value)
  return value
}

/**
 * The event as LookupEvents returns it.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function eventOfRecord(record: JsonObject): JsonObject {
  const fields = {
    EventId: stringIn(record, 'eventID'),
    EventName: stringIn(record, 'eventName'),
    EventSource: stringIn(record, 'eventSource'),
    EventTime: timeIn(record),
    CloudTrailEvent: JSON.stringify(record),
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function timeIn(record: JsonObject): string | undefined {
  const time = new Date(stringIn(record, 'eventTime') ?? Number.NaN)
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}
