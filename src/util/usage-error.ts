import {ASCII} from './plain-text.ts'

const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Text of unknown origin, safe to show on a terminal: escapes and direction marks become `\u001b`. */
export const visible = (text: string): string =>
  ASCII.test(text)
    ? text
    : text.replace(CONTROL, (mark) => `\\u${(mark.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)

/** The request of the user cannot be carried out: the message says why, and the exit code is 2. */
export function usageError(message: string): Error {
  const error = new Error(visible(message))
  error.name = 'UsageError'
  return error
}

/** Standard input has one reader: a second one would get what the first leaves. */
export const standardInputTwice = (): Error =>
  usageError('Standard input (-) can be read only once; use files for the rest.')

export const isUsageError = (error: unknown): error is Error => error instanceof Error && error.name === 'UsageError'

/** The result of `act`; data nested deeper than the stack is reported in one sentence. */
export function guardStackOverflow<T>(
  act: () => T,
  sentence = 'The account data is nested too deeply to be written.',
): T {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw usageError(sentence)
  }
}
