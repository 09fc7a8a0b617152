import type {Certainty, Evidence} from '../checks/check.ts'
import type {Severity} from '../checks/severity.ts'
import type {At, Leg, Verdict as PathVerdict} from '../network/path.ts'
import type {ReportedFlowLogs} from './flow-logs/reported.ts'
import type {VpcResourceMap} from './vpc-resource-map.ts'

export type Verdict = 'managed' | 'degraded' | 'at-risk' | 'unmanaged' | 'undecided'
export type Status = 'pass' | 'fail' | 'unknown' | 'skip'

/** The outcome of one check. */
export interface CheckResult {
  readonly id: string
  readonly title: string
  readonly status: Status
  /** Facts behind a pass, reasons behind an unknown or a skip. */
  readonly notes: readonly string[]
}

export interface ReportedCause {
  readonly id: string
  readonly severity: Severity
  readonly certainty: Certainty
  readonly check: string
  readonly resource: string
  readonly message: string
  readonly evidence: readonly Evidence[]
  /** Index of the checklist step that uncovered it. */
  readonly revealedBy?: number
}

export interface ReportedHop {
  readonly at: At
  readonly resource: string
  readonly leg: Leg
  readonly direction: 'request' | 'reply'
  readonly verdict: PathVerdict
  readonly because: string
  /** The VPC of the resource and its owner, if it is not the instance's own VPC. */
  readonly vpc?: string
  readonly owner?: string
}

export interface ReportedPath {
  readonly service: string
  readonly host: string
  readonly via: string | null
  readonly verdict: PathVerdict
  readonly hops: readonly ReportedHop[]
}

interface Alternative {
  readonly title: string
  readonly commands: readonly string[]
  readonly snippet?: string
  readonly cost?: string
  /** True if the instance examines as fixed with this instead of the recommended step. */
  readonly verified: boolean
}

export interface ChecklistStep {
  readonly part: 'fix' | 'investigate' | 'improve'
  readonly title: string
  readonly causes: readonly string[]
  /** For a POSIX shell. */
  readonly commands: readonly string[]
  /** The same in the form of --remedy. */
  readonly snippet?: string
  readonly docs: string
  readonly cost?: string
  readonly effect?: string
  /** The account that must make the change, if it is not the caller's. */
  readonly account?: string
  readonly undo?: readonly string[]
  readonly alternatives: readonly Alternative[]
}

/** A kind (or item) that the examination needed and that could not be read. */
export interface UnreadKind {
  readonly kind: string
  readonly reason: string
  /** The IAM action that would decide it, or null if more permissions would not help. */
  readonly permission: string | null
  /** The action of the call that failed, which the reason names. */
  readonly action?: string
  /** The name of AWS's error, if there is one. */
  readonly error?: string
}

/** A call that CloudTrail recorded. */
export interface ReportedEvent {
  readonly id: string | null
  readonly name: string
  readonly time: string
  readonly region: string | null
  readonly principal: {
    readonly type: string
    readonly name: string | null
    readonly session: string | null
    readonly arn: string | null
    readonly account: string | null
  }
  readonly source: {readonly kind: string; readonly name: string; readonly userAgent: string | null}
}

/** Since when a proven cause exists, and because of which call. */
export interface CauseHistory {
  readonly cause: string
  readonly resource: string
  /**
   * `changed`: the call is responsible; `created`: it exists since the resource was created; `last-changed`: the call
   * changed the resource, and the earlier state is unknown; `unchanged`: no recorded call is responsible.
   */
  readonly answer: 'changed' | 'created' | 'last-changed' | 'unchanged'
  /** For `changed`: whether something had to be assumed. */
  readonly certainty: Certainty | null
  /** How it was examined again: with a configuration that AWS Config recorded, or with the call reverted. */
  readonly proof: 'config' | 'event' | null
  /** Until when it was different. */
  readonly until: string | null
  readonly event: ReportedEvent | null
  /** How it relates to the last ping of the node, if there is one. */
  readonly lastPing: 'fits' | 'outlived' | 'pinged-since' | 'too-late' | 'not-yet' | null
  readonly message: string
  readonly notes: readonly string[]
}

/** The contract of `--json`: `schema/report.json`. */
export interface Report {
  readonly schema: 'ssm-doctor/report/1'
  readonly instance: {
    readonly id: string
    readonly name: string | null
    readonly account: string | null
    readonly region: string
    readonly vpc: string | null
    readonly subnet: string | null
    readonly platform: string | null
  }
  readonly verdict: Verdict
  readonly registration: {
    readonly status: 'online' | 'connection-lost' | 'absent' | 'unknown'
    readonly lastPing: string | null
    readonly agentVersion: string | null
    readonly connected: boolean | null
  }
  readonly checks: readonly CheckResult[]
  readonly causes: readonly ReportedCause[]
  readonly paths: readonly ReportedPath[]
  /** Absent in reports of earlier versions. */
  readonly network?: VpcResourceMap | null
  /** What VPC flow logs show, if they were read. */
  readonly flowLogs?: ReportedFlowLogs
  readonly checklist: readonly ChecklistStep[]
  readonly verified: boolean | null
  /** Absent without --since-when. */
  readonly sinceWhen?: {readonly causes: readonly CauseHistory[]; readonly notes: readonly string[]}
  readonly unreadable: readonly UnreadKind[]
}
