import type {CauseHistory, ChecklistStep, CheckResult, Report, ReportedCause} from '../../diagnosis/report.ts'
import {rootCauseOf} from '../../diagnosis/root-cause.ts'
import {counted} from '../../util/counted.ts'
import {linesOf, PARTS, proofOf} from '../checklist.ts'
import {isPreflight, locationOf, titleOf} from '../text/head.ts'
import {PROOFS} from '../text/since-when.ts'
import {SEVERITY_TONE, SIGN, STATUS_TONE, VERDICT_TONE} from '../tone.ts'
import {flowLogSection} from './flow-logs.ts'
import {html, lines, linkTo, type Markup} from './markup.ts'
import {page, table} from './page.ts'
import {pathSections} from './paths.ts'
import {vpcFigure} from './vpc-figure.ts'

/** One page for one instance or several. */
export function htmlReports(reports: readonly Report[]): string {
  const [first] = reports
  if (first && reports.length === 1) return page(pageTitleOf(first), instanceSection(first, ''))
  return page(
    `${reports.length} instances`,
    html`<h1>${reports.length} instances</h1>
${table(
  ['Instance', 'Verdict', 'Root cause'],
  reports.map(
    (report, at) =>
      html`<tr><td><a href="#instance-${at + 1}">${titleOf(report)}</a></td><td class="${VERDICT_TONE[report.verdict]}">${report.verdict}</td><td>${rootCauseOf(report)?.message ?? ''}</td></tr>`,
  ),
)}
${reports.map((report, at) => html`<section id="instance-${at + 1}">${instanceSection(report, `instance-${at + 1}-`)}</section>`)}`,
  )
}

const pageTitleOf = (report: Report): string => `${titleOf(report)}: ${report.verdict}`

function instanceSection(report: Report, prefix: string): Markup {
  const {instance, verdict, causes, paths, network, flowLogs, sinceWhen, unreadable} = report
  const root = rootCauseOf(report)
  const vpc = network && vpcFigure(network)
  return html`<h1>${titleOf(report)} <span class="tag ${VERDICT_TONE[verdict]}">${verdict}</span></h1>
${root && html`<p><strong>Root cause:</strong> ${root.message} <span class="soft">[${root.id}, ${root.certainty}]</span></p>`}
<p class="soft">${locationOf(report)}</p>
${sinceWhen && sinceWhenSection(sinceWhen)}
${checklist(report)}
${paths.length > 0 && html`<h2>Network paths</h2>${pathSections(paths, {from: isPreflight(report) ? 'to be launched' : instance.id, eni: network?.interface ?? undefined}, prefix)}`}
${flowLogs && flowLogSection(flowLogs)}
${vpc && html`<h2>VPC</h2>${vpc}`}
${causes.length > 0 && html`<h2>Causes</h2>${causes.map(causeItem)}`}
<h2>Checks</h2>
${checkLists(report)}
${
  unreadable.length > 0 &&
  html`<h2>Not read</h2><ul>${unreadable.map(({kind, reason, permission}) => html`<li>${kind}: ${reason}${permission !== null && html` (permission <code>${permission}</code>)`}</li>`)}</ul>`
}`
}

/** Since when each proven cause exists, and because of which call. */
const sinceWhenSection = ({causes, notes}: NonNullable<Report['sinceWhen']>): Markup =>
  html`<h2>When it broke</h2>${causes.length > 0 && html`<ul class="checks">${causes.map(historyItem)}</ul>`}
${notes.map((note) => html`<p class="soft">${note}</p>`)}`

const historyItem = ({cause, resource, message, event, proof, notes}: CauseHistory): Markup =>
  html`<li><strong>${resource}</strong> <span class="soft">[${cause}]</span><br>${message}${notes.map((note) => html`<br>${note}`)}${event && eventLine(event)}${proof !== null && html`<br><span class="soft">${PROOFS[proof]}</span>`}</li>`

const eventLine = ({id, region, source}: NonNullable<CauseHistory['event']>): Markup | null =>
  id === null
    ? null
    : html`<br><span class="soft">Event <code>${id}</code>${region !== null && ` in ${region}`}${source.userAgent !== null && ` · ${source.userAgent}`}</span>`

/** What fails or is unknown is expanded; what passes is collapsed; what was skipped is named. */
function checkLists({checks}: Report): Markup {
  const shown = checks.filter(({status}) => status === 'fail' || status === 'unknown')
  const passing = checks.filter(({status}) => status === 'pass')
  const skipped = checks.filter(({status}) => status === 'skip')
  return html`${shown.length > 0 && html`<ul class="checks">${shown.map(checkItem)}</ul>`}
${passing.length > 0 && html`<details><summary>${SIGN.good} ${counted(passing.length, 'check passes', 'checks pass')}</summary><ul class="checks">${passing.map(checkItem)}</ul></details>`}
${skipped.length > 0 && html`<p class="soft">Not applicable: ${skipped.map(({id}) => id).join(', ')}</p>`}`
}

const checkItem = ({id, title, status, notes}: CheckResult): Markup =>
  html`<li><span class="${STATUS_TONE[status]}">${SIGN[STATUS_TONE[status]]} ${status}</span> <strong>${id}</strong>: ${title}${notes.map((note) => html`<br><span class="soft">${note}</span>`)}</li>`

const causeItem = ({id, severity, certainty, resource, message, evidence}: ReportedCause): Markup =>
  html`<details><summary><span class="tag ${SEVERITY_TONE[severity]}">${severity}</span> ${message}</summary><p class="soft">${id} · ${certainty} · ${resource}</p><ul>${evidence.map(({service, fact, source}) => html`<li>${service === undefined ? '' : `${service}: `}${fact} <span class="soft">(${source})</span></li>`)}</ul></details>`

function checklist(report: Report): Markup | null {
  const steps = report.checklist
  if (steps.length === 0) return null
  const numbered = steps.map((step, at) => ({step, number: at + 1}))
  return html`<h2>Remediation</h2>
${PARTS.map(([part, title]) => {
  const own = numbered.filter(({step}) => step.part === part)
  return (
    own.length > 0 &&
    html`<h3>${title}</h3>${own.map(({step, number}) => stepSection(step, number))}${part === 'fix' && proofLine(report)}`
  )
})}`
}

const proofLine = (report: Report): Markup =>
  report.verified === true
    ? html`<p class="good">✓ ${proofOf(report)}</p>`
    : html`<p class="soft">${proofOf(report)}</p>`

function stepSection(step: ChecklistStep, number: number): Markup {
  const {title, account, docs, cost, effect, undo = [], alternatives} = step
  return html`<section class="step"><p><strong>${number}. ${title}</strong>${cost !== undefined && html` <span class="soft">(${cost})</span>`}</p>
${account !== undefined && html`<p>Run by account ${account}, which owns the resource.</p>`}
${commandBlock(linesOf(step))}
${effect !== undefined && html`<p>${effect}</p>`}
${docs !== '' && html`<p>${linkTo(docs)}</p>`}
${undo.length > 0 && html`<details><summary>Undo</summary>${commandBlock(linesOf({commands: undo}))}</details>`}
${
  alternatives.length > 0 &&
  html`<details><summary>${counted(alternatives.length, 'alternative')}</summary>${alternatives.map(
    (one) =>
      html`<p>${one.title}${one.cost !== undefined && ` (${one.cost})`}${!one.verified && ' (not verified)'}</p>${commandBlock(linesOf({commands: one.commands}))}`,
  )}</details>`
}</section>`
}

const commandBlock = (commands: readonly string[]): Markup | null =>
  commands.length === 0 ? null : html`<pre tabindex="0"><code>${lines(commands)}</code></pre>`
