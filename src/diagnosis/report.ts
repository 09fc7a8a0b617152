import type {Certainty, Evidence, Severity} from '../checks/check.ts'
import type {At, Leg, Verdict as PathVerdict} from '../network/path.ts'
import type {ReportedFlowLogs} from './reported-flow-logs.ts'
import type {VpcPlan} from './vpc-plan.ts'

export type Verdict = 'managed' | 'degraded' | 'at-risk' | 'unmanaged' | 'undecided'
export type Status = 'pass' | 'fail' | 'unknown' | 'skip'

/** What one check came to. */
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
  /** The VPC of the resource and its owner, where that is not the instance's own VPC. */
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
  /** True when the instance examines as fixed with this in the place of the recommended step. */
  readonly verified: boolean
}

export interface ChecklistStep {
  readonly part: 'fix' | 'investigate' | 'improve'
  readonly title: string
  readonly causes: readonly string[]
  /** For a POSIX shell. */
  readonly commands: readonly string[]
  /** The same in the form that --remedy asked for. */
  readonly snippet?: string
  readonly docs: string
  readonly cost?: string
  readonly effect?: string
  /** The account that must make the change, where it is not the caller's. */
  readonly account?: string
  readonly undo?: readonly string[]
  readonly alternatives: readonly Alternative[]
}

/** A kind (or item) that could not be read and that the examination wanted. */
export interface UnreadKind {
  readonly kind: string
  readonly reason: string
  /** The IAM action that would decide it, or null when more rights would not help. */
  readonly permission: string | null
  /** The name of AWS's error, where one was given. */
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

/** When a proven cause came about, and by which call. */
export interface CauseHistory {
  readonly cause: string
  readonly resource: string
  /**
   * `changed`: the call made it so; `created`: it is so since the resource was made; `last-changed`: the call changed the
   * resource, and what was there before is not known; `unchanged`: no recorded call made it so.
   */
  readonly answer: 'changed' | 'created' | 'last-changed' | 'unchanged'
  /** Of `changed`: whether something had to be taken for granted. */
  readonly certainty: Certainty | null
  /** What it was examined again with: a configuration that AWS Config recorded, or the call turned back. */
  readonly proof: 'config' | 'event' | null
  /** Until when it was otherwise. */
  readonly until: string | null
  readonly event: ReportedEvent | null
  /** How it fits the last ping of the node, where there is one. */
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
  readonly network?: VpcPlan | null
  /** What VPC flow logs show, where they were read. */
  readonly flowLogs?: ReportedFlowLogs
  readonly checklist: readonly ChecklistStep[]
  readonly verified: boolean | null
  /** Absent where nobody asked when it broke. */
  readonly sinceWhen?: {readonly causes: readonly CauseHistory[]; readonly notes: readonly string[]}
  readonly unreadable: readonly UnreadKind[]
}
