import {CHANNEL_ADVICE, sleepAdvice, UNEXPLAINED_ADVICE} from '../../agent/retry-backoff.ts'
import {isImpairing} from '../../checks/severity.ts'
import type {Report} from '../../diagnosis/report.ts'
import {rootCauseOf} from '../../diagnosis/root-cause.ts'
import {plain} from '../../util/plain-text.ts'
import {checklistSection} from './checklist.ts'
import {checksSection} from './checks.ts'
import {flowLogSection} from './flow-logs.ts'
import {headSection, isPreflight} from './head.ts'
import {pathsSection} from './paths.ts'
import {sinceWhenSection} from './since-when.ts'
import {markOf, type TextOptions} from './terminal.ts'
import {unreadText} from './unread.ts'
import {indented, wrap} from './width.ts'

interface ReportOptions extends TextOptions {
  /** Restarts the agent on the instance, so that it retries immediately. */
  readonly restart?: string
}

/** The whole report: the verdict and its root cause in the first two lines, then the evidence and the remediation. */
export const textReport = (report: Report, options: ReportOptions): string =>
  [
    headSection(report, options.terminal),
    checksSection(report, options),
    pathsSection(report, options),
    flowLogSection(report.flowLogs, options.terminal),
    sinceWhenSection(report, options.terminal),
    checklistSection(report, options),
    afterwardsSection(report, options),
    unreadableSection(report, options),
  ]
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')

/** One line: id, verdict, root cause. */
export function quietReport(report: Report): string {
  const root = rootCauseOf(report)
  return plain([report.instance.id, report.verdict, ...(root ? [root.id, root.message] : [])].join('  '))
}

/** How long the agent may back off before it retries, and how to make it retry immediately. */
function afterwardsSection(report: Report, {terminal, restart}: ReportOptions): readonly string[] {
  if (isPreflight(report)) return []
  const {registration, verdict, causes, checks} = report
  const hurting = causes.filter(isImpairing)
  const isExplained = hurting.length > 0 || checks.some(({status}) => status === 'unknown')
  if (registration.status === 'online' && (isExplained || registration.connected !== false)) return []
  // An instance that an AWS service operates is changed through that service, which may not allow a login.
  if (causes.some(({id}) => id === 'target.operator-managed')) return []
  // What is most likely not installed neither waits nor can be restarted, and it starts when it is installed.
  if (causes.some(({id, certainty}) => id === 'os.agent-not-installed' && certainty !== 'possible')) return []
  const isUnexplained = !isExplained && (verdict === 'unmanaged' || verdict === 'degraded')
  const unexplained = registration.status === 'online' ? CHANNEL_ADVICE : UNEXPLAINED_ADVICE
  const advice = isUnexplained ? unexplained : sleepAdvice(hurting.map(({id}) => id))?.advice
  if (advice === undefined) return []
  const title = isUnexplained ? 'Next' : 'Afterwards'
  const [first = '', ...more] = wrap(`${title}: ${advice}`, terminal.columns)
  return [
    terminal.paint('bold', title) + first.slice(title.length),
    ...more,
    ...(restart === undefined
      ? []
      : [
          `  ${terminal.paint('cyan', restart)}  # on the ${report.instance.id.startsWith('mi-') ? 'machine' : 'instance'}`,
        ]),
  ]
}

function unreadableSection({unreadable}: Report, {terminal}: TextOptions): readonly string[] {
  if (unreadable.length === 0) return []
  const mark = `  ${markOf('open', terminal)} `
  return [
    terminal.paint('bold', 'Could not be read'),
    ...unreadable.flatMap((one) => indented(unreadText(one), terminal.columns, 4, mark)),
  ]
}
