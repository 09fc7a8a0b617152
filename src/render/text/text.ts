import {sleepAdvice} from '../../agent/retry-backoff.ts'
import type {Report, Verdict} from '../../diagnosis/report.ts'
import {plain} from '../../util/plain-text.ts'
import {rootCauseOf} from './root-cause.ts'
import {MARK_OF_VERDICT, markOf, type Terminal} from './terminal.ts'
import {checklistSection} from './text-checklist.ts'
import {checksSection} from './text-checks.ts'
import {pathsSection} from './text-paths.ts'
import {wrap} from './width.ts'

export interface TextOptions {
  readonly terminal: Terminal
  /** Shows the facts behind every pass, every path and every alternative. */
  readonly verbose?: boolean
  /** What to type on the instance so that the agent tries again at once. */
  readonly restart?: string
}

/** The report as a person reads it: who and why in the first two lines, then how we know and what to do. */
export const textReport = (report: Report, options: TextOptions): string =>
  [
    headSection(report, options),
    checksSection(report, options),
    pathsSection(report, options),
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

const SAYS: Readonly<Record<Verdict, string>> = {
  managed: 'is a healthy managed node',
  degraded: 'is managed, but not everything works',
  'at-risk': 'is managed only as long as its connection lasts',
  unmanaged: 'is not a managed node',
  undecided: 'may or may not be a managed node',
}

/** Of an instance that is yet to be launched. */
const WOULD: Readonly<Record<Verdict, string>> = {
  managed: 'would be a healthy managed node',
  degraded: 'would be managed, but not everything would work',
  'at-risk': 'would be managed only as long as its connection lasts',
  unmanaged: 'would not be a managed node',
  undecided: 'may or may not become a managed node',
}
const isPlanned = ({instance}: Report): boolean => instance.id === 'preflight'
const nameOf = (report: Report): string => {
  const {id, name} = report.instance
  return isPlanned(report) ? 'An instance launched so' : name ? `${name} (${id})` : id
}

function headSection(report: Report, {terminal}: TextOptions): readonly string[] {
  const {verdict} = report
  const mark = markOf(MARK_OF_VERDICT[verdict], terminal)
  const who = plain(nameOf(report))
  const says = isPlanned(report) ? WOULD : SAYS
  const root = rootCauseOf(report)
  const why = root
    ? `${root.severity === 'undecided' ? 'Not decided' : 'Root cause'}: ${plain(root.message)}`
    : SOUND[verdict]
  return [
    `${mark} ${terminal.paint('bold', `${who} ${says[verdict]}`)}: ${verdict}`,
    ...wrap(why, terminal.columns - 2).map((line) => `  ${line}`),
    ...wrap(whereabouts(report), terminal.columns - 2).map((line) => terminal.paint('dim', `  ${line}`)),
  ]
}

const SOUND: Readonly<Record<Verdict, string>> = {
  managed: 'Nothing stands in its way.',
  degraded: 'Systems Manager reports it as degraded, and no cause could be found.',
  'at-risk': 'Something would stop a new connection.',
  unmanaged: 'No cause could be found in what AWS tells.',
  undecided: 'What is known does not tell yet.',
}

const REGISTERED: Readonly<Record<Report['registration']['status'], string>> = {
  online: 'online in Fleet Manager',
  'connection-lost': 'connection lost in Fleet Manager',
  absent: 'not listed in Fleet Manager',
  unknown: 'Fleet Manager could not be read',
}

function whereabouts(report: Report): string {
  const {instance, registration} = report
  const {status, lastPing, agentVersion, connected} = registration
  const parts = [
    instance.region,
    instance.account && `account ${instance.account}`,
    instance.vpc,
    instance.subnet,
    instance.platform,
    // Without an instance nothing was asked of Fleet Manager.
    isPlanned(report) || (status === 'unknown' && instance.vpc === null) ? null : REGISTERED[status],
    lastPing && `last ping ${lastPing}`,
    agentVersion && `agent ${agentVersion}`,
    connected === null || status !== 'online' ? null : connected ? 'sessions connected' : 'sessions not connected',
  ]
  return plain(parts.filter((part) => part !== null && part !== '').join(' · '))
}

/** How long the agent may sleep before it notices, and how to wake it. */
function afterwardsSection(report: Report, {terminal, restart}: TextOptions): readonly string[] {
  if (report.registration.status === 'online' || isPlanned(report)) return []
  const hurting = report.causes.filter(({severity}) => severity === 'blocks' || severity === 'degrades')
  const sleep = sleepAdvice(hurting.map(({id}) => id))
  if (!sleep) return []
  return [
    terminal.paint('bold', 'Afterwards'),
    ...wrap(sleep.advice, terminal.columns - 2).map((line) => `  ${line}`),
    ...(restart === undefined ? [] : [`    ${terminal.paint('cyan', restart)}  # on the instance`]),
  ]
}

function unreadableSection({unreadable}: Report, {terminal}: TextOptions): readonly string[] {
  if (unreadable.length === 0) return []
  const lines = unreadable.flatMap(({kind, reason, permission}) => {
    const need = permission === null || reason.includes(permission) ? '' : ` (needs ${permission})`
    const [first, ...rest] = wrap(plain(`${kind}: ${reason}${need}`), terminal.columns - 4)
    return [`  ${markOf('open', terminal)} ${first}`, ...rest.map((line) => `    ${line}`)]
  })
  return [terminal.paint('bold', 'Could not be read'), ...lines]
}
