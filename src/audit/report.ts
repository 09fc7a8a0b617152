import type {Certainty} from '../checks/check.ts'
import type {Severity} from '../checks/severity.ts'
import type {Verdict} from '../diagnosis/report.ts'
import type {Coverage} from '../inspector/reasons.ts'
import {compare} from '../util/compare.ts'
import {countBy} from '../util/count-by.ts'

/** One account and Region of an audit: the unit of its work. */
export interface Scope {
  readonly account: string | null
  readonly region: string
  readonly readAt: string | null
  /** How many instances were examined. */
  readonly instances: number
  /** Why it could not be examined; null if it was. */
  readonly failed: string | null
  /** Only some of its instances were requested, so an absent one may still exist. */
  readonly narrowed?: true
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
  /** The value of the owner tag. */
  readonly owner: string | null
  /** Only in a report on Amazon Inspector. */
  readonly inspector?: Inspected
}

/** The cause behind the verdict of the instance. */
export const rootOf = ({causes, rootCause}: Pick<AuditedInstance, 'causes' | 'rootCause'>): AuditedCause | undefined =>
  causes.find(({id}) => id === rootCause)
export interface Inspected {
  readonly coverage: Coverage
  /** Inspector's own value; null if it does not list the instance. */
  readonly status: string | null
  readonly reason: string | null
  readonly scanMode: string | null
  readonly lastScanned: string | null
  /** One sentence. */
  readonly meaning: string
  /** False if only Inspector lists it: it is in another account, or no longer there. */
  readonly examined: boolean
  /** The associations that Inspector uses, if they were read. */
  readonly associations: readonly InspectorAssociation[]
  /** What would fix it. */
  readonly change: string | null
}

export interface InspectorAssociation {
  readonly name: string
  readonly id: string | null
  /** The status in Systems Manager, or `missing`. */
  readonly status: string
  readonly error: string | null
}

interface Counted {
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

/** A change that fixes, verified on the model. */
export interface GroupChange {
  readonly title: string
  readonly commands: readonly string[]
  /** The same in the requested form: infrastructure code, or a script. */
  readonly snippet?: string
  readonly cost?: string
  readonly effect?: string
  /**
   * For how many affected instances no blocking or degrading cause is left on the model; null if the change was not tried
   * there, most often because AWS's API cannot make it.
   */
  readonly fixes: number | null
  /** What the instances that it does not fix also need. */
  readonly alsoFixes: readonly (Counted & {readonly cause: string; readonly resource: string})[]
}

/** One cause of one resource, with the affected instances. */
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
  readonly affected: readonly string[]
  readonly owners: readonly (Counted & {readonly owner: string | null})[]
  readonly change: GroupChange | null
}

/** The id of the group that a cause belongs to. */
export const groupIdOf = ({id, resource}: Pick<AuditedCause, 'id' | 'resource'>): string => `${id}@${resource}`

/** Who owns the instances, by how many each owns. */
export const ownersOf = (affected: readonly {readonly owner: string | null}[]): Group['owners'] =>
  [...countBy(affected, ({owner}) => owner)]
    .map(([owner, instances]) => ({owner, instances}))
    .sort((a, b) => b.instances - a.instances || compare(a.owner ?? '', b.owner ?? ''))

export interface UnreadTotal extends Counted {
  readonly account: string | null
  readonly region: string
  readonly kind: string
  readonly reason: string
  readonly permission: string | null
}

/** What audits of single accounts and Regions are merged from. */
export interface AuditPart {
  readonly scopes: readonly Scope[]
  readonly instances: readonly AuditedInstance[]
  readonly groups: readonly Group[]
  readonly unreadable: readonly UnreadTotal[]
  /** Accepted causes; they are in no other list. */
  readonly suppressed: readonly Suppressed[]
  /** Causes that count again because their suppression has expired. */
  readonly expired: readonly Suppressed[]
}
type Change = 'newly-broken' | 'fixed' | 'changed-cause' | 'still-broken'
export interface Changed {
  readonly id: string
  readonly change: Change
  readonly before: string | null
  readonly now: string | null
  /** When it was first found broken, or fixed. */
  readonly since: string
}

/** A cause that the earlier audit reported and this one no longer does. */
export interface Resolved {
  readonly instance: string
  readonly account: string | null
  readonly region: string
  readonly cause: string
  readonly resource: string
}

export interface Suppressed {
  readonly instance: string
  readonly cause: string
  readonly resource: string
  readonly owner: string
  readonly reason: string
  readonly expires: string | null
}

/**
 * The contract of `audit --format json` and of `inspector --format json`: `schema/audit.json`, `schema/inspector.json`.
 */
export interface Audit extends AuditPart {
  readonly schema: 'ssm-doctor/audit/1' | 'ssm-doctor/inspector/1'
  readonly readAt: string
  readonly totals: {
    /** How many were examined. */
    readonly instances: number
    /** All that Inspector lists and all that were examined, by their coverage. */
    readonly coverage?: Readonly<Record<Coverage, number>>
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
  readonly changes?: {
    readonly baseline: string
    readonly instances: readonly Changed[]
    readonly resolved: readonly Resolved[]
  }
}
