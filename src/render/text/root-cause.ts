import type {Report, ReportedCause} from '../../diagnosis/report.ts'

/** Causes are ordered by severity: the first that blocks, degrades or is undecided is the root cause. */
export const rootCauseOf = ({causes}: Report): ReportedCause | undefined =>
  causes.find(({severity}) => severity === 'blocks' || severity === 'degrades' || severity === 'undecided')
