import {isObject} from '../../util/json.ts'

/** One change of the plan, as `terraform show -json` has it. */
export interface ResourceChange {
  readonly address: string
  readonly module_address?: string
  readonly mode: string
  readonly type: string
  readonly name: string
  readonly index?: string | number
  /** The key of an earlier object of this address, which is deleted. */
  readonly deposed?: string
  /** Another plan makes it, after this one: this one does not show how. */
  readonly isDeferred?: true
  readonly change: {
    readonly actions: readonly string[]
    readonly before?: unknown
    readonly after?: unknown
    readonly after_unknown?: unknown
    readonly before_sensitive?: unknown
    readonly after_sensitive?: unknown
  }
}

/** True if the plan marks any part of the value as known only after apply. */
export const isUnknown = (unknown: unknown): boolean =>
  unknown === true ||
  (Array.isArray(unknown) && unknown.some(isUnknown)) ||
  (isObject(unknown) && Object.values(unknown).some(isUnknown))
