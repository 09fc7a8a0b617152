import type {CauseHistory, Report} from '../../diagnosis/report.ts'
import {PROOFS} from '../text/since-when.ts'
import {html, type Markup} from './markup.ts'

/** Since when each proven cause exists, and because of which call. */
export const sinceWhenSection = ({causes, notes}: NonNullable<Report['sinceWhen']>): Markup =>
  html`<h2>When it broke</h2>${causes.length > 0 && html`<ul class="checks">${causes.map(causeItem)}</ul>`}
${notes.map((note) => html`<p class="soft">${note}</p>`)}`

const causeItem = ({cause, resource, message, event, proof, notes}: CauseHistory): Markup =>
  html`<li><strong>${resource}</strong> <span class="soft">[${cause}]</span><br>${message}${notes.map((note) => html`<br>${note}`)}${event && eventLine(event)}${proof !== null && html`<br><span class="soft">${PROOFS[proof]}</span>`}</li>`

const eventLine = ({id, region, source}: NonNullable<CauseHistory['event']>): Markup | null =>
  id === null
    ? null
    : html`<br><span class="soft">Event <code>${id}</code>${region !== null && ` in ${region}`}${source.userAgent !== null && ` · ${source.userAgent}`}</span>`
