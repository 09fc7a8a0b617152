import type {PlannedInstance, PlanReport} from './plan-report.ts'

/** It gets worse, or it is launched and would not be managed in full. */
export const isBroken = ({change, after}: PlannedInstance): boolean =>
  change === 'lost' || change === 'degraded' || (change === 'new' && (after === 'unmanaged' || after === 'degraded'))

export const isUndetermined = ({change, after}: PlannedInstance): boolean =>
  change === 'unknown' || (change === 'new' && after === 'undecided')

/** 1 where something gets worse or is launched broken, 3 where that cannot be determined, else 0. */
export function planExitCode({instances}: PlanReport): 0 | 1 | 3 {
  if (instances.some(isBroken)) return 1
  return instances.some(isUndetermined) ? 3 : 0
}
