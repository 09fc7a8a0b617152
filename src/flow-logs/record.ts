/** Which traffic a flow log records. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html */
export type Traffic = 'all' | 'accept' | 'reject'

/** One record of a VPC flow log. https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html */
export interface FlowRecord {
  readonly interfaceId: string
  readonly status: 'OK' | 'NODATA' | 'SKIPDATA'
  /** Unix seconds of the first and the last packet of the aggregation interval. */
  readonly start: number
  readonly end: number
  /** The owner of the interface. */
  readonly accountId?: string
  readonly action?: 'ACCEPT' | 'REJECT'
  /** The packet's own addresses if the format has them: srcaddr and dstaddr may show the primary address instead. */
  readonly source?: string
  readonly destination?: string
  readonly sourcePort?: number
  readonly destinationPort?: number
  readonly protocol?: number
  readonly packets?: number
  /** OR-ed over the aggregation interval; an ACK counts only with a SYN. */
  readonly tcpFlags?: number
  /** Why a packet was rejected, if it was neither a security group nor a network ACL: `BPA`, `EC`. */
  readonly rejectReason?: string
  /** The AWS service that owns the address, or `none`; absent if the format does not show it. */
  readonly sourceService?: string
  readonly destinationService?: string
}

export const SYN = 2
export const SYN_ACK = 18

/** The start of the first of the records. */
export const startOf = (records: readonly FlowRecord[]): number =>
  records.reduce((first, {start}) => Math.min(first, start), Number.POSITIVE_INFINITY)

/** The end of the last of them. */
export const endOf = (records: readonly FlowRecord[]): number =>
  records.reduce((latest, {end}) => Math.max(latest, end), 0)

/** The time of a record as ISO text. */
export const isoOf = (seconds: number): string => new Date(seconds * 1000).toISOString()
