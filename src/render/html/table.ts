import {html, type Markup} from './markup.ts'

/** A table that scrolls on its own if it is wider than the page, also with the keyboard. */
export const table = (headers: readonly string[], rows: readonly Markup[]): Markup =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="Table: ${headers.join(', ')}"><table><thead><tr>${headers.map((header) => html`<th scope="col">${header}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`
