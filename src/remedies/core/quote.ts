export type Shell = 'sh' | 'powershell'

/** A piece of an argument: text as it is, or the value of a variable that an earlier command has set. */
export type Piece = string | {readonly variable: string}

/** Characters without a special meaning in any shell, anywhere in an argument. */
const BARE = /^[A-Za-z0-9_./:+][A-Za-z0-9_./:=+-]*$/

const sh = (piece: Piece): string => {
  if (typeof piece !== 'string') return `"$${piece.variable}"`
  return BARE.test(piece) ? piece : `'${piece.replaceAll("'", `'\\''`)}'`
}

/**
 * PowerShell treats typographic quotes as quotes, and doubles them to escape them.
 * https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules
 */
const inSingleQuotes = (text: string): string => `'${text.replace(/['‘’‚‛]/gu, '$&$&')}'`
const inDoubleQuotes = (text: string): string => text.replace(/[`$"“”„]/gu, '`$&')

const powershell = (pieces: readonly Piece[]): string => {
  if (pieces.every((piece) => typeof piece === 'string')) {
    const text = pieces.join('')
    return BARE.test(text) ? text : inSingleQuotes(text)
  }
  const inner = pieces.map((piece) => (typeof piece === 'string' ? inDoubleQuotes(piece) : `\${${piece.variable}}`))
  return `"${inner.join('')}"`
}

/** One argument of a command, whatever it contains: the shell passes exactly these characters. */
export const quote = (shell: Shell, ...pieces: readonly Piece[]): string => {
  if (pieces.every((piece) => piece === '')) return "''"
  return shell === 'powershell'
    ? powershell(pieces)
    : pieces
        .filter((piece) => piece !== '')
        .map(sh)
        .join('')
}
