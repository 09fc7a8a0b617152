/** One item to look up in CloudTrail. LookupEvents accepts one attribute. */
export interface EventLookup {
  readonly attribute: 'ResourceName' | 'EventName'
  readonly value: string
  readonly region: string
}

/** A resource as AWS Config names it; for IAM it uses the unique id. */
export interface RecordedResource {
  readonly type: string
  readonly id: string
}

/** What is read from CloudTrail and AWS Config. */
export interface HistoryLookups {
  readonly events: readonly EventLookup[]
  readonly recorded: readonly RecordedResource[]
}
