import {isObject, type JsonObject, mismatch, type Shape} from './schema.ts'

/** One event as CloudTrail writes it to S3; only text fields are used. */
export const eventRecord: Shape = (value) => {
  if (!isObject(value)) throw mismatch('an object', value)
  return value
}

const textIn = (record: JsonObject, field: string): string | undefined => {
  const value = record[field]
  return typeof value === 'string' ? value : undefined
}

/**
 * The event as LookupEvents returns it.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function eventOfRecord(record: JsonObject): JsonObject {
  const fields = {
    EventId: textIn(record, 'eventID'),
    EventName: textIn(record, 'eventName'),
    EventSource: textIn(record, 'eventSource'),
    EventTime: timeIn(record),
    CloudTrailEvent: JSON.stringify(record),
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function timeIn(record: JsonObject): string | undefined {
  const time = new Date(textIn(record, 'eventTime') ?? Number.NaN)
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}
