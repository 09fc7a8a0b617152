import type {Verdict} from '../diagnosis/report.ts'
import type {OutcomeCause} from './outcome.ts'

/**
 * `lost`: managed before, not afterwards. `degraded`: something stops working. `unknown`: cannot be decided before the
 * plan is applied. `fixed`: better than before. `new`: launched by the plan.
 */
export type PlanChange = 'lost' | 'degraded' | 'unknown' | 'fixed' | 'unchanged' | 'new' | 'removed'

/** A resource of the plan that brings a cause about, and which of its attributes change. */
export interface Culprit {
  readonly address: string
  readonly attributes: readonly string[]
}

export interface PlannedCause extends OutcomeCause {
  /** The changes without which it is not there, or each that alone suffices. Empty where only several together do. */
  readonly by: readonly Culprit[]
}

export interface PlanFix {
  readonly title: string
  /** In the language of the plan, or as AWS CLI commands. */
  readonly text: string
}

export interface PlannedInstance {
  readonly id: string
  readonly name: string | null
  /** Where the plan's source names it; null for an instance that the plan does not hold. */
  readonly address: string | null
  readonly before: Verdict | null
  readonly after: Verdict | null
  readonly change: PlanChange
  /** What is wrong afterwards and was not before; for a new instance all that is wrong. */
  readonly causes: readonly PlannedCause[]
  readonly unknown: readonly string[]
  readonly fixes: readonly PlanFix[]
}

/** An instance before its fixes are worked out. */
export interface ComparedInstance extends Omit<PlannedInstance, 'fixes'> {
  /** Its id on the model of afterwards: another one where the plan replaces it. */
  readonly plannedId: string
}

/** Two causes are the same when they say the same of the same resource. */
export const causeKey = ({id, resource}: Pick<OutcomeCause, 'id' | 'resource'>): string => `${id} ${resource}`

/** The contract of `plan --json`: `schema/plan.json`. */
export interface PlanReport {
  readonly schema: 'ssm-doctor/plan/1'
  readonly source: {readonly file: string; readonly language: 'terraform' | 'cloudformation'}
  readonly account: string | null
  readonly region: string
  readonly totals: Readonly<Record<PlanChange, number>>
  /** Those that change, and new ones; what stays as it is is only counted. */
  readonly instances: readonly PlannedInstance[]
  /** Resources of the plan whose kinds are not modeled; relevant are those that could change an outcome. */
  readonly ignored: readonly {readonly address: string; readonly type: string; readonly relevant: boolean}[]
  /** Addresses of what changes in another account or Region. */
  readonly elsewhere: readonly string[]
}

/** The address in the plan's source, or the name and id of an instance that the plan does not hold. */
export const plannedName = ({id, name, address}: PlannedInstance): string =>
  address ?? (name === null ? id : `${name} (${id})`)

/** The fixes of all instances, each once. */
export const fixesIn = ({instances}: PlanReport): readonly PlanFix[] => [
  ...new Map(instances.flatMap(({fixes}) => fixes.map((fix) => [`${fix.title}\n${fix.text}`, fix]))).values(),
]
