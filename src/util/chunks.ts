/** Lists of at most this many values. */
export function inChunks<T>(values: readonly T[], size: number): T[][] {
  const chunks: T[][] = []
  for (let from = 0; from < values.length; from += size) chunks.push(values.slice(from, from + size))
  return chunks
}
