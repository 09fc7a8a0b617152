import type {Certainty, Severity} from '../checks/check.ts'
import type {Verdict} from './report.ts'

/** One account and Region of an audit: the unit of its work. */
export interface Scope {
  readonly account: string | null
  readonly region: string
  readonly readAt: string | null
  /** How many instances were examined. */
  readonly instances: number
  /** Why it could not be examined; null when it was. */
  readonly failed: string | null
}

export interface AuditedCause {
  readonly id: string
  readonly resource: string
  readonly severity: Severity
  readonly certainty: Certainty
}

export interface AuditedInstance {
  readonly id: string
  readonly name: string | null
  readonly account: string | null
  readonly region: string
  readonly vpc: string | null
  readonly verdict: Verdict
  readonly rootCause: string | null
  readonly causes: readonly AuditedCause[]
  /** The value of the tag that tells whose it is. */
  readonly owner: string | null
}

export interface Counted {
  readonly instances: number
}
export type Verdicts = Readonly<Record<Verdict, number>>

export interface CauseTotal extends Counted {
  readonly id: string
  readonly severity: Severity
  readonly title: string
  readonly docs: string
}
export interface PlaceTotal extends Counted {
  readonly verdicts: Verdicts
}

/** A change that heals, proven on the model. */
export interface GroupChange {
  readonly title: string
  readonly commands: readonly string[]
  readonly cost?: string
  readonly effect?: string
  /** How many of the group's instances nothing that blocks or degrades is left of; null where AWS's API cannot make the change. */
  readonly heals: number | null
  /** What the others also need. */
  readonly others: readonly (Counted & {readonly cause: string; readonly resource: string})[]
}

/** One cause of one resource, with the instances it holds back. */
export interface Group {
  /** Stable from audit to audit. */
  readonly id: string
  readonly cause: string
  readonly resource: string
  readonly severity: Severity
  readonly account: string | null
  readonly region: string
  readonly message: string
  readonly docs: string
  readonly held: readonly string[]
  readonly owners: readonly (Counted & {readonly owner: string | null})[]
  readonly change: GroupChange | null
}

export interface UnreadTotal extends Counted {
  readonly account: string | null
  readonly region: string
  readonly kind: string
  readonly reason: string
  readonly permission: string | null
}

/** What audits of single accounts and Regions add up from. */
export interface AuditPart {
  readonly scopes: readonly Scope[]
  readonly instances: readonly AuditedInstance[]
  readonly groups: readonly Group[]
  readonly unreadable: readonly UnreadTotal[]
  /** Causes that somebody has taken upon themselves; they stand in no other list. */
  readonly suppressed: readonly Suppressed[]
  /** Causes that count again because their suppression is over. */
  readonly expired: readonly Suppressed[]
}

/** How an instance fared since the earlier audit. */
export type Change = 'newly-broken' | 'healed' | 'changed-cause' | 'still-broken'
export interface Changed {
  readonly id: string
  readonly change: Change
  readonly before: string | null
  readonly now: string | null
  /** When it was first seen broken, or healed. */
  readonly since: string
}

export interface Suppressed {
  readonly instance: string
  readonly cause: string
  readonly resource: string
  readonly owner: string
  readonly reason: string
  readonly expires: string | null
}

/** The contract of `audit --format json`: `schema/audit.json`. */
export interface Audit extends AuditPart {
  readonly schema: 'ssm-doctor/audit/1'
  readonly readAt: string
  readonly totals: {
    readonly instances: number
    readonly verdicts: Verdicts
    readonly causes: readonly CauseTotal[]
    readonly accounts: readonly (PlaceTotal & {readonly account: string | null})[]
    readonly regions: readonly (PlaceTotal & {readonly region: string})[]
    readonly vpcs: readonly (PlaceTotal & {
      readonly vpc: string | null
      readonly account: string | null
      readonly region: string
    })[]
  }
  /** Only with a baseline. */
  readonly changes?: {readonly baseline: string; readonly instances: readonly Changed[]}
}
