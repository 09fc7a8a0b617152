export type Shell = 'sh' | 'powershell'

/** A segment of an argument: text as it is, or the value of a variable that an earlier command has set. */
export type Segment = string | {readonly variable: string}

/** Characters without a special meaning in any shell, anywhere in an argument. */
const BARE = /^[A-Za-z0-9_./:+][A-Za-z0-9_./:=+-]*$/

const sh = (segment: Segment): string => {
  if (typeof segment !== 'string') return `"$${segment.variable}"`
  return BARE.test(segment) ? segment : `'${segment.replaceAll("'", `'\\''`)}'`
}

/**
 * PowerShell treats typographic quotes as quotes, and doubles them to escape them.
 * https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules
 */
const inSingleQuotes = (text: string): string => `'${text.replace(/['‘’‚‛]/gu, '$&$&')}'`
const inDoubleQuotes = (text: string): string => text.replace(/[`$"“”„]/gu, '`$&')

const powershell = (segments: readonly Segment[]): string => {
  if (segments.every((segment) => typeof segment === 'string')) {
    const text = segments.join('')
    return BARE.test(text) ? text : inSingleQuotes(text)
  }
  const inner = segments.map((segment) =>
    typeof segment === 'string' ? inDoubleQuotes(segment) : `\${${segment.variable}}`,
  )
  return `"${inner.join('')}"`
}

/** One argument of a command, whatever it contains: the shell passes exactly these characters. */
export const quote = (shell: Shell, ...segments: readonly Segment[]): string => {
  if (segments.every((segment) => segment === '')) return "''"
  return shell === 'powershell'
    ? powershell(segments)
    : segments
        .filter((segment) => segment !== '')
        .map(sh)
        .join('')
}
