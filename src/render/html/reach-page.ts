import type {ReachReport} from '../../reach/reach.ts'
import {PATH_WORD} from '../text/paths.ts'
import {PATH_TONE, SEVERITY_TONE} from '../tone.ts'
import {flowLogSection} from './flow-logs.ts'
import {html, linkTo} from './markup.ts'
import {page} from './page.ts'
import {pathSections} from './paths.ts'

/** Whether the instance reaches the destination, as a figure and as text. */
export function htmlReach({instance, to, verdict, path, causes, flowLogs, unreadable}: ReachReport): string {
  const title = `${instance.id} to ${to.host} port ${to.port}`
  return page(
    `${title}: ${PATH_WORD[verdict]}`,
    html`<h1>${title} <span class="tag ${PATH_TONE[verdict]}">${PATH_WORD[verdict]}</span></h1>
<p class="soft">${[instance.region, instance.vpc, instance.subnet].filter(Boolean).join(' · ')}</p>
${causes.map(
  ({severity, message, docs, id}) =>
    html`<p><span class="tag ${SEVERITY_TONE[severity]}">${severity}</span> ${message} <span class="soft">[${id}]</span> ${linkTo(docs, 'AWS documentation')}</p>`,
)}
<h2>Network path</h2>
${pathSections([path], {from: instance.id}, '')}
${flowLogs && flowLogSection(flowLogs)}
${
  unreadable.length > 0 &&
  html`<h2>Not read</h2><ul>${unreadable.map(({kind, reason}) => html`<li>${kind}: ${reason}</li>`)}</ul>`
}`,
  )
}
