import type {Verdict} from '../diagnosis/report.ts'
import {uniqueBy} from '../util/group-by.ts'
import type {OutcomeCause} from './outcome.ts'

/**
 * `lost`: managed before, not afterwards. `degraded`: something stops working. `unknown`: cannot be determined before
 * the plan is applied. `fixed`: better than before. `new`: launched by the plan.
 */
export type PlanChange = 'lost' | 'degraded' | 'unknown' | 'fixed' | 'unchanged' | 'new' | 'removed'

/** A resource of the plan that is responsible for a cause, and which of its attributes change. */
export interface ResponsibleChange {
  readonly address: string
  readonly attributes: readonly string[]
}

export interface PlannedCause extends OutcomeCause {
  /**
   * The changes without which it does not exist, or each that alone is sufficient. Empty if only several together are.
   */
  readonly by: readonly ResponsibleChange[]
}

export interface PlanFix {
  readonly title: string
  /** In the language of the plan, or as AWS CLI commands. */
  readonly text: string
}

export interface PlannedInstance {
  readonly id: string
  readonly name: string | null
  /** The address in the plan's source; null for an instance that is not in the plan. */
  readonly address: string | null
  readonly before: Verdict | null
  readonly after: Verdict | null
  readonly change: PlanChange
  /** What is wrong afterwards and was not before; for a new instance everything that is wrong. */
  readonly causes: readonly PlannedCause[]
  readonly unknown: readonly string[]
  readonly fixes: readonly PlanFix[]
}

/** An instance before its fixes are computed. */
export interface ComparedInstance extends Omit<PlannedInstance, 'fixes'> {
  /** Its id on the model after the plan: a different one if the plan replaces it. */
  readonly plannedId: string
}

/** The contract of `plan --json`: `schema/plan.json`. */
export interface PlanReport {
  readonly schema: 'ssm-doctor/plan/1'
  readonly source: {readonly file: string; readonly language: 'terraform' | 'cloudformation'}
  readonly account: string | null
  readonly region: string
  readonly totals: Readonly<Record<PlanChange, number>>
  /** Those that change, and new ones; unchanged ones are only counted. */
  readonly instances: readonly PlannedInstance[]
  /**
   * Resources of the plan whose kinds are not modeled, or of a modeled kind attributes that change; relevant are those
   * that could change an outcome.
   */
  readonly ignored: readonly {
    readonly address: string
    readonly type: string
    readonly attributes?: readonly string[]
    readonly relevant: boolean
  }[]
  /** Addresses of what changes in another account or Region. */
  readonly elsewhere: readonly string[]
}

/** The address in the plan's source, or the name and id of an instance that is not in the plan. */
export const plannedName = ({id, name, address}: PlannedInstance): string =>
  address ?? (name === null ? id : `${name} (${id})`)

/** The fixes of all instances, each once. */
export const fixesIn = ({instances}: PlanReport): readonly PlanFix[] =>
  uniqueBy(
    instances.flatMap(({fixes}) => fixes),
    ({title, text}) => `${title}\n${text}`,
  )
