import type {ReportedFlow, ReportedFlowLogs} from '../../diagnosis/flow-logs/reported.ts'
import type {Report} from '../../diagnosis/report.ts'
import {plain} from '../../util/plain-text.ts'
import type {Tone} from '../tone.ts'
import {marked, type Terminal} from './terminal.ts'

/** What the flow log shows for the first path that is not open, in at most two lines. */
export function briefFlowLines({flowLogs, paths}: Report, terminal: Terminal): readonly string[] {
  const broken = paths.find(({verdict}) => verdict !== 'open') ?? paths[0]
  const flow = flowLogs?.services.find(({service, host}) => service === broken?.service && host === broken.host)
  return flow === undefined || flow.shown === 'undecided' ? [] : flowLines([flow], terminal)
}

/** What the flow log shows for each service; services with the same result share their lines. */
export function flowLogSection(flowLogs: ReportedFlowLogs | undefined, terminal: Terminal): readonly string[] {
  if (flowLogs === undefined) return []
  const {sources = [], notes, services} = flowLogs
  // For a log without records, the notes say why.
  const alike = new Set(services.filter(({why}) => why !== 'no-records' || !isExplained(flowLogs)).map(keyOf))
  return [
    terminal.paint('bold', plain(headOf(flowLogs))),
    ...[...alike].flatMap((key) =>
      flowLines(
        services.filter((flow) => keyOf(flow) === key),
        terminal,
      ),
    ),
    ...sources.flatMap((source) => (source.problem === undefined ? [] : sourceLines(source, terminal))),
    ...notes.flatMap((note) => marked('open', note, terminal)),
  ]
}

const isExplained = ({notes, sources = []}: ReportedFlowLogs): boolean =>
  notes.length > 0 || sources.some(({problem}) => problem !== undefined)

const keyOf = ({shown, why, agreement, endpoint, evidence}: ReportedFlow): string =>
  [shown, why, agreement, endpoint?.shown, evidence.length > 0].join()

/** Services with the same result share a sentence, or follow the first of them. */
function flowLines(flows: readonly ReportedFlow[], terminal: Terminal): readonly string[] {
  const [first] = flows
  if (first === undefined) return []
  const mark = first.agreement === 'disagrees' ? 'open' : MARK[first.shown]
  const same = flows.filter(({message}) => message === first.message)
  const others = flows.filter((flow) => !same.includes(flow))
  const more = others.length > 0 ? ` The same of ${namesOf(others)}.` : ''
  return marked(mark, `${namesOf(same)}: ${first.message}${more}`, terminal)
}

function headOf({interface: id, from, to, traffic}: ReportedFlowLogs): string {
  const span =
    from === null || to === null
      ? ''
      : `, ${minute(from)} to ${from.slice(0, 10) === to.slice(0, 10) ? minute(to).slice(11) : minute(to)} UTC`
  const kind =
    traffic === 'accept' ? ' (accepted traffic only)' : traffic === 'reject' ? ' (rejected traffic only)' : ''
  return `Flow logs of ${id ?? 'the instance'}${span}${kind}`
}

const minute = (time: string): string => time.slice(0, 16).replace('T', ' ')

const namesOf = (flows: readonly ReportedFlow[]): string => [...new Set(flows.map(({service}) => service))].join(', ')

const MARK: Readonly<Record<ReportedFlow['shown'], Tone>> = {
  'request-rejected': 'bad',
  'reply-rejected': 'bad',
  'no-reply': 'bad',
  'both-accepted': 'good',
  mixed: 'open',
  'not-tried': 'none',
  'not-logged': 'none',
  undecided: 'open',
}

function sourceLines(
  {id, resource, destination, problem, command}: NonNullable<ReportedFlowLogs['sources']>[number],
  terminal: Terminal,
): readonly string[] {
  const lines = marked('open', `${id} of ${resource}, to ${destination}: ${problem}`, terminal)
  return command === undefined ? lines : [...lines, `      ${terminal.paint('cyan', plain(command))}`]
}
