/** What an editor or a review would not show, or show elsewhere. JSON does not escape it. */
const INVISIBLE = /[\p{Cf}\u007f-\u009f\u2028\u2029]/gu

const escapeOf = (mark: string): string => {
  const code = (mark.codePointAt(0) ?? 0).toString(16)
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`
}

/**
 * Text in double quotes as HCL and YAML read it, without invisible characters.
 * https://yaml.org/spec/1.2.2/#57-escaped-characters
 */
export const doubleQuoted = (text: string): string => JSON.stringify(text).replace(INVISIBLE, escapeOf)
