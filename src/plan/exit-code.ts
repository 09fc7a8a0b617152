import {notModeledIn, unreadIn} from './ignored.ts'
import type {PlannedInstance, PlanReport} from './plan-report.ts'

/** It gets worse, or it is launched and would not be fully managed. */
export const isBroken = ({change, after}: PlannedInstance): boolean =>
  change === 'lost' || change === 'degraded' || (change === 'new' && (after === 'unmanaged' || after === 'degraded'))

export const isUndetermined = ({change, after}: PlannedInstance): boolean =>
  change === 'unknown' || (change === 'new' && after === 'undecided')

/** 1 if something gets worse or is launched broken, 3 if that cannot be determined, otherwise 0. */
export function planExitCode(report: PlanReport): 0 | 1 | 3 {
  if (report.instances.some(isBroken)) return 1
  const open = [...report.instances.filter(isUndetermined), ...unreadIn(report), ...notModeledIn(report)]
  return open.length > 0 ? 3 : 0
}
