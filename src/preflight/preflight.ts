import {imageNameOf, isAgentPreinstalled} from '../agent/image.ts'
import {isRegistrationUnknown} from '../diagnosis/diagnosis.ts'
import {type Examination, examination} from '../diagnosis/examine.ts'
import type {ExamineOptions} from '../diagnosis/examine-options.ts'
import {OF_RUNNING_MACHINE} from '../diagnosis/registration.ts'
import type {CheckResult, Report, Verdict} from '../diagnosis/report.ts'
import type {Account, Instance} from '../model/account.ts'
import {PREFLIGHT_INSTANCE} from '../model/instance.ts'
import {atLaunch} from '../remedies/core/at-launch.ts'
import {withHypotheticalInstance} from './hypothetical-instance.ts'
import type {Launch} from './launch.ts'

/** Whether an instance launched this way would be managed: the same checks, paths and changes. */
export function preflight(account: Account, launch: Launch, options: ExamineOptions = {}): Examination {
  const after = withHypotheticalInstance(account, launch)
  const hasAgent = isAgentPreinstalled(after, {InstanceId: PREFLIGHT_INSTANCE} as Instance)
  const {report, remedies} = examination(after, PREFLIGHT_INSTANCE, {
    ...options,
    includeFallback: hasAgent === 'no',
    steps: atLaunch(PREFLIGHT_INSTANCE),
  })
  const causes = report.causes.filter(({check}) => !OF_RUNNING_MACHINE.has(check))
  return {
    report: {
      ...report,
      causes,
      checks: report.checks
        .filter(({id}) => !OF_RUNNING_MACHINE.has(id))
        .map((check) => (check.id === 'agent' && hasAgent !== 'no' ? agentOf(check, after, hasAgent) : check)),
      verdict: verdictOf(report, causes),
    },
    remedies,
  }
}

const agentOf = (check: CheckResult, account: Account, hasAgent: 'yes' | 'unknown'): CheckResult => {
  const name = imageNameOf(account, {InstanceId: PREFLIGHT_INSTANCE} as Instance)
  return hasAgent === 'yes'
    ? {...check, status: 'pass', notes: [`The image ${name} comes with the agent.`]}
    : {...check, status: 'unknown', notes: ['Whether the image comes with the agent is not known.']}
}

function verdictOf({paths, checks}: Report, causes: Report['causes']): Verdict {
  if (causes.some(({severity}) => severity === 'blocks')) return 'unmanaged'
  const outcomes = checks.map((check) => ({check, status: check.status}))
  if (isRegistrationUnknown({paths, outcomes})) return 'undecided'
  return causes.some(({severity}) => severity === 'degrades') ? 'degraded' : 'managed'
}
