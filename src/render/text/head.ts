import type {Report, Verdict} from '../../diagnosis/report.ts'
import {rootCauseOf} from '../../diagnosis/root-cause.ts'
import {PREFLIGHT_INSTANCE} from '../../model/instance.ts'
import {plain} from '../../util/plain-text.ts'
import {VERDICT_TONE} from '../tone.ts'
import {markOf, type Terminal} from './terminal.ts'
import {wrap} from './width.ts'

const SAYS: Readonly<Record<Verdict, string>> = {
  managed: 'is a healthy managed node',
  degraded: 'is managed, with problems',
  'at-risk': 'is managed, but would not survive a reconnect',
  unmanaged: 'is not a managed node',
  undecided: 'cannot be diagnosed with certainty',
}

/** For an instance that has not been launched. */
const WOULD: Readonly<Record<Verdict, string>> = {
  managed: 'would be a healthy managed node',
  degraded: 'would be managed, with problems',
  'at-risk': 'would be managed, but would not survive a reconnect',
  unmanaged: 'would not be a managed node',
  undecided: 'cannot be predicted with certainty',
}
export const isPreflight = ({instance}: Report): boolean => instance.id === PREFLIGHT_INSTANCE
export const titleOf = (report: Report): string => {
  const {id, name} = report.instance
  return isPreflight(report) ? 'An instance launched this way' : name ? `${name} (${id})` : id
}

/** The verdict, and below it the root cause. */
export function verdictLines(report: Report, terminal: Terminal): readonly string[] {
  const {verdict} = report
  const mark = markOf(VERDICT_TONE[verdict], terminal)
  const [first = '', ...more] = wrap(plain(`${titleOf(report)} ${says(report)}: ${verdict}`), terminal.columns - 2)
  const root = rootCauseOf(report)
  const why = root
    ? `${root.severity === 'undecided' ? 'Undetermined' : 'Root cause'}: ${plain(root.message)}`
    : report.unreadable.length > 0
      ? WITHOUT_CAUSE[verdict].replace('the data AWS exposes', 'the data that could be read')
      : WITHOUT_CAUSE[verdict]
  return [
    `${mark} ${terminal.paint('bold', first)}`,
    ...[...more, ...wrap(why, terminal.columns - 2)].map((line) => `  ${line}`),
  ]
}

export const says = (report: Report): string => (isPreflight(report) ? WOULD : SAYS)[report.verdict]

/** The verdict, the root cause, and where the instance is. */
export const headSection = (report: Report, terminal: Terminal): readonly string[] => [
  ...verdictLines(report, terminal),
  ...wrap(locationOf(report), terminal.columns - 2).map((line) => terminal.paint('dim', `  ${line}`)),
]

const WITHOUT_CAUSE: Readonly<Record<Verdict, string>> = {
  managed: 'No problems found.',
  degraded: 'Systems Manager reports it as degraded; no cause found in the data AWS exposes.',
  'at-risk': 'A new connection would fail.',
  unmanaged: 'No cause found in the data AWS exposes.',
  undecided: 'Not enough data to decide.',
}

const REGISTERED: Readonly<Record<Report['registration']['status'], string>> = {
  online: 'online in Fleet Manager',
  'connection-lost': 'connection lost in Fleet Manager',
  absent: 'not listed in Fleet Manager',
  unknown: 'Fleet Manager could not be read',
}

export function locationOf(report: Report): string {
  const {instance, registration} = report
  const {status, lastPing, agentVersion, connected} = registration
  const parts = [
    instance.region,
    instance.account && `account ${instance.account}`,
    instance.vpc,
    instance.subnet,
    instance.platform,
    // Without an instance Fleet Manager was not queried.
    isPreflight(report) || (status === 'unknown' && instance.vpc === null) ? null : REGISTERED[status],
    lastPing && `last ping ${lastPing}`,
    agentVersion && `agent ${agentVersion}`,
    connected === null || status !== 'online' ? null : connected ? 'sessions connected' : 'sessions not connected',
  ]
  return plain(parts.filter((part) => part !== null && part !== '').join(' · '))
}
