import type {Severity} from '../checks/check.ts'
import type {Report, ReportedCause, Verdict} from './report.ts'

interface Ordered {
  readonly id: string
  readonly severity: Severity
}

const EXPLAINING: ReadonlySet<Severity> = new Set(['blocks', 'degrades', 'undecided'])

/** Causes are in order of severity: the first that blocks, degrades or is undetermined is the root cause. */
export const rootCauseAmong = <C extends Ordered>(verdict: Verdict, causes: readonly C[]): C | undefined =>
  causes.find((cause) => EXPLAINING.has(cause.severity) && !(verdict === 'unmanaged' && isOfS3(cause)))

/**
 * Registration needs only `ssm`. Without S3 a managed node lacks patch baselines and agent updates, and an unmanaged
 * one is unmanaged for another reason.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html
 */
const isOfS3 = ({id}: Ordered): boolean => id.startsWith('s3.')

export const rootCauseOf = ({verdict, causes}: Report): ReportedCause | undefined => rootCauseAmong(verdict, causes)
