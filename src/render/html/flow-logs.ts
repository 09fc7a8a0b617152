import type {ReportedFlow, ReportedFlowLogs} from '../../diagnosis/flow-logs/reported.ts'
import {html, type Markup} from './markup.ts'

/** What VPC flow logs show for each service, with the records. */
export const flowLogSection = ({interface: id, from, to, services, sources = [], notes}: ReportedFlowLogs): Markup =>
  html`<h2>Flow logs</h2><p class="soft">${[id ?? '', from === null ? '' : `${from} to ${to}`].filter(Boolean).join(' · ')}</p>
<ul class="checks">${services.map(flowItem)}</ul>
${sources.map(({id: log, resource, destination, problem, command}) => problem !== undefined && html`<p>${log} of ${resource}, to ${destination}: ${problem}${command !== undefined && html` <code>${command}</code>`}</p>`)}
${notes.map((note) => html`<p class="soft">${note}</p>`)}`

const TONE = {agrees: 'good', disagrees: 'bad', neither: 'soft'} as const

const flowItem = ({service, message, agreement, evidence}: ReportedFlow): Markup =>
  html`<li><strong class="${TONE[agreement]}">${service}</strong>: ${message}${evidence.map(({fact}) => html`<br><span class="soft">${fact}</span>`)}</li>`
