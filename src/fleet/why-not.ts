/** What failed, in one line; a bug is thrown. */
export function whyNot(error: unknown): string {
  if (!(error instanceof Error)) throw error
  const isOurs = error.name === 'CannotAsk' || error.name === 'UsageError' || '$metadata' in error || 'code' in error
  if (!isOurs || error.name === 'AbortError') throw error
  return error.message.split('\n', 1)[0] ?? error.name
}
