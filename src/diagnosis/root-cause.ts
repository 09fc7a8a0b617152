import {isAffecting, type Severity} from '../checks/severity.ts'
import type {Report, ReportedCause, Verdict} from './report.ts'

interface Ordered {
  readonly id: string
  readonly severity: Severity
}

/**
 * Causes are in order of severity: the first that blocks, degrades or is undetermined is the root cause. Associations
 * fail for a reason, which comes first if it is as severe.
 */
export function rootCauseAmong<C extends Ordered>(verdict: Verdict, causes: readonly C[]): C | undefined {
  const explaining = causes.filter((cause) => isAffecting(cause) && !(verdict === 'unmanaged' && isOfS3(cause)))
  const [first] = explaining
  const reason = explaining.find(({id, severity}) => id !== ASSOCIATIONS_FAILING && severity === first?.severity)
  return reason ?? first
}

const ASSOCIATIONS_FAILING = 'registration.associations-failing'

/**
 * Registration needs only `ssm`. Without S3 a managed node lacks patch baselines and agent updates, and an unmanaged
 * one is unmanaged for another reason.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html
 */
const isOfS3 = ({id}: Ordered): boolean => id.startsWith('s3.')

export const rootCauseOf = ({verdict, causes}: Report): ReportedCause | undefined => rootCauseAmong(verdict, causes)
