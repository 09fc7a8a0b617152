import {isExpected} from '../collect/errors.ts'

/** What failed, in one line; a bug is thrown. */
export function whyNot(error: unknown): string {
  if (!(error instanceof Error) || !isExpected(error) || error.name === 'AbortError') throw error
  return error.message.split('\n', 1)[0] ?? error.name
}
