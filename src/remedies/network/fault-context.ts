import type {Instance} from '../../model/account.ts'
import type {Hop} from '../../network/path.ts'
import {remedyOf} from '../core/change.ts'
import type {NetworkFacts} from '../core/network-facts.ts'
import type {Remedy} from '../core/remedy.ts'

/** A fault with all the hops that share it, and its position. */
export interface FaultContext {
  readonly facts: NetworkFacts
  readonly instance: Instance
  readonly hops: readonly Hop[]
  /** The services with the fault on their path. */
  readonly services: readonly string[]
  /** The hop that shows it best, and its message. */
  readonly hop: Hop
  readonly resource: string
  readonly detail: NonNullable<NonNullable<Hop['fault']>['detail']>
  /** The subnet and the VPC of the instance. */
  readonly subnetId: string
  readonly vpcId: string
}

/** The only change that is proposed. */
export const proposed = (...change: Parameters<typeof remedyOf>): readonly Remedy[] => [remedyOf(...change)]

export const textOf = ({detail}: Pick<FaultContext, 'detail'>, key: string): string | undefined => {
  const value = detail[key]
  return value === undefined || typeof value === 'object' || value === '' ? undefined : String(value)
}

export const textsOf = ({detail}: Pick<FaultContext, 'detail'>, key: string): readonly string[] => {
  const value = detail[key]
  return Array.isArray(value) ? value : []
}
