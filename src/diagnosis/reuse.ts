import type {Check} from '../checks/check.ts'
import {hasRestrictions} from '../iam/endpoint-restriction.ts'
import type {Account, Instance, Kind} from '../model/account.ts'
import {keepsPaths} from '../network/network-key.ts'
import type {Path} from '../network/path.ts'
import {remembered} from '../util/memo.ts'
import type {Diagnosis, Outcome} from './diagnosis.ts'
import {endpointNamesOf} from './paths.ts'

/** What instances of a fleet have in common, so it is computed once for all of them. */
export interface FleetCache {
  readonly paths: (instance: Instance) => readonly Path[]
  /** What is already known for an instance with the same keys. */
  readonly cacheFor: (instance: Instance, paths: readonly Path[]) => OutcomeCache | undefined
}

/** The outcomes of checks for all instances with the same keys, by the position of the check. */
interface OutcomeCache {
  readonly known: (at: number) => Outcome | undefined
  readonly keep: (at: number, outcome: Outcome) => void
}

export interface Before {
  readonly diagnosis: Diagnosis
  /** The change did not affect what the check can read from the account. */
  readonly isUntouched: (check: Check) => boolean
  /** Nor what a path consists of. */
  readonly keepsPaths: boolean
}

/** What a change did not affect: checks whose kinds are the same, and paths. */
export function untouchedBy(before: Account, after: Account): Omit<Before, 'diagnosis'> {
  const isSame = (kind: Kind) => before[kind] === after[kind]
  return {
    keepsPaths: keepsPaths(before, after) && !hasRestrictions(before),
    isUntouched: remembered((check: Check) => [...check.requiredKinds, ...(check.optionalKinds ?? [])].every(isSame)),
  }
}

/** The outcome of a check before the change, if everything that it depends on is still the same. */
export function unchanged(
  {diagnosis, isUntouched}: Before,
  check: Check,
  at: number,
  {instance, paths}: Pick<Diagnosis, 'instance' | 'paths'>,
): Outcome | undefined {
  const outcome = diagnosis.modelOutcomes[at]
  if (diagnosis.instance !== instance || outcome?.check !== check || !isUntouched(check)) return undefined
  const {dependsOn} = check
  if (dependsOn.includes('path') && diagnosis.paths !== paths) return undefined
  const seesEndpoints = dependsOn.includes('credentials') || dependsOn.includes('s3-endpoint')
  if (seesEndpoints && endpointNamesOf(diagnosis.paths).names !== endpointNamesOf(paths).names) return undefined
  return outcome
}
