import {fixesIn, type PlannedInstance, type PlanReport} from '../../plan/plan-report.ts'
import {notModeledSentence, notReadSentence, planHeadline} from '../text/plan.ts'
import {VERDICT_TONE} from '../tone.ts'
import {html, lines, type Markup} from './markup.ts'
import {page, table} from './page.ts'

const MAX_INSTANCES = 500

/** The effect of a plan on managed instances, with the responsible changes. */
export function htmlPlan(report: PlanReport): string {
  const {instances, totals, source, ignored} = report
  return page(
    `${source.file}: ${planHeadline(report)}`,
    html`<h1>${planHeadline(report)}</h1>
<p class="soft">${source.file} · ${report.account ?? ''} · ${report.region} · ${totals.unchanged} unchanged</p>
${instances.length > 0 && table(['Instance', 'Change', 'Before', 'After', 'Why', 'Changed by'], instances.slice(0, MAX_INSTANCES).map(row))}
${instances.length > MAX_INSTANCES && html`<p class="soft">and ${instances.length - MAX_INSTANCES} more: --json lists all.</p>`}
${notReadSentence(report) !== '' && html`<p>${notReadSentence(report)}</p>`}
${notModeledSentence(report) !== '' && html`<p>${notModeledSentence(report)}</p>`}
${fixes(report)}
${ignored.length > 0 && html`<details><summary>Not modeled: ${ignored.length}</summary><ul>${ignored.map(({address, type, attributes}) => html`<li>${address} (${attributes?.join(', ') ?? type})</li>`)}</ul></details>`}`,
  )
}

const row = (one: PlannedInstance): Markup =>
  html`<tr><td>${one.address ?? one.name ?? ''}<br>${one.id}</td><td>${one.change}</td>${verdictCell(one.before)}${verdictCell(one.after)}<td>${one.causes.map(({message, id}) => html`${message} <span class="soft">[${id}]</span><br>`)}${one.unknown.join(' ')}</td><td>${[...new Set(one.causes.flatMap(({by}) => by.map(({address, attributes}) => [address, ...attributes].join(' '))))].join(', ')}</td></tr>`

const verdictCell = (verdict: PlannedInstance['after']): Markup =>
  verdict === null ? html`<td></td>` : html`<td class="${VERDICT_TONE[verdict]}">${verdict}</td>`

function fixes(report: PlanReport): Markup | null {
  const all = fixesIn(report)
  if (all.length === 0) return null
  return html`<h2>Remediation</h2>${all.map(({title, text}) => html`<section class="step"><p><strong>${title}</strong></p><pre tabindex="0"><code>${lines(text.split('\n'))}</code></pre></section>`)}`
}
