import type {ReachReport} from '../../reach/reach.ts'
import {plain} from '../../util/plain-text.ts'
import {PATH_TONE} from '../tone.ts'
import {flowLogSection} from './flow-logs.ts'
import {pathLines} from './paths.ts'
import {markOf, type Terminal} from './terminal.ts'
import {unreadText} from './unread.ts'
import {indented, wrap} from './width.ts'

const SAYS: Readonly<Record<ReachReport['verdict'], string>> = {
  open: 'can reach',
  partly: 'can reach only some of the time:',
  blocked: 'cannot reach',
  unknown: 'reachability unknown:',
}

/** Source, destination and verdict, then every hop and the causes. */
export function textReach(report: ReachReport, terminal: Terminal): string {
  const {instance, to, verdict, path, causes, flowLogs, unreadable} = report
  const head = `${instance.id} ${SAYS[verdict]} ${to.host} port ${to.port}`
  const lines = [
    ...wrap(`${markOf(PATH_TONE[verdict], terminal)} ${plain(head)}`, terminal.columns),
    '',
    ...pathLines(path, terminal),
  ]
  const shown = causes.filter(({severity}) => severity !== 'advises')
  if (shown.length > 0)
    lines.push(
      '',
      'Causes',
      ...shown.flatMap(({id, message, docs}) => [
        ...indented(`${message} [${id}]`, terminal.columns, 2),
        `    ${docs}`,
      ]),
    )
  if (flowLogs) lines.push('', ...flowLogSection(flowLogs, terminal))
  if (unreadable.length > 0)
    lines.push('', 'Could not be read', ...unreadable.flatMap((one) => wrap(unreadText(one), terminal.columns)))
  return lines.join('\n')
}
