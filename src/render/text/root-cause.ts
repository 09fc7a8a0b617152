import type {Report, ReportedCause} from '../../diagnosis/report.ts'

/** Causes come by severity, so that the first one that hurts is the root. */
export const rootCauseOf = ({causes}: Report): ReportedCause | undefined =>
  causes.find(({severity}) => severity === 'blocks' || severity === 'degrades' || severity === 'undecided')
