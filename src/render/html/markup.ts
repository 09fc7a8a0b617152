import {plain} from '../../util/plain-text.ts'

/** Text that is already HTML. Everything else is escaped when it becomes part of a page. */
export interface Markup {
  readonly html: string
}

type Part = Markup | string | number | null | undefined | false | readonly Part[]

const ESCAPES: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'}

/** Safe between tags and inside quoted attributes. Control and bidirectional characters are removed. */
const escaped = (text: string): string => plain(text).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')

const textOf = (part: Part): string => {
  if (part === null || part === undefined || part === false) return ''
  if (typeof part === 'string') return escaped(part)
  if (typeof part === 'number') return String(part)
  return 'html' in part ? part.html : part.map(textOf).join('')
}

/** A template of a page: what is interpolated is escaped unless it is markup, and lists are joined. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup => ({
  html: strings.map((text, at) => (at === 0 ? text : textOf(parts[at - 1]) + text)).join(''),
})

/** A link to a page of the web. A saved report may have anything in its place, such as a script: that is only text. */
export const linkTo = (address: string, content = address): Markup =>
  address.startsWith('https://') ? html`<a href="${address}" rel="noreferrer">${content}</a>` : html`${content}`

/** Commands keep their line breaks, which separate the lines and never come from AWS. */
export const lines = (texts: readonly string[]): Markup => ({html: texts.map(escaped).join('\n')})
