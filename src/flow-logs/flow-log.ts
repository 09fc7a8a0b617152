import type {CliCommand} from '../model/cli-command.ts'
import type {FlowRecord, Traffic} from './record.ts'

/** A flow log that covers the interface, and the result of reading it. */
export interface FlowLogSource {
  readonly id: string
  /** What it was created for: an interface, a subnet or a VPC. */
  readonly resource: string
  readonly traffic: Traffic
  /** A log group, an object prefix in Amazon S3, or a Firehose stream. */
  readonly destination: string
  readonly isRead: boolean
  /** Why it could not be read, or why it has gaps. */
  readonly problem?: string
  /** Downloads what ssm-doctor does not read. */
  readonly download?: CliCommand
}

/** What was read from the flow logs of one instance. */
export interface FlowLog {
  /** Files, or log groups: the source of the evidence. */
  readonly names: readonly string[]
  readonly records: readonly FlowRecord[]
  readonly traffic: Traffic | undefined
  /** The longest aggregation interval in seconds, if known. */
  readonly interval?: number
  /** Later records may not have arrived, in Unix seconds. */
  readonly completeUntil?: number
  /** Flow logs found in the account. */
  readonly sources?: readonly FlowLogSource[]
  /** What the reader must know: lines that were not read, pages that were omitted. */
  readonly notes: readonly string[]
}
