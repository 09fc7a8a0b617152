import {html, type Markup} from './markup.ts'
import {STYLE, STYLE_HASH} from './style.ts'

/**
 * One file without scripts and without requests: it can be mailed, attached to a ticket, opened offline and printed.
 * The policy allows only the style sheet with its hash.
 */
export function page(title: string, body: Markup): string {
  const policy = `default-src 'none'; style-src '${STYLE_HASH}'; base-uri 'none'; form-action 'none'`
  return `<!DOCTYPE html>\n${
    html`<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${{html: policy}}"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${{html: STYLE}}</style></head>
<body><main>
${body}
</main></body></html>`.html
  }\n`
}

/** A table that scrolls on its own if it is wider than the page, also with the keyboard. */
export const table = (headers: readonly string[], rows: readonly Markup[]): Markup =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="Table: ${headers.join(', ')}"><table><thead><tr>${headers.map((header) => html`<th scope="col">${header}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`
