/** A whole escape sequence: CSI, OSC and its relatives with their text, or ESC with one more character. */
const ESCAPE_SEQUENCE = new RegExp(
  [
    '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]?',
    '(?:\\u001b[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)?',
    '\\u001b[ -/]*[0-~]?',
  ].join('|'),
  'gu',
)

/**
 * What moves a cursor, breaks a line, changes the text direction or has no width: controls, formats, lone surrogates.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]|\p{Variation_Selector}/gu

const BREAK = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu

/**
 * Text from an account, safe for a terminal: one line, no escape sequences, no control or bidirectional characters.
 * Anyone who can write a tag can write any of these.
 */
export const plain = (text: string): string => harmless(ASCII.test(text) ? text : cleaned(text))

/** Most text matches this and needs no Unicode tables. */
export const ASCII = /^[ -~]*$/

/**
 * Build servers interpret such log lines as commands, and the terminal decides where lines break.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
const COMMAND = /(?<![^\s])::(?=[A-Za-z-]+(?:\s[^\n]*?)?::)|##(?=(?:\[|vso\[))/g

const harmless = (text: string): string =>
  text.includes('::') || text.includes('##')
    ? text.replace(COMMAND, (mark) => `${mark.charAt(0)} ${mark.charAt(1)}`)
    : text

const cleaned = (text: string): string => text.replace(ESCAPE_SEQUENCE, '').replace(BREAK, ' ').replace(UNPRINTABLE, '')

/** The text without colors and other sequences that a terminal interprets. */
export const withoutEscapeSequences = (text: string): string =>
  text.includes('\u001b') ? text.replace(ESCAPE_SEQUENCE, '') : text

export const isPlain = (text: string): boolean => plain(text) === text
