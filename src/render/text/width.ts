import {ASCII, plain} from '../../util/plain-text.ts'

/** Characters that fill two columns of a terminal. https://www.unicode.org/reports/tr11/ */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
const NONE = /\p{M}/u

/** The columns that plain text takes on a terminal. */
export function columnsOf(text: string): number {
  if (ASCII.test(text)) return text.length
  let columns = 0
  for (const character of text) columns += NONE.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return columns
}

export const padTo = (columns: number, text: string): string =>
  text + ' '.repeat(Math.max(0, columns - columnsOf(text)))

/** The beginning of a text that is too long, up to the last complete word that fits. */
export function shorten(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text
  const head = headOf(text, columns - 1)
  const isWordEnd = text[head.length] === ' '
  const space = isWordEnd ? head.length : head.lastIndexOf(' ')
  return `${(space > 0 ? head.slice(0, space) : head).trimEnd()}…`
}

function headOf(text: string, columns: number): string {
  let head = ''
  let used = 0
  for (const character of text) {
    used += columnsOf(character)
    if (used > columns) return head
    head += character
  }
  return head
}

/** Lines of at most this many columns, broken at spaces. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((each) => pieces(each, columns))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && columnsOf(longer) > columns) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line]
}

/** The lines of a text from AWS behind a margin, in which the first one may have something else, such as a mark. */
export const indented = (
  text: string,
  columns: number,
  margin: number,
  first = ' '.repeat(margin),
): readonly string[] =>
  wrap(plain(text), columns - margin).map((line, at) => (at === 0 ? first : ' '.repeat(margin)) + line)

/** A URL, an ARN or an id is never broken: the terminal wraps it, and it is copied whole. */
function pieces(word: string, columns: number): readonly string[] {
  if (columnsOf(word) <= columns || columns < 2 || ASCII.test(word)) return [word]
  const head = headOf(word, columns)
  return [head, ...pieces(word.slice(head.length), columns)]
}
